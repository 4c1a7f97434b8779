// Any text as a quantity: refused, or its canonical form is the same quantity.
#include "kube/schema/quantity.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA arena = arena_new();
	CLEANUP_ERROR error = { 0 };
	Quantity quantity = { 0 };
	if (!quantity_parse(arena_strndup(arena, (const char *)data, size), arena, &quantity,
			    &error))
		return 0;
	// Beyond 10^10 with billionths the canonical form is rounded up.
	const char *text = quantity_print(&quantity, arena);
	Quantity again = { 0 };
	assert(quantity_parse(text, arena, &again, &error));
	assert(quantity_compare(&quantity, &again) == 0 || quantity.whole > 10000000000u);
	// A binary quantity may have to be written without a suffix ("62.5Ki" is 64000), and is decimal when it is read again
	// ("64k"), as upstream. From there on nothing changes.
	const char *canonical = quantity_print(&again, arena);
	Quantity last = { 0 };
	assert(quantity_parse(canonical, arena, &last, &error));
	assert(strcmp(canonical, quantity_print(&last, arena)) == 0 ||
	       quantity.whole > 10000000000u);
	const bool is_decimal_now =
		quantity.format == QUANTITY_BINARY_SI && again.format == QUANTITY_DECIMAL_SI;
	assert(is_decimal_now || strcmp(text, canonical) == 0 || quantity.whole > 10000000000u);
	const Quantity rounded = quantity_round_up_to_milli(&quantity);
	assert(quantity_compare(&rounded, &quantity) >= 0);
	assert(quantity_units(&quantity) <= quantity_milli(&quantity) || quantity.is_negative);
	return 0;
}
