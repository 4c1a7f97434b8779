// sdme fs import: a root file system from a directory, a file, the web, or a container image.
#include "cmd/commands.h"
#include "cmd/image/pull_options.h"
#include "isolate/machine/app_import.h"
#include "pkg/cli/confirm.h"
#include "pkg/cli/message.h"
#include "store/rootfs/import.h"
#include "store/rootfs/source.h"
#include "store/state/config.h"
#include "store/state/layout.h"

typedef struct ImportOptions {
	const char *name;
	bool is_forced;
	unsigned packages;
	unsigned image_mode;
	const char *base_fs;
} ImportOptions;

static const char *const package_words[] = {
	[ROOTFS_PACKAGES_ASK] = "auto",
	[ROOTFS_PACKAGES_INSTALL] = "yes",
	[ROOTFS_PACKAGES_REFUSE] = "no",
};

static const char *const image_modes[] = {
	[ROOTFS_IMAGE_AUTO] = "auto",
	[ROOTFS_IMAGE_BASE] = "base",
	[ROOTFS_IMAGE_APP] = "app",
};

static const Option options[] = {
	OPT_STRING(ImportOptions, name, "name", 'n', "NAME", COMPLETE_NONE,
		   "Give it this name; without it, the last part of SOURCE"),
	OPT_FLAG(ImportOptions, is_forced, "force", 'f',
		 "Replace a root file system of this name that no machine uses"),
	OPT_CHOICE(
		ImportOptions, packages, "install-packages", 0, "WHEN", package_words,
		"Have its own package manager install systemd and D-Bus when they are missing; auto asks",
		.default_text = "auto"),
	OPT_CHOICE(ImportOptions, image_mode, "oci-mode", 0, "MODE", image_modes,
		   "Take a container image for a base system, or for an application on top of one",
		   .default_text = "auto"),
	OPT_STRING(
		ImportOptions, base_fs, "base-fs", 0, "NAME", COMPLETE_ROOTFS,
		"Put an application image on this root file system; without it, the setting default_base_fs"),
};

static const Positional positionals[] = {
	{ "SOURCE", 1, 1, COMPLETE_FILE,
	  "A directory, an archive, a disk image, a URL of either, or a container image", NULL },
};

static void tell(void *data, const char *words)
{
	const CommandContext *context = data;
	if (!context->is_quiet)
		message_print(context->messages, "", words);
}

static bool confirm_install(void *data, const char *command, Error *error)
{
	const CommandContext *context = data;
	const char *question = arena_printf(
		context->arena, "it has no systemd or no D-Bus: run '%s' in it?", command);
	return confirm(context, stdin, question, "--install-packages", error);
}

static bool add_app(void *data, const Image *image, const char *name, int root, Error *error)
{
	const CommandContext *context = data;
	return app_import(context->host, &image->config, name, root, error);
}

static bool infer_name(const CommandContext *context, const char *source, const char **ret,
		       Error *error)
{
	const char *name = rootfs_source_name(source, context->arena);
	CLEANUP_ERROR unfit = { 0 };
	if (!name_check_rootfs(name, &unfit))
		return error_set(error, ERROR_USAGE,
				 "'%s' gives no name for the root file system: use --name", source);
	*ret = name;
	return true;
}

static bool run(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	const ImportOptions *given = context->options;
	const PullOptions pull = pull_options_of(context);
	CommandContext asker = *context;
	RootfsImport import = {
		.source = context->arguments.items[0],
		.name = given->name,
		.is_forced = given->is_forced,
		.packages = given->packages,
		.image_mode = given->image_mode,
		.base_fs = given->base_fs ? given->base_fs : context->config->default_base_fs,
		.pull = &pull,
		.hooks = {
			.data = &asker,
			.tell = tell,
			.confirm_install = context->is_interactive ? confirm_install : NULL,
			.add_app = add_app,
		},
	};
	if (!given->name && !infer_name(context, import.source, &import.name, error))
		return false;
	if (!layout_prepare(context->host, error) || !rootfs_import(context->host, &import, error))
		return false;
	fprintf(context->output, "%s\n", import.name);
	return true;
}

const Command command_fs_import = {
	.name = "import",
	.summary = "Import a root file system",
	.description =
		"Copies a directory or unpacks a file, with everything that makes a root file system: owners, "
		"modes, attributes, hard links, devices, holes. What is mounted below a directory is left out. "
		"Machines use it read-only, any number of them at once. It must have systemd and D-Bus; "
		"--install-packages gets them.\n"
		"\n"
		"SOURCE is what its beginning says: docker://, oci:, oci-archive:, docker-archive: or dir: make it a "
		"container image, http:// or https:// a URL. With a slash or a dot at the start, or when there "
		"is a file of that name, it is a path. Anything else is the name of an image in a registry: "
		"debian:12. So a directory debian hides the image debian; docker://debian means the image.\n"
		"\n"
		"What a file is, its first bytes tell, not its name: a tar archive; an archive of a container "
		"image; a raw or qcow2 disk image with a file system or partitions. Each may be compressed with "
		"gzip, zstd, xz, bzip2, lzma or lz4. Of a disk the root partition is copied; it is mounted "
		"read-only, and nothing on it is run. A download may have as many bytes as the setting "
		"max_download_size says.\n"
		"\n"
		"A container image without ports and entrypoint, which runs nothing but a shell, is a base "
		"system. Any other is an application: it becomes the service sdme-oci-NAME of a copy of the root file "
		"system that --base-fs names, confined as in a Pod. --oci-mode says otherwise.",
	.examples = "debootstrap --include=systemd,dbus bookworm /tmp/bookworm\n"
		    "sdme fs import /tmp/bookworm --name debian\n"
		    "sdme fs import ./fedora.tar.xz\n"
		    "# from a registry\n"
		    "sdme fs import debian:12 --install-packages=yes\n"
		    "sdme fs import redis:7 --base-fs debian\n"
		    "# a cloud image\n"
		    "sdme fs import https://example.org/debian-12.qcow2 --name cloud\n",
	OPTIONS(ImportOptions, options),
	POSITIONALS(positionals),
	.needs_root = true,
	.run = run,
};
