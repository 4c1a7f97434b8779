#include "kube/manifest/default.h"

#include "tests/unit/manifest.h"

#define POD "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n"

TEST(defaults_of_a_pod)
{
	const Manifest *manifest = manifest_of(
		test, POD
		"  hostNetwork: true\n  volumes: [{name: v}, {name: m, configMap: {name: m}}]\n"
		"  containers:\n"
		"  - {name: a, image: nginx, ports: [{containerPort: 80}], resources: {limits: {cpu: 0.1m}}}\n"
		"  - {name: b, image: 'nginx:1', volumeMounts: [{name: v, mountPath: data}]}\n"
		"  - {name: c, image: 'nginx:latest'}\n"
		"  - {name: d, image: 'nginx@sha256:"
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'}\n");
	CHECK(manifest->report.error_count == 0);
	Object *object = &manifest->objects.items[0];
	// A second time changes nothing.
	object_default(object, test->arena);
	const PodSpec *spec = &object->pod->spec;
	static const PullPolicy policies[] = { PULL_POLICY_ALWAYS, PULL_POLICY_IF_NOT_PRESENT,
					       PULL_POLICY_ALWAYS, PULL_POLICY_IF_NOT_PRESENT };
	CHECK_TEXT(object->metadata->namespace, "default");
	CHECK(spec->restart_policy == RESTART_POLICY_ALWAYS);
	CHECK(spec->termination_grace_period_seconds.value == 30);
	for (size_t i = 0; i < COUNT(policies); i++)
		CHECK(spec->containers.items[i].image_pull_policy == policies[i]);
	const Container *first = &spec->containers.items[0];
	CHECK(first->ports.items[0].protocol == PROTOCOL_TCP &&
	      first->ports.items[0].host_port == 80);
	CHECK(first->resources.requests.count == 1 &&
	      quantity_milli(&first->resources.requests.items[0].quantity) == 1);
	CHECK_TEXT(spec->containers.items[1].volume_mounts.items[0].mount_path, "/data");
	CHECK(spec->volumes.items[0].empty_dir && !spec->volumes.items[1].empty_dir);
	CHECK(spec->volumes.items[1].config_map->default_mode.value == 0644);
}

TEST(defaults_merge_string_data_over_data)
{
	const Manifest *manifest =
		manifest_of(test, "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n"
				  "data: {a: eA==, b: eQ==}\nstringData: {b: new}\n");
	const Secret *secret = manifest->objects.items[0].secret;
	CHECK_TEXT(secret->type, "Opaque");
	CHECK(secret->data.count == 2 && secret->string_data.count == 0);
	CHECK_TEXT(data_items_get(&secret->data, "a")->bytes, "x");
	CHECK_TEXT(data_items_get(&secret->data, "b")->bytes, "new");
}
