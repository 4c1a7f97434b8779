#include "isolate/guest/app/identity.h"

#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

enum {
	CAPABILITIES_MAX = 64
};

typedef struct Sets {
	uint64_t effective;
	uint64_t permitted;
	uint64_t inheritable;
} Sets;

static const struct __user_cap_header_struct self = { _LINUX_CAPABILITY_VERSION_3, 0 };

static long get_sets(Sets *ret)
{
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };
	const long result = CALL2(capget, &self, data);
	*ret = (Sets){
		.effective = (uint64_t)data[1].effective << 32 | data[0].effective,
		.permitted = (uint64_t)data[1].permitted << 32 | data[0].permitted,
		.inheritable = (uint64_t)data[1].inheritable << 32 | data[0].inheritable,
	};
	return result;
}

static long set_sets(Sets sets)
{
	const struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {
		{ (uint32_t)sets.effective, (uint32_t)sets.permitted, (uint32_t)sets.inheritable },
		{ (uint32_t)(sets.effective >> 32), (uint32_t)(sets.permitted >> 32),
		  (uint32_t)(sets.inheritable >> 32) },
	};
	return CALL2(capset, &self, data);
}

// Ends at the first number that the kernel does not know.
static long limit_bounding(uint64_t kept)
{
	for (unsigned i = 0; i < CAPABILITIES_MAX; i++) {
		const long has = CALL2(prctl, PR_CAPBSET_READ, i);
		if (has < 0)
			return 0;
		if (has == 0 || (kept >> i & 1))
			continue;
		const long result = CALL2(prctl, PR_CAPBSET_DROP, i);
		if (result < 0)
			return result;
	}
	return 0;
}

static long raise_ambient(uint64_t wanted)
{
	for (unsigned i = 0; i < CAPABILITIES_MAX; i++) {
		if (!(wanted >> i & 1))
			continue;
		const long result = CALL5(prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0);
		if (result < 0)
			return result;
	}
	return 0;
}

bool identity_assume_user(const Application *application, SpecFailure *failure)
{
	const SpecHeader *header = application->header;
	long result = CALL2(setgroups, header->groups.count, application->groups);
	if (result < 0)
		return failure_set(failure, result, "set the groups", "");
	result = CALL3(setresgid, header->gid, header->gid, header->gid);
	if (result < 0)
		return failure_set(failure, result, "set the gid", "");
	// The bounding set shrinks while the right to do so (CAP_SETPCAP) is still there, and the permitted set survives the
	// change of the uid until it is set to what was asked for.
	result = limit_bounding(header->bounding);
	if (result == 0)
		result = CALL2(prctl, PR_SET_KEEPCAPS, 1);
	if (result < 0)
		return failure_set(failure, result, "limit the capabilities", "");
	result = CALL3(setresuid, header->uid, header->uid, header->uid);
	return result < 0 ? failure_set(failure, result, "set the uid", "") : true;
}

static bool load_filter(const Application *application, SpecFailure *failure)
{
	if (application->header->filter.count == 0)
		return true;
	const struct {
		unsigned short length;
		const void *filter;
	} program = { (unsigned short)application->header->filter.count, application->filter };
	const long result = CALL3(seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
	return result < 0 ? failure_set(failure, result, "load the seccomp program", "") : true;
}

// `extra` is kept in permitted and effective beside what was asked for.
static bool assume_capabilities(const Application *application, uint64_t extra,
				SpecFailure *failure)
{
	const SpecHeader *header = application->header;
	Sets have;
	long result = get_sets(&have);
	const Sets wanted = {
		.effective = (header->effective | extra) & have.permitted,
		.permitted = (header->permitted | extra) & have.permitted,
		.inheritable = header->inheritable & (have.permitted | have.inheritable),
	};
	if (result == 0)
		result = set_sets(wanted);
	if (result == 0)
		result = raise_ambient(header->ambient & wanted.permitted & wanted.inheritable);
	return result < 0 ? failure_set(failure, result, "set the capabilities", "") : true;
}

bool identity_confine(const Application *application, SpecFailure *failure)
{
	if (application_has(application, SPEC_NO_NEW_PRIVILEGES)) {
		const long result = CALL5(prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		if (result < 0)
			return failure_set(failure, result, "set no_new_privs", "");
		return assume_capabilities(application, 0, failure) &&
		       load_filter(application, failure);
	}
	// Without no_new_privs a filter takes CAP_SYS_ADMIN, which must go afterwards: the filter has to allow capset(2).
	const uint64_t loader = UINT64_C(1) << CAP_SYS_ADMIN;
	if (application->header->filter.count > 0 &&
	    (!assume_capabilities(application, loader, failure) ||
	     !load_filter(application, failure)))
		return false;
	return assume_capabilities(application, 0, failure);
}

bool identity_keep_only(uint64_t kept)
{
	Sets have;
	if (limit_bounding(kept) < 0 || get_sets(&have) < 0)
		return false;
	const uint64_t rest = have.permitted & kept;
	return set_sets((Sets){ .effective = rest, .permitted = rest }) == 0;
}
