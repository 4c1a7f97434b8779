// sdme secret: create, ls, show, rm. No command prints a value.
#include "store/object/secret.h"

#include "cmd/commands.h"
#include "cmd/kube/objects.h"

// --- what is printed

static void print_text(const CommandContext *context, const StoredObject *object)
{
	fprintf(context->output, "Name:       %s\nType:       %s\nImmutable:  %s\n\nData\n====\n",
		object->name, object->type, object->is_immutable ? "yes" : "no");
	for (size_t i = 0; i < object->data.count; i++)
		fprintf(context->output, "%s:  %zu bytes\n", object->data.items[i].key,
			object->data.items[i].value.length);
}

static void print_json(JsonWriter *json, const StoredObject *object, Arena *arena)
{
	(void)arena; // nothing is made
	json_add_text_member(json, "type", object->type);
	json_add_key(json, "keys");
	json_begin_array(json);
	for (size_t i = 0; i < object->data.count; i++) {
		json_begin_object(json);
		json_add_text_member(json, "key", object->data.items[i].key);
		json_add_u64_member(json, "bytes", object->data.items[i].value.length);
		json_end_object(json);
	}
	json_end_array(json);
}

static const ObjectCommands object_commands = {
	.list = secret_list,
	.load = secret_inspect,
	.put = secret_put,
	.remove = secret_remove,
	.print_text = print_text,
	.print_json = print_json,
	.plural = "secrets",
	.volume = PLAN_VOLUME_SECRET,
	.has_type = true,
};

// --- create

static const Option create_options[] = {
	OPT_OBJECT_SOURCES(ObjectCreation),
	OPT_STRING(ObjectCreation, type, "type", 0, "TYPE", COMPLETE_NONE,
		   "Give it a type of Kubernetes, as kubernetes.io/tls", .default_text = "Opaque"),
	OPT_FLAG(ObjectCreation, is_immutable, "immutable", 0, "Allow no later change"),
	OPT_FLAG(ObjectCreation, must_replace, "replace", 0, "Replace a secret of this name"),
};

static const Positional create_positionals[] = {
	{ "NAME", 1, 1, COMPLETE_NONE, "Name of the secret", NULL },
};

static const Command command_create = {
	OBJECT_COMMAND_CREATE,
	.summary = "Create a secret",
	.description =
		"Stores values under keys, encrypted. Pods take them from there at each start, into their "
		"environment or as files in memory. Values given with --from-literal can be seen by "
		"other users of this host while the command runs; files cannot.",
	.examples = "sdme secret create db --from-file password=./password.txt\n"
		    "sdme secret create web-tls --type kubernetes.io/tls --from-file tls.crt "
		    "--from-file tls.key\n",
};

// --- ls

static const Command command_list = {
	OBJECT_COMMAND_LIST,
	.summary = "List secrets",
	.description =
		"Prints names, keys, how long ago each was made (JSON: the seconds since 1970), and types.",
	.examples = "sdme secret ls\nsdme secret ls --json\n",
};

// --- show

static const Positional show_positionals[] = {
	{ "NAME", 1, 1, COMPLETE_SECRET, "The secret", NULL },
};

static const Command command_show = {
	OBJECT_COMMAND_SHOW,
	.summary = "Show what a secret holds, without the values",
	.description = "Prints the keys, and how many bytes each value has.",
	.examples = "sdme secret show db\n",
};

// --- rm

static const Positional remove_positionals[] = {
	{ "NAME", 1, POSITIONAL_MANY, COMPLETE_SECRET, "Secrets to remove", NULL },
};

static const Command command_remove = {
	OBJECT_COMMAND_REMOVE,
	.summary = "Remove secrets",
	.description = "Pods that run keep what they have; at their next start they miss it.",
	.examples = "sdme secret rm db\n",
};

static const Command *const commands[] = {
	&command_create, &command_list, &command_show, &command_remove, NULL,
};

const Command command_secret = {
	.name = "secret",
	.summary = "Keep passwords, keys and certificates for pods",
	.description =
		"Secrets are encrypted on disk under a key that only root of this host can read. Inside a "
		"pod they are in memory only, for the containers that ask for them.",
	.examples = "sdme secret create db --from-file password=./password.txt\nsdme secret ls\n",
	.subcommands = commands,
};
