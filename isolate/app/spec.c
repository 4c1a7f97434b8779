#include "isolate/app/spec.h"

#include "isolate/app/expand.h"
#include "isolate/guest/spec.h"

#include <limits.h>

// Pairs are searched one by one: ten thousand take a tenth of a second.
#define VARIABLES_MAX 10000u

static const uint64_t default_shm_bytes = UINT64_C(64) << 20;
static const uint64_t default_log_part_bytes = UINT64_C(10) << 20;
static const uint64_t default_log_parts = 5;
static const uint64_t default_backoff_base_ms = 10 * 1000;
static const uint64_t default_backoff_max_ms = 300 * 1000;
static const uint64_t default_backoff_reset_ms = 600 * 1000;

static const char *const masked_paths[] = {
	"/proc/acpi",        "/proc/asound",  "/proc/interrupts",
	"/proc/kcore",       "/proc/keys",    "/proc/latency_stats",
	"/proc/sched_debug", "/proc/scsi",    "/proc/timer_list",
	"/proc/timer_stats", "/sys/firmware", "/sys/devices/virtual/powercap",
};

static const char *const read_only_paths[] = {
	"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger",
};

void spec_default_masked_paths(Arena *arena, Texts *ret)
{
	for (size_t i = 0; i < COUNT(masked_paths); i++)
		texts_add(arena, ret, masked_paths[i]);
}

void spec_default_read_only_paths(Arena *arena, Texts *ret)
{
	for (size_t i = 0; i < COUNT(read_only_paths); i++)
		texts_add(arena, ret, read_only_paths[i]);
}

// --- references

// The environment in its order; `ret_sources`: what $(NAME) may refer to at its end. Ends early where it is larger than
// spec_print accepts.
static void resolve(const AppSpec *spec, Arena *arena, Pairs *ret_environment, Pairs *ret_sources)
{
	size_t bytes = 0;
	for (size_t i = 0; i < spec->environment.count && bytes <= SPEC_BYTES_MAX; i++) {
		const AppVariable *variable = &spec->environment.items[i];
		const char *value = variable->is_expandable
					    ? expand_text(variable->value, ret_sources, arena)
					    : variable->value;
		bytes += strlen(value);
		pairs_set(arena, ret_environment, variable->name, value);
		if (!variable->is_hidden)
			pairs_set(arena, ret_sources, variable->name, value);
	}
}

void spec_environment(const AppSpec *spec, Arena *arena, Texts *ret)
{
	Pairs environment = { 0 }, sources = { 0 };
	resolve(spec, arena, &environment, &sources);
	for (size_t i = 0; i < environment.count; i++) {
		const Pair *pair = &environment.items[i];
		texts_add(arena, ret, arena_printf(arena, "%s=%s", pair->key, pair->value));
	}
}

void spec_arguments(const AppSpec *spec, Arena *arena, Texts *ret)
{
	Pairs environment = { 0 }, sources = { 0 };
	if (!spec->is_verbatim)
		resolve(spec, arena, &environment, &sources);
	size_t bytes = 0;
	for (size_t i = 0; i < spec->arguments.count && bytes <= SPEC_BYTES_MAX; i++) {
		const char *given = spec->arguments.items[i];
		const char *argument =
			spec->is_verbatim ? given : expand_text(given, &sources, arena);
		bytes += strlen(argument);
		texts_add(arena, ret, argument);
	}
}

// --- the binary form

static void align(Buffer *buffer, size_t alignment)
{
	while (buffer->length % alignment != 0)
		buffer_add_char(buffer, '\0');
}

static uint32_t add_text(Buffer *buffer, const char *text)
{
	const uint32_t offset = (uint32_t)buffer->length;
	buffer_add_bytes(buffer, text, strlen(text) + 1);
	return offset;
}

static SpecList add_bytes(Buffer *buffer, const void *bytes, size_t count, size_t size,
			  size_t alignment)
{
	if (count == 0)
		return (SpecList){ 0 };
	align(buffer, alignment);
	const SpecList list = { (uint32_t)buffer->length, (uint32_t)count };
	buffer_add_bytes(buffer, bytes, count * size);
	return list;
}

static SpecList add_texts(Buffer *buffer, const Texts *texts, Arena *arena)
{
	uint32_t *offsets = arena_array(arena, texts->count + 1, sizeof(*offsets));
	for (size_t i = 0; i < texts->count; i++)
		offsets[i] = add_text(buffer, texts->items[i]);
	return add_bytes(buffer, offsets, texts->count, sizeof(*offsets), sizeof(*offsets));
}

// Enums of AppSpec in the numbers of the file.
static const uint32_t kinds[] = {
	[APP_KIND_APPLICATION] = SPEC_KIND_APPLICATION,
	[APP_KIND_INIT] = SPEC_KIND_INIT,
	[APP_KIND_EXEC] = SPEC_KIND_EXEC,
};

static const uint32_t restarts[] = {
	[APP_RESTART_ALWAYS] = SPEC_RESTART_ALWAYS,
	[APP_RESTART_ON_FAILURE] = SPEC_RESTART_ON_FAILURE,
	[APP_RESTART_NEVER] = SPEC_RESTART_NEVER,
};

static uint64_t flags_of(const AppSpec *spec)
{
	const struct {
		bool is_set;
		uint64_t flag;
	} flags[] = {
		{ spec->no_new_privileges, SPEC_NO_NEW_PRIVILEGES },
		{ !spec->share_process_namespace, SPEC_OWN_PIDS },
		{ spec->own_ipc, SPEC_OWN_IPC },
		{ spec->own_shm, SPEC_OWN_SHM },
		{ spec->own_cgroup, SPEC_OWN_CGROUP },
		{ spec->read_only_root, SPEC_READ_ONLY_ROOT },
		{ spec->end_unhandled, SPEC_END_UNHANDLED },
		{ spec->has_message, SPEC_STATUS_HAS_MESSAGE },
		{ spec->has_stdin, SPEC_STDIN },
		{ spec->has_terminal, SPEC_TERMINAL },
	};
	uint64_t result = 0;
	for (size_t i = 0; i < COUNT(flags); i++)
		result |= flags[i].is_set ? flags[i].flag : 0;
	return result;
}

static bool check_identifier(const char *identifier, Error *error)
{
	if (!identifier || strlen(identifier) > SPEC_IDENTIFIER_MAX || strchr(identifier, '\n'))
		return error_set(error, ERROR_INVALID,
				 "the identifier is no line of at most %u bytes",
				 SPEC_IDENTIFIER_MAX);
	return true;
}

static bool check_environment(const AppVariables *environment, Error *error)
{
	for (size_t i = 0; i < environment->count; i++) {
		const char *name = environment->items[i].name;
		if (text_is_empty(name) || strchr(name, '='))
			return error_set(error, ERROR_INVALID,
					 "'%s' is no name of an environment variable",
					 name ? name : "");
	}
	return true;
}

static bool check_mounts(const AppMounts *mounts, Error *error)
{
	if (mounts->count > SPEC_MOUNTS_MAX)
		return error_set(error, ERROR_LIMIT, "more than %u mounts", SPEC_MOUNTS_MAX);
	for (size_t i = 0; i < mounts->count; i++) {
		const AppMount *mount = &mounts->items[i];
		if (*mount->source != '/' || *mount->target != '/')
			return error_set(error, ERROR_INVALID, "a mount of '%s' at '%s'",
					 mount->source, mount->target);
	}
	return true;
}

static bool check_counts(const AppSpec *spec, Error *error)
{
	if (spec->arguments.count == 0)
		return error_set(error, ERROR_INVALID, "no command specified");
	if (spec->environment.count > VARIABLES_MAX)
		return error_set(error, ERROR_LIMIT, "more than %u variables", VARIABLES_MAX);
	if (spec->arguments.count > SPEC_TEXTS_MAX || spec->masked_paths.count > SPEC_TEXTS_MAX ||
	    spec->read_only_paths.count > SPEC_TEXTS_MAX)
		return error_set(error, ERROR_LIMIT, "more than %u arguments or paths",
				 SPEC_TEXTS_MAX);
	if (spec->groups.count > SPEC_GROUPS_MAX)
		return error_set(error, ERROR_LIMIT, "more than %u groups", SPEC_GROUPS_MAX);
	if (spec->filter.len % SPEC_FILTER_BYTES != 0 ||
	    spec->filter.len / SPEC_FILTER_BYTES > SPEC_FILTER_MAX)
		return error_set(error, ERROR_LIMIT,
				 "the seccomp program has more than %u instructions",
				 SPEC_FILTER_MAX);
	if (spec->working_directory && *spec->working_directory && *spec->working_directory != '/')
		return error_set(error, ERROR_INVALID, "working directory '%s' is not absolute",
				 spec->working_directory);
	return true;
}

static SpecHeader plain_header(const AppSpec *spec)
{
	return (SpecHeader){
		.magic = SPEC_MAGIC,
		.version = SPEC_VERSION,
		.kind = kinds[spec->kind],
		.restart_policy = restarts[spec->restart],
		.flags = flags_of(spec),
		.uid = spec->uid,
		.gid = spec->gid,
		.bounding = spec->capabilities.bounding,
		.permitted = spec->capabilities.permitted,
		.effective = spec->capabilities.effective,
		.inheritable = spec->capabilities.inheritable,
		.ambient = spec->capabilities.ambient,
		.backoff_base_ms =
			spec->backoff_base_ms ? spec->backoff_base_ms : default_backoff_base_ms,
		.backoff_max_ms =
			spec->backoff_max_ms ? spec->backoff_max_ms : default_backoff_max_ms,
		.backoff_reset_ms =
			spec->backoff_reset_ms ? spec->backoff_reset_ms : default_backoff_reset_ms,
		.shm_bytes = spec->shm_bytes ? spec->shm_bytes : default_shm_bytes,
		.log_part_bytes =
			spec->log_part_bytes ? spec->log_part_bytes : default_log_part_bytes,
		.log_parts = spec->log_parts ? spec->log_parts : default_log_parts,
	};
}

static SpecList add_mounts(Buffer *buffer, const AppMounts *mounts, Arena *arena)
{
	SpecMount *items = arena_array(arena, mounts->count + 1, sizeof(*items));
	for (size_t i = 0; i < mounts->count; i++) {
		const AppMount *mount = &mounts->items[i];
		items[i] = (SpecMount){
			.source = add_text(buffer, mount->source),
			.target = add_text(buffer, mount->target),
			.flags = (mount->is_read_only ? SPEC_MOUNT_READ_ONLY : 0) |
				 (mount->is_optional ? SPEC_MOUNT_OPTIONAL : 0),
		};
	}
	return add_bytes(buffer, items, mounts->count, sizeof(*items), sizeof(uint32_t));
}

static void add_contents(const AppSpec *spec, SpecHeader *header, Buffer *buffer, Arena *arena)
{
	Texts arguments = { 0 }, environment = { 0 };
	spec_arguments(spec, arena, &arguments);
	spec_environment(spec, arena, &environment);
	const bool has_directory = !text_is_empty(spec->working_directory);

	header->filter = add_bytes(buffer, spec->filter.ptr, spec->filter.len / SPEC_FILTER_BYTES,
				   SPEC_FILTER_BYTES, SPEC_FILTER_BYTES);
	header->groups = add_bytes(buffer, spec->groups.items, spec->groups.count, sizeof(uint32_t),
				   sizeof(uint32_t));
	header->arguments = add_texts(buffer, &arguments, arena);
	header->environment = add_texts(buffer, &environment, arena);
	header->masked_paths = add_texts(buffer, &spec->masked_paths, arena);
	header->read_only_paths = add_texts(buffer, &spec->read_only_paths, arena);
	header->mounts = add_mounts(buffer, &spec->mounts, arena);
	header->identifier = add_text(buffer, spec->identifier);
	header->working_directory = add_text(buffer, has_directory ? spec->working_directory : "/");
}

bool spec_print(const AppSpec *spec, Buffer *ret, Error *error)
{
	if (!check_identifier(spec->identifier, error) || !check_counts(spec, error) ||
	    !check_environment(&spec->environment, error) || !check_mounts(&spec->mounts, error))
		return false;

	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_BUFFER buffer = { 0 };
	SpecHeader header = plain_header(spec);
	buffer_add_bytes(&buffer, &header, sizeof(header));
	add_contents(spec, &header, &buffer, scratch);
	if (buffer.length > SPEC_BYTES_MAX)
		return error_set(error, ERROR_LIMIT,
				 "arguments and environment take more than %u bytes",
				 SPEC_BYTES_MAX);

	header.total_bytes = (uint32_t)buffer.length;
	memcpy(buffer.data, &header, sizeof(header));
	buffer_add_bytes(ret, buffer.data, buffer.length);
	return true;
}

// --- reading it back

typedef struct Image {
	const char *bytes;
	size_t size;
	SpecHeader header;
	Arena *arena;
} Image;

static bool read_text(const Image *image, uint32_t offset, const char **ret, Error *error)
{
	if (offset < sizeof(SpecHeader) || offset >= image->size)
		return error_set(error, ERROR_INVALID, "a text lies outside of the specification");
	*ret = arena_strdup(image->arena, image->bytes + offset);
	return true;
}

// A copy of the items of a list, aligned.
static bool read_items(const Image *image, SpecList list, size_t size, uint32_t max, void **ret,
		       Error *error)
{
	const uint64_t end = (uint64_t)list.offset + (uint64_t)list.count * size;
	const bool is_inside = list.offset >= sizeof(SpecHeader) && end <= image->size;
	if (list.count > 0 && (list.count > max || !is_inside))
		return error_set(error, ERROR_INVALID, "a list lies outside of the specification");
	*ret = arena_array(image->arena, (size_t)list.count + 1, size);
	if (list.count > 0)
		memcpy(*ret, image->bytes + list.offset, list.count * size);
	return true;
}

static bool read_texts(const Image *image, SpecList list, Texts *ret, Error *error)
{
	void *items = NULL;
	if (!read_items(image, list, sizeof(uint32_t), SPEC_TEXTS_MAX, &items, error))
		return false;
	const uint32_t *offsets = items;
	for (uint32_t i = 0; i < list.count; i++) {
		const char *text = NULL;
		if (!read_text(image, offsets[i], &text, error))
			return false;
		texts_add(image->arena, ret, text);
	}
	return true;
}

static bool read_environment(const Image *image, AppVariables *ret, Error *error)
{
	Texts texts = { 0 };
	if (!read_texts(image, image->header.environment, &texts, error))
		return false;
	for (size_t i = 0; i < texts.count; i++) {
		const char *equals = strchr(texts.items[i], '=');
		if (!equals || equals == texts.items[i])
			return error_set(error, ERROR_INVALID, "a variable has no name");
		AppVariable *variable = app_variables_push(image->arena, ret);
		variable->name = arena_strndup(image->arena, texts.items[i],
					       (size_t)(equals - texts.items[i]));
		variable->value = equals + 1;
	}
	return true;
}

static bool read_mounts(const Image *image, AppMounts *ret, Error *error)
{
	void *items = NULL;
	if (!read_items(image, image->header.mounts, sizeof(SpecMount), SPEC_MOUNTS_MAX, &items,
			error))
		return false;
	const SpecMount *mounts = items;
	for (uint32_t i = 0; i < image->header.mounts.count; i++) {
		AppMount *mount = app_mounts_push(image->arena, ret);
		mount->is_read_only = mounts[i].flags & SPEC_MOUNT_READ_ONLY;
		mount->is_optional = mounts[i].flags & SPEC_MOUNT_OPTIONAL;
		if (!read_text(image, mounts[i].source, &mount->source, error) ||
		    !read_text(image, mounts[i].target, &mount->target, error))
			return false;
	}
	return true;
}

static bool find_value(const uint32_t *values, size_t count, uint32_t value, size_t *ret,
		       Error *error)
{
	for (size_t i = 0; i < count; i++) {
		if (values[i] == value) {
			*ret = i;
			return true;
		}
	}
	return error_set(error, ERROR_INVALID, "unknown kind or restart policy %u", value);
}

static bool read_header(const void *bytes, size_t length, Arena *arena, Image *ret, Error *error)
{
	const char *image = bytes;
	if (length <= sizeof(SpecHeader) || length > SPEC_BYTES_MAX || image[length - 1] != '\0')
		return error_set(error, ERROR_INVALID, "no specification of an application");
	*ret = (Image){ .bytes = bytes, .size = length, .arena = arena };
	memcpy(&ret->header, bytes, sizeof(ret->header));
	if (ret->header.magic != SPEC_MAGIC || ret->header.total_bytes != length)
		return error_set(error, ERROR_INVALID, "no specification of an application");
	if (ret->header.version != SPEC_VERSION)
		return error_set(error, ERROR_INVALID,
				 "a specification of version %u; this program reads %u",
				 ret->header.version, SPEC_VERSION);
	return true;
}

static AppSpec plain_spec(const SpecHeader *header)
{
	const uint64_t flags = header->flags;
	return (AppSpec){
		.is_verbatim = true,
		.uid = header->uid,
		.gid = header->gid,
		.capabilities = { header->bounding, header->permitted, header->effective,
				  header->inheritable, header->ambient },
		.no_new_privileges = flags & SPEC_NO_NEW_PRIVILEGES,
		.share_process_namespace = !(flags & SPEC_OWN_PIDS),
		.own_ipc = flags & SPEC_OWN_IPC,
		.own_shm = flags & SPEC_OWN_SHM,
		.own_cgroup = flags & SPEC_OWN_CGROUP,
		.read_only_root = flags & SPEC_READ_ONLY_ROOT,
		.end_unhandled = flags & SPEC_END_UNHANDLED,
		.has_message = flags & SPEC_STATUS_HAS_MESSAGE,
		.has_stdin = flags & SPEC_STDIN,
		.has_terminal = flags & SPEC_TERMINAL,
		.shm_bytes = header->shm_bytes,
		.log_part_bytes = header->log_part_bytes,
		.log_parts = header->log_parts,
		.backoff_base_ms = header->backoff_base_ms,
		.backoff_max_ms = header->backoff_max_ms,
		.backoff_reset_ms = header->backoff_reset_ms,
	};
}

static bool read_contents(const Image *image, AppSpec *ret, Error *error)
{
	const SpecHeader *header = &image->header;
	void *filter = NULL, *groups = NULL;
	size_t kind = 0, restart = 0;
	if (!find_value(kinds, COUNT(kinds), header->kind, &kind, error) ||
	    !find_value(restarts, COUNT(restarts), header->restart_policy, &restart, error) ||
	    !read_text(image, header->identifier, &ret->identifier, error) ||
	    !read_text(image, header->working_directory, &ret->working_directory, error) ||
	    !read_texts(image, header->arguments, &ret->arguments, error) ||
	    !read_environment(image, &ret->environment, error) ||
	    !read_texts(image, header->masked_paths, &ret->masked_paths, error) ||
	    !read_texts(image, header->read_only_paths, &ret->read_only_paths, error) ||
	    !read_mounts(image, &ret->mounts, error) ||
	    !read_items(image, header->groups, sizeof(uint32_t), SPEC_GROUPS_MAX, &groups, error) ||
	    !read_items(image, header->filter, SPEC_FILTER_BYTES, SPEC_FILTER_MAX, &filter, error))
		return false;

	ret->kind = (AppKind)kind;
	ret->restart = (AppRestart)restart;
	for (uint32_t i = 0; i < header->groups.count; i++)
		*app_groups_push(image->arena, &ret->groups) = ((const uint32_t *)groups)[i];
	ret->filter = (Span){ filter, (size_t)header->filter.count * SPEC_FILTER_BYTES };
	return true;
}

bool spec_parse(const void *bytes, size_t length, Arena *arena, AppSpec *ret, Error *error)
{
	Image image = { 0 };
	if (!read_header(bytes, length, arena, &image, error))
		return false;
	AppSpec spec = plain_spec(&image.header);
	if (!read_contents(&image, &spec, error))
		return false;
	*ret = spec;
	return true;
}
