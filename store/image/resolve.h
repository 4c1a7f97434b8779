// store/image/resolve.h - from the name of an image to what it is made of. For store/image/pull.c only.
#ifndef STORE_IMAGE_RESOLVE_H
#define STORE_IMAGE_RESOLVE_H

#include "pkg/oci/registry/auth.h"
#include "pkg/oci/registry/registries.h"
#include "pkg/oci/transport.h"
#include "pkg/sys/stream/budget.h"
#include "store/image/record.h"

// One image on its way into the store. {0} but for host, name and options; cleared by the caller.
typedef struct Resolution {
	const Host *host;
	const char *name;
	const PullOptions *options;
	Arena *arena; // of all that is below
	int images;
	Reference reference;
	Platform platform;
	Registries registries;
	Credentials credentials;
	const Image *present; // what the store has under the name
	bool is_enough;       // `present` is what was asked for, and nothing is to be fetched
	Transport *transport;
	ManifestDocument target; // what the reference led to: an index or a manifest
	ManifestDocument document;
	Manifest manifest;
	ImageConfig config;
	const char *config_bytes;
	size_t config_length;
	ImageRecord record; // of what was saved
	Budget budget;      // for the decompressed layers
} Resolution;

// Looks into the store. Where the policy is to ask nobody else, is_enough says so or it fails.
MUST_CHECK bool resolution_begin(Resolution *self, Error *error);
// Asks the registry, or reads the file: is_enough when the name means what is here, else manifest and config are known.
MUST_CHECK bool resolution_ask(Resolution *self, Error *error);
// Remembers the image, whose layers are all here; under its name, unless it is to have none.
MUST_CHECK bool resolution_save(Resolution *self, Error *error);
// The image as the store has it, now under this name, too. Not in two threads at once.
MUST_CHECK bool resolution_load(Resolution *self, Arena *arena, Image *ret, Error *error);
// False, with the failure wrapped in the image's name, if it has one.
bool resolution_wrap(const Resolution *self, Error *error);
void resolution_clear(Resolution *self);

#endif
