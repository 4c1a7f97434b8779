#include "cmd/errors_doc.h"

#include "pkg/base/error.h"

static const char introduction[] =
	"# Errors\n"
	"\n"
	"Made from the table in pkg/base/error.c; do not edit.\n"
	"\n"
	"A command that fails prints one line on standard error that begins with `Error: ` and reads from the outside in:\n"
	"what was asked for, the step that failed, the reason, and where we know it, what to do. Faults of a manifest come\n"
	"all at once instead, one line each, as `FILE:LINE:COLUMN: FIELD: REASON`. Nothing is printed on standard output that\n"
	"is not a result, so scripts can tell by the exit status alone:\n"
	"\n"
	"| exit status | kind | meaning |\n"
	"|---|---|---|\n";

static const char ending[] =
	"\n"
	"`sdme exec` and `sdme kube exec` end with the status of the command they ran, 128 + N when signal N ended it.\n";

void errors_doc_print_markdown(Buffer *buffer)
{
	buffer_add(buffer, introduction);
	for (unsigned code = 0; code < ERROR_CODE_COUNT; code++)
		buffer_printf(buffer, "| %d | %s | %s |\n", error_code_exit_status((ErrorCode)code),
			      error_code_to_text((ErrorCode)code),
			      error_code_help((ErrorCode)code));
	buffer_add(buffer, ending);
}
