#include "pkg/sys/stream/digest.h"

#include "pkg/base/text.h"

#include <openssl/evp.h>
#include <string.h>

#define DIGEST_PREFIX "sha256:"

void digest_init(Digest *digest)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	// Both fail for want of memory only.
	if (!context || EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1)
		memory_exhausted();
	digest->context = context;
}

void digest_update(Digest *digest, const void *bytes, size_t length)
{
	if (EVP_DigestUpdate(digest->context, bytes, length) != 1)
		memory_exhausted();
}

void digest_finish(Digest *digest, char ret[DIGEST_TEXT_LENGTH + 1])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[DIGEST_HEX_LENGTH / 2];
	if (EVP_DigestFinal_ex(digest->context, bytes, NULL) != 1)
		memory_exhausted();
	digest_clear(digest);

	char *end = ret + strlen(DIGEST_PREFIX);
	memcpy(ret, DIGEST_PREFIX, strlen(DIGEST_PREFIX));
	for (size_t i = 0; i < sizeof(bytes); i++) {
		*end++ = digits[bytes[i] >> 4];
		*end++ = digits[bytes[i] & 0xf];
	}
	*end = '\0';
}

void digest_clear(Digest *digest)
{
	EVP_MD_CTX_free(digest->context);
	digest->context = NULL;
}

char *digest_of_bytes(const void *bytes, size_t length, Arena *arena)
{
	CLEANUP_DIGEST digest = { 0 };
	char text[DIGEST_TEXT_LENGTH + 1];
	digest_init(&digest);
	digest_update(&digest, bytes, length);
	digest_finish(&digest, text);
	return arena_strdup(arena, text);
}

bool digest_is_valid(const char *text)
{
	return text_starts_with(text, DIGEST_PREFIX) && strlen(text) == DIGEST_TEXT_LENGTH &&
	       text_has_only(digest_hex(text), "0123456789abcdef");
}

bool digest_check(const char *text, const char *what, Error *error)
{
	if (digest_is_valid(text))
		return true;
	CLEANUP_BUFFER shown = { 0 };
	buffer_add_printable(&shown, text, strnlen(text, 200));
	if (text_starts_with(text, "sha512:") || text_starts_with(text, "sha384:"))
		return error_set(error, ERROR_UNSUPPORTED, "%s: '%s' is no SHA-256 digest", what,
				 buffer_text(&shown));
	return error_set(error, ERROR_INVALID,
			 "%s: '%s' is not 'sha256:' and 64 lower-case hexadecimal digits", what,
			 buffer_text(&shown));
}

const char *digest_hex(const char *text)
{
	return text + strlen(DIGEST_PREFIX);
}

static bool digest_source_read(Source *source, const void **ret_block, size_t *ret_length,
			       Error *error)
{
	DigestSource *self = (DigestSource *)source;
	if (!source_read(self->from, ret_block, ret_length, error))
		return false;
	if (*ret_length > 0) {
		digest_update(&self->digest, *ret_block, *ret_length);
		self->size_bytes += *ret_length;
	} else if (!self->is_finished) {
		digest_finish(&self->digest, self->text);
		self->is_finished = true;
	}
	return true;
}

void digest_source_init(DigestSource *source, Source *from)
{
	*source = (DigestSource){ .source.read = digest_source_read, .from = from };
	digest_init(&source->digest);
}

void digest_source_clear(DigestSource *source)
{
	digest_clear(&source->digest);
}

static bool digest_sink_write(Sink *sink, const void *bytes, size_t length, Error *error)
{
	DigestSink *self = (DigestSink *)sink;
	digest_update(&self->digest, bytes, length);
	self->size_bytes += length;
	return sink_write(self->to, bytes, length, error);
}

void digest_sink_init(DigestSink *sink, Sink *to)
{
	*sink = (DigestSink){ .sink.write = digest_sink_write, .to = to };
	digest_init(&sink->digest);
}

void digest_sink_finish(DigestSink *sink, char ret[DIGEST_TEXT_LENGTH + 1])
{
	digest_finish(&sink->digest, ret);
}

void digest_sink_clear(DigestSink *sink)
{
	digest_clear(&sink->digest);
}
