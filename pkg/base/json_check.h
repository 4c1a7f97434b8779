// pkg/base/json_check.h - is this text JSON, and is it an object? Told in the words of Go's encoding/json, which
// Kubernetes' users meet. Nothing is kept of the text. Go takes keys that come twice and any bytes in strings.
// Spec: RFC 8259, <https://pkg.go.dev/encoding/json>.
#ifndef PKG_BASE_JSON_CHECK_H
#define PKG_BASE_JSON_CHECK_H

#include "pkg/base/error.h"

// Levels that Go reads.
#define JSON_CHECK_DEPTH_MAX 10000

// True for an object or null, and nothing behind it. Fails: ERROR_INVALID with the text that json.Unmarshal gives for a
// map[string]any.
MUST_CHECK bool json_check_object(const char *bytes, size_t length, Error *error);

#endif
