// One container: its own fields, and all that is below it.
#include "kube/check/names.h"
#include "kube/check/parts.h"
#include "pkg/base/text.h"
#include "pkg/oci/reference.h"
#include "pkg/sys/text/yaml.h"

#include <ctype.h>

// Kubernetes only minds the blanks; the rest it finds out when it pulls (InvalidImageName).
static void check_image(const ContainerCheck *check, Report *report)
{
	const char *image = check->container->image;
	if (text_is_empty(image))
		return;
	const SourcePos where = origin_of(&check->container->origin, "image");
	const FieldPath *path = FIELD(check->path, "image");
	if (isspace((unsigned char)image[0]) || isspace((unsigned char)image[strlen(image) - 1])) {
		field_invalid(report, where, path, image,
			      "must not have leading or trailing whitespace");
		return;
	}
	Reference reference = { 0 };
	CLEANUP_ERROR error = { 0 };
	if (!reference_parse(image, NULL, report->arena, &reference, &error))
		field_invalid(report, where, path, image, error.message);
}

// Rules of restarts are refused; that they need a policy is told nevertheless.
static void check_restart_rules(const Container *container, const FieldPath *path, Report *report)
{
	const YamlNode *rules = yaml_get(container->origin.node, "restartPolicyRules");
	const YamlNode *policy = yaml_get(container->origin.node, "restartPolicy");
	if (rules && rules->items.count > 0 && (!policy || policy->kind == YAML_NULL))
		field_required(report, rules->where, FIELD(path, "restartPolicy"),
			       "must specify restartPolicy when restart rules are used");
}

void check_container(const ContainerCheck *check, Report *report)
{
	const Container *container = check->container;
	const Pod *pod = check->pod;
	check_name(&container->origin, check->path, "name", container->name, name_check_label,
		   report);
	check_image(check, report);
	check_ports(&container->ports, FIELD(check->path, "ports"), pod->spec.host_network, report);
	check_environment(container, check->path, report);
	check_mounts(check, report);
	check_resources(&container->resources, FIELD(check->path, "resources"), report);
	check_resize_policies(container, pod, FIELD(check->path, "resizePolicy"), report);
	check_restart_rules(container, check->path, report);
	check_security(check, report);
}
