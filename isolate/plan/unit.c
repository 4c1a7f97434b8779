#include "isolate/plan/unit.h"

#include "isolate/app/capability.h"
#include "isolate/guest/inside.h"
#include "isolate/plan/device.h"
#include "isolate/plan/plan.h"
#include "store/state/layout.h"

#include <inttypes.h>
#include <linux/capability.h>

// How long the machine itself may take to end after its containers have: PID 1, journal, nspawn.
#define STOP_MARGIN_SECONDS 10
// isolate waits out the back-off. Should it not even run, the machine does not spin.
#define RESTART_PAUSE "100ms"

const char *unit_machine_name(Arena *arena, const char *machine)
{
	return arena_printf(arena, UNIT_MACHINE_PREFIX "%s" UNIT_MACHINE_SUFFIX, machine);
}

const char *unit_machine_of(const char *unit, Arena *arena)
{
	const size_t around = strlen(UNIT_MACHINE_PREFIX UNIT_MACHINE_SUFFIX);
	CLEANUP_ERROR ignored = { 0 }; // another name is none of ours
	if (strlen(unit) <= around || !text_starts_with(unit, UNIT_MACHINE_PREFIX) ||
	    !text_ends_with(unit, UNIT_MACHINE_SUFFIX))
		return NULL;
	const char *name =
		arena_strndup(arena, unit + strlen(UNIT_MACHINE_PREFIX), strlen(unit) - around);
	return name_check_machine(name, &ignored) ? name : NULL;
}

const char *unit_app_name(Arena *arena, const char *app)
{
	return arena_printf(arena, "sdme-oci-%s.service", app);
}

static const char *restart_directive(const PlanApp *app)
{
	static const char *const words[] = {
		[PLAN_RESTART_ALWAYS] = "always",
		[PLAN_RESTART_ON_FAILURE] = "on-failure",
		[PLAN_RESTART_NEVER] = "no",
	};
	// isolate retries an init container itself: a failed start job would take the later containers with it.
	return plan_app_traits(app)->runs_to_end ? "no" : words[app->restart];
}

static void add_dependencies(const MachinePlan *plan, size_t index, Arena *arena, Buffer *text)
{
	const PlanApp *app = &plan->apps.items[index];
	buffer_printf(text, "[Unit]\nDescription=%s %s\n", plan_app_traits(app)->title, app->name);
	buffer_add(text, "DefaultDependencies=no\n"
			 "Requires=systemd-journald.socket\n"
			 "After=systemd-journald.socket\n"
			 "Conflicts=shutdown.target\n"
			 "Before=shutdown.target\n"
			 "StartLimitIntervalSec=0\n");
	for (size_t i = index; i-- > 0;) {
		if (!plan_app_traits(&plan->apps.items[i])->is_init)
			continue;
		const char *before = unit_app_name(arena, plan->apps.items[i].name);
		buffer_printf(text, "Requires=%s\nAfter=%s\n", before, before);
		break;
	}
}

static void add_life_cycle(const MachinePlan *plan, const PlanApp *app, Buffer *text)
{
	buffer_add(text, "\n[Service]\n");
	if (plan_app_traits(app)->runs_to_end)
		buffer_add(text, "Type=oneshot\nRemainAfterExit=yes\n");
	else
		buffer_add(text, "Type=notify\nNotifyAccess=main\n");
	buffer_printf(text, "ExecStart=/" INSIDE_PROGRAM " app %s\n", app->name);
	buffer_printf(text, "Restart=%s\nRestartSec=" RESTART_PAUSE "\n", restart_directive(app));
	// isolate waits out the back-off before it starts the app, so no start may time out.
	buffer_add(text, "TimeoutStartSec=infinity\n");
	// Without a grace period nobody is asked. To systemd 0 seconds are for ever, and its timers are some 100 ms late.
	if (plan->grace_seconds > 0)
		buffer_printf(text, "TimeoutStopSec=%" PRIu32 "\n", plan->grace_seconds);
	buffer_printf(text, "KillMode=mixed\nKillSignal=%s\n",
		      plan->grace_seconds > 0 ? app->stop_signal : "SIGKILL");
	buffer_add(text, "SyslogLevelPrefix=yes\n");
	buffer_printf(text, "SyslogIdentifier=%s\n", app->name);
}

static void add_capabilities(const PlanApp *app, Arena *arena, Buffer *text)
{
	Texts names = { 0 };
	capability_print(capability_unit_bounding(app->capabilities), arena, &names);
	buffer_add(text, "CapabilityBoundingSet=");
	for (size_t i = 0; i < names.count; i++)
		buffer_printf(text, "%s%s", i > 0 ? " " : "", names.items[i]);
	buffer_add(text, "\n");
}

// Directives that cost a start next to nothing. What the others of docs/security.md do, sdme-isolate does while it builds
// the app's view: systemd would make a mount namespace and compile seccomp programs for them.
static void add_confinement(const PlanApp *app, Arena *arena, Buffer *text)
{
	add_capabilities(app, arena, text);
	buffer_printf(text, "NoNewPrivileges=%s\n", app->may_escalate ? "no" : "yes");
}

static void add_limits(const PlanLimits *limits, Buffer *text)
{
	if (limits->cpu_quota_us > 0) // of a period of 100 ms: one percent is 1000 µs
		buffer_printf(text,
			      "CPUQuota=%" PRIu64 ".%02" PRIu64 "%%\nCPUQuotaPeriodSec=100ms\n",
			      limits->cpu_quota_us / 1000, limits->cpu_quota_us % 1000 / 10);
	if (limits->cpu_weight > 0)
		buffer_printf(text, "CPUWeight=%" PRIu64 "\n", limits->cpu_weight);
	if (limits->memory_max > 0)
		buffer_printf(text, "MemoryMax=%" PRIu64 "\nMemorySwapMax=0\n", limits->memory_max);
	if (limits->memory_low > 0)
		buffer_printf(text, "MemoryLow=%" PRIu64 "\n", limits->memory_low);
	// isolate outlives the app and tells what killed it; systemd would take both.
	buffer_add(text, "OOMPolicy=continue\n");
	if (limits->oom_score_adjust != 0)
		buffer_printf(text, "OOMScoreAdjust=%" PRId64 "\n", limits->oom_score_adjust);
}

static const char *print_app(const MachinePlan *plan, size_t index, Arena *arena)
{
	const PlanApp *app = &plan->apps.items[index];
	CLEANUP_BUFFER text = { 0 };
	add_dependencies(plan, index, arena, &text);
	add_life_cycle(plan, app, &text);
	add_confinement(app, arena, &text);
	add_limits(&app->limits, &text);
	return buffer_take(&text, arena);
}

static const char *print_target(const MachinePlan *plan, Arena *arena)
{
	CLEANUP_BUFFER text = { 0 };
	buffer_add(&text, "[Unit]\nDescription=Containers of the pod\nDefaultDependencies=no\n");
	for (size_t i = 0; i < plan->apps.count; i++) {
		const char *unit = unit_app_name(arena, plan->apps.items[i].name);
		buffer_printf(&text, "Wants=%s\nAfter=%s\n", unit, unit);
	}
	return buffer_take(&text, arena);
}

void unit_print_machine(const MachinePlan *plan, Arena *arena, UnitFiles *ret)
{
	for (size_t i = 0; i < plan->apps.count; i++) {
		UnitFile *file = unit_files_push(arena, ret);
		file->path = arena_printf(arena, INSIDE_UNITS "/%s",
					  unit_app_name(arena, plan->apps.items[i].name));
		file->text = print_app(plan, i, arena);
	}
	UnitFile *target = unit_files_push(arena, ret);
	target->path = INSIDE_UNITS "/sdme-pod.target";
	target->text = print_target(plan, arena);

	if (plan->is_full_boot) {
		UnitFile *link = unit_files_push(arena, ret);
		link->path = INSIDE_UNITS "/multi-user.target.wants/sdme-pod.target";
		link->target = "../sdme-pod.target";
	}
}

// --- the drop-in

#define HOME_DIRECTIVE "\nEnvironment=\"" UNIT_DATA_DIR_VARIABLE "="
#define ID_ASSIGNMENT  " " UNIT_DATA_DIR_ID_VARIABLE "="

// Between the quotes of a directive: systemd takes "%%" for a percent sign, and a backslash before quotes and itself.
static void add_escaped(Buffer *text, const char *value)
{
	for (; *value; value++) {
		if (*value == '%' || *value == '"' || *value == '\\')
			buffer_add_char(text, *value == '%' ? '%' : '\\');
		buffer_add_char(text, *value);
	}
}

// The other way, up to the closing quote. Returns what is behind it; NULL when there is none.
static const char *take_escaped(const char *from, Arena *arena, const char **ret)
{
	CLEANUP_BUFFER value = { 0 };
	for (; *from && *from != '"'; from++) {
		if ((*from == '%' || *from == '\\') && from[1])
			from++;
		buffer_add_char(&value, *from);
	}
	*ret = buffer_take(&value, arena);
	return *from == '"' ? from + 1 : NULL;
}

static void add_home(const UnitHost *host, Buffer *text)
{
	buffer_add(text, "[Unit]\nRequiresMountsFor=\"");
	add_escaped(text, host->home.data_dir);
	if (!text_equal(host->mounts_dir, host->home.data_dir)) {
		buffer_add(text, "\" \"");
		add_escaped(text, host->mounts_dir);
	}
	buffer_add(text, "\"\n[Service]" HOME_DIRECTIVE);
	add_escaped(text, host->home.data_dir);
	buffer_printf(text, "\"" ID_ASSIGNMENT "%s\n", host->home.id);
}

bool unit_parse_home(const char *drop_in, Arena *arena, UnitHome *ret)
{
	const char *directive = strstr(drop_in, HOME_DIRECTIVE);
	const char *data_dir = NULL;
	const char *rest =
		directive ? take_escaped(directive + strlen(HOME_DIRECTIVE), arena, &data_dir)
			  : NULL;
	if (!rest || !text_starts_with(rest, ID_ASSIGNMENT))
		return false;
	rest += strlen(ID_ASSIGNMENT);
	*ret = (UnitHome){ data_dir, arena_strndup(arena, rest, strcspn(rest, "\n")) };
	return true;
}

// Beyond what every machine may use (manifests/sdme@.service). systemd looks the paths up at each start. Opened, but not
// made: there is no 'm'.
static void add_devices(const PlanVolumes *volumes, Buffer *text)
{
	for (size_t i = 0; i < volumes->count; i++) {
		const PlanVolume *volume = &volumes->items[i];
		const bool is_device = volume->path_type == PLAN_PATH_CHARACTER_DEVICE ||
				       volume->path_type == PLAN_PATH_BLOCK_DEVICE;
		if (volume->kind == PLAN_VOLUME_HOST_PATH && is_device &&
		    device_is_nameable(volume->path))
			buffer_printf(text, "DeviceAllow=%s rw\n", volume->path);
	}
}

const char *unit_print_drop_in(const MachinePlan *plan, const UnitHost *host, Arena *arena)
{
	CLEANUP_BUFFER text = { 0 };
	buffer_printf(&text, "# Written by sdme for the machine '%s'.\n", plan->name);
	add_home(host, &text);
	buffer_printf(&text, "TimeoutStopSec=%" PRIu32 "\n",
		      plan->grace_seconds + STOP_MARGIN_SECONDS);
	buffer_printf(&text, "TasksMax=%" PRIu64 "\n", host->tasks_max);
	if (plan_restart(plan) == PLAN_RESTART_NEVER)
		buffer_add(&text, "Restart=no\n");
	add_devices(&plan->volumes, &text);
	if (plan->ports.count > 0)
		buffer_printf(&text, "ExecStopPost=-%s --stopped %s\n", host->boot_program,
			      plan->name);
	return buffer_take(&text, arena);
}
