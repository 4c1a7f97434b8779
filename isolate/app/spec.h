// isolate/app/spec.h - an application as sdme-isolate shall run it.
// Filled in by whoever plans a machine, printed into the binary form of isolate/guest/spec.h by spec_print, which is
// the standard input of sdme-isolate. $(NAME) references are resolved while printing: the guest sees final texts.
#ifndef ISOLATE_APP_SPEC_H
#define ISOLATE_APP_SPEC_H

#include "isolate/app/capability.h"
#include "pkg/base/text.h"

typedef enum AppKind {
	APP_KIND_APPLICATION, // runs until it ends; its unit has Restart=
	APP_KIND_INIT,        // must succeed once; retried inside its oneshot unit
	APP_KIND_EXEC, // a command beside a running one: isolate/enter/enter.h sets this itself
} AppKind;

typedef enum AppRestart {
	APP_RESTART_ALWAYS,
	APP_RESTART_ON_FAILURE,
	APP_RESTART_NEVER,
} AppRestart;

typedef struct AppVariable {
	const char *name; // not empty, no '='
	const char *value;
	bool is_expandable; // $(NAME) in the value stands for a variable before this one (`env[].value`)
	bool is_hidden; // no source for $(NAME): the image's ENV and HOSTNAME, which Kubernetes does not know
} AppVariable;

VEC_DECLARE(AppVariables, app_variables, AppVariable);
VEC_DECLARE(AppGroups, app_groups, uint32_t);

// Something of the machine in the application's view, with what is mounted below it.
typedef struct AppMount {
	const char *source; // absolute path in the machine
	const char *target; // absolute path in the application's root; made when it is missing
	bool is_read_only;
	bool is_optional; // a machine without the source is fine
} AppMount;
VEC_DECLARE(AppMounts, app_mounts, AppMount);

typedef struct AppSpec {
	// Names the configuration ("web/nginx/GENERATION"): restarts are counted, and backed off, as long as it stays the
	// same. At most SPEC_IDENTIFIER_MAX bytes without a line break.
	const char *identifier;
	AppKind kind;
	AppRestart
		restart; // an init container: how often it is tried; all: which records must outlast a power cut

	Texts arguments;  // at least one; $(NAME) is resolved unless is_verbatim
	bool is_verbatim; // arguments come from the image or the command line: no $(NAME)
	AppVariables
		environment; // in order; of equal names the last one counts, at the place of the first
	const char *working_directory; // absolute; NULL or "": "/". Made when it is missing

	uint32_t uid;
	uint32_t gid;
	AppGroups groups; // supplementary
	CapabilitySets capabilities;

	bool no_new_privileges;
	bool share_process_namespace; // no pid namespace of its own
	bool own_ipc;
	bool own_shm;    // a /dev/shm of its own: with own_ipc, unless a volume is mounted there
	bool own_cgroup; // sees its own limits below /sys/fs/cgroup, as on Kubernetes with cgroup v2
	bool read_only_root;
	bool end_unhandled; // a stop signal without a handler ends PID 1 at once instead of after the grace period
	bool has_message; // keeps termination messages in the status directory
	bool has_stdin; // its standard input is held open, and nobody writes to it; else it is at its end
	bool has_terminal;  // its standard input and outputs are a terminal
	uint64_t shm_bytes; // 0: 64 MiB, as Docker

	AppMounts mounts; // in this order, over what is mounted in the root directory already

	Texts masked_paths;    // spec_default_masked_paths
	Texts read_only_paths; // spec_default_read_only_paths

	Span filter; // BPF of isolate/app/seccomp.h; empty: none

	// Zeros stand for what the kubelet has: 10 s, 300 s, 600 s; 10 MiB and 5 files.
	uint64_t backoff_base_ms;
	uint64_t backoff_max_ms;
	uint64_t backoff_reset_ms;
	uint64_t log_part_bytes;
	uint64_t log_parts;
} AppSpec;

// The paths that runtimes hide from containers, and those they only let them read (containerd, oci/spec.go). Not
// wanted when procMount is Unmasked.
void spec_default_masked_paths(Arena *arena, Texts *ret);
void spec_default_read_only_paths(Arena *arena, Texts *ret);

// The environment as the application gets it, "NAME=VALUE" texts, and its arguments: $(NAME) resolved.
void spec_environment(const AppSpec *spec, Arena *arena, Texts *ret);
void spec_arguments(const AppSpec *spec, Arena *arena, Texts *ret);

// Appends the binary form. Fails with ERROR_INVALID (no argument, a name with '='), or ERROR_LIMIT.
MUST_CHECK bool spec_print(const AppSpec *spec, Buffer *ret, Error *error);
// Reads the binary form back; everything points into `arena`. References are resolved by then, so that nothing is
// expandable and is_verbatim is set. Fails with ERROR_INVALID when an offset or a size is wrong.
MUST_CHECK bool spec_parse(const void *bytes, size_t length, Arena *arena, AppSpec *ret,
			   Error *error);

#endif
