#include "kube/compile/compile.h"

#include "tests/unit/compiled.h"

static const char *mounts_of(Test *test, const char *mounts)
{
	const Compiled *compiled = compile_members(
		test, arena_printf(test->arena, "volumeMounts: [%s]", mounts), NULL);
	CLEANUP_BUFFER text = { 0 };
	for (size_t i = 0; i < compiled->plan.apps.items[0].mounts.count; i++) {
		const PlanMount *mount = &compiled->plan.apps.items[0].mounts.items[i];
		buffer_printf(&text, "%s%s=%s%s", i > 0 ? " " : "", mount->path, mount->volume,
			      mount->is_read_only ? ":ro" : "");
	}
	return buffer_take(&text, test->arena);
}

TEST(compile_mounts_are_clean_and_parents_come_first)
{
	CHECK_TEXT(mounts_of(test, ""), "");
	CHECK_TEXT(
		mounts_of(
			test,
			"{name: v, mountPath: /a/b}, {name: w, mountPath: /a-b}, {name: w, mountPath: /a}, "
			"{name: v, mountPath: /a/b/c, readOnly: true}"),
		"/a=w /a-b=w /a/b=v /a/b/c=v:ro");
	CHECK_TEXT(mounts_of(test, "{name: v, mountPath: srv//data/./}"), "/srv/data=v");
	CHECK_TEXT(mounts_of(test, "{name: v, mountPath: /dev/shm/}"), "/dev/shm=v");
	CHECK_TEXT(
		mounts_of(
			test,
			"{name: v, mountPath: /process}, {name: v, mountPath: /system}, {name: v, mountPath: /devices}"),
		"/devices=v /process=v /system=v");
}

static Compiled *compile_volume(Test *test, const char *source)
{
	return compile_manifest(
		test,
		arena_printf(
			test->arena,
			"apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n"
			"spec: {containers: [{name: app, image: 'i:1', volumeMounts: [{name: v, mountPath: /m}]}],\n"
			"  volumes: [{name: v, %s}]}\n",
			source),
		NULL);
}

TEST(compile_volumes_of_every_kind)
{
	static const struct {
		const char *source;
		PlanVolumeKind kind;
		bool is_mount_read_only;
	} rows[] = {
		{ "emptyDir: {}", PLAN_VOLUME_EMPTY, false },
		{ "emptyDir: {medium: Memory}", PLAN_VOLUME_MEMORY, false },
		{ "hostPath: {path: /x}", PLAN_VOLUME_HOST_PATH, false },
		{ "persistentVolumeClaim: {claimName: c}", PLAN_VOLUME_CLAIM, false },
		{ "persistentVolumeClaim: {claimName: c, readOnly: true}", PLAN_VOLUME_CLAIM,
		  true },
		{ "configMap: {name: m}", PLAN_VOLUME_CONFIG_MAP, true },
		{ "secret: {secretName: s}", PLAN_VOLUME_SECRET, true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const Compiled *compiled = compile_volume(test, rows[i].source);
		CHECK(compiled->report.error_count == 0);
		CHECK(plan_find_volume(&compiled->plan, "v")->kind == rows[i].kind);
		CHECK(compiled->plan.apps.items[0].mounts.items[0].is_read_only ==
		      rows[i].is_mount_read_only);
	}
}

TEST(compile_volume_details)
{
	const PlanVolume *memory =
		&compile_volume(test, "emptyDir: {medium: Memory, sizeLimit: 1.5Mi}")
			 ->plan.volumes.items[0];
	CHECK(memory->size_bytes == 1572864);
	CHECK_TEXT(compiled_findings(compile_volume(test, "emptyDir: {sizeLimit: 1Mi}")),
		   "note: p:5:45: spec.volumes[0].emptyDir.sizeLimit: not enforced on disk");

	const PlanVolume *path = &compile_volume(test, "hostPath: {path: /dev/x, type: CharDevice}")
					  ->plan.volumes.items[0];
	CHECK(path->path_type == PLAN_PATH_CHARACTER_DEVICE);
	CHECK_TEXT(path->path, "/dev/x");

	const PlanVolume *secret =
		&compile_volume(test,
				"secret: {secretName: s, defaultMode: 0440, optional: true, items: "
				"[{key: k, path: a/b, mode: 0}, {key: l, path: l}]}")
			 ->plan.volumes.items[0];
	CHECK_TEXT(secret->object, "s");
	CHECK(secret->default_mode == 0440 && secret->is_optional && secret->items.count == 2);
	CHECK(secret->items.items[0].mode == 0 && secret->items.items[1].mode == PLAN_MODE_DEFAULT);
	CHECK_TEXT(secret->items.items[0].path, "a/b");
	CHECK(compile_volume(test, "configMap: {name: m}")->plan.volumes.items[0].default_mode ==
	      0644);
}

static Compiled *compile_image_with(Test *test, const char *const *volumes, const char *mounts)
{
	ImageConfig config = { .user = "", .working_directory = "", .stop_signal = "" };
	texts_add(test->arena, &config.command, "sh");
	for (size_t i = 0; volumes[i]; i++)
		texts_add(test->arena, &config.volumes, volumes[i]);
	return compile_members(test, arena_printf(test->arena, "volumeMounts: [%s]", mounts),
			       &(CompileChoice){ .config = &config });
}

static const char *image_volumes(Test *test, const char *const *volumes, const char *mounts)
{
	Compiled *compiled = compile_image_with(test, volumes, mounts);
	return texts_join(&compiled->plan.apps.items[0].image_volumes, " ", test->arena);
}

TEST(compile_image_volumes_where_nothing_else_is)
{
	static const char *const volumes[] = { "/data",   "data/",     "/data/a",
					       "/b//c/.", "/database", NULL };
	CHECK_TEXT(image_volumes(test, volumes, ""), "/b/c /data /data/a /database");
	CHECK_TEXT(image_volumes(test, volumes, "{name: v, mountPath: /data}"), "/b/c /database");
	CHECK_TEXT(image_volumes(test, volumes, "{name: v, mountPath: /data/a/b}"),
		   "/b/c /data /data/a /database");
	CHECK_TEXT(image_volumes(test, volumes, "{name: v, mountPath: /b}"),
		   "/data /data/a /database");

	static const char *const odd[] = {
		"/", "/dev/shm", "/..", "/proc", "/sys/fs/cgroup", NULL
	};
	CHECK_TEXT(image_volumes(test, odd, ""), "");
	CHECK_TEXT(compiled_findings(
			   compile_image_with(test, (const char *const[]){ "/sys/x", NULL }, "")),
		   "note: p:4:73: spec.containers[0].image: the image's VOLUME '/sys/x' has no "
		   "effect: it is the container's own");
}
