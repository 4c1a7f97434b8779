// isolate/enter/streams.h - the standard streams of a command, carried to and from ours.
// No descriptor of ours goes in: whoever is in the application could keep it, and read what is typed long after the
// command.
#ifndef ISOLATE_ENTER_STREAMS_H
#define ISOLATE_ENTER_STREAMS_H

#include "isolate/enter/passage.h"
#include "isolate/enter/terminal.h"
#include "isolate/guest/spec.h"

enum {
	STREAMS_FDS = SPEC_STREAMS_MAX * PASSAGE_FDS, // what streams_watch fills in
};

typedef struct Streams {
	Passage passages[SPEC_STREAMS_MAX];
	bool has_terminal;
	Terminal terminal;
} Streams;

// Takes the command's ends (SPEC_STREAM_…, -1 for what it does not have), also when it fails.
MUST_CHECK bool streams_open(Streams *streams, const int own[SPEC_STREAMS_MAX], bool has_terminal,
			     Error *error);
void streams_close(Streams *streams);

// Our terminal has another size.
void streams_resize(const Streams *streams);
void streams_watch(const Streams *streams, struct pollfd fds[STREAMS_FDS]);
void streams_work(Streams *streams, const struct pollfd fds[STREAMS_FDS]);
// The command has ended: nothing goes in any more, and out comes what is there. Who still has its streams, a process that it
// left behind, is not waited for.
void streams_end(Streams *streams);
// There is something that our stdout or stderr has not taken yet.
bool streams_have_bytes(const Streams *streams);

#endif
