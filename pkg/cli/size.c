#include "pkg/cli/size.h"

#define STEP 1024

void size_add(Buffer *buffer, uint64_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	size_t unit = 0;
	double value = (double)bytes;
	// 1023.95 and more would be shown as 1024.0.
	for (; value >= STEP - 0.05 && unit + 1 < COUNT(units); unit++)
		value /= STEP;
	buffer_printf(buffer, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
}

const char *size_print(uint64_t bytes, Arena *arena)
{
	CLEANUP_BUFFER text = { 0 };
	size_add(&text, bytes);
	return buffer_take(&text, arena);
}
