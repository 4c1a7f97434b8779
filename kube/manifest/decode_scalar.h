// kube/manifest/decode_scalar.h - single values of a manifest: texts, numbers, quantities, words of enums. For kube/manifest/decode.c.
// Functions that return bool report what is wrong themselves, and leave the output untouched then.
#ifndef KUBE_MANIFEST_DECODE_SCALAR_H
#define KUBE_MANIFEST_DECODE_SCALAR_H

#include "kube/schema/field_path.h"
#include "kube/schema/schema.h"
#include "pkg/base/report.h"
#include "pkg/sys/text/yaml.h"

// One value to decode: what it is, what it should be, and where it goes.
typedef struct DecodeTarget {
	const SchemaType *owner; // the struct that the field belongs to
	const SchemaField *field;
	const YamlNode *node;
	const FieldPath *path;
	void *to;        // the member; NULL: only look for faults
	bool is_quiet;   // the field was refused or noted already: say nothing more about levels
	bool is_refused; // and nothing about values either: the field will go
} DecodeTarget;

// The words of a Go decoder: "json: cannot unmarshal bool into Go struct field …", with advice on quotes.
// is_item: the fault is one item of a list or map, not the whole.
void decode_fail_type(Report *report, const DecodeTarget *target, bool is_item);

// The number of the word in the list of the field, from 1; 0 when it is none of them.
unsigned decode_find_word(const SchemaField *field, const char *text);
bool decode_text(Report *report, const DecodeTarget *target, const char **ret);
bool decode_quantity(Report *report, const DecodeTarget *target, Quantity *ret);
// base64; ret is followed by a NUL.
bool decode_bytes(Report *report, const DecodeTarget *target, const char **ret, size_t *ret_length);

// These store the value in the member, when there is one.
void decode_text_field(Report *report, const DecodeTarget *target);
void decode_bool_field(Report *report, const DecodeTarget *target);
void decode_integer_field(Report *report, const DecodeTarget *target);
void decode_quantity_field(Report *report, const DecodeTarget *target);
void decode_word_field(Report *report, const DecodeTarget *target);

// These have no members.
void decode_port(Report *report, const DecodeTarget *target);
void decode_time(Report *report, const DecodeTarget *target);

#endif
