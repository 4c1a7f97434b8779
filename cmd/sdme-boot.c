// cmd/sdme-boot.c - ExecStart and ExecStopPost of sdme@NAME.service, and what follows whoever flushes nftables' rules.
// Small on purpose: it runs at every start of a machine and links only what it needs.
//     sdme-boot NAME              become systemd-nspawn running the machine
//     sdme-boot --stopped NAME    take back what outlives the machine
//     sdme-boot --restore-network put back what machines need of the host's rules
#include "cmd/real_host.h"
#include "isolate/boot/boot.h"
#include "isolate/machine/network.h"
#include "isolate/plan/unit.h"
#include "pkg/base/arena.h"
#include "pkg/base/text.h"
#include "store/state/config.h"
#include "store/state/layout.h"

static bool is_home(const char *data_dir, Arena *arena)
{
	const char *id = getenv(UNIT_DATA_DIR_ID_VARIABLE);
	return !id || text_equal(id, layout_id(data_dir, arena));
}

// What the unit says, or the setting when the directory has been moved since.
static const char *data_dir_of(const Config *config, Arena *arena)
{
	const char *named = getenv(UNIT_DATA_DIR_VARIABLE);
	return !named || (!is_home(named, arena) && is_home(config->datadir, arena))
		       ? config->datadir
		       : named;
}

// The directory that the machine was made in, and not the empty one below a mount that has failed.
static bool check_home(const char *data_dir, Arena *arena, Error *error)
{
	return is_home(data_dir, arena) ||
	       error_set(error, ERROR_NOT_FOUND,
			 "the data directory '%s' is not the one that this machine was made in: is "
			 "its disk mounted?",
			 data_dir);
}

static bool boot(const Host *host, const Config *config, const char *name, StartCause cause,
		 Arena *arena, Error *error)
{
	const char *words = NULL;
	if (!check_home(host->data_dir, arena, error) ||
	    !machine_boot(host, config, name, cause, arena, &words, error))
		return false;
	puts(words);
	return true;
}

// For whoever waits for the start: the journal may not have it yet.
static bool leave_words(const Host *host, const char *name, Error *error)
{
	CLEANUP_ERROR ignored = { 0 }; // the journal will have it
	return restart_note_failure(host, name, error->message, &ignored)
		       ? false
		       : error_wrap(error, "%s", ignored.message);
}

// A start that is to fail waits its turn, too.
static bool start(const Host *host, const Config *config, Error *bad_config, const char *name,
		  Arena *arena, Error *error)
{
	StartCause cause = START_BY_WISH;
	if (!name_check_machine(name, error) || !restart_wait_turn(host, name, &cause, error))
		return false;
	const bool is_done = bad_config->code == ERROR_NONE
				     ? boot(host, config, name, cause, arena, error)
				     : error_move(error, bad_config);
	return is_done || leave_words(host, name, error);
}

static bool run_helper(int count, char **arguments, Arena *arena, Error *error)
{
	Config config = config_default();
	CLEANUP_ERROR bad_config = { 0 };
	Texts warnings = { 0 };
	const bool is_read = config_load(CONFIG_PATH, arena, &config, &warnings, &bad_config);
	const Host host = real_host(data_dir_of(&config, arena));
	if (count == 2 && text_equal(arguments[1], "--restore-network"))
		return is_read ? machine_network_restore(&host, &config, error)
			       : error_move(error, &bad_config);
	if (count == 2)
		return start(&host, &config, &bad_config, arguments[1], arena, error);
	if (count == 3 && text_equal(arguments[1], "--stopped"))
		return is_read ? machine_after_stop(&host, &config, arguments[2], error)
			       : error_move(error, &bad_config);
	return error_set(error, ERROR_USAGE,
			 "usage: sdme-boot [--stopped] NAME | --restore-network");
}

int main(int count, char **arguments)
{
	CLEANUP_ARENA arena = arena_new();
	CLEANUP_ERROR error = { 0 };
	if (run_helper(count, arguments, arena, &error))
		return 0;
	fprintf(stderr, "Error: %s\n", error.message);
	return error_code_exit_status(error.code);
}
