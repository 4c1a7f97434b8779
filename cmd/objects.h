// cmd/objects.h - what `sdme secret` and `sdme configmap` have in common.
#ifndef CMD_OBJECTS_H
#define CMD_OBJECTS_H

#include "pkg/cli/command.h"
#include "pkg/cli/table.h"
#include "store/object.h"

// Where the data of a new object comes from.
typedef struct ObjectSources {
	Texts literals;  // --from-literal
	Texts files;     // --from-file
	Texts env_files; // --from-env-file
} ObjectSources;

// The options of ObjectSources, for the table of a struct that has it as member `sources`.
// clang-format off
#define OPT_OBJECT_SOURCES(Struct)                                                                 \
	OPT_TEXTS(Struct, sources.literals, "from-literal", 0, "KEY=VALUE", COMPLETE_NONE,         \
		  "Add a key with this value"),                                                    \
	OPT_TEXTS(Struct, sources.files, "from-file", 0, "[KEY=]PATH", COMPLETE_FILE,              \
		  "Add the content of a file, or of each file in a directory"),                    \
	OPT_TEXTS(Struct, sources.env_files, "from-env-file", 0, "PATH", COMPLETE_FILE,            \
		  "Add a key for each line KEY=VALUE of a file")
// clang-format on

// Reads all sources. At least one must be given; a key may come once.
MUST_CHECK bool objects_read_data(const ObjectSources *sources, Arena *arena, StoredData *ret_data,
				  Error *error);

// ERROR_EXISTS of a put says how to go on.
bool objects_hint_replace(Error *error);

// Prints the objects as a table NAME KEYS CREATED, or JSON; `none` goes to stderr when there are none.
// has_type: a column TYPE at the end.
void objects_print_list(const CommandContext *context, const StoredObjects *objects, bool has_type,
			OutputFormat format, const char *none);

// The keys of all data, in order.
Texts objects_keys(const StoredData *data, Arena *arena);

#endif
