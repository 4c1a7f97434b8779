// kube/schema/types.h - the objects of a manifest as plain C: what the decoder fills in and the compiler reads.
// Names follow the Kubernetes API (v1.36), in snake case. Fields that are neither acted on nor checked have no member; the
// schema (kube/schema/schema.h) knows them all. Presence: a text is NULL when absent, a pointer to a struct likewise, a plain
// int64_t is 0 and a plain bool false when absent (as in Go); where absence means something else than zero, the type is
// Optional…. Every value lives in the arena of the reader. kube/manifest/default.h fills in what Kubernetes would.
#ifndef KUBE_SCHEMA_TYPES_H
#define KUBE_SCHEMA_TYPES_H

#include "kube/schema/types_cluster.h"
#include "kube/schema/values.h"

// One entry of `data`: any bytes, with a NUL behind them. base64 is decoded already. (Texts hold no NUL themselves.)
typedef struct DataItem {
	const char *key;
	const char *bytes;
	size_t length;
	SourcePos where;
} DataItem;
VEC_DECLARE(DataItems, data_items, DataItem);

// --- metadata

typedef struct ObjectMeta {
	Origin origin;
	const char *name;
	const char *namespace; // "default" after kube/manifest/default.h
	Pairs labels;
	Pairs annotations;
} ObjectMeta;

// --- pieces of a container

// `optional`: when true, a missing object or key is no error.
typedef struct KeySelector {
	Origin origin;
	const char *name; // of the ConfigMap or Secret
	const char *key;
	OptionalBool optional;
} KeySelector;

typedef struct EnvVarSource {
	Origin origin;
	KeySelector *config_map_key_ref;
	KeySelector *secret_key_ref;
} EnvVarSource;

typedef struct EnvVar {
	Origin origin;
	const char *name;
	const char *value; // "$(NAME)" not expanded yet; NULL when absent
	EnvVarSource *value_from;
} EnvVar;
VEC_DECLARE(EnvVars, env_vars, EnvVar);

typedef struct ObjectReference {
	Origin origin;
	const char *name;
	OptionalBool optional;
} ObjectReference;

typedef struct EnvFromSource {
	Origin origin;
	const char *prefix;
	ObjectReference *config_map_ref;
	ObjectReference *secret_ref;
} EnvFromSource;
VEC_DECLARE(EnvFromSources, env_from_sources, EnvFromSource);

typedef enum Protocol {
	PROTOCOL_UNSET,
	PROTOCOL_TCP,
	PROTOCOL_UDP,
	PROTOCOL_SCTP,
} Protocol;

typedef struct ContainerPort {
	Origin origin;
	const char *name;
	int64_t container_port; // 1..65535
	int64_t host_port;      // 0 = not published
	const char *host_ip;    // NULL or "" = all addresses
	Protocol protocol;
} ContainerPort;
VEC_DECLARE(ContainerPorts, container_ports, ContainerPort);

typedef struct ResourceRequirements {
	Origin origin;
	ResourceList limits;
	ResourceList requests;
} ResourceRequirements;

typedef struct VolumeMount {
	Origin origin;
	const char *name; // of the volume
	const char *mount_path;
	bool read_only;
	const char *sub_path;
	const char *sub_path_expr;
	const char *mount_propagation;
	const char *recursive_read_only;
} VolumeMount;
VEC_DECLARE(VolumeMounts, volume_mounts, VolumeMount);

typedef enum SeccompType {
	SECCOMP_TYPE_UNSET,
	SECCOMP_TYPE_RUNTIME_DEFAULT,
	SECCOMP_TYPE_UNCONFINED,
	SECCOMP_TYPE_LOCALHOST,
} SeccompType;

typedef struct SeccompProfile {
	Origin origin;
	SeccompType type;
	const char *localhost_profile; // relative path, no ".."; with SECCOMP_TYPE_LOCALHOST only
} SeccompProfile;

// As written in the manifest: "NET_ADMIN", "CAP_NET_ADMIN", "net_admin" or "ALL"; checked to be known ones.
typedef struct Capabilities {
	Origin origin;
	Texts add;
	Texts drop;
} Capabilities;

typedef struct SecurityContext {
	Origin origin;
	OptionalInt64 run_as_user;
	OptionalInt64 run_as_group;
	OptionalBool run_as_non_root;
	Capabilities *capabilities;
	OptionalBool allow_privilege_escalation;
	OptionalBool read_only_root_filesystem;
	SeccompProfile *seccomp_profile;
} SecurityContext;

typedef enum PullPolicy {
	PULL_POLICY_UNSET,
	PULL_POLICY_ALWAYS,
	PULL_POLICY_IF_NOT_PRESENT,
	PULL_POLICY_NEVER,
} PullPolicy;

typedef struct Container {
	Origin origin;
	const char *name;
	const char *image;
	PullPolicy image_pull_policy;
	Texts command; // replaces ENTRYPOINT, and drops CMD; empty = the image's
	Texts args;    // replaces CMD
	const char *working_dir;
	EnvVars env;
	EnvFromSources env_from;
	ContainerPorts ports;
	ResourceRequirements resources;
	VolumeMounts volume_mounts;
	SecurityContext *security_context;
	ResizePolicies resize_policy;
	bool has_stdin;
	bool has_terminal;
} Container;
VEC_DECLARE(Containers, containers, Container);

// --- volumes

typedef struct EmptyDirSource {
	Origin origin;
	const char *medium; // NULL or "" = disk, "Memory" = tmpfs
	OptionalQuantity size_limit;
} EmptyDirSource;

typedef enum HostPathType {
	HOST_PATH_UNSET, // no check
	HOST_PATH_DIRECTORY_OR_CREATE,
	HOST_PATH_DIRECTORY,
	HOST_PATH_FILE_OR_CREATE,
	HOST_PATH_FILE,
	HOST_PATH_SOCKET,
	HOST_PATH_CHAR_DEVICE,
	HOST_PATH_BLOCK_DEVICE,
} HostPathType;

typedef struct HostPathSource {
	Origin origin;
	const char *path; // absolute, no ".."
	HostPathType type;
} HostPathSource;

typedef struct KeyToPath {
	Origin origin;
	const char *key;
	const char *path;   // relative, no ".."
	OptionalInt64 mode; // 0..0777
} KeyToPath;
VEC_DECLARE(KeyToPaths, key_to_paths, KeyToPath);

// A configMap or a secret volume.
typedef struct ObjectVolumeSource {
	Origin origin;
	const char *name;           // of the ConfigMap or Secret
	KeyToPaths items;           // empty = all keys, each as a file of its name
	OptionalInt64 default_mode; // 0..0777; 0644 after kube/manifest/default.h
	OptionalBool optional;
} ObjectVolumeSource;

typedef struct ClaimVolumeSource {
	Origin origin;
	const char *claim_name;
	bool read_only;
} ClaimVolumeSource;

// Exactly one source is not NULL after kube/manifest/default.h and an errorless check.
typedef struct Volume {
	Origin origin;
	const char *name;
	EmptyDirSource *empty_dir;
	HostPathSource *host_path;
	ObjectVolumeSource *config_map;
	ObjectVolumeSource *secret;
	ClaimVolumeSource *persistent_volume_claim;
} Volume;
VEC_DECLARE(Volumes, volumes, Volume);

// --- Pod

typedef struct PodSecurityContext {
	Origin origin;
	OptionalInt64 run_as_user;
	OptionalInt64 run_as_group;
	OptionalBool run_as_non_root;
	Int64s supplemental_groups;
	SeccompProfile *seccomp_profile;
} PodSecurityContext;

typedef enum RestartPolicy {
	RESTART_POLICY_UNSET,
	RESTART_POLICY_ALWAYS,
	RESTART_POLICY_ON_FAILURE,
	RESTART_POLICY_NEVER,
} RestartPolicy;

// In the order of Kubernetes' list.
typedef enum DnsPolicy {
	DNS_POLICY_UNSET,
	DNS_POLICY_CLUSTER_FIRST_WITH_HOST_NET,
	DNS_POLICY_CLUSTER_FIRST,
	DNS_POLICY_DEFAULT,
	DNS_POLICY_NONE,
} DnsPolicy;

typedef struct DnsOption {
	Origin origin;
	const char *name;
	const char *value; // NULL or "" = none
} DnsOption;
VEC_DECLARE(DnsOptions, dns_options, DnsOption);

typedef struct DnsConfig {
	Origin origin;
	Texts nameservers;
	DnsOptions options;
	Texts searches;
} DnsConfig;

// The name of an object of the same namespace.
typedef struct LocalReference {
	Origin origin;
	const char *name; // may be NULL or ""
} LocalReference;
VEC_DECLARE(LocalReferences, local_references, LocalReference);

typedef struct PodOs {
	Origin origin;
	const char *name; // "linux"
} PodOs;

typedef struct PodSpec {
	Origin origin;
	Containers init_containers; // run in this order, each to its end
	Containers containers;
	Volumes volumes;
	RestartPolicy restart_policy;
	OptionalInt64 termination_grace_period_seconds; // 30 after kube/manifest/default.h
	bool host_network;
	OptionalBool host_users; // absent: sdme's default, a user namespace
	const char *hostname;    // NULL: the Pod's name
	DnsPolicy dns_policy;    // ClusterFirst after kube/manifest/default.h
	DnsConfig *dns_config;
	LocalReferences image_pull_secrets;
	PodSecurityContext *security_context;
	PodOs *os;
	const char *service_account_name;
	const char *service_account; // the old name of the same
	Scheduling scheduling;
} PodSpec;

// Of a Pod: "container" (one ipc namespace for each, the default) or "pod" (one for all).
#define ANNOTATION_IPC "sdme.io/ipc"

typedef struct Pod {
	Origin origin;
	ObjectMeta metadata;
	PodSpec spec;
} Pod;

// --- objects that Pods refer to

typedef struct ConfigMap {
	Origin origin;
	ObjectMeta metadata;
	DataItems data;
	DataItems binary_data;
	OptionalBool immutable;
} ConfigMap;

// After kube/manifest/default.h string_data is merged into data and empty.
typedef struct Secret {
	Origin origin;
	ObjectMeta metadata;
	DataItems data;
	DataItems string_data;
	const char *type; // "Opaque" after kube/manifest/default.h
	OptionalBool immutable;
} Secret;

typedef struct ClaimSpec {
	Origin origin;
	Texts access_modes;
	ResourceRequirements resources; // requests: "storage"
	LabelSelector *selector;
	const char *storage_class_name;           // NULL = the default class, "" = none
	const char *volume_attributes_class_name; // likewise
} ClaimSpec;

typedef struct PersistentVolumeClaim {
	Origin origin;
	ObjectMeta metadata;
	ClaimSpec spec;
} PersistentVolumeClaim;

// --- any of them

typedef enum ObjectKind {
	OBJECT_POD,
	OBJECT_CONFIG_MAP,
	OBJECT_SECRET,
	OBJECT_PERSISTENT_VOLUME_CLAIM,
	OBJECT_KIND_COUNT,
} ObjectKind;

typedef struct Object {
	ObjectKind kind;
	SourcePos where;      // of the document, or of the item of a List
	ObjectMeta *metadata; // that of the object below
	union {               // as the kind says
		void *body;
		Pod *pod;
		ConfigMap *config_map;
		Secret *secret;
		PersistentVolumeClaim *claim;
	};
} Object;
VEC_DECLARE(Objects, objects, Object);

// "Pod", "ConfigMap", "Secret", "PersistentVolumeClaim".
const char *object_kind_text(ObjectKind kind);
// As kubectl prefixes names: "pod", "configmap", "secret", "persistentvolumeclaim".
const char *object_kind_resource(ObjectKind kind);
// The words of the API ("Always"); "" for UNSET.
const char *restart_policy_text(RestartPolicy policy);
const char *pull_policy_text(PullPolicy policy);
const char *protocol_text(Protocol protocol);
const char *host_path_type_text(HostPathType type);
const char *seccomp_type_text(SeccompType type);

// cpu, memory, ephemeral-storage: what every container may limit.
bool resource_is_standard(const char *name);
// The amount of the resource, or NULL.
const Quantity *resource_list_get(const ResourceList *list, const char *name);
// The item of that key, or NULL.
const DataItem *data_items_get(const DataItems *items, const char *key);
// A user namespace of the Pod's own: sdme's default where Kubernetes' is none.
bool pod_has_user_namespace(const PodSpec *spec);

#endif
