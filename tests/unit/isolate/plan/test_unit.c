#include "isolate/plan/plan.h"
#include "isolate/plan/unit.h"
#include "pkg/base/text.h"
#include "tests/unit/test.h"

static const char *print_app(uint32_t grace_seconds, Arena *arena)
{
	MachinePlan plan = { .name = "web", .grace_seconds = grace_seconds };
	*plan_apps_push(arena, &plan.apps) = (PlanApp){ .name = "app", .stop_signal = "SIGTERM" };
	UnitFiles files = { 0 };
	unit_print_machine(&plan, arena, &files);
	return files.items[0].text;
}

static bool has_line(const char *text, const char *line, Arena *arena)
{
	return strstr(text, arena_printf(arena, "\n%s\n", line)) != NULL;
}

TEST(unit_executes_our_program_outside_of_the_app)
{
	CLEANUP_ARENA arena = arena_new();
	const char *text = print_app(30, arena);
	CHECK(has_line(text, "ExecStart=/sdme/library/sdme-isolate app app", arena));
	CHECK(!strstr(text, "RootDirectory="));
}

TEST(unit_grace_period)
{
	CLEANUP_ARENA arena = arena_new();
	CHECK(has_line(print_app(30, arena), "TimeoutStopSec=30", arena));
	CHECK(has_line(print_app(30, arena), "KillSignal=SIGTERM", arena));
	// Killed at once, and not when a timer has expired.
	CHECK(has_line(print_app(0, arena), "KillSignal=SIGKILL", arena));
	CHECK(!has_line(print_app(0, arena), "KillSignal=SIGTERM", arena));
}

TEST(unit_of_the_machine_allows_the_devices_of_its_volumes)
{
	CLEANUP_ARENA arena = arena_new();
	static const struct {
		const char *path;
		PlanPathType type;
		const char *line;
	} rows[] = {
		{ "/dev/ttyACM0", PLAN_PATH_CHARACTER_DEVICE, "DeviceAllow=/dev/ttyACM0 rw\n" },
		{ "/dev/disk/by-id/a:1", PLAN_PATH_BLOCK_DEVICE,
		  "DeviceAllow=/dev/disk/by-id/a:1 rw\n" },
		// Not asked for as devices.
		{ "/dev/ttyACM0", PLAN_PATH_ANY, NULL },
		{ "/dev", PLAN_PATH_DIRECTORY, NULL },
		// No text of the user's in a unit.
		{ "/dev/a\nExecStart=/x", PLAN_PATH_CHARACTER_DEVICE, NULL },
		{ "/dev/a b", PLAN_PATH_CHARACTER_DEVICE, NULL },
		{ "/dev/%i", PLAN_PATH_BLOCK_DEVICE, NULL },
		{ "/dev/../sda", PLAN_PATH_BLOCK_DEVICE, NULL },
		{ "/srv/sda", PLAN_PATH_BLOCK_DEVICE, NULL },
	};
	const UnitHost host = { .home = { "/var/lib/sdme", "1" },
				.mounts_dir = "/var/lib/sdme",
				.boot_program = "/sdme-boot",
				.tasks_max = 1 };
	for (size_t i = 0; i < COUNT(rows); i++) {
		MachinePlan plan = { .name = "web" };
		*plan_volumes_push(arena, &plan.volumes) =
			(PlanVolume){ .name = "v",
				      .kind = PLAN_VOLUME_HOST_PATH,
				      .path = rows[i].path,
				      .path_type = rows[i].type };
		const char *text = unit_print_drop_in(&plan, &host, arena);
		const char *found = strstr(text, "DeviceAllow");
		CHECK(rows[i].line ? found && text_equal(found, rows[i].line) : !found);
	}
}
