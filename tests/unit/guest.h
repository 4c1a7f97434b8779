// tests/unit/guest.h - the real sdme-isolate in a root directory that holds nothing but a static busybox.
// The machine around it (isolate/guest/inside.h says where it finds its files) is a few mounts in a mount namespace of its
// own: as root only.
#ifndef TESTS_UNIT_GUEST_H
#define TESTS_UNIT_GUEST_H

#include "isolate/app/spec.h"
#include "tests/unit/test.h"

#include <sys/types.h>

typedef struct Guest {
	Test *test;
	Arena *arena;
	const char *root;    // of the application
	const char *machine; // the root of the machine around it
	const char *status;  // its records
	const char *log;     // its logs
	const char *out;     // file: what sdme-isolate wrote to stdout
	const char *err;
	int stream; // when not 0, its stdout and stderr instead of the files; closed in here by guest_start
	const char *program;
	const char *notify; // NULL: no socket
	AppSpec spec;
	pid_t pid; // of sdme-isolate
} Guest;

// An application that may do what root of a container may. NULL, with the test failed or skipped, when it cannot be.
Guest *guest_new(Test *test);
// Declares `name` or leaves the test.
#define GUEST(name)                                                                                \
	Guest *name = guest_new(test);                                                             \
	if (!name)                                                                                 \
	return

// The program beside this test's own, or NULL.
const char *guest_program(Arena *arena);
void guest_variable(Guest *guest, const char *name, const char *value, bool is_expandable);
void guest_arguments(Guest *guest, const char *first, const char *second, const char *third);
// A shell script; the applets of busybox that tests use go by their names.
void guest_script(Guest *guest, const char *text);
void guest_user(Guest *guest, uint32_t uid, uint32_t gid);

void guest_start(Guest *guest);
// The exit status of sdme-isolate; -1 when it takes too long or dies of a signal.
int guest_wait(Guest *guest);
int guest_run(Guest *guest);

// What it wrote so far.
const char *guest_output(const Guest *guest);
const char *guest_errors(const Guest *guest);
const char *guest_content(const Guest *guest, const char *path, size_t *ret_length);
// The file of its log, "0.0.log".
const char *guest_log(const Guest *guest, const char *name);
// The value of KEY in the record; "" when it is not there.
const char *guest_record(const Guest *guest, const char *key);
// False when it takes too long.
bool guest_wait_for(const Guest *guest, const char *key, const char *value);
bool guest_wait_for_output(const Guest *guest, const char *text);
void guest_sleep_ms(long milliseconds);

#endif
