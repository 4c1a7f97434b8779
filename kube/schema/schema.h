// kube/schema/schema.h - the one table that knows every field of the objects we read, at Kubernetes v1.36.
// A type is a list of fields, sorted by name. The table drives decoding (types, unknown fields, words of enums), what is
// said about fields without effect, printing, `sdme kube explain` and docs/support.md. A field that is honoured has a
// member in kube/schema/types.h, and so have fields that are only checked; each field that is not honoured says why.
#ifndef KUBE_SCHEMA_SCHEMA_H
#define KUBE_SCHEMA_SCHEMA_H

#include "kube/schema/types.h"

typedef enum SupportLevel {
	SUPPORT_HONOURED,
	SUPPORT_NOTED,    // accepted and kept, without effect here; a note says so
	SUPPORT_REFUSED,  // an error: to drop it silently would change what the Pod means
	SUPPORT_STRIPPED, // written by the API server; dropped without a word
	SUPPORT_LEVEL_COUNT,
} SupportLevel;

// What `mapping` starts with when the field will be done one day.
#define NOT_YET "not supported yet"

typedef enum FieldKind {
	FIELD_TEXT,
	FIELD_BOOL,
	FIELD_INT32,
	FIELD_INT64,
	FIELD_QUANTITY,
	FIELD_INT_OR_TEXT, // a port: number or name
	FIELD_DATA,        // text kept with its length: a DataItem
	FIELD_BYTES,       // base64: a DataItem
	FIELD_WORD,        // one of `words`; the member is an enum, 0 = unset, words[n] = n + 1
	FIELD_TIME,        // RFC 3339
	FIELD_STRUCT,
	FIELD_ANY, // not looked at; with a type: an object at least
} FieldKind;

typedef enum FieldShape {
	SHAPE_ONE,
	SHAPE_OPTIONAL, // numbers: an Optional… member; structs: a pointer; texts and words: "" is a value, not absence
	SHAPE_LIST,
	SHAPE_MAP,
} FieldShape;

typedef struct SchemaType SchemaType;

typedef struct FieldForm {
	FieldKind kind;
	FieldShape shape;
	const SchemaType *type; // FIELD_STRUCT, or what FIELD_ANY is called
} FieldForm;

typedef struct SchemaField {
	const char *name;
	FieldForm form;
	SupportLevel level;
	size_t offset;       // of the member in the C struct; 0 = no member (Origin is there)
	const char *help;    // what it means, in one or two sentences
	const char *mapping; // honoured: how it is done here; else: why not, or what to do instead
	const char *otherwise; // value when absent, as text; NULL = none
	const char
		*harmless; // values, separated by '|', that change nothing: they pass at any level
	const char *const *words; // FIELD_WORD, NULL-terminated, in the order of the enum
	bool keeps_order; // FIELD_WORD: list the words as they stand; Kubernetes sorts most of its lists
	bool lists_empty; // FIELD_WORD: "" stands in the list of words, too
	bool is_required;
	const char *required_detail; // said when it is missing; NULL = nothing
} SchemaField;

struct SchemaType {
	const char *name; // of the Go type: "Container"
	const char *help;
	const SchemaField *fields; // sorted by name
	size_t field_count;
	size_t size; // of the C struct; 0 = there is none
};

extern const SchemaType schema_object_meta;
extern const SchemaType schema_label_selector;
extern const SchemaType schema_list; // of objects of any kind
extern const SchemaType schema_pod;
extern const SchemaType schema_affinity;
extern const SchemaType schema_container;
extern const SchemaType schema_ephemeral_container;
extern const SchemaType schema_env_object_field;
extern const SchemaType schema_env_resource_field;
extern const SchemaType schema_seccomp_profile;
extern const SchemaType schema_app_armor_profile;
extern const SchemaType schema_selinux_options;
extern const SchemaType schema_windows_options;
extern const SchemaType schema_security_context;
extern const SchemaType schema_resource_requirements;
extern const SchemaType schema_volume;
extern const SchemaType schema_claim_spec;
extern const SchemaType schema_config_map;
extern const SchemaType schema_secret;
extern const SchemaType schema_persistent_volume_claim;

// The field of that exact name, or NULL.
const SchemaField *schema_find(const SchemaType *type, const char *name);
// The name that was most likely meant, or NULL.
const char *schema_nearest(const SchemaType *type, const char *name);
// "string", "integer", "[]Object", "map[string]string": as `kubectl explain` prints types.
const char *schema_form_text(const SchemaField *field, Arena *arena);
// "honoured", "noted", "refused", "stripped".
const char *support_level_text(SupportLevel level);

#endif
