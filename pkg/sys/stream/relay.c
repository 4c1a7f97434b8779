#include "pkg/sys/stream/relay.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define SLOT_COUNT 4
#define SLOT_BYTES ((size_t)256 * 1024)

typedef struct Slot {
	size_t length;
	char bytes[SLOT_BYTES];
} Slot;

struct Relay {
	Source source;
	Source *from;
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t changed; // one of the following
	size_t filled;          // slots that were ever filled
	size_t emptied;         // slots that were ever read and given back
	bool is_ended;   // the thread fills no more; `failure` tells why, if it was not the end
	bool is_closing; // nobody reads any more
	Error failure;
	bool is_given; // the reader has the slot number `emptied`
	Slot *slots;
};

static bool is_full(const Relay *self)
{
	return self->filled - self->emptied == SLOT_COUNT;
}

// The slot to fill next, once there is one. NULL: nobody wants it.
static Slot *wait_for_room(Relay *self)
{
	pthread_mutex_lock(&self->mutex);
	while (is_full(self) && !self->is_closing)
		pthread_cond_wait(&self->changed, &self->mutex);
	Slot *slot = self->is_closing ? NULL : &self->slots[self->filled % SLOT_COUNT];
	pthread_mutex_unlock(&self->mutex);
	return slot;
}

static void publish(Relay *self)
{
	pthread_mutex_lock(&self->mutex);
	self->filled++;
	pthread_cond_signal(&self->changed);
	pthread_mutex_unlock(&self->mutex);
}

static bool pass_on(Relay *self, const char *block, size_t length)
{
	while (length > 0) {
		Slot *slot = wait_for_room(self);
		if (!slot)
			return false;
		slot->length = length < SLOT_BYTES ? length : SLOT_BYTES;
		memcpy(slot->bytes, block, slot->length);
		block += slot->length;
		length -= slot->length;
		publish(self);
	}
	return true;
}

static void end(Relay *self, const Error *failure)
{
	pthread_mutex_lock(&self->mutex);
	self->failure = *failure;
	self->is_ended = true;
	pthread_cond_signal(&self->changed);
	pthread_mutex_unlock(&self->mutex);
}

static void *run(void *context)
{
	Relay *self = context;
	for (;;) {
		Error failure = { 0 };
		const void *block = NULL;
		size_t length = 0;
		const bool is_read = source_read(self->from, &block, &length, &failure);
		if (is_read && length > 0 && pass_on(self, block, length))
			continue;
		end(self, &failure);
		return NULL;
	}
}

static void give_back(Relay *self)
{
	if (!self->is_given)
		return;
	self->is_given = false;
	self->emptied++;
	pthread_cond_signal(&self->changed);
}

static bool relay_read(Source *source, const void **ret_block, size_t *ret_length, Error *error)
{
	Relay *self = (Relay *)source;
	pthread_mutex_lock(&self->mutex);
	give_back(self);
	while (self->filled == self->emptied && !self->is_ended)
		pthread_cond_wait(&self->changed, &self->mutex);
	const bool has_block = self->filled > self->emptied;
	pthread_mutex_unlock(&self->mutex);

	if (has_block) {
		const Slot *slot = &self->slots[self->emptied % SLOT_COUNT];
		*ret_block = slot->bytes;
		*ret_length = slot->length;
		self->is_given = true;
		return true;
	}
	if (self->failure.code != ERROR_NONE) // again at every further read
		return error_set(error, self->failure.code, "%s", self->failure.message);
	*ret_length = 0;
	return true;
}

// Signals are for the thread that looks at them while it waits (pkg/sys/interrupt.h).
static int start_thread(Relay *self)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	const int refused = pthread_create(&self->thread, NULL, run, self);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return refused;
}

bool relay_open(Source *from, Relay **ret, Error *error)
{
	Relay *self = memory_resize(NULL, sizeof(*self));
	*self = (Relay){ .source.read = relay_read, .from = from };
	self->slots = memory_resize(NULL, SLOT_COUNT * sizeof(Slot));
	pthread_mutex_init(&self->mutex, NULL);
	pthread_cond_init(&self->changed, NULL);
	const int refused = start_thread(self);
	if (refused == 0) {
		*ret = self;
		return true;
	}
	free(self->slots);
	free(self);
	return error_set_errno(error, refused, "start a thread");
}

void relay_close(Relay **relay)
{
	Relay *self = *relay;
	if (!self)
		return;
	pthread_mutex_lock(&self->mutex);
	self->is_closing = true;
	pthread_cond_signal(&self->changed);
	pthread_mutex_unlock(&self->mutex);
	pthread_join(self->thread, NULL);
	pthread_cond_destroy(&self->changed);
	pthread_mutex_destroy(&self->mutex);
	error_clear(&self->failure);
	free(self->slots);
	free(self);
	*relay = NULL;
}

Source *relay_source(Relay *relay)
{
	return &relay->source;
}
