#include "pkg/cli/progress.h"

#include "tests/unit/test.h"

static uint64_t now_ms;

static uint64_t fake_clock(void)
{
	return now_ms;
}

// Three items: one quick, one slow, one whose size nobody knows.
static const char *show(Test *test, ProgressStyle style)
{
	char *shown = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&shown, &length);
	now_ms = 1000;
	ProgressPrinter *printer = progress_printer_new(stream, style, fake_clock);
	Progress *progress = progress_printer_progress(printer);
	progress_report(progress, "quick:1", "pull", 0, 100);
	progress_report(progress, "slow:1", "pull", 0, 3 << 20);
	now_ms += 200;
	progress_report(progress, "quick:1", "pull", 100, 100);
	now_ms += 400;
	progress_report(progress, "slow:1", "pull", 1 << 20, 3 << 20);
	now_ms += 400;
	progress_report(progress, "slow:1", "pull", 3 << 20, 3 << 20);
	progress_report(progress, "layer", "unpack", 10, 0);
	now_ms += 600;
	progress_report(progress, "layer", "unpack", 2000, 0);
	progress_printer_clear(printer);
	progress_printer_free(printer);
	fclose(stream);
	const char *text = arena_strdup(test->arena, shown);
	free(shown);
	return text;
}

TEST(progress_lines)
{
	CHECK_TEXT(show(test, PROGRESS_LINES),
		   "pull quick:1 \xe2\x80\xa6 done\npull slow:1 \xe2\x80\xa6 done\n");
}

TEST(progress_terminal_shows_what_is_slow)
{
	CHECK_TEXT(show(test, PROGRESS_TERMINAL), "pull slow:1 \xe2\x80\xa6 33% of 3.0 MiB\n"
						  "\x1b[A\x1b[2K\rpull slow:1 \xe2\x80\xa6 done\n"
						  "unpack layer \xe2\x80\xa6 2.0 KiB\n"
						  "\x1b[A\x1b[2K\r");
}

TEST(progress_silent)
{
	CHECK_TEXT(show(test, PROGRESS_SILENT), "");
}
