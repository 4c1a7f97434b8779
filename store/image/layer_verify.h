// store/image/layer_verify.h - whether a layer still is what its digest says.
#ifndef STORE_IMAGE_LAYER_VERIFY_H
#define STORE_IMAGE_LAYER_VERIFY_H

#include "pkg/base/error.h"
#include "pkg/base/vec.h"
#include "pkg/sys/host.h"

// Makes the archive of the layer again, from its tree and its frame, and compares the digest; compares owners, modes,
// times, links, attributes and names with what the archive says. Adds a line for each fault, none when all is well;
// what is wrong in many places is told for some of them. A damaged layer is marked, so that the next pull fetches it
// again. Fails when it cannot find out.
MUST_CHECK bool layer_verify(const Host *host, const char *diff_id, Arena *arena, Texts *ret_faults,
			     Error *error);

#endif
