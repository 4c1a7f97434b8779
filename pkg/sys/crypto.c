#include "pkg/sys/crypto.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <string.h>
#include <sys/random.h>

#define NONCE_BYTES 12
#define TAG_BYTES   16
_Static_assert(NONCE_BYTES + TAG_BYTES == CRYPTO_OVERHEAD_BYTES, "the header says the overhead");

void crypto_key_clear(CryptoKey *key)
{
	explicit_bzero(key, sizeof(*key));
}

bool crypto_random(void *bytes, size_t length, Error *error)
{
	uint8_t *rest = bytes;
	while (length > 0) {
		const ssize_t got = getrandom(rest, length, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set_errno(error, errno, "get random bytes");
		rest += got;
		length -= (size_t)got;
	}
	return true;
}

static void free_kdf(EVP_KDF **kdf)
{
	EVP_KDF_free(*kdf);
}

static void free_kdf_context(EVP_KDF_CTX **context)
{
	EVP_KDF_CTX_free(*context);
}

// Overwrites key material before it is released.
static void wipe_buffer(Buffer *buffer)
{
	if (buffer->data)
		explicit_bzero(buffer->data, buffer->capacity);
	buffer_clear(buffer);
}

static size_t joined_size(const Span *materials, size_t count)
{
	size_t size = 0;
	for (size_t i = 0; i < count; i++)
		size += sizeof(uint64_t) + materials[i].len;
	return size;
}

// Grown once, so that no piece of it stays in memory that a reallocation gave back.
static void join_materials(const Span *materials, size_t count, Buffer *joined)
{
	const size_t size = joined_size(materials, count) + 1;
	joined->data = memory_resize(NULL, size);
	joined->capacity = size;
	for (size_t i = 0; i < count; i++) {
		uint8_t length[sizeof(uint64_t)];
		for (size_t byte = 0; byte < sizeof(length); byte++)
			length[byte] = (uint8_t)((uint64_t)materials[i].len >> (8 * byte));
		buffer_add_bytes(joined, length, sizeof(length));
		buffer_add_bytes(joined, materials[i].ptr, materials[i].len);
	}
}

bool crypto_derive_key(const Span *materials, size_t count, const char *purpose, CryptoKey *ret_key,
		       Error *error)
{
	CLEANUP(wipe_buffer) Buffer joined = { 0 };
	join_materials(materials, count, &joined);

	CLEANUP(free_kdf) EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	CLEANUP(free_kdf_context) EVP_KDF_CTX *context = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
	char digest[] = "SHA256";
	CLEANUP_BUFFER info = { 0 };
	buffer_add(&info, purpose);
	const OSSL_PARAM parameters[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, joined.data, joined.length),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info.data, info.length),
		OSSL_PARAM_construct_end(),
	};
	CLEANUP_CRYPTO_KEY key = { { 0 } };
	if (!context || EVP_KDF_derive(context, key.bytes, sizeof(key.bytes), parameters) != 1)
		return error_set(error, ERROR_SYSTEM, "derive a key: OpenSSL has no HKDF-SHA256");
	*ret_key = key;
	return true;
}

static void free_cipher(EVP_CIPHER_CTX **cipher)
{
	EVP_CIPHER_CTX_free(*cipher);
}
#define CLEANUP_CIPHER CLEANUP(free_cipher) EVP_CIPHER_CTX *

// OpenSSL counts in int.
static int int_length(Span span)
{
	assert(span.len <= INT_MAX);
	return (int)span.len;
}

static const uint8_t *span_bytes(Span span)
{
	return (const uint8_t *)span.ptr;
}

static bool seal(EVP_CIPHER_CTX *cipher, const CryptoKey *key, const uint8_t *nonce, Span context,
		 Span plain, uint8_t *cipher_text, uint8_t *tag)
{
	int length = 0;
	return EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key->bytes, nonce) == 1 &&
	       EVP_EncryptUpdate(cipher, NULL, &length, span_bytes(context), int_length(context)) ==
		       1 &&
	       EVP_EncryptUpdate(cipher, cipher_text, &length, span_bytes(plain),
				 int_length(plain)) == 1 &&
	       EVP_EncryptFinal_ex(cipher, cipher_text + length, &length) == 1 &&
	       EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, tag) == 1;
}

bool crypto_seal(const CryptoKey *key, Span context, Span plain, Buffer *sealed, Error *error)
{
	uint8_t nonce[NONCE_BYTES];
	if (!crypto_random(nonce, sizeof(nonce), error))
		return false;

	CLEANUP_ARENA scratch = arena_new();
	uint8_t *cipher_text = arena_alloc(scratch, plain.len + 1);
	uint8_t tag[TAG_BYTES];
	CLEANUP_CIPHER cipher = EVP_CIPHER_CTX_new();
	if (!cipher || !seal(cipher, key, nonce, context, plain, cipher_text, tag))
		return error_set(error, ERROR_SYSTEM, "encrypt: OpenSSL refuses AES-256-GCM");

	buffer_add_bytes(sealed, nonce, sizeof(nonce));
	buffer_add_bytes(sealed, cipher_text, plain.len);
	buffer_add_bytes(sealed, tag, sizeof(tag));
	return true;
}

static bool open_sealed(EVP_CIPHER_CTX *cipher, const CryptoKey *key, Span context,
			const uint8_t *nonce, Span cipher_text, uint8_t *tag, uint8_t *plain)
{
	int length = 0;
	return EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key->bytes, nonce) == 1 &&
	       EVP_DecryptUpdate(cipher, NULL, &length, span_bytes(context), int_length(context)) ==
		       1 &&
	       EVP_DecryptUpdate(cipher, plain, &length, span_bytes(cipher_text),
				 int_length(cipher_text)) == 1 &&
	       EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, TAG_BYTES, tag) == 1 &&
	       EVP_DecryptFinal_ex(cipher, plain + length, &length) == 1;
}

bool crypto_open(const CryptoKey *key, Span context, Span sealed, void *ret_plain, Error *error)
{
	if (sealed.len < CRYPTO_OVERHEAD_BYTES)
		return error_set(error, ERROR_INVALID, "an encrypted value was cut short");

	const Span cipher_text = { sealed.ptr + NONCE_BYTES, sealed.len - CRYPTO_OVERHEAD_BYTES };
	uint8_t tag[TAG_BYTES];
	memcpy(tag, cipher_text.ptr + cipher_text.len, sizeof(tag));

	CLEANUP_CIPHER cipher = EVP_CIPHER_CTX_new();
	if (!cipher ||
	    !open_sealed(cipher, key, context, span_bytes(sealed), cipher_text, tag, ret_plain)) {
		explicit_bzero(ret_plain, cipher_text.len);
		return error_set(error, ERROR_INVALID,
				 "an encrypted value was changed, or belongs to another key");
	}
	return true;
}
