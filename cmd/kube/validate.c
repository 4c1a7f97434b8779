// sdme kube validate: are these manifests good?
#include "cmd/commands.h"
#include "cmd/manifests.h"
#include "kube/manifest/understand.h"
#include "pkg/cli/message.h"

typedef struct ValidateOptions {
	Texts files;
	bool is_recursive;
} ValidateOptions;

static const Option options[] = {
	OPT_TEXTS(ValidateOptions, files, "filename", 'f', "FILE", COMPLETE_FILE,
		  "Look at this manifest, directory, or - for standard input", .is_required = true),
	OPT_FLAG(ValidateOptions, is_recursive, "recursive", 'R',
		 "Look into directories below, too"),
};

// One line of the result.
typedef struct Verdict {
	const char *path;
	size_t object_count;
	size_t error_count;
} Verdict;

static void validate_sources(const ManifestSources *sources, Report *report, Verdict *verdicts)
{
	Objects objects = { 0 };
	size_t document_count = 0;
	for (size_t i = 0; i < sources->count; i++) {
		const size_t first = objects.count;
		document_count += manifest_read(&sources->items[i], report, &objects);
		verdicts[i].path = sources->items[i].path;
		verdicts[i].object_count = objects.count - first;
	}
	manifests_require_documents(sources, document_count, report);
	objects_understand(&objects, report);
	// The path of a finding is that of its source, not a copy.
	for (size_t i = 0; i < report->findings.count; i++) {
		for (size_t k = 0; k < sources->count; k++) {
			if (report->findings.items[i].severity == SEVERITY_ERROR &&
			    report->findings.items[i].where.path == verdicts[k].path)
				verdicts[k].error_count++;
		}
	}
}

static void print_errors(const CommandContext *context, Report *report)
{
	report_sort(report);
	for (size_t i = 0; i < report->findings.count; i++) {
		const Finding *finding = &report->findings.items[i];
		if (finding->severity == SEVERITY_ERROR)
			message_print(context->messages, "",
				      finding_print(finding, context->arena));
	}
}

static void print_verdict(const CommandContext *context, const Verdict *verdict)
{
	if (verdict->error_count > 0)
		fprintf(context->output, "%s: %zu error%s\n", verdict->path, verdict->error_count,
			verdict->error_count == 1 ? "" : "s");
	else
		fprintf(context->output, "%s: %zu object%s valid\n", verdict->path,
			verdict->object_count, verdict->object_count == 1 ? "" : "s");
}

static bool run(const CommandContext *context, int *exit_status, Error *error)
{
	const ValidateOptions *given = context->options;
	ManifestSources sources = { 0 };
	if (!manifests_read(context, &given->files, given->is_recursive, &sources, error))
		return false;

	Report report;
	report_init(&report, context->arena);
	Verdict *verdicts = arena_array(context->arena, sources.count, sizeof(Verdict));
	validate_sources(&sources, &report, verdicts);
	print_errors(context, &report);
	manifests_print_notes(context, &report);
	for (size_t i = 0; i < sources.count; i++)
		print_verdict(context, &verdicts[i]);
	*exit_status = report.error_count > 0 ? 1 : 0;
	return true;
}

const Command command_kube_validate = {
	.name = "validate",
	.summary = "Check manifests without touching anything",
	.description =
		"Reads the manifests, fills in defaults and checks everything that apply would check before it "
		"starts: unknown fields, types, names, references between the objects, and what sdme does not "
		"support. All errors are printed, each with its file, line and column and in Kubernetes' words; "
		"then what is unusual and what has no effect here. Neither root nor a network is needed.\n"
		"\n"
		"The exit status is 1 when there is an error.",
	.examples = "sdme kube validate -f web.yaml\n"
		    "# every manifest of a directory tree\n"
		    "sdme kube validate -R -f manifests/\n"
		    "kubectl get pod web -o yaml | sdme kube validate -f -\n",
	OPTIONS(ValidateOptions, options),
	.run = run,
};
