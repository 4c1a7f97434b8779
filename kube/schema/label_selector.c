#include "kube/schema/label_selector.h"

#include "pkg/base/number.h"
#include "pkg/base/text.h"

// Whether a label fulfils an operator. value: NULL = there is no such label.
typedef bool LabelTest(const char *value, const Texts *values);

static bool is_in(const char *value, const Texts *values)
{
	return value && texts_contain(values, value);
}

static bool is_not_in(const char *value, const Texts *values)
{
	return !is_in(value, values);
}

static bool exists(const char *value, const Texts *values)
{
	(void)values; // there are none
	return value != NULL;
}

static bool is_absent(const char *value, const Texts *values)
{
	return !exists(value, values);
}

// Only whole numbers compare: -1, 0, 1. False when one of the two is none.
static bool compare(const char *value, const Texts *values, int *ret)
{
	CLEANUP_ERROR ignored = { 0 }; // what is no number fulfils nothing
	int64_t left = 0;
	int64_t right = 0;
	if (!value || values->count != 1 ||
	    !number_parse_i64(value, "label", INT64_MIN, INT64_MAX, &left, &ignored) ||
	    !number_parse_i64(values->items[0], "value", INT64_MIN, INT64_MAX, &right, &ignored))
		return false;
	*ret = (left > right) - (left < right);
	return true;
}

static bool is_greater(const char *value, const Texts *values)
{
	int order = 0;
	return compare(value, values, &order) && order > 0;
}

static bool is_less(const char *value, const Texts *values)
{
	int order = 0;
	return compare(value, values, &order) && order < 0;
}

static const struct {
	const char *word;
	LabelTest *test;
} operators[] = {
	{ LABEL_IN, is_in },           { LABEL_NOT_IN, is_not_in },
	{ LABEL_EXISTS, exists },      { LABEL_DOES_NOT_EXIST, is_absent },
	{ LABEL_GREATER, is_greater }, { LABEL_LESS, is_less },
};

static bool is_fulfilled(const Requirement *requirement, const Pairs *labels)
{
	for (size_t i = 0; i < COUNT(operators); i++) {
		if (text_equal_or_null(requirement->operator, operators[i].word))
			return operators[i].test(pairs_get(labels, requirement->key),
						 &requirement->values);
	}
	return false;
}

static bool has_all(const Pairs *wanted, const Pairs *labels)
{
	for (size_t i = 0; i < wanted->count; i++) {
		if (!text_equal_or_null(pairs_get(labels, wanted->items[i].key),
					wanted->items[i].value))
			return false;
	}
	return true;
}

bool label_selector_matches(const LabelSelector *selector, const Pairs *labels)
{
	for (size_t i = 0; i < selector->match_expressions.count; i++) {
		if (!is_fulfilled(&selector->match_expressions.items[i], labels))
			return false;
	}
	return has_all(&selector->match_labels, labels);
}
