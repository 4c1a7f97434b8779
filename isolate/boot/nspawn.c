#include "isolate/boot/nspawn.h"

#include "isolate/app/capability.h"
#include "isolate/guest/inside.h"
#include "isolate/plan/plan.h"
#include "pkg/base/text.h"

// Where PID 1 of a short boot looks for units: what systemd-run makes, what the plan says, what every pod shares.
#define UNIT_PATH "/run/systemd/transient:/" INSIDE_GENERATION_UNITS ":/" INSIDE_LIBRARY_UNITS
// The colon at the end keeps the distribution's own directories.
#define UNIT_PATH_FULL_BOOT "/" INSIDE_GENERATION_UNITS ":"

static void add_namespaces(const MachinePlan *plan, const NspawnPlaces *places, Arena *arena,
			   Texts *arguments)
{
	if (places->id_base > 0) {
		texts_add(arena, arguments,
			  arena_printf(arena, "--private-users=%u:%u", places->id_base,
				       MACHINE_ID_COUNT));
		// The layers are id-mapped mounts: no file is to be changed.
		texts_add(arena, arguments, "--private-users-ownership=off");
	} else {
		texts_add(arena, arguments, "--private-users=no");
	}
	// A pod's network namespace is entered before nspawn starts; this option would make another one.
	if (plan->network == PLAN_NETWORK_NONE)
		texts_add(arena, arguments, "--private-network");
}

// nspawn keeps a set of its own for the machine; what an app asks for beyond it is asked for here.
static void add_capabilities(const MachinePlan *plan, Arena *arena, Texts *arguments)
{
	uint64_t wanted = 0;
	for (size_t i = 0; i < plan->apps.count; i++)
		wanted |= plan->apps.items[i].capabilities & ~capability_default;
	Texts names = { 0 };
	capability_print(wanted, arena, &names);
	for (size_t i = 0; i < names.count; i++)
		texts_add(arena, arguments, arena_printf(arena, "--capability=%s", names.items[i]));
}

// nspawn cuts the words of --bind at colons.
static const char *escape(const char *path, Arena *arena)
{
	CLEANUP_BUFFER text = { 0 };
	for (; *path; path++) {
		if (*path == ':' || *path == '\\')
			buffer_add_char(&text, '\\');
		buffer_add_char(&text, *path);
	}
	return buffer_take(&text, arena);
}

static void add_boot(const MachinePlan *plan, Arena *arena, Texts *arguments)
{
	texts_add(arena, arguments,
		  arena_printf(arena, "--setenv=SYSTEMD_UNIT_PATH=%s",
			       plan->is_full_boot ? UNIT_PATH_FULL_BOOT : UNIT_PATH));
	if (!plan->is_full_boot) {
		// An empty place to look for generators saves forking them: 15 to 22 ms.
		texts_add(arena, arguments, "--setenv=SYSTEMD_GENERATOR_PATH=/" INSIDE_NONE);
		texts_add(arena, arguments,
			  "--setenv=SYSTEMD_ENVIRONMENT_GENERATOR_PATH=/" INSIDE_NONE);
	}
	texts_add(arena, arguments, "--boot");
	texts_add(arena, arguments, "--");
	texts_add(arena, arguments, "--show-status=no");
}

void nspawn_print_arguments(const MachinePlan *plan, const NspawnPlaces *places, Arena *arena,
			    Texts *ret)
{
	Texts arguments = { 0 };
	texts_add(arena, &arguments, "/usr/bin/systemd-nspawn");
	texts_add(arena, &arguments, "--quiet");
	texts_add(arena, &arguments, "--keep-unit");
	// The host's unit is up when the machine's PID 1 says that the containers are.
	texts_add(arena, &arguments, "--notify-ready=yes");
	texts_add(arena, &arguments, arena_printf(arena, "--machine=%s", plan->name));
	texts_add(arena, &arguments, arena_printf(arena, "--hostname=%s", plan->hostname));
	texts_add(arena, &arguments, arena_printf(arena, "--directory=%s", places->root));
	texts_add(arena, &arguments, "--console=pipe");
	// Everything below is in the plan; nothing may come from .nspawn files or the host's /etc.
	texts_add(arena, &arguments, "--settings=no");
	texts_add(arena, &arguments, "--resolv-conf=off");
	texts_add(arena, &arguments, "--timezone=off");
	texts_add(arena, &arguments, "--link-journal=no");
	texts_add(arena, &arguments,
		  arena_printf(arena, "--bind=%s:/run/log/journal%s",
			       escape(places->journal, arena),
			       places->id_base > 0 ? ":idmap" : ""));
	add_namespaces(plan, places, arena, &arguments);
	add_capabilities(plan, arena, &arguments);
	add_boot(plan, arena, &arguments);
	*ret = arguments;
}

void nspawn_print_environment(Arena *arena, Texts *ret)
{
	Texts environment = { 0 };
	texts_add(arena, &environment,
		  "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	// Compiling nspawn's own filter takes 30 ms; the boot helper has loaded one that denies no less.
	texts_add(arena, &environment, "SYSTEMD_SECCOMP=0");
	*ret = environment;
}
