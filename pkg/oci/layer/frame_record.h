// pkg/oci/layer/frame_record.h - the records of a frame as bytes. For frame*.c only.
#ifndef PKG_OCI_LAYER_FRAME_RECORD_H
#define PKG_OCI_LAYER_FRAME_RECORD_H

#include "pkg/base/text.h"
#include "pkg/sys/stream/source.h"

// Of one frame. No builder makes a layer that has so much twice.
#define FRAME_DISPLACED_MAX 100000

typedef enum FrameKind {
	FRAME_LITERAL = 'L',
	FRAME_CONTENT = 'C',
	FRAME_DISPLACED = 'D',
	FRAME_END = 'E',
} FrameKind;

typedef struct FrameRecord {
	FrameKind kind;
	const char
		*text; // a path; of a literal, when it is read, NULL: the bytes follow in the input
	uint64_t length; // of text
	uint64_t number;
} FrameRecord;

// Appends the record; of a literal all but its bytes.
void frame_record_print(const FrameRecord *record, Buffer *buffer);

// Bytes of a frame that come from a source.
typedef struct FrameInput {
	Source *from;
	const char *block;
	size_t length;
} FrameInput;

// The next record. Its text lives in the arena. Fails with ERROR_INVALID.
MUST_CHECK bool frame_record_read(FrameInput *input, Arena *arena, FrameRecord *ret, Error *error);
// At most `max` bytes of the input as they lie there; none at the end.
MUST_CHECK bool frame_input_read(FrameInput *input, uint64_t max, const char **ret,
				 size_t *ret_length, Error *error);

#endif
