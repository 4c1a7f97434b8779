// pkg/sys/stream/digest.h - SHA-256, in one go or while bytes pass, and the text form "sha256:HEX".
// The only digest that is accepted: registries may use others, none does.
#ifndef PKG_SYS_STREAM_DIGEST_H
#define PKG_SYS_STREAM_DIGEST_H

#include "pkg/sys/stream/sink.h"
#include "pkg/sys/stream/source.h"

#define DIGEST_HEX_LENGTH 64
// "sha256:" and 64 digits.
#define DIGEST_TEXT_LENGTH (7 + DIGEST_HEX_LENGTH)

// A running digest. {0} is empty and may be cleared.
typedef struct Digest {
	void *context;
} Digest;

void digest_init(Digest *digest);
void digest_update(Digest *digest, const void *bytes, size_t length);
// The text "sha256:HEX" of all bytes so far, NUL-terminated. The digest is empty afterwards.
void digest_finish(Digest *digest, char ret[DIGEST_TEXT_LENGTH + 1]);
void digest_clear(Digest *digest);
#define CLEANUP_DIGEST CLEANUP(digest_clear) Digest

// The digest text of some bytes.
char *digest_of_bytes(const void *bytes, size_t length, Arena *arena);

// True for exactly "sha256:" and 64 lower-case hexadecimal digits: safe as part of a path.
bool digest_is_valid(const char *text);
// As digest_is_valid, with an ERROR_INVALID (or ERROR_UNSUPPORTED for another algorithm) that names `what`.
MUST_CHECK bool digest_check(const char *text, const char *what, Error *error);
// The 64 digits of a valid digest text (a pointer into it).
const char *digest_hex(const char *text);

// Passes the bytes of `from` on while it hashes and counts them. Once the end was read, size_bytes and text are final.
typedef struct DigestSource {
	Source source;
	Source *from;
	Digest digest;
	uint64_t size_bytes;
	bool is_finished;
	char text[DIGEST_TEXT_LENGTH + 1]; // "" until the end was read
} DigestSource;

void digest_source_init(DigestSource *source, Source *from);
void digest_source_clear(DigestSource *source);
#define CLEANUP_DIGEST_SOURCE CLEANUP(digest_source_clear) DigestSource

// The same for bytes on their way into a sink.
typedef struct DigestSink {
	Sink sink;
	Sink *to;
	Digest digest;
	uint64_t size_bytes;
} DigestSink;

void digest_sink_init(DigestSink *sink, Sink *to);
// The digest of all that was written; nothing may come after it.
void digest_sink_finish(DigestSink *sink, char ret[DIGEST_TEXT_LENGTH + 1]);
void digest_sink_clear(DigestSink *sink);
#define CLEANUP_DIGEST_SINK CLEANUP(digest_sink_clear) DigestSink

#endif
