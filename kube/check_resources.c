// Resources: limits and requests.
#include "kube/check_parts.h"
#include "kube/names.h"
#include "pkg/base/text.h"

static void check_resource_name(const ResourceAmount *amount, const FieldPath *path, Report *report)
{
	if (text_equal(amount->name, "ephemeral-storage")) {
		field_note(report, amount->where, path,
			   "has no effect here: the size of a writable layer is not limited yet");
	} else if (text_starts_with(amount->name, "hugepages-")) {
		field_forbidden(report, amount->where, path,
				"not supported by sdme: huge pages are not supported yet");
	} else if (strchr(amount->name, '/')) {
		Texts faults = { 0 };
		name_check_qualified(amount->name, report->arena, &faults);
		field_invalid_all(report, amount->where, path, amount->name, &faults);
		if (faults.count == 0)
			field_forbidden(
				report, amount->where, path,
				"not supported by sdme: devices are handed out by a cluster; "
				"bind one with a hostPath volume");
	} else if (!resource_is_standard(amount->name)) {
		field_invalid(report, amount->where, path, amount->name,
			      "must be a standard resource for containers");
	}
}

static void check_amount(const ResourceAmount *amount, const FieldPath *path, Report *report)
{
	const char *text = quantity_print(&amount->quantity, report->arena);
	check_resource_name(amount, path, report);
	if (amount->quantity.is_negative)
		field_invalid(report, amount->where, path, text,
			      "must be greater than or equal to 0");
	const bool is_bytes =
		text_equal(amount->name, "memory") || text_equal(amount->name, "ephemeral-storage");
	if (is_bytes && quantity_has_fraction(&amount->quantity))
		field_warning(report, amount->where, path,
			      arena_printf(report->arena,
					   "fractional byte value \"%s\" is invalid, must be an "
					   "integer",
					   text));
}

void check_resources(const ResourceRequirements *resources, const FieldPath *path, Report *report)
{
	const FieldPath *limits = FIELD(path, "limits");
	const FieldPath *requests = FIELD(path, "requests");
	for (size_t i = 0; i < resources->limits.count; i++) {
		const ResourceAmount *limit = &resources->limits.items[i];
		check_amount(limit, FIELD_KEY(limits, limit->name), report);
	}
	for (size_t i = 0; i < resources->requests.count; i++) {
		const ResourceAmount *request = &resources->requests.items[i];
		if (request->is_default)
			continue;
		check_amount(request, FIELD_KEY(requests, request->name), report);
		const Quantity *limit =
			resource_is_standard(request->name)
				? resource_list_get(&resources->limits, request->name)
				: NULL;
		if (!limit || quantity_compare(&request->quantity, limit) <= 0)
			continue;
		field_invalid(report, request->where, requests,
			      quantity_print(&request->quantity, report->arena),
			      arena_printf(report->arena,
					   "must be less than or equal to %s limit of %s",
					   request->name, quantity_print(limit, report->arena)));
	}
}
