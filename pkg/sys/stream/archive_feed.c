#include "pkg/sys/stream/archive_feed.h"

#include "pkg/base/base.h"

#define BLOCK ((uint64_t)512)
// What the header of one entry may take, with all that belongs to it: pax records, long names, the map of a sparse file.
// The library keeps it in memory, several times as large, and bounds only some of it.
#define HEADER_BYTES_MAX ((size_t)2 << 20)

static bool note(ArchiveFeed *self, const char *bytes, size_t length, Error *error)
{
	if (self->is_whole)
		return true;
	buffer_add_bytes(&self->header, bytes, length);
	return acl_guard_pass(&self->guard, buffer_text(&self->header), self->header.length, error);
}

// The last `count` bytes that were given: the library looks ahead when it opens an archive, and one that lies about its
// content has it begin a header in what it was given as such. NULL: it cannot have them.
static const char *find_given(const ArchiveFeed *self, size_t count)
{
	const Buffer *header = &self->header;
	if (count <= self->portion)
		return self->block - count;
	return count <= header->length && self->begin + header->length == self->given
		       ? header->data + header->length - count
		       : NULL;
}

static size_t count_ahead(const ArchiveFeed *self, uint64_t position)
{
	return !self->is_whole && position < self->given ? (size_t)(self->given - position) : 0;
}

bool archive_feed_begin(ArchiveFeed *feed, uint64_t position, Error *error)
{
	CLEANUP_BUFFER ahead = { 0 };
	const size_t length = count_ahead(feed, position);
	const char *bytes = length > 0 ? find_given(feed, length) : "";
	if (!bytes)
		return error_set(error, ERROR_INVALID,
				 "not a good tar archive: a header in what is none");
	buffer_add_bytes(&ahead, bytes, length);
	feed->is_in_header = true;
	feed->begin = feed->given - length;
	feed->content_end = 0;
	feed->header.length = 0;
	acl_guard_begin(&feed->guard);
	return note(feed, buffer_text(&ahead), length, error);
}

void archive_feed_end(ArchiveFeed *feed, uint64_t position, uint64_t content)
{
	feed->is_in_header = false;
	feed->end = position;
	feed->content_end = position + content + (BLOCK - content % BLOCK) % BLOCK;
}

const char *archive_feed_header(const ArchiveFeed *feed, size_t *ret_length)
{
	const uint64_t length = feed->end > feed->begin ? feed->end - feed->begin : 0;
	*ret_length = length < feed->header.length ? (size_t)length : feed->header.length;
	return buffer_text(&feed->header);
}

static bool check_header(const ArchiveFeed *self, Error *error)
{
	return !self->is_in_header || self->given - self->begin <= HEADER_BYTES_MAX ||
	       error_set(error, ERROR_LIMIT, "a header of more than %zu bytes", HEADER_BYTES_MAX);
}

static size_t next_portion(const ArchiveFeed *self)
{
	const uint64_t wanted = self->content_end > self->given ? self->content_end - self->given
								: BLOCK - self->given % BLOCK;
	return self->is_whole || wanted > self->length ? self->length : (size_t)wanted;
}

static bool fill(ArchiveFeed *self, Error *error)
{
	const void *block = NULL;
	if (self->length > 0)
		return true;
	if (!source_read(self->source, &block, &self->length, error))
		return false;
	self->block = block;
	self->portion = 0;
	return true;
}

static void advance(ArchiveFeed *self, size_t count)
{
	self->portion = count;
	self->block += count;
	self->length -= count;
	self->given += count;
}

bool archive_feed_read(ArchiveFeed *feed, const void **ret, size_t *ret_length, Error *error)
{
	if (!check_header(feed, error) || !fill(feed, error))
		return false;
	const size_t portion = next_portion(feed);
	if (feed->is_in_header && !note(feed, feed->block, portion, error))
		return false;
	*ret = feed->block;
	*ret_length = portion;
	if (portion > 0)
		advance(feed, portion);
	return true;
}

bool archive_feed_skip(ArchiveFeed *feed, uint64_t count, uint64_t *ret_skipped, Error *error)
{
	Source *source = feed->source;
	*ret_skipped = count < feed->length ? count : feed->length;
	if (*ret_skipped > 0)
		advance(feed, (size_t)*ret_skipped);
	if (*ret_skipped > 0 || !source->skip)
		return true;
	if (!source->skip(source, count, ret_skipped, error))
		return false;
	feed->given += *ret_skipped;
	feed->portion = 0;
	return true;
}

void archive_feed_clear(ArchiveFeed *feed)
{
	buffer_clear(&feed->header);
}
