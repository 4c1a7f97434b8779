#include "isolate/journal/logs.h"

#include "isolate/journal/voice.h"
#include "pkg/sys/interrupt.h"

// Output is handed over in pieces of about this size, and whenever there is nothing more to read.
#define BATCH_BYTES (64 * 1024)
// How often a journal that does not exist yet is looked for, when following.
#define MISSING_PAUSE_US (250 * 1000)
// Where sdme-isolate was killed, the last lines may reach the journal a little after systemd's word that it has ended.
#define LATE_LINES_MS 200

typedef struct Printer {
	const LogOptions *options;
	LogOutput *output;
	void *context;
	LogVoice *voices;
	Journal **journals; // of the voices, for journal_wait
	size_t count;
	Buffer batch;
	uint64_t bytes_left;
	bool is_closed; // the reader went away, or the limit is reached
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

static bool print_entry(Printer *printer, LogVoice *voice, Error *error)
{
	CLEANUP_ARENA arena = arena_new();
	LogEntry entry;
	if (!log_voice_read(voice, arena, &entry, error))
		return false;
	// Another voice would end up in the middle of a line that goes on.
	entry.is_continued = entry.is_continued && printer->count == 1;
	log_line_add(&printer->batch, &entry, printer->options, voice->source->prefix,
		     voice->is_in_line);
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

static bool are_all_over(const Printer *printer)
{
	for (size_t i = 0; i < printer->count; i++) {
		if (!printer->voices[i].is_over)
			return false;
	}
	return true;
}

static bool wait_and_print(Printer *printer, JournalEvent *event, Error *error)
{
	const uint64_t timeout_ms = are_all_over(printer) ? LATE_LINES_MS : 0;
	return journal_wait(printer->journals, printer->count, printer->options->until_fd,
			    timeout_ms, event, error) &&
	       advance_all(printer, error) && print_available(printer, error);
}

static bool follow(Printer *printer, Error *error)
{
	JournalEvent event = JOURNAL_CHANGED;
	while (event == JOURNAL_CHANGED && !printer->is_closed) {
		if (!wait_and_print(printer, &event, error))
			return false;
	}
	return true;
}

// --- opening

// Until the directory of this voice appears. *ret_ended: until_fd came first.
static bool wait_for_journal(const LogOptions *options, bool *ret_ended, Error *error)
{
	struct pollfd one = { .fd = options->until_fd, .events = POLLIN };
	int ready = 0;
	if (!interrupt_poll(&one, 1, MISSING_PAUSE_US, &ready, error))
		return false;
	*ret_ended = ready > 0;
	return true;
}

static bool open_voice(LogVoice *voice, Error *error)
{
	bool is_missing = false, has_ended = false;
	while (!log_voice_open(voice, &is_missing, error)) {
		if (!is_missing)
			return false;
		error_clear(error);
		if (!voice->options->follow || has_ended)
			return true;
		if (!wait_for_journal(voice->options, &has_ended, error))
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
		.bytes_left = options->limit_bytes == 0 ? UINT64_MAX : options->limit_bytes,
	};
	const bool is_done = open_all(&printer, sources, count, error) &&
			     (!options->is_tail_of_all || options->tail == LOG_TAIL_ALL ||
			      skip_to_tail(&printer, error)) &&
			     print_available(&printer, error) &&
			     (!options->follow || follow(&printer, error));
	for (size_t i = 0; i < printer.count; i++)
		log_voice_close(&printer.voices[i]);
	buffer_clear(&printer.batch);
	return is_done;
}

// --- the last lines

static bool collect(const char *bytes, size_t length, void *context)
{
	buffer_add_bytes(context, bytes, length);
	return true;
}

bool logs_last_lines(const char *directory, const char *unit, bool is_waiting, size_t count,
		     Arena *arena, Texts *ret, Error *error)
{
	const LogSource source = { .directory = directory,
				   .unit = unit,
				   .scope = LOG_SCOPE_APP,
				   .instance = LOG_INSTANCE_CURRENT,
				   .is_waiting = is_waiting,
				   .prefix = "" };
	const LogOptions options = { .tail = count, .is_for_terminal = true, .until_fd = -1 };
	CLEANUP_BUFFER text = { 0 };
	if (!logs_print(&source, 1, &options, collect, &text, error))
		return false;

	const char *rest = buffer_text(&text);
	for (const char *end; (end = strchr(rest, '\n')) != NULL; rest = end + 1)
		texts_add(arena, ret, arena_strndup(arena, rest, (size_t)(end - rest)));
	return true;
}
