#include "pkg/oci/platform.h"

#include "pkg/base/text.h"

#include <ctype.h>
#include <string.h>
#include <sys/utsname.h>

Platform platform_of_machine(const char *machine)
{
	static const struct {
		const char *machine;
		const char *architecture;
		const char *variant;
	} rows[] = {
		{ "x86_64", "amd64", "" },
		{ "aarch64", "arm64", "v8" },
		{ "armv8l", "arm", "v7" },
		{ "armv7l", "arm", "v7" },
		{ "armv6l", "arm", "v6" },
		{ "i686", "386", "" },
		{ "i386", "386", "" },
		{ "ppc64le", "ppc64le", "" },
		{ "s390x", "s390x", "" },
		{ "riscv64", "riscv64", "" },
		{ "loongarch64", "loong64", "" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (text_equal(machine, rows[i].machine))
			return (Platform){ "linux", rows[i].architecture, rows[i].variant };
	}
	return (Platform){ "linux", machine, "" };
}

Platform platform_of_host(Arena *arena)
{
	struct utsname name;
	if (uname(&name) < 0) // fails for a bad address only
		name.machine[0] = '\0';
	return platform_of_machine(arena_strdup(arena, name.machine));
}

bool platform_parse(const char *text, Arena *arena, Platform *ret, Error *error)
{
	char *parts[3] = { arena_strdup(arena, text), NULL, NULL };
	size_t count = 1;
	for (char *c = parts[0]; *c && count < COUNT(parts); c++) {
		if (*c == '/') {
			*c = '\0';
			parts[count++] = c + 1;
		}
	}
	if (count < 2 || !parts[0][0] || !parts[1][0] || strchr(parts[count - 1], '/'))
		return error_set(error, ERROR_INVALID,
				 "platform '%s' is not like 'linux/amd64' or 'linux/arm64/v8'",
				 text);
	*ret = (Platform){ parts[0], parts[1], parts[2] ? parts[2] : "" };
	return true;
}

const char *platform_print(const Platform *platform, Arena *arena)
{
	return arena_printf(arena, "%s/%s%s%s", platform->os, platform->architecture,
			    platform->variant[0] ? "/" : "", platform->variant);
}

// "v7" is 7; anything else 0.
static unsigned variant_level(const char *variant)
{
	const bool is_level =
		variant[0] == 'v' && isdigit((unsigned char)variant[1]) && variant[2] == '\0';
	return is_level ? (unsigned)(variant[1] - '0') : 0;
}

// The first of a line of variants, which images may leave out.
static unsigned base_level(const char *architecture)
{
	if (text_equal(architecture, "arm64"))
		return 8;
	if (text_equal(architecture, "arm"))
		return 7; // what Docker means by a plain "arm"
	return 1;
}

unsigned platform_rank(const Platform *image, const Platform *host)
{
	const bool is_unknown = text_is_empty(image->os) || text_is_empty(image->architecture);
	if ((image->os[0] && !text_equal(image->os, host->os)) ||
	    (image->architecture[0] && !text_equal(image->architecture, host->architecture)))
		return 0;
	if (is_unknown)
		return 1;
	if (text_equal(image->variant, host->variant))
		return 20;
	const unsigned has =
		host->variant[0] ? variant_level(host->variant) : base_level(host->architecture);
	const unsigned needs =
		image->variant[0] ? variant_level(image->variant) : base_level(image->architecture);
	if (needs == 0 || needs > has)
		return 0;
	return 2 + needs + (image->variant[0] ? 1 : 0);
}
