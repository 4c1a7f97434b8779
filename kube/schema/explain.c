#include "kube/schema/explain.h"

#include "kube/schema/kinds.h"

#include <string.h>

// Types nest less deep than this; a bound for the recursive listing.
#define DEPTH_MAX 16

// A field on the way to the one that is asked for.
typedef struct Step {
	const Kind *kind;
	const SchemaField *field; // NULL: the kind itself
	const SchemaType *type;   // of the fields below; NULL for scalars
	SupportLevel level;       // the worst on the way
	const SchemaField *cause; // the field that made it so; NULL while honoured
} Step;

static bool start(const char *word, Step *ret, Error *error)
{
	const Kind *kind = kind_of_word(word);
	if (!kind)
		return kind_word_fail(word, error);
	*ret = (Step){ .kind = kind, .type = kind->type };
	return true;
}

static void step_into(Step *step, const SchemaField *field)
{
	// Stripped and refused weigh more than noted, and the outermost one decides.
	if (step->level == SUPPORT_HONOURED && field->level != SUPPORT_HONOURED) {
		step->level = field->level;
		step->cause = field;
	}
	step->field = field;
	step->type = field->form.kind == FIELD_STRUCT ? field->form.type : NULL;
}

static bool follow(const char *path, Arena *arena, Step *ret, Error *error)
{
	const size_t first = strcspn(path, ".");
	if (!start(arena_strndup(arena, path, first), ret, error))
		return false;
	for (const char *rest = path + first; *rest == '.';) {
		rest++;
		const size_t length = strcspn(rest, ".");
		const char *name = arena_strndup(arena, rest, length);
		const SchemaField *field = ret->type ? schema_find(ret->type, name) : NULL;
		if (!field) {
			const char *nearest = ret->type ? schema_nearest(ret->type, name) : NULL;
			return error_set(
				error, ERROR_NOT_FOUND, "field '%s' does not exist in '%.*s'%s",
				name, (int)(rest - 1 - path), path,
				nearest ? arena_printf(arena, " (did you mean '%s'?)", nearest)
					: "");
		}
		step_into(ret, field);
		rest += length;
	}
	return true;
}

static void print_field_line(const SchemaField *field, Arena *arena, Buffer *buffer)
{
	buffer_printf(buffer, "%s\t<%s>%s%s\n", field->name, schema_form_text(field, arena),
		      field->is_required ? " -required-" : "",
		      field->level == SUPPORT_NOTED      ? " (no effect here)"
		      : field->level == SUPPORT_REFUSED  ? " (refused)"
		      : field->level == SUPPORT_STRIPPED ? " (dropped)"
							 : "");
}

static void indent(unsigned depth, Buffer *buffer)
{
	for (unsigned i = 0; i <= depth; i++)
		buffer_add(buffer, "  ");
}

// The recursion is bounded by the depth of the types.
static void print_tree(const SchemaType *type, unsigned depth, Arena *arena, Buffer *buffer)
{
	for (size_t i = 0; i < type->field_count; i++) {
		const SchemaField *field = &type->fields[i];
		indent(depth, buffer);
		print_field_line(field, arena, buffer);
		if (field->form.kind == FIELD_STRUCT && depth < DEPTH_MAX)
			print_tree(field->form.type, depth + 1, arena, buffer);
	}
}

static void print_fields(const SchemaType *type, Arena *arena, Buffer *buffer)
{
	for (size_t i = 0; i < type->field_count; i++) {
		const SchemaField *field = &type->fields[i];
		buffer_printf(buffer, "%s  ", i > 0 ? "\n" : "");
		print_field_line(field, arena, buffer);
		buffer_printf(buffer, "    %s\n", field->help);
	}
}

static void print_words(const SchemaField *field, Buffer *buffer)
{
	if (field->words) {
		buffer_add(buffer, "ENUM:\n");
		for (size_t i = 0; field->words[i]; i++)
			buffer_printf(buffer, "    %s\n", field->words[i]);
		buffer_add_char(buffer, '\n');
	}
	if (field->otherwise)
		buffer_printf(buffer, "DEFAULT:\n    %s\n\n", field->otherwise);
}

static void print_support(const Step *step, Buffer *buffer)
{
	const SchemaField *cause = step->cause ? step->cause : step->field;
	buffer_printf(buffer, "SUPPORT:\n    %s%s%s\n", support_level_text(step->level),
		      cause->mapping ? ": " : "", cause->mapping ? cause->mapping : "");
	const char *harmless = step->field->harmless;
	if (step->level != SUPPORT_HONOURED && !text_is_empty(harmless))
		buffer_printf(buffer, "    accepted as they change nothing: %s\n", harmless);
	buffer_add_char(buffer, '\n');
}

bool explain_print(const char *path, bool is_recursive, Buffer *buffer, Error *error)
{
	CLEANUP_ARENA arena = arena_new();
	Step step = { 0 };
	if (!follow(path, arena, &step, error))
		return false;

	buffer_printf(buffer, "KIND:       %s\nVERSION:    %s\n\n", step.kind->names.kind,
		      step.kind->names.api_version);
	if (step.field)
		buffer_printf(buffer, "FIELD: %s <%s>%s\n\n", step.field->name,
			      schema_form_text(step.field, arena),
			      step.field->is_required ? " -required-" : "");
	buffer_printf(buffer, "DESCRIPTION:\n    %s\n\n",
		      step.field ? step.field->help : step.type->help);
	if (step.field) {
		print_support(&step, buffer);
		print_words(step.field, buffer);
	}
	if (!step.type)
		return true;
	buffer_add(buffer, "FIELDS:\n");
	if (is_recursive)
		print_tree(step.type, 0, arena, buffer);
	else
		print_fields(step.type, arena, buffer);
	return true;
}
