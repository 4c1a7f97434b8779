// store/collect.h - what dead processes left in DATADIR.
#ifndef STORE_COLLECT_H
#define STORE_COLLECT_H

#include "pkg/base/error.h"
#include "pkg/sys/host.h"

#include <stddef.h>

// Deletes the staged and trashed things in the directories of DATADIR and in the image store whose process is gone, and frees the slots of
// machines that were never finished. Safe beside any other command. ret_count: how many.
MUST_CHECK bool collect_stale(const Host *host, size_t *ret_count, Error *error);

#endif
