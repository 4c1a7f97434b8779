// isolate/guest/log_format.h - the log of a container on disk: its files and their lines.
// sdme-isolate writes it (isolate/guest/app/log.c), the host reads it (isolate/log/) and trusts nothing of it. Files:
//
//     INSTANCE.PART.log    "0.0.log": the first part of what the first instance wrote; instances and parts count up
//     .new                 the next part until it is locked
//
// A part that is full is followed by the next one; the oldest of too many is removed, and so are all instances but the
// last two. Whoever writes holds a lock on the part (fcntl(2), F_OFD_SETLK, F_WRLCK), and gives it up only when the next
// part is there and locked: a part without lock and successor is the end of its instance.
//
// Lines are the kubelet's and its runtimes' (CRI): "TIME STREAM TAG TEXT", TEXT being any bytes but a newline:
//
//     2026-01-31T12:00:00.123456000Z stdout F text        a whole line, or the last piece of one
//     2026-01-31T12:00:00.123456000Z stderr P text        a piece of a line that goes on, or an end without a newline
//     2026-01-31T12:00:00.123456000Z lost F 12            ours: so many lines could not be written here
#ifndef ISOLATE_GUEST_LOG_FORMAT_H
#define ISOLATE_GUEST_LOG_FORMAT_H

#define LOG_FILE_SUFFIX ".log"
#define LOG_FILE_STAGED ".new"

#define LOG_STDOUT "stdout"
#define LOG_STDERR "stderr"
#define LOG_LOST   "lost"

enum {
	LOG_TAG_FULL = 'F',
	LOG_TAG_PARTIAL = 'P',
	LOG_TIME_BYTES = sizeof("2026-01-31T12:00:00.123456789Z") - 1,
	LOG_WORD_BYTES = sizeof(LOG_STDOUT) - 1, // the longest
	LOG_HEAD_BYTES = LOG_TIME_BYTES + 1 + LOG_WORD_BYTES + 1 + 1 + 1,
	LOG_PIECE_BYTES = 16 * 1024, // of TEXT at most; what is longer goes on in the next line
	LOG_LINE_BYTES = LOG_HEAD_BYTES + LOG_PIECE_BYTES + 1,
};

#endif
