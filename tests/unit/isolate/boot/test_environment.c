#include "isolate/boot/environment.h"

#include "pkg/base/path.h"
#include "store/object/configmap.h"
#include "store/object/secret.h"
#include "store/state/layout.h"
#include "tests/unit/test.h"

typedef struct Store {
	Host host;
	MachinePlan plan;
	PlanApp app;
} Store;

static void add_item(Test *test, StoredObject *object, const char *key, const char *value,
		     bool is_binary)
{
	*stored_data_push(test->arena, &object->data) =
		(StoredItem){ key, { value, strlen(value) }, is_binary };
}

// A ConfigMap 'settings' and a Secret 'db'.
static bool make_store(Test *test, Store *ret)
{
	*ret = (Store){ .host = { .data_dir =
					  path_join(test->arena, test_directory(test), "data") },
			.plan = { .name = "web", .hostname = "web-host" } };
	StoredObject settings = { .name = "settings" };
	add_item(test, &settings, "COLOUR", "blue\n%n $(A)", false);
	add_item(test, &settings, "a.b-c", "dots", false);
	add_item(test, &settings, "LOGO", "\x89PNG", true);
	StoredObject db = { .name = "db" };
	add_item(test, &db, "password", "swordfish", false);
	add_item(test, &db, "user", "$(NOT_EXPANDED)", false);
	return layout_prepare(&ret->host, &test->error) &&
	       configmap_put(&ret->host, &settings, PUT_CREATE, NULL, &test->error) &&
	       secret_put(&ret->host, &db, PUT_CREATE, NULL, &test->error);
}

static void add(Test *test, Store *store, PlanEnvironment entry)
{
	*plan_environments_push(test->arena, &store->app.environment) = entry;
}

// One "NAME=value" per line, as the application gets them; or the error.
static const char *environment_of(Test *test, const Store *store)
{
	CLEANUP_ERROR error = { 0 };
	AppSpec spec = { 0 };
	Texts lines = { 0 };
	if (!boot_environment(&store->host, &store->plan, &store->app, "/home/app", test->arena,
			      &spec.environment, &error))
		return arena_strdup(test->arena, error.message);
	spec_environment(&spec, test->arena, &lines);
	return texts_join(&lines, "|", test->arena);
}

#define DEFAULTS                                                                                   \
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin|HOSTNAME=web-host|HOME=/home/app"

TEST(environment_has_defaults_that_anybody_can_change)
{
	Store store;
	CHECK(make_store(test, &store));
	CHECK_TEXT(environment_of(test, &store), DEFAULTS);
	add(test, &store, (PlanEnvironment){ .name = "PATH", .value = "/app" });
	add(test, &store, (PlanEnvironment){ .name = "HOME", .value = "" });
	CHECK_TEXT(environment_of(test, &store), "PATH=/app|HOSTNAME=web-host|HOME=");
}

TEST(environment_of_whole_objects_has_every_key)
{
	Store store;
	CHECK(make_store(test, &store));
	add(test, &store,
	    (PlanEnvironment){
		    .kind = PLAN_ENVIRONMENT_CONFIG_MAP, .name = "", .object = "settings" });
	add(test, &store,
	    (PlanEnvironment){ .kind = PLAN_ENVIRONMENT_SECRET, .name = "DB_", .object = "db" });
	// Values are no templates, and what is binary is left out.
	CHECK_TEXT(
		environment_of(test, &store), DEFAULTS
		"|COLOUR=blue\n%n $(A)|a.b-c=dots|DB_password=swordfish|DB_user=$(NOT_EXPANDED)");
}

TEST(environment_of_single_keys_and_references)
{
	Store store;
	CHECK(make_store(test, &store));
	add(test, &store,
	    (PlanEnvironment){ .kind = PLAN_ENVIRONMENT_SECRET_KEY,
			       .name = "PASSWORD",
			       .object = "db",
			       .key = "password" });
	add(test, &store,
	    (PlanEnvironment){ .kind = PLAN_ENVIRONMENT_CONFIG_MAP_KEY,
			       .name = "A",
			       .object = "settings",
			       .key = "a.b-c" });
	add(test, &store,
	    (PlanEnvironment){ .name = "URL",
			       .value = "$(PASSWORD)@$(A)/$$(A)/$(HOME)/$(LATER)",
			       .is_expandable = true });
	add(test, &store,
	    (PlanEnvironment){ .name = "LATER", .value = "x", .is_expandable = true });
	// The image's own variables and the defaults are none that Kubernetes knows.
	CHECK_TEXT(environment_of(test, &store), DEFAULTS
		   "|PASSWORD=swordfish|A=dots|URL=swordfish@dots/$(A)/$(HOME)/$(LATER)|LATER=x");
}

TEST(environment_last_of_a_name_counts)
{
	Store store;
	CHECK(make_store(test, &store));
	add(test, &store, (PlanEnvironment){ .name = "COLOUR", .value = "image" });
	add(test, &store,
	    (PlanEnvironment){
		    .kind = PLAN_ENVIRONMENT_CONFIG_MAP, .name = "", .object = "settings" });
	add(test, &store,
	    (PlanEnvironment){ .name = "a.b-c", .value = "env", .is_expandable = true });
	CHECK_TEXT(environment_of(test, &store), DEFAULTS "|COLOUR=blue\n%n $(A)|a.b-c=env");
}

TEST(environment_says_what_is_missing_as_the_kubelet)
{
	static const struct {
		PlanEnvironment entry;
		const char *message;
	} rows[] = {
		{ { PLAN_ENVIRONMENT_CONFIG_MAP, "", "", "none", "", false, false },
		  "configmap \"none\" not found" },
		{ { PLAN_ENVIRONMENT_SECRET, "", "", "none", "", false, false },
		  "secret \"none\" not found" },
		{ { PLAN_ENVIRONMENT_CONFIG_MAP_KEY, "A", "", "none", "k", false, false },
		  "configmap \"none\" not found" },
		{ { PLAN_ENVIRONMENT_CONFIG_MAP_KEY, "A", "", "settings", "k", false, false },
		  "couldn't find key k in ConfigMap default/settings" },
		{ { PLAN_ENVIRONMENT_SECRET_KEY, "A", "", "db", "Password", false, false },
		  "couldn't find key Password in Secret default/db" },
		// Kubernetes looks into data only.
		{ { PLAN_ENVIRONMENT_CONFIG_MAP_KEY, "A", "", "settings", "LOGO", false, false },
		  "couldn't find key LOGO in ConfigMap default/settings" },
	};
	Store store;
	CHECK(make_store(test, &store));
	for (size_t i = 0; i < COUNT(rows); i++) {
		PlanEnvironment entry = rows[i].entry;
		store.app.environment = (PlanEnvironments){ 0 };
		add(test, &store, entry);
		CHECK_TEXT(environment_of(test, &store), rows[i].message);
		entry.is_optional = true;
		store.app.environment = (PlanEnvironments){ 0 };
		add(test, &store, entry);
		CHECK_TEXT(environment_of(test, &store), DEFAULTS);
	}
}
