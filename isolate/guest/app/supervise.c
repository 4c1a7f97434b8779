#include "isolate/guest/app/supervise.h"

#include "isolate/guest/app/oom.h"
#include "isolate/guest/base/line.h"

enum {
	STATUS_BYTES = 4096,
	SIGNAL_FDS = 1
};

#define BIT(signal) (UINT64_C(1) << ((signal)-1))

// Signals about ourselves: our child, our pipes, our faults, our terminal.
static const uint64_t own_signals = BIT(SIGCHLD) | BIT(SIGPIPE) | BIT(SIGSEGV) | BIT(SIGBUS) |
				    BIT(SIGILL) | BIT(SIGFPE) | BIT(SIGTRAP) | BIT(SIGSYS) |
				    BIT(SIGURG) | BIT(SIGTSTP) | BIT(SIGTTIN) | BIT(SIGTTOU);
// Those that do not end a process without a handler.
static const uint64_t harmless_signals = BIT(SIGCONT) | BIT(SIGWINCH);

// Ask us to end. systemd stops a service by a signal of the image's choice, which says nothing by itself, and always
// sends SIGCONT right after it (systemd.kill(5), KillSignal=).
static const uint64_t stop_signals = BIT(SIGTERM) | BIT(SIGINT) | BIT(SIGQUIT) | BIT(SIGCONT);

bool supervise_open(Supervision *supervision)
{
	const uint64_t all = ~UINT64_C(0);
	supervision->has_stop = false;
	supervision->signals =
		(int)CALL4(signalfd4, -1, &all, SIGNAL_SET_BYTES, O_CLOEXEC | O_NONBLOCK);
	return supervision->signals >= 0;
}

// The next signal that is for the application or for us; 0 when there is none.
static int next_signal(const Supervision *supervision)
{
	struct signalfd_siginfo info;
	const long got = sys_read(supervision->signals, &info, sizeof(info));
	return got == sizeof(info) ? (int)info.ssi_signo : 0;
}

static uint64_t hexadecimal(const char *text)
{
	uint64_t number = 0;
	for (;; text++) {
		if (*text >= '0' && *text <= '9')
			number = number << 4 | (uint64_t)(*text - '0');
		else if (*text >= 'a' && *text <= 'f')
			number = number << 4 | (uint64_t)(*text - 'a' + 10);
		else
			return number;
	}
}

// The signals that the process blocks, ignores or catches; all of them when that cannot be found out.
static uint64_t handled_signals(int pid)
{
	Line path;
	path.length = 0;
	line_add(&path, "/proc/");
	line_add_number(&path, (uint64_t)pid);
	line_add(&path, "/status");

	char text[STATUS_BYTES];
	const int fd = sys_open(AT_FDCWD, path.text, O_RDONLY, 0);
	const long length = sys_read(fd, text, sizeof(text) - 1);
	sys_close(fd);
	if (length <= 0)
		return ~UINT64_C(0);
	text[length] = '\0';

	static const char *const keys[] = { "\nSigBlk:\t", "\nSigIgn:\t", "\nSigCgt:\t" };
	uint64_t handled = 0;
	for (const char *at = text; *at; at++) {
		for (size_t i = 0; *at == '\n' && i < sizeof(keys) / sizeof(keys[0]); i++) {
			const char *value = text_after(at, keys[i]);
			handled |= value ? hexadecimal(value) : 0;
		}
	}
	return handled;
}

// Passes the signal on. PID 1 of a pid namespace never gets a signal that it has no handler for: where that is asked
// for, the signal ends it as it would end any other process. Returns that signal, or 0.
static int forward(const Application *application, int pid, int signal)
{
	const bool ends = application_has(application, SPEC_END_UNHANDLED) &&
			  application_has(application, SPEC_OWN_PIDS) &&
			  !(harmless_signals & BIT(signal)) &&
			  !(handled_signals(pid) & BIT(signal));
	sys_kill(pid, ends ? SIGKILL : signal);
	return ends ? signal : 0;
}

static void set_ending(Ending *ending, int status, int ended_by, uint64_t oom_kills_before)
{
	const int signal = ended_by ? ended_by : status & 0x7f;
	const int code = signal ? SPEC_EXIT_SIGNAL + signal : status >> 8 & 0xff;
	const bool is_oom = signal == SIGKILL && oom_kills() > oom_kills_before;
	ending_set(ending, code, signal, is_oom ? "OOMKilled" : code ? "Error" : "Completed");
}

// Handles all that has arrived. True when the application has ended, with its wait status.
static bool handle_signals(Supervision *supervision, const Application *application, int pid,
			   int *ended_by, int *ret_status)
{
	bool has_ended = false;
	for (int signal; (signal = next_signal(supervision)) != 0;) {
		supervision->has_stop |= (stop_signals & BIT(signal)) != 0;
		if (signal == SIGCHLD && !has_ended)
			has_ended = CALL4(wait4, pid, ret_status, 1 /* WNOHANG */, 0) == pid;
		if (has_ended || own_signals & BIT(signal))
			continue;
		const int end = forward(application, pid, signal);
		*ended_by = end ? end : *ended_by;
	}
	return has_ended;
}

void supervise(Supervision *supervision, const Application *application, const Launched *launched,
	       Ending *ret)
{
	const uint64_t oom_kills_before = oom_kills();
	Pump *pump = &supervision->pump;
	pump_init(pump, launched->stdio.out, launched->stdio.err, &supervision->log,
		  &supervision->outlet);

	int status = 0, ended_by = 0;
	for (;;) {
		struct pollfd fds[SIGNAL_FDS + PUMP_FDS];
		fds[0] = (struct pollfd){ .fd = supervision->signals, .events = POLLIN };
		pump_watch(pump, fds + SIGNAL_FDS);
		if (sys_poll(fds, SIGNAL_FDS + PUMP_FDS, NULL) < 0)
			continue;
		if (fds[0].revents &&
		    handle_signals(supervision, application, launched->pid, &ended_by, &status))
			break;
		pump_work(pump, fds + SIGNAL_FDS);
	}
	if (launched->stdio.in >= 0)
		sys_close(launched->stdio.in);
	ret->finished_us = sys_clock(CLOCK_OF_DAY);
	set_ending(ret, status, ended_by, oom_kills_before);
	ret->was_stopped = supervision->has_stop;
}

void supervise_finish(Supervision *supervision, Ending *ending)
{
	pump_finish(&supervision->pump);
	ending->has_partial_log = !log_end(&supervision->log);
}

int supervise_wait(Supervision *supervision, int64_t till_us)
{
	for (;;) {
		const int64_t left_us = till_us - sys_clock(CLOCK_OF_DAY);
		if (left_us <= 0)
			return 0;
		const struct __kernel_timespec time = { .tv_sec = left_us / 1000000,
							.tv_nsec = left_us % 1000000 * 1000 };
		struct pollfd fd = { .fd = supervision->signals, .events = POLLIN };
		if (sys_poll(&fd, 1, &time) <= 0)
			continue;
		const int signal = next_signal(supervision);
		if (signal && !(own_signals & BIT(signal)) && signal != SIGCONT)
			return signal;
	}
}
