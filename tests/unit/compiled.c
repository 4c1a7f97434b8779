#include "tests/unit/compiled.h"

#include "pkg/base/text.h"

#define HOST_MEMORY (UINT64_C(8) << 30)

static ImageConfig default_config(Arena *arena)
{
	ImageConfig config = { .user = "", .working_directory = "", .stop_signal = "" };
	texts_add(arena, &config.entrypoint, "/bin/app");
	return config;
}

static CompileImage *images_of(Test *test, const PodSpec *spec, const ImageConfig *config)
{
	const size_t count = spec->init_containers.count + spec->containers.count;
	CompileImage *images = arena_array(test->arena, count, sizeof(CompileImage));
	for (size_t i = 0; i < count; i++) {
		images[i].config = config;
		images[i].id =
			arena_printf(test->arena, "registry.example/image-%zu@sha256:%064zx", i, i);
		texts_add(test->arena, &images[i].layers,
			  arena_printf(test->arena, "sha256:%064zx", 100 + i));
		texts_add(test->arena, &images[i].layers,
			  arena_printf(test->arena, "sha256:%064x", 99));
	}
	return images;
}

static const Pod *pod_of(Test *test, const char *yaml)
{
	Manifest *manifest = manifest_of(test, yaml);
	const Objects *objects = &manifest->objects;
	if (manifest->report.error_count == 0 && objects->count > 0 && objects->items[0].pod)
		return objects->items[0].pod;
	test_fail(test, __FILE__, __LINE__, "no Pod: %s", manifest_errors(manifest));
	return NULL;
}

static void compile(Test *test, const Pod *pod, const CompileChoice *choice, Compiled *ret)
{
	ImageConfig *config = ARENA_NEW(test->arena, ImageConfig);
	*config = choice && choice->config ? *choice->config : default_config(test->arena);
	const CompileInput input = {
		.pod = pod,
		.images = images_of(test, &pod->spec, config),
		.machine_id = "0123456789abcdef0123456789abcdef",
		.slot = 7,
		.root_fs = choice && choice->root_fs ? choice->root_fs : "",
		.is_full_boot = choice && choice->is_full_boot,
		.memory_bytes = HOST_MEMORY,
	};
	compile_pod(&input, test->arena, &ret->report, &ret->plan);
	report_sort(&ret->report);
}

Compiled *compile_manifest(Test *test, const char *yaml, const CompileChoice *choice)
{
	Compiled *compiled = ARENA_NEW(test->arena, Compiled);
	report_init(&compiled->report, test->arena);
	const Pod *pod = pod_of(test, yaml);
	if (pod) {
		compile(test, pod, choice, compiled);
	} else {
		plan_apps_push(test->arena, &compiled->plan.apps);
		plan_volumes_push(test->arena, &compiled->plan.volumes);
	}
	return compiled;
}

Compiled *compile_members(Test *test, const char *members, const CompileChoice *choice)
{
	return compile_manifest(
		test,
		arena_printf(
			test->arena,
			"apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n"
			"spec: {volumes: [{name: v}, {name: w}], containers: [{name: app, image: 'i:1',\n%s}]}\n",
			members),
		choice);
}

const char *compiled_findings(Compiled *compiled)
{
	static const char *const prefixes[] = { "", "warning: ", "note: " };
	CLEANUP_BUFFER text = { 0 };
	for (size_t i = 0; i < compiled->report.findings.count; i++) {
		const Finding *finding = &compiled->report.findings.items[i];
		buffer_printf(&text, "%s%s%s", text.length > 0 ? "\n" : "",
			      prefixes[finding->severity],
			      finding_print(finding, compiled->report.arena));
	}
	return buffer_take(&text, compiled->report.arena);
}

const char *compiled_json(Test *test, const MachinePlan *plan)
{
	CLEANUP_BUFFER json = { 0 };
	plan_print(plan, &json);
	return buffer_take(&json, test->arena);
}
