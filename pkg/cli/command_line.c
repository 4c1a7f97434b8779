#include "pkg/cli/command_line.h"

#include "pkg/base/text.h"
#include "pkg/cli/option.h"

#include <stdarg.h>

const Option global_options[GLOBAL_OPTION_COUNT] = {
	OPT_FLAG(GlobalOptions, is_verbose, "verbose", 'v',
		 "Say more on stderr, and ask no questions"),
	OPT_FLAG(GlobalOptions, is_quiet, "quiet", 'q', "Show no progress"),
	OPT_STRING(GlobalOptions, config_path, "config", 0, "FILE", COMPLETE_FILE,
		   "Read the settings from this file", .default_text = "/etc/sdme.conf"),
	OPT_STRING(GlobalOptions, data_dir, "datadir", 0, "DIR", COMPLETE_DIRECTORY,
		   "Keep all data below this directory instead of the setting datadir"),
	OPT_FLAG(GlobalOptions, wants_long_help, "help", 'h',
		 "Show help; -h is the short form of it"),
	OPT_FLAG(GlobalOptions, wants_version, "version", 'V', "Print the version"),
};

typedef struct Parser {
	const Command *root;
	const Texts *words;
	size_t next;
	Arena *arena;
	CommandLine *line;
	const Option *exclusive[128]; // the first option given of each mark
	bool is_help;                 // `help` was said: the rest are names of commands
	bool options_ended;           // behind `--`
	bool in_tail;
} Parser;

static bool refuse(const Parser *parser, Error *error, const char *format, ...) PRINTF(3, 4);

static bool refuse(const Parser *parser, Error *error, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	const char *message = arena_vprintf(parser->arena, format, arguments);
	va_end(arguments);
	return error_set(error, ERROR_USAGE, "%s (see '%s --help')", message, parser->line->path);
}

// ", did you mean 'x'?", or nothing. prefix: what the candidates lack.
static const char *suggest(const Parser *parser, const char *text, Texts *candidates,
			   const char *prefix)
{
	texts_add(parser->arena, candidates, NULL);
	const char *nearest = text_nearest(text, candidates->items);
	return nearest ? arena_printf(parser->arena, ", did you mean '%s%s'?", prefix, nearest)
		       : "";
}

// --- options

// Where an option's value goes: the command's struct or the global one.
typedef struct Target {
	const Option *option;
	void *options;
} Target;

static Target find_long(const Parser *parser, const char *name)
{
	const Option *own = command_find_option(parser->line->command, name);
	if (own && parser->line->command != parser->root)
		return (Target){ own, parser->line->options };
	return (Target){ command_find_option(parser->root, name), &parser->line->globals };
}

static Target find_short(const Parser *parser, char letter)
{
	const Option *own = command_find_letter(parser->line->command, letter);
	if (own && parser->line->command != parser->root)
		return (Target){ own, parser->line->options };
	return (Target){ command_find_letter(parser->root, letter), &parser->line->globals };
}

static void add_option_names(const Parser *parser, const Command *command, Texts *names)
{
	for (size_t i = 0; i < command->option_count; i++) {
		if (!command->options[i].is_hidden)
			texts_add(parser->arena, names, command->options[i].name);
	}
}

static bool refuse_unknown_option(const Parser *parser, const char *spelled, Error *error)
{
	Texts names = { 0 };
	add_option_names(parser, parser->line->command, &names);
	add_option_names(parser, parser->root, &names);
	const char *suggestion =
		strlen(spelled) > 2 ? suggest(parser, spelled + 2, &names, "--") : "";
	return refuse(parser, error, "unknown option '%s'%s", spelled, suggestion);
}

static bool note_given(Parser *parser, const Option *option, Error *error)
{
	texts_add(parser->arena, &parser->line->given, option->name);
	if (!option->exclusive)
		return true;
	const Option **first = &parser->exclusive[option->exclusive & 0x7f];
	if (*first && *first != option)
		return refuse(parser, error, "'--%s' and '--%s' exclude each other", (*first)->name,
			      option->name);
	*first = option;
	return true;
}

// The value of an option that has none attached; NULL with an error set when there is none.
static const char *take_value(Parser *parser, const Option *option, const char *spelled,
			      Error *error)
{
	if (option->type == OPTION_FLAG)
		return "true";
	const char *word =
		parser->next < parser->words->count ? parser->words->items[parser->next] : NULL;
	if (option->implied_value && !(option->takes_word && word && word[0] != '-'))
		return option->implied_value;
	if (!word) {
		refuse(parser, error, "option '%s' needs a value: %s", spelled, option->value);
		return NULL;
	}
	parser->next++;
	return word;
}

// attached: the text behind `=` or the letter; NULL: none.
static bool use_option(Parser *parser, Target target, const char *spelled, const char *attached,
		       Error *error)
{
	const char *text = attached ? attached : take_value(parser, target.option, spelled, error);
	if (!text || !note_given(parser, target.option, error))
		return false;
	if (option_store(target.option, spelled, text, target.options, parser->arena, error))
		return true;
	const char *message = arena_strdup(parser->arena, error->message);
	error_clear(error);
	return refuse(parser, error, "%s", message);
}

static bool parse_long(Parser *parser, const char *word, Target target, Error *error)
{
	const char *equals = strchr(word, '=');
	const size_t length = equals ? (size_t)(equals - word) : strlen(word);
	const char *spelled = arena_strndup(parser->arena, word, length);
	if (!target.option)
		return refuse_unknown_option(parser, spelled, error);
	return use_option(parser, target, spelled, equals ? equals + 1 : NULL, error);
}

static bool is_help_flag(const Parser *parser, Target target)
{
	return target.options == &parser->line->globals &&
	       target.option->offset == offsetof(GlobalOptions, wants_long_help);
}

// -abc, -n5, -n=5: flags may be combined, the first letter that takes a value takes the rest.
static bool parse_short(Parser *parser, const char *word, Error *error)
{
	for (const char *letter = word + 1; *letter; letter++) {
		const char *spelled = arena_printf(parser->arena, "-%c", *letter);
		const Target target = find_short(parser, *letter);
		if (!target.option)
			return refuse_unknown_option(parser, spelled, error);
		if (is_help_flag(parser, target)) {
			parser->line->globals.wants_short_help = true;
			continue;
		}
		const bool is_flag = target.option->type == OPTION_FLAG;
		const char *rest = letter + 1 + (letter[1] == '=' ? 1 : 0);
		const char *attached = !is_flag && letter[1] ? rest : NULL;
		if (!use_option(parser, target, spelled, attached, error))
			return false;
		if (attached)
			return true;
	}
	return true;
}

// --- commands and positionals

static void enter_command(Parser *parser, const Command *command)
{
	CommandLine *line = parser->line;
	line->path = arena_printf(parser->arena, "%s %s", line->path, command->name);
	line->command = command;
	line->options = option_defaults(command->options, command->option_count,
					command->options_size, parser->arena);
}

static bool refuse_unknown_command(const Parser *parser, const char *word, Error *error)
{
	Texts names = { 0 };
	const Command *const *commands = parser->line->command->subcommands;
	for (size_t i = 0; commands && commands[i]; i++) {
		if (!commands[i]->is_hidden)
			texts_add(parser->arena, &names, commands[i]->name);
	}
	return refuse(parser, error, "unknown command '%s'%s", word,
		      suggest(parser, word, &names, ""));
}

// How many arguments stand before the tail. (Only fixed positionals may: command_check.)
static size_t tail_start(const Command *command)
{
	size_t start = 0;
	for (size_t i = 0; i + 1 < command->positional_count; i++)
		start += command->positionals[i].max;
	return start;
}

static bool is_tail_due(const Parser *parser)
{
	const Command *command = parser->line->command;
	return command->tail != TAIL_NONE && parser->line->arguments.count >= tail_start(command);
}

static bool parse_word(Parser *parser, const char *word, Error *error)
{
	const Command *command = parser->line->command;
	if (!command->subcommands && !parser->is_help) {
		parser->in_tail = is_tail_due(parser);
		texts_add(parser->arena, &parser->line->arguments, word);
		return true;
	}
	const Command *next = command_find(command, word);
	if (next) {
		enter_command(parser, next);
		return true;
	}
	if (!text_equal(word, "help") || parser->is_help)
		return refuse_unknown_command(parser, word, error);
	parser->is_help = true;
	parser->line->globals.wants_long_help = true;
	return true;
}

static bool parse_dashes(Parser *parser, const char *word, Error *error)
{
	if (text_equal(word, "--")) {
		parser->options_ended = true;
		parser->in_tail = is_tail_due(parser);
		return true;
	}
	const bool is_long = word[1] == '-';
	const size_t length = strcspn(word, "=");
	const Target target =
		is_long ? find_long(parser, arena_strndup(parser->arena, word + 2, length - 2))
			: find_short(parser, word[1]);
	if (!target.option && parser->line->command->tail == TAIL_UNKNOWN && is_tail_due(parser)) {
		parser->in_tail = true;
		texts_add(parser->arena, &parser->line->arguments, word);
		return true;
	}
	return is_long ? parse_long(parser, word, target, error) : parse_short(parser, word, error);
}

static bool parse_any(Parser *parser, const char *word, Error *error)
{
	if (parser->in_tail) {
		texts_add(parser->arena, &parser->line->arguments, word);
		return true;
	}
	const bool has_dash = word[0] == '-' && word[1] != '\0';
	if (has_dash && !parser->options_ended)
		return parse_dashes(parser, word, error);
	return parse_word(parser, word, error);
}

// --- what must be there

static bool check_options(const Parser *parser, Error *error)
{
	const Command *command = parser->line->command;
	for (size_t i = 0; i < command->option_count; i++) {
		const Option *option = &command->options[i];
		if (option->is_required && !texts_contain(&parser->line->given, option->name))
			return refuse(parser, error, "option '--%s' is missing", option->name);
	}
	return true;
}

static bool check_choice(const Parser *parser, const Positional *positional, const char *text,
			 Error *error)
{
	size_t count = 0;
	while (positional->words && positional->words[count]) {
		if (text_equal(positional->words[count], text))
			return true;
		count++;
	}
	if (!positional->words)
		return true;
	return refuse(parser, error, "%s: '%s' is not one of %s", positional->name, text,
		      words_join(positional->words, count, parser->arena));
}

static bool check_arguments(const Parser *parser, Error *error)
{
	const Command *command = parser->line->command;
	const Texts *arguments = &parser->line->arguments;
	size_t next = 0;
	for (size_t i = 0; i < command->positional_count; i++) {
		const Positional *positional = &command->positionals[i];
		unsigned taken = 0;
		for (; taken < positional->max && next < arguments->count; taken++) {
			if (!check_choice(parser, positional, arguments->items[next++], error))
				return false;
		}
		if (taken < positional->min)
			return refuse(parser, error, "%s is missing", positional->name);
	}
	if (next < arguments->count)
		return refuse(parser, error, "unexpected argument '%s'", arguments->items[next]);
	return true;
}

bool command_line_parse(const Command *root, const Texts *words, Arena *arena, CommandLine *ret,
			Error *error)
{
	CommandLine line = { .command = root, .path = root->name };
	const void *globals =
		option_defaults(root->options, root->option_count, root->options_size, arena);
	line.globals = *(const GlobalOptions *)globals;

	Parser parser = { .root = root, .words = words, .arena = arena, .line = &line };
	while (parser.next < words->count) {
		if (!parse_any(&parser, words->items[parser.next++], error))
			return false;
	}
	const GlobalOptions *asked = &line.globals;
	line.is_incomplete = !line.command->run;
	const bool needs_nothing = asked->wants_short_help || asked->wants_long_help ||
				   asked->wants_version || line.is_incomplete;
	if (!needs_nothing && (!check_options(&parser, error) || !check_arguments(&parser, error)))
		return false;
	*ret = line;
	return true;
}
