// isolate/machine/generation.h - one version of a machine's configuration on disk.
// DATADIR/containers/NAME/generations/N holds plan.json and the files the caller adds, such as the manifest. Units and
// the rest follow from the plan and are made from it at every start, on tmpfs: a power cut can tear no unit file, and an
// upgrade of sdme is in force at the next start. `current` and `previous` are links. A generation is written beside the
// others and switched to by one rename; it never changes afterwards.
#ifndef ISOLATE_MACHINE_GENERATION_H
#define ISOLATE_MACHINE_GENERATION_H

#include "isolate/plan/plan.h"
#include "pkg/sys/host.h"

// A file of the caller's beside plan.json ("pod.json", "filters/web.bpf").
#define GENERATION_POD_NAME "pod.json" // the manifest of a kube machine

#define GENERATION_PLAN_NAME "plan.json"

typedef struct GenerationFile {
	const char *name;
	const char *bytes;
	size_t length;
} GenerationFile;
VEC_DECLARE(GenerationFiles, generation_files, GenerationFile);

// Writes the plan as a new generation of the machine, complete and on disk, not current yet.
// ret_generation: its name, a number. Must hold the machine's lock.
MUST_CHECK bool generation_write(const Host *host, const MachinePlan *plan,
				 const GenerationFile *files, size_t file_count, Arena *arena,
				 const char **ret_generation, Error *error);
// Makes it the current one; the one before becomes `previous`, older ones are removed, at the latest by the next switch.
MUST_CHECK bool generation_switch(const Host *host, const char *machine, const char *generation,
				  Error *error);
// Removes one that will not be used. The current one stays: a switch that failed may have been made.
MUST_CHECK bool generation_discard(const Host *host, const char *machine, const char *generation,
				   Error *error);

// The directories of all generations, whether linked or not. None for a machine that does not exist.
MUST_CHECK bool generation_list(const Host *host, const char *machine, Arena *arena,
				Texts *ret_directories, Error *error);
// The plan that the machine starts with. ret_directory: of the generation; may be NULL.
// Fails with ERROR_NOT_FOUND for a machine that does not exist.
MUST_CHECK bool generation_load_current(const Host *host, const char *machine, Arena *arena,
					const char **ret_directory, MachinePlan *ret, Error *error);
// A file of the current generation. Fails with ERROR_NOT_FOUND.
MUST_CHECK bool generation_read_file(const Host *host, const char *machine, const char *name,
				     Arena *arena, const char **ret, size_t *ret_length,
				     Error *error);

#endif
