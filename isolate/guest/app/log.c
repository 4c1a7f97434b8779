#include "isolate/guest/app/log.h"

#include "isolate/guest/base/line.h"

enum {
	FILE_MODE = 0640,
	ENTRIES_BYTES = 4096,
	LOCK_FOR_WRITING = 1, // F_WRLCK
	SECONDS_PER_DAY = 24 * 60 * 60,
};

// What getdents64(2) fills in.
typedef struct Entry {
	uint64_t inode;
	int64_t offset;
	uint16_t size;
	uint8_t type;
	char name[];
} Entry;

typedef struct PartName {
	uint64_t instance;
	uint64_t part;
} PartName;

// --- time

// Proleptic Gregorian; days since 1970-01-01. http://howardhinnant.github.io/date_algorithms.html#civil_from_days
static void add_date(Line *line, uint64_t days)
{
	const uint64_t shifted = days + 719468;
	const uint64_t era = shifted / 146097;
	const uint64_t day_of_era = shifted % 146097;
	const uint64_t year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	const uint64_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	const uint64_t month_from_march = (5 * day_of_year + 2) / 153;
	const uint64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
	line_add_digits(line, year_of_era + era * 400 + (month <= 2 ? 1 : 0), 4);
	line_add(line, "-");
	line_add_digits(line, month, 2);
	line_add(line, "-");
	line_add_digits(line, day_of_year - (153 * month_from_march + 2) / 5 + 1, 2);
}

void log_note_time(Log *log)
{
	const uint64_t now_us = (uint64_t)sys_clock(CLOCK_OF_DAY);
	const uint64_t seconds = now_us / 1000000;
	const uint64_t of_day = seconds % SECONDS_PER_DAY;
	Line line;
	line.length = 0;
	add_date(&line, seconds / SECONDS_PER_DAY);
	line_add(&line, "T");
	line_add_digits(&line, of_day / 3600, 2);
	line_add(&line, ":");
	line_add_digits(&line, of_day / 60 % 60, 2);
	line_add(&line, ":");
	line_add_digits(&line, of_day % 60, 2);
	line_add(&line, ".");
	line_add_digits(&line, now_us % 1000000, 6);
	line_add(&line, "000Z");
	memcpy(log->time, line.text, sizeof(log->time));
}

// --- parts

static void print_name(Line *line, PartName name)
{
	line->length = 0;
	line_add_number(line, name.instance);
	line_add(line, ".");
	line_add_number(line, name.part);
	line_add(line, LOG_FILE_SUFFIX);
}

static bool parse_name(const char *text, PartName *ret)
{
	const char *dot = text, *rest = text;
	ret->instance = text_number(text, &dot);
	if (dot == text || *dot != '.')
		return false;
	ret->part = text_number(dot + 1, &rest);
	return rest > dot + 1 && text_equal(rest, LOG_FILE_SUFFIX);
}

static void remove_part(const Log *log, PartName name)
{
	Line path;
	print_name(&path, name);
	CALL3(unlinkat, log->directory, path.text, 0);
}

typedef void PartVisitor(Log *log, PartName name, uint64_t *value);

static void visit_parts(Log *log, PartVisitor *visit, uint64_t *value)
{
	_Alignas(Entry) char entries[ENTRIES_BYTES];
	CALL3(lseek, log->directory, 0, 0);
	for (long got; (got = CALL3(getdents64, log->directory, entries, sizeof(entries))) > 0;) {
		for (long at = 0; at < got;) {
			const Entry *entry = (const Entry *)(const void *)(entries + at);
			PartName name;
			if (parse_name(entry->name, &name))
				visit(log, name, value);
			at += entry->size;
		}
	}
}

static void count_instance(Log *log, PartName name, uint64_t *next)
{
	(void)log; // the signature of PartVisitor
	if (name.instance >= *next)
		*next = name.instance + 1;
}

static void remove_if_older(Log *log, PartName name, uint64_t *instance)
{
	if (name.instance < *instance)
		remove_part(log, name);
}

// Makes the part that is to be written next, and takes its lock before anybody can see it.
static int make_part(const Log *log, PartName name)
{
	const int fd = sys_open(log->directory, LOG_FILE_STAGED,
				O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_NOFOLLOW, FILE_MODE);
	if (fd < 0)
		return fd;
	struct flock lock = { .l_type = LOCK_FOR_WRITING };
	CALL3(fcntl, fd, F_OFD_SETLK, &lock);
	Line path;
	print_name(&path, name);
	const long result =
		CALL5(renameat2, log->directory, LOG_FILE_STAGED, log->directory, path.text, 0);
	if (result < 0)
		sys_close(fd);
	return result < 0 ? (int)result : fd;
}

// Goes on to the next part. False when it cannot be made.
static bool turn(Log *log)
{
	const PartName name = { log->instance, log->file < 0 ? log->part : log->part + 1 };
	const int fd = make_part(log, name);
	if (fd < 0)
		return false;
	if (log->file >= 0)
		sys_close(log->file);
	log->file = fd;
	log->part = name.part;
	log->part_bytes = 0;
	if (name.part >= log->parts_max)
		remove_part(log, (PartName){ name.instance, name.part - log->parts_max });
	return true;
}

void log_open(Log *log, int directory, const SpecHeader *header)
{
	log->directory = directory;
	log->part_bytes_max = header->log_part_bytes;
	log->parts_max = header->log_parts;
	log->file = -1;
	log->length = 0;
	log->lines = 0;
}

void log_begin(Log *log)
{
	uint64_t next = 0;
	visit_parts(log, count_instance, &next);
	uint64_t last = next > 0 ? next - 1 : 0;
	visit_parts(log, remove_if_older, &last);
	log->instance = next;
	log->part = 0;
	log->lost = 0;
	turn(log);
}

// --- writing

// All of it, or nothing.
static bool append(Log *log, const char *bytes, size_t size)
{
	size_t done = 0;
	while (done < size) {
		const long put = sys_write(log->file, bytes + done, size - done);
		if (put == -EINTR)
			continue;
		if (put <= 0) {
			CALL2(ftruncate, log->file, log->part_bytes);
			return false;
		}
		done += (size_t)put;
	}
	log->part_bytes += size;
	return true;
}

static bool say_loss(Log *log)
{
	Line line;
	line.length = 0;
	line_add_bytes(&line, log->time, sizeof(log->time));
	line_add(&line, " " LOG_LOST " F ");
	line_add_number(&line, log->lost);
	line_add(&line, "\n");
	if (!append(log, line.text, line.length))
		return false;
	log->lost = 0;
	return true;
}

static bool store(Log *log)
{
	const bool is_full = log->file < 0 || (log->part_bytes > 0 &&
					       log->part_bytes + log->length > log->part_bytes_max);
	return (!is_full || turn(log)) && (log->lost == 0 || say_loss(log)) &&
	       append(log, log->buffer, log->length);
}

void log_flush(Log *log)
{
	if (log->length == 0)
		return;
	if (!store(log))
		log->lost += log->lines;
	log->length = 0;
	log->lines = 0;
}

static void add_bytes(Log *log, const char *bytes, size_t size)
{
	memcpy(log->buffer + log->length, bytes, size);
	log->length += size;
}

void log_add(Log *log, const char *stream, const char *text, size_t size, bool is_end)
{
	if (log->length + LOG_LINE_BYTES > LOG_BUFFER_BYTES)
		log_flush(log);
	add_bytes(log, log->time, sizeof(log->time));
	add_bytes(log, " ", 1);
	add_bytes(log, stream, LOG_WORD_BYTES);
	add_bytes(log, is_end ? " F " : " P ", 3);
	add_bytes(log, text, size);
	add_bytes(log, "\n", 1);
	log->lines++;
}

bool log_end(Log *log)
{
	log_flush(log);
	if (log->lost > 0 && log->file >= 0)
		say_loss(log);
	if (log->file >= 0)
		sys_close(log->file);
	log->file = -1;
	return log->lost == 0;
}
