#include "cmd/apply_results.h"

#include "pkg/cli/message.h"

void apply_results_print_failure(const CommandContext *context, const Object *object,
				 const Error *error)
{
	const char *prefix =
		arena_printf(context->arena, "error: %s/%s: ", object_kind_resource(object->kind),
			     object->metadata->name);
	message_print_error(context->messages, prefix, error);
}

static void print_warning(const CommandContext *context, const ApplyResult *result,
			  const char *resource)
{
	const char *prefix = arena_printf(context->arena, "Warning: %s/%s: ", resource,
					  result->object->metadata->name);
	if (result->warning)
		message_print(context->messages, prefix, result->warning);
}

bool apply_results_print(const CommandContext *context, const ApplyResults *results,
			 const ApplyWords *words, Error *error)
{
	size_t failed = 0;
	for (size_t i = 0; i < results->count; i++) {
		const ApplyResult *result = &results->items[i];
		const char *resource = object_kind_resource(result->object->kind);
		const char *name = result->object->metadata->name;
		if (result->change != APPLY_FAILED) {
			fprintf(context->output, "%s/%s %s\n", resource, name,
				words->done ? words->done : apply_change_to_text(result->change));
			print_warning(context, result, resource);
			continue;
		}
		failed++;
		apply_results_print_failure(context, result->object, &result->error);
	}
	if (failed > 0)
		return error_set(error, ERROR_FAILED, "%zu of %zu objects could not be %s", failed,
				 results->count, words->verb);
	return true;
}
