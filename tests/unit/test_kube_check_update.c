#include "kube/check.h"

#include "pkg/base/text.h"
#include "tests/unit/manifest.h"

static const char *update_faults(Test *test, const char *before, const char *after)
{
	static const char head[] = "apiVersion: v1\nmetadata: {name: a}\n";
	const Manifest *old = manifest_of(test, arena_printf(test->arena, "%s%s", head, before));
	Manifest *new = manifest_of(test, arena_printf(test->arena, "%s%s", head, after));
	object_check_update(&old->objects.items[0], &new->objects.items[0], &new->report);
	return manifest_errors(new);
}

TEST(check_update_keeps_what_is_immutable)
{
	static const char *const rows[][3] = {
		// clang-format off
		{ "kind: ConfigMap\ndata: {a: b}\n", "kind: ConfigMap\ndata: {a: c}\n", "" },
		{ "kind: ConfigMap\nimmutable: true\ndata: {a: b}\n", "kind: ConfigMap\nimmutable: true\ndata: {a: b}\n", "" },
		{ "kind: ConfigMap\nimmutable: true\ndata: {a: b}\n", "kind: ConfigMap\nimmutable: true\ndata: {a: c}\n",
		  "p:5:7: data: Forbidden: field is immutable when `immutable` is set" },
		{ "kind: Secret\nimmutable: true\n", "kind: Secret\n", "p:1:1: immutable: Forbidden: field is immutable when `immutable` is set" },
		{ "kind: Secret\n", "kind: Secret\ntype: x/y\n", "p:4:7: type: Invalid value: \"x/y\": field is immutable" },
		{ "kind: PersistentVolumeClaim\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 2Gi}}}\n",
		  "kind: PersistentVolumeClaim\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 3Gi}}}\n", "" },
		{ "kind: PersistentVolumeClaim\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 2Gi}}}\n",
		  "kind: PersistentVolumeClaim\nspec: {accessModes: [ReadWriteMany], resources: {requests: {storage: 1Gi}}}\n",
		  "p:4:7: spec: Forbidden: spec is immutable after creation except resources.requests\n"
		  "p:4:49: spec.resources.requests: Forbidden: field can not be less than previous value" },
		// clang-format on
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_TEXT(update_faults(test, rows[i][0], rows[i][1]), rows[i][2]);
}
