#include "pkg/sys/stream/inflate.h"

#include "pkg/base/text.h"

#include <isa-l/igzip_lib.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>
#include <zstd_errors.h>

#define OUTPUT_BYTES ((size_t)256 * 1024)
// What every decoder must support (RFC 8878, section 3.1.1.1.2), and all levels but --ultra and --long need.
#define ZSTD_WINDOW_LOG_COMMON 23
// zstd -19 --long needs 128 MiB for its window; more is an attack.
#define ZSTD_WINDOW_LOG_MAX 27
#define ZSTD_HEADER_MAX     18
#define MAGIC_BYTES         4

struct Inflate {
	Source source;
	Source *from;
	bool is_started;
	Compression compression;
	// What `from` gave and nobody took yet.
	const uint8_t *input;
	size_t input_length;
	bool is_input_ended;
	Buffer head; // short blocks, put together until a magic number or a header is in one piece
	bool is_inside;      // a gzip member or zstd frame: the input must not end here
	bool is_output_full; // the decoder may hold more without new input
	struct inflate_state gzip;
	ZSTD_DStream *zstd;
	uint8_t *output;
	sem_t *large;  // to be held while the decoder has much memory, or NULL
	bool is_large; // may have it, and holds the semaphore
};

Compression compression_of_bytes(const void *bytes, size_t length)
{
	static const uint8_t gzip[] = { 0x1f, 0x8b };
	static const uint8_t zstd[] = { 0x28, 0xb5, 0x2f, 0xfd };
	const uint8_t *start = bytes;
	if (length >= sizeof(gzip) && memcmp(start, gzip, sizeof(gzip)) == 0)
		return COMPRESSION_GZIP;
	if (length >= sizeof(zstd) && memcmp(start, zstd, sizeof(zstd)) == 0)
		return COMPRESSION_ZSTD;
	// A skippable frame (zstd:chunked images may start with one): 0x184D2A50 to 0x184D2A5F, little endian.
	if (length >= MAGIC_BYTES && (start[0] & 0xf0) == 0x50 && start[1] == 0x2a &&
	    start[2] == 0x4d && start[3] == 0x18)
		return COMPRESSION_ZSTD;
	return COMPRESSION_NONE;
}

// Makes sure that there is input unless it has ended.
static bool fill_window(Inflate *self, Error *error)
{
	if (self->input_length > 0 || self->is_input_ended)
		return true;
	const void *block = NULL;
	if (!source_read(self->from, &block, &self->input_length, error))
		return false;
	self->input = block;
	self->is_input_ended = self->input_length == 0;
	return true;
}

static void take(Inflate *self, size_t count)
{
	self->input += count;
	self->input_length -= count;
}

static bool set_window(Inflate *self, int window_log, Error *error)
{
	const size_t status = ZSTD_DCtx_setParameter(self->zstd, ZSTD_d_windowLogMax, window_log);
	return !ZSTD_isError(status) ||
	       error_set(error, ERROR_SYSTEM, "libzstd: %s", ZSTD_getErrorName(status));
}

static bool start_decoder(Inflate *self, Error *error)
{
	if (self->compression == COMPRESSION_NONE)
		return true;
	self->output = memory_resize(NULL, OUTPUT_BYTES);
	if (self->compression != COMPRESSION_ZSTD)
		return true;
	self->zstd = ZSTD_createDStream();
	if (!self->zstd)
		return error_set(error, ERROR_SYSTEM, "libzstd does not start");
	return set_window(self, ZSTD_WINDOW_LOG_COMMON, error);
}

static void keep(Inflate *self)
{
	if (self->input_length > 0)
		buffer_add_bytes(&self->head, self->input, self->input_length);
	self->input_length = 0;
}

// Puts the next `count` bytes into one piece, in however small ones they come; less when the input ends.
static bool gather(Inflate *self, size_t count, Error *error)
{
	uint8_t rest[ZSTD_HEADER_MAX]; // of the last piece, which may be in `head` itself
	if (self->input_length >= count)
		return true;
	for (size_t i = 0; i < self->input_length; i++)
		rest[i] = self->input[i];
	self->input = rest;
	self->head.length = 0;
	keep(self);
	while (self->head.length < count && !self->is_input_ended) {
		if (!fill_window(self, error))
			return false;
		keep(self);
	}
	self->input = (const uint8_t *)buffer_text(&self->head);
	self->input_length = self->head.length;
	return true;
}

static bool start(Inflate *self, Error *error)
{
	self->is_started = true;
	if (!gather(self, MAGIC_BYTES, error))
		return false;
	self->compression = compression_of_bytes(self->input, self->input_length);
	return start_decoder(self, error);
}

static bool damaged(const char *format, const char *how, Error *error)
{
	return error_set(error, ERROR_INVALID, "the %s data is %s", format, how);
}

// One call of the decoder. Nothing taken and nothing made means that it cannot go on.
static bool step_gzip(Inflate *self, size_t *made, Error *error)
{
	struct inflate_state *gzip = &self->gzip;
	if (!self->is_inside) {
		isal_inflate_init(gzip);
		gzip->crc_flag = ISAL_GZIP;
		self->is_inside = true;
	}
	const uint32_t offered =
		self->input_length < UINT32_MAX ? (uint32_t)self->input_length : UINT32_MAX;
	// The library reads only; its type lacks the const.
	memcpy(&gzip->next_in, &self->input, sizeof(gzip->next_in));
	gzip->avail_in = offered;
	gzip->next_out = self->output;
	gzip->avail_out = OUTPUT_BYTES;
	const int status = isal_inflate(gzip);
	if (status != ISAL_DECOMP_OK && status != ISAL_END_INPUT && status != ISAL_OUT_OVERFLOW)
		return damaged("gzip", "damaged", error);

	*made = OUTPUT_BYTES - gzip->avail_out;
	const size_t taken = offered - gzip->avail_in;
	take(self, taken);
	self->is_inside = gzip->block_state != ISAL_BLOCK_FINISH;
	self->is_output_full = self->is_inside && gzip->avail_out == 0;
	if (taken == 0 && *made == 0 && self->is_inside && offered > 0)
		return damaged("gzip", "damaged", error);
	return true;
}

// From now on frames may have long windows. The decoder keeps that memory behind the frame's end, too.
static bool allow_large(Inflate *self, Error *error)
{
	while (self->large && sem_wait(self->large) < 0) // by a signal
		;
	self->is_large = true;
	ZSTD_DCtx_reset(self->zstd, ZSTD_reset_session_only);
	return set_window(self, ZSTD_WINDOW_LOG_MAX, error);
}

static bool needs_large(const Inflate *self, size_t status)
{
	return !self->is_large &&
	       ZSTD_getErrorCode(status) == ZSTD_error_frameParameter_windowTooLarge;
}

// A header comes in one piece, so that a frame whose window is too long is refused before anything of it was taken.
static bool step_zstd(Inflate *self, size_t *made, Error *error)
{
	if (!self->is_inside && !gather(self, ZSTD_HEADER_MAX, error))
		return false;
	ZSTD_inBuffer in = { self->input, self->input_length, 0 };
	ZSTD_outBuffer out = { self->output, OUTPUT_BYTES, 0 };
	size_t left = ZSTD_decompressStream(self->zstd, &out, &in);
	if (needs_large(self, left)) {
		if (!allow_large(self, error))
			return false;
		left = ZSTD_decompressStream(self->zstd, &out, &in);
	}
	if (ZSTD_isError(left))
		return damaged("zstd", ZSTD_getErrorName(left), error);

	*made = out.pos;
	take(self, in.pos);
	self->is_inside = left != 0;
	self->is_output_full = self->is_inside && out.pos == out.size;
	if (in.pos == 0 && *made == 0 && in.size > 0)
		return damaged("zstd", "damaged", error);
	return true;
}

static bool decode(Inflate *self, size_t *made, Error *error)
{
	const bool is_gzip = self->compression == COMPRESSION_GZIP;
	*made = 0;
	while (*made == 0) {
		if (!self->is_output_full && !fill_window(self, error))
			return false;
		if (!self->is_output_full && self->input_length == 0)
			return self->is_inside
				       ? damaged(is_gzip ? "gzip" : "zstd", "cut off", error)
				       : true;
		self->is_output_full = false;
		if (!(is_gzip ? step_gzip : step_zstd)(self, made, error))
			return false;
	}
	return true;
}

static bool inflate_read(Source *source, const void **ret_block, size_t *ret_length, Error *error)
{
	Inflate *self = (Inflate *)source;
	if (!self->is_started && !start(self, error))
		return false;
	if (self->compression != COMPRESSION_NONE) {
		*ret_block = self->output;
		return decode(self, ret_length, error);
	}
	if (!fill_window(self, error))
		return false;
	*ret_block = self->input;
	*ret_length = self->input_length;
	self->input_length = 0;
	return true;
}

// Only what is not compressed can be skipped.
static bool inflate_skip(Source *source, uint64_t count, uint64_t *ret_skipped, Error *error)
{
	Inflate *self = (Inflate *)source;
	*ret_skipped = 0;
	if (!self->is_started && !start(self, error))
		return false;
	if (self->compression != COMPRESSION_NONE)
		return true;
	const size_t held = self->input_length < count ? self->input_length : (size_t)count;
	take(self, held);
	uint64_t more = 0;
	if (held < count && self->from->skip &&
	    !self->from->skip(self->from, count - held, &more, error))
		return false;
	*ret_skipped = held + more;
	return true;
}

Inflate *inflate_open(Source *from)
{
	Inflate *self = memory_resize(NULL, sizeof(*self));
	memset(self, 0, sizeof(*self));
	self->source = (Source){ .read = inflate_read, .skip = inflate_skip };
	self->from = from;
	return self;
}

void inflate_close(Inflate **inflate)
{
	Inflate *self = *inflate;
	if (!self)
		return;
	ZSTD_freeDStream(self->zstd);
	if (self->is_large && self->large)
		sem_post(self->large);
	free(self->output);
	buffer_clear(&self->head);
	free(self);
	*inflate = NULL;
}

void inflate_share_memory(Inflate *inflate, sem_t *large)
{
	inflate->large = large;
}

Source *inflate_source(Inflate *inflate)
{
	return &inflate->source;
}

static bool inflate_raw(const void *input, size_t input_length, void *output, size_t output_length)
{
	struct inflate_state state;
	isal_inflate_init(&state);
	state.crc_flag = ISAL_DEFLATE;
	// The library reads only; its type lacks the const.
	memcpy(&state.next_in, &input, sizeof(state.next_in));
	state.avail_in = (uint32_t)input_length;
	state.next_out = output;
	state.avail_out = (uint32_t)output_length;
	const int status = isal_inflate(&state);
	// The mark of the end may come behind the last byte that there is room for.
	return (status == ISAL_DECOMP_OK || status == ISAL_END_INPUT ||
		status == ISAL_OUT_OVERFLOW) &&
	       state.avail_out == 0;
}

// A frame that makes less is refused; bytes behind it are not looked at.
static bool inflate_zstd(const void *input, size_t input_length, void *output, size_t output_length)
{
	ZSTD_DStream *stream = ZSTD_createDStream();
	ZSTD_inBuffer in = { input, input_length, 0 };
	ZSTD_outBuffer out = { output, output_length, 0 };
	size_t left = stream ? 1 : 0;
	while (left != 0 && !ZSTD_isError(left) && out.pos < out.size) {
		const size_t before = in.pos + out.pos;
		left = ZSTD_decompressStream(stream, &out, &in);
		if (in.pos + out.pos == before)
			break;
	}
	ZSTD_freeDStream(stream);
	return !ZSTD_isError(left) && out.pos == out.size;
}

bool inflate_bytes(InflateFormat format, const void *input, size_t input_length, void *output,
		   size_t output_length, Error *error)
{
	if (input_length > UINT32_MAX || output_length > UINT32_MAX)
		return error_set(error, ERROR_LIMIT, "too much data at once");
	const bool is_zstd = format == INFLATE_ZSTD;
	if ((is_zstd ? inflate_zstd : inflate_raw)(input, input_length, output, output_length))
		return true;
	return damaged(is_zstd ? "zstd" : "deflate", "damaged", error);
}
