#include "tests/unit/compressed.h"

#include "pkg/sys/deflate.h"

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
