// kube/schema/explain.h - what a field means, and what becomes of it here: from the same table that the decoder uses.
#ifndef KUBE_SCHEMA_EXPLAIN_H
#define KUBE_SCHEMA_EXPLAIN_H

#include "pkg/base/error.h"
#include "pkg/base/text.h"

// Appends what is known of a path like "pod.spec.containers.env": kind, type, description, support, and the fields
// below; those of all levels with is_recursive. The first word is a kind, in any of the forms that kubectl takes.
// Fails with ERROR_NOT_FOUND, naming what was likely meant.
MUST_CHECK bool explain_print(const char *path, bool is_recursive, Buffer *buffer, Error *error);

// Appends docs/support.md: every field and its level, as a table for each kind.
void support_print(Buffer *buffer);

#endif
