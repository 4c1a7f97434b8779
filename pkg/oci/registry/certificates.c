#include "pkg/oci/registry/certificates.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"

#include <fcntl.h>

#define CERTIFICATE_MAX ((size_t)1024 * 1024)

static bool load_authorities(const char *directory, const Texts *names, Arena *arena, HttpTls *ret,
			     Error *error)
{
	CLEANUP_BUFFER all = { 0 };
	for (size_t i = 0; i < names->count; i++) {
		const char *text = NULL;
		if (!text_ends_with(names->items[i], ".crt"))
			continue;
		if (!file_read(AT_FDCWD, path_join(arena, directory, names->items[i]),
			       CERTIFICATE_MAX, arena, &text, NULL, error))
			return false;
		buffer_printf(&all, "%s\n", text);
	}
	if (all.length > 0)
		ret->authorities = buffer_take(&all, arena);
	return true;
}

// The name with another ending, or NULL when it does not end in `ending`.
static const char *partner_of(const char *name, const char *ending, const char *other, Arena *arena)
{
	if (!text_ends_with(name, ending))
		return NULL;
	const size_t length = strlen(name) - strlen(ending);
	return arena_printf(arena, "%s%s", arena_strndup(arena, name, length), other);
}

static bool check_partner(const char *directory, const char *name, const char *partner,
			  const Texts *names, Error *error)
{
	return !partner || texts_contain(names, partner) ||
	       error_set(error, ERROR_INVALID, "'%s/%s' is of no use without '%s' beside it",
			 directory, name, partner);
}

static bool load_pair(const char *directory, const Texts *names, Arena *arena, HttpTls *ret,
		      Error *error)
{
	for (size_t i = 0; i < names->count; i++) {
		const char *name = names->items[i];
		const char *key = partner_of(name, ".cert", ".key", arena);
		const char *certificate = partner_of(name, ".key", ".cert", arena);
		if (!check_partner(directory, name, key, names, error) ||
		    !check_partner(directory, name, certificate, names, error))
			return false;
		if (key && !ret->certificate) {
			ret->certificate = path_join(arena, directory, name);
			ret->key = path_join(arena, directory, key);
		}
	}
	return true;
}

bool certificates_load(const Texts *directories, const char *registry, Arena *arena, HttpTls *ret,
		       Error *error)
{
	for (size_t i = 0; i < directories->count; i++) {
		const char *directory = path_join(arena, directories->items[i], registry);
		Texts names = { 0 };
		if (!file_exists(AT_FDCWD, directory))
			continue;
		if (file_list(AT_FDCWD, directory, arena, &names, error) &&
		    load_authorities(directory, &names, arena, ret, error) &&
		    load_pair(directory, &names, arena, ret, error))
			return true;
		return error_wrap(error, "certificates of '%s'", registry);
	}
	return true;
}
