// Any text as a label selector: refused, or each of its requirements is one of Kubernetes', and is fulfilled by an object
// without labels exactly when its operator says so.
#include "kube/manifest/selector_text.h"
#include "pkg/base/text.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at(const Requirement *requirement, Arena *arena)
{
	LabelSelector alone = { 0 };
	*requirements_push(arena, &alone.match_expressions) = *requirement;
	const bool is_negative = text_equal(requirement->operator, LABEL_NOT_IN) ||
				 text_equal(requirement->operator, LABEL_DOES_NOT_EXIST);
	assert(label_selector_matches(&alone, &(Pairs){ 0 }) == is_negative);
	if (requirement->values.count == 0 || !text_equal(requirement->operator, LABEL_IN))
		return;
	Pairs labels = { 0 };
	pairs_set(arena, &labels, requirement->key, requirement->values.items[0]);
	assert(label_selector_matches(&alone, &labels));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA arena = arena_new();
	CLEANUP_ERROR error = { 0 };
	LabelSelector selector = { 0 };
	if (!label_selector_parse(arena_strndup(arena, (const char *)data, size), arena, &selector,
				  &error)) {
		assert(text_starts_with(error.message, "selector '"));
		return 0;
	}
	for (size_t i = 0; i < selector.match_expressions.count; i++)
		look_at(&selector.match_expressions.items[i], arena);
	return 0;
}
