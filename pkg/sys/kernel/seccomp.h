// pkg/sys/kernel/seccomp.h - system call filters as rules, turned into BPF programs by libseccomp.
// The only user of <seccomp.h>. A SeccompFilter starts with the action for whatever no rule names.
#ifndef PKG_SYS_KERNEL_SECCOMP_H
#define PKG_SYS_KERNEL_SECCOMP_H

#include "pkg/base/error.h"
#include "pkg/base/text.h"

#include <stdint.h>

typedef enum SeccompActionKind {
	SECCOMP_ALLOW,
	SECCOMP_ERRNO, // fails with an errno
	SECCOMP_KILL_THREAD,
	SECCOMP_KILL_PROCESS,
	SECCOMP_TRAP,  // SIGSYS
	SECCOMP_TRACE, // a message for the tracer
	SECCOMP_LOG,   // allowed and logged
} SeccompActionKind;

typedef struct SeccompAction {
	SeccompActionKind kind;
	uint16_t value; // ERRNO: the errno; TRACE: the message
} SeccompAction;

typedef enum SeccompComparison {
	SECCOMP_EQUAL,
	SECCOMP_NOT_EQUAL,
	SECCOMP_LESS,
	SECCOMP_LESS_OR_EQUAL,
	SECCOMP_GREATER,
	SECCOMP_GREATER_OR_EQUAL,
	SECCOMP_MASKED_EQUAL, // (argument & value) == value_two
} SeccompComparison;

typedef struct SeccompArgument {
	unsigned index; // 0..5
	SeccompComparison comparison;
	uint64_t value;
	uint64_t value_two;
} SeccompArgument;

typedef struct SeccompFilter SeccompFilter;

#define SECCOMP_ARGUMENTS_MAX 6

// A filter for the native architecture.
MUST_CHECK bool seccomp_filter_open(SeccompAction otherwise, SeccompFilter **ret, Error *error);
// Accepts NULL.
void seccomp_filter_close(SeccompFilter **filter);
#define CLEANUP_SECCOMP_FILTER CLEANUP(seccomp_filter_close) SeccompFilter *

// Adds an architecture by its OCI name ("SCMP_ARCH_X86"); one that is there already is fine. Fails with
// ERROR_UNSUPPORTED when libseccomp does not know the name.
MUST_CHECK bool seccomp_filter_add_architecture(SeccompFilter *filter, const char *name,
						Error *error);
// Adds the architectures that a kernel of this host also runs (x86 and x32 on x86_64, arm on aarch64).
MUST_CHECK bool seccomp_filter_add_compatible(SeccompFilter *filter, Error *error);

// The call's number on the native architecture, or -1: unknown, or there only on others.
int seccomp_call_number(const char *name);

// A rule for one call. All arguments must match. A call that no libseccomp of today knows is skipped, and so is a rule
// with the filter's default action, which changes nothing.
MUST_CHECK bool seccomp_filter_add_rule(SeccompFilter *filter, const char *call,
					SeccompAction action, const SeccompArgument *arguments,
					size_t count, Error *error);

// Appends the BPF program: an array of struct sock_filter. Calls of the native architecture with a number above
// last_call fail with ENOSYS, whatever the rules say; -1: no such limit.
MUST_CHECK bool seccomp_filter_print(const SeccompFilter *filter, int last_call, Buffer *ret,
				     Error *error);

// Appends a beginning that a program is to follow: calls with a number above last_call fail with ENOSYS, on whatever
// architecture; last_call is at least 424, from where on the kernel gives all architectures the same numbers.
void seccomp_program_begin(Buffer *ret, int last_call);
// Appends the program that asks `first`, and `second` about what that allows. An empty `second` allows everything.
// Fails with ERROR_LIMIT when that is longer than the kernel takes.
MUST_CHECK bool seccomp_program_join(Span first, Span second, Buffer *ret, Error *error);

// Loads a program into the calling process, for good. Needs CAP_SYS_ADMIN or no_new_privs.
MUST_CHECK bool seccomp_filter_load(Span program, Error *error);

#endif
