#include "pkg/cli/progress.h"

#include "pkg/base/text.h"
#include "pkg/base/vec.h"
#include "pkg/cli/size.h"

#include <inttypes.h>
#include <pthread.h>
#include <time.h>

// Work that ends sooner than this leaves no trace on a terminal.
#define SHOW_AFTER_MS  500
#define REDRAW_WAIT_MS 100
// A line that is drawn again must not wrap.
#define NAME_LENGTH_MAX 44

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
	uint64_t (*clock_ms)(void);
	pthread_mutex_t mutex;
	Arena *arena;
	Items items;
	size_t lines_drawn; // above the cursor
	uint64_t drawn_ms;
};

static uint64_t monotonic_ms(void)
{
	struct timespec now = { 0 };
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

ProgressStyle progress_style_of(FILE *stream, bool is_quiet)
{
	if (is_quiet)
		return PROGRESS_SILENT;
	return isatty(fileno(stream)) ? PROGRESS_TERMINAL : PROGRESS_LINES;
}

static void add_item(Buffer *line, const Item *item)
{
	const size_t length = strlen(item->name);
	const size_t cut =
		!item->is_over && length > NAME_LENGTH_MAX ? length - NAME_LENGTH_MAX : 0;
	buffer_printf(line, "%s %s", item->verb, cut > 0 ? ".." : "");
	buffer_add_printable(line, item->name + cut, length - cut);
	buffer_add(line, " \xe2\x80\xa6 ");
	if (item->is_over) {
		buffer_add(line, "done");
		return;
	}
	if (item->total > 0)
		buffer_printf(line, "%" PRIu64 "%% of ", item->done * 100 / item->total);
	size_add(line, item->total > 0 ? item->total : item->done);
}

// The cursor goes to the first line drawn and everything below it vanishes.
static void erase(ProgressPrinter *printer)
{
	for (size_t i = 0; i < printer->lines_drawn; i++)
		fputs("\x1b[A\x1b[2K", printer->stream);
	if (printer->lines_drawn > 0)
		fputc('\r', printer->stream);
	printer->lines_drawn = 0;
}

static void print_item(ProgressPrinter *printer, const Item *item)
{
	CLEANUP_BUFFER line = { 0 };
	add_item(&line, item);
	fprintf(printer->stream, "%s\n", buffer_text(&line));
}

// Finished items move up for good, the others are drawn again below them.
static void draw(ProgressPrinter *printer, uint64_t now_ms)
{
	erase(printer);
	size_t kept = 0;
	for (size_t i = 0; i < printer->items.count; i++) {
		const Item item = printer->items.items[i];
		if (item.is_over && item.was_shown)
			print_item(printer, &item);
		if (!item.is_over)
			printer->items.items[kept++] = item;
	}
	printer->items.count = kept;
	for (size_t i = 0; i < kept; i++) {
		Item *item = &printer->items.items[i];
		if (now_ms - item->since_ms < SHOW_AFTER_MS)
			continue;
		item->was_shown = true;
		print_item(printer, item);
		printer->lines_drawn++;
	}
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
	item->since_ms = printer->clock_ms();
	return item;
}

static void report_line(ProgressPrinter *printer, Item *item)
{
	if (!item->is_over)
		return;
	print_item(printer, item);
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
	const uint64_t now_ms = printer->clock_ms();
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

ProgressPrinter *progress_printer_new(FILE *stream, ProgressStyle style, uint64_t (*clock_ms)(void))
{
	Arena *arena = arena_new();
	ProgressPrinter *printer = ARENA_NEW(arena, ProgressPrinter);
	*printer = (ProgressPrinter){
		.progress = { report },
		.stream = stream,
		.style = style,
		.clock_ms = clock_ms ? clock_ms : monotonic_ms,
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
	pthread_mutex_lock(&printer->mutex);
	erase(printer);
	printer->items.count = 0;
	fflush(printer->stream);
	pthread_mutex_unlock(&printer->mutex);
}

void progress_printer_free(ProgressPrinter *printer)
{
	if (printer)
		arena_free(printer->arena);
}
