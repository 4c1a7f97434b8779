#include "kube/check/field_error.h"

#include "pkg/base/json.h"
#include "pkg/base/text.h"

#include <inttypes.h>

// value: printed as it stands; "" leaves it out. detail likewise.
static void add(Report *report, SourcePos where, const FieldPath *path, const char *type,
		const char *value, const char *detail)
{
	report_add(report, SEVERITY_ERROR, where, field_path_text(path, report->arena),
		   "%s%s%s%s%s", type, *value ? ": " : "", value, *detail ? ": " : "", detail);
}

void field_required(Report *report, SourcePos where, const FieldPath *path, const char *detail)
{
	add(report, where, path, "Required value", "", detail ? detail : "");
}

void field_invalid(Report *report, SourcePos where, const FieldPath *path, const char *value,
		   const char *detail)
{
	add(report, where, path, "Invalid value", text_quoted(value, report->arena), detail);
}

void field_invalid_list(Report *report, SourcePos where, const FieldPath *path, const Texts *values,
			const char *detail)
{
	CLEANUP_BUFFER text = { 0 };
	JsonWriter json = json_writer(&text, /* is_pretty= */ false);
	json_add_texts(&json, values);
	add(report, where, path, "Invalid value", buffer_text(&text), detail);
}

void field_invalid_value(Report *report, SourcePos where, const FieldPath *path, const char *value,
			 const char *detail)
{
	add(report, where, path, "Invalid value", value, detail);
}

void field_invalid_number(Report *report, SourcePos where, const FieldPath *path, int64_t value,
			  const char *detail)
{
	add(report, where, path, "Invalid value", arena_printf(report->arena, "%" PRId64, value),
	    detail);
}

void field_invalid_bool(Report *report, SourcePos where, const FieldPath *path, bool value,
			const char *detail)
{
	add(report, where, path, "Invalid value", value ? "true" : "false", detail);
}

void field_duplicate(Report *report, SourcePos where, const FieldPath *path, const char *value)
{
	add(report, where, path, "Duplicate value", text_quoted(value, report->arena), "");
}

void field_not_found(Report *report, SourcePos where, const FieldPath *path, const char *value)
{
	add(report, where, path, "Not found", text_quoted(value, report->arena), "");
}

void field_forbidden(Report *report, SourcePos where, const FieldPath *path, const char *detail)
{
	add(report, where, path, "Forbidden", "", detail);
}

void field_unsupported(Report *report, SourcePos where, const FieldPath *path, const char *value,
		       const char *supported)
{
	add(report, where, path, "Unsupported value", text_quoted(value, report->arena),
	    arena_printf(report->arena, "supported values: %s", supported));
}

void field_too_long(Report *report, SourcePos where, const FieldPath *path, size_t max)
{
	add(report, where, path, "Too long", "",
	    arena_printf(report->arena, "may not be more than %zu bytes", max));
}

void field_warning(Report *report, SourcePos where, const FieldPath *path, const char *text)
{
	report_add(report, SEVERITY_WARNING, where, field_path_text(path, report->arena), "%s",
		   text);
}

void field_note(Report *report, SourcePos where, const FieldPath *path, const char *text)
{
	report_add(report, SEVERITY_NOTE, where, field_path_text(path, report->arena), "%s", text);
}

void field_invalid_all(Report *report, SourcePos where, const FieldPath *path, const char *value,
		       const Texts *faults)
{
	for (size_t i = 0; i < faults->count; i++)
		field_invalid(report, where, path, value, faults->items[i]);
}
