// Selectors: requirements on labels of Pods and nodes.
#include "kube/check/names.h"
#include "kube/check/parts.h"
#include "pkg/base/text.h"

static const SelectorOperator *find_operator(const SelectorOperator *operators, const char *word)
{
	for (size_t i = 0; operators[i].word; i++) {
		if (text_equal(word, operators[i].word))
			return &operators[i];
	}
	return NULL;
}

static void check_operator(const Requirement *requirement, const SelectorOperator *operators,
			   const FieldPath *path, Report *report)
{
	const char *word = requirement->operator? requirement->operator: "";
	const SelectorOperator *operator= find_operator(operators, word);
	const size_t count = requirement->values.count;
	const SourcePos values = origin_of(&requirement->origin, "values");
	if (!operator)
		field_invalid(report, origin_of(&requirement->origin, "operator"),
			      FIELD(path, "operator"), word, "not a valid selector operator");
	else if (count > 0 && operator->max == 0)
		field_forbidden(report, values, FIELD(path, "values"), operator->rule);
	else if (count < operator->min || count> operator->max)
		field_required(report, values, FIELD(path, "values"), operator->rule);
}

static void check_requirement(const Requirement *requirement, const SelectorRules *rules,
			      const FieldPath *path, Report *report)
{
	check_operator(requirement, rules->operators, path, report);
	check_grammar(origin_of(&requirement->origin, "key"), FIELD(path, "key"),
		      requirement->key ? requirement->key : "", rules->key, report);
	for (size_t i = 0; rules->value && i < requirement->values.count; i++)
		check_grammar(origin_of(&requirement->origin, "values"),
			      FIELD_AT(FIELD(path, "values"), i), requirement->values.items[i],
			      rules->value, report);
}

void check_requirements(const Requirements *requirements, const SelectorRules *rules,
			const FieldPath *path, Report *report)
{
	for (size_t i = 0; i < requirements->count; i++)
		check_requirement(&requirements->items[i], rules, FIELD_AT(path, i), report);
}

void check_label_selector(const LabelSelector *selector, const FieldPath *path, Report *report)
{
	static const SelectorOperator operators[] = { SELECTOR_OPERATORS, { 0 } };
	static const SelectorRules rules = { operators, name_check_qualified,
					     name_check_label_value };
	if (!selector)
		return;
	check_labels(&selector->origin, path, "matchLabels", &selector->match_labels, report);
	check_requirements(&selector->match_expressions, &rules, FIELD(path, "matchExpressions"),
			   report);
}

void warn_no_selector(const Origin *origin, const FieldPath *path, const LabelSelector *selector,
		      Report *report)
{
	if (!selector)
		field_warning(report, origin->where, FIELD(path, "labelSelector"),
			      "a null labelSelector results in matching no pod");
}

void check_label_keys(const Origin *origin, const FieldPath *parent, const char *field,
		      const Texts *keys, const LabelSelector *selector, Report *report)
{
	const FieldPath *path = FIELD(parent, field);
	const SourcePos where = origin_of(origin, field);
	if (keys->count > 0 && !selector)
		field_forbidden(report, where, path,
				"must not be specified when labelSelector is not set");
	for (size_t i = 0; i < keys->count; i++)
		check_grammar(where, FIELD_AT(path, i), keys->items[i], name_check_qualified,
			      report);
}
