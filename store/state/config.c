#include "store/state/config.h"

#include "pkg/base/number.h"
#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/base/toml.h"
#include "pkg/base/utf8.h"
#include "pkg/sys/file.h"
#include "store/state/config_value.h"

#include <arpa/inet.h>
#include <assert.h>
#include <fcntl.h>

static const char *const formats[] = { "", "table", "json", "json-pretty", NULL };

// It stands in unit files, which are UTF-8 and have a line for each directive.
bool config_check_directory(const char *key, const char *text, Error *error)
{
	if (!config_check_text(key, text, error))
		return false;
	if (utf8_check(text, strlen(text)) < strlen(text))
		return error_set(error, ERROR_INVALID, "%s: the path is not UTF-8", key);
	if (path_is_absolute(text) && !path_has_dotdot(text))
		return true;
	return error_set(error, ERROR_INVALID, "%s: '%s' is not an absolute path", key, text);
}

static bool check_subnet(const char *key, const char *text, Error *error)
{
	CLEANUP_ARENA arena = arena_new();
	const size_t length = strcspn(text, "/");
	struct in_addr address;
	uint32_t prefix = 0;
	CLEANUP_ERROR ignored = { 0 };
	const bool is_subnet =
		text[length] == '/' &&
		inet_pton(AF_INET, arena_strndup(arena, text, length), &address) == 1 &&
		number_parse_u32(text + length + 1, key, 30, &prefix, &ignored);
	if (!is_subnet || prefix < 8)
		return error_set(error, ERROR_INVALID,
				 "%s: '%s' is not an IPv4 subnet like 10.233.0.0/16 (/8 to /30)",
				 key, text);
	return true;
}

// clang-format off
#define KEY(member, key_name, key_type, key_default, ...) \
	{ .name = (key_name), .type = (key_type), .offset = offsetof(Config, member), .default_text = (key_default), .help = __VA_ARGS__ }

const ConfigKey config_keys[] = {
	KEY(interactive, "interactive", CONFIG_BOOL, "yes", "Ask questions when standard input is a terminal"),
	KEY(datadir, "datadir", CONFIG_TEXT, "/var/lib/sdme", "Directory that holds machines, images, secrets and volumes", .check = config_check_directory),
	KEY(boot_timeout_ms, "boot_timeout", CONFIG_SECONDS, "60", "How long a machine may take to boot"),
	KEY(stop_timeout_graceful_ms, "stop_timeout_graceful", CONFIG_SECONDS, "90", "How long a machine may take to shut down"),
	KEY(stop_timeout_terminate_ms, "stop_timeout_terminate", CONFIG_SECONDS, "30", "How long a machine may take to end with stop --term"),
	KEY(stop_timeout_kill_ms, "stop_timeout_kill", CONFIG_SECONDS, "15", "How long a machine may take to vanish with stop --kill"),
	KEY(default_base_fs, "default_base_fs", CONFIG_TEXT, "", "Root file system that pods are built on; empty: the host's own /usr"),
	KEY(default_kube_registry, "default_kube_registry", CONFIG_TEXT, "docker.io", "Registry of image names that name none"),
	KEY(default_output_format, "default_output_format", CONFIG_TEXT, "", "Format of tables; empty: table", .words = formats),
	KEY(http_timeout_ms, "http_timeout", CONFIG_SECONDS, "30", "How long a server may take to answer"),
	KEY(http_body_timeout_ms, "http_body_timeout", CONFIG_SECONDS, "300", "How long a download may take for each mebibyte"),
	KEY(max_download_size_bytes, "max_download_size", CONFIG_SIZE, "50G", "Largest download that is accepted"),
	KEY(max_image_size_bytes, "max_image_size", CONFIG_SIZE, "64G", "Most bytes that the missing layers of one image may have when they are decompressed"),
	KEY(network_subnet, "network_subnet", CONFIG_TEXT, "10.233.0.0/16", "Addresses that pods get where no other service hands them out", .check = check_subnet),
	KEY(tasks_max, "tasks_max", CONFIG_NUMBER, "16384", "Most processes and threads in one machine"),
	KEY(image_verity, "image_verity", CONFIG_BOOL, "no", "Let the kernel check the files of images at each reading, by fs-verity; the file system must have it"),
	KEY(strict_limits, "strict_limits", CONFIG_BOOL, "no", "Refuse Pods with limits that the kernel of this host cannot enforce, instead of warning of them"),
	KEY(container_log_max_size_bytes, "container_log_max_size", CONFIG_SIZE, "10M", "How large a file of a container's log may grow before the next one is begun", .min = 64 << 10, .max = 1ull << 40),
	KEY(container_log_max_files, "container_log_max_files", CONFIG_NUMBER, "5", "How many files of the log of one run of a container are kept", .min = 2, .max = 1000),
};
// clang-format on
const size_t config_key_count = COUNT(config_keys);

bool config_find_key(const char *name, const ConfigKey **ret, Error *error)
{
	const char *names[COUNT(config_keys) + 1] = { NULL };
	for (size_t i = 0; i < COUNT(config_keys); i++) {
		names[i] = config_keys[i].name;
		if (text_equal(name, names[i])) {
			*ret = &config_keys[i];
			return true;
		}
	}
	const char *nearest = text_nearest(name, names);
	return error_set(error, ERROR_NOT_FOUND, "unknown setting '%s'%s%s%s", name,
			 nearest ? ", did you mean '" : "", nearest ? nearest : "",
			 nearest ? "'?" : "");
}

Config config_default(void)
{
	Config config = { 0 };
	for (size_t i = 0; i < COUNT(config_keys); i++) {
		CLEANUP_ERROR error = { 0 };
		const bool is_stored =
			config_store(&config, &config_keys[i], config_keys[i].default_text, &error);
		assert(is_stored); // the unit test reads every default
	}
	return config;
}

// One member of the file.
static bool load_member(const TomlMember *member, Arena *arena, Config *config, Texts *warnings,
			Error *error)
{
	CLEANUP_ERROR unknown = { 0 };
	const ConfigKey *key = NULL;
	const TomlValue *value = member->value;
	if (!config_find_key(member->key, &key, &unknown)) {
		texts_add(arena, warnings,
			  arena_printf(arena, "%s:%u: ignoring %s", value->where.path,
				       value->where.line, unknown.message));
		return true;
	}
	const char *text = config_toml_text(value, arena);
	if (!text)
		return error_set_at(error, value->where, "'%s' cannot be %s", key->name,
				    toml_kind_to_text(value->kind));
	if (!config_store(config, key, text, error)) {
		error->where = value->where;
		return false;
	}
	return true;
}

// The bytes of the file; nothing when there is none.
static bool read_file(const char *path, Arena *arena, const char **ret, size_t *ret_length,
		      Error *error)
{
	if (file_read(AT_FDCWD, path, TOML_BYTES_MAX, arena, ret, ret_length, error))
		return true;
	if (!error_forgive(error, ERROR_NOT_FOUND))
		return error_wrap(error, "read the settings");
	*ret = "";
	*ret_length = 0;
	return true;
}

bool config_load(const char *path, Arena *arena, Config *ret, Texts *ret_warnings, Error *error)
{
	const char *text = NULL;
	size_t length = 0;
	const TomlValue *root = NULL;
	if (!read_file(path, arena, &text, &length, error) ||
	    !toml_parse(path, text, length, arena, &root, error))
		return false;

	Config config = config_default();
	for (size_t i = 0; i < root->members.count; i++) {
		if (!load_member(&root->members.items[i], arena, &config, ret_warnings, error))
			return false;
	}
	*ret = config;
	return true;
}

// --- writing

static size_t line_begin(const char *text, size_t at)
{
	while (at > 0 && text[at - 1] != '\n')
		at--;
	return at;
}

static size_t line_end(const char *text, size_t length, size_t at)
{
	while (at < length && text[at] != '\n')
		at++;
	return at < length ? at + 1 : length;
}

static size_t offset_of_line(const char *text, size_t length, unsigned line)
{
	size_t at = 0;
	for (unsigned i = 1; i < line && at < length; i++)
		at = line_end(text, length, at);
	return at;
}

// Where a new line of the root table goes: before the first table and the comment above it, else at the end.
static size_t place_for_new(const TomlValue *root, const char *text, size_t length)
{
	unsigned first = 0;
	for (size_t i = 0; i < root->members.count; i++) {
		const TomlValue *value = root->members.items[i].value;
		const bool has_tables =
			value->kind == TOML_TABLE ||
			(value->kind == TOML_ARRAY && value->end == 0 && value->items.count > 0);
		if (has_tables && (first == 0 || value->where.line < first))
			first = value->where.line;
	}
	if (first == 0)
		return length;
	size_t at = offset_of_line(text, length, first);
	while (at > 0 && text[line_begin(text, at - 1)] == '#')
		at = line_begin(text, at - 1);
	return at;
}

// The document with [begin, end) replaced.
static void replace_bytes(Buffer *buffer, const char *text, size_t length, size_t begin, size_t end,
			  const char *between)
{
	buffer_add_bytes(buffer, text, begin);
	if (begin == length && begin > 0 && text[begin - 1] != '\n' && between[0])
		buffer_add_char(buffer, '\n');
	buffer_add(buffer, between);
	buffer_add_bytes(buffer, text + end, length - end);
}

static void edit(Buffer *buffer, const TomlValue *root, const char *text, size_t length,
		 const ConfigKey *key, const char *written)
{
	CLEANUP_ARENA arena = arena_new();
	const TomlValue *old = toml_get(root, key->name);
	if (old && written) {
		replace_bytes(buffer, text, length, old->begin, old->end, written);
	} else if (old) {
		replace_bytes(buffer, text, length, line_begin(text, old->begin),
			      line_end(text, length, old->end), "");
	} else if (written) {
		const size_t at = place_for_new(root, text, length);
		replace_bytes(buffer, text, length, at, at,
			      arena_printf(arena, "%s = %s\n", key->name, written));
	} else {
		buffer_add_bytes(buffer, text, length);
	}
}

bool config_save_value(const char *path, const ConfigKey *key, const char *value,
		       bool *ret_is_default, Error *error)
{
	CLEANUP_ARENA arena = arena_new();
	Config config = config_default();
	const char *default_value = config_value(&config, key, arena);
	if (!config_store(&config, key, value, error))
		return false;
	const bool is_default = text_equal(config_value(&config, key, arena), default_value);

	const char *text = NULL;
	size_t length = 0;
	const TomlValue *root = NULL;
	if (!read_file(path, arena, &text, &length, error) ||
	    !toml_parse(path, text, length, arena, &root, error))
		return false;
	const TomlValue *old = toml_get(root, key->name);
	if (old && old->end == 0)
		return error_set_at(error, old->where, "'%s' cannot be %s", key->name,
				    toml_kind_to_text(old->kind));

	CLEANUP_BUFFER edited = { 0 };
	edit(&edited, root, text, length, key,
	     is_default ? NULL : config_toml_print(&config, key, arena));
	const bool is_same =
		edited.length == length && memcmp(buffer_text(&edited), text, length) == 0;
	if (!is_same &&
	    !file_replace(AT_FDCWD, path, buffer_text(&edited), edited.length, 0644, error))
		return error_wrap(error, "write the settings");
	*ret_is_default = is_default;
	return true;
}
