#include "isolate/machine/reference.h"

#include "pkg/base/path.h"
#include "store/object/configmap.h"
#include "store/state/layout.h"
#include "tests/unit/test.h"

static void add_item(Test *test, StoredObject *object, const char *key, bool is_binary)
{
	*stored_data_push(test->arena, &object->data) =
		(StoredItem){ key, { key, strlen(key) }, is_binary };
}

// A ConfigMap 'settings' and a Secret 'db'; the values are the keys.
static bool make_host(Test *test, Host *ret)
{
	*ret = (Host){ .data_dir = path_join(test->arena, test_directory(test), "data") };
	StoredObject settings = { .name = "settings" };
	add_item(test, &settings, "colour", false);
	add_item(test, &settings, "logo", true);
	StoredObject db = { .name = "db" };
	add_item(test, &db, "password", false);
	return layout_prepare(ret, &test->error) &&
	       configmap_put(ret, &settings, PUT_CREATE, NULL, &test->error) &&
	       secret_put(ret, &db, PUT_CREATE, NULL, &test->error);
}

// --- before an old version is stopped, and at the start: "ok", or the error

static const char *check_entry(Test *test, const Host *host, const PlanEnvironment *entry)
{
	CLEANUP_ERROR error = { 0 };
	MachinePlan plan = { .name = "web" };
	PlanApp *app = plan_apps_push(test->arena, &plan.apps);
	app->name = "app";
	*plan_environments_push(test->arena, &app->environment) = *entry;
	return reference_check_environments(host, &plan, test->arena, &error)
		       ? "ok"
		       : arena_strdup(test->arena, error.message);
}

static const char *start_entry(Test *test, const Host *host, const PlanEnvironment *entry)
{
	CLEANUP_ERROR error = { 0 };
	CLEANUP_REFERENT referent = { 0 };
	StoredData found = { 0 };
	if (reference_variables(host, entry, test->arena, &referent, &found, &error))
		return "ok";
	error_wrap(&error, "container 'app'");
	return arena_strdup(test->arena, error.message);
}

static const MachinePlan plan = { .name = "web" };

static const char *check_volume(Test *test, const Host *host, const PlanVolume *volume)
{
	CLEANUP_ERROR error = { 0 };
	bool is_made = false;
	return reference_check_volume(host, &plan, volume, test->arena, &is_made, &error)
		       ? "ok"
		       : arena_strdup(test->arena, error.message);
}

static const char *start_volume(Test *test, const Host *host, const PlanVolume *volume)
{
	CLEANUP_ERROR error = { 0 };
	CLEANUP_REFERENT referent = { 0 };
	VolumeFiles files = { 0 };
	if (reference_files(host, volume, test->arena, &referent, &files, &error))
		return "ok";
	error_wrap(&error, "volume '%s'", volume->name);
	return arena_strdup(test->arena, error.message);
}

TEST(references_of_the_environment_fail_before_and_at_the_start_in_the_same_words)
{
	static const struct {
		PlanEnvironmentKind kind;
		const char *object, *key, *message;
	} rows[] = {
		{ PLAN_ENVIRONMENT_CONFIG_MAP, "settings", "", "ok" },
		{ PLAN_ENVIRONMENT_CONFIG_MAP_KEY, "settings", "colour", "ok" },
		{ PLAN_ENVIRONMENT_SECRET, "db", "", "ok" },
		{ PLAN_ENVIRONMENT_SECRET_KEY, "db", "password", "ok" },
		{ PLAN_ENVIRONMENT_CONFIG_MAP, "db", "",
		  "container 'app': configmap \"db\" not found" },
		{ PLAN_ENVIRONMENT_SECRET_KEY, "settings", "colour",
		  "container 'app': secret \"settings\" not found" },
		{ PLAN_ENVIRONMENT_CONFIG_MAP_KEY, "settings", "Colour",
		  "container 'app': couldn't find key Colour in ConfigMap default/settings" },
		{ PLAN_ENVIRONMENT_CONFIG_MAP_KEY, "settings", "logo",
		  "container 'app': couldn't find key logo in ConfigMap default/settings" },
		{ PLAN_ENVIRONMENT_SECRET_KEY, "db", "user",
		  "container 'app': couldn't find key user in Secret default/db" },
	};
	Host host;
	CHECK(make_host(test, &host));
	for (size_t i = 0; i < COUNT(rows); i++) {
		PlanEnvironment entry = { .kind = rows[i].kind,
					  .name = "A",
					  .object = rows[i].object,
					  .key = rows[i].key };
		CHECK_TEXT(check_entry(test, &host, &entry), rows[i].message);
		CHECK_TEXT(start_entry(test, &host, &entry), rows[i].message);
		entry.is_optional = true;
		CHECK_TEXT(check_entry(test, &host, &entry), "ok");
		CHECK_TEXT(start_entry(test, &host, &entry), "ok");
	}
}

TEST(references_of_volumes_fail_before_and_at_the_start_in_the_same_words)
{
	static const struct {
		PlanVolumeKind kind;
		const char *object, *key, *message;
	} rows[] = {
		{ PLAN_VOLUME_CONFIG_MAP, "settings", NULL, "ok" },
		{ PLAN_VOLUME_CONFIG_MAP, "settings", "logo", "ok" },
		{ PLAN_VOLUME_SECRET, "db", "password", "ok" },
		{ PLAN_VOLUME_CONFIG_MAP, "none", NULL,
		  "volume 'v': configmap \"none\" not found" },
		{ PLAN_VOLUME_SECRET, "none", "k", "volume 'v': secret \"none\" not found" },
		{ PLAN_VOLUME_CONFIG_MAP, "settings", "k",
		  "volume 'v': references non-existent config key: k" },
		{ PLAN_VOLUME_SECRET, "db", "k",
		  "volume 'v': references non-existent secret key: k" },
	};
	Host host;
	CHECK(make_host(test, &host));
	for (size_t i = 0; i < COUNT(rows); i++) {
		PlanVolume volume = { .name = "v", .kind = rows[i].kind, .object = rows[i].object };
		if (rows[i].key)
			*plan_items_push(test->arena, &volume.items) =
				(PlanItem){ rows[i].key, "file", PLAN_MODE_DEFAULT };
		CHECK_TEXT(check_volume(test, &host, &volume), rows[i].message);
		CHECK_TEXT(start_volume(test, &host, &volume), rows[i].message);
		volume.is_optional = true;
		CHECK_TEXT(check_volume(test, &host, &volume), "ok");
		CHECK_TEXT(start_volume(test, &host, &volume), "ok");
	}
}

TEST(references_have_the_values_of_secrets_at_the_start)
{
	Host host;
	CLEANUP_REFERENT referent = { 0 };
	VolumeFiles files = { 0 };
	PlanVolume volume = {
		.name = "v", .kind = PLAN_VOLUME_SECRET, .object = "db", .default_mode = 0440
	};
	*plan_items_push(test->arena, &volume.items) = (PlanItem){ "password", "a/b", 0400 };
	CHECK(make_host(test, &host));
	CHECK(reference_files(&host, &volume, test->arena, &referent, &files, &test->error));
	CHECK(files.count == 1 && files.items[0].mode == 0400);
	CHECK_TEXT(files.items[0].path, "a/b");
	CHECK(files.items[0].content.length == 8 &&
	      memcmp(files.items[0].content.bytes, "password", 8) == 0);
}

TEST(references_to_the_host_say_what_a_start_makes)
{
	Host host;
	bool is_made = false;
	const char *directory = test_directory(test);
	PlanVolume volume = { .name = "v", .kind = PLAN_VOLUME_HOST_PATH, .path = directory };
	CHECK(make_host(test, &host));
	CHECK(reference_check_volume(&host, &plan, &volume, test->arena, &is_made, &test->error));
	CHECK(!is_made);
	volume.path = path_join(test->arena, directory, "new");
	CHECK(reference_check_volume(&host, &plan, &volume, test->arena, &is_made, &test->error));
	CHECK(is_made);
	volume.path_type = PLAN_PATH_FILE;
	CHECK_ERROR(
		reference_check_volume(&host, &plan, &volume, test->arena, &is_made, &test->error),
		arena_printf(test->arena, "volume 'v': hostPath '%s': No such file or directory",
			     volume.path));
}

TEST(references_to_claims_make_them_at_the_start)
{
	Host host;
	bool is_made = false;
	const char *path = NULL, *again = NULL;
	const PlanVolume volume = { .name = "v", .kind = PLAN_VOLUME_CLAIM, .object = "data" };
	CHECK(make_host(test, &host));
	CHECK(reference_check_volume(&host, &plan, &volume, test->arena, &is_made, &test->error));
	CHECK(!is_made);
	CHECK(reference_claim(&host, &volume, test->arena, &path, &test->error));
	CHECK(reference_claim(&host, &volume, test->arena, &again, &test->error));
	CHECK_TEXT(again, path);
}
