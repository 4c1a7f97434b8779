// pkg/sys/yaml_map.h - members of a mapping while it is being read: each key once, merge keys resolved. For yaml.c.
#ifndef PKG_SYS_YAML_MAP_H
#define PKG_SYS_YAML_MAP_H

#include "pkg/sys/yaml.h"

// Reports every key that was there before, and keeps the first.
void yaml_remove_duplicates(YamlMembers *members, Arena *arena, Report *report);
// The values of the mapping's `<<` keys, each a mapping or a list of some: adds what the mapping lacks; its own keys win,
// then the first source that has one. Returns the value that is neither, or NULL.
MUST_CHECK const YamlNode *yaml_merge(YamlMembers *members, const YamlNodes *sources, Arena *arena);

#endif
