// pkg/sys/file_watch.h - waits until something in some directories changes (inotify).
// The instances of inotify are few, and whoever has the ids of a user can use them up: without one we look now and then.
#ifndef PKG_SYS_FILE_WATCH_H
#define PKG_SYS_FILE_WATCH_H

#include "pkg/base/error.h"

typedef struct FileWatch {
	int fd; // -1: none
} FileWatch;

#define FILE_WATCH_NONE                                                                            \
	(FileWatch)                                                                                \
	{                                                                                          \
		-1                                                                                 \
	}

void file_watch_open(FileWatch *watch);
// From now on, changes in the open directory count: files that appear, are written to, or closed after that.
void file_watch_add(FileWatch *watch, int directory);
// Sleeps until something has changed since the last call. May return early. Fails with ERROR_INTERRUPTED.
MUST_CHECK bool file_watch_wait(const FileWatch *watch, Error *error);
void file_watch_close(FileWatch *watch);
#define CLEANUP_FILE_WATCH CLEANUP(file_watch_close) FileWatch

#endif
