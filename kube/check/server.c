// What the API server writes into metadata: owners, finalizers, managed fields. It is dropped, but must be right.
// Values of a wrong type were told by the decoder.
#include "kube/check/names.h"
#include "kube/check/parts.h"
#include "pkg/base/json.h"
#include "pkg/base/text.h"
#include "pkg/base/utf8.h"
#include "pkg/sys/text/yaml.h"

#include <inttypes.h>

#define MANAGER_BYTES_MAX     128
#define SUBRESOURCE_BYTES_MAX 256

// Absent, null and "" are one text; NULL for a value that is no text.
static const char *text_of(const YamlNode *value)
{
	if (!value || value->kind == YAML_NULL)
		return "";
	return value->kind == YAML_TEXT ? value->text : NULL;
}

static SourcePos place_of(const YamlNode *node, const char *field)
{
	const YamlNode *value = yaml_get(node, field);
	return value ? value->where : node->where;
}

static const YamlNodes *items_of(const YamlNode *list)
{
	static const YamlNodes none = { 0 };
	return list && list->kind == YAML_LIST ? &list->items : &none;
}

// A null item is an empty struct.
static bool is_struct(const YamlNode *node)
{
	return node->kind == YAML_MAP || node->kind == YAML_NULL;
}

// --- owners

static bool says_true(const YamlNode *value)
{
	return value && value->kind == YAML_BOOL && value->boolean;
}

// What follows the only slash, or the whole; "" with more slashes.
static const char *version_of(const char *api_version)
{
	const char *slash = strchr(api_version, '/');
	if (!slash)
		return api_version;
	return strchr(slash + 1, '/') ? "" : slash + 1;
}

static void require_text(const YamlNode *owner, const char *field, const FieldPath *path,
			 const char *detail, Report *report)
{
	const char *text = text_of(yaml_get(owner, field));
	const bool is_missing = text && !*text;
	const bool is_versionless = text && text_equal(field, "apiVersion") && !*version_of(text);
	if (is_missing || is_versionless)
		field_invalid(report, place_of(owner, field), FIELD(path, field), text, detail);
}

static void add_owner(JsonWriter *json, const YamlNode *owner)
{
	static const char *const texts[] = { "apiVersion", "kind", "name", "uid" };
	static const char *const booleans[] = { "controller", "blockOwnerDeletion" };
	json_begin_object(json);
	for (size_t i = 0; i < COUNT(texts); i++) {
		const char *text = text_of(yaml_get(owner, texts[i]));
		json_add_text_member(json, texts[i], text ? text : "");
	}
	for (size_t i = 0; i < COUNT(booleans); i++) {
		const YamlNode *value = yaml_get(owner, booleans[i]);
		if (value && value->kind == YAML_BOOL)
			json_add_bool_member(json, booleans[i], value->boolean);
	}
	json_end_object(json);
}

static const char *owners_text(const YamlNodes *owners, Arena *arena)
{
	CLEANUP_BUFFER text = { 0 };
	JsonWriter json = json_writer(&text, /* is_pretty= */ false);
	json_begin_array(&json);
	for (size_t i = 0; i < owners->count; i++)
		add_owner(&json, owners->items[i]);
	json_end_array(&json);
	return buffer_take(&text, arena);
}

static const char *owner_name(const YamlNode *owner, Arena *arena)
{
	const char *kind = text_of(yaml_get(owner, "kind"));
	const char *name = text_of(yaml_get(owner, "name"));
	return arena_printf(arena, "%s/%s", kind ? kind : "", name ? name : "");
}

static void check_controllers(const YamlNodes *owners, const FieldPath *path, Report *report)
{
	const char *first = NULL;
	for (size_t i = 0; i < owners->count; i++) {
		const YamlNode *owner = owners->items[i];
		if (!says_true(yaml_get(owner, "controller")))
			continue;
		const char *name = owner_name(owner, report->arena);
		if (!first) {
			first = name;
			continue;
		}
		field_invalid_value(
			report, owner->where, path, owners_text(owners, report->arena),
			arena_printf(report->arena,
				     "Only one reference can have Controller set to true. Found "
				     "\"true\" in references for %s and %s",
				     first, name));
	}
}

// Kubernetes leaves the index out of these paths.
static void check_owners(const YamlNodes *owners, const FieldPath *path, Report *report)
{
	for (size_t i = 0; i < owners->count; i++) {
		const YamlNode *owner = owners->items[i];
		if (!is_struct(owner))
			continue;
		require_text(owner, "apiVersion", path, "version must not be empty", report);
		require_text(owner, "kind", path, "must not be empty", report);
		require_text(owner, "name", path, "must not be empty", report);
		require_text(owner, "uid", path, "must not be empty", report);
	}
	check_controllers(owners, path, report);
}

// --- finalizers

static bool is_standard_finalizer(const char *name)
{
	return text_equal(name, "kubernetes") || text_equal(name, "orphan") ||
	       text_equal(name, "foregroundDeletion");
}

static void check_finalizers(const YamlNodes *finalizers, const FieldPath *path, Report *report)
{
	Texts names = { 0 };
	for (size_t i = 0; i < finalizers->count; i++) {
		const char *name = text_of(finalizers->items[i]);
		if (!name)
			continue;
		const SourcePos where = finalizers->items[i]->where;
		texts_add(report->arena, &names, name);
		check_grammar(where, path, name, name_check_qualified, report);
		if (!strchr(name, '/') && !is_standard_finalizer(name))
			field_invalid(report, where, FIELD_AT(path, i), name,
				      "name is neither a standard finalizer name nor is it fully "
				      "qualified");
	}
	if (texts_contain(&names, "orphan") && texts_contain(&names, "foregroundDeletion"))
		field_invalid_list(report, finalizers->items[0]->where, path, &names,
				   "finalizer orphan and foregroundDeletion cannot be both set");
}

// --- managed fields

static void check_manager(const char *manager, SourcePos where, const FieldPath *path,
			  Report *report)
{
	const size_t length = strlen(manager);
	if (length > MANAGER_BYTES_MAX)
		field_too_long(report, where, path, MANAGER_BYTES_MAX);
	for (size_t at = 0, step = 0; at < length; at += step) {
		step = utf8_length(manager + at, length - at);
		const uint32_t code = utf8_decode(manager + at, step);
		if (!utf8_is_printable(code))
			field_invalid(report, where, path, manager,
				      arena_printf(report->arena,
						   "invalid character U+%04" PRIX32
						   " (at position %zu)",
						   code, at));
	}
}

static void check_managed_entry(const YamlNode *entry, const FieldPath *path, Report *report)
{
	const char *operation = text_of(yaml_get(entry, "operation"));
	const char *type = text_of(yaml_get(entry, "fieldsType"));
	const char *manager = text_of(yaml_get(entry, "manager"));
	const char *subresource = text_of(yaml_get(entry, "subresource"));
	if (operation && !text_equal(operation, "Apply") && !text_equal(operation, "Update"))
		field_invalid(report, place_of(entry, "operation"), FIELD(path, "operation"),
			      operation, "must be `Apply` or `Update`");
	if (!text_is_empty(type) && !text_equal(type, "FieldsV1"))
		field_invalid(report, place_of(entry, "fieldsType"), FIELD(path, "fieldsType"),
			      type, "must be `FieldsV1`");
	if (manager)
		check_manager(manager, place_of(entry, "manager"), FIELD(path, "manager"), report);
	if (subresource && strlen(subresource) > SUBRESOURCE_BYTES_MAX)
		field_too_long(report, place_of(entry, "subresource"), FIELD(path, "subresource"),
			       SUBRESOURCE_BYTES_MAX);
}

static void check_managed_fields(const YamlNodes *entries, const FieldPath *path, Report *report)
{
	for (size_t i = 0; i < entries->count; i++) {
		if (is_struct(entries->items[i]))
			check_managed_entry(entries->items[i], FIELD_AT(path, i), report);
	}
}

void check_server_metadata(const YamlNode *metadata, const FieldPath *path, Report *report)
{
	check_owners(items_of(yaml_get(metadata, "ownerReferences")),
		     FIELD(path, "ownerReferences"), report);
	check_finalizers(items_of(yaml_get(metadata, "finalizers")), FIELD(path, "finalizers"),
			 report);
	check_managed_fields(items_of(yaml_get(metadata, "managedFields")),
			     FIELD(path, "managedFields"), report);
}
