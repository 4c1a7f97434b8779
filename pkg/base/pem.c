#include "pkg/base/pem.h"

#include "pkg/base/base64.h"

#include <string.h>

#define BEGIN  "-----BEGIN "
#define END    "-----END "
#define DASHES "-----"

// The line without its end and the blanks before that; *text goes on behind it.
static Span take_line(Span *text)
{
	const char *end = memchr(text->ptr, '\n', text->len);
	const size_t length = end ? (size_t)(end - text->ptr) : text->len;
	Span line = { text->ptr, length };
	text->ptr += length + (end ? 1 : 0);
	text->len -= length + (end ? 1 : 0);
	while (line.len > 0 && strchr(" \t\r", line.ptr[line.len - 1]))
		line.len--;
	return line;
}

// "PREFIX TYPE-----"
static bool read_border(Span line, const char *prefix, Span *ret_type)
{
	const size_t before = strlen(prefix);
	const size_t after = strlen(DASHES);
	if (line.len < before + after || memcmp(line.ptr, prefix, before) != 0 ||
	    memcmp(line.ptr + line.len - after, DASHES, after) != 0)
		return false;
	*ret_type = (Span){ line.ptr + before, line.len - before - after };
	return true;
}

static bool is_end_of(Span line, Span begin)
{
	Span end = { 0 };
	return read_border(line, END, &end) && end.len == begin.len &&
	       memcmp(end.ptr, begin.ptr, end.len) == 0;
}

// "Proc-Type: 4,ENCRYPTED" above the body.
static void skip_headers(Span *body)
{
	for (Span rest = *body; rest.len > 0; *body = rest) {
		const Span line = take_line(&rest);
		if (!memchr(line.ptr, ':', line.len))
			return;
	}
}

static bool is_base64(Span body)
{
	CLEANUP_BUFFER text = { 0 };
	CLEANUP_BUFFER bytes = { 0 };
	CLEANUP_ERROR error = { 0 };
	for (size_t i = 0; i < body.len; i++) {
		if (body.ptr[i] != ' ' && body.ptr[i] != '\t')
			buffer_add_char(&text, body.ptr[i]);
	}
	return base64_decode(&bytes, buffer_text(&text), text.length, &error);
}

bool pem_next(Span *text, Span *ret_type)
{
	Span type = { 0 };
	Span body = { 0 };
	for (Span rest = *text; rest.len > 0;) {
		const char *start = rest.ptr;
		const Span line = take_line(&rest);
		if (read_border(line, BEGIN, &type)) {
			body = rest; // the last one before the end counts
			continue;
		}
		if (!body.ptr || line.len < strlen(END) || memcmp(line.ptr, END, strlen(END)) != 0)
			continue;
		body.len = (size_t)(start - body.ptr);
		skip_headers(&body);
		if (is_end_of(line, type) && is_base64(body)) {
			*ret_type = type;
			*text = rest;
			return true;
		}
		body = (Span){ 0 };
	}
	return false;
}
