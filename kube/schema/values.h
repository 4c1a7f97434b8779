// kube/schema/values.h - what the structs of kube/schema/types.h are made of: where a value comes from, and whether it is there.
#ifndef KUBE_SCHEMA_VALUES_H
#define KUBE_SCHEMA_VALUES_H

#include "kube/schema/quantity.h"
#include "pkg/base/error.h"
#include "pkg/base/pairs.h"
#include "pkg/base/vec.h"

#include <stdint.h>

typedef struct YamlNode YamlNode;

// Where a struct comes from: its place in the file, and the mapping it was read from (NULL when it was made by a
// default or a test). First member of every struct that the decoder fills.
typedef struct Origin {
	SourcePos where;
	const YamlNode *node;
} Origin;

// The place of the field `name` of the struct: of its value when it was written, else of the struct itself.
SourcePos origin_of(const Origin *origin, const char *name);
// The place of one item of the list `name`.
SourcePos origin_of_item(const Origin *origin, const char *name, size_t index);

typedef struct OptionalInt64 {
	bool is_set;
	int64_t value;
} OptionalInt64;

typedef struct OptionalBool {
	bool is_set;
	bool value;
} OptionalBool;

typedef struct OptionalQuantity {
	bool is_set;
	Quantity value;
} OptionalQuantity;

VEC_DECLARE(Int64s, int64s, int64_t);

typedef struct ResourceAmount {
	const char *name; // "cpu", "memory", "storage" …
	Quantity quantity;
	SourcePos where;
	bool is_default; // a request that nobody wrote: it was taken from the limit
} ResourceAmount;
VEC_DECLARE(ResourceList, resource_list, ResourceAmount);

#endif
