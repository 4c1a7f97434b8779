// kube/schema/rows.h - the words in which the rows of the schema are written. For kube/schema/ only.
// A row: { "name", FORM, SUPPORT_…, IN(Struct, member, Type), .help = …, .mapping = … }, NONE instead of IN(…) for a field
// without a member.
#ifndef KUBE_SCHEMA_ROWS_H
#define KUBE_SCHEMA_ROWS_H

#include "kube/schema/schema.h"

#include <stddef.h>

// offsetof, and a compile error unless the member has the type. (An enum is compatible with unsigned.)
#define IN(Struct, member, Type) _Generic(&((Struct *)0)->member, Type * : offsetof(Struct, member))
#define NONE                     0

// clang-format off
#define TEXT            { FIELD_TEXT, SHAPE_ONE, NULL }
#define OPTIONAL_TEXT   { FIELD_TEXT, SHAPE_OPTIONAL, NULL }
#define TEXTS           { FIELD_TEXT, SHAPE_LIST, NULL }
#define TEXT_MAP        { FIELD_TEXT, SHAPE_MAP, NULL }
#define BOOL            { FIELD_BOOL, SHAPE_ONE, NULL }
#define OPTIONAL_BOOL   { FIELD_BOOL, SHAPE_OPTIONAL, NULL }
#define INT32           { FIELD_INT32, SHAPE_ONE, NULL }
#define INT32S          { FIELD_INT32, SHAPE_LIST, NULL }
#define OPTIONAL_INT32  { FIELD_INT32, SHAPE_OPTIONAL, NULL }
#define INT64           { FIELD_INT64, SHAPE_ONE, NULL }
#define OPTIONAL_INT64  { FIELD_INT64, SHAPE_OPTIONAL, NULL }
#define INT64S          { FIELD_INT64, SHAPE_LIST, NULL }
#define QUANTITY        { FIELD_QUANTITY, SHAPE_OPTIONAL, NULL }
#define QUANTITY_MAP    { FIELD_QUANTITY, SHAPE_MAP, NULL }
#define INT_OR_TEXT     { FIELD_INT_OR_TEXT, SHAPE_ONE, NULL }
#define BYTES_MAP       { FIELD_BYTES, SHAPE_MAP, NULL }
#define DATA_MAP        { FIELD_DATA, SHAPE_MAP, NULL }
#define WORD            { FIELD_WORD, SHAPE_ONE, NULL }
#define OPTIONAL_WORD   { FIELD_WORD, SHAPE_OPTIONAL, NULL }
#define TIME            { FIELD_TIME, SHAPE_ONE, NULL }
#define ANY             { FIELD_ANY, SHAPE_ONE, NULL }
#define OBJECT(type)    { FIELD_ANY, SHAPE_ONE, &(type) }
#define STRUCT(type)    { FIELD_STRUCT, SHAPE_ONE, &(type) }
#define POINTER(type)   { FIELD_STRUCT, SHAPE_OPTIONAL, &(type) }
#define LIST(type)      { FIELD_STRUCT, SHAPE_LIST, &(type) }
// clang-format on

// A type with a C struct, and one without.
#define TYPE(c_name, Struct, go_name, rows, words)                                                 \
	const SchemaType c_name = { .name = (go_name),                                             \
				    .help = (words),                                               \
				    .fields = (rows),                                              \
				    .field_count = COUNT(rows),                                    \
				    .size = sizeof(Struct) }
#define TYPE_ONLY(c_name, go_name, rows, words)                                                    \
	const SchemaType c_name = {                                                                \
		.name = (go_name), .help = (words), .fields = (rows), .field_count = COUNT(rows)   \
	}

#endif
