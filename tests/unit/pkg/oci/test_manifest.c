#include "pkg/oci/manifest.h"
#include "tests/unit/test.h"

#define HEX      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define DIGEST   "\"digest\":\"sha256:" HEX "\",\"size\":7"
#define OCI      "application/vnd.oci.image."
#define CONFIG   "{\"mediaType\":\"" OCI "config.v1+json\"," DIGEST "}"
#define LAYER    "{\"mediaType\":\"" OCI "layer.v1.tar+gzip\"," DIGEST "}"
#define INDEX    OCI "index.v1+json"
#define MANIFEST OCI "manifest.v1+json"

static bool parse(Test *test, const char *media_type, const char *text, Manifest *ret)
{
	return manifest_parse(text, strlen(text), media_type, test->arena, ret, &test->error);
}

TEST(manifest_gives_config_and_layers)
{
	Manifest manifest;
	const char *text = "{\"schemaVersion\":2,\"mediaType\":\"" MANIFEST "\",\"config\":" CONFIG
			   ",\"layers\":[" LAYER "," LAYER "]}";
	CHECK(parse(test, MANIFEST "; charset=utf-8", text, &manifest));
	CHECK(!manifest.is_index && manifest.layers.count == 2);
	CHECK_TEXT(manifest.config.digest, "sha256:" HEX);
	CHECK(manifest.layers.items[1].size_bytes == 7);
	CHECK(parse(test, "", text, &manifest));
	CHECK(parse(test, "application/octet-stream", text, &manifest));
}

TEST(manifest_of_docker_is_one_too)
{
	Manifest manifest;
	CHECK(parse(test, "application/vnd.docker.distribution.manifest.v2+json",
		    "{\"schemaVersion\":2,\"config\":{\"mediaType\":"
		    "\"application/vnd.docker.container.image.v1+json\"," DIGEST "},\"layers\":["
		    "{\"mediaType\":\"application/vnd.docker.image.rootfs.diff.tar.gzip\"," DIGEST
		    "}]}",
		    &manifest));
	CHECK(manifest.layers.count == 1);
}

TEST(manifest_index_is_chosen_from_by_platform)
{
	Manifest index;
	CHECK(parse(test, INDEX,
		    "{\"schemaVersion\":2,\"manifests\":["
		    "{\"mediaType\":\"" MANIFEST "\",\"size\":1," DIGEST "0,\"platform\":{\"os\":"
		    "\"linux\",\"architecture\":\"arm64\"}},"
		    "{\"mediaType\":\"" MANIFEST "\"," DIGEST "2,\"platform\":{\"os\":"
		    "\"linux\",\"architecture\":\"amd64\"}},"
		    "{\"mediaType\":\"" MANIFEST "\"," DIGEST "3,\"platform\":{\"os\":\"unknown\","
		    "\"architecture\":\"unknown\"},\"annotations\":{\"vnd.docker.reference.type\":"
		    "\"attestation-manifest\"}}]}",
		    &index) == false);
	CHECK_TEXT(test->error.message, "manifest: a key is given twice");
	error_clear(&test->error);

	CHECK(parse(test, INDEX,
		    "{\"schemaVersion\":2,\"manifests\":["
		    "{\"mediaType\":\"" MANIFEST "\"," DIGEST "1,\"platform\":{\"os\":"
		    "\"linux\",\"architecture\":\"arm64\"}},"
		    "{\"mediaType\":\"" MANIFEST "\"," DIGEST "2,\"platform\":{\"os\":"
		    "\"linux\",\"architecture\":\"amd64\"}},"
		    "{\"mediaType\":\"" MANIFEST "\"," DIGEST "3,\"platform\":{\"os\":\"unknown\","
		    "\"architecture\":\"unknown\"},\"annotations\":{\"vnd.docker.reference.type\":"
		    "\"attestation-manifest\"}}]}",
		    &index));
	const Descriptor *chosen = NULL;
	const Platform host = { "linux", "amd64", "" };
	CHECK(manifest_choose(&index, &host, &chosen, &test->error));
	CHECK(chosen->size_bytes == 72);
	const Platform other = { "linux", "s390x", "" };
	CHECK_ERROR(manifest_choose(&index, &other, &chosen, &test->error),
		    "no image for linux/s390x; there is linux/arm64, linux/amd64");
}

TEST(manifest_without_a_platform_counts_when_nothing_else_is_there)
{
	Manifest index;
	const Descriptor *chosen = NULL;
	const Platform host = { "linux", "amd64", "" };
	CHECK(parse(test, "", "{\"schemaVersion\":2,\"manifests\":[{" DIGEST "}]}", &index));
	CHECK(manifest_choose(&index, &host, &chosen, &test->error));
	CHECK(parse(test, "", "{\"schemaVersion\":2,\"manifests\":[]}", &index));
	CHECK_ERROR(manifest_choose(&index, &host, &chosen, &test->error),
		    "no image for linux/amd64; there is none at all");
}

TEST(manifest_that_reads_as_two_things_is_refused)
{
	Manifest manifest;
	CHECK_ERROR(parse(test, "",
			  "{\"schemaVersion\":2,\"manifests\":[],\"config\":" CONFIG
			  ",\"layers\":[]}",
			  &manifest),
		    "manifest: it is both an index and a manifest");
	CHECK_ERROR(parse(test, INDEX, "{\"schemaVersion\":2,\"mediaType\":\"" MANIFEST "\"}",
			  &manifest),
		    "manifest: it says it is '" MANIFEST "', the server says '" INDEX "'");
	CHECK_ERROR(parse(test, INDEX, "{\"schemaVersion\":2,\"layers\":[]}", &manifest),
		    "manifest: manifests: no array");
}

TEST(manifest_says_what_is_wrong)
{
	Manifest manifest;
	CHECK_ERROR(
		parse(test, "", "{\"schemaVersion\":1,\"fsLayers\":[]}", &manifest),
		"manifest: Docker schema 1 is too old; push the image again with a current tool");
	CHECK_ERROR(parse(test, "", "{}", &manifest), "manifest: schemaVersion is not 2");
	CHECK_ERROR(parse(test, "", "{\"schemaVersion\":2,\"layers\":[]}", &manifest),
		    "manifest: config: missing");
	CHECK_ERROR(parse(test, "",
			  "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"application/vnd.cncf."
			  "helm.config.v1+json\"," DIGEST "},\"layers\":[]}",
			  &manifest),
		    "manifest: this is no container image: its config is of type "
		    "'application/vnd.cncf.helm.config.v1+json'");
	CHECK_ERROR(parse(test, "",
			  "{\"schemaVersion\":2,\"config\":" CONFIG
			  ",\"layers\":[{\"mediaType\":\"" OCI
			  "layer.v1.tar+gzip+encrypted\"," DIGEST "}]}",
			  &manifest),
		    "manifest: layers[0]: type '" OCI "layer.v1.tar+gzip+encrypted' is not known");
	CHECK_ERROR(parse(test, "",
			  "{\"schemaVersion\":2,\"config\":" CONFIG
			  ",\"layers\":[{\"mediaType\":\"x\",\"size\":-1,\"digest\":\"sha256:" HEX
			  "\"}]}",
			  &manifest),
		    "manifest: layers[0]: no size");
	CHECK_ERROR(parse(test, "",
			  "{\"schemaVersion\":2,\"config\":" CONFIG
			  ",\"layers\":[{\"digest\":\"sha256:../x\",\"size\":1}]}",
			  &manifest),
		    "manifest: layers[0]: 'sha256:../x' is not 'sha256:' and 64 lower-case "
		    "hexadecimal digits");
}
