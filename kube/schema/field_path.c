#include "kube/schema/field_path.h"

#include "pkg/base/text.h"

static void add_path(Buffer *buffer, const FieldPath *path, bool with_brackets)
{
	if (!path)
		return;
	add_path(buffer, path->parent, with_brackets);
	if (path->name)
		buffer_printf(buffer, "%s%s", buffer->length > 0 ? "." : "", path->name);
	else if (!with_brackets)
		return;
	else if (path->key)
		buffer_printf(buffer, "[%s]", path->key);
	else if (path->index > 0)
		buffer_printf(buffer, "[%zu]", path->index - 1);
}

const char *field_path_text(const FieldPath *path, Arena *arena)
{
	CLEANUP_BUFFER text = { 0 };
	add_path(&text, path, true);
	return buffer_take(&text, arena);
}

const char *field_path_text_plain(const FieldPath *path, Arena *arena)
{
	CLEANUP_BUFFER text = { 0 };
	add_path(&text, path, false);
	return buffer_take(&text, arena);
}
