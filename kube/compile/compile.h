// kube/compile/compile.h - a Pod as a machine: pure, from the checked object and its images to the plan.
// What only the image shows to be impossible is an error in the report at its place (kube/check/here.c has the rest); what
// works differently is a note. Values of config maps and secrets are not needed: the plan refers to them.
#ifndef KUBE_COMPILE_COMPILE_H
#define KUBE_COMPILE_COMPILE_H

#include "isolate/plan/plan.h"
#include "kube/schema/types.h"
#include "pkg/base/report.h"

typedef struct ImageConfig ImageConfig;

// What is known of the image of one container.
typedef struct CompileImage {
	const ImageConfig *config;
	const char *id; // "REPOSITORY@sha256:…"
	Texts layers;   // diff_ids, topmost first
} CompileImage;

typedef struct CompileInput {
	const Pod *pod;             // read, checked and with defaults
	const CompileImage *images; // of the init containers, then of the containers
	const char *machine_id;     // 32 hexadecimal digits
	uint32_t slot;
	const char *root_fs; // "" = the built-in base
	bool is_full_boot;
	uint64_t memory_bytes; // of the host: for oom_score_adj
} CompileInput;

// The machine of a Pod: its name, or, where that is no host name, a label made from it with a hash behind it.
const char *compile_machine_name(const char *pod_name, Arena *arena);

// Does not fail but by the report: *ret is meaningful only when no error was added.
void compile_pod(const CompileInput *input, Arena *arena, Report *report, MachinePlan *ret);

// container.c
typedef struct Compiler {
	const CompileInput *input;
	Arena *arena;
	Report *report;
	MachinePlan *plan;
} Compiler;
void compile_container(const Compiler *compiler, const Container *container,
		       const CompileImage *image, PlanAppKind kind, const char *field);
// Notes what the container asks for by name and does not get, once all of the Pod is compiled.
void compile_refused(const Compiler *compiler, const Container *container, const PlanApp *app,
		     const char *field);
// resources.c
void compile_resources(const Compiler *compiler, const Container *container, PlanApp *app);
// volume.c
void compile_volumes(const Compiler *compiler);
void compile_mounts(const Compiler *compiler, const Container *container, PlanApp *app);
// After compile_mounts. field: of the container.
void compile_image_volumes(const Compiler *compiler, const Container *container,
			   const ImageConfig *config, const char *field, PlanApp *app);

#endif
