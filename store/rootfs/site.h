// store/rootfs/site.h - where one import is at work.
#ifndef STORE_ROOTFS_SITE_H
#define STORE_ROOTFS_SITE_H

#include "store/rootfs/import.h"

typedef struct RootfsSite {
	const Host *host;
	const RootfsImport *import;
	int directory;            // of the tree that is being made
	const char *path;         // the same
	int scratch;              // a directory for what the work needs, deleted when it ends
	const char *scratch_path; // the same
	Arena *arena;             // of the import
} RootfsSite;

static inline void rootfs_site_tell(const RootfsSite *site, const char *words)
{
	if (site->import->hooks.tell)
		site->import->hooks.tell(site->import->hooks.data, words);
}

#endif
