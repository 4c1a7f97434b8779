#include "pkg/sys/stream/digest.h"
#include "tests/unit/test.h"

#define EMPTY "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define ABC   "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

TEST(digest_of_bytes_is_sha256)
{
	CHECK_TEXT(digest_of_bytes("", 0, test->arena), EMPTY);
	CHECK_TEXT(digest_of_bytes("abc", 3, test->arena), ABC);
}

TEST(digest_source_hashes_what_passes)
{
	Source *bytes = source_of_bytes("abc", 3, 1, test->arena);
	CLEANUP_DIGEST_SOURCE source = { 0 };
	digest_source_init(&source, bytes);
	const char *text = NULL;
	size_t length = 0;
	CHECK(source_read_all(&source.source, 10, test->arena, &text, &length, &test->error));
	CHECK_TEXT(text, "abc");
	CHECK_TEXT(source.text, ABC);
	CHECK(source.size_bytes == 3 && length == 3);
	CHECK(source_drain(&source.source, &test->error));
	CHECK_TEXT(source.text, ABC);
}

TEST(digest_check_takes_one_form_only)
{
	CHECK(digest_is_valid(ABC));
	CHECK_TEXT(digest_hex(ABC),
		   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	CHECK_ERROR(digest_check("sha256:../../../etc", "layers[0]", &test->error),
		    "layers[0]: 'sha256:../../../etc' is not 'sha256:' and 64 lower-case "
		    "hexadecimal digits");
	CHECK(!digest_is_valid(ABC "0"));
	CHECK(!digest_is_valid(
		"sha256:BA7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
	CHECK(!digest_is_valid("sha256:"));
	CHECK(!digest_is_valid(""));
	CHECK(!digest_is_valid(digest_hex(ABC)));
	CHECK_ERROR(digest_check("sha512:00", "digest", &test->error),
		    "digest: 'sha512:00' is no SHA-256 digest");
}
