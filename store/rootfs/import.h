// store/rootfs/import.h - getting root file systems from elsewhere: directories, archives, disk images, container images.
// Everything is made in a staging directory and appears by one rename. Whatever ends an import early leaves nothing that
// shows, and what it leaves is deleted by the next one, or by rootfs_collect.
#ifndef STORE_ROOTFS_IMPORT_H
#define STORE_ROOTFS_IMPORT_H

#include "store/image/image.h"

// What a container image becomes.
typedef enum RootfsImageMode {
	ROOTFS_IMAGE_AUTO, // see rootfs_image_is_base
	ROOTFS_IMAGE_BASE, // its files are the root file system
	ROOTFS_IMAGE_APP,  // a copy of a base that runs the image as a service
} RootfsImageMode;

// When systemd or the D-Bus daemon is missing.
typedef enum RootfsPackages {
	ROOTFS_PACKAGES_ASK, // and refuse when nobody can be asked
	ROOTFS_PACKAGES_INSTALL,
	ROOTFS_PACKAGES_REFUSE,
} RootfsPackages;

// What an import asks of whoever started it. data is theirs.
typedef struct RootfsImportHooks {
	void *data;
	// What is going on, in words. May be NULL.
	void (*tell)(void *data, const char *words);
	// May packages be installed with this command? False with an error when not. NULL: nobody can be asked.
	bool (*confirm_install)(void *data, const char *command, Error *error);
	// Makes the image, whose files are in root/oci/apps/NAME/root, a service of the system in root.
	// NULL: application images are refused.
	bool (*add_app)(void *data, const Image *image, const char *name, int root, Error *error);
} RootfsImportHooks;

typedef struct RootfsImport {
	const char *source; // see store/rootfs/source.h
	const char *name;
	bool is_forced; // replaces one of that name that no machine uses
	RootfsPackages packages;
	RootfsImageMode image_mode;
	const char
		*base_fs; // under an application image: a root file system's name; NULL or "": none
	const PullOptions
		*pull; // of images; its time-outs and download_bytes_max hold for URLs, too
	RootfsImportHooks hooks;
} RootfsImport;

// Refused (ERROR_INVALID, with the packages to install) when it has no systemd or no D-Bus daemon and they are not to be
// installed: no machine could boot on it.
MUST_CHECK bool rootfs_import(const Host *host, const RootfsImport *import, Error *error);

#endif
