#include "kube/apply/pull_secrets.h"
#include "pkg/base/path.h"
#include "store/state/layout.h"
#include "tests/unit/manifest.h"

#define CONFIG "{\"auths\":{\"quay.io\":{\"auth\":\"dTpw\"}}}"

static bool put(Test *test, const Host *host, const char *name, const char *type, const char *key,
		const char *text)
{
	StoredObject object = { .name = name, .type = type };
	*stored_data_push(test->arena, &object.data) =
		(StoredItem){ key, { text, strlen(text) }, false };
	return secret_put(host, &object, PUT_CREATE, NULL, &test->error);
}

static bool make_host(Test *test, Host *ret)
{
	*ret = (Host){ .data_dir = path_join(test->arena, test_directory(test), "data") };
	return layout_prepare(ret, &test->error) &&
	       put(test, ret, "new", "kubernetes.io/dockerconfigjson", ".dockerconfigjson",
		   CONFIG) &&
	       put(test, ret, "old", "kubernetes.io/dockercfg", ".dockercfg", "{}") &&
	       put(test, ret, "other", "Opaque", ".dockerconfigjson", CONFIG);
}

static Manifest *pod_with(Test *test, const char *secrets)
{
	return manifest_of(test,
			   arena_printf(test->arena,
					"apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n"
					"  imagePullSecrets: %s\n"
					"  containers: [{name: app, image: nginx}]\n",
					secrets));
}

static const char *findings(Test *test, const Report *report)
{
	Texts texts = { 0 };
	for (size_t i = 0; i < report->findings.count; i++)
		texts_add(test->arena, &texts,
			  finding_print(&report->findings.items[i], test->arena));
	return texts_join(&texts, "\n", test->arena);
}

TEST(pull_secrets_come_in_the_order_of_the_pod)
{
	Host host;
	Report notes;
	CLEANUP_PULL_SECRETS secrets = { 0 };
	report_init(&notes, test->arena);
	CHECK(make_host(test, &host));
	Manifest *manifest = pod_with(test, "[{name: old}, {name: new}]");
	CHECK_TEXT(manifest_errors(manifest), "");
	CHECK(pull_secrets_load(&host, &manifest->objects.items[0].pod->spec, test->arena, &notes,
				&secrets, &test->error));
	CHECK(secrets.count == 2 && secrets.texts.count == 2 && notes.findings.count == 0);
	CHECK_TEXT(secrets.texts.items[0], "{}");
	CHECK_TEXT(secrets.texts.items[1], CONFIG);
	pull_secrets_clear(&secrets);
	CHECK(secrets.texts.count == 0);
}

TEST(pull_secrets_that_cannot_be_used_are_warnings)
{
	Host host;
	Report notes;
	CLEANUP_PULL_SECRETS secrets = { 0 };
	report_init(&notes, test->arena);
	CHECK(make_host(test, &host));
	Manifest *manifest = pod_with(test, "[{name: gone}, {name: ../x}, {name: other}, {}]");
	CHECK_TEXT(manifest_errors(manifest), "");
	CHECK(pull_secrets_load(&host, &manifest->objects.items[0].pod->spec, test->arena, &notes,
				&secrets, &test->error));
	CHECK(secrets.texts.count == 0);
	CHECK_TEXT(findings(test, &notes),
		   "p:5:29: spec.imagePullSecrets[0].name: Unable to retrieve some image pull "
		   "secrets (gone); attempting to pull the image may not succeed.\n"
		   "p:5:43: spec.imagePullSecrets[1].name: Unable to retrieve some image pull "
		   "secrets (../x); attempting to pull the image may not succeed.\n"
		   "p:5:57: spec.imagePullSecrets[2].name: secret \"other\" is of type Opaque, not "
		   "kubernetes.io/dockerconfigjson, and is not used");
}
