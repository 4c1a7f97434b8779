// What a container may do: users, capabilities, profiles.
#include "kube/schema/rows.h"

#define ROW(field_name, form, words)                                                               \
	{                                                                                          \
		field_name, form, SUPPORT_REFUSED, NONE, .help = words                             \
	}

// clang-format off
static const char *const seccomp_words[] = { "RuntimeDefault", "Unconfined", "Localhost", NULL };

static const SchemaField seccomp_fields[] = {
	{ "localhostProfile", OPTIONAL_TEXT, SUPPORT_HONOURED, IN(SeccompProfile, localhost_profile, const char *),
	  .help = "Path of the profile, below the directory for profiles; with type Localhost.",
	  .mapping = "OCI profile JSON below DATADIR/seccomp, compiled when the Pod is applied and loaded by sdme-isolate" },
	{ "type", WORD, SUPPORT_HONOURED, IN(SeccompProfile, type, unsigned), .words = seccomp_words, .is_required = true,
	  .required_detail = "type is required when seccompProfile is set",
	  .help = "RuntimeDefault, Unconfined or Localhost.", .mapping = "compiled with libseccomp, loaded by sdme-isolate" },
};

static const SchemaField app_armor_fields[] = {
	ROW("localhostProfile", TEXT, "Name of a profile that is loaded on the host."),
	ROW("type", TEXT, "RuntimeDefault, Unconfined or Localhost."),
};

static const SchemaField selinux_fields[] = {
	ROW("level", TEXT, "Level of the label."),
	ROW("role", TEXT, "Role of the label."),
	ROW("type", TEXT, "Type of the label."),
	ROW("user", TEXT, "User of the label."),
};

static const SchemaField windows_fields[] = {
	ROW("gmsaCredentialSpec", TEXT, "Credential of a managed service account."),
	ROW("gmsaCredentialSpecName", TEXT, "Name of that credential."),
	ROW("hostProcess", OPTIONAL_BOOL, "Run as a process of the host."),
	ROW("runAsUserName", TEXT, "User to run as."),
};

static const SchemaField capabilities_fields[] = {
	{ "add", TEXTS, SUPPORT_HONOURED, IN(Capabilities, add, Texts),
	  .help = "Capabilities to add to the default ones, or ALL.", .mapping = "bounding set of the app" },
	{ "drop", TEXTS, SUPPORT_HONOURED, IN(Capabilities, drop, Texts),
	  .help = "Capabilities to take away, or ALL; done before add.", .mapping = "bounding set of the app" },
};
static TYPE(capabilities, Capabilities, "Capabilities", capabilities_fields, "Pieces of root's power.");

static const char *const proc_mount_words[] = { "Default", "Unmasked", NULL };

static const SchemaField security_context_fields[] = {
	{ "allowPrivilegeEscalation", OPTIONAL_BOOL, SUPPORT_HONOURED, IN(SecurityContext, allow_privilege_escalation, OptionalBool),
	  .help = "Whether the program can gain more power than its parent, as by a set-user-ID file.",
	  .mapping = "no_new_privs unless true; Kubernetes leaves it off unless false" },
	{ "appArmorProfile", POINTER(schema_app_armor_profile), SUPPORT_REFUSED, NONE, .help = "AppArmor profile.", .mapping = NOT_YET },
	{ "capabilities", POINTER(capabilities), SUPPORT_HONOURED, IN(SecurityContext, capabilities, Capabilities *),
	  .help = "Capabilities to add and to drop.", .mapping = "bounding set of the app" },
	{ "privileged", OPTIONAL_BOOL, SUPPORT_REFUSED, NONE, .harmless = "false", .help = "All power over the host.",
	  .mapping = "add the capabilities and hostPath volumes that are needed" },
	{ "procMount", OPTIONAL_WORD, SUPPORT_REFUSED, NONE, .words = proc_mount_words, .harmless = "Default", .help = "Default or Unmasked.", .mapping = NOT_YET },
	{ "readOnlyRootFilesystem", OPTIONAL_BOOL, SUPPORT_HONOURED, IN(SecurityContext, read_only_root_filesystem, OptionalBool),
	  .help = "Whether the image is read-only; volumes stay writable.", .mapping = "read-only mount of the app's root; VOLUMEs of the image stay writable" },
	{ "runAsGroup", OPTIONAL_INT64, SUPPORT_HONOURED, IN(SecurityContext, run_as_group, OptionalInt64),
	  .help = "Group id of the program.", .mapping = "setresgid by sdme-isolate" },
	{ "runAsNonRoot", OPTIONAL_BOOL, SUPPORT_HONOURED, IN(SecurityContext, run_as_non_root, OptionalBool),
	  .help = "When true, the container must not run as user 0.", .mapping = "checked before the start, with the image's user" },
	{ "runAsUser", OPTIONAL_INT64, SUPPORT_HONOURED, IN(SecurityContext, run_as_user, OptionalInt64),
	  .help = "User id of the program; the image's user when absent.", .mapping = "setresuid by sdme-isolate" },
	{ "seLinuxOptions", POINTER(schema_selinux_options), SUPPORT_REFUSED, NONE, .harmless = "{}", .help = "SELinux label.", .mapping = NOT_YET },
	{ "seccompProfile", POINTER(schema_seccomp_profile), SUPPORT_HONOURED, IN(SecurityContext, seccomp_profile, SeccompProfile *),
	  .help = "System calls that are allowed.", .mapping = "BPF program, loaded by sdme-isolate" },
	{ "windowsOptions", POINTER(schema_windows_options), SUPPORT_REFUSED, NONE, .help = "For Windows.", .mapping = "this is Linux" },
};
// clang-format on

TYPE(schema_seccomp_profile, SeccompProfile, "SeccompProfile", seccomp_fields,
     "Which system calls are allowed.");
TYPE_ONLY(schema_app_armor_profile, "AppArmorProfile", app_armor_fields, "Which AppArmor profile.");
TYPE_ONLY(schema_selinux_options, "SELinuxOptions", selinux_fields, "Which SELinux label.");
TYPE_ONLY(schema_windows_options, "WindowsSecurityContextOptions", windows_fields, "For Windows.");
TYPE(schema_security_context, SecurityContext, "SecurityContext", security_context_fields,
     "What a container may do.");
