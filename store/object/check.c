#include "store/object/check.h"

#include "pkg/base/text.h"
#include "pkg/sys/text/json_read.h"

#define FIELD_IS_IMMUTABLE "field is immutable when `immutable` is set"

// Keys that a type of Secret must have. A row with `is_content_needed` refuses an empty value as well.
static const struct {
	const char *type;
	const char *key;
	bool is_content_needed;
	bool is_json;
} required_keys[] = {
	// clang-format off
	{ "kubernetes.io/dockercfg",        ".dockercfg",        false, true  },
	{ "kubernetes.io/dockerconfigjson", ".dockerconfigjson", false, true  },
	{ "kubernetes.io/ssh-auth",         "ssh-privatekey",    true,  false },
	{ "kubernetes.io/tls",              "tls.crt",           false, false },
	{ "kubernetes.io/tls",              "tls.key",           false, false },
	// clang-format on
};

#define TYPE_BASIC_AUTH "kubernetes.io/basic-auth"

static const char *data_field(const char *map, const char *key, Arena *arena)
{
	return arena_printf(arena, "%s[%s]", map, key);
}

static void check_key(const StoredItem *item, const char *map, SourcePos where, Report *report)
{
	const char *problem = stored_key_problem(item->key);
	if (problem)
		report_add(report, SEVERITY_ERROR, where, data_field(map, item->key, report->arena),
			   "Invalid value: %s: %s", text_quoted(item->key, report->arena), problem);
}

static void check_unique(const StoredData *data, SourcePos where, Report *report)
{
	// Equal keys are neighbours then.
	const StoredData sorted = stored_data_sorted(data, report->arena);
	for (size_t i = 1; i < sorted.count; i++) {
		const StoredItem *left = &sorted.items[i - 1];
		const StoredItem *right = &sorted.items[i];
		if (!text_equal(left->key, right->key))
			continue;
		const char *key = text_quoted(right->key, report->arena);
		const bool is_same_map = left->is_binary == right->is_binary;
		const char *map = is_same_map && right->is_binary ? "binaryData" : "data";
		const char *field = data_field(map, right->key, report->arena);
		if (is_same_map)
			report_add(report, SEVERITY_ERROR, where, field, "Duplicate value: %s",
				   key);
		else
			report_add(report, SEVERITY_ERROR, where, field,
				   "Invalid value: %s: duplicate of key present in binaryData",
				   key);
	}
}

static bool is_too_large(const StoredData *data)
{
	size_t total = 0;
	for (size_t i = 0; i < data->count; i++) {
		if (data->items[i].value.length > STORED_BYTES_MAX - total)
			return true;
		total += data->items[i].value.length;
	}
	return false;
}

static void check_size(const StoredData *data, const char *field, SourcePos where, Report *report)
{
	if (is_too_large(data))
		report_add(report, SEVERITY_ERROR, where, field,
			   "Too long: may not be more than %u bytes", STORED_BYTES_MAX);
}

void object_check_configmap(const StoredObject *object, SourcePos where, Report *report)
{
	for (size_t i = 0; i < object->data.count; i++) {
		const StoredItem *item = &object->data.items[i];
		check_key(item, item->is_binary ? "binaryData" : "data", where, report);
	}
	check_unique(&object->data, where, report);
	// The API server reports it at the empty path, which prints as [].
	check_size(&object->data, "[]", where, report);
}

static void require(const char *key, SourcePos where, Report *report)
{
	report_add(report, SEVERITY_ERROR, where, data_field("data", key, report->arena),
		   "Required value");
}

static bool is_json(Blob value)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_ERROR ignored = { 0 };
	const JsonNode *node = NULL;
	return json_read_parse(value.length > 0 ? value.bytes : "", value.length, scratch, &node,
			       &ignored);
}

static void check_type(const StoredObject *object, SourcePos where, Report *report)
{
	for (size_t i = 0; i < COUNT(required_keys); i++) {
		if (!text_equal(object->type, required_keys[i].type))
			continue;
		const char *key = required_keys[i].key;
		const StoredItem *item = stored_data_get(&object->data, key);
		if (!item || (required_keys[i].is_content_needed && item->value.length == 0))
			require(key, where, report);
		else if (required_keys[i].is_json && !is_json(item->value))
			report_add(report, SEVERITY_ERROR, where,
				   data_field("data", key, report->arena),
				   "Invalid value: \"<secret contents redacted>\": it is not JSON");
	}
	if (text_equal(object->type, TYPE_BASIC_AUTH) &&
	    !stored_data_get(&object->data, "username") &&
	    !stored_data_get(&object->data, "password")) {
		require("username", where, report);
		require("password", where, report);
	}
}

void object_check_secret(const StoredObject *object, SourcePos where, Report *report)
{
	for (size_t i = 0; i < object->data.count; i++)
		check_key(&object->data.items[i], "data", where, report);
	check_unique(&object->data, where, report);
	check_size(&object->data, "data", where, report);
	if (!text_is_empty(object->type))
		check_type(object, where, report);
}

// The part of the data that stands under one of the two fields.
static StoredData part_of(const StoredData *data, bool is_binary, Arena *arena)
{
	StoredData part = { 0 };
	for (size_t i = 0; i < data->count; i++) {
		if (data->items[i].is_binary == is_binary)
			*stored_data_push(arena, &part) = data->items[i];
	}
	return part;
}

static void check_part(const StoredObject *current, const StoredObject *next, bool is_binary,
		       SourcePos where, Report *report)
{
	const StoredData before = part_of(&current->data, is_binary, report->arena);
	const StoredData after = part_of(&next->data, is_binary, report->arena);
	if (!stored_data_equal(&before, &after))
		report_add(report, SEVERITY_ERROR, where, is_binary ? "binaryData" : "data",
			   "Forbidden: " FIELD_IS_IMMUTABLE);
}

void object_check_replacement(const StoredObject *current, const StoredObject *next,
			      SourcePos where, Report *report)
{
	if (!text_equal(current->type, next->type))
		report_add(report, SEVERITY_ERROR, where, "type",
			   "Invalid value: %s: field is immutable",
			   text_quoted(next->type, report->arena));
	if (!current->is_immutable)
		return;
	if (!next->is_immutable)
		report_add(report, SEVERITY_ERROR, where, "immutable",
			   "Forbidden: " FIELD_IS_IMMUTABLE);
	check_part(current, next, /* is_binary= */ false, where, report);
	check_part(current, next, /* is_binary= */ true, where, report);
}
