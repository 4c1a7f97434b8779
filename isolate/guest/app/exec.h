// isolate/guest/app/exec.h - a command beside a running application.
// Whoever is root in the application may look into its processes, change them and signal them: from the moment at which
// they have a number in its pid namespace. The command gets one when there is nothing more to gain: we go into the other
// namespaces, take on all that confines the application, and fork only then. What is left to the child is to execute.
#ifndef ISOLATE_GUEST_APP_EXEC_H
#define ISOLATE_GUEST_APP_EXEC_H

// `sdme-isolate exec`: the descriptors and the answer are those of isolate/guest/spec.h. Does not return.
void __attribute__((noreturn)) exec_run(void);

#endif
