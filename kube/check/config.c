// ConfigMaps, Secrets and claims.
#include "kube/check/duplicates.h"
#include "kube/check/names.h"
#include "kube/check/parts.h"
#include "kube/schema/kinds.h"
#include "pkg/base/json_check.h"
#include "pkg/base/text.h"
#include "pkg/sys/text/yaml.h"

#define DATA_BYTES_MAX (1024 * 1024)

static void check_keys(const DataItems *items, const FieldPath *path, Report *report)
{
	for (size_t i = 0; i < items->count; i++) {
		const DataItem *item = &items->items[i];
		Texts faults = { 0 };
		name_check_data_key(item->key, report->arena, &faults);
		field_invalid_all(report, item->where, FIELD_KEY(path, item->key), item->key,
				  &faults);
	}
}

static size_t total_size(const DataItems *items)
{
	size_t total = 0;
	for (size_t i = 0; i < items->count; i++)
		total += items->items[i].length;
	return total;
}

void kind_config_map_check(const Object *object, Report *report)
{
	const ConfigMap *config_map = object->config_map;
	const FieldPath *data = FIELD(NULL, "data");
	check_keys(&config_map->data, data, report);
	check_keys(&config_map->binary_data, FIELD(NULL, "binaryData"), report);
	// The keys of binaryData, then those of data: one of data must be the first of its kind.
	Texts keys = { 0 };
	const size_t binary_count = config_map->binary_data.count;
	for (size_t i = 0; i < binary_count; i++)
		texts_add(report->arena, &keys, config_map->binary_data.items[i].key);
	for (size_t i = 0; i < config_map->data.count; i++)
		texts_add(report->arena, &keys, config_map->data.items[i].key);
	const size_t *first = duplicates_find(&keys, report->arena);
	for (size_t i = 0; i < config_map->data.count; i++) {
		const DataItem *item = &config_map->data.items[i];
		if (first[binary_count + i] < binary_count)
			field_invalid(report, item->where, FIELD_KEY(data, item->key), item->key,
				      "duplicate of key present in binaryData");
	}
	// Kubernetes gives the object as a whole an empty path, which prints like this.
	if (total_size(&config_map->data) + total_size(&config_map->binary_data) > DATA_BYTES_MAX)
		field_too_long(report, config_map->origin.where, FIELD(NULL, "[]"), DATA_BYTES_MAX);
}

// --- Secret

static void require_key(const Secret *secret, const char *key, bool must_have_content,
			Report *report)
{
	const DataItem *item = data_items_get(&secret->data, key);
	if (!item || (must_have_content && item->length == 0))
		field_required(report, origin_of(&secret->origin, "data"),
			       FIELD_KEY(FIELD(NULL, "data"), key), NULL);
}

static void check_docker_config(const Secret *secret, const char *key, Report *report)
{
	const DataItem *item = data_items_get(&secret->data, key);
	CLEANUP_ERROR error = { 0 };
	if (!item)
		require_key(secret, key, false, report);
	else if (!json_check_object(item->bytes, item->length, &error))
		field_invalid(report, item->where, FIELD_KEY(FIELD(NULL, "data"), key),
			      "<secret contents redacted>", error.message);
}

static void check_basic_auth(const Secret *secret, Report *report)
{
	if (data_items_get(&secret->data, "username") || data_items_get(&secret->data, "password"))
		return;
	require_key(secret, "username", false, report);
	require_key(secret, "password", false, report);
}

static void check_account_token(const Secret *secret, Report *report)
{
	static const char annotation[] = "kubernetes.io/service-account.name";
	if (text_is_empty(pairs_get(&secret->metadata.annotations, annotation)))
		field_required(report, secret->metadata.origin.where,
			       FIELD_KEY(FIELD(FIELD(NULL, "metadata"), "annotations"), annotation),
			       NULL);
}

static void check_type(const Secret *secret, Report *report)
{
	const char *type = secret->type;
	if (text_equal(type, "kubernetes.io/dockerconfigjson")) {
		check_docker_config(secret, ".dockerconfigjson", report);
	} else if (text_equal(type, "kubernetes.io/dockercfg")) {
		check_docker_config(secret, ".dockercfg", report);
	} else if (text_equal(type, "kubernetes.io/tls")) {
		require_key(secret, "tls.crt", false, report);
		require_key(secret, "tls.key", false, report);
		warn_key_pair(secret, report);
	} else if (text_equal(type, "kubernetes.io/ssh-auth")) {
		require_key(secret, "ssh-privatekey", true, report);
	} else if (text_equal(type, "kubernetes.io/basic-auth")) {
		check_basic_auth(secret, report);
	} else if (text_equal(type, "kubernetes.io/service-account-token")) {
		check_account_token(secret, report);
	}
}

void kind_secret_check(const Object *object, Report *report)
{
	const Secret *secret = object->secret;
	const FieldPath *path = FIELD(NULL, "data");
	check_keys(&secret->data, path, report);
	if (total_size(&secret->data) > DATA_BYTES_MAX)
		field_too_long(report, origin_of(&secret->origin, "data"), path, DATA_BYTES_MAX);
	if (secret->type)
		check_type(secret, report);
}

// --- PersistentVolumeClaim

static void check_access_modes(const ClaimSpec *spec, const FieldPath *parent, Report *report)
{
	static const char *const known[] = { "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce",
					     "ReadWriteOncePod" };
	const FieldPath *path = FIELD(parent, "accessModes");
	const SourcePos where = origin_of(&spec->origin, "accessModes");
	for (size_t i = 0; i < spec->access_modes.count; i++) {
		const char *mode = spec->access_modes.items[i];
		bool is_known = false;
		for (size_t k = 0; k < COUNT(known); k++)
			is_known = is_known || text_equal(mode, known[k]);
		if (!is_known)
			field_unsupported(report, where, path, mode,
					  "\"ReadOnlyMany\", \"ReadWriteMany\", \"ReadWriteOnce\", "
					  "\"ReadWriteOncePod\"");
	}
	if (spec->access_modes.count > 1 && texts_contain(&spec->access_modes, "ReadWriteOncePod"))
		field_forbidden(report, where, path,
				"may not use ReadWriteOncePod with other access modes");
}

// False when the decoder has told what is wrong on the way to the size.
static bool is_size_missing(const ResourceRequirements *resources)
{
	const YamlNode *requests = yaml_get(resources->origin.node, "requests");
	const bool is_empty = !requests || requests->kind == YAML_NULL;
	return resources->origin.where.line > 0 &&
	       (is_empty || (requests->kind == YAML_MAP && !yaml_get(requests, "storage")));
}

static void warn_fractions(const ResourceRequirements *resources, const FieldPath *path,
			   Report *report)
{
	const ResourceList *const lists[] = { &resources->requests, &resources->limits };
	const char *const names[] = { "requests", "limits" };
	for (size_t list = 0; list < COUNT(lists); list++) {
		for (size_t i = 0; i < lists[list]->count; i++) {
			const ResourceAmount *amount = &lists[list]->items[i];
			if (text_equal(amount->name, "storage"))
				warn_fraction(amount,
					      FIELD_KEY(FIELD(path, names[list]), "storage"),
					      report);
		}
	}
}

static void warn_storage_class(const ObjectMeta *metadata, Report *report)
{
	static const char annotation[] = "volume.beta.kubernetes.io/storage-class";
	if (pairs_get(&metadata->annotations, annotation))
		field_warning(report, place_of_pair(&metadata->origin, "annotations", annotation),
			      FIELD_KEY(FIELD(FIELD(NULL, "metadata"), "annotations"), annotation),
			      "deprecated since v1.8; use \"storageClassName\" attribute instead");
}

void kind_claim_check(const Object *object, Report *report)
{
	const PersistentVolumeClaim *claim = object->claim;
	const FieldPath *path = FIELD(NULL, "spec");
	const Origin *origin = &claim->spec.origin;
	check_access_modes(&claim->spec, path, report);
	check_label_selector(claim->spec.selector, FIELD(path, "selector"), report);
	check_name(origin, path, "storageClassName", claim->spec.storage_class_name,
		   name_check_subdomain, report);
	check_name(origin, path, "volumeAttributesClassName",
		   claim->spec.volume_attributes_class_name, name_check_subdomain, report);
	warn_storage_class(&claim->metadata, report);
	warn_fractions(&claim->spec.resources, FIELD(path, "resources"), report);
	// Kubernetes leaves `requests` out of this path.
	const FieldPath *storage = FIELD_KEY(FIELD(path, "resources"), "storage");
	const SourcePos where = origin_of(&claim->spec.origin, "resources");
	const Quantity *size = resource_list_get(&claim->spec.resources.requests, "storage");
	if (is_size_missing(&claim->spec.resources))
		field_required(report, where, storage, NULL);
	else if (size && (size->is_negative || quantity_is_zero(size)))
		field_invalid(report, where, storage, quantity_print(size, report->arena),
			      "must be greater than zero");
}
