#include "pkg/net/network.h"

#include "pkg/base/text.h"
#include "pkg/net/link.h"
#include "pkg/net/namespace.h"
#include "pkg/net/publish.h"
#include "pkg/net/record.h"
#include "pkg/net/route.h"
#include "pkg/net/router.h"
#include "pkg/net/rules.h"
#include "pkg/net/sysctl.h"
#include "pkg/net/table.h"
#include "pkg/sys/file.h"

#include <assert.h>
#include <errno.h>
#include <net/if.h>
#include <sched.h>

#define LOOPBACK_INDEX 1 // in every network namespace

// --- what all pods share

// What the kernel has of our things.
typedef struct NetworkState {
	uint64_t router;
	Link bridge;
	Ipv4 address; // of the bridge
	Ipv4 gateway; // on the way to the pods
	uint64_t table;
} NetworkState;

static bool find_state(const NetworkHost *host, Netlink *netlink, NetworkState *ret, Error *error)
{
	return router_find(host->run_dir, &ret->router, error) &&
	       link_find(netlink, ROUTER_BRIDGE, &ret->bridge, error) &&
	       (ret->bridge.index == 0 ||
		route_find_address(netlink, ret->bridge.index, &ret->address, error)) &&
	       route_find_gateway(netlink, subnet_slot_address(&host->subnet, 0), &ret->gateway,
				  error) &&
	       table_find(&ret->table, error);
}

// As text to compare with the record; "" when something is missing.
static const char *print_state(const NetworkHost *host, const NetworkState *state, Arena *arena)
{
	if (state->router == 0 || !state->bridge.is_up ||
	    state->address != subnet_gateway(&host->subnet) ||
	    state->gateway != host->subnet.base || state->table == 0 ||
	    !sysctl_is("ipv4/ip_forward", "1"))
		return "";
	return arena_printf(arena, "router %llu bridge %u %s table %llu rules %08x\n",
			    (unsigned long long)state->router, state->bridge.index,
			    subnet_print(&host->subnet, arena), (unsigned long long)state->table,
			    rules_version(&host->subnet));
}

static bool is_ready(const NetworkHost *host, Netlink *netlink, bool *ret, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *record = NULL;
	NetworkState state = { 0 };
	if (!find_state(host, netlink, &state, error) ||
	    !record_load_ready(host->run_dir, scratch, &record, error))
		return false;
	const char *text = print_state(host, &state, scratch);
	*ret = !text_is_empty(text) && text_equal(text, record);
	return true;
}

// Two links with the same subnet would take each other's packets.
static bool check_rivals(const NetworkHost *host, Netlink *netlink, Error *error)
{
	Link own = { 0 };
	uint32_t rival = 0;
	if (!link_find(netlink, ROUTER_BRIDGE, &own, error) ||
	    !route_find_rival(netlink, &host->subnet, own.index, &rival, error))
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

static bool ensure_sysctls(Error *error)
{
	// Published ports on 127.0.0.1. It lets in what is sent to 127.0.0.1, which the router never does.
	return sysctl_set("ipv4/conf/" ROUTER_BRIDGE "/route_localnet", "1", error) &&
	       sysctl_set_if_known("ipv6/conf/" ROUTER_BRIDGE "/disable_ipv6", "1", error) &&
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
	NetworkState state = { 0 };
	return find_state(host, netlink, &state, error) &&
	       record_save_ready(host->run_dir, print_state(host, &state, scratch), error);
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
	return check_rivals(host, netlink, error) &&
	       router_ensure(host->run_dir, &host->subnet, netlink, error) &&
	       ensure_sysctls(error) && ensure_table(host, error) &&
	       save_state(host, netlink, error);
}

bool network_ensure(const NetworkHost *host, Error *error)
{
	CLEANUP_NETLINK netlink = NULL;
	return (link_open(&netlink, error) && ensure(host, netlink, error)) ||
	       error_wrap(error, "set up the pod network");
}

bool network_restore(const NetworkHost *host, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *record = NULL;
	if (!record_load_ready(host->run_dir, scratch, &record, error))
		return false;
	return text_is_empty(record) || network_ensure(host, error);
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

// For links that come later: eth0. lo is there already and keeps ::1, which programs expect.
static bool set_pod_sysctls(Error *error)
{
	return sysctl_set_if_known("ipv6/conf/default/disable_ipv6", "1", error) &&
	       sysctl_set("ipv4/ip_unprivileged_port_start", "0", error) &&
	       sysctl_set("ipv4/ping_group_range", "0 2147483647", error);
}

// The pod has no neighbour but the router, which speaks for all others.
static bool set_up_inside(const NetworkHost *host, const PodNetwork *pod, Netlink *inside,
			  Error *error)
{
	Link link = { 0 };
	if (!link_find(inside, NETWORK_POD_LINK, &link, error))
		return false;
	const Ipv4 gateway = subnet_gateway(&host->subnet);
	const Route way_out = { .gateway = gateway, .link = link.index };
	return route_add_address(inside, link.index, pod->address, 32, error) &&
	       link_set_up(inside, link.index, error) &&
	       route_set_neighbour(inside, link.index, gateway, link_hardware_of(gateway), error) &&
	       route_set(inside, &way_out, error);
}

static bool set_up_outside(const PodNetwork *pod, const char *name, Netlink *router, Error *error)
{
	Link link = { 0 };
	if (!link_find(router, name, &link, error))
		return false;
	const Route way_in = { .target = pod->address, .prefix = 32, .link = link.index };
	return route_set(router, &way_in, error) &&
	       route_set_neighbour(router, link.index, pod->address, link_hardware_of(pod->address),
				   error);
}

// In the new namespace.
static bool connect_pod(const NetworkHost *host, const PodNetwork *pod, Netlink *router,
			uint32_t mtu, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_FD namespace = -1;
	CLEANUP_NETLINK inside = NULL;
	if (!namespace_open_own(&namespace, error) || !link_open(&inside, error) ||
	    !set_pod_sysctls(error) || !link_set_up(inside, LOOPBACK_INDEX, error))
		return false;

	const VethPair pair = {
		.name = router_link_name(pod->address, scratch),
		.peer = NETWORK_POD_LINK,
		.alias = pod->name,
		.peer_namespace = namespace,
		.mtu = mtu,
		.hardware = link_hardware_of(subnet_gateway(&host->subnet)),
		.peer_hardware = link_hardware_of(pod->address),
		.has_no_arp = true,
	};
	return link_make_veth(router, &pair, error) &&
	       set_up_outside(pod, pair.name, router, error) &&
	       set_up_inside(host, pod, inside, error);
}

// The MTU of the way from the router to the host, and a socket in the router.
static bool open_router(const NetworkHost *host, Netlink **ret, uint32_t *ret_mtu, Error *error)
{
	Link link = { 0 };
	if (!router_open_link(host->run_dir, ret, error))
		return false;
	if (!*ret)
		return error_set(error, ERROR_NOT_FOUND, "the router of the pods is gone");
	if (!link_find(*ret, ROUTER_LINK, &link, error))
		return false;
	*ret_mtu = link.mtu;
	return true;
}

bool network_enter_pod(const NetworkHost *host, const PodNetwork *pod, int *ret_host_namespace,
		       Error *error)
{
	assert(subnet_contains(&host->subnet, pod->address));
	CLEANUP_FD host_namespace = -1;
	CLEANUP_NETLINK router = NULL;
	uint32_t mtu = 0;
	if (!namespace_open_own(&host_namespace, error) || !open_router(host, &router, &mtu, error))
		return error_wrap(error, "set up the network of '%s'", pod->name);
	if (unshare(CLONE_NEWNET) < 0)
		return error_set_errno(error, errno, "make a network namespace for '%s'",
				       pod->name);
	if (!connect_pod(host, pod, router, mtu, error))
		return error_wrap(error, "set up the network of '%s'", pod->name);
	if (ret_host_namespace)
		*ret_host_namespace = steal_fd(&host_namespace);
	return true;
}

typedef struct Publishing {
	const NetworkHost *host;
	const PodNetwork *pod;
	const PublishedPorts *ports;
} Publishing;

static bool publish_inside(void *context, Error *error)
{
	const Publishing *work = context;
	return network_publish(work->host, work->pod, work->ports, error);
}

bool network_start_pod(const NetworkHost *host, const PodNetwork *pod, const PublishedPorts *ports,
		       Error *error)
{
	CLEANUP_FD host_namespace = -1;
	Publishing work = { host, pod, ports };
	return network_ensure(host, error) &&
	       network_enter_pod(host, pod, &host_namespace, error) &&
	       namespace_visit(host_namespace, publish_inside, &work, error);
}
