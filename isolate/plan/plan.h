// isolate/plan/plan.h - what one machine is to become: plain data, printed by --dry-run and kept in each generation.
// The plan names secrets and config maps, it never holds their values: the boot helper looks them up at every start.
// It holds no path of the host but hostPath volumes: where things lie follows from the names (store/state/layout.h).
#ifndef ISOLATE_PLAN_PLAN_H
#define ISOLATE_PLAN_PLAN_H

#include "pkg/base/error.h"
#include "pkg/base/pairs.h"
#include "pkg/base/text.h"
#include "pkg/net/port.h"
#include "pkg/net/resolver.h"

#include <stdint.h>

typedef enum PlanNetwork {
	PLAN_NETWORK_POD,  // a network namespace of its own, eth0 on the host's bridge
	PLAN_NETWORK_HOST, // the host's
	PLAN_NETWORK_NONE, // a network namespace with loopback only
} PlanNetwork;

typedef enum PlanProtocol {
	PLAN_PROTOCOL_TCP,
	PLAN_PROTOCOL_UDP,
	PLAN_PROTOCOL_SCTP,
} PlanProtocol;

// A port of the pod that the host publishes.
typedef struct PlanPort {
	PlanProtocol protocol;
	const char *host_ip; // "" = every address
	uint32_t host_port;
	uint32_t port;
} PlanPort;
VEC_DECLARE(PlanPorts, plan_ports, PlanPort);

typedef enum PlanVolumeKind {
	PLAN_VOLUME_EMPTY,     // directory on disk, as old as the incarnation
	PLAN_VOLUME_MEMORY,    // tmpfs, as old as the incarnation
	PLAN_VOLUME_HOST_PATH, // path of the host
	PLAN_VOLUME_CLAIM,     // store/object/volume.h
	PLAN_VOLUME_CONFIG_MAP,
	PLAN_VOLUME_SECRET,
} PlanVolumeKind;

// hostPath.type of Kubernetes: what must be there, or is made.
typedef enum PlanPathType {
	PLAN_PATH_ANY,
	PLAN_PATH_DIRECTORY_OR_CREATE,
	PLAN_PATH_DIRECTORY,
	PLAN_PATH_FILE_OR_CREATE,
	PLAN_PATH_FILE,
	PLAN_PATH_SOCKET,
	PLAN_PATH_CHARACTER_DEVICE,
	PLAN_PATH_BLOCK_DEVICE,
} PlanPathType;

// One key of a config map or secret, and the file it becomes.
typedef struct PlanItem {
	const char *key;
	const char *path;
	uint32_t mode; // PLAN_MODE_DEFAULT: the volume's default_mode
} PlanItem;
VEC_DECLARE(PlanItems, plan_items, PlanItem);

#define PLAN_MODE_DEFAULT UINT32_MAX

typedef struct PlanVolume {
	const char *name; // DNS label: /oci/volumes/NAME in the machine
	PlanVolumeKind kind;
	const char *path; // HOST_PATH
	PlanPathType path_type;
	const char *object;  // CLAIM, CONFIG_MAP, SECRET: its name
	uint64_t size_bytes; // MEMORY: 0 = half of the memory, as tmpfs does
	PlanItems items;     // CONFIG_MAP, SECRET: empty = all keys
	uint32_t default_mode;
	bool is_optional; // a missing object gives an empty volume
	bool is_read_only;
} PlanVolume;
VEC_DECLARE(PlanVolumes, plan_volumes, PlanVolume);

typedef struct PlanMount {
	const char *volume;
	const char *path; // in the app's root, absolute and clean
	bool is_read_only;
} PlanMount;
VEC_DECLARE(PlanMounts, plan_mounts, PlanMount);

typedef enum PlanEnvironmentKind {
	PLAN_ENVIRONMENT_VALUE,          // name=value
	PLAN_ENVIRONMENT_CONFIG_MAP_KEY, // name=<value of key in object>
	PLAN_ENVIRONMENT_SECRET_KEY,
	PLAN_ENVIRONMENT_CONFIG_MAP, // every key of object, with prefix `name`
	PLAN_ENVIRONMENT_SECRET,
} PlanEnvironmentKind;

typedef struct PlanEnvironment {
	PlanEnvironmentKind kind;
	const char *name;
	const char *value;
	const char *object;
	const char *key;
	bool is_optional;
	bool is_expandable; // $(VAR) in value: Kubernetes' env[].value, but not the image's own environment
} PlanEnvironment;
VEC_DECLARE(PlanEnvironments, plan_environments, PlanEnvironment);

typedef enum PlanAppKind {
	PLAN_APP_MAIN,
	PLAN_APP_INIT,
	PLAN_APP_KIND_COUNT,
} PlanAppKind;

// What tells the kinds apart: whoever treats them differently asks for one of these, and for no kind by name.
typedef struct PlanAppTraits {
	const char *noun;  // "init container", in a sentence
	const char *title; // "Init container", where one begins
	bool is_init;      // of spec.initContainers: all that comes later in the list waits for it
	bool runs_to_end;  // has to succeed once, and is retried within one run until it does
} PlanAppTraits;

typedef enum PlanRestart {
	PLAN_RESTART_ALWAYS,
	PLAN_RESTART_ON_FAILURE,
	PLAN_RESTART_NEVER,
} PlanRestart;

typedef enum PlanSeccomp {
	PLAN_SECCOMP_DEFAULT,    // the runtime default profile
	PLAN_SECCOMP_UNCONFINED, // only what the machine itself is denied
	PLAN_SECCOMP_COMPILED,   // a program of its own in the generation, filters/APP.bpf
} PlanSeccomp;

#define PLAN_ID_UNSET (-1)

// Who the app runs as. Numbers win over the image's user text.
typedef struct PlanIdentity {
	int64_t uid;            // PLAN_ID_UNSET: from image_user
	int64_t gid;            // PLAN_ID_UNSET: the user's group in the image, else 0
	const char *image_user; // "", "app", "1000", "app:staff", "1000:1000"
	bool must_not_be_root;  // checked again when the app's root is there
	Texts groups;           // supplementary, decimal
} PlanIdentity;

// Limits of the app's control group; 0 = none.
typedef struct PlanLimits {
	uint64_t cpu_quota_us; // per 100 ms
	uint64_t cpu_weight;   // 1..10000
	uint64_t memory_max;   // bytes
	uint64_t memory_low;   // bytes
	int64_t oom_score_adjust;
} PlanLimits;

typedef struct PlanApp {
	const char *name; // DNS label
	PlanAppKind kind;
	const char *image;    // the reference asked for
	const char *image_id; // "REPOSITORY@sha256:…", or "sha256:…" of the configuration
	Texts layers;         // diff_ids, topmost first
	Texts arguments;      // argv; $(VAR) is expanded at start
	PlanEnvironments environment;
	const char *working_directory; // "" = /
	PlanIdentity identity;
	uint64_t capabilities; // what it may use: isolate/app/capability.h
	bool may_escalate;     // allowPrivilegeEscalation: true
	bool is_root_read_only;
	bool has_stdin;    // stdin: true
	bool has_terminal; // tty: true
	PlanSeccomp seccomp;
	const char
		*seccomp_profile; // COMPILED: of DATADIR/seccomp; "" = the runtime default profile
	PlanMounts mounts;        // sorted by path: parents first
	Texts image_volumes; // VOLUMEs of the image at which nothing else is: clean paths, sorted
	PlanRestart restart;
	const char *stop_signal; // "SIGTERM"
	PlanLimits limits;
} PlanApp;
VEC_DECLARE(PlanApps, plan_apps, PlanApp);

typedef struct MachinePlan {
	const char *name;       // of the machine, and of sdme@NAME.service
	const char *hostname;   // "" = that of the host, at the time of the start
	const char *machine_id; // 32 hex digits
	uint32_t incarnation; // how often the Pod has become another one, whose emptyDirs are empty
	const char *root_fs;  // "" = the built-in base, else a name of store/rootfs/rootfs.h
	uint32_t slot;        // store/state/slot.h: id range and address
	bool has_user_namespace;
	bool is_full_boot; // the base's own units instead of ours
	PlanNetwork network;
	PlanPorts ports;
	Resolver dns;     // dnsConfig
	bool has_own_dns; // dnsPolicy None: nothing of the host's name servers
	bool shares_ipc;  // annotation sdme.io/ipc: pod
	uint32_t grace_seconds;
	PlanVolumes volumes;
	PlanApps apps; // init containers first, in order
} MachinePlan;

// The largest plan that is read.
#define PLAN_BYTES_MAX (16 * 1024 * 1024)

// The plan as JSON, two-space indented, keys in the order of the declarations above; what has its default is left out.
void plan_print(const MachinePlan *plan, Buffer *json);
// The reverse. Fails with ERROR_INVALID on unknown or misplaced members: the file is ours.
MUST_CHECK bool plan_parse(const char *json, size_t length, Arena *arena, MachinePlan *ret,
			   Error *error);

const PlanAppTraits *plan_app_traits(const PlanApp *app);
// The restart policy is the Pod's, and each of its apps has it.
PlanRestart plan_restart(const MachinePlan *plan);

// Does the plan give `name` to an app? NULL otherwise.
const PlanApp *plan_find_app(const MachinePlan *plan, const char *name);
const PlanVolume *plan_find_volume(const MachinePlan *plan, const char *name);

// The name of a directory for what is as old as the Pod: one of the same name has another, before it and after it.
const char *plan_pod_directory(const MachinePlan *plan, Arena *arena);

// The plan's ports as pkg/net publishes them. Fails with ERROR_UNSUPPORTED for a hostIP that is not IPv4.
MUST_CHECK bool plan_published_ports(const MachinePlan *plan, Arena *arena, PublishedPorts *ret,
				     Error *error);

// Words of the enums, as in the JSON.
const char *plan_restart_to_text(PlanRestart restart);
const char *plan_protocol_to_text(PlanProtocol protocol);

#endif
