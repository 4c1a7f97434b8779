#include "isolate/guest/app/exec.h"

#include "isolate/guest/app/launch.h"
#include "isolate/guest/base/line.h"

// A command that cannot be executed is its user's mistake and told him on his stderr; anything else is told our caller.
static int refuse(const SpecFailure *failure, int report)
{
	const bool is_refusal = failure->exit_status == SPEC_EXIT_NOT_FOUND ||
				failure->exit_status == SPEC_EXIT_NOT_EXECUTABLE;
	if (is_refusal) {
		Line line;
		line.length = 0;
		line_add(&line, "sdme: ");
		line_add_failure(&line, failure->what, failure->subject, failure->os_errno);
		line_add(&line, "\n");
		line_write(&line, STDERR);
	} else {
		sys_write(report, failure, sizeof(*failure));
	}
	return failure->exit_status;
}

int exec_run(const char *spec_fd, const char *failure_fd)
{
	const int spec = (int)text_number(spec_fd, NULL);
	const int report = (int)text_number(failure_fd, NULL);

	Application application;
	SpecFailure failure = { 0 };
	const int result = application_load(spec, &application);
	if (result < 0) {
		failure_set(&failure, result, "understand the specification", "");
	} else {
		const char *directory = application.working_directory;
		const long changed = CALL1(chdir, directory);
		if (changed < 0)
			failure_set(&failure, changed, "enter the working directory", directory);
		else
			launch_here(&application, &failure);
	}
	return refuse(&failure, report);
}
