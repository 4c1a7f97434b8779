#include "pkg/sys/stream/deflate.h"

#include <isa-l/igzip_lib.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#define OUTPUT_BYTES ((size_t)256 * 1024)
// Input is collected to pieces of this size: what the encoders are given decides what they make of it.
#define INPUT_BYTES ((size_t)256 * 1024)

// clang-format off
static const int zstd_levels[] = { [DEFLATE_FAST] = 1, [DEFLATE_SMALL] = 6 };
static const uint32_t gzip_levels[] = { [DEFLATE_FAST] = 1, [DEFLATE_SMALL] = 3 };
static const uint32_t gzip_buffers[] = { [DEFLATE_FAST] = ISAL_DEF_LVL1_LARGE, [DEFLATE_SMALL] = ISAL_DEF_LVL3_LARGE };
// clang-format on

struct Deflate {
	Sink sink;
	Sink *to;
	Compression compression;
	ZSTD_CStream *zstd;
	struct isal_zstream gzip;
	uint8_t *gzip_buffer;
	uint8_t *input;
	size_t input_length;
	uint8_t *output;
};

static bool encode_gzip(Deflate *self, bool is_end, Error *error)
{
	struct isal_zstream *gzip = &self->gzip;
	gzip->next_in = self->input;
	gzip->avail_in = (uint32_t)self->input_length;
	gzip->end_of_stream = is_end;
	do {
		gzip->next_out = self->output;
		gzip->avail_out = OUTPUT_BYTES;
		if (isal_deflate(gzip) != COMP_OK)
			return error_set(error, ERROR_SYSTEM, "libisal does not compress");
		if (!sink_write(self->to, self->output, OUTPUT_BYTES - gzip->avail_out, error))
			return false;
	} while (gzip->avail_out == 0 || gzip->avail_in > 0);
	return true;
}

static bool encode_zstd(Deflate *self, bool is_end, Error *error)
{
	ZSTD_inBuffer in = { self->input, self->input_length, 0 };
	size_t left = 0;
	do {
		ZSTD_outBuffer out = { self->output, OUTPUT_BYTES, 0 };
		left = ZSTD_compressStream2(self->zstd, &out, &in,
					    is_end ? ZSTD_e_end : ZSTD_e_continue);
		if (ZSTD_isError(left))
			return error_set(error, ERROR_SYSTEM, "libzstd: %s",
					 ZSTD_getErrorName(left));
		if (!sink_write(self->to, self->output, out.pos, error))
			return false;
	} while (in.pos < in.size || (is_end && left > 0));
	return true;
}

static bool encode(Deflate *self, bool is_end, Error *error)
{
	const bool is_done = (self->compression == COMPRESSION_GZIP ? encode_gzip : encode_zstd)(
		self, is_end, error);
	self->input_length = 0;
	return is_done;
}

static bool deflate_write(Sink *sink, const void *bytes, size_t length, Error *error)
{
	Deflate *self = (Deflate *)sink;
	if (self->compression == COMPRESSION_NONE)
		return sink_write(self->to, bytes, length, error);
	const uint8_t *rest = bytes;
	while (length > 0) {
		const size_t room = INPUT_BYTES - self->input_length;
		const size_t taken = length < room ? length : room;
		memcpy(self->input + self->input_length, rest, taken);
		self->input_length += taken;
		rest += taken;
		length -= taken;
		if (self->input_length == INPUT_BYTES && !encode(self, /* is_end= */ false, error))
			return false;
	}
	return true;
}

bool deflate_finish(Deflate *deflate, Error *error)
{
	return deflate->compression == COMPRESSION_NONE ||
	       encode(deflate, /* is_end= */ true, error);
}

static void start_gzip(Deflate *self, DeflateEffort effort)
{
	isal_deflate_init(&self->gzip);
	self->gzip.gzip_flag = IGZIP_GZIP;
	self->gzip.level = gzip_levels[effort];
	self->gzip.level_buf_size = gzip_buffers[effort];
	self->gzip.level_buf = self->gzip_buffer = memory_resize(NULL, gzip_buffers[effort]);
}

static void start_zstd(Deflate *self, DeflateEffort effort)
{
	self->zstd = ZSTD_createCStream();
	// Both parameters are in range: this fails for want of memory only.
	if (!self->zstd ||
	    ZSTD_isError(ZSTD_CCtx_setParameter(self->zstd, ZSTD_c_compressionLevel,
						zstd_levels[effort])) ||
	    ZSTD_isError(ZSTD_CCtx_setParameter(self->zstd, ZSTD_c_checksumFlag, 1)))
		memory_exhausted();
}

Deflate *deflate_open(Compression compression, DeflateEffort effort, Sink *to)
{
	Deflate *self = memory_resize(NULL, sizeof(*self));
	memset(self, 0, sizeof(*self));
	self->sink.write = deflate_write;
	self->to = to;
	self->compression = compression;
	if (compression == COMPRESSION_NONE)
		return self;
	self->input = memory_resize(NULL, INPUT_BYTES);
	self->output = memory_resize(NULL, OUTPUT_BYTES);
	if (compression == COMPRESSION_GZIP)
		start_gzip(self, effort);
	else
		start_zstd(self, effort);
	return self;
}

void deflate_close(Deflate **deflate)
{
	Deflate *self = *deflate;
	if (!self)
		return;
	ZSTD_freeCStream(self->zstd);
	free(self->gzip_buffer);
	free(self->input);
	free(self->output);
	free(self);
	*deflate = NULL;
}

Sink *deflate_sink(Deflate *deflate)
{
	return &deflate->sink;
}
