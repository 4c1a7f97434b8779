#include "kube/manifest/decode_scalar.h"

#include "kube/manifest/go_time.h"
#include "pkg/base/base64.h"
#include "pkg/base/text.h"

#include <stdlib.h>
#include <string.h>

// The Go type that a decoder of Kubernetes would name.
static const char *go_type(const Report *report, const FieldForm *form, bool is_item)
{
	static const char *const words[] = {
		[FIELD_TEXT] = "string",
		[FIELD_BOOL] = "bool",
		[FIELD_INT32] = "int32",
		[FIELD_INT64] = "int64",
		[FIELD_QUANTITY] = "resource.Quantity",
		[FIELD_INT_OR_TEXT] = "int32",
		[FIELD_TIME] = "string",
		[FIELD_DATA] = "string",
		[FIELD_BYTES] = "[]uint8",
		[FIELD_WORD] = "string",
		[FIELD_STRUCT] = "v1.",
		[FIELD_ANY] = "v1.",
	};
	const char *base = words[form->kind];
	if (form->type)
		base = arena_printf(report->arena, "v1.%s", form->type->name);
	if (!is_item && form->shape == SHAPE_LIST)
		return arena_printf(report->arena, "[]%s", base);
	if (!is_item && form->shape == SHAPE_MAP && form->kind == FIELD_QUANTITY)
		return "v1.ResourceList";
	if (!is_item && form->shape == SHAPE_MAP)
		return arena_printf(report->arena, "map[string]%s", base);
	return base;
}

// How to write what was most likely meant, or "".
static const char *quoting_advice(const Report *report, const YamlNode *node, FieldKind kind)
{
	const bool wants_text = kind == FIELD_TEXT || kind == FIELD_DATA || kind == FIELD_WORD;
	const bool is_plain =
		node->kind == YAML_BOOL || node->kind == YAML_INTEGER || node->kind == YAML_FLOAT;
	if (wants_text && is_plain && report->hides_values)
		return " (write it in quotes)";
	if (wants_text && is_plain)
		return arena_printf(report->arena, " (write \"%s\" in quotes)", node->text);
	const bool wants_number = kind == FIELD_INT32 || kind == FIELD_INT64;
	if (wants_number && node->kind == YAML_TEXT && node->length > 0 &&
	    text_has_only(node->text, "0123456789"))
		return arena_printf(report->arena, " (write %s without quotes)", node->text);
	return "";
}

static bool is_number(const YamlNode *node)
{
	return node->kind == YAML_INTEGER || node->kind == YAML_FLOAT;
}

// node: what cannot be read as a `type`.
static void fail_as(Report *report, const DecodeTarget *target, const YamlNode *node,
		    const char *number, const char *type, const char *advice)
{
	report_add(report, SEVERITY_ERROR, node->where,
		   field_path_text(target->path, report->arena),
		   "json: cannot unmarshal %s%s%s into Go struct field %s.%s of type %s%s",
		   yaml_kind_text(node->kind), *number ? " " : "", number, target->owner->name,
		   field_path_text_plain(target->path, report->arena), type, advice);
}

void decode_fail_type(Report *report, const DecodeTarget *target, bool is_item)
{
	const FieldForm *form = &target->field->form;
	const YamlNode *node = target->node;
	const bool wants_number = form->kind == FIELD_INT32 || form->kind == FIELD_INT64 ||
				  form->kind == FIELD_INT_OR_TEXT;
	const bool is_scalar = is_item || form->shape <= SHAPE_OPTIONAL;
	fail_as(report, target, node,
		wants_number && is_number(node) ? yaml_number_text(node, report->arena) : "",
		go_type(report, form, is_item),
		is_scalar ? quoting_advice(report, node, form->kind) : "");
}

bool decode_text(Report *report, const DecodeTarget *target, const char **ret)
{
	const YamlNode *node = target->node;
	if (node->kind != YAML_TEXT) {
		decode_fail_type(report, target, true);
		return false;
	}
	if (strlen(node->text) != node->length) {
		report_add(report, SEVERITY_ERROR, node->where,
			   field_path_text(target->path, report->arena),
			   "Invalid value: must not contain a NUL byte%s",
			   target->field->form.kind == FIELD_DATA ? "; write the value as base64"
								  : "");
		return false;
	}
	*ret = node->text;
	return true;
}

static bool decode_integer(Report *report, const DecodeTarget *target, int64_t *ret)
{
	const YamlNode *node = target->node;
	const bool is_32 = target->field->form.kind != FIELD_INT64;
	const double limit = 9007199254740992.0; // 2^53: beyond it a float is no exact integer
	int64_t value = 0;
	bool is_good = node->kind == YAML_INTEGER;
	if (is_good) {
		value = node->integer;
	} else if (node->kind == YAML_FLOAT && node->real >= -limit && node->real <= limit) {
		value = (int64_t)node->real;
		is_good = !((double)value < node->real) && !((double)value > node->real);
	}
	if (!is_good || (is_32 && (value < INT32_MIN || value > INT32_MAX))) {
		decode_fail_type(report, target, true);
		return false;
	}
	*ret = value;
	return true;
}

bool decode_quantity(Report *report, const DecodeTarget *target, Quantity *ret)
{
	const YamlNode *node = target->node;
	const bool is_text = node->kind == YAML_TEXT && strlen(node->text) == node->length;
	const char *text = is_text ? node->text : "";
	CLEANUP_ERROR error = { 0 };
	if (quantity_parse(is_number(node) ? yaml_number_text(node, report->arena) : text,
			   report->arena, ret, &error))
		return true;
	report_add(report, SEVERITY_ERROR, node->where,
		   field_path_text(target->path, report->arena), "%s", error.message);
	return false;
}

static int compare_texts(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static const char *list_words(const SchemaField *field, Arena *arena)
{
	size_t count = 0;
	while (field->words[count])
		count++;
	const char **sorted = arena_array(arena, count, sizeof(char *));
	for (size_t i = 0; i < count; i++)
		sorted[i] = field->words[i];
	if (!field->keeps_order)
		qsort(sorted, count, sizeof(char *), compare_texts);

	CLEANUP_BUFFER list = { 0 };
	if (field->lists_empty)
		buffer_add(&list, "\"\", ");
	for (size_t i = 0; i < count; i++)
		buffer_printf(&list, "%s\"%s\"", i > 0 ? ", " : "", sorted[i]);
	return buffer_take(&list, arena);
}

unsigned decode_find_word(const SchemaField *field, const char *text)
{
	for (unsigned i = 0; field->words[i]; i++) {
		if (text_equal(text, field->words[i]))
			return i + 1;
	}
	return 0;
}

// 0 for "", where that means absent.
static bool decode_word(Report *report, const DecodeTarget *target, unsigned *ret)
{
	const char *text = NULL;
	if (!decode_text(report, target, &text))
		return false;
	const bool is_absent = !*text && target->field->form.shape == SHAPE_ONE;
	*ret = decode_find_word(target->field, text);
	if (*ret > 0 || is_absent)
		return true;
	if (target->is_refused)
		return false;
	report_add(report, SEVERITY_ERROR, target->node->where,
		   field_path_text(target->path, report->arena),
		   "Unsupported value: %s: supported values: %s", text_quoted(text, report->arena),
		   list_words(target->field, report->arena));
	return false;
}

// [104, 105]: Go takes numbers for bytes, too.
static bool decode_byte_list(Report *report, const DecodeTarget *target, const char **ret,
			     size_t *ret_length)
{
	CLEANUP_BUFFER bytes = { 0 };
	const YamlNodes *items = &target->node->items;
	for (size_t i = 0; i < items->count; i++) {
		const YamlNode *item = items->items[i];
		const bool is_byte = item->kind == YAML_INTEGER && item->integer >= 0 &&
				     item->integer <= UINT8_MAX;
		if (!is_byte && item->kind != YAML_NULL) {
			fail_as(report, target, item,
				is_number(item) ? yaml_number_text(item, report->arena) : "",
				"uint8", "");
			return false;
		}
		buffer_add_char(&bytes, is_byte ? (char)item->integer : '\0');
	}
	*ret_length = bytes.length;
	*ret = buffer_take(&bytes, report->arena);
	return true;
}

bool decode_bytes(Report *report, const DecodeTarget *target, const char **ret, size_t *ret_length)
{
	const char *text = NULL;
	if (target->node->kind == YAML_LIST)
		return decode_byte_list(report, target, ret, ret_length);
	if (!decode_text(report, target, &text))
		return false;
	CLEANUP_BUFFER bytes = { 0 };
	CLEANUP_ERROR error = { 0 };
	if (!base64_decode(&bytes, text, target->node->length, &error)) {
		report_add(report, SEVERITY_ERROR, target->node->where,
			   field_path_text(target->path, report->arena), "%s", error.message);
		return false;
	}
	*ret_length = bytes.length;
	*ret = buffer_take(&bytes, report->arena);
	return true;
}

void decode_bool_field(Report *report, const DecodeTarget *target)
{
	if (target->node->kind != YAML_BOOL) {
		decode_fail_type(report, target, true);
		return;
	}
	const bool value = target->node->boolean;
	if (!target->to)
		return;
	if (target->field->form.shape == SHAPE_OPTIONAL)
		*(OptionalBool *)target->to = (OptionalBool){ .is_set = true, .value = value };
	else
		*(bool *)target->to = value;
}

void decode_integer_field(Report *report, const DecodeTarget *target)
{
	int64_t value = 0;
	if (!decode_integer(report, target, &value) || !target->to)
		return;
	if (target->field->form.shape == SHAPE_OPTIONAL)
		*(OptionalInt64 *)target->to = (OptionalInt64){ .is_set = true, .value = value };
	else
		*(int64_t *)target->to = value;
}

void decode_text_field(Report *report, const DecodeTarget *target)
{
	const char *text = NULL;
	if (decode_text(report, target, &text) && target->to)
		*(const char **)target->to = text;
}

void decode_quantity_field(Report *report, const DecodeTarget *target)
{
	Quantity value = { 0 };
	if (decode_quantity(report, target, &value) && target->to)
		*(OptionalQuantity *)target->to =
			(OptionalQuantity){ .is_set = true, .value = value };
}

void decode_word_field(Report *report, const DecodeTarget *target)
{
	unsigned word = 0;
	if (decode_word(report, target, &word) && target->to)
		*(unsigned *)target->to = word;
}

void decode_port(Report *report, const DecodeTarget *target)
{
	int64_t ignored = 0;
	if (target->node->kind != YAML_TEXT)
		(void)decode_integer(report, target, &ignored);
}

void decode_time(Report *report, const DecodeTarget *target)
{
	const char *text = NULL;
	CLEANUP_ERROR error = { 0 };
	if (decode_text(report, target, &text) && !go_time_check(text, &error))
		report_add(report, SEVERITY_ERROR, target->node->where,
			   field_path_text(target->path, report->arena), "%s", error.message);
}
