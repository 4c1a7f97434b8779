#include "pkg/sys/crypto.h"
#include "tests/unit/test.h"

static const CryptoKey key_one = { { 1, 2, 3 } };
static const CryptoKey key_two = { { 1, 2, 4 } };

static bool seal(Test *test, const char *context, const char *plain, Buffer *sealed)
{
	return crypto_seal(&key_one, span_of(context), span_of(plain), sealed, &test->error);
}

static bool open_sealed(Test *test, const CryptoKey *key, const char *context, const Buffer *sealed,
			char *plain)
{
	return crypto_open(key, span_of(context), (Span){ sealed->data, sealed->length }, plain,
			   &test->error);
}

TEST(crypto_gives_back_what_was_sealed)
{
	CLEANUP_BUFFER sealed = { 0 };
	char plain[16] = "";
	CHECK(seal(test, "db/password", "hunter2", &sealed));
	CHECK(sealed.length == strlen("hunter2") + CRYPTO_OVERHEAD_BYTES);
	CHECK(!memmem(sealed.data, sealed.length, "hunter2", 7));
	CHECK(open_sealed(test, &key_one, "db/password", &sealed, plain));
	CHECK_TEXT(plain, "hunter2");
}

TEST(crypto_seals_nothing)
{
	CLEANUP_BUFFER sealed = { 0 };
	char plain[1] = "";
	CHECK(seal(test, "db/empty", "", &sealed));
	CHECK(open_sealed(test, &key_one, "db/empty", &sealed, plain));
}

TEST(crypto_uses_a_nonce_once)
{
	CLEANUP_BUFFER first = { 0 };
	CLEANUP_BUFFER second = { 0 };
	CHECK(seal(test, "c", "same", &first) && seal(test, "c", "same", &second));
	CHECK(memcmp(first.data, second.data, first.length) != 0);
}

TEST(crypto_refuses_what_is_not_whole)
{
	static const char refusal[] = "an encrypted value was changed, or belongs to another key";
	CLEANUP_BUFFER sealed = { 0 };
	char plain[16];
	CHECK(seal(test, "db/password", "hunter2", &sealed));

	CHECK_ERROR(open_sealed(test, &key_two, "db/password", &sealed, plain), refusal);
	CHECK_ERROR(open_sealed(test, &key_one, "db/user", &sealed, plain), refusal);
	for (size_t i = 0; i < sealed.length; i++) {
		sealed.data[i] ^= 1;
		memset(plain, 'x', sizeof(plain));
		CHECK_ERROR(open_sealed(test, &key_one, "db/password", &sealed, plain), refusal);
		CHECK(plain[0] == 0);
		sealed.data[i] ^= 1;
	}
	sealed.length = CRYPTO_OVERHEAD_BYTES - 1;
	CHECK_ERROR(open_sealed(test, &key_one, "db/password", &sealed, plain),
		    "an encrypted value was cut short");
}

TEST(crypto_derives_one_key_per_list_and_purpose)
{
	const Span split[] = { span_of("ab"), span_of("c") };
	const Span other[] = { span_of("a"), span_of("bc") };
	CryptoKey first, again, shifted, renamed;
	CHECK(crypto_derive_key(split, 2, "secrets", &first, &test->error));
	CHECK(crypto_derive_key(split, 2, "secrets", &again, &test->error));
	CHECK(crypto_derive_key(other, 2, "secrets", &shifted, &test->error));
	CHECK(crypto_derive_key(split, 2, "backups", &renamed, &test->error));
	CHECK(memcmp(&first, &again, sizeof(first)) == 0);
	CHECK(memcmp(&first, &shifted, sizeof(first)) != 0);
	CHECK(memcmp(&first, &renamed, sizeof(first)) != 0);
}
