// pkg/cli/command.h - a command is a declaration; everything that users see of it derives from there.
// Parsing, help, man page, completion, docs/cli.md and the JSON introspection all read the same tables. A command is one
// `const Command` in a file of cmd/, with a table of options, a table of positionals and a short run().
//     typedef struct StopOptions { bool all; unsigned how; uint64_t timeout_ms; } StopOptions;
//     static const Option options[] = {
//             OPT_FLAG(StopOptions, all, "all", 'a', "Stop every running machine"),
//             OPT_CHOICE(StopOptions, how, "how", 0, "WAY", ways, "Stop in this way", .default_text = "graceful"),
//     };
//     static const Positional positionals[] = {
//             { "NAME", 0, POSITIONAL_MANY, COMPLETE_RUNNING_MACHINE, "Machines to stop", NULL },
//     };
//     const Command command_stop = {
//             .name = "stop", .summary = "Stop machines", .description = …, .examples = …,
//             OPTIONS(StopOptions, options), POSITIONALS(positionals), .needs_root = true, .run = run,
//     };
#ifndef PKG_CLI_COMMAND_H
#define PKG_CLI_COMMAND_H

#include "pkg/base/error.h"
#include "pkg/base/pairs.h"
#include "pkg/base/vec.h"
#include "pkg/sys/host.h"

#include <stdint.h>
#include <stdio.h>

typedef struct Command Command;
typedef struct Config Config;

// What a shell offers for a word. The dynamic kinds are answered by the hidden command `sdme __complete`.
typedef enum CompletionKind {
	COMPLETE_NONE,
	COMPLETE_FILE,
	COMPLETE_DIRECTORY,
	COMPLETE_COMMAND, // a command of this program
	COMPLETE_MACHINE, // from here on: dynamic
	COMPLETE_RUNNING_MACHINE,
	COMPLETE_POD,
	COMPLETE_OBJECT,        // kinds, and what there is of them
	COMPLETE_OBJECT_OR_POD, // the same, and Pods where the kind may be left out
	COMPLETE_CONTAINER,     // of the Pod that is the first argument
	COMPLETE_IMAGE,
	COMPLETE_ROOTFS,
	COMPLETE_SECRET,
	COMPLETE_CONFIGMAP,
	COMPLETE_SETTING,
	COMPLETE_KIND_COUNT,
} CompletionKind;

// "machines", "running-machines" …: the argument of `sdme __complete`; NULL for kinds that are not dynamic.
const char *completion_kind_to_text(CompletionKind kind);

typedef enum OptionType {
	OPTION_FLAG,     // bool; also --name=true, --name=false
	OPTION_TEXT,     // const char *
	OPTION_TEXTS,    // Texts; once per occurrence
	OPTION_LIST,     // Texts; commas separate, occurrences add up
	OPTION_PAIRS,    // Pairs; KEY=VALUE, once per occurrence, equal keys are kept
	OPTION_CHOICE,   // an enum (or unsigned); one of a table of words, indexed by the enum
	OPTION_U32,      // uint32_t
	OPTION_U64,      // uint64_t
	OPTION_DOUBLE,   // double
	OPTION_SIZE,     // uint64_t bytes; 512M
	OPTION_DURATION, // uint64_t milliseconds; 30s
} OptionType;

typedef struct Option {
	const char *name; // without the dashes
	char letter;      // short form, or 0
	OptionType type;
	size_t offset;     // of the member in the options struct
	const char *value; // name of the value in help: "FILE"; NULL for flags
	CompletionKind completion;
	const char *const *words; // OPTION_CHOICE; also allowed for texts, as a check
	size_t word_count;
	const char *help; // one sentence without full stop, starts with a capital letter

	// Extras, written behind the help text in the macros.
	const char *default_text;  // value when absent, as it would be typed; shown in help
	const char *implied_value; // the value may be left out and is then this: --dry-run[=MODE]
	bool takes_word; // with implied_value: a following word without dash is the value, too
	char exclusive;  // at most one option of the same non-zero mark
	bool is_required;
	bool is_hidden;
	uint32_t min; // numbers; max 0 = the type's own
	uint32_t max;
} Option;

// offsetof, and a compile error unless the member has the type. (An enum is compatible with unsigned.)
#define CHECKED_OFFSET(Struct, member, Type)                                                       \
	_Generic(&((Struct *)0)->member, Type * : offsetof(Struct, member))

// The last argument is the help text, optionally followed by designated extras: "Wait", .default_text = "30s".
// clang-format off
#define OPT_FLAG(Struct, member, long_name, short_letter, ...)                                     \
	{ .name = (long_name), .letter = (short_letter), .type = OPTION_FLAG,                      \
	  .offset = CHECKED_OFFSET(Struct, member, bool), .help = __VA_ARGS__ }
#define OPT_VALUE(Struct, member, CType, option_type, long_name, short_letter, value_name, complete, ...) \
	{ .name = (long_name), .letter = (short_letter), .type = (option_type),                    \
	  .offset = CHECKED_OFFSET(Struct, member, CType), .value = (value_name),                  \
	  .completion = (complete), .help = __VA_ARGS__ }
#define OPT_STRING(Struct, member, long_name, short_letter, value_name, complete, ...)             \
	OPT_VALUE(Struct, member, const char *, OPTION_TEXT, long_name, short_letter, value_name, complete, __VA_ARGS__)
#define OPT_TEXTS(Struct, member, long_name, short_letter, value_name, complete, ...)              \
	OPT_VALUE(Struct, member, Texts, OPTION_TEXTS, long_name, short_letter, value_name, complete, __VA_ARGS__)
#define OPT_LIST(Struct, member, long_name, short_letter, value_name, complete, ...)               \
	OPT_VALUE(Struct, member, Texts, OPTION_LIST, long_name, short_letter, value_name, complete, __VA_ARGS__)
#define OPT_PAIRS(Struct, member, long_name, short_letter, value_name, ...)                        \
	OPT_VALUE(Struct, member, Pairs, OPTION_PAIRS, long_name, short_letter, value_name, COMPLETE_NONE, __VA_ARGS__)
#define OPT_CHOICE(Struct, member, long_name, short_letter, value_name, word_table, ...)           \
	{ .name = (long_name), .letter = (short_letter), .type = OPTION_CHOICE,                    \
	  .offset = CHECKED_OFFSET(Struct, member, unsigned), .value = (value_name),               \
	  .words = (word_table), .word_count = COUNT(word_table), .help = __VA_ARGS__ }
#define OPT_U32(Struct, member, long_name, short_letter, value_name, ...)                          \
	OPT_VALUE(Struct, member, uint32_t, OPTION_U32, long_name, short_letter, value_name, COMPLETE_NONE, __VA_ARGS__)
#define OPT_U64(Struct, member, long_name, short_letter, value_name, ...)                          \
	OPT_VALUE(Struct, member, uint64_t, OPTION_U64, long_name, short_letter, value_name, COMPLETE_NONE, __VA_ARGS__)
#define OPT_DOUBLE(Struct, member, long_name, short_letter, value_name, ...)                       \
	OPT_VALUE(Struct, member, double, OPTION_DOUBLE, long_name, short_letter, value_name, COMPLETE_NONE, __VA_ARGS__)
#define OPT_SIZE(Struct, member, long_name, short_letter, value_name, ...)                         \
	OPT_VALUE(Struct, member, uint64_t, OPTION_SIZE, long_name, short_letter, value_name, COMPLETE_NONE, __VA_ARGS__)
#define OPT_DURATION(Struct, member, long_name, short_letter, value_name, ...)                     \
	OPT_VALUE(Struct, member, uint64_t, OPTION_DURATION, long_name, short_letter, value_name, COMPLETE_NONE, __VA_ARGS__)
// The pair that every command with a table has; see output_format_of in table.h.
#define OPT_JSON(Struct, json_member, pretty_member)                                               \
	OPT_FLAG(Struct, json_member, "json", 0, "Print JSON", .exclusive = 'j'),                  \
	OPT_FLAG(Struct, pretty_member, "json-pretty", 0, "Print indented JSON", .exclusive = 'j')
// clang-format on

#define POSITIONAL_MANY 0xffffffffu

typedef struct Positional {
	const char *name; // upper case: "NAME"
	unsigned min;     // how often
	unsigned max;
	CompletionKind completion;
	const char *help;
	const char *const *words; // NULL-terminated choices, or NULL
} Positional;

// How the last positional is read.
typedef enum CommandTail {
	TAIL_NONE,
	TAIL_COMMAND, // from its first word on everything is passed on untouched: exec NAME ls -l
	TAIL_UNKNOWN, // as TAIL_COMMAND, and an option that is not ours starts it, too: logs NAME -n 5
} CommandTail;

// What run() gets. Everything lives as long as the command.
typedef struct CommandContext {
	const Host *host;
	const Config *config;   // store/state/config.h
	const Command *command; // itself
	const char *path;       // "sdme kube apply"
	const void *options;    // the command's options struct, filled in
	Texts given;            // names of the options on the command line
	Texts arguments;        // the positionals, in order
	Arena *arena;
	FILE *output;                                  // results: names, tables, JSON
	FILE *messages;                                // words: progress, warnings
	bool is_output_terminal, is_messages_terminal; // whatever the streams are
	const char *config_path;
	bool is_verbose;
	bool is_quiet;
	bool is_interactive; // questions may be asked: setting interactive, not --verbose, stdin is a terminal
} CommandContext;

// True when the option was on the command line, even with its default value.
bool command_has_option(const CommandContext *context, const char *name);

// exit_status: 0 at the start; set for commands that pass on a child's status. With false the error decides.
typedef bool (*CommandRun)(const CommandContext *context, int *exit_status, Error *error);

struct Command {
	const char *name;
	const char *summary; // one line, no full stop: in lists
	// The essay of --help and the man page: paragraphs with blank lines between; a line that starts with two blanks is
	// shown as it stands.
	const char *description;
	const char *examples; // lines; "# words" explain the lines below them
	const Option *options;
	size_t option_count;
	size_t options_size; // of the options struct, which the parser allocates
	const Positional *positionals;
	size_t positional_count;
	CommandTail tail;
	const Command *const *subcommands; // NULL-terminated; NULL for a command that runs
	bool needs_root;
	bool is_hidden;
	CommandRun run;   // NULL for a group
	const void *data; // for a `run` of several commands: what they differ in
};

#define OPTIONS(Struct, table)                                                                     \
	.options = (table), .option_count = COUNT(table), .options_size = sizeof(Struct)
#define POSITIONALS(table) .positionals = (table), .positional_count = COUNT(table)

// The subcommand of that name (hidden ones too), or NULL.
const Command *command_find(const Command *group, const char *name);
// The option of that name or letter, or NULL.
const Option *command_find_option(const Command *command, const char *name);
const Option *command_find_letter(const Command *command, char letter);

// Looks for faults in the declarations of the whole tree: names and letters taken twice, a global option hidden, help
// that is missing or no sentence, positionals that cannot be told apart. One line per fault is added to *ret_faults.
void command_check(const Command *root, Arena *arena, Texts *ret_faults);

#endif
