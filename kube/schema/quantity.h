// kube/schema/quantity.h - amounts of resources as Kubernetes writes them: "500m", "1.5Gi", "2e3".
// A quantity is exact down to a billionth; smaller parts are rounded away from zero, and values beyond 2^63-1 are cut
// to it. It remembers the family of its suffix, so that printing keeps it: "1.5Gi" prints as "1536Mi", "0.5" as "500m".
// Some texts that are not canonical are printed as they were written, because Kubernetes does so: "+1", "5.", "1E3".
// Spec: apimachinery pkg/api/resource, <https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/>
#ifndef KUBE_SCHEMA_QUANTITY_H
#define KUBE_SCHEMA_QUANTITY_H

#include "pkg/base/arena.h"
#include "pkg/base/error.h"

#include <stdint.h>

typedef enum QuantityFormat {
	QUANTITY_DECIMAL_SI,       // n u m k M G T P E
	QUANTITY_BINARY_SI,        // Ki Mi Gi Ti Pi Ei
	QUANTITY_DECIMAL_EXPONENT, // 1e3
} QuantityFormat;

// {0} is the quantity 0.
typedef struct Quantity {
	bool is_negative;
	uint64_t whole; // at most 2^63-1
	uint32_t nano;  // billionths: 0..999999999
	QuantityFormat format;
	const char *
		text; // what prints, where the numbers do not tell it; NULL. Who changes these drops it
} Quantity;

// The whole text but for blanks around it. ret->text lives in the arena.
// Fails: ERROR_INVALID with one of the three texts of Kubernetes.
MUST_CHECK bool quantity_parse(const char *text, Arena *arena, Quantity *ret, Error *error);
// As Kubernetes prints it; mostly the canonical text: the largest suffix of its family that needs no fraction.
const char *quantity_print(const Quantity *quantity, Arena *arena);

// Negative, zero or positive as left is less than, equal to or greater than right.
int quantity_compare(const Quantity *left, const Quantity *right);
bool quantity_is_zero(const Quantity *quantity);
// Rounded up to whole units (bytes, cores); at most INT64_MAX.
int64_t quantity_units(const Quantity *quantity);
// Rounded up to thousandths ("1500m" is 1500); at most INT64_MAX.
int64_t quantity_milli(const Quantity *quantity);
// Rounds up to thousandths, as Kubernetes does with every resource list.
Quantity quantity_round_up_to_milli(const Quantity *quantity);

#endif
