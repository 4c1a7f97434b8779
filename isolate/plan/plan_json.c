// The plan as JSON, and back.
#include "isolate/plan/plan.h"

#include "isolate/app/capability.h"
#include "pkg/base/json.h"
#include "pkg/sys/text/json_read.h"

// One table per struct drives printing and parsing: a member that is not in its table is in neither.
typedef enum FieldType {
	FIELD_TEXT,         // const char *, "" is left out
	FIELD_BOOL,         // false is left out
	FIELD_U32,          // 0 is left out
	FIELD_MODE,         // uint32_t, PLAN_MODE_DEFAULT is left out
	FIELD_U64,          // 0 is left out
	FIELD_I64,          // 0 is left out
	FIELD_ID,           // int64_t, PLAN_ID_UNSET is left out
	FIELD_TEXTS,        // none is left out
	FIELD_CAPABILITIES, // uint64_t, as names; none is left out
	FIELD_ENUM,         // the first word is left out
	FIELD_STRUCT,
	FIELD_LIST, // of structs; none is left out
} FieldType;

typedef struct Shape Shape;

typedef struct Field {
	const char *key;
	FieldType type;
	size_t offset;
	const char *const *words; // ENUM, NULL-terminated
	const Shape *shape;       // STRUCT, LIST
} Field;

struct Shape {
	const Field *fields;
	size_t count;
	size_t size;
};

// What every vector of vec.h looks like.
typedef struct AnyList {
	void *items;
	size_t count;
	size_t capacity;
} AnyList;

static const char *const network_words[] = { "pod", "host", "none", NULL };
static const char *const protocol_words[] = { "TCP", "UDP", "SCTP", NULL };
static const char *const volume_words[] = { "empty",     "memory", "hostPath", "claim",
					    "configMap", "secret", NULL };
static const char *const path_words[] = {
	"any",        "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket",
	"CharDevice", "BlockDevice",       NULL
};
static const char *const environment_words[] = { "value",     "configMapKey", "secretKey",
						 "configMap", "secret",       NULL };
static const char *const app_words[] = { "main", "init", NULL };
_Static_assert(COUNT(app_words) == PLAN_APP_KIND_COUNT + 1, "a word for each kind");
static const char *const restart_words[] = { "Always", "OnFailure", "Never", NULL };
static const char *const seccomp_words[] = { "RuntimeDefault", "Unconfined", "Compiled", NULL };

// clang-format off
#define FIELD(Struct, key, type, member)        { key, type, offsetof(Struct, member), NULL, NULL }
#define ENUM(Struct, key, words, member)        { key, FIELD_ENUM, offsetof(Struct, member), words, NULL }
#define NESTED(Struct, key, type, member, inner) { key, type, offsetof(Struct, member), NULL, &inner }
#define SHAPE(Struct, table)                    { table, COUNT(table), sizeof(Struct) }

static const Field port_fields[] = {
	ENUM(PlanPort, "protocol", protocol_words, protocol),
	FIELD(PlanPort, "hostIP", FIELD_TEXT, host_ip),
	FIELD(PlanPort, "hostPort", FIELD_U32, host_port),
	FIELD(PlanPort, "port", FIELD_U32, port),
};
static const Shape port_shape = SHAPE(PlanPort, port_fields);

static const Field item_fields[] = {
	FIELD(PlanItem, "key", FIELD_TEXT, key),
	FIELD(PlanItem, "path", FIELD_TEXT, path),
	FIELD(PlanItem, "mode", FIELD_MODE, mode),
};
static const Shape item_shape = SHAPE(PlanItem, item_fields);

static const Field volume_fields[] = {
	FIELD(PlanVolume, "name", FIELD_TEXT, name),
	ENUM(PlanVolume, "kind", volume_words, kind),
	FIELD(PlanVolume, "path", FIELD_TEXT, path),
	ENUM(PlanVolume, "pathType", path_words, path_type),
	FIELD(PlanVolume, "object", FIELD_TEXT, object),
	FIELD(PlanVolume, "sizeBytes", FIELD_U64, size_bytes),
	NESTED(PlanVolume, "items", FIELD_LIST, items, item_shape),
	FIELD(PlanVolume, "defaultMode", FIELD_U32, default_mode),
	FIELD(PlanVolume, "optional", FIELD_BOOL, is_optional),
	FIELD(PlanVolume, "readOnly", FIELD_BOOL, is_read_only),
};
static const Shape volume_shape = SHAPE(PlanVolume, volume_fields);

static const Field mount_fields[] = {
	FIELD(PlanMount, "volume", FIELD_TEXT, volume),
	FIELD(PlanMount, "path", FIELD_TEXT, path),
	FIELD(PlanMount, "readOnly", FIELD_BOOL, is_read_only),
};
static const Shape mount_shape = SHAPE(PlanMount, mount_fields);

static const Field environment_fields[] = {
	ENUM(PlanEnvironment, "kind", environment_words, kind),
	FIELD(PlanEnvironment, "name", FIELD_TEXT, name),
	FIELD(PlanEnvironment, "value", FIELD_TEXT, value),
	FIELD(PlanEnvironment, "object", FIELD_TEXT, object),
	FIELD(PlanEnvironment, "key", FIELD_TEXT, key),
	FIELD(PlanEnvironment, "optional", FIELD_BOOL, is_optional),
	FIELD(PlanEnvironment, "expand", FIELD_BOOL, is_expandable),
};
static const Shape environment_shape = SHAPE(PlanEnvironment, environment_fields);

static const Field identity_fields[] = {
	FIELD(PlanIdentity, "uid", FIELD_ID, uid),
	FIELD(PlanIdentity, "gid", FIELD_ID, gid),
	FIELD(PlanIdentity, "imageUser", FIELD_TEXT, image_user),
	FIELD(PlanIdentity, "mustNotBeRoot", FIELD_BOOL, must_not_be_root),
	FIELD(PlanIdentity, "groups", FIELD_TEXTS, groups),
};
static const Shape identity_shape = SHAPE(PlanIdentity, identity_fields);

static const Field limits_fields[] = {
	FIELD(PlanLimits, "cpuQuotaUs", FIELD_U64, cpu_quota_us),
	FIELD(PlanLimits, "cpuWeight", FIELD_U64, cpu_weight),
	FIELD(PlanLimits, "memoryMax", FIELD_U64, memory_max),
	FIELD(PlanLimits, "memoryLow", FIELD_U64, memory_low),
	FIELD(PlanLimits, "oomScoreAdjust", FIELD_I64, oom_score_adjust),
};
static const Shape limits_shape = SHAPE(PlanLimits, limits_fields);

static const Field app_fields[] = {
	FIELD(PlanApp, "name", FIELD_TEXT, name),
	ENUM(PlanApp, "kind", app_words, kind),
	FIELD(PlanApp, "image", FIELD_TEXT, image),
	FIELD(PlanApp, "imageID", FIELD_TEXT, image_id),
	FIELD(PlanApp, "layers", FIELD_TEXTS, layers),
	FIELD(PlanApp, "arguments", FIELD_TEXTS, arguments),
	NESTED(PlanApp, "environment", FIELD_LIST, environment, environment_shape),
	FIELD(PlanApp, "workingDirectory", FIELD_TEXT, working_directory),
	NESTED(PlanApp, "identity", FIELD_STRUCT, identity, identity_shape),
	FIELD(PlanApp, "capabilities", FIELD_CAPABILITIES, capabilities),
	FIELD(PlanApp, "mayEscalate", FIELD_BOOL, may_escalate),
	FIELD(PlanApp, "readOnlyRoot", FIELD_BOOL, is_root_read_only),
	FIELD(PlanApp, "stdin", FIELD_BOOL, has_stdin),
	FIELD(PlanApp, "terminal", FIELD_BOOL, has_terminal),
	ENUM(PlanApp, "seccomp", seccomp_words, seccomp),
	FIELD(PlanApp, "seccompProfile", FIELD_TEXT, seccomp_profile),
	NESTED(PlanApp, "mounts", FIELD_LIST, mounts, mount_shape),
	FIELD(PlanApp, "imageVolumes", FIELD_TEXTS, image_volumes),
	ENUM(PlanApp, "restart", restart_words, restart),
	FIELD(PlanApp, "stopSignal", FIELD_TEXT, stop_signal),
	NESTED(PlanApp, "limits", FIELD_STRUCT, limits, limits_shape),
};
static const Shape app_shape = SHAPE(PlanApp, app_fields);

static const Field machine_fields[] = {
	FIELD(MachinePlan, "name", FIELD_TEXT, name),
	FIELD(MachinePlan, "hostname", FIELD_TEXT, hostname),
	FIELD(MachinePlan, "machineID", FIELD_TEXT, machine_id),
	FIELD(MachinePlan, "incarnation", FIELD_U32, incarnation),
	FIELD(MachinePlan, "rootFS", FIELD_TEXT, root_fs),
	FIELD(MachinePlan, "slot", FIELD_U32, slot),
	FIELD(MachinePlan, "userNamespace", FIELD_BOOL, has_user_namespace),
	FIELD(MachinePlan, "fullBoot", FIELD_BOOL, is_full_boot),
	ENUM(MachinePlan, "network", network_words, network),
	NESTED(MachinePlan, "ports", FIELD_LIST, ports, port_shape),
	FIELD(MachinePlan, "nameservers", FIELD_TEXTS, dns.servers),
	FIELD(MachinePlan, "searches", FIELD_TEXTS, dns.searches),
	FIELD(MachinePlan, "resolverOptions", FIELD_TEXTS, dns.options),
	FIELD(MachinePlan, "ownDNS", FIELD_BOOL, has_own_dns),
	FIELD(MachinePlan, "sharesIPC", FIELD_BOOL, shares_ipc),
	FIELD(MachinePlan, "graceSeconds", FIELD_U32, grace_seconds),
	NESTED(MachinePlan, "volumes", FIELD_LIST, volumes, volume_shape),
	NESTED(MachinePlan, "apps", FIELD_LIST, apps, app_shape),
};
static const Shape machine_shape = SHAPE(MachinePlan, machine_fields);
// clang-format on

// --- printing

static void print_struct(JsonWriter *json, const Shape *shape, const void *value);

static bool is_default(const Field *field, const void *member)
{
	switch (field->type) {
	case FIELD_TEXT:
		return text_is_empty(*(const char *const *)member);
	case FIELD_BOOL:
		return !*(const bool *)member;
	case FIELD_U32:
	case FIELD_ENUM:
		return *(const uint32_t *)member == 0;
	case FIELD_MODE:
		return *(const uint32_t *)member == PLAN_MODE_DEFAULT;
	case FIELD_U64:
	case FIELD_I64:
	case FIELD_CAPABILITIES:
		return *(const uint64_t *)member == 0;
	case FIELD_ID:
		return *(const int64_t *)member == PLAN_ID_UNSET;
	case FIELD_TEXTS:
		return ((const Texts *)member)->count == 0;
	case FIELD_LIST:
		return ((const AnyList *)member)->count == 0;
	case FIELD_STRUCT:
		return false;
	}
	return false;
}

static void print_list(JsonWriter *json, const Shape *shape, const AnyList *list)
{
	json_begin_array(json);
	for (size_t i = 0; i < list->count; i++)
		print_struct(json, shape, (const char *)list->items + i * shape->size);
	json_end_array(json);
}

static void print_capabilities(JsonWriter *json, uint64_t set)
{
	CLEANUP_ARENA scratch = arena_new();
	Texts names = { 0 };
	capability_print(set, scratch, &names);
	json_add_texts(json, &names);
}

static void print_member(JsonWriter *json, const Field *field, const void *member)
{
	switch (field->type) {
	case FIELD_TEXT:
		json_add_text(json, *(const char *const *)member);
		return;
	case FIELD_BOOL:
		json_add_bool(json, *(const bool *)member);
		return;
	case FIELD_U32:
	case FIELD_MODE:
		json_add_u64(json, *(const uint32_t *)member);
		return;
	case FIELD_U64:
		json_add_u64(json, *(const uint64_t *)member);
		return;
	case FIELD_I64:
	case FIELD_ID:
		json_add_i64(json, *(const int64_t *)member);
		return;
	case FIELD_TEXTS:
		json_add_texts(json, member);
		return;
	case FIELD_CAPABILITIES:
		print_capabilities(json, *(const uint64_t *)member);
		return;
	case FIELD_ENUM:
		json_add_text(json, field->words[*(const uint32_t *)member]);
		return;
	case FIELD_STRUCT:
		print_struct(json, field->shape, member);
		return;
	case FIELD_LIST:
		print_list(json, field->shape, member);
		return;
	}
}

static void print_struct(JsonWriter *json, const Shape *shape, const void *value)
{
	json_begin_object(json);
	for (size_t i = 0; i < shape->count; i++) {
		const Field *field = &shape->fields[i];
		const void *member = (const char *)value + field->offset;
		if (is_default(field, member))
			continue;
		json_add_key(json, field->key);
		print_member(json, field, member);
	}
	json_end_object(json);
}

void plan_print(const MachinePlan *plan, Buffer *json)
{
	JsonWriter writer = json_writer(json, /* is_pretty= */ true);
	print_struct(&writer, &machine_shape, plan);
	buffer_add_char(json, '\n');
}

// --- parsing

static bool parse_struct(const JsonNode *node, const Shape *shape, Arena *arena, void *value,
			 Error *error);

static void set_default(const Field *field, void *member)
{
	if (field->type == FIELD_TEXT)
		*(const char **)member = "";
	else if (field->type == FIELD_MODE)
		*(uint32_t *)member = PLAN_MODE_DEFAULT;
	else if (field->type == FIELD_ID)
		*(int64_t *)member = PLAN_ID_UNSET;
}

static void set_defaults(const Shape *shape, void *value)
{
	for (size_t i = 0; i < shape->count; i++) {
		const Field *field = &shape->fields[i];
		if (field->type == FIELD_STRUCT)
			set_defaults(field->shape, (char *)value + field->offset);
		else
			set_default(field, (char *)value + field->offset);
	}
}

static bool mismatch(const JsonNode *node, Error *error)
{
	return error_set(error, ERROR_INVALID, "'%s' is %s", node->key ? node->key : "an item",
			 json_node_kind_to_text(node->kind));
}

static bool parse_enum(const JsonNode *node, const char *const *words, uint32_t *ret, Error *error)
{
	if (node->kind != JSON_NODE_TEXT)
		return mismatch(node, error);
	for (uint32_t i = 0; words[i]; i++) {
		if (text_equal(words[i], node->text)) {
			*ret = i;
			return true;
		}
	}
	return error_set(error, ERROR_INVALID, "'%s' is no %s", node->text, node->key);
}

static bool parse_number(const JsonNode *node, int64_t min, int64_t max, int64_t *ret, Error *error)
{
	if (node->kind != JSON_NODE_NUMBER || !node->is_integer)
		return mismatch(node, error);
	if (node->number < min || node->number > max)
		return error_set(error, ERROR_INVALID, "%s %s is out of range", node->key,
				 node->text);
	*ret = node->number;
	return true;
}

static bool parse_texts(const JsonNode *node, Arena *arena, Texts *ret, Error *error)
{
	if (node->kind != JSON_NODE_ARRAY)
		return mismatch(node, error);
	for (size_t i = 0; i < node->item_count; i++) {
		if (node->items[i]->kind != JSON_NODE_TEXT)
			return mismatch(node->items[i], error);
		texts_add(arena, ret, node->items[i]->text);
	}
	return true;
}

static bool parse_capabilities(const JsonNode *node, Arena *arena, uint64_t *ret, Error *error)
{
	Texts names = { 0 };
	if (!parse_texts(node, arena, &names, error))
		return false;
	uint64_t set = 0;
	for (size_t i = 0; i < names.count; i++) {
		uint64_t one = 0;
		if (!capability_parse(names.items[i], &one, error))
			return false;
		set |= one;
	}
	*ret = set;
	return true;
}

static bool parse_list(const JsonNode *node, const Shape *shape, Arena *arena, AnyList *ret,
		       Error *error)
{
	if (node->kind != JSON_NODE_ARRAY)
		return mismatch(node, error);
	ret->items = arena_array(arena, node->item_count, shape->size);
	ret->count = ret->capacity = node->item_count;
	for (size_t i = 0; i < node->item_count; i++) {
		void *item = (char *)ret->items + i * shape->size;
		set_defaults(shape, item);
		if (!parse_struct(node->items[i], shape, arena, item, error))
			return error_wrap(error, "%s[%zu]", node->key, i);
	}
	return true;
}

static bool parse_member(const JsonNode *node, const Field *field, Arena *arena, void *member,
			 Error *error)
{
	int64_t number = 0;
	switch (field->type) {
	case FIELD_TEXT:
		if (node->kind != JSON_NODE_TEXT)
			return mismatch(node, error);
		*(const char **)member = node->text;
		return true;
	case FIELD_BOOL:
		if (node->kind != JSON_NODE_BOOLEAN)
			return mismatch(node, error);
		*(bool *)member = node->boolean;
		return true;
	case FIELD_U32:
	case FIELD_MODE:
		if (!parse_number(node, 0, UINT32_MAX, &number, error))
			return false;
		*(uint32_t *)member = (uint32_t)number;
		return true;
	case FIELD_U64:
		if (!parse_number(node, 0, INT64_MAX, &number, error))
			return false;
		*(uint64_t *)member = (uint64_t)number;
		return true;
	case FIELD_I64:
	case FIELD_ID:
		return parse_number(node, INT64_MIN, INT64_MAX, member, error);
	case FIELD_TEXTS:
		return parse_texts(node, arena, member, error);
	case FIELD_CAPABILITIES:
		return parse_capabilities(node, arena, member, error);
	case FIELD_ENUM:
		return parse_enum(node, field->words, member, error);
	case FIELD_STRUCT:
		return parse_struct(node, field->shape, arena, member, error);
	case FIELD_LIST:
		return parse_list(node, field->shape, arena, member, error);
	}
	return false;
}

static const Field *find_field(const Shape *shape, const char *key)
{
	for (size_t i = 0; i < shape->count; i++) {
		if (text_equal(shape->fields[i].key, key))
			return &shape->fields[i];
	}
	return NULL;
}

static bool parse_struct(const JsonNode *node, const Shape *shape, Arena *arena, void *value,
			 Error *error)
{
	if (node->kind != JSON_NODE_OBJECT)
		return mismatch(node, error);
	for (size_t i = 0; i < node->item_count; i++) {
		const JsonNode *member = node->items[i];
		const Field *field = find_field(shape, member->key);
		if (!field)
			return error_set(error, ERROR_INVALID, "unknown member '%s'", member->key);
		if (!parse_member(member, field, arena, (char *)value + field->offset, error))
			return false;
	}
	return true;
}

bool plan_parse(const char *json, size_t length, Arena *arena, MachinePlan *ret, Error *error)
{
	const JsonNode *root = NULL;
	MachinePlan plan = { 0 };
	set_defaults(&machine_shape, &plan);
	if (!json_read_parse(json, length, arena, &root, error) ||
	    !parse_struct(root, &machine_shape, arena, &plan, error))
		return error_wrap(error, "understand the plan");
	*ret = plan;
	return true;
}

// --- words

const char *plan_restart_to_text(PlanRestart restart)
{
	return restart_words[restart];
}

const char *plan_protocol_to_text(PlanProtocol protocol)
{
	return protocol_words[protocol];
}
