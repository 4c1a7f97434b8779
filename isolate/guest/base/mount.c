#include "isolate/guest/base/mount.h"

static long configure(int context, const MountOption *options)
{
	for (; options && options->key; options++) {
		const int kind = options->value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG;
		const long result = CALL5(fsconfig, context, kind, options->key, options->value, 0);
		if (result < 0)
			return result;
	}
	return CALL5(fsconfig, context, FSCONFIG_CMD_CREATE, 0, 0, 0);
}

int mount_new(const char *type, const MountOption *options, uint64_t attributes)
{
	const int context = (int)CALL2(fsopen, type, FSOPEN_CLOEXEC);
	if (context < 0)
		return context;
	long result = configure(context, options);
	if (result == 0)
		result = CALL3(fsmount, context, FSMOUNT_CLOEXEC, attributes);
	sys_close(context);
	return (int)result;
}

int mount_clone(int directory, const char *path, bool is_recursive)
{
	return (int)CALL3(open_tree, directory, path,
			  OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH |
				  (is_recursive ? AT_RECURSIVE : 0));
}

long mount_restrict(int mount, uint64_t attributes, bool is_recursive)
{
	const struct mount_attr wanted = { .attr_set = attributes };
	return CALL5(mount_setattr, mount, "", AT_EMPTY_PATH | (is_recursive ? AT_RECURSIVE : 0),
		     &wanted, sizeof(wanted));
}

int mount_clone_as(int directory, const char *path, bool is_recursive, uint64_t attributes)
{
	const int mount = mount_clone(directory, path, is_recursive);
	const long result = mount < 0 ? mount : mount_restrict(mount, attributes, is_recursive);
	if (result < 0) {
		sys_close(mount);
		return (int)result;
	}
	return mount;
}

long mount_attach(int mount, int target)
{
	return CALL5(move_mount, mount, "", target, "",
		     MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

long mount_put(int mount, int target)
{
	long result = mount < 0 ? mount : target;
	if (result >= 0)
		result = mount_attach(mount, target);
	sys_close(mount);
	sys_close(target);
	return result;
}
