// Many images pulled at once, and each of their layers once.
#include "pkg/base/text.h"
#include "pkg/sys/workers.h"
#include "store/image/image.h"
#include "store/image/layer.h"
#include "store/image/layer_fetch.h"
#include "store/image/lock.h"
#include "store/image/resolve.h"

// Requests for manifests that are under way at once.
#define RESOLVE_THREADS 6

typedef struct Pull {
	const Host *host;
	ImageRequest *requests;
	Resolution *resolutions; // one for each request
	size_t count;
	Arena *arena;
} Pull;

static bool is_unsettled(const Pull *self, size_t index)
{
	return self->requests[index].failure.code == ERROR_NONE &&
	       !self->resolutions[index].is_enough;
}

static void begin_asking(void *context, size_t worker, size_t index)
{
	(void)worker; // keeps nothing
	Pull *self = context;
	if (self->requests[index].failure.code == ERROR_NONE &&
	    !resolution_begin(&self->resolutions[index], &self->requests[index].failure))
		return;
}

static void ask(void *context, size_t worker, size_t index)
{
	(void)worker; // keeps nothing
	Pull *self = context;
	if (is_unsettled(self, index) &&
	    !resolution_ask(&self->resolutions[index], &self->requests[index].failure))
		return;
}

static WantedLayer *find_wanted(const WantedLayers *wanted, const char *diff_id)
{
	for (size_t i = 0; i < wanted->count; i++) {
		if (text_equal(wanted->items[i].diff_id, diff_id))
			return &wanted->items[i];
	}
	return NULL;
}

static bool ends_with_origin(const WantedLayer *layer, const Transport *image)
{
	const LayerOrigins *origins = &layer->origins;
	return origins->count > 0 && origins->items[origins->count - 1].transport == image;
}

static void add_layer(Pull *self, Resolution *image, size_t index, WantedLayers *wanted)
{
	const char *diff_id = image->config.diff_ids.items[index];
	WantedLayer *layer = find_wanted(wanted, diff_id);
	if (!layer) {
		layer = wanted_layers_push(self->arena, wanted);
		*layer = (WantedLayer){ .diff_id = diff_id,
					.has_verity = image->options->has_verity };
	}
	// An image may have one layer more than once.
	if (!ends_with_origin(layer, image->transport))
		*layer_origins_push(self->arena, &layer->origins) = (LayerOrigin){
			.transport = image->transport,
			.descriptor = &image->manifest.layers.items[index],
			.budget = image->budget.max_bytes > 0 ? &image->budget : NULL,
		};
}

static void want_layers(Pull *self, Resolution *image, WantedLayers *wanted)
{
	image->budget = (Budget){ .max_bytes = image->options->image_bytes_max,
				  .setting = "max_image_size" };
	for (size_t i = 0; i < image->manifest.layers.count; i++) {
		if (!layer_is_good(self->host, image->config.diff_ids.items[i]))
			add_layer(self, image, i, wanted);
	}
}

// The failure of a layer that the image needs; of several the one that is the reason of the others.
static const Error *find_failure(const Resolution *image, const WantedLayers *wanted)
{
	const Error *found = NULL;
	for (size_t i = 0; i < image->config.diff_ids.count; i++) {
		const WantedLayer *layer = find_wanted(wanted, image->config.diff_ids.items[i]);
		if (layer && layer->failure.code != ERROR_NONE &&
		    (!found || found->code == ERROR_FAILED))
			found = &layer->failure;
	}
	return found;
}

static bool keep(Resolution *image, const WantedLayers *wanted, Error *error)
{
	const Error *failure = find_failure(image, wanted);
	const bool is_done = failure ? error_set(error, failure->code, "%s", failure->message)
				     : resolution_save(image, error);
	return is_done || resolution_wrap(image, error);
}

// All layers of all images at once, then the records of the images that have all of theirs.
static void fetch_wanted(Pull *self)
{
	WantedLayers wanted = { 0 };
	for (size_t i = 0; i < self->count; i++) {
		if (is_unsettled(self, i))
			want_layers(self, &self->resolutions[i], &wanted);
	}
	layer_fetch(self->host, &wanted);
	for (size_t i = 0; i < self->count; i++) {
		if (is_unsettled(self, i) &&
		    !keep(&self->resolutions[i], &wanted, &self->requests[i].failure))
			continue; // the request has it
	}
	for (size_t i = 0; i < wanted.count; i++)
		error_clear(&wanted.items[i].failure);
}

static bool download(Pull *self, Error *error)
{
	// What killed pulls left goes now. `sdme image prune` tells of what cannot go.
	if (!layer_tidy(self->host, error))
		return false;
	workers_run(self->count, RESOLVE_THREADS, ask, self);
	fetch_wanted(self);
	return true;
}

static bool has_open(const Pull *self)
{
	for (size_t i = 0; i < self->count; i++) {
		if (is_unsettled(self, i))
			return true;
	}
	return false;
}

static void finish_pull(Pull *self, Arena *arena)
{
	for (size_t i = 0; i < self->count; i++) {
		ImageRequest *request = &self->requests[i];
		if (request->failure.code == ERROR_NONE &&
		    !resolution_load(&self->resolutions[i], arena, &request->image,
				     &request->failure))
			continue; // the request has it
	}
}

bool image_pull_all(const Host *host, ImageRequest *requests, size_t count, Arena *arena,
		    Error *error)
{
	CLEANUP_ARENA own = arena_new();
	CLEANUP_LOCK lock = LOCK_NONE;
	// No layer goes while its image arrives, and what is found here stays until it has been looked at.
	if (!image_lock_shared(host, &lock, error))
		return false;
	Pull self = { .host = host, .requests = requests, .count = count, .arena = own };
	self.resolutions = arena_array(own, count, sizeof(Resolution));
	for (size_t i = 0; i < count; i++)
		self.resolutions[i] = (Resolution){ .host = host,
						    .name = requests[i].name,
						    .options = requests[i].options };
	workers_run(count, RESOLVE_THREADS, begin_asking, &self);
	const bool is_done = !has_open(&self) || download(&self, error);
	if (is_done)
		finish_pull(&self, arena);
	for (size_t i = 0; i < count; i++) {
		resolution_clear(&self.resolutions[i]);
		if (!is_done)
			error_clear(&requests[i].failure);
	}
	return is_done;
}

bool image_pull(const Host *host, const char *name, const PullOptions *options, Arena *arena,
		Image *ret, Error *error)
{
	ImageRequest request = { .name = name, .options = options };
	if (!image_pull_all(host, &request, 1, arena, error))
		return error_wrap(error, "pull '%s'", name);
	if (request.failure.code != ERROR_NONE) {
		*error = request.failure;
		return false;
	}
	*ret = request.image;
	return true;
}
