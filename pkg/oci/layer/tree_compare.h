// pkg/oci/layer/tree_compare.h - whether a tree is as it was unpacked.
#ifndef PKG_OCI_LAYER_TREE_COMPARE_H
#define PKG_OCI_LAYER_TREE_COMPARE_H

#include "pkg/base/error.h"
#include "pkg/base/vec.h"

// Compares kinds, owners, modes, sizes, times, targets, devices, links and extended attributes of all entries; not
// contents, nor the times of directories. Adds a line for each difference, printable, until ret_differences has `max`:
// "'etc/motd': mode 666, not 644", "'etc/x': not part of the image". Symlinks are never followed.
MUST_CHECK bool tree_compare(int tree, int wanted, size_t max, Arena *arena, Texts *ret_differences,
			     Error *error);

#endif
