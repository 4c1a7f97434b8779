// pkg/oci/layer/frame.h - what an archive is beside the contents of its files: headers, padding, order.
// With the tree that was unpacked from it, the frame gives the archive again, byte for byte: that is how a layer is
// verified against its digest and exported without keeping the archive itself.
//
// A frame is a list of records, each a letter and its fields; numbers are LEB128, texts a number and so many bytes:
//   'L' TEXT                bytes of the archive
//   'C' TEXT NUMBER         the content of the file at this path, so many bytes
//   'D' TEXT NUMBER         what was at this path made way for a later entry; it is in kept/NUMBER from here on
//   'E'                     the end
// Sparse files and whatever else has no file of the same bytes are 'L'.
#ifndef PKG_OCI_LAYER_FRAME_H
#define PKG_OCI_LAYER_FRAME_H

#include "pkg/sys/stream/archive.h"
#include "pkg/sys/stream/sink.h"

// The directory beside the tree that holds what made way.
#define FRAME_KEPT_NAME "kept"

// --- writing, while the archive is unpacked

typedef struct FrameWriter FrameWriter;

// from: the plain archive. to: takes the frame. layer: the directory that holds the tree, where "kept" is made when it
// is needed. All of them outlive the writer.
FrameWriter *frame_writer_open(Source *from, Sink *to, int layer);
void frame_writer_close(FrameWriter **writer);
#define CLEANUP_FRAME_WRITER CLEANUP(frame_writer_close) FrameWriter *
// Gives what `from` gives. The archive is opened on it, and made known before its first entry is read.
Source *frame_writer_source(FrameWriter *writer);
void frame_writer_follow(FrameWriter *writer, const Archive *archive);

// The entry that archive_next just gave will be the whole content of the file at `path`. Before its content is read.
MUST_CHECK bool frame_writer_content(FrameWriter *writer, const char *path, uint64_t length,
				     Error *error);
// Moves `name` in `directory`, which is `path` in the tree, out of the way.
MUST_CHECK bool frame_writer_displace(FrameWriter *writer, int directory, const char *name,
				      const char *path, Error *error);
// When the archive has no more entries: reads `from` to its end, which is a part of the frame, too.
MUST_CHECK bool frame_writer_finish(FrameWriter *writer, Error *error);

// --- reading

typedef struct FrameReader FrameReader;

// Gives the archive. frame: its file, which stays the caller's and is read from its start, decompressed on the way;
// tree: the unpacked tree; kept: what made way, -1 when nothing did.
FrameReader *frame_reader_open(int frame, int tree, int kept);
void frame_reader_close(FrameReader **reader);
#define CLEANUP_FRAME_READER CLEANUP(frame_reader_close) FrameReader *
// Fails with ERROR_INVALID when the frame is damaged, or a file is missing or has another size: the message says which.
// That the bytes of files are right is for the digest of the whole to say.
Source *frame_reader_source(FrameReader *reader);

#endif
