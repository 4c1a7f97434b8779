// pkg/sys/text/yaml_json.h - where JSON is no YAML. For yaml.c.
#ifndef PKG_SYS_TEXT_YAML_JSON_H
#define PKG_SYS_TEXT_YAML_JSON_H

#include "pkg/base/arena.h"

// JSON writes characters beyond 16 bits as two escapes, "\ud83d\ude00", which YAML refuses: turns them into \U0001f600.
// Only in texts that start as JSON. Returns the text to read, and its
// length; the text itself when there are none.
const char *json_join_surrogates(Arena *arena, const char *text, size_t *length);

#endif
