// isolate/guest/app/sdme-isolate.c - runs one application of a machine, confined.
// `sdme-isolate app NAME` is the ExecStart of sdme-oci-NAME.service. It stays outside of the application's namespaces and
// root directory as its parent: passes signals in and output out, writes down how it ended, and waits between restarts.
// `sdme-isolate exec` instead starts a command beside a running application (isolate/enter/enter.h).
#include "isolate/guest/app/exec.h"
#include "isolate/guest/app/identity.h"
#include "isolate/guest/app/launch.h"
#include "isolate/guest/app/record.h"
#include "isolate/guest/app/supervise.h"
#include "isolate/guest/base/line.h"
#include "isolate/guest/inside.h"

#include <linux/capability.h>
#include <linux/un.h>

enum {
	MESSAGE_BYTES = 4096
}; // kubelet reads no more of a termination message

typedef struct Service {
	Application application;
	Supervision supervision;
	Record record;
	Line root;    // the application's root directory, a path of the machine
	int status;   // directory of the records
	int notifier; // connected to $NOTIFY_SOCKET, or -1
} Service;

// --- systemd

// Connects to the socket of sd_notify(3); -1 without one, as in a oneshot unit.
static int connect_notifier(const char *path)
{
	struct sockaddr_un address = { .sun_family = SOCKET_UNIX };
	const size_t length = path ? text_length(path) : 0;
	if (length == 0 || length >= sizeof(address.sun_path))
		return -1;
	memcpy(address.sun_path, path, length);
	if (path[0] == '@')
		address.sun_path[0] = '\0';

	const int fd = (int)CALL3(socket, SOCKET_UNIX, SOCKET_DATAGRAM | O_CLOEXEC, 0);
	const size_t size = offsetof(struct sockaddr_un, sun_path) + length;
	if (CALL3(connect, fd, &address, size) < 0) {
		complain("connect to", path, ECONNREFUSED);
		return -1;
	}
	return fd;
}

static void notify(const Service *service, const char *message)
{
	if (service->notifier >= 0)
		sys_write(service->notifier, message, text_length(message));
}

// --- start-up

static int fail(const char *what, const char *subject, long result)
{
	complain(what, subject, (int)-result);
	return SPEC_EXIT_START_ERROR;
}

static void set_path(Line *path, const char *before, const char *name, const char *behind)
{
	path->length = 0;
	line_add(path, before);
	line_add(path, name);
	line_add(path, behind);
}

static int load(Service *service, const char *name)
{
	Line path;
	set_path(&path, "/" INSIDE_RUN "/" INSIDE_RUN_SPECS "/", name, "");
	const int spec = sys_open(AT_FDCWD, path.text, O_RDONLY, 0);
	const int result = spec < 0 ? spec : application_load(spec, &service->application);
	sys_close(spec);
	if (result < 0)
		return fail("understand the specification", path.text, result);

	set_path(&path, "/" INSIDE_RUN "/" INSIDE_RUN_STATUS "/", name, "");
	service->status = sys_open(AT_FDCWD, path.text, O_RDONLY | O_DIRECTORY, 0);
	if (service->status < 0)
		return fail("open", path.text, service->status);

	set_path(&path, "/" INSIDE_RUN "/" INSIDE_RUN_LOGS "/", name, "");
	const int logs = sys_open(AT_FDCWD, path.text, O_RDONLY | O_DIRECTORY, 0);
	log_open(&service->supervision.log, logs, service->application.header);
	return logs < 0 ? fail("open", path.text, logs) : 0;
}

// 0, or an exit status after a complaint.
static int open_service(Service *service, const char *name, const char *const *environment)
{
	const int result = load(service, name);
	if (result != 0)
		return result;
	set_path(&service->root, "/" INSIDE_APPS "/", name, "/root");
	service->notifier = connect_notifier(environment_get(environment, "NOTIFY_SOCKET"));
	launch_block_signals();
	outlet_open(&service->supervision.outlet);
	if (!supervise_open(&service->supervision))
		return fail("open a signal descriptor", "", 0);
	record_load(service->status, &service->application, &service->record);
	return 0;
}

// --- one instance after the other

static void save(Service *service)
{
	record_save(service->status, &service->application, &service->record);
}

// Waits until the next instance may start. 0, or the signal that ended the wait; the record is as before then.
static int wait_for_turn(Service *service)
{
	Record *record = &service->record;
	const int64_t start_us = record_next_start(record, service->application.header);
	if (start_us == 0)
		return 0;

	const Record before = *record;
	record->state = RECORD_WAITING;
	record->waits_till_us = start_us;
	record->last = before.end;
	save(service);
	notify(service, "STATUS=CrashLoopBackOff");
	const int signal = supervise_wait(&service->supervision, start_us);
	*record = before;
	if (signal)
		save(service);
	return signal;
}

// Keeps the message that the last instance left, and makes the file empty for the next one. The file stays the same
// one: it is mounted in the application.
static void turn_message(const Service *service)
{
	if (!application_has(&service->application, SPEC_STATUS_HAS_MESSAGE))
		return;
	const int fd =
		sys_open(service->status, SPEC_STATUS_MESSAGE, O_RDWR | O_CREAT | O_NOFOLLOW, 0666);
	const int kept = sys_open(service->status, SPEC_STATUS_PREVIOUS_MESSAGE,
				  O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0644);
	char message[MESSAGE_BYTES];
	const long length = sys_read(fd, message, sizeof(message));
	if (length > 0)
		sys_write(kept, message, (size_t)length);
	CALL2(ftruncate, fd, 0);
	CALL2(fchmod, fd, 0666);
	sys_close(kept);
	sys_close(fd);
}

static void set_start_error(Record *record, const SpecFailure *failure)
{
	Line message;
	message.length = 0;
	line_add_failure(&message, failure->what, failure->subject, failure->os_errno);

	ending_set(&record->end, failure->exit_status, 0, "StartError");
	for (size_t i = 0; i <= message.length && i < sizeof(record->end.message); i++) {
		const bool is_control = message.text[i] > 0 && message.text[i] < ' ';
		record->end.message[i] = is_control ? ' ' : message.text[i];
	}
	record->end.message[sizeof(record->end.message) - 1] = '\0';
}

static bool start(Service *service, Launched *ret)
{
	Record *record = &service->record;
	record_count_start(record, service->application.header);
	turn_message(service);
	log_begin(&service->supervision.log);

	SpecFailure failure = { 0 };
	record->started_us = record->end.started_us = sys_clock(CLOCK_OF_DAY);
	if (launch(&service->application, service->root.text, ret, &failure)) {
		record->state = RECORD_RUNNING;
		record->pid = (uint32_t)ret->pid;
		save(service);
		notify(service, "READY=1\nSTATUS=Running");
		return true;
	}
	complain(failure.what, failure.subject, failure.os_errno);
	set_start_error(record, &failure);
	record->end.finished_us = record->end.started_us;
	log_end(&service->supervision.log);
	return false;
}

// One instance from start to end; its exit status.
static int run_once(Service *service)
{
	Record *record = &service->record;
	Launched launched;
	if (start(service, &launched)) {
		// Nothing is mounted or made any more; an init container may have to be started again.
		if (service->application.header->kind == SPEC_KIND_APPLICATION)
			identity_keep_only(UINT64_C(1) << CAP_KILL);
		supervise(&service->supervision, &service->application, &launched, &record->end);
		// How it ended is known, should anything happen to us; to others it has ended when its log is whole.
		save(service);
		supervise_finish(&service->supervision, &record->end);
	}
	record->state = RECORD_TERMINATED;
	save(service);
	return record->end.exit_code;
}

// What a signal during the wait makes of the unit: a stop that was asked for, or else a restart.
static int status_of_stop(int signal)
{
	const bool is_stop = signal == SIGTERM || signal == SIGINT || signal == SIGQUIT;
	return is_stop ? 0 : SPEC_EXIT_SIGNAL + signal;
}

static int run_service(const char *name, const char *const *environment)
{
	Service service;
	const int result = open_service(&service, name, environment);
	if (result != 0)
		return result;

	const SpecHeader *header = service.application.header;
	const bool repeats =
		header->kind == SPEC_KIND_INIT && header->restart_policy != SPEC_RESTART_NEVER;
	for (;;) {
		const int signal = wait_for_turn(&service);
		if (signal)
			return status_of_stop(signal);
		const int status = run_once(&service);
		if (status == 0 || !repeats || service.supervision.has_stop)
			return status;
	}
}

// --- the program

int guest_main(int count, char **arguments, char **environment)
{
	if (count == 2 && text_equal(arguments[1], "exec"))
		exec_run();
	if (count == 3 && text_equal(arguments[1], "app"))
		return run_service(arguments[2], (const char *const *)(const void *)environment);
	complain("started by hand: it is run by systemd in a machine of sdme", "", 0);
	return SPEC_EXIT_START_ERROR;
}
