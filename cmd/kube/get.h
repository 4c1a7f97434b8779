// cmd/kube/get.h - the pieces of `sdme kube get`, for cmd/kube/get*.c only.
// A request is what was asked for; a look is what there was at one moment. Looking, sorting and printing are apart, so that
// --watch can look again and print what is different.
#ifndef CMD_KUBE_GET_H
#define CMD_KUBE_GET_H

#include "kube/kind/actions.h"
#include "kube/kind/object_words.h"
#include "kube/manifest/node_path.h"
#include "kube/schema/label_selector.h"
#include "pkg/cli/command.h"

typedef enum GetFormat {
	GET_TABLE,
	GET_WIDE,
	GET_JSON,
	GET_YAML,
	GET_NAME,
} GetFormat;

typedef struct GetOptions {
	unsigned format; // a GetFormat
	const char *selector;
	bool has_all_namespaces;
	bool must_watch;
	const char *sort_by;
	bool hides_headers;
	bool shows_labels;
	Texts label_columns;
	bool ignores_missing;
} GetOptions;

typedef struct GetRequest {
	const CommandContext *context;
	const GetOptions *options;
	Bus *bus;
	ObjectWordsList words;
	LabelSelector selector;
	NodePath sort_path; // empty: by name
	bool has_names;     // not all objects of a kind, but these
	bool is_single;     // one object, by name
	bool shows_kinds;   // pod/web instead of web
} GetRequest;

// JSON or YAML.
bool get_prints_objects(const GetRequest *request);

typedef struct GetItem {
	KindItem row;
	const YamlNode *object; // the whole of it; NULL: nobody asked for it, or it is damaged
	const char *problem;    // why it is damaged; NULL
} GetItem;
VEC_DECLARE(GetItems, get_items, GetItem);

// What there was of one kind.
typedef struct GetFound {
	const Kind *kind;
	GetItems items;
} GetFound;
VEC_DECLARE(GetFoundList, get_found_list, GetFound);

typedef struct GetLook {
	KindContext kind_context; // all of the look lives in its arena
	GetFoundList found;
	const char *missing; // `pods "web" not found; …`, or ""
} GetLook;

// cmd/kube/get_look.c: what there is now, by name, or as it was named.
MUST_CHECK bool get_look(const GetRequest *request, Arena *arena, GetLook *ret, Error *error);
// Each kind by itself. Fails when none of its objects has the value.
MUST_CHECK bool get_sort(const GetRequest *request, GetLook *look, Error *error);
// Fails when an object that was named is not there, unless that is to be ignored.
MUST_CHECK bool get_check_missing(const GetRequest *request, const GetLook *look, Error *error);
size_t get_count(const GetLook *look);

// What a table hands on to the one that goes on where it ended.
typedef struct GetSeries {
	size_t *widths; // of the columns
	bool has_titles;
} GetSeries;

// cmd/kube/get_print.c. series: NULL = it is printed once, objects as a List.
void get_print(const GetRequest *request, const GetLook *look, GetSeries *series);
// For a table of this kind.
GetSeries get_series(const GetRequest *request, const Kind *kind);

// cmd/kube/get_watch.c: prints, and goes on with what changes. Ends with ERROR_INTERRUPTED, or when nobody reads any more.
MUST_CHECK bool get_watch(const GetRequest *request, Error *error);

#endif
