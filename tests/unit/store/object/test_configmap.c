#include "store/object/configmap.h"

#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "store/state/layout.h"
#include "tests/unit/test.h"

#include <fcntl.h>

static bool make_host(Test *test, Host *ret)
{
	*ret = (Host){ .data_dir = path_join(test->arena, test_directory(test), "data") };
	return layout_prepare(ret, &test->error);
}

static void add(Test *test, StoredObject *object, const char *key, const char *bytes, size_t length,
		bool is_binary)
{
	*stored_data_push(test->arena, &object->data) =
		(StoredItem){ key, { bytes, length }, is_binary };
}

TEST(configmap_keeps_all_bytes)
{
	Host host;
	CHECK(make_host(test, &host));
	StoredObject object = { .name = "app" }, back = { 0 };
	add(test, &object, "z.conf", "a=1\nb=\\n\r\n", 10, false);
	add(test, &object, "nul", "a\0b", 3, false);
	add(test, &object, "logo.png", "\x89PNG\0\n", 6, true);
	add(test, &object, "empty", NULL, 0, false);
	pairs_set(test->arena, &object.labels, "app.kubernetes.io/name", "web");
	pairs_set(test->arena, &object.annotations, "note", "two\nlines");
	StoreChange change = STORE_UNCHANGED;
	CHECK(configmap_put(&host, &object, PUT_CREATE, &change, &test->error));
	CHECK(change == STORE_CREATED);

	CHECK(configmap_get(&host, "app", test->arena, &back, &test->error));
	stored_data_sort(&object.data);
	CHECK(stored_data_equal(&object.data, &back.data));
	CHECK(back.generation == 1 && back.created_at > 0 && !back.is_immutable);
	CHECK_TEXT(pairs_get(&back.labels, "app.kubernetes.io/name"), "web");
	CHECK_TEXT(pairs_get(&back.annotations, "note"), "two\nlines");
}

TEST(configmap_put_tells_what_changed)
{
	Host host;
	CHECK(make_host(test, &host));
	StoredObject object = { .name = "app" }, back = { 0 };
	add(test, &object, "a", "1", 1, false);
	StoreChange change = STORE_UNCHANGED;
	CHECK(configmap_put(&host, &object, PUT_REPLACE, &change, &test->error));
	CHECK(change == STORE_CREATED);
	CHECK(configmap_put(&host, &object, PUT_REPLACE, &change, &test->error));
	CHECK(change == STORE_UNCHANGED);
	object.data.items[0].value.bytes = "2";
	CHECK(configmap_put(&host, &object, PUT_REPLACE, &change, &test->error));
	CHECK(change == STORE_CONFIGURED);
	CHECK(configmap_get(&host, "app", test->arena, &back, &test->error));
	CHECK(back.generation == 2);
	CHECK_ERROR(configmap_put(&host, &object, PUT_CREATE, NULL, &test->error),
		    "configmaps \"app\" already exists");
}

TEST(configmap_refuses_before_it_writes)
{
	Host host;
	CHECK(make_host(test, &host));
	StoredObject object = { .name = "app" };
	add(test, &object, "good", "1", 1, false);
	add(test, &object, "a b", "1", 1, false);
	CHECK_ERROR(
		configmap_put(&host, &object, PUT_CREATE, NULL, &test->error),
		"the configmap \"app\" is invalid: data[a b]: Invalid value: \"a b\": a valid config "
		"key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or "
		"'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')");
	Texts names = { 0 };
	CHECK(file_list(AT_FDCWD, layout_path(&host, LAYOUT_CONFIGMAPS, test->arena), test->arena,
			&names, &test->error));
	CHECK(names.count == 0);
}

TEST(configmap_names_never_leave_the_directory)
{
	Host host;
	StoredObject object = { .name = "../state/web" };
	CHECK(make_host(test, &host));
	CHECK(file_replace(AT_FDCWD, layout_path_of(&host, LAYOUT_STATE, "web", test->arena), "", 0,
			   0600, &test->error));
	CHECK(!configmap_put(&host, &object, PUT_REPLACE, NULL, &test->error));
	error_clear(&test->error);
	CHECK(!configmap_remove(&host, "../state/web", &test->error));
	error_clear(&test->error);
	CHECK(!configmap_get(&host, "../state/web", test->arena, &object, &test->error));
	CHECK(file_exists(AT_FDCWD, layout_path_of(&host, LAYOUT_STATE, "web", test->arena)));
}

TEST(configmap_lists_and_removes)
{
	Host host;
	CHECK(make_host(test, &host));
	char name[254] = { 0 };
	memset(name, 'a', 253);
	StoredObject first = { .name = "b" }, second = { .name = name };
	CHECK(configmap_put(&host, &first, PUT_CREATE, NULL, &test->error));
	CHECK(configmap_put(&host, &second, PUT_CREATE, NULL, &test->error));
	StoredObjects objects = { 0 };
	CHECK(configmap_list(&host, test->arena, &objects, &test->error));
	CHECK(objects.count == 2);
	CHECK_TEXT(objects.items[0].name, name);
	CHECK_TEXT(objects.items[1].name, "b");

	CHECK(configmap_remove(&host, name, &test->error));
	CHECK_ERROR(configmap_remove(&host, "c", &test->error), "configmap \"c\" not found");
	CHECK_ERROR(configmap_get(&host, name, test->arena, &first, &test->error),
		    arena_printf(test->arena, "configmap \"%s\" not found", name));
	CHECK(configmap_list(&host, test->arena, &objects, &test->error) && objects.count == 1);
}

TEST(configmap_immutable_stays)
{
	Host host;
	CHECK(make_host(test, &host));
	StoredObject object = { .name = "app", .is_immutable = true };
	add(test, &object, "a", "1", 1, false);
	CHECK(configmap_put(&host, &object, PUT_CREATE, NULL, &test->error));
	object.data.items[0].value.bytes = "2";
	CHECK_ERROR(configmap_put(&host, &object, PUT_REPLACE, NULL, &test->error),
		    "the configmap \"app\" is invalid: data: Forbidden: field is immutable when "
		    "`immutable` is set");
}
