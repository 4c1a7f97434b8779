#include "pkg/sys/notify.h"

#include <systemd/sd-daemon.h>

#define ANSWER_TIMEOUT_US (10 * 1000 * 1000)

bool notify_ready(const char *status, Error *error)
{
	int result = sd_notifyf(0, "READY=1\nSTATUS=%s", status);
	if (result > 0)
		result = sd_notify_barrier(0, ANSWER_TIMEOUT_US);
	return result >= 0 ||
	       error_set_errno(error, -result, "tell systemd that the service is up");
}
