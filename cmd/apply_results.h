// cmd/apply_results.h - what became of each object, for the commands that make objects true.
#ifndef CMD_APPLY_RESULTS_H
#define CMD_APPLY_RESULTS_H

#include "kube/apply/apply.h"
#include "pkg/cli/command.h"

typedef struct ApplyWords {
	const char *done; // of each object: "restarted"; NULL: what has changed
	const char *verb; // "2 of 3 objects could not be applied"
} ApplyWords;

// "error: pod/web: …", on the messages.
void apply_results_print_failure(const CommandContext *context, const Object *object,
				 const Error *error);
// One line for each object. Fails when one of them has failed.
MUST_CHECK bool apply_results_print(const CommandContext *context, const ApplyResults *results,
				    const ApplyWords *words, Error *error);

#endif
