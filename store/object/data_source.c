#include "store/object/data_source.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/base/utf8.h"
#include "pkg/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static bool add_item(const char *key, Blob value, Arena *arena, StoredData *data, Error *error)
{
	const char *problem = stored_key_problem(key);
	if (problem)
		return error_set(error, ERROR_INVALID, "'%s' cannot be a key: %s", key, problem);
	if (stored_data_get(data, key))
		return error_set(error, ERROR_INVALID, "the key '%s' is given twice", key);
	*stored_data_push(arena, data) = (StoredItem){ .key = key, .value = value };
	return true;
}

bool data_source_add_literal(const char *literal, Arena *arena, StoredData *data, Error *error)
{
	const char *equals = strchr(literal, '=');
	if (!equals || equals == literal)
		return error_set(error, ERROR_USAGE, // not repeated: it may be a secret
				 "invalid literal: expected KEY=VALUE");
	const char *key = arena_strndup(arena, literal, (size_t)(equals - literal));
	const char *value = arena_strdup(arena, equals + 1);
	return add_item(key, (Blob){ value, strlen(value) }, arena, data, error);
}

static bool read_blob(int directory, const char *path, Arena *arena, Blob *ret, Error *error)
{
	const char *bytes = NULL;
	size_t length = 0;
	if (!file_read(directory, path, STORED_BYTES_MAX, arena, &bytes, &length, error))
		return false;
	*ret = (Blob){ bytes, length };
	return true;
}

static bool is_regular_at(int directory, const char *name)
{
	struct stat status;
	return fstatat(directory, name, &status, 0) == 0 && S_ISREG(status.st_mode);
}

// kubectl's rule: only regular files of the directory itself, and only those whose name can be a key.
static bool add_directory(const char *path, Arena *arena, StoredData *data, Error *error)
{
	CLEANUP_FD directory = -1;
	Texts names = { 0 };
	if (!file_open_directory(AT_FDCWD, path, &directory, error) ||
	    !file_list(directory, ".", arena, &names, error))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.items[i];
		Blob value = { 0 };
		if (stored_key_problem(name) || !is_regular_at(directory, name))
			continue;
		if (!read_blob(directory, name, arena, &value, error) ||
		    !add_item(name, value, arena, data, error))
			return error_wrap(error, "'%s'", path);
	}
	return true;
}

bool data_source_add_file(const char *source, Arena *arena, StoredData *data, Error *error)
{
	const char *equals = strchr(source, '=');
	const char *path = equals ? equals + 1 : source;
	if (equals == source || path[0] == '\0' || strchr(path, '='))
		return error_set(error, ERROR_USAGE,
				 "invalid file source '%s': expected PATH or KEY=PATH", source);

	struct stat status;
	if (stat(path, &status) < 0)
		return error_set_errno(error, errno, "read '%s'", path);
	if (S_ISDIR(status.st_mode)) {
		if (equals)
			return error_set(error, ERROR_INVALID,
					 "'%s' is a directory: leave out the key, each file is one",
					 path);
		return add_directory(path, arena, data, error);
	}
	const char *key = equals ? arena_strndup(arena, source, (size_t)(equals - source))
				 : arena_strdup(arena, path_name(path));
	Blob value = { 0 };
	return read_blob(AT_FDCWD, path, arena, &value, error) &&
	       add_item(key, value, arena, data, error);
}

static bool is_environment_name(const char *name)
{
	// kubectl: IsEnvVarName, the strict form.
	return name[0] != '\0' && !strchr("0123456789", name[0]) && !stored_key_problem(name);
}

static bool add_env_line(const char *line, Arena *arena, StoredData *data, Error *error)
{
	const char *start = line + strspn(line, " \t\v\f\r");
	if (start[0] == '\0' || start[0] == '#')
		return true;
	const char *equals = strchr(start, '=');
	const size_t length = equals ? (size_t)(equals - start) : strlen(start);
	const char *key = arena_strndup(arena, start, length);
	if (!is_environment_name(key))
		return error_set(error, ERROR_INVALID,
				 "'%s' is not the name of an environment variable", key);
	const char *value = equals ? equals + 1 : getenv(key);
	if (!value)
		return true; // kubectl leaves out what the environment does not have
	value = arena_strdup(arena, value);
	return add_item(key, (Blob){ value, strlen(value) }, arena, data, error);
}

bool data_source_add_env_file(const char *path, Arena *arena, StoredData *data, Error *error)
{
	Blob content = { 0 };
	if (!read_blob(AT_FDCWD, path, arena, &content, error))
		return false;
	const char *text = content.bytes;
	if (memchr(text, '\0', content.length))
		return error_set(error, ERROR_INVALID, "'%s' is not a text file", path);
	unsigned number = 1;
	for (const char *rest = text; *rest; number++) {
		const size_t length = strcspn(rest, "\n");
		const bool ends_in_return = length > 0 && rest[length - 1] == '\r';
		const char *line = arena_strndup(arena, rest, length - (ends_in_return ? 1 : 0));
		if (!add_env_line(line, arena, data, error))
			return error_wrap(error, "%s:%u", path, number);
		rest += length + (rest[length] == '\n' ? 1 : 0);
	}
	return true;
}

// What a manifest can hold as text.
static bool is_text(Blob value)
{
	return utf8_check(value.bytes, value.length) == value.length &&
	       (value.length == 0 || !memchr(value.bytes, '\0', value.length));
}

void data_source_mark_binary(StoredData *data)
{
	for (size_t i = 0; i < data->count; i++) {
		StoredItem *item = &data->items[i];
		item->is_binary = !is_text(item->value);
	}
}

void data_source_wipe(StoredData *data)
{
	for (size_t i = 0; i < data->count; i++) {
		const Blob value = data->items[i].value;
		// The bytes are ours, read by the functions above.
		if (value.length > 0)
			explicit_bzero((void *)(uintptr_t)value.bytes, value.length);
	}
}
