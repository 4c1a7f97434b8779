// isolate/guest/base/line.h - text without a C library: comparison, numbers, and lines put together.
#ifndef ISOLATE_GUEST_BASE_LINE_H
#define ISOLATE_GUEST_BASE_LINE_H

#include "isolate/guest/base/system.h"

size_t text_length(const char *text);
bool text_equal(const char *left, const char *right);
// What follows `prefix` in `text`; NULL when it starts otherwise.
const char *text_after(const char *text, const char *prefix);
// The decimal number at the beginning of `text`, 0 when there is none; ret_end: what follows it, may be NULL.
uint64_t text_number(const char *text, const char **ret_end);

// A text that is cut when it would not fit; always NUL-terminated.
typedef struct Line {
	char text[4096];
	size_t length;
} Line;

void line_add(Line *line, const char *text);
void line_add_bytes(Line *line, const char *bytes, size_t size);
void line_add_number(Line *line, uint64_t number);
// Exactly `digits` digits, zeros in front.
void line_add_digits(Line *line, uint64_t number, unsigned digits);
// "No such file or directory"; "error 123" for what has no sentence here.
void line_add_errno(Line *line, int os_errno);
// Writes all of it; an interrupted or partial write goes on, any other failure is nobody's business.
void line_write(const Line *line, int fd);

// Adds "what 'subject': text of os_errno"; an empty subject and an os_errno of 0 are left out.
void line_add_failure(Line *line, const char *what, const char *subject, int os_errno);

// "<3>sdme-isolate: " and the failure: one line on stderr. <3> is what journald takes for the priority (sd-daemon(3)).
void complain(const char *what, const char *subject, int os_errno);

#endif
