// isolate/app/seccomp.h - seccomp programs: from OCI profile JSON, and the one of a whole machine.
// A program is an array of struct sock_filter (SPEC_FILTER_BYTES each) for this host's architectures. Compiling the
// default profile takes tens of milliseconds: `make` compiles the two fixed programs, and the boot helper reads files.
#ifndef ISOLATE_APP_SECCOMP_H
#define ISOLATE_APP_SECCOMP_H

#include "pkg/base/text.h"

#include "pkg/base/error.h"

#include <stdint.h>

// Programs that `make install` puts into Host.library_dir.
#define SECCOMP_PROFILE_NAME "seccomp-default.json" // RuntimeDefault, as data
#define SECCOMP_DEFAULT_NAME "seccomp-default.bpf"  // RuntimeDefault for capability_default
#define SECCOMP_MACHINE_NAME                                                                       \
	"seccomp-machine.bpf"              // around a whole machine, instead of nspawn's own
#define SECCOMP_APP_NAME "seccomp-app.bpf" // around every app, whatever its profile
#define SECCOMP_APP_PLAIN_NAME                                                                     \
	"seccomp-app-plain.bpf" // the same for an app that makes plain files only

// Compiles an OCI or Docker profile. capabilities: the set that the application may use (its bounding set); rules with
// "includes" and "excludes" depend on it. Calls that the profile was written too early to know get ENOSYS, not its
// default action, so that C libraries fall back (as runc does).
// Fails: ERROR_INVALID (no profile, an unknown action), ERROR_UNSUPPORTED (SCMP_ACT_NOTIFY, an architecture that
// libseccomp lacks), ERROR_LIMIT.
// Spec: https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#seccomp
MUST_CHECK bool seccomp_compile_profile(const char *json, size_t length, uint64_t capabilities,
					Buffer *ret_program, Error *error);

// The deny list around a machine: what reaches the kernel as a whole (modules, clocks, swap, kexec, io_uring, bpf, keys)
// fails with EPERM. Replaces nspawn's own allow list, whose compilation costs 30 ms at every start.
MUST_CHECK bool seccomp_compile_machine(Buffer *ret_program, Error *error);

// What an application is denied whatever its profile: what its machine is, and another execution domain
// (personality(2)). makes_plain_files: set-user-ID and set-group-ID bits too, for one that writes to directories of the host
// where others would find such files (chmod, open with O_TMPFILE, mknod and their like; openat2 and calls newer than
// Linux 6.1, which could not be looked into, are as if the kernel lacked them).
MUST_CHECK bool seccomp_compile_app(bool makes_plain_files, Buffer *ret_program, Error *error);

// Loads `program` into the calling process, for good. Needs CAP_SYS_ADMIN or no_new_privs.
MUST_CHECK bool seccomp_load_program(Span program, Error *error);

#endif
