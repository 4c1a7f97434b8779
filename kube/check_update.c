// What must not change from one apply to the next.
#include "kube/check.h"

#include "kube/field_error.h"
#include "pkg/base/text.h"

static bool is_set(const OptionalBool *value)
{
	return value->is_set && value->value;
}

static int compare_items(const DataItem *left, const DataItem *right)
{
	if (left->length != right->length)
		return 1;
	return memcmp(left->bytes, right->bytes, left->length);
}

static bool data_equal(const DataItems *left, const DataItems *right)
{
	if (left->count != right->count)
		return false;
	for (size_t i = 0; i < left->count; i++) {
		const DataItem *other = data_items_get(right, left->items[i].key);
		if (!other || compare_items(&left->items[i], other) != 0)
			return false;
	}
	return true;
}

// One field of an object that is immutable already.
static void check_immutable(bool is_equal, const Origin *origin, const char *field, Report *report)
{
	if (!is_equal)
		field_forbidden(report, origin_of(origin, field), FIELD(NULL, field),
				"field is immutable when `immutable` is set");
}

static void check_config_map(const ConfigMap *before, const ConfigMap *after, Report *report)
{
	if (!is_set(&before->immutable))
		return;
	check_immutable(is_set(&after->immutable), &after->origin, "immutable", report);
	check_immutable(data_equal(&before->data, &after->data), &after->origin, "data", report);
	check_immutable(data_equal(&before->binary_data, &after->binary_data), &after->origin,
			"binaryData", report);
}

static void check_secret(const Secret *before, const Secret *after, Report *report)
{
	if (!text_equal(before->type, after->type))
		field_invalid(report, origin_of(&after->origin, "type"), FIELD(NULL, "type"),
			      after->type, "field is immutable");
	if (!is_set(&before->immutable))
		return;
	check_immutable(is_set(&after->immutable), &after->origin, "immutable", report);
	check_immutable(data_equal(&before->data, &after->data), &after->origin, "data", report);
}

static void check_claim(const PersistentVolumeClaim *before, const PersistentVolumeClaim *after,
			Report *report)
{
	const ClaimSpec *old = &before->spec;
	const ClaimSpec *new = &after->spec;
	bool is_equal = old->access_modes.count == new->access_modes.count;
	for (size_t i = 0; is_equal && i < old->access_modes.count; i++)
		is_equal = text_equal(old->access_modes.items[i], new->access_modes.items[i]);
	const Quantity *old_size = resource_list_get(&old->resources.requests, "storage");
	const Quantity *new_size = resource_list_get(&new->resources.requests, "storage");
	if (!is_equal)
		field_forbidden(report, new->origin.where, FIELD(NULL, "spec"),
				"spec is immutable after creation except resources.requests");
	if (old_size && new_size && quantity_compare(new_size, old_size) < 0)
		field_forbidden(report, new->resources.origin.where,
				FIELD(FIELD(FIELD(NULL, "spec"), "resources"), "requests"),
				"field can not be less than previous value");
}

void object_check_update(const Object *before, const Object *after, Report *report)
{
	switch (after->kind) {
	case OBJECT_CONFIG_MAP:
		check_config_map(before->config_map, after->config_map, report);
		break;
	case OBJECT_SECRET:
		check_secret(before->secret, after->secret, report);
		break;
	case OBJECT_PERSISTENT_VOLUME_CLAIM:
		check_claim(before->claim, after->claim, report);
		break;
	case OBJECT_POD: // may change in every field: it is started anew
	case OBJECT_KIND_COUNT:
		break;
	}
}
