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

// A finding and where it stood: what makes the sort stable.
typedef struct Entry {
	Finding finding;
	size_t index;
} Entry;

static int compare_entries(const void *left, const void *right)
{
	const Entry *left_entry = left;
	const Entry *right_entry = right;
	const int places = compare_places(&left_entry->finding.where, &right_entry->finding.where);
	if (places != 0)
		return places;
	return left_entry->index < right_entry->index ? -1 : 1;
}

void report_sort(Report *report)
{
	const size_t count = report->findings.count;
	if (count < 2)
		return;
	CLEANUP_ARENA scratch = arena_new();
	Entry *entries = arena_array(scratch, count, sizeof(Entry));
	for (size_t i = 0; i < count; i++)
		entries[i] = (Entry){ report->findings.items[i], i };
	qsort(entries, count, sizeof(Entry), compare_entries);
	for (size_t i = 0; i < count; i++)
		report->findings.items[i] = entries[i].finding;
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
