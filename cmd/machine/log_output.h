// cmd/machine/log_output.h - where the log commands print.
#ifndef CMD_MACHINE_LOG_OUTPUT_H
#define CMD_MACHINE_LOG_OUTPUT_H

#include "isolate/journal/logs.h"
#include "pkg/cli/command.h"

// Prints the sources to the command's output, safely when that is a terminal. A reader that goes away is no failure.
MUST_CHECK bool log_output_print(const CommandContext *context, const LogSources *sources,
				 LogOptions options, Error *error);

#endif
