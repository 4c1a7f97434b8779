#include "isolate/app/user.h"

#include "pkg/base/number.h"
#include "pkg/sys/file.h"

// Images carry files of some kilobytes; what is larger is no passwd file.
enum {
	FILE_BYTES_MAX = 4 << 20,
	PASSWD_FIELDS = 7,
	GROUP_FIELDS = 4
};

// One line of passwd(5): name, password, uid, gid, comment, home, shell.
typedef struct Account {
	const char *name;
	uint32_t uid;
	uint32_t gid;
	const char *home;
	const char *shell;
} Account;

// One line of group(5): name, password, gid, members.
typedef struct Group {
	const char *name;
	uint32_t gid;
	const char *members; // separated by commas
} Group;

VEC_DECLARE(Accounts, accounts, Account);
VEC_DECLARE(GroupLines, group_lines, Group);

static bool parse_id(const char *text, uint32_t *ret)
{
	CLEANUP_ERROR error = { 0 };
	// The largest one means "no change" to setresuid(2).
	return number_parse_u32(text, "id", UINT32_MAX - 1, ret, &error);
}

// Splits the line into at most `max` fields; fewer stay "".
static void split(char *line, const char **fields, size_t max)
{
	for (size_t i = 0; i < max; i++) {
		fields[i] = line;
		line += strcspn(line, i + 1 < max ? ":" : "");
		if (*line)
			*line++ = '\0';
	}
}

// The next line of *text as a copy, or NULL. Comments and empty lines are passed over.
static char *next_line(const char **text, Arena *arena)
{
	while (**text) {
		const char *line = *text;
		const size_t length = strcspn(line, "\n");
		*text = line + length + (line[length] == '\n');
		if (length > 0 && *line != '#')
			return arena_strndup(arena, line, length);
	}
	return NULL;
}

static void parse_passwd(const char *text, Arena *arena, Accounts *ret)
{
	for (char *line; (line = next_line(&text, arena)) != NULL;) {
		const char *fields[PASSWD_FIELDS];
		split(line, fields, PASSWD_FIELDS);
		Account account = { fields[0], 0, 0, fields[5], fields[6] };
		if (parse_id(fields[2], &account.uid) && parse_id(fields[3], &account.gid))
			*accounts_push(arena, ret) = account;
	}
}

static void parse_group(const char *text, Arena *arena, GroupLines *ret)
{
	for (char *line; (line = next_line(&text, arena)) != NULL;) {
		const char *fields[GROUP_FIELDS];
		split(line, fields, GROUP_FIELDS);
		Group group = { fields[0], 0, fields[3] };
		if (parse_id(fields[2], &group.gid))
			*group_lines_push(arena, ret) = group;
	}
}

static bool is_member(const Group *group, const char *name)
{
	const size_t length = strlen(name);
	for (const char *at = group->members; *at;) {
		const size_t part = strcspn(at, ",");
		if (part == length && memcmp(at, name, length) == 0)
			return true;
		at += part + (at[part] == ',');
	}
	return false;
}

static void add_groups(const GroupLines *groups, const char *name, Arena *arena, AppGroups *ret)
{
	for (size_t i = 0; i < groups->count; i++) {
		if (is_member(&groups->items[i], name))
			*app_groups_push(arena, ret) = groups->items[i].gid;
	}
}

// By name or by uid; the first line counts.
static const Account *find_account(const Accounts *accounts, const char *user, bool is_number,
				   uint32_t uid)
{
	for (size_t i = 0; i < accounts->count; i++) {
		const Account *account = &accounts->items[i];
		if (text_equal(account->name, user) || (is_number && account->uid == uid))
			return account;
	}
	return NULL;
}

static bool resolve_user(const Accounts *accounts, const char *user, User *ret, Error *error)
{
	uint32_t uid = 0;
	const bool is_number = parse_id(user, &uid);
	const Account *account = find_account(accounts, user, is_number, uid);
	if (!account && !is_number)
		return error_set(error, ERROR_NOT_FOUND,
				 "unable to find user '%s': no matching entries in passwd file",
				 user);
	if (account)
		*ret = (User){ .uid = account->uid,
			       .gid = account->gid,
			       .name = account->name,
			       .home = *account->home ? account->home : "/",
			       .shell = account->shell };
	else
		*ret = (User){ .uid = uid, .name = "", .home = "/", .shell = "" };
	return true;
}

static bool resolve_group(const GroupLines *groups, const char *group, uint32_t *ret, Error *error)
{
	for (size_t i = 0; i < groups->count; i++) {
		if (text_equal(groups->items[i].name, group)) {
			*ret = groups->items[i].gid;
			return true;
		}
	}
	if (parse_id(group, ret))
		return true;
	return error_set(error, ERROR_NOT_FOUND,
			 "unable to find group '%s': no matching entries in group file", group);
}

bool user_resolve_text(const char *passwd, const char *group, const char *user, Arena *arena,
		       User *ret, Error *error)
{
	Accounts accounts = { 0 };
	GroupLines groups = { 0 };
	parse_passwd(passwd, arena, &accounts);
	parse_group(group, arena, &groups);

	const size_t length = strcspn(user, ":");
	const char *name = length > 0 ? arena_strndup(arena, user, length) : "0";
	User found = { 0 };
	if (!resolve_user(&accounts, name, &found, error))
		return false;
	const bool names_group = user[length] == ':' && user[length + 1];
	if (names_group && !resolve_group(&groups, user + length + 1, &found.gid, error))
		return false;
	if (!names_group && *found.name)
		add_groups(&groups, found.name, arena, &found.groups);
	*ret = found;
	return true;
}

// The text of a file in the root; "" when it is missing.
static bool read_in_root(int root, const char *path, Arena *arena, const char **ret, Error *error)
{
	CLEANUP_FD fd = -1;
	CLEANUP_ERROR missing = { 0 };
	*ret = "";
	if (!file_open_plain_in_root(root, path, &fd, &missing)) {
		if (missing.code == ERROR_NOT_FOUND)
			return true;
		return error_move(error, &missing);
	}
	if (!file_read_fd(fd, FILE_BYTES_MAX, arena, ret, NULL, error))
		return error_wrap(error, "'%s' in the image", path);
	return true;
}

bool user_resolve(int root, const char *user, Arena *arena, User *ret, Error *error)
{
	const char *passwd = NULL, *group = NULL;
	return read_in_root(root, "/etc/passwd", arena, &passwd, error) &&
	       read_in_root(root, "/etc/group", arena, &group, error) &&
	       user_resolve_text(passwd, group, user, arena, ret, error);
}

bool user_groups(int root, uint32_t uid, Arena *arena, AppGroups *ret, Error *error)
{
	User user = { 0 };
	if (!user_resolve(root, arena_printf(arena, "%u", uid), arena, &user, error))
		return false;
	*ret = user.groups;
	return true;
}
