// isolate/guest/app/application.h - the specification, checked and ready for use.
#ifndef ISOLATE_GUEST_APP_APPLICATION_H
#define ISOLATE_GUEST_APP_APPLICATION_H

#include "isolate/guest/base/system.h"
#include "isolate/guest/spec.h"

// Points into the specification, which stays mapped until the program ends.
typedef struct Application {
	const SpecHeader *header;
	const char *identifier;
	const char *working_directory;
	const char *const *arguments;       // NULL-terminated, at least one
	const char *const *environment;     // NULL-terminated
	const char *const *masked_paths;    // NULL-terminated
	const char *const *read_only_paths; // NULL-terminated
	const SpecMount *mounts;            // header->mounts.count; see application_text
	const uint32_t *groups;
	const void *filter; // struct sock_filter
} Application;

static inline bool application_has(const Application *application, uint64_t flag)
{
	return (application->header->flags & flag) != 0;
}

// The text at an offset that the specification holds.
static inline const char *application_text(const Application *application, uint32_t offset)
{
	return (const char *)application->header + offset;
}

// Maps and checks the specification behind `fd`; every offset lies inside it afterwards. 0, or a negative errno: EINVAL
// for one that breaks its own rules.
int application_load(int fd, Application *ret);

// The value of the variable `name` in an environment, or NULL.
const char *environment_get(const char *const *environment, const char *name);

#endif
