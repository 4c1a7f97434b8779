#include "pkg/base/text.h"
#include "pkg/sys/stream/digest.h"
#include "tests/unit/image_store.h"
#include "tests/unit/run_line.h"

static const char *short_id(Test *test, const char *id)
{
	return arena_strndup(test->arena, digest_hex(id), 12);
}

// The text with every age below ten seconds as 0s.
static const char *ageless(Test *test, const char *text)
{
	char *copy = arena_strdup(test->arena, text);
	for (char *age = strstr(copy, "s  "); age; age = strstr(age + 1, "s  ")) {
		if (age - copy >= 3 && age[-1] >= '0' && age[-1] <= '9' && age[-2] == ' ')
			age[-1] = '0';
	}
	return copy;
}

TEST(image_ls)
{
	if (geteuid() != 0)
		SKIP("needs root");
	ImageStore store;
	CHECK(image_store_prepare(test, &store));
	CHECK_RUN("image ls", 0, "", "no images found\n");
	CHECK_RUN("image ls --json", 0, "[]\n", "");
	const char *web = image_store_add(&store, "web:1", "shared a", "");
	const char *old = image_store_add(&store, "quay.io/org/web:1", "shared bb", "");
	const char *new = image_store_add(&store, "quay.io/org/web:1", "shared ccc", "");
	CHECK(web && old && new);
	CHECK_TEXT(
		ageless(test, run_line(test, "image ls").output),
		arena_printf(
			test->arena,
			"REPOSITORY             TAG     IMAGE ID      PULLED     SIZE      OWN  USED BY\n"
			"docker.io/library/web  1       %s  0s      8.0 KiB  4.0 KiB  -\n"
			"quay.io/org/web        1       %s  0s      8.0 KiB  4.0 KiB  -\n"
			"<none>                 <none>  %s  -       8.0 KiB  4.0 KiB  -\n",
			short_id(test, web), short_id(test, new), short_id(test, old)));
	CHECK(strstr(run_line(test, "image ls --digests").output, "  DIGEST  "));
	const RunResult json = run_line(test, "image ls --json web:1");
	CHECK(strstr(json.output, "\"reference\":\"docker.io/library/web:1\""));
	CHECK(strstr(json.output, arena_printf(test->arena, "\"id\":\"%s\"", web)));
	CHECK(strstr(json.output, "\"size_bytes\":8192,\"own_bytes\":4096,\"shared_bytes\":4096"));
	CHECK(!strstr(json.output, "quay.io"));
}

TEST(image_ls_of_some)
{
	if (geteuid() != 0)
		SKIP("needs root");
	ImageStore store;
	CHECK(image_store_prepare(test, &store));
	CHECK(image_store_add(&store, "web:1", "a", "") &&
	      image_store_add(&store, "web:2", "b", ""));
	const char *other = image_store_add(&store, "other", "c", "");
	CHECK(other);
	const char *all = run_line(test, "image ls web").output;
	CHECK(strstr(all, "  1  ") && strstr(all, "  2  ") && !strstr(all, "other"));
	const char *one = run_line(test, "image ls web:1").output;
	CHECK(strstr(one, "  1  ") && !strstr(one, "  2  "));
	const char *by_id =
		run_line(test, arena_printf(test->arena, "image ls %s", short_id(test, other)))
			.output;
	CHECK(strstr(by_id, "library/other") && !strstr(by_id, "web"));
	CHECK_RUN("image ls web:3 other", 1, "", "Error: no image 'web:3'\n");
}
