// kube/schema/field_path.h - where a value stands in its object, as Kubernetes writes it: "spec.containers[0].ports[1]".
// A path is a chain of links on the stack, from the value up to the object; it becomes text only in a message.
#ifndef KUBE_SCHEMA_FIELD_PATH_H
#define KUBE_SCHEMA_FIELD_PATH_H

#include "pkg/base/arena.h"

typedef struct FieldPath FieldPath;
struct FieldPath {
	const FieldPath *parent; // NULL for fields of the object itself
	const char *name;        // of the field, or NULL
	const char *key;         // of a map: [key]
	size_t index;            // of a list, counted from 1; 0 = none
};

// NULL is the object itself: "". Names are joined by dots, list members are [0], keys of maps [key].
const char *field_path_text(const FieldPath *path, Arena *arena);
// As field_path_text without what stands in brackets: "spec.containers.ports".
const char *field_path_text_plain(const FieldPath *path, Arena *arena);

#define FIELD(parent_path, field_name)                                                             \
	(&(const FieldPath){ .parent = (parent_path), .name = (field_name) })
#define FIELD_AT(parent_path, number)                                                              \
	(&(const FieldPath){ .parent = (parent_path), .index = (number) + 1 })
#define FIELD_KEY(parent_path, map_key)                                                            \
	(&(const FieldPath){ .parent = (parent_path), .key = (map_key) })

#endif
