// The faults that a declaration can have. Found by a unit test, not by users.
#include "pkg/base/text.h"
#include "pkg/cli/command.h"
#include "pkg/cli/option.h"

#include <stdarg.h>

#define SUMMARY_LENGTH_MAX 70
#define LOWER              "abcdefghijklmnopqrstuvwxyz"
#define UPPER              "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS             "0123456789"

typedef struct Checker {
	const Command *root;
	const Command *command;
	const char *path;
	Arena *arena;
	Texts *faults;
} Checker;

static void fault(const Checker *checker, const char *format, ...) PRINTF(2, 3);

static void fault(const Checker *checker, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	const char *message = arena_vprintf(checker->arena, format, arguments);
	va_end(arguments);
	texts_add(checker->arena, checker->faults,
		  arena_printf(checker->arena, "%s: %s", checker->path, message));
}

static bool starts_with_one_of(const char *text, const char *letters)
{
	return text[0] && strchr(letters, text[0]);
}

// Help is the start of a sentence: a capital first, no full stop last.
static void check_sentence(const Checker *checker, const char *what, const char *text)
{
	if (text_is_empty(text))
		fault(checker, "%s has no help", what);
	else if (!starts_with_one_of(text, UPPER DIGITS) || text_ends_with(text, "."))
		fault(checker, "%s: help starts with a capital and has no full stop: '%s'", what,
		      text);
}

static void check_names(const Checker *checker)
{
	const Command *command = checker->command;
	const bool is_plain = starts_with_one_of(command->name, LOWER "_") &&
			      text_has_only(command->name, LOWER DIGITS "-_");
	if (!is_plain)
		fault(checker, "the name is not lower case");
	if (!command->run == !command->subcommands)
		fault(checker, "needs either run or subcommands");
	if (command->needs_root && command->subcommands)
		fault(checker, "needs_root belongs to the commands of a group");
	for (size_t i = 0; command->subcommands && command->subcommands[i]; i++) {
		for (size_t j = 0; j < i; j++) {
			if (text_equal(command->subcommands[i]->name,
				       command->subcommands[j]->name))
				fault(checker, "'%s' is there twice",
				      command->subcommands[i]->name);
		}
	}
}

static void check_prose(const Checker *checker)
{
	const Command *command = checker->command;
	check_sentence(checker, "the command", command->summary);
	if (command->summary && strlen(command->summary) > SUMMARY_LENGTH_MAX)
		fault(checker, "the summary has more than %d characters", SUMMARY_LENGTH_MAX);
	if (text_is_empty(command->description) && !command->is_hidden)
		fault(checker, "no description");
}

static void check_twins(const Checker *checker, const Option *option)
{
	const Command *command = checker->command;
	const bool is_root = command == checker->root;
	const Option *global = command_find_option(checker->root, option->name);
	if (command_find_option(command, option->name) != option || (global && !is_root))
		fault(checker, "--%s is there twice", option->name);
	if (!option->letter)
		return;
	global = command_find_letter(checker->root, option->letter);
	if (command_find_letter(command, option->letter) != option || (global && !is_root))
		fault(checker, "-%c is there twice", option->letter);
}

static void check_words(const Checker *checker, const Option *option)
{
	if (option->type == OPTION_CHOICE && option->word_count == 0)
		fault(checker, "--%s has no words", option->name);
	for (size_t i = 0; i < option->word_count; i++) {
		if (!option->words[i])
			fault(checker, "--%s: word %zu is missing", option->name, i);
	}
}

static void check_text(const Checker *checker, const Option *option, const char *text)
{
	CLEANUP_ERROR error = { 0 };
	void *options = arena_alloc(checker->arena, checker->command->options_size);
	if (text && !option_store(option, option->name, text, options, checker->arena, &error))
		fault(checker, "%s", error.message);
}

static void check_option(const Checker *checker, const Option *option)
{
	const bool is_flag = option->type == OPTION_FLAG;
	if (!starts_with_one_of(option->name, LOWER) ||
	    !text_has_only(option->name, LOWER DIGITS "-"))
		fault(checker, "--%s is not lower case", option->name);
	if (option->offset >= checker->command->options_size)
		fault(checker, "--%s lies outside the options struct", option->name);
	if (is_flag != !option->value)
		fault(checker, "--%s: flags have no value, others need its name", option->name);
	if (option->is_required && option->default_text)
		fault(checker, "--%s is required and has a default", option->name);
	if (option->takes_word && !option->implied_value)
		fault(checker, "--%s: takes_word needs implied_value", option->name);
	check_twins(checker, option);
	check_words(checker, option);
	check_text(checker, option, option->default_text);
	check_text(checker, option, option->implied_value);
	check_sentence(checker, arena_printf(checker->arena, "--%s", option->name), option->help);
}

// What follows an optional positional must be optional; what stands before a tail must be fixed.
static void check_positionals(const Checker *checker)
{
	const Command *command = checker->command;
	bool was_variable = false;
	for (size_t i = 0; i < command->positional_count; i++) {
		const Positional *positional = &command->positionals[i];
		const bool is_last = i + 1 == command->positional_count;
		check_sentence(checker, positional->name, positional->help);
		if (!text_has_only(positional->name, UPPER DIGITS "-"))
			fault(checker, "%s is not upper case", positional->name);
		if (positional->max == 0 || positional->min > positional->max)
			fault(checker, "%s: min and max contradict each other", positional->name);
		if ((positional->max == POSITIONAL_MANY && !is_last) ||
		    (was_variable && positional->min > 0))
			fault(checker, "%s cannot be told from its neighbour", positional->name);
		was_variable = was_variable || positional->min != positional->max;
		if (was_variable && !is_last && command->tail != TAIL_NONE)
			fault(checker, "%s stands before a tail and must be fixed",
			      positional->name);
	}
	if (command->positional_count > 0 && command->subcommands)
		fault(checker, "a group takes no positionals");
	if (command->positional_count == 0 && command->tail != TAIL_NONE)
		fault(checker, "a tail needs a positional");
}

static void check_command(const Checker *checker)
{
	const Command *command = checker->command;
	check_names(checker);
	check_prose(checker);
	for (size_t i = 0; i < command->option_count; i++)
		check_option(checker, &command->options[i]);
	check_positionals(checker);
	for (size_t i = 0; command->subcommands && command->subcommands[i]; i++) {
		Checker sub = *checker;
		sub.command = command->subcommands[i];
		sub.path = arena_printf(checker->arena, "%s %s", checker->path, sub.command->name);
		check_command(&sub);
	}
}

void command_check(const Command *root, Arena *arena, Texts *ret_faults)
{
	const Checker checker = { root, root, root->name, arena, ret_faults };
	check_command(&checker);
}
