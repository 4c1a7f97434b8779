#include "isolate/boot/environment.h"

#include "isolate/machine/reference.h"

// What runtimes give an image that sets none.
#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static bool add_reference(const Host *host, const PlanEnvironment *entry, Arena *arena,
			  AppVariables *variables, Error *error)
{
	CLEANUP_REFERENT referent = { 0 };
	StoredData found = { 0 };
	if (!reference_variables(host, entry, arena, &referent, &found, error))
		return false;
	for (size_t i = 0; i < found.count; i++) {
		const StoredItem *item = &found.items[i];
		AppVariable *variable = app_variables_push(arena, variables);
		variable->name = item->key;
		variable->value = arena_strndup(arena, item->value.bytes, item->value.length);
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
	if (app->has_terminal)
		add_hidden(arena, &variables, "TERM", "xterm");
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
