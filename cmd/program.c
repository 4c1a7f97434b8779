#include "cmd/program.h"

#include "cmd/real_host.h"
#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/cli/command_line.h"
#include "pkg/cli/help.h"
#include "pkg/cli/message.h"
#include "pkg/cli/progress.h"
#include "pkg/sys/interrupt.h"
#include "store/state/config.h"
#include "store/state/layout.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>

// One run of the program.
typedef struct Program {
	const Command *root;
	Arena *arena;
	CommandLine line;
	Config config;
	Host host;
	ProgressPrinter *printer;
	FILE *output;
	FILE *messages;
	// The same for the command; on a terminal that shows progress they share it.
	FILE *shared_output;
	FILE *shared_messages;
} Program;

static int report_error(const Program *program, const Error *error)
{
	assert(error->code != ERROR_NONE);
	progress_printer_clear(program->printer);
	if (error->code != ERROR_INTERRUPTED)
		message_print_error(program->messages, "Error: ", error);
	// Whatever failed after a signal most likely failed because of it.
	if (error->code != ERROR_INTERRUPTED && interrupt_signal() == 0)
		return error_code_exit_status(error->code);
	fprintf(program->messages, "interrupted, exiting\n");
	return interrupt_signal() == SIGTERM ? 143 : 130;
}

static void print_help(const Program *program, FILE *stream, bool is_long)
{
	CLEANUP_BUFFER text = { 0 };
	help_print(program->root, program->line.command, program->line.path, is_long, &text);
	fputs(buffer_text(&text), stream);
}

static bool load_config(Program *program, Error *error)
{
	Texts warnings = { 0 };
	if (!config_load(program->line.globals.config_path, program->arena, &program->config,
			 &warnings, error))
		return false;
	for (size_t i = 0; i < warnings.count && !program->line.globals.is_quiet; i++)
		message_print(program->messages, "Warning: ", warnings.items[i]);
	return true;
}

// The option, or the setting: that, too, when the option is another path of the same directory.
static bool find_data_dir(const Program *program, const char **ret, Error *error)
{
	const char *given = program->line.globals.data_dir;
	CLEANUP_ERROR wrong = { 0 };
	if (given && !config_check_directory("--datadir", given, &wrong))
		return error_set(error, ERROR_USAGE, "%s", wrong.message);
	*ret = given && !layout_is_same(given, program->config.datadir) ? given
									: program->config.datadir;
	return true;
}

static void share_terminal(Program *program)
{
	const ProgressStyle style =
		progress_style_of(program->messages, program->line.globals.is_quiet);
	program->printer = progress_printer_new(program->messages, style, NULL);
	program->shared_output = program->output;
	program->shared_messages = program->messages;
	if (style != PROGRESS_TERMINAL)
		return;
	program->shared_messages = progress_printer_share(program->printer, program->messages);
	if (isatty(fileno(program->output)))
		program->shared_output = progress_printer_share(program->printer, program->output);
}

static void close_shared(Program *program)
{
	if (program->shared_output && program->shared_output != program->output)
		fclose(program->shared_output);
	if (program->shared_messages && program->shared_messages != program->messages)
		fclose(program->shared_messages);
}

static bool make_host(Program *program, Error *error)
{
	const char *data_dir = NULL;
	if (!find_data_dir(program, &data_dir, error))
		return false;
	share_terminal(program);
	program->host = real_host(path_clean(program->arena, data_dir));
	program->host.progress = progress_printer_progress(program->printer);
	return true;
}

static bool check_root(const Program *program, Error *error)
{
	if (!program->line.command->needs_root || geteuid() == 0)
		return true;
	return error_set(error, ERROR_DENIED, "'%s' must be run as root", program->line.path);
}

static bool run_command(Program *program, int *exit_status, Error *error)
{
	if (!check_root(program, error) || !load_config(program, error) ||
	    !make_host(program, error))
		return false;
	const GlobalOptions *globals = &program->line.globals;
	const CommandContext context = {
		.host = &program->host,
		.config = &program->config,
		.command = program->line.command,
		.path = program->line.path,
		.options = program->line.options,
		.given = program->line.given,
		.arguments = program->line.arguments,
		.arena = program->arena,
		.output = program->shared_output,
		.messages = program->shared_messages,
		.is_output_terminal = isatty(fileno(program->output)) == 1,
		.is_messages_terminal = isatty(fileno(program->messages)) == 1,
		.config_path = globals->config_path,
		.is_verbose = globals->is_verbose,
		.is_quiet = globals->is_quiet,
		.is_interactive =
			program->config.interactive && !globals->is_verbose && isatty(STDIN_FILENO),
	};
	return program->line.command->run(&context, exit_status, error);
}

// Mistakes that only the command itself could see name the --help to read, too.
static void add_hint(const Program *program, Error *error)
{
	if (error->code != ERROR_USAGE)
		return;
	const char *message = arena_strdup(program->arena, error->message);
	error_clear(error);
	error_set(error, ERROR_USAGE, "%s (see '%s --help')", message, program->line.path);
}

// Help and the version, or the command itself.
static bool answer(Program *program, int *exit_status, Error *error)
{
	const GlobalOptions *globals = &program->line.globals;
	if (globals->wants_long_help || globals->wants_short_help) {
		print_help(program, program->output, globals->wants_long_help);
		return true;
	}
	if (globals->wants_version) {
		fprintf(program->output, "%s %s\n", program->root->name, SDME_VERSION);
		return true;
	}
	if (program->line.is_incomplete) {
		print_help(program, program->messages, /* is_long= */ false);
		*exit_status = error_code_exit_status(ERROR_USAGE);
		return true;
	}
	const bool is_done = run_command(program, exit_status, error);
	close_shared(program);
	if (is_done)
		return true;
	add_hint(program, error);
	return false;
}

// A reader that went away (`sdme ps | head -1`) is no failure; a full disk is.
static bool flush_output(const Program *program, Error *error)
{
	errno = 0;
	const bool is_written = fflush(program->output) == 0 && !ferror(program->output);
	const int os_errno = errno;
	if (is_written || os_errno == EPIPE || os_errno == 0)
		return true;
	return error_set_errno(error, os_errno, "write to standard output");
}

int program_run(const Command *root, const Texts *words, FILE *output, FILE *messages)
{
	CLEANUP_ARENA arena = arena_new();
	CLEANUP_ERROR error = { 0 };
	Program program = { .root = root, .arena = arena, .output = output, .messages = messages };
	int exit_status = 0;
	bool is_done = command_line_parse(root, words, arena, &program.line, &error) &&
		       answer(&program, &exit_status, &error);
	is_done = is_done && flush_output(&program, &error);
	if (!is_done)
		exit_status = report_error(&program, &error);
	progress_printer_clear(program.printer);
	progress_printer_free(program.printer);
	return exit_status;
}
