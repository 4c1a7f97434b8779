#include "pkg/net/network.h"

#include "pkg/base/text.h"
#include "pkg/net/link.h"
#include "pkg/net/publish.h"
#include "pkg/net/record.h"
#include "pkg/net/route.h"
#include "pkg/net/rules.h"
#include "pkg/net/sysctl.h"
#include "pkg/net/table.h"
#include "pkg/sys/file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>

#define OWN_NAMESPACE  "/proc/self/ns/net"
#define LOOPBACK_INDEX 1 // in every network namespace
#define ETHERNET_MTU   1500

const char *network_link_name(Ipv4 address, Arena *arena)
{
	return arena_printf(arena, "sdme%08x", address);
}

// --- what all pods share

// What the kernel has of our things, as text to compare with the record; "" when something is missing.
static bool print_state(const NetworkHost *host, Netlink *netlink, Arena *arena, const char **ret,
			Error *error)
{
	Link bridge = { 0 };
	Ipv4 address = 0;
	uint64_t table = 0;
	if (!link_find(netlink, NETWORK_BRIDGE, &bridge, error))
		return false;
	if (bridge.index != 0 && !route_find_address(netlink, bridge.index, &address, error))
		return false;
	if (!table_find(&table, error))
		return false;

	*ret = "";
	if (bridge.is_up && address == subnet_gateway(&host->subnet) && table != 0 &&
	    sysctl_is("ipv4/ip_forward", "1"))
		*ret = arena_printf(arena, "bridge %u %s table %llu rules %08x\n", bridge.index,
				    subnet_print(&host->subnet, arena), (unsigned long long)table,
				    rules_version(&host->subnet));
	return true;
}

static bool is_ready(const NetworkHost *host, Netlink *netlink, bool *ret, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *state = NULL, *record = NULL;
	if (!print_state(host, netlink, scratch, &state, error) ||
	    !record_load_ready(host->run_dir, scratch, &record, error))
		return false;
	*ret = !text_is_empty(state) && text_equal(state, record);
	return true;
}

// Two links with the same subnet would take each other's packets.
static bool check_rivals(const NetworkHost *host, Netlink *netlink, uint32_t bridge, Error *error)
{
	uint32_t rival = 0;
	if (!route_find_rival(netlink, &host->subnet, bridge, &rival, error))
		return false;
	if (rival == 0)
		return true;

	CLEANUP_ARENA scratch = arena_new();
	char name[IF_NAMESIZE] = "?";
	(void)if_indextoname(rival, name); // stays "?" when it is gone by now
	return error_set(
		error, ERROR_BUSY,
		"the pod network %s is in use on the link '%s' of this host; choose another one with "
		"the setting network_subnet",
		subnet_print(&host->subnet, scratch), name);
}

// Packets that fit the pods' links must fit the way out; larger than Ethernet's is of no use beyond the first hop.
static bool choose_mtu(Netlink *netlink, uint32_t *ret, Error *error)
{
	uint32_t uplink = 0, mtu = 0;
	if (!route_find_uplink(netlink, &uplink, error) ||
	    (uplink != 0 && !link_find_mtu(netlink, uplink, &mtu, error)))
		return false;
	*ret = mtu != 0 && mtu < ETHERNET_MTU ? mtu : ETHERNET_MTU;
	return true;
}

static bool make_bridge(const NetworkHost *host, Netlink *netlink, Link *ret, Error *error)
{
	uint32_t mtu = 0;
	if (!choose_mtu(netlink, &mtu, error) ||
	    !link_make_bridge(netlink, NETWORK_BRIDGE, subnet_gateway(&host->subnet), mtu, error))
		return false;
	return link_find(netlink, NETWORK_BRIDGE, ret, error);
}

static bool ensure_bridge(const NetworkHost *host, Netlink *netlink, Error *error)
{
	Link bridge = { 0 };
	if (!link_find(netlink, NETWORK_BRIDGE, &bridge, error) ||
	    !check_rivals(host, netlink, bridge.index, error))
		return false;
	if (bridge.index == 0 && !make_bridge(host, netlink, &bridge, error))
		return false;
	if (!bridge.is_bridge)
		return error_set(error, ERROR_EXISTS,
				 "the link '%s' of this host is not a bridge; rename or remove it",
				 NETWORK_BRIDGE);
	return link_set_up(netlink, bridge.index, error) &&
	       route_add_address(netlink, bridge.index, subnet_gateway(&host->subnet),
				 host->subnet.prefix, error);
}

static bool ensure_sysctls(Error *error)
{
	// Published ports on 127.0.0.1; rules.c keeps pods from using it.
	return sysctl_set("ipv4/conf/" NETWORK_BRIDGE "/route_localnet", "1", error) &&
	       sysctl_set_if_known("ipv6/conf/" NETWORK_BRIDGE "/disable_ipv6", "1", error) &&
	       sysctl_set("ipv4/ip_forward", "1", error);
}

static bool ensure_table(const NetworkHost *host, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	Publications publications = { 0 };
	return record_load_ports(host->run_dir, scratch, &publications, error) &&
	       table_install(&host->subnet, &publications, error);
}

static bool save_state(const NetworkHost *host, Netlink *netlink, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *state = NULL;
	return print_state(host, netlink, scratch, &state, error) &&
	       record_save_ready(host->run_dir, state, error);
}

static bool ensure(const NetworkHost *host, Netlink *netlink, Error *error)
{
	bool has_all = false;
	if (!is_ready(host, netlink, &has_all, error))
		return false;
	if (has_all)
		return true;

	CLEANUP_FD lock = -1;
	if (!record_lock(host->run_dir, &lock, error) || !is_ready(host, netlink, &has_all, error))
		return false;
	if (has_all) // another one was faster
		return true;
	return ensure_bridge(host, netlink, error) && ensure_sysctls(error) &&
	       ensure_table(host, error) && save_state(host, netlink, error);
}

bool network_ensure(const NetworkHost *host, Error *error)
{
	CLEANUP_NETLINK netlink = NULL;
	return (link_open(&netlink, error) && ensure(host, netlink, error)) ||
	       error_wrap(error, "set up the pod network");
}

bool network_host_address(const NetworkHost *host, Ipv4 *ret, Error *error)
{
	CLEANUP_NETLINK netlink = NULL;
	uint32_t uplink = 0;
	Ipv4 address = 0;
	if (!link_open(&netlink, error) || !route_find_uplink(netlink, &uplink, error) ||
	    (uplink != 0 && !route_find_address(netlink, uplink, &address, error)))
		return error_wrap(error, "find the address of this host");
	*ret = address != 0 ? address : subnet_gateway(&host->subnet);
	return true;
}

// --- one pod

static bool open_namespace(int *ret_fd, Error *error)
{
	const int fd = open(OWN_NAMESPACE, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_set_errno(error, errno, "open '%s'", OWN_NAMESPACE);
	*ret_fd = fd;
	return true;
}

static bool enter_namespace(int fd, Error *error)
{
	return setns(fd, CLONE_NEWNET) == 0 ||
	       error_set_errno(error, errno, "change the network namespace");
}

// For links that come later: eth0. lo is there already and keeps ::1, which programs expect.
static bool set_pod_sysctls(Error *error)
{
	return sysctl_set_if_known("ipv6/conf/default/disable_ipv6", "1", error) &&
	       sysctl_set("ipv4/ip_unprivileged_port_start", "0", error) &&
	       sysctl_set("ipv4/ping_group_range", "0 2147483647", error);
}

static bool set_up_inside(const NetworkHost *host, const PodNetwork *pod, Netlink *inside,
			  Error *error)
{
	Link link = { 0 };
	if (!link_find(inside, NETWORK_POD_LINK, &link, error))
		return false;
	return route_add_address(inside, link.index, pod->address, host->subnet.prefix, error) &&
	       link_set_up(inside, link.index, error) &&
	       route_add_default(inside, link.index, subnet_gateway(&host->subnet), error);
}

// In the new namespace; `outside` is a socket of the host's.
static bool connect_pod(const NetworkHost *host, const PodNetwork *pod, Netlink *outside,
			const Link *bridge, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_FD namespace = -1;
	CLEANUP_NETLINK inside = NULL;
	if (!open_namespace(&namespace, error) || !link_open(&inside, error) ||
	    !set_pod_sysctls(error) || !link_set_up(inside, LOOPBACK_INDEX, error))
		return false;

	const VethPair pair = {
		.name = network_link_name(pod->address, scratch),
		.peer = NETWORK_POD_LINK,
		.alias = pod->name,
		.peer_namespace = namespace,
		.bridge = bridge->index,
		.mtu = bridge->mtu,
		.address = pod->address,
	};
	return link_make_veth(outside, &pair, error) && set_up_inside(host, pod, inside, error);
}

bool network_enter_pod(const NetworkHost *host, const PodNetwork *pod, int *ret_host_namespace,
		       Error *error)
{
	assert(subnet_contains(&host->subnet, pod->address));
	CLEANUP_FD host_namespace = -1;
	CLEANUP_NETLINK outside = NULL;
	Link bridge = { 0 };
	if (!open_namespace(&host_namespace, error) || !link_open(&outside, error) ||
	    !link_find(outside, NETWORK_BRIDGE, &bridge, error))
		return error_wrap(error, "set up the network of '%s'", pod->name);
	if (unshare(CLONE_NEWNET) < 0)
		return error_set_errno(error, errno, "make a network namespace for '%s'",
				       pod->name);
	if (!connect_pod(host, pod, outside, &bridge, error))
		return error_wrap(error, "set up the network of '%s'", pod->name);
	if (ret_host_namespace)
		*ret_host_namespace = steal_fd(&host_namespace);
	return true;
}

// From the pod's namespace to the host's and back.
static bool publish_from_pod(const NetworkHost *host, const PodNetwork *pod,
			     const PublishedPorts *ports, int host_namespace, Error *error)
{
	CLEANUP_FD pod_namespace = -1;
	return open_namespace(&pod_namespace, error) && enter_namespace(host_namespace, error) &&
	       network_publish(host, pod, ports, error) && enter_namespace(pod_namespace, error);
}

bool network_start_pod(const NetworkHost *host, const PodNetwork *pod, const PublishedPorts *ports,
		       Error *error)
{
	CLEANUP_FD host_namespace = -1;
	return network_ensure(host, error) &&
	       network_enter_pod(host, pod, &host_namespace, error) &&
	       publish_from_pod(host, pod, ports, host_namespace, error);
}
