#include "store/object/volume.h"

#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "store/state/layout.h"
#include "tests/unit/test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

static bool make_host(Test *test, Host *ret)
{
	*ret = (Host){ .data_dir = path_join(test->arena, test_directory(test), "data") };
	return layout_prepare(ret, &test->error);
}

static bool ensure(Test *test, const Host *host, const VolumeClaim *wanted, VolumeClaim *claim,
		   StoreChange *change)
{
	return volume_ensure(host, wanted, test->arena, claim, change, &test->error);
}

TEST(volume_is_made_on_first_use)
{
	Host host;
	CHECK(make_host(test, &host));
	const VolumeClaim wanted = { .name = "data" };
	VolumeClaim claim = { 0 };
	struct stat status;
	StoreChange change = STORE_UNCHANGED;
	const mode_t before = umask(077);
	const bool is_made = ensure(test, &host, &wanted, &claim, &change);
	umask(before);
	CHECK(is_made && change == STORE_CREATED);
	CHECK_TEXT(claim.path, path_join(test->arena, host.data_dir, "volumes/data/data"));
	CHECK(stat(claim.path, &status) == 0 && (status.st_mode & 07777) == 0777);
	CHECK(claim.size_bytes == 0 && claim.created_at > 0);
	CHECK(ensure(test, &host, &wanted, &claim, &change) && change == STORE_UNCHANGED);
}

TEST(volume_may_grow_and_nothing_else)
{
	Host host;
	CHECK(make_host(test, &host));
	VolumeClaim wanted = { .name = "data" }, claim = { 0 };
	CHECK(ensure(test, &host, &wanted, NULL, NULL));
	wanted.size_bytes = 2048;
	wanted.access_modes = "ReadWriteOnce";
	CHECK(ensure(test, &host, &wanted, &claim, NULL));
	CHECK(claim.size_bytes == 2048);
	CHECK_TEXT(claim.access_modes, "ReadWriteOnce");
	wanted.size_bytes = 1024;
	CHECK_ERROR(
		ensure(test, &host, &wanted, &claim, NULL),
		"the persistentvolumeclaim \"data\" is invalid: spec.resources.requests.storage: "
		"Forbidden: field can not be less than status.capacity");
	wanted.size_bytes = 4096;
	CHECK(ensure(test, &host, &wanted, &claim, NULL) && claim.size_bytes == 4096);
	wanted.access_modes = "ReadWriteMany";
	CHECK_ERROR(
		ensure(test, &host, &wanted, &claim, NULL),
		"the persistentvolumeclaim \"data\" is invalid: spec: Forbidden: spec is immutable "
		"after creation except resources.requests and volumeAttributesClassName for bound "
		"claims");
}

TEST(volume_keeps_labels_and_says_what_changed)
{
	Host host;
	CHECK(make_host(test, &host));
	VolumeClaim wanted = { .name = "data", .size_bytes = 1, .access_modes = "ReadWriteOnce" };
	VolumeClaim claim = { 0 };
	StoreChange change = STORE_UNCHANGED;
	pairs_set(test->arena, &wanted.labels, "app.example.org/part", "db");
	pairs_set(test->arena, &wanted.labels, "tier", "");
	pairs_set(test->arena, &wanted.annotations, "note", "two\nlines");
	CHECK(ensure(test, &host, &wanted, &claim, &change) && change == STORE_CREATED);
	CHECK(pairs_equal(&claim.labels, &wanted.labels) &&
	      pairs_equal(&claim.annotations, &wanted.annotations));
	CHECK(ensure(test, &host, &wanted, &claim, &change) && change == STORE_UNCHANGED);
	// A Pod that mounts it asks for nothing.
	const VolumeClaim used = { .name = "data", .access_modes = "" };
	CHECK(ensure(test, &host, &used, &claim, &change) && change == STORE_UNCHANGED);
	CHECK(claim.labels.count == 2);
	pairs_remove(&wanted.labels, "tier");
	CHECK(ensure(test, &host, &wanted, &claim, &change) && change == STORE_CONFIGURED);
	CHECK(pairs_equal(&claim.labels, &wanted.labels));
	wanted.size_bytes = 2;
	CHECK(ensure(test, &host, &wanted, &claim, &change) && change == STORE_CONFIGURED);
}

TEST(volume_lists_and_removes)
{
	Host host;
	CHECK(make_host(test, &host));
	const VolumeClaim first = { .name = "b" }, second = { .name = "a" };
	VolumeClaim claim = { 0 };
	CHECK(ensure(test, &host, &first, &claim, NULL) &&
	      ensure(test, &host, &second, NULL, NULL));
	CHECK(file_replace(AT_FDCWD, path_join(test->arena, claim.path, "precious"), "", 0, 0644,
			   &test->error));
	VolumeClaims claims = { 0 };
	CHECK(volume_list(&host, test->arena, &claims, &test->error) && claims.count == 2);
	CHECK_TEXT(claims.items[0].name, "a");
	CHECK(volume_remove(&host, "b", &test->error));
	CHECK(volume_list(&host, test->arena, &claims, &test->error) && claims.count == 1);
	CHECK_ERROR(volume_remove(&host, "b", &test->error),
		    "persistentvolumeclaim \"b\" not found");
	CHECK_ERROR(volume_get(&host, "b", test->arena, &claim, &test->error),
		    "persistentvolumeclaim \"b\" not found");
	CHECK(!volume_remove(&host, "../state", &test->error));
}

TEST(volume_is_made_once_by_many)
{
	enum {
		PROCESSES = 10
	};
	Host host;
	CHECK(make_host(test, &host));
	const VolumeClaim wanted = { .name = "shared" };
	for (int i = 0; i < PROCESSES; i++) {
		if (fork() != 0)
			continue;
		StoreChange change = STORE_UNCHANGED;
		_exit(ensure(test, &host, &wanted, NULL, &change) ? change == STORE_CREATED : 100);
	}
	int made = 0;
	for (int i = 0; i < PROCESSES; i++) {
		int status = 0;
		CHECK(wait(&status) > 0 && WIFEXITED(status) && WEXITSTATUS(status) <= 1);
		made += WEXITSTATUS(status);
	}
	CHECK(made == 1);
}
