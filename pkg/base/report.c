#include "pkg/base/report.h"

#include "pkg/base/text.h"

#include <stdarg.h>
#include <stdlib.h>

void report_init(Report *report, Arena *arena)
{
	*report = (Report){ .arena = arena };
}

void report_add(Report *report, Severity severity, SourcePos where, const char *field,
		const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	Finding *finding = findings_push(report->arena, &report->findings);
	finding->severity = severity;
	finding->where = where;
	finding->field = field;
	finding->message = arena_vprintf(report->arena, format, arguments);
	va_end(arguments);
	if (severity == SEVERITY_ERROR)
		report->error_count++;
}

static int compare_places(const SourcePos *left, const SourcePos *right)
{
	const int paths = strcmp(left->path ? left->path : "", right->path ? right->path : "");
	if (paths != 0)
		return paths;
	if (left->line != right->line)
		return left->line < right->line ? -1 : 1;
	if (left->column != right->column)
		return left->column < right->column ? -1 : 1;
	return 0;
}

// Insertion sort: stable, and reports are short.
void report_sort(Report *report)
{
	Finding *items = report->findings.items;
	for (size_t i = 1; i < report->findings.count; i++) {
		const Finding moving = items[i];
		size_t hole = i;
		for (; hole > 0 && compare_places(&items[hole - 1].where, &moving.where) > 0;
		     hole--)
			items[hole] = items[hole - 1];
		items[hole] = moving;
	}
}

const char *finding_print(const Finding *finding, Arena *arena)
{
	CLEANUP_BUFFER text = { 0 };
	if (finding->where.path && finding->where.line > 0)
		buffer_printf(&text, "%s:%u:%u: ", finding->where.path, finding->where.line,
			      finding->where.column);
	else if (finding->where.path)
		buffer_printf(&text, "%s: ", finding->where.path);
	if (!text_is_empty(finding->field))
		buffer_printf(&text, "%s: ", finding->field);
	buffer_add(&text, finding->message);
	return buffer_take(&text, arena);
}

bool report_finish(Report *report, Error *error)
{
	if (report->error_count == 0)
		return true;

	report_sort(report);
	CLEANUP_BUFFER text = { 0 };
	for (size_t i = 0; i < report->findings.count; i++) {
		const Finding *finding = &report->findings.items[i];
		if (finding->severity != SEVERITY_ERROR)
			continue;
		buffer_printf(&text, "%s%s", text.length > 0 ? "\n" : "",
			      finding_print(finding, report->arena));
	}
	return error_set(error, ERROR_INVALID, "%s", buffer_text(&text));
}
