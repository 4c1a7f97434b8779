// tests/unit/manifest.h - manifests in tests: texts in, objects and findings out.
#ifndef TESTS_UNIT_MANIFEST_H
#define TESTS_UNIT_MANIFEST_H

#include "kube/schema/types.h"
#include "pkg/base/report.h"
#include "tests/unit/test.h"

// The longest texts of Kubernetes.
#define FAULT_LABEL                                                                                \
	"a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "   \
	"and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', "   \
	"regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
#define FAULT_SUBDOMAIN                                                                            \
	"a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' "  \
	"or '.', and must start and end with an alphanumeric character (e.g. 'example.com', "      \
	"regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]"                  \
	"([-a-z0-9]*[a-z0-9])?)*')"
#define FAULT_NAME_PART                                                                            \
	"name part must consist of alphanumeric characters, '-', '_' or '.', and must start and "  \
	"end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex "  \
	"used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
#define FAULT_LABEL_VALUE                                                                          \
	"a valid label must be an empty string or consist of alphanumeric characters, '-', '_' "   \
	"or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or "      \
	"'my_value',  or '12345', regex used for validation is "                                   \
	"'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"

typedef struct Manifest {
	Report report;
	Objects objects;
} Manifest;

// Reads, fills in defaults and checks; the path in messages is "p". Everything lives in the test's arena.
Manifest *manifest_of(Test *test, const char *text);
// The errors, sorted, one per line; with notes and warnings, which start with "note: " and "warning: ".
const char *manifest_errors(Manifest *manifest);
const char *manifest_findings(Manifest *manifest);

#endif
