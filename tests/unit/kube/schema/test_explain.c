#include "kube/schema/explain.h"

#include "tests/unit/golden.h"
#include "tests/unit/test.h"

static const char *explain(Test *test, const char *path)
{
	CLEANUP_BUFFER text = { 0 };
	if (!explain_print(path, false, &text, &test->error))
		return NULL;
	return buffer_take(&text, test->arena);
}

TEST(explain_tells_type_support_and_default)
{
	CHECK_TEXT(explain(test, "pod.spec.containers.image"),
		   "KIND:       Pod\nVERSION:    v1\n\nFIELD: image <string> -required-\n\n"
		   "DESCRIPTION:\n    Image to run: [REGISTRY/]NAME[:TAG][@DIGEST].\n\n"
		   "SUPPORT:\n    honoured: pulled once into the store; its layers are the lower "
		   "directories of an overlay\n\n");
	CHECK_TEXT(
		explain(test, "po.spec.restartPolicy"),
		"KIND:       Pod\nVERSION:    v1\n\nFIELD: restartPolicy <string>\n\n"
		"DESCRIPTION:\n    What happens to a container that ended.\n\n"
		"SUPPORT:\n    honoured: back-off by sdme-isolate: 10 s, doubling to 5 min; that a Pod has ended outlasts reboots\n\n"
		"ENUM:\n    Always\n    OnFailure\n    Never\n\nDEFAULT:\n    Always\n\n");
	CHECK(strstr(explain(test, "pods.spec.affinity.podAffinity"),
		     "SUPPORT:\n    noted: there is one node: this host\n"));
	CHECK(strstr(explain(test, "Secret"), "\n  stringData\t<map[string]string>\n"));
}

TEST(explain_names_what_was_meant)
{
	CHECK_ERROR(explain(test, "pod.spec.container"),
		    "field 'container' does not exist in 'pod.spec' (did you mean 'containers'?)");
	CHECK_ERROR(explain(test, "pod.kind.x"), "field 'x' does not exist in 'pod.kind'");
	CHECK_ERROR(explain(test, "podd"),
		    "no kind 'podd' (did you mean 'pod'?); there are pods, configmaps, secrets, "
		    "persistentvolumeclaims");
}

TEST(explain_lists_all_levels)
{
	CLEANUP_BUFFER text = { 0 };
	CHECK(explain_print("pod", true, &text, &test->error));
	CHECK(strstr(buffer_text(&text), "\n      securityContext\t<SecurityContext>\n"));
}

TEST(support_golden)
{
	CLEANUP_BUFFER text = { 0 };
	support_print(&text);
	CHECK_GOLDEN("docs/support.md", buffer_text(&text));
}
