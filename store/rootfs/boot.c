#include "store/rootfs/boot.h"

#include "pkg/sys/file.h"
#include "store/rootfs/os_release.h"

#include <fcntl.h>
#include <sys/stat.h>

// What a machine needs to boot, and where distributions put it.
static const char *const systemd_paths[] = { "usr/lib/systemd/systemd", "lib/systemd/systemd" };
static const char *const dbus_paths[] = { "usr/bin/dbus-daemon", "usr/bin/dbus-broker-launch",
					  "bin/dbus-daemon" };

static const char *const apt_update[] = { "apt-get", "update", NULL };
static const char *const apt_install[] = {
	"apt-get", "install", "--yes", "--no-install-recommends", "systemd", "systemd-sysv",
	"dbus",    "login",   NULL
};
static const char *const dnf_install[] = {
	"dnf",        "--assumeyes", "--setopt=install_weak_deps=False",
	"install",    "systemd",     "dbus-broker",
	"util-linux", NULL
};
static const char *const zypper_install[] = { "zypper",     "--non-interactive",
					      "install",    "--no-recommends",
					      "systemd",    "dbus-1",
					      "util-linux", NULL };
static const char *const pacman_install[] = { "pacman",       "--sync",      "--refresh",
					      "--sysupgrade", "--noconfirm", "systemd",
					      "dbus",         "util-linux",  NULL };

static const RootfsInstaller installers[] = {
	{ "debian", "apt-get install systemd systemd-sysv dbus", apt_update, apt_install },
	{ "fedora", "dnf install systemd dbus-broker", NULL, dnf_install },
	{ "rhel", "dnf install systemd dbus-broker", NULL, dnf_install },
	{ "suse", "zypper install systemd dbus-1", NULL, zypper_install },
	{ "arch", "pacman -S systemd", NULL, pacman_install },
};

static bool has_program(int root, const char *const *paths, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		CLEANUP_ERROR ignored = { 0 };
		CLEANUP_FD fd = -1;
		struct stat status;
		if (file_open_in_root(root, paths[i], O_PATH, 0, &fd, &ignored) &&
		    fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
		    (status.st_mode & 0111) != 0)
			return true;
	}
	return false;
}

const RootfsInstaller *rootfs_installer(int root)
{
	CLEANUP_ARENA scratch = arena_new();
	Pairs release = { 0 };
	os_release_load(root, scratch, &release);
	for (size_t i = 0; i < COUNT(installers); i++) {
		if (os_release_is_like(&release, installers[i].id))
			return &installers[i];
	}
	return NULL;
}

bool rootfs_check_bootable(int root, Error *error)
{
	const bool has_systemd = has_program(root, systemd_paths, COUNT(systemd_paths));
	const bool has_dbus = has_program(root, dbus_paths, COUNT(dbus_paths));
	if (has_systemd && has_dbus)
		return true;
	const RootfsInstaller *installer = rootfs_installer(root);
	const char *missing = has_systemd ? "no D-Bus daemon"
			      : has_dbus  ? "no systemd"
					  : "neither systemd nor a D-Bus daemon";
	return error_set(error, ERROR_INVALID,
			 "there is %s in it, so no machine could boot; install in it: %s", missing,
			 installer ? installer->hint : "the packages systemd and dbus");
}

bool rootfs_has_login(int root)
{
	CLEANUP_ERROR ignored = { 0 };
	CLEANUP_FD fd = -1;
	return file_open_in_root(root, "etc/pam.d/login", O_PATH, 0, &fd, &ignored);
}
