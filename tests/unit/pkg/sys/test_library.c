#include "pkg/sys/library.h"

#include "tests/unit/test.h"

TEST(library_that_is_missing_names_its_package)
{
	CHECK_ERROR(library_load("libsdme-none.so.1", "libsdme-none1", NULL, 0, &test->error),
		    "libsdme-none.so.1: cannot open shared object file: No such file or directory; "
		    "install the package libsdme-none1");
}

TEST(library_symbols_are_filled_in)
{
	void *address = NULL;
	const LibrarySymbol known[] = { { &address, "strlen" } };
	CHECK(library_load("libc.so.6", "libc6", known, COUNT(known), &test->error) && address);

	const LibrarySymbol unknown[] = { { &address, "sdme_no_such_symbol" } };
	CHECK_ERROR(library_load("libc.so.6", "libc6", unknown, COUNT(unknown), &test->error),
		    "libc.so.6 has no sdme_no_such_symbol: it is too old");
	CHECK(test->error.code == ERROR_NONE);
}
