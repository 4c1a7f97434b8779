#include "pkg/net/address.h"
#include "tests/unit/test.h"

TEST(ipv4_reads_and_prints)
{
	Ipv4 address = 0;
	CHECK(ipv4_parse("10.233.0.5", "hostIP", &address, &test->error));
	CHECK(address == 0x0ae90005);
	CHECK_TEXT(ipv4_print(address, test->arena), "10.233.0.5");
	CHECK_TEXT(ipv4_print(0xffffffff, test->arena), "255.255.255.255");
	CHECK_ERROR(ipv4_parse("10.233.0", "hostIP", &address, &test->error),
		    "hostIP: '10.233.0' is not an IPv4 address");
	CHECK_ERROR(ipv4_parse("10.233.0.05", "hostIP", &address, &test->error),
		    "hostIP: '10.233.0.05' is not an IPv4 address");
	CHECK_ERROR(ipv4_parse("", "hostIP", &address, &test->error),
		    "hostIP: '' is not an IPv4 address");
	CHECK(ipv4_is_loopback(0x7f010203) && !ipv4_is_loopback(0x0ae90005));
}

TEST(subnet_reads_and_refuses)
{
	Subnet subnet = { 0 };
	CHECK(subnet_parse("10.233.0.0/16", "network_subnet", &subnet, &test->error));
	CHECK_TEXT(subnet_print(&subnet, test->arena), "10.233.0.0/16");
	CHECK_ERROR(
		subnet_parse("10.233.0.0", "network_subnet", &subnet, &test->error),
		"network_subnet: '10.233.0.0' has no prefix; want ADDRESS/PREFIX like 10.233.0.0/16");
	CHECK_ERROR(subnet_parse("10.233.0.1/16", "network_subnet", &subnet, &test->error),
		    "network_subnet: '10.233.0.1/16' has bits set behind its prefix");
	CHECK_ERROR(subnet_parse("10.0.0.0/30", "network_subnet", &subnet, &test->error),
		    "network_subnet: the prefix of '10.0.0.0/30' is not in 8..28");
	CHECK_ERROR(subnet_parse("127.16.0.0/16", "network_subnet", &subnet, &test->error),
		    "network_subnet: '127.16.0.0/16' is not for hosts to use");
	CHECK_ERROR(subnet_parse("169.254.0.0/16", "network_subnet", &subnet, &test->error),
		    "network_subnet: '169.254.0.0/16' is not for hosts to use");
	CHECK_ERROR(subnet_parse("240.0.0.0/8", "network_subnet", &subnet, &test->error),
		    "network_subnet: '240.0.0.0/8' is not for hosts to use");
	CHECK(!subnet_parse("10.0.0.0/", "network_subnet", &subnet, &test->error));
	CHECK(subnet.base == 0x0ae90000); // untouched by failures
}

TEST(subnet_counts_its_addresses)
{
	const Subnet wide = { 0x0ae90000, 16 }, narrow = { 0xc0a80140, 28 },
		     part = { 0x0ae9ff00, 24 };
	CHECK_TEXT(ipv4_print(subnet_gateway(&wide), test->arena), "10.233.0.1");
	CHECK_TEXT(ipv4_print(subnet_slot_address(&wide, 0), test->arena), "10.233.0.2");
	CHECK(subnet_slots(&wide) == 65533 && subnet_slots(&narrow) == 13);
	CHECK_TEXT(ipv4_print(subnet_slot_address(&wide, 65532), test->arena), "10.233.255.254");
	CHECK_TEXT(ipv4_print(subnet_slot_address(&narrow, 12), test->arena), "192.168.1.78");
	CHECK(subnet_contains(&wide, 0x0ae9ffff) && !subnet_contains(&wide, 0x0aea0000));
	CHECK(subnet_overlaps(&wide, &part) && subnet_overlaps(&part, &wide));
	CHECK(!subnet_overlaps(&wide, &narrow));
}
