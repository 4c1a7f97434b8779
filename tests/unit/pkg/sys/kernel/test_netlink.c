#include "pkg/sys/kernel/netlink.h"
#include "tests/unit/test.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>

typedef struct Sight {
	unsigned count;
	uint32_t mtu;
	bool is_loopback;
	bool has_inner;
} Sight;

static void look(const NetlinkObject *object, void *context)
{
	static const uint16_t name_path[] = { IFLA_IFNAME };
	static const uint16_t inner_path[] = { IFLA_AF_SPEC, AF_INET };
	static const uint16_t wrong_path[] = { IFLA_AF_SPEC, 999 };
	Sight *sight = context;
	const NetlinkBytes name = netlink_attribute_inside(object, name_path, COUNT(name_path));
	sight->count++;
	sight->is_loopback =
		name.length == sizeof("lo") && memcmp(name.ptr, "lo", sizeof("lo")) == 0;
	sight->mtu = netlink_attribute_u32(object, IFLA_MTU);
	sight->has_inner = netlink_attribute_inside(object, inner_path, COUNT(inner_path)).ptr &&
			   !netlink_attribute_inside(object, wrong_path, COUNT(wrong_path)).ptr;
}

static bool find(Netlink *netlink, const char *name, Sight *sight, Error *error)
{
	const struct ifinfomsg header = { 0 };
	NetlinkMessage message;
	netlink_message_start(&message, RTM_GETLINK, 0, &header, sizeof(header));
	netlink_add_text(&message, IFLA_IFNAME, name);
	return netlink_query(netlink, &message, sizeof(header), look, sight, error);
}

TEST(netlink_finds_one_object)
{
	CLEANUP_NETLINK netlink = NULL;
	Sight sight = { 0 };
	CHECK(netlink_open(NETLINK_ROUTE, &netlink, &test->error));
	CHECK(find(netlink, "lo", &sight, &test->error));
	CHECK(sight.count == 1 && sight.is_loopback && sight.mtu >= 1280 && sight.has_inner);
}

TEST(netlink_lists_objects)
{
	CLEANUP_NETLINK netlink = NULL;
	Sight sight = { 0 };
	const struct ifinfomsg header = { 0 };
	NetlinkMessage message;
	CHECK(netlink_open(NETLINK_ROUTE, &netlink, &test->error));
	netlink_message_start(&message, RTM_GETLINK, NLM_F_DUMP, &header, sizeof(header));
	CHECK(netlink_query(netlink, &message, sizeof(header), look, &sight, &test->error));
	CHECK(sight.count >= 1);
}

TEST(netlink_hands_on_the_refusal)
{
	CLEANUP_NETLINK netlink = NULL;
	Sight sight = { 0 };
	CHECK(netlink_open(NETLINK_ROUTE, &netlink, &test->error));
	CHECK_ERROR(find(netlink, "sdme-not-there", &sight, &test->error),
		    "the kernel refuses: No such device");

	// A dump that cannot begin.
	const struct rtmsg routes = { .rtm_family = AF_INET };
	NetlinkMessage message;
	netlink_message_start(&message, RTM_GETROUTE, NLM_F_DUMP, &routes, sizeof(routes));
	netlink_add_u32(&message, RTA_OIF, 0x7ffffff0);
	CHECK_ERROR(netlink_query(netlink, &message, sizeof(routes), look, &sight, &test->error),
		    "the kernel refuses: No such device");

	// The kernel's own words, where it has some.
	const struct ifinfomsg wrong = { .ifi_flags = IFF_UP };
	netlink_message_start(&message, RTM_GETLINK, 0, &wrong, sizeof(wrong));
	netlink_add_text(&message, IFLA_IFNAME, "lo");
	CHECK_ERROR(netlink_query(netlink, &message, sizeof(wrong), look, &sight, &test->error),
		    "Invalid values in header for get link request: Invalid argument");
	CHECK(find(netlink, "lo", &sight, &test->error));
}
