#include "pkg/base/text.h"
#include "pkg/machine/plan.h"
#include "pkg/machine/unit.h"
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

TEST(unit_executes_our_program_whatever_the_app_did_to_its_usr)
{
	CLEANUP_ARENA arena = arena_new();
	const char *text = print_app(30, arena);
	CHECK(has_line(text, "ExecStart=/usr/sbin/sdme-isolate", arena));
	CHECK(has_line(text, "BindReadOnlyPaths=/sdme/library/sdme-isolate:/usr/sbin/sdme-isolate",
		       arena));
}

TEST(unit_grace_period)
{
	CLEANUP_ARENA arena = arena_new();
	CHECK(has_line(print_app(30, arena), "TimeoutStopSec=30", arena));
	// To systemd 0 would be for ever.
	CHECK(has_line(print_app(0, arena), "TimeoutStopSec=1ms", arena));
}
