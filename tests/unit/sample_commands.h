// tests/unit/sample_commands.h - a command tree with one of everything, for the tests of pkg/cli.
#ifndef TESTS_UNIT_SAMPLE_COMMANDS_H
#define TESTS_UNIT_SAMPLE_COMMANDS_H

#include "pkg/cli/command.h"

typedef enum DryRun {
	DRY_RUN_NONE,
	DRY_RUN_CLIENT,
	DRY_RUN_SERVER,
} DryRun;

typedef struct ApplyOptions {
	Texts files;
	DryRun dry_run;
	bool recursive;
	bool wait;
	bool force;
	uint64_t timeout_ms;
	uint64_t disk_bytes;
	uint32_t port;
	uint64_t revision;
	double cpus;
	const char *zone;
	Texts except;
	Pairs labels;
	bool json;
	bool json_pretty;
} ApplyOptions;

typedef struct ExecOptions {
	const char *app;
	const char *user;
} ExecOptions;

extern const Command sample_root;

#endif
