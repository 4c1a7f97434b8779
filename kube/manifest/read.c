#include "kube/manifest/read.h"

#include "kube/manifest/decode.h"
#include "kube/schema/kinds.h"
#include "kube/schema/schema.h"
#include "pkg/base/text.h"
#include "pkg/sys/text/yaml.h"

// Where an object stands: the List that it is an item of may tell its kind.
typedef struct Document {
	const YamlNode *node;
	const char *api_version; // of the items of a PodList, NULL otherwise
	const char *kind;
} Document;

static void read_document(const Document *document, Report *report, Objects *ret_objects);

// A text member, or NULL when it is absent or no text.
static const char *text_member(const YamlNode *node, const char *name)
{
	const YamlNode *value = yaml_get(node, name);
	return value && value->kind == YAML_TEXT && value->length > 0 ? value->text : NULL;
}

// In Go's words. Returns whether the member is good.
static bool check_type(const YamlNode *node, const char *name, Report *report)
{
	const YamlNode *value = yaml_get(node, name);
	if (!value || value->kind == YAML_NULL || value->kind == YAML_TEXT)
		return true;
	report_add(report, SEVERITY_ERROR, value->where, "",
		   "couldn't get version/kind; json parse error: json: cannot unmarshal %s into Go "
		   "struct field .%s of type string",
		   yaml_kind_text(value->kind), name);
	return false;
}

// "Kind:" is read as `kind`, and is an unknown field then. Returns whether there is no such member.
static bool check_case(const YamlNode *node, const char *name, Report *report)
{
	for (size_t i = 0; !yaml_get(node, name) && i < node->members.count; i++) {
		const YamlMember *member = &node->members.items[i];
		if (!span_equal_any_case(span_of(member->key), name))
			continue;
		report_add(report, SEVERITY_ERROR, member->where, "",
			   "strict decoding error: unknown field %s (did you mean \"%s\"?)",
			   text_quoted(member->key, report->arena), name);
		return false;
	}
	return true;
}

// Each fault is told, not only the first.
static bool check_identity(const YamlNode *node, Report *report)
{
	static const char *const names[] = { "apiVersion", "kind" };
	bool is_good = true;
	for (size_t i = 0; i < COUNT(names); i++) {
		is_good = check_type(node, names[i], report) && is_good;
		is_good = check_case(node, names[i], report) && is_good;
	}
	return is_good;
}

// Items of a List tell their kind themselves; those of a PodList need not.
static void read_list(const YamlNode *list, const char *kind, Report *report, Objects *ret_objects)
{
	const YamlNode *items = yaml_get(list, "items");
	if (!items || items->kind == YAML_NULL)
		return;
	if (items->kind != YAML_LIST) {
		report_add(report, SEVERITY_ERROR, items->where, "items",
			   "json: cannot unmarshal %s into Go struct field List.items of type "
			   "[]runtime.RawExtension",
			   yaml_kind_text(items->kind));
		return;
	}
	const size_t length = strlen(kind) - strlen("List");
	const char *item_kind = length > 0 ? arena_strndup(report->arena, kind, length) : NULL;
	for (size_t i = 0; i < items->items.count; i++) {
		const Document item = {
			.node = items->items.items[i],
			.api_version = item_kind ? text_member(list, "apiVersion") : NULL,
			.kind = item_kind,
		};
		read_document(&item, report, ret_objects);
	}
}

static void *new_object(const Kind *kind, Object *object, Arena *arena)
{
	object->kind = kind->object;
	object->body = arena_alloc(arena, kind->type->size);
	object->metadata = (ObjectMeta *)((char *)object->body + kind->metadata_offset);
	return object->body;
}

static void read_object(const Kind *kind, const YamlNode *node, Report *report,
			Objects *ret_objects)
{
	if (node->length > OBJECT_BYTES_MAX) {
		report_add(report, SEVERITY_ERROR, node->where, "",
			   "Request entity too large: limit is %d", OBJECT_BYTES_MAX);
		return;
	}
	Object *object = objects_push(report->arena, ret_objects);
	object->where = node->where;
	if (kind->strip)
		node = kind->strip(node, report);
	decode_object(kind->type, node, report, new_object(kind, object, report->arena));
}

static SourcePos kind_place(const YamlNode *node)
{
	const YamlNode *kind = yaml_get(node, "kind");
	return kind ? kind->where : node->where;
}

static void report_missing(const char *api_version, const char *kind, SourcePos where,
			   Report *report)
{
	const char *text = "apiVersion and kind not set: this is no object of Kubernetes; -f "
			   "DIRECTORY reads every .yaml, .yml and .json file in it";
	if (api_version)
		text = "kind not set";
	else if (kind)
		text = "apiVersion not set";
	report_add(report, SEVERITY_ERROR, where, "", "%s", text);
}

// To kubectl a List without items is one object, which the server reads strictly before it finds that it keeps no Lists.
static void report_unread(const char *api_version, const char *kind, const YamlNode *node,
			  Report *report)
{
	const size_t error_count = report->error_count;
	if (text_equal(kind, "List") && text_equal(api_version, "v1"))
		decode_object(&schema_list, node, report, NULL);
	if (report->error_count == error_count)
		kind_report_unread(api_version, kind, kind_place(node), report);
}

static void read_document(const Document *document, Report *report, Objects *ret_objects)
{
	const YamlNode *node = document->node;
	if (node->kind != YAML_MAP) {
		report_add(report, SEVERITY_ERROR, node->where, "",
			   "no object: expected apiVersion, kind and metadata, found %s",
			   yaml_kind_text(node->kind));
		return;
	}
	if (!check_identity(node, report))
		return;
	const char *api_version = text_member(node, "apiVersion");
	const char *kind = text_member(node, "kind");
	api_version = api_version ? api_version : document->api_version;
	kind = kind ? kind : document->kind;
	if (!api_version || !kind) {
		report_missing(api_version, kind, node->where, report);
		return;
	}
	const Kind *known = kind_find(api_version, kind);
	if (known)
		read_object(known, node, report, ret_objects);
	else if (text_ends_with(kind, "List") && yaml_get(node, "items"))
		read_list(node, kind, report, ret_objects);
	else
		report_unread(api_version, kind, node, report);
}

size_t manifest_read(const ManifestSource *source, Report *report, Objects *ret_objects)
{
	YamlNodes documents = { 0 };
	report->hides_values |= memmem(source->text, source->length, "Secret", 6) != NULL;
	yaml_read(source->path, source->text, source->length, report->arena, report, &documents);
	for (size_t i = 0; i < documents.count; i++)
		read_document(&(const Document){ .node = documents.items[i] }, report, ret_objects);
	return documents.count;
}
