#include "pkg/base/error.h"

#include "pkg/base/arena.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *word;
	int exit_status;
	const char *help;
} codes[ERROR_CODE_COUNT] = {
	// clang-format off
	[ERROR_NONE]        = { "none",        0,   "Nothing went wrong." },
	[ERROR_USAGE]       = { "usage",       2,   "The command line cannot be understood; see --help." },
	[ERROR_INVALID]     = { "invalid",     1,   "The input breaks its rules: a manifest, an image, a name." },
	[ERROR_UNSUPPORTED] = { "unsupported", 1,   "The input is valid, but sdme or this host cannot do it." },
	[ERROR_NOT_FOUND]   = { "not-found",   1,   "The thing named does not exist." },
	[ERROR_EXISTS]      = { "exists",      1,   "A thing of that name exists already." },
	[ERROR_BUSY]        = { "busy",        1,   "Another process holds the lock, or the thing is in use." },
	[ERROR_DENIED]      = { "denied",      1,   "Not permitted: root or other credentials are needed." },
	[ERROR_NETWORK]     = { "network",     1,   "A server cannot be reached or broke the connection." },
	[ERROR_TIMEOUT]     = { "timeout",     1,   "It did not happen in the time allowed." },
	[ERROR_LIMIT]       = { "limit",       1,   "Larger, deeper or more than accepted." },
	[ERROR_FAILED]      = { "failed",      1,   "What was started did not do its work: a container, a unit." },
	[ERROR_SYSTEM]      = { "system",      1,   "The kernel, systemd or a library refused." },
	[ERROR_INTERRUPTED] = { "interrupted", 130, "SIGINT or SIGTERM arrived (143 after SIGTERM)." },
	// clang-format on
};

const char *error_code_to_text(ErrorCode code)
{
	return codes[code].word;
}

int error_code_exit_status(ErrorCode code)
{
	return codes[code].exit_status;
}

const char *error_code_help(ErrorCode code)
{
	return codes[code].help;
}

PRINTF(1, 0) static char *format_text(const char *format, va_list arguments)
{
	char *text = NULL;
	if (vasprintf(&text, format, arguments) < 0)
		memory_exhausted();
	return text;
}

static void fill(Error *error, ErrorCode code, char *message)
{
	assert(code != ERROR_NONE);
	assert(error->code == ERROR_NONE);
	error->code = code;
	error->message = message;
}

bool error_set(Error *error, ErrorCode code, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	fill(error, code, format_text(format, arguments));
	va_end(arguments);
	return false;
}

static ErrorCode code_of_errno(int os_errno)
{
	switch (os_errno) {
	case ENOENT:
		return ERROR_NOT_FOUND;
	case EEXIST:
		return ERROR_EXISTS;
	case EACCES:
	case EPERM:
		return ERROR_DENIED;
	case EBUSY:
	case EWOULDBLOCK:
		return ERROR_BUSY;
	case ETIMEDOUT:
		return ERROR_TIMEOUT;
	case EINTR:
		return ERROR_INTERRUPTED;
	default:
		return ERROR_SYSTEM;
	}
}

bool error_set_errno(Error *error, int os_errno, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	char *message = format_text(format, arguments);
	va_end(arguments);

	fill(error, code_of_errno(os_errno), message);
	error->os_errno = os_errno;
	char *words = NULL;
	if (asprintf(&words, "%s: %s", message, strerror(os_errno)) < 0)
		memory_exhausted();
	free(message);
	error->message = words;
	return false;
}

bool error_set_at(Error *error, SourcePos where, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	fill(error, ERROR_INVALID, format_text(format, arguments));
	va_end(arguments);
	error->where = where;
	return false;
}

bool error_move(Error *error, Error *from)
{
	assert(error->code == ERROR_NONE);
	assert(from->code != ERROR_NONE);
	*error = *from;
	*from = (Error){ 0 };
	return false;
}

bool error_place_in_message(Error *error)
{
	const SourcePos where = error->where;
	error->where = (SourcePos){ 0 };
	if (!where.path)
		return false;
	if (where.line == 0)
		return error_wrap(error, "%s", where.path);
	return error_wrap(error, "%s:%u:%u", where.path, where.line, where.column);
}

bool error_wrap(Error *error, const char *format, ...)
{
	assert(error->code != ERROR_NONE);

	va_list arguments;
	va_start(arguments, format);
	char *context = format_text(format, arguments);
	va_end(arguments);

	char *message = NULL;
	if (asprintf(&message, "%s: %s", context, error->message) < 0)
		memory_exhausted();
	free(context);
	free(error->message);
	error->message = message;
	return false;
}

bool error_forgive(Error *error, ErrorCode code)
{
	assert(error->code != ERROR_NONE);
	if (error->code != code)
		return false;
	error_clear(error);
	return true;
}

void error_clear(Error *error)
{
	free(error->message);
	*error = (Error){ 0 };
}
