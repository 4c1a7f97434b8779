// The first instruction of a guest program, and the four functions that compilers take for granted.
#include "isolate/guest/base/system.h"

// Called with the initial stack: the argument count, the arguments, NULL, the environment, NULL.
__attribute__((noreturn, used)) void start_from_stack(long *stack);

void start_from_stack(long *stack)
{
	const int count = (int)stack[0];
	char **arguments = (char **)(stack + 1);
	sys_exit(guest_main(count, arguments, arguments + count + 1));
}

#if defined(__x86_64__)
__asm__(".globl _start\n"
	"_start:\n"
	"	xor %ebp, %ebp\n"
	"	mov %rsp, %rdi\n"
	"	and $-16, %rsp\n"
	"	call start_from_stack\n");
#elif defined(__aarch64__)
__asm__(".globl _start\n"
	"_start:\n"
	"	mov x29, #0\n"
	"	mov x30, #0\n"
	"	mov x0, sp\n"
	"	b start_from_stack\n");
#endif

void *memcpy(void *to, const void *from, size_t size)
{
	char *target = to;
	const char *source = from;
	for (size_t i = 0; i < size; i++)
		target[i] = source[i];
	return to;
}

void *memmove(void *to, const void *from, size_t size)
{
	char *target = to;
	const char *source = from;
	if (target <= source)
		return memcpy(to, from, size);
	for (size_t i = size; i > 0; i--)
		target[i - 1] = source[i - 1];
	return to;
}

void *memset(void *to, int byte, size_t size)
{
	char *target = to;
	for (size_t i = 0; i < size; i++)
		target[i] = (char)byte;
	return to;
}

int memcmp(const void *left, const void *right, size_t size)
{
	const unsigned char *one = left, *other = right;
	for (size_t i = 0; i < size; i++) {
		if (one[i] != other[i])
			return one[i] - other[i];
	}
	return 0;
}
