#include "isolate/machine/create.h"

#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "store/state/layout.h"
#include "store/state/slot.h"
#include "tests/unit/test.h"

#include <fcntl.h>

static const Config config = { .network_subnet = "10.233.0.0/16" };

static const char *in(Test *test, const char *path)
{
	return path_join(test->arena, test_directory(test), path);
}

static bool make_host(Test *test, Host *ret)
{
	*ret = (Host){ .data_dir = in(test, "data"),
		       .run_dir = in(test, "run"),
		       .unit_dir = in(test, "units"),
		       .drop_in_dir = in(test, "attached") };
	return layout_prepare(ret, &test->error);
}

static bool open_draft(Test *test, const Host *host, MachineDraft *ret)
{
	*ret = (MachineDraft){ .name = "web", .lock = LOCK_NONE };
	return draft_open(host, test->arena, ret, &test->error);
}

static bool has_slot(const Host *host)
{
	CLEANUP_ERROR absent = { 0 };
	uint32_t slot = 0;
	return slot_find(host, "web", &slot, &absent);
}

// The draft with a plan of this host name, written.
static bool write_plan(Test *test, const Host *host, MachineDraft *draft, const char *hostname)
{
	const GenerationFile own = { "own.txt", "x", 1 };
	draft->plan = (MachinePlan){ .name = "web", .hostname = hostname, .root_fs = "" };
	return draft_identify(draft, MACHINE_KIND_POD, test->arena, &test->error) &&
	       draft_take_slot(host, &config, draft, test->arena, &test->error) &&
	       draft_write(host, draft, &own, test->arena, &test->error);
}

TEST(draft_gets_an_identity_once)
{
	Host host;
	MachineDraft draft;
	CHECK(make_host(test, &host) && open_draft(test, &host, &draft));
	CHECK(draft.is_new && !draft_id(&draft));
	CHECK(draft_identify(&draft, MACHINE_KIND_POD, test->arena, &test->error));
	const char *id = draft_id(&draft);
	CHECK(strlen(id) == 32 && strspn(id, "0123456789abcdef") == 32 && id[12] == '4');
	CHECK_TEXT(pairs_get(&draft.record, MACHINE_KEY_NAME), "web");
	CHECK_TEXT(pairs_get(&draft.record, MACHINE_KEY_KIND), "kube");
	CHECK(pairs_get(&draft.record, MACHINE_KEY_CREATED_AT));
	CHECK(draft_identify(&draft, MACHINE_KIND_POD, test->arena, &test->error));
	CHECK_TEXT(draft_id(&draft), id);
	lock_release(&draft.lock);
}

TEST(draft_uid_is_the_id_with_dashes)
{
	MachineDraft draft = { .name = "web" };
	pairs_set(test->arena, &draft.record, MACHINE_KEY_ID, "0123456789ab4cde8f0123456789abcd");
	CHECK_TEXT(draft_uid(&draft, test->arena), "01234567-89ab-4cde-8f01-23456789abcd");
}

TEST(draft_that_is_abandoned_leaves_nothing_of_a_new_machine)
{
	Host host;
	MachineDraft draft;
	CHECK(make_host(test, &host) && open_draft(test, &host, &draft));
	CHECK(write_plan(test, &host, &draft, "one"));
	CHECK_TEXT(draft.generation, "1");
	CHECK(file_exists(AT_FDCWD, in(test, "data/containers/web/generations/1/own.txt")));
	CHECK(has_slot(&host));
	CHECK(draft_abandon(&host, &draft, &test->error));
	CHECK(!has_slot(&host) && draft.lock.fd < 0);
	CHECK(!file_exists(AT_FDCWD, in(test, "data/containers/web")));
	// One that was never opened has nothing to take back.
	CHECK(draft_abandon(&host, &draft, &test->error));
}

TEST(draft_that_is_abandoned_leaves_a_machine_as_it_was)
{
	Host host;
	MachineDraft draft;
	CHECK(make_host(test, &host) && open_draft(test, &host, &draft));
	CHECK(write_plan(test, &host, &draft, "one"));
	CHECK(generation_switch(&host, "web", draft.generation, &test->error) &&
	      machine_save(&host, "web", &draft.record, &test->error));
	lock_release(&draft.lock);

	const char *id = draft_id(&draft);
	CHECK(open_draft(test, &host, &draft) && !draft.is_new);
	CHECK_TEXT(draft_id(&draft), id);
	CHECK(write_plan(test, &host, &draft, "two"));
	CHECK_TEXT(draft.generation, "2");
	CHECK(draft_abandon(&host, &draft, &test->error));
	CHECK(!file_exists(AT_FDCWD, in(test, "data/containers/web/generations/2")));
	CHECK(file_exists(AT_FDCWD, in(test, "data/containers/web/generations/1")));
	CHECK(has_slot(&host) && draft.lock.fd >= 0);
	lock_release(&draft.lock);
}

TEST(draft_runs_when_the_machine_has_its_plan)
{
	Host host;
	MachineDraft draft;
	CLEANUP_BUFFER json = { 0 };
	CHECK(make_host(test, &host) && open_draft(test, &host, &draft));
	CHECK(write_plan(test, &host, &draft, "one"));
	CHECK(!draft_is_running(&host, &draft, test->arena));
	const char *directory = machine_run_directory(&host, "web", test->arena);
	const char *path = path_join(test->arena, directory, MACHINE_RUNNING_PLAN_NAME);
	plan_print(&draft.plan, &json);
	CHECK(file_make_directories(AT_FDCWD, directory, 0700, &test->error) &&
	      file_replace_volatile(AT_FDCWD, path, buffer_text(&json), json.length, 0600,
				    &test->error));
	CHECK(draft_is_running(&host, &draft, test->arena));
	draft.plan.hostname = "two";
	CHECK(!draft_is_running(&host, &draft, test->arena));
	lock_release(&draft.lock);
}
