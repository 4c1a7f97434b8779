// kube/kind/actions.h - what this host does with the objects of one kind.
#ifndef KUBE_KIND_ACTIONS_H
#define KUBE_KIND_ACTIONS_H

#include "kube/schema/kinds.h"
#include "pkg/base/text.h"
#include "pkg/sys/bus/bus.h"
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
	Texts cells;        // one per column
	const char *remark; // more than a column has room for: why a Pod's machine has failed; NULL
	const void *source; // what `print` needs of it
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
	// Appends one of them as Kubernetes' JSON. What a Secret holds is not in it.
	bool (*print)(const KindContext *context, const KindItem *item, Buffer *json, Error *error);
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
// Appends the object, JSON, up to where the value of its last member, `status`, stands; a '}' ends it.
void kind_begin_status(const char *object, Buffer *json);

#endif
