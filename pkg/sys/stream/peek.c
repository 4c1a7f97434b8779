#include "pkg/sys/stream/peek.h"

#include "pkg/base/text.h"

typedef struct PeekSource {
	Source source;
	Source *from;
	const char *head; // read ahead, and not given yet
	size_t left;
} PeekSource;

static bool peek_read(Source *source, const void **ret_block, size_t *ret_length, Error *error)
{
	PeekSource *self = (PeekSource *)source;
	if (self->left == 0)
		return source_read(self->from, ret_block, ret_length, error);
	*ret_block = self->head;
	*ret_length = self->left;
	self->left = 0;
	return true;
}

static bool peek_skip(Source *source, uint64_t count, uint64_t *ret_skipped, Error *error)
{
	PeekSource *self = (PeekSource *)source;
	const size_t held = self->left < count ? self->left : (size_t)count;
	uint64_t more = 0;
	self->head += held;
	self->left -= held;
	if (held < count && self->from->skip &&
	    !self->from->skip(self->from, count - held, &more, error))
		return false;
	*ret_skipped = held + more;
	return true;
}

bool source_peek(Source *from, size_t want, Arena *arena, Source **ret, const void **ret_head,
		 size_t *ret_length, Error *error)
{
	CLEANUP_BUFFER head = { 0 };
	while (head.length < want) {
		const void *block = NULL;
		size_t length = 0;
		if (!source_read(from, &block, &length, error))
			return false;
		if (length == 0)
			break;
		buffer_add_bytes(&head, block, length);
	}
	PeekSource *self = ARENA_NEW(arena, PeekSource);
	self->source = (Source){ .read = peek_read, .skip = peek_skip };
	self->from = from;
	self->left = head.length;
	self->head = buffer_take(&head, arena);
	*ret_head = self->head;
	*ret_length = self->left;
	*ret = &self->source;
	return true;
}
