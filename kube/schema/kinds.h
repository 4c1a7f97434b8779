// kube/schema/kinds.h - one row per kind of object: what it is called, what its fields are, and what is done with it.
// A kind that is taken is a row of `kinds`, a schema (kube/schema/) and actions (kube/kind/); reading, apply, get,
// delete, explain and completion know it through its row. Of Kubernetes' other kinds the words are known.
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
	size_t metadata_offset;     // of the ObjectMeta in the type's C struct
	bool is_in_all;             // belongs to what kubectl calls "all"
	const KindActions *actions; // kube/kind/actions.h
} Kind;

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
