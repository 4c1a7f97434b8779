// volumeMounts.
#include "kube/check/duplicates.h"
#include "kube/check/parts.h"
#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/text/yaml.h"

static void check_mount_path(const VolumeMount *mount, bool is_repeated, const FieldPath *path,
			     Report *report)
{
	const char *value = mount->mount_path;
	const SourcePos where = origin_of(&mount->origin, "mountPath");
	if (text_is_empty(value))
		return;
	if (is_repeated)
		field_invalid(report, where, path, value, "must be unique");
	if (path_has_dotdot(value))
		field_forbidden(report, where, path,
				"not supported by sdme: must not contain '..'");
	else if (value[strspn(value, "/.")] == '\0')
		field_forbidden(report, where, path,
				"not supported by sdme: must not be the root directory");
}

static void check_sub_paths(const VolumeMount *mount, const FieldPath *list, const FieldPath *path,
			    Report *report)
{
	const Origin *origin = &mount->origin;
	const bool has_path = !text_is_empty(mount->sub_path);
	const bool has_expression = !text_is_empty(mount->sub_path_expr);
	const SourcePos expression = origin_of(origin, "subPathExpr");
	if (has_path)
		check_local_path(mount->sub_path, origin_of(origin, "subPath"),
				 FIELD(list, "subPath"), report);
	if (has_path && has_expression)
		field_invalid(report, expression, FIELD(path, "subPathExpr"), mount->sub_path_expr,
			      "subPathExpr and subPath are mutually exclusive");
	if (has_expression)
		check_local_path(mount->sub_path_expr, expression, FIELD(list, "subPathExpr"),
				 report);
}

static bool is_privileged(const Container *container)
{
	const SecurityContext *context = container->security_context;
	const YamlNode *privileged = yaml_get(context ? context->origin.node : NULL, "privileged");
	return privileged && privileged->kind == YAML_BOOL && privileged->boolean;
}

static void check_propagation(const VolumeMount *mount, const Container *container,
			      const FieldPath *path, Report *report)
{
	static const char *const words[] = { "Bidirectional", "HostToContainer", "None", NULL };
	const SourcePos where = origin_of(&mount->origin, "mountPropagation");
	if (!mount->mount_propagation)
		return;
	check_word(where, path, mount->mount_propagation, words, report);
	if (text_equal(mount->mount_propagation, "Bidirectional") && !is_privileged(container))
		field_forbidden(report, where, path,
				"Bidirectional mount propagation is available only to privileged "
				"containers");
}

static void check_recursive_read_only(const VolumeMount *mount, const FieldPath *path,
				      Report *report)
{
	static const char *const words[] = { "Disabled", "Enabled", "IfPossible", NULL };
	const char *value = mount->recursive_read_only;
	const char *propagation = mount->mount_propagation;
	const SourcePos where = origin_of(&mount->origin, "recursiveReadOnly");
	if (!value || !check_word(where, path, value, words, report) ||
	    text_equal(value, "Disabled"))
		return;
	if (!mount->read_only)
		field_forbidden(report, where, path, "may only be specified when readOnly is true");
	if (propagation && !text_equal(propagation, "None"))
		field_forbidden(report, where, path,
				"may only be specified when mountPropagation is None or not "
				"specified");
}

// What Kubernetes says of the options of a mount has the path of the list: a quirk that its users know.
static void check_mount(const VolumeMount *mount, const Container *container, const FieldPath *list,
			const FieldPath *path, Report *report)
{
	check_sub_paths(mount, list, path, report);
	check_propagation(mount, container, FIELD(list, "mountPropagation"), report);
	check_recursive_read_only(mount, FIELD(list, "recursiveReadOnly"), report);
}

void check_mounts(const ContainerCheck *check, Report *report)
{
	const VolumeMounts *mounts = &check->container->volume_mounts;
	const size_t volume_count = check->volume_names->count;
	// The volumes, then what is mounted: a mount whose first equal name is a volume has one.
	Texts names = { 0 };
	Texts paths = { 0 };
	for (size_t i = 0; i < volume_count; i++)
		texts_add(report->arena, &names, check->volume_names->items[i]);
	for (size_t i = 0; i < mounts->count; i++) {
		const VolumeMount *mount = &mounts->items[i];
		texts_add(report->arena, &names, mount->name ? mount->name : "");
		texts_add(report->arena, &paths, mount->mount_path);
	}
	const size_t *first_name = duplicates_find(&names, report->arena);
	const size_t *first_path = duplicates_find(&paths, report->arena);
	const FieldPath *list = FIELD(check->path, "volumeMounts");
	for (size_t i = 0; i < mounts->count; i++) {
		const VolumeMount *mount = &mounts->items[i];
		const FieldPath *path = FIELD_AT(list, i);
		if (first_name[volume_count + i] >= volume_count)
			field_not_found(report, origin_of(&mount->origin, "name"),
					FIELD(path, "name"), names.items[volume_count + i]);
		check_mount_path(mount, first_path[i] != i, FIELD(path, "mountPath"), report);
		check_mount(mount, check->container, list, path, report);
	}
}
