// pkg/sys/text/yaml_part.h - a text cut at the lines that begin with "---", as Kubernetes does before it reads YAML. For yaml.c.
#ifndef PKG_SYS_TEXT_YAML_PART_H
#define PKG_SYS_TEXT_YAML_PART_H

#include "pkg/base/text.h"

// What is left of the text: the parts from `next` on.
typedef struct YamlCutter {
	const char *next; // NULL: all parts were taken
	const char *end;
	unsigned lines; // in front of `next`
} YamlCutter;

typedef struct YamlPart {
	Span text;
	unsigned lines_before;
	Span separator; // what stands behind the dashes that end it; empty but for a fault
	unsigned separator_line;
} YamlPart;

YamlCutter yaml_cutter(const char *text, size_t length);
// False at the end. A text has one part at least.
MUST_CHECK bool yaml_cut(YamlCutter *cutter, YamlPart *ret_part);

#endif
