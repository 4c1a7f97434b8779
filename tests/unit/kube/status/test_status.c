#include "kube/status/status.h"

#include "isolate/guest/spec.h"
#include "isolate/machine/generation.h"
#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "store/state/layout.h"
#include "tests/unit/test.h"

#include <fcntl.h>

// A record as sdme-isolate writes it; NULL: the container was never started.
#define RUNNING "STATE=running\nPID=5\nSTARTED_AT=1700000100.000000\n"
#define COMPLETED                                                                                  \
	"STATE=terminated\nREASON=Completed\nEXIT_CODE=0\nSTARTED_AT=1700000000.000000\nFINISHED_AT=1700000060.500000\n"
#define FAILED    "STATE=terminated\nREASON=Error\nEXIT_CODE=3\n"
#define SIGNALLED "STATE=terminated\nEXIT_CODE=137\nSIGNAL=9\n"
#define WORDLESS  "STATE=terminated\nEXIT_CODE=7\n"
#define OOM       "STATE=terminated\nREASON=OOMKilled\nEXIT_CODE=137\nSIGNAL=9\n"
#define START                                                                                      \
	"STATE=terminated\nREASON=StartError\nEXIT_CODE=128\nMESSAGE=exec 'x': No such file or directory\n"
#define WAITING "STATE=waiting\n"
#define LOOP                                                                                        \
	"STATE=waiting\nREASON=CrashLoopBackOff\nRESTARTS=4\nLAST_REASON=Error\nLAST_EXIT_CODE=1\n" \
	"LAST_STARTED_AT=1700000000.000000\nLAST_FINISHED_AT=1700000050.000000\n"

typedef struct Row {
	MachineStatus machine;
	PlanRestart restart;
	const char *init[2];       // records; "" = none yet, NULL = no such container
	const char *containers[2]; // the same
	const char *reason;
	const char *phase;
	uint32_t ready;
} Row;

static void add(Test *test, PodStatus *status, PlanAppKind kind, PlanRestart restart,
		const char *record)
{
	ContainerStatuses *list =
		kind == PLAN_APP_INIT ? &status->init_containers : &status->containers;
	PlanApp *app = ARENA_NEW(test->arena, PlanApp);
	*app = (PlanApp){
		.name = arena_printf(test->arena, "%s%zu", kind == PLAN_APP_INIT ? "init" : "app",
				     list->count),
		.kind = kind,
		.restart = restart,
		.image = "i:1",
		.image_id = "i@sha256:0",
	};
	ContainerStatus *container = container_statuses_push(test->arena, list);
	container->app = app;
	container->has_record = record[0] != '\0';
	if (container->has_record &&
	    !app_record_parse(record, test->arena, &container->record, &test->error))
		test_fail(test, __FILE__, __LINE__, "%s", record);
}

static PodStatus status_of(Test *test, const Row *row)
{
	PodStatus status = { .name = "web", .machine = row->machine };
	for (size_t i = 0; i < 2 && row->init[i]; i++)
		add(test, &status, PLAN_APP_INIT, row->restart, row->init[i]);
	for (size_t i = 0; i < 2 && row->containers[i]; i++)
		add(test, &status, PLAN_APP_MAIN, row->restart, row->containers[i]);
	pod_status_derive(&status, test->arena);
	return status;
}

#define UP     MACHINE_RUNNING
#define ALWAYS PLAN_RESTART_ALWAYS
#define RETRY  PLAN_RESTART_ON_FAILURE
#define NEVER  PLAN_RESTART_NEVER

TEST(status_words_phases_and_counts_are_those_of_kubectl)
{
	static const Row rows[] = {
		// clang-format off
		{ MACHINE_STARTING, ALWAYS, { NULL }, { "" }, "ContainerCreating", "Pending", 0 },
		{ UP, ALWAYS, { NULL }, { WAITING }, "ContainerCreating", "Running", 0 },
		{ UP, ALWAYS, { NULL }, { RUNNING }, "Running", "Running", 1 },
		{ UP, ALWAYS, { NULL }, { RUNNING, RUNNING }, "Running", "Running", 2 },
		{ UP, ALWAYS, { NULL }, { RUNNING, "" }, "ContainerCreating", "Pending", 1 },
		// Init containers, one after the other.
		{ MACHINE_STARTING, ALWAYS, { "", "" }, { "" }, "Init:0/2", "Pending", 0 },
		{ MACHINE_STARTING, ALWAYS, { RUNNING, "" }, { "" }, "Init:0/2", "Pending", 0 },
		{ MACHINE_STARTING, ALWAYS, { COMPLETED, RUNNING }, { "" }, "Init:1/2", "Pending", 0 },
		{ MACHINE_STARTING, ALWAYS, { COMPLETED, COMPLETED }, { "" }, "PodInitializing", "Pending", 0 },
		{ MACHINE_STARTING, ALWAYS, { FAILED, "" }, { "" }, "Init:Error", "Pending", 0 },
		{ MACHINE_STARTING, NEVER, { FAILED, "" }, { "" }, "Init:Error", "Failed", 0 },
		{ MACHINE_STARTING, ALWAYS, { LOOP, "" }, { "" }, "Init:CrashLoopBackOff", "Pending", 0 },
		{ MACHINE_STARTING, ALWAYS, { COMPLETED, LOOP }, { "" }, "Init:CrashLoopBackOff", "Pending", 0 },
		{ MACHINE_STARTING, ALWAYS, { OOM }, { "" }, "Init:OOMKilled", "Pending", 0 },
		{ MACHINE_STARTING, ALWAYS, { START }, { "" }, "Init:StartError", "Pending", 0 },
		{ MACHINE_STARTING, ALWAYS, { SIGNALLED }, { "" }, "Init:Signal:9", "Pending", 0 },
		{ MACHINE_STARTING, ALWAYS, { WORDLESS }, { "" }, "Init:ExitCode:7", "Pending", 0 },
		{ MACHINE_STARTING, ALWAYS, { WAITING }, { "" }, "Init:0/1", "Pending", 0 },
		{ UP, ALWAYS, { COMPLETED }, { RUNNING }, "Running", "Running", 1 },
		// The end of containers.
		{ UP, NEVER, { NULL }, { COMPLETED }, "Completed", "Succeeded", 0 },
		{ UP, NEVER, { NULL }, { COMPLETED, COMPLETED }, "Completed", "Succeeded", 0 },
		{ UP, NEVER, { NULL }, { COMPLETED, FAILED }, "Completed", "Failed", 0 },
		{ UP, NEVER, { NULL }, { FAILED, COMPLETED }, "Error", "Failed", 0 },
		{ UP, NEVER, { NULL }, { FAILED, RUNNING }, "Error", "Running", 1 },
		{ UP, NEVER, { NULL }, { COMPLETED, RUNNING }, "Running", "Running", 1 },
		{ UP, NEVER, { NULL }, { OOM }, "OOMKilled", "Failed", 0 },
		{ UP, NEVER, { NULL }, { START }, "StartError", "Failed", 0 },
		{ UP, NEVER, { NULL }, { SIGNALLED }, "Signal:9", "Failed", 0 },
		{ UP, NEVER, { NULL }, { WORDLESS }, "ExitCode:7", "Failed", 0 },
		{ UP, RETRY, { NULL }, { COMPLETED }, "Completed", "Succeeded", 0 },
		{ UP, RETRY, { NULL }, { FAILED }, "Error", "Running", 0 },
		{ UP, RETRY, { NULL }, { LOOP }, "CrashLoopBackOff", "Running", 0 },
		// With Always a Pod never succeeds; it runs on.
		{ UP, ALWAYS, { NULL }, { COMPLETED }, "Completed", "Running", 0 },
		{ UP, ALWAYS, { NULL }, { LOOP }, "CrashLoopBackOff", "Running", 0 },
		{ UP, ALWAYS, { NULL }, { RUNNING, LOOP }, "CrashLoopBackOff", "Running", 1 },
		{ UP, ALWAYS, { NULL }, { OOM, LOOP }, "OOMKilled", "Running", 0 },
		// The machine.
		{ MACHINE_STOPPED, ALWAYS, { NULL }, { "" }, "Stopped", "Pending", 0 },
		{ MACHINE_STOPPED, ALWAYS, { NULL }, { RUNNING }, "Stopped", "Pending", 0 },
		{ MACHINE_STOPPED, NEVER, { NULL }, { COMPLETED }, "Completed", "Succeeded", 0 },
		{ MACHINE_STOPPED, RETRY, { NULL }, { COMPLETED }, "Completed", "Succeeded", 0 },
		{ MACHINE_STOPPED, RETRY, { NULL }, { COMPLETED "STOPPED=yes\n" }, "Stopped", "Pending", 0 },
		{ MACHINE_STOPPED, RETRY, { NULL }, { FAILED }, "Stopped", "Pending", 0 },
		{ MACHINE_STOPPED, RETRY, { NULL }, { RUNNING }, "Stopped", "Pending", 0 },
		{ MACHINE_STOPPED, ALWAYS, { NULL }, { COMPLETED }, "Stopped", "Pending", 0 },
		{ MACHINE_STOPPED, NEVER, { NULL }, { FAILED }, "Error", "Failed", 0 },
		{ MACHINE_STOPPED, NEVER, { FAILED }, { "" }, "Init:Error", "Failed", 0 },
		{ MACHINE_STOPPED, NEVER, { RUNNING }, { "" }, "Init:ContainerStatusUnknown", "Failed", 0 },
		{ MACHINE_STOPPING, ALWAYS, { NULL }, { RUNNING }, "Terminating", "Pending", 0 },
		{ MACHINE_STOPPED, NEVER, { NULL }, { RUNNING }, "ContainerStatusUnknown", "Failed", 0 },
		{ MACHINE_STOPPED, NEVER, { NULL }, { "" }, "Stopped", "Pending", 0 },
		{ MACHINE_FAILED, ALWAYS, { NULL }, { RUNNING }, "MachineFailed", "Failed", 0 },
		{ MACHINE_FAILED, NEVER, { NULL }, { COMPLETED }, "Completed", "Succeeded", 0 },
		{ MACHINE_RESTARTING, ALWAYS, { NULL }, { RUNNING }, "MachineFailed", "Running", 0 },
		{ MACHINE_RESTARTING, ALWAYS, { RUNNING }, { "" }, "MachineFailed", "Pending", 0 },
		{ MACHINE_RESTARTING, ALWAYS, { NULL }, { "" }, "MachineFailed", "Pending", 0 },
		{ MACHINE_RESTARTING, RETRY, { NULL }, { COMPLETED }, "Completed", "Succeeded", 0 },
		// clang-format on
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const PodStatus status = status_of(test, &rows[i]);
		CHECK_TEXT(arena_printf(test->arena, "%zu: %s %s %u", i, status.reason,
					pod_phase_to_text(status.phase), status.ready_count),
			   arena_printf(test->arena, "%zu: %s %s %u", i, rows[i].reason,
					rows[i].phase, rows[i].ready));
	}
}

TEST(status_counts_restarts_of_all_containers)
{
	const Row row = {
		UP,
		ALWAYS,
		{ "STATE=terminated\nREASON=Completed\nRESTARTS=2\n" },
		{ LOOP,
		  "STATE=running\nRESTARTS=1\nLAST_REASON=Error\nLAST_FINISHED_AT=1700000070.000000\n" },
		"",
		"",
		0
	};
	PodStatus status = status_of(test, &row);
	CHECK(status.restart_count == 7 && status.last_restart_us == INT64_C(1700000070000000));
	// Derived again it is the same: counts do not add up.
	pod_status_derive(&status, test->arena);
	CHECK(status.restart_count == 7 && status.ready_count == 1);
}

// --- failures

TEST(status_explains_the_first_failure)
{
	static const struct {
		Row row;
		const char *sentence; // NULL: all is well
	} rows[] = {
		// clang-format off
		{ { UP, ALWAYS, { NULL }, { RUNNING }, "", "", 0 }, NULL },
		{ { UP, ALWAYS, { NULL }, { "" }, "", "", 0 }, NULL },
		{ { UP, ALWAYS, { NULL }, { WAITING }, "", "", 0 }, NULL },
		{ { UP, NEVER, { NULL }, { COMPLETED }, "", "", 0 }, NULL },
		{ { UP, RETRY, { NULL }, { COMPLETED }, "", "", 0 }, NULL },
		{ { UP, ALWAYS, { COMPLETED }, { RUNNING }, "", "", 0 }, NULL },
		{ { UP, NEVER, { NULL }, { RUNNING, FAILED }, "", "", 0 }, "container 'app1' exited with status 3" },
		{ { UP, ALWAYS, { NULL }, { COMPLETED }, "", "", 0 }, "container 'app0' exited with status 0" },
		{ { UP, ALWAYS, { NULL }, { LOOP }, "", "", 0 }, "container 'app0' exited with status 1" },
		{ { UP, ALWAYS, { NULL }, { SIGNALLED }, "", "", 0 }, "container 'app0' was ended by signal 9" },
		{ { UP, ALWAYS, { NULL }, { OOM }, "", "", 0 }, "container 'app0' ran out of memory and was killed" },
		{ { UP, ALWAYS, { NULL }, { START }, "", "", 0 },
		  "container 'app0' could not be started: exec 'x': No such file or directory" },
		{ { UP, ALWAYS, { COMPLETED, LOOP }, { FAILED }, "", "", 0 }, "init container 'init1' exited with status 1" },
		// clang-format on
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const PodStatus status = status_of(test, &rows[i].row);
		const ContainerStatus *failed = pod_status_find_failure(&status);
		CHECK((failed != NULL) == (rows[i].sentence != NULL));
		if (failed)
			CHECK_TEXT(container_status_explain(failed, test->arena), rows[i].sentence);
	}
}

// --- printing

static const char *json_of(Test *test, const PodStatus *status)
{
	CLEANUP_BUFFER json = { 0 };
	pod_status_print(status, &json);
	return buffer_take(&json, test->arena);
}

#define CONDITIONS(initialized, ready)                                                             \
	"\"conditions\":[{\"type\":\"PodScheduled\",\"status\":\"True\"},"                         \
	"{\"type\":\"Initialized\",\"status\":\"" initialized "\"},"                               \
	"{\"type\":\"ContainersReady\",\"status\":\"" ready "\"},"                                 \
	"{\"type\":\"Ready\",\"status\":\"" ready "\"}],"
#define IMAGE "\"image\":\"i:1\",\"imageID\":\"i@sha256:0\","

TEST(status_explains_what_is_late)
{
	static const struct {
		Row row;
		const char *words;
	} rows[] = {
		{ { MACHINE_STARTING, RETRY, { RUNNING, "" }, { "", "" }, "", "", 0 },
		  "init container 'init0' has been running for 5s; init container 'init1' waits for init container 'init0'; "
		  "container 'app0' waits for init container 'init1'; container 'app1' waits for init container 'init1'" },
		{ { MACHINE_STARTING,
		    RETRY,
		    { COMPLETED, LOOP "BACKOFF_UNTIL=1700000112.000000\n" },
		    { "" },
		    "",
		    "",
		    0 },
		  "init container 'init1' is tried again in 7s, as it exited with status 1; "
		  "container 'app0' waits for init container 'init1'" },
		{ { MACHINE_STARTING, NEVER, { FAILED }, { "" }, "", "", 0 },
		  "init container 'init0' exited with status 3; container 'app0' waits for init container 'init0'" },
		{ { MACHINE_STARTING, ALWAYS, { NULL }, { RUNNING, "" }, "", "", 0 },
		  "container 'app1' has not been started yet" },
		{ { MACHINE_STARTING, ALWAYS, { COMPLETED }, { WAITING, RUNNING }, "", "", 0 },
		  "container 'app0' is being started" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const PodStatus status = status_of(test, &rows[i].row);
		CHECK_TEXT(pod_status_explain_late(&status, 1700000105000000, test->arena),
			   rows[i].words);
	}
}

TEST(status_prints_as_pod_status)
{
	const Row running = { UP, ALWAYS, { COMPLETED }, { RUNNING, LOOP }, "", "", 0 };
	PodStatus status = status_of(test, &running);
	status.address = (10u << 24) | (233u << 16) | 2;
	CHECK_TEXT(
		json_of(test, &status),
		"{\"phase\":\"Running\",\"reason\":\"CrashLoopBackOff\"," CONDITIONS(
			"True",
			"False") "\"podIP\":\"10.233.0.2\",\"initContainerStatuses\":[{\"name\":\"init0\","
				 "\"state\":{\"terminated\":{\"exitCode\":0,\"reason\":\"Completed\","
				 "\"startedAt\":\"2023-11-14T22:13:20Z\",\"finishedAt\":\"2023-11-14T22:14:20Z\"}},"
				 "\"lastState\":{},\"ready\":true,\"restartCount\":0," IMAGE
				 "\"started\":false}],"
				 "\"containerStatuses\":[{\"name\":\"app0\",\"state\":{\"running\":{\"startedAt\":\"2023-11-14T22:15:00Z\"}},"
				 "\"lastState\":{},\"ready\":true,\"restartCount\":0," IMAGE
				 "\"started\":true},"
				 "{\"name\":\"app1\",\"state\":{\"waiting\":{\"reason\":\"CrashLoopBackOff\"}},"
				 "\"lastState\":{\"terminated\":{\"exitCode\":1,\"reason\":\"Error\","
				 "\"startedAt\":\"2023-11-14T22:13:20Z\",\"finishedAt\":\"2023-11-14T22:14:10Z\"}},"
				 "\"ready\":false,\"restartCount\":4," IMAGE
				 "\"started\":false}]}");

	const Row waiting = { UP, ALWAYS, { "" }, { "" }, "", "", 0 };
	status = status_of(test, &waiting);
	CHECK_TEXT(
		json_of(test, &status),
		"{\"phase\":\"Pending\",\"reason\":\"Init:0/1\"," CONDITIONS(
			"False",
			"False") "\"initContainerStatuses\":[{\"name\":\"init0\",\"state\":{\"waiting\":{\"reason\":\"PodInitializing\"}},"
				 "\"lastState\":{},\"ready\":false,\"restartCount\":0," IMAGE
				 "\"started\":false}],"
				 "\"containerStatuses\":[{\"name\":\"app0\",\"state\":{\"waiting\":{\"reason\":\"PodInitializing\"}},"
				 "\"lastState\":{},\"ready\":false,\"restartCount\":0," IMAGE
				 "\"started\":false}]}");

	status.started_us = 1700000000999999;
	CHECK(strstr(json_of(test, &status),
		     "\"reason\":\"Init:0/1\",\"startTime\":\"2023-11-14T22:13:20Z\","));

	const Row ready = { UP, ALWAYS, { NULL }, { SIGNALLED }, "", "", 0 };
	status = status_of(test, &ready);
	CHECK(strstr(json_of(test, &status), "{\"terminated\":{\"exitCode\":137,\"signal\":9}}"));
}

TEST(status_of_a_stopped_machine_runs_nothing)
{
	const Row row = { MACHINE_STOPPED, ALWAYS, { NULL }, { RUNNING }, "", "", 0 };
	PodStatus status = status_of(test, &row);
	const char *json = json_of(test, &status);
	CHECK(strstr(json, "\"phase\":\"Pending\",\"reason\":\"Stopped\""));
	CHECK(strstr(json, "\"ready\":false") && !strstr(json, "\"ready\":true"));
	CHECK(strstr(json,
		     "{\"terminated\":{\"exitCode\":137,\"reason\":\"ContainerStatusUnknown\","
		     "\"startedAt\":\"2023-11-14T22:15:00Z\"}}"));
	CHECK(!strstr(json, "\"running\"") && strstr(json, "\"started\":false"));
}

// apimachinery pkg/util/duration, duration_test.go
TEST(age_is_printed_as_kubectl_does)
{
	static const struct {
		int64_t seconds;
		const char *text;
	} rows[] = {
		{ -5, "<invalid>" },
		{ -1, "0s" },
		{ 0, "0s" },
		{ 1, "1s" },
		{ 119, "119s" },
		{ 120, "2m" },
		{ 121, "2m1s" },
		{ 70 * 60, "70m" },
		{ 599, "9m59s" },
		{ 600, "10m" },
		{ 601, "10m" },
		{ 179 * 60 + 59, "179m" },
		{ 180 * 60, "3h" },
		{ 181 * 60, "3h1m" },
		{ 7 * 3600 + 59 * 60, "7h59m" },
		{ 8 * 3600, "8h" },
		{ 47 * 3600 + 3599, "47h" },
		{ 48 * 3600, "2d" },
		{ 49 * 3600, "2d1h" },
		{ 8 * 86400 - 1, "7d23h" },
		{ 8 * 86400, "8d" },
		{ 8 * 86400 + 3600, "8d" },
		{ INT64_C(2) * 365 * 86400 - 1, "729d" },
		{ INT64_C(2) * 365 * 86400, "2y" },
		{ INT64_C(2) * 365 * 86400 + 86400, "2y1d" },
		{ INT64_C(8) * 365 * 86400 - 1, "7y364d" },
		{ INT64_C(8) * 365 * 86400, "8y" },
		{ INT64_C(9) * 365 * 86400 + 86400, "9y" },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_TEXT(age_print(rows[i].seconds, test->arena), rows[i].text);
}

// --- from the disk

TEST(status_is_read_from_the_plan_and_the_records)
{
	Host host = { .data_dir = path_join(test->arena, test_directory(test), "data"),
		      .run_dir = path_join(test->arena, test_directory(test), "run") };
	const Config config = { .network_subnet = "10.233.0.0/16" };
	MachinePlan plan = { .name = "web", .slot = 2 };
	*plan_apps_push(test->arena, &plan.apps) =
		(PlanApp){ .name = "app", .image = "i", .stop_signal = "SIGTERM" };
	*plan_apps_push(test->arena, &plan.apps) =
		(PlanApp){ .name = "bad", .image = "i", .stop_signal = "SIGTERM" };
	const char *generation = NULL;
	CHECK(layout_prepare(&host, &test->error) &&
	      generation_write(&host, &plan, NULL, 0, test->arena, &generation, &test->error) &&
	      generation_switch(&host, "web", generation, &test->error));
	const char *records[][2] = { { "app", RUNNING }, { "bad", "STATE=running\nPID=x\n" } };
	for (size_t i = 0; i < COUNT(records); i++) {
		const char *directory = arena_printf(test->arena, "%s/machines/web/status/%s",
						     host.run_dir, records[i][0]);
		CHECK(file_make_directories(AT_FDCWD, directory, 0755, &test->error) &&
		      file_replace_volatile(
			      AT_FDCWD, path_join(test->arena, directory, SPEC_STATUS_RECORD),
			      records[i][1], strlen(records[i][1]), 0644, &test->error));
	}
	MachineInfo machine = { .name = "web", .status = MACHINE_RUNNING };
	PodStatus status = { 0 };
	CHECK(pod_status_load(&host, &config, &machine, test->arena, &status, &test->error));
	CHECK(status.containers.count == 2 && status.containers.items[0].has_record);
	CHECK(!status.containers.items[1].has_record); // what cannot be understood is none
	CHECK_TEXT(status.reason, "ContainerCreating");
	CHECK_TEXT(ipv4_print(status.address, test->arena), "10.233.0.4");

	machine.status = MACHINE_STOPPED;
	CHECK(pod_status_load(&host, &config, &machine, test->arena, &status, &test->error));
	CHECK(status.address == 0);
	machine.name = "none";
	CHECK_ERROR(pod_status_load(&host, &config, &machine, test->arena, &status, &test->error),
		    "no machine 'none'");
}

TEST(status_tells_of_which_run_the_log_is_partial)
{
	static const struct {
		const char *record;
		bool current, previous;
	} rows[] = {
		{ "", false, false },
		{ "STATE=running\nLAST_REASON=Error\nLAST_LOG_IS_PARTIAL=1\n", false, true },
		{ "STATE=terminated\nREASON=Error\nLOG_IS_PARTIAL=1\n", true, false },
		{ "STATE=terminated\nREASON=Error\nLAST_REASON=Error\nLAST_LOG_IS_PARTIAL=1\n",
		  false, true },
		// Between two runs the last one is both.
		{ "STATE=waiting\nREASON=CrashLoopBackOff\nLAST_REASON=Error\n"
		  "LAST_LOG_IS_PARTIAL=1\n",
		  true, true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		PodStatus status = { .name = "web", .machine = UP };
		add(test, &status, PLAN_APP_MAIN, ALWAYS, rows[i].record);
		const ContainerStatus *container = &status.containers.items[0];
		CHECK(container_has_partial_log(container, false) == rows[i].current);
		CHECK(container_has_partial_log(container, true) == rows[i].previous);
	}
}
