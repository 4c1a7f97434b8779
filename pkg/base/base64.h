// pkg/base/base64.h - bytes as text (RFC 4648, section 4), as Kubernetes and registries write them.
#ifndef PKG_BASE_BASE64_H
#define PKG_BASE_BASE64_H

#include "pkg/base/error.h"
#include "pkg/base/text.h"

// Appends `length` bytes as base64 with padding.
void base64_encode(Buffer *buffer, const void *bytes, size_t length);
// Appends the bytes that `text` stands for. Padding is required, line breaks are skipped, as Go's StdEncoding does.
// Fails with Go's words: "illegal base64 data at input byte 5"; what was appended until then stays.
MUST_CHECK bool base64_decode(Buffer *buffer, const char *text, size_t length, Error *error);

#endif
