#include "pkg/net/link.h"

#include "pkg/base/text.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <string.h>

bool link_open(Netlink **ret, Error *error)
{
	return netlink_open(NETLINK_ROUTE, ret, error);
}

HardwareAddress link_hardware_of(Ipv4 address)
{
	return (HardwareAddress){ { 0x0a, 0x58, (uint8_t)(address >> 24), (uint8_t)(address >> 16),
				    (uint8_t)(address >> 8), (uint8_t)address } };
}

static void add_hardware_address(NetlinkMessage *message, HardwareAddress hardware)
{
	netlink_add_bytes(message, IFLA_ADDRESS, &hardware, sizeof(hardware));
}

static void read_link(const NetlinkObject *object, void *context)
{
	static const uint16_t kind_path[] = { IFLA_LINKINFO, IFLA_INFO_KIND };
	const struct ifinfomsg *header = object->header;
	const NetlinkBytes kind = netlink_attribute_inside(object, kind_path, COUNT(kind_path));
	*(Link *)context = (Link){
		.index = (uint32_t)header->ifi_index,
		.mtu = netlink_attribute_u32(object, IFLA_MTU),
		.bridge = netlink_attribute_u32(object, IFLA_MASTER),
		.is_up = (header->ifi_flags & IFF_UP) != 0,
		.is_bridge = kind.length >= 6 && memcmp(kind.ptr, "bridge", 6) == 0,
	};
}

// By name, or by index when name is NULL.
static bool find_link(Netlink *netlink, const char *name, uint32_t index, Link *ret, Error *error)
{
	const struct ifinfomsg header = { .ifi_index = (int)index };
	NetlinkMessage message;
	netlink_message_start(&message, RTM_GETLINK, 0, &header, sizeof(header));
	if (name)
		netlink_add_text(&message, IFLA_IFNAME, name);

	Link link = { 0 };
	if (!netlink_query(netlink, &message, sizeof(header), read_link, &link, error)) {
		if (error->os_errno != ENODEV)
			return error_wrap(error, "look for the link '%s'", name ? name : "uplink");
		error_clear(error);
	}
	*ret = link;
	return true;
}

bool link_find(Netlink *netlink, const char *name, Link *ret, Error *error)
{
	return find_link(netlink, name, 0, ret, error);
}

bool link_find_mtu(Netlink *netlink, uint32_t index, uint32_t *ret_mtu, Error *error)
{
	Link link = { 0 };
	if (!find_link(netlink, NULL, index, &link, error))
		return false;
	*ret_mtu = link.mtu;
	return true;
}

static bool set_flags(Netlink *netlink, uint32_t index, unsigned flags, Error *error)
{
	const struct ifinfomsg header = { .ifi_index = (int)index,
					  .ifi_flags = flags,
					  .ifi_change = flags };
	NetlinkMessage message;
	netlink_message_start(&message, RTM_NEWLINK, 0, &header, sizeof(header));
	return netlink_request(netlink, &message, error) ||
	       error_wrap(error, "bring link %u up", index);
}

bool link_set_up(Netlink *netlink, uint32_t index, Error *error)
{
	return set_flags(netlink, index, IFF_UP, error);
}

bool link_set_up_without_arp(Netlink *netlink, uint32_t index, Error *error)
{
	return set_flags(netlink, index, IFF_UP | IFF_NOARP, error);
}

bool link_delete(Netlink *netlink, uint32_t index, Error *error)
{
	const struct ifinfomsg header = { .ifi_index = (int)index };
	NetlinkMessage message;
	netlink_message_start(&message, RTM_DELLINK, 0, &header, sizeof(header));
	if (netlink_request(netlink, &message, error))
		return true;
	if (error->os_errno != ENODEV)
		return error_wrap(error, "delete link %u", index);
	error_clear(error); // its namespace died meanwhile
	return true;
}

bool link_make_bridge(Netlink *netlink, const char *name, HardwareAddress hardware, uint32_t mtu,
		      Error *error)
{
	const struct ifinfomsg header = { .ifi_flags = IFF_UP, .ifi_change = IFF_UP };
	NetlinkMessage message;
	netlink_message_start(&message, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &header,
			      sizeof(header));
	netlink_add_text(&message, IFLA_IFNAME, name);
	// Given, so that it does not change with the ports.
	add_hardware_address(&message, hardware);
	if (mtu > 0)
		netlink_add_u32(&message, IFLA_MTU, mtu);
	void *info = netlink_nest_start(&message, IFLA_LINKINFO);
	netlink_add_text(&message, IFLA_INFO_KIND, "bridge");
	void *data = netlink_nest_start(&message, IFLA_INFO_DATA);
	netlink_add_u8(&message, IFLA_BR_MCAST_SNOOPING, 0);
	netlink_nest_end(&message, data);
	netlink_nest_end(&message, info);

	if (netlink_request(netlink, &message, error))
		return true;
	if (error->os_errno != EEXIST)
		return error_wrap(error, "make the bridge '%s'", name);
	error_clear(error);
	return true;
}

// Makes the pair, both ends down: veth refuses to come up before it is a pair.
static bool make_pair(Netlink *netlink, const VethPair *pair, Error *error)
{
	const struct ifinfomsg header = { 0 };
	const struct ifinfomsg peer_header = { 0 };
	NetlinkMessage message;
	netlink_message_start(&message, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &header,
			      sizeof(header));
	netlink_add_text(&message, IFLA_IFNAME, pair->name);
	netlink_add_u32(&message, IFLA_MTU, pair->mtu);
	if (pair->bridge != 0)
		netlink_add_u32(&message, IFLA_MASTER, pair->bridge);
	add_hardware_address(&message, pair->hardware);
	void *info = netlink_nest_start(&message, IFLA_LINKINFO);
	netlink_add_text(&message, IFLA_INFO_KIND, "veth");
	void *data = netlink_nest_start(&message, IFLA_INFO_DATA);
	void *peer = netlink_nest_start(&message, VETH_INFO_PEER);
	netlink_add_header(&message, &peer_header, sizeof(peer_header));
	netlink_add_text(&message, IFLA_IFNAME, pair->peer);
	netlink_add_u32(&message, IFLA_MTU, pair->mtu);
	add_hardware_address(&message, pair->peer_hardware);
	netlink_add_u32(&message, IFLA_NET_NS_FD, (uint32_t)pair->peer_namespace);
	netlink_nest_end(&message, peer);
	netlink_nest_end(&message, data);
	netlink_nest_end(&message, info);
	return netlink_request(netlink, &message, error);
}

// A port of a bridge sends nothing back where it came from, unless told to ("hairpin"). A pod that uses a published port
// needs that: with br_netfilter loaded (Docker, Kubernetes) the translation happens inside the bridge.
static void add_hairpin(NetlinkMessage *message)
{
	void *info = netlink_nest_start(message, IFLA_LINKINFO);
	netlink_add_text(message, IFLA_INFO_SLAVE_KIND, "bridge");
	void *data = netlink_nest_start(message, IFLA_INFO_SLAVE_DATA);
	netlink_add_u8(message, IFLA_BRPORT_MODE, 1);
	netlink_nest_end(message, data);
	netlink_nest_end(message, info);
}

// No address of its own.
static void add_silence(NetlinkMessage *message)
{
	void *families = netlink_nest_start(message, IFLA_AF_SPEC);
	void *ipv6 = netlink_nest_start(message, AF_INET6);
	netlink_add_u8(message, IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE);
	netlink_nest_end(message, ipv6);
	netlink_nest_end(message, families);
}

static bool bring_up(Netlink *netlink, const VethPair *pair, bool knows_ipv6, Error *error)
{
	const unsigned flags = IFF_UP | (pair->has_no_arp ? (unsigned)IFF_NOARP : 0u);
	const struct ifinfomsg header = { .ifi_flags = flags, .ifi_change = flags };
	NetlinkMessage message;
	netlink_message_start(&message, RTM_NEWLINK, 0, &header, sizeof(header));
	netlink_add_text(&message, IFLA_IFNAME, pair->name);
	netlink_add_text(&message, IFLA_IFALIAS, pair->alias);
	if (pair->bridge != 0)
		add_hairpin(&message);
	if (knows_ipv6)
		add_silence(&message);
	return netlink_request(netlink, &message, error);
}

static bool delete_stale(Netlink *netlink, const char *name, Error *error)
{
	Link stale = { 0 };
	if (!link_find(netlink, name, &stale, error))
		return false;
	return stale.index == 0 || link_delete(netlink, stale.index, error);
}

bool link_make_veth(Netlink *netlink, const VethPair *pair, Error *error)
{
	bool is_made = make_pair(netlink, pair, error);
	if (!is_made && error->os_errno == EEXIST) {
		error_clear(error);
		is_made =
			delete_stale(netlink, pair->name, error) && make_pair(netlink, pair, error);
	}
	if (!is_made)
		return error_wrap(error, "make the link '%s'", pair->name);

	bool is_up = bring_up(netlink, pair, /* knows_ipv6= */ true, error);
	if (!is_up && error->os_errno == EAFNOSUPPORT) { // a kernel without IPv6
		error_clear(error);
		is_up = bring_up(netlink, pair, /* knows_ipv6= */ false, error);
	}
	return is_up || error_wrap(error, "bring the link '%s' up", pair->name);
}
