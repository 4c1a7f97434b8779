// store/object/data_source.h - --from-literal, --from-file and --from-env-file: the data of an object from the command line.
// Everything is read into memory before anything is stored; the rules are kubectl's.
#ifndef STORE_OBJECT_DATA_SOURCE_H
#define STORE_OBJECT_DATA_SOURCE_H

#include "pkg/base/error.h"
#include "store/object/object.h"

// "KEY=VALUE". The value is everything behind the first '='.
MUST_CHECK bool data_source_add_literal(const char *literal, Arena *arena, StoredData *data,
					Error *error);
// "[KEY=]PATH": a file (the key is its name unless given), or a directory, whose regular files become one key each if
// their name can be one.
MUST_CHECK bool data_source_add_file(const char *source, Arena *arena, StoredData *data,
				     Error *error);
// A file of KEY=VALUE lines; empty lines and lines starting with # are skipped, blanks at the start of a line too. A
// line without '=' takes the value from the environment.
MUST_CHECK bool data_source_add_env_file(const char *path, Arena *arena, StoredData *data,
					 Error *error);
// Marks the items that no manifest can hold as text as binaryData: what is not UTF-8, as kubectl does for ConfigMaps, and
// what has a NUL byte.
void data_source_mark_binary(StoredData *data);
// Overwrites all values: for Secrets, after use.
void data_source_wipe(StoredData *data);

#endif
