// sdme image ls: what is in the store, how large, and for whom.
#include "cmd/commands.h"
#include "cmd/image/images.h"
#include "kube/status/status.h"
#include "pkg/base/text.h"
#include "pkg/cli/size.h"
#include "pkg/cli/table.h"
#include "store/image/name.h"
#include "store/state/config.h"

#include <time.h>

typedef struct ImageListOptions {
	bool shows_digests;
	bool json;
	bool json_pretty;
} ImageListOptions;

static const Option options[] = {
	OPT_FLAG(ImageListOptions, shows_digests, "digests", 0, "Show digests of manifests, too"),
	OPT_JSON(ImageListOptions, json, json_pretty),
};

static const Positional positionals[] = {
	{ "NAME", 0, POSITIONAL_MANY, COMPLETE_IMAGE,
	  "Only these: references, repositories without a tag, or ids", NULL },
};

static const Column columns[] = {
	{ .title = "REPOSITORY", .key = "repository" },
	{ .title = "TAG", .key = "tag" },
	{ .title = "DIGEST", .is_wide = true },
	{ .title = "IMAGE ID" },
	{ .title = "PULLED" },
	{ .title = "SIZE", .is_right = true },
	{ .title = "OWN", .is_right = true },
	{ .title = "USED BY", .key = "users" },
	{ .key = "reference" },
	{ .key = "id" },
	{ .key = "digest" },
	{ .key = "pulled_at" },
	{ .key = "size_bytes" },
	{ .key = "own_bytes" },
	{ .key = "shared_bytes" },
	{ .key = "platform" },
	{ .key = "layers" },
	{ .key = "complete" },
};

#define NO_NAME "<none>"

// "docker.io/library/nginx:1" in two, and "oci:/srv/web:1".
static void split_reference(const CommandContext *context, const char *text,
			    const char **ret_repository, const char **ret_tag)
{
	CLEANUP_ERROR foreign = { 0 };
	Reference reference;
	*ret_repository = text;
	*ret_tag = NO_NAME;
	if (!reference_parse(text, NULL, context->arena, &reference, &foreign))
		return;
	const bool has_digest = !text_is_empty(reference.digest);
	const char *end = has_digest ? reference.digest : reference.tag;
	if (text_is_empty(end))
		return;
	*ret_repository = arena_strndup(context->arena, text, strlen(text) - strlen(end) - 1);
	*ret_tag = has_digest ? NO_NAME : reference.tag;
}

static const char *age_of(const StoredImage *image, Arena *arena)
{
	return image->pulled_s > 0 ? age_print((int64_t)time(NULL) - image->pulled_s, arena) : NULL;
}

static const char *platform_of(const StoredImage *image, Arena *arena)
{
	const ImageConfig *config = &image->config;
	if (!config->os || !config->os[0])
		return NULL;
	const Platform platform = { config->os, config->architecture, config->variant };
	return platform_print(&platform, arena);
}

// reference NULL: an image without a name.
static void add_row(const CommandContext *context, Table *table, const StoredImage *image,
		    const char *reference)
{
	Arena *arena = context->arena;
	const char *repository = NO_NAME;
	const char *tag = NO_NAME;
	if (reference)
		split_reference(context, reference, &repository, &tag);
	table_add_text(table, repository);
	table_add_text(table, tag);
	table_add_text(table, image->manifest_digest);
	table_add_text(table, stored_image_short_id(image, arena));
	table_add_text(table, age_of(image, arena));
	table_add_text(table,
		       image->is_complete ? size_print(image->size_bytes, arena) : "incomplete");
	table_add_text(table, size_print(image->own_bytes, arena));
	table_add_texts(table, &image->users);
	table_add_text(table, reference);
	table_add_text(table, stored_image_id(image));
	table_add_text(table, image->manifest_digest);
	table_add_number(table, image->pulled_s);
	table_add_number(table, (int64_t)image->size_bytes);
	table_add_number(table, (int64_t)image->own_bytes);
	table_add_number(table, (int64_t)(image->size_bytes - image->own_bytes));
	table_add_text(table, platform_of(image, arena));
	table_add_texts(table, &image->layers);
	table_add_bool(table, image->is_complete);
}

// --- which ones

// What one word of the user's means.
typedef struct Filter {
	const char *word;
	const char *reference;    // "" when it cannot be one
	const char *repository;   // of all tags, when the word has none; "" otherwise
	const StoredImage *image; // found by id or digest
	bool has_matched;
} Filter;

VEC_DECLARE(Filters, filters, Filter);

static void read_reference(const CommandContext *context, Filter *filter)
{
	CLEANUP_ERROR no_reference = { 0 };
	Reference reference;
	const char *tag = NULL;
	if (!image_name_parse(context->host, filter->word, context->config->default_kube_registry,
			      context->arena, &reference, &no_reference))
		return;
	filter->reference = reference.text;
	if (reference.kind == REFERENCE_REGISTRY && reference_is_latest(&reference) &&
	    !text_ends_with(filter->word, ":latest"))
		split_reference(context, reference.text, &filter->repository, &tag);
}

static void read_filters(const CommandContext *context, const ImageInventory *inventory,
			 Filters *ret)
{
	for (size_t i = 0; i < context->arguments.count; i++) {
		CLEANUP_ERROR unknown = { 0 }; // a repository, or told as not found in the end
		const char *reference = NULL;
		Filter *filter = filters_push(context->arena, ret);
		*filter = (Filter){ .word = context->arguments.items[i],
				    .reference = "",
				    .repository = "" };
		read_reference(context, filter);
		if (images_find(context, inventory, filter->word, &filter->image, &reference,
				&unknown) &&
		    reference)
			filter->image = NULL;
	}
}

static bool matches(const CommandContext *context, const Filter *filter, const StoredImage *image,
		    const char *reference)
{
	const char *repository = NULL;
	const char *tag = NULL;
	if (!reference || filter->image)
		return filter->image == image;
	split_reference(context, reference, &repository, &tag);
	return text_equal(reference, filter->reference) ||
	       text_equal(repository, filter->repository);
}

static bool is_wanted(const CommandContext *context, Filters *filters, const StoredImage *image,
		      const char *reference)
{
	bool is_wanted = filters->count == 0;
	for (size_t i = 0; i < filters->count; i++) {
		if (!matches(context, &filters->items[i], image, reference))
			continue;
		filters->items[i].has_matched = true;
		is_wanted = true;
	}
	return is_wanted;
}

static void add_wanted(const CommandContext *context, Filters *filters, Table *table,
		       const StoredImage *image)
{
	if (image->references.count == 0 && is_wanted(context, filters, image, NULL))
		add_row(context, table, image, NULL);
	for (size_t i = 0; i < image->references.count; i++) {
		const char *reference = image->references.items[i];
		if (is_wanted(context, filters, image, reference))
			add_row(context, table, image, reference);
	}
}

static bool check_matches(const Filters *filters, Error *error)
{
	for (size_t i = 0; i < filters->count; i++) {
		if (!filters->items[i].has_matched)
			return error_set(error, ERROR_NOT_FOUND, "no image '%s'",
					 filters->items[i].word);
	}
	return true;
}

static OutputFormat format_of(const CommandContext *context)
{
	const ImageListOptions *given = context->options;
	const OutputFormat format = output_format_of(given->json, given->json_pretty,
						     context->config->default_output_format);
	return format == OUTPUT_TABLE && given->shows_digests ? OUTPUT_WIDE : format;
}

static bool run(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	ImageInventory inventory = { 0 };
	Filters filters = { 0 };
	Table table;
	table_init(&table, context->arena, columns, COUNT(columns));
	if (!images_load(context, &inventory, error))
		return false;
	read_filters(context, &inventory, &filters);
	for (size_t i = 0; i < inventory.images.count; i++)
		add_wanted(context, &filters, &table, &inventory.images.items[i]);
	if (!check_matches(&filters, error))
		return false;
	const OutputFormat format = format_of(context);
	if (inventory.images.count == 0 && (format == OUTPUT_TABLE || format == OUTPUT_WIDE))
		fprintf(context->messages, "no images found\n");
	else
		table_write(&table, format, context->output);
	return true;
}

const Command command_image_list = {
	.name = "ls",
	.summary = "List images",
	.description =
		"One line per name. SIZE is what the unpacked layers take on the disk, OWN the part that no other image "
		"shares: what its removal would free. USED BY are the machines that stand on it. An image "
		"without a name is an older version that a tag has left and a machine still uses; `sdme image "
		"prune` removes those that none uses.",
	.examples = "sdme image ls\n"
		    "# all tags of one repository\n"
		    "sdme image ls nginx\n"
		    "sdme image ls --json | jq -r '.[].reference'\n",
	OPTIONS(ImageListOptions, options),
	POSITIONALS(positionals),
	.needs_root = true,
	.run = run,
};
