#include "kube/manifest/encode.h"

#include "kube/schema/kinds.h"
#include "pkg/base/base64.h"
#include "pkg/base/text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

typedef struct Encoder {
	Arena *arena;
	bool is_redacted;
} Encoder;

static YamlNode *new_node(const Encoder *encoder, YamlKind kind)
{
	YamlNode *node = ARENA_NEW(encoder->arena, YamlNode);
	node->kind = kind;
	return node;
}

static const YamlNode *span_node(const Encoder *encoder, Span text)
{
	YamlNode *node = new_node(encoder, YAML_TEXT);
	node->text = text.ptr;
	node->length = text.len;
	return node;
}

static const YamlNode *text_node(const Encoder *encoder, const char *text)
{
	return span_node(encoder, span_of(text));
}

static const YamlNode *integer_node(const Encoder *encoder, int64_t value)
{
	YamlNode *node = new_node(encoder, YAML_INTEGER);
	node->integer = value;
	return node;
}

static const YamlNode *bool_node(const Encoder *encoder, bool value)
{
	YamlNode *node = new_node(encoder, YAML_BOOL);
	node->boolean = value;
	return node;
}

static void add_member(const Encoder *encoder, YamlNode *map, const char *key,
		       const YamlNode *value)
{
	if (value)
		*yaml_members_push(encoder->arena, &map->members) =
			(YamlMember){ .key = key, .value = value };
}

static int compare_members(const void *left, const void *right)
{
	return strcmp(((const YamlMember *)left)->key, ((const YamlMember *)right)->key);
}

// Maps have no order of their own: sorted, they compare.
static const YamlNode *sorted_or_null(YamlNode *map)
{
	if (map->members.count == 0)
		return NULL;
	qsort(map->members.items, map->members.count, sizeof(YamlMember), compare_members);
	return map;
}

// --- from the tree: fields without a member

static const YamlNode *encode_struct(const Encoder *encoder, const SchemaType *type,
				     const void *from, const YamlNode *node);

static const YamlNode *encode_scalar_node(const Encoder *encoder, FieldKind kind,
					  const YamlNode *node)
{
	const bool is_number = node->kind == YAML_INTEGER || node->kind == YAML_FLOAT;
	if (kind == FIELD_QUANTITY && (is_number || node->kind == YAML_TEXT)) {
		Quantity quantity = { 0 };
		CLEANUP_ERROR ignored = { 0 }; // a fault that decoding has reported
		const char *text = is_number ? yaml_number_text(node, encoder->arena) : node->text;
		if (quantity_parse(text, encoder->arena, &quantity, &ignored))
			return text_node(encoder, quantity_print(&quantity, encoder->arena));
	}
	const bool is_integral =
		kind == FIELD_INT32 || kind == FIELD_INT64 || kind == FIELD_INT_OR_TEXT;
	if (is_integral && node->kind == YAML_FLOAT && node->real >= -1e15 && node->real <= 1e15)
		return integer_node(encoder, (int64_t)node->real);
	return node->kind == YAML_NULL ? NULL : node;
}

static const YamlNode *encode_item_node(const Encoder *encoder, const FieldForm *form,
					const YamlNode *node)
{
	if (form->kind == FIELD_STRUCT)
		return encode_struct(encoder, form->type, NULL, node);
	return encode_scalar_node(encoder, form->kind, node);
}

static const YamlNode *encode_node(const Encoder *encoder, const FieldForm *form,
				   const YamlNode *node)
{
	if (!node || node->kind == YAML_NULL || form->kind == FIELD_ANY)
		return NULL;
	if (form->shape == SHAPE_LIST && node->kind == YAML_LIST) {
		YamlNode *list = new_node(encoder, YAML_LIST);
		for (size_t i = 0; i < node->items.count; i++) {
			const YamlNode *item =
				encode_item_node(encoder, form, node->items.items[i]);
			*yaml_nodes_push(encoder->arena, &list->items) =
				item ? item : new_node(encoder, YAML_NULL);
		}
		return list;
	}
	if (form->shape == SHAPE_MAP && node->kind == YAML_MAP) {
		YamlNode *map = new_node(encoder, YAML_MAP);
		for (size_t i = 0; i < node->members.count; i++)
			add_member(encoder, map, node->members.items[i].key,
				   encode_item_node(encoder, form, node->members.items[i].value));
		return sorted_or_null(map);
	}
	return encode_item_node(encoder, form, node);
}

// --- from the C struct

static const YamlNode *encode_texts(const Encoder *encoder, const Texts *texts)
{
	if (texts->count == 0)
		return NULL;
	YamlNode *list = new_node(encoder, YAML_LIST);
	for (size_t i = 0; i < texts->count; i++)
		*yaml_nodes_push(encoder->arena, &list->items) =
			text_node(encoder, texts->items[i] ? texts->items[i] : "");
	return list;
}

static const YamlNode *encode_integers(const Encoder *encoder, const Int64s *integers)
{
	if (integers->count == 0)
		return NULL;
	YamlNode *list = new_node(encoder, YAML_LIST);
	for (size_t i = 0; i < integers->count; i++)
		*yaml_nodes_push(encoder->arena, &list->items) =
			integer_node(encoder, integers->items[i]);
	return list;
}

// The vectors of structs differ in the type of `items` only.
typedef struct AnyVec {
	const void *items;
	size_t count;
	size_t capacity;
} AnyVec;

static const YamlNode *encode_structs(const Encoder *encoder, const SchemaType *type,
				      const void *from)
{
	AnyVec vec;
	memcpy(&vec, from, sizeof(vec));
	if (vec.count == 0)
		return NULL;
	YamlNode *list = new_node(encoder, YAML_LIST);
	for (size_t i = 0; i < vec.count; i++) {
		const void *item = (const char *)vec.items + i * type->size;
		*yaml_nodes_push(encoder->arena, &list->items) =
			encode_struct(encoder, type, item, NULL);
	}
	return list;
}

static const YamlNode *encode_pairs(const Encoder *encoder, const Pairs *pairs)
{
	YamlNode *map = new_node(encoder, YAML_MAP);
	for (size_t i = 0; i < pairs->count; i++)
		add_member(encoder, map, pairs->items[i].key,
			   text_node(encoder, pairs->items[i].value));
	return sorted_or_null(map);
}

static const YamlNode *encode_amounts(const Encoder *encoder, const ResourceList *list)
{
	YamlNode *map = new_node(encoder, YAML_MAP);
	for (size_t i = 0; i < list->count; i++)
		add_member(encoder, map, list->items[i].name,
			   text_node(encoder,
				     quantity_print(&list->items[i].quantity, encoder->arena)));
	return sorted_or_null(map);
}

static const YamlNode *encode_data(const Encoder *encoder, const DataItems *items, bool is_base64)
{
	YamlNode *map = new_node(encoder, YAML_MAP);
	for (size_t i = 0; i < items->count; i++) {
		const DataItem *item = &items->items[i];
		Span text = { item->bytes, item->length };
		if (encoder->is_redacted) {
			text = span_of("***");
		} else if (is_base64) {
			CLEANUP_BUFFER encoded = { 0 };
			base64_encode(&encoded, item->bytes, item->length);
			text = span_of(buffer_take(&encoded, encoder->arena));
		}
		add_member(encoder, map, item->key, span_node(encoder, text));
	}
	return sorted_or_null(map);
}

static const YamlNode *encode_list(const Encoder *encoder, const FieldForm *form, const void *from)
{
	if (form->kind == FIELD_STRUCT)
		return encode_structs(encoder, form->type, from);
	if (form->kind == FIELD_TEXT)
		return encode_texts(encoder, from);
	return encode_integers(encoder, from);
}

static const YamlNode *encode_map(const Encoder *encoder, const FieldForm *form, const void *from)
{
	if (form->kind == FIELD_TEXT)
		return encode_pairs(encoder, from);
	if (form->kind == FIELD_QUANTITY)
		return encode_amounts(encoder, from);
	return encode_data(encoder, from, form->kind == FIELD_BYTES);
}

static const YamlNode *encode_optional(const Encoder *encoder, const FieldForm *form,
				       const void *from)
{
	if (form->kind == FIELD_TEXT) {
		const char *text = *(const char *const *)from;
		return text ? text_node(encoder, text) : NULL;
	}
	if (form->kind == FIELD_BOOL) {
		const OptionalBool *value = from;
		return value->is_set ? bool_node(encoder, value->value) : NULL;
	}
	if (form->kind == FIELD_QUANTITY) {
		const OptionalQuantity *value = from;
		return value->is_set
			       ? text_node(encoder, quantity_print(&value->value, encoder->arena))
			       : NULL;
	}
	if (form->kind == FIELD_STRUCT) {
		const void *pointed = NULL;
		memcpy(&pointed, from, sizeof(pointed));
		return pointed ? encode_struct(encoder, form->type, pointed, NULL) : NULL;
	}
	const OptionalInt64 *value = from;
	return value->is_set ? integer_node(encoder, value->value) : NULL;
}

static const YamlNode *encode_one(const Encoder *encoder, const SchemaField *field,
				  const void *from)
{
	switch (field->form.kind) {
	case FIELD_TEXT: {
		const char *text = *(const char *const *)from;
		return text_is_empty(text) ? NULL : text_node(encoder, text);
	}
	case FIELD_BOOL:
		return *(const bool *)from ? bool_node(encoder, true) : NULL;
	case FIELD_INT32:
	case FIELD_INT64: {
		const int64_t value = *(const int64_t *)from;
		return value != 0 ? integer_node(encoder, value) : NULL;
	}
	case FIELD_WORD: {
		const unsigned word = *(const unsigned *)from;
		return word > 0 ? text_node(encoder, field->words[word - 1]) : NULL;
	}
	case FIELD_STRUCT: {
		const YamlNode *map = encode_struct(encoder, field->form.type, from, NULL);
		return map->members.count > 0 ? map : NULL;
	}
	case FIELD_QUANTITY:
	case FIELD_TIME:
	case FIELD_INT_OR_TEXT:
	case FIELD_DATA:
	case FIELD_BYTES:
	case FIELD_ANY:
		break;
	}
	assert(false && "no single field of this kind has a member");
	return NULL;
}

static const YamlNode *encode_member(const Encoder *encoder, const SchemaField *field,
				     const void *from)
{
	switch (field->form.shape) {
	case SHAPE_ONE:
		return encode_one(encoder, field, from);
	case SHAPE_OPTIONAL:
		return encode_optional(encoder, &field->form, from);
	case SHAPE_LIST:
		return encode_list(encoder, &field->form, from);
	case SHAPE_MAP:
		return encode_map(encoder, &field->form, from);
	}
	return NULL;
}

// from: the C struct, or NULL when there is none; node: the mapping for the fields without a member, found by the
// struct's Origin when there is a struct.
static const YamlNode *encode_struct(const Encoder *encoder, const SchemaType *type,
				     const void *from, const YamlNode *node)
{
	if (from)
		node = ((const Origin *)from)->node;
	YamlNode *map = new_node(encoder, YAML_MAP);
	for (size_t i = 0; i < type->field_count; i++) {
		const SchemaField *field = &type->fields[i];
		if (field->level == SUPPORT_STRIPPED)
			continue;
		const YamlNode *value =
			from && field->offset > 0
				? encode_member(encoder, field, (const char *)from + field->offset)
				: encode_node(encoder, &field->form, yaml_get(node, field->name));
		add_member(encoder, map, field->name, value);
	}
	return map;
}

const YamlNode *object_encode(const Object *object, bool is_redacted, Arena *arena)
{
	const Kind *kind = &kinds[object->kind];
	const Encoder encoder = { .arena = arena, .is_redacted = is_redacted && kind->is_secret };
	const YamlNode *body = encode_struct(&encoder, kind->type, object->body, NULL);
	// Items of a PodList need not say what they are: the object always does.
	YamlNode *map = new_node(&encoder, YAML_MAP);
	add_member(&encoder, map, "apiVersion", text_node(&encoder, kind->names.api_version));
	add_member(&encoder, map, "kind", text_node(&encoder, kind->names.kind));
	for (size_t i = 0; i < body->members.count; i++) {
		const YamlMember *member = &body->members.items[i];
		if (!text_equal(member->key, "apiVersion") && !text_equal(member->key, "kind"))
			add_member(&encoder, map, member->key, member->value);
	}
	return sorted_or_null(map);
}
