#include "cmd/manifests.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "tests/unit/test.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define CONFIG_MAP "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\n"

static const char *in(Test *test, const char *name)
{
	return path_join(test->arena, test_directory(test), name);
}

static bool put(Test *test, const char *name, const char *text)
{
	return file_make_directories(AT_FDCWD, path_parent(test->arena, in(test, name)), 0755,
				     &test->error) &&
	       file_replace_volatile(AT_FDCWD, in(test, name), text, strlen(text), 0644,
				     &test->error);
}

static bool put_map(Test *test, const char *file, const char *name)
{
	return put(test, file, arena_printf(test->arena, CONFIG_MAP, name));
}

// Names of the sources below the test's directory, or the error.
static const char *sources_of(Test *test, const char *path, bool is_recursive)
{
	const CommandContext context = { .arena = test->arena };
	const size_t base = strlen(test_directory(test)) + 1;
	ManifestSources sources = { 0 };
	Texts files = { 0 }, names = { 0 };
	CLEANUP_ERROR error = { 0 };
	texts_add(test->arena, &files, path);
	if (!manifests_read(&context, &files, is_recursive, &sources, &error))
		return arena_strdup(test->arena, error.message);
	for (size_t i = 0; i < sources.count; i++)
		texts_add(test->arena, &names, sources.items[i].path + base);
	return texts_join(&names, " ", test->arena);
}

// Names of the objects, or the error.
static const char *objects_of(Test *test, const char *path, bool is_lenient)
{
	const CommandContext context = { .arena = test->arena };
	Objects objects = { 0 };
	Texts files = { 0 }, names = { 0 };
	CLEANUP_ERROR error = { 0 };
	Report report;
	report_init(&report, test->arena);
	texts_add(test->arena, &files, path);
	const bool is_loaded =
		is_lenient ? manifests_load_names(&context, &files, false, &objects, &error)
			   : manifests_load(&context, &files, false, &report, &objects, &error);
	if (!is_loaded)
		return arena_strdup(test->arena, error.message);
	for (size_t i = 0; i < objects.count; i++)
		texts_add(test->arena, &names, objects.items[i].metadata->name);
	return texts_join(&names, " ", test->arena);
}

TEST(manifests_of_directories_in_the_order_of_names)
{
	static const char *const files[] = { "b.yml",      "a.yaml",        "c.json",
					     "readme.txt", ".hidden.yaml",  "a.yaml~",
					     "sub/d.yaml", "sub/deep/e.yml" };
	for (size_t i = 0; i < COUNT(files); i++)
		CHECK(put_map(test, files[i], "x"));
	CHECK_TEXT(sources_of(test, test_directory(test), false), "a.yaml b.yml c.json");
	CHECK_TEXT(sources_of(test, test_directory(test), true),
		   "a.yaml b.yml c.json sub/d.yaml sub/deep/e.yml");
	// A file that is named is read whatever its name.
	CHECK_TEXT(sources_of(test, in(test, "readme.txt"), false), "readme.txt");
	CHECK_TEXT(sources_of(test, in(test, "none.yaml"), false),
		   arena_printf(test->arena, "open '%s': No such file or directory",
				in(test, "none.yaml")));
}

TEST(manifests_of_directories_that_lead_in_circles)
{
	CHECK(put_map(test, "a.yaml", "x") && put_map(test, "sub/b.yaml", "x") &&
	      symlink(".", in(test, "loop")) == 0 && symlink("sub", in(test, "link.yaml")) == 0 &&
	      symlink("a.yaml", in(test, "other.yaml")) == 0);
	CHECK_TEXT(sources_of(test, test_directory(test), true), "a.yaml other.yaml sub/b.yaml");
	// The directory that is named may be a link.
	CHECK_TEXT(sources_of(test, in(test, "link.yaml"), true), "link.yaml/b.yaml");
}

TEST(manifests_load_tells_every_error_of_every_file)
{
	CHECK(put_map(test, "a.yaml", "A") && put_map(test, "b.yaml", "b") &&
	      put(test, "c.yaml", "kind: Pod\n") && put(test, "empty/e.yaml", "# nothing\n"));
	const char *words = objects_of(test, test_directory(test), false);
	CHECK(strstr(words,
		     arena_printf(test->arena, "%s:3:18: metadata.name: Invalid value: \"A\"",
				  in(test, "a.yaml"))));
	CHECK(strstr(words, in(test, "c.yaml")) && !strstr(words, in(test, "b.yaml")));
	CHECK_TEXT(objects_of(test, in(test, "b.yaml"), false), "b");
	CHECK_TEXT(objects_of(test, in(test, "empty"), false),
		   arena_printf(test->arena, "%s: no objects passed to apply",
				in(test, "empty/e.yaml")));
	// One that has an object is enough; a kind that is skipped is a document, too.
	CHECK(put_map(test, "empty/f.yaml", "f"));
	CHECK_TEXT(objects_of(test, in(test, "empty"), false), "f");
	CHECK(put(test, "skipped/a.yaml",
		  "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\n"));
	CHECK_TEXT(objects_of(test, in(test, "skipped"), false),
		   arena_printf(test->arena, "no objects in '%s'", in(test, "skipped")));
	CHECK(put(test, "none/readme.txt", "x"));
	CHECK_TEXT(objects_of(test, in(test, "none"), false),
		   arena_printf(test->arena,
				"no manifests in '%s': their names end in .yaml, .yml or .json",
				in(test, "none")));
}

TEST(manifests_load_names_takes_what_is_wrong_otherwise)
{
	CHECK(put(test, "pod.yaml",
		  "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {nonsense: 1}\n"));
	CHECK(put(test, "broken.yaml", "{"));
	CHECK_TEXT(objects_of(test, in(test, "pod.yaml"), true), "web");
	CHECK(strstr(objects_of(test, in(test, "pod.yaml"), false),
		     "unknown field \"spec.nonsense\""));
	CHECK(text_starts_with(objects_of(test, in(test, "broken.yaml"), true),
			       in(test, "broken.yaml")));
}

TEST(manifests_notes_are_said_once_and_not_when_quiet)
{
	Report report;
	report_init(&report, test->arena);
	report_add(&report, SEVERITY_NOTE, (SourcePos){ "p", 1, 1 }, "spec.a", "a note");
	report_add(&report, SEVERITY_WARNING, (SourcePos){ "p", 2, 1 }, "spec.b", "a warning");
	report_add(&report, SEVERITY_ERROR, (SourcePos){ "p", 3, 1 }, "spec.c", "an error");
	for (int is_quiet = 0; is_quiet < 2; is_quiet++) {
		char *text = NULL;
		size_t length = 0;
		FILE *stream = open_memstream(&text, &length);
		const CommandContext context = { .arena = test->arena,
						 .messages = stream,
						 .is_quiet = is_quiet };
		manifests_print_notes(&context, &report);
		fclose(stream);
		const char *said = arena_strdup(test->arena, text);
		free(text);
		CHECK_TEXT(
			said,
			is_quiet
				? ""
				: "Warning: p:2:1: spec.b: a warning\nNote: p:1:1: spec.a: a note\n");
	}
}
