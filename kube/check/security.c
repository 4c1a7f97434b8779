// Security contexts: users, capabilities, seccomp.
#include "isolate/app/capability.h"
#include "kube/check/names.h"
#include "kube/check/parts.h"
#include "pkg/base/json.h"
#include "pkg/base/text.h"
#include "pkg/sys/text/yaml.h"

static void check_id(const OptionalInt64 *id, const Origin *origin, const FieldPath *path,
		     const char *name, Report *report)
{
	Texts faults = { 0 };
	if (id->is_set)
		number_check_id(id->value, report->arena, &faults);
	for (size_t i = 0; i < faults.count; i++)
		field_invalid_number(report, origin_of(origin, name), FIELD(path, name), id->value,
				     faults.items[i]);
}

// The value is the whole profile, as Go prints it, with the type as it was written.
static void report_lost_profile(const SeccompProfile *profile, SourcePos where,
				const FieldPath *path, Report *report)
{
	const YamlNode *type = yaml_get(profile->origin.node, "type");
	CLEANUP_BUFFER value = { 0 };
	JsonWriter json = json_writer(&value, /* is_pretty= */ false);
	json_begin_object(&json);
	json_add_text_member(&json, "Type", type && type->kind == YAML_TEXT ? type->text : "");
	json_add_text_member(&json, "LocalhostProfile", profile->localhost_profile);
	json_end_object(&json);
	field_invalid_value(report, where, path, buffer_text(&value),
			    "can only be set when seccomp type is Localhost");
}

static void check_seccomp(const SeccompProfile *profile, const FieldPath *parent, Report *report)
{
	if (!profile)
		return;
	const FieldPath *path = FIELD(FIELD(parent, "seccompProfile"), "localhostProfile");
	const SourcePos where = origin_of(&profile->origin, "localhostProfile");
	const char *name = profile->localhost_profile;
	const bool is_local = profile->type == SECCOMP_TYPE_LOCALHOST;
	if (name && !is_local)
		report_lost_profile(profile, where, path, report);
	else if (is_local && !name)
		field_required(report, where, path, "must be set when seccomp type is Localhost");
	else if (is_local && !*name)
		field_forbidden(report, where, path,
				"not supported by sdme: a directory is no profile");
	else if (is_local)
		check_local_path(name, where, path, report);
}

// Unknown ones are reported. Kubernetes leaves that to the runtime.
static void check_capability_list(const Texts *names, const Origin *origin, const FieldPath *parent,
				  const char *field, Report *report)
{
	for (size_t i = 0; i < names->count; i++) {
		uint64_t bits = 0;
		CLEANUP_ERROR error = { 0 };
		if (!capability_parse(names->items[i], &bits, &error))
			field_invalid(report, origin_of(origin, field),
				      FIELD_AT(FIELD(parent, field), i), names->items[i],
				      error.message);
	}
}

static void check_capabilities(const SecurityContext *context, const FieldPath *parent,
			       Report *report)
{
	const Capabilities *wanted = context->capabilities;
	if (!wanted)
		return;
	const FieldPath *path = FIELD(parent, "capabilities");
	check_capability_list(&wanted->add, &wanted->origin, path, "add", report);
	check_capability_list(&wanted->drop, &wanted->origin, path, "drop", report);
	const bool is_refused = context->allow_privilege_escalation.is_set &&
				!context->allow_privilege_escalation.value;
	// Only this spelling: SYS_ADMIN and ALL pass, in Kubernetes as well.
	if (is_refused && texts_contain(&wanted->add, "CAP_SYS_ADMIN"))
		field_invalid_bool(report, origin_of(&context->origin, "allowPrivilegeEscalation"),
				   parent, false,
				   "cannot set `allowPrivilegeEscalation` to false and "
				   "`capabilities.Add` CAP_SYS_ADMIN");
}

// What Kubernetes finds out when it makes the container: user 0, and a promise not to be it.
static void check_non_root(const ContainerCheck *check, const FieldPath *path, Report *report)
{
	static const SecurityContext none = { 0 };
	static const PodSecurityContext pod_none = { 0 };
	const SecurityContext *own = check->container->security_context;
	const PodSecurityContext *pod = check->pod->spec.security_context;
	own = own ? own : &none;
	pod = pod ? pod : &pod_none;

	const OptionalBool *promise =
		own->run_as_non_root.is_set ? &own->run_as_non_root : &pod->run_as_non_root;
	const bool is_own = own->run_as_user.is_set;
	const OptionalInt64 *user = is_own ? &own->run_as_user : &pod->run_as_user;
	if (!promise->value || !user->is_set || user->value != 0)
		return;
	field_invalid_number(
		report, origin_of(is_own ? &own->origin : &pod->origin, "runAsUser"),
		is_own ? FIELD(path, "runAsUser")
		       : FIELD(FIELD(FIELD(NULL, "spec"), "securityContext"), "runAsUser"),
		0, "container's runAsUser breaks non-root policy");
}

void check_security(const ContainerCheck *check, Report *report)
{
	const FieldPath *path = FIELD(check->path, "securityContext");
	const SecurityContext *context = check->container->security_context;
	check_non_root(check, path, report);
	if (!context)
		return;
	check_id(&context->run_as_user, &context->origin, path, "runAsUser", report);
	check_id(&context->run_as_group, &context->origin, path, "runAsGroup", report);
	check_capabilities(context, path, report);
	check_seccomp(context->seccomp_profile, path, report);
}

void check_pod_security(const PodSecurityContext *context, const FieldPath *path, Report *report)
{
	check_id(&context->run_as_user, &context->origin, path, "runAsUser", report);
	check_id(&context->run_as_group, &context->origin, path, "runAsGroup", report);
	for (size_t i = 0; i < context->supplemental_groups.count; i++) {
		const int64_t group = context->supplemental_groups.items[i];
		Texts faults = { 0 };
		number_check_id(group, report->arena, &faults);
		if (faults.count > 0)
			field_invalid_number(report,
					     origin_of(&context->origin, "supplementalGroups"),
					     FIELD_AT(FIELD(path, "supplementalGroups"), i), group,
					     faults.items[0]);
	}
	check_seccomp(context->seccomp_profile, path, report);
}
