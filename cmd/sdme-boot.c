// cmd/sdme-boot.c - ExecStart and ExecStopPost of sdme@NAME.service, and what follows whoever flushes nftables' rules.
// Small on purpose: it runs at every start of a machine and links only what it needs.
//     sdme-boot NAME              become systemd-nspawn running the machine
//     sdme-boot --stopped NAME    take back what outlives the machine
//     sdme-boot --restore-network put back what machines need of the host's rules
#include "cmd/real_host.h"
#include "isolate/boot/boot.h"
#include "isolate/machine/network.h"
#include "isolate/machine/unit.h"
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

static bool boot(const Host *host, const Config *config, const char *name, Arena *arena,
		 Error *error)
{
	const char *words = NULL;
	if (!machine_boot(host, config, name, arena, &words, error))
		return false;
	puts(words);
	return true;
}

static bool run_helper(int count, char **arguments, Arena *arena, Error *error)
{
	Config config = config_default();
	Texts warnings = { 0 };
	if (!config_load(CONFIG_PATH, arena, &config, &warnings, error))
		return false;
	const Host host = real_host(data_dir_of(&config, arena));
	if (count == 2 && text_equal(arguments[1], "--restore-network"))
		return machine_network_restore(&host, &config, error);
	if (count == 2)
		return check_home(host.data_dir, arena, error) &&
		       boot(&host, &config, arguments[1], arena, error);
	if (count == 3 && text_equal(arguments[1], "--stopped"))
		return machine_after_stop(&host, &config, arguments[2], error);
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
