// Containers: image, command, ports, resources, mounts, probes.
#include "kube/schema/rows.h"

#define ROW(field_name, form, words)                                                               \
	{                                                                                          \
		field_name, form, SUPPORT_REFUSED, NONE, .help = words                             \
	}

// clang-format off
// --- probes and hooks

static const SchemaField exec_fields[] = { ROW("command", TEXTS, "Program and arguments; no shell.") };
static TYPE_ONLY(exec_action, "ExecAction", exec_fields, "Runs a program in the container.");

static const SchemaField http_header_fields[] = {
	ROW("name", TEXT, "Name of the header."),
	ROW("value", TEXT, "Value of the header."),
};
static TYPE_ONLY(http_header, "HTTPHeader", http_header_fields, "A header of a request.");

static const SchemaField http_get_fields[] = {
	ROW("host", TEXT, "Host to connect to; the Pod's address when absent."),
	ROW("httpHeaders", LIST(http_header), "Headers to send."),
	ROW("path", TEXT, "Path of the request."),
	ROW("port", INT_OR_TEXT, "Number or name of the port."),
	ROW("protocol", TEXT, "Version of HTTP."),
	ROW("scheme", TEXT, "HTTP or HTTPS."),
};
static TYPE_ONLY(http_get_action, "HTTPGetAction", http_get_fields, "Sends an HTTP request.");

static const SchemaField tcp_socket_fields[] = {
	ROW("host", TEXT, "Host to connect to; the Pod's address when absent."),
	ROW("port", INT_OR_TEXT, "Number or name of the port."),
};
static TYPE_ONLY(tcp_socket_action, "TCPSocketAction", tcp_socket_fields, "Opens a TCP connection.");

static const SchemaField grpc_fields[] = {
	ROW("mode", TEXT, "How the connection is made."),
	ROW("port", INT32, "Number of the port."),
	ROW("service", TEXT, "Service to ask the health of."),
};
static TYPE_ONLY(grpc_action, "GRPCAction", grpc_fields, "Asks a gRPC health service.");

static const SchemaField sleep_fields[] = { ROW("seconds", INT64, "How long.") };
static TYPE_ONLY(sleep_action, "SleepAction", sleep_fields, "Waits.");

static const SchemaField probe_fields[] = {
	ROW("exec", POINTER(exec_action), "Healthy when the program exits with 0."),
	ROW("failureThreshold", INT32, "Failures in a row that count; 3 when absent."),
	ROW("grpc", POINTER(grpc_action), "Healthy when the service answers SERVING."),
	ROW("httpGet", POINTER(http_get_action), "Healthy when the status is 200 to 399."),
	ROW("initialDelaySeconds", INT32, "Time from the container's start to the first probe."),
	ROW("periodSeconds", INT32, "Time between probes; 10 when absent."),
	ROW("successThreshold", INT32, "Successes in a row that count; 1 when absent."),
	ROW("tcpSocket", POINTER(tcp_socket_action), "Healthy when the port accepts a connection."),
	ROW("terminationGracePeriodSeconds", OPTIONAL_INT64, "Grace period of a container ended by this probe."),
	ROW("timeoutSeconds", INT32, "Time for one probe; 1 when absent."),
};
static TYPE_ONLY(probe, "Probe", probe_fields, "Finds out whether a container works.");

static const SchemaField handler_fields[] = {
	ROW("exec", POINTER(exec_action), "Runs a program in the container."),
	ROW("httpGet", POINTER(http_get_action), "Sends an HTTP request."),
	ROW("sleep", POINTER(sleep_action), "Waits."),
	ROW("tcpSocket", POINTER(tcp_socket_action), "Never implemented by Kubernetes."),
};
static TYPE_ONLY(lifecycle_handler, "LifecycleHandler", handler_fields, "What a hook does.");

static const SchemaField lifecycle_fields[] = {
	ROW("postStart", POINTER(lifecycle_handler), "Runs right after the container was started."),
	ROW("preStop", POINTER(lifecycle_handler), "Runs before the container is told to stop."),
	ROW("stopSignal", TEXT, "Signal that asks the container to stop."),
};
static TYPE_ONLY(lifecycle, "Lifecycle", lifecycle_fields, "Hooks around the life of a container.");

// --- environment

static const SchemaField key_selector_fields[] = {
	{ "key", TEXT, SUPPORT_HONOURED, IN(KeySelector, key, const char *), .is_required = true, .help = "Key in the object." },
	{ "name", TEXT, SUPPORT_HONOURED, IN(KeySelector, name, const char *), .help = "Name of the object." },
	{ "optional", OPTIONAL_BOOL, SUPPORT_HONOURED, IN(KeySelector, optional, OptionalBool),
	  .help = "When true, a missing object or key leaves the variable out." },
};
static TYPE(config_map_key_selector, KeySelector, "ConfigMapKeySelector", key_selector_fields, "A key of a ConfigMap.");
static TYPE(secret_key_selector, KeySelector, "SecretKeySelector", key_selector_fields, "A key of a Secret.");

static const SchemaField object_field_fields[] = {
	ROW("apiVersion", TEXT, "Version of the schema that the path is written in."),
	ROW("fieldPath", TEXT, "Path of the field: metadata.name, status.podIP …"),
};
TYPE_ONLY(schema_env_object_field, "ObjectFieldSelector", object_field_fields, "A field of the Pod itself.");

static const SchemaField resource_field_fields[] = {
	ROW("containerName", TEXT, "Container to look at; needed in volumes."),
	ROW("divisor", QUANTITY, "Unit of the value."),
	ROW("resource", TEXT, "limits.cpu, requests.memory …"),
};
TYPE_ONLY(schema_env_resource_field, "ResourceFieldSelector", resource_field_fields, "A limit or request of a container.");

static const SchemaField file_key_fields[] = {
	ROW("key", TEXT, "Key in the file."),
	ROW("optional", OPTIONAL_BOOL, "When true, a missing file or key is no error."),
	ROW("path", TEXT, "Path of the file in the volume."),
	ROW("volumeName", TEXT, "Name of an emptyDir volume."),
};
static TYPE_ONLY(file_key_selector, "FileKeySelector", file_key_fields, "A key of a file in a volume.");

static const SchemaField env_source_fields[] = {
	{ "configMapKeyRef", POINTER(config_map_key_selector), SUPPORT_HONOURED, IN(EnvVarSource, config_map_key_ref, KeySelector *),
	  .help = "Value of a key of a ConfigMap.", .mapping = "read at each start of the Pod" },
	{ "fieldRef", POINTER(schema_env_object_field), SUPPORT_REFUSED, NONE, .help = "Value of a field of the Pod.", .mapping = NOT_YET },
	{ "fileKeyRef", POINTER(file_key_selector), SUPPORT_REFUSED, NONE, .help = "Value of a key of a file in a volume.", .mapping = NOT_YET },
	{ "resourceFieldRef", POINTER(schema_env_resource_field), SUPPORT_REFUSED, NONE, .help = "Value of a limit or request.", .mapping = NOT_YET },
	{ "secretKeyRef", POINTER(secret_key_selector), SUPPORT_HONOURED, IN(EnvVarSource, secret_key_ref, KeySelector *),
	  .help = "Value of a key of a Secret.", .mapping = "decrypted at each start of the Pod; on tmpfs only" },
};
static TYPE(env_var_source, EnvVarSource, "EnvVarSource", env_source_fields, "Where the value of a variable comes from.");

static const SchemaField env_var_fields[] = {
	{ "name", TEXT, SUPPORT_HONOURED, IN(EnvVar, name, const char *), .is_required = true,
	  .help = "Name of the variable: printable ASCII without '='." },
	{ "value", TEXT, SUPPORT_HONOURED, IN(EnvVar, value, const char *),
	  .help = "Value; $(NAME) stands for a variable defined before, $$ for $.", .mapping = "expanded by sdme-isolate" },
	{ "valueFrom", POINTER(env_var_source), SUPPORT_HONOURED, IN(EnvVar, value_from, EnvVarSource *),
	  .help = "Where the value comes from; not together with value." },
};
static TYPE(env_var, EnvVar, "EnvVar", env_var_fields, "A variable of the environment.");

static const SchemaField object_reference_fields[] = {
	{ "name", TEXT, SUPPORT_HONOURED, IN(ObjectReference, name, const char *), .is_required = true, .help = "Name of the object." },
	{ "optional", OPTIONAL_BOOL, SUPPORT_HONOURED, IN(ObjectReference, optional, OptionalBool),
	  .help = "When true, a missing object is no error." },
};
static TYPE(config_map_env_source, ObjectReference, "ConfigMapEnvSource", object_reference_fields, "All keys of a ConfigMap.");
static TYPE(secret_env_source, ObjectReference, "SecretEnvSource", object_reference_fields, "All keys of a Secret.");

static const SchemaField env_from_fields[] = {
	{ "configMapRef", POINTER(config_map_env_source), SUPPORT_HONOURED, IN(EnvFromSource, config_map_ref, ObjectReference *),
	  .help = "ConfigMap whose keys become variables.", .mapping = "read at each start of the Pod; data only" },
	{ "prefix", TEXT, SUPPORT_HONOURED, IN(EnvFromSource, prefix, const char *), .help = "Put before each name." },
	{ "secretRef", POINTER(secret_env_source), SUPPORT_HONOURED, IN(EnvFromSource, secret_ref, ObjectReference *),
	  .help = "Secret whose keys become variables.", .mapping = "decrypted at each start of the Pod; on tmpfs only" },
};
static TYPE(env_from_source, EnvFromSource, "EnvFromSource", env_from_fields, "An object whose keys become variables.");

// --- ports, resources, mounts

static const char *const protocol_words[] = { "TCP", "UDP", "SCTP", NULL };

static const SchemaField port_fields[] = {
	{ "containerPort", INT32, SUPPORT_HONOURED, IN(ContainerPort, container_port, int64_t), .is_required = true,
	  .help = "Port that the program listens on: 1 to 65535.", .mapping = "informs only; a port is published by hostPort" },
	{ "hostIP", TEXT, SUPPORT_HONOURED, IN(ContainerPort, host_ip, const char *),
	  .help = "Address of the host that hostPort is bound to; all when absent.", .mapping = "nftables rule for this address" },
	{ "hostPort", INT32, SUPPORT_HONOURED, IN(ContainerPort, host_port, int64_t),
	  .help = "Port of the host that leads to the container.", .mapping = "nftables DNAT, reachable from outside and from the host" },
	{ "name", TEXT, SUPPORT_HONOURED, IN(ContainerPort, name, const char *), .help = "Name of the port, at most 15 characters." },
	{ "protocol", WORD, SUPPORT_HONOURED, IN(ContainerPort, protocol, unsigned), .words = protocol_words, .otherwise = "TCP",
	  .help = "TCP, UDP or SCTP." },
};
static TYPE(container_port, ContainerPort, "ContainerPort", port_fields, "A port of a container.");

static const SchemaField resource_claim_fields[] = {
	ROW("name", TEXT, "Name of an entry of spec.resourceClaims."),
	ROW("request", TEXT, "Request in the claim."),
};
static TYPE_ONLY(resource_claim, "ResourceClaim", resource_claim_fields, "A claim for a device.");

static const SchemaField resource_fields[] = {
	{ "claims", LIST(resource_claim), SUPPORT_REFUSED, NONE, .help = "Devices that the container uses.",
	  .mapping = "devices are handed out by a cluster; bind one with a hostPath volume" },
	{ "limits", QUANTITY_MAP, SUPPORT_HONOURED, IN(ResourceRequirements, limits, ResourceList),
	  .help = "The most that may be used: cpu, memory.", .mapping = "CPUQuota=, MemoryMax= of the unit" },
	{ "requests", QUANTITY_MAP, SUPPORT_HONOURED, IN(ResourceRequirements, requests, ResourceList),
	  .help = "What is needed at least: cpu, memory.", .mapping = "CPUWeight=, MemoryLow= of the unit" },
};

static const SchemaField resize_policy_fields[] = {
	{ "resourceName", TEXT, SUPPORT_NOTED, IN(ResizePolicy, resource_name, const char *), .help = "cpu or memory." },
	{ "restartPolicy", TEXT, SUPPORT_NOTED, IN(ResizePolicy, restart_policy, const char *), .help = "NotRequired or RestartContainer." },
};
static TYPE(resize_policy, ResizePolicy, "ContainerResizePolicy", resize_policy_fields, "How a change of resources is made.");

static const SchemaField exit_codes_fields[] = {
	ROW("operator", TEXT, "In or NotIn."),
	ROW("values", INT32S, "Exit codes."),
};
static TYPE_ONLY(exit_codes, "ContainerRestartRuleOnExitCodes", exit_codes_fields, "Exit codes that a rule is for.");

static const SchemaField restart_rule_fields[] = {
	ROW("action", TEXT, "Restart."),
	ROW("exitCodes", POINTER(exit_codes), "When the rule holds."),
};
static TYPE_ONLY(restart_rule, "ContainerRestartRule", restart_rule_fields, "When a container is restarted.");

static const SchemaField volume_device_fields[] = {
	ROW("devicePath", TEXT, "Path of the device in the container."),
	ROW("name", TEXT, "Name of the claim's volume."),
};
static TYPE_ONLY(volume_device, "VolumeDevice", volume_device_fields, "A raw block device.");

static const SchemaField volume_mount_fields[] = {
	{ "bindMountOptions", TEXTS, SUPPORT_REFUSED, NONE, .help = "nosuid, noexec and the like.", .mapping = NOT_YET },
	{ "mountPath", TEXT, SUPPORT_HONOURED, IN(VolumeMount, mount_path, const char *), .is_required = true,
	  .help = "Where the volume appears in the container.", .mapping = "bind mount in the unit's mount namespace" },
	{ "mountPropagation", OPTIONAL_TEXT, SUPPORT_REFUSED, IN(VolumeMount, mount_propagation, const char *), .harmless = "None", .help = "None, HostToContainer or Bidirectional.", .mapping = NOT_YET },
	{ "name", TEXT, SUPPORT_HONOURED, IN(VolumeMount, name, const char *), .is_required = true, .help = "Name of the volume." },
	{ "readOnly", BOOL, SUPPORT_HONOURED, IN(VolumeMount, read_only, bool), .otherwise = "false",
	  .help = "When true, the container cannot write to it.", .mapping = "read-only bind mount" },
	{ "recursiveReadOnly", OPTIONAL_TEXT, SUPPORT_REFUSED, IN(VolumeMount, recursive_read_only, const char *), .harmless = "Disabled", .help = "Disabled, IfPossible or Enabled.", .mapping = NOT_YET },
	{ "subPath", TEXT, SUPPORT_REFUSED, IN(VolumeMount, sub_path, const char *), .harmless = "",
	  .help = "Path in the volume to mount instead of its root.", .mapping = NOT_YET },
	{ "subPathExpr", TEXT, SUPPORT_REFUSED, IN(VolumeMount, sub_path_expr, const char *), .harmless = "", .help = "As subPath, with $(NAME).", .mapping = NOT_YET },
};
static TYPE(volume_mount, VolumeMount, "VolumeMount", volume_mount_fields, "A volume in a container.");

// --- the container

static const char *const restart_policy_words[] = { "Always", "Never", "OnFailure", NULL };
static const char *const message_policy_words[] = { "File", "FallbackToLogsOnError", NULL };
static const char *const pull_policy_words[] = { "Always", "IfNotPresent", "Never", NULL };

#define CONTAINER_FIELDS(Struct)                                                                   \
	{ "args", TEXTS, SUPPORT_HONOURED, IN(Struct, args, Texts),                                \
	  .help = "Arguments, instead of the image's CMD; $(NAME) is expanded.",                  \
	  .mapping = "argv of the program that sdme-isolate executes" },                          \
	{ "command", TEXTS, SUPPORT_HONOURED, IN(Struct, command, Texts),                          \
	  .help = "Program, instead of the image's ENTRYPOINT and CMD; $(NAME) is expanded.",     \
	  .mapping = "argv of the program that sdme-isolate executes; no shell" },                \
	{ "env", LIST(env_var), SUPPORT_HONOURED, IN(Struct, env, EnvVars),                        \
	  .help = "Variables of the environment, later ones win.",                                \
	  .mapping = "in the spec that sdme-isolate reads, never in a unit" },                    \
	{ "envFrom", LIST(env_from_source), SUPPORT_HONOURED, IN(Struct, env_from, EnvFromSources), \
	  .help = "ConfigMaps and Secrets whose keys become variables.",                          \
	  .mapping = "in the spec that sdme-isolate reads, never in a unit" },                    \
	{ "image", TEXT, SUPPORT_HONOURED, IN(Struct, image, const char *), .is_required = true,   \
	  .help = "Image to run: [REGISTRY/]NAME[:TAG][@DIGEST].",                                \
	  .mapping = "pulled once into the store; its layers are the lower directories of an overlay" }, \
	{ "imagePullPolicy", WORD, SUPPORT_HONOURED, IN(Struct, image_pull_policy, unsigned), .words = pull_policy_words, \
	  .help = "Always, IfNotPresent or Never; when absent, Always for the tag latest, else IfNotPresent.", \
	  .mapping = "Always asks the registry at each apply, start and rollout restart; known layers are not loaded again" }, \
	{ "lifecycle", POINTER(lifecycle), SUPPORT_REFUSED, NONE, .help = "Hooks after start and before stop.", .mapping = NOT_YET }, \
	{ "livenessProbe", POINTER(probe), SUPPORT_REFUSED, NONE, .help = "Restarts the container when it fails.", .mapping = NOT_YET }, \
	{ "name", TEXT, SUPPORT_HONOURED, IN(Struct, name, const char *), .is_required = true,     \
	  .help = "Name of the container, unique in the Pod.", .mapping = "unit sdme-oci-NAME.service" }, \
	{ "ports", LIST(container_port), SUPPORT_HONOURED, IN(Struct, ports, ContainerPorts),      \
	  .help = "Ports that the container listens on." },                                       \
	{ "readinessProbe", POINTER(probe), SUPPORT_REFUSED, NONE, .help = "Tells when the container can serve.", .mapping = NOT_YET }, \
	{ "resizePolicy", LIST(resize_policy), SUPPORT_NOTED, IN(Struct, resize_policy, ResizePolicies), .help = "How a change of resources is made.", \
	  .mapping = "a changed Pod is started anew" },                                           \
	{ "resources", STRUCT(schema_resource_requirements), SUPPORT_HONOURED, IN(Struct, resources, ResourceRequirements), \
	  .help = "Limits and requests.", .mapping = "limits of the unit's cgroup" },             \
	{ "restartPolicy", OPTIONAL_WORD, SUPPORT_REFUSED, NONE, .words = restart_policy_words, .help = "Restart policy of this container; Always makes an init container a sidecar.", \
	  .mapping = NOT_YET },                                                                   \
	{ "restartPolicyRules", LIST(restart_rule), SUPPORT_REFUSED, NONE, .help = "Restarts by exit code.", .mapping = NOT_YET }, \
	{ "securityContext", POINTER(schema_security_context), SUPPORT_HONOURED, IN(Struct, security_context, SecurityContext *), \
	  .help = "User, capabilities and other limits of the container's power; wins over that of the Pod." }, \
	{ "startupProbe", POINTER(probe), SUPPORT_REFUSED, NONE, .help = "Holds the other probes back until the container is up.", .mapping = NOT_YET }, \
	{ "stdin", BOOL, SUPPORT_HONOURED, IN(Struct, has_stdin, bool), .otherwise = "false", \
	  .help = "Keep standard input open.", .mapping = "a pipe that is held open; there is no attach yet that writes to it" }, \
	{ "stdinOnce", BOOL, SUPPORT_NOTED, NONE, .harmless = "false", .help = "Close standard input after the first client.", \
	  .mapping = "there is no attach yet, so standard input stays open" }

#define CONTAINER_FIELDS_T(Struct)                                                                 \
	{ "terminationMessagePath", TEXT, SUPPORT_NOTED, NONE, .harmless = "/dev/termination-log", \
	  .otherwise = "/dev/termination-log", .help = "File that the container leaves its last words in.", \
	  .mapping = "the file is not read yet; the end of the log tells more" },                 \
	{ "terminationMessagePolicy", WORD, SUPPORT_NOTED, NONE, .words = message_policy_words, .keeps_order = true, .harmless = "File", .otherwise = "File", \
	  .help = "File or FallbackToLogsOnError.", .mapping = "the file is not read yet; the end of the log tells more" }, \
	{ "tty", BOOL, SUPPORT_HONOURED, IN(Struct, has_terminal, bool), .otherwise = "false", \
	  .help = "Give the container a terminal.", .mapping = "standard input and outputs are a terminal in its /dev/pts; what it shows is the log" }, \
	{ "volumeDevices", LIST(volume_device), SUPPORT_REFUSED, NONE, .help = "Raw block devices.",  \
	  .mapping = "bind the device with a hostPath volume of type BlockDevice" },              \
	{ "volumeMounts", LIST(volume_mount), SUPPORT_HONOURED, IN(Struct, volume_mounts, VolumeMounts), \
	  .help = "Volumes, and where they appear." },                                            \
	{ "workingDir", TEXT, SUPPORT_HONOURED, IN(Struct, working_dir, const char *),             \
	  .help = "Directory to start in; the image's when absent.", .mapping = "created when it is missing" }

static const SchemaField container_fields[] = {
	CONTAINER_FIELDS(Container),
	CONTAINER_FIELDS_T(Container),
};

static const SchemaField ephemeral_container_fields[] = {
	CONTAINER_FIELDS(Container),
	{ "targetContainerName", TEXT, SUPPORT_REFUSED, NONE, .help = "Container whose namespaces are joined." },
	CONTAINER_FIELDS_T(Container),
};
// clang-format on

TYPE(schema_resource_requirements, ResourceRequirements, "ResourceRequirements", resource_fields,
     "How much of the machine a container may use and needs.");
TYPE(schema_container, Container, "Container", container_fields,
     "A program of the Pod, run from an image.");
TYPE_ONLY(schema_ephemeral_container, "EphemeralContainer", ephemeral_container_fields,
	  "A container that is added to a running Pod to look into it.");
