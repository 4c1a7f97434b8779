// isolate/guest/app/supervise.h - the application from its start to its end: signals in, output and status out.
#ifndef ISOLATE_GUEST_APP_SUPERVISE_H
#define ISOLATE_GUEST_APP_SUPERVISE_H

#include "isolate/guest/app/launch.h"
#include "isolate/guest/app/pump.h"
#include "isolate/guest/app/record.h"

typedef struct Supervision {
	int signals;   // signalfd of all signals
	bool has_stop; // somebody has asked us to end
	Log log;
	Outlet outlet;
	Pump pump; // of the application that runs
} Supervision;

// Opens the signalfd; signals are blocked already. False when the kernel refuses.
bool supervise_open(Supervision *supervision);
// Passes signals on and output through until the application has ended.
void supervise(Supervision *supervision, const Application *application, const Launched *launched,
	       Ending *ret);
// Then brings the rest of its output to the log, and says whether it could.
void supervise_finish(Supervision *supervision, Ending *ending);
// Sleeps until `till_us` (since 1970). 0, or the number of the signal that ended the wait.
int supervise_wait(Supervision *supervision, int64_t till_us);

#endif
