// When following is over: the container or its machine has ended.
#include "isolate/journal/logs.h"

#include "pkg/base/text.h"
#include "pkg/sys/bus/machine.h"
#include "pkg/sys/bus/unit.h"
#include "pkg/sys/file.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

// A machine that is just booting or that does not answer may still say something.
#define ANSWER_TIMEOUT_MS 2000

static bool has_ended(const UnitState *state)
{
	return state->active == UNIT_INACTIVE || state->active == UNIT_FAILED ||
	       text_equal(state->sub, "auto-restart");
}

static bool is_unit_live(pid_t leader, const char *unit)
{
	CLEANUP_ARENA arena = arena_new();
	CLEANUP_ERROR unanswered = { 0 };
	CLEANUP_BUS bus = NULL;
	UnitState state;
	return !bus_open_machine(leader, ANSWER_TIMEOUT_MS, &bus, &unanswered) ||
	       !bus_unit_state(bus, unit, arena, &state, &unanswered) || !has_ended(&state);
}

bool logs_find_end(Bus *bus, const char *machine, const char *unit, int *ret_until_fd,
		   bool *ret_is_live, Error *error)
{
	CLEANUP_ARENA arena = arena_new();
	Machine found;
	bool is_found = false;
	*ret_until_fd = -1;
	*ret_is_live = false;
	if (!bus_machine(bus, machine, arena, &found, &is_found, error))
		return false;
	if (!is_found)
		return true;

	CLEANUP_FD leader = (int)syscall(SYS_pidfd_open, found.leader, 0);
	if (leader < 0 && errno == ESRCH)
		return true;
	if (leader < 0)
		return error_set_errno(error, errno, "open process %d", (int)found.leader);
	*ret_is_live = !unit || is_unit_live(found.leader, unit);
	*ret_until_fd = steal_fd(&leader);
	return true;
}
