// cmd/kube/objects.h - what `sdme secret` and `sdme configmap` have in common.
#ifndef CMD_KUBE_OBJECTS_H
#define CMD_KUBE_OBJECTS_H

#include "isolate/plan/plan.h"
#include "pkg/base/json.h"
#include "pkg/cli/command.h"
#include "store/object/object.h"

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

// The options of `create`; configmaps have no type.
typedef struct ObjectCreation {
	ObjectSources sources;
	const char *type;
	bool is_immutable;
	bool must_replace;
} ObjectCreation;

// One of the two kinds: where its objects are, and how they are shown.
typedef struct ObjectCommands {
	bool (*put)(const Host *host, const StoredObject *object, PutMode mode,
		    StoreChange *ret_change, Error *error);
	bool (*list)(const Host *host, Arena *arena, StoredObjects *ret_objects, Error *error);
	// Loads what `show` may print.
	bool (*load)(const Host *host, const char *name, Arena *arena, StoredObject *ret_object,
		     Error *error);
	bool (*remove)(const Host *host, const char *name, Error *error);
	void (*print_text)(const CommandContext *context, const StoredObject *object);
	// Adds the members that follow name, immutable and created.
	void (*print_json)(JsonWriter *json, const StoredObject *object, Arena *arena);
	const char *plural;    // "secrets"
	bool has_type;         // a column TYPE in the list
	bool has_binary;       // values that are no text are kept apart
	PlanVolumeKind volume; // what Pods mount it as
} ObjectCommands;

// The options of `ls` and `show`.
typedef struct ObjectOutput {
	bool json;
	bool json_pretty;
} ObjectOutput;

// What runs `create NAME`, `ls`, `show NAME` and `rm NAME…`; the command's `data` is its ObjectCommands. Data must be given
// to create; a key may come once.
MUST_CHECK bool objects_create(const CommandContext *context, int *exit_status, Error *error);
MUST_CHECK bool objects_list(const CommandContext *context, int *exit_status, Error *error);
MUST_CHECK bool objects_show(const CommandContext *context, int *exit_status, Error *error);
MUST_CHECK bool objects_remove(const CommandContext *context, int *exit_status, Error *error);

// --json, of ls and show.
extern const Option object_output_options[2];

// The four commands but for their words, in the file of a kind that has object_commands, create_options and positionals.
// clang-format off
#define OBJECT_COMMAND(word, function)                                                             \
	.name = (word), .needs_root = true, .run = (function), .data = &object_commands
#define OBJECT_COMMAND_CREATE                                                                      \
	OBJECT_COMMAND("create", objects_create), OPTIONS(ObjectCreation, create_options),         \
	POSITIONALS(create_positionals)
#define OBJECT_COMMAND_LIST                                                                        \
	OBJECT_COMMAND("ls", objects_list), OPTIONS(ObjectOutput, object_output_options)
#define OBJECT_COMMAND_SHOW                                                                        \
	OBJECT_COMMAND("show", objects_show), OPTIONS(ObjectOutput, object_output_options),        \
	POSITIONALS(show_positionals)
#define OBJECT_COMMAND_REMOVE                                                                      \
	OBJECT_COMMAND("rm", objects_remove), POSITIONALS(remove_positionals)
// clang-format on

#endif
