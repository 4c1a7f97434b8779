// /etc/passwd and /etc/group of an image, and its USER: the three are separated by NUL bytes.
#include "isolate/app/user.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	CLEANUP_ARENA arena = arena_new();
	CLEANUP_ERROR error = { 0 };
	const char *text = arena_strndup(arena, (const char *)bytes, length);
	const char *user = text, *passwd = user + strlen(user);
	passwd += passwd < text + length;
	const char *group = passwd + strlen(passwd);
	group += group < text + length;
	User found = { 0 };
	if (user_resolve_text(passwd, group, user, arena, &found, &error) &&
	    (!found.home || !found.name || *found.home == '\0'))
		abort();
	return 0;
}
