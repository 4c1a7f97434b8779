// Any bytes as YAML: a tree within its bounds, or findings that say why not.
#include "pkg/sys/text/yaml.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Levels of the node; every place that is not the document's must be known.
static unsigned depth_of(const YamlNode *node, unsigned depth)
{
	assert(depth <= YAML_DEPTH_MAX && node->where.line > 0 && node->where.column > 0);
	for (size_t i = 0; node->kind == YAML_LIST && i < node->items.count; i++)
		depth_of(node->items.items[i], depth + 1);
	for (size_t i = 0; node->kind == YAML_MAP && i < node->members.count; i++)
		depth_of(node->members.items[i].value, depth + 1);
	return depth;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA arena = arena_new();
	Report report;
	report_init(&report, arena);
	YamlNodes documents = { 0 };
	const char *text = arena_strndup(arena, (const char *)data, size);
	yaml_read("fuzz.yaml", text, size, arena, &report, &documents);
	for (size_t i = 0; i < documents.count; i++)
		depth_of(documents.items[i], 0);
	return 0;
}
