// cmd/sdme-boot.c - ExecStart and ExecStopPost of sdme@NAME.service.
// Small on purpose: it runs at every start of a machine and links only what it needs.
//     sdme-boot NAME              become systemd-nspawn running the machine
//     sdme-boot --stopped NAME    take back what outlives the machine
#include "cmd/real_host.h"
#include "pkg/base/arena.h"
#include "pkg/base/text.h"
#include "pkg/machine/boot.h"
#include "store/config.h"

static bool boot(const Host *host, const Config *config, const char *name, Arena *arena,
		 Error *error)
{
	const char *words = NULL;
	if (!machine_boot(host, config, name, arena, &words, error))
		return false;
	puts(words);
	return true;
}

static bool run(int count, char **arguments, Arena *arena, Error *error)
{
	Config config = config_default();
	Texts warnings = { 0 };
	if (!config_load(CONFIG_PATH, arena, &config, &warnings, error))
		return false;
	const Host host = real_host(config.datadir);
	if (count == 2)
		return boot(&host, &config, arguments[1], arena, error);
	if (count == 3 && text_equal(arguments[1], "--stopped"))
		return machine_after_stop(&host, &config, arguments[2], error);
	return error_set(error, ERROR_USAGE, "usage: sdme-boot [--stopped] NAME");
}

int main(int count, char **arguments)
{
	CLEANUP_ARENA arena = arena_new();
	CLEANUP_ERROR error = { 0 };
	if (run(count, arguments, arena, &error))
		return 0;
	fprintf(stderr, "Error: %s\n", error.message);
	return error_code_exit_status(error.code);
}
