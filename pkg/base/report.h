// pkg/base/report.h - all the faults of a document, not only the first.
// Validators append; the end turns the report into one Error. Findings are sorted by their place in the file.
#ifndef PKG_BASE_REPORT_H
#define PKG_BASE_REPORT_H

#include "pkg/base/error.h"
#include "pkg/base/vec.h"

typedef enum Severity {
	SEVERITY_ERROR,
	SEVERITY_WARNING, // accepted, but likely not what was meant
	SEVERITY_NOTE,    // accepted and without effect here
} Severity;

typedef struct Finding {
	Severity severity;
	SourcePos where;
	const char *field;   // "spec.containers[0].image", or "" for the document
	const char *message; // without place and field
} Finding;

VEC_DECLARE(Findings, findings, Finding);

typedef struct Report {
	Arena *arena;
	Findings findings;
	size_t error_count;
	bool hides_values; // the document may hold secrets: messages do not quote values of it
} Report;

void report_init(Report *report, Arena *arena);
void report_add(Report *report, Severity severity, SourcePos where, const char *field,
		const char *format, ...) PRINTF(5, 6);
// Sorts by path, line, column; equal places keep their order.
void report_sort(Report *report);
// "pod.yaml:14:7: spec.containers[0].image: Required value"; parts that are unknown are left out.
const char *finding_print(const Finding *finding, Arena *arena);
// True when there is no error among the findings. Otherwise sets an ERROR_INVALID of one line per error.
MUST_CHECK bool report_finish(Report *report, Error *error);

#endif
