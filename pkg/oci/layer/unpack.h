// pkg/oci/layer/unpack.h - makes files of a tar archive below one directory, and never anywhere else.
// Each path is walked without following a symlink: "a/b" always means the entry b in the directory a of this tree, and
// a symlink that an archive puts where a directory is needed gives way to one. Absolute paths count from the directory;
// ".." is refused. Hard links only reach files of the same tree.
//
// Layers (options.whiteouts): ".wh.NAME" becomes a character device 0/0 and ".wh..wh..opq" the attribute
// trusted.overlay.opaque: what overlayfs(5) knows. A directory with whiteouts gets an empty trusted.overlay.origin, so that
// they are not listed where no other layer has the directory. They hide what lower layers have, never what this layer has,
// wherever in the archive they come. A 0/0 device of the archive itself is dropped.
// Spec: <https://github.com/opencontainers/image-spec/blob/v1.1.0/layer.md>
#ifndef PKG_OCI_LAYER_UNPACK_H
#define PKG_OCI_LAYER_UNPACK_H

#include "pkg/oci/layer/frame.h"

#define UNPACK_ENTRIES_MAX 2000000
#define UNPACK_BYTES_MAX   (UINT64_C(256) << 30)

typedef struct UnpackOptions {
	bool whiteouts;       // the archive is a layer
	bool owners;          // give files to their ids (needs root); else they are the caller's
	bool devices;         // make device nodes (needs root); else they are left out
	uint64_t entries_max; // and of directories
	uint64_t bytes_max;   // of all contents
	bool has_verity; // seal the files with fs-verity; ERROR_UNSUPPORTED where the file system has none
	bool without_content; // files get their size, and holes for contents
	FrameWriter *frame;   // learns which contents are where; NULL: nobody wants to know
} UnpackOptions;

// What root does with a layer, and with the archive of a root file system.
extern const UnpackOptions unpack_layer;
extern const UnpackOptions unpack_plain;

typedef struct UnpackResult {
	uint64_t entries;
	uint64_t size_bytes; // of all contents
	uint64_t disk_bytes; // what that and the directories take in blocks of 4 KiB
	bool is_root_opaque; // the layer hides everything below it
} UnpackResult;

// Unpacks into `directory`, which should be empty. Kept: owners, modes (set-id bits too), times; of files and directories
// ACLs, security.capability and user.* attributes. Dropped: other attributes, sockets.
// On failure the directory holds a part of the tree. ret may be NULL.
// Fails with ERROR_INVALID, ERROR_LIMIT, ERROR_INTERRUPTED, or what the file system says.
MUST_CHECK bool unpack_tar(Archive *archive, int directory, const UnpackOptions *options,
			   UnpackResult *ret, Error *error);

#endif
