// pkg/sys/host.h - the host as the program sees it: where things live and who listens.
// Real in main, made of temporary directories in tests. Nothing below cmd/ names an absolute path of its own.
#ifndef PKG_SYS_HOST_H
#define PKG_SYS_HOST_H

#include "pkg/base/progress.h"

typedef struct Host {
	const char *data_dir; // what survives: /var/lib/sdme
	const char *run_dir;  // what a reboot forgets: /run/sdme
	const char *unit_dir; // where enable links go: /etc/systemd/system
	// Where drop-ins go: /etc/systemd/system.attached. systemd reads it as it reads unit_dir (systemd.unit(5)), but
	// `systemctl revert` leaves it alone, and the administrator's own drop-ins are elsewhere.
	const char *drop_in_dir;
	const char
		*library_dir; // programs and data that make install put there: /usr/local/lib/sdme
	const char *config_dir; // registries.conf(5), certs.d: /etc/containers
	const char *cgroup_dir; // the control groups, version 2: /sys/fs/cgroup
	Progress *progress;     // NULL: silent

	// NULL in the following: this host has none.
	const char *config_vendor_dir; // registries.conf of the distribution: /usr/share/containers
	const char *config_cache_dir;  // short names that podman remembers: /var/cache/containers
	const char *credential_path;   // key of systemd-creds: /var/lib/systemd/credential.secret
	const char *subuid_path;       // user ids given to users: /etc/subuid
	const char *subgid_path;       // group ids given to users: /etc/subgid
	const char *nspawn_uid_dir;    // id ranges that nspawn has taken: /run/systemd/nspawn-uid
	const char *swaps_path;        // where memory is swapped to: /proc/swaps
} Host;

#endif
