// The application of the test images: one static program that needs nothing in its image.
// Its arguments are actions, carried out in their order: `hello --on 15 7 --say ready --http 80`.
// Without any it prints what it was started with. `hello --help` lists the actions.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum {
	SIGNALS = 65,
	REQUEST_BYTES = 8192,
	USAGE_STATUS = 64,
	FAILURE_STATUS = 65,
};

static int status_of_signal[SIGNALS];

// What /fail, /ok and /count of the HTTP server speak of.
typedef struct Health {
	bool failing;
	unsigned checks;
} Health;

static _Noreturn void die(const char *what, const char *subject)
{
	fprintf(stderr, "hello: %s '%s': %s\n", what, subject, strerror(errno));
	exit(FAILURE_STATUS);
}

static long number(const char *text)
{
	long value = 0;
	for (const char *c = text; *c; c++) {
		if (*c < '0' || *c > '9' || value > INT32_MAX) {
			fprintf(stderr, "hello: '%s' is not a number\n", text);
			exit(USAGE_STATUS);
		}
		value = value * 10 + (*c - '0');
	}
	return value;
}

static int signal_number(const char *text)
{
	const long value = number(text);
	if (value < 1 || value >= SIGNALS) {
		fprintf(stderr, "hello: '%s' is not a signal number\n", text);
		exit(USAGE_STATUS);
	}
	return (int)value;
}

static void nap(long milliseconds)
{
	struct timespec left = { milliseconds / 1000, milliseconds % 1000 * 1000000 };
	while (nanosleep(&left, &left) < 0 && errno == EINTR)
		;
}

static void say(char **args)
{
	puts(args[0]);
}

static void say_error(char **args)
{
	fprintf(stderr, "%s\n", args[0]);
}

static void print_ids(void)
{
	gid_t groups[256];
	const int count = getgroups(256, groups);
	printf("pid=%d\nuid=%u euid=%u gid=%u egid=%u groups=", (int)getpid(), getuid(), geteuid(),
	       getgid(), getegid());
	for (int i = 0; i < count; i++)
		printf("%s%u", i ? "," : "", groups[i]);
	putchar('\n');
}

static void print(char **args)
{
	char directory[4096];
	(void)args;
	print_ids();
	printf("cwd=%s\n", getcwd(directory, sizeof directory) ? directory : "?");
	for (char **entry = environ; *entry; entry++)
		printf("env=%s\n", *entry);
}

static void print_variable(char **args)
{
	const char *value = getenv(args[0]);
	puts(value ? value : "(unset)");
}

static void cat(char **args)
{
	char buffer[65536];
	const int fd = open(args[0], O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die("cannot open", args[0]);
	fflush(stdout);
	for (;;) {
		const ssize_t got = read(fd, buffer, sizeof buffer);
		if (got < 0)
			die("cannot read", args[0]);
		if (got == 0)
			break;
		if (write(STDOUT_FILENO, buffer, (size_t)got) != got)
			die("cannot print", args[0]);
	}
	close(fd);
}

static void put(const char *path, int flags, const char *text)
{
	const int fd = open(path, O_WRONLY | O_CLOEXEC | flags, 0644);
	if (fd < 0)
		die("cannot open", path);
	if (dprintf(fd, "%s\n", text) < 0)
		die("cannot write", path);
	close(fd);
}

static void write_file(char **args)
{
	put(args[0], O_CREAT | O_TRUNC, args[1]);
}

static void append_file(char **args)
{
	put(args[0], O_CREAT | O_APPEND, args[1]);
}

// As a program does that logs to /dev/stdout: no O_CREAT, so that a missing path is an error.
static void open_and_write(char **args)
{
	put(args[0], O_APPEND, args[1]);
}

static void print_status(char **args)
{
	struct stat info;
	if (lstat(args[0], &info) < 0)
		die("cannot stat", args[0]);
	printf("%s mode=%o uid=%u gid=%u size=%lld links=%lu\n", args[0], info.st_mode, info.st_uid,
	       info.st_gid, (long long)info.st_size, (unsigned long)info.st_nlink);
}

static void wait_for_file(char **args)
{
	while (access(args[0], F_OK) < 0)
		nap(10);
}

static void end(int signal)
{
	_exit(status_of_signal[signal]);
}

static void on_signal(char **args)
{
	const int signal_wanted = signal_number(args[0]);
	struct sigaction action = { .sa_handler = end };
	status_of_signal[signal_wanted] = (int)number(args[1]);
	if (sigaction(signal_wanted, &action, NULL) < 0)
		die("cannot catch signal", args[0]);
}

static void ignore_signal(char **args)
{
	if (signal(signal_number(args[0]), SIG_IGN) == SIG_ERR)
		die("cannot ignore signal", args[0]);
}

static void raise_signal(char **args)
{
	raise(signal_number(args[0]));
}

static void exit_with(char **args)
{
	exit((int)number(args[0]));
}

static void sleep_seconds(char **args)
{
	nap(number(args[0]) * 1000);
}

static void sleep_milliseconds(char **args)
{
	nap(number(args[0]));
}

static void wait_forever(char **args)
{
	(void)args;
	for (;;)
		pause();
}

// Touches every page: memory that is only asked for costs nothing and meets no limit.
static void allocate(char **args)
{
	const size_t bytes = (size_t)number(args[0]) << 20;
	volatile char *memory =
		malloc(bytes); // volatile: or the compiler leaves out what nobody reads
	if (!memory)
		die("cannot allocate MiB", args[0]);
	for (size_t i = 0; i < bytes; i += 4096)
		memory[i] = 1;
	printf("allocated %s MiB\n", args[0]);
}

static void fork_children(char **args)
{
	const long wanted = number(args[0]);
	long made = 0;
	fflush(stdout);
	for (; made < wanted; made++) {
		const pid_t child = fork();
		if (child < 0)
			break;
		if (child == 0)
			wait_forever(NULL);
	}
	printf("forked %ld of %ld\n", made, wanted);
}

static void repeat(char **args)
{
	for (;;) {
		puts(args[1]);
		nap(number(args[0]));
	}
}

static struct sockaddr_in ipv4(const char *host, const char *port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons((uint16_t)number(port)) };
	if (inet_pton(AF_INET, host, &address.sin_addr) != 1) {
		fprintf(stderr, "hello: '%s' is not an IPv4 address\n", host);
		exit(USAGE_STATUS);
	}
	return address;
}

static void connect_to(char **args)
{
	const struct sockaddr_in address = ipv4(args[0], args[1]);
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof address) < 0)
		die("cannot connect to", args[0]);
	printf("connected to %s port %s\n", args[0], args[1]);
	close(fd);
}

// Port 0 takes over the listening socket that systemd passed (descriptor 3).
static int listen_on(const char *port)
{
	const struct sockaddr_in address = ipv4("0.0.0.0", port);
	const int on = 1;
	if (address.sin_port == 0)
		return 3;
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
	    bind(fd, (const struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 128) < 0)
		die("cannot listen on port", port);
	return fd;
}

static void respond(int fd, int status, const char *extra_headers, const char *body)
{
	dprintf(fd,
		"HTTP/1.1 %d Test\r\nContent-Type: text/plain\r\n%sContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
		status, extra_headers, strlen(body), body);
}

static void respond_environment(int fd)
{
	dprintf(fd, "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n");
	for (char **entry = environ; *entry; entry++)
		dprintf(fd, "%s\n", *entry);
}

static void respond_health(int fd, Health *health)
{
	health->checks++;
	respond(fd, health->failing ? 503 : 200, "", health->failing ? "failing\n" : "ok\n");
}

static void respond_count(int fd, const Health *health)
{
	char body[32];
	snprintf(body, sizeof body, "%u\n", health->checks);
	respond(fd, 200, "", body);
}

static void respond_greeting(int fd)
{
	char name[256] = "";
	char body[512];
	gethostname(name, sizeof name - 1);
	snprintf(body, sizeof body, "hello from %s\n", name);
	respond(fd, 200, "", body);
}

static const char *after(const char *path, const char *prefix)
{
	const size_t length = strlen(prefix);
	return strncmp(path, prefix, length) == 0 ? path + length : NULL;
}

// The paths: see usage().
static void route(int fd, const char *path, const char *request, Health *health)
{
	const char *rest;
	if ((rest = after(path, "/status/"))) {
		respond(fd, (int)number(rest), "", "as you asked\n");
	} else if ((rest = after(path, "/exit/"))) {
		respond(fd, 200, "", "bye\n");
		exit((int)number(rest));
	} else if ((rest = after(path, "/slow/"))) {
		nap(number(rest));
		respond(fd, 200, "", "at last\n");
	} else if (strcmp(path, "/healthz") == 0) {
		respond_health(fd, health);
	} else if (strcmp(path, "/count") == 0) {
		respond_count(fd, health);
	} else if (strcmp(path, "/fail") == 0 || strcmp(path, "/ok") == 0) {
		health->failing = path[1] == 'f';
		respond(fd, 200, "", "noted\n");
	} else if (strcmp(path, "/redirect") == 0) {
		respond(fd, 302, "Location: /healthz\r\n", "");
	} else if (strcmp(path, "/echo") == 0) {
		respond(fd, 200, "", request);
	} else if (strcmp(path, "/env") == 0) {
		respond_environment(fd);
	} else {
		respond_greeting(fd);
	}
}

// Reads up to the end of the headers. False: the peer left or sent something else than a request.
static bool read_request(int fd, char request[REQUEST_BYTES])
{
	size_t length = 0;
	request[0] = '\0';
	while (!strstr(request, "\r\n\r\n")) {
		struct pollfd wait = { .fd = fd, .events = POLLIN };
		if (length == REQUEST_BYTES - 1 || poll(&wait, 1, 2000) != 1)
			return false;
		const ssize_t got = read(fd, request + length, REQUEST_BYTES - 1 - length);
		if (got <= 0)
			return false;
		length += (size_t)got;
		request[length] = '\0';
	}
	return true;
}

static void serve(int fd, Health *health)
{
	char request[REQUEST_BYTES];
	char path[1024];
	if (read_request(fd, request) && sscanf(request, "%*15s %1023s", path) == 1)
		route(fd, path, request, health);
	// Says that the answer is complete before the socket goes.
	shutdown(fd, SHUT_WR);
	close(fd);
}

static void serve_http(char **args)
{
	Health health = { 0 };
	const int listener = listen_on(args[0]);
	signal(SIGPIPE, SIG_IGN);
	printf("serving on port %s\n", args[0]);
	fflush(stdout);
	for (;;) {
		const int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0)
			serve(fd, &health);
		else if (errno != EINTR && errno != ECONNABORTED)
			die("cannot accept on port", args[0]);
	}
}

typedef struct Action {
	const char *name;
	int arguments;
	void (*run)(char **args);
	const char *help;
} Action;

static const Action actions[] = {
	{ "--print", 0, print, "ids, working directory, environment" },
	{ "--env", 1, print_variable, "NAME: one variable" },
	{ "--say", 1, say, "TEXT: a line on stdout" },
	{ "--err", 1, say_error, "TEXT: a line on stderr" },
	{ "--every", 2, repeat, "MILLISECONDS TEXT: a line on stdout, for ever" },
	{ "--cat", 1, cat, "PATH: print a file" },
	{ "--stat", 1, print_status, "PATH: mode, owner, size, links" },
	{ "--write", 2, write_file, "PATH TEXT: create or replace a file" },
	{ "--append", 2, append_file, "PATH TEXT: add a line to a file" },
	{ "--open", 2, open_and_write,
	  "PATH TEXT: add a line to what exists, such as /dev/stdout" },
	{ "--wait-file", 1, wait_for_file, "PATH: wait until it exists" },
	{ "--on", 2, on_signal,
	  "SIGNAL STATUS: exit with STATUS at that signal (a number; 15 is TERM)" },
	{ "--ignore", 1, ignore_signal, "SIGNAL: ignore it" },
	{ "--raise", 1, raise_signal, "SIGNAL: send it to itself" },
	{ "--exit", 1, exit_with, "STATUS: exit now" },
	{ "--sleep", 1, sleep_seconds, "SECONDS" },
	{ "--nap", 1, sleep_milliseconds, "MILLISECONDS" },
	{ "--forever", 0, wait_forever, "wait for a signal" },
	{ "--alloc", 1, allocate, "MIB: take memory and touch it" },
	{ "--fork", 1, fork_children, "N: make up to N children that wait" },
	{ "--connect", 2, connect_to, "ADDRESS PORT: open a TCP connection" },
	{ "--http", 1, serve_http,
	  "PORT: serve / /healthz /fail /ok /count /status/N /exit/N /slow/MS /redirect /echo /env; 0: descriptor 3" },
};

enum {
	ACTION_COUNT = sizeof actions / sizeof actions[0]
};

static _Noreturn void usage(int status)
{
	FILE *out = status ? stderr : stdout;
	fputs("Usage: hello [ACTION...]\n", out);
	for (size_t i = 0; i < ACTION_COUNT; i++)
		fprintf(out, "  %-12s %s\n", actions[i].name, actions[i].help);
	exit(status);
}

static const Action *find_action(const char *name)
{
	for (size_t i = 0; i < ACTION_COUNT; i++) {
		if (strcmp(actions[i].name, name) == 0)
			return &actions[i];
	}
	return NULL;
}

static void print_arguments(int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		printf("arg%d=%s\n", i, argv[i]);
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc < 2) {
		print_arguments(argc, argv);
		print(NULL);
	}
	for (int i = 1; i < argc;) {
		const Action *action = find_action(argv[i]);
		if (!action || argc - i - 1 < action->arguments)
			usage(strcmp(argv[i], "--help") == 0 ? 0 : USAGE_STATUS);
		if (action->run == print)
			print_arguments(argc, argv);
		action->run(argv + i + 1);
		i += 1 + action->arguments;
	}
	return 0;
}
