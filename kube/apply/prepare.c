#include "kube/apply/work.h"

#include "isolate/machine/ending.h"
#include "isolate/machine/filter.h"
#include "isolate/machine/generation.h"
#include "isolate/machine/host_path.h"
#include "kube/apply/host_limits.h"
#include "kube/compile/compile.h"
#include "kube/manifest/print.h"
#include "pkg/base/path.h"
#include "pkg/net/publish.h"
#include "pkg/sys/file.h"
#include "pkg/sys/stream/digest.h"
#include "store/image/lock.h"
#include "store/object/configmap.h"
#include "store/object/secret.h"
#include "store/rootfs/rootfs.h"
#include "store/state/layout.h"
#include "store/state/slot.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

// --- compilation

static uint64_t memory_of_host(void)
{
	const long pages = sysconf(_SC_PHYS_PAGES);
	const long page_bytes = sysconf(_SC_PAGE_SIZE);
	return pages > 0 && page_bytes > 0 ? (uint64_t)pages * (uint64_t)page_bytes : 0;
}

// Errors are this Pod's, all else goes to the notes.
static bool take_findings(Report *report, Report *notes, Error *error)
{
	for (size_t i = 0; i < report->findings.count; i++) {
		const Finding *finding = &report->findings.items[i];
		if (finding->severity != SEVERITY_ERROR)
			report_add(notes, finding->severity, finding->where, finding->field, "%s",
				   finding->message);
	}
	return report_finish(report, error);
}

bool pod_check_limits(const ApplyContext *context, const Pod *pod, Report *notes, Error *error)
{
	Report report;
	report_init(&report, context->arena);
	host_limits_check(context->host, &pod->spec, context->config->strict_limits, &report);
	return take_findings(&report, notes, error);
}

// input: all but images and memory.
static bool compile(const ApplyContext *context, CompileInput *input, bool may_pull, Report *notes,
		    MachinePlan *ret, Error *error)
{
	Report report;
	CompileImage *images = NULL;
	if (!pod_images_get(context, &input->pod->spec, may_pull, notes, &images, error))
		return false;
	input->images = images;
	input->memory_bytes = memory_of_host();
	report_init(&report, context->arena);
	compile_pod(input, context->arena, &report, ret);
	return take_findings(&report, notes, error);
}

// --- what the plan refers to must be there before an old version is stopped

static bool load_data(const ApplyContext *context, bool is_secret, const char *name,
		      const StoredData **ret, Error *error)
{
	StoredObject *object = ARENA_NEW(context->arena, StoredObject);
	const bool is_loaded =
		is_secret ? secret_inspect(context->host, name, context->arena, object, error)
			  : configmap_get(context->host, name, context->arena, object, error);
	*ret = &object->data;
	return is_loaded;
}

static bool check_environment(const ApplyContext *context, const PlanEnvironment *entry,
			      Error *error)
{
	const bool is_secret = entry->kind == PLAN_ENVIRONMENT_SECRET ||
			       entry->kind == PLAN_ENVIRONMENT_SECRET_KEY;
	const bool has_key = entry->kind == PLAN_ENVIRONMENT_CONFIG_MAP_KEY ||
			     entry->kind == PLAN_ENVIRONMENT_SECRET_KEY;
	const StoredData *data = NULL;
	if (entry->kind == PLAN_ENVIRONMENT_VALUE || entry->is_optional)
		return true;
	if (!load_data(context, is_secret, entry->object, &data, error))
		return false;
	const StoredItem *item = has_key ? stored_data_get(data, entry->key) : NULL;
	// What is binary in a ConfigMap is no variable (isolate/boot/environment.c).
	if (has_key && (!item || (item->is_binary && !is_secret)))
		return error_set(error, ERROR_NOT_FOUND, "couldn't find key %s in %s default/%s",
				 entry->key, is_secret ? "Secret" : "ConfigMap", entry->object);
	return true;
}

// A path that was meant to be there is easily misspelt.
static bool check_host_path(const PlanVolume *planned, const Volumes *volumes, size_t index,
			    Report *notes, Error *error)
{
	bool is_made = false;
	const HostPathSource *source = volumes->items[index].host_path;
	if (!host_path_check(planned, &is_made, error))
		return false;
	if (is_made && planned->path_type == PLAN_PATH_ANY)
		report_add(
			notes, SEVERITY_NOTE, origin_of(&source->origin, "path"),
			arena_printf(notes->arena, "spec.volumes[%zu].hostPath.path", index),
			"%s is not there: it is created as an empty directory when the Pod starts, "
			"as by Kubernetes' runtimes; a type says what must be there",
			planned->path);
	return true;
}

static bool check_volume(const ApplyContext *context, const PlanVolume *volume, Error *error)
{
	const bool is_secret = volume->kind == PLAN_VOLUME_SECRET;
	const StoredData *data = NULL;
	if ((!is_secret && volume->kind != PLAN_VOLUME_CONFIG_MAP) || volume->is_optional)
		return true;
	if (!load_data(context, is_secret, volume->object, &data, error))
		return false;
	for (size_t i = 0; i < volume->items.count; i++) {
		if (!stored_data_get(data, volume->items.items[i].key))
			return error_set(
				error, ERROR_NOT_FOUND, "references non-existent %s key: %s",
				is_secret ? "secret" : "config", volume->items.items[i].key);
	}
	return true;
}

static bool check_environments(const ApplyContext *context, const MachinePlan *plan, Error *error)
{
	for (size_t i = 0; i < plan->apps.count; i++) {
		const PlanApp *app = &plan->apps.items[i];
		for (size_t j = 0; j < app->environment.count; j++) {
			if (!check_environment(context, &app->environment.items[j], error))
				return error_wrap(error, "container '%s'", app->name);
		}
	}
	return true;
}

// The volumes of the plan are those of the Pod, in their order.
static bool check_references(const ApplyContext *context, const MachinePlan *plan,
			     const Volumes *volumes, Report *notes, Error *error)
{
	if (!check_environments(context, plan, error))
		return false;
	for (size_t i = 0; i < plan->volumes.count; i++) {
		const PlanVolume *planned = &plan->volumes.items[i];
		const bool is_good = planned->kind == PLAN_VOLUME_HOST_PATH
					     ? check_host_path(planned, volumes, i, notes, error)
					     : check_volume(context, planned, error);
		if (!is_good)
			return error_wrap(error, "volume '%s'", planned->name);
	}
	return true;
}

static bool check_root_fs(const ApplyContext *context, const PodWork *work, Error *error)
{
	CLEANUP_FD root = -1;
	return text_is_empty(work->root_fs) ||
	       rootfs_open(context->host, work->root_fs, &root, error);
}

static bool check_ports(const ApplyContext *context, const MachinePlan *plan, Error *error)
{
	if (plan->ports.count == 0)
		return true;
	NetworkHost network = { .run_dir = context->host->run_dir };
	PublishedPorts ports = { 0 };
	return subnet_parse(context->config->network_subnet, "network_subnet", &network.subnet,
			    error) &&
	       plan_published_ports(plan, context->arena, &ports, error) &&
	       network_check_ports(&network, plan->name, &ports, error);
}

// --- identity

static bool random_hex(Arena *arena, const char **ret, Error *error)
{
	uint8_t bytes[16];
	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return error_set_errno(error, errno, "get random bytes");
	// As systemd and uuidgen make them: version 4, variant 1 (RFC 9562).
	bytes[6] = (uint8_t)((bytes[6] & 0x0f) | 0x40);
	bytes[8] = (uint8_t)((bytes[8] & 0x3f) | 0x80);
	CLEANUP_BUFFER text = { 0 };
	for (size_t i = 0; i < sizeof(bytes); i++)
		buffer_printf(&text, "%02x", bytes[i]);
	*ret = buffer_take(&text, arena);
	return true;
}

static const char *uid_of(const char *id, Arena *arena)
{
	return arena_printf(arena, "%.8s-%.4s-%.4s-%.4s-%.12s", id, id + 8, id + 12, id + 16,
			    id + 20);
}

// A machine's id and the Pod's uid stay the same as long as the Pod exists.
static bool ensure_identity(const ApplyContext *context, PodWork *work, Error *error)
{
	if (pairs_get(&work->record, MACHINE_KEY_ID))
		return true;
	const char *id = NULL;
	if (!random_hex(context->arena, &id, error))
		return false;
	Arena *arena = context->arena;
	pairs_set(arena, &work->record, MACHINE_KEY_NAME, work->machine);
	machine_set_kind(arena, &work->record, MACHINE_KIND_POD);
	pairs_set(arena, &work->record, MACHINE_KEY_ID, id);
	pairs_set(arena, &work->record, MACHINE_KEY_POD_UID, uid_of(id, arena));
	pairs_set(arena, &work->record, MACHINE_KEY_CREATED_AT,
		  arena_printf(arena, "%" PRId64, (int64_t)time(NULL)));
	return true;
}

static bool allocate_slot(const ApplyContext *context, PodWork *work, uint32_t *ret, Error *error)
{
	Subnet subnet = { 0 };
	if (!subnet_parse(context->config->network_subnet, "network_subnet", &subnet, error) ||
	    !slot_allocate(context->host, &work->lock, work->machine, subnet_slots(&subnet), ret,
			   error))
		return false;
	pairs_set(context->arena, &work->record, MACHINE_KEY_SLOT,
		  arena_printf(context->arena, "%u", *ret));
	return true;
}

// --- the generation

static bool write_generation(const ApplyContext *context, PodWork *work, Error *error)
{
	GenerationFiles files = { 0 };
	*generation_files_push(context->arena, &files) =
		(GenerationFile){ GENERATION_POD_NAME, work->json, strlen(work->json) };
	return filters_compile(context->host, &work->plan, context->arena, &files, error) &&
	       generation_write(context->host, &work->plan, files.items, files.count,
				context->arena, &work->generation, error);
}

// Whether the machine runs by the plan that is to be current: a change of labels restarts nothing, and a start that an
// earlier, killed call still owes is made up for.
static bool runs_plan(const ApplyContext *context, const PodWork *work)
{
	CLEANUP_ERROR ignored = { 0 }; // what cannot be told is started anew
	CLEANUP_BUFFER wanted = { 0 };
	const char *running = NULL;
	const char *path = path_join(
		context->arena, machine_run_directory(context->host, work->machine, context->arena),
		MACHINE_RUNNING_PLAN_NAME);
	plan_print(&work->plan, &wanted);
	return file_read(AT_FDCWD, path, PLAN_BYTES_MAX, context->arena, &running, NULL,
			 &ignored) &&
	       text_equal(running, buffer_text(&wanted));
}

static const char *print_pod(const ApplyContext *context, const Object *object)
{
	CLEANUP_BUFFER json = { 0 };
	object_print_json(object, /* is_pretty= */ false, /* is_redacted= */ false, &json);
	return buffer_take(&json, context->arena);
}

static const char *hash_of(const ApplyContext *context, const PodWork *work)
{
	const char *whole = arena_printf(context->arena, "%s\n%s\n%d", work->json, work->root_fs,
					 work->is_full_boot);
	return digest_of_bytes(whole, strlen(whole), context->arena);
}

static bool is_up(const PodWork *work)
{
	return work->status == MACHINE_RUNNING || work->status == MACHINE_STARTING;
}

static void decide_start(const ApplyContext *context, PodWork *work)
{
	const ApplyOptions *options = context->options;
	work->is_outdated = is_up(work) && (options->must_restart || !runs_plan(context, work));
	work->must_start = options->must_start && (work->is_outdated || !is_up(work));
}

static bool prepare_changed(const ApplyContext *context, PodWork *work, Report *notes, Error *error)
{
	// No image goes between its pull and the plan on disk that keeps it.
	CLEANUP_LOCK images = LOCK_NONE;
	CompileInput input = { .pod = work->object->pod,
			       .root_fs = work->root_fs,
			       .is_full_boot = work->is_full_boot };
	if (!check_root_fs(context, work, error) || !ensure_identity(context, work, error) ||
	    !allocate_slot(context, work, &input.slot, error) ||
	    !image_lock_shared(context->host, &images, error))
		return false;
	input.machine_id = pairs_get(&work->record, MACHINE_KEY_ID);
	if (!compile(context, &input, /* may_pull= */ true, notes, &work->plan, error) ||
	    !check_references(context, &work->plan, &work->object->pod->spec.volumes, notes,
			      error) ||
	    !check_ports(context, &work->plan, error) || !write_generation(context, work, error))
		return false;

	decide_start(context, work);
	work->result->change = work->exists ? APPLY_CONFIGURED : APPLY_CREATED;
	return true;
}

// A Pod that has ended for good is as declared: it has run, and nothing is asked for it. Unless somebody wants another run.
static bool has_ended(const ApplyContext *context, const PodWork *work, bool *ret, Error *error)
{
	Ending ending = ENDING_NONE;
	if (!context->options->is_again &&
	    !ending_load(context->host, work->machine, is_up(work), context->arena, &ending, error))
		return false;
	*ret = ending != ENDING_NONE;
	return true;
}

// What the manifest says is as it was; what its images are need not be.
static bool prepare_unchanged(const ApplyContext *context, PodWork *work, Report *notes,
			      Error *error)
{
	bool is_over = false, have_moved = false;
	if (!generation_load_current(context->host, work->machine, context->arena, NULL,
				     &work->plan, error) ||
	    !machine_write_drop_in(context->host, context->bus, context->config, &work->plan,
				   error) ||
	    !has_ended(context, work, &is_over, error) ||
	    (!is_over && !pod_images_have_moved(context, &work->object->pod->spec, &work->plan,
						&have_moved, error)))
		return false;
	if (have_moved)
		return prepare_changed(context, work, notes, error);
	decide_start(context, work);
	work->must_start = work->must_start && (!is_over || is_up(work));
	work->result->change = work->must_start ? APPLY_STARTED : APPLY_UNCHANGED;
	return true;
}

bool pod_prepare(const ApplyContext *context, PodWork *work, Report *notes, Error *error)
{
	if (!pod_check_limits(context, work->object->pod, notes, error))
		return false;
	work->json = print_pod(context, work->object);
	work->root_fs = context->options->root_fs;
	work->is_full_boot = context->options->is_full_boot;
	work->hash = hash_of(context, work);
	const char *before = pairs_get_or(&work->record, MACHINE_KEY_POD_HASH, "");
	return work->exists && text_equal(before, work->hash)
		       ? prepare_unchanged(context, work, notes, error)
		       : prepare_changed(context, work, notes, error);
}

bool pod_prepare_again(const ApplyContext *context, PodWork *work, Report *notes, Error *error)
{
	MachinePlan plan = { 0 };
	Object *object = ARENA_NEW(context->arena, Object);
	if (!work->exists)
		return error_set(error, ERROR_NOT_FOUND, "pods \"%s\" not found",
				 work->object->metadata->name);
	if (!generation_load_current(context->host, work->machine, context->arena, NULL, &plan,
				     error) ||
	    !kube_load_applied(context->host, work->machine, context->arena, object, error))
		return false;
	work->object = object;
	work->json = print_pod(context, work->object);
	work->root_fs = plan.root_fs;
	work->is_full_boot = plan.is_full_boot;
	work->hash = pairs_get_or(&work->record, MACHINE_KEY_POD_HASH, "");
	return prepare_unchanged(context, work, notes, error);
}

bool pod_dry_run(const ApplyContext *context, const Pod *pod, Report *notes, MachinePlan *ret,
		 Error *error)
{
	CompileInput input = { .pod = pod,
			       .machine_id = "00000000000000000000000000000000",
			       .root_fs = context->options->root_fs,
			       .is_full_boot = context->options->is_full_boot };
	return compile(context, &input, /* may_pull= */ false, notes, ret, error);
}

bool pod_switch(const ApplyContext *context, PodWork *work, Error *error)
{
	Arena *arena = context->arena;
	pairs_set(arena, &work->record, MACHINE_KEY_ROOTFS, work->plan.root_fs);
	pairs_set(arena, &work->record, MACHINE_KEY_POD_HASH, work->hash);
	pairs_set(arena, &work->record, MACHINE_KEY_GENERATION, work->generation);
	if (!generation_switch(context->host, work->machine, work->generation, error))
		return false;
	work->generation = NULL;
	if (!machine_write_drop_in(context->host, context->bus, context->config, &work->plan,
				   error) ||
	    !machine_save(context->host, work->machine, &work->record, error))
		return false;
	work->is_new = false;
	return true;
}

bool pod_abandon(const ApplyContext *context, PodWork *work, Error *error)
{
	if (work->lock.fd < 0)
		return true;
	if (work->is_new) {
		if (!machine_discard(context->host, &work->lock, work->machine, error))
			return false;
		lock_release_and_remove(context->host, &work->lock);
		return true;
	}
	return !work->generation ||
	       generation_discard(context->host, work->machine, work->generation, error);
}
