#include "isolate/machine/image_use.h"

#include "isolate/machine/generation.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "store/state/layout.h"
#include "tests/unit/test.h"

#include <fcntl.h>

#define LAYER_A "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

typedef struct Machines {
	Host host;
	ImageUses uses;
	Texts damaged;
} Machines;

static bool prepare(Test *test, Machines *ret)
{
	const char *directory = test_directory(test);
	*ret = (Machines){ .host = { .data_dir = path_join(test->arena, directory, "data"),
				     .run_dir = path_join(test->arena, directory, "run"),
				     .drop_in_dir = path_join(test->arena, directory, "units") } };
	return layout_prepare(&ret->host, &test->error);
}

static MachinePlan make_plan(Test *test, const char *machine, const char *image_id)
{
	MachinePlan plan = { .name = machine, .hostname = machine };
	PlanApp *app = plan_apps_push(test->arena, &plan.apps);
	app->name = "app";
	app->image_id = image_id;
	texts_add(test->arena, &app->layers, LAYER_A);
	return plan;
}

static bool add_generation(Test *test, Machines *machines, const char *machine, const char *image,
			   bool is_current)
{
	const MachinePlan plan = make_plan(test, machine, image);
	const char *name = NULL;
	return generation_write(&machines->host, &plan, NULL, 0, test->arena, &name,
				&test->error) &&
	       (!is_current || generation_switch(&machines->host, machine, name, &test->error));
}

static bool put(Test *test, const char *path, const char *text)
{
	const char *whole = path_join(test->arena, test_directory(test), path);
	return file_make_directories(AT_FDCWD, path_parent(test->arena, whole), 0700,
				     &test->error) &&
	       file_replace_volatile(AT_FDCWD, whole, text, strlen(text), 0600, &test->error);
}

// "web one, web two": users and images, in the order in which they were found.
static const char *list(Test *test, Machines *machines)
{
	Texts found = { 0 };
	machines->uses = (ImageUses){ 0 };
	machines->damaged = (Texts){ 0 };
	if (!machine_list_image_uses(&machines->host, test->arena, &machines->uses,
				     &machines->damaged, &test->error))
		return test->error.message;
	for (size_t i = 0; i < machines->uses.count; i++)
		texts_add(test->arena, &found,
			  arena_printf(test->arena, "%s %s", machines->uses.items[i].user,
				       machines->uses.items[i].image_id));
	texts_sort(&found);
	return texts_join(&found, ", ", test->arena);
}

TEST(image_uses_of_every_generation)
{
	Machines machines;
	CHECK(prepare(test, &machines));
	CHECK_TEXT(list(test, &machines), "");
	CHECK(add_generation(test, &machines, "web", "one", true));
	CHECK(add_generation(test, &machines, "web", "two", true));
	CHECK(add_generation(test, &machines, "web", "prepared", false));
	CHECK(add_generation(test, &machines, "db", "one", true));
	CHECK_TEXT(list(test, &machines), "db one, web one, web prepared, web two");
	CHECK_TEXT(machines.uses.items[0].layers.items[0], LAYER_A);
}

TEST(image_uses_of_what_runs)
{
	Machines machines;
	CLEANUP_BUFFER json = { 0 };
	CHECK(prepare(test, &machines));
	CHECK(add_generation(test, &machines, "web", "two", true));
	const MachinePlan running = make_plan(test, "web", "one");
	plan_print(&running, &json);
	CHECK(put(test, "run/machines/web/plan.json", buffer_text(&json)));
	CHECK(put(test, "run/machines/gone/status/app", ""));
	CHECK_TEXT(list(test, &machines), "web one, web two");
}

TEST(image_uses_that_cannot_be_read)
{
	Machines machines;
	CHECK(prepare(test, &machines));
	CHECK(add_generation(test, &machines, "web", "one", true));
	CHECK(put(test, "data/containers/bad/generations/1/plan.json", "{\"apps\": 7}"));
	CHECK(put(test, "data/containers/new/journal/x", ""));
	CHECK_TEXT(list(test, &machines), "web one");
	CHECK(machines.damaged.count == 1);
	CHECK_TEXT(machines.damaged.items[0], "bad");
}
