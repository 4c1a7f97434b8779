// PersistentVolumeClaims: directories in the store, bound as soon as they are there.
#include "isolate/machine/generation.h"
#include "isolate/machine/machine.h"
#include "kube/kind/actions.h"
#include "kube/manifest/encode.h"
#include "pkg/base/json.h"
#include "pkg/base/path.h"
#include "store/object/volume.h"

static const KindColumn columns[] = {
	{ .title = "STATUS" },
	{ .title = "CAPACITY" },
	{ .title = "ACCESS MODES" },
	{ .title = "AGE" },
	{ .title = "PATH", .is_wide = true },
};

// "1Gi" or "1G", whatever is shorter: the store remembers bytes, not how they were written.
static Quantity size_of(const VolumeClaim *claim, Arena *arena)
{
	const Quantity binary = { .whole = claim->size_bytes, .format = QUANTITY_BINARY_SI };
	const Quantity decimal = { .whole = claim->size_bytes, .format = QUANTITY_DECIMAL_SI };
	return strlen(quantity_print(&decimal, arena)) < strlen(quantity_print(&binary, arena))
		       ? decimal
		       : binary;
}

static const char *capacity_of(const VolumeClaim *claim, Arena *arena)
{
	const Quantity size = size_of(claim, arena);
	return claim->size_bytes > 0 ? quantity_print(&size, arena) : "<none>";
}

static Texts split_modes(const VolumeClaim *claim, Arena *arena)
{
	Texts modes = { 0 };
	for (const char *mode = claim->access_modes; *mode;) {
		const size_t length = strcspn(mode, ",");
		texts_add(arena, &modes, arena_strndup(arena, mode, length));
		mode += length + (mode[length] ? 1 : 0);
	}
	return modes;
}

// "RWO,ROX" for "ReadWriteOnce,ReadOnlyMany".
static const char *short_modes_of(const VolumeClaim *claim, Arena *arena)
{
	static const Pair short_names[] = {
		{ "ReadWriteOnce", "RWO" },
		{ "ReadOnlyMany", "ROX" },
		{ "ReadWriteMany", "RWX" },
		{ "ReadWriteOncePod", "RWOP" },
	};
	CLEANUP_BUFFER text = { 0 };
	const Texts modes = split_modes(claim, arena);
	for (size_t i = 0; i < modes.count; i++) {
		for (size_t k = 0; k < COUNT(short_names); k++) {
			if (text_equal(modes.items[i], short_names[k].key))
				buffer_printf(&text, "%s%s", text.length > 0 ? "," : "",
					      short_names[k].value);
		}
	}
	return text.length > 0 ? buffer_take(&text, arena) : "<none>";
}

static bool list(const KindContext *context, KindItems *ret_items, Error *error)
{
	Arena *arena = context->arena;
	VolumeClaims claims = { 0 };
	if (!volume_list(context->host, arena, &claims, error))
		return false;
	for (size_t i = 0; i < claims.count; i++) {
		const VolumeClaim *claim = &claims.items[i];
		KindItem *item = kind_items_push(arena, ret_items);
		*item = (KindItem){ .name = claim->name, .labels = claim->labels, .source = claim };
		texts_add(arena, &item->cells, "Bound");
		texts_add(arena, &item->cells, capacity_of(claim, arena));
		texts_add(arena, &item->cells, short_modes_of(claim, arena));
		texts_add(arena, &item->cells, kind_age(context, claim->created_at));
		texts_add(arena, &item->cells, claim->path);
	}
	return true;
}

static const char *print_status(const VolumeClaim *claim, const Texts *modes, Arena *arena)
{
	CLEANUP_BUFFER json = { 0 };
	JsonWriter writer = json_writer(&json, /* is_pretty= */ false);
	json_begin_object(&writer);
	json_add_text_member(&writer, "phase", "Bound");
	json_add_texts_member(&writer, "accessModes", modes);
	json_add_key(&writer, "capacity");
	json_begin_object(&writer);
	json_add_text_member(&writer, "storage", capacity_of(claim, arena));
	json_end_object(&writer);
	json_end_object(&writer);
	return buffer_take(&json, arena);
}

// One that a Pod made by its first use was never written down: it is printed with the least that a claim must say.
static VolumeClaim written_claim(const VolumeClaim *claim)
{
	VolumeClaim written = *claim;
	if (text_is_empty(claim->access_modes))
		written.access_modes = "ReadWriteOnce";
	if (claim->size_bytes == 0)
		written.size_bytes = 1;
	return written;
}

static bool encode(const KindContext *context, const KindItem *item, const YamlNode **ret,
		   Error *error)
{
	(void)error; // all of it is loaded already
	Arena *arena = context->arena;
	const VolumeClaim stored = written_claim(item->source);
	PersistentVolumeClaim claim = {
		.metadata = { .name = stored.name,
			      .namespace = "default",
			      .labels = stored.labels,
			      .annotations = stored.annotations },
		.spec = { .access_modes = split_modes(&stored, arena) },
	};
	*resource_list_push(arena, &claim.spec.resources.requests) =
		(ResourceAmount){ .name = "storage", .quantity = size_of(&stored, arena) };
	const Object object = { .kind = OBJECT_PERSISTENT_VOLUME_CLAIM, .claim = &claim };
	*ret = kind_add_server_fields(
		object_encode(&object, /* is_redacted= */ false, arena), stored.created_at,
		print_status(&stored, &claim.spec.access_modes, arena), arena);
	return true;
}

// The record of a claim is a file in its directory.
static bool watch_items(const KindContext *context, const KindItems *items, Watch *watch,
			Error *error)
{
	for (size_t i = 0; i < items->count; i++) {
		const VolumeClaim *claim = items->items[i].source;
		if (!watch_add_directory(watch, path_parent(context->arena, claim->path), error))
			return false;
	}
	return true;
}

static bool apply(const KindContext *context, const Object *object, PutMode mode,
		  StoreChange *ret_change, Error *error)
{
	const PersistentVolumeClaim *claim = object->claim;
	const Quantity *size = resource_list_get(&claim->spec.resources.requests, "storage");
	const VolumeClaim wanted = {
		.name = claim->metadata.name,
		.size_bytes = size ? (uint64_t)quantity_units(size) : 0,
		.access_modes = texts_join(&claim->spec.access_modes, ",", context->arena),
		.labels = claim->metadata.labels,
		.annotations = claim->metadata.annotations,
	};
	StoreChange change = STORE_UNCHANGED;
	if (!volume_ensure(context->host, &wanted, context->arena, NULL, &change, error))
		return false;
	if (change != STORE_CREATED && mode == PUT_CREATE)
		return error_set(error, ERROR_EXISTS,
				 "persistentvolumeclaims \"%s\" already exists", wanted.name);
	*ret_change = change;
	return true;
}

static bool uses_claim(const MachinePlan *plan, const char *claim)
{
	for (size_t i = 0; i < plan->volumes.count; i++) {
		const PlanVolume *volume = &plan->volumes.items[i];
		if (volume->kind == PLAN_VOLUME_CLAIM && text_equal(volume->object, claim))
			return true;
	}
	return false;
}

// The data of a claim goes with it: not while a Pod that stays mounts it. (Kubernetes: pvc-protection.)
static bool check_removal(const KindContext *context, const char *name, Error *error)
{
	Texts names = { 0 };
	if (!machine_list_names(context->host, context->arena, &names, error))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		CLEANUP_ERROR ignored = { 0 }; // one that is being removed uses nothing any more
		MachinePlan plan = { 0 };
		if (generation_load_current(context->host, names.items[i], context->arena, NULL,
					    &plan, &ignored) &&
		    uses_claim(&plan, name))
			return error_set(error, ERROR_BUSY, "it is used by pod \"%s\"",
					 names.items[i]);
	}
	return true;
}

static bool remove_one(const KindContext *context, const char *name, Error *error)
{
	return volume_remove(context->host, name, error);
}

const KindActions kind_claim_actions = {
	.directory = LAYOUT_VOLUMES,
	.columns = columns,
	.column_count = COUNT(columns),
	.list = list,
	.encode = encode,
	.watch = watch_items,
	.apply = apply,
	.check_removal = check_removal,
	.remove = remove_one,
};
