// Values that fields of many kinds have: names of a grammar, words of a list, labels, paths.
#include "kube/check/names.h"
#include "kube/check/parts.h"
#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/text/yaml.h"

void check_grammar(SourcePos where, const FieldPath *path, const char *value, NameGrammar *grammar,
		   Report *report)
{
	Texts faults = { 0 };
	grammar(value, report->arena, &faults);
	field_invalid_all(report, where, path, value, &faults);
}

void check_name(const Origin *origin, const FieldPath *path, const char *field, const char *value,
		NameGrammar *grammar, Report *report)
{
	if (!text_is_empty(value))
		check_grammar(origin_of(origin, field), FIELD(path, field), value, grammar, report);
}

bool check_word(SourcePos where, const FieldPath *path, const char *value, const char *const *words,
		Report *report)
{
	CLEANUP_BUFFER list = { 0 };
	for (size_t i = 0; words[i]; i++) {
		if (text_equal(value, words[i]))
			return true;
		buffer_printf(&list, "%s\"%s\"", i > 0 ? ", " : "", words[i]);
	}
	field_unsupported(report, where, path, value, buffer_text(&list));
	return false;
}

SourcePos place_of_pair(const Origin *origin, const char *field, const char *key)
{
	const YamlMember *member = yaml_find(yaml_get(origin->node, field), key);
	return member ? member->where : origin_of(origin, field);
}

void check_labels(const Origin *origin, const FieldPath *parent, const char *field,
		  const Pairs *labels, Report *report)
{
	const FieldPath *path = FIELD(parent, field);
	for (size_t i = 0; i < labels->count; i++) {
		const Pair *label = &labels->items[i];
		Texts faults = { 0 };
		name_check_qualified(label->key, report->arena, &faults);
		if (faults.count > 0)
			field_invalid_all(report, place_of_pair(origin, field, label->key), path,
					  label->key, &faults);
		faults.count = 0;
		name_check_label_value(label->value, report->arena, &faults);
		if (faults.count > 0)
			field_invalid_all(report, place_of_pair(origin, field, label->key), path,
					  label->value, &faults);
	}
}

void check_local_path(const char *value, SourcePos where, const FieldPath *path, Report *report)
{
	if (path_is_absolute(value))
		field_invalid(report, where, path, value, "must be a relative path");
	if (path_has_dotdot(value))
		field_invalid(report, where, path, value, "must not contain '..'");
}
