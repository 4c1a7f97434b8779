#include "tests/unit/manifest.h"

#include "kube/manifest/read.h"
#include "kube/manifest/understand.h"
#include "pkg/base/text.h"

Manifest *manifest_of(Test *test, const char *text)
{
	Manifest *manifest = ARENA_NEW(test->arena, Manifest);
	report_init(&manifest->report, test->arena);
	const ManifestSource source = { .path = "p", .text = text, .length = strlen(text) };
	manifest_read(&source, &manifest->report, &manifest->objects);
	objects_understand(&manifest->objects, &manifest->report);
	report_sort(&manifest->report);
	return manifest;
}

static const char *findings_text(Manifest *manifest, Severity worst)
{
	static const char *const prefixes[] = { "", "warning: ", "note: " };
	CLEANUP_BUFFER text = { 0 };
	for (size_t i = 0; i < manifest->report.findings.count; i++) {
		const Finding *finding = &manifest->report.findings.items[i];
		if (finding->severity <= worst)
			buffer_printf(&text, "%s%s%s", text.length > 0 ? "\n" : "",
				      prefixes[finding->severity],
				      finding_print(finding, manifest->report.arena));
	}
	return buffer_take(&text, manifest->report.arena);
}

const char *manifest_errors(Manifest *manifest)
{
	return findings_text(manifest, SEVERITY_ERROR);
}

const char *manifest_findings(Manifest *manifest)
{
	return findings_text(manifest, SEVERITY_NOTE);
}
