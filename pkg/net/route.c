#include "pkg/net/route.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>

static void add_address(NetlinkMessage *message, uint16_t type, Ipv4 address)
{
	netlink_add_u32(message, type, htonl(address));
}

bool route_add_address(Netlink *netlink, uint32_t index, Ipv4 address, unsigned prefix,
		       Error *error)
{
	const struct ifaddrmsg header = { .ifa_family = AF_INET,
					  .ifa_prefixlen = (uint8_t)prefix,
					  .ifa_scope = RT_SCOPE_UNIVERSE,
					  .ifa_index = index };
	NetlinkMessage message;
	netlink_message_start(&message, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &header,
			      sizeof(header));
	add_address(&message, IFA_LOCAL, address);
	add_address(&message, IFA_ADDRESS, address);
	if (netlink_request(netlink, &message, error))
		return true;
	if (error->os_errno != EEXIST)
		return error_wrap(error, "give link %u its address", index);
	error_clear(error);
	return true;
}

static unsigned char scope_of(const Route *route)
{
	return route->link != 0 && route->gateway == 0 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
}

bool route_set(Netlink *netlink, const Route *route, Error *error)
{
	const struct rtmsg header = {
		.rtm_family = AF_INET,
		.rtm_dst_len = (uint8_t)route->prefix,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = RTPROT_STATIC,
		.rtm_scope = scope_of(route),
		.rtm_type = route->link != 0 ? RTN_UNICAST : RTN_UNREACHABLE,
		.rtm_flags = route->gateway != 0 ? (unsigned)RTNH_F_ONLINK : 0,
	};
	NetlinkMessage message;
	netlink_message_start(&message, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, &header,
			      sizeof(header));
	if (route->prefix != 0)
		add_address(&message, RTA_DST, route->target);
	if (route->gateway != 0)
		add_address(&message, RTA_GATEWAY, route->gateway);
	if (route->source != 0)
		add_address(&message, RTA_PREFSRC, route->source);
	if (route->link != 0)
		netlink_add_u32(&message, RTA_OIF, route->link);
	return netlink_request(netlink, &message, error) || error_wrap(error, "set a route");
}

static void read_gateway(const NetlinkObject *object, void *context)
{
	*(Ipv4 *)context = ntohl(netlink_attribute_u32(object, RTA_GATEWAY));
}

bool route_find_gateway(Netlink *netlink, Ipv4 target, Ipv4 *ret, Error *error)
{
	const struct rtmsg header = { .rtm_family = AF_INET, .rtm_dst_len = 32 };
	NetlinkMessage message;
	netlink_message_start(&message, RTM_GETROUTE, 0, &header, sizeof(header));
	add_address(&message, RTA_DST, target);
	Ipv4 gateway = 0;
	if (!netlink_query(netlink, &message, sizeof(header), read_gateway, &gateway, error)) {
		if (error->os_errno != ENETUNREACH && error->os_errno != EHOSTUNREACH)
			return error_wrap(error, "look for a route");
		error_clear(error);
	}
	*ret = gateway;
	return true;
}

bool route_set_neighbour(Netlink *netlink, uint32_t index, Ipv4 address, HardwareAddress hardware,
			 Error *error)
{
	const struct ndmsg header = { .ndm_family = AF_INET,
				      .ndm_ifindex = (int)index,
				      .ndm_state = NUD_PERMANENT };
	NetlinkMessage message;
	netlink_message_start(&message, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, &header,
			      sizeof(header));
	add_address(&message, NDA_DST, address);
	netlink_add_bytes(&message, NDA_LLADDR, &hardware, sizeof(hardware));
	return netlink_request(netlink, &message, error) ||
	       error_wrap(error, "name the neighbour of link %u", index);
}

typedef struct AddressSearch {
	uint32_t index;
	Ipv4 found;
} AddressSearch;

static void compare_address(const NetlinkObject *object, void *context)
{
	AddressSearch *search = context;
	const struct ifaddrmsg *header = object->header;
	if (search->found == 0 && header->ifa_index == search->index &&
	    header->ifa_family == AF_INET && header->ifa_scope == RT_SCOPE_UNIVERSE)
		search->found = ntohl(netlink_attribute_u32(object, IFA_LOCAL));
}

bool route_find_address(Netlink *netlink, uint32_t index, Ipv4 *ret, Error *error)
{
	const struct ifaddrmsg header = { .ifa_family = AF_INET, .ifa_index = index };
	NetlinkMessage message;
	netlink_message_start(&message, RTM_GETADDR, NLM_F_DUMP, &header, sizeof(header));
	AddressSearch search = { .index = index };
	if (!netlink_query(netlink, &message, sizeof(header), compare_address, &search, error))
		return error_wrap(error, "list the addresses of link %u", index);
	*ret = search.found;
	return true;
}

// The search through the main routing table; each use looks at some of the members.
typedef struct RouteSearch {
	Subnet subnet;
	uint32_t index;
	uint32_t metric;
	uint32_t found;
} RouteSearch;

static bool find_route(Netlink *netlink, NetlinkVisit visit, RouteSearch *search, Error *error)
{
	const struct rtmsg header = { .rtm_family = AF_INET };
	NetlinkMessage message;
	netlink_message_start(&message, RTM_GETROUTE, NLM_F_DUMP, &header, sizeof(header));
	return netlink_query(netlink, &message, sizeof(header), visit, search, error) ||
	       error_wrap(error, "list the routes");
}

static bool is_main_unicast(const struct rtmsg *header)
{
	return header->rtm_table == RT_TABLE_MAIN && header->rtm_type == RTN_UNICAST;
}

static void compare_metric(const NetlinkObject *object, void *context)
{
	RouteSearch *search = context;
	const struct rtmsg *header = object->header;
	const uint32_t link = netlink_attribute_u32(object, RTA_OIF);
	const uint32_t metric = netlink_attribute_u32(object, RTA_PRIORITY);
	if (!is_main_unicast(header) || header->rtm_dst_len != 0 || link == 0 ||
	    (search->found != 0 && metric >= search->metric))
		return;
	search->found = link;
	search->metric = metric;
}

bool route_find_uplink(Netlink *netlink, uint32_t *ret_index, Error *error)
{
	RouteSearch search = { 0 };
	if (!find_route(netlink, compare_metric, &search, error))
		return false;
	*ret_index = search.found;
	return true;
}

static void compare_subnet(const NetlinkObject *object, void *context)
{
	RouteSearch *search = context;
	const struct rtmsg *header = object->header;
	const Ipv4 target = ntohl(netlink_attribute_u32(object, RTA_DST));
	const uint32_t link = netlink_attribute_u32(object, RTA_OIF);
	if (is_main_unicast(header) && link != 0 && link != search->index &&
	    header->rtm_dst_len >= search->subnet.prefix &&
	    subnet_contains(&search->subnet, target))
		search->found = link;
}

bool route_find_rival(Netlink *netlink, const Subnet *subnet, uint32_t index, uint32_t *ret_index,
		      Error *error)
{
	RouteSearch search = { .subnet = *subnet, .index = index };
	if (!find_route(netlink, compare_subnet, &search, error))
		return false;
	*ret_index = search.found;
	return true;
}
