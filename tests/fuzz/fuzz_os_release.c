// os-release files of foreign root file systems.
#include "store/rootfs/os_release.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	CLEANUP_ARENA arena = arena_new();
	Pairs release = { 0 };
	os_release_parse(arena_strndup(arena, (const char *)bytes, length), arena, &release);
	(void)os_release_is_like(&release, "debian"); // any answer will do
	return 0;
}
