// The Pod and its spec.
#include "kube/schema/rows.h"

#define ONE_NODE "there is one node: this host"
#define NO_API   "there is no API server to talk to, and no token is mounted"

#define REFUSED(field_name, form, words)                                                           \
	{                                                                                          \
		field_name, form, SUPPORT_REFUSED, NONE, .help = words                             \
	}
#define NOTED(field_name, form, member, words)                                                     \
	{                                                                                          \
		field_name, form, SUPPORT_NOTED, member, .help = words                             \
	}

// clang-format off
// --- the Pod's security context

static const SchemaField sysctl_fields[] = {
	REFUSED("name", TEXT, "Name of the setting."),
	REFUSED("value", TEXT, "Value of the setting."),
};
static TYPE_ONLY(sysctl, "Sysctl", sysctl_fields, "A setting of the kernel.");

static const char *const change_policy_words[] = { "Always", "OnRootMismatch", NULL };
static const char *const selinux_change_words[] = { "Recursive", NULL };
static const char *const groups_policy_words[] = { "Merge", "Strict", NULL };

static const SchemaField security_fields[] = {
	{ "appArmorProfile", POINTER(schema_app_armor_profile), SUPPORT_REFUSED, NONE, .help = "AppArmor profile.", .mapping = NOT_YET },
	{ "fsGroup", OPTIONAL_INT64, SUPPORT_REFUSED, NONE, .help = "Group that owns the files of volumes.", .mapping = NOT_YET },
	{ "fsGroupChangePolicy", OPTIONAL_WORD, SUPPORT_NOTED, NONE, .words = change_policy_words, .help = "Always or OnRootMismatch.", .mapping = "it only matters together with fsGroup" },
	{ "runAsGroup", OPTIONAL_INT64, SUPPORT_HONOURED, IN(PodSecurityContext, run_as_group, OptionalInt64),
	  .help = "Group id of the programs.", .mapping = "setresgid by sdme-isolate" },
	{ "runAsNonRoot", OPTIONAL_BOOL, SUPPORT_HONOURED, IN(PodSecurityContext, run_as_non_root, OptionalBool),
	  .help = "When true, no container may run as user 0.", .mapping = "checked before the start, with the image's user" },
	{ "runAsUser", OPTIONAL_INT64, SUPPORT_HONOURED, IN(PodSecurityContext, run_as_user, OptionalInt64),
	  .help = "User id of the programs; the image's user when absent.", .mapping = "setresuid by sdme-isolate" },
	{ "seLinuxChangePolicy", OPTIONAL_WORD, SUPPORT_REFUSED, NONE, .words = selinux_change_words, .help = "How volumes are labelled.", .mapping = NOT_YET },
	{ "seLinuxOptions", POINTER(schema_selinux_options), SUPPORT_REFUSED, NONE, .harmless = "{}", .help = "SELinux label.", .mapping = NOT_YET },
	{ "seccompProfile", POINTER(schema_seccomp_profile), SUPPORT_HONOURED, IN(PodSecurityContext, seccomp_profile, SeccompProfile *),
	  .help = "System calls that are allowed.", .mapping = "BPF program, loaded by sdme-isolate" },
	{ "supplementalGroups", INT64S, SUPPORT_HONOURED, IN(PodSecurityContext, supplemental_groups, Int64s),
	  .help = "More groups of the programs.", .mapping = "setgroups by sdme-isolate" },
	{ "supplementalGroupsPolicy", OPTIONAL_WORD, SUPPORT_REFUSED, NONE, .words = groups_policy_words, .harmless = "Merge", .otherwise = "Merge", .help = "Merge or Strict.", .mapping = NOT_YET },
	{ "sysctls", LIST(sysctl), SUPPORT_REFUSED, NONE, .help = "Settings of the kernel.", .mapping = NOT_YET },
	{ "windowsOptions", POINTER(schema_windows_options), SUPPORT_REFUSED, NONE, .help = "For Windows.", .mapping = "this is Linux" },
};
static TYPE(pod_security_context, PodSecurityContext, "PodSecurityContext", security_fields, "What all containers of the Pod may do.");

// --- names and addresses

static const SchemaField dns_option_fields[] = {
	{ "name", TEXT, SUPPORT_HONOURED, IN(DnsOption, name, const char *), .help = "Name of the option." },
	{ "value", TEXT, SUPPORT_HONOURED, IN(DnsOption, value, const char *), .help = "Value of the option." },
};
static TYPE(dns_option, DnsOption, "PodDNSConfigOption", dns_option_fields, "An option of resolv.conf.");

static const SchemaField dns_config_fields[] = {
	{ "nameservers", TEXTS, SUPPORT_HONOURED, IN(DnsConfig, nameservers, Texts), .help = "Addresses of name servers; at most 3.",
	  .mapping = "behind those of the policy, 3 in all" },
	{ "options", LIST(dns_option), SUPPORT_HONOURED, IN(DnsConfig, options, DnsOptions), .help = "Options of resolv.conf.",
	  .mapping = "instead of the policy's of the same name" },
	{ "searches", TEXTS, SUPPORT_HONOURED, IN(DnsConfig, searches, Texts), .help = "Domains to search; at most 32, and 2048 characters.",
	  .mapping = "behind those of the policy, within the same limits" },
};
static TYPE(dns_config, DnsConfig, "PodDNSConfig", dns_config_fields, "What stands in resolv.conf.");

static const SchemaField host_alias_fields[] = {
	REFUSED("hostnames", TEXTS, "Names of the address."),
	REFUSED("ip", TEXT, "Address."),
};
static TYPE_ONLY(host_alias, "HostAlias", host_alias_fields, "A line of /etc/hosts.");

static const SchemaField local_reference_fields[] = {
	{ "name", TEXT, SUPPORT_HONOURED, IN(LocalReference, name, const char *), .help = "Name of the Secret." },
};
static TYPE(local_reference, LocalReference, "LocalObjectReference", local_reference_fields, "A Secret of the same namespace.");

static const SchemaField os_fields[] = {
	{ "name", TEXT, SUPPORT_REFUSED, IN(PodOs, name, const char *), .harmless = "linux", .is_required = true, .help = "linux or windows.", .mapping = "this is Linux" },
};
static TYPE(pod_os, PodOs, "PodOS", os_fields, "Operating system of the images.");

// --- scheduling

static const SchemaField toleration_fields[] = {
	NOTED("effect", TEXT, IN(Toleration, effect, const char *), "NoSchedule, PreferNoSchedule or NoExecute."),
	NOTED("key", TEXT, IN(Toleration, key, const char *), "Key of the taint."),
	NOTED("operator", TEXT, IN(Toleration, operator, const char *), "Exists or Equal."),
	NOTED("tolerationSeconds", OPTIONAL_INT64, IN(Toleration, seconds, OptionalInt64), "For how long."),
	NOTED("value", TEXT, IN(Toleration, value, const char *), "Value of the taint."),
};
static TYPE(toleration, Toleration, "Toleration", toleration_fields, "A taint that the Pod does not mind.");

static const char *const inclusion_words[] = { "Honor", "Ignore", NULL };

static const SchemaField spread_fields[] = {
	NOTED("labelSelector", POINTER(schema_label_selector), IN(SpreadConstraint, label_selector, LabelSelector *), "Pods that count."),
	NOTED("matchLabelKeys", TEXTS, IN(SpreadConstraint, match_label_keys, Texts), "Labels whose values must be those of this Pod."),
	NOTED("maxSkew", INT32, IN(SpreadConstraint, max_skew, int64_t), "How uneven it may be."),
	NOTED("minDomains", OPTIONAL_INT32, IN(SpreadConstraint, min_domains, OptionalInt64), "How many domains at least."),
	{ "nodeAffinityPolicy", OPTIONAL_WORD, SUPPORT_NOTED, NONE, .words = inclusion_words, .help = "Honor or Ignore." },
	{ "nodeTaintsPolicy", OPTIONAL_WORD, SUPPORT_NOTED, NONE, .words = inclusion_words, .help = "Honor or Ignore." },
	NOTED("topologyKey", TEXT, IN(SpreadConstraint, topology_key, const char *), "Label of the nodes that makes a domain."),
	NOTED("whenUnsatisfiable", TEXT, IN(SpreadConstraint, when_unsatisfiable, const char *), "DoNotSchedule or ScheduleAnyway."),
};
static TYPE(spread_constraint, SpreadConstraint, "TopologySpreadConstraint", spread_fields, "How Pods spread over nodes.");

static const SchemaField scheduling_gate_fields[] = { NOTED("name", TEXT, IN(SchedulingGate, name, const char *), "Name of the gate.") };
static TYPE(scheduling_gate, SchedulingGate, "PodSchedulingGate", scheduling_gate_fields, "What holds scheduling back.");

static const SchemaField scheduling_group_fields[] = { NOTED("podGroupName", TEXT, NONE, "Name of the group.") };
static TYPE_ONLY(scheduling_group, "PodSchedulingGroup", scheduling_group_fields, "Pods to schedule together.");

static const SchemaField eviction_responder_fields[] = {
	NOTED("name", TEXT, NONE, "Name of the responder."),
	NOTED("priority", INT32, NONE, "Order of the responders."),
};
static TYPE_ONLY(eviction_responder, "EvictionResponder", eviction_responder_fields, "Who takes part in an eviction.");

static const SchemaField readiness_gate_fields[] = { REFUSED("conditionType", TEXT, "Condition that must hold.") };
static TYPE_ONLY(readiness_gate, "PodReadinessGate", readiness_gate_fields, "One more condition of being ready.");

static const SchemaField resource_claim_fields[] = {
	REFUSED("name", TEXT, "Name of the entry."),
	REFUSED("resourceClaimName", TEXT, "Claim to use."),
	REFUSED("resourceClaimTemplateName", TEXT, "Template to make a claim from."),
};
static TYPE_ONLY(resource_claim, "PodResourceClaim", resource_claim_fields, "A claim for a device.");

// --- the spec

static const char *const dns_policy_words[] = { "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None", NULL };
static const char *const preemption_words[] = { "PreemptLowerPriority", "Never", NULL };
static const char *const restart_policy_words[] = { "Always", "OnFailure", "Never", NULL };

#define SCHEDULING(field_name, form, member, words) { field_name, form, SUPPORT_NOTED, member, .help = words, .mapping = ONE_NODE }
#define SCHEDULER(member, Type) IN(PodSpec, scheduling.member, Type)

static const SchemaField spec_fields[] = {
	{ "activeDeadlineSeconds", OPTIONAL_INT64, SUPPORT_REFUSED, NONE, .help = "Longest life of the Pod.", .mapping = NOT_YET },
	SCHEDULING("affinity", POINTER(schema_affinity), SCHEDULER(affinity, Affinity *), "Where the Pod may run."),
	{ "automountServiceAccountToken", OPTIONAL_BOOL, SUPPORT_NOTED, NONE, .harmless = "false",
	  .help = "Whether a token for the API server is mounted.", .mapping = NO_API },
	{ "containers", LIST(schema_container), SUPPORT_HONOURED, IN(PodSpec, containers, Containers), .is_required = true,
	  .help = "Programs that run side by side; at least one.", .mapping = "one unit sdme-oci-NAME.service each" },
	{ "dnsConfig", POINTER(dns_config), SUPPORT_HONOURED, IN(PodSpec, dns_config, DnsConfig *), .help = "What stands in resolv.conf.",
	  .mapping = "merged with what dnsPolicy gives" },
	{ "dnsPolicy", WORD, SUPPORT_HONOURED, IN(PodSpec, dns_policy, unsigned), .words = dns_policy_words, .keeps_order = true, .otherwise = "ClusterFirst",
	  .help = "Where the name servers come from.", .mapping = "None: from dnsConfig alone; else the host's, as there is no DNS of a cluster" },
	{ "enableServiceLinks", OPTIONAL_BOOL, SUPPORT_NOTED, NONE, .harmless = "true|false", .help = "Variables for each Service.",
	  .mapping = "there are no Services" },
	{ "ephemeralContainers", LIST(schema_ephemeral_container), SUPPORT_REFUSED, NONE,
	  .help = "Containers added to a running Pod to look into it.", .mapping = "cannot be set on create" },
	SCHEDULING("evictionResponders", LIST(eviction_responder), NONE, "Who takes part in an eviction."),
	{ "hostAliases", LIST(host_alias), SUPPORT_REFUSED, NONE, .help = "Lines of /etc/hosts.", .mapping = NOT_YET },
	{ "hostIPC", BOOL, SUPPORT_REFUSED, NONE, .harmless = "false", .help = "Use the host's ipc namespace.", .mapping = NOT_YET },
	{ "hostNetwork", BOOL, SUPPORT_HONOURED, IN(PodSpec, host_network, bool), .otherwise = "false",
	  .help = "Use the host's network.", .mapping = "no network namespace, and no user namespace" },
	{ "hostPID", BOOL, SUPPORT_REFUSED, NONE, .harmless = "false", .help = "See the host's processes.",
	  .mapping = "a machine with its own systemd has its own processes" },
	{ "hostUsers", OPTIONAL_BOOL, SUPPORT_HONOURED, IN(PodSpec, host_users, OptionalBool),
	  .help = "When false, user ids are those of a namespace of the Pod's own.",
	  .mapping = "a user namespace unless true or hostNetwork; Kubernetes has none unless false" },
	{ "hostname", TEXT, SUPPORT_HONOURED, IN(PodSpec, hostname, const char *),
	  .help = "Host name of the Pod; its name when absent.", .mapping = "systemd-nspawn --hostname=; the host's name with hostNetwork" },
	{ "hostnameOverride", OPTIONAL_TEXT, SUPPORT_REFUSED, NONE, .help = "Host name without any addition.", .mapping = "use hostname" },
	{ "imagePullSecrets", LIST(local_reference), SUPPORT_HONOURED, IN(PodSpec, image_pull_secrets, LocalReferences),
	  .help = "Secrets to log in to registries with.",
	  .mapping = "tried in order, before the host's credentials (podman login); one that is missing is a warning" },
	{ "initContainers", LIST(schema_container), SUPPORT_HONOURED, IN(PodSpec, init_containers, Containers),
	  .help = "Programs that run one after the other before the containers; each must succeed.",
	  .mapping = "oneshot units in a chain, retried unless the policy is Never" },
	SCHEDULING("nodeName", TEXT, SCHEDULER(node_name, const char *), "The node to run on."),
	SCHEDULING("nodeSelector", TEXT_MAP, SCHEDULER(node_selector, Pairs), "Labels that the node must have."),
	{ "os", POINTER(pod_os), SUPPORT_HONOURED, IN(PodSpec, os, PodOs *), .help = "Operating system of the images.", .mapping = "linux" },
	SCHEDULING("overhead", QUANTITY_MAP, SCHEDULER(overhead, ResourceList), "Resources that the Pod takes besides its containers."),
	{ "preemptionPolicy", OPTIONAL_WORD, SUPPORT_NOTED, NONE, .words = preemption_words, .keeps_order = true, .harmless = "PreemptLowerPriority", .help = "Whether other Pods make room.", .mapping = ONE_NODE },
	{ "priority", OPTIONAL_INT32, SUPPORT_NOTED, NONE, .harmless = "0", .help = "How important the Pod is.", .mapping = ONE_NODE },
	SCHEDULING("priorityClassName", TEXT, SCHEDULER(priority_class_name, const char *), "How important the Pod is."),
	{ "readinessGates", LIST(readiness_gate), SUPPORT_REFUSED, NONE, .help = "More conditions of being ready.", .mapping = NOT_YET },
	{ "resourceClaims", LIST(resource_claim), SUPPORT_REFUSED, NONE, .help = "Claims for devices.",
	  .mapping = "devices are handed out by a cluster; bind one with a hostPath volume" },
	{ "resources", POINTER(schema_resource_requirements), SUPPORT_REFUSED, NONE, .harmless = "{}", .help = "Limits of the Pod as a whole.",
	  .mapping = NOT_YET "; set them for each container" },
	{ "restartPolicy", WORD, SUPPORT_HONOURED, IN(PodSpec, restart_policy, unsigned), .words = restart_policy_words, .keeps_order = true, .otherwise = "Always",
	  .help = "What happens to a container that ended.", .mapping = "back-off by sdme-isolate: 10 s, doubling to 5 min; that a Pod has ended outlasts reboots" },
	{ "runtimeClassName", OPTIONAL_TEXT, SUPPORT_REFUSED, NONE, .help = "Which runtime to use.", .mapping = "there is one runtime: systemd-nspawn" },
	{ "schedulerName", TEXT, SUPPORT_NOTED, NONE, .harmless = "default-scheduler", .help = "Who chooses the node.", .mapping = ONE_NODE },
	SCHEDULING("schedulingGates", LIST(scheduling_gate), SCHEDULER(gates, SchedulingGates), "What holds scheduling back."),
	SCHEDULING("schedulingGroup", POINTER(scheduling_group), NONE, "Pods to schedule together."),
	{ "securityContext", POINTER(pod_security_context), SUPPORT_HONOURED, IN(PodSpec, security_context, PodSecurityContext *),
	  .help = "Users and limits for all containers." },
	{ "serviceAccount", TEXT, SUPPORT_NOTED, IN(PodSpec, service_account, const char *), .harmless = "default", .help = "Old name of serviceAccountName.", .mapping = NO_API },
	{ "serviceAccountName", TEXT, SUPPORT_NOTED, IN(PodSpec, service_account_name, const char *), .harmless = "default", .help = "Account for the API server.", .mapping = NO_API },
	{ "setHostnameAsFQDN", OPTIONAL_BOOL, SUPPORT_REFUSED, NONE, .harmless = "false", .help = "Use the full name as host name.", .mapping = NOT_YET },
	{ "shareProcessNamespace", OPTIONAL_BOOL, SUPPORT_REFUSED, NONE, .harmless = "false",
	  .help = "Let the containers see each other's processes.", .mapping = NOT_YET },
	{ "subdomain", TEXT, SUPPORT_REFUSED, NONE, .help = "Middle of the full host name.", .mapping = NOT_YET },
	{ "terminationGracePeriodSeconds", OPTIONAL_INT64, SUPPORT_HONOURED, IN(PodSpec, termination_grace_period_seconds, OptionalInt64),
	  .otherwise = "30", .help = "Time between SIGTERM and SIGKILL.", .mapping = "TimeoutStopSec= of the units" },
	SCHEDULING("tolerations", LIST(toleration), SCHEDULER(tolerations, Tolerations), "Taints that the Pod does not mind."),
	SCHEDULING("topologySpreadConstraints", LIST(spread_constraint), SCHEDULER(spread_constraints, SpreadConstraints), "How Pods spread over nodes."),
	{ "volumes", LIST(schema_volume), SUPPORT_HONOURED, IN(PodSpec, volumes, Volumes), .help = "Files that containers share or keep." },
	SCHEDULING("workloadRef", ANY, NONE, "The workload that the Pod belongs to (v1.35 only)."),
};
static TYPE(pod_spec, PodSpec, "PodSpec", spec_fields, "What runs in the Pod, and how.");

static const SchemaType pod_status = { .name = "PodStatus" };

static const SchemaField pod_fields[] = {
	{ "apiVersion", TEXT, SUPPORT_HONOURED, NONE, .is_required = true, .help = "Version of the schema: v1." },
	{ "kind", TEXT, SUPPORT_HONOURED, NONE, .is_required = true, .help = "Kind of the object: Pod." },
	{ "metadata", STRUCT(schema_object_meta), SUPPORT_HONOURED, IN(Pod, metadata, ObjectMeta), .is_required = true, .help = "Name, labels and annotations." },
	{ "spec", STRUCT(pod_spec), SUPPORT_HONOURED, IN(Pod, spec, PodSpec), .is_required = true, .help = "What is wanted.",
	  .mapping = "one machine of systemd-nspawn" },
	{ "status", OBJECT(pod_status), SUPPORT_STRIPPED, NONE, .help = "What is.", .mapping = "dropped on input; sdme kube get prints it" },
};
// clang-format on

TYPE(schema_pod, Pod, "Pod", pod_fields, "Containers that run together on one host.");
