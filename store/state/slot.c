#include "store/state/slot.h"

#include "pkg/base/number.h"
#include "pkg/base/text.h"
#include "pkg/base/vec.h"
#include "pkg/sys/file.h"
#include "store/state/layout.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>

_Static_assert(SLOT_IDS_BASE + (uint64_t)SLOT_MAX * SLOT_IDS_COUNT + SLOT_IDS_COUNT == 0x70000000,
	       "the last range ends where systemd's range for containers does");

#define SUBORDINATE_IDS_BYTES_MAX (1024u * 1024)

// One byte per slot: true when it cannot be given.
typedef struct SlotMap {
	bool *is_taken;
} SlotMap;

uint32_t slot_first_id(uint32_t slot)
{
	assert(slot <= SLOT_MAX);
	return SLOT_IDS_BASE + slot * SLOT_IDS_COUNT;
}

static bool parse_slot(const char *name, uint32_t *ret)
{
	CLEANUP_ERROR ignored = { 0 };
	return number_parse_u32(name, "slot", SLOT_MAX, ret, &ignored);
}

// The machine that holds the slot; "" when it was freed meanwhile.
static bool read_holder(int slots, const char *name, char holder[NAME_MAX + 1], Error *error)
{
	const ssize_t length = readlinkat(slots, name, holder, NAME_MAX);
	if (length < 0 && errno != ENOENT)
		return error_set_errno(error, errno, "read the slot '%s'", name);
	holder[length < 0 ? 0 : length] = '\0';
	return true;
}

// slots/, open, with the names in it.
typedef struct SlotDirectory {
	int fd;
	Texts names;
} SlotDirectory;

static void close_slots(SlotDirectory *slots)
{
	file_close(&slots->fd);
}
#define CLEANUP_SLOTS CLEANUP(close_slots) SlotDirectory

static bool open_slots(const Host *host, Arena *arena, SlotDirectory *ret, Error *error)
{
	return layout_open(host, LAYOUT_SLOTS, &ret->fd, error) &&
	       file_list(ret->fd, ".", arena, &ret->names, error);
}

// The name below slots/ of the machine's slot, or NULL.
static bool find_name(const SlotDirectory *slots, const char *machine, const char **ret_name,
		      Error *error)
{
	char holder[NAME_MAX + 1];
	*ret_name = NULL;
	for (size_t i = 0; i < slots->names.count && !*ret_name; i++) {
		if (!read_holder(slots->fd, slots->names.items[i], holder, error))
			return false;
		if (text_equal(holder, machine))
			*ret_name = slots->names.items[i];
	}
	return true;
}

// Marks the slots whose range meets the `count` ids from `first` on.
static void mark_ids(SlotMap *map, uint64_t first, uint64_t count)
{
	const uint64_t base = SLOT_IDS_BASE;
	const uint64_t end = first + count;
	if (count == 0 || end < first || end <= base)
		return;
	const uint64_t from = first > base ? (first - base) / SLOT_IDS_COUNT : 0;
	const uint64_t last = (end - 1 - base) / SLOT_IDS_COUNT;
	for (uint64_t slot = from; slot <= last && slot <= SLOT_MAX; slot++)
		map->is_taken[slot] = true;
}

// One line of subuid(5): "name:first:count". A line that is none says nothing about any id.
static void mark_line(SlotMap *map, Span line)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_ERROR ignored = { 0 };
	const char *text = arena_strndup(scratch, line.ptr, line.len);
	const char *first_at = strchr(text, ':');
	const char *count_at = first_at ? strchr(first_at + 1, ':') : NULL;
	if (!count_at)
		return;
	const size_t first_length = (size_t)(count_at - first_at) - 1;
	uint64_t first = 0, count = 0;
	if (number_parse_u64(arena_strndup(scratch, first_at + 1, first_length), "first",
			     UINT32_MAX, &first, &ignored) &&
	    number_parse_u64(count_at + 1, "count", UINT32_MAX, &count, &ignored))
		mark_ids(map, first, count);
}

// Ids that belong to users of the host: newuidmap(1) lets them take these.
static bool mark_subordinate_ids(SlotMap *map, const char *path, Error *error)
{
	if (!path || !file_exists(AT_FDCWD, path))
		return true;
	CLEANUP_ARENA scratch = arena_new();
	const char *text = NULL;
	if (!file_read(AT_FDCWD, path, SUBORDINATE_IDS_BYTES_MAX, scratch, &text, NULL, error))
		return false;
	for (const char *line = text; *line;) {
		const size_t length = strcspn(line, "\n");
		mark_line(map, (Span){ line, length });
		line += length + (line[length] == '\n' ? 1 : 0);
	}
	return true;
}

// Ranges of machines that nspawn runs: one lock file each, named after the first id. One that a killed nspawn left
// costs a slot until the next boot, no more.
static bool mark_nspawn_ids(SlotMap *map, const char *path, Error *error)
{
	if (!path || !file_exists(AT_FDCWD, path))
		return true;
	CLEANUP_ARENA scratch = arena_new();
	Texts names = { 0 };
	if (!file_list(AT_FDCWD, path, scratch, &names, error))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		CLEANUP_ERROR ignored = { 0 };
		uint64_t first = 0;
		if (number_parse_u64(names.items[i], "id", UINT32_MAX, &first, &ignored))
			mark_ids(map, first, SLOT_IDS_COUNT);
	}
	return true;
}

static bool mark_all(const Host *host, const Texts *names, SlotMap *map, Error *error)
{
	for (size_t i = 0; i < names->count; i++) {
		uint32_t slot = 0;
		if (parse_slot(names->items[i], &slot))
			map->is_taken[slot] = true;
	}
	return mark_subordinate_ids(map, host->subuid_path, error) &&
	       mark_subordinate_ids(map, host->subgid_path, error) &&
	       mark_nspawn_ids(map, host->nspawn_uid_dir, error);
}

// Takes the lowest slot that is free; another process may be faster with any of them. *ret_slot is SLOT_MAX + 1 when
// none is left.
static bool take_free(int slots, const SlotMap *map, uint32_t count, const char *machine,
		      uint32_t *ret_slot, Error *error)
{
	for (uint32_t slot = 0; slot < count; slot++) {
		if (map->is_taken[slot])
			continue;
		CLEANUP_ARENA scratch = arena_new();
		const char *name = arena_printf(scratch, "%u", slot);
		if (symlinkat(machine, slots, name) == 0) {
			*ret_slot = slot;
			return fsync(slots) == 0 ? true
						 : error_set_errno(error, errno, "sync the slots");
		}
		if (errno != EEXIST)
			return error_set_errno(error, errno, "take slot %u", slot);
	}
	*ret_slot = SLOT_MAX + 1;
	return true;
}

// One try: the machine's own slot, or a free one. *ret_slot is SLOT_MAX + 1 when all are taken.
static bool try_allocate(const Host *host, const char *machine, uint32_t count, uint32_t *ret_slot,
			 Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_SLOTS slots = { .fd = -1 };
	const char *name = NULL;
	if (!open_slots(host, scratch, &slots, error) || !find_name(&slots, machine, &name, error))
		return false;
	if (name && parse_slot(name, ret_slot))
		return true;

	SlotMap map = { arena_array(scratch, SLOT_MAX + 1, sizeof(bool)) };
	return mark_all(host, &slots.names, &map, error) &&
	       take_free(slots.fd, &map, count, machine, ret_slot, error);
}

static void assert_holds(const Lock *lock, const char *machine)
{
	assert(lock->fd >= 0 && lock->is_exclusive && lock->kind == LOCK_CONTAINERS);
	assert(text_equal(lock->name, machine));
	(void)lock, (void)machine; // without assertions
}

bool slot_allocate(const Host *host, const Lock *lock, const char *machine, uint32_t count,
		   uint32_t *ret_slot, Error *error)
{
	assert_holds(lock, machine);
	const uint32_t usable = count <= SLOT_MAX ? count : SLOT_MAX + 1;
	uint32_t slot = 0;
	if (!try_allocate(host, machine, usable, &slot, error))
		return false;
	if (slot > SLOT_MAX) {
		// Full: machines that died while they were made may hold some.
		if (!slot_collect(host, NULL, error) ||
		    !try_allocate(host, machine, usable, &slot, error))
			return false;
	}
	if (slot > SLOT_MAX)
		return error_set(
			error, ERROR_LIMIT,
			"all %u slots for machines are taken: remove machines, or set a larger "
			"network_subnet",
			count);
	*ret_slot = slot;
	return true;
}

bool slot_find(const Host *host, const char *machine, uint32_t *ret_slot, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_SLOTS slots = { .fd = -1 };
	const char *name = NULL;
	if (!open_slots(host, scratch, &slots, error) || !find_name(&slots, machine, &name, error))
		return false;
	if (!name || !parse_slot(name, ret_slot))
		return error_set(error, ERROR_NOT_FOUND, "'%s' has no slot", machine);
	return true;
}

bool slot_free(const Host *host, const Lock *lock, const char *machine, Error *error)
{
	assert_holds(lock, machine);
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_SLOTS slots = { .fd = -1 };
	const char *name = NULL;
	if (!open_slots(host, scratch, &slots, error) || !find_name(&slots, machine, &name, error))
		return false;
	if (name && unlinkat(slots.fd, name, 0) < 0 && errno != ENOENT)
		return error_set_errno(error, errno, "free the slot '%s'", name);
	return true;
}

static bool machine_exists(const Host *host, const char *machine)
{
	CLEANUP_ARENA scratch = arena_new();
	return file_exists(AT_FDCWD, layout_path_of(host, LAYOUT_STATE, machine, scratch)) ||
	       file_exists(AT_FDCWD, layout_path_of(host, LAYOUT_CONTAINERS, machine, scratch));
}

// Frees the slot if nobody holds or makes the machine.
static bool collect_one(const Host *host, int slots, const char *name, size_t *count, Error *error)
{
	char machine[NAME_MAX + 1];
	CLEANUP_LOCK lock = LOCK_NONE;
	CLEANUP_ERROR busy = { 0 };
	if (!read_holder(slots, name, machine, error))
		return false;
	const LockRequest request = { .kind = LOCK_CONTAINERS, .name = machine };
	if (machine[0] == '\0' || machine_exists(host, machine) ||
	    !lock_take(host, &request, &lock, &busy) || machine_exists(host, machine))
		return true;
	if (unlinkat(slots, name, 0) < 0 && errno != ENOENT)
		return error_set_errno(error, errno, "free the slot '%s'", name);
	lock_release_and_remove(host, &lock);
	(*count)++;
	return true;
}

bool slot_collect(const Host *host, size_t *ret_count, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_SLOTS slots = { .fd = -1 };
	if (!open_slots(host, scratch, &slots, error))
		return false;
	size_t count = 0;
	for (size_t i = 0; i < slots.names.count; i++) {
		if (!collect_one(host, slots.fd, slots.names.items[i], &count, error))
			return false;
	}
	if (ret_count)
		*ret_count = count;
	return true;
}
