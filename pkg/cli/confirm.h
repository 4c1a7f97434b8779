// pkg/cli/confirm.h - the question before something is lost.
#ifndef PKG_CLI_CONFIRM_H
#define PKG_CLI_CONFIRM_H

#include "pkg/cli/command.h"

// Asks `question` ("remove 3 containers?") on stderr and reads the answer from `input` (stdin). True only for y or yes.
// Fails with ERROR_USAGE when nobody can be asked, naming the option that answers beforehand ("--force");
// ERROR_FAILED "not confirmed"; ERROR_INTERRUPTED.
MUST_CHECK bool confirm(const CommandContext *context, FILE *input, const char *question,
			const char *option, Error *error);

#endif
