#include "isolate/log/logs.h"

#include "isolate/log/voice.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_watch.h"
#include "pkg/sys/interrupt.h"

#include <fcntl.h>

// Output is handed over in pieces of about this size, and whenever there is nothing more to read.
#define BATCH_BYTES (64 * 1024)

typedef struct Printer {
	const AppLogOptions *options;
	AppLogOutput *output;
	void *context;
	AppLogVoice **voices;
	size_t count;
	Buffer batch;
	uint64_t bytes_left;
	bool is_closed;                // the reader went away, or the limit is reached
	const AppLogVoice *unfinished; // whose line has no end yet; NULL: none
	AppLogStream unfinished_stream;
} Printer;

// --- output

static void flush(Printer *printer)
{
	size_t length = printer->batch.length;
	if (length > printer->bytes_left)
		length = (size_t)printer->bytes_left;
	if (length > 0 && !printer->is_closed)
		printer->is_closed =
			!printer->output(printer->batch.data, length, printer->context);
	printer->bytes_left -= length;
	printer->is_closed = printer->is_closed || printer->bytes_left == 0;
	printer->batch.length = 0;
}

static void begin_line(Printer *printer, const AppLogVoice *voice)
{
	const AppLogLine *line = &voice->line;
	if (printer->unfinished)
		buffer_add_char(&printer->batch, '\n');
	buffer_add(&printer->batch, voice->source->prefix);
	if (printer->options->has_timestamps) {
		buffer_add_bytes(&printer->batch, line->time.ptr, line->time.len);
		buffer_add_char(&printer->batch, ' ');
	}
}

static void print_line(Printer *printer, const AppLogVoice *voice)
{
	const AppLogLine *line = &voice->line;
	if (printer->unfinished != voice || printer->unfinished_stream != line->stream)
		begin_line(printer, voice);
	app_log_line_print(line, printer->options->is_for_terminal, &printer->batch);
	if (!line->is_partial)
		buffer_add_char(&printer->batch, '\n');
	printer->unfinished = line->is_partial ? voice : NULL;
	printer->unfinished_stream = line->stream;
	if (printer->batch.length >= BATCH_BYTES)
		flush(printer);
}

// --- all voices

static AppLogVoice *earliest(const Printer *printer)
{
	AppLogVoice *first = NULL;
	for (size_t i = 0; i < printer->count; i++) {
		AppLogVoice *voice = printer->voices[i];
		if (voice->has_line && (!first || voice->line.time_us < first->line.time_us))
			first = voice;
	}
	return first;
}

static bool advance_all(const Printer *printer, Error *error)
{
	for (size_t i = 0; i < printer->count; i++) {
		if (!printer->voices[i]->has_line &&
		    !app_log_voice_advance(printer->voices[i], error))
			return false;
	}
	return true;
}

static bool print_available(Printer *printer, Error *error)
{
	if (!advance_all(printer, error))
		return false;
	for (AppLogVoice *voice; !printer->is_closed && (voice = earliest(printer)) != NULL;) {
		print_line(printer, voice);
		if (!app_log_voice_advance(voice, error) || !interrupt_check(error))
			return false;
	}
	flush(printer);
	return true;
}

static bool are_all_over(const Printer *printer)
{
	for (size_t i = 0; i < printer->count; i++) {
		if (!printer->voices[i]->reader.is_over)
			return false;
	}
	return true;
}

static bool print_all(Printer *printer, const FileWatch *watch, Error *error)
{
	for (;;) {
		if (!print_available(printer, error))
			return false;
		if (!printer->options->follow || printer->is_closed || are_all_over(printer))
			return true;
		if (!file_watch_wait(watch, error))
			return false;
	}
}

// Watched before it is read, so that nothing is missed.
static bool open_all(Printer *printer, AppLogSources *sources, FileWatch *watch, Arena *arena,
		     Error *error)
{
	for (size_t i = 0; i < sources->count; i++) {
		AppLogVoice *voice = ARENA_NEW(arena, AppLogVoice);
		voice->source = &sources->items[i];
		voice->options = printer->options;
		printer->voices[printer->count++] = voice;
		if (!app_log_voice_open(voice, watch, arena, error))
			return false;
		voice->reader.is_over = voice->source->findings.is_missing;
	}
	return true;
}

bool app_logs_print(AppLogSources *sources, const AppLogOptions *options, AppLogOutput *output,
		    void *context, Error *error)
{
	CLEANUP_ARENA arena = arena_new();
	CLEANUP_FILE_WATCH watch = FILE_WATCH_NONE;
	Printer printer = {
		.options = options,
		.output = output,
		.context = context,
		.voices = arena_array(arena, sources->count, sizeof(AppLogVoice *)),
		.bytes_left = options->limit_bytes == 0 ? UINT64_MAX : options->limit_bytes,
	};
	if (options->follow)
		file_watch_open(&watch);
	const bool is_done = open_all(&printer, sources, &watch, arena, error) &&
			     print_all(&printer, &watch, error);
	for (size_t i = 0; i < printer.count; i++)
		app_log_voice_close(printer.voices[i]);
	buffer_clear(&printer.batch);
	return is_done;
}

// --- the last lines

static bool collect(const char *bytes, size_t length, void *context)
{
	buffer_add_bytes(context, bytes, length);
	return true;
}

bool app_logs_last_lines(const char *directory, size_t count, Arena *arena, Texts *ret,
			 Error *error)
{
	CLEANUP_BUFFER text = { 0 };
	AppLogSources sources = { 0 };
	const AppLogOptions options = { .tail = count, .is_for_terminal = true };
	*app_log_sources_push(arena, &sources) =
		(AppLogSource){ .directory = directory, .prefix = "" };
	if (!app_logs_print(&sources, &options, collect, &text, error))
		return false;
	const char *rest = buffer_text(&text);
	while (*rest) {
		const size_t length = strcspn(rest, "\n");
		texts_add(arena, ret, arena_strndup(arena, rest, length));
		rest += length + (rest[length] ? 1 : 0);
	}
	return true;
}
