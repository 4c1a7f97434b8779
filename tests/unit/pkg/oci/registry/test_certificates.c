#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/oci/registry/certificates.h"
#include "pkg/sys/file.h"
#include "tests/unit/test.h"

#include <fcntl.h>
#include <sys/stat.h>

typedef struct Fixture {
	Texts directories; // of certs.d, two
	HttpTls tls;
} Fixture;

static void prepare(Test *test, Fixture *fixture)
{
	texts_add(test->arena, &fixture->directories,
		  path_join(test->arena, test_directory(test), "one"));
	texts_add(test->arena, &fixture->directories,
		  path_join(test->arena, test_directory(test), "two"));
}

// path: "one/HOST/NAME"; its text is the path.
static bool put(Test *test, const char *path)
{
	const char *file = path_join(test->arena, test_directory(test), path);
	const char *directory = path_parent(test->arena, file);
	mkdir(path_parent(test->arena, directory), 0700);
	mkdir(directory, 0700);
	return file_replace(AT_FDCWD, file, path, strlen(path), 0600, &test->error);
}

static bool load(Test *test, Fixture *fixture)
{
	return certificates_load(&fixture->directories, "reg.test:5000", test->arena, &fixture->tls,
				 &test->error);
}

TEST(certificates_are_the_ones_of_host_and_port)
{
	Fixture fixture = { 0 };
	prepare(test, &fixture);
	CHECK(load(test, &fixture) && !fixture.tls.authorities && !fixture.tls.certificate);
	CHECK(put(test, "one/reg.test/other.crt") && put(test, "two/reg.test:5000/a.crt") &&
	      put(test, "two/reg.test:5000/b.crt") && put(test, "two/reg.test:5000/me.cert") &&
	      put(test, "two/reg.test:5000/me.key") && put(test, "two/reg.test:5000/README"));
	CHECK(load(test, &fixture));
	CHECK_TEXT(fixture.tls.authorities, "two/reg.test:5000/a.crt\ntwo/reg.test:5000/b.crt\n");
	CHECK(text_ends_with(fixture.tls.certificate, "two/reg.test:5000/me.cert"));
	CHECK(text_ends_with(fixture.tls.key, "two/reg.test:5000/me.key"));
}

TEST(certificates_come_from_the_first_place_that_has_the_host)
{
	Fixture fixture = { 0 };
	prepare(test, &fixture);
	CHECK(put(test, "one/reg.test:5000/a.crt") && put(test, "two/reg.test:5000/b.crt"));
	CHECK(load(test, &fixture));
	CHECK_TEXT(fixture.tls.authorities, "one/reg.test:5000/a.crt\n");
}

TEST(certificates_without_their_key_are_a_fault)
{
	Fixture fixture = { 0 };
	prepare(test, &fixture);
	CHECK(put(test, "one/reg.test:5000/me.cert"));
	CHECK_ERROR(load(test, &fixture),
		    arena_printf(test->arena,
				 "certificates of 'reg.test:5000': '%s/one/reg.test:5000/me.cert' "
				 "is of no use without 'me.key' beside it",
				 test_directory(test)));
	CHECK(put(test, "two/reg.test:5000/x.key"));
	fixture.directories.items++;
	fixture.directories.count--;
	CHECK_ERROR(load(test, &fixture),
		    arena_printf(test->arena,
				 "certificates of 'reg.test:5000': '%s/two/reg.test:5000/x.key' "
				 "is of no use without 'x.cert' beside it",
				 test_directory(test)));
}
