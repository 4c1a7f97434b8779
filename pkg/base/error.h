// pkg/base/error.h - what went wrong, told once, at the top.
// A function that can fail returns bool (true = done) and takes `Error *error` last. On failure it fills the error and
// returns false; its outputs are untouched. Callers that know more add it with error_wrap: the final text reads from
// the outside in, "start 'web': open the record: Permission denied".
#ifndef PKG_BASE_ERROR_H
#define PKG_BASE_ERROR_H

#include "pkg/base/base.h"

// A place in a file that the user wrote. line and column count from 1; line 0 means "no place known".
typedef struct SourcePos {
	const char *path;
	unsigned line;
	unsigned column;
} SourcePos;

// What a caller or a script may branch on. The table in error.c gives each its exit status and its word in JSON.
typedef enum ErrorCode {
	ERROR_NONE = 0,
	ERROR_USAGE,       // the command line cannot be understood
	ERROR_INVALID,     // input that breaks its rules: a manifest, an image, a digest
	ERROR_UNSUPPORTED, // valid, but not done by this program or this host
	ERROR_NOT_FOUND,
	ERROR_EXISTS,
	ERROR_BUSY,   // locked or in use
	ERROR_DENIED, // permission, authentication
	ERROR_NETWORK,
	ERROR_TIMEOUT,
	ERROR_LIMIT,       // larger, deeper or more than we accept
	ERROR_FAILED,      // something that we started did not do its work: a container, a unit
	ERROR_SYSTEM,      // a system call or library refused
	ERROR_INTERRUPTED, // SIGINT or SIGTERM
	ERROR_CODE_COUNT,
} ErrorCode;

// {0} is "no error". message is owned by the error: error_clear releases it.
typedef struct Error {
	ErrorCode code;
	int os_errno;    // 0 when no system call was involved
	SourcePos where; // path not owned
	char *message;   // without the place; see error_print
} Error;

// All setters return false, so that `return error_set(…);` reads well. They assert that no error is set already.
bool error_set(Error *error, ErrorCode code, const char *format, ...) PRINTF(3, 4);
// Adds ": " and the text of `os_errno`; the code follows from it (ENOENT: ERROR_NOT_FOUND, EACCES: ERROR_DENIED …).
bool error_set_errno(Error *error, int os_errno, const char *format, ...) PRINTF(3, 4);
// An ERROR_INVALID at a place in the user's file.
bool error_set_at(Error *error, SourcePos where, const char *format, ...) PRINTF(3, 4);
// What went wrong in *from, whole, becomes the error; *from is empty then. For failures that were looked at first.
bool error_move(Error *error, Error *from);
// Puts "format: " before the message. The code and the place stay.
bool error_wrap(Error *error, const char *format, ...) PRINTF(2, 3);

// Puts the place into the message, "PATH:LINE:COLUMN: …": for when its path does not live as long as the error.
bool error_place_in_message(Error *error);

// True when the error has this code, which is no failure to the caller: it is empty then. Otherwise it stays.
MUST_CHECK bool error_forgive(Error *error, ErrorCode code);

// Makes the error empty again; a zeroed error is accepted.
void error_clear(Error *error);
#define CLEANUP_ERROR CLEANUP(error_clear) Error

// The word for JSON and docs/errors.md ("not-found"), the status that the process ends with, and the one sentence of
// documentation.
const char *error_code_to_text(ErrorCode code);
int error_code_exit_status(ErrorCode code);
const char *error_code_help(ErrorCode code);

#endif
