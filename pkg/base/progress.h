// pkg/base/progress.h - how long work tells that it goes on.
// The library reports numbers; whoever made the Progress (the command line) decides what a terminal shows.
#ifndef PKG_BASE_PROGRESS_H
#define PKG_BASE_PROGRESS_H

#include <stdint.h>

typedef struct Progress Progress;
struct Progress {
	// `item` names one piece of work for its whole life ("localhost:5000/nginx:1", "layer 3f2a…"), `verb` what happens to
	// it ("pull", "unpack"). done and total count bytes; total 0 = not known. done == total > 0 ends the item.
	void (*report)(Progress *progress, const char *item, const char *verb, uint64_t done,
		       uint64_t total);
	// Somebody else is about to write to the terminal.
	void (*make_way)(Progress *progress);
};

// A NULL progress is silent.
static inline void progress_report(Progress *progress, const char *item, const char *verb,
				   uint64_t done, uint64_t total)
{
	if (progress)
		progress->report(progress, item, verb, done, total);
}

static inline void progress_make_way(Progress *progress)
{
	if (progress)
		progress->make_way(progress);
}

#endif
