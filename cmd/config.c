// sdme config: get, set, completions.
#include "store/state/config.h"

#include "cmd/commands.h"
#include "isolate/machine/owner.h"
#include "pkg/base/text.h"
#include "pkg/cli/completion.h"
#include "pkg/cli/message.h"
#include "pkg/cli/table.h"

// --- config get

typedef struct ConfigGetOptions {
	bool json;
	bool json_pretty;
} ConfigGetOptions;

static const Option get_options[] = {
	OPT_JSON(ConfigGetOptions, json, json_pretty),
};

static const Positional get_positionals[] = {
	{ "KEY", 0, 1, COMPLETE_SETTING, "Print the value of this setting only", NULL },
};

static const Column get_columns[] = {
	{ .title = "KEY", .key = "key" },
	{ .title = "VALUE", .key = "value" },
	{ .title = "DEFAULT", .key = "default" },
};

static void print_lines(const CommandContext *context)
{
	for (size_t i = 0; i < config_key_count; i++)
		fprintf(context->output, "%s = %s\n", config_keys[i].name,
			config_value(context->config, &config_keys[i], context->arena));
}

static void print_json(const CommandContext *context, OutputFormat format)
{
	Table table;
	table_init(&table, context->arena, get_columns, COUNT(get_columns));
	for (size_t i = 0; i < config_key_count; i++) {
		table_add_text(&table, config_keys[i].name);
		table_add_text(&table,
			       config_value(context->config, &config_keys[i], context->arena));
		table_add_text(&table, config_keys[i].default_text);
	}
	table_write(&table, format, context->output);
}

static bool run_get(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	const ConfigGetOptions *options = context->options;
	if (context->arguments.count > 0) {
		const ConfigKey *key = NULL;
		if (!config_find_key(context->arguments.items[0], &key, error))
			return false;
		fprintf(context->output, "%s\n",
			config_value(context->config, key, context->arena));
		return true;
	}
	if (options->json || options->json_pretty)
		print_json(context, output_format_of(options->json, options->json_pretty, ""));
	else
		print_lines(context);
	return true;
}

const Command command_config_get = {
	.name = "get",
	.summary = "Print the settings",
	.description =
		"Prints one line \"key = value\" for each setting, or only the value of KEY. "
		"Values are the ones in force: from /etc/sdme.conf, or the defaults.",
	.examples = "sdme config get\n"
		    "sdme config get boot_timeout\n",
	OPTIONS(ConfigGetOptions, get_options),
	POSITIONALS(get_positionals),
	.run = run_get,
};

// --- config set

static const Positional set_positionals[] = {
	{ "KEY", 1, 1, COMPLETE_SETTING, "The setting", NULL },
	{ "VALUE", 1, 1, COMPLETE_NONE, "Its new value", NULL },
};

// Not refused: the directory may be about to be moved.
static void warn_of_machines(const CommandContext *context, const char *data_dir)
{
	CLEANUP_ERROR rivals = { 0 };
	Host host = *context->host;
	host.data_dir = data_dir;
	if (!machine_check_rivals(&host, NULL, &rivals))
		message_print(context->messages, "Warning: ", rivals.message);
}

static bool run_set(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	const ConfigKey *key = NULL;
	bool is_default = false;
	if (!config_find_key(context->arguments.items[0], &key, error) ||
	    !config_save_value(context->config_path, key, context->arguments.items[1], &is_default,
			       error))
		return false;
	if (is_default)
		fprintf(context->messages, "'%s' is back to its default, '%s'\n", key->name,
			key->default_text);
	if (text_equal(key->name, "datadir"))
		warn_of_machines(context, context->arguments.items[1]);
	return true;
}

const Command command_config_set = {
	.name = "set",
	.summary = "Change a setting",
	.description =
		"Writes KEY into /etc/sdme.conf. Comments and other lines of the file stay as they "
		"are. A value equal to the default removes the line.",
	.examples = "sdme config set interactive no\n"
		    "sdme config set max_download_size 10G\n",
	POSITIONALS(set_positionals),
	.needs_root = true,
	.run = run_set,
};

// --- config completions

static const Positional completions_positionals[] = {
	{ "SHELL", 1, 1, COMPLETE_NONE, "Shell to print the script for", shell_words },
};

static bool run_completions(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	(void)error;
	unsigned shell = 0;
	while (!text_equal(shell_words[shell], context->arguments.items[0]))
		shell++;
	CLEANUP_BUFFER text = { 0 };
	completion_print(&command_root, (Shell)shell, &text);
	fputs(buffer_text(&text), context->output);
	return true;
}

const Command command_config_completions = {
	.name = "completions",
	.summary = "Print a completion script for a shell",
	.description =
		"The script completes commands, options, their words, and the names of machines, "
		"pods, images, root file systems, secrets and configmaps.",
	.examples = "sdme config completions bash >/etc/bash_completion.d/sdme\n"
		    "sdme config completions zsh >/usr/share/zsh/site-functions/_sdme\n"
		    "sdme config completions fish >/etc/fish/completions/sdme.fish\n",
	POSITIONALS(completions_positionals),
	.run = run_completions,
};
