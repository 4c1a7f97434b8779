// What a scheduler would read of a Pod: it has no effect on one host, but it must be right.
#include "kube/check/duplicates.h"
#include "kube/check/names.h"
#include "kube/check/parts.h"
#include "pkg/base/text.h"

// --- tolerations

static void check_toleration_value(const Toleration *toleration, const FieldPath *path,
				   Report *report)
{
	static const char *const operators[] = { "Equal", "Exists", NULL };
	const SourcePos where = origin_of(&toleration->origin, "operator");
	const char *value = toleration->value ? toleration->value : "";
	const bool is_equal =
		text_is_empty(toleration->operator) || text_equal(toleration->operator, "Equal");
	if (!is_equal && !check_word(where, path, toleration->operator, operators, report))
		return;
	Texts faults = { 0 };
	if (is_equal)
		name_check_label_value(value, report->arena, &faults);
	else if (*value)
		texts_add(report->arena, &faults,
			  "value must be empty when `operator` is 'Exists'");
	if (faults.count > 0)
		field_invalid(report, where, path, value, texts_join(&faults, ";", report->arena));
}

static void check_toleration(const Toleration *toleration, const FieldPath *path, Report *report)
{
	static const char *const effects[] = { "NoSchedule", "PreferNoSchedule", "NoExecute",
					       NULL };
	const Origin *origin = &toleration->origin;
	const char *operator= toleration->operator? toleration->operator: "";
	const char *effect = toleration->effect ? toleration->effect : "";
	check_name(origin, path, "key", toleration->key, name_check_qualified, report);
	if (text_is_empty(toleration->key) && !text_equal(operator, "Exists"))
		field_invalid(report, origin_of(origin, "operator"),
			      FIELD(path, "operator"), operator,
			      "operator must be Exists when `key` is empty, which means "
			      "\"match all values and all keys\"");
	if (toleration->seconds.is_set && !text_equal(effect, "NoExecute"))
		field_invalid(report, origin_of(origin, "effect"), FIELD(path, "effect"), effect,
			      "effect must be 'NoExecute' when `tolerationSeconds` is set");
	check_toleration_value(toleration, FIELD(path, "operator"), report);
	if (*effect)
		check_word(origin_of(origin, "effect"), FIELD(path, "effect"), effect, effects,
			   report);
}

// --- topologySpreadConstraints

static void check_min_domains(const SpreadConstraint *constraint, const char *action,
			      const FieldPath *path, Report *report)
{
	const OptionalInt64 *domains = &constraint->min_domains;
	const SourcePos where = origin_of(&constraint->origin, "minDomains");
	if (domains->is_set && domains->value < 1)
		field_invalid_number(report, where, path, domains->value,
				     "must be greater than zero");
	if (domains->is_set && !text_equal(action, "DoNotSchedule"))
		field_invalid_number(
			report, where, path, domains->value,
			arena_printf(report->arena,
				     "can only use minDomains if whenUnsatisfiable=DoNotSchedule, "
				     "not %s",
				     action));
}

static void check_spread_constraint(const SpreadConstraint *constraint, const FieldPath *path,
				    Report *report)
{
	static const char *const actions[] = { "DoNotSchedule", "ScheduleAnyway", NULL };
	const Origin *origin = &constraint->origin;
	const char *action = constraint->when_unsatisfiable ? constraint->when_unsatisfiable : "";
	if (constraint->max_skew < 1)
		field_invalid_number(report, origin_of(origin, "maxSkew"), FIELD(path, "maxSkew"),
				     constraint->max_skew, "must be greater than zero");
	if (text_is_empty(constraint->topology_key))
		field_required(report, origin_of(origin, "topologyKey"), FIELD(path, "topologyKey"),
			       "can not be empty");
	check_word(origin_of(origin, "whenUnsatisfiable"), FIELD(path, "whenUnsatisfiable"), action,
		   actions, report);
	check_min_domains(constraint, action, FIELD(path, "minDomains"), report);
	check_label_keys(origin, path, "matchLabelKeys", &constraint->match_label_keys,
			 constraint->label_selector, report);
	check_label_selector(constraint->label_selector, FIELD(path, "labelSelector"), report);
	warn_no_selector(origin, path, constraint->label_selector, report);
}

// Kubernetes complains of each that has an equal one behind it.
static void check_repeated_constraints(const SpreadConstraints *constraints, const FieldPath *list,
				       Report *report)
{
	Texts kinds = { 0 };
	for (size_t i = 0; i < constraints->count; i++) {
		const SpreadConstraint *constraint = &constraints->items[i];
		const char *key = constraint->topology_key;
		const char *action = constraint->when_unsatisfiable;
		texts_add(report->arena, &kinds,
			  arena_printf(report->arena, "{%s, %s}", key ? key : "",
				       action ? action : ""));
	}
	const size_t *first = duplicates_find(&kinds, report->arena);
	size_t *last = arena_array(report->arena, kinds.count, sizeof(size_t));
	for (size_t i = 0; i < kinds.count; i++) {
		const size_t previous = last[first[i]];
		if (first[i] != i)
			field_duplicate(
				report, constraints->items[previous].origin.where,
				FIELD(FIELD_AT(list, previous), "{topologyKey, whenUnsatisfiable}"),
				kinds.items[i]);
		last[first[i]] = i;
	}
}

// --- schedulingGates

static void check_gates(const SchedulingGates *gates, const FieldPath *path, Report *report)
{
	Texts names = { 0 };
	for (size_t i = 0; i < gates->count; i++)
		texts_add(report->arena, &names, gates->items[i].name ? gates->items[i].name : "");
	const size_t *first = duplicates_find(&names, report->arena);
	for (size_t i = 0; i < names.count; i++) {
		const SourcePos where = origin_of(&gates->items[i].origin, "name");
		check_grammar(where, FIELD_AT(path, i), names.items[i], name_check_qualified,
			      report);
		if (first[i] != i)
			field_duplicate(report, where, FIELD_AT(path, i), names.items[i]);
	}
}

void check_scheduling(const PodSpec *spec, const FieldPath *path, Report *report)
{
	const Scheduling *scheduling = &spec->scheduling;
	const Origin *origin = &spec->origin;
	check_name(origin, path, "nodeName", scheduling->node_name, name_check_subdomain, report);
	check_name(origin, path, "priorityClassName", scheduling->priority_class_name,
		   name_check_subdomain, report);
	check_labels(origin, path, "nodeSelector", &scheduling->node_selector, report);
	check_amounts(&scheduling->overhead, FIELD(FIELD(path, "overhead"), "limits"), report);
	check_gates(&scheduling->gates, FIELD(path, "schedulingGates"), report);
	if (scheduling->affinity)
		check_affinity(scheduling->affinity, FIELD(path, "affinity"), report);
	for (size_t i = 0; i < scheduling->tolerations.count; i++)
		check_toleration(&scheduling->tolerations.items[i],
				 FIELD_AT(FIELD(path, "tolerations"), i), report);
	const SpreadConstraints *constraints = &scheduling->spread_constraints;
	const FieldPath *list = FIELD(path, "topologySpreadConstraints");
	for (size_t i = 0; i < constraints->count; i++)
		check_spread_constraint(&constraints->items[i], FIELD_AT(list, i), report);
	check_repeated_constraints(constraints, list, report);
	if (scheduling->gates.count > 0 && !text_is_empty(scheduling->node_name))
		field_forbidden(report, origin_of(origin, "nodeName"), FIELD(path, "nodeName"),
				"cannot be set until all schedulingGates have been cleared");
}
