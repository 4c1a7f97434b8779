#include "isolate/enter/gate.h"

#include <asm/ioctls.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
#define NATIVE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE AUDIT_ARCH_AARCH64
#else
#error "which seccomp architecture is this?"
#endif

// Both architectures are little endian: the lower half of an argument comes first.
#define ARGUMENT(index) ((uint32_t)offsetof(struct seccomp_data, args) + 8 * (index))
#define PASSWORD        5
#define HALF            4

// What sdme-isolate does between the program and execve.
static const struct {
	uint32_t call;
	uint32_t argument; // the index of the one that says what is meant
	uint32_t value;
} calls[] = {
	{ SYS_clone, 0, CLONE_PARENT | CLONE_PARENT_SETTID | SIGCHLD },
	{ SYS_exit_group, 0, 0 },
	{ SYS_prctl, 0, PR_SET_PDEATHSIG },
	{ SYS_setsid, 0, 0 },
	{ SYS_ioctl, 1, TIOCSCTTY },
};

enum {
	HEAD_LENGTH = 3,
	CALL_LENGTH = 8,
	GATE_LENGTH = HEAD_LENGTH + COUNT(calls) * CALL_LENGTH,
};

static void add(Buffer *text, struct sock_filter instruction)
{
	buffer_add_bytes(text, &instruction, sizeof(instruction));
}

static void add_load(Buffer *text, uint32_t offset)
{
	add(text, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset));
}

// Goes on when the loaded word is `value`, and over the next `otherwise` instructions when not.
static void add_test(Buffer *text, uint32_t value, size_t otherwise)
{
	add(text,
	    (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, (uint8_t)otherwise));
}

// `left`: instructions of the gate behind this call's.
static void add_call(Buffer *text, size_t index, uint64_t password, size_t left)
{
	add_test(text, calls[index].call, CALL_LENGTH - 1);
	add_load(text, ARGUMENT(calls[index].argument));
	add_test(text, calls[index].value, left + 5);
	add_load(text, ARGUMENT(PASSWORD));
	add_test(text, (uint32_t)password, left + 3);
	add_load(text, ARGUMENT(PASSWORD) + HALF);
	add_test(text, (uint32_t)(password >> 32), left + 1);
	add(text, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
}

void gate_print(Span program, uint64_t password, Buffer *ret)
{
	if (program.len == 0)
		return;
	add_load(ret, offsetof(struct seccomp_data, arch));
	add_test(ret, NATIVE, GATE_LENGTH - 2);
	add_load(ret, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < COUNT(calls); i++)
		add_call(ret, i, password, (COUNT(calls) - 1 - i) * CALL_LENGTH);
	buffer_add_bytes(ret, program.ptr, program.len);
}
