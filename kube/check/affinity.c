// Affinity: wishes and demands about nodes and neighbours.
#include "kube/check/duplicates.h"
#include "kube/check/names.h"
#include "kube/check/parts.h"
#include "pkg/base/text.h"

#define PREFERRED "preferredDuringSchedulingIgnoredDuringExecution"
#define REQUIRED  "requiredDuringSchedulingIgnoredDuringExecution"

static void check_weight(int64_t weight, const Origin *origin, const FieldPath *path,
			 Report *report)
{
	if (weight < 1 || weight > 100)
		field_invalid_number(report, origin_of(origin, "weight"), FIELD(path, "weight"),
				     weight, "must be in the range 1-100");
}

// --- nodes

static void check_node_field(const char *name, Arena *arena, Texts *ret_faults)
{
	if (!text_equal(name, "metadata.name"))
		texts_add(arena, ret_faults, "not a valid field selector key");
}

#define SINGLE "must be specified single value when `operator` is 'Lt' or 'Gt'"
#define ONE    "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"

static const SelectorOperator label_operators[] = {
	SELECTOR_OPERATORS, { "Gt", 1, 1, SINGLE }, { "Lt", 1, 1, SINGLE }, { 0 }
};
static const SelectorOperator field_operators[] = { { "In", 1, 1, ONE },
						    { "NotIn", 1, 1, ONE },
						    { 0 } };
static const SelectorRules demanded = { label_operators, name_check_qualified,
					name_check_label_value };
// A wish that no node can fulfil does no harm.
static const SelectorRules wished = { label_operators, name_check_qualified, NULL };
static const SelectorRules node_fields = { field_operators, check_node_field,
					   name_check_subdomain };

static void check_node_term(const NodeTerm *term, const SelectorRules *labels,
			    const FieldPath *path, Report *report)
{
	check_requirements(&term->match_expressions, labels, FIELD(path, "matchExpressions"),
			   report);
	check_requirements(&term->match_fields, &node_fields, FIELD(path, "matchFields"), report);
}

static void check_node_affinity(const NodeAffinity *affinity, const FieldPath *path, Report *report)
{
	const NodeSelector *required = affinity->required;
	const FieldPath *terms = FIELD(FIELD(path, REQUIRED), "nodeSelectorTerms");
	if (required && required->terms.count == 0)
		field_required(report, required->origin.where, terms,
			       "must have at least one node selector term");
	for (size_t i = 0; required && i < required->terms.count; i++)
		check_node_term(&required->terms.items[i], &demanded, FIELD_AT(terms, i), report);
	for (size_t i = 0; i < affinity->preferred.count; i++) {
		const PreferredNode *preferred = &affinity->preferred.items[i];
		const FieldPath *wish = FIELD_AT(FIELD(path, PREFERRED), i);
		check_weight(preferred->weight, &preferred->origin, wish, report);
		check_node_term(&preferred->preference, &wished, FIELD(wish, "preference"), report);
	}
}

// --- Pods

static void check_mismatch(const PodTerm *term, const FieldPath *path, Report *report)
{
	const Texts *lists[] = { &term->mismatch_label_keys, &term->match_label_keys };
	Texts keys = { 0 };
	for (size_t list = 0; list < COUNT(lists); list++) {
		for (size_t i = 0; i < lists[list]->count; i++)
			texts_add(report->arena, &keys, lists[list]->items[i]);
	}
	const size_t *first = duplicates_find(&keys, report->arena);
	for (size_t i = lists[0]->count; i < keys.count; i++) {
		if (first[i] < lists[0]->count)
			field_invalid(report, origin_of(&term->origin, "matchLabelKeys"),
				      FIELD_AT(FIELD(path, "matchLabelKeys"), i - lists[0]->count),
				      keys.items[i],
				      "exists in both matchLabelKeys and mismatchLabelKeys");
	}
}

static void check_pod_term(const PodTerm *term, const FieldPath *path, Report *report)
{
	const Origin *origin = &term->origin;
	const SourcePos topology = origin_of(origin, "topologyKey");
	check_label_selector(term->label_selector, FIELD(path, "labelSelector"), report);
	check_label_selector(term->namespace_selector, FIELD(path, "namespaceSelector"), report);
	for (size_t i = 0; i < term->namespaces.count; i++)
		check_grammar(origin_of(origin, "namespaces"), FIELD(path, "namespace"),
			      term->namespaces.items[i], name_check_label, report);
	check_label_keys(origin, path, "matchLabelKeys", &term->match_label_keys,
			 term->label_selector, report);
	check_label_keys(origin, path, "mismatchLabelKeys", &term->mismatch_label_keys,
			 term->label_selector, report);
	check_mismatch(term, path, report);
	if (text_is_empty(term->topology_key))
		field_required(report, topology, FIELD(path, "topologyKey"), "can not be empty");
	check_grammar(topology, FIELD(path, "topologyKey"),
		      term->topology_key ? term->topology_key : "", name_check_qualified, report);
	warn_no_selector(origin, path, term->label_selector, report);
}

static void check_pod_affinity(const PodAffinity *affinity, const FieldPath *path, Report *report)
{
	for (size_t i = 0; i < affinity->required.count; i++)
		check_pod_term(&affinity->required.items[i], FIELD_AT(FIELD(path, REQUIRED), i),
			       report);
	for (size_t i = 0; i < affinity->preferred.count; i++) {
		const PreferredPod *preferred = &affinity->preferred.items[i];
		const FieldPath *wish = FIELD_AT(FIELD(path, PREFERRED), i);
		check_weight(preferred->weight, &preferred->origin, wish, report);
		check_pod_term(&preferred->term, FIELD(wish, "podAffinityTerm"), report);
	}
}

void check_affinity(const Affinity *affinity, const FieldPath *path, Report *report)
{
	if (affinity->node)
		check_node_affinity(affinity->node, FIELD(path, "nodeAffinity"), report);
	if (affinity->pod)
		check_pod_affinity(affinity->pod, FIELD(path, "podAffinity"), report);
	if (affinity->pod_anti)
		check_pod_affinity(affinity->pod_anti, FIELD(path, "podAntiAffinity"), report);
}
