#include "kube/manifest/understand.h"

#include "kube/check/check.h"
#include "kube/manifest/default.h"

void objects_understand(Objects *objects, Report *report)
{
	for (size_t i = 0; i < objects->count; i++) {
		object_default(&objects->items[i], report->arena);
		object_check(&objects->items[i], report);
	}
	objects_check(objects, report);
}
