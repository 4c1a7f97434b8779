#include "pkg/base/text.h"
#include "pkg/oci/docker_manifest.h"
#include "tests/unit/test.h"

#define TWO                                                                                                      \
	"[{\"Config\":\"a.json\",\"RepoTags\":[\"busybox:1\",\"quay.io/a/b:v1\"],\"Layers\":[\"x/layer.tar\"]}," \
	"{\"Config\":\"b.json\",\"RepoTags\":null,\"Layers\":[]}]"

static bool parse(Test *test, const char *text, DockerImages *ret)
{
	return docker_manifest_parse(text, strlen(text), test->arena, ret, &test->error);
}

// The config of the image that the name chooses.
static const char *choose(Test *test, const char *text, const char *name)
{
	DockerImages images = { 0 };
	const DockerImage *image = NULL;
	return parse(test, text, &images) &&
			       docker_manifest_choose(&images, name, &image, &test->error)
		       ? image->config
		       : NULL;
}

TEST(docker_manifest_gives_its_images)
{
	DockerImages images = { 0 };
	CHECK(parse(test, TWO, &images));
	CHECK(images.count == 2);
	CHECK_TEXT(images.items[0].config, "a.json");
	CHECK_TEXT(texts_join(&images.items[0].tags, " ", test->arena), "busybox:1 quay.io/a/b:v1");
	CHECK_TEXT(texts_join(&images.items[0].layers, " ", test->arena), "x/layer.tar");
	CHECK(images.items[1].tags.count == 0 && images.items[1].layers.count == 0);
}

TEST(docker_manifest_is_chosen_from_by_name)
{
	CHECK_TEXT(choose(test, TWO, "busybox:1"), "a.json");
	CHECK_TEXT(choose(test, TWO, "docker.io/library/busybox:1"), "a.json");
	CHECK_TEXT(choose(test, TWO, "quay.io/a/b:v1"), "a.json");
	CHECK_TEXT(choose(test, TWO, "@1"), "b.json");
	CHECK_TEXT(choose(test, "[{\"Config\":\"c\",\"RepoTags\":[\"a:1\"]}]", ""), "c");
	CHECK_TEXT(choose(test, "[{\"Config\":\"c\",\"RepoTags\":[\"a:latest\"]}]", "a"), "c");
}

TEST(docker_manifest_says_what_there_is)
{
	CHECK_ERROR(choose(test, TWO, ""),
		    "there is more than one image; add one of the names: busybox:1, "
		    "quay.io/a/b:v1, @1");
	CHECK_ERROR(choose(test, TWO, "busybox:2"),
		    "there is no image 'docker.io/library/busybox:2'; there is busybox:1, "
		    "quay.io/a/b:v1, @1");
	CHECK_ERROR(choose(test, TWO, "@2"), "there is no image '@2', but 2 images");
	CHECK_ERROR(choose(test, "[]", ""), "there is no image in it");
	CHECK_ERROR(choose(test, "[{\"Config\":\"c\",\"RepoTags\":[\"a\\u001b[31m:1\"]}]", "b"),
		    "there is no image 'docker.io/library/b:latest'; there is a\\x1b[31m:1");
	CHECK(!choose(test, TWO, "@-1"));
	error_clear(&test->error);
	CHECK(!choose(test, TWO, "A B"));
	error_clear(&test->error);
}

TEST(docker_manifest_says_what_is_wrong)
{
	DockerImages images = { 0 };
	CHECK_ERROR(parse(test, "{}", &images), "manifest.json: object, not an array");
	CHECK_ERROR(parse(test, "[1]", &images), "manifest.json: [0]: number, not an object");
	CHECK_ERROR(parse(test, "[{\"Layers\":[]}]", &images), "manifest.json: [0]: no Config");
	CHECK(!parse(test, "[{\"Config\":\"c\",\"Layers\":[1]}]", &images));
	error_clear(&test->error);
	CHECK(!parse(test, "[{\"Config\":\"c\",\"RepoTags\":\"a\"}]", &images));
	error_clear(&test->error);
	CHECK(!parse(test, "[", &images));
	error_clear(&test->error);

	CHECK_ERROR(parse(test, "[{\"Config\":\"a\\nError: x\"}]", &images),
		    "manifest.json: [0]: control characters in the name of a file");
	CHECK_ERROR(parse(test, "[{\"Config\":\"a\",\"Layers\":[\"\\u001b[2J\"]}]", &images),
		    "manifest.json: [0]: control characters in the name of a file");

	CLEANUP_BUFFER many = { 0 };
	buffer_add(&many, "[{\"Config\":\"c\",\"Layers\":[\"x\"");
	for (unsigned i = 0; i < 400; i++)
		buffer_add(&many, ",\"x\"");
	buffer_add(&many, "]}]");
	CHECK_ERROR(parse(test, buffer_text(&many), &images),
		    "manifest.json: [0]: Layers: more than 400");
}
