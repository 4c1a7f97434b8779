// isolate/app/user.h - who a user is in the root of an application.
// Names are looked up in the image's own /etc/passwd and /etc/group, as Docker does for USER and `docker run --user`:
// the files are foreign, read inside their root, and bounded.
#ifndef ISOLATE_APP_USER_H
#define ISOLATE_APP_USER_H

#include "isolate/app/spec.h"

typedef struct User {
	uint32_t uid;
	uint32_t gid;
	AppGroups groups;  // supplementary groups of /etc/group; empty when `user` names a group
	const char *name;  // "" when passwd does not list the uid
	const char *home;  // "/" when passwd does not list the uid
	const char *shell; // "" when passwd does not list the uid
} User;

// `user` is "", "name", "uid", "name:group", "uid:gid" or a mixture; "" is root. root: descriptor of the application's
// root directory. A uid that passwd does not list has gid 0 and no groups. A missing passwd or group file is empty.
// Fails with ERROR_NOT_FOUND: "unable to find user 'app': no matching entries in passwd file".
MUST_CHECK bool user_resolve(int root, const char *user, Arena *arena, User *ret, Error *error);
// The same on the texts of the two files.
MUST_CHECK bool user_resolve_text(const char *passwd, const char *group, const char *user,
				  Arena *arena, User *ret, Error *error);

// The supplementary groups that /etc/group gives to the user of `uid` (supplementalGroupsPolicy: Merge).
MUST_CHECK bool user_groups(int root, uint32_t uid, Arena *arena, AppGroups *ret, Error *error);

#endif
