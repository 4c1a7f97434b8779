#include "kube/manifest/read.h"

#include "pkg/base/text.h"
#include "tests/unit/manifest.h"

#define POD      "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"
#define GOOD_POD POD "spec: {containers: [{name: c, image: i}]}\n"

TEST(read_takes_documents_lists_and_json)
{
	const Manifest *manifest = manifest_of(
		test, GOOD_POD "---\n---\n"
			       "{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": "
			       "{\"name\": \"b\"}}\n"
			       "---\n"
			       "apiVersion: v1\nkind: List\nmetadata: {}\nitems:\n"
			       "- {apiVersion: v1, kind: Secret, metadata: {name: c}}\n"
			       "- apiVersion: v1\n  kind: ConfigMapList\n  items:\n"
			       "  - metadata: {name: d}\n");
	CHECK(manifest->report.error_count == 0);
	CHECK(manifest->objects.count == 4);
	static const ObjectKind kinds[] = { OBJECT_POD, OBJECT_CONFIG_MAP, OBJECT_SECRET,
					    OBJECT_CONFIG_MAP };
	static const char *const names[] = { "a", "b", "c", "d" };
	for (size_t i = 0; i < COUNT(kinds); i++) {
		CHECK(manifest->objects.items[i].kind == kinds[i]);
		CHECK_TEXT(manifest->objects.items[i].metadata->name, names[i]);
	}
	CHECK(manifest->objects.items[2].where.line == 13);
}

TEST(read_names_what_is_no_object)
{
	static const char *const rows[][2] = {
		// clang-format off
		{ "", "" },
		{ "# nothing\n", "" },
		{ "hello\n", "p:1:1: no object: expected apiVersion, kind and metadata, found string" },
		{ "[1]\n", "p:1:1: no object: expected apiVersion, kind and metadata, found array" },
		{ "a: 1\n",
		  "p:1:1: apiVersion and kind not set: this is no object of Kubernetes; -f "
		  "DIRECTORY reads every .yaml, .yml and .json file in it" },
		{ "kind: Pod\n", "p:1:1: apiVersion not set" },
		{ "apiVersion: v1\nkind: ''\n", "p:1:1: kind not set" },
		{ "apiVersion: v1\nkind: 7\n",
		  "p:2:7: couldn't get version/kind; json parse error: json: cannot unmarshal number into Go struct field .kind of type string" },
		{ "apiVersion: {}\nkind: [a]\n",
		  "p:1:13: couldn't get version/kind; json parse error: json: cannot unmarshal object into Go struct field .apiVersion of type string\n"
		  "p:2:7: couldn't get version/kind; json parse error: json: cannot unmarshal array into Go struct field .kind of type string" },
		{ "apiVersion: v1\nKind: Pod\n", "p:2:1: strict decoding error: unknown field \"Kind\" (did you mean \"kind\"?)" },
		{ "apiversion: v1\nkind: Pod\n",
		  "p:1:1: strict decoding error: unknown field \"apiversion\" (did you mean \"apiVersion\"?)" },
		{ "apiVersion: v1\n", "p:1:1: kind not set" },
		{ "apiVersion: v1\nkind: Deployment\n",
		  "p:2:7: no matches for kind \"Deployment\" in version \"v1\" (write apiVersion: apps/v1)" },
		{ "apiVersion: apps/v1\nkind: Deployment\n", "p:2:7: kind Deployment (apps/v1) is not supported yet" },
		{ "apiVersion: extensions/v1beta1\nkind: Deployment\n",
		  "p:2:7: no matches for kind \"Deployment\" in version \"extensions/v1beta1\" (removed from Kubernetes; write apiVersion: apps/v1)" },
		{ "apiVersion: v2\nkind: Pod\n", "p:2:7: no matches for kind \"Pod\" in version \"v2\" (write apiVersion: v1)" },
		{ "apiVersion: v1\nkind: Pods\n", "p:2:7: no matches for kind \"Pods\" in version \"v1\" (did you mean \"Pod\"?)" },
		{ "apiVersion: v1\nkind: ServiceAccount\n", "note: p:2:7: kind ServiceAccount (v1) is skipped: there is no API server here, so it has no effect" },
		// kubectl passes over what a List has beside its items.
		{ "apiVersion: v1\nkind: List\nmetadata: {name: a}\nspec: {}\nitems: []\n", "" },
		{ "apiVersion: v1\nkind: List\n", "p:2:7: no matches for kind \"List\" in version \"v1\"" },
		{ "apiVersion: v1\nkind: List\nmetadata: {resourceVersion: ''}\n", "p:2:7: no matches for kind \"List\" in version \"v1\"" },
		{ "apiVersion: v1\nkind: List\nmetadata: {name: a}\nitem: []\n",
		  "p:3:12: strict decoding error: unknown field \"metadata.name\"\n"
		  "p:4:1: strict decoding error: unknown field \"item\" (did you mean \"items\"?)" },
		{ "apiVersion: v1\nkind: List\nmetadata: []\n",
		  "p:3:11: metadata: json: cannot unmarshal array into Go struct field List.metadata of type v1.ListMeta" },
		{ "apiVersion: v1\nkind: List\nitems: 1\n",
		  "p:3:8: items: json: cannot unmarshal number into Go struct field List.items of type []runtime.RawExtension" },
		// clang-format on
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_TEXT(manifest_findings(manifest_of(test, rows[i][0])), rows[i][1]);
}

TEST(read_quotes_no_value_where_secrets_may_be)
{
	static const char *const values[] = { "!!int TOPSECRET", "!!null TOPSECRET",
					      "31415926",        "[TOPSECRET]",
					      "{x: TOPSECRET}",  "!!float 31415926x" };
	static const char *const places[] = { "data", "stringData" };
	for (size_t i = 0; i < COUNT(values) * COUNT(places); i++) {
		const char *text = arena_printf(
			test->arena,
			"apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n%s: {p: %s}\n",
			places[i % COUNT(places)], values[i / COUNT(places)]);
		const char *findings = manifest_findings(manifest_of(test, text));
		CHECK(*findings != '\0');
		CHECK(!strstr(findings, "TOPSECRET") && !strstr(findings, "31415926"));
	}
}

// What stands below `spec:` of a Pod, and what is said of it. Line 5 is the first of the spec.
static const char *of_spec(Test *test, const char *spec)
{
	return manifest_findings(manifest_of(
		test, arena_printf(test->arena,
				   POD "spec:\n  containers: [{name: c, image: i}]\n%s", spec)));
}

TEST(read_tells_types_places_and_what_was_meant)
{
	static const char *const rows[][2] = {
		// clang-format off
		{ "  hostname: h\n", "" },
		{ "  hostname: null\n", "" },
		{ "  hostNam: h\n", "p:6:3: strict decoding error: unknown field \"spec.hostNam\" (did you mean \"hostname\"?)" },
		{ "  volumes: [{name: v, emptyDir: {zzzzzzzzz: 1}}]\n",
		  "p:6:34: strict decoding error: unknown field \"spec.volumes[0].emptyDir.zzzzzzzzz\"" },
		{ "  hostname: yes\n",
		  "p:6:13: spec.hostname: json: cannot unmarshal bool into Go struct field PodSpec.spec.hostname of type string (write \"yes\" in quotes)" },
		{ "  hostname: 010\n",
		  "p:6:13: spec.hostname: json: cannot unmarshal number into Go struct field PodSpec.spec.hostname of type string (write \"010\" in quotes)" },
		{ "  terminationGracePeriodSeconds: \"30\"\n",
		  "p:6:34: spec.terminationGracePeriodSeconds: json: cannot unmarshal string into Go struct field PodSpec.spec.terminationGracePeriodSeconds of type int64 (write 30 without quotes)" },
		{ "  terminationGracePeriodSeconds: 1.5\n",
		  "p:6:34: spec.terminationGracePeriodSeconds: json: cannot unmarshal number 1.5 into Go struct field PodSpec.spec.terminationGracePeriodSeconds of type int64" },
		{ "  terminationGracePeriodSeconds: 3e1\n", "" },
		{ "  hostNetwork: 1\n",
		  "p:6:16: spec.hostNetwork: json: cannot unmarshal number into Go struct field PodSpec.spec.hostNetwork of type bool" },
		{ "  volumes: {}\n",
		  "p:6:12: spec.volumes: json: cannot unmarshal object into Go struct field PodSpec.spec.volumes of type []v1.Volume" },
		{ "  volumes: [x]\n",
		  "p:6:13: spec.volumes[0]: json: cannot unmarshal string into Go struct field PodSpec.spec.volumes of type v1.Volume" },
		{ "  nodeSelector: [a]\n",
		  "note: p:6:3: spec.nodeSelector: has no effect here: there is one node: this host\n"
		  "p:6:17: spec.nodeSelector: json: cannot unmarshal array into Go struct field PodSpec.spec.nodeSelector of type map[string]string" },
		{ "  restartPolicy: always\n",
		  "p:6:18: spec.restartPolicy: Unsupported value: \"always\": supported values: \"Always\", \"OnFailure\", \"Never\"" },
		{ "  restartPolicy: \"\"\n", "" },
		{ "  hostname: a\n  hostname: b\n", "p:7:3: key \"hostname\" already set in map (line 6)" },
		// clang-format on
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_TEXT(of_spec(test, rows[i][0]), rows[i][1]);
}

TEST(read_refuses_notes_and_strips_by_the_table)
{
	static const char *const rows[][2] = {
		// clang-format off
		{ "  shareProcessNamespace: true\n", "p:6:3: spec.shareProcessNamespace: Forbidden: not supported by sdme yet" },
		{ "  shareProcessNamespace: false\n  hostPID: false\n", "" },
		{ "  hostAliases: []\n  tolerations: []\n  nodeSelector: {}\n  securityContext: {}\n", "" },
		{ "  tolerations: [{operator: Exists}]\n", "note: p:6:3: spec.tolerations: has no effect here: there is one node: this host" },
		{ "  serviceAccountName: default\n  enableServiceLinks: true\n  priority: 0\n  preemptionPolicy: PreemptLowerPriority\n", "" },
		{ "  os: {name: linux}\n", "" },
		{ "  os: {name: windows}\n", "p:6:8: spec.os.name: Forbidden: not supported by sdme: this is Linux" },
		{ "  volumes: [{name: v, gitRepo: {}}]\n",
		  "p:6:23: spec.volumes[0].gitRepo: Forbidden: not supported by sdme: disabled in Kubernetes; clone in an init container" },
		{ "  affinity: {nodeAffinity: {foo: 1}}\n",
		  "note: p:6:3: spec.affinity: has no effect here: there is one node: this host\n"
		  "p:6:29: strict decoding error: unknown field \"spec.affinity.nodeAffinity.foo\"" },
		{ "status: {phase: Running, anything: [1]}\n", "" },
		// clang-format on
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_TEXT(of_spec(test, rows[i][0]), rows[i][1]);
}

// Go has pointers for these: an empty text is there, and no word. Where it has none, "" is the default.
TEST(read_tells_empty_texts_from_absent_ones)
{
	CHECK_TEXT(
		of_spec(test,
			"  os: {}\n  preemptionPolicy: ''\n  runtimeClassName: ''\n"
			"  initContainers:\n"
			"  - {name: a, image: i, restartPolicy: '', terminationMessagePolicy: ''}\n"
			"  - {name: b, image: i, restartPolicy: always, terminationMessagePolicy: file}\n"),
		"p:6:7: spec.os.name: Required value\n"
		"p:7:21: spec.preemptionPolicy: Unsupported value: \"\": supported values: "
		"\"PreemptLowerPriority\", \"Never\"\n"
		"p:8:3: spec.runtimeClassName: Forbidden: not supported by sdme: there is one "
		"runtime: systemd-nspawn\n"
		"p:10:40: spec.initContainers[0].restartPolicy: Unsupported value: \"\": supported "
		"values: \"Always\", \"Never\", \"OnFailure\"\n"
		"p:11:40: spec.initContainers[1].restartPolicy: Unsupported value: \"always\": supported "
		"values: \"Always\", \"Never\", \"OnFailure\"\n"
		"p:11:74: spec.initContainers[1].terminationMessagePolicy: Unsupported value: \"file\": "
		"supported values: \"File\", \"FallbackToLogsOnError\"");
}

TEST(read_leaves_out_what_a_cluster_added)
{
	Manifest *manifest = manifest_of(
		test,
		"apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  uid: x\n  resourceVersion: \"1\"\n"
		"  creationTimestamp: \"2020-01-01T00:00:00Z\"\n  generateName: web-\n"
		"  managedFields: [{manager: kubectl, operation: Update, fieldsV1: {a: b}}]\n"
		"  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web, uid: u}]\n"
		"spec:\n  containers:\n  - name: c\n    image: i\n    volumeMounts:\n"
		"    - {name: data, mountPath: /data}\n"
		"    - {name: kube-api-access-x, mountPath: /var/run/secrets/kubernetes.io/serviceaccount}\n"
		"  volumes:\n  - name: data\n"
		"  - name: kube-api-access-x\n    projected: {sources: []}\n");
	CHECK_TEXT(manifest_findings(manifest),
		   "note: p:20:5: spec.volumes: 'kube-api-access-x' and its mounts are left out: a "
		   "token for the API server, which is not here");
	const PodSpec *spec = &manifest->objects.items[0].pod->spec;
	CHECK(spec->volumes.count == 1 && spec->containers.items[0].volume_mounts.count == 1);
}

TEST(read_bounds_the_size_of_an_object)
{
	CLEANUP_BUFFER text = { 0 };
	buffer_add(&text, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: \"");
	for (size_t i = 0; i < OBJECT_BYTES_MAX / 8; i++)
		buffer_add(&text, "12345678");
	buffer_add(&text, "\"\n");
	CHECK_TEXT(manifest_errors(manifest_of(test, buffer_text(&text))),
		   "p:1:1: Request entity too large: limit is 3145728");
}

TEST(read_fills_in_every_honoured_member)
{
	const Manifest *manifest = manifest_of(
		test, POD
		"spec:\n"
		"  restartPolicy: OnFailure\n  terminationGracePeriodSeconds: 0\n  hostUsers: false\n"
		"  hostname: h\n  securityContext: {runAsUser: 1, runAsGroup: 2, runAsNonRoot: true, "
		"supplementalGroups: [3, 4], seccompProfile: {type: Localhost, localhostProfile: a/b.json}}\n"
		"  containers:\n"
		"  - name: c\n    image: nginx:1\n    imagePullPolicy: Never\n    command: [a, b]\n    args: [c]\n"
		"    workingDir: /w\n"
		"    env: [{name: A, value: \"1\"}, {name: B, valueFrom: {secretKeyRef: {name: s, key: k, optional: true}}}]\n"
		"    envFrom: [{prefix: P_, configMapRef: {name: m}}, {secretRef: {name: s, optional: false}}]\n"
		"    ports: [{name: http, containerPort: 80, hostPort: 8080, hostIP: 127.0.0.1, protocol: UDP}]\n"
		"    resources: {limits: {cpu: 0.5, memory: 64Mi}, requests: {cpu: 100m}}\n"
		"    volumeMounts: [{name: e, mountPath: /e, readOnly: true}]\n"
		"    securityContext: {runAsUser: 7, allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, "
		"capabilities: {add: [NET_ADMIN], drop: [ALL]}}\n"
		"  volumes:\n"
		"  - {name: e, emptyDir: {medium: Memory, sizeLimit: 1Gi}}\n"
		"  - {name: h, hostPath: {path: /srv, type: Directory}}\n"
		"  - {name: m, configMap: {name: m, defaultMode: 0400, optional: true, items: [{key: k, path: p, mode: 0755}]}}\n"
		"  - {name: s, secret: {secretName: s}}\n"
		"  - {name: c, persistentVolumeClaim: {claimName: c, readOnly: true}}\n");
	CHECK(manifest->report.error_count == 0);
	const PodSpec *spec = &manifest->objects.items[0].pod->spec;
	const Container *container = &spec->containers.items[0];
	CHECK(spec->restart_policy == RESTART_POLICY_ON_FAILURE);
	CHECK(spec->termination_grace_period_seconds.is_set &&
	      spec->termination_grace_period_seconds.value == 0);
	CHECK(spec->host_users.is_set && !spec->host_users.value);
	CHECK(spec->security_context->run_as_user.value == 1 &&
	      spec->security_context->supplemental_groups.items[1] == 4);
	CHECK(spec->security_context->seccomp_profile->type == SECCOMP_TYPE_LOCALHOST);
	CHECK(container->image_pull_policy == PULL_POLICY_NEVER);
	CHECK(container->command.count == 2 && container->args.count == 1);
	CHECK(container->env.items[1].value_from->secret_key_ref->optional.value);
	CHECK(container->env_from.count == 2 && container->env_from.items[1].secret_ref);
	CHECK(container->ports.items[0].host_port == 8080 &&
	      container->ports.items[0].protocol == PROTOCOL_UDP);
	CHECK(quantity_milli(resource_list_get(&container->resources.limits, "cpu")) == 500);
	CHECK(quantity_units(resource_list_get(&container->resources.requests, "memory")) ==
	      64 << 20);
	CHECK(container->volume_mounts.items[0].read_only);
	CHECK_TEXT(container->security_context->capabilities->drop.items[0], "ALL");
	CHECK(quantity_units(&spec->volumes.items[0].empty_dir->size_limit.value) == 1 << 30);
	CHECK(spec->volumes.items[1].host_path->type == HOST_PATH_DIRECTORY);
	CHECK(spec->volumes.items[2].config_map->default_mode.value == 0400 &&
	      spec->volumes.items[2].config_map->items.items[0].mode.value == 0755);
	CHECK(spec->volumes.items[3].secret->default_mode.value == 0644);
	CHECK(spec->volumes.items[4].persistent_volume_claim->read_only);
	const SourcePos where = origin_of(&container->ports.items[0].origin, "hostPort");
	CHECK(where.line == 19 && where.column == 55);
}
