#include "pkg/cli/command_line.h"

#include "pkg/base/text.h"
#include "tests/unit/sample_commands.h"
#include "tests/unit/test.h"

// Parses a line of words that single blanks separate.
static bool parse(Test *test, const char *text, CommandLine *line)
{
	Texts words = { 0 };
	while (*text) {
		const size_t length = strcspn(text, " ");
		texts_add(test->arena, &words, arena_strndup(test->arena, text, length));
		text += length + (text[length] ? 1 : 0);
	}
	*line = (CommandLine){ 0 };
	return command_line_parse(&sample_root, &words, test->arena, line, &test->error);
}

static const char *join(Test *test, const Texts *texts)
{
	CLEANUP_BUFFER text = { 0 };
	for (size_t i = 0; i < texts->count; i++)
		buffer_printf(&text, "%s%s", i > 0 ? "|" : "", texts->items[i]);
	return buffer_take(&text, test->arena);
}

TEST(command_line_reads_every_type)
{
	CommandLine line;
	CHECK(parse(
		test,
		"kube apply -f a.yaml --file=b.yaml --dry-run --timeout 1m30s --disk=512M -p 80 "
		"--revision 7 --cpus 1.5 --zone z --except a,b --except c -l k=v -l e= --json",
		&line));
	const ApplyOptions *options = line.options;
	CHECK_TEXT(line.path, "sample kube apply");
	CHECK_TEXT(join(test, &options->files), "a.yaml|b.yaml");
	CHECK(options->dry_run == DRY_RUN_CLIENT);
	CHECK(options->timeout_ms == 90000);
	CHECK(options->disk_bytes == 512ull << 20);
	CHECK(options->port == 80);
	CHECK(options->revision == 7);
	CHECK(options->cpus > 1.4 && options->cpus < 1.6);
	CHECK_TEXT(options->zone, "z");
	CHECK_TEXT(join(test, &options->except), "a|b|c");
	CHECK_TEXT(pairs_get(&options->labels, "k"), "v");
	CHECK_TEXT(pairs_get(&options->labels, "e"), "");
	CHECK(options->json && !options->json_pretty);
	CHECK(texts_contain(&line.given, "timeout") && !texts_contain(&line.given, "force"));
}

TEST(command_line_defaults)
{
	CommandLine line;
	CHECK(parse(test, "kube apply -f -", &line));
	const ApplyOptions *options = line.options;
	CHECK(options->timeout_ms == 60000);
	CHECK(options->dry_run == DRY_RUN_NONE);
	CHECK_TEXT(join(test, &options->files), "-");
	CHECK_TEXT(line.globals.config_path, "/etc/sdme.conf");
}

TEST(command_line_short_forms)
{
	static const char *const forms[] = {
		"kube apply -Rwf x -t5",
		"kube apply -R -w -f x -t 5",
		"kube apply -Rwt=5 -f=x",
		"kube apply -wRt5 -fx",
		"kube apply --wait=true --recursive --timeout=5 --file x",
	};
	for (size_t i = 0; i < COUNT(forms); i++) {
		CommandLine line;
		CHECK(parse(test, forms[i], &line));
		const ApplyOptions *options = line.options;
		CHECK(options->recursive && options->wait && options->timeout_ms == 5000);
		CHECK_TEXT(join(test, &options->files), "x");
	}
}

TEST(command_line_globals_go_anywhere)
{
	CommandLine line;
	CHECK(parse(test, "-v kube --datadir /d apply -q -f x --config=c", &line));
	CHECK(line.globals.is_verbose && line.globals.is_quiet);
	CHECK_TEXT(line.globals.data_dir, "/d");
	CHECK_TEXT(line.globals.config_path, "c");
	CHECK(parse(test, "paint red --verbose", &line) && line.globals.is_verbose);
}

TEST(command_line_options_around_positionals)
{
	CommandLine line;
	CHECK(parse(test, "paint red -v wall", &line));
	CHECK_TEXT(join(test, &line.arguments), "red|wall");
	CHECK(parse(test, "paint -- red -v", &line));
	CHECK_TEXT(join(test, &line.arguments), "red|-v");
	CHECK(parse(test, "kube apply --wait=false -f x", &line));
	CHECK(!((const ApplyOptions *)line.options)->wait);
}

TEST(command_line_tail_is_untouched)
{
	static const struct {
		const char *words;
		const char *arguments;
		const char *app;
		const char *user;
	} cases[] = {
		{ "exec web ls -l --user x", "web|ls|-l|--user|x", NULL, NULL },
		{ "exec web --user u ls -v", "web|ls|-v", NULL, "u" },
		{ "exec web -- ls --help", "web|ls|--help", NULL, NULL },
		{ "exec web -- -x -- y", "web|-x|--|y", NULL, NULL },
		{ "exec --oci -- web ls -v", "web|ls|-v", "", NULL },
		{ "exec --oci nginx web ls", "web|ls", "nginx", NULL },
		{ "exec web --oci=nginx ls", "web|ls", "nginx", NULL },
		{ "exec web --oci -- ls", "web|ls", "", NULL },
		{ "logs web -n 5 --oci x", "web|-n|5|--oci|x", NULL, NULL },
		{ "logs web --oci nginx --no-pager", "web|--no-pager", "nginx", NULL },
		{ "logs --oci -- web --no-pager -n 5", "web|--no-pager|-n|5", "", NULL },
		{ "logs web", "web", NULL, NULL },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		CommandLine line;
		CHECK(parse(test, cases[i].words, &line));
		const ExecOptions *options = line.options;
		CHECK_TEXT(join(test, &line.arguments), cases[i].arguments);
		CHECK(text_equal_or_null(options->app, cases[i].app));
		CHECK(text_equal_or_null(options->user, cases[i].user));
	}
}

TEST(command_line_help)
{
	CommandLine line;
	CHECK(parse(test, "kube apply -h", &line) && line.globals.wants_short_help);
	CHECK(parse(test, "kube apply --help", &line) && line.globals.wants_long_help);
	CHECK(parse(test, "help kube apply", &line) && line.globals.wants_long_help);
	CHECK_TEXT(line.path, "sample kube apply");
	CHECK(parse(test, "kube help apply", &line) && line.globals.wants_long_help);
	CHECK_TEXT(line.path, "sample kube apply");
	CHECK(parse(test, "exec -h", &line) && line.globals.wants_short_help);
	CHECK(parse(test, "-V", &line) && line.globals.wants_version);
	CHECK(parse(test, "kube", &line) && line.is_incomplete);
	CHECK(parse(test, "", &line) && line.is_incomplete);
}

TEST(command_line_errors)
{
	static const struct {
		const char *words;
		const char *message;
	} cases[] = {
		{ "kub", "unknown command 'kub', did you mean 'kube'? (see 'sample --help')" },
		{ "frobnicate", "unknown command 'frobnicate' (see 'sample --help')" },
		{ "kube aply",
		  "unknown command 'aply', did you mean 'apply'? (see 'sample kube --help')" },
		{ "help exec x", "unknown command 'x' (see 'sample exec --help')" },
		{ "__secre", "unknown command '__secre' (see 'sample --help')" },
		{ "kube apply --fil x",
		  "unknown option '--fil', did you mean '--file'? (see 'sample kube apply --help')" },
		{ "kube apply --verbos",
		  "unknown option '--verbos', did you mean '--verbose'? (see 'sample kube apply --help')" },
		{ "kube apply -wx", "unknown option '-x' (see 'sample kube apply --help')" },
		{ "--file x", "unknown option '--file' (see 'sample --help')" },
		{ "kube apply -f",
		  "option '-f' needs a value: FILE (see 'sample kube apply --help')" },
		{ "kube apply", "option '--file' is missing (see 'sample kube apply --help')" },
		{ "kube apply -f x y", "unexpected argument 'y' (see 'sample kube apply --help')" },
		{ "kube apply --wait=maybe -f x",
		  "--wait: 'maybe' is neither true nor false (see 'sample kube apply --help')" },
		{ "kube apply --dry-run=x -f x",
		  "--dry-run: 'x' is not one of none, client, server (see 'sample kube apply --help')" },
		{ "kube apply -t soon -f x",
		  "-t: 'soon' is not a time like 30s or 5m (see 'sample kube apply --help')" },
		{ "kube apply -p 0 -f x",
		  "-p: '0' is not in 1..65535 (see 'sample kube apply --help')" },
		{ "kube apply -l x -f x",
		  "-l: 'x' is not KEY=VALUE (see 'sample kube apply --help')" },
		{ "kube apply --json --json-pretty -f x",
		  "'--json' and '--json-pretty' exclude each other (see 'sample kube apply --help')" },
		{ "exec", "NAME is missing (see 'sample exec --help')" },
		{ "exec web", "COMMAND is missing (see 'sample exec --help')" },
		{ "paint blue",
		  "COLOUR: 'blue' is not one of red, green (see 'sample paint --help')" },
		{ "paint red a b c", "unexpected argument 'c' (see 'sample paint --help')" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		CommandLine line;
		CHECK(!parse(test, cases[i].words, &line));
		CHECK(test->error.code == ERROR_USAGE);
		CHECK_TEXT(test->error.message, cases[i].message);
		error_clear(&test->error);
	}
}
