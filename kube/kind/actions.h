// kube/kind/actions.h - what this host does with the objects of one kind.
#ifndef KUBE_KIND_ACTIONS_H
#define KUBE_KIND_ACTIONS_H

#include "kube/schema/kinds.h"
#include "pkg/base/text.h"
#include "pkg/sys/bus/watch.h"
#include "pkg/sys/text/yaml.h"
#include "store/object/object.h"
#include "store/state/config.h"
#include "store/state/layout.h"

typedef struct KindContext {
	const Host *host;
	const Config *config;
	Bus *bus; // the system bus
	Arena *arena;
	int64_t now;  // seconds since the epoch
	bool is_wide; // wide columns are shown
} KindContext;

typedef struct KindColumn {
	const char *title; // as kubectl's, behind NAME: "ACCESS MODES"
	bool is_wide;      // with -o wide only
} KindColumn;

// An object that is there, as a row of `kube get`.
typedef struct KindItem {
	const char *name;
	Pairs labels;
	Texts cells;        // one per column
	const char *remark; // more than a column has room for: why a Pod's machine has failed; NULL
	uint64_t
		generation; // counts the changes of what is kept of it; 0: its object shows them all
	const void *source; // what `encode` needs of it
} KindItem;
VEC_DECLARE(KindItems, kind_items, KindItem);

// How what runs is ended.
typedef struct KindStop {
	bool must_kill;
	uint64_t grace_ms; // killed after that; 0: after each Pod's own grace period
} KindStop;

struct KindActions {
	LayoutDirectory directory; // has an entry per object
	const KindColumn *columns;
	size_t column_count;

	// All objects, by name.
	bool (*list)(const KindContext *context, KindItems *ret_items, Error *error);
	// One of them whole, with what the server of a cluster would add to it. What a Secret holds is not in it.
	bool (*encode)(const KindContext *context, const KindItem *item, const YamlNode **ret,
		       Error *error);
	// Adds to `watch` where changes of these items show, other than in names of `directory`; NULL: nowhere else.
	bool (*watch)(const KindContext *context, const KindItems *items, Watch *watch,
		      Error *error);
	// Makes the object true; NULL for Pods, which are applied together (kube/apply/apply.h).
	bool (*apply)(const KindContext *context, const Object *object, PutMode mode,
		      StoreChange *ret_change, Error *error);
	// Fails when it may not be removed; NULL: it always may. ERROR_BUSY names who uses it.
	bool (*check_removal)(const KindContext *context, const char *name, Error *error);
	// Ends what runs, all at once, before it is removed; NULL: nothing runs.
	bool (*stop)(const KindContext *context, const Texts *names, const KindStop *how,
		     Error *error);
	// Fails with ERROR_NOT_FOUND.
	bool (*remove)(const KindContext *context, const char *name, Error *error);
};

// What stands in the column AGE.
const char *kind_age(const KindContext *context, int64_t created_at);
// The object with what only a server knows of it: when it was made (0: unknown), and its status (JSON; NULL: it has none).
const YamlNode *kind_add_server_fields(const YamlNode *object, int64_t created_at,
				       const char *status, Arena *arena);
// JSON that we wrote ourselves, as a tree.
const YamlNode *kind_read_json(const char *json, Arena *arena);

#endif
