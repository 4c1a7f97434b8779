#include "kube/schema/schema.h"

#include "pkg/base/text.h"

#include <stdlib.h>
#include <string.h>

// Kubernetes' largest type has 44 fields; a candidate list is made of them.
#define FIELDS_MAX 64

static int compare_name(const void *name, const void *field)
{
	return strcmp(name, ((const SchemaField *)field)->name);
}

const SchemaField *schema_find(const SchemaType *type, const char *name)
{
	return bsearch(name, type->fields, type->field_count, sizeof(SchemaField), compare_name);
}

const char *schema_nearest(const SchemaType *type, const char *name)
{
	const char *candidates[FIELDS_MAX + 1] = { NULL };
	for (size_t i = 0; i < type->field_count && i < FIELDS_MAX; i++)
		candidates[i] = type->fields[i].name;
	return text_nearest(name, candidates);
}

static const char *base_text(const FieldForm *form)
{
	static const char *const words[] = {
		[FIELD_TEXT] = "string",       [FIELD_BOOL] = "boolean",
		[FIELD_INT32] = "integer",     [FIELD_INT64] = "integer",
		[FIELD_QUANTITY] = "Quantity", [FIELD_INT_OR_TEXT] = "IntOrString",
		[FIELD_DATA] = "string",       [FIELD_BYTES] = "[]byte",
		[FIELD_TIME] = "Time",         [FIELD_WORD] = "string",
		[FIELD_STRUCT] = "Object",     [FIELD_ANY] = "Object",
	};
	return form->kind == FIELD_STRUCT ? form->type->name : words[form->kind];
}

const char *schema_form_text(const SchemaField *field, Arena *arena)
{
	const char *base = base_text(&field->form);
	if (field->form.shape == SHAPE_LIST)
		return arena_printf(arena, "[]%s", base);
	if (field->form.shape == SHAPE_MAP)
		return arena_printf(arena, "map[string]%s", base);
	return base;
}

const char *support_level_text(SupportLevel level)
{
	static const char *const words[SUPPORT_LEVEL_COUNT] = {
		[SUPPORT_HONOURED] = "honoured",
		[SUPPORT_NOTED] = "noted",
		[SUPPORT_REFUSED] = "refused",
		[SUPPORT_STRIPPED] = "stripped",
	};
	return words[level];
}
