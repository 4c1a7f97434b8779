// tests/unit/contents.h - layers with contents of every kind, as large as one likes, and their way through the store.
#ifndef TESTS_UNIT_CONTENTS_H
#define TESTS_UNIT_CONTENTS_H

#include "pkg/sys/host.h"
#include "pkg/sys/stream/deflate.h"

typedef enum ContentKind {
	CONTENT_RANDOM,
	CONTENT_TEXT,
	CONTENT_ZEROS,
	CONTENT_ARCHIVES,     // with ACLs that nobody may read
	CONTENT_HEADERS,      // each block is the header of an ACL
	CONTENT_NEAR_HEADERS, // random blocks, but the checksum is empty and the bytes sum up to 0, too
	CONTENT_KIND_COUNT
} ContentKind;

const char *content_kind_to_text(ContentKind kind);

typedef struct ContentLayer {
	ContentKind kind;
	Compression compression;
	uint64_t size_bytes; // of its one large file; some small ones are a block of the kind each
	uint64_t seed;
	// Afterwards:
	uint64_t blob_bytes;
	double pull_s, verify_s;
} ContentLayer;

// Makes the layer, takes it through the whole unpacker into the store, has it verified there (which makes the archive again
// from the tree), and removes it. Needs as much room in data_dir as the layer and its blob take.
MUST_CHECK bool content_layer_pass(const Host *host, ContentLayer *layer, Error *error);

#endif
