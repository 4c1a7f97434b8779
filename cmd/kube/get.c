// sdme kube get: objects of any kind with kubectl's words and columns.
#include "cmd/kube/get.h"

#include "cmd/commands.h"
#include "kube/manifest/selector_text.h"
#include "store/state/layout.h"

static const char *const formats[] = {
	[GET_TABLE] = "table", [GET_WIDE] = "wide", [GET_JSON] = "json",
	[GET_YAML] = "yaml",   [GET_NAME] = "name",
};

// clang-format off
static const Option options[] = {
	OPT_CHOICE(GetOptions, format, "output", 'o', "FORMAT", formats, "Print in this format"),
	OPT_STRING(GetOptions, selector, "selector", 'l', "SELECTOR", COMPLETE_NONE,
		   "Only objects whose labels are so: app=web,tier!=back, 'tier in (a,b)', app, '!app'"),
	OPT_FLAG(GetOptions, must_watch, "watch", 'w', "Go on: print a line for each change"),
	OPT_STRING(GetOptions, sort_by, "sort-by", 0, "PATH", COMPLETE_NONE,
		   "Sort by this value, as .metadata.creationTimestamp or {.status.startTime}"),
	OPT_LIST(GetOptions, label_columns, "label-columns", 'L', "KEY,KEY", COMPLETE_NONE,
		 "Show the values of these labels as columns"),
	OPT_FLAG(GetOptions, shows_labels, "show-labels", 0, "Show all labels in a last column"),
	OPT_FLAG(GetOptions, hides_headers, "no-headers", 0, "Print tables without their headings"),
	OPT_FLAG(GetOptions, has_all_namespaces, "all-namespaces", 'A',
		 "Show the namespace of each object; there is one, default"),
	OPT_FLAG(GetOptions, ignores_missing, "ignore-not-found", 0, "An object that does not exist is no error"),
};
// clang-format on

static const Positional positionals[] = {
	{ "KIND", 1, 1, COMPLETE_OBJECT, "Kinds, with commas between, or KIND/NAME", NULL },
	{ "NAME", 0, POSITIONAL_MANY, COMPLETE_OBJECT, "Only these", NULL },
};

static bool check_get_usage(const GetRequest *request, Error *error)
{
	const GetOptions *given = request->options;
	if (request->has_names && given->selector)
		return error_set(error, ERROR_USAGE, "names and --selector exclude each other");
	if (request->has_names && given->has_all_namespaces)
		return error_set(error, ERROR_USAGE,
				 "names and --all-namespaces exclude each other");
	if (given->must_watch && request->words.count > 1)
		return error_set(error, ERROR_USAGE, "--watch takes one kind of object");
	return true;
}

static bool understand(const CommandContext *context, GetRequest *request, Error *error)
{
	const GetOptions *given = request->options;
	Arena *arena = context->arena;
	ObjectWordsList *words = &request->words;
	if (!object_words_parse(&context->arguments, NULL, arena, words, error))
		return false;
	for (size_t i = 0; i < words->count; i++)
		request->has_names = request->has_names || words->items[i].names.count > 0;
	request->is_single = words->count == 1 && words->items[0].names.count == 1;
	request->shows_kinds =
		words->count > 1 || object_words_have_all(&context->arguments, arena);
	return check_get_usage(request, error) &&
	       (!given->selector ||
		label_selector_parse(given->selector, arena, &request->selector, error)) &&
	       (!given->sort_by ||
		node_path_parse(given->sort_by, arena, &request->sort_path, error));
}

// Only what runs needs the host's systemd. Who watches needs a connection that lasts, also when systemd is replaced.
static bool open_bus(const GetRequest *request, Bus **ret_bus, Error *error)
{
	for (size_t i = 0; i < request->words.count; i++) {
		if (request->words.items[i].kind->actions->stop)
			return request->options->must_watch ? bus_open_system(ret_bus, error)
							    : bus_open_manager(ret_bus, error);
	}
	return true;
}

static bool print_once(const GetRequest *request, Error *error)
{
	GetLook look = { 0 };
	if (!get_look(request, request->context->arena, &look, error) ||
	    !get_sort(request, &look, error))
		return false;
	get_print(request, &look, NULL);
	return get_check_missing(request, &look, error);
}

static bool run(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	CLEANUP_BUS bus = NULL;
	GetRequest request = { .context = context, .options = context->options };
	if (!understand(context, &request, error) || !layout_prepare(context->host, error) ||
	    !open_bus(&request, &bus, error))
		return false;
	request.bus = bus;
	return request.options->must_watch ? get_watch(&request, error)
					   : print_once(&request, error);
}

const Command command_kube_get = {
	.name = "get",
	.summary = "List Pods and other objects",
	.description =
		"Prints kubectl's columns. STATUS says what the Pod waits for: Init:0/2, CrashLoopBackOff, "
		"Completed; Stopped means that its machine does not run. Why one failed or is damaged is said below "
		"the table, on stderr. NOTE (-o wide) says \"image moved\" when a name means another image in the store "
		"than the Pod has; apply, start and rollout restart bring it. JSON and YAML are whole objects, with "
		"their status: what is printed can be applied again. The values of Secrets are never printed, "
		"so apply refuses a Secret that was.\n"
		"\n"
		"Kinds are pods (po), configmaps (cm), secrets and persistentvolumeclaims (pvc); all means "
		"pods, as in kubectl, which leaves the others out.\n"
		"\n"
		"A SELECTOR is kubectl's: KEY=VALUE or ==, KEY!=VALUE, 'KEY in (VALUE,VALUE)', notin, KEY for a label "
		"that is there, '!KEY' for one that is not, KEY>NUMBER, or less with <; commas separate what must all hold. A "
		"PATH names one value of the object: fields with dots between, [0] for an item of a list, "
		"['example.com/tier'] or example\\.com/tier for a key with dots. Quantities are sorted by size, texts "
		"by the numbers in them, and what has no such value comes first; each kind is sorted by itself.\n"
		"\n"
		"With --watch it ends when it is interrupted. An object that goes is printed once more as it was last; JSON "
		"and YAML are one document per change.",
	.examples = "sdme kube get pods\n"
		    "sdme kube get pod web -o json\n"
		    "sdme kube get po,cm,pvc\n"
		    "sdme kube get pod/web cm/settings -o yaml\n"
		    "sdme kube get pods -l 'app=web,tier in (front,back)' -L tier\n"
		    "sdme kube get pods --sort-by .metadata.creationTimestamp\n"
		    "# until ^C\n"
		    "sdme kube get pods -w\n",
	OPTIONS(GetOptions, options),
	POSITIONALS(positionals),
	.needs_root = true,
	.run = run,
};
