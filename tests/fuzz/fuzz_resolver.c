// The host's resolv.conf: what is read can be printed, and reads the same again.
#include "pkg/base/text.h"
#include "pkg/net/resolver.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	CLEANUP_ARENA arena = arena_new();
	Resolver resolver = { 0 }, again = { 0 }, reachable = { 0 };
	resolver_parse(arena_strndup(arena, (const char *)bytes, length), arena, &resolver);
	const char *text = resolver_print(&resolver, arena);
	resolver_parse(text, arena, &again);
	assert(text_equal(resolver_print(&again, arena), text));
	resolver_keep_reachable(&resolver, arena, &reachable);
	return 0;
}
