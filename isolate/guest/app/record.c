#include "isolate/guest/app/record.h"

#include "isolate/guest/base/line.h"

#define STAGED_NAME "." SPEC_STATUS_RECORD ".new"

static const int64_t SECOND_US = 1000000;
static const int64_t MILLISECOND_US = 1000;

static void copy(char *to, size_t size, const char *from, size_t length)
{
	if (length > size - 1)
		length = size - 1;
	memcpy(to, from, length);
	to[length] = '\0';
}

void ending_set(Ending *ending, int exit_code, int signal, const char *reason)
{
	ending->exists = true;
	ending->exit_code = exit_code;
	ending->signal = signal;
	ending->was_stopped = false;
	copy(ending->reason, sizeof(ending->reason), reason, text_length(reason));
}

// --- writing

static void add_text(Line *line, const char *prefix, const char *key, const char *value)
{
	line_add(line, prefix);
	line_add(line, key);
	line_add(line, "=");
	line_add(line, value);
	line_add(line, "\n");
}

static void add_number(Line *line, const char *prefix, const char *key, uint64_t value)
{
	line_add(line, prefix);
	line_add(line, key);
	line_add(line, "=");
	line_add_number(line, value);
	line_add(line, "\n");
}

// Seconds since 1970 with microseconds.
static void add_time(Line *line, const char *prefix, const char *key, int64_t time_us)
{
	line_add(line, prefix);
	line_add(line, key);
	line_add(line, "=");
	line_add_number(line, (uint64_t)(time_us / SECOND_US));
	line_add(line, ".");
	line_add_digits(line, (uint64_t)(time_us % SECOND_US), 6);
	line_add(line, "\n");
}

static void add_ending(Line *line, const char *prefix, const Ending *ending)
{
	if (!ending->exists)
		return;
	add_text(line, prefix, "REASON", ending->reason);
	add_number(line, prefix, "EXIT_CODE", (uint64_t)ending->exit_code);
	add_number(line, prefix, "SIGNAL", (uint64_t)ending->signal);
	if (ending->was_stopped)
		add_text(line, prefix, "STOPPED", "yes");
	add_time(line, prefix, "STARTED_AT", ending->started_us);
	add_time(line, prefix, "FINISHED_AT", ending->finished_us);
	if (ending->message[0])
		add_text(line, prefix, "MESSAGE", ending->message);
	add_number(line, prefix, "LOG_IS_PARTIAL", ending->has_partial_log);
}

static void print(const Application *application, const Record *record, Line *line)
{
	line->length = 0;
	add_text(line, "", "ID", application->identifier);
	switch (record->state) {
	case RECORD_WAITING:
		add_text(line, "", "STATE", "waiting");
		add_text(line, "", "REASON", "CrashLoopBackOff");
		add_time(line, "", "BACKOFF_UNTIL", record->waits_till_us);
		break;
	case RECORD_RUNNING:
		add_text(line, "", "STATE", "running");
		add_number(line, "", "PID", record->pid);
		if (record->end.exists)
			add_ending(line, "", &record->end);
		else
			add_time(line, "", "STARTED_AT", record->started_us);
		break;
	case RECORD_TERMINATED:
		add_text(line, "", "STATE", "terminated");
		add_ending(line, "", &record->end);
		break;
	}
	add_number(line, "", "RESTARTS", record->restarts);
	add_number(line, "", "BACKOFF_MS", record->backoff_ms);
	add_ending(line, "LAST_", &record->last);
}

// A power cut must not take it: the application would run again, or not run again.
static bool must_last(const SpecHeader *header, const Record *record)
{
	switch (header->restart_policy) {
	case SPEC_RESTART_NEVER:
		return record->state != RECORD_WAITING;
	case SPEC_RESTART_ON_FAILURE:
		return record->state == RECORD_TERMINATED && record->end.exit_code == 0;
	default:
		return false;
	}
}

static void sync(int fd)
{
	const long result = CALL1(fsync, fd);
	if (result < 0)
		complain("bring the record to the disk", "", (int)-result);
}

void record_save(int directory, const Application *application, const Record *record)
{
	Line line;
	print(application, record, &line);

	const int fd =
		sys_open(directory, STAGED_NAME, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0644);
	if (fd < 0) {
		complain("write the record", "", -fd);
		return;
	}
	line_write(&line, fd);
	const bool is_lasting = must_last(application->header, record);
	if (is_lasting)
		sync(fd);
	sys_close(fd);
	const long result =
		CALL5(renameat2, directory, STAGED_NAME, directory, SPEC_STATUS_RECORD, 0);
	if (result < 0)
		complain("replace the record", "", (int)-result);
	if (is_lasting)
		sync(directory);
}

// --- reading

// Copies the value of `prefix``key` from the lines of `text`; false when there is none.
static bool get_text(const char *text, const char *prefix, const char *key, char *to, size_t size)
{
	while (*text) {
		size_t length = 0;
		while (text[length] && text[length] != '\n')
			length++;
		const char *rest = text_after(text, prefix);
		rest = rest ? text_after(rest, key) : NULL;
		if (rest && *rest == '=') {
			copy(to, size, rest + 1, (size_t)(text + length - rest - 1));
			return true;
		}
		text += length + (text[length] == '\n');
	}
	return false;
}

static uint64_t get_number(const char *text, const char *prefix, const char *key)
{
	char value[32];
	return get_text(text, prefix, key, value, sizeof(value)) ? text_number(value, NULL) : 0;
}

static int64_t get_time(const char *text, const char *prefix, const char *key)
{
	char value[48];
	if (!get_text(text, prefix, key, value, sizeof(value)))
		return 0;
	const char *rest = value;
	const int64_t seconds = (int64_t)text_number(value, &rest);
	const int64_t micro = *rest == '.' ? (int64_t)text_number(rest + 1, NULL) : 0;
	return seconds * SECOND_US + micro;
}

static void get_ending(const char *text, const char *prefix, Ending *ret)
{
	ret->exists = get_text(text, prefix, "REASON", ret->reason, sizeof(ret->reason));
	ret->message[0] = '\0';
	get_text(text, prefix, "MESSAGE", ret->message, sizeof(ret->message));
	ret->exit_code = (int)get_number(text, prefix, "EXIT_CODE");
	ret->signal = (int)get_number(text, prefix, "SIGNAL");
	char stopped[8];
	ret->was_stopped = get_text(text, prefix, "STOPPED", stopped, sizeof(stopped));
	ret->started_us = get_time(text, prefix, "STARTED_AT");
	ret->finished_us = get_time(text, prefix, "FINISHED_AT");
	ret->has_partial_log = get_number(text, prefix, "LOG_IS_PARTIAL") > 0;
}

// Whoever was running when the record was written is gone: sdme-isolate was killed with it, or while it waited for the
// journal.
static void get_lost(const char *text, Record *record)
{
	get_ending(text, "", &record->end);
	record->end.has_partial_log = true;
	if (record->end.exists)
		return;
	ending_set(&record->end, SPEC_EXIT_SIGNAL + SIGKILL, 0, "ContainerStatusUnknown");
	record->end.finished_us = sys_clock(CLOCK_OF_DAY);
}

static void parse(const char *text, Record *record)
{
	char state[16] = "";
	get_text(text, "", "STATE", state, sizeof(state));
	record->restarts = get_number(text, "", "RESTARTS");
	record->backoff_ms = get_number(text, "", "BACKOFF_MS");
	get_ending(text, "LAST_", &record->last);

	if (text_equal(state, "terminated")) {
		get_ending(text, "", &record->end);
	} else if (text_equal(state, "running") || text_equal(state, "lost")) {
		get_lost(text, record);
	} else {
		// Killed while it waited: the instance that it waited after is the one that ended.
		record->end = record->last;
		record->last.exists = false;
	}
	record->state = record->end.exists ? RECORD_TERMINATED : RECORD_WAITING;
}

void record_load(int directory, const Application *application, Record *ret)
{
	memset(ret, 0, sizeof(*ret));
	char text[sizeof(((Line *)0)->text)] = "";
	const int fd = sys_open(directory, SPEC_STATUS_RECORD, O_RDONLY | O_NOFOLLOW, 0);
	if (fd < 0)
		return;
	const long length = sys_read(fd, text, sizeof(text) - 1);
	sys_close(fd);

	char identifier[SPEC_IDENTIFIER_MAX + 1] = "";
	get_text(text, "", "ID", identifier, sizeof(identifier));
	if (length > 0 && text_equal(identifier, application->identifier))
		parse(text, ret);
}

// --- back-off

int64_t record_next_start(Record *record, const SpecHeader *header)
{
	if (record->state != RECORD_TERMINATED)
		return 0;
	const int64_t ran_us = record->end.finished_us - record->end.started_us;
	if (ran_us > (int64_t)header->backoff_reset_ms * MILLISECOND_US)
		record->backoff_ms = 0;
	if (record->backoff_ms == 0)
		return 0;

	// A clock that was set back must not make anybody wait longer than the delay.
	const int64_t now = sys_clock(CLOCK_OF_DAY);
	const int64_t from = record->end.finished_us < now ? record->end.finished_us : now;
	return from + (int64_t)record->backoff_ms * MILLISECOND_US;
}

void record_count_start(Record *record, const SpecHeader *header)
{
	if (record->state != RECORD_TERMINATED)
		return;
	const uint64_t next = record->backoff_ms ? record->backoff_ms * 2 : header->backoff_base_ms;
	record->backoff_ms = next < header->backoff_max_ms ? next : header->backoff_max_ms;
	record->restarts++;
	record->last = record->end;
	record->end.exists = false;
	record->end.message[0] = '\0';
	record->state = RECORD_WAITING;
}
