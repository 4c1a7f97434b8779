// sdme kube get: Pods, ConfigMaps, Secrets and claims with kubectl's words and columns.
#include "cmd/commands.h"
#include "kube/print.h"
#include "kube/quantity.h"
#include "kube/status.h"
#include "pkg/base/json.h"
#include "pkg/base/number.h"
#include "pkg/cli/table.h"
#include "pkg/machine/generation.h"
#include "pkg/sys/json_read.h"
#include "store/configmap.h"
#include "store/layout.h"
#include "store/secret.h"
#include "store/volume.h"

#include <time.h>

typedef enum GetFormat {
	GET_TABLE,
	GET_WIDE,
	GET_JSON,
	GET_YAML,
	GET_NAME,
} GetFormat;

static const char *const formats[] = {
	[GET_TABLE] = "table", [GET_WIDE] = "wide", [GET_JSON] = "json",
	[GET_YAML] = "yaml",   [GET_NAME] = "name",
};

typedef struct GetOptions {
	unsigned format;
} GetOptions;

static const Option options[] = {
	OPT_CHOICE(GetOptions, format, "output", 'o', "FORMAT", formats, "Print in this format"),
};

static const Positional positionals[] = {
	{ "KIND", 1, 1, COMPLETE_NONE,
	  "What to list: pods, configmaps, secrets or pvc, or KIND/NAME", NULL },
	{ "NAME", 0, POSITIONAL_MANY, COMPLETE_POD, "Only these", NULL },
};

// What is asked for, once.
typedef struct Get {
	const CommandContext *context;
	GetFormat format;
	Texts names; // empty: all
	int64_t now;
	Table table;
	Texts found;
	Buffer items; // JSON
	const char *resource;
} Get;

static bool is_wanted(Get *get, const char *name)
{
	if (get->names.count > 0 && !texts_contain(&get->names, name))
		return false;
	texts_add(get->context->arena, &get->found, name);
	return true;
}

static const char *age_of(const Get *get, int64_t since)
{
	return since > 0 ? age_print(get->now - since, get->context->arena) : "<unknown>";
}

// Whole objects rather than columns.
static bool is_whole(const Get *get)
{
	return get->format == GET_JSON || get->format == GET_YAML;
}

static void add_json(Get *get, const char *json)
{
	buffer_printf(&get->items, "%s%s", get->items.length > 0 ? "," : "", json);
}

// --- pods

static const Column pod_columns[] = {
	{ .title = "NAME", .key = "name" },
	{ .title = "READY", .key = "ready" },
	{ .title = "STATUS", .key = "status" },
	{ .title = "RESTARTS", .key = "restarts" },
	{ .title = "AGE", .key = "age" },
	{ .title = "IP", .key = "ip", .is_wide = true },
	{ .title = "MACHINE", .key = "machine", .is_wide = true },
};

static int64_t created_at(const PodStatus *status)
{
	CLEANUP_ERROR ignored = { 0 }; // a damaged time is shown as unknown
	uint64_t seconds = 0;
	const char *text = pairs_get_or(status->record, MACHINE_KEY_CREATED_AT, "0");
	return number_parse_u64(text, "created", INT64_MAX, &seconds, &ignored) ? (int64_t)seconds
										: 0;
}

static const char *restarts_of(const Get *get, const PodStatus *status)
{
	Arena *arena = get->context->arena;
	if (status->restart_count == 0 || status->last_restart_us == 0)
		return arena_printf(arena, "%u", status->restart_count);
	return arena_printf(arena, "%u (%s ago)", status->restart_count,
			    age_print(get->now - status->last_restart_us / 1000000, arena));
}

static bool read_pod(const Get *get, const PodStatus *status, const char **ret_json,
		     const char **ret_name, Error *error);

static bool add_pod(Get *get, const PodStatus *status, Error *error)
{
	Arena *arena = get->context->arena;
	const char *json = NULL;
	const char *name = NULL;
	if (!read_pod(get, status, &json, &name, error))
		return false;
	if (!is_wanted(get, name))
		return true;
	if (is_whole(get)) {
		add_json(get, json);
		return true;
	}
	table_add_text(&get->table, name);
	table_add_text(&get->table, arena_printf(arena, "%u/%zu", status->ready_count,
						 status->containers.count));
	table_add_text(&get->table, status->reason);
	table_add_text(&get->table, restarts_of(get, status));
	table_add_text(&get->table, age_of(get, created_at(status)));
	table_add_text(&get->table,
		       status->address ? ipv4_print(status->address, arena) : "<none>");
	table_add_text(&get->table, status->name);
	return true;
}

// The manifest as applied, with the status as its last member.
static bool read_pod(const Get *get, const PodStatus *status, const char **ret_json,
		     const char **ret_name, Error *error)
{
	Arena *arena = get->context->arena;
	const char *pod = NULL;
	size_t length = 0;
	const JsonNode *root = NULL;
	if (!generation_read_file(get->context->host, status->name, GENERATION_POD_NAME, arena,
				  &pod, &length, error) ||
	    !json_read_parse(pod, length, arena, &root, error))
		return error_wrap(error, "pod '%s'", status->name);
	*ret_name = json_read_text(json_read_get(root, "metadata"), "name", status->name);

	CLEANUP_BUFFER json = { 0 };
	const char *end = strrchr(pod, '}');
	buffer_add_bytes(&json, pod, end ? (size_t)(end - pod) : length);
	buffer_add(&json, ",\"status\":");
	pod_status_print(status, &json);
	buffer_add(&json, "}");
	*ret_json = buffer_take(&json, arena);
	return true;
}

static bool get_pods(Get *get, Error *error)
{
	const CommandContext *context = get->context;
	CLEANUP_BUS bus = NULL;
	PodStatuses statuses = { 0 };
	table_init(&get->table, context->arena, pod_columns, COUNT(pod_columns));
	if (!bus_open_manager(&bus, error) ||
	    !pod_status_list(context->host, context->config, bus, context->arena, &statuses, error))
		return false;
	for (size_t i = 0; i < statuses.count; i++) {
		if (!add_pod(get, &statuses.items[i], error))
			return false;
	}
	return true;
}

// --- what the store has

static const Column config_map_columns[] = {
	{ .title = "NAME", .key = "name" },
	{ .title = "DATA", .key = "data" },
	{ .title = "AGE", .key = "age" },
};

static const Column secret_columns[] = {
	{ .title = "NAME", .key = "name" },
	{ .title = "TYPE", .key = "type" },
	{ .title = "DATA", .key = "data" },
	{ .title = "AGE", .key = "age" },
};

static void add_object_json(Get *get, const char *kind, const StoredObject *object)
{
	CLEANUP_BUFFER text = { 0 };
	JsonWriter json = json_writer(&text, /* is_pretty= */ false);
	json_begin_object(&json);
	json_add_text_member(&json, "apiVersion", "v1");
	json_add_text_member(&json, "kind", kind);
	json_add_key(&json, "metadata");
	json_begin_object(&json);
	json_add_text_member(&json, "name", object->name);
	json_end_object(&json);
	// Keys only: values of secrets are never printed, and those of config maps by `sdme configmap show`.
	json_add_key(&json, "keys");
	json_begin_array(&json);
	for (size_t i = 0; i < object->data.count; i++)
		json_add_text(&json, object->data.items[i].key);
	json_end_array(&json);
	json_end_object(&json);
	add_json(get, buffer_text(&text));
}

static void add_objects(Get *get, const char *kind, const StoredObjects *objects, bool has_type)
{
	for (size_t i = 0; i < objects->count; i++) {
		const StoredObject *object = &objects->items[i];
		if (!is_wanted(get, object->name))
			continue;
		if (is_whole(get)) {
			add_object_json(get, kind, object);
			continue;
		}
		table_add_text(&get->table, object->name);
		if (has_type)
			table_add_text(&get->table, object->type);
		table_add_number(&get->table, (int64_t)object->data.count);
		table_add_text(&get->table, age_of(get, object->created_at));
	}
}

static bool get_config_maps(Get *get, Error *error)
{
	StoredObjects objects = { 0 };
	table_init(&get->table, get->context->arena, config_map_columns, COUNT(config_map_columns));
	if (!configmap_list(get->context->host, get->context->arena, &objects, error))
		return false;
	add_objects(get, "ConfigMap", &objects, /* has_type= */ false);
	return true;
}

static bool get_secrets(Get *get, Error *error)
{
	StoredObjects objects = { 0 };
	table_init(&get->table, get->context->arena, secret_columns, COUNT(secret_columns));
	if (!secret_list(get->context->host, get->context->arena, &objects, error))
		return false;
	add_objects(get, "Secret", &objects, /* has_type= */ true);
	return true;
}

static const Column claim_columns[] = {
	{ .title = "NAME", .key = "name" },
	{ .title = "STATUS", .key = "status" },
	{ .title = "CAPACITY", .key = "capacity" },
	{ .title = "ACCESS MODES", .key = "access_modes" },
	{ .title = "AGE", .key = "age" },
	{ .title = "PATH", .key = "path", .is_wide = true },
};

// "1Gi" or "1G", whatever is shorter: the store remembers bytes, not how they were written.
static const char *capacity_of(const VolumeClaim *claim, Arena *arena)
{
	if (claim->size_bytes == 0)
		return "<none>";
	Quantity size = { .whole = claim->size_bytes, .format = QUANTITY_BINARY_SI };
	const char *binary = quantity_print(&size, arena);
	size.format = QUANTITY_DECIMAL_SI;
	const char *decimal = quantity_print(&size, arena);
	return strlen(decimal) < strlen(binary) ? decimal : binary;
}

// "RWO,ROX" for "ReadWriteOnce,ReadOnlyMany".
static const char *access_modes_of(const VolumeClaim *claim, Arena *arena)
{
	static const Pair short_names[] = {
		{ "ReadWriteOnce", "RWO" },
		{ "ReadOnlyMany", "ROX" },
		{ "ReadWriteMany", "RWX" },
		{ "ReadWriteOncePod", "RWOP" },
	};
	CLEANUP_BUFFER text = { 0 };
	for (const char *mode = text_is_empty(claim->access_modes) ? "" : claim->access_modes;
	     *mode;) {
		const Span word = { mode, strcspn(mode, ",") };
		for (size_t i = 0; i < COUNT(short_names); i++) {
			if (span_equal(word, short_names[i].key))
				buffer_printf(&text, "%s%s", text.length > 0 ? "," : "",
					      short_names[i].value);
		}
		mode += word.len + (mode[word.len] == ',' ? 1 : 0);
	}
	return text.length > 0 ? buffer_take(&text, arena) : "<none>";
}

static bool get_claims(Get *get, Error *error)
{
	Arena *arena = get->context->arena;
	VolumeClaims claims = { 0 };
	table_init(&get->table, arena, claim_columns, COUNT(claim_columns));
	if (!volume_list(get->context->host, arena, &claims, error))
		return false;
	for (size_t i = 0; i < claims.count; i++) {
		const VolumeClaim *claim = &claims.items[i];
		if (!is_wanted(get, claim->name))
			continue;
		table_add_text(&get->table, claim->name);
		table_add_text(&get->table, "Bound");
		table_add_text(&get->table, capacity_of(claim, arena));
		table_add_text(&get->table, access_modes_of(claim, arena));
		table_add_text(&get->table, age_of(get, claim->created_at));
		table_add_text(&get->table, claim->path);
	}
	if (is_whole(get)) {
		CLEANUP_BUFFER json = { 0 };
		table_print(&get->table, OUTPUT_JSON, &json);
		// The array's brackets come from the list around it.
		const size_t length = strcspn(buffer_text(&json), "\n");
		if (length > 2)
			buffer_add_bytes(&get->items, buffer_text(&json) + 1, length - 2);
	}
	return true;
}

// --- any kind

typedef struct GetKind {
	const char *resource; // as in "pod/web"
	const char *plural;   // as in `pods "web" not found`
	const char *words[4]; // what users type
	bool (*get)(Get *get, Error *error);
} GetKind;

static const GetKind kinds[] = {
	{ "pod", "pods", { "pods", "pod", "po" }, get_pods },
	{ "configmap", "configmaps", { "configmaps", "configmap", "cm" }, get_config_maps },
	{ "secret", "secrets", { "secrets", "secret" }, get_secrets },
	{ "persistentvolumeclaim",
	  "persistentvolumeclaims",
	  { "persistentvolumeclaims", "persistentvolumeclaim", "pvc" },
	  get_claims },
};

static const GetKind *find_kind(const char *word)
{
	for (size_t i = 0; i < COUNT(kinds); i++) {
		for (size_t j = 0; j < COUNT(kinds[i].words) && kinds[i].words[j]; j++) {
			if (text_equal(kinds[i].words[j], word))
				return &kinds[i];
		}
	}
	return NULL;
}

static void print_whole(const Get *get)
{
	CLEANUP_BUFFER json = { 0 };
	const char *items = buffer_text(&get->items);
	if (get->names.count == 1)
		buffer_add(&json, items);
	else
		buffer_printf(&json, "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[%s]}",
			      items);
	if (get->format == GET_JSON) {
		fprintf(get->context->output, "%s\n", buffer_text(&json));
		return;
	}
	// JSON is YAML: what was printed can be read and printed again.
	CLEANUP_BUFFER yaml = { 0 };
	Report report;
	YamlNodes documents = { 0 };
	report_init(&report, get->context->arena);
	yaml_read("", buffer_text(&json), json.length, get->context->arena, &report, &documents);
	for (size_t i = 0; i < documents.count; i++)
		yaml_print(documents.items[i], &yaml);
	fputs(buffer_text(&yaml), get->context->output);
}

static void print_table(const Get *get)
{
	CLEANUP_BUFFER text = { 0 };
	if (get->found.count == 0 && get->names.count == 0) {
		fputs("No resources found\n", get->context->messages);
		return;
	}
	table_print(&get->table, get->format == GET_WIDE ? OUTPUT_WIDE : OUTPUT_TABLE, &text);
	fputs(buffer_text(&text), get->context->output);
}

static void print(const Get *get)
{
	switch (get->format) {
	case GET_JSON:
	case GET_YAML:
		print_whole(get);
		return;
	case GET_NAME:
		for (size_t i = 0; i < get->found.count; i++)
			fprintf(get->context->output, "%s/%s\n", get->resource,
				get->found.items[i]);
		return;
	case GET_TABLE:
	case GET_WIDE:
		print_table(get);
		return;
	}
}

static bool check_found(const Get *get, const GetKind *kind, Error *error)
{
	for (size_t i = 0; i < get->names.count; i++) {
		if (!texts_contain(&get->found, get->names.items[i]))
			return error_set(error, ERROR_NOT_FOUND, "%s \"%s\" not found",
					 kind->plural, get->names.items[i]);
	}
	return true;
}

static void clear(Get *get)
{
	buffer_clear(&get->items);
}

static bool run(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	const GetOptions *given = context->options;
	CLEANUP(clear) Get get = { .context = context, .format = given->format, .now = time(NULL) };
	const char *word = context->arguments.items[0];
	const char *slash = strchr(word, '/');
	if (slash) {
		texts_add(context->arena, &get.names, slash + 1);
		word = arena_strndup(context->arena, word, (size_t)(slash - word));
	}
	for (size_t i = 1; i < context->arguments.count; i++)
		texts_add(context->arena, &get.names, context->arguments.items[i]);

	const GetKind *kind = find_kind(word);
	if (!kind)
		return error_set(error, ERROR_USAGE,
				 "no kind '%s'; there are pods, configmaps, secrets and pvc", word);
	get.resource = kind->resource;
	if (!layout_prepare(context->host, error) || !kind->get(&get, error) ||
	    !check_found(&get, kind, error))
		return false;
	print(&get);
	return true;
}

const Command command_kube_get = {
	.name = "get",
	.summary = "List Pods and other objects",
	.description =
		"Prints kubectl's columns. STATUS says what the Pod waits for: Init:0/2, CrashLoopBackOff, "
		"Completed; Stopped means that its machine does not run. JSON is the manifest as applied with "
		"the status in it; values of Secrets are never printed.",
	.examples = "sdme kube get pods\n"
		    "sdme kube get pod web -o json\n"
		    "sdme kube get cm\n",
	OPTIONS(GetOptions, options),
	POSITIONALS(positionals),
	.needs_root = true,
	.run = run,
};
