# shellcheck shell=bash
# shellcheck disable=SC2154 # out comes from build
# Writes OCI images by hand: an image layout and, of the same blobs, the storage directory of a
# docker-registry that then serves them without ever having been pushed to. Sourced by build.
#
# $out is the directory being made: $out/oci (layout) and $out/registry.
# An image is made by image_begin, layer_* for each layer, image_end. The state between them:

layers=[]	# descriptors
diff_ids=[]	# digests of the uncompressed layers

media_type_image=application/vnd.oci.image.manifest.v1+json
media_type_index=application/vnd.oci.image.index.v1+json
media_type_config=application/vnd.oci.image.config.v1+json
media_type_layer=application/vnd.oci.image.layer.v1.tar

digest_of() {
	local sum
	sum=$(sha256sum "$1")
	echo "sha256:${sum%% *}"
}

# blob_add FILE: takes FILE into both stores, prints its digest.
blob_add() {
	local digest hash stored
	digest=$(digest_of "$1")
	hash=${digest#sha256:}
	stored=$out/registry/docker/registry/v2/blobs/sha256/${hash:0:2}/$hash
	mkdir -p "$out/oci/blobs/sha256" "$stored"
	mv -f "$1" "$out/oci/blobs/sha256/$hash"
	ln -f "$out/oci/blobs/sha256/$hash" "$stored/data"
	echo "$digest"
}

blob_size() {
	stat -c %s "$out/oci/blobs/sha256/${1#sha256:}"
}

# descriptor MEDIA-TYPE DIGEST
descriptor() {
	jq -cn --arg type "$1" --arg digest "$2" --argjson size "$(blob_size "$2")" \
		'{mediaType: $type, digest: $digest, size: $size}'
}

image_begin() {
	layers=[]
	diff_ids=[]
}

# layer_tar FILE [gzip|zstd|none]: the next layer is this tar, which is consumed.
layer_tar() {
	local tar=$1 compression=${2:-gzip} diff_id digest
	diff_id=$(digest_of "$tar")
	case $compression in
	gzip) gzip -n < "$tar" > "$tar.packed" ;;
	zstd) zstd -q -T0 < "$tar" > "$tar.packed" ;;
	none) cp "$tar" "$tar.packed" ;;
	esac
	rm "$tar"
	digest=$(blob_add "$tar.packed")
	layer_reuse "$digest" "$diff_id" "$compression"
}

# layer_reuse DIGEST DIFF-ID [COMPRESSION]: the next layer is a blob that another image has already.
layer_reuse() {
	local type=$media_type_layer
	[[ ${3:-gzip} == none ]] || type+=+${3:-gzip}
	layers=$(jq -c --argjson new "$(descriptor "$type" "$1")" '. + [$new]' <<< "$layers")
	diff_ids=$(jq -c --arg new "$2" '. + [$new]' <<< "$diff_ids")
}

# pack DIR TAR [TAR-OPTION...]: members sorted, numeric owners, file capabilities kept. Times are
# those of the files; callers fix them where they matter.
pack() {
	local dir=$1 tar=$2
	shift 2
	tar --create --file "$tar" --directory "$dir" --sort=name --numeric-owner --format=pax \
		--pax-option=delete=atime,delete=ctime \
		--xattrs --xattrs-include=security.capability --xattrs-include='user.*' "$@" .
}

# layer_dir DIR [COMPRESSION]: the next layer is what DIR holds.
layer_dir() {
	pack "$1" "$out/layer.tar"
	layer_tar "$out/layer.tar" "${2:-gzip}"
}

# store_config ARCHITECTURE: the config on standard input (members of "config", as JSON) completed.
store_config() {
	jq -c --arg arch "$1" --argjson ids "$diff_ids" '{
		created: "2024-01-01T00:00:00Z", architecture: $arch, os: "linux", config: .,
		rootfs: {type: "layers", diff_ids: $ids},
		history: [$ids[] | {created: "2024-01-01T00:00:00Z", created_by: "tests/images/build"}]
	}' > "$out/config.json"
	blob_add "$out/config.json"
}

# manifest_end [ARCHITECTURE]: stores config (standard input) and manifest; prints the latter's digest.
manifest_end() {
	local config
	config=$(store_config "${1:-amd64}")
	jq -cn --arg type $media_type_image --argjson layers "$layers" \
		--argjson config "$(descriptor $media_type_config "$config")" \
		'{schemaVersion: 2, mediaType: $type, config: $config, layers: $layers}' > "$out/manifest.json"
	blob_add "$out/manifest.json"
}

# link_blob DIRECTORY DIGEST: how docker-registry says that a repository has a blob.
link_blob() {
	mkdir -p "$1/sha256/${2#sha256:}"
	printf %s "$2" > "$1/sha256/${2#sha256:}/link"
}

# Makes a manifest, and all it names, part of a repository.
publish_manifest() {
	local repository=$1 digest=$2 file=$out/oci/blobs/sha256/${2#sha256:} child
	link_blob "$repository/_manifests/revisions" "$digest"
	while read -r child; do
		link_blob "$repository/_layers" "$child"
	done < <(jq -r '(.config, .layers[]?) | select(.) | .digest' "$file")
	while read -r child; do
		publish_manifest "$repository" "$child"
	done < <(jq -r '.manifests[]?.digest' "$file")
}

# publish NAME TAG DIGEST: NAME:TAG is that manifest or index, in the registry and in the layout.
publish() {
	local name=$1 tag=$2 digest=$3 repository tag_directory type
	repository=$out/registry/docker/registry/v2/repositories/$name
	tag_directory=$repository/_manifests/tags/$tag
	publish_manifest "$repository" "$digest"
	mkdir -p "$tag_directory/current"
	printf %s "$digest" > "$tag_directory/current/link"
	link_blob "$tag_directory/index" "$digest"
	type=$(jq -r .mediaType "$out/oci/blobs/sha256/${digest#sha256:}")
	descriptor "$type" "$digest" | jq -c --arg ref "localhost:5000/$name:$tag" \
		'. + {annotations: {"org.opencontainers.image.ref.name": $ref}}' >> "$out/index.lines"
}

# image_end NAME TAG [ARCHITECTURE]: config on standard input.
image_end() {
	publish "$1" "$2" "$(manifest_end "${3:-amd64}")"
}

# platform DIGEST OS ARCHITECTURE: an entry of an index.
platform() {
	descriptor $media_type_image "$1" |
		jq -c --arg os "$2" --arg arch "$3" '. + {platform: {os: $os, architecture: $arch}}'
}

# index_end NAME TAG: entries on standard input.
index_end() {
	jq -cs --arg type $media_type_index '{schemaVersion: 2, mediaType: $type, manifests: .}' > "$out/index.json"
	publish "$1" "$2" "$(blob_add "$out/index.json")"
}

layout_end() {
	echo '{"imageLayoutVersion":"1.0.0"}' > "$out/oci/oci-layout"
	jq -cs --arg type $media_type_index '{schemaVersion: 2, mediaType: $type, manifests: .}' \
		< "$out/index.lines" > "$out/oci/index.json"
	rm "$out/index.lines"
}
