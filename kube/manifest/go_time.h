// kube/manifest/go_time.h - is this a time as Go's time.Parse reads RFC 3339? For fields that the API server sets.
#ifndef KUBE_MANIFEST_GO_TIME_H
#define KUBE_MANIFEST_GO_TIME_H

#include "pkg/base/error.h"

// Fails: ERROR_INVALID with the words of Go: `parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse …`.
MUST_CHECK bool go_time_check(const char *text, Error *error);

#endif
