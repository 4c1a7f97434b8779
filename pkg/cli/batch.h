// pkg/cli/batch.h - commands that take several names: rm, start, stop, enable …
// The convention: per item `VERBing 'name'` on stderr, then the name on stdout or `error: name: message` on stderr; one
// failure does not stop the rest, but the command fails in the end. A signal ends it between two items.
#ifndef PKG_CLI_BATCH_H
#define PKG_CLI_BATCH_H

#include "pkg/cli/command.h"

typedef struct BatchVerb {
	const char *doing;  // "stopping"
	const char *past;   // "stopped"
	const char *things; // "containers"
} BatchVerb;

// Does the work for one name. `data` is the caller's.
typedef bool (*BatchItem)(const CommandContext *context, const char *name, void *data,
			  Error *error);

// Fails with ERROR_FAILED "some containers could not be stopped", or ERROR_INTERRUPTED.
MUST_CHECK bool batch_run(const CommandContext *context, const BatchVerb *verb, const Texts *names,
			  BatchItem item, void *data, Error *error);

// Does the work for all names at once. ret_failures: one for each name, empty where the work is done.
typedef bool (*BatchAll)(const CommandContext *context, const Texts *names, void *data,
			 Error *ret_failures, Error *error);

// As batch_run; what is being done is said of all names first. Fails as `all` does, or as batch_run.
MUST_CHECK bool batch_run_together(const CommandContext *context, const BatchVerb *verb,
				   const Texts *names, BatchAll all, void *data, Error *error);

// The one of `names` that the user means by `text`: the exact name, or the only one that starts so.
// thing: "container", for the errors "no container found matching 'x'" (ERROR_NOT_FOUND) and
// "ambiguous name 'w', could match: web, worker" (ERROR_INVALID).
MUST_CHECK bool name_resolve(const char *text, const char *thing, const Texts *names, Arena *arena,
			     const char **ret_name, Error *error);
// All of `texts`, each name once, in order of first mention. Stops at the first that fits no name.
MUST_CHECK bool name_resolve_all(const Texts *texts, const char *thing, const Texts *names,
				 Arena *arena, Texts *ret_names, Error *error);

#endif
