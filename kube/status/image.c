// Whether the names of a Pod's images have come to mean others.
#include "store/image/image.h"
#include "kube/status/status.h"

static bool has_moved(const Host *host, const Config *config, const PlanApp *app, Arena *arena)
{
	CLEANUP_ERROR ignored = { 0 }; // a store that cannot be read says nothing
	const char *id = NULL;
	return image_find_digest(host, app->image, config->default_kube_registry, arena, &id,
				 &ignored) &&
	       id && !text_equal(id, app->image_id);
}

bool pod_status_has_moved_image(const Host *host, const Config *config, const PodStatus *status)
{
	CLEANUP_ARENA scratch = arena_new();
	bool is_found = false;
	for (size_t i = 0; i < status->plan.apps.count && !is_found; i++)
		is_found = has_moved(host, config, &status->plan.apps.items[i], scratch);
	return is_found;
}
