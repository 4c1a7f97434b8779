#include "isolate/guest/base/line.h"

size_t text_length(const char *text)
{
	size_t length = 0;
	while (text[length])
		length++;
	return length;
}

bool text_equal(const char *left, const char *right)
{
	const char *rest = text_after(left, right);
	return rest && *rest == '\0';
}

const char *text_after(const char *text, const char *prefix)
{
	while (*prefix) {
		if (*text++ != *prefix++)
			return NULL;
	}
	return text;
}

uint64_t text_number(const char *text, const char **ret_end)
{
	uint64_t number = 0;
	while (*text >= '0' && *text <= '9')
		number = number * 10 + (uint64_t)(*text++ - '0');
	if (ret_end)
		*ret_end = text;
	return number;
}

void line_add_bytes(Line *line, const char *bytes, size_t size)
{
	const size_t room = sizeof(line->text) - 1 - line->length;
	if (size > room)
		size = room;
	memcpy(line->text + line->length, bytes, size);
	line->length += size;
	line->text[line->length] = '\0';
}

void line_add(Line *line, const char *text)
{
	line_add_bytes(line, text, text_length(text));
}

void line_add_digits(Line *line, uint64_t number, unsigned digits)
{
	char text[20];
	for (unsigned i = digits; i > 0; i--) {
		text[i - 1] = (char)('0' + number % 10);
		number /= 10;
	}
	line_add_bytes(line, text, digits);
}

void line_add_number(Line *line, uint64_t number)
{
	unsigned digits = 1;
	for (uint64_t rest = number / 10; rest > 0; rest /= 10)
		digits++;
	line_add_digits(line, number, digits);
}

// What starting a program in a prepared root runs into; the words of strerror(3).
static const struct {
	int os_errno;
	const char *text;
} errno_texts[] = {
	{ EPERM, "Operation not permitted" },
	{ ENOENT, "No such file or directory" },
	{ EIO, "Input/output error" },
	{ E2BIG, "Argument list too long" },
	{ ENOEXEC, "Exec format error" },
	{ EAGAIN, "Resource temporarily unavailable" },
	{ ENOMEM, "Cannot allocate memory" },
	{ EACCES, "Permission denied" },
	{ EFAULT, "Bad address" },
	{ EBUSY, "Device or resource busy" },
	{ ENODEV, "No such device" },
	{ ENOTDIR, "Not a directory" },
	{ EISDIR, "Is a directory" },
	{ EINVAL, "Invalid argument" },
	{ EMFILE, "Too many open files" },
	{ ETXTBSY, "Text file busy" },
	{ ENOSPC, "No space left on device" },
	{ EXDEV, "Invalid cross-device link" },
	{ EROFS, "Read-only file system" },
	{ ENAMETOOLONG, "File name too long" },
	{ ENOSYS, "Function not implemented" },
	{ ELOOP, "Too many levels of symbolic links" },
	{ EUSERS, "Too many users" },
	{ ELIBBAD, "Accessing a corrupted shared library" },
	{ ECONNREFUSED, "Connection refused" },
};

void line_add_errno(Line *line, int os_errno)
{
	for (size_t i = 0; i < sizeof(errno_texts) / sizeof(errno_texts[0]); i++) {
		if (errno_texts[i].os_errno == os_errno) {
			line_add(line, errno_texts[i].text);
			return;
		}
	}
	line_add(line, "error ");
	line_add_number(line, (uint64_t)os_errno);
}

void line_write(const Line *line, int fd)
{
	size_t done = 0;
	while (done < line->length) {
		const long put = sys_write(fd, line->text + done, line->length - done);
		if (put == -EINTR)
			continue;
		if (put <= 0)
			return;
		done += (size_t)put;
	}
}

void line_add_failure(Line *line, const char *what, const char *subject, int os_errno)
{
	line_add(line, what);
	if (*subject) {
		line_add(line, " '");
		line_add(line, subject);
		line_add(line, "'");
	}
	if (os_errno) {
		line_add(line, ": ");
		line_add_errno(line, os_errno);
	}
}

void complain(const char *what, const char *subject, int os_errno)
{
	Line line;
	line.length = 0;
	line_add(&line, "<3>sdme-isolate: ");
	line_add_failure(&line, what, subject, os_errno);
	line_add(&line, "\n");
	line_write(&line, STDERR);
}
