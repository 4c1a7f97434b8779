// isolate/guest/base/system.h - Linux without a C library: the system calls that guest programs make.
// Guest programs run in any image, also in an empty one, so they are freestanding. A call returns what the kernel
// returns: a negative errno on failure. Only calls that x86_64 and aarch64 both have.
#ifndef ISOLATE_GUEST_BASE_SYSTEM_H
#define ISOLATE_GUEST_BASE_SYSTEM_H

#include <asm/errno.h>
#include <asm/signal.h>
#include <asm/statfs.h>
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include <linux/mount.h>
#include <linux/poll.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <linux/signalfd.h>
#include <linux/stat.h>
#include <linux/time_types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
static inline long system_call(long number, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long result;
	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "0"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}
static inline long system_call3(long number, long a, long b, long c)
{
	long result;
	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "0"(number), "D"(a), "S"(b), "d"(c)
			 : "rcx", "r11", "memory");
	return result;
}
#elif defined(__aarch64__)
static inline long system_call(long number, long a, long b, long c, long d, long e, long f)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;
	__asm__ volatile("svc 0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory");
	return x0;
}

static inline long system_call3(long number, long a, long b, long c)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
	return x0;
}
#else
#error "this architecture has no system calls here yet"
#endif

// Up to three arguments take fewer instructions.
#define CALL0(name)                CALL3(name, 0, 0, 0)
#define CALL1(name, a)             CALL3(name, a, 0, 0)
#define CALL2(name, a, b)          CALL3(name, a, b, 0)
#define CALL3(name, a, b, c)       system_call3(__NR_##name, (long)(a), (long)(b), (long)(c))
#define CALL4(name, a, b, c, d)    CALL6(name, a, b, c, d, 0, 0)
#define CALL5(name, a, b, c, d, e) CALL6(name, a, b, c, d, e, 0)
#define CALL6(name, a, b, c, d, e, f)                                                              \
	system_call(__NR_##name, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

// What the kernel's headers leave to the C library.
enum {
	STDIN = 0,
	STDOUT = 1,
	STDERR = 2,
	FIRST_OTHER_FD = 3,
	SIGNAL_COUNT = 64,
	SIGNAL_SET_BYTES = 8,
	TYPE_MASK = 0170000,
	TYPE_DIRECTORY = 0040000,
	TYPE_LINK = 0120000,
	TYPE_CHARACTERS = 0020000,
	CLOCK_OF_DAY = 0,
	CLOCK_SINCE_BOOT = 1,
	SOCKET_UNIX = 1,
	SOCKET_DATAGRAM = 2,
	MEMORY_READ = 1,
	MEMORY_WRITE = 2,
	MAP_OF_ALL = 1,        // MAP_SHARED
	NOT_FOR_CHILDREN = 10, // MADV_DONTFORK
	MAP_OF_OWN = 2,        // MAP_PRIVATE
	MAP_OF_ZEROS = 0x20,
	UNMOUNT_LAZY = 2, // MNT_DETACH
};

static inline void __attribute__((noreturn)) sys_exit(int status)
{
	for (;;)
		CALL1(exit_group, status);
}

static inline int sys_open(int directory, const char *path, int flags, int mode)
{
	return (int)CALL4(openat, directory, path, flags | O_CLOEXEC, mode);
}

static inline long sys_close(int fd)
{
	return CALL1(close, fd);
}

static inline long sys_read(int fd, void *bytes, size_t size)
{
	return CALL3(read, fd, bytes, size);
}

static inline long sys_write(int fd, const void *bytes, size_t size)
{
	return CALL3(write, fd, bytes, size);
}

static inline long sys_mount(const char *source, const char *target, const char *type,
			     unsigned long flags, const char *data)
{
	return CALL5(mount, source, target, type, flags, data);
}

static inline long sys_unmount(const char *target)
{
	return CALL2(umount2, target, UNMOUNT_LAZY);
}

static inline long sys_kill(int pid, int signal)
{
	return CALL2(kill, pid, signal);
}

static inline long sys_poll(struct pollfd *fds, unsigned count,
			    const struct __kernel_timespec *time)
{
	return CALL5(ppoll, fds, count, time, 0, SIGNAL_SET_BYTES);
}

// Microseconds.
static inline int64_t sys_clock(int clock)
{
	struct __kernel_timespec now = { 0 };
	CALL2(clock_gettime, clock, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

// `size` zeroed bytes that are never released; a negative errno as pointer value is possible (see sys_is_error).
static inline void *sys_allocate(size_t size)
{
	return (void *)CALL6(mmap, 0, size, MEMORY_READ | MEMORY_WRITE, MAP_OF_OWN | MAP_OF_ZEROS,
			     -1, 0);
}

static inline bool sys_is_error(const void *memory)
{
	return (uintptr_t)memory > (uintptr_t)-4096;
}

// start.c: what compilers call without being asked.
void *memcpy(void *to, const void *from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *left, const void *right, size_t size);

// The program: called by start.c with what the kernel put on the stack; its result is the exit status.
int guest_main(int count, char **arguments, char **environment);

#endif
