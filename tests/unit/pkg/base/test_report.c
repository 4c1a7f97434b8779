#include "pkg/base/report.h"

#include "pkg/base/text.h"
#include "tests/unit/test.h"

static const char *print(const Report *report)
{
	CLEANUP_BUFFER text = { 0 };
	for (size_t i = 0; i < report->findings.count; i++)
		buffer_printf(&text, "%s\n",
			      finding_print(&report->findings.items[i], report->arena));
	return buffer_take(&text, report->arena);
}

TEST(report_sorts_by_place_and_keeps_the_order_of_equals)
{
	Report report;
	report_init(&report, test->arena);
	report_add(&report, SEVERITY_ERROR, (SourcePos){ "b.yaml", 1, 1 }, "spec", "one");
	report_add(&report, SEVERITY_NOTE, (SourcePos){ "a.yaml", 10, 2 }, "spec", "two");
	report_add(&report, SEVERITY_ERROR, (SourcePos){ "a.yaml", 9, 20 }, "spec", "%s", "three");
	report_add(&report, SEVERITY_WARNING, (SourcePos){ "a.yaml", 9, 3 }, "spec", "four");
	for (int i = 0; i < 50; i++)
		report_add(&report, SEVERITY_WARNING, (SourcePos){ "a.yaml", 9, 4 }, "", "equal %d",
			   i);
	report_add(&report, SEVERITY_ERROR, (SourcePos){ 0 }, "", "no place");
	report_add(&report, SEVERITY_ERROR, (SourcePos){ "a.yaml", 0, 0 }, "", "no line");
	report_sort(&report);
	CHECK_TEXT(finding_print(&report.findings.items[0], test->arena), "no place");
	CHECK_TEXT(finding_print(&report.findings.items[1], test->arena), "a.yaml: no line");
	CHECK_TEXT(finding_print(&report.findings.items[2], test->arena), "a.yaml:9:3: spec: four");
	for (size_t i = 0; i < 50; i++)
		CHECK_TEXT(report.findings.items[3 + i].message,
			   arena_printf(test->arena, "equal %zu", i));
	CHECK_TEXT(finding_print(&report.findings.items[53], test->arena),
		   "a.yaml:9:20: spec: three");
	CHECK_TEXT(finding_print(&report.findings.items[54], test->arena),
		   "a.yaml:10:2: spec: two");
	CHECK_TEXT(finding_print(&report.findings.items[55], test->arena), "b.yaml:1:1: spec: one");
}

TEST(report_finish_tells_every_error_and_nothing_else)
{
	Report report;
	report_init(&report, test->arena);
	CHECK(report_finish(&report, &test->error));
	report_add(&report, SEVERITY_NOTE, (SourcePos){ "a", 1, 1 }, "x", "a note");
	report_add(&report, SEVERITY_WARNING, (SourcePos){ "a", 1, 1 }, "x", "a warning");
	CHECK(report.error_count == 0 && report_finish(&report, &test->error));
	report_add(&report, SEVERITY_ERROR, (SourcePos){ "a", 3, 1 }, "y", "late");
	report_add(&report, SEVERITY_ERROR, (SourcePos){ "a", 2, 1 }, "y", "early");
	CHECK(report.error_count == 2);
	CHECK_ERROR(report_finish(&report, &test->error), "a:2:1: y: early\na:3:1: y: late");
	CHECK_TEXT(print(&report),
		   "a:1:1: x: a note\na:1:1: x: a warning\na:2:1: y: early\na:3:1: y: late\n");
}
