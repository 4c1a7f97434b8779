// pkg/base/text.h - text: comparison, growing output, views.
// Text is a NUL-terminated `const char *`, made in an arena. A Span is a view that exists inside parsers only. Long
// output is collected in a Buffer.
#ifndef PKG_BASE_TEXT_H
#define PKG_BASE_TEXT_H

#include "pkg/base/arena.h"
#include "pkg/base/base.h"

#include <stdarg.h>

// A view of bytes that someone else owns; not terminated.
typedef struct Span {
	const char *ptr;
	size_t len;
} Span;

// Comparison is exact: no prefix, no case folding.
bool text_equal(const char *left, const char *right);
// As text_equal; NULL equals only NULL.
bool text_equal_or_null(const char *left, const char *right);
bool text_starts_with(const char *text, const char *prefix);
bool text_ends_with(const char *text, const char *suffix);
bool text_is_empty(const char *text); // NULL or ""
bool span_equal(Span span, const char *text);
// The same whatever the case of ASCII letters is: words of kubectl, names of fields in Go.
bool span_equal_any_case(Span span, const char *text);
Span span_of(const char *text);
// Every byte of `text` is in `allowed`.
bool text_has_only(const char *text, const char *allowed);

// The item of `candidates` (NULL-terminated) that the user most likely meant by `text`, or NULL when none is close.
const char *text_nearest(const char *text, const char *const *candidates);

// Growing text. {0} is empty and ready; clear releases it. `data` is NUL-terminated once anything was added, and may
// hold NUL bytes itself when bytes were added.
typedef struct Buffer {
	char *data;
	size_t length;
	size_t capacity;
} Buffer;

void buffer_add(Buffer *buffer, const char *text);
void buffer_add_char(Buffer *buffer, char character);
void buffer_add_bytes(Buffer *buffer, const void *bytes, size_t length);
void buffer_printf(Buffer *buffer, const char *format, ...) PRINTF(2, 3);
void buffer_vprintf(Buffer *buffer, const char *format, va_list arguments) PRINTF(2, 0);
// `text` as a Go %q literal: quotes, backslashes and what is not printable escaped. Kubernetes prints values so.
void buffer_add_quoted(Buffer *buffer, const char *text);
const char *text_quoted(const char *text, Arena *arena);
// `text` with everything that is not printable ASCII or valid UTF-8 escaped (\x1b): safe for a terminal.
void buffer_add_printable(Buffer *buffer, const char *text, size_t length);
// The text so far, never NULL.
const char *buffer_text(const Buffer *buffer);
// The text as arena memory; the buffer is empty afterwards.
char *buffer_take(Buffer *buffer, Arena *arena);
void buffer_clear(Buffer *buffer);
#define CLEANUP_BUFFER CLEANUP(buffer_clear) Buffer

#endif
