#include "pkg/net/router.h"

#include "pkg/base/path.h"
#include "pkg/net/link.h"
#include "pkg/net/namespace.h"
#include "pkg/net/route.h"
#include "pkg/net/sysctl.h"
#include "pkg/sys/file.h"
#include "pkg/sys/kernel/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <net/if.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#define BRIDGE_PORT  "pods0" // the other end of ROUTER_LINK
#define ETHERNET_MTU 1500

const char *router_link_name(Ipv4 address, Arena *arena)
{
	return arena_printf(arena, "sdme%08x", address);
}

// --- the namespace

static const char *router_path(const char *run_dir, Arena *arena)
{
	return arena_printf(arena, "%s-network", run_dir);
}

static bool is_namespace(int fd)
{
	struct statfs info;
	return fstatfs(fd, &info) == 0 && info.f_type == NSFS_MAGIC;
}

// -1 when it is not there, or a file on which nothing is mounted.
static bool open_router_namespace(const char *run_dir, int *ret_fd, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *path = router_path(run_dir, scratch);
	CLEANUP_FD fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno != ENOENT)
		return error_set_errno(error, errno, "open '%s'", path);
	*ret_fd = fd >= 0 && is_namespace(fd) ? steal_fd(&fd) : -1;
	return true;
}

bool router_find(const char *run_dir, uint64_t *ret_number, Error *error)
{
	CLEANUP_FD fd = -1;
	struct stat info = { 0 };
	if (!open_router_namespace(run_dir, &fd, error))
		return false;
	if (fd >= 0 && fstat(fd, &info) < 0)
		return error_set_errno(error, errno, "look at the router's network namespace");
	*ret_number = info.st_ino;
	return true;
}

static bool open_link(void *context, Error *error)
{
	return link_open(context, error);
}

bool router_open_link(const char *run_dir, Netlink **ret, Error *error)
{
	CLEANUP_FD fd = -1;
	if (!open_router_namespace(run_dir, &fd, error))
		return false;
	*ret = NULL;
	return fd < 0 || namespace_visit(fd, open_link, ret, error);
}

typedef struct Setting {
	const char *name; // below ipv4/conf/all and ipv4/conf/default
	const char *value;
} Setting;

// A new namespace takes these over from the host. What counts is the stricter or the looser of "all" and a link's own, so
// both are set.
static const Setting settings[] = {
	{ "rp_filter", "1" }, // strict (RFC 3704)
	{ "route_localnet", "0" }, { "accept_local", "0" }, { "accept_source_route", "0" },
	{ "send_redirects", "0" }, { "log_martians", "0" }, // a pod would fill the host's log
};

static bool set_everywhere(const Setting *setting, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *all = arena_printf(scratch, "ipv4/conf/all/%s", setting->name);
	const char *future = arena_printf(scratch, "ipv4/conf/default/%s", setting->name);
	return sysctl_set(all, setting->value, error) && sysctl_set(future, setting->value, error);
}

// In the new namespace, before it has a link.
static bool set_up_namespace(Error *error)
{
	for (size_t i = 0; i < COUNT(settings); i++) {
		if (!set_everywhere(&settings[i], error))
			return false;
	}
	return sysctl_set_if_known("ipv6/conf/all/disable_ipv6", "1", error) &&
	       sysctl_set_if_known("ipv6/conf/default/disable_ipv6", "1", error) &&
	       sysctl_set("ipv4/ip_forward", "1", error);
}

static bool mount_namespace(const char *path, Error *error)
{
	CLEANUP_FD tree = -1;
	CLEANUP_FD target = open(path, O_RDONLY | O_CREAT | O_CLOEXEC, 0600);
	if (target < 0)
		return error_set_errno(error, errno, "make '%s'", path);
	return mount_clone(AT_FDCWD, NAMESPACE_OWN, MOUNT_OPTIONS_NONE, &tree, error) &&
	       mount_attach(tree, target, error);
}

// context: the path. Leaves the namespace of the caller for a new one, which is mounted when it is complete.
static bool make_namespace(void *context, Error *error)
{
	if (unshare(CLONE_NEWNET) < 0)
		return error_set_errno(error, errno, "make a network namespace");
	return set_up_namespace(error) && mount_namespace(context, error);
}

static bool ensure_namespace(const char *run_dir, int *ret_fd, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_FD home = -1;
	if (!open_router_namespace(run_dir, ret_fd, error))
		return false;
	if (*ret_fd >= 0)
		return true;
	char *path = arena_strdup(scratch, router_path(run_dir, scratch));
	return namespace_open_own(&home, error) &&
	       namespace_visit(home, make_namespace, path, error) &&
	       open_router_namespace(run_dir, ret_fd, error);
}

// --- the links between host and router

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

static bool make_bridge(Netlink *netlink, HardwareAddress hardware, Link *ret, Error *error)
{
	uint32_t mtu = 0;
	return choose_mtu(netlink, &mtu, error) &&
	       link_make_bridge(netlink, ROUTER_BRIDGE, hardware, mtu, error) &&
	       link_find(netlink, ROUTER_BRIDGE, ret, error);
}

// A bridge for another subnet is made anew.
static bool delete_outdated(Netlink *netlink, Ipv4 gateway, Link *bridge, Error *error)
{
	Ipv4 address = 0;
	if (!route_find_address(netlink, bridge->index, &address, error))
		return false;
	if (address == 0 || address == gateway)
		return true;
	const uint32_t index = bridge->index;
	*bridge = (Link){ 0 };
	return link_delete(netlink, index, error);
}

static bool ensure_bridge(Netlink *netlink, Ipv4 gateway, Link *ret, Error *error)
{
	if (!link_find(netlink, ROUTER_BRIDGE, ret, error))
		return false;
	if (ret->index != 0 && !ret->is_bridge)
		return error_set(error, ERROR_EXISTS,
				 "the link '%s' of this host is not a bridge; rename or remove it",
				 ROUTER_BRIDGE);
	return (ret->index == 0 || delete_outdated(netlink, gateway, ret, error)) &&
	       (ret->index != 0 || make_bridge(netlink, link_hardware_of(gateway), ret, error));
}

// The two namespaces that the pair joins.
typedef struct Sides {
	Netlink *host;
	Netlink *router;
	int router_namespace;
} Sides;

static bool make_router_pair(const Sides *sides, const Link *bridge, HardwareAddress hardware,
			     Error *error)
{
	const VethPair pair = {
		.name = BRIDGE_PORT,
		.peer = ROUTER_LINK,
		.alias = "to the pods of sdme",
		.peer_namespace = sides->router_namespace,
		.bridge = bridge->index,
		.mtu = bridge->mtu,
		.hardware = { { 0xfe, 0x58 } },
		.peer_hardware = hardware,
	};
	return link_make_veth(sides->host, &pair, error);
}

// A pair is whole when its end here is a port of the bridge and the other one in the router. What is left of another pair
// is removed first.
static bool ensure_pair(const Sides *sides, const Link *bridge, HardwareAddress hardware,
			Error *error)
{
	Link port = { 0 }, end = { 0 };
	if (!link_find(sides->host, BRIDGE_PORT, &port, error) ||
	    !link_find(sides->router, ROUTER_LINK, &end, error))
		return false;
	if (port.index != 0 && port.bridge == bridge->index && end.index != 0)
		return true;
	return (end.index == 0 || link_delete(sides->router, end.index, error)) &&
	       make_router_pair(sides, bridge, hardware, error);
}

// --- the ways

// Host and router know each other's hardware address for good, and nobody else's: the router stands for all pods. It has
// the address that no pod can have, the first of the subnet: what it says of packets that go nowhere needs a sender.
static bool set_up_host(const Subnet *subnet, const Link *bridge, Netlink *netlink, Error *error)
{
	const Route to_pods = {
		.target = subnet->base,
		.prefix = subnet->prefix,
		.gateway = subnet->base,
		.source = subnet_gateway(subnet),
		.link = bridge->index,
	};
	return link_set_up(netlink, bridge->index, error) &&
	       route_add_address(netlink, bridge->index, subnet_gateway(subnet), subnet->prefix,
				 error) &&
	       route_set_neighbour(netlink, bridge->index, subnet->base,
				   link_hardware_of(subnet->base), error) &&
	       route_set(netlink, &to_pods, error);
}

// To what has no pod there is no way: nobody asks for neighbours that do not exist.
static bool set_up_router(const Subnet *subnet, Netlink *netlink, Error *error)
{
	const Ipv4 gateway = subnet_gateway(subnet);
	Link link = { 0 };
	if (!link_find(netlink, ROUTER_LINK, &link, error))
		return false;
	const Route routes[] = {
		{ .target = gateway, .prefix = 32, .link = link.index },
		{ .gateway = gateway, .link = link.index },
		{ .target = subnet->base, .prefix = subnet->prefix },
	};
	if (!link_set_up_without_arp(netlink, link.index, error) ||
	    !route_add_address(netlink, link.index, subnet->base, 32, error) ||
	    !route_set_neighbour(netlink, link.index, gateway, link_hardware_of(gateway), error))
		return false;
	for (size_t i = 0; i < COUNT(routes); i++) {
		if (!route_set(netlink, &routes[i], error))
			return false;
	}
	return true;
}

bool router_ensure(const char *run_dir, const Subnet *subnet, Netlink *netlink, Error *error)
{
	CLEANUP_FD namespace = -1;
	CLEANUP_NETLINK router = NULL;
	Link bridge = { 0 };
	return ensure_namespace(run_dir, &namespace, error) &&
	       namespace_visit(namespace, open_link, &router, error) &&
	       ensure_bridge(netlink, subnet_gateway(subnet), &bridge, error) &&
	       ensure_pair(&(Sides){ netlink, router, namespace }, &bridge,
			   link_hardware_of(subnet->base), error) &&
	       set_up_host(subnet, &bridge, netlink, error) && set_up_router(subnet, router, error);
}
