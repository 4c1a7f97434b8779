#include "kube/compile/compile.h"

#include "isolate/app/capability.h"
#include "tests/unit/compiled.h"

static const PlanApp *app_of(Test *test, const char *members, const ImageConfig *config)
{
	const Compiled *compiled =
		compile_members(test, members, &(CompileChoice){ .config = config });
	return &compiled->plan.apps.items[0];
}

static const char *findings_of(Test *test, const char *members, const ImageConfig *config)
{
	Compiled *compiled = compile_members(test, members, &(CompileChoice){ .config = config });
	return compiled_findings(compiled);
}

// --- command and arguments

static Texts words(Test *test, const char *const *list)
{
	Texts texts = { 0 };
	for (size_t i = 0; i < 2 && list[i]; i++)
		texts_add(test->arena, &texts, list[i]);
	return texts;
}

// https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container
TEST(compile_arguments_are_as_in_the_table_of_kubernetes)
{
	static const struct {
		const char *entrypoint[2];
		const char *command[2];
		const char *members;
		const char *arguments;
	} rows[] = {
		// clang-format off
		{ { "/ep-1" }, { "foo", "bar" }, "", "/ep-1|foo|bar" },
		{ { "/ep-1" }, { "foo", "bar" }, "command: [/ep-2]", "/ep-2" },
		{ { "/ep-1" }, { "foo", "bar" }, "args: [zoo, boo]", "/ep-1|zoo|boo" },
		{ { "/ep-1" }, { "foo", "bar" }, "command: [/ep-2], args: [zoo, boo]", "/ep-2|zoo|boo" },
		{ { NULL }, { "foo" }, "", "foo" },
		{ { "/ep" }, { NULL }, "", "/ep" },
		{ { NULL }, { NULL }, "args: [a]", "a" },
		{ { "/ep" }, { "foo" }, "command: [], args: []", "/ep|foo" },
		{ { "/ep" }, { NULL }, "args: ['']", "/ep|" },
		// Words of the image mean themselves; where words are expanded $$ stands for $.
		{ { "$HOME", "$(A)" }, { "$$", "a$" }, "", "$$HOME|$$(A)|$$$$|a$$" },
		{ { "/ep", "$(A)" }, { NULL }, "args: ['$(A)', '$$(A)', '$HOME']", "/ep|$$(A)|$(A)|$$(A)|$HOME" },
		// clang-format on
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const ImageConfig config = { .user = "",
					     .working_directory = "",
					     .stop_signal = "",
					     .entrypoint = words(test, rows[i].entrypoint),
					     .command = words(test, rows[i].command) };
		const PlanApp *app = app_of(test, rows[i].members, &config);
		CHECK_TEXT(texts_join(&app->arguments, "|", test->arena), rows[i].arguments);
	}
}

TEST(compile_needs_a_command)
{
	const ImageConfig config = { .user = "", .working_directory = "", .stop_signal = "" };
	CHECK_TEXT(
		findings_of(test, "", &config),
		"p:4:54: spec.containers[0]: no command specified: neither the manifest nor the image 'i:1' has one");
}

TEST(compile_working_directory)
{
	static const char *const rows[][3] = {
		{ "", "", "/" },
		{ "/srv", "", "/srv" },
		{ "srv//app/", "", "/srv/app" },
		{ "/srv", "workingDir: /other/.", "/other" },
		{ "/srv", "workingDir: ''", "/srv" },
		{ "", "workingDir: relative", "/relative" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ImageConfig config = { .user = "",
				       .working_directory = rows[i][0],
				       .stop_signal = "" };
		texts_add(test->arena, &config.entrypoint, "/ep");
		CHECK_TEXT(app_of(test, rows[i][1], &config)->working_directory, rows[i][2]);
	}
}

TEST(compile_stop_signal_of_the_image)
{
	static const char *const rows[][2] = {
		{ "", "SIGTERM" },      { "SIGQUIT", "SIGQUIT" }, { "3", "SIGQUIT" },
		{ "37", "SIGRTMIN+3" }, { "winch", "SIGWINCH" },
	};
	ImageConfig config = { .user = "", .working_directory = "" };
	texts_add(test->arena, &config.entrypoint, "/ep");
	for (size_t i = 0; i < COUNT(rows); i++) {
		config.stop_signal = rows[i][0];
		CHECK_TEXT(app_of(test, "", &config)->stop_signal, rows[i][1]);
	}
	config.stop_signal = "SIGTERM\nExecStart=/evil";
	CHECK_TEXT(
		findings_of(test, "", &config),
		"p:4:73: spec.containers[0].image: the image's STOPSIGNAL 'SIGTERM\nExecStart=/evil' is no signal");
	CHECK_TEXT(app_of(test, "", &config)->stop_signal, "SIGTERM");
}

// --- environment

TEST(compile_environment_in_the_order_of_kubernetes)
{
	ImageConfig config = { .user = "", .working_directory = "", .stop_signal = "" };
	texts_add(test->arena, &config.entrypoint, "/ep");
	texts_add(test->arena, &config.environment, "A=image=$(B)");
	texts_add(test->arena, &config.environment, "=x");
	texts_add(test->arena, &config.environment, "NOTHING");
	const PlanApp *app = app_of(
		test,
		"env: [{name: A, value: $(B)}, {name: E}], "
		"envFrom: [{configMapRef: {name: m, optional: true}}, {prefix: P_, secretRef: {name: s}}]",
		&config);
	CHECK(app->environment.count == 5);
	const PlanEnvironment *entries = app->environment.items;
	CHECK(entries[0].kind == PLAN_ENVIRONMENT_VALUE && !entries[0].is_expandable);
	CHECK_TEXT(entries[0].name, "A");
	CHECK_TEXT(entries[0].value, "image=$(B)");
	CHECK(entries[1].kind == PLAN_ENVIRONMENT_CONFIG_MAP && entries[1].is_optional);
	CHECK_TEXT(entries[1].name, "");
	CHECK_TEXT(entries[1].object, "m");
	CHECK(entries[2].kind == PLAN_ENVIRONMENT_SECRET && !entries[2].is_optional);
	CHECK_TEXT(entries[2].name, "P_");
	CHECK(entries[3].kind == PLAN_ENVIRONMENT_VALUE && entries[3].is_expandable);
	CHECK_TEXT(entries[3].value, "$(B)");
	CHECK_TEXT(entries[4].value, "");
}

// --- who it runs as

static ImageConfig config_of_user(Test *test, const char *user)
{
	ImageConfig config = { .user = user, .working_directory = "", .stop_signal = "" };
	texts_add(test->arena, &config.entrypoint, "/ep");
	return config;
}

TEST(compile_identity_prefers_the_container)
{
	const ImageConfig config = config_of_user(test, "app:staff");
	const char *yaml =
		"apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n"
		"spec:\n  securityContext: {runAsUser: 1, runAsGroup: 2, runAsNonRoot: true, supplementalGroups: [5, 6]}\n"
		"  containers:\n"
		"  - {name: a, image: 'i:1'}\n"
		"  - {name: b, image: 'i:1', securityContext: {runAsUser: 3, runAsGroup: 0, runAsNonRoot: false}}\n";
	const Compiled *compiled =
		compile_manifest(test, yaml, &(CompileChoice){ .config = &config });
	CHECK(compiled->report.error_count == 0);
	const PlanIdentity *a = &compiled->plan.apps.items[0].identity;
	const PlanIdentity *b = &compiled->plan.apps.items[1].identity;
	CHECK(a->uid == 1 && a->gid == 2 && a->must_not_be_root);
	CHECK(b->uid == 3 && b->gid == 0 && !b->must_not_be_root);
	CHECK_TEXT(texts_join(&a->groups, ",", test->arena), "5,6");
	CHECK_TEXT(a->image_user, "app:staff");

	const PlanIdentity *unset = &app_of(test, "", &config)->identity;
	CHECK(unset->uid == PLAN_ID_UNSET && unset->gid == PLAN_ID_UNSET &&
	      !unset->must_not_be_root);
}

TEST(compile_refuses_users_of_images_beyond_the_user_namespace)
{
	static const char *const rows[][3] = {
		{ "65535:65535", "", "" },
		{ "app:staff", "", "" },
		{ "70000", "", "70000" },
		{ "4294967295", "", "4294967295" },
		{ "99999999999999999999", "", "99999999999999999999" },
		{ "app:70000", "", "app:70000" },
		{ "70000", "securityContext: {runAsUser: 5}", "" },
		{ "1:70000", "securityContext: {runAsUser: 5}", "" },
		{ "1:70000", "securityContext: {runAsGroup: 5}", "" },
		{ "70000", "securityContext: {runAsGroup: 5}", "70000" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const ImageConfig config = config_of_user(test, rows[i][0]);
		CHECK_TEXT(
			findings_of(test, rows[i][1], &config),
			!*rows[i][2]
				? ""
				: arena_printf(test->arena,
					       "p:4:73: spec.containers[0].image: Forbidden: not "
					       "supported by sdme: the image's user %s is not "
					       "among the ids 0 to 65535 of the Pod's user "
					       "namespace; set spec.hostUsers: true",
					       rows[i][2]));
	}
}

TEST(compile_run_as_non_root_speaks_as_the_kubelet)
{
	static const char *const rows[][3] = {
		// clang-format off
		{ "", "runAsNonRoot: true", "container has runAsNonRoot and image will run as root" },
		{ "0", "runAsNonRoot: true", "container has runAsNonRoot and image will run as root" },
		{ "00:0", "runAsNonRoot: true", "container has runAsNonRoot and image will run as root" },
		{ ":5", "runAsNonRoot: true", "container has runAsNonRoot and image will run as root" },
		{ "app", "runAsNonRoot: true", "container has runAsNonRoot and image has non-numeric user (app), cannot verify user is non-root" },
		{ "root", "runAsNonRoot: true", "container has runAsNonRoot and image has non-numeric user (root), cannot verify user is non-root" },
		{ "1000x:5", "runAsNonRoot: true", "container has runAsNonRoot and image has non-numeric user (1000x), cannot verify user is non-root" },
		{ "1000", "runAsNonRoot: true", NULL },
		{ "1000:0", "runAsNonRoot: true", NULL },
		{ "root", "runAsNonRoot: true, runAsUser: 1", NULL },
		{ "", "runAsNonRoot: false, runAsUser: 0", NULL },
		// clang-format on
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const ImageConfig config = config_of_user(test, rows[i][0]);
		const char *members =
			arena_printf(test->arena, "securityContext: {%s}", rows[i][1]);
		CHECK_TEXT(findings_of(test, members, &config),
			   rows[i][2] ? arena_printf(test->arena, "p:4:54: spec.containers[0]: %s",
						     rows[i][2])
				      : "");
	}
	// The Pod's runAsUser is not seen by the check of the container.
	const ImageConfig config = config_of_user(test, "1000");
	Compiled *compiled =
		compile_manifest(test,
				 "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n"
				 "spec:\n  securityContext: {runAsNonRoot: true, runAsUser: 1000}\n"
				 "  containers: [{name: app, image: 'i:1'}]\n",
				 &(CompileChoice){ .config = &config });
	CHECK_TEXT(compiled_findings(compiled), "");
}

// --- what it may do

static const char *capabilities_of(Test *test, const char *context)
{
	const PlanApp *app = app_of(
		test, arena_printf(test->arena, "securityContext: {capabilities: {%s}}", context),
		NULL);
	Texts names = { 0 };
	capability_print(app->capabilities, test->arena, &names);
	return texts_join(&names, " ", test->arena);
}

#define DEFAULTS                                                                                       \
	"CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_FSETID CAP_KILL CAP_SETGID CAP_SETUID CAP_SETPCAP " \
	"CAP_NET_BIND_SERVICE CAP_NET_RAW CAP_SYS_CHROOT CAP_MKNOD CAP_AUDIT_WRITE CAP_SETFCAP"

TEST(compile_capabilities)
{
	CHECK_TEXT(capabilities_of(test, ""), DEFAULTS);
	CHECK_TEXT(capabilities_of(test, "drop: [ALL]"), "");
	CHECK_TEXT(capabilities_of(test, "drop: [all], add: [net_bind_service, CAP_KILL]"),
		   "CAP_KILL CAP_NET_BIND_SERVICE");
	CHECK_TEXT(
		capabilities_of(
			test,
			"add: [KILL], drop: [KILL, CHOWN, DAC_OVERRIDE, FOWNER, FSETID, SETGID, SETUID, "
			"SETPCAP, NET_BIND_SERVICE, NET_RAW, SYS_CHROOT, MKNOD, AUDIT_WRITE]"),
		"CAP_KILL CAP_SETFCAP");
	CHECK(app_of(test, "securityContext: {capabilities: {add: [ALL]}}", NULL)->capabilities ==
	      CAPABILITY_ALL);
}

TEST(compile_notes_how_far_capabilities_reach)
{
	CHECK_TEXT(
		findings_of(test,
			    "securityContext: {capabilities: {add: [NET_ADMIN, SYS_TIME, KILL]}}",
			    NULL),
		"note: p:5:18: spec.containers[0].securityContext.capabilities: CAP_NET_ADMIN, CAP_SYS_TIME hold inside "
		"the Pod's user namespace, not over the host's devices and the Pod's network; hostUsers: true gives them "
		"there");
	CHECK_TEXT(findings_of(test, "securityContext: {capabilities: {drop: [ALL], add: [KILL]}}",
			       NULL),
		   "");
	static const struct {
		const char *pod;
		const char *added;
		const char *note; // how it begins
	} rows[] = {
		{ "hostUsers: true", "NET_RAW", NULL },
		{ "hostUsers: true", "NET_ADMIN",
		  "with hostUsers: true CAP_NET_ADMIN reaches the network links of all Pods" },
		{ "hostUsers: true", "SYS_PTRACE, SYS_TIME", NULL },
		{ "hostUsers: true", "SYS_ADMIN", "CAP_SYS_ADMIN with the host's user ids makes" },
		{ "hostUsers: true", "ALL", "CAP_SYS_ADMIN with the host's user ids makes" },
		{ "hostNetwork: true", "NET_ADMIN", "CAP_NET_ADMIN in the host's network changes" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *manifest =
			arena_printf(test->arena,
				     "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n"
				     "spec: {%s, containers: [{name: app, image: 'i:1', "
				     "securityContext: {capabilities: {add: [%s]}}}]}\n",
				     rows[i].pod, rows[i].added);
		const char *findings = compiled_findings(compile_manifest(test, manifest, NULL));
		CHECK(rows[i].note ? strstr(findings, rows[i].note) != NULL : *findings == '\0');
	}
}

// What a file capability on a directory of the host would give to users of the host.
TEST(compile_notes_a_capability_that_is_not_given)
{
	static const struct {
		const char *context; // of a container that mounts nothing
		const char *mount;   // of the other one
		bool is_noted;
	} rows[] = {
		{ "capabilities: {add: [SETFCAP]}", "mountPath: /h", true },
		{ "capabilities: {drop: [ALL], add: [cap_setfcap, KILL]}", "mountPath: /h", true },
		{ "capabilities: {add: [SETFCAP]}", "mountPath: /h, readOnly: true", false },
		{ "capabilities: {add: [KILL]}", "mountPath: /h", false },
		{ "capabilities: {drop: [SETFCAP]}", "mountPath: /h", false },
		{ "capabilities: {add: [SETFCAP]}, allowPrivilegeEscalation: true", "mountPath: /h",
		  false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *manifest = arena_printf(
			test->arena,
			"apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n"
			"  volumes: [{name: h, hostPath: {path: /srv}}]\n"
			"  initContainers: [{name: first, image: 'i:1', securityContext: {%s}}]\n"
			"  containers: [{name: app, image: 'i:1', volumeMounts: [{name: h, %s}]}]\n",
			rows[i].context, rows[i].mount);
		const char *findings = compiled_findings(compile_manifest(test, manifest, NULL));
		CHECK((strstr(findings, "spec.initContainers[0].securityContext.capabilities: "
					"CAP_SETFCAP is not given") != NULL) == rows[i].is_noted);
	}
}

static PlanSeccomp seccomp_of(Test *test, const char *context)
{
	return app_of(test, arena_printf(test->arena, "securityContext: {%s}", context), NULL)
		->seccomp;
}

TEST(compile_seccomp_choice)
{
	CHECK(seccomp_of(test, "") == PLAN_SECCOMP_DEFAULT);
	CHECK(seccomp_of(test, "seccompProfile: {type: RuntimeDefault}") == PLAN_SECCOMP_DEFAULT);
	CHECK(seccomp_of(test, "seccompProfile: {type: Unconfined}") == PLAN_SECCOMP_UNCONFINED);
	// Some calls come with a capability: the ready program would refuse them.
	CHECK(seccomp_of(test, "capabilities: {add: [SYS_PTRACE]}") == PLAN_SECCOMP_COMPILED);
	CHECK(seccomp_of(test, "capabilities: {add: [KILL], drop: [MKNOD]}") ==
	      PLAN_SECCOMP_DEFAULT);
	CHECK(seccomp_of(test, "capabilities: {add: [ALL]}, seccompProfile: {type: Unconfined}") ==
	      PLAN_SECCOMP_UNCONFINED);
	const PlanApp *app = app_of(
		test,
		"securityContext: {seccompProfile: {type: Localhost, localhostProfile: a/b.json}}",
		NULL);
	CHECK(app->seccomp == PLAN_SECCOMP_COMPILED);
	CHECK_TEXT(app->seccomp_profile, "a/b.json");
}

TEST(compile_seccomp_of_the_container_wins_over_the_pods)
{
	const Compiled *compiled = compile_manifest(
		test,
		"apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n"
		"spec:\n  securityContext: {seccompProfile: {type: Unconfined}}\n"
		"  containers:\n  - {name: a, image: 'i:1'}\n"
		"  - {name: b, image: 'i:1', securityContext: {seccompProfile: {type: RuntimeDefault}}}\n",
		NULL);
	CHECK(compiled->plan.apps.items[0].seccomp == PLAN_SECCOMP_UNCONFINED);
	CHECK(compiled->plan.apps.items[1].seccomp == PLAN_SECCOMP_DEFAULT);
}

TEST(compile_escalation_and_read_only_roots_are_asked_for)
{
	const PlanApp *plain = app_of(test, "", NULL);
	CHECK(!plain->may_escalate && !plain->is_root_read_only);
	const PlanApp *asked = app_of(
		test,
		"securityContext: {allowPrivilegeEscalation: true, readOnlyRootFilesystem: true}",
		NULL);
	CHECK(asked->may_escalate && asked->is_root_read_only);
}

// --- resources: kubelet pkg/kubelet/cm/helpers_linux.go, pkg/kubelet/qos/policy.go

TEST(compile_cpu_weights_and_quotas)
{
	static const struct {
		const char *resources;
		uint64_t weight;
		uint64_t quota;
	} rows[] = {
		{ "", 0, 0 }, // nobody asks: nobody is weighed
		{ "requests: {cpu: 0}", 0, 0 },
		{ "limits: {cpu: 0}", 0, 0 },
		{ "requests: {cpu: 1m}", 1, 0 },
		{ "requests: {cpu: 100m}", 4, 0 },
		{ "requests: {cpu: 250m}", 10, 0 },
		{ "requests: {cpu: 1}", 39, 0 },
		{ "requests: {cpu: 2}", 79, 0 },
		{ "requests: {cpu: 256}", 10000, 0 },
		{ "requests: {cpu: 36028797018963968m}", 10000,
		  0 },                             // 1024 times this does not fit 64 bits
		{ "limits: {cpu: 1m}", 1, 1000 },  // 1 ms is the least
		{ "limits: {cpu: 10m}", 1, 1000 }, // of each 100 ms
		{ "limits: {cpu: 11m}", 1, 1100 },
		{ "limits: {cpu: 1500m}", 59, 150000 },
		{ "limits: {cpu: 2}, requests: {cpu: 500m}", 20, 200000 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const PlanApp *app = app_of(
			test, arena_printf(test->arena, "resources: {%s}", rows[i].resources),
			NULL);
		CHECK_TEXT(arena_printf(test->arena, "%s: %llu %llu", rows[i].resources,
					(unsigned long long)app->limits.cpu_weight,
					(unsigned long long)app->limits.cpu_quota_us),
			   arena_printf(test->arena, "%s: %llu %llu", rows[i].resources,
					(unsigned long long)rows[i].weight,
					(unsigned long long)rows[i].quota));
	}
}

TEST(compile_weighs_a_container_that_asks_for_no_cpu_least)
{
	const Compiled *compiled = compile_manifest(
		test,
		"apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n"
		"  - {name: a, image: 'i:1', resources: {requests: {cpu: 1}}}\n  - {name: b, image: 'i:1'}\n",
		NULL);
	CHECK(compiled->plan.apps.items[0].limits.cpu_weight == 39);
	CHECK(compiled->plan.apps.items[1].limits.cpu_weight == 1);
}

TEST(compile_memory_limits)
{
	const PlanLimits *limits =
		&app_of(test, "resources: {limits: {memory: 1.5Gi}, requests: {memory: 1G}}", NULL)
			 ->limits;
	CHECK(limits->memory_max == 1536 * UINT64_C(1048576) && limits->memory_low == 1000000000);
	const PlanLimits *unset = &app_of(test, "", NULL)->limits;
	CHECK(unset->memory_max == 0 && unset->memory_low == 0);
}

TEST(compile_oom_scores_follow_the_class_of_the_pod)
{
	static const struct {
		const char *resources;
		int64_t score;
	} rows[] = {
		{ "", 1000 },                   // BestEffort
		{ "requests: {cpu: 1m}", 999 }, // Burstable
		{ "requests: {memory: 1}", 999 },
		{ "requests: {memory: 2Gi}", 750 }, // of 8 GiB
		{ "requests: {memory: 8Gi}", 3 },
		{ "requests: {memory: 80Gi}", 3 },
		{ "limits: {memory: 4Gi}", 500 },
		{ "limits: {memory: 4Gi, cpu: 1}", -997 }, // Guaranteed
		{ "limits: {memory: 4Gi, cpu: 1}, requests: {memory: 4096Mi, cpu: 1000m}", -997 },
		{ "limits: {memory: 4Gi, cpu: 1}, requests: {memory: 4Gi, cpu: 500m}", 500 },
		{ "limits: {memory: 0, cpu: 0}", 1000 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const PlanApp *app = app_of(
			test, arena_printf(test->arena, "resources: {%s}", rows[i].resources),
			NULL);
		CHECK_TEXT(arena_printf(test->arena, "%s: %lld", rows[i].resources,
					(long long)app->limits.oom_score_adjust),
			   arena_printf(test->arena, "%s: %lld", rows[i].resources,
					(long long)rows[i].score));
	}
	// One container without limits, and no container of the Pod is guaranteed.
	const Compiled *compiled = compile_manifest(
		test,
		"apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n"
		"  - {name: a, image: 'i:1', resources: {limits: {memory: 4Gi, cpu: 1}}}\n  - {name: b, image: 'i:1'}\n",
		NULL);
	CHECK(compiled->plan.apps.items[0].limits.oom_score_adjust == 500);
	CHECK(compiled->plan.apps.items[1].limits.oom_score_adjust == 999);
}

TEST(compile_restart_policies)
{
	static const struct {
		const char *policy;
		PlanRestart restart;
	} rows[] = { { "Always", PLAN_RESTART_ALWAYS },
		     { "OnFailure", PLAN_RESTART_ON_FAILURE },
		     { "Never", PLAN_RESTART_NEVER } };
	for (size_t i = 0; i < COUNT(rows); i++) {
		const Compiled *compiled = compile_manifest(
			test,
			arena_printf(
				test->arena,
				"apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {restartPolicy: %s, containers: [{name: a, image: 'i:1'}]}\n",
				rows[i].policy),
			NULL);
		CHECK(compiled->plan.apps.items[0].restart == rows[i].restart);
		CHECK_TEXT(plan_restart_to_text(rows[i].restart), rows[i].policy);
	}
}
