#include "pkg/cli/progress.h"

#include "pkg/base/clock.h"
#include "pkg/base/text.h"
#include "pkg/base/utf8.h"
#include "pkg/base/vec.h"
#include "pkg/cli/size.h"

#include <inttypes.h>
#include <pthread.h>
#include <sys/ioctl.h>

// Work that ends sooner than this leaves no trace on a terminal.
#define SHOW_AFTER_MS  500
#define REDRAW_WAIT_MS 100
// The end of a name tells more than its beginning.
#define NAME_COLUMNS_MAX 44

typedef struct Item {
	const char *name;
	const char *verb;
	uint64_t since_ms;
	uint64_t done;
	uint64_t total;
	bool is_over;
	bool was_shown;
} Item;

VEC_DECLARE(Items, items, Item);

struct ProgressPrinter {
	Progress progress; // first: a Progress pointer is a ProgressPrinter pointer
	FILE *stream;
	ProgressStyle style;
	ProgressWorld world;
	pthread_mutex_t mutex;
	Arena *arena;
	Items items;
	// There are lines, and the cursor is where the first one begins: whatever happens to the window, what is to vanish is
	// below it, and what others wrote above.
	bool is_drawn;
	bool is_in_line; // somebody has written the beginning of one
	uint64_t drawn_ms;
};

ProgressStyle progress_style_of(FILE *stream, bool is_quiet)
{
	if (is_quiet)
		return PROGRESS_SILENT;
	return isatty(fileno(stream)) ? PROGRESS_TERMINAL : PROGRESS_LINES;
}

static ProgressWindow window_of(FILE *stream)
{
	struct winsize size = { 0 };
	if (ioctl(fileno(stream), TIOCGWINSZ, &size) < 0 || size.ws_col == 0 || size.ws_row == 0)
		return (ProgressWindow){ .columns = 80, .rows = 24 };
	return (ProgressWindow){ .columns = size.ws_col, .rows = size.ws_row };
}

// --- lines

static size_t character_length(const char *text)
{
	const size_t length = utf8_length(text, strlen(text));
	return length > 0 ? length : 1;
}

// At most so many columns are taken: what is not ASCII may be wide.
static size_t count_columns(const char *text)
{
	size_t columns = 0;
	for (; *text; text += character_length(text))
		columns += *text & 0x80 ? 2 : 1;
	return columns;
}

static const char *end_that_fits(const char *text, size_t columns)
{
	while (count_columns(text) > columns)
		text += character_length(text);
	return text;
}

static size_t beginning_that_fits(const char *text, size_t columns)
{
	const char *end = text;
	for (; *end; end += character_length(end)) {
		const size_t taken = *end & 0x80 ? 2 : 1;
		if (taken > columns)
			break;
		columns -= taken;
	}
	return (size_t)(end - text);
}

static void add_state(Buffer *line, const Item *item)
{
	buffer_add(line, " \xe2\x80\xa6 ");
	if (item->is_over) {
		buffer_add(line, "done");
		return;
	}
	if (item->total > 0)
		buffer_printf(line, "%" PRIu64 "%% of ", item->done * 100 / item->total);
	size_add(line, item->total > 0 ? item->total : item->done);
}

// columns: for the name, which loses its beginning when it is longer.
static void add_shown(Buffer *line, const Item *item, size_t columns)
{
	CLEANUP_BUFFER name = { 0 };
	buffer_add_printable(&name, item->name, strlen(item->name));
	const char *whole = buffer_text(&name);
	const bool is_long = count_columns(whole) > columns;
	const size_t room = columns > 2 ? columns - 2 : 0;
	buffer_printf(line, "%s %s%s", item->verb, is_long ? ".." : "",
		      is_long ? end_that_fits(whole, room) : whole);
	add_state(line, item);
}

static void print_over(const ProgressPrinter *printer, const Item *item)
{
	CLEANUP_BUFFER line = { 0 };
	add_shown(&line, item, SIZE_MAX);
	fprintf(printer->stream, "%s\n", buffer_text(&line));
}

// A line that is drawn again must not wrap.
static void print_under_way(const ProgressPrinter *printer, const Item *item, size_t columns)
{
	CLEANUP_BUFFER state = { 0 }, line = { 0 };
	add_state(&state, item);
	const size_t others = count_columns(item->verb) + 1 + count_columns(buffer_text(&state));
	const size_t room = columns > others ? columns - others : 0;
	add_shown(&line, item, room < NAME_COLUMNS_MAX ? room : NAME_COLUMNS_MAX);
	const size_t length = beginning_that_fits(buffer_text(&line), columns);
	fprintf(printer->stream, "%.*s\n", (int)length, buffer_text(&line));
}

// --- drawing

static void erase(ProgressPrinter *printer)
{
	if (printer->is_drawn)
		fputs("\r\x1b[J", printer->stream);
	printer->is_drawn = false;
}

// Finished items move up for good.
static void settle(ProgressPrinter *printer)
{
	size_t kept = 0;
	for (size_t i = 0; i < printer->items.count; i++) {
		const Item item = printer->items.items[i];
		if (item.is_over && item.was_shown)
			print_over(printer, &item);
		if (!item.is_over)
			printer->items.items[kept++] = item;
	}
	printer->items.count = kept;
}

// The others are drawn again below them: as many as the window holds.
static void draw(ProgressPrinter *printer, uint64_t now_ms)
{
	const ProgressWindow window = printer->world.window(printer->stream);
	size_t lines = 0;
	if (printer->is_in_line)
		return;
	erase(printer);
	settle(printer);
	for (size_t i = 0; i < printer->items.count && lines + 1 < window.rows; i++) {
		Item *item = &printer->items.items[i];
		if (now_ms - item->since_ms < SHOW_AFTER_MS)
			continue;
		item->was_shown = true;
		print_under_way(printer, item, window.columns - 1);
		lines++;
	}
	if (lines > 0)
		fprintf(printer->stream, "\x1b[%zuA", lines);
	printer->is_drawn = lines > 0;
	fflush(printer->stream);
	printer->drawn_ms = now_ms;
}

static Item *find_item(ProgressPrinter *printer, const char *name, const char *verb)
{
	for (size_t i = 0; i < printer->items.count; i++) {
		Item *item = &printer->items.items[i];
		if (text_equal(item->name, name) && text_equal(item->verb, verb))
			return item;
	}
	Item *item = items_push(printer->arena, &printer->items);
	item->name = arena_strdup(printer->arena, name);
	item->verb = arena_strdup(printer->arena, verb);
	item->since_ms = printer->world.clock_ms();
	return item;
}

static void report_line(ProgressPrinter *printer, Item *item)
{
	if (!item->is_over)
		return;
	print_over(printer, item);
	fflush(printer->stream);
	*item = printer->items.items[--printer->items.count];
}

static void report(Progress *progress, const char *name, const char *verb, uint64_t done,
		   uint64_t total)
{
	ProgressPrinter *printer = (ProgressPrinter *)progress;
	if (printer->style == PROGRESS_SILENT)
		return;

	pthread_mutex_lock(&printer->mutex);
	const uint64_t now_ms = printer->world.clock_ms();
	Item *item = find_item(printer, name, verb);
	item->done = done;
	item->total = total;
	item->is_over = total > 0 && done >= total;
	const bool is_due = item->is_over || now_ms - printer->drawn_ms >= REDRAW_WAIT_MS;
	if (printer->style == PROGRESS_LINES)
		report_line(printer, item);
	else if (is_due)
		draw(printer, now_ms);
	pthread_mutex_unlock(&printer->mutex);
}

static void make_way(Progress *progress)
{
	ProgressPrinter *printer = (ProgressPrinter *)progress;
	pthread_mutex_lock(&printer->mutex);
	erase(printer);
	fflush(printer->stream);
	pthread_mutex_unlock(&printer->mutex);
}

ProgressPrinter *progress_printer_new(FILE *stream, ProgressStyle style, const ProgressWorld *world)
{
	static const ProgressWorld real = { clock_ms, window_of };
	Arena *arena = arena_new();
	ProgressPrinter *printer = ARENA_NEW(arena, ProgressPrinter);
	*printer = (ProgressPrinter){
		.progress = { report, make_way },
		.stream = stream,
		.style = style,
		.world = world ? *world : real,
		.mutex = PTHREAD_MUTEX_INITIALIZER,
		.arena = arena,
	};
	return printer;
}

Progress *progress_printer_progress(ProgressPrinter *printer)
{
	return &printer->progress;
}

void progress_printer_clear(ProgressPrinter *printer)
{
	if (!printer)
		return;
	make_way(&printer->progress);
	printer->items.count = 0;
}

void progress_printer_free(ProgressPrinter *printer)
{
	if (printer)
		arena_free(printer->arena);
}

// --- streams of others to the same terminal

typedef struct SharedStream {
	ProgressPrinter *printer;
	FILE *stream;
} SharedStream;

static ssize_t write_shared(void *cookie, const char *bytes, size_t length)
{
	const SharedStream *self = cookie;
	ProgressPrinter *printer = self->printer;
	pthread_mutex_lock(&printer->mutex);
	erase(printer);
	fflush(printer->stream);
	const size_t written = fwrite(bytes, 1, length, self->stream);
	const bool is_good = fflush(self->stream) == 0;
	printer->is_in_line = length > 0 && bytes[length - 1] != '\n';
	pthread_mutex_unlock(&printer->mutex);
	return is_good ? (ssize_t)written : 0;
}

FILE *progress_printer_share(ProgressPrinter *printer, FILE *stream)
{
	SharedStream *shared = ARENA_NEW(printer->arena, SharedStream);
	*shared = (SharedStream){ printer, stream };
	FILE *ret = fopencookie(shared, "w", (cookie_io_functions_t){ .write = write_shared });
	if (!ret)
		memory_exhausted();
	setvbuf(ret, NULL, _IOLBF, 0);
	return ret;
}
