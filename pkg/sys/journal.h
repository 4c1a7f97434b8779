// pkg/sys/journal.h - reading journals: the host's, or a directory of journal files that a machine wrote.
// The only user of <systemd/sd-journal.h>. A Journal has matches and a position between entries; journal_next moves
// onto an entry, whose fields can then be read. Files may rotate, vanish and appear meanwhile.
// Fields: https://www.freedesktop.org/software/systemd/man/252/systemd.journal-fields.html
#ifndef PKG_SYS_JOURNAL_H
#define PKG_SYS_JOURNAL_H

#include "pkg/base/error.h"
#include "pkg/base/text.h"

#include <stdint.h>

typedef struct Journal Journal;

// Longer fields are cut here: a machine may write what it likes.
#define JOURNAL_FIELD_MAX (1024 * 1024)

// The files in `path` and in its subdirectories named after a machine id. Fails with ERROR_NOT_FOUND when there is no
// such directory; an empty one is fine, files that appear in it are seen.
MUST_CHECK bool journal_open_directory(const char *path, Journal **ret, Error *error);
// The same for an open directory; the descriptor stays the caller's and must outlive the journal.
MUST_CHECK bool journal_open_fd(int directory, Journal **ret, Error *error);
// What journald of this host keeps.
MUST_CHECK bool journal_open_host(Journal **ret, Error *error);
void journal_close(Journal **journal);
#define CLEANUP_JOURNAL CLEANUP(journal_close) Journal *

// Matches: terms of different fields must all hold, of the same field any; journal_match_or starts an alternative to
// everything before it.
MUST_CHECK bool journal_match(Journal *journal, const char *field, const char *value, Error *error);
MUST_CHECK bool journal_match_or(Journal *journal, Error *error);

// Positions for reading forward. journal_seek_tail(n) stands before the last n entries that match; n = 0: only what
// comes later is seen.
MUST_CHECK bool journal_seek_head(Journal *journal, Error *error);
MUST_CHECK bool journal_seek_tail(Journal *journal, uint64_t count, Error *error);
// Before the first entry at `time_us` (since the epoch) or later.
MUST_CHECK bool journal_seek_time(Journal *journal, uint64_t time_us, Error *error);

// *ret_got is false when there is no further entry (for now).
MUST_CHECK bool journal_next(Journal *journal, bool *ret_got, Error *error);

// The value of a field of this entry, any bytes; valid until the next call on the journal. ret is {NULL, 0} when the
// entry has no such field.
MUST_CHECK bool journal_field(Journal *journal, const char *field, Span *ret, Error *error);
// When the entry was written, microseconds since the epoch.
MUST_CHECK bool journal_time(Journal *journal, uint64_t *ret_us, Error *error);

// Sleeps until one of the journals has changed. Fails with ERROR_INTERRUPTED after a signal.
MUST_CHECK bool journal_wait(Journal **journals, size_t count, Error *error);

#endif
