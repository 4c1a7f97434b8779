// sdme kube explain: what a field means, and what becomes of it here.
#include "kube/schema/explain.h"
#include "cmd/commands.h"

typedef struct ExplainOptions {
	bool is_recursive;
} ExplainOptions;

static const Option options[] = {
	OPT_FLAG(ExplainOptions, is_recursive, "recursive", 0, "List the fields of all levels"),
};

static const Positional positionals[] = {
	{ "FIELD", 1, 1, COMPLETE_NONE, "A kind and fields below it: pod.spec.containers.image",
	  NULL },
};

static bool run(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	const ExplainOptions *given = context->options;
	CLEANUP_BUFFER text = { 0 };
	if (!explain_print(context->arguments.items[0], given->is_recursive, &text, error))
		return false;
	fputs(buffer_text(&text), context->output);
	return true;
}

const Command command_kube_explain = {
	.name = "explain",
	.summary = "Explain a field of a manifest",
	.description =
		"Prints what a field means, its type, its default, and what sdme makes of it: whether it is "
		"honoured and how, whether it is only noted, or refused and why. The same table decides when a "
		"manifest is read.",
	.examples = "sdme kube explain pod.spec.containers\n"
		    "sdme kube explain pod --recursive\n",
	OPTIONS(ExplainOptions, options),
	POSITIONALS(positionals),
	.run = run,
};
