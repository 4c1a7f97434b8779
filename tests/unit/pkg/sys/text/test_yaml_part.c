#include "pkg/sys/text/yaml_part.h"

#include "tests/unit/test.h"

// "LINES:TEXT[|SEPARATOR@LINE];" for each part.
static const char *parts_of(const char *text, Arena *arena)
{
	CLEANUP_BUFFER parts = { 0 };
	YamlCutter cutter = yaml_cutter(text, strlen(text));
	YamlPart part = { 0 };
	while (yaml_cut(&cutter, &part)) {
		buffer_printf(&parts, "%u:", part.lines_before);
		buffer_add_bytes(&parts, part.text.ptr, part.text.len);
		if (part.separator.len > 0)
			buffer_printf(&parts, "|%.*s@%u", (int)part.separator.len,
				      part.separator.ptr, part.separator_line);
		buffer_add(&parts, ";");
	}
	return buffer_take(&parts, arena);
}

TEST(yaml_parts_end_at_dashes)
{
	static const char *const rows[][2] = {
		{ "", "0:;" },
		{ "a", "0:a;" },
		{ "a\n---\nb\n", "0:a\n;2:b\n;" },
		{ "---\na\n--- # comment\n---\t\r\nb", "0:;1:a\n;3:;4:b;" },
		{ "a\n---", "0:a\n;2:;" },
		{ " ---\na: ---\n", "0: ---\na: ---\n;" },
		{ "a\n--- b \nc", "0:a\n|b@2;2:c;" },
		{ "----\n", "0:|-@1;1:;" },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_TEXT(parts_of(rows[i][0], test->arena), rows[i][1]);
}
