// kube/schema/kinds.h - one row per kind of object: what it is called, what its fields are, and what is done with it.
// A kind that is taken is a row of `kinds`, a schema (kube/schema/), defaults and checks (kube/manifest/, kube/check/) and
// actions (kube/kind/); reading, apply, get, delete, explain and completion know it through its row. Of Kubernetes' other
// kinds the words are known.
#ifndef KUBE_SCHEMA_KINDS_H
#define KUBE_SCHEMA_KINDS_H

#include "kube/schema/schema.h"
#include "pkg/base/report.h"

typedef struct KindActions KindActions;

typedef struct KindNames {
	const char *kind;        // "ConfigMap"
	const char *api_version; // "v1", "apps/v1"
	const char *plural;      // "configmaps"
	const char *short_name;  // "cm"; NULL: there is none
} KindNames;

typedef struct Kind {
	KindNames names;
	const char *singular; // "configmap", as in "configmap/web created"
	ObjectKind object;
	const SchemaType *type;
	size_t metadata_offset; // of the ObjectMeta in the type's C struct
	bool is_in_all;         // belongs to what kubectl calls "all"
	bool is_secret;         // its data is never shown, nor left in memory

	// The document without what a cluster added to it, each told by a note; NULL: a cluster adds nothing.
	const YamlNode *(*strip)(const YamlNode *document, Report *report);
	// The defaults of object_default, but those that all kinds share; NULL: there are none.
	void (*fill_in)(Object *object, Arena *arena);
	// The rules of object_check, but those of the metadata.
	void (*check)(const Object *object, Report *report);
	const KindActions *actions; // kube/kind/actions.h
} Kind;

// kube/manifest/
const YamlNode *kind_pod_strip(const YamlNode *pod, Report *report);
void kind_pod_fill_in(Object *object, Arena *arena);
void kind_secret_fill_in(Object *object, Arena *arena);
void kind_claim_fill_in(Object *object, Arena *arena);
// kube/check/
void kind_pod_check(const Object *object, Report *report);
void kind_config_map_check(const Object *object, Report *report);
void kind_secret_check(const Object *object, Report *report);
void kind_claim_check(const Object *object, Report *report);
// kube/kind/
extern const KindActions kind_pod_actions;
extern const KindActions kind_config_map_actions;
extern const KindActions kind_secret_actions;
extern const KindActions kind_claim_actions;

// In the order of ObjectKind.
extern const Kind kinds[OBJECT_KIND_COUNT];

// The kind of a manifest that we read, or NULL.
const Kind *kind_find(const char *api_version, const char *kind);
// Says why the kind is not read: an error, or a note for kinds that have no meaning on one host.
void kind_report_unread(const char *api_version, const char *kind, SourcePos where, Report *report);

// The kind that users mean by a word, as kubectl understands it: "configmaps", "configmap", "cm", in any case, and with
// version and group behind dots, "configmaps.v1."; or NULL.
const Kind *kind_of_word(const char *word);
// Whether it is "all", which stands for the kinds with is_in_all.
bool kind_is_all(const char *word);
// Whether the word means any kind of Kubernetes', one that is not taken among them, or all.
bool kind_is_word(const char *word);
// Sets the error that says why kind_of_word knows no such kind. Returns false.
bool kind_word_fail(const char *word, Error *error);

#endif
