// kube/kinds.h - kinds of Kubernetes that we know of but do not take.
#ifndef KUBE_KINDS_H
#define KUBE_KINDS_H

#include "kube/schema.h"
#include "pkg/base/report.h"

// The kind that we read, or NULL.
const SchemaKind *kind_find(const char *api_version, const char *kind);
// Says why the kind is not read: an error, or a note for kinds that have no meaning on one host.
void kind_report_unread(const char *api_version, const char *kind, SourcePos where, Report *report);

#endif
