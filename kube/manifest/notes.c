#include "kube/manifest/notes.h"

#include "kube/check/duplicates.h"
#include "pkg/base/text.h"

// "spec.containers[0].tty" without what stands in brackets.
static void add_field(const char *field, Buffer *buffer)
{
	bool is_inside = false;
	for (; *field; field++) {
		is_inside = is_inside || *field == '[';
		if (!is_inside)
			buffer_add_char(buffer, *field);
		if (*field == ']')
			is_inside = false;
	}
}

static const char *key_of(const Finding *finding, Arena *arena)
{
	if (finding->severity == SEVERITY_ERROR)
		return NULL;
	CLEANUP_BUFFER key = { 0 };
	add_field(finding->field, &key);
	buffer_printf(&key, ": %s", finding->message);
	return buffer_take(&key, arena);
}

void notes_fold(Report *report)
{
	Texts keys = { 0 };
	Findings *findings = &report->findings;
	for (size_t i = 0; i < findings->count; i++)
		texts_add(report->arena, &keys, key_of(&findings->items[i], report->arena));
	const size_t *first = duplicates_find(&keys, report->arena);
	size_t *counts = arena_array(report->arena, findings->count, sizeof(size_t));
	for (size_t i = 0; i < findings->count; i++)
		counts[first[i]]++;

	size_t kept = 0;
	for (size_t i = 0; i < findings->count; i++) {
		if (first[i] != i)
			continue;
		Finding *finding = &findings->items[kept++];
		*finding = findings->items[i];
		if (counts[i] > 1)
			finding->message = arena_printf(report->arena, "%s (%zu times)",
							finding->message, counts[i]);
	}
	findings->count = kept;
}
