// store/image/lock.h - the lock of the image store.
// Whoever needs images to stay holds it shared: pulls, and commands between a pull and what they write to disk about the
// image's layers. Whoever removes images holds it alone, so that nothing vanishes in between.
#ifndef STORE_IMAGE_LOCK_H
#define STORE_IMAGE_LOCK_H

#include "store/state/lock.h"

// May be taken again, also by functions called with it (image_pull).
MUST_CHECK bool image_lock_shared(const Host *host, Lock *ret_lock, Error *error);
// Waits for pulls for a while; then ERROR_BUSY names a process that holds it.
MUST_CHECK bool image_lock_exclusive(const Host *host, Lock *ret_lock, Error *error);

#endif
