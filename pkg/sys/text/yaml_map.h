// pkg/sys/text/yaml_map.h - members of a mapping while it is being read: each key once, merge keys resolved. For yaml.c.
#ifndef PKG_SYS_TEXT_YAML_MAP_H
#define PKG_SYS_TEXT_YAML_MAP_H

#include "pkg/sys/text/yaml.h"

// A key that the mapping had already.
typedef struct YamlDuplicate {
	const char *key;
	SourcePos where;
	SourcePos first;
} YamlDuplicate;

// A `<<` key of the mapping.
typedef struct YamlMerge {
	const YamlNode *source; // a mapping or a list of some
	SourcePos where;
} YamlMerge;

VEC_DECLARE(YamlDuplicates, yaml_duplicates, YamlDuplicate);
VEC_DECLARE(YamlMerges, yaml_merges, YamlMerge);

// Takes every key that was there before to `ret`, and keeps the first.
void yaml_remove_duplicates(YamlMembers *members, Arena *arena, YamlDuplicates *ret);
// Adds what the mapping lacks and a `<<` has: its own keys win, then the first source that has one. kubectl reads from top
// to bottom instead, so that the last wins: where the two differ, the key is added to `ret` as a duplicate.
// Returns the source that is neither a mapping nor a list of some, or NULL.
MUST_CHECK const YamlNode *yaml_merge(YamlMembers *members, const YamlMerges *merges, Arena *arena,
				      YamlDuplicates *ret);

#endif
