#include "pkg/cli/confirm.h"

#include "pkg/base/text.h"
#include "pkg/sys/interrupt.h"

static void free_line(char **line)
{
	free(*line);
}

bool confirm(const CommandContext *context, FILE *input, const char *question, const char *option,
	     Error *error)
{
	if (!context->is_interactive)
		return error_set(error, ERROR_USAGE, "%s nobody can be asked; use %s", question,
				 option);

	fprintf(context->messages, "%s [y/N] ", question);
	fflush(context->messages);
	CLEANUP(free_line) char *line = NULL;
	size_t capacity = 0;
	const ssize_t length = getline(&line, &capacity, input);
	if (!interrupt_check(error))
		return false;
	const bool is_yes = length > 0 && (text_equal(line, "y\n") || text_equal(line, "yes\n"));
	return is_yes || error_set(error, ERROR_FAILED, "not confirmed");
}
