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

bool route_add_default(Netlink *netlink, uint32_t index, Ipv4 gateway, Error *error)
{
	const struct rtmsg header = { .rtm_family = AF_INET,
				      .rtm_table = RT_TABLE_MAIN,
				      .rtm_protocol = RTPROT_STATIC,
				      .rtm_scope = RT_SCOPE_UNIVERSE,
				      .rtm_type = RTN_UNICAST };
	NetlinkMessage message;
	netlink_message_start(&message, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, &header,
			      sizeof(header));
	add_address(&message, RTA_GATEWAY, gateway);
	netlink_add_u32(&message, RTA_OIF, index);
	return netlink_request(netlink, &message, error) ||
	       error_wrap(error, "set the default route");
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
