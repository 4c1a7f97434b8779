#include "kube/check/check.h"

#include "kube/check/names.h"
#include "kube/check/parts.h"
#include "kube/schema/kinds.h"
#include "pkg/base/text.h"
#include "pkg/sys/text/yaml.h"

#include <ctype.h>

#define ANNOTATIONS_BYTES_MAX (256 * 1024)

// True when the decoder had nothing to complain about: no value, or an empty one.
static bool is_left_out(const YamlNode *node)
{
	return !node || node->kind == YAML_NULL || (node->kind == YAML_TEXT && node->length == 0);
}

// A name that the server would complete: Kubernetes checks it with an "a" for the last letter and the dash.
static void check_generate_name(const ObjectMeta *metadata, const FieldPath *parent, Report *report)
{
	const YamlNode *node = yaml_get(metadata->origin.node, "generateName");
	if (is_left_out(node) || node->kind != YAML_TEXT)
		return;
	char *example = arena_strdup(report->arena, node->text);
	const size_t length = strlen(example);
	if (length > 1 && example[length - 1] == '-') {
		example[length - 2] = 'a';
		example[length - 1] = '\0';
	}
	const FieldPath *path = FIELD(parent, "generateName");
	Texts faults = { 0 };
	name_check_subdomain(example, report->arena, &faults);
	field_invalid_all(report, node->where, path, node->text, &faults);
	if (text_is_empty(metadata->name))
		field_forbidden(report, origin_of(&metadata->origin, "generateName"), path,
				"not supported by sdme: apply needs a name that stays the same");
}

static void check_object_name(const ObjectMeta *metadata, const FieldPath *path, Report *report)
{
	const Origin *origin = &metadata->origin;
	if (!text_is_empty(metadata->name))
		check_name(origin, path, "name", metadata->name, name_check_subdomain, report);
	else if (origin->where.line > 0 && is_left_out(yaml_get(origin->node, "name")) &&
		 is_left_out(yaml_get(origin->node, "generateName")))
		field_required(report, origin_of(origin, "name"), FIELD(path, "name"),
			       "name or generateName is required");
}

static void check_namespace(const ObjectMeta *metadata, const FieldPath *parent, Report *report)
{
	const char *namespace = metadata->namespace;
	if (text_is_empty(namespace) || text_equal(namespace, "default"))
		return;
	const FieldPath *path = FIELD(parent, "namespace");
	const SourcePos where = origin_of(&metadata->origin, "namespace");
	Texts faults = { 0 };
	name_check_label(namespace, report->arena, &faults);
	field_invalid_all(report, where, path, namespace, &faults);
	if (faults.count == 0)
		field_forbidden(
			report, where, path,
			"not supported by sdme: there is only the namespace 'default' for now");
}

static const char *lower_case(const char *text, Arena *arena)
{
	char *lower = arena_strdup(arena, text);
	for (char *next = lower; *next; next++)
		*next = (char)tolower((unsigned char)*next);
	return lower;
}

static void check_annotations(const ObjectMeta *metadata, const FieldPath *parent, Report *report)
{
	const FieldPath *path = FIELD(parent, "annotations");
	size_t total = 0;
	for (size_t i = 0; i < metadata->annotations.count; i++) {
		const Pair *annotation = &metadata->annotations.items[i];
		total += strlen(annotation->key) + strlen(annotation->value);
		Texts faults = { 0 };
		name_check_qualified(lower_case(annotation->key, report->arena), report->arena,
				     &faults);
		if (faults.count > 0)
			field_invalid_all(
				report,
				place_of_pair(&metadata->origin, "annotations", annotation->key),
				path, annotation->key, &faults);
	}
	if (total > ANNOTATIONS_BYTES_MAX)
		field_too_long(report, origin_of(&metadata->origin, "annotations"), path,
			       ANNOTATIONS_BYTES_MAX);
}

void check_metadata(const ObjectMeta *metadata, Report *report)
{
	const FieldPath *path = FIELD(NULL, "metadata");
	check_generate_name(metadata, path, report);
	check_object_name(metadata, path, report);
	check_namespace(metadata, path, report);
	check_labels(&metadata->origin, path, "labels", &metadata->labels, report);
	check_annotations(metadata, path, report);
	check_server_metadata(metadata->origin.node, path, report);
}

void object_check(const Object *object, Report *report)
{
	check_metadata(object->metadata, report);
	kinds[object->kind].check(object, report);
}
