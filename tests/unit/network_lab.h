// tests/unit/network_lab.h - a little world of network namespaces for tests of the pod network.
// A "host" without anything of ours, joined by `uplink` to an "outside" machine; pods are processes that answer on TCP
// and UDP. All of it lives in a process of its own and dies with it. Root only.
#ifndef TESTS_UNIT_NETWORK_LAB_H
#define TESTS_UNIT_NETWORK_LAB_H

#include "pkg/net/network.h"
#include "tests/unit/test.h"

#include <sys/types.h>

#define LAB_HOST          ((Ipv4)0xc6336401) // 198.51.100.1
#define LAB_OUTSIDE       ((Ipv4)0xc6336402) // 198.51.100.2
#define LAB_POD_PORT      80
#define LAB_UPLINK_MTU    1400
#define LAB_PATIENCE_MS   10000 // the wait for what must come
#define LAB_IMPATIENCE_MS 250   // the wait for what must not come

typedef struct Lab {
	NetworkHost host;
	int host_namespace;
	int outside_namespace;
} Lab;

typedef struct LabPod {
	pid_t process;
	int namespace;
} LabPod;

// Runs the test's body in a process of its own, which may change its network namespace; processes that it leaves behind
// are ended. Skips without root.
void lab_run_apart(Test *test, void (*body)(Test *test));
// The caller is the host afterwards. False when the test is over: failed, or skipped.
bool lab_make(Test *test, Lab *ret);
bool lab_enter(int namespace);
// How many links of pods there are, in the router.
size_t lab_count_links(Test *test, const Lab *lab);

// A pod whose process answers "NAME sees ADDRESS" on LAB_POD_PORT, TCP and UDP.
bool lab_start_pod(const Lab *lab, const char *name, uint32_t slot, const PublishedPorts *ports,
		   LabPod *ret);
void lab_end_pod(LabPod *pod);
// Makes the calling process the pod; false with the error on standard output.
bool lab_start_pod_here(const Lab *lab, const PodNetwork *pod, const PublishedPorts *ports);
Ipv4 lab_pod_address(const Lab *lab, uint32_t slot);
// A process that answers on `port` in the namespace as a pod does; -1 when it couldn't start.
pid_t lab_start_server(int namespace, const char *name, uint16_t port);
// For processes that a test forks: they end with it.
void lab_become_servant(void);
// Bound to all addresses, listening when it is a stream; -1 on failure.
int lab_bound_socket(int type, uint16_t port);

// What `address`:`port` answers to a client in `namespace`, or "refused", "silent" or the error.
const char *lab_ask(Test *test, const Lab *lab, int namespace, int type, Ipv4 address,
		    uint16_t port);
// As lab_ask, for what is expected to be silent: waits less.
const char *lab_find_nothing(Test *test, const Lab *lab, int namespace, int type, Ipv4 address,
			     uint16_t port);

#endif
