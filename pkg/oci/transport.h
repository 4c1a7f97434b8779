// pkg/oci/transport.h - where manifests and blobs come from: a registry, or a layout on disk.
// A transport serves one image of one repository to one thread.
#ifndef PKG_OCI_TRANSPORT_H
#define PKG_OCI_TRANSPORT_H

#include "pkg/oci/manifest.h"
#include "pkg/sys/stream/source.h"

typedef struct ManifestDocument {
	const char *bytes;
	size_t length;
	const char *media_type; // as the transport said; "" when it did not
	const char *digest;     // of the bytes; computed, never believed
} ManifestDocument;

typedef struct Transport Transport;
struct Transport {
	// The digest that the reference means now, without its document. "" when the transport cannot tell so cheaply.
	bool (*find_digest)(Transport *transport, Arena *arena, const char **ret, Error *error);
	// A manifest or index; digest NULL: what the reference means. With a digest the bytes have been checked against it.
	bool (*read_manifest)(Transport *transport, const char *digest, Arena *arena,
			      ManifestDocument *ret, Error *error);
	// A blob from its start, unchecked. Valid until the next call of the transport.
	bool (*open_blob)(Transport *transport, const Descriptor *descriptor, Source **ret,
			  Error *error);
	// Another transport to the same image, for another thread: what this one has found out so far is kept. No call of
	// this one may be under way but other clones. reference and options of this one must outlive it.
	bool (*clone)(const Transport *transport, Arena *arena, Transport **ret, Error *error);
	void (*close)(Transport *transport);
	// As transport_leave_sender. NULL: there is only one place that blobs come from.
	const char *(*leave_sender)(Transport *transport);
};

void transport_close(Transport **transport);
#define CLEANUP_TRANSPORT CLEANUP(transport_close) Transport *

// Whoever sent the last blob sent other bytes: from now on those behind it are asked. Returns its name, for messages;
// NULL: nobody else is there to ask.
const char *transport_leave_sender(Transport *transport);

// find_digest of transports that read the document for it: files are near.
MUST_CHECK bool transport_read_digest(Transport *transport, Arena *arena, const char **ret,
				      Error *error);

// A blob as a whole, checked for size and digest: configs. From the first place that has the right one.
MUST_CHECK bool transport_read_blob(Transport *transport, const Descriptor *descriptor, size_t max,
				    Arena *arena, const char **ret, size_t *ret_length,
				    Error *error);

#endif
