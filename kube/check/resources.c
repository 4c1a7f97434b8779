// Resources: limits and requests, and what may be done about them in a running Pod.
#include "kube/check/duplicates.h"
#include "kube/check/names.h"
#include "kube/check/parts.h"
#include "pkg/base/text.h"

// --- names

static bool is_huge_page(const char *name)
{
	return text_starts_with(name, "hugepages-");
}

// Without a domain, or of Kubernetes' own.
static bool is_native(const char *name)
{
	return !strchr(name, '/') || strstr(name, "kubernetes.io/");
}

// What may be promised more often than it is there.
static bool is_overcommittable(const char *name)
{
	return is_native(name) && !is_huge_page(name);
}

// Everything that Kubernetes counts anywhere, such as in quotas.
static bool is_counted(const char *name)
{
	static const char *const counted[] = {
		"configmaps",
		"limits.cpu",
		"limits.ephemeral-storage",
		"limits.memory",
		"persistentvolumeclaims",
		"pods",
		"replicationcontrollers",
		"requests.cpu",
		"requests.ephemeral-storage",
		"requests.memory",
		"requests.storage",
		"resourcequotas",
		"secrets",
		"services",
		"services.loadbalancers",
		"services.nodeports",
		"storage",
	};
	for (size_t i = 0; i < COUNT(counted); i++) {
		if (text_equal(name, counted[i]))
			return true;
	}
	return resource_is_standard(name) || is_huge_page(name) ||
	       text_starts_with(name, "requests.hugepages-");
}

static bool is_extended(const char *name, Arena *arena)
{
	Texts faults = { 0 };
	name_check_qualified(arena_printf(arena, "requests.%s", name), arena, &faults);
	return faults.count == 0 && !text_starts_with(name, "requests.");
}

static void name_check_resource(const char *name, Arena *arena, Texts *ret_faults)
{
	name_check_qualified(name, arena, ret_faults);
	const bool is_plain = !strchr(name, '/');
	if (ret_faults->count == 0 && is_plain && !is_counted(name))
		texts_add(arena, ret_faults, "must be a standard resource type or fully qualified");
	if (is_plain && !resource_is_standard(name) && !is_huge_page(name))
		texts_add(arena, ret_faults, "must be a standard resource for containers");
	if (!is_native(name) && !is_extended(name, arena))
		texts_add(arena, ret_faults, "doesn't follow extended resource name standard");
}

// Resources that are good names, but that nobody hands out here.
static void check_support(const ResourceAmount *amount, const FieldPath *path, Report *report)
{
	Texts faults = { 0 };
	name_check_resource(amount->name, report->arena, &faults);
	if (faults.count > 0)
		return;
	if (text_equal(amount->name, "ephemeral-storage"))
		field_note(report, amount->where, path,
			   "has no effect here: the size of a writable layer is not limited yet");
	else if (is_huge_page(amount->name))
		field_forbidden(report, amount->where, path,
				"not supported by sdme: huge pages are not supported yet");
	else if (strchr(amount->name, '/'))
		field_forbidden(report, amount->where, path,
				"not supported by sdme: devices are handed out by a cluster; "
				"bind one with a hostPath volume");
}

// --- amounts

static void check_amount(const ResourceAmount *amount, const FieldPath *path, Report *report)
{
	check_grammar(amount->where, path, amount->name, name_check_resource, report);
	if (amount->quantity.is_negative)
		field_invalid(report, amount->where, path,
			      quantity_print(&amount->quantity, report->arena),
			      "must be greater than or equal to 0");
}

void check_amounts(const ResourceList *amounts, const FieldPath *path, Report *report)
{
	for (size_t i = 0; i < amounts->count; i++)
		check_amount(&amounts->items[i], FIELD_KEY(path, amounts->items[i].name), report);
}

// As Kubernetes reckons: in thousandths that end at 2^63-1, so that it takes 1Ei for a fraction, too.
void warn_fraction(const ResourceAmount *amount, const FieldPath *path, Report *report)
{
	if (quantity_milli(&amount->quantity) % 1000 == 0)
		return;
	field_warning(report, amount->where, path,
		      arena_printf(report->arena,
				   "fractional byte value \"%s\" is invalid, must be an integer",
				   quantity_print(&amount->quantity, report->arena)));
}

static void check_container_amount(const ResourceAmount *amount, const FieldPath *path,
				   Report *report)
{
	check_amount(amount, path, report);
	check_support(amount, path, report);
	if (text_equal(amount->name, "memory") || text_equal(amount->name, "ephemeral-storage"))
		warn_fraction(amount, path, report);
}

// limit: that of the same name, or NULL.
static void check_request(const ResourceAmount *request, const ResourceAmount *limit,
			  const FieldPath *path, Report *report)
{
	const bool is_firm = !is_overcommittable(request->name);
	if (!limit && is_firm)
		field_required(report, request->where, FIELD(path, "limits"),
			       "Limit must be set for non overcommitable resources");
	if (!limit)
		return;
	const int order = quantity_compare(&request->quantity, &limit->quantity);
	const char *relation = is_firm ? "equal to" : "less than or equal to";
	if (order > 0 || (order < 0 && is_firm))
		field_invalid(report, request->where, FIELD(path, "requests"),
			      quantity_print(&request->quantity, report->arena),
			      arena_printf(report->arena, "must be %s %s limit of %s", relation,
					   request->name,
					   quantity_print(&limit->quantity, report->arena)));
}

// For each request the limit of the same name, or NULL.
static const ResourceAmount **find_limits(const ResourceRequirements *resources, Arena *arena)
{
	const ResourceList *limits = &resources->limits;
	const ResourceList *requests = &resources->requests;
	Texts names = { 0 };
	for (size_t i = 0; i < limits->count; i++)
		texts_add(arena, &names, limits->items[i].name);
	for (size_t i = 0; i < requests->count; i++)
		texts_add(arena, &names, requests->items[i].name);
	const size_t *first = duplicates_find(&names, arena);
	const ResourceAmount **found = arena_array(arena, requests->count, sizeof(*found));
	for (size_t i = 0; i < requests->count; i++) {
		const size_t index = first[limits->count + i];
		found[i] = index < limits->count ? &limits->items[index] : NULL;
	}
	return found;
}

void check_resources(const ResourceRequirements *resources, const FieldPath *path, Report *report)
{
	const ResourceAmount **limit = find_limits(resources, report->arena);
	for (size_t i = 0; i < resources->limits.count; i++)
		check_container_amount(
			&resources->limits.items[i],
			FIELD_KEY(FIELD(path, "limits"), resources->limits.items[i].name), report);
	for (size_t i = 0; i < resources->requests.count; i++) {
		const ResourceAmount *request = &resources->requests.items[i];
		if (request->is_default)
			continue;
		check_container_amount(request, FIELD_KEY(FIELD(path, "requests"), request->name),
				       report);
		check_request(request, limit[i], path, report);
	}
}

// --- resizePolicy

// The path has no index: a quirk of Kubernetes that its users know.
static void check_resize_word(const Origin *origin, const char *field, const char *value,
			      const char *const *words, const FieldPath *path, Report *report)
{
	const SourcePos where = origin_of(origin, field);
	if (text_is_empty(value))
		field_required(report, where, path, NULL);
	else
		check_word(where, path, value, words, report);
}

void check_resize_policies(const Container *container, const Pod *pod, const FieldPath *path,
			   Report *report)
{
	static const char *const resources[] = { "cpu", "memory", NULL };
	static const char *const policies[] = { "NotRequired", "RestartContainer", NULL };
	const ResizePolicies *list = &container->resize_policy;
	Texts names = { 0 };
	for (size_t i = 0; i < list->count; i++)
		texts_add(report->arena, &names,
			  list->items[i].resource_name ? list->items[i].resource_name : "");
	const size_t *first = duplicates_find(&names, report->arena);
	for (size_t i = 0; i < list->count; i++) {
		const ResizePolicy *item = &list->items[i];
		const char *policy = item->restart_policy ? item->restart_policy : "";
		if (first[i] != i)
			field_duplicate(report, origin_of(&item->origin, "resourceName"),
					FIELD_AT(path, i), names.items[i]);
		check_resize_word(&item->origin, "resourceName", names.items[i], resources, path,
				  report);
		check_resize_word(&item->origin, "restartPolicy", policy, policies, path, report);
		if (pod->spec.restart_policy == RESTART_POLICY_NEVER &&
		    !text_equal(policy, "NotRequired"))
			field_invalid(report, origin_of(&item->origin, "restartPolicy"), path,
				      policy,
				      "must be 'NotRequired' when `restartPolicy` is 'Never'");
	}
}
