// pkg/sys/crypto.h - authenticated encryption and random bytes (OpenSSL).
// AES-256-GCM with a random 96-bit nonce: one key is good for 2^32 messages, far more than a host has secrets.
#ifndef PKG_SYS_CRYPTO_H
#define PKG_SYS_CRYPTO_H

#include "pkg/base/error.h"
#include "pkg/base/text.h"

#include <stdint.h>

#define CRYPTO_KEY_BYTES 32

// Bytes that a sealed message is longer than its plain text: nonce and tag.
#define CRYPTO_OVERHEAD_BYTES 28

typedef struct CryptoKey {
	uint8_t bytes[CRYPTO_KEY_BYTES];
} CryptoKey;

// Overwrites the key; a zeroed one is accepted.
void crypto_key_clear(CryptoKey *key);
#define CLEANUP_CRYPTO_KEY CLEANUP(crypto_key_clear) CryptoKey

// Bytes from the kernel's generator (getrandom).
MUST_CHECK bool crypto_random(void *bytes, size_t length, Error *error);

// A key out of several pieces of key material: HKDF-SHA256 (RFC 5869) over their concatenation; each is preceded by its
// length, so that no two lists run together. `purpose` is the info text.
MUST_CHECK bool crypto_derive_key(const Span *materials, size_t count, const char *purpose,
				  CryptoKey *ret_key, Error *error);

// Encrypts `plain` and appends nonce, cipher text and tag. `context` is authenticated, not stored: the same one must be
// given to open the message.
MUST_CHECK bool crypto_seal(const CryptoKey *key, Span context, Span plain, Buffer *sealed,
			    Error *error);
// Decrypts into `ret_plain`, which has room for sealed.len - CRYPTO_OVERHEAD_BYTES bytes.
// Fails with ERROR_INVALID when the message was cut, changed, made with another key or for another context; ret_plain
// is then zeroed.
MUST_CHECK bool crypto_open(const CryptoKey *key, Span context, Span sealed, void *ret_plain,
			    Error *error);

#endif
