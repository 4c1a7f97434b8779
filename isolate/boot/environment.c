#include "isolate/boot/environment.h"

#include "store/object/configmap.h"
#include "store/object/secret.h"

// What runtimes give an image that sets none.
#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// One config map or secret, loaded for one reference.
typedef struct Source {
	bool is_secret;
	StoredObject object;
	StoredSecret secret;
} Source;

static void source_clear(Source *source)
{
	secret_clear(&source->secret);
}

static bool is_secret_kind(PlanEnvironmentKind kind)
{
	return kind == PLAN_ENVIRONMENT_SECRET || kind == PLAN_ENVIRONMENT_SECRET_KEY;
}

// *ret_data is NULL when the object is absent and may be.
static bool load(const Host *host, const PlanEnvironment *reference, Arena *arena, Source *source,
		 const StoredData **ret_data, Error *error)
{
	source->is_secret = is_secret_kind(reference->kind);
	const bool is_loaded =
		source->is_secret
			? secret_get(host, reference->object, arena, &source->secret, error)
			: configmap_get(host, reference->object, arena, &source->object, error);
	if (is_loaded) {
		*ret_data = source->is_secret ? &source->secret.object.data : &source->object.data;
		return true;
	}
	if (!reference->is_optional || !error_forgive(error, ERROR_NOT_FOUND))
		return false;
	*ret_data = NULL;
	return true;
}

static void add(Arena *arena, AppVariables *variables, const char *name, const StoredItem *item)
{
	AppVariable *variable = app_variables_push(arena, variables);
	variable->name = name;
	variable->value = arena_strndup(arena, item->value.bytes, item->value.length);
}

static bool add_key(const PlanEnvironment *reference, const Source *source, const StoredData *data,
		    Arena *arena, AppVariables *variables, Error *error)
{
	const StoredItem *item = data ? stored_data_get(data, reference->key) : NULL;
	// What is binary in a ConfigMap is no variable, in Kubernetes as well.
	if (item && (source->is_secret || !item->is_binary)) {
		add(arena, variables, reference->name, item);
		return true;
	}
	if (reference->is_optional)
		return true;
	return error_set(error, ERROR_NOT_FOUND, "couldn't find key %s in %s default/%s",
			 reference->key, source->is_secret ? "Secret" : "ConfigMap",
			 reference->object);
}

static bool add_reference(const Host *host, const PlanEnvironment *reference, Arena *arena,
			  AppVariables *variables, Error *error)
{
	CLEANUP(source_clear) Source source = { 0 };
	const StoredData *data = NULL;
	if (!load(host, reference, arena, &source, &data, error))
		return false;
	if (reference->kind == PLAN_ENVIRONMENT_CONFIG_MAP_KEY ||
	    reference->kind == PLAN_ENVIRONMENT_SECRET_KEY)
		return add_key(reference, &source, data, arena, variables, error);

	for (size_t i = 0; data && i < data->count; i++) {
		const StoredItem *item = &data->items[i];
		if (!item->is_binary)
			add(arena, variables,
			    arena_printf(arena, "%s%s", reference->name, item->key), item);
	}
	return true;
}

static void add_hidden(Arena *arena, AppVariables *variables, const char *name, const char *value)
{
	*app_variables_push(arena, variables) =
		(AppVariable){ .name = name, .value = value, .is_hidden = true };
}

bool boot_environment(const Host *host, const MachinePlan *plan, const PlanApp *app,
		      const char *home, Arena *arena, AppVariables *ret, Error *error)
{
	// The last of a name counts: what the image or the manifest sets wins over these.
	AppVariables variables = { 0 };
	add_hidden(arena, &variables, "PATH", DEFAULT_PATH);
	add_hidden(arena, &variables, "HOSTNAME", plan->hostname);
	add_hidden(arena, &variables, "HOME", home);
	for (size_t i = 0; i < app->environment.count; i++) {
		const PlanEnvironment *entry = &app->environment.items[i];
		if (entry->kind == PLAN_ENVIRONMENT_VALUE) {
			*app_variables_push(arena, &variables) = (AppVariable){
				.name = entry->name,
				.value = entry->value,
				.is_expandable = entry->is_expandable,
				.is_hidden = !entry->is_expandable,
			};
		} else if (!add_reference(host, entry, arena, &variables, error)) {
			return false;
		}
	}
	*ret = variables;
	return true;
}
