// RUN_DIR/network.ports: what is accepted prints and reads the same again, and is safe to put into nftables commands.
#include "pkg/base/text.h"
#include "pkg/net/rules.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	CLEANUP_ARENA arena = arena_new();
	CLEANUP_ERROR error = { 0 };
	Publications all = { 0 }, again = { 0 };
	if (!publications_parse(arena_strndup(arena, (const char *)bytes, length), arena, &all,
				&error))
		return 0;
	const char *text = publications_print(&all, arena);
	assert(publications_parse(text, arena, &again, &error));
	assert(text_equal(publications_print(&again, arena), text));
	(void)rules_print_ports(&all, arena); // asserts the names
	return 0;
}
