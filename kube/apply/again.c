#include "isolate/machine/generation.h"
#include "kube/apply/apply.h"
#include "kube/manifest/default.h"
#include "kube/manifest/read.h"

bool kube_load_applied(const Host *host, const char *machine, Arena *arena, Object *ret,
		       Error *error)
{
	Report report;
	Objects objects = { 0 };
	ManifestSource source = { .path = GENERATION_POD_NAME };
	if (!generation_read_file(host, machine, GENERATION_POD_NAME, arena, &source.text,
				  &source.length, error))
		return false;
	report_init(&report, arena);
	manifest_read(&source, &report, &objects);
	if (!report_finish(&report, error))
		return error_wrap(error, "the manifest of '%s' as it was applied", machine);
	if (objects.count != 1 || objects.items[0].kind != OBJECT_POD)
		return error_set(error, ERROR_INVALID, "the manifest of '%s' is none of a Pod",
				 machine);
	object_default(&objects.items[0], arena);
	*ret = objects.items[0];
	return true;
}
