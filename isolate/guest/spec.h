// isolate/guest/spec.h - what sdme-isolate is told: the binary form of an application's specification.
// Plain data, shared by the host half (isolate/app/spec.c writes it) and the guest half (which reads it before anything
// else, and trusts no offset in it). One file: a SpecHeader, then what its offsets point to. Offsets count bytes from
// the beginning of the file; texts end with a NUL, lists are aligned to their items. Offset 0 means "none". Numbers are in
// the byte order of the machine: the file never leaves it.
#ifndef ISOLATE_GUEST_SPEC_H
#define ISOLATE_GUEST_SPEC_H

#include <stdint.h>

#define SPEC_MAGIC   UINT64_C(0x6365707365656d64) // "dmeespec", little endian
#define SPEC_VERSION 2

// The whole file. execve(2) takes 2 MiB of texts under the usual stack limit; the rest is room for the seccomp program.
#define SPEC_BYTES_MAX      (8u << 20)
#define SPEC_TEXTS_MAX      65536u // members of one list of texts
#define SPEC_GROUPS_MAX     65536u // NGROUPS_MAX of Linux
#define SPEC_FILTER_MAX     4096u  // BPF_MAXINSNS: instructions of a seccomp program
#define SPEC_FILTER_BYTES   8u     // one struct sock_filter
#define SPEC_MOUNTS_MAX     4096u
#define SPEC_IDENTIFIER_MAX 255u

// Files in the status directory.
#define SPEC_STATUS_RECORD           "state" // KEY=VALUE lines, see isolate/app/record.h
#define SPEC_STATUS_MESSAGE          "termination" // what the application leaves at terminationMessagePath
#define SPEC_STATUS_PREVIOUS_MESSAGE "termination.previous"

// Exit statuses of sdme-isolate when the application could not be started, as Docker and containerd have them.
enum {
	SPEC_EXIT_NOT_EXECUTABLE = 126,
	SPEC_EXIT_NOT_FOUND = 127,
	SPEC_EXIT_START_ERROR = 128,
	SPEC_EXIT_SIGNAL = 128, // + the number of the signal that ended the application
};

enum {
	// A long-running application: started once; systemd restarts the unit, we only wait out the back-off.
	SPEC_KIND_APPLICATION = 1,
	// An init container in a unit of Type=oneshot: repeated by sdme-isolate itself until it succeeds.
	SPEC_KIND_INIT = 2,
	// A command beside a running application: `sdme-isolate exec`, see SpecExec.
	SPEC_KIND_EXEC = 3,
};

enum {
	SPEC_RESTART_ALWAYS = 1,
	SPEC_RESTART_ON_FAILURE = 2,
	SPEC_RESTART_NEVER = 3,
};

// Bits of SpecHeader.flags.
enum {
	SPEC_NO_NEW_PRIVILEGES = 1 << 0,
	SPEC_OWN_PIDS = 1 << 1, // a pid namespace: the application is PID 1
	SPEC_OWN_IPC = 1 << 2,  // an ipc namespace, with its own /dev/mqueue
	SPEC_OWN_SHM = 1 << 3,  // its own /dev/shm (not when a volume is mounted there)
	SPEC_OWN_CGROUP =
		1 << 4, // a cgroup namespace: /sys/fs/cgroup shows its own limits, read-only
	SPEC_READ_ONLY_ROOT = 1 << 5,
	SPEC_END_UNHANDLED =
		1 << 6, // a stop signal that PID 1 has no handler for ends it, as it would outside
	SPEC_STATUS_HAS_MESSAGE =
		1 << 7,         // start with an empty termination message, keep the one before
	SPEC_STDIN = 1 << 8,    // standard input is held open; else it is at its end
	SPEC_TERMINAL = 1 << 9, // standard input and outputs are a terminal
};

typedef struct SpecList {
	uint32_t offset; // 0 when count is 0
	uint32_t count;
} SpecList;

// Bits of SpecMount.flags.
enum {
	SPEC_MOUNT_READ_ONLY = 1 << 0,
	SPEC_MOUNT_OPTIONAL = 1 << 1, // a machine without the source is fine
};

// Something of the machine that the application sees, with what is mounted below it.
typedef struct SpecMount {
	uint32_t source; // text: absolute path in the machine
	uint32_t target; // text: absolute path in the application's root; made when it is missing
	uint32_t flags;
} SpecMount;

typedef struct SpecHeader {
	uint64_t magic;
	uint32_t version;
	uint32_t total_bytes; // size of the file; its last byte is a NUL
	uint32_t kind;
	uint32_t restart_policy;
	uint64_t flags;

	uint32_t uid;
	uint32_t gid;
	uint64_t bounding; // capability sets, bit N is capability N
	uint64_t permitted;
	uint64_t effective;
	uint64_t inheritable;
	uint64_t ambient;

	uint64_t backoff_base_ms;  // delay before the second restart; it doubles from there
	uint64_t backoff_max_ms;   // the longest delay
	uint64_t backoff_reset_ms; // who ran this long starts afresh
	uint64_t shm_bytes;        // size of its own /dev/shm
	uint64_t log_part_bytes;   // size of a part of the log
	uint64_t log_parts;        // so many of one instance are kept

	uint32_t identifier;        // text: names the configuration; another one starts afresh
	uint32_t working_directory; // text
	SpecList arguments;         // uint32_t offsets of texts
	SpecList environment;       // uint32_t offsets of "NAME=VALUE", names are unique
	SpecList groups;            // uint32_t
	SpecList masked_paths;      // uint32_t offsets of texts
	SpecList read_only_paths;   // uint32_t offsets of texts
	SpecList mounts;            // SpecMount, in this order
	SpecList filter;            // struct sock_filter
} SpecHeader;

// What a child process that could not become the application writes to its parent, in one piece.
typedef struct SpecFailure {
	int32_t os_errno;    // 0: none was involved
	int32_t exit_status; // of sdme-isolate
	char what[80];       // "mount", "exec"; NUL-terminated
	char subject[160];   // a path, a name, or ""; NUL-terminated
} SpecFailure;

// `sdme-isolate exec` begins on the host, in the cgroup of the application and with its limits, goes into its namespaces
// and starts the command there as a child of the caller. These descriptors are open, and no others but /dev/null.
enum {
	SPEC_EXEC_SPEC = 3, // the specification, sealed
	SPEC_EXEC_PAGE,     // a SpecExec in shared memory
	SPEC_EXEC_CHANNEL,  // unix socket: takes our ends of the command's streams (SpecStreams)
	SPEC_EXEC_PROCESS,  // pidfd of a process of the application
	SPEC_EXEC_ROOT,     // its root directory
	SPEC_EXEC_END,
};

// What the command gets for stdin, stdout and stderr.
enum {
	SPEC_STREAMS_OUT = 1,  // two pipes, and /dev/null for its stdin
	SPEC_STREAMS_ALL = 2,  // three pipes
	SPEC_STREAMS_TERM = 3, // a terminal of the application's own /dev/pts
};

// The message on the channel is one byte, with the descriptors in this order beside it.
enum {
	SPEC_STREAM_OUT, // of a terminal: its master, the only one
	SPEC_STREAM_ERR,
	SPEC_STREAM_IN,
	SPEC_STREAMS_MAX,
};

// Question and answer.
typedef struct SpecExec {
	uint64_t
		password; // see isolate/enter/gate.h: the sixth argument of calls that the seccomp program may not know
	uint32_t namespaces; // to join: CLONE_NEW…
	uint32_t streams;    // SPEC_STREAMS_…
	uint16_t rows;       // of the terminal
	uint16_t columns;
	int32_t pid; // answer: the command, as the caller numbers it; 0: see `failure`
	SpecFailure failure;
} SpecExec;

#endif
