#include "store/object/secret_key.h"

#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "store/state/layout.h"
#include "tests/unit/test.h"

#include <fcntl.h>
#include <sys/wait.h>

static bool make_host(Test *test, Host *ret)
{
	*ret = (Host){ .data_dir = path_join(test->arena, test_directory(test), "data") };
	return layout_prepare(ret, &test->error);
}

// Many processes need the first key at once: all get the same one, and nothing else is left.
TEST(secret_key_is_made_once)
{
	enum {
		PROCESSES = 16
	};
	Host host;
	CHECK(make_host(test, &host));
	int ends[2];
	CHECK(pipe(ends) == 0);
	for (int i = 0; i < PROCESSES; i++) {
		if (fork() != 0)
			continue;
		CryptoKey key;
		const bool is_loaded = secret_key_make(&host, &test->error) &&
				       secret_key_load(&host, &key, &test->error);
		_exit(is_loaded && write(ends[1], &key, sizeof(key)) == sizeof(key) ? 0 : 1);
	}
	int status = 0;
	for (int i = 0; i < PROCESSES; i++)
		CHECK(wait(&status) > 0 && status == 0);

	CryptoKey first, other;
	CHECK(read(ends[0], &first, sizeof(first)) == sizeof(first));
	for (int i = 1; i < PROCESSES; i++) {
		CHECK(read(ends[0], &other, sizeof(other)) == sizeof(other));
		CHECK(memcmp(&first, &other, sizeof(first)) == 0);
	}
	close(ends[0]);
	close(ends[1]);
	Texts names = { 0 };
	CHECK(file_list(AT_FDCWD, layout_path(&host, LAYOUT_SECRETS, test->arena), test->arena,
			&names, &test->error));
	CHECK(names.count == 1);
}

TEST(secret_key_refuses_what_it_did_not_make)
{
	Host host;
	CryptoKey key;
	CHECK(make_host(test, &host));
	const char *path = layout_path_of(&host, LAYOUT_SECRETS, ".key", test->arena);
	CHECK(file_replace(AT_FDCWD, path, "SOURCES=moon\nKEY=AAAA\n", 22, 0600, &test->error));
	CHECK_ERROR(secret_key_load(&host, &key, &test->error),
		    "use the key of the secrets: it is not one that this version made");
}

// A lost key is not replaced in silence by one that opens nothing.
TEST(secret_key_is_not_made_by_reading)
{
	Host host;
	CryptoKey key;
	CHECK(make_host(test, &host));
	CHECK_ERROR(secret_key_load(&host, &key, &test->error),
		    arena_printf(test->arena, "the key of the secrets, '%s/secrets/.key', is gone",
				 host.data_dir));
}
