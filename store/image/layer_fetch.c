#include "store/image/layer_fetch.h"

#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "pkg/sys/interrupt.h"
#include "pkg/sys/stream/digest.h"
#include "pkg/sys/workers.h"
#include "store/image/layer.h"
#include "store/state/lock.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

// A registry is a network away, so more than there are processors; each holds a few megabytes.
#define THREADS_MAX 4
// Whoever holds the lock of a layer is fetching it, which may take as long as it takes.
#define WAIT_MS (UINT64_C(7) * 24 * 3600 * 1000)

typedef struct Job {
	WantedLayer *wanted;
	Lock lock;
	Arena *arena; // of `staged`
	bool is_staged;
	StagedLayer staged;
} Job;

VEC_DECLARE(Jobs, jobs, Job);

// What a thread keeps: its own connection to the image that it worked for last.
typedef struct Connection {
	Arena *arena;
	const Transport *original;
	Transport *clone;
} Connection;

typedef struct Fetch {
	const Host *host;
	int layers; // the directory of all
	Jobs jobs;  // ours to do
	Connection connections[THREADS_MAX];
	pthread_mutex_t mutex; // of the failures
	// For the one layer whose decompression may need much memory. It waits for nothing that another layer has.
	sem_t large;
} Fetch;

// A source that ends when nobody needs the layer any more.
typedef struct Wanted {
	Source source;
	Source *from;
	Fetch *fetch;
	const WantedLayer *layer;
} Wanted;

static bool has_origin(const WantedLayer *layer, const Transport *image)
{
	for (size_t i = 0; i < layer->origins.count; i++) {
		if (layer->origins.items[i].transport == image)
			return true;
	}
	return false;
}

// Whether a layer that the image needs has failed.
static bool is_image_lost(Fetch *self, const Transport *image)
{
	bool found = false;
	pthread_mutex_lock(&self->mutex);
	for (size_t i = 0; i < self->jobs.count && !found; i++) {
		const WantedLayer *wanted = self->jobs.items[i].wanted;
		found = wanted->failure.code != ERROR_NONE && has_origin(wanted, image);
	}
	pthread_mutex_unlock(&self->mutex);
	return found;
}

static bool is_lost(Fetch *self, const WantedLayer *layer)
{
	for (size_t i = 0; i < layer->origins.count; i++) {
		if (!is_image_lost(self, layer->origins.items[i].transport))
			return false;
	}
	return true;
}

static bool give_up(Error *error)
{
	return error_set(error, ERROR_FAILED, "given up because another layer failed");
}

static bool read_wanted(Source *source, const void **ret_block, size_t *ret_length, Error *error)
{
	Wanted *self = (Wanted *)source;
	if (is_lost(self->fetch, self->layer))
		return give_up(error);
	return source_read(self->from, ret_block, ret_length, error);
}

static bool connect(Connection *self, Transport *image, Error *error)
{
	if (self->original == image)
		return true;
	transport_close(&self->clone);
	arena_wipe(&self->arena);
	self->original = NULL;
	self->arena = arena_new();
	if (!image->clone(image, self->arena, &self->clone, error))
		return false;
	self->original = image;
	return true;
}

static bool stage(Fetch *self, Connection *connection, Job *job, const LayerOrigin *origin,
		  bool *ret_is_wrong, Error *error)
{
	const LayerBlob blob = {
		.digest = origin->descriptor->digest,
		.diff_id = job->wanted->diff_id,
		.size_bytes = origin->descriptor->size_bytes,
		.budget = origin->budget,
		.has_verity = job->wanted->has_verity,
		.large = &self->large,
	};
	Wanted source = { .source.read = read_wanted, .fetch = self, .layer = job->wanted };
	*ret_is_wrong = false;
	return connection->clone->open_blob(connection->clone, origin->descriptor, &source.from,
					    error) &&
	       layer_stage(self->host, &blob, &source.source, job->arena, &job->staged,
			   ret_is_wrong, error);
}

// From one place of the image after the other, as long as they send something else.
static bool fetch(Fetch *self, Connection *connection, Job *job, const LayerOrigin *origin,
		  Error *error)
{
	CLEANUP_BUFFER before = { 0 };
	if (!connect(connection, origin->transport, error))
		return false;
	for (;;) {
		CLEANUP_ERROR failure = { 0 };
		bool is_wrong = false;
		if (stage(self, connection, job, origin, &is_wrong, &failure))
			return true;
		const char *sender = is_wrong ? transport_leave_sender(connection->clone) : NULL;
		if (!sender)
			return error_set(error, failure.code, "%s%s", failure.message,
					 buffer_text(&before));
		buffer_printf(&before, "; before that from %s: %s", sender, failure.message);
	}
}

// Whether it is the registry's fault, so that another image's may do better.
static bool is_of_registry(const Error *failure)
{
	return failure->code != ERROR_INTERRUPTED && failure->code != ERROR_SYSTEM &&
	       failure->code != ERROR_FAILED;
}

// From the first image that it can be had from. One that is lost needs it no more: its registry is not waited for again.
static bool run_job(Fetch *self, Connection *connection, Job *job, Error *error)
{
	const LayerOrigins *origins = &job->wanted->origins;
	CLEANUP_BUFFER told = { 0 };
	ErrorCode code = ERROR_NONE;
	for (size_t i = 0; i < origins->count && interrupt_check(error); i++) {
		CLEANUP_ERROR failure = { 0 };
		if (is_image_lost(self, origins->items[i].transport))
			continue;
		if (fetch(self, connection, job, &origins->items[i], &failure))
			return true;
		buffer_printf(&told, "%s%s",
			      code == ERROR_NONE ? "" : "; for another image: ", failure.message);
		code = failure.code;
		if (!is_of_registry(&failure))
			break;
	}
	if (error->code != ERROR_NONE)
		return false;
	return code == ERROR_NONE ? give_up(error)
				  : error_set(error, code, "%s", buffer_text(&told));
}

static void work(void *context, size_t worker, size_t index)
{
	Fetch *self = context;
	Job *job = &self->jobs.items[index];
	Error failure = { 0 };
	job->arena = arena_new();
	job->is_staged = run_job(self, &self->connections[worker], job, &failure);
	pthread_mutex_lock(&self->mutex);
	if (!job->is_staged)
		job->wanted->failure = failure;
	pthread_mutex_unlock(&self->mutex);
}

static uint64_t size_of(const Job *job)
{
	return job->wanted->origins.items[0].descriptor->size_bytes;
}

static int larger_first(const void *left, const void *right)
{
	const uint64_t one = size_of(left), other = size_of(right);
	return (one < other) - (one > other);
}

static bool publish_layers(Fetch *self, Arena *arena, Error *error)
{
	StagedLayers staged = { 0 };
	for (size_t i = 0; i < self->jobs.count; i++) {
		if (self->jobs.items[i].is_staged)
			*staged_layers_push(arena, &staged) = self->jobs.items[i].staged;
	}
	return layer_publish(self->layers, &staged, error);
}

static void finish_layers(Fetch *self, const Error *failure)
{
	for (size_t i = 0; i < self->jobs.count; i++) {
		Job *job = &self->jobs.items[i];
		if (job->wanted->failure.code == ERROR_NONE && failure->code != ERROR_NONE)
			error_set(&job->wanted->failure, failure->code, "%s", failure->message);
		arena_free(job->arena);
		lock_release_and_remove(self->host, &job->lock);
	}
	for (size_t i = 0; i < THREADS_MAX; i++) {
		transport_close(&self->connections[i].clone);
		arena_wipe(&self->connections[i].arena); // as in resolve.c
	}
	pthread_mutex_destroy(&self->mutex);
	sem_destroy(&self->large);
	file_close(&self->layers);
}

// Fetches what nobody else is fetching.
static void run_jobs(const Host *host, const Jobs *jobs)
{
	CLEANUP_ARENA arena = arena_new();
	CLEANUP_ERROR failure = { 0 };
	Fetch self = { .host = host, .layers = -1, .jobs = *jobs };
	pthread_mutex_init(&self.mutex, NULL);
	sem_init(&self.large, /* pshared= */ 0, 1);
	qsort(jobs->items, jobs->count, sizeof(Job), larger_first);
	bool is_done = layer_open_all(host, &self.layers, &failure);
	if (is_done) {
		workers_run(jobs->count, THREADS_MAX, work, &self);
		is_done = publish_layers(&self, arena, &failure);
	}
	// A failure is told for each layer that it concerns.
	assert(is_done == (failure.code == ERROR_NONE));
	finish_layers(&self, &failure);
}

static bool lock_layer(const Host *host, const WantedLayer *wanted, uint64_t timeout_ms, Lock *ret,
		       Error *error)
{
	const LockRequest request = { .kind = LOCK_LAYERS,
				      .name = digest_hex(wanted->diff_id),
				      .timeout_ms = timeout_ms };
	return lock_take(host, &request, ret, error);
}

static bool is_open(const Host *host, const WantedLayer *wanted)
{
	return wanted->failure.code == ERROR_NONE && !layer_is_good(host, wanted->diff_id);
}

// The layers that are missing and that nobody else fetches, with their locks. *ret_busy: the first that another has.
static Jobs take_jobs(const Host *host, WantedLayers *wanted, Arena *arena, WantedLayer **ret_busy)
{
	Jobs jobs = { 0 };
	*ret_busy = NULL;
	for (size_t i = 0; i < wanted->count; i++) {
		WantedLayer *layer = &wanted->items[i];
		Lock lock = LOCK_NONE;
		if (!is_open(host, layer))
			continue;
		CLEANUP_ERROR refused = { 0 };
		if (!lock_layer(host, layer, 0, &lock, &refused)) {
			if (refused.code == ERROR_BUSY && !*ret_busy)
				*ret_busy = layer;
			else if (refused.code != ERROR_BUSY)
				error_move(&layer->failure, &refused);
		} else if (is_open(host, layer)) {
			*jobs_push(arena, &jobs) = (Job){ .wanted = layer, .lock = lock };
		} else { // published between the look and the lock
			lock_release_and_remove(host, &lock);
		}
	}
	return jobs;
}

// Waits without holding anything, so that two processes never wait for each other.
static void wait_for(const Host *host, WantedLayer *layer)
{
	Lock lock = LOCK_NONE;
	if (lock_layer(host, layer, WAIT_MS, &lock, &layer->failure))
		lock_release_and_remove(host, &lock);
}

void layer_fetch(const Host *host, WantedLayers *wanted)
{
	WantedLayer *busy = NULL;
	do {
		CLEANUP_ARENA arena = arena_new();
		const Jobs jobs = take_jobs(host, wanted, arena, &busy);
		if (jobs.count > 0)
			run_jobs(host, &jobs);
		else if (busy)
			wait_for(host, busy);
	} while (busy);
}
