#include "pkg/sys/kernel/seccomp.h"

#include "pkg/sys/file.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

struct SeccompFilter {
	scmp_filter_ctx context;
	uint32_t otherwise;
};

// More than any program that the kernel accepts (BPF_MAXINSNS).
static const size_t program_bytes_max = BPF_MAXINSNS * sizeof(struct sock_filter) * 4;

static uint32_t native_action(SeccompAction action)
{
	switch (action.kind) {
	case SECCOMP_ALLOW:
		return SCMP_ACT_ALLOW;
	case SECCOMP_ERRNO:
		return SCMP_ACT_ERRNO(action.value);
	case SECCOMP_KILL_THREAD:
		return SCMP_ACT_KILL_THREAD;
	case SECCOMP_KILL_PROCESS:
		return SCMP_ACT_KILL_PROCESS;
	case SECCOMP_TRAP:
		return SCMP_ACT_TRAP;
	case SECCOMP_TRACE:
		return SCMP_ACT_TRACE(action.value);
	case SECCOMP_LOG:
		return SCMP_ACT_LOG;
	}
	return SCMP_ACT_KILL_PROCESS;
}

void seccomp_filter_close(SeccompFilter **filter)
{
	if (!*filter)
		return;
	seccomp_release((*filter)->context);
	free(*filter);
	*filter = NULL;
}

bool seccomp_filter_open(SeccompAction otherwise, SeccompFilter **ret, Error *error)
{
	CLEANUP_SECCOMP_FILTER filter = memory_resize(NULL, sizeof(*filter));
	filter->otherwise = native_action(otherwise);
	filter->context = seccomp_init(filter->otherwise);
	if (!filter->context)
		return error_set(error, ERROR_SYSTEM, "libseccomp refuses the default action");

	// A balanced tree: some ten comparisons for each call instead of one for each rule.
	const int result = seccomp_attr_set(filter->context, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (result < 0)
		return error_set_errno(error, -result, "optimise the seccomp program");
	*ret = filter;
	filter = NULL;
	return true;
}

static bool add_architecture(SeccompFilter *filter, uint32_t token, const char *name, Error *error)
{
	const int result = seccomp_arch_add(filter->context, token);
	if (result < 0 && result != -EEXIST)
		return error_set_errno(error, -result, "add architecture '%s'", name);
	return true;
}

// "SCMP_ARCH_X86_64" is "x86_64" to libseccomp.
static uint32_t resolve_architecture(const char *name)
{
	static const char prefix[] = "SCMP_ARCH_";
	char lower[32] = "";
	if (!text_starts_with(name, prefix) || strlen(name) - strlen(prefix) >= sizeof(lower))
		return 0;
	size_t length = 0;
	for (const char *at = name + strlen(prefix); *at; at++)
		lower[length++] = *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at;
	return seccomp_arch_resolve_name(lower);
}

bool seccomp_filter_add_architecture(SeccompFilter *filter, const char *name, Error *error)
{
	const uint32_t token = resolve_architecture(name);
	if (token == 0)
		return error_set(error, ERROR_UNSUPPORTED,
				 "libseccomp does not know architecture '%s'", name);
	return add_architecture(filter, token, name, error);
}

bool seccomp_filter_add_compatible(SeccompFilter *filter, Error *error)
{
	switch (seccomp_arch_native()) {
	case SCMP_ARCH_X86_64:
		return add_architecture(filter, SCMP_ARCH_X86, "x86", error) &&
		       add_architecture(filter, SCMP_ARCH_X32, "x32", error);
	case SCMP_ARCH_AARCH64:
		return add_architecture(filter, SCMP_ARCH_ARM, "arm", error);
	default:
		return true;
	}
}

int seccomp_call_number(const char *name)
{
	const int number = seccomp_syscall_resolve_name(name);
	return number < 0 ? -1 : number;
}

static const enum scmp_compare comparisons[] = {
	[SECCOMP_EQUAL] = SCMP_CMP_EQ,
	[SECCOMP_NOT_EQUAL] = SCMP_CMP_NE,
	[SECCOMP_LESS] = SCMP_CMP_LT,
	[SECCOMP_LESS_OR_EQUAL] = SCMP_CMP_LE,
	[SECCOMP_GREATER] = SCMP_CMP_GT,
	[SECCOMP_GREATER_OR_EQUAL] = SCMP_CMP_GE,
	[SECCOMP_MASKED_EQUAL] = SCMP_CMP_MASKED_EQ,
};

bool seccomp_filter_add_rule(SeccompFilter *filter, const char *call, SeccompAction action,
			     const SeccompArgument *arguments, size_t count, Error *error)
{
	const int number = seccomp_syscall_resolve_name(call);
	const uint32_t native = native_action(action);
	if (number == __NR_SCMP_ERROR || native == filter->otherwise)
		return true;

	struct scmp_arg_cmp compared[SECCOMP_ARGUMENTS_MAX] = { 0 };
	if (count > COUNT(compared))
		return error_set(error, ERROR_INVALID, "more than %zu arguments for '%s'",
				 COUNT(compared), call);
	for (size_t i = 0; i < count; i++)
		compared[i] = (struct scmp_arg_cmp){
			.arg = arguments[i].index,
			.op = comparisons[arguments[i].comparison],
			.datum_a = arguments[i].value,
			.datum_b = arguments[i].value_two,
		};
	const int result =
		seccomp_rule_add_array(filter->context, native, number, (unsigned)count, compared);
	if (result < 0)
		return error_set_errno(error, -result, "add a rule for '%s'", call);
	return true;
}

// Set in the numbers of x32 on x86_64.
static const uint32_t x32_bit = 0x40000000;

// What decides before the rules: a native call that is newer than the rules. Each jump skips to the end of this part;
// numbers with the x32 bit are left to the rules.
static void add_limit(Buffer *buffer, int last_call)
{
	const struct sock_filter instructions[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, seccomp_arch_native(), 0, 4),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, x32_bit, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, (uint32_t)last_call, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
	};
	buffer_add_bytes(buffer, instructions, sizeof(instructions));
}

bool seccomp_filter_print(const SeccompFilter *filter, int last_call, Buffer *ret, Error *error)
{
	CLEANUP_FD fd = memfd_create("seccomp", MFD_CLOEXEC);
	if (fd < 0)
		return error_set_errno(error, errno, "make room for a seccomp program");
	const int result = seccomp_export_bpf(filter->context, fd);
	if (result < 0)
		return error_set_errno(error, -result, "compile a seccomp program");

	CLEANUP_ARENA scratch = arena_new();
	const char *program = NULL;
	size_t length = 0;
	if (lseek(fd, 0, SEEK_SET) < 0 ||
	    !file_read_fd(fd, program_bytes_max, scratch, &program, &length, error))
		return error_wrap(error, "read a seccomp program");
	const size_t limit_bytes = last_call < 0 ? 0 : 6 * sizeof(struct sock_filter);
	if (limit_bytes + length > BPF_MAXINSNS * sizeof(struct sock_filter))
		return error_set(error, ERROR_LIMIT,
				 "the seccomp program has more than %d instructions", BPF_MAXINSNS);
	if (last_call >= 0)
		add_limit(ret, last_call);
	buffer_add_bytes(ret, program, length);
	return true;
}

void seccomp_program_begin(Buffer *ret, int last_call)
{
	// Calls that only x32 has; other architectures have none of these numbers.
	static const uint32_t first_of_x32 = 512, behind_x32 = 548;
	const struct sock_filter instructions[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, ~x32_bit),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, (uint32_t)last_call, 0, 3),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, behind_x32, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, first_of_x32, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
	};
	buffer_add_bytes(ret, instructions, sizeof(instructions));
}

bool seccomp_program_join(Span first, Span second, Buffer *ret, Error *error)
{
	const size_t count = first.len / sizeof(struct sock_filter);
	if (first.len + second.len > BPF_MAXINSNS * sizeof(struct sock_filter))
		return error_set(error, ERROR_LIMIT,
				 "the seccomp program has more than %d instructions", BPF_MAXINSNS);
	for (size_t i = 0; i < count; i++) {
		struct sock_filter instruction;
		memcpy(&instruction, first.ptr + i * sizeof(instruction), sizeof(instruction));
		const bool allows =
			instruction.code == (BPF_RET | BPF_K) && instruction.k == SECCOMP_RET_ALLOW;
		if (allows && second.len > 0)
			instruction = (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA,
								   (uint32_t)(count - i - 1));
		buffer_add_bytes(ret, &instruction, sizeof(instruction));
	}
	buffer_add_bytes(ret, second.ptr, second.len);
	return true;
}
