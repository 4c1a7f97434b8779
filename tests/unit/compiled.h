// tests/unit/compiled.h - Pods of tests as plans: read, filled in, checked and compiled with images made up.
#ifndef TESTS_UNIT_COMPILED_H
#define TESTS_UNIT_COMPILED_H

#include "kube/compile/compile.h"
#include "pkg/oci/config.h"
#include "tests/unit/manifest.h"

typedef struct CompileChoice {
	const ImageConfig *config; // of every image; NULL: /bin/app, and nothing else
	const char *root_fs;
	bool is_full_boot;
} CompileChoice;

typedef struct Compiled {
	Report report; // what compile_pod says: the manifest itself must be without errors
	MachinePlan plan;
} Compiled;

// The host has 8 GiB. A manifest with errors fails the test; its plan has an empty app and an empty volume.
Compiled *compile_manifest(Test *test, const char *yaml, const CompileChoice *choice);
// The same for a Pod 'web' with one container 'app' that has these members: "command: [a]".
Compiled *compile_members(Test *test, const char *members, const CompileChoice *choice);
// The findings of compile_pod, sorted, one per line; warnings and notes begin with "warning: " and "note: ".
const char *compiled_findings(Compiled *compiled);
const char *compiled_json(Test *test, const MachinePlan *plan);

#endif
