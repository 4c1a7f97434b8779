#include "isolate/boot/skeleton.h"

#include "isolate/guest/inside.h"
#include "isolate/plan/plan.h"

// clang-format off
// The root without the host's /etc, /var and /home: nothing of them is visible.
static const SkeletonEntry built_in[] = {
	{ SKELETON_LINK,      "bin",      "usr/bin",   0 },
	{ SKELETON_LINK,      "sbin",     "usr/sbin",  0 },
	{ SKELETON_LINK,      "lib",      "usr/lib",   0 },
	{ SKELETON_LINK,      "lib32",    "usr/lib32", 0 },
	{ SKELETON_LINK,      "lib64",    "usr/lib64", 0 },
	{ SKELETON_LINK,      "libx32",   "usr/libx32", 0 },
	{ SKELETON_DIRECTORY, "usr",      NULL, 0755 },
	{ SKELETON_DIRECTORY, "dev",      NULL, 0755 },
	{ SKELETON_DIRECTORY, "proc",     NULL, 0555 },
	{ SKELETON_DIRECTORY, "sys",      NULL, 0555 },
	{ SKELETON_DIRECTORY, "run",      NULL, 0755 },
	{ SKELETON_DIRECTORY, "tmp",      NULL, 01777 },
	{ SKELETON_DIRECTORY, "root",     NULL, 0700 },
	{ SKELETON_DIRECTORY, "var",      NULL, 0755 },
	{ SKELETON_DIRECTORY, "var/lib",  NULL, 0755 },
	{ SKELETON_DIRECTORY, "var/log",  NULL, 0755 },
	{ SKELETON_DIRECTORY, "var/cache", NULL, 0755 },
	{ SKELETON_DIRECTORY, "var/tmp",  NULL, 01777 },
	// Without it dbus.socket listens where nobody looks.
	{ SKELETON_LINK,      "var/run",  "../run", 0 },
	{ SKELETON_LINK,      "etc/os-release", "../usr/lib/os-release", 0 },
	{ SKELETON_FILE,      "etc/passwd",
	  "root:x:0:0:root:/root:/bin/sh\n"
	  "messagebus:x:100:100::/nonexistent:/usr/sbin/nologin\n"
	  "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n", 0644 },
	{ SKELETON_FILE,      "etc/group",
	  "root:x:0:\ntty:x:5:\nutmp:x:43:\nmessagebus:x:100:\nsystemd-journal:x:101:\nnogroup:x:65534:\n", 0644 },
	// machinectl shell opens a session of the PAM service "login". The host has decided who may; nobody has a password.
	{ SKELETON_DIRECTORY, "etc/pam.d", NULL, 0755 },
	{ SKELETON_FILE,      "etc/pam.d/login",
	  "auth required pam_deny.so\naccount required pam_permit.so\nsession required pam_permit.so\n", 0644 },
	{ SKELETON_FILE,      "etc/pam.d/other",
	  "auth required pam_deny.so\naccount required pam_deny.so\npassword required pam_deny.so\nsession required pam_deny.so\n",
	  0644 },
	{ SKELETON_FILE,      "etc/nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n", 0644 },
};

// In every machine, over whatever base.
static const SkeletonEntry common[] = {
	{ SKELETON_DIRECTORY, "etc/systemd", NULL, 0755 },
	{ SKELETON_DIRECTORY, "etc/systemd/journald.conf.d", NULL, 0755 },
	// The files lie in a directory of the host, which keeps them when the machine has stopped. One container that
	// writes much must not silence the others.
	{ SKELETON_FILE,      "etc/systemd/journald.conf.d/10-sdme.conf",
	  "[Journal]\nStorage=volatile\nRuntimeMaxUse=64M\nRuntimeMaxFileSize=1M\n"
	  "RateLimitIntervalSec=0\nForwardToSyslog=no\nForwardToWall=no\nForwardToConsole=no\nReadKMsg=no\nAudit=no\n", 0644 },
	{ SKELETON_DIRECTORY, INSIDE_OCI,     NULL, 0755 },
	{ SKELETON_DIRECTORY, INSIDE_APPS,    NULL, 0755 },
	{ SKELETON_DIRECTORY, INSIDE_VOLUMES, NULL, 0755 },
	{ SKELETON_DIRECTORY, INSIDE_RUN,     NULL, 0755 },
	{ SKELETON_DIRECTORY, INSIDE_SDME,    NULL, 0755 },
	{ SKELETON_DIRECTORY, INSIDE_LIBRARY, NULL, 0755 },
	{ SKELETON_DIRECTORY, INSIDE_GENERATION, NULL, 0755 },
};
// clang-format on

static void add(Arena *arena, Skeleton *skeleton, const SkeletonEntry *entries, size_t count)
{
	for (size_t i = 0; i < count; i++)
		*skeleton_push(arena, skeleton) = entries[i];
}

static void add_file(Arena *arena, Skeleton *skeleton, const char *path, const char *content)
{
	*skeleton_push(arena, skeleton) = (SkeletonEntry){ SKELETON_FILE, path, content, 0644 };
}

void skeleton_print(const MachinePlan *plan, Arena *arena, Skeleton *ret)
{
	Skeleton skeleton = { 0 };
	*skeleton_push(arena, &skeleton) = (SkeletonEntry){ SKELETON_DIRECTORY, "etc", NULL, 0755 };
	if (text_is_empty(plan->root_fs))
		add(arena, &skeleton, built_in, COUNT(built_in));
	add(arena, &skeleton, common, COUNT(common));
	// systemd takes a machine without an id for one that boots for the first time, and applies presets.
	add_file(arena, &skeleton, "etc/machine-id", arena_printf(arena, "%s\n", plan->machine_id));
	add_file(arena, &skeleton, "etc/hostname", arena_printf(arena, "%s\n", plan->hostname));
	*ret = skeleton;
}
