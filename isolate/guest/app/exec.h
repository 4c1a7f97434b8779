// isolate/guest/app/exec.h - a command beside a running application.
#ifndef ISOLATE_GUEST_APP_EXEC_H
#define ISOLATE_GUEST_APP_EXEC_H

// `sdme-isolate exec SPEC_FD FAILURE_FD`: becomes the command. Returns the exit status when it cannot.
int exec_run(const char *spec_fd, const char *failure_fd);

#endif
