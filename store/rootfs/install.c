#include "store/rootfs/install.h"

#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "pkg/sys/kernel/mount.h"
#include "pkg/sys/process.h"
#include "store/rootfs/boot.h"
#include "store/state/slot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#define RESOLV_CONF "etc/resolv.conf"

// The last range of ids before those of machines.
#define IDS_BASE (SLOT_IDS_BASE - SLOT_IDS_COUNT)

// What package managers want to know of the host's environment.
static const char *const proxies[] = { "http_proxy", "https_proxy", "ftp_proxy", "no_proxy",
				       "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY" };

// The sandbox: mounts, processes, devices and user ids of its own. The network is the host's, for there is where the
// packages come from.
static const char *const sandbox[] = {
	"/usr/bin/systemd-nspawn",
	"--quiet",
	"--pipe",
	"--as-pid2",
	"--register=no",
	"--keep-unit",
	"--settings=no",
	"--link-journal=no",
	"--timezone=off",
	"--resolv-conf=bind-host",
	"--private-users-ownership=map", // on the disk owners are what they are inside
	// rpm 4.20 runs no scriptlet without a network namespace, so CAP_SYS_ADMIN stays. With that whoever is root on the
	// host, too, could write to /proc/sys.
	"--drop-capability=CAP_SYS_BOOT,CAP_SYS_NICE,CAP_SYS_PTRACE,"
	"CAP_SYS_RESOURCE,CAP_SYS_TTY_CONFIG,CAP_NET_BROADCAST,CAP_NET_RAW,"
	"CAP_NET_BIND_SERVICE,CAP_IPC_OWNER,CAP_LEASE,CAP_LINUX_IMMUTABLE",
	"--setenv=DEBIAN_FRONTEND=noninteractive",
	"--setenv=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
};

// Nobody else knows of the tree, and a lock file beside it would stay when nspawn is killed.
static const char *const environment[] = {
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	"LANG=C.UTF-8",
	"SYSTEMD_NSPAWN_LOCK=0",
	NULL,
};

static const char *const *sandboxed(const RootfsSite *site, const char *const *command)
{
	Texts arguments = { 0 };
	for (size_t i = 0; i < COUNT(sandbox); i++)
		texts_add(site->arena, &arguments, sandbox[i]);
	for (size_t i = 0; i < COUNT(proxies); i++) {
		const char *value = getenv(proxies[i]);
		if (!text_is_empty(value))
			texts_add(site->arena, &arguments,
				  arena_printf(site->arena, "--setenv=%s=%s", proxies[i], value));
	}
	texts_add(site->arena, &arguments,
		  arena_printf(site->arena, "--private-users=%u:%u", IDS_BASE, SLOT_IDS_COUNT));
	texts_add(site->arena, &arguments,
		  arena_printf(site->arena, "--machine=sdme-import-%ld", (long)getpid()));
	texts_add(site->arena, &arguments, arena_printf(site->arena, "--directory=%s", site->path));
	texts_add(site->arena, &arguments, "--");
	for (; *command; command++)
		texts_add(site->arena, &arguments, *command);
	texts_add(site->arena, &arguments, NULL);
	return arguments.items;
}

static bool run(const RootfsSite *site, const char *const *command, Error *error)
{
	const Process process = { .argv = sandboxed(site, command), .environment = environment };
	Texts words = { 0 };
	progress_make_way(site->host->progress);
	if (process_run_visibly(&process, error))
		return true;
	for (; *command; command++)
		texts_add(site->arena, &words, *command);
	return error_wrap(error, "run '%s' in it", texts_join(&words, " ", site->arena));
}

static bool run_all(const RootfsSite *site, const RootfsInstaller *installer, Error *error)
{
	return (!installer->update || run(site, installer->update, error)) &&
	       run(site, installer->install, error);
}

static bool check_id_map(const RootfsSite *site, Error *error)
{
	CLEANUP_FD map = -1;
	CLEANUP_FD tree = -1;
	MountOptions options = MOUNT_OPTIONS_NONE;
	if (!mount_open_id_map(IDS_BASE, SLOT_IDS_COUNT, /* maps_host_root= */ false, &map, error))
		return false;
	options.user_namespace = map;
	return mount_clone(site->directory, "", options, &tree, error) ||
	       error_wrap(error, "make a sandbox for the package manager");
}

// nspawn mounts the host's file over the tree's. Where there is none it would copy it: a place to mount on is made for
// that time.
static bool install(const RootfsSite *site, const RootfsInstaller *installer, Error *error)
{
	CLEANUP_FD placeholder = -1;
	if (file_exists(site->directory, "etc") && !file_exists(site->directory, RESOLV_CONF) &&
	    !file_open_in_root(site->directory, RESOLV_CONF, O_WRONLY | O_CREAT | O_EXCL, 0644,
			       &placeholder, error))
		return false;
	rootfs_site_tell(site, "configuring rootfs");
	if (!check_id_map(site, error) || !run_all(site, installer, error))
		return false;
	CLEANUP_FD directory = -1;
	if (placeholder < 0)
		return true;
	if (!file_open_in_root(site->directory, "etc", O_PATH | O_DIRECTORY, 0, &directory, error))
		return false;
	return unlinkat(directory, "resolv.conf", 0) == 0 || errno == ENOENT ||
	       error_set_errno(error, errno, "remove '%s'", RESOLV_CONF);
}

static bool is_complete(const RootfsSite *site, Error *error)
{
	if (!rootfs_check_bootable(site->directory, error))
		return false;
	// Who asked for packages by name wants a system that one can log into.
	return site->import->packages != ROOTFS_PACKAGES_INSTALL ||
	       rootfs_has_login(site->directory) || !rootfs_installer(site->directory) ||
	       error_set(error, ERROR_INVALID, "there is no /etc/pam.d/login in it");
}

static bool may_install(const RootfsSite *site, const RootfsInstaller *installer, Error *missing,
			Error *error)
{
	const RootfsImport *import = site->import;
	const RootfsImportHooks *hooks = &import->hooks;
	if (installer && import->packages == ROOTFS_PACKAGES_INSTALL)
		return true;
	if (installer && import->packages == ROOTFS_PACKAGES_ASK && hooks->confirm_install)
		return hooks->confirm_install(hooks->data, installer->hint, error);
	const char *advice = installer && import->packages == ROOTFS_PACKAGES_ASK
				     ? "; --install-packages=yes does so"
				     : "";
	return error_set(error, missing->code, "%s%s", missing->message, advice);
}

bool rootfs_make_bootable(const RootfsSite *site, Error *error)
{
	CLEANUP_ERROR missing = { 0 };
	if (is_complete(site, &missing))
		return true;
	const RootfsInstaller *installer = rootfs_installer(site->directory);
	return may_install(site, installer, &missing, error) && install(site, installer, error) &&
	       rootfs_check_bootable(site->directory, error);
}
