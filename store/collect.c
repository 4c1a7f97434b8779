#include "store/collect.h"

#include "store/image/remove.h"
#include "store/state/layout.h"
#include "store/state/slot.h"
#include "store/state/staging.h"

bool collect_stale(const Host *host, size_t *ret_count, Error *error)
{
	size_t total = 0, count = 0;
	for (LayoutDirectory i = 0; i < LAYOUT_DIRECTORY_COUNT; i++) {
		if (!staging_collect(host, i, &count, error))
			return false;
		total += count;
	}
	if (!image_collect(host, &count, error))
		return false;
	total += count;
	if (!slot_collect(host, &count, error))
		return false;
	*ret_count = total + count;
	return true;
}
