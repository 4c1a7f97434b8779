# shellcheck shell=bash
# Images of busybox and one more layer, for the tests in this directory: `. "${0%/*}/layout.sh"` after lib.sh.
#
#   image_begin                an empty $tree, to put files in
#   image_end NAME [JQ]        the image oci:$layout:NAME: busybox and the tree; JQ changes its configuration

# shellcheck disable=SC2034 # for the test files
layout=$tests_temporary/layout
tree=$tests_temporary/tree

image_begin() {
	rm -rf "$tree"
	mkdir "$tree"
}

layout_blob() { # layout_blob DIGEST
	cat "$layout/blobs/sha256/${1#sha256:}"
}

layout_add() { # layout_add: standard input; prints {"digest": …, "size": …}
	local hash
	cat > "$tests_temporary/blob"
	hash=$(sha256sum "$tests_temporary/blob" | cut -d ' ' -f 1)
	cp "$tests_temporary/blob" "$layout/blobs/sha256/$hash"
	jq -nc --arg digest "sha256:$hash" --argjson size "$(stat -c %s "$tests_temporary/blob")" '{digest: $digest, size: $size}'
}

# The busybox of the registry, once.
layout_base() {
	[[ ! -e $layout/base ]] || return 0
	sdme --quiet image pull busybox:1.35 && sdme --quiet image export --format oci -o "$layout" busybox:1.35 &&
		layout_blob "$(jq -r '.manifests[0].digest' "$layout/index.json")" > "$layout/base" && echo '{"schemaVersion": 2, "manifests": []}' > "$layout/index.json"
}

image_end() {
	local name=$1 layer config manifest
	layout_base > /dev/null || return 1
	layer=$(tar -C "$tree" --xattrs -c . | layout_add)
	config=$(layout_blob "$(jq -r .config.digest "$layout/base")" |
		jq -c --argjson layer "$layer" ".rootfs.diff_ids += [\$layer.digest] | ${2:-.}" | layout_add)
	manifest=$(jq -c --argjson layer "$layer" --argjson config "$config" \
		'.config += $config | .layers += [$layer + {mediaType: "application/vnd.oci.image.layer.v1.tar"}]' "$layout/base" | layout_add)
	jq -c --argjson manifest "$manifest" --arg name "$name" \
		'.manifests += [$manifest + {mediaType: "application/vnd.oci.image.manifest.v1+json", annotations: {"org.opencontainers.image.ref.name": $name}}]' \
		"$layout/index.json" > "$layout/index.new" && mv "$layout/index.new" "$layout/index.json"
}
