#include "store/state/layout.h"

#include "pkg/base/hash.h"
#include "pkg/base/number.h"
#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "store/state/staging.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

// All of it is root's alone, and so is RUNDIR: images hold old set-user-ID programs, and volumes and a machine's /tmp are
// writable to everybody, which is meant for the users in a container. Machines reach what they need by mounts, never by a
// path.
#define DIRECTORY_MODE 0700

static const char *const directories[LAYOUT_DIRECTORY_COUNT] = {
	// clang-format off
	[LAYOUT_ROOT]       = "",
	[LAYOUT_STATE]      = "state",
	[LAYOUT_CONTAINERS] = "containers",
	[LAYOUT_ROOTFS]     = "fs",
	[LAYOUT_VOLUMES]    = "volumes",
	[LAYOUT_PODS]       = "pods",
	[LAYOUT_SECRETS]    = "secrets",
	[LAYOUT_CONFIGMAPS] = "configmaps",
	[LAYOUT_IMAGES]     = "images",
	[LAYOUT_LOCKS]      = "locks",
	[LAYOUT_SLOTS]      = "slots",
	// clang-format on
};

#define VERSION_FILE      "version"
#define VERSION_BYTES_MAX 32
#define ID_FILE           "id"
#define ID_BYTES_MAX      100

const char *layout_path(const Host *host, LayoutDirectory directory, Arena *arena)
{
	if (directory == LAYOUT_ROOT)
		return host->data_dir;
	return path_join(arena, host->data_dir, directories[directory]);
}

const char *layout_path_of(const Host *host, LayoutDirectory directory, const char *name,
			   Arena *arena)
{
	return path_join(arena, layout_path(host, directory, arena), name);
}

// Names up to this length leave room for what is added to them in a file name of at most 255 bytes.
#define FILE_NAME_PLAIN_MAX  200
#define FILE_NAME_PREFIX_MAX 150

// The hash spreads names; readers compare the whole name all the same.
const char *layout_file_name(const char *name, Arena *arena)
{
	if (strlen(name) <= FILE_NAME_PLAIN_MAX)
		return arena_strdup(arena, name);
	return arena_printf(arena, "%.*s..%016llx", FILE_NAME_PREFIX_MAX, name,
			    (unsigned long long)hash_add(HASH_EMPTY, name, strlen(name)));
}

bool layout_open(const Host *host, LayoutDirectory directory, int *ret_fd, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	return file_open_directory(AT_FDCWD, layout_path(host, directory, scratch), ret_fd, error);
}

// Makes the directory, or takes away what others may do there.
static bool close_directory(const char *path, Error *error)
{
	if (!file_make_directories(AT_FDCWD, path, DIRECTORY_MODE, error))
		return false;

	CLEANUP_FD fd = -1;
	struct stat status;
	if (!file_open_directory(AT_FDCWD, path, &fd, error))
		return false;
	if (fstat(fd, &status) < 0)
		return error_set_errno(error, errno, "look at '%s'", path);
	const mode_t narrowed = status.st_mode & DIRECTORY_MODE;
	if ((status.st_mode & 07777) != narrowed && fchmod(fd, narrowed) < 0)
		return error_set_errno(error, errno, "set the mode of '%s'", path);
	return true;
}

static bool prepare_directory(const Host *host, LayoutDirectory directory, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	return close_directory(layout_path(host, directory, scratch), error);
}

bool layout_prepare_run(const Host *host, Error *error)
{
	return close_directory(host->run_dir, error);
}

static bool write_version(int root, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *text = arena_printf(scratch, "%d\n", LAYOUT_VERSION);
	return file_replace(root, VERSION_FILE, text, strlen(text), 0644, error);
}

// True with 0 when nothing was written yet.
static bool read_version(int root, uint32_t *ret_version, Error *error)
{
	*ret_version = 0;
	if (!file_exists(root, VERSION_FILE))
		return true;
	CLEANUP_ARENA scratch = arena_new();
	const char *text = NULL;
	if (!file_read(root, VERSION_FILE, VERSION_BYTES_MAX, scratch, &text, NULL, error))
		return false;
	const char *digits = arena_strndup(scratch, text, strcspn(text, "\n"));
	return number_parse_u32(digits, "version", UINT32_MAX, ret_version, error);
}

static bool check_version(const Host *host, Error *error)
{
	CLEANUP_FD root = -1;
	uint32_t version = 0;
	if (!layout_open(host, LAYOUT_ROOT, &root, error) || !read_version(root, &version, error))
		return false;
	if (version > LAYOUT_VERSION)
		return error_set(
			error, ERROR_UNSUPPORTED,
			"a newer sdme made it (version %u, this one knows %d): update sdme",
			version, LAYOUT_VERSION);
	return version == LAYOUT_VERSION ? true : write_version(root, error);
}

// --- which directory it is

// A name as a user gave it, fit for one line on a terminal.
static const char *printable(const char *name, Arena *arena)
{
	CLEANUP_BUFFER buffer = { 0 };
	const size_t length = strlen(name);
	buffer_add_printable(&buffer, name, length < 80 ? length : 80);
	buffer_add(&buffer, length < 80 ? "" : "...");
	return buffer_take(&buffer, arena);
}

const char *layout_id(const char *data_dir, Arena *arena)
{
	CLEANUP_ERROR none = { 0 }; // what cannot be read is nobody's
	const char *text = NULL;
	const char *path = path_join(arena, data_dir, ID_FILE);
	return file_read(AT_FDCWD, path, ID_BYTES_MAX, arena, &text, NULL, &none)
		       ? arena_strndup(arena, text, strcspn(text, "\n"))
		       : "";
}

bool layout_is_same(const char *data_dir, const char *other)
{
	struct stat ours, theirs;
	return stat(data_dir, &ours) == 0 && stat(other, &theirs) == 0 &&
	       ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

// Whichever of two commands is first gives the name.
static bool write_id(const Host *host, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_FD root = -1;
	const char *staged = NULL, *id = NULL;
	if (!layout_open(host, LAYOUT_ROOT, &root, error))
		return false;
	if (file_exists(root, ID_FILE))
		return true;
	if (!file_read(AT_FDCWD, "/proc/sys/kernel/random/uuid", ID_BYTES_MAX, scratch, &id, NULL,
		       error) ||
	    !staging_name(ID_FILE, scratch, &staged, error) ||
	    !file_replace(root, staged, id, strlen(id), 0644, error))
		return false;
	if (staging_publish(root, staged, ID_FILE, error))
		return true;
	unlinkat(root, staged, 0);
	return error_forgive(error, ERROR_EXISTS);
}

// May be in a data directory before the first command is: a profile of the administrator's, what mkfs makes.
static bool may_be_there(const char *name)
{
	static const char *const others[] = { ID_FILE, "seccomp", "lost+found" };
	for (size_t i = 0; i < COUNT(others); i++) {
		if (text_equal(name, others[i]))
			return true;
	}
	for (LayoutDirectory i = 0; i < LAYOUT_DIRECTORY_COUNT; i++) {
		if (text_equal(name, directories[i]))
			return true;
	}
	return staging_is_temporary(name);
}

// Modes are narrowed below: that would be the end of a /tmp or a /home.
static bool check_contents(const Host *host, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	Texts names = { 0 };
	if (!file_exists(AT_FDCWD, host->data_dir))
		return true;
	if (!file_list(AT_FDCWD, host->data_dir, scratch, &names, error))
		return false;
	for (size_t i = 0; i < names.count && !texts_contain(&names, VERSION_FILE); i++) {
		if (!may_be_there(names.items[i]))
			return error_set(error, ERROR_EXISTS,
					 "'%s' is in it, which is not ours; give a new or an empty "
					 "directory",
					 printable(names.items[i], scratch));
	}
	return true;
}

bool layout_prepare(const Host *host, Error *error)
{
	if (!check_contents(host, error))
		return error_wrap(error, "use the data directory '%s'", host->data_dir);
	for (LayoutDirectory i = 0; i < LAYOUT_DIRECTORY_COUNT; i++) {
		if (!prepare_directory(host, i, error))
			return error_wrap(error, "prepare the data directory '%s'", host->data_dir);
		// Before anything is made in what a newer version may have laid out otherwise.
		if (i == LAYOUT_ROOT && (!check_version(host, error) || !write_id(host, error)))
			return error_wrap(error, "use the data directory '%s'", host->data_dir);
	}
	return true;
}

#define LABEL_MAX     63
#define SUBDOMAIN_MAX 253

#define LOWER_CASE_AND_DIGITS "abcdefghijklmnopqrstuvwxyz0123456789"

static bool is_alphanumeric(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
}

// [a-z0-9]([-a-z0-9]*[a-z0-9])?
static bool is_label(Span text)
{
	if (text.len == 0 || !is_alphanumeric(text.ptr[0]) ||
	    !is_alphanumeric(text.ptr[text.len - 1]))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (!is_alphanumeric(text.ptr[i]) && text.ptr[i] != '-')
			return false;
	}
	return true;
}

static bool is_subdomain(const char *text)
{
	for (const char *rest = text;;) {
		const size_t length = strcspn(rest, ".");
		if (!is_label((Span){ rest, length }))
			return false;
		if (rest[length] == '\0')
			return true;
		rest += length + 1;
	}
}

const char *name_problem_label(const char *name)
{
	if (strlen(name) > LABEL_MAX)
		return "must be no more than 63 characters";
	if (is_label(span_of(name)))
		return NULL;
	return "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and "
	       "must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex "
	       "used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
}

const char *name_problem_subdomain(const char *name)
{
	if (strlen(name) > SUBDOMAIN_MAX)
		return "must be no more than 253 characters";
	if (is_subdomain(name))
		return NULL;
	return "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
	       "'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used "
	       "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
}

static bool refuse(const char *name, const char *rule, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	return error_set(error, ERROR_INVALID, "'%s' cannot be a name: %s",
			 printable(name, scratch), rule);
}

bool name_check_machine(const char *name, Error *error)
{
	if (!name_problem_label(name))
		return true;
	return refuse(
		name,
		"it must be 1 to 63 lower case letters, digits and '-', with a letter or digit at "
		"both ends",
		error);
}

bool name_check_rootfs(const char *name, Error *error)
{
	const size_t length = strlen(name);
	if (length > 0 && length <= LABEL_MAX && is_alphanumeric(name[0]) &&
	    is_alphanumeric(name[length - 1]) && text_has_only(name, LOWER_CASE_AND_DIGITS "-._"))
		return true;
	return refuse(
		name,
		"it must be 1 to 63 lower case letters, digits, '-', '.' and '_', with a letter or "
		"digit at both ends",
		error);
}

bool name_check_object(const char *name, Error *error)
{
	const char *problem = name_problem_subdomain(name);
	if (!problem)
		return true;
	CLEANUP_BUFFER quoted = { 0 };
	buffer_add_quoted(&quoted, name);
	return error_set(error, ERROR_INVALID, "metadata.name: Invalid value: %s: %s",
			 buffer_text(&quoted), problem);
}
