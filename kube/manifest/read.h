// kube/manifest/read.h - a manifest becomes objects.
// Documents are taken apart: several in one text, Lists flattened, JSON as well. What a cluster added on its way out
// (status, managedFields, the volume of the service account's token) is left out again, so that the output of
// `kubectl get -o yaml` can be applied.
#ifndef KUBE_MANIFEST_READ_H
#define KUBE_MANIFEST_READ_H

#include "kube/schema/types.h"
#include "pkg/base/report.h"

// One object may not be larger, as with the API server.
#define OBJECT_BYTES_MAX (3 * 1024 * 1024)

// path: for messages; not copied. The text has a NUL behind it.
typedef struct ManifestSource {
	const char *path;
	const char *text;
	size_t length;
} ManifestSource;

// Adds the objects of the text to *ret_objects, as written: without defaults, and not checked beyond their schema.
// All faults go to the report, whose arena owns the objects; objects with faults are returned as well.
// Returns how many documents there are: those with nothing but comments or null are none.
size_t manifest_read(const ManifestSource *source, Report *report, Objects *ret_objects);

#endif
