// sdme image export: an image as a file for podman, skopeo or docker.
#include "store/image/export.h"

#include "cmd/commands.h"
#include "cmd/image/images.h"
#include "pkg/base/text.h"
#include "store/image/lock.h"
#include "store/state/layout.h"

#include <unistd.h>

typedef struct ImageExportOptions {
	const char *output;
	unsigned format;
	unsigned compression;
	bool is_forced;
} ImageExportOptions;

static const char *const formats[] = {
	[IMAGE_EXPORT_OCI_ARCHIVE] = "oci-archive",
	[IMAGE_EXPORT_OCI] = "oci",
	[IMAGE_EXPORT_DOCKER_ARCHIVE] = "docker-archive",
};

static const char *const compressions[] = {
	[COMPRESSION_NONE] = "none",
	[COMPRESSION_GZIP] = "gzip",
	[COMPRESSION_ZSTD] = "zstd",
};

static const Option options[] = {
	OPT_STRING(ImageExportOptions, output, "output", 'o', "PATH", COMPLETE_FILE,
		   "Write to this file or, for oci, new directory; - is standard output",
		   .is_required = true),
	OPT_CHOICE(ImageExportOptions, format, "format", 0, "FORMAT", formats,
		   "Write an OCI layout as one file or as a directory, or what docker save writes",
		   .default_text = "oci-archive"),
	OPT_CHOICE(ImageExportOptions, compression, "compression", 0, "KIND", compressions,
		   "Compress layers so; docker-archive has plain ones", .default_text = "gzip"),
	OPT_FLAG(ImageExportOptions, is_forced, "force", 'f', "Replace a file that exists"),
};

static const Positional positionals[] = {
	{ "NAME", 1, 1, COMPLETE_IMAGE, "The image: a reference, an id or a digest", NULL },
};

static bool check_options(const CommandContext *context, Error *error)
{
	const ImageExportOptions *given = context->options;
	if (given->format == IMAGE_EXPORT_DOCKER_ARCHIVE &&
	    command_has_option(context, "compression") && given->compression != COMPRESSION_NONE)
		return error_set(error, ERROR_USAGE,
				 "--compression: layers of a docker-archive are not compressed");
	if (!text_equal(given->output, "-"))
		return true;
	if (given->format == IMAGE_EXPORT_OCI)
		return error_set(error, ERROR_USAGE,
				 "a directory cannot go to standard output; take oci-archive");
	return !isatty(STDOUT_FILENO) ||
	       error_set(error, ERROR_USAGE,
			 "standard output is a terminal; give -o a file, or a pipe to write to");
}

// An image found by its id is called by its first name that others can use.
static const char *name_for(const StoredImage *image, const char *reference)
{
	if (reference || image->references.count == 0)
		return reference;
	return image->references.items[0];
}

static bool write_image(const CommandContext *context, const ImageExport *export, Error *error)
{
	const ImageExportOptions *given = context->options;
	if (text_equal(given->output, "-"))
		return fflush(context->output) == 0 &&
		       image_export_to(context->host, export, STDOUT_FILENO, error);
	if (!image_export(context->host, export, given->output, given->is_forced, error))
		return false;
	fprintf(context->output, "%s\n", given->output);
	return true;
}

static bool run(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	const ImageExportOptions *given = context->options;
	CLEANUP_LOCK lock = LOCK_NONE;
	ImageInventory inventory = { 0 };
	ImageExport export = { .format = (ImageExportFormat)given->format };
	const char *reference = NULL;
	if (!check_options(context, error) || !layout_prepare(context->host, error) ||
	    !image_lock_shared(context->host, &lock, error) ||
	    !images_load(context, &inventory, error) ||
	    !images_find(context, &inventory, context->arguments.items[0], &export.image,
			 &reference, error))
		return false;
	export.reference = name_for(export.image, reference);
	export.compression = export.format == IMAGE_EXPORT_DOCKER_ARCHIVE
				     ? COMPRESSION_NONE
				     : (Compression)given->compression;
	return write_image(context, &export, error) ||
	       error_wrap(error, "export '%s'", context->arguments.items[0]);
}

const Command command_image_export = {
	.name = "export",
	.summary = "Write an image to a file",
	.description =
		"Writes an image that podman load, skopeo and sdme image import read. Its layers become the "
		"archives again that they were, byte for byte, so it keeps its id; compression makes other "
		"digests of manifest and layers than in the registry. The file appears when it is complete.",
	.examples = "sdme image export nginx:1 -o nginx.tar\n"
		    "# to another host\n"
		    "sdme image export nginx:1 -o - | ssh other sdme image import -\n"
		    "sdme image export nginx:1 --format docker-archive -o - | docker load\n",
	OPTIONS(ImageExportOptions, options),
	POSITIONALS(positionals),
	.needs_root = true,
	.run = run,
};
