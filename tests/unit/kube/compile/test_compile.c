#include "kube/compile/compile.h"

#include "isolate/boot/nspawn.h"
#include "isolate/boot/skeleton.h"
#include "isolate/plan/unit.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "tests/unit/compiled.h"
#include "tests/unit/golden.h"

#include <fcntl.h>

// --- golden files: what a Pod becomes, whole

static const char *machine_units_of(Test *test, const MachinePlan *plan)
{
	CLEANUP_BUFFER text = { 0 };
	UnitFiles files = { 0 };
	unit_print_machine(plan, test->arena, &files);
	for (size_t i = 0; i < files.count; i++) {
		buffer_printf(&text, "=== %s\n", files.items[i].path);
		if (files.items[i].text)
			buffer_add(&text, files.items[i].text);
		else
			buffer_printf(&text, "-> %s\n", files.items[i].target);
	}
	return buffer_take(&text, test->arena);
}

static const char *units_of(Test *test, const MachinePlan *plan)
{
	const UnitHost host = {
		.home = { "/var/lib/sdme", "00000000-0000-4000-8000-000000000000" },
		.mounts_dir = "/var/lib/sdme",
		.boot_program = "/usr/local/lib/sdme/sdme-boot",
		.tasks_max = 16384,
	};
	return arena_printf(test->arena, "%s=== %s.d/10-sdme.conf\n%s",
			    machine_units_of(test, plan),
			    unit_machine_name(test->arena, plan->name),
			    unit_print_drop_in(plan, &host, test->arena));
}

static const char *nspawn_of(Test *test, const MachinePlan *plan)
{
	const NspawnPlaces places = {
		.root = "/run/sdme/machines/NAME/root",
		.journal = "/var/lib/sdme/containers/NAME/journal",
		.id_base = plan->has_user_namespace ? 1000 * MACHINE_ID_COUNT : 0,
	};
	Texts words = { 0 }, environment = { 0 };
	nspawn_print_environment(test->arena, &environment);
	nspawn_print_arguments(plan, &places, test->arena, &words);
	return arena_printf(test->arena, "%s\n%s\n", texts_join(&environment, "\n", test->arena),
			    texts_join(&words, "\n", test->arena));
}

static const char *skeleton_of(Test *test, const MachinePlan *plan)
{
	static const char *const kinds[] = {
		[SKELETON_DIRECTORY] = "directory",
		[SKELETON_FILE] = "file",
		[SKELETON_LINK] = "link",
	};
	CLEANUP_BUFFER text = { 0 };
	Skeleton skeleton = { 0 };
	skeleton_print(plan, test->arena, &skeleton);
	for (size_t i = 0; i < skeleton.count; i++) {
		const SkeletonEntry *entry = &skeleton.items[i];
		buffer_printf(&text, "%s %s", kinds[entry->kind], entry->path);
		if (entry->kind != SKELETON_LINK)
			buffer_printf(&text, " %04o", entry->mode);
		if (entry->content) {
			buffer_add_char(&text, ' ');
			buffer_add_quoted(&text, entry->content);
		}
		buffer_add_char(&text, '\n');
	}
	return buffer_take(&text, test->arena);
}

static void check_golden(Test *test, const char *name, const CompileChoice *choice)
{
	const char *yaml = NULL;
	const char *directory = path_join(test->arena, "tests/golden/pods", name);
	CHECK(file_read(AT_FDCWD, path_join(test->arena, directory, "pod.yaml"), 64 * 1024,
			test->arena, &yaml, NULL, &test->error));
	Compiled *compiled = compile_manifest(test, yaml, choice);
	CHECK(compiled->report.error_count == 0 && !test->has_failed);
	const MachinePlan *plan = &compiled->plan;
	CHECK_GOLDEN(path_join(test->arena, directory, "plan.json"), compiled_json(test, plan));
	CHECK_GOLDEN(path_join(test->arena, directory, "units.txt"), units_of(test, plan));
	CHECK_GOLDEN(path_join(test->arena, directory, "nspawn.txt"), nspawn_of(test, plan));
	CHECK_GOLDEN(path_join(test->arena, directory, "skeleton.txt"), skeleton_of(test, plan));
	const char *findings = compiled_findings(compiled);
	CHECK_GOLDEN(path_join(test->arena, directory, "notes.txt"),
		     findings[0] ? arena_printf(test->arena, "%s\n", findings) : "");
}

// An image that says everything that an image can say.
static ImageConfig full_config(Arena *arena)
{
	ImageConfig config = { .user = "app:staff",
			       .working_directory = "home/app",
			       .stop_signal = "3" };
	texts_add(arena, &config.environment, "PATH=/app/bin:/bin");
	texts_add(arena, &config.environment, "PRICE=$(MODE) $$5");
	texts_add(arena, &config.environment, "EMPTY=");
	texts_add(arena, &config.environment, "NO_EQUALS");
	texts_add(arena, &config.environment, "=NO_NAME");
	texts_add(arena, &config.entrypoint, "/entrypoint.sh");
	texts_add(arena, &config.entrypoint, "$HOME");
	texts_add(arena, &config.command, "$(MODE)");
	return config;
}

TEST(compile_golden_init_container)
{
	const ImageConfig config = full_config(test->arena);
	check_golden(test, "init", &(CompileChoice){ .config = &config });
}

TEST(compile_golden_volumes)
{
	check_golden(test, "volumes", NULL);
}

TEST(compile_golden_security)
{
	check_golden(test, "security", NULL);
}

TEST(compile_golden_host_network)
{
	check_golden(test, "host-network", NULL);
}

TEST(compile_golden_full_boot)
{
	check_golden(test, "full-boot",
		     &(CompileChoice){ .root_fs = "debian", .is_full_boot = true });
}

TEST(compile_golden_base_fs)
{
	check_golden(test, "base-fs", &(CompileChoice){ .root_fs = "debian" });
}

// --- what lies in a skeleton can be made in its order

static bool is_made(const Skeleton *skeleton, size_t count, const char *path)
{
	for (size_t i = 0; i < count; i++) {
		if (text_equal(skeleton->items[i].path, path))
			return skeleton->items[i].kind == SKELETON_DIRECTORY;
	}
	return text_equal(path, ".");
}

TEST(skeleton_parents_come_first)
{
	for (int has_base = 0; has_base < 2; has_base++) {
		const MachinePlan plan = { .root_fs = has_base ? "debian" : "",
					   .machine_id = "0",
					   .hostname = "h" };
		Skeleton skeleton = { 0 };
		skeleton_print(&plan, test->arena, &skeleton);
		for (size_t i = 0; i < skeleton.count; i++)
			CHECK(is_made(&skeleton, i,
				      path_parent(test->arena, skeleton.items[i].path)));
	}
}

// --- names

TEST(compile_machine_names_are_labels)
{
	static const char *const same[] = { "web", "1", "a-b", "a--b", "0a" };
	for (size_t i = 0; i < COUNT(same); i++)
		CHECK_TEXT(compile_machine_name(same[i], test->arena), same[i]);

	char longest[65] = { 0 };
	memset(longest, 'a', 63);
	CHECK_TEXT(compile_machine_name(longest, test->arena), longest);
	longest[63] = 'a';
	CHECK_TEXT(compile_machine_name(longest, test->arena),
		   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-ffe054fe");
	CHECK_TEXT(compile_machine_name("web.example.org", test->arena),
		   "web-example-org-51e00be9");
	CHECK_TEXT(compile_machine_name("web-example.org", test->arena),
		   "web-example-org-ee8ecb6a");
}

static const char *hostname_of(Test *test, const char *name, const char *spec)
{
	const char *yaml = arena_printf(test->arena,
					"apiVersion: v1\nkind: Pod\nmetadata: {name: %s}\n"
					"spec: {%s containers: [{name: app, image: 'i:1'}]}\n",
					name, spec);
	const Compiled *compiled = compile_manifest(test, yaml, NULL);
	return compiled->plan.hostname;
}

TEST(compile_hostname_is_cut_to_what_the_kernel_takes)
{
	CHECK_TEXT(hostname_of(test, "web", ""), "web");
	CHECK_TEXT(hostname_of(test, "web.example.org", ""), "web.example.org");
	CHECK_TEXT(hostname_of(test, "web", "hostname: other,"), "other");
	char name[80] = { 0 };
	memset(name, 'a', 70);
	CHECK(strlen(hostname_of(test, name, "")) == 63);
	// What is left must not end in a dash or dot.
	name[61] = '-';
	name[62] = '-';
	CHECK(strlen(hostname_of(test, name, "")) == 61);
	name[61] = 'a';
	name[62] = '.';
	CHECK(strlen(hostname_of(test, name, "")) == 62);
	// In the host's network it is the host's, whatever the manifest says.
	CHECK_TEXT(hostname_of(test, "web", "hostNetwork: true,"), "");
	CHECK_TEXT(hostname_of(test, "web", "hostNetwork: true, hostname: other,"), "");
}

// --- the Pod as a whole

static const char *spec_findings(Test *test, const char *metadata, const char *spec)
{
	const char *yaml = arena_printf(test->arena,
					"apiVersion: v1\nkind: Pod\nmetadata: {name: web%s}\n"
					"spec: {containers: [{name: app, image: 'i:1'}]%s}\n",
					metadata, spec);
	Compiled *compiled = compile_manifest(test, yaml, NULL);
	return compiled_findings(compiled);
}

static const MachinePlan *plan_of(Test *test, const char *spec)
{
	const char *yaml = arena_printf(test->arena,
					"apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n"
					"spec: {containers: [{name: app, image: 'i:1'}]%s}\n",
					spec);
	const Compiled *compiled = compile_manifest(test, yaml, NULL);
	return &compiled->plan;
}

TEST(compile_user_namespace_is_visible_when_it_is_off)
{
	CHECK(plan_of(test, "")->has_user_namespace);
	CHECK(plan_of(test, ", hostUsers: false")->has_user_namespace);
	CHECK(!plan_of(test, ", hostUsers: true")->has_user_namespace);
	CHECK(!plan_of(test, ", hostNetwork: true")->has_user_namespace);
	CHECK(plan_of(test, ", hostNetwork: true")->network == PLAN_NETWORK_HOST);
	CHECK_TEXT(
		spec_findings(test, "", ", hostNetwork: true"),
		"note: p:4:62: spec.hostNetwork: no user namespace: root in the containers is root of the host");
	CHECK_TEXT(spec_findings(test, "", ", hostNetwork: true, hostUsers: true"), "");
	CHECK_TEXT(spec_findings(test, "", ""), "");
}

TEST(compile_ipc_annotation)
{
	static const struct {
		const char *annotations;
		bool is_shared;
	} rows[] = {
		{ "", false },
		{ ", annotations: {sdme.io/ipc: container}", false },
		{ ", annotations: {sdme.io/ipc: pod}", true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *yaml =
			arena_printf(test->arena,
				     "apiVersion: v1\nkind: Pod\nmetadata: {name: web%s}\n"
				     "spec: {containers: [{name: app, image: 'i:1'}]}\n",
				     rows[i].annotations);
		const Compiled *compiled = compile_manifest(test, yaml, NULL);
		CHECK(compiled->plan.shares_ipc == rows[i].is_shared);
	}
}

TEST(compile_grace_period)
{
	CHECK(plan_of(test, "")->grace_seconds == 30);
	CHECK(plan_of(test, ", terminationGracePeriodSeconds: 0")->grace_seconds == 0);
	CHECK(plan_of(test, ", terminationGracePeriodSeconds: -5")->grace_seconds == 1);
	CHECK(plan_of(test, ", terminationGracePeriodSeconds: 9223372036854775807")
		      ->grace_seconds == INT32_MAX);
}

// --- ports

static const char *ports_of(Test *test, const char *spec, const char *ports)
{
	const char *yaml =
		arena_printf(test->arena,
			     "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n"
			     "spec: {%s containers: [{name: app, image: 'i:1', ports: [%s]}]}\n",
			     spec, ports);
	const Compiled *compiled = compile_manifest(test, yaml, NULL);
	CLEANUP_BUFFER text = { 0 };
	for (size_t i = 0; i < compiled->plan.ports.count; i++) {
		const PlanPort *port = &compiled->plan.ports.items[i];
		buffer_printf(&text, "%s%s:%u->%u/%s", i > 0 ? " " : "", port->host_ip,
			      port->host_port, port->port, plan_protocol_to_text(port->protocol));
	}
	return buffer_take(&text, test->arena);
}

TEST(compile_publishes_host_ports_only)
{
	CHECK_TEXT(ports_of(test, "", "{containerPort: 80}"), "");
	CHECK_TEXT(ports_of(test, "", "{containerPort: 80, hostPort: 8080}"), ":8080->80/TCP");
	CHECK_TEXT(ports_of(test, "",
			    "{containerPort: 53, hostPort: 53, protocol: UDP, hostIP: 127.0.0.1}, "
			    "{containerPort: 53, hostPort: 53}"),
		   "127.0.0.1:53->53/UDP :53->53/TCP");
	// With the host's network the containers listen there themselves.
	CHECK_TEXT(ports_of(test, "hostNetwork: true,", "{containerPort: 80}"), "");
}

// --- name servers

static const char *dns_of(Test *test, const char *spec)
{
	const MachinePlan *plan = plan_of(test, spec);
	return arena_printf(test->arena, "%s%s", plan->has_own_dns ? "own: " : "",
			    resolver_print(&plan->dns, test->arena));
}

TEST(compile_dns)
{
	static const char *const of_host[] = {
		"", ", dnsPolicy: Default", ", dnsPolicy: ClusterFirst",
		", dnsPolicy: ClusterFirstWithHostNet, hostNetwork: true", ", dnsConfig: {}"
	};
	for (size_t i = 0; i < COUNT(of_host); i++) {
		const MachinePlan *plan = plan_of(test, of_host[i]);
		CHECK(!plan->has_own_dns && plan->dns.servers.count == 0 &&
		      plan->dns.searches.count == 0 && plan->dns.options.count == 0);
	}
	CHECK_TEXT(dns_of(test, ", dnsPolicy: None, dnsConfig: {nameservers: [10.99.0.1]}"),
		   "own: nameserver 10.99.0.1\n");
	// As the kubelet does, the last one of a name holds.
	CHECK_TEXT(dns_of(test, ", dnsConfig: {nameservers: ['::1'], searches: [a, '.'], options: "
				"[{name: ndots, value: '2'}, {name: edns0}, {name: ndots, value: "
				"'5'}, {name: rotate, value: ''}]}"),
		   "nameserver ::1\nsearch a .\noptions ndots:5 edns0 rotate\n");
}

// --- no text of the user's in a unit

#define HOSTILE "x\\n[Service]\\nExecStart=/bin/evil %i %%n $(A) ${B} ; \\\"'\\\\"

TEST(compile_lets_no_user_string_into_units)
{
	ImageConfig config = { .user = "evil\n[Service]",
			       .working_directory = "/evil\n%i",
			       .stop_signal = "" };
	texts_add(test->arena, &config.entrypoint, "/evil\n[Install]");
	texts_add(test->arena, &config.environment, "EVIL=evil\n%n");
	const char *yaml =
		"apiVersion: v1\nkind: Pod\nmetadata: {name: web, annotations: {evil: \"" HOSTILE
		"\"}}\n"
		"spec:\n"
		"  volumes:\n"
		"  - {name: v, hostPath: {path: \"/evil " HOSTILE "\"}}\n"
		"  - {name: c, configMap: {name: evil, items: [{key: evil, path: \"evil " HOSTILE
		"\"}]}}\n"
		"  containers:\n"
		"  - name: app\n"
		"    image: evil.example/evil:evil\n"
		"    command: [\"" HOSTILE "\"]\n"
		"    args: [\"evil %i\", \"" HOSTILE "\"]\n"
		"    workingDir: \"/evil " HOSTILE "\"\n"
		"    env: [{name: \"EVIL %i\", value: \"" HOSTILE "\"}]\n"
		"    envFrom: [{prefix: \"EVIL %n\", secretRef: {name: evil}}]\n"
		"    securityContext: {seccompProfile: {type: Localhost, localhostProfile: evil.json}}\n"
		"    volumeMounts: [{name: v, mountPath: \"/evil " HOSTILE "\"}]\n";
	Compiled *compiled = compile_manifest(test, yaml, &(CompileChoice){ .config = &config });
	CHECK(compiled->report.error_count == 0);
	CHECK(!strcasestr(units_of(test, &compiled->plan), "evil"));
	const char *units = machine_units_of(test, &compiled->plan);
	CHECK(!strchr(units, '%') && !strchr(units, '$') && !strchr(units, '"') &&
	      !strchr(units, '\\'));
	CHECK(!strcasestr(nspawn_of(test, &compiled->plan), "evil"));
	CHECK(!strcasestr(skeleton_of(test, &compiled->plan), "evil"));

	// And what a unit has for the plainest Pod is all that it has for this one.
	const Compiled *plain = compile_members(test, "command: [a]", NULL);
	CHECK_TEXT(units_of(test, &compiled->plan), units_of(test, &plain->plan));
}
