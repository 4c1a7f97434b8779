// pkg/oci/config.h - what an image says about itself: how it wants to be run, and what its layers are.
// The texts come from strangers: bounded in size, free of NUL, otherwise anything. Whoever uses one checks it.
// Spec: <https://github.com/opencontainers/image-spec/blob/v1.1.0/config.md>
#ifndef PKG_OCI_CONFIG_H
#define PKG_OCI_CONFIG_H

#include "pkg/base/error.h"
#include "pkg/base/pairs.h"

#define IMAGE_CONFIG_BYTES_MAX (4 * 1024 * 1024)

typedef struct ImageConfig {
	const char *architecture; // "amd64"; "" when the image does not say
	const char *variant;      // "v8" or ""
	const char *os;           // "linux" or ""
	const char *created;      // RFC 3339, as the image says; ""
	const char *user;         // "", "1000", "app:www"
	Texts environment; // "NAME=value", in order; may hold duplicates (the last one counts) and lines without "="
	Texts entrypoint; // never one empty word, which is none
	Texts command;
	Texts shell;                   // Docker's extension
	const char *working_directory; // ""; may be relative
	const char *stop_signal;       // "", "SIGQUIT", "3"
	Texts exposed_ports;           // "80/tcp", "53"
	Texts volumes;                 // paths
	Pairs labels;
	Texts diff_ids; // "sha256:…" of the unpacked layers, bottom first; checked
} ImageConfig;

MUST_CHECK bool image_config_parse(const char *bytes, size_t length, Arena *arena, ImageConfig *ret,
				   Error *error);

#endif
