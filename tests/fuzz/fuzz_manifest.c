// Any bytes as a manifest: read, filled in, checked, printed; what was printed without a fault reads back the same.
#include "kube/manifest/print.h"
#include "kube/manifest/read.h"
#include "kube/manifest/understand.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void load(const char *text, size_t size, Report *report, Objects *objects)
{
	const ManifestSource source = { .path = "fuzz.yaml", .text = text, .length = size };
	manifest_read(&source, report, objects);
	objects_understand(objects, report);
}

static void read_back(const Object *object, Arena *arena)
{
	CLEANUP_BUFFER yaml = { 0 };
	object_print_yaml(object, false, &yaml);
	Report report;
	report_init(&report, arena);
	Objects objects = { 0 };
	load(buffer_text(&yaml), yaml.length, &report, &objects);
	assert(report.error_count == 0 && objects.count == 1);
	assert(strcmp(object_hash(object, arena), object_hash(&objects.items[0], arena)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA arena = arena_new();
	Report report;
	report_init(&report, arena);
	Objects objects = { 0 };
	load(arena_strndup(arena, (const char *)data, size), size, &report, &objects);
	for (size_t i = 0; i < objects.count; i++) {
		if (report.error_count == 0)
			read_back(&objects.items[i], arena);
		else
			object_hash(&objects.items[i], arena);
	}
	report_sort(&report);
	return 0;
}
