// pkg/cli/command_line.h - argv, understood.
// The only place that reads the words of the command line. Options may stand before and after positionals; the options
// of the root command are global and may stand anywhere before a tail (see CommandTail). Names are never abbreviated.
#ifndef PKG_CLI_COMMAND_LINE_H
#define PKG_CLI_COMMAND_LINE_H

#include "pkg/cli/command.h"

// The options of the root command.
typedef struct GlobalOptions {
	bool is_verbose;
	bool is_quiet;
	bool wants_short_help; // -h
	bool wants_long_help;  // --help, help CMD
	bool wants_version;
	const char *config_path;
	const char *data_dir;
} GlobalOptions;

#define GLOBAL_OPTION_COUNT 6
extern const Option global_options[GLOBAL_OPTION_COUNT];

typedef struct CommandLine {
	const Command *command; // the one named; the root when none is
	const char *path;       // "sdme kube apply"
	GlobalOptions globals;
	void *options; // the command's options struct
	Texts given;
	Texts arguments;
	bool is_incomplete; // a group without a subcommand: show its help
} CommandLine;

// words: argv without the program's name. Values are checked; requirements (positionals, required options) are, too,
// unless help or the version was asked for. Fails with ERROR_USAGE; the text names the --help to read.
MUST_CHECK bool command_line_parse(const Command *root, const Texts *words, Arena *arena,
				   CommandLine *ret, Error *error);

#endif
