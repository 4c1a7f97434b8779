#include "pkg/base/pem.h"

#include "tests/unit/test.h"

// The types of all blocks, each with a comma behind it.
static const char *types_of(const char *text, Arena *arena)
{
	CLEANUP_BUFFER types = { 0 };
	Span rest = span_of(text);
	Span type = { 0 };
	while (pem_next(&rest, &type)) {
		buffer_add_bytes(&types, type.ptr, type.len);
		buffer_add_char(&types, ',');
	}
	return buffer_take(&types, arena);
}

TEST(pem_finds_blocks)
{
	static const char *const rows[][2] = {
		{ "", "" },
		{ "hello\n", "" },
		{ "-----BEGIN A-----\n", "" },
		{ "-----BEGIN A-----\neA==\n-----END A-----", "A," },
		{ "-----BEGIN A-----\n-----END A-----\n", "A," },
		{ "text\n-----BEGIN A B-----\r\neHh4\r\neA ==\r\n-----END A B-----  \r\nmore\n"
		  "-----BEGIN C-----\neA==\n-----END C-----\n",
		  "A B,C," },
		{ "-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: x\n\neA==\n-----END A-----\n",
		  "A," },
		{ "-----BEGIN A-----\n-----BEGIN B-----\neA==\n-----END B-----\n", "B," },
		{ "-----BEGIN A-----\neA==\n-----END B-----\n", "" },
		{ "-----BEGIN A-----\neA\n-----END A-----\n", "" }, // padding is missing
		{ "-----BEGIN A-----\n!\n-----END A-----\n-----BEGIN B-----\n-----END B-----\n",
		  "B," },
		{ "-----BEGIN A-----\neA==\n-----END A-----x\n", "" },
		{ " -----BEGIN A-----\neA==\n-----END A-----\n", "" },
		{ "-----BEGIN A\neA==\n-----END A-----\n", "" },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_TEXT(types_of(rows[i][0], test->arena), rows[i][1]);
}
