// Any bytes as an auth.json, of a Secret and of a file with helpers: understood or refused, never more.
#include "pkg/oci/registry/auth.h"
#include "pkg/sys/file.h"

#include <stdint.h>
#include <sys/mman.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void load(const char *text, size_t size, Arena *arena)
{
	CLEANUP_ERROR error = { 0 };
	CLEANUP_FD fd = memfd_create("auth", MFD_CLOEXEC);
	Credentials credentials = { 0 };
	if (fd < 0 || !file_write_fd(fd, text, size, &error))
		return;
	if (!auth_load(file_descriptor_path(arena, fd), arena, &credentials, &error) &&
	    error.code == ERROR_NONE)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA arena = arena_new();
	CLEANUP_ERROR error = { 0 };
	const char *text = arena_strndup(arena, (const char *)data, size);
	Credentials credentials = { 0 };
	if (!auth_parse("fuzz", text, size, arena, &credentials, &error) &&
	    error.code == ERROR_NONE)
		abort();
	load(text, size, arena);
	for (size_t i = 0; i < credentials.count; i++) {
		if (credentials.items[i].helper[0]) // a Secret names no programs
			abort();
	}
	return 0;
}
