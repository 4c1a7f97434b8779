// What a container finds written: /etc/hosts and its like; its spec, and where its record goes.
#include "isolate/boot/state.h"

#include "isolate/app/spec.h"
#include "isolate/app/user.h"
#include "isolate/boot/environment.h"
#include "isolate/boot/nspawn.h"
#include "isolate/guest/inside.h"
#include "isolate/machine/app_status.h"
#include "isolate/machine/filter.h"
#include "pkg/base/number.h"
#include "pkg/base/path.h"
#include "pkg/net/hosts.h"
#include "pkg/net/resolver.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_tree.h"
#include "pkg/sys/kernel/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

// Specs with the values of secrets live here, and nowhere on disk.
#define RUN_BYTES       (64ull * 1024 * 1024)
#define HOSTS_BYTES_MAX (1024 * 1024)

static bool write_file(const Boot *boot, int directory, const char *path, const char *bytes,
		       size_t length, mode_t mode, Error *error)
{
	CLEANUP_FD fd = openat(directory, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		return error_set_errno(error, errno, "create '%s'", path);
	if (!file_write_fd(fd, bytes, length, error))
		return error_wrap(error, "'%s'", path);
	if (fchown(fd, boot->id_base, boot->id_base) < 0)
		return error_set_errno(error, errno, "give '%s' to the machine's root", path);
	return true;
}

static bool make_directory(const Boot *boot, int directory, const char *path, mode_t mode,
			   Error *error)
{
	if (mkdirat(directory, path, mode) < 0 ||
	    fchownat(directory, path, boot->id_base, boot->id_base, AT_SYMLINK_NOFOLLOW) < 0)
		return error_set_errno(error, errno, "make the directory '%s'", path);
	return true;
}

// --- /etc/hosts, /etc/hostname, /etc/resolv.conf

static const char *print_hosts(const Boot *boot, const char *host_file)
{
	const HostAliases none = { 0 };
	if (boot->plan.network == PLAN_NETWORK_HOST)
		return hosts_print_host_network(host_file, boot->plan.hostname, &none, boot->arena);
	return hosts_print(boot->address, boot->plan.hostname, "", &none, boot->arena);
}

// A host without the file has an empty one.
static bool read_hosts(int host_root, Arena *arena, const char **ret, Error *error)
{
	if (file_read(host_root, "etc/hosts", HOSTS_BYTES_MAX, arena, ret, NULL, error))
		return true;
	if (!error_forgive(error, ERROR_NOT_FOUND))
		return false;
	*ret = "";
	return true;
}

static bool write_text(const Boot *boot, int run, const char *path, const char *text, Error *error)
{
	return write_file(boot, run, path, text, strlen(text), 0644, error);
}

static bool write_etc(const Boot *boot, int run, Error *error)
{
	const ResolverPod pod = {
		.is_shared = boot->plan.network == PLAN_NETWORK_HOST,
		.ignores_host = boot->plan.has_own_dns,
		.config = &boot->plan.dns,
	};
	CLEANUP_FD host_root = -1;
	const char *resolver = NULL;
	const char *host_file = "";
	if (!file_open_directory(AT_FDCWD, "/", &host_root, error) ||
	    !resolver_print_pod(host_root, &pod, boot->arena, &resolver, error))
		return false;
	if (pod.is_shared && !read_hosts(host_root, boot->arena, &host_file, error))
		return false;
	const char *name = arena_printf(boot->arena, "%s\n", boot->plan.hostname);
	return make_directory(boot, run, INSIDE_RUN_ETC, 0755, error) &&
	       write_text(boot, run, INSIDE_RUN_ETC "/hosts", print_hosts(boot, host_file),
			  error) &&
	       write_text(boot, run, INSIDE_RUN_ETC "/hostname", name, error) &&
	       write_text(boot, run, INSIDE_RUN_ETC "/resolv.conf", resolver, error);
}

// --- specs

// An image's passwd and group may name any id; a user namespace has the first 65536.
static bool check_ids(const Boot *boot, const AppSpec *spec, Error *error)
{
	uint32_t largest = spec->uid > spec->gid ? spec->uid : spec->gid;
	for (size_t i = 0; i < spec->groups.count; i++)
		largest = spec->groups.items[i] > largest ? spec->groups.items[i] : largest;
	if (!boot->plan.has_user_namespace || largest < MACHINE_ID_COUNT)
		return true;
	return error_set(error, ERROR_UNSUPPORTED,
			 "the id %u of the image's user is not among those of the Pod's user "
			 "namespace, 0 to 65535; set spec.hostUsers: true",
			 largest);
}

static bool resolve_identity(const Boot *boot, const PlanApp *app, AppSpec *spec, User *ret_user,
			     Error *error)
{
	const PlanIdentity *identity = &app->identity;
	CLEANUP_FD root = -1;
	const char *user = identity->uid == PLAN_ID_UNSET
				   ? identity->image_user
				   : arena_printf(boot->arena, "%lld", (long long)identity->uid);
	if (!boot_open_app_root(boot, app, &root, error) ||
	    !user_resolve(root, user, boot->arena, ret_user, error))
		return false;
	if (identity->must_not_be_root && ret_user->uid == 0)
		return error_set(error, ERROR_INVALID,
				 "container has runAsNonRoot and image will run as root");

	spec->uid = ret_user->uid;
	spec->gid = identity->gid == PLAN_ID_UNSET ? ret_user->gid : (uint32_t)identity->gid;
	spec->groups = ret_user->groups;
	for (size_t i = 0; i < identity->groups.count; i++) {
		uint32_t group = 0;
		if (!number_parse_u32(identity->groups.items[i], "supplementalGroups", INT32_MAX,
				      &group, error))
			return false;
		*app_groups_push(boot->arena, &spec->groups) = group;
	}
	return check_ids(boot, spec, error);
}

// Below /dev, which sdme-isolate makes.
static void add_mounts(const Boot *boot, const PlanApp *app, AppSpec *spec)
{
	spec->own_shm = !boot->plan.shares_ipc;
	if (boot->plan.shares_ipc)
		*app_mounts_push(boot->arena, &spec->mounts) =
			(AppMount){ .source = "/dev/shm", .target = "/dev/shm" };
	for (size_t i = 0; i < app->mounts.count; i++) {
		const PlanMount *mount = &app->mounts.items[i];
		if (!path_is_below(mount->path, "/dev"))
			continue;
		spec->own_shm = spec->own_shm && !text_equal(mount->path, "/dev/shm");
		*app_mounts_push(boot->arena, &spec->mounts) = (AppMount){
			.source = arena_printf(boot->arena, "/" INSIDE_VOLUME, mount->volume),
			.target = mount->path,
			.is_read_only = mount->is_read_only,
		};
	}
}

static bool fill_spec(const Boot *boot, const PlanApp *app, AppSpec *spec, Error *error)
{
	static const AppRestart restarts[] = {
		[PLAN_RESTART_ALWAYS] = APP_RESTART_ALWAYS,
		[PLAN_RESTART_ON_FAILURE] = APP_RESTART_ON_FAILURE,
		[PLAN_RESTART_NEVER] = APP_RESTART_NEVER,
	};
	*spec = (AppSpec){
		.identifier = app_status_identifier(&boot->plan, app, path_name(boot->generation),
						    boot->arena),
		.kind = plan_app_traits(app)->runs_to_end ? APP_KIND_INIT : APP_KIND_APPLICATION,
		.restart = restarts[app->restart],
		.arguments = app->arguments,
		.working_directory = app->working_directory,
		.no_new_privileges = !app->may_escalate,
		.own_ipc = !boot->plan.shares_ipc,
		.own_cgroup = true,
		.read_only_root = app->is_root_read_only,
		.has_stdin = app->has_stdin,
		.has_terminal = app->has_terminal,
		.log_part_bytes = boot->config->container_log_max_size_bytes,
		.log_parts = boot->config->container_log_max_files,
	};
	add_mounts(boot, app, spec);
	spec_default_masked_paths(boot->arena, &spec->masked_paths);
	spec_default_read_only_paths(boot->arena, &spec->read_only_paths);

	User user = { 0 };
	if (!resolve_identity(boot, app, spec, &user, error) ||
	    !filter_read(boot->host, &boot->plan, app, boot->generation, boot->arena, &spec->filter,
			 error))
		return false;
	spec->capabilities = capability_sets(filter_capabilities(&boot->plan, app), spec->uid,
					     /* is_ambient= */ false);
	return boot_environment(boot->host, &boot->plan, app, user.home, boot->arena,
				&spec->environment, error);
}

static bool write_spec(const Boot *boot, const PlanApp *app, int run, Error *error)
{
	AppSpec spec;
	CLEANUP_BUFFER bytes = { 0 };
	return fill_spec(boot, app, &spec, error) && spec_print(&spec, &bytes, error) &&
	       write_file(boot, run, arena_printf(boot->arena, INSIDE_RUN_SPEC, app->name),
			  buffer_text(&bytes), bytes.length, 0600, error);
}

// --- records: they stay on the host, for `kube get` after the machine has stopped

// A run that goes on has it already, unless the machine's root, whose directory it lies in, put something else there.
static bool make_record_directory(const Boot *boot, int directory, const char *name, Error *error)
{
	struct stat status;
	if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode))
		return true;
	return file_tree_remove(directory, name, error) &&
	       make_directory(boot, directory, name, 0755, error);
}

static bool make_status(const Boot *boot, int *ret_parent, Error *error)
{
	CLEANUP_FD parent = -1;
	CLEANUP_FD status = -1;
	const char *place = app_status_outlasts_boot(&boot->plan) ? boot->state : boot->run;
	if (!file_open_directory(AT_FDCWD, place, &parent, error) ||
	    !make_record_directory(boot, parent, APP_STATUS_DIRECTORY, error) ||
	    !file_open_directory(parent, APP_STATUS_DIRECTORY, &status, error))
		return false;
	for (size_t i = 0; i < boot->plan.apps.count; i++) {
		if (!make_record_directory(boot, status, boot->plan.apps.items[i].name, error))
			return false;
	}
	*ret_parent = steal_fd(&parent);
	return true;
}

static bool mount_status(const Boot *boot, int run, Error *error)
{
	MountOptions options = MOUNT_OPTIONS_NONE;
	options.no_device = true;
	options.no_setuid = true;
	CLEANUP_FD parent = -1;
	CLEANUP_FD target = -1;
	CLEANUP_FD tree = -1;
	if (!make_status(boot, &parent, error) ||
	    !make_directory(boot, run, INSIDE_RUN_STATUS, 0755, error))
		return false;
	target = openat(run, INSIDE_RUN_STATUS, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (target < 0)
		return error_set_errno(error, errno, "open the directory of records");
	return mount_clone(parent, APP_STATUS_DIRECTORY, options, &tree, error) &&
	       mount_attach(tree, target, error);
}

static bool mount_run(const Boot *boot, int *ret_run, Error *error)
{
	MountOptions options = MOUNT_OPTIONS_NONE;
	options.no_device = true;
	options.no_setuid = true;
	CLEANUP_FD tree = -1;
	CLEANUP_FD target = -1;
	return mount_tmpfs(RUN_BYTES, 0755, boot->id_base, boot->id_base, /* is_secret= */ true,
			   options, &tree, error) &&
	       file_open_in_root(boot->root, "/" INSIDE_RUN, O_PATH | O_DIRECTORY, 0, &target,
				 error) &&
	       mount_attach(tree, target, error) &&
	       file_open_in_root(boot->root, "/" INSIDE_RUN, O_RDONLY | O_DIRECTORY, 0, ret_run,
				 error);
}

bool boot_write_files(const Boot *boot, Error *error)
{
	CLEANUP_FD run = -1;
	if (!mount_run(boot, &run, error) || !mount_status(boot, run, error) ||
	    !boot_mount_logs(boot, run, error) || !write_etc(boot, run, error) ||
	    !make_directory(boot, run, INSIDE_RUN_SPECS, 0700, error))
		return false;
	for (size_t i = 0; i < boot->plan.apps.count; i++) {
		const PlanApp *app = &boot->plan.apps.items[i];
		if (!write_spec(boot, app, run, error))
			return error_wrap(error, "container '%s'", app->name);
	}
	return true;
}
