// tests/unit/manifest.h - manifests in tests: texts in, objects and findings out.
#ifndef TESTS_UNIT_MANIFEST_H
#define TESTS_UNIT_MANIFEST_H

#include "kube/types.h"
#include "pkg/base/report.h"
#include "tests/unit/test.h"

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
