#include "pkg/base/text.h"
#include "pkg/base/vec.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_tree.h"
#include "tests/unit/test.h"

#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <time.h>

// What takes longer than this is told.
#define SLOW_SECONDS 1.0
#define UNIT_FOLDER  "tests/unit/"

typedef struct Entry {
	const char *file;
	const char *name;
	TestFunction function;
} Entry;

VEC_DECLARE(Entries, entries, Entry);

static Arena *registry_arena;
static Entries registry;

void test_register(const char *file, const char *name, TestFunction function)
{
	if (!registry_arena)
		registry_arena = arena_new();
	*entries_push(registry_arena, &registry) = (Entry){ file, name, function };
}

const char *test_directory(Test *test)
{
	if (test->directory)
		return test->directory;
	const char *base = getenv("TMPDIR");
	test->directory = arena_printf(test->arena, "%s/sdme-unit-XXXXXX", base ? base : "/tmp");
	if (!mkdtemp(test->directory))
		test_fail(test, __FILE__, __LINE__, "no temporary directory");
	return test->directory;
}

void test_fail(Test *test, const char *file, int line, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	printf("# %s:%d: %s\n", file, line, arena_vprintf(test->arena, format, arguments));
	va_end(arguments);
	if (test->error.code != ERROR_NONE)
		printf("#   error: %s\n", test->error.message);
	test->has_failed = true;
}

static double now_seconds(void)
{
	struct timespec now = { 0 };
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

// The file as the tree has it below tests/unit: names repeat in other folders.
static const char *file_name(const Entry *entry)
{
	const char *below = strstr(entry->file, UNIT_FOLDER);
	return below ? below + strlen(UNIT_FOLDER) : entry->file;
}

// Runs one test; true when it passed.
static bool run(const Entry *entry, size_t number, size_t *skipped)
{
	Test test = { .name = entry->name, .arena = arena_new() };
	const pid_t runner = getpid();
	const double began = now_seconds();
	fflush(stdout);
	entry->function(&test);
	// A child that a test forked left it by a failed CHECK: the tests that follow are not the child's to run.
	if (getpid() != runner) {
		fflush(stdout);
		_exit(1);
	}

	printf("%s %zu - %s: %s", test.has_failed ? "not ok" : "ok", number, file_name(entry),
	       entry->name);
	if (test.skip_reason && !test.has_failed) {
		printf(" # SKIP %s", test.skip_reason);
		(*skipped)++;
	}
	printf("\n");
	if (now_seconds() - began >= SLOW_SECONDS)
		printf("# time: %.1f s %s: %s\n", now_seconds() - began, file_name(entry),
		       entry->name);

	error_clear(&test.error);
	if (test.directory && !file_tree_remove_path(AT_FDCWD, test.directory, &test.error))
		printf("# left behind: %s\n", test.error.message);
	error_clear(&test.error);
	arena_free(test.arena);
	return !test.has_failed;
}

static bool is_wanted(const Entry *entry, int count, char **filters)
{
	for (int i = 1; i < count; i++) {
		if (strstr(entry->name, filters[i]) || strstr(entry->file, filters[i]))
			return true;
	}
	return count < 2;
}

// Arguments are parts of test or file names: only those run.
int main(int count, char **arguments)
{
	// Who runs the tests may want other modes for his files.
	umask(022);
	size_t ran = 0, failed = 0, skipped = 0;
	for (size_t i = 0; i < registry.count; i++) {
		if (!is_wanted(&registry.items[i], count, arguments))
			continue;
		ran++;
		failed += run(&registry.items[i], ran, &skipped) ? 0 : 1;
		fflush(stdout);
	}
	arena_free(registry_arena);
	printf("1..%zu\n%zu passed, %zu failed, %zu skipped\n", ran, ran - failed - skipped, failed,
	       skipped);
	return failed > 0 ? 1 : 0;
}
