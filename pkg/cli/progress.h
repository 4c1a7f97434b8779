// pkg/cli/progress.h - progress of long work, for people (pkg/base/progress.h, made visible).
// On a terminal an item that takes longer than half a second gets a line that is kept up to date; elsewhere each item is
// one line when it ends ("pull nginx:1 … done"). With -q nothing is shown. Reports may come from several threads.
#ifndef PKG_CLI_PROGRESS_H
#define PKG_CLI_PROGRESS_H

#include "pkg/base/base.h"
#include "pkg/base/progress.h"

#include <stdio.h>

typedef struct ProgressPrinter ProgressPrinter;

typedef enum ProgressStyle {
	PROGRESS_SILENT,
	PROGRESS_LINES,
	PROGRESS_TERMINAL,
} ProgressStyle;

// The style that fits `stream`: a terminal, something else, or quiet.
ProgressStyle progress_style_of(FILE *stream, bool is_quiet);

typedef struct ProgressWindow {
	unsigned columns, rows;
} ProgressWindow;

// What tests have otherwise.
typedef struct ProgressWorld {
	uint64_t (*clock_ms)(void); // monotonic
	ProgressWindow (*window)(FILE *stream);
} ProgressWorld;

// stream: usually stderr; not closed. world: NULL for the real one.
ProgressPrinter *progress_printer_new(FILE *stream, ProgressStyle style,
				      const ProgressWorld *world);
// What goes into Host.progress. Lives as long as the printer.
Progress *progress_printer_progress(ProgressPrinter *printer);
// A stream that writes to `stream`, which leads to the same terminal: lines of progress make way for what is written, and
// come back below it. The caller closes it before the printer goes; `stream` stays.
FILE *progress_printer_share(ProgressPrinter *printer, FILE *stream);
// Takes unfinished lines off the terminal for good. NULL is accepted.
void progress_printer_clear(ProgressPrinter *printer);
void progress_printer_free(ProgressPrinter *printer);

#endif
