#include "isolate/guest/base/failure.h"

#include "isolate/guest/base/line.h"

static void copy(char *to, size_t size, const char *from)
{
	size_t length = text_length(from);
	if (length > size - 1)
		length = size - 1;
	memcpy(to, from, length);
	to[length] = '\0';
}

bool failure_set(SpecFailure *failure, long os_errno, const char *what, const char *subject)
{
	failure->os_errno = (int32_t)(os_errno < 0 ? -os_errno : os_errno);
	failure->exit_status = SPEC_EXIT_START_ERROR;
	copy(failure->what, sizeof(failure->what), what);
	copy(failure->subject, sizeof(failure->subject), subject);
	return false;
}
