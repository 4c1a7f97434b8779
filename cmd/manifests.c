#include "cmd/manifests.h"

#include "kube/manifest/notes.h"
#include "kube/manifest/understand.h"
#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/cli/message.h"
#include "pkg/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

// A file with a thousand Pods fits; a disk image given by mistake does not.
#define MANIFEST_BYTES_MAX  (64 * 1024 * 1024)
#define DIRECTORY_DEPTH_MAX 32

static bool add_descriptor(const CommandContext *context, int fd, const char *path,
			   ManifestSources *sources, Error *error)
{
	ManifestSource source = { .path = path };
	if (!file_read_fd(fd, MANIFEST_BYTES_MAX, context->arena, &source.text, &source.length,
			  error))
		return error_wrap(error, "'%s'", path);
	*manifest_sources_push(context->arena, sources) = source;
	return true;
}

static bool is_manifest_name(const char *name)
{
	return name[0] != '.' && (text_ends_with(name, ".yaml") || text_ends_with(name, ".yml") ||
				  text_ends_with(name, ".json"));
}

static bool is_directory(const char *path)
{
	struct stat status;
	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

// kubectl does not go through links to directories, which may lead in circles.
static bool is_link_to_directory(const char *path)
{
	struct stat status;
	return lstat(path, &status) == 0 && S_ISLNK(status.st_mode) && is_directory(path);
}

static bool add_file(const CommandContext *context, const char *path, ManifestSources *sources,
		     Error *error)
{
	CLEANUP_FD fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_set_errno(error, errno, "open '%s'", path);
	return add_descriptor(context, fd, path, sources, error);
}

static bool add_directory(const CommandContext *context, const char *path, bool is_recursive,
			  unsigned depth, ManifestSources *sources, Error *error)
{
	Texts names = { 0 };
	if (depth > DIRECTORY_DEPTH_MAX)
		return error_set(error, ERROR_LIMIT, "'%s' is nested too deep", path);
	if (!file_list(AT_FDCWD, path, context->arena, &names, error))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		const char *inner = path_join(context->arena, path, names.items[i]);
		if (is_link_to_directory(inner))
			continue;
		if (is_directory(inner)) {
			if (is_recursive &&
			    !add_directory(context, inner, is_recursive, depth + 1, sources, error))
				return false;
		} else if (is_manifest_name(names.items[i])) {
			if (!add_file(context, inner, sources, error))
				return false;
		}
	}
	return true;
}

bool manifests_read(const CommandContext *context, const Texts *files, bool is_recursive,
		    ManifestSources *ret_sources, Error *error)
{
	ManifestSources sources = { 0 };
	for (size_t i = 0; i < files->count; i++) {
		const char *path = files->items[i];
		bool is_read = false;
		if (text_equal(path, "-"))
			is_read = add_descriptor(context, STDIN_FILENO, "<stdin>", &sources, error);
		else if (is_directory(path))
			is_read = add_directory(context, path, is_recursive, 0, &sources, error);
		else
			is_read = add_file(context, path, &sources, error);
		if (!is_read)
			return false;
	}
	if (sources.count == 0)
		return error_set(error, ERROR_NOT_FOUND,
				 "no manifests in '%s': their names end in .yaml, .yml or .json",
				 files->items[0]);
	*ret_sources = sources;
	return true;
}

void manifests_require_documents(const ManifestSources *sources, size_t document_count,
				 Report *report)
{
	const SourcePos where = { sources->items[0].path, 0, 0 };
	if (document_count == 0 && report->error_count == 0)
		report_add(report, SEVERITY_ERROR, where, "", "no objects passed to apply");
}

bool manifests_load(const CommandContext *context, const Texts *files, bool is_recursive,
		    Report *report, Objects *ret_objects, Error *error)
{
	ManifestSources sources = { 0 };
	if (!manifests_read(context, files, is_recursive, &sources, error))
		return false;
	size_t document_count = 0;
	for (size_t i = 0; i < sources.count; i++)
		document_count += manifest_read(&sources.items[i], report, ret_objects);
	manifests_require_documents(&sources, document_count, report);
	objects_understand(ret_objects, report);
	if (!report_finish(report, error))
		return false;
	if (ret_objects->count == 0)
		return error_set(error, ERROR_INVALID, "no objects in '%s'", files->items[0]);
	return true;
}

bool manifests_load_names(const CommandContext *context, const Texts *files, bool is_recursive,
			  Objects *ret_objects, Error *error)
{
	ManifestSources sources = { 0 };
	Report report;
	report_init(&report, context->arena);
	if (!manifests_read(context, files, is_recursive, &sources, error))
		return false;
	Objects objects = { 0 };
	for (size_t i = 0; i < sources.count; i++)
		manifest_read(&sources.items[i], &report, &objects);
	for (size_t i = 0; i < objects.count; i++) {
		if (objects.items[i].metadata && !text_is_empty(objects.items[i].metadata->name))
			*objects_push(context->arena, ret_objects) = objects.items[i];
	}
	// A manifest of which nothing can be made out is a fault; one bad field is not.
	return ret_objects->count > 0 || report_finish(&report, error);
}

void manifests_print_notes(const CommandContext *context, Report *report)
{
	static const char *const words[] = {
		[SEVERITY_WARNING] = "Warning: ", [SEVERITY_NOTE] = "Note: "
	};
	if (context->is_quiet)
		return;
	report_sort(report);
	notes_fold(report);
	for (Severity severity = SEVERITY_WARNING; severity <= SEVERITY_NOTE; severity++) {
		for (size_t i = 0; i < report->findings.count; i++) {
			const Finding *finding = &report->findings.items[i];
			if (finding->severity == severity)
				message_print(context->messages, words[severity],
					      finding_print(finding, context->arena));
		}
	}
}
