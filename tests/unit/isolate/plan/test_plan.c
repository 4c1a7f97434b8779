#include "isolate/plan/plan.h"

#include "pkg/sys/file.h"
#include "tests/unit/compiled.h"

#include <fcntl.h>

static bool parse(Test *test, const char *json, MachinePlan *ret)
{
	return plan_parse(json, strlen(json), test->arena, ret, &test->error);
}

// --- printed, parsed, printed

TEST(plan_reads_back_what_it_prints)
{
	static const char *const names[] = { "init",         "volumes",   "security",
					     "host-network", "full-boot", "base-fs" };
	for (size_t i = 0; i < COUNT(names); i++) {
		const char *json = NULL;
		const char *path =
			arena_printf(test->arena, "tests/golden/pods/%s/plan.json", names[i]);
		MachinePlan plan = { 0 };
		CHECK(file_read(AT_FDCWD, path, 64 * 1024, test->arena, &json, NULL, &test->error));
		CHECK(parse(test, json, &plan));
		CHECK_TEXT(compiled_json(test, &plan), json);
	}
}

// Every member at a value of its own, at the ends of what it can hold.
static MachinePlan full_plan(Arena *arena)
{
	MachinePlan plan = {
		.name = "n",
		.hostname = "h",
		.machine_id = "i",
		.root_fs = "r",
		.slot = UINT32_MAX,
		.incarnation = UINT32_MAX,
		.has_user_namespace = true,
		.is_full_boot = true,
		.network = PLAN_NETWORK_NONE,
		.has_own_dns = true,
		.shares_ipc = true,
		.grace_seconds = UINT32_MAX,
	};
	texts_add(arena, &plan.dns.servers, "192.0.2.1");
	texts_add(arena, &plan.dns.searches, "example.com");
	texts_add(arena, &plan.dns.options, "ndots:5");
	*plan_ports_push(arena, &plan.ports) = (PlanPort){ PLAN_PROTOCOL_SCTP, "::1", 65535, 1 };
	PlanVolume *volume = plan_volumes_push(arena, &plan.volumes);
	*volume = (PlanVolume){ "v",   PLAN_VOLUME_SECRET,
				"/p",  PLAN_PATH_BLOCK_DEVICE,
				"o",   INT64_MAX,
				{ 0 }, 07777,
				true,  true };
	*plan_items_push(arena, &volume->items) = (PlanItem){ "k", "a/b", 0 };
	*plan_items_push(arena, &volume->items) = (PlanItem){ "k2", "c", PLAN_MODE_DEFAULT };
	PlanApp *app = plan_apps_push(arena, &plan.apps);
	*app = (PlanApp){
		.name = "a",
		.kind = PLAN_APP_INIT,
		.image = "i",
		.image_id = "sha256:0",
		.working_directory = "/w",
		.identity = { 0, INT32_MAX, "u", true, { 0 } },
		.capabilities = (UINT64_C(1) << 41) - 1,
		.may_escalate = true,
		.is_root_read_only = true,
		.seccomp = PLAN_SECCOMP_COMPILED,
		.seccomp_profile = "p.json",
		.restart = PLAN_RESTART_NEVER,
		.stop_signal = "SIGRTMIN+3",
		.limits = { INT64_MAX, 10000, INT64_MAX, 1, -997 },
	};
	texts_add(arena, &app->layers, "sha256:1");
	texts_add(arena, &app->arguments, "");
	texts_add(arena, &app->arguments, "line\n\"quote\"\\\t\x01\x7f\xc3\xa4");
	texts_add(arena, &app->identity.groups, "5");
	texts_add(arena, &app->image_volumes, "/data");
	*plan_environments_push(arena, &app->environment) =
		(PlanEnvironment){ PLAN_ENVIRONMENT_SECRET, "N", "V", "o", "k", true, true };
	*plan_mounts_push(arena, &app->mounts) = (PlanMount){ "v", "/m", true };
	return plan;
}

TEST(plan_keeps_every_member)
{
	const MachinePlan plan = full_plan(test->arena);
	const char *json = compiled_json(test, &plan);
	MachinePlan back = { 0 };
	CHECK(parse(test, json, &back));
	CHECK_TEXT(compiled_json(test, &back), json);
	const PlanApp *app = &back.apps.items[0];
	CHECK(back.incarnation == UINT32_MAX);
	CHECK(back.slot == UINT32_MAX && back.has_user_namespace && back.is_full_boot &&
	      back.shares_ipc && back.has_own_dns);
	CHECK_TEXT(back.dns.servers.items[0], "192.0.2.1");
	CHECK_TEXT(back.dns.searches.items[0], "example.com");
	CHECK_TEXT(back.dns.options.items[0], "ndots:5");
	CHECK(back.network == PLAN_NETWORK_NONE && back.grace_seconds == UINT32_MAX);
	CHECK(back.ports.items[0].protocol == PLAN_PROTOCOL_SCTP &&
	      back.ports.items[0].host_port == 65535);
	CHECK(back.volumes.items[0].size_bytes == INT64_MAX &&
	      back.volumes.items[0].default_mode == 07777);
	CHECK(back.volumes.items[0].items.items[0].mode == 0);
	CHECK(back.volumes.items[0].items.items[1].mode == PLAN_MODE_DEFAULT);
	CHECK(app->identity.uid == 0 && app->identity.gid == INT32_MAX &&
	      app->identity.must_not_be_root);
	CHECK(app->capabilities == (UINT64_C(1) << 41) - 1 && app->limits.oom_score_adjust == -997);
	CHECK(app->arguments.count == 2);
	CHECK_TEXT(app->image_volumes.items[0], "/data");
	CHECK_TEXT(app->arguments.items[1], "line\n\"quote\"\\\t\x01\x7f\xc3\xa4");
	CHECK(app->environment.items[0].is_expandable && app->environment.items[0].is_optional);
}

TEST(plan_leaves_defaults_out_and_fills_them_in)
{
	const MachinePlan empty = { 0 };
	CHECK_TEXT(compiled_json(test, &empty), "{}\n");
	MachinePlan plan = { 0 };
	CHECK(parse(test, "{\"apps\": [{}], \"volumes\": [{\"items\": [{}]}]}", &plan));
	const PlanApp *app = &plan.apps.items[0];
	CHECK(app->identity.uid == PLAN_ID_UNSET && app->identity.gid == PLAN_ID_UNSET);
	CHECK(plan.volumes.items[0].items.items[0].mode == PLAN_MODE_DEFAULT);
	CHECK_TEXT(plan.name, "");
	CHECK_TEXT(app->working_directory, "");
	CHECK_TEXT(app->identity.image_user, "");
}

TEST(plan_tells_the_kinds_of_apps_apart)
{
	static const PlanAppTraits rows[PLAN_APP_KIND_COUNT] = {
		[PLAN_APP_MAIN] = { "container", "Container", false, false },
		[PLAN_APP_INIT] = { "init container", "Init container", true, true },
	};
	for (uint32_t i = 0; i < PLAN_APP_KIND_COUNT; i++) {
		const PlanApp app = { .name = "a", .kind = (PlanAppKind)i };
		const PlanAppTraits *traits = plan_app_traits(&app);
		CHECK_TEXT(traits->noun, rows[i].noun);
		CHECK_TEXT(traits->title, rows[i].title);
		CHECK(traits->is_init == rows[i].is_init &&
		      traits->runs_to_end == rows[i].runs_to_end);

		MachinePlan plan = { 0 };
		MachinePlan back = { 0 };
		*plan_apps_push(test->arena, &plan.apps) = app;
		CHECK(parse(test, compiled_json(test, &plan), &back));
		CHECK(back.apps.items[0].kind == app.kind);
	}
}

// --- the file is ours: what is not in it as we write it is refused

TEST(plan_refuses_unknown_and_misplaced_members)
{
	static const char *const rows[][2] = {
		// clang-format off
		{ "{\"nmae\": \"web\"}", "unknown member 'nmae'" },
		{ "{\"Name\": \"web\"}", "unknown member 'Name'" },
		{ "{\"layers\": []}", "unknown member 'layers'" },
		{ "{\"apps\": [{}, {\"ports\": []}]}", "apps[1]: unknown member 'ports'" },
		{ "{\"apps\": [{\"identity\": {\"user\": 1}}]}", "apps[0]: unknown member 'user'" },
		{ "{\"apps\": [{\"mounts\": [{\"x\": 1}]}]}", "apps[0]: mounts[0]: unknown member 'x'" },
		{ "{\"name\": 1}", "'name' is number" },
		{ "{\"name\": null}", "'name' is null" },
		{ "{\"apps\": {}}", "'apps' is object" },
		{ "{\"apps\": [[]]}", "apps[0]: 'an item' is array" },
		{ "{\"apps\": [{\"arguments\": \"a\"}]}", "apps[0]: 'arguments' is text" },
		{ "{\"apps\": [{\"arguments\": [1]}]}", "apps[0]: 'an item' is number" },
		{ "{\"userNamespace\": 1}", "'userNamespace' is number" },
		{ "{\"network\": \"Pod\"}", "'Pod' is no network" },
		{ "{\"network\": 0}", "'network' is number" },
		{ "{\"slot\": -1}", "slot -1 is out of range" },
		{ "{\"slot\": 4294967296}", "slot 4294967296 is out of range" },
		{ "{\"slot\": 1.5}", "'slot' is number" },
		{ "{\"volumes\": [{\"sizeBytes\": 9223372036854775808}]}", "volumes[0]: 'sizeBytes' is number" },
		{ "{\"apps\": [{\"capabilities\": [\"CAP_ALL_OF_IT\"]}]}", "apps[0]: unknown capability 'CAP_ALL_OF_IT'" },
		{ "[]", "'an item' is array" },
		// clang-format on
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		MachinePlan plan = { .name = "untouched" };
		CHECK_ERROR(parse(test, rows[i][0], &plan),
			    arena_printf(test->arena, "understand the plan: %s", rows[i][1]));
		CHECK_TEXT(plan.name, "untouched");
	}
	static const char *const broken[] = { "", "{", "{}{}",
					      "{\"name\": \"a\", \"name\": \"b\"}" };
	for (size_t i = 0; i < COUNT(broken); i++) {
		MachinePlan plan = { 0 };
		CHECK(!parse(test, broken[i], &plan));
		CHECK(strncmp(test->error.message, "understand the plan: ", 21) == 0);
		error_clear(&test->error);
	}
}

// --- look-ups

TEST(plan_finds_apps_and_volumes)
{
	const MachinePlan plan = full_plan(test->arena);
	CHECK(plan_find_app(&plan, "a") == &plan.apps.items[0] && !plan_find_app(&plan, "A"));
	CHECK(plan_find_volume(&plan, "v") == &plan.volumes.items[0] &&
	      !plan_find_volume(&plan, ""));
}

TEST(plan_ports_as_the_network_publishes_them)
{
	MachinePlan plan = { 0 };
	PublishedPorts ports = { 0 };
	*plan_ports_push(test->arena, &plan.ports) = (PlanPort){ PLAN_PROTOCOL_TCP, "", 8080, 80 };
	*plan_ports_push(test->arena, &plan.ports) =
		(PlanPort){ PLAN_PROTOCOL_UDP, "127.0.0.1", 53, 5353 };
	CHECK(plan_published_ports(&plan, test->arena, &ports, &test->error));
	CHECK(ports.count == 2 && ports.items[0].host_address == 0 &&
	      ports.items[0].host_port == 8080);
	CHECK(ports.items[1].protocol == PORT_UDP && ports.items[1].pod_port == 5353 &&
	      ports.items[1].host_address != 0);

	plan.ports.items[0].host_ip = "::1";
	PublishedPorts none = { 0 };
	CHECK(!plan_published_ports(&plan, test->arena, &none, &test->error));
	CHECK(test->error.code == ERROR_UNSUPPORTED);
}
