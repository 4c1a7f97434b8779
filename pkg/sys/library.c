#include "pkg/sys/library.h"

#include <dlfcn.h>

bool library_load(const char *soname, const char *package, const LibrarySymbol *symbols,
		  size_t count, Error *error)
{
	void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	if (!library)
		return error_set(error, ERROR_UNSUPPORTED, "%s; install the package %s", dlerror(),
				 package);
	for (size_t i = 0; i < count; i++) {
		void *address = dlsym(library, symbols[i].name);
		if (!address)
			return error_set(error, ERROR_UNSUPPORTED, "%s has no %s: it is too old",
					 soname, symbols[i].name);
		*symbols[i].address = address;
	}
	return true;
}
