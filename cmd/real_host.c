#include "cmd/real_host.h"

Host real_host(const char *data_dir)
{
	return (Host){
		.data_dir = data_dir,
		.run_dir = "/run/sdme",
		.unit_dir = "/etc/systemd/system",
		.drop_in_dir = "/etc/systemd/system.attached",
		.library_dir = SDME_PREFIX "/lib/sdme",
		.config_dir = "/etc/containers",
		.cgroup_dir = "/sys/fs/cgroup",
		.config_vendor_dir = "/usr/share/containers",
		.config_cache_dir = "/var/cache/containers",
		.credential_path = "/var/lib/systemd/credential.secret",
		.subuid_path = "/etc/subuid",
		.subgid_path = "/etc/subgid",
		.nspawn_uid_dir = "/run/systemd/nspawn-uid",
		.swaps_path = "/proc/swaps",
	};
}
