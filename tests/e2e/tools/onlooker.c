// Root of a container looks at every process that turns up beside it, as early as it can and with all its might.
// Prints what is known of itself first, then a line for each look at another one:
//
//     self: Seccomp 2 Seccomp_filters 2 NoNewPrivs 1 CapEff 00000000a80425fb CapBnd 00000000a80425fb
//     seen: …, at first sight; once it could be seized: …; "kept: …": an additional descriptor or a program to write to
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	STATUS_BYTES = 8192,
	STREAMS = 3,
	AHEAD = 3,
};

static int read_status(pid_t pid, char *text)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	const int fd = open(path, O_RDONLY);
	if (fd < 0)
		return -1;
	const ssize_t got = read(fd, text, STATUS_BYTES - 1);
	close(fd);
	text[got > 0 ? got : 0] = '\0';
	return got > 0 ? 0 : -1;
}

static void print_facts(const char *word, const char *status)
{
	static const char *const keys[] = { "Seccomp", "Seccomp_filters", "NoNewPrivs", "CapEff",
					    "CapBnd" };
	printf("%s:", word);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		char key[32];
		snprintf(key, sizeof(key), "\n%s:\t", keys[i]);
		const char *value = strstr(status, key);
		if (value)
			printf(" %s %.*s", keys[i], (int)strcspn(value + strlen(key), "\n"),
			       value + strlen(key));
	}
	printf("\n");
}

// What it could be robbed of.
static void print_kept(pid_t pid)
{
	char path[64], target[256];
	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	DIR *directory = opendir(path);
	for (struct dirent *entry; directory && (entry = readdir(directory));) {
		if (entry->d_name[0] == '.' || atoi(entry->d_name) < STREAMS)
			continue;
		const ssize_t length =
			readlinkat(dirfd(directory), entry->d_name, target, sizeof(target));
		printf("kept: descriptor %s %.*s\n", entry->d_name, (int)length, target);
	}
	if (directory)
		closedir(directory);
	snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	const int fd = open(path, O_WRONLY);
	if (fd >= 0 && write(fd, "", 0) == 0 && ftruncate(fd, 0) == 0)
		printf("kept: its program\n");
	if (fd >= 0)
		close(fd);
}

static void seize(pid_t pid)
{
	char status[STATUS_BYTES];
	while (ptrace(PTRACE_SEIZE, pid, 0, 0) < 0) {
		if (kill(pid, 0) < 0)
			return;
	}
	ptrace(PTRACE_INTERRUPT, pid, 0, 0);
	int ignored;
	waitpid(pid, &ignored, __WALL);
	if (read_status(pid, status) == 0)
		print_facts("seized", status);
	print_kept(pid);
	ptrace(PTRACE_DETACH, pid, 0, 0);
}

static pid_t last_pid(void)
{
	const pid_t probe = fork();
	if (probe == 0)
		_exit(0);
	waitpid(probe, NULL, 0);
	return probe;
}

int main(void)
{
	char status[STATUS_BYTES];
	setvbuf(stdout, NULL, _IOLBF, 0);
	read_status(getpid(), status);
	print_facts("self", status);
	for (pid_t next = last_pid() + 1;;) {
		for (pid_t pid = next; pid < next + AHEAD; pid++) {
			if (read_status(pid, status) < 0)
				continue;
			print_facts("seen", status);
			seize(pid);
			next = pid + 1;
			break;
		}
	}
}
