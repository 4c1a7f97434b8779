// Environment: env and envFrom.
#include "kube/check/duplicates.h"
#include "kube/check/names.h"
#include "kube/check/parts.h"
#include "pkg/base/text.h"
#include "pkg/sys/text/yaml.h"

// Members of the node that have a value, among `names`.
static size_t count_members(const YamlNode *node, const char *const *names)
{
	size_t count = 0;
	for (size_t i = 0; names[i]; i++) {
		const YamlNode *value = yaml_get(node, names[i]);
		count += value && value->kind != YAML_NULL ? 1 : 0;
	}
	return count;
}

// An empty name breaks the grammar of names; a missing key is told by the decoder.
static void check_key_selector(const KeySelector *selector, const FieldPath *path, Report *report)
{
	if (!selector)
		return;
	check_grammar(origin_of(&selector->origin, "name"), FIELD(path, "name"),
		      selector->name ? selector->name : "", name_check_subdomain, report);
	check_name(&selector->origin, path, "key", selector->key, name_check_data_key, report);
}

static void check_value_from(const EnvVar *variable, const FieldPath *parent, Report *report)
{
	static const char *const sources[] = { "fieldRef",        "resourceFieldRef",
					       "configMapKeyRef", "secretKeyRef",
					       "fileKeyRef",      NULL };
	const EnvVarSource *source = variable->value_from;
	if (!source)
		return;
	const FieldPath *path = FIELD(parent, "valueFrom");
	const SourcePos where = origin_of(&variable->origin, "valueFrom");
	const size_t count = count_members(source->origin.node, sources);
	if (!text_is_empty(variable->value))
		field_invalid(report, where, path, "",
			      "may not be specified when `value` is not empty");
	if (count == 0)
		field_invalid(report, where, path, "",
			      "must specify one of: `fieldRef`, `resourceFieldRef`, "
			      "`configMapKeyRef`, `secretKeyRef` or `fileKeyRef`");
	else if (count > 1)
		field_invalid(report, where, path, "",
			      "may not have more than one field specified at a time");
	check_key_selector(source->config_map_key_ref, FIELD(path, "configMapKeyRef"), report);
	check_key_selector(source->secret_key_ref, FIELD(path, "secretKeyRef"), report);
}

// A later variable of the same name is meant when it adds to the earlier one: PATH=$(PATH):/x.
static void warn_hidden(const EnvVars *variables, size_t index, const FieldPath *path,
			Report *report)
{
	const EnvVar *variable = &variables->items[index];
	const char *own = arena_printf(report->arena, "$(%s)", variable->name);
	if (variable->value && strstr(variable->value, own))
		return;
	field_warning(report, variable->origin.where, path,
		      arena_printf(report->arena,
				   "hides previous definition of %s, which may be dropped when "
				   "using apply",
				   text_quoted(variable->name, report->arena)));
}

static void check_env(const EnvVars *variables, const FieldPath *list, Report *report)
{
	Texts names = { 0 };
	for (size_t i = 0; i < variables->count; i++) {
		const char *name = variables->items[i].name;
		texts_add(report->arena, &names, text_is_empty(name) ? NULL : name);
	}
	const size_t *first = duplicates_find(&names, report->arena);
	for (size_t i = 0; i < variables->count; i++) {
		const EnvVar *variable = &variables->items[i];
		const FieldPath *path = FIELD_AT(list, i);
		check_name(&variable->origin, path, "name", variable->name, name_check_env, report);
		check_value_from(variable, path, report);
		if (first[i] != i)
			warn_hidden(variables, i, path, report);
	}
}

// The grammar of generated names is the one for names that end in a piece to come: they may end in '-'. No object has
// such a name.
static void check_object_reference(const ObjectReference *reference, const FieldPath *path,
				   Report *report)
{
	if (!reference || text_is_empty(reference->name))
		return;
	const SourcePos where = origin_of(&reference->origin, "name");
	const char *name = reference->name;
	const size_t length = strlen(name);
	const bool is_open = length > 1 && name[length - 1] == '-';
	const char *whole =
		is_open ? arena_printf(report->arena, "%.*sa", (int)length - 1, name) : name;
	Texts faults = { 0 };
	name_check_subdomain(whole, report->arena, &faults);
	field_invalid_all(report, where, FIELD(path, "name"), name, &faults);
	if (is_open && faults.count == 0)
		field_forbidden(report, where, FIELD(path, "name"),
				"not supported by sdme: no object has a name that ends in '-'");
}

// Some paths have no index: a quirk of Kubernetes that its users know.
static void check_env_from(const EnvFromSources *sources, const FieldPath *list, Report *report)
{
	for (size_t i = 0; i < sources->count; i++) {
		const EnvFromSource *source = &sources->items[i];
		const FieldPath *path = FIELD_AT(list, i);
		check_name(&source->origin, path, "prefix", source->prefix, name_check_env, report);
		if (!source->config_map_ref && !source->secret_ref)
			field_invalid(report, source->origin.where, list, "",
				      "must specify one of: `configMapRef` or `secretRef`");
		if (source->config_map_ref && source->secret_ref)
			field_invalid(report, source->origin.where, list, "",
				      "may not have more than one field specified at a time");
		check_object_reference(source->config_map_ref, FIELD(path, "configMapRef"), report);
		check_object_reference(source->secret_ref, FIELD(path, "secretRef"), report);
	}
}

void check_environment(const Container *container, const FieldPath *path, Report *report)
{
	check_env(&container->env, FIELD(path, "env"), report);
	check_env_from(&container->env_from, FIELD(path, "envFrom"), report);
}
