#include "kube/kind/actions.h"

#include "kube/status/status.h"

const char *kind_age(const KindContext *context, int64_t created_at)
{
	return created_at > 0 ? age_print(context->now - created_at, context->arena) : "<unknown>";
}

void kind_begin_status(const char *object, Buffer *json)
{
	const char *end = strrchr(object, '}');
	buffer_add_bytes(json, object, end ? (size_t)(end - object) : strlen(object));
	buffer_add(json, ",\"status\":");
}
