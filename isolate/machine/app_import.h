// isolate/machine/app_import.h - an application image as a service of a root file system: sdme fs import.
// The tree is complete: booted by plain systemd-nspawn it runs the application confined as in a Pod. What sdme-boot makes
// for a Pod at each start is written here once: the unit, the spec, and sdme-isolate.
#ifndef ISOLATE_MACHINE_APP_IMPORT_H
#define ISOLATE_MACHINE_APP_IMPORT_H

#include "pkg/oci/config.h"
#include "pkg/sys/host.h"

// Makes sdme-oci-NAME.service in `root`, which has the files of the image in oci/apps/NAME/root, start with the system.
// name: has been checked (name_check_rootfs).
// Fails with ERROR_INVALID for an image that has nothing to run, or that runs as somebody whom it does not know.
MUST_CHECK bool app_import(const Host *host, const ImageConfig *config, const char *name, int root,
			   Error *error);

#endif
