// isolate/guest/inside.h - where things are inside a machine: what its units, our programs and an administrator rely on.
// Paths without the slash in front, as they are opened below a root. "%s" stands for the name of a container or volume,
// which is a DNS label; these are formats for arena_printf and buffer_printf.
//
//     /oci/apps/NAME/root        the root of a container, an overlay of its image's layers
//     /oci/volumes/NAME          a volume of the Pod: a directory, or a file of the host
//     /oci/run/                  tmpfs, made at every start
//         specs/NAME             what sdme-isolate is told (isolate/guest/spec.h); root's alone
//         status/NAME/           the record of a container, a mount of the host's
//         logs/NAME/             its log (isolate/guest/log_format.h), a mount of the host's
//         etc/FILE               hosts, hostname and resolv.conf, mounted into the containers
//     /sdme/library/             sdme-isolate, units/, as they were installed when the machine started; read-only
//     /sdme/generation/          what was made from the plan: units/; read-only
//     /sdme/none                 nothing, ever: PID 1 looks for generators there
//
// Nothing of it is in a container's view, which sdme-isolate builds anew at each start (isolate/guest/app/view.h).
// In an imported root file system with an application (isolate/machine/app_import.h) the same paths lie on disk.
#ifndef ISOLATE_GUEST_INSIDE_H
#define ISOLATE_GUEST_INSIDE_H

#define INSIDE_OCI      "oci"
#define INSIDE_APPS     INSIDE_OCI "/apps"
#define INSIDE_APP_ROOT INSIDE_APPS "/%s/root"
#define INSIDE_VOLUMES  INSIDE_OCI "/volumes"
#define INSIDE_VOLUME   INSIDE_VOLUMES "/%s"

#define INSIDE_RUN    INSIDE_OCI "/run"
#define INSIDE_SPEC   INSIDE_RUN "/" INSIDE_RUN_SPEC
#define INSIDE_STATUS INSIDE_RUN "/" INSIDE_RUN_STATUS "/%s"
#define INSIDE_LOG    INSIDE_RUN "/" INSIDE_RUN_LOGS "/%s"
#define INSIDE_ETC    INSIDE_RUN "/" INSIDE_RUN_ETC "/%s"
// Below INSIDE_RUN.
#define INSIDE_RUN_SPECS  "specs"
#define INSIDE_RUN_SPEC   INSIDE_RUN_SPECS "/%s"
#define INSIDE_RUN_STATUS "status"
#define INSIDE_RUN_LOGS   "logs"
#define INSIDE_RUN_ETC    "etc"

#define INSIDE_SDME             "sdme"
#define INSIDE_LIBRARY          INSIDE_SDME "/library"
#define INSIDE_LIBRARY_UNITS    INSIDE_LIBRARY "/" INSIDE_UNITS
#define INSIDE_PROGRAM          INSIDE_LIBRARY "/sdme-isolate"
#define INSIDE_GENERATION       INSIDE_SDME "/generation"
#define INSIDE_GENERATION_UNITS INSIDE_GENERATION "/" INSIDE_UNITS
#define INSIDE_NONE             INSIDE_SDME "/none"
// Below the library and the generation.
#define INSIDE_UNITS "units"

#endif
