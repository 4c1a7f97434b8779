#include "isolate/journal/logs.h"

#include "isolate/journal/voice.h"
#include "pkg/sys/interrupt.h"

// Output is handed over in pieces of about this size, and whenever there is nothing more to read.
#define BATCH_BYTES (64 * 1024)
// How often a journal that does not exist yet is looked for, when following.
#define MISSING_PAUSE_US (250 * 1000)

typedef struct Printer {
	const LogOptions *options;
	LogOutput *output;
	void *context;
	LogVoice *voices;
	Journal **journals; // of the voices, for journal_wait
	size_t count;
	Buffer batch;
	bool is_closed; // the reader went away
} Printer;

// --- output

static void flush(Printer *printer)
{
	if (printer->batch.length > 0 && !printer->is_closed)
		printer->is_closed = !printer->output(printer->batch.data, printer->batch.length,
						      printer->context);
	printer->batch.length = 0;
}

static bool print_entry(Printer *printer, LogVoice *voice, Error *error)
{
	CLEANUP_ARENA arena = arena_new();
	LogEntry entry;
	if (!log_voice_read(voice, arena, &entry, error))
		return false;
	// Another voice would end up in the middle of a line that goes on.
	entry.is_continued = entry.is_continued && printer->count == 1;
	log_line_add(&printer->batch, &entry, printer->options->is_for_terminal, voice->is_in_line);
	voice->is_in_line = entry.is_continued;
	if (printer->batch.length >= BATCH_BYTES)
		flush(printer);
	return log_voice_advance(voice, error);
}

// --- all voices

static LogVoice *earliest(const Printer *printer)
{
	LogVoice *first = NULL;
	for (size_t i = 0; i < printer->count; i++) {
		LogVoice *voice = &printer->voices[i];
		if (voice->has_entry && (!first || voice->time_us < first->time_us))
			first = voice;
	}
	return first;
}

static bool print_available(Printer *printer, Error *error)
{
	for (LogVoice *voice; !printer->is_closed && (voice = earliest(printer)) != NULL;) {
		if (!print_entry(printer, voice, error))
			return false;
	}
	flush(printer);
	return true;
}

// Passes over entries until only the last `tail` of all voices are left.
static bool skip_to_tail(const Printer *printer, Error *error)
{
	uint64_t available = 0;
	for (size_t i = 0; i < printer->count; i++) {
		LogVoice *voice = &printer->voices[i];
		for (; voice->has_entry; available++) {
			if (!log_voice_advance(voice, error))
				return false;
		}
		if (!log_voice_rewind(voice, error))
			return false;
	}
	LogVoice *voice = NULL;
	for (; available > printer->options->tail && (voice = earliest(printer)); available--) {
		if (!log_voice_advance(voice, error))
			return false;
	}
	return true;
}

static bool advance_all(const Printer *printer, Error *error)
{
	for (size_t i = 0; i < printer->count; i++) {
		LogVoice *voice = &printer->voices[i];
		if (voice->journal && !voice->has_entry && !log_voice_advance(voice, error))
			return false;
	}
	return true;
}

static bool follow(Printer *printer, Error *error)
{
	while (!printer->is_closed) {
		if (!journal_wait(printer->journals, printer->count, error) ||
		    !advance_all(printer, error) || !print_available(printer, error))
			return false;
	}
	return true;
}

// --- opening

// With follow, waits until the directory of this voice appears.
static bool open_voice(LogVoice *voice, Error *error)
{
	bool is_missing = false;
	while (!log_voice_open(voice, &is_missing, error)) {
		int ready = 0;
		if (!is_missing)
			return false;
		error_clear(error);
		if (!voice->options->follow)
			return true;
		if (!interrupt_poll(NULL, 0, MISSING_PAUSE_US, &ready, error))
			return false;
	}
	return true;
}

// A voice without a journal stays silent and leaves the list.
static bool open_all(Printer *printer, const LogSource *sources, size_t count, Error *error)
{
	for (size_t i = 0; i < count; i++) {
		LogVoice *voice = &printer->voices[printer->count];
		*voice = (LogVoice){ .source = &sources[i], .options = printer->options };
		if (!open_voice(voice, error)) {
			log_voice_close(voice);
			return false;
		}
		if (voice->journal)
			printer->journals[printer->count++] = voice->journal;
	}
	return true;
}

bool logs_print(const LogSource *sources, size_t count, const LogOptions *options,
		LogOutput *output, void *context, Error *error)
{
	CLEANUP_ARENA arena = arena_new();
	Printer printer = {
		.options = options,
		.output = output,
		.context = context,
		.voices = arena_array(arena, count, sizeof(LogVoice)),
		.journals = arena_array(arena, count, sizeof(Journal *)),
	};
	const bool is_done = open_all(&printer, sources, count, error) &&
			     (options->tail == LOG_TAIL_ALL || skip_to_tail(&printer, error)) &&
			     print_available(&printer, error) &&
			     (!options->follow || follow(&printer, error));
	for (size_t i = 0; i < printer.count; i++)
		log_voice_close(&printer.voices[i]);
	buffer_clear(&printer.batch);
	return is_done;
}
