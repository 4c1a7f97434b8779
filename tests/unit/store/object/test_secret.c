#include "store/object/secret.h"

#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "store/state/layout.h"
#include "tests/unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static bool make_host(Test *test, Host *ret)
{
	*ret = (Host){ .data_dir = path_join(test->arena, test_directory(test), "data") };
	return layout_prepare(ret, &test->error);
}

static StoredObject make_secret(Test *test, const char *name, const char *key, const char *value)
{
	StoredObject object = { .name = name };
	*stored_data_push(test->arena, &object.data) =
		(StoredItem){ key, { value, strlen(value) }, false };
	return object;
}

static const char *path_of(Test *test, const Host *host, const char *name)
{
	return layout_path_of(host, LAYOUT_SECRETS, name, test->arena);
}

TEST(secret_gives_back_its_values)
{
	Host host;
	CHECK(make_host(test, &host));
	StoredObject object = make_secret(test, "db", "password", "hunter2");
	*stored_data_push(test->arena, &object.data) =
		(StoredItem){ "bytes", { "\0\n\xff", 3 }, false };
	*stored_data_push(test->arena, &object.data) = (StoredItem){ "empty", { NULL, 0 }, false };
	CHECK(secret_put(&host, &object, PUT_CREATE, NULL, &test->error));

	CLEANUP_SECRET secret = { 0 };
	CHECK(secret_get(&host, "db", test->arena, &secret, &test->error));
	CHECK_TEXT(secret.object.type, "Opaque");
	CHECK(secret.object.data.count == 3);
	CHECK_TEXT(stored_data_get(&secret.object.data, "password")->value.bytes, "hunter2");
	stored_data_sort(&object.data);
	CHECK(stored_data_equal(&object.data, &secret.object.data));
	secret_clear(&secret);
	CHECK(!secret.values && secret.object.data.count == 0);
}

TEST(secret_is_sealed_on_disk)
{
	Host host;
	CHECK(make_host(test, &host));
	const StoredObject object = make_secret(test, "db", "password", "hunter2hunter2");
	CHECK(secret_put(&host, &object, PUT_CREATE, NULL, &test->error));
	const char *text = NULL;
	struct stat status;
	CHECK(file_read(AT_FDCWD, path_of(test, &host, "db"), 65536, test->arena, &text, NULL,
			&test->error));
	CHECK(!strstr(text, "hunter2") && !strstr(text, "aHVudGVyM")); // nor in base64
	CHECK(strstr(text, "value.password="));
	CHECK(stat(path_of(test, &host, "db"), &status) == 0 && (status.st_mode & 07777) == 0600);
	CHECK(stat(path_of(test, &host, ".key"), &status) == 0 && (status.st_mode & 07777) == 0600);
}

TEST(secret_inspection_shows_no_value)
{
	Host host;
	CHECK(make_host(test, &host));
	const StoredObject object = make_secret(test, "db", "password", "hunter2");
	CHECK(secret_put(&host, &object, PUT_CREATE, NULL, &test->error));
	StoredObjects objects = { 0 };
	CHECK(secret_list(&host, test->arena, &objects, &test->error) && objects.count == 1);
	const StoredItem *item = stored_data_get(&objects.items[0].data, "password");
	CHECK(item && item->value.length == 7 && !item->value.bytes);
}

// A value is bound to its Secret and key: moving it elsewhere in the files does not open it there.
TEST(secret_values_cannot_be_moved)
{
	Host host;
	CHECK(make_host(test, &host));
	const StoredObject object = make_secret(test, "db", "password", "hunter2");
	CHECK(secret_put(&host, &object, PUT_CREATE, NULL, &test->error));
	const char *text = NULL;
	CHECK(file_read(AT_FDCWD, path_of(test, &host, "db"), 65536, test->arena, &text, NULL,
			&test->error));
	const char *value = strstr(text, "value.password=") + strlen("value.password=");
	const char *forged = arena_printf(test->arena, "NAME=db\nvalue.token=%s", value);
	CHECK(file_replace(AT_FDCWD, path_of(test, &host, "db"), forged, strlen(forged), 0600,
			   &test->error));
	CLEANUP_SECRET secret = { 0 };
	CHECK_ERROR(
		secret_get(&host, "db", test->arena, &secret, &test->error),
		"decrypt the secret \"db\": the key 'token': an encrypted value was changed, or "
		"belongs to another key");
}

TEST(secret_needs_all_of_its_key)
{
	Host host;
	CHECK(make_host(test, &host));
	host.credential_path = path_join(test->arena, test_directory(test), "credential.secret");
	CHECK(file_replace(AT_FDCWD, host.credential_path, "systemd", 7, 0600, &test->error));
	const StoredObject object = make_secret(test, "db", "password", "hunter2");
	CHECK(secret_put(&host, &object, PUT_CREATE, NULL, &test->error));

	CLEANUP_SECRET secret = { 0 };
	CHECK(secret_get(&host, "db", test->arena, &secret, &test->error));
	secret_clear(&secret);
	CHECK(unlink(host.credential_path) == 0);
	CHECK_ERROR(
		secret_get(&host, "db", test->arena, &secret, &test->error),
		arena_printf(
			test->arena,
			"decrypt the secret \"db\": use the key of the secrets: the secrets "
			"were sealed with the help of systemd's '%s', which is gone: restore it, "
			"or remove '%s/secrets' and create the secrets again",
			host.credential_path, host.data_dir));
	CHECK(file_replace(AT_FDCWD, host.credential_path, "another", 7, 0600, &test->error));
	CHECK(!secret_get(&host, "db", test->arena, &secret, &test->error));
	error_clear(&test->error);
	// One that cannot be read is not taken for one that is not there.
	CHECK(unlink(host.credential_path) == 0);
	CHECK(!secret_put(&host, &object, PUT_CREATE, NULL, &test->error));
	CHECK(test->error.code == ERROR_SYSTEM);
	error_clear(&test->error);
	// What is in it can still be seen and removed.
	CHECK(secret_remove(&host, "db", &test->error));
}

TEST(secret_type_and_rules)
{
	Host host;
	CHECK(make_host(test, &host));
	StoredObject object = make_secret(test, "tls", "tls.crt", "x");
	object.type = "kubernetes.io/tls";
	CHECK_ERROR(secret_put(&host, &object, PUT_CREATE, NULL, &test->error),
		    "the secret \"tls\" is invalid: data[tls.key]: Required value");
	CHECK(!file_exists(AT_FDCWD, path_of(test, &host, "tls")));
	object.type = "Opaque";
	CHECK(secret_put(&host, &object, PUT_CREATE, NULL, &test->error));
	object.type = "example.com/own";
	CHECK_ERROR(
		secret_put(&host, &object, PUT_REPLACE, NULL, &test->error),
		"the secret \"tls\" is invalid: type: Invalid value: \"example.com/own\": field is "
		"immutable");
	CHECK_ERROR(secret_put(&host, &object, PUT_CREATE, NULL, &test->error),
		    "secrets \"tls\" already exists");
	CLEANUP_SECRET secret = { 0 };
	CHECK_ERROR(secret_get(&host, "none", test->arena, &secret, &test->error),
		    "secret \"none\" not found");
}

TEST(secret_put_tells_what_changed)
{
	Host host;
	CHECK(make_host(test, &host));
	StoredObject object = make_secret(test, "db", "password", "hunter2");
	StoreChange change = STORE_UNCHANGED;
	CHECK(secret_put(&host, &object, PUT_REPLACE, &change, &test->error));
	CHECK(change == STORE_CREATED);
	CHECK(secret_put(&host, &object, PUT_REPLACE, &change, &test->error));
	CHECK(change == STORE_UNCHANGED);
	object.data.items[0].value.bytes = "hunter3";
	CHECK(secret_put(&host, &object, PUT_REPLACE, &change, &test->error));
	CHECK(change == STORE_CONFIGURED);
}

TEST(secret_listing_leaves_staged_files_out)
{
	Host host;
	CHECK(make_host(test, &host));
	CHECK(file_replace(AT_FDCWD, path_of(test, &host, ".db.4194399.new"), "junk", 4, 0600,
			   &test->error));
	StoredObjects objects = { 0 };
	CHECK(secret_list(&host, test->arena, &objects, &test->error) && objects.count == 0);
}
