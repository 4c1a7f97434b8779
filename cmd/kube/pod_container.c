#include "cmd/kube/pod_container.h"

#include "isolate/machine/generation.h"
#include "kube/compile/compile.h"
#include "kube/kind/object_words.h"
#include "pkg/base/text.h"
#include "pkg/sys/text/json_read.h"

// Of kubectl: <https://github.com/kubernetes/enhancements/tree/master/keps/sig-cli/2227-kubectl-default-container>
#define DEFAULT_CONTAINER "kubectl.kubernetes.io/default-container"

bool pod_target_load(const CommandContext *context, const char *word, PodTarget *ret, Error *error)
{
	PodTarget target = { 0 };
	if (!object_words_parse_pod(word, context->arena, &target.pod, error))
		return false;
	target.machine = compile_machine_name(target.pod, context->arena);
	if (!generation_load_current(context->host, target.machine, context->arena, NULL,
				     &target.plan, error)) {
		if (!error_forgive(error, ERROR_NOT_FOUND))
			return false;
		return error_set(error, ERROR_NOT_FOUND, "pods \"%s\" not found", target.pod);
	}
	*ret = target;
	return true;
}

static void add_containers(const MachinePlan *plan, bool is_init, Buffer *list)
{
	for (size_t i = 0; i < plan->apps.count; i++) {
		const PlanApp *app = &plan->apps.items[i];
		if (plan_app_traits(app)->is_init == is_init)
			buffer_printf(list, "%s%s%s", list->length > 0 ? ", " : "", app->name,
				      is_init ? " (init)" : "");
	}
}

// "a, b, setup (init)": in kubectl's order, init containers last.
static const char *list_containers(const MachinePlan *plan, Arena *arena)
{
	CLEANUP_BUFFER list = { 0 };
	add_containers(plan, /* is_init= */ false, &list);
	add_containers(plan, /* is_init= */ true, &list);
	return buffer_take(&list, arena);
}

// What the Pod's author would take, or "".
static bool read_annotation(const CommandContext *context, const PodTarget *target,
			    const char **ret, Error *error)
{
	const char *pod = NULL;
	size_t length = 0;
	const JsonNode *root = NULL;
	if (!generation_read_file(context->host, target->machine, GENERATION_POD_NAME,
				  context->arena, &pod, &length, error) ||
	    !json_read_parse(pod, length, context->arena, &root, error))
		return error_wrap(error, "pod '%s'", target->pod);
	const JsonNode *metadata = json_read_get(root, "metadata");
	*ret = json_read_text(json_read_get(metadata, "annotations"), DEFAULT_CONTAINER, "");
	return true;
}

static const PlanApp *first_container(const MachinePlan *plan)
{
	size_t i = 0;
	while (i < plan->apps.count && plan_app_traits(&plan->apps.items[i])->is_init)
		i++;
	return i < plan->apps.count ? &plan->apps.items[i] : NULL;
}

static bool choose_default(const CommandContext *context, const PodTarget *target,
			   const PlanApp **ret, Error *error)
{
	const MachinePlan *plan = &target->plan;
	const char *wanted = "";
	if (!read_annotation(context, target, &wanted, error))
		return false;
	*ret = *wanted ? plan_find_app(plan, wanted) : NULL;
	if (*ret)
		return true;
	if (*wanted && !context->is_quiet)
		fprintf(context->messages, "Default container name \"%s\" not found in pod %s\n",
			wanted, target->pod);
	*ret = first_container(plan);
	if (*ret && plan->apps.count > 1 && !context->is_quiet)
		fprintf(context->messages, "Defaulted container \"%s\" out of: %s\n", (*ret)->name,
			list_containers(plan, context->arena));
	return true;
}

bool pod_target_choose(const CommandContext *context, const PodTarget *target, const char *name,
		       const PlanApp **ret_app, Error *error)
{
	const PlanApp *app = NULL;
	if (!text_is_empty(name))
		app = plan_find_app(&target->plan, name);
	else if (!choose_default(context, target, &app, error))
		return false;
	if (!app)
		return error_set(error, ERROR_NOT_FOUND,
				 "container %s is not valid for pod %s; available: %s",
				 text_is_empty(name) ? "\"\"" : name, target->pod,
				 list_containers(&target->plan, context->arena));
	*ret_app = app;
	return true;
}
