// Any text as a path, up to a NUL or the end, and what stands behind it as the document that it leads into.
#include "kube/manifest/node_order.h"
#include "kube/manifest/node_path.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA arena = arena_new();
	CLEANUP_ERROR error = { 0 };
	Report report;
	NodePath path = { 0 };
	YamlNodes documents = { 0 };
	const char *text = arena_strndup(arena, (const char *)data, size);
	const size_t length = strlen(text) < size ? strlen(text) + 1 : size;
	report_init(&report, arena);
	yaml_read("fuzz", (const char *)data + length, size - length, arena, &report, &documents);
	if (!node_path_parse(text, arena, &path, &error))
		return 0;
	assert(path.count > 0);
	const YamlNode *before = NULL;
	for (size_t i = 0; i < documents.count; i++) {
		const YamlNode *found = node_path_get(&path, documents.items[i]);
		const int order = node_compare(before, found);
		const int reverse = node_compare(found, before);
		assert((order < 0) == (reverse > 0) && (order > 0) == (reverse < 0));
		before = found;
	}
	return 0;
}
