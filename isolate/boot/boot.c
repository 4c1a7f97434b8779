#include "isolate/boot/boot.h"

#include "isolate/boot/nspawn.h"
#include "isolate/boot/state.h"
#include "isolate/machine/app_status.h"
#include "isolate/machine/ending.h"
#include "isolate/machine/filter.h"
#include "isolate/machine/generation.h"
#include "isolate/machine/machine.h"
#include "isolate/machine/memory_volume.h"
#include "isolate/machine/network.h"
#include "isolate/plan/unit.h"
#include "pkg/base/path.h"
#include "pkg/net/publish.h"
#include "pkg/sys/bus/machine.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_tree.h"
#include "pkg/sys/kernel/mount.h"
#include "pkg/sys/kernel/seccomp.h"
#include "pkg/sys/notify.h"
#include "store/state/layout.h"
#include "store/state/slot.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

static bool enter_network(Boot *boot, const Config *config, Error *error)
{
	if (boot->plan.network != PLAN_NETWORK_POD)
		return true;
	NetworkHost settings = { 0 };
	PublishedPorts ports = { 0 };
	if (!machine_network(boot->host, config, &settings, error) ||
	    !plan_published_ports(&boot->plan, boot->arena, &ports, error))
		return false;
	boot->address = subnet_slot_address(&settings.subnet, boot->plan.slot);
	const PodNetwork pod = { .name = boot->plan.name, .address = boot->address };
	if (ports.count > 0 && !network_check_ports(&settings, pod.name, &ports, error))
		return error_wrap(error, "network");
	return network_start_pod(&settings, &pod, &ports, error) || error_wrap(error, "network");
}

// What the last run left to be read. A run that goes on has its records, and the words about its last start, until it has
// new ones.
static bool remove_old(const Boot *boot, Error *error)
{
	const char *old[] = {
		path_join(boot->arena, boot->run, APP_STATUS_DIRECTORY),
		path_join(boot->arena, boot->state, APP_STATUS_DIRECTORY),
	};
	if (boot->cause == START_AGAIN)
		return true;
	for (size_t i = 0; i < COUNT(old); i++) {
		if (!file_tree_remove_path(AT_FDCWD, old[i], error))
			return false;
	}
	return restart_note_success(boot->host, boot->plan.name, error);
}

static bool prepare_directories(const Boot *boot, Error *error)
{
	const char *journal = path_join(boot->arena, boot->state, "journal");
	return remove_old(boot, error) && file_make_directories(AT_FDCWD, journal, 0755, error);
}

static bool note_plan(const Boot *boot, Error *error)
{
	CLEANUP_BUFFER json = { 0 };
	plan_print(&boot->plan, &json);
	return file_replace_volatile(AT_FDCWD,
				     path_join(boot->arena, boot->run, MACHINE_RUNNING_PLAN_NAME),
				     buffer_text(&json), json.length, 0600, error);
}

// nspawn would compile a filter of its own for 30 ms; this one was compiled with the program.
static bool load_filter(const Boot *boot, Error *error)
{
	Span program = { 0 };
	if (!filter_read_machine(boot->host, boot->arena, &program, error) ||
	    !seccomp_filter_load(program, error))
		return error_wrap(error, "load the machine's seccomp filter");
	return true;
}

static char *const *as_vector(Arena *arena, const Texts *texts)
{
	char **vector = arena_array(arena, texts->count + 1, sizeof(char *));
	for (size_t i = 0; i < texts->count; i++)
		vector[i] = arena_strdup(arena, texts->items[i]);
	return vector;
}

// $NOTIFY_SOCKET and the like of the service's manager go on to nspawn.
static void pass_environment(Arena *arena, Texts *environment)
{
	static const char *const passed[] = { "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID",
					      "LISTEN_FDS",    "LISTEN_PID",    "INVOCATION_ID" };
	for (size_t i = 0; i < COUNT(passed); i++) {
		const char *value = getenv(passed[i]);
		if (value)
			texts_add(arena, environment,
				  arena_printf(arena, "%s=%s", passed[i], value));
	}
}

static bool become_nspawn(const Boot *boot, Error *error)
{
	const NspawnPlaces places = {
		.root = boot->root_path,
		.journal = path_join(boot->arena, boot->state, "journal"),
		.id_base = boot->id_base,
	};
	Texts arguments = { 0 };
	Texts environment = { 0 };
	nspawn_print_arguments(&boot->plan, &places, boot->arena, &arguments);
	nspawn_print_environment(boot->arena, &environment);
	pass_environment(boot->arena, &environment);
	if (!load_filter(boot, error) || !restart_note_success(boot->host, boot->plan.name, error))
		return false;
	execve(arguments.items[0], as_vector(boot->arena, &arguments),
	       as_vector(boot->arena, &environment));
	return error_set_errno(error, errno, "run %s; install the package systemd-container",
			       arguments.items[0]);
}

// What nspawn takes for one: letters, digits, '-' and '.'.
static bool is_host_name(const char *name)
{
	return *name && text_has_only(name, "abcdefghijklmnopqrstuvwxyz"
					    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.");
}

// A Pod in the host's network has the host's name.
static bool name_machine(Boot *boot, Error *error)
{
	char name[HOST_NAME_MAX + 1] = "";
	if (!text_is_empty(boot->plan.hostname))
		return true;
	if (gethostname(name, sizeof(name)) < 0)
		return error_set_errno(error, errno, "get the host's name");
	boot->plan.hostname =
		is_host_name(name) ? arena_strdup(boot->arena, name) : boot->plan.name;
	return true;
}

// machined takes a machine that died for alive for as long as its unit is on its way up again, and nspawn would be refused.
static bool forget_dead(const Boot *boot, Error *error)
{
	CLEANUP_BUS bus = NULL;
	Machine machine = { 0 };
	bool is_known = false;
	const char *name = boot->plan.name;
	// sd_machine_get_class(3) reads it there; most starts find none, and need no bus.
	if (!file_exists(AT_FDCWD, path_join(boot->arena, "/run/systemd/machines", name)))
		return true;
	if (!bus_open_system(&bus, error) ||
	    !bus_machine(bus, name, boot->arena, &machine, &is_known, error))
		return false;
	if (!is_known || !text_equal(machine.unit, unit_machine_name(boot->arena, name)))
		return true;
	return bus_unregister_machine(bus, name, error) || error_forgive(error, ERROR_NOT_FOUND);
}

static bool start(Boot *boot, const Config *config, Error *error)
{
	return prepare_directories(boot, error) && forget_dead(boot, error) &&
	       note_plan(boot, error) &&
	       memory_volumes_mount(boot->host, &boot->plan, boot->id_base, error) &&
	       name_machine(boot, error) && boot_write_skeleton(boot, error) &&
	       enter_network(boot, config, error) && mount_enter_namespace(error) &&
	       boot_mount_root(boot, error) && boot_mount_apps(boot, error) &&
	       boot_mount_volumes(boot, error) && boot_write_files(boot, error) &&
	       boot_mount_into_apps(boot, error) && become_nspawn(boot, error);
}

// The next start is somebody's wish.
static bool leave_alone(const Host *host, const char *name, Arena *arena, const char **ret_words,
			Error *error)
{
	*ret_words = arena_printf(
		arena, "'%s' has ended for good and is left alone; `sdme start %s` runs it again",
		name, name);
	return restart_note_wish(host, name, error) && notify_ready(*ret_words, error);
}

bool machine_boot(const Host *host, const Config *config, const char *name, StartCause cause,
		  Arena *arena, const char **ret_words, Error *error)
{
	// Modes below are meant as they are written.
	umask(0);
	Boot boot = {
		.host = host,
		.config = config,
		.arena = arena,
		.cause = cause,
		.state = layout_path_of(host, LAYOUT_CONTAINERS, name, arena),
		.run = arena_printf(arena, "%s/machines/%s", host->run_dir, name),
		.root = -1,
		.lower_id_map = -1,
		.upper_id_map = -1,
	};
	boot.root_path = path_join(arena, boot.run, "root");
	bool is_left_alone = false;
	if (!generation_load_current(host, name, arena, &boot.generation, &boot.plan, error) ||
	    !ending_forbids_start(host, name, cause, arena, &is_left_alone, error))
		return false;
	if (is_left_alone)
		return leave_alone(host, name, arena, ret_words, error);
	boot.id_base = boot.plan.has_user_namespace ? slot_first_id(boot.plan.slot) : 0;
	return start(&boot, config, error);
}

bool machine_after_stop(const Host *host, const Config *config, const char *name, Error *error)
{
	NetworkHost settings = { 0 };
	return name_check_machine(name, error) && machine_network(host, config, &settings, error) &&
	       network_unpublish(&settings, name, error);
}
