// isolate/enter/passage.h - bytes on their way between a command's stream and ours.
#ifndef ISOLATE_ENTER_PASSAGE_H
#define ISOLATE_ENTER_PASSAGE_H

#include "pkg/base/base.h"

#include <poll.h>

enum {
	PASSAGE_FROM,
	PASSAGE_TO,
	PASSAGE_FDS, // what passage_watch fills in
	PASSAGE_BYTES = 16 * 1024,
	PASSAGE_REST_MAX = 1 << 20, // more than a pipe or a terminal holds
};

typedef struct Passage {
	int from; // -1: at its end
	int to;
	int own;           // the end that is closed when the other one has come to its end
	bool sends_end;    // `to` is a terminal: it has no end, but a character that means it
	size_t takes_most; // bytes that are still read
	char data[PASSAGE_BYTES];
	size_t length;
	size_t done;
} Passage;

// From the command's stream to ours, and the other way. The passage owns the command's.
void passage_out(Passage *passage, int own, int to);
void passage_in(Passage *passage, int from, int own, bool sends_end);
void passage_close(Passage *passage);

// What to wait for; members that are not wanted have fd -1.
void passage_watch(const Passage *passage, struct pollfd fds[PASSAGE_FDS]);
// Moves what can be moved without waiting.
void passage_work(Passage *passage, const struct pollfd fds[PASSAGE_FDS]);
// There are bytes for `to`.
bool passage_has_bytes(const Passage *passage);

#endif
