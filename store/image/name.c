#include "store/image/name.h"

#include "pkg/oci/registry/short_name.h"

bool image_name_parse(const Host *host, const char *name, const char *default_registry,
		      Arena *arena, Reference *ret, Error *error)
{
	Registries registries = { 0 };
	// Full names mean the same whatever the files say.
	if (reference_is_short(name) && !registries_load(host, arena, &registries, error))
		return false;
	return short_name_parse(&registries, name, default_registry, arena, ret, error);
}
