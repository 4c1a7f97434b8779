#include "kube/apply/host_limits.h"

#include "kube/schema/field_path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "pkg/sys/kernel/cgroup.h"

#include <fcntl.h>

#define SWAPS_BYTES_MAX (64 * 1024)

typedef struct Check {
	const Host *host;
	bool is_strict;
	Report *report;
} Check;

// What a resource becomes (isolate/plan/unit.c) and what enforces that.
typedef struct Means {
	const char *resource;
	const char *controller;
	const char *limit_file;
	const char *request_file;
} Means;

static const Means means[] = {
	{ "cpu", "cpu", "cpu.max", "cpu.weight" },
	{ "memory", "memory", "memory.max", "memory.low" },
};

static const Means *find_means(const char *resource)
{
	for (size_t i = 0; i < COUNT(means); i++) {
		if (text_equal(means[i].resource, resource))
			return &means[i];
	}
	return NULL;
}

static void add(const Check *check, SourcePos where, const FieldPath *path, const char *what,
		const char *missing)
{
	report_add(check->report, check->is_strict ? SEVERITY_ERROR : SEVERITY_WARNING, where,
		   field_path_text(path, check->report->arena),
		   "%snot enforced: the control groups of this host have no %s%s", what, missing,
		   check->is_strict ? ", and the setting strict_limits is on" : "");
}

static const char *find_missing(const Check *check, const char *controller, const char *file)
{
	return cgroup_missing(check->host->cgroup_dir, controller, file, check->report->arena);
}

// The first line of proc_swaps(5) is the title.
static bool has_swap(const Check *check)
{
	CLEANUP_ERROR none = { 0 };
	const char *text = NULL;
	if (!check->host->swaps_path ||
	    !file_read(AT_FDCWD, check->host->swaps_path, SWAPS_BYTES_MAX, check->report->arena,
		       &text, NULL, &none))
		return false;
	const char *title_end = strchr(text, '\n');
	return title_end && title_end[1];
}

// What would be killed for its memory is swapped out instead.
static const char *find_missing_swap(const Check *check, const char *resource)
{
	return text_equal(resource, "memory") && has_swap(check)
		       ? find_missing(check, "memory", "memory.swap.max")
		       : NULL;
}

static void check_amounts(const Check *check, const ResourceList *amounts, bool is_limit,
			  const FieldPath *path)
{
	for (size_t i = 0; i < amounts->count; i++) {
		const ResourceAmount *amount = &amounts->items[i];
		const Means *found = find_means(amount->name);
		if (!found || amount->is_default)
			continue;
		const char *missing =
			find_missing(check, found->controller,
				     is_limit ? found->limit_file : found->request_file);
		if (!missing && is_limit)
			missing = find_missing_swap(check, amount->name);
		if (missing)
			add(check, amount->where, FIELD_KEY(path, amount->name), "", missing);
	}
}

static void check_containers(const Check *check, const Containers *containers, const char *field)
{
	const FieldPath *list = FIELD(FIELD(NULL, "spec"), field);
	for (size_t i = 0; i < containers->count; i++) {
		const ResourceRequirements *resources = &containers->items[i].resources;
		const FieldPath *path = FIELD(FIELD_AT(list, i), "resources");
		check_amounts(check, &resources->limits, /* is_limit= */ true,
			      FIELD(path, "limits"));
		check_amounts(check, &resources->requests, /* is_limit= */ false,
			      FIELD(path, "requests"));
	}
}

void host_limits_check(const Host *host, const PodSpec *spec, bool is_strict, Report *report)
{
	const Check check = { host, is_strict, report };
	check_containers(&check, &spec->init_containers, "initContainers");
	check_containers(&check, &spec->containers, "containers");
	const char *missing = find_missing(&check, "pids", "pids.max");
	if (missing)
		add(&check, (SourcePos){ 0 }, NULL, "the setting tasks_max is ", missing);
}
