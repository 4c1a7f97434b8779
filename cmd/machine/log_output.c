#include "cmd/machine/log_output.h"

static bool write_out(const char *bytes, size_t length, void *context)
{
	FILE *output = context;
	return fwrite(bytes, 1, length, output) == length && fflush(output) == 0;
}

bool log_output_print(const CommandContext *context, const LogSources *sources, LogOptions options,
		      Error *error)
{
	options.is_for_terminal = context->is_output_terminal;
	return logs_print(sources->items, sources->count, &options, write_out, context->output,
			  error);
}
