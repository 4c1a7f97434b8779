#include "kube/manifest/notes.h"

#include "tests/unit/manifest.h"

TEST(notes_of_the_same_field_are_folded)
{
	Manifest *manifest = manifest_of(
		test,
		"apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n"
		"  nodeName: x\n  containers:\n"
		"  - {name: a, image: i, stdinOnce: true}\n  - {name: b, image: i, stdinOnce: true}\n"
		"  - {name: c, image: i, foo: 1}\n  - {name: d, image: i, foo: 1}\n");
	notes_fold(&manifest->report);
	CHECK_TEXT(manifest_findings(manifest),
		   "note: p:5:3: spec.nodeName: has no effect here: there is one node: this host\n"
		   "note: p:7:25: spec.containers[0].stdinOnce: has no effect here: there is no "
		   "attach yet, so standard input stays open (2 times)\n"
		   "p:9:25: strict decoding error: unknown field \"spec.containers[2].foo\"\n"
		   "p:10:25: strict decoding error: unknown field \"spec.containers[3].foo\"");
}
