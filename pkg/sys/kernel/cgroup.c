#include "pkg/sys/kernel/cgroup.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"

#include <fcntl.h>

// A group that every host with systemd has; the root group has no files of limits.
#define EXAMPLE          "init.scope"
#define CONTROLLERS_FILE "cgroup.controllers"
#define CONTROLLERS_MAX  4096

// What cannot be read, as in the hierarchies of version 1, has none.
static bool has_controller(const char *group, const char *controller, Arena *arena)
{
	CLEANUP_ERROR none = { 0 };
	const char *text = NULL;
	if (!file_read(AT_FDCWD, path_join(arena, group, CONTROLLERS_FILE), CONTROLLERS_MAX, arena,
		       &text, NULL, &none))
		return false;
	const size_t length = strlen(controller);
	for (const char *word = text; *word;) {
		const size_t word_length = strcspn(word, " \n");
		if (word_length == length && strncmp(word, controller, length) == 0)
			return true;
		word += word_length + strspn(word + word_length, " \n");
	}
	return false;
}

const char *cgroup_missing(const char *root, const char *controller, const char *file, Arena *arena)
{
	if (!has_controller(root, controller, arena))
		return arena_printf(arena, "%s controller", controller);
	const char *example = path_join(arena, root, EXAMPLE);
	const bool is_told = has_controller(example, controller, arena);
	return is_told && !file_exists(AT_FDCWD, path_join(arena, example, file)) ? file : NULL;
}
