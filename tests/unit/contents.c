#include "tests/unit/contents.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "pkg/sys/stream/digest.h"
#include "store/image/layer.h"
#include "store/image/layer_verify.h"
#include "store/state/layout.h"
#include "tests/unit/tar.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>

#define BLOCK       ((size_t)512)
#define PIECE       ((size_t)128 * BLOCK)
#define SMALL_FILES 100

static const char *const kind_words[CONTENT_KIND_COUNT] = {
	[CONTENT_RANDOM] = "random",   [CONTENT_TEXT] = "text",
	[CONTENT_ZEROS] = "zeros",     [CONTENT_ARCHIVES] = "archives",
	[CONTENT_HEADERS] = "headers", [CONTENT_NEAR_HEADERS] = "near-headers",
};

const char *content_kind_to_text(ContentKind kind)
{
	return kind_words[kind];
}

typedef struct Content {
	ContentKind kind;
	uint64_t state; // of the dice
	Buffer archive; // of CONTENT_ARCHIVES, and where in it we are
	size_t at;
} Content;

static void content_clear(Content *content)
{
	buffer_clear(&content->archive);
}

static uint64_t roll(Content *self)
{
	self->state ^= self->state << 13;
	self->state ^= self->state >> 7;
	self->state ^= self->state << 17;
	return self->state;
}

static void make_archive(Content *self)
{
	CLEANUP_BUFFER acl = { 0 };
	for (size_t i = 0; i < 10000; i++)
		buffer_printf(&acl, "u:%zu:r,", i);
	tar_add(&self->archive, (TarEntry){ .path = "inner",
					    .type = '0',
					    .record = "SCHILY.acl.access",
					    .record_value = buffer_text(&acl) });
	tar_add_header(&self->archive, (TarEntry){ .path = "x", .type = 'A' }, acl.length);
	buffer_add(&self->archive, buffer_text(&acl));
	tar_finish(&self->archive);
}

static void copy_archive(Content *self, char *piece)
{
	for (size_t i = 0; i < PIECE; i++) {
		piece[i] = self->archive.data[self->at];
		self->at = self->at + 1 < self->archive.length ? self->at + 1 : 0;
	}
}

static void make_random(Content *self, char *piece)
{
	for (size_t i = 0; i < PIECE; i += sizeof(uint64_t)) {
		const uint64_t number = roll(self);
		memcpy(piece + i, &number, sizeof(number));
	}
}

static void make_text(Content *self, char *piece)
{
	static const char *const words[] = { "pods ", "systemd ", "u:0:r,", "on ", "plain\n" };
	for (size_t i = 0; i < PIECE;) {
		const char *word = words[roll(self) % COUNT(words)];
		for (; *word && i < PIECE; i++)
			piece[i] = *word++;
	}
}

// Signed bytes that sum up to what a checksum field without digits says: nothing.
static void balance(signed char *block)
{
	int sum = 8 * ' ';
	memset(block + 148, 0, 8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += block[i];
	for (size_t i = 160; sum != 0 && i < BLOCK; i++) {
		const int wanted = block[i] - sum;
		const int next = wanted > 127 ? 127 : wanted < -128 ? -128 : wanted;
		sum += next - block[i];
		block[i] = (signed char)next;
	}
}

static void make_headers(Content *self, char *piece)
{
	CLEANUP_BUFFER block = { 0 };
	for (size_t at = 0; at < PIECE; at += BLOCK) {
		block.length = 0;
		tar_add_header(&block, (TarEntry){ .path = "x", .type = "xgXA"[roll(self) % 4] },
			       roll(self) % 10000000);
		memcpy(piece + at, block.data, BLOCK);
	}
}

static void make_near_headers(Content *self, char *piece)
{
	make_random(self, piece);
	for (size_t at = 0; at < PIECE; at += BLOCK) {
		piece[at + 156] = "xgXA"[roll(self) % 4];
		balance((signed char *)piece + at);
	}
}

static void make_piece(Content *self, char *piece)
{
	switch (self->kind) {
	case CONTENT_RANDOM:
		make_random(self, piece);
		break;
	case CONTENT_TEXT:
		make_text(self, piece);
		break;
	case CONTENT_ARCHIVES:
		copy_archive(self, piece);
		break;
	case CONTENT_HEADERS:
		make_headers(self, piece);
		break;
	case CONTENT_NEAR_HEADERS:
		make_near_headers(self, piece);
		break;
	case CONTENT_ZEROS:
	case CONTENT_KIND_COUNT:
		memset(piece, 0, PIECE);
		break;
	}
}

static bool write_large(Content *self, uint64_t size, Sink *to, Error *error)
{
	char piece[PIECE];
	CLEANUP_BUFFER header = { 0 };
	tar_add_header(&header, (TarEntry){ .path = "large", .type = '0' }, size);
	if (!sink_write(to, header.data, header.length, error))
		return false;
	for (uint64_t left = size; left > 0; left -= left < PIECE ? left : PIECE) {
		make_piece(self, piece);
		if (!sink_write(to, piece, left < PIECE ? (size_t)left : PIECE, error))
			return false;
	}
	memset(piece, 0, BLOCK);
	return sink_write(to, piece, (BLOCK - size % BLOCK) % BLOCK, error);
}

static bool write_small(Content *self, Sink *to, Error *error)
{
	char piece[PIECE];
	CLEANUP_BUFFER files = { 0 };
	make_piece(self, piece);
	for (size_t i = 0; i < SMALL_FILES; i++) {
		CLEANUP_BUFFER path = { 0 };
		buffer_printf(&path, "small-%zu", i);
		tar_add(&files, (TarEntry){ .path = buffer_text(&path),
					    .type = '0',
					    .content = piece + i * BLOCK,
					    .content_size = BLOCK,
					    .record = i % 3 == 0 ? "comment" : NULL,
					    .record_value = "with a pax header" });
	}
	tar_finish(&files);
	return sink_write(to, files.data, files.length, error);
}

static bool write_archive(const ContentLayer *layer, Sink *to, Error *error)
{
	CLEANUP(content_clear) Content content = { .kind = layer->kind, .state = layer->seed };
	make_archive(&content);
	return write_large(&content, layer->size_bytes, to, error) &&
	       write_small(&content, to, error);
}

// Leaves the blob in the file, and tells its digests.
static bool write_blob(ContentLayer *layer, int fd, Arena *arena, LayerBlob *ret, Error *error)
{
	CLEANUP_DIGEST_SINK blob = { 0 };
	CLEANUP_DIGEST_SINK plain = { 0 };
	digest_sink_init(&blob, sink_of_fd(fd, arena));
	CLEANUP_DEFLATE deflate = deflate_open(layer->compression, DEFLATE_FAST, &blob.sink);
	digest_sink_init(&plain, deflate_sink(deflate));
	if (!write_archive(layer, &plain.sink, error) || !deflate_finish(deflate, error))
		return false;
	char *digest = arena_alloc(arena, DIGEST_TEXT_LENGTH + 1);
	char *diff_id = arena_alloc(arena, DIGEST_TEXT_LENGTH + 1);
	digest_sink_finish(&blob, digest);
	digest_sink_finish(&plain, diff_id);
	layer->blob_bytes = blob.size_bytes;
	*ret = (LayerBlob){ .digest = digest, .diff_id = diff_id, .size_bytes = blob.size_bytes };
	return true;
}

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static bool pull(const Host *host, const LayerBlob *blob, int fd, Arena *arena, Error *error)
{
	CLEANUP_FD layers = -1;
	StagedLayers staged = { 0 };
	bool is_wrong = false;
	return layer_open_all(host, &layers, error) &&
	       layer_stage(host, blob, source_of_range(fd, 0, blob->size_bytes, arena), arena,
			   staged_layers_push(arena, &staged), &is_wrong, error) &&
	       layer_publish(layers, &staged, error);
}

static bool verify(const Host *host, const LayerBlob *blob, Arena *arena, Error *error)
{
	Texts faults = { 0 };
	if (!layer_verify(host, blob->diff_id, arena, &faults, error))
		return false;
	return faults.count == 0 ||
	       error_set(error, ERROR_INVALID, "%s", texts_join(&faults, "; ", arena));
}

bool content_layer_pass(const Host *host, ContentLayer *layer, Error *error)
{
	CLEANUP_ARENA arena = arena_new();
	LayerBlob blob = { 0 };
	CLEANUP_FD fd = -1;
	if (!layout_prepare(host, error))
		return false;
	fd = open(host->data_dir, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
	if (fd < 0 || !write_blob(layer, fd, arena, &blob, error))
		return false;
	const double begin = now();
	if (!pull(host, &blob, fd, arena, error))
		return false;
	const double pulled = now();
	if (!verify(host, &blob, arena, error))
		return false;
	layer->pull_s = pulled - begin;
	layer->verify_s = now() - pulled;
	return layer_remove(host, blob.diff_id, error);
}
