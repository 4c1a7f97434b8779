#include "pkg/cli/progress.h"

#include "pkg/base/text.h"
#include "tests/unit/terminal.h"
#include "tests/unit/test.h"

#define DOTS " \xe2\x80\xa6 "

static uint64_t now_ms;
static unsigned columns, rows;

static uint64_t fake_clock(void)
{
	return now_ms;
}

static ProgressWindow fake_window(FILE *stream)
{
	(void)stream; // it is memory
	return (ProgressWindow){ columns, rows };
}

static const ProgressWorld world = { fake_clock, fake_window };

typedef struct Shown {
	char *text;
	size_t length;
	FILE *stream;
	ProgressPrinter *printer;
	Progress *progress;
} Shown;

static Shown *start(Test *test, ProgressStyle style)
{
	Shown *shown = ARENA_NEW(test->arena, Shown);
	now_ms = 1000;
	columns = 80;
	rows = 24;
	shown->stream = open_memstream(&shown->text, &shown->length);
	shown->printer = progress_printer_new(shown->stream, style, &world);
	shown->progress = progress_printer_progress(shown->printer);
	return shown;
}

static const char *end(Test *test, Shown *shown)
{
	progress_printer_clear(shown->printer);
	progress_printer_free(shown->printer);
	fclose(shown->stream);
	const char *text = arena_strdup(test->arena, shown->text);
	free(shown->text);
	return text;
}

// Three items: one quick, one slow, one whose size nobody knows.
static const char *show(Test *test, ProgressStyle style)
{
	Shown *shown = start(test, style);
	progress_report(shown->progress, "quick:1", "pull", 0, 100);
	progress_report(shown->progress, "slow:1", "pull", 0, 3 << 20);
	now_ms += 200;
	progress_report(shown->progress, "quick:1", "pull", 100, 100);
	now_ms += 400;
	progress_report(shown->progress, "slow:1", "pull", 1 << 20, 3 << 20);
	now_ms += 400;
	progress_report(shown->progress, "slow:1", "pull", 3 << 20, 3 << 20);
	progress_report(shown->progress, "layer", "unpack", 10, 0);
	now_ms += 600;
	progress_report(shown->progress, "layer", "unpack", 2000, 0);
	return end(test, shown);
}

TEST(progress_lines)
{
	CHECK_TEXT(show(test, PROGRESS_LINES),
		   "pull quick:1" DOTS "done\npull slow:1" DOTS "done\n");
}

TEST(progress_terminal_shows_what_is_slow)
{
	CHECK_TEXT(show(test, PROGRESS_TERMINAL), "pull slow:1" DOTS "33% of 3.0 MiB\n\x1b[1A"
						  "\r\x1b[Jpull slow:1" DOTS "done\n"
						  "unpack layer" DOTS "2.0 KiB\n\x1b[1A"
						  "\r\x1b[J");
}

TEST(progress_silent)
{
	CHECK_TEXT(show(test, PROGRESS_SILENT), "");
}

// Slow layers of an image whose name is long and wide.
static void report_layers(Shown *shown, unsigned count, unsigned done)
{
	for (unsigned i = 0; i < count; i++) {
		CLEANUP_BUFFER name = { 0 };
		buffer_printf(&name,
			      "localhost:5000/\xe5\xb1\xa4/\xc3\xa4\xc3\xa4\xc3\xa4/layer-%u", i);
		progress_report(shown->progress, buffer_text(&name), "pull", done, 10 << 20);
		now_ms += 600;
		progress_report(shown->progress, buffer_text(&name), "pull", done + 1, 10 << 20);
	}
}

static const char words[] =
	"error: pod/web: image of container 'app': pull 'localhost:5000/\xe5\xb1\xa4': the registry has no such manifest, "
	"and what it said is long enough to take more than one line of any terminal that people have in use today";

static const char *on_screen(Test *test, Shown *shown, unsigned width)
{
	const char *text = end(test, shown);
	return terminal_show(text, width, 24, test->arena);
}

// Whatever the width, what others write stays as it is, and nothing else does.
TEST(progress_makes_way_for_all_that_is_written)
{
	for (unsigned width = 10; width <= 250; width++) {
		Shown *shown = start(test, PROGRESS_TERMINAL);
		columns = width;
		FILE *messages = progress_printer_share(shown->printer, shown->stream);
		report_layers(shown, 3, 100);
		fprintf(messages, "Note: one line\n");
		report_layers(shown, 3, 200);
		fprintf(messages, "%s\n", words);
		now_ms += 600;
		report_layers(shown, 1, 300);
		fclose(messages);
		const char *want =
			terminal_show(arena_printf(test->arena, "Note: one line\n%s\n", words),
				      width, 24, test->arena);
		CHECK_TEXT(on_screen(test, shown, width), want);
	}
}

// More layers than the window has lines.
TEST(progress_stays_in_its_window)
{
	Shown *shown = start(test, PROGRESS_TERMINAL);
	FILE *messages = progress_printer_share(shown->printer, shown->stream);
	for (unsigned i = 0; i < 20; i++)
		fprintf(messages, "%u\n", i);
	report_layers(shown, 40, 100);
	fprintf(messages, "last\n");
	fclose(messages);
	CHECK_TEXT(on_screen(test, shown, 80),
		   "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n17\n18\n19\nlast\n");
}

// The beginning of a line, such as a question, is not drawn over.
TEST(progress_waits_for_the_end_of_a_line)
{
	Shown *shown = start(test, PROGRESS_TERMINAL);
	FILE *messages = progress_printer_share(shown->printer, shown->stream);
	report_layers(shown, 1, 100);
	fputs("remove it? [y/N] ", messages);
	fflush(messages);
	report_layers(shown, 1, 200);
	fputs("yes\n", messages);
	fclose(messages);
	CHECK_TEXT(on_screen(test, shown, 80), "remove it? [y/N] yes\n");
}

// A window that became narrower, or wider, between two drawings.
TEST(progress_may_be_resized)
{
	static const unsigned widths[] = { 100, 30, 200, 40 };
	Shown *shown = start(test, PROGRESS_TERMINAL);
	FILE *messages = progress_printer_share(shown->printer, shown->stream);
	for (size_t i = 0; i < COUNT(widths); i++) {
		columns = widths[i];
		report_layers(shown, 2, 100);
		fprintf(messages, "at %u\n", widths[i]);
	}
	fclose(messages);
	// As wide as the narrowest: no line was drawn for more than it had then.
	CHECK_TEXT(on_screen(test, shown, 200), "at 100\nat 30\nat 200\nat 40\n");
}
