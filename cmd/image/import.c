// sdme image import: images from files, directories and standard input.
#include "store/image/import.h"

#include "cmd/commands.h"
#include "cmd/image/pull_options.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "pkg/sys/interrupt.h"
#include "pkg/sys/stream/source.h"
#include "store/state/layout.h"

#include <errno.h>
#include <fcntl.h>

typedef struct ImageImportOptions {
	const char *platform;
} ImageImportOptions;

static const Option options[] = {
	OPT_STRING(ImageImportOptions, platform, "platform", 0, "OS/ARCH", COMPLETE_NONE,
		   "Take the images for this platform (linux/arm64) instead of the host's"),
};

static const Positional positionals[] = {
	{ "SOURCE", 1, 1, COMPLETE_FILE,
	  "An archive or directory, oci:DIR[:TAG], oci-archive:FILE[:TAG], docker-archive:FILE[:NAME], "
	  "dir:DIR, or - for standard input",
	  NULL },
	{ "NAME", 0, 1, COMPLETE_IMAGE, "What to call the image; else what it was saved as", NULL },
};

// An archive is read at more than one place: from a file without a name, which ends with the process.
static bool spool(const CommandContext *context, int input, int *ret_fd, Error *error)
{
	const char *directory = layout_path(context->host, LAYOUT_IMAGES, context->arena);
	CLEANUP_FD file = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (file < 0)
		return error_set_errno(error, errno, "make a temporary file in '%s'", directory);
	Source *source = source_of_fd(input, context->arena);
	for (;;) {
		const void *block = NULL;
		size_t length = 0;
		if (!interrupt_check(error) || !source_read(source, &block, &length, error))
			return error_wrap(error, "read standard input");
		if (length == 0)
			break;
		if (!file_write_fd(file, block, length, error))
			return error_wrap(error, "keep standard input");
	}
	*ret_fd = steal_fd(&file);
	return true;
}

static bool import(const CommandContext *context, const char *source, bool must_have_name,
		   Error *error)
{
	const ImageImportOptions *given = context->options;
	PullOptions pull = pull_options_of(context);
	const ImageImport import = {
		.source = source,
		.name = context->arguments.count > 1 ? context->arguments.items[1] : NULL,
		.must_have_name = must_have_name,
		.pull = &pull,
	};
	Texts names = { 0 };
	if (!pull_options_set_platform(given->platform, context->arena, &pull, error) ||
	    !image_import(context->host, &import, context->arena, &names, error))
		return false;
	for (size_t i = 0; i < names.count; i++)
		fprintf(context->output, "%s\n", names.items[i]);
	return true;
}

static bool import_stream(const CommandContext *context, Error *error)
{
	CLEANUP_FD file = -1;
	if (isatty(STDIN_FILENO))
		return error_set(error, ERROR_USAGE,
				 "standard input is a terminal; pipe an archive into it");
	if (!spool(context, STDIN_FILENO, &file, error))
		return false;
	return import(context, file_descriptor_path(context->arena, file), true, error);
}

static bool run(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	const char *source = context->arguments.items[0];
	if (!layout_prepare(context->host, error))
		return false;
	const bool is_done = text_equal(source, "-") ? import_stream(context, error)
						     : import(context, source, false, error);
	return is_done || error_wrap(error, "import");
}

const Command command_image_import = {
	.name = "import",
	.summary = "Take images from files",
	.description =
		"Takes the images of an archive that podman save, docker save, skopeo or sdme image export "
		"wrote, compressed or not, or of a directory. What a file or directory is, its content says; "
		"oci: and its like say it beforehand and choose one image of several. Images keep the names "
		"that they were saved with, unless NAME is given. Of an image for several platforms one is "
		"taken: the host's, or that of --platform; it has the name until another one takes it.",
	.examples = "podman save nginx:1 | sdme image import -\n"
		    "sdme image import web.tar localhost/web:1\n"
		    "sdme image import oci:/srv/images:v2 web:2\n",
	OPTIONS(ImageImportOptions, options),
	POSITIONALS(positionals),
	.needs_root = true,
	.run = run,
};
