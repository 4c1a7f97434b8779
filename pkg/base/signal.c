#include "pkg/base/signal.h"

#include "pkg/base/number.h"
#include "pkg/base/text.h"

#include <ctype.h>
#include <signal.h>

// The kernel's first real-time signal that programs get: glibc keeps 32 and 33 to itself.
#define RT_MIN   34
#define RT_MAX   64
#define RT_STEPS (RT_MAX - RT_MIN)

// Two names for one number: systemd reads the left one only, where glibc and users may write the right one.
static const struct {
	int number;
	const char *name;
	const char *alias;
} aliases[] = {
	{ SIGABRT, "ABRT", "IOT" },
	{ SIGCHLD, "CHLD", "CLD" },
	{ SIGIO, "IO", "POLL" },
};

static const char *name_of(int number, Arena *arena)
{
	for (size_t i = 0; i < COUNT(aliases); i++) {
		if (aliases[i].number == number)
			return arena_printf(arena, "SIG%s", aliases[i].name);
	}
	if (number >= RT_MIN && number <= RT_MAX)
		return number == RT_MIN ? "SIGRTMIN"
					: arena_printf(arena, "SIGRTMIN+%d", number - RT_MIN);
	const char *short_name = sigabbrev_np(number);
	return short_name ? arena_printf(arena, "SIG%s", short_name) : NULL;
}

static int number_of_name(const char *name)
{
	for (size_t i = 0; i < COUNT(aliases); i++) {
		if (text_equal(aliases[i].name, name) || text_equal(aliases[i].alias, name))
			return aliases[i].number;
	}
	for (int number = 1; number < RT_MIN; number++) {
		const char *short_name = sigabbrev_np(number);
		if (short_name && text_equal(short_name, name))
			return number;
	}
	return 0;
}

// "RTMIN", "RTMIN+3", "RTMAX-2".
static int number_of_real_time(const char *name)
{
	const bool is_min = text_starts_with(name, "RTMIN");
	if (!is_min && !text_starts_with(name, "RTMAX"))
		return 0;
	const int base = is_min ? RT_MIN : RT_MAX;
	const char *rest = name + strlen("RTMIN");
	if (*rest == '\0')
		return base;
	CLEANUP_ERROR ignored = { 0 };
	uint32_t steps = 0;
	if (*rest != (is_min ? '+' : '-') ||
	    !number_parse_u32(rest + 1, "signal", RT_STEPS, &steps, &ignored))
		return 0;
	return is_min ? base + (int)steps : base - (int)steps;
}

const char *signal_canonical_name(const char *text, Arena *arena)
{
	CLEANUP_ERROR ignored = { 0 };
	uint32_t number = 0;
	if (number_parse_u32(text, "signal", RT_MAX, &number, &ignored))
		return number > 0 ? name_of((int)number, arena) : NULL;

	char *name = arena_strdup(arena, text);
	for (char *c = name; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	if (text_starts_with(name, "SIG"))
		name += strlen("SIG");
	const int known = number_of_name(name);
	return name_of(known > 0 ? known : number_of_real_time(name), arena);
}
