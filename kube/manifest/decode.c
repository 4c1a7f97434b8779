#include "kube/manifest/decode.h"

#include "kube/manifest/decode_scalar.h"
#include "pkg/base/text.h"

#include <assert.h>
#include <string.h>

static const YamlNode nothing = { .kind = YAML_NULL, .text = "" };

static void decode_struct(Report *report, const DecodeTarget *target, const SchemaType *type);

static void decode_struct_field(Report *report, const DecodeTarget *target)
{
	const FieldForm *form = &target->field->form;
	DecodeTarget inner = *target;
	if (target->to && form->shape == SHAPE_OPTIONAL) {
		assert(form->type->size > 0);
		inner.to = arena_alloc(report->arena, form->type->size);
		memcpy(target->to, &inner.to, sizeof(void *));
	}
	decode_struct(report, &inner, form->type);
}

static void decode_one(Report *report, const DecodeTarget *target)
{
	switch (target->field->form.kind) {
	case FIELD_TEXT:
		decode_text_field(report, target);
		return;
	case FIELD_BOOL:
		decode_bool_field(report, target);
		return;
	case FIELD_INT32:
	case FIELD_INT64:
		decode_integer_field(report, target);
		return;
	case FIELD_QUANTITY:
		decode_quantity_field(report, target);
		return;
	case FIELD_INT_OR_TEXT:
		decode_port(report, target);
		return;
	case FIELD_TIME:
		decode_time(report, target);
		return;
	case FIELD_WORD:
		decode_word_field(report, target);
		return;
	case FIELD_STRUCT:
		decode_struct_field(report, target);
		return;
	case FIELD_DATA:
	case FIELD_BYTES:
	case FIELD_ANY:
		return;
	}
}

// --- lists

// Any vector of pkg/base/vec.h: they differ in the type of `items` only.
typedef struct AnyVec {
	void *items;
	size_t count;
	size_t capacity;
} AnyVec;

static size_t item_size(const FieldForm *form)
{
	switch (form->kind) {
	case FIELD_TEXT:
		return sizeof(const char *);
	case FIELD_INT32:
	case FIELD_INT64:
		return sizeof(int64_t);
	case FIELD_STRUCT:
		return form->type->size;
	case FIELD_BOOL:
	case FIELD_QUANTITY:
	case FIELD_INT_OR_TEXT:
	case FIELD_DATA:
	case FIELD_BYTES:
	case FIELD_WORD:
	case FIELD_TIME:
	case FIELD_ANY:
		break;
	}
	assert(false && "a list of these has no member");
	return 0;
}

// A missing item is the zero of its type, as in Go; an item with a fault as well, so that no list holds a NULL.
static void decode_item(Report *report, const DecodeTarget *target)
{
	const bool is_text = target->field->form.kind == FIELD_TEXT;
	if (is_text && target->to)
		*(const char **)target->to = "";
	if (target->node->kind != YAML_NULL || target->field->form.kind == FIELD_STRUCT)
		decode_one(report, target);
}

static void decode_list(Report *report, const DecodeTarget *target)
{
	const YamlNode *node = target->node;
	if (node->kind != YAML_LIST) {
		decode_fail_type(report, target, false);
		return;
	}
	SchemaField item_field = *target->field;
	item_field.form.shape = SHAPE_ONE;
	const size_t size = target->to ? item_size(&item_field.form) : 0;
	AnyVec vec = { NULL, node->items.count, node->items.count };
	if (target->to)
		vec.items = arena_array(report->arena, vec.count, size);
	for (size_t i = 0; i < node->items.count; i++) {
		DecodeTarget item = *target;
		item.field = &item_field;
		item.node = node->items.items[i];
		item.path = FIELD_AT(target->path, i);
		item.to = target->to ? (char *)vec.items + i * size : NULL;
		decode_item(report, &item);
	}
	if (target->to)
		memcpy(target->to, &vec, sizeof(vec));
}

// --- maps

static void decode_entry(Report *report, const DecodeTarget *entry, const YamlMember *member)
{
	const bool is_null = member->value->kind == YAML_NULL;
	const char *text = "";
	size_t length = 0;
	Quantity quantity = { 0 };
	switch (entry->field->form.kind) {
	case FIELD_TEXT:
		if ((is_null || decode_text(report, entry, &text)) && entry->to)
			*pairs_push(report->arena, entry->to) = (Pair){ member->key, text };
		return;
	case FIELD_DATA:
		if ((is_null || decode_text(report, entry, &text)) && entry->to)
			*data_items_push(report->arena, entry->to) =
				(DataItem){ member->key, text, is_null ? 0 : member->value->length,
					    member->where };
		return;
	case FIELD_BYTES:
		if ((is_null || decode_bytes(report, entry, &text, &length)) && entry->to)
			*data_items_push(report->arena, entry->to) =
				(DataItem){ member->key, text, length, member->where };
		return;
	case FIELD_QUANTITY:
		if ((is_null || decode_quantity(report, entry, &quantity)) && entry->to)
			*resource_list_push(report->arena, entry->to) =
				(ResourceAmount){ .name = member->key,
						  .quantity = quantity,
						  .where = member->value->where };
		return;
	case FIELD_BOOL:
	case FIELD_INT32:
	case FIELD_INT64:
	case FIELD_INT_OR_TEXT:
	case FIELD_WORD:
	case FIELD_TIME:
	case FIELD_STRUCT:
	case FIELD_ANY:
		break;
	}
	assert(false && "no map of these in the schema");
}

// Keys of resources appear in brackets, those of data do as well: data[app.conf].
static void decode_map(Report *report, const DecodeTarget *target)
{
	if (target->node->kind != YAML_MAP) {
		decode_fail_type(report, target, false);
		return;
	}
	const YamlMembers *members = &target->node->members;
	for (size_t i = 0; i < members->count; i++) {
		DecodeTarget entry = *target;
		entry.node = members->items[i].value;
		entry.path = FIELD_KEY(target->path, members->items[i].key);
		decode_entry(report, &entry, &members->items[i]);
	}
}

// --- structs

static bool is_listed(const char *list, const char *text)
{
	const size_t length = strlen(text);
	for (const char *word = list; word;) {
		const size_t word_length = strcspn(word, "|");
		if (word_length == length && memcmp(word, text, length) == 0)
			return true;
		word = word[word_length] ? word + word_length + 1 : NULL;
	}
	return false;
}

// True for a value that means the same as leaving the field out.
static bool is_harmless(const SchemaField *field, const YamlNode *node, Arena *arena)
{
	switch (node->kind) {
	case YAML_NULL:
		return true;
	case YAML_BOOL:
		return is_listed(field->harmless, node->boolean ? "true" : "false");
	case YAML_INTEGER:
	case YAML_FLOAT:
		return is_listed(field->harmless, yaml_number_text(node, arena));
	case YAML_TEXT:
		return (node->length == 0 && field->form.shape != SHAPE_OPTIONAL) ||
		       is_listed(field->harmless, node->text);
	case YAML_LIST:
		return node->items.count == 0;
	case YAML_MAP:
		return node->members.count == 0 &&
		       (field->form.shape == SHAPE_MAP || is_listed(field->harmless, "{}"));
	}
	return false;
}

// A word that is no word of Kubernetes: a fault of its own, whatever becomes of the field.
static bool is_unknown_word(const SchemaField *field, const YamlNode *node)
{
	return field->form.kind == FIELD_WORD && node->kind == YAML_TEXT &&
	       decode_find_word(field, node->text) == 0;
}

// Says what a refused or noted field means here. Returns whether there was something to say.
static bool report_level(Report *report, const SchemaField *field, const YamlMember *member,
			 const FieldPath *path)
{
	const bool is_refused = field->level == SUPPORT_REFUSED;
	if ((!is_refused && field->level != SUPPORT_NOTED) ||
	    is_harmless(field, member->value, report->arena) ||
	    is_unknown_word(field, member->value))
		return false;
	const char *text = field_path_text(path, report->arena);
	const char *reason = field->mapping ? field->mapping : "";
	if (!is_refused)
		report_add(report, SEVERITY_NOTE, member->where, text, "has no effect here: %s",
			   reason);
	else if (text_starts_with(reason, NOT_YET))
		report_add(report, SEVERITY_ERROR, member->where, text,
			   "Forbidden: not supported by sdme yet%s", reason + strlen(NOT_YET));
	else
		report_add(report, SEVERITY_ERROR, member->where, text,
			   "Forbidden: not supported by sdme: %s", reason);
	return true;
}

static void fail_unknown(Report *report, const SchemaType *type, const YamlMember *member,
			 const FieldPath *path)
{
	const char *nearest = schema_nearest(type, member->key);
	report_add(report, SEVERITY_ERROR, member->where, "",
		   "strict decoding error: unknown field %s%s%s%s",
		   text_quoted(field_path_text(path, report->arena), report->arena),
		   nearest ? " (did you mean \"" : "", nearest ? nearest : "",
		   nearest ? "\"?)" : "");
}

static void decode_value(Report *report, const DecodeTarget *target)
{
	const FieldForm *form = &target->field->form;
	if (target->node->kind == YAML_NULL)
		return;
	if (form->kind == FIELD_ANY) {
		if (form->type && target->node->kind != YAML_MAP)
			decode_fail_type(report, target, true);
	} else if (form->shape == SHAPE_LIST) {
		decode_list(report, target);
	} else if (form->shape == SHAPE_MAP) {
		decode_map(report, target);
	} else {
		decode_one(report, target);
	}
}

static void decode_member(Report *report, const DecodeTarget *target, const SchemaType *type,
			  const YamlMember *member)
{
	const FieldPath *path = FIELD(target->path, member->key);
	const SchemaField *field = schema_find(type, member->key);
	if (!field) {
		fail_unknown(report, type, member, path);
		return;
	}
	const bool is_stripped = field->level == SUPPORT_STRIPPED;
	const bool is_told =
		!target->is_quiet && !is_stripped && report_level(report, field, member, path);
	DecodeTarget inner = {
		.owner = type,
		.field = field,
		.node = member->value,
		.path = path,
		.is_quiet = target->is_quiet || is_stripped || is_told,
		.is_refused = target->is_refused || (is_told && field->level == SUPPORT_REFUSED),
	};
	if (target->to && field->offset > 0)
		inner.to = (char *)target->to + field->offset;
	decode_value(report, &inner);
}

static bool is_empty(const YamlNode *node)
{
	if (!node)
		return true;
	switch (node->kind) {
	case YAML_NULL:
		return true;
	case YAML_TEXT:
		return node->length == 0;
	case YAML_INTEGER:
		return node->integer == 0;
	case YAML_LIST:
		return node->items.count == 0;
	case YAML_BOOL:
	case YAML_FLOAT:
	case YAML_MAP:
		break;
	}
	return false;
}

// A struct that is required but absent is decoded as an empty one: what is missing in it is the fault.
static void require_fields(Report *report, const DecodeTarget *target, const SchemaType *type,
			   SourcePos where)
{
	for (size_t i = 0; i < type->field_count; i++) {
		const SchemaField *field = &type->fields[i];
		const YamlNode *value = yaml_get(target->node, field->name);
		if (!field->is_required || field->offset == 0 || !is_empty(value))
			continue;
		const FieldPath *path = FIELD(target->path, field->name);
		if (field->form.kind == FIELD_STRUCT && field->form.shape == SHAPE_ONE) {
			YamlNode empty = nothing;
			empty.where = where;
			const DecodeTarget inner = { .owner = type,
						     .field = field,
						     .node = &empty,
						     .path = path,
						     .is_quiet = target->is_quiet,
						     .to = (char *)target->to + field->offset };
			decode_one(report, &inner);
			continue;
		}
		report_add(report, SEVERITY_ERROR, value ? value->where : where,
			   field_path_text(path, report->arena), "Required value%s%s",
			   field->required_detail ? ": " : "",
			   field->required_detail ? field->required_detail : "");
	}
}

static void decode_struct(Report *report, const DecodeTarget *target, const SchemaType *type)
{
	const YamlNode *node = target->node;
	if (node->kind != YAML_MAP && node->kind != YAML_NULL) {
		decode_fail_type(report, target, true);
		return;
	}
	// The first member of every struct is its Origin.
	if (target->to)
		*(Origin *)target->to =
			(Origin){ node->where, node->kind == YAML_MAP ? node : NULL };
	for (size_t i = 0; node->kind == YAML_MAP && i < node->members.count; i++)
		decode_member(report, target, type, &node->members.items[i]);
	if (target->to && !target->is_refused)
		require_fields(report, target, type, node->where);
}

void decode_object(const SchemaType *type, const YamlNode *node, Report *report, void *ret)
{
	assert(!ret || type->size > 0);
	const DecodeTarget target = { .owner = type, .node = node, .to = ret };
	decode_struct(report, &target, type);
}
