#include "pkg/sys/journal.h"

#include "pkg/base/arena.h"
#include "pkg/base/clock.h"
#include "pkg/sys/interrupt.h"

#include <errno.h>
#include <systemd/sd-journal.h>

struct Journal {
	sd_journal *inner;
	bool is_watched; // sd_journal_get_fd was called: files are watched from then on
};

static bool finish_open(int result, sd_journal *inner, const char *what, Journal **ret,
			Error *error)
{
	if (result < 0)
		return error_set_errno(error, -result, "open the journal %s", what);
	sd_journal_set_data_threshold(inner, JOURNAL_FIELD_MAX);
	Journal *journal = memory_resize(NULL, sizeof(Journal));
	*journal = (Journal){ .inner = inner };
	*ret = journal;
	return true;
}

bool journal_open_directory(const char *path, Journal **ret, Error *error)
{
	sd_journal *inner = NULL;
	const int result = sd_journal_open_directory(&inner, path, 0);
	return finish_open(result, inner, path, ret, error);
}

bool journal_open_fd(int directory, Journal **ret, Error *error)
{
	sd_journal *inner = NULL;
	const int result = sd_journal_open_directory_fd(&inner, directory, 0);
	return finish_open(result, inner, "directory", ret, error);
}

bool journal_open_host(Journal **ret, Error *error)
{
	sd_journal *inner = NULL;
	const int result = sd_journal_open(&inner, SD_JOURNAL_LOCAL_ONLY);
	return finish_open(result, inner, "of this host", ret, error);
}

void journal_close(Journal **journal)
{
	if (!*journal)
		return;
	sd_journal_close((*journal)->inner);
	free(*journal);
	*journal = NULL;
}

static bool check(int result, const char *what, Error *error)
{
	return result >= 0 || error_set_errno(error, -result, "%s the journal", what);
}

// --- matches

bool journal_match(Journal *journal, const char *field, const char *value, Error *error)
{
	CLEANUP_BUFFER term = { 0 };
	buffer_printf(&term, "%s=%s", field, value);
	return check(sd_journal_add_match(journal->inner, term.data, term.length), "filter", error);
}

bool journal_match_or(Journal *journal, Error *error)
{
	return check(sd_journal_add_disjunction(journal->inner), "filter", error);
}

// --- positions

bool journal_seek_head(Journal *journal, Error *error)
{
	return check(sd_journal_seek_head(journal->inner), "seek in", error);
}

bool journal_seek_tail(Journal *journal, uint64_t count, Error *error)
{
	// One entry further back than asked for, so that the next step forward lands on the first one wanted. With fewer
	// entries than that we stand at the head: from "the tail" itself sd-journal never moves forward again.
	if (!check(sd_journal_seek_tail(journal->inner), "seek in", error))
		return false;
	const int moved = sd_journal_previous_skip(journal->inner, count + 1);
	if (!check(moved, "seek in", error))
		return false;
	return (uint64_t)moved == count + 1 || journal_seek_head(journal, error);
}

bool journal_seek_time(Journal *journal, uint64_t time_us, Error *error)
{
	return check(sd_journal_seek_realtime_usec(journal->inner, time_us), "seek in", error);
}

bool journal_next(Journal *journal, bool *ret_got, Error *error)
{
	const int result = sd_journal_next(journal->inner);
	if (!check(result, "read", error))
		return false;
	*ret_got = result > 0;
	return true;
}

// --- entries

// What a damaged file or an entry that was just overwritten gives: the field counts as absent.
static bool is_unreadable(int result)
{
	return result == -ENOENT || result == -EBADMSG || result == -EADDRNOTAVAIL ||
	       result == -E2BIG || result == -ENOBUFS || result == -EPROTONOSUPPORT;
}

bool journal_field(Journal *journal, const char *field, Span *ret, Error *error)
{
	const void *data = NULL;
	size_t length = 0;
	const int result = sd_journal_get_data(journal->inner, field, &data, &length);
	*ret = (Span){ 0 };
	if (result < 0)
		return is_unreadable(result) || check(result, "read", error);
	const size_t name = strlen(field) + 1; // "FIELD="
	if (length >= name)
		*ret = (Span){ (const char *)data + name, length - name };
	return true;
}

bool journal_time(Journal *journal, uint64_t *ret_us, Error *error)
{
	return check(sd_journal_get_realtime_usec(journal->inner, ret_us), "read", error);
}

// --- waiting

// Begins to watch those that are not watched yet. What was written before that gives no event, so the caller has to
// read on first.
static bool watch_all(Journal **journals, size_t count, bool *ret_is_new, Error *error)
{
	*ret_is_new = false;
	for (size_t i = 0; i < count; i++) {
		if (journals[i]->is_watched)
			continue;
		const int fd = sd_journal_get_fd(journals[i]->inner);
		if (fd == -EMFILE)
			return error_set(
				error, ERROR_LIMIT,
				"wait for the journal: no inotify instance is left on this "
				"host (raise the sysctl fs.inotify.max_user_instances)");
		if (!check(fd, "wait for", error))
			return false;
		journals[i]->is_watched = true;
		*ret_is_new = true;
	}
	return true;
}

// Descriptors of all journals, and the earliest moment at which one wants to be looked at without an event (network
// file systems send none).
static bool fill_descriptors(Journal **journals, size_t count, struct pollfd *fds,
			     uint64_t *deadline, Error *error)
{
	for (size_t i = 0; i < count; i++) {
		sd_journal *inner = journals[i]->inner;
		uint64_t own = UINT64_MAX;
		const int fd = sd_journal_get_fd(inner);
		const int events = sd_journal_get_events(inner);
		if (!check(fd, "wait for", error) || !check(events, "wait for", error) ||
		    !check(sd_journal_get_timeout(inner, &own), "wait for", error))
			return false;
		fds[i] = (struct pollfd){ .fd = fd, .events = (short)events };
		*deadline = own < *deadline ? own : *deadline;
	}
	return true;
}

static bool process_all(Journal **journals, size_t count, Error *error)
{
	for (size_t i = 0; i < count; i++) {
		if (!check(sd_journal_process(journals[i]->inner), "wait for", error))
			return false;
	}
	return true;
}

bool journal_wait(Journal **journals, size_t count, Error *error)
{
	CLEANUP_ARENA arena = arena_new();
	struct pollfd *fds = arena_array(arena, count + 1, sizeof(struct pollfd));
	uint64_t deadline = UINT64_MAX;
	bool is_new = false;
	if (!watch_all(journals, count, &is_new, error) ||
	    !fill_descriptors(journals, count, fds, &deadline, error))
		return false;

	const uint64_t now = clock_us();
	const uint64_t left = deadline > now ? deadline - now : 0;
	int ready = 0;
	return interrupt_poll(fds, count,
			      is_new                   ? 0
			      : deadline == UINT64_MAX ? UINT64_MAX
						       : left,
			      &ready, error) &&
	       process_all(journals, count, error);
}
