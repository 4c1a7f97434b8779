// pkg/base/utf8.h - UTF-8, checked. Spec: RFC 3629.
#ifndef PKG_BASE_UTF8_H
#define PKG_BASE_UTF8_H

#include "pkg/base/base.h"

#include <stdint.h>

// Bytes of the valid sequence at `bytes` (1 to 4), or 0: cut off, overlong, a surrogate, above U+10FFFF. left > 0.
size_t utf8_length(const char *bytes, size_t left);
// The first byte that does not belong to a valid sequence; `length` when all do.
size_t utf8_check(const char *bytes, size_t length);
// The character of a valid sequence of so many bytes.
uint32_t utf8_decode(const char *bytes, size_t length);
// Go's strconv.IsPrint: no control, no format character, no private use, no space but U+0020. Codes that Unicode has not
// given away count as printable.
bool utf8_is_printable(uint32_t code);
// The sequence of `code` into `ret`, which gets no NUL; its length, or 0 when there is no such character.
size_t utf8_encode(uint32_t code, char ret[4]);

#endif
