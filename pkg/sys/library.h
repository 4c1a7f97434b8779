// pkg/sys/library.h - shared libraries that are loaded when first needed.
// libcurl, libarchive and libnftables bring dozens of libraries with them; linking them would cost every `sdme ps`
// some 10 ms of start-up. Their wrappers (one file each) load them on first use instead.
#ifndef PKG_SYS_LIBRARY_H
#define PKG_SYS_LIBRARY_H

#include "pkg/base/error.h"

// One function of the library: where its address goes, and its name.
typedef struct LibrarySymbol {
	void **address;
	const char *name;
} LibrarySymbol;

// Loads `soname` ("libcurl.so.4") and fills in all symbols. The library stays loaded until the process ends.
// Fails with ERROR_UNSUPPORTED, naming the Debian package to install.
MUST_CHECK bool library_load(const char *soname, const char *package, const LibrarySymbol *symbols,
			     size_t count, Error *error);

#endif
