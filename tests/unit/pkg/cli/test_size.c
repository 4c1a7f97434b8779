#include "pkg/cli/size.h"
#include "tests/unit/test.h"

TEST(size_print)
{
	CHECK_TEXT(size_print(0, test->arena), "0 B");
	CHECK_TEXT(size_print(1023, test->arena), "1023 B");
	CHECK_TEXT(size_print(1024, test->arena), "1.0 KiB");
	CHECK_TEXT(size_print(76336332, test->arena), "72.8 MiB");
	CHECK_TEXT(size_print(1024 * 1024 - 1, test->arena), "1.0 MiB");
	CHECK_TEXT(size_print(UINT64_MAX, test->arena), "16.0 EiB");
}
