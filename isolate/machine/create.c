#include "isolate/machine/create.h"

#include "isolate/machine/filter.h"
#include "isolate/machine/network.h"
#include "pkg/base/path.h"
#include "pkg/net/publish.h"
#include "pkg/sys/file.h"
#include "store/state/slot.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/random.h>
#include <time.h>

bool draft_open(const Host *host, Arena *arena, MachineDraft *draft, Error *error)
{
	CLEANUP_ERROR missing = { 0 };
	if (!machine_take_lock(host, draft->name, &draft->lock, error))
		return false;
	const bool exists = machine_load(host, draft->name, arena, &draft->record, &missing);
	if (!exists && missing.code != ERROR_NOT_FOUND)
		return error_move(error, &missing);
	draft->is_new = !exists;
	return true;
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

bool draft_identify(MachineDraft *draft, MachineKind kind, Arena *arena, Error *error)
{
	const char *id = NULL;
	if (draft_id(draft))
		return true;
	if (!random_hex(arena, &id, error))
		return false;
	pairs_set(arena, &draft->record, MACHINE_KEY_NAME, draft->name);
	machine_set_kind(arena, &draft->record, kind);
	pairs_set(arena, &draft->record, MACHINE_KEY_ID, id);
	pairs_set(arena, &draft->record, MACHINE_KEY_CREATED_AT,
		  arena_printf(arena, "%" PRId64, (int64_t)time(NULL)));
	return true;
}

const char *draft_id(const MachineDraft *draft)
{
	return pairs_get(&draft->record, MACHINE_KEY_ID);
}

const char *draft_uid(const MachineDraft *draft, Arena *arena)
{
	const char *id = draft_id(draft);
	return arena_printf(arena, "%.8s-%.4s-%.4s-%.4s-%.12s", id, id + 8, id + 12, id + 16,
			    id + 20);
}

bool draft_take_slot(const Host *host, const Config *config, MachineDraft *draft, Arena *arena,
		     Error *error)
{
	Subnet subnet = { 0 };
	if (!subnet_parse(config->network_subnet, "network_subnet", &subnet, error) ||
	    !slot_allocate(host, &draft->lock, draft->name, subnet_slots(&subnet), &draft->slot,
			   error))
		return false;
	pairs_set(arena, &draft->record, MACHINE_KEY_SLOT, arena_printf(arena, "%u", draft->slot));
	return true;
}

// --- the plan

bool draft_check_ports(const Host *host, const Config *config, const MachineDraft *draft,
		       Arena *arena, Error *error)
{
	if (draft->plan.ports.count == 0)
		return true;
	NetworkHost network = { 0 };
	PublishedPorts ports = { 0 };
	return machine_network(host, config, &network, error) &&
	       plan_published_ports(&draft->plan, arena, &ports, error) &&
	       network_check_ports(&network, draft->name, &ports, error);
}

bool draft_is_running(const Host *host, const MachineDraft *draft, Arena *arena)
{
	CLEANUP_ERROR ignored = { 0 }; // what cannot be told is started anew
	CLEANUP_BUFFER wanted = { 0 };
	const char *running = NULL;
	const char *path = path_join(arena, machine_run_directory(host, draft->name, arena),
				     MACHINE_RUNNING_PLAN_NAME);
	plan_print(&draft->plan, &wanted);
	return file_read(AT_FDCWD, path, PLAN_BYTES_MAX, arena, &running, NULL, &ignored) &&
	       text_equal(running, buffer_text(&wanted));
}

bool draft_write(const Host *host, MachineDraft *draft, const GenerationFile *own, Arena *arena,
		 Error *error)
{
	GenerationFiles files = { 0 };
	if (own)
		*generation_files_push(arena, &files) = *own;
	return filters_compile(host, &draft->plan, arena, &files, error) &&
	       generation_write(host, &draft->plan, files.items, files.count, arena,
				&draft->generation, error);
}

// --- the switch

bool draft_switch(const Host *host, const Config *config, MachineDraft *draft, Arena *arena,
		  Error *error)
{
	pairs_set(arena, &draft->record, MACHINE_KEY_ROOTFS, draft->plan.root_fs);
	pairs_set(arena, &draft->record, MACHINE_KEY_GENERATION, draft->generation);
	if (!generation_switch(host, draft->name, draft->generation, error))
		return false;
	draft->generation = NULL;
	if (!machine_write_drop_in(host, config, &draft->plan, error) ||
	    !machine_save(host, draft->name, &draft->record, error))
		return false;
	draft->is_new = false;
	return true;
}

bool draft_abandon(const Host *host, MachineDraft *draft, Error *error)
{
	if (draft->lock.fd < 0)
		return true;
	if (draft->is_new) {
		if (!machine_discard(host, &draft->lock, draft->name, error))
			return false;
		lock_release_and_remove(host, &draft->lock);
		return true;
	}
	return !draft->generation ||
	       generation_discard(host, draft->name, draft->generation, error);
}
