#include "isolate/machine/machine.h"
#include "isolate/machine/restart.h"

#include "isolate/machine/exec.h"
#include "isolate/machine/generation.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "store/state/layout.h"
#include "tests/unit/test.h"

static bool make_host(Test *test, Host *ret)
{
	*ret = (Host){ .data_dir = path_join(test->arena, test_directory(test), "data"),
		       .run_dir = "/run/sdme" };
	return layout_prepare(ret, &test->error);
}

TEST(machine_records_are_kept_and_listed)
{
	Host host;
	Pairs record = { 0 }, back = { 0 };
	Texts names = { 0 };
	CHECK(make_host(test, &host));
	CHECK_ERROR(machine_load(&host, "web", test->arena, &back, &test->error),
		    "no machine 'web'");
	pairs_set(test->arena, &record, MACHINE_KEY_NAME, "web");
	machine_set_kind(test->arena, &record, MACHINE_KIND_POD);
	CHECK(machine_save(&host, "web", &record, &test->error) &&
	      machine_save(&host, "db", &record, &test->error));
	CHECK(machine_load(&host, "web", test->arena, &back, &test->error) &&
	      pairs_equal(&record, &back));
	CHECK(machine_list_names(&host, test->arena, &names, &test->error));
	CHECK_TEXT(texts_join(&names, " ", test->arena), "db web");
}

TEST(machine_kind_is_a_word_of_the_record)
{
	Pairs record = { 0 };
	CHECK(machine_kind(&record) == MACHINE_KIND_OTHER);
	machine_set_kind(test->arena, &record, MACHINE_KIND_POD);
	CHECK_TEXT(pairs_get(&record, MACHINE_KEY_KIND), "kube");
	CHECK(machine_kind(&record) == MACHINE_KIND_POD);
	// What a later version makes is no Pod of this one.
	pairs_set(test->arena, &record, MACHINE_KEY_KIND, "kubelet");
	CHECK(machine_kind(&record) == MACHINE_KIND_OTHER);
}

TEST(machine_names_are_checked_before_they_become_paths)
{
	Host host;
	Pairs record = { 0 };
	Lock lock = LOCK_NONE;
	CHECK(make_host(test, &host));
	static const char *const names[] = { "",  ".",   "..", "../x",   "a/b",
					     "A", "a.b", "-a", ".hidden" };
	for (size_t i = 0; i < COUNT(names); i++) {
		CHECK(!machine_load(&host, names[i], test->arena, &record, &test->error));
		CHECK(test->error.code == ERROR_INVALID);
		error_clear(&test->error);
		CHECK(!machine_take_lock(&host, names[i], &lock, &test->error));
		error_clear(&test->error);
	}
}

TEST(machine_status_follows_from_the_units)
{
	static const struct {
		UnitActive active;
		const char *word;
		const char *sub;
	} rows[] = {
		{ UNIT_ACTIVE, "running", "running" },
		{ UNIT_RELOADING, "running", "reload" },
		{ UNIT_REFRESHING, "running", "running" },
		{ UNIT_ACTIVATING, "starting", "start" },
		{ UNIT_ACTIVATING, "restarting", "auto-restart" },
		{ UNIT_DEACTIVATING, "stopping", "stop-sigterm" },
		{ UNIT_FAILED, "failed", "failed" },
		{ UNIT_INACTIVE, "stopped", "dead" },
		{ UNIT_MAINTENANCE, "stopped", "dead" },
	};
	const Host host = { .run_dir = test_directory(test) };
	for (size_t i = 0; i < COUNT(rows); i++) {
		UnitRows units = { 0 };
		UnitRow *other = unit_rows_push(test->arena, &units);
		*other = (UnitRow){ .sub = "" };
		other->name = "sdme@web-1.service";
		other->active = UNIT_ACTIVE;
		UnitRow *row = unit_rows_push(test->arena, &units);
		row->name = "sdme@web.service";
		row->active = rows[i].active;
		row->sub = rows[i].sub;
		CHECK_TEXT(machine_status_to_text(
				   machine_status_in(&host, &units, "web", test->arena)),
			   rows[i].word);
		CHECK(machine_status_in(&host, &units, "we", test->arena) == MACHINE_STOPPED);
	}
}

TEST(machine_that_waits_for_its_next_start)
{
	const Host host = { .run_dir = test_directory(test) };
	UnitRows units = { 0 };
	UnitRow *row = unit_rows_push(test->arena, &units);
	*row = (UnitRow){ .name = "sdme@web.service", .active = UNIT_ACTIVATING, .sub = "start" };
	CHECK(restart_note_wish(&host, "web", &test->error));
	CHECK(machine_status_in(&host, &units, "web", test->arena) == MACHINE_STARTING);
	CHECK(restart_note_failure(&host, "web", "no such layer", &test->error));
	CHECK(machine_status_in(&host, &units, "web", test->arena) == MACHINE_RESTARTING);
	row->active = UNIT_ACTIVE;
	CHECK(machine_status_in(&host, &units, "web", test->arena) == MACHINE_RUNNING);
}

TEST(machine_places)
{
	const Host host = { .data_dir = "/var/lib/sdme", .run_dir = "/run/sdme" };
	CHECK_TEXT(machine_directory(&host, "web", test->arena), "/var/lib/sdme/containers/web");
	CHECK_TEXT(machine_journal(&host, "web", test->arena),
		   "/var/lib/sdme/containers/web/journal");
	CHECK_TEXT(machine_run_directory(&host, "web", test->arena), "/run/sdme/machines/web");
}

// --- the app that a user means (isolate/machine/exec.c)

static bool make_machine(Test *test, const Host *host, const char *name, const char *const *apps)
{
	MachinePlan plan = { .name = name };
	*plan_apps_push(test->arena, &plan.apps) =
		(PlanApp){ .name = "setup", .kind = PLAN_APP_INIT };
	for (size_t i = 0; apps[i]; i++)
		*plan_apps_push(test->arena, &plan.apps) = (PlanApp){ .name = apps[i] };
	const char *generation = NULL;
	return generation_write(host, &plan, NULL, 0, test->arena, &generation, &test->error) &&
	       generation_switch(host, name, generation, &test->error);
}

TEST(machine_app_that_the_user_means)
{
	static const char *const one[] = { "app", NULL };
	static const char *const two[] = { "nginx", "proxy", NULL };
	Host host;
	const char *app = NULL;
	CHECK(make_host(test, &host) && make_machine(test, &host, "single", one) &&
	      make_machine(test, &host, "web", two));
	CHECK(machine_find_app(&host, "single", NULL, test->arena, &app, &test->error));
	CHECK_TEXT(app, "app");
	CHECK(machine_find_app(&host, "single", "", test->arena, &app, &test->error));
	CHECK(machine_find_app(&host, "web", "proxy", test->arena, &app, &test->error));
	CHECK_TEXT(app, "proxy");
	CHECK(machine_find_app(&host, "web", "setup", test->arena, &app, &test->error));
	CHECK_ERROR(machine_find_app(&host, "web", NULL, test->arena, &app, &test->error),
		    "'web' has several containers, name one: setup, nginx, proxy");
	CHECK_ERROR(machine_find_app(&host, "web", "ngin", test->arena, &app, &test->error),
		    "'web' has no container 'ngin'; available: setup, nginx, proxy");
	CHECK_ERROR(machine_find_app(&host, "none", NULL, test->arena, &app, &test->error),
		    "no machine 'none'");
}
