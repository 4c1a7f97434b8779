#include "isolate/app/capability.h"

#include "pkg/base/text.h"

// By number, as in linux/capability.h.
static const char *const names[] = {
	"CAP_CHOWN",
	"CAP_DAC_OVERRIDE",
	"CAP_DAC_READ_SEARCH",
	"CAP_FOWNER",
	"CAP_FSETID",
	"CAP_KILL",
	"CAP_SETGID",
	"CAP_SETUID",
	"CAP_SETPCAP",
	"CAP_LINUX_IMMUTABLE",
	"CAP_NET_BIND_SERVICE",
	"CAP_NET_BROADCAST",
	"CAP_NET_ADMIN",
	"CAP_NET_RAW",
	"CAP_IPC_LOCK",
	"CAP_IPC_OWNER",
	"CAP_SYS_MODULE",
	"CAP_SYS_RAWIO",
	"CAP_SYS_CHROOT",
	"CAP_SYS_PTRACE",
	"CAP_SYS_PACCT",
	"CAP_SYS_ADMIN",
	"CAP_SYS_BOOT",
	"CAP_SYS_NICE",
	"CAP_SYS_RESOURCE",
	"CAP_SYS_TIME",
	"CAP_SYS_TTY_CONFIG",
	"CAP_MKNOD",
	"CAP_LEASE",
	"CAP_AUDIT_WRITE",
	"CAP_AUDIT_CONTROL",
	"CAP_SETFCAP",
	"CAP_MAC_OVERRIDE",
	"CAP_MAC_ADMIN",
	"CAP_SYSLOG",
	"CAP_WAKE_ALARM",
	"CAP_BLOCK_SUSPEND",
	"CAP_AUDIT_READ",
	"CAP_PERFMON",
	"CAP_BPF",
	"CAP_CHECKPOINT_RESTORE",
};

_Static_assert(COUNT(names) == CAPABILITY_COUNT, "a name for each capability");

enum {
	CHOWN = 0,
	DAC_OVERRIDE = 1,
	FOWNER = 3,
	FSETID = 4,
	KILL = 5,
	SETGID = 6,
	SETUID = 7,
	SETPCAP = 8,
	NET_BIND_SERVICE = 10,
	NET_RAW = 13,
	SYS_CHROOT = 18,
	MKNOD = 27,
	AUDIT_WRITE = 29,
};

const uint64_t capability_default =
	CAPABILITY_BIT(CHOWN) | CAPABILITY_BIT(DAC_OVERRIDE) | CAPABILITY_BIT(FSETID) |
	CAPABILITY_BIT(FOWNER) | CAPABILITY_BIT(MKNOD) | CAPABILITY_BIT(NET_RAW) |
	CAPABILITY_BIT(SETGID) | CAPABILITY_BIT(SETUID) | CAPABILITY_BIT(CAPABILITY_SETFCAP) |
	CAPABILITY_BIT(SETPCAP) | CAPABILITY_BIT(NET_BIND_SERVICE) | CAPABILITY_BIT(SYS_CHROOT) |
	CAPABILITY_BIT(KILL) | CAPABILITY_BIT(AUDIT_WRITE);

const char *capability_to_text(unsigned number)
{
	return number < COUNT(names) ? names[number] : NULL;
}

// "net_admin" gives "CAP_NET_ADMIN".
static const char *canonical(const char *name, Arena *arena)
{
	char *upper = arena_strdup(arena, name);
	for (char *at = upper; *at; at++) {
		if (*at >= 'a' && *at <= 'z')
			*at = (char)(*at - 'a' + 'A');
	}
	return text_starts_with(upper, "CAP_") ? upper : arena_printf(arena, "CAP_%s", upper);
}

static bool is_all(const char *name)
{
	CLEANUP_ARENA scratch = arena_new();
	return text_equal(canonical(name, scratch), "CAP_ALL");
}

bool capability_parse(const char *name, uint64_t *ret, Error *error)
{
	if (is_all(name)) {
		*ret = CAPABILITY_ALL;
		return true;
	}

	CLEANUP_ARENA scratch = arena_new();
	const char *wanted = canonical(name, scratch);
	const char *candidates[COUNT(names) + 1] = { 0 };
	for (unsigned i = 0; i < COUNT(names); i++) {
		if (text_equal(names[i], wanted)) {
			*ret = CAPABILITY_BIT(i);
			return true;
		}
		candidates[i] = names[i];
	}
	const char *nearest = text_nearest(wanted, candidates);
	if (nearest)
		return error_set(error, ERROR_INVALID,
				 "unknown capability '%s'; did you mean '%s'?", name, nearest);
	return error_set(error, ERROR_INVALID, "unknown capability '%s'", name);
}

void capability_print(uint64_t set, Arena *arena, Texts *ret)
{
	for (unsigned i = 0; i < COUNT(names); i++) {
		if (set & CAPABILITY_BIT(i))
			texts_add(arena, ret, names[i]);
	}
}

// The union of the single names; "ALL" among them is told apart.
static bool parse_list(const Texts *list, uint64_t *ret_set, bool *ret_has_all, Error *error)
{
	uint64_t set = 0;
	bool has_all = false;
	for (size_t i = 0; i < list->count; i++) {
		uint64_t one = 0;
		if (!capability_parse(list->items[i], &one, error))
			return false;
		if (is_all(list->items[i]))
			has_all = true;
		else
			set |= one;
	}
	*ret_set = set;
	*ret_has_all = has_all;
	return true;
}

bool capability_resolve(uint64_t base, const Texts *add, const Texts *drop, uint64_t *ret,
			Error *error)
{
	uint64_t added = 0, dropped = 0;
	bool adds_all = false, drops_all = false;
	if (!parse_list(add, &added, &adds_all, error))
		return error_wrap(error, "add");
	if (!parse_list(drop, &dropped, &drops_all, error))
		return error_wrap(error, "drop");

	uint64_t set = base;
	if (drops_all)
		set = 0;
	if (adds_all)
		set = CAPABILITY_ALL;
	*ret = (set & ~dropped) | added;
	return true;
}

CapabilitySets capability_sets(uint64_t allowed, uint32_t uid, bool is_ambient)
{
	const uint64_t held = uid == 0 || is_ambient ? allowed : 0;
	const uint64_t ambient = uid != 0 && is_ambient ? allowed : 0;
	return (CapabilitySets){
		.bounding = allowed,
		.permitted = held,
		.effective = held,
		.inheritable = ambient,
		.ambient = ambient,
	};
}

uint64_t capability_unit_bounding(uint64_t allowed)
{
	return allowed | CAPABILITY_BIT(CAPABILITY_SYS_ADMIN) | CAPABILITY_BIT(CHOWN) |
	       CAPABILITY_BIT(DAC_OVERRIDE) | CAPABILITY_BIT(KILL) | CAPABILITY_BIT(SETGID) |
	       CAPABILITY_BIT(SETUID) | CAPABILITY_BIT(SETPCAP);
}
