// store/object/kube_volume.h - directories of files that change all at once: ConfigMap, Secret and downward API volumes.
// The kubelet's AtomicWriter: the files lie in ..2026_01_31_12_00_00.123456789/, ..data points to it, and the names that
// an app sees are links into ..data/. A new set of files is written beside the old one and switched by one rename of
// ..data, so a reader sees the old set or the new one. Bind the directory, not files in it.
#ifndef STORE_OBJECT_KUBE_VOLUME_H
#define STORE_OBJECT_KUBE_VOLUME_H

#include "pkg/base/error.h"
#include "pkg/base/vec.h"
#include "store/object/object.h"

#include <stdint.h>
#include <sys/types.h>

typedef struct VolumeFile {
	const char *path; // relative, may have directories: "conf.d/app.conf"
	Blob content;     // not copied
	uint32_t mode;
} VolumeFile;

VEC_DECLARE(VolumeFiles, volume_files, VolumeFile);

// One entry of `items`.
typedef struct VolumeKey {
	const char *key;
	const char *path;
	int64_t mode; // -1: the volume's default
} VolumeKey;

VEC_DECLARE(VolumeKeys, volume_keys, VolumeKey);

// Where a volume or a projected source takes its files from.
typedef struct VolumeProjection {
	const StoredData *data;  // NULL: the object does not exist and the source is optional
	bool is_secret;          // chooses the words of the error
	const VolumeKeys *items; // none: every key becomes a file of its name
	uint32_t default_mode;
	bool is_optional;
} VolumeProjection;

// Appends the files of one source; a later source wins a path. Contents are not copied.
// Fails with the kubelet's words: "references non-existent config key: k", "references non-existent secret key: k".
MUST_CHECK bool kube_volume_project(const VolumeProjection *projection, Arena *arena,
				    VolumeFiles *files, Error *error);

// Removes the versions that killed writers left, and tells whether `directory` has these files already.
MUST_CHECK bool kube_volume_sweep(int directory, const VolumeFiles *files, uid_t uid, gid_t gid,
				  bool *ret_is_current, Error *error);

// What these files take of a tmpfs at most, beside the version that they replace.
typedef struct VolumeRoom {
	uint64_t bytes; // whole pages
	uint64_t inodes;
} VolumeRoom;

VolumeRoom kube_volume_room(const VolumeFiles *files);

// Makes `files` the content of `directory`, owned by uid and gid; nothing is written when it is so already.
// ret_changed may be NULL. Of two writers one takes away what the other is writing: whoever writes to a directory that
// others may write to holds a lock. What the directory held before may be hostile: no link in it is followed. Names that are
// not ours are left alone, also where a file of that name is to be shown: they are where other volumes are mounted.
MUST_CHECK bool kube_volume_write(int directory, const VolumeFiles *files, uid_t uid, gid_t gid,
				  bool *ret_changed, Error *error);

#endif
