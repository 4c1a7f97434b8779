#include "tests/unit/compressed.h"

#include "pkg/sys/stream/deflate.h"

#include <stdlib.h>
#include <zstd.h>

typedef struct BufferSink {
	Sink sink;
	Buffer *buffer;
} BufferSink;

static bool write_buffer(Sink *sink, const void *bytes, size_t length, Error *error)
{
	const BufferSink *self = (const BufferSink *)sink;
	(void)error; // memory does not fail
	buffer_add_bytes(self->buffer, bytes, length);
	return true;
}

void add_compressed(Test *test, Compression compression, const void *bytes, size_t length,
		    Buffer *ret)
{
	BufferSink sink = { { write_buffer }, ret };
	CLEANUP_DEFLATE deflate = deflate_open(compression, DEFLATE_FAST, &sink.sink);
	if (!sink_write(deflate_sink(deflate), bytes, length, &test->error) ||
	    !deflate_finish(deflate, &test->error))
		test_fail(test, __FILE__, __LINE__, "cannot compress");
}

// In two pieces: of what comes at once no more window is needed than it has bytes.
void add_long_frame(const void *bytes, size_t length, int window_log, Buffer *ret)
{
	const size_t room = ZSTD_compressBound(length) + 100;
	char *made = memory_resize(NULL, room);
	ZSTD_outBuffer out = { made, room, 0 };
	ZSTD_inBuffer first = { bytes, 1, 0 };
	ZSTD_inBuffer rest = { (const char *)bytes + 1, length - 1, 0 };
	ZSTD_CCtx *context = ZSTD_createCCtx();
	ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
	ZSTD_compressStream2(context, &out, &first, ZSTD_e_continue);
	ZSTD_compressStream2(context, &out, &rest, ZSTD_e_end);
	ZSTD_freeCCtx(context);
	buffer_add_bytes(ret, made, out.pos);
	free(made);
}
