#include "tests/unit/network_lab.h"

#include "pkg/net/link.h"
#include "pkg/net/route.h"
#include "pkg/sys/file.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#define PATIENCE_MS 2000

Ipv4 lab_pod_address(const Lab *lab, uint32_t slot)
{
	return subnet_slot_address(&lab->host.subnet, slot);
}

bool lab_enter(int namespace)
{
	return setns(namespace, CLONE_NEWNET) == 0;
}

static size_t count_links(Arena *arena, Error *error)
{
	Texts names = { 0 };
	size_t count = 0;
	if (!file_list(AT_FDCWD, "/proc/sys/net/ipv4/conf", arena, &names, error))
		return 0;
	for (size_t i = 0; i < names.count; i++)
		count += strncmp(names.items[i], "sdme", 4) == 0;
	return count;
}

size_t lab_count_links(Test *test, const Lab *lab)
{
	const char *path = arena_printf(test->arena, "%s-network", lab->host.run_dir);
	CLEANUP_FD router = open(path, O_RDONLY | O_CLOEXEC);
	if (!lab_enter(router))
		return 0;
	const size_t count = count_links(test->arena, &test->error);
	return lab_enter(lab->host_namespace) ? count : 0;
}

static int own_namespace(void)
{
	return open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
}

void lab_run_apart(Test *test, void (*body)(Test *test))
{
	if (geteuid() != 0)
		SKIP("needs root");
	(void)test_directory(test);
	fflush(stdout);
	const pid_t child = fork();
	if (child == 0) {
		setpgid(0, 0);
		signal(SIGTERM, SIG_IGN); // ends the others only
		body(test);
		fflush(stdout);
		kill(0, SIGTERM);
		_exit(test->has_failed ? 1 : test->skip_reason ? 77 : 0);
	}
	int status = 0;
	CHECK(waitpid(child, &status, 0) == child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		SKIP("no network namespaces here");
	test->has_failed = status != 0;
}

void lab_become_servant(void)
{
	signal(SIGTERM, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

int lab_bound_socket(int type, uint16_t port)
{
	const int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	const int on = 1;
	const struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -1;
	if (type == SOCK_STREAM && listen(fd, 64) < 0)
		return -1;
	return fd;
}

static const char *print_answer(Arena *arena, const char *name, const struct sockaddr_in *peer)
{
	return arena_printf(arena, "%s sees %s", name,
			    ipv4_print(ntohl(peer->sin_addr.s_addr), arena));
}

// Answers each connection and each datagram with "NAME sees ADDRESS".
static void serve(const char *name, int tcp, int udp)
{
	struct pollfd fds[] = { { .fd = tcp, .events = POLLIN }, { .fd = udp, .events = POLLIN } };
	while (poll(fds, COUNT(fds), -1) > 0) {
		CLEANUP_ARENA scratch = arena_new();
		struct sockaddr_in peer = { 0 };
		socklen_t size = sizeof(peer);
		char request[16];
		if (fds[0].revents) {
			CLEANUP_FD fd = accept(tcp, (struct sockaddr *)&peer, &size);
			const char *answer = print_answer(scratch, name, &peer);
			(void)send(fd, answer, strlen(answer), MSG_NOSIGNAL);
		}
		if (fds[1].revents && recvfrom(udp, request, sizeof(request), 0,
					       (struct sockaddr *)&peer, &size) >= 0) {
			const char *answer = print_answer(scratch, name, &peer);
			(void)sendto(udp, answer, strlen(answer), 0, (struct sockaddr *)&peer,
				     size);
		}
	}
	_exit(0);
}

pid_t lab_start_server(int namespace, const char *name, uint16_t port)
{
	int ready[2];
	if (pipe2(ready, O_CLOEXEC) < 0)
		return -1;
	const pid_t child = fork();
	if (child == 0) {
		lab_become_servant();
		if (!lab_enter(namespace))
			_exit(1);
		const int tcp = lab_bound_socket(SOCK_STREAM, port),
			  udp = lab_bound_socket(SOCK_DGRAM, port);
		if (tcp < 0 || udp < 0)
			_exit(1);
		(void)!write(ready[1], "r", 1);
		serve(name, tcp, udp);
	}
	close(ready[1]);
	char byte;
	const bool is_ready = read(ready[0], &byte, 1) == 1;
	close(ready[0]);
	return is_ready ? child : -1;
}

bool lab_start_pod_here(const Lab *lab, const PodNetwork *pod, const PublishedPorts *ports)
{
	CLEANUP_ERROR error = { 0 };
	if (network_start_pod(&lab->host, pod, ports, &error))
		return true;
	printf("# %s: %s\n", pod->name, error.message);
	fflush(stdout);
	return false;
}

bool lab_start_pod(const Lab *lab, const char *name, uint32_t slot, const PublishedPorts *ports,
		   LabPod *ret)
{
	const PodNetwork pod = { name, subnet_slot_address(&lab->host.subnet, slot) };
	int ready[2];
	if (pipe2(ready, O_CLOEXEC) < 0)
		return false;
	const pid_t child = fork();
	if (child == 0) {
		lab_become_servant();
		if (!lab_start_pod_here(lab, &pod, ports))
			_exit(1);
		const int tcp = lab_bound_socket(SOCK_STREAM, LAB_POD_PORT);
		const int udp = lab_bound_socket(SOCK_DGRAM, LAB_POD_PORT);
		(void)!write(ready[1], "r", 1);
		serve(name, tcp, udp);
	}
	close(ready[1]);
	char byte;
	const bool is_ready = read(ready[0], &byte, 1) == 1;
	close(ready[0]);
	if (!is_ready)
		return false;

	char path[sizeof("/proc//ns/net") + DECIMAL_MAX(pid_t)];
	(void)snprintf(path, sizeof(path), "/proc/%d/ns/net", child);
	*ret = (LabPod){ child, open(path, O_RDONLY | O_CLOEXEC) };
	return ret->namespace >= 0;
}

void lab_end_pod(LabPod *pod)
{
	kill(pod->process, SIGKILL);
	waitpid(pod->process, NULL, 0);
	close(pod->namespace);
}

static bool make_uplink(int outside, Error *error)
{
	CLEANUP_NETLINK here = NULL;
	CLEANUP_NETLINK there = NULL;
	Link link = { 0 };
	const int home = own_namespace();
	const VethPair pair = { .name = "uplink",
				.peer = "wire",
				.alias = "test",
				.peer_namespace = outside,
				.mtu = LAB_UPLINK_MTU,
				.hardware = link_hardware_of(LAB_HOST),
				.peer_hardware = link_hardware_of(LAB_OUTSIDE) };
	const bool is_done =
		link_open(&here, error) && link_set_up(here, 1, error) &&
		link_make_veth(here, &pair, error) && link_find(here, "uplink", &link, error) &&
		route_add_address(here, link.index, LAB_HOST, 24, error) &&
		route_set(here, &(Route){ .gateway = LAB_OUTSIDE, .link = link.index }, error) &&
		lab_enter(outside) && link_open(&there, error) && link_set_up(there, 1, error) &&
		link_find(there, "wire", &link, error) &&
		route_add_address(there, link.index, LAB_OUTSIDE, 24, error) &&
		link_set_up(there, link.index, error) &&
		// The outside knows a way to the pods, and must still not get in by it.
		route_set(there, &(Route){ .gateway = LAB_HOST, .link = link.index }, error) &&
		lab_enter(home);
	close(home);
	return is_done;
}

static const char *make_run_directory(Test *test)
{
	const char *path = arena_printf(test->arena, "%s/run", test_directory(test));
	return file_make_directories(AT_FDCWD, path, 0700, &test->error) ? path : "";
}

bool lab_make(Test *test, Lab *ret)
{
	if (unshare(CLONE_NEWNET) < 0) {
		test->skip_reason = "no network namespaces";
		return false;
	}
	const int outside = own_namespace();
	if (unshare(CLONE_NEWNET | CLONE_NEWNS) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return false;
	*ret = (Lab){ .host = { .run_dir = make_run_directory(test),
				.subnet = { .base = 0x0ae90000, .prefix = 16 } },
		      .host_namespace = own_namespace(),
		      .outside_namespace = outside };
	if (make_uplink(outside, &test->error))
		return true;
	test_fail(test, __FILE__, __LINE__, "no lab");
	return false;
}

static bool try_talk(int fd, int type, Ipv4 address, uint16_t port, char *answer, size_t size)
{
	const struct sockaddr_in target = { .sin_family = AF_INET,
					    .sin_port = htons(port),
					    .sin_addr.s_addr = htonl(address) };
	if (connect(fd, (const struct sockaddr *)&target, sizeof(target)) < 0)
		return false;
	if (type == SOCK_DGRAM && send(fd, "hello", 5, 0) < 0)
		return false;
	const ssize_t got = recv(fd, answer, size - 1, 0);
	if (got <= 0)
		return false;
	answer[got] = '\0';
	return true;
}

// What `address`:`port` answers to a client in `namespace`, or why it doesn't: "refused", "silent".
static const char *talk(Test *test, const Lab *lab, int namespace, int type, Ipv4 address,
			uint16_t port, int patience_ms)
{
	if (!lab_enter(namespace))
		return "no such namespace";
	CLEANUP_FD fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	if (!lab_enter(lab->host_namespace))
		return "lost";
	const struct timeval patience = { patience_ms / 1000, patience_ms % 1000 * 1000 };
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));

	char answer[128];
	if (try_talk(fd, type, address, port, answer, sizeof(answer)))
		return arena_strdup(test->arena, answer);
	return errno == ECONNREFUSED ? "refused"
	       : errno == EAGAIN || errno == EINPROGRESS || errno == ETIMEDOUT
		       ? "silent"
		       : arena_printf(test->arena, "%s", strerror(errno));
}

const char *lab_ask(Test *test, const Lab *lab, int namespace, int type, Ipv4 address,
		    uint16_t port)
{
	return talk(test, lab, namespace, type, address, port, PATIENCE_MS);
}

const char *lab_find_nothing(Test *test, const Lab *lab, int namespace, int type, Ipv4 address,
			     uint16_t port)
{
	return talk(test, lab, namespace, type, address, port, LAB_IMPATIENCE_MS);
}
