// Pods as they were applied last, for another start.
#include "isolate/machine/generation.h"
#include "kube/apply/work.h"
#include "kube/manifest/default.h"
#include "kube/manifest/read.h"

bool pod_load_applied(const Host *host, const char *machine, Arena *arena, Object *ret,
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

bool kube_start(const ApplyContext *context, const Texts *names, Report *notes,
		ApplyResults *ret_results, Error *error)
{
	Objects objects = { 0 };
	for (size_t i = 0; i < names->count; i++) {
		Pod *pod = ARENA_NEW(context->arena, Pod);
		pod->metadata.name = names->items[i];
		*objects_push(context->arena, &objects) = (Object){
			.kind = OBJECT_POD,
			.metadata = &pod->metadata,
			.pod = pod,
		};
	}
	return kube_apply(context, &objects, notes, ret_results, error);
}
