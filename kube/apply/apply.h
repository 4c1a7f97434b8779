// kube/apply/apply.h - objects made true on this host.
// ConfigMaps, Secrets and claims go to the store. Each Pod becomes a machine: everything that can fail (images,
// compilation, references, ports) is prepared while an old version runs on; then the new generation is switched to, and
// systemd is told to start all machines at once, or anew. Killed anywhere, the same call does the rest.
#ifndef KUBE_APPLY_APPLY_H
#define KUBE_APPLY_APPLY_H

#include "kube/schema/types.h"
#include "pkg/base/report.h"
#include "pkg/base/text.h"
#include "pkg/sys/bus/bus.h"
#include "pkg/sys/host.h"
#include "store/image/image.h"
#include "store/state/config.h"

typedef struct ApplyOptions {
	const char *root_fs; // "" = the built-in base
	bool is_full_boot;
	bool must_start;     // false: kube create
	bool must_not_exist; // kube create: an object of that name is an error
	bool is_enabled;     // start with the host
	uint64_t timeout_ms; // for the starting of all; 0 = none
	PullOptions pull;    // the policy is each container's
	bool is_again; // the Pods are taken as they were applied last; one that has ended for good runs again
	bool must_restart; // kube rollout restart: what runs is started anew, changed or not
} ApplyOptions;

typedef enum ApplyChange {
	APPLY_UNCHANGED,
	APPLY_CREATED,
	APPLY_CONFIGURED,
	APPLY_STARTED, // as declared already, but it did not run
	APPLY_FAILED,
	APPLY_CHANGE_COUNT,
} ApplyChange;

// kubectl's words: "unchanged", "created", "configured"; and "started", "failed".
const char *apply_change_to_text(ApplyChange change);

typedef struct ApplyResult {
	const Object *object;
	ApplyChange change;
	Error error; // FAILED; owned by the result
	const char
		*warning; // it is as declared, but a container did not end well; NULL when none did
} ApplyResult;
VEC_DECLARE(ApplyResults, apply_results, ApplyResult);

void apply_results_clear(ApplyResults *results);
#define CLEANUP_APPLY_RESULTS CLEANUP(apply_results_clear) ApplyResults

// What a registry was asked in this command, and what came of it: nobody is asked the same twice.
typedef struct AskedImage {
	const char *name;
	ImagePull policy;
	const PodSpec *spec; // whose imagePullSecrets it was asked with
	ErrorCode code;      // ERROR_NONE: the image is here
	const char *message;
} AskedImage;
VEC_DECLARE(AskedImages, asked_images, AskedImage);

typedef struct ApplyContext {
	const Host *host;
	const Config *config;
	Bus *bus; // the system bus
	Arena *arena;
	const ApplyOptions *options;
	AskedImages *asked; // {0} before the first call of a command
} ApplyContext;

// One result per object, in their order; one that fails does not stop the others. Notes about what works differently
// here go to `notes`. Fails itself only when nothing more can be done: interrupted, no D-Bus.
MUST_CHECK bool kube_apply(const ApplyContext *context, const Objects *objects, Report *notes,
			   ApplyResults *ret_results, Error *error);

// The same for Pods as they were applied last (options.is_again), by their names or those of their machines: what does
// not run is started, with what the names of its images mean now.
MUST_CHECK bool kube_start(const ApplyContext *context, const Texts *names, Report *notes,
			   ApplyResults *ret_results, Error *error);

// What --dry-run prints: the plan of a Pod. Pulls nothing and changes nothing: images must be in the store.
MUST_CHECK bool kube_plan(const ApplyContext *context, const Pod *pod, Report *notes, Buffer *json,
			  Error *error);

#endif
