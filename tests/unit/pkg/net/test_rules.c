#include "pkg/net/rules.h"
#include "tests/unit/test.h"

static const Subnet subnet = { 0x0ae90000, 16 };

TEST(rules_of_the_table)
{
	CHECK_TEXT(rules_print_table(&subnet, test->arena),
		   "add table inet sdme\n"
		   "delete table inet sdme\n"
		   "table inet sdme {\n"
		   "\tmap ports {\n"
		   "\t\ttype inet_proto . inet_service : ipv4_addr . inet_service\n"
		   "\t}\n"
		   "\tmap ports_of_address {\n"
		   "\t\ttype inet_proto . ipv4_addr . inet_service : ipv4_addr . inet_service\n"
		   "\t}\n"
		   "\tchain published {\n"
		   "\t\tdnat ip to meta l4proto . ip daddr . th dport map @ports_of_address\n"
		   "\t\tdnat ip to meta l4proto . th dport map @ports\n"
		   "\t}\n"
		   "\tchain prerouting {\n"
		   "\t\ttype nat hook prerouting priority -100; policy accept;\n"
		   "\t\tmeta nfproto ipv4 fib daddr type local jump published\n"
		   "\t}\n"
		   "\tchain output {\n"
		   "\t\ttype nat hook output priority -100; policy accept;\n"
		   "\t\tmeta nfproto ipv4 fib daddr type local jump published\n"
		   "\t}\n"
		   "\tchain guard {\n"
		   "\t\ttype filter hook prerouting priority -300; policy accept;\n"
		   "\t\tiifname \"sdme0\" ip daddr 127.0.0.0/8 drop\n"
		   "\t\tiifname \"sdme0\" ip saddr != 10.233.0.0/16 drop\n"
		   "\t}\n"
		   "\tchain forward {\n"
		   "\t\ttype filter hook forward priority 0; policy accept;\n"
		   "\t\tiifname \"sdme0\" accept\n"
		   "\t\toifname \"sdme0\" ct state established,related accept\n"
		   "\t\toifname \"sdme0\" ct status dnat accept\n"
		   "\t\toifname \"sdme0\" drop\n"
		   "\t}\n"
		   "\tchain postrouting {\n"
		   "\t\ttype nat hook postrouting priority 100; policy accept;\n"
		   "\t\tip saddr 10.233.0.0/16 oifname != { \"lo\", \"sdme0\" } masquerade\n"
		   "\t\tip saddr 127.0.0.0/8 oifname \"sdme0\" masquerade\n"
		   "\t\tip saddr 10.233.0.0/16 oifname \"sdme0\" ct status dnat masquerade\n"
		   "\t}\n"
		   "}\n");
}

TEST(rules_of_published_ports)
{
	Publication items[] = {
		{ "web", 0x0ae90005, { PORT_TCP, 0, 8080, 80 } },
		{ "dns.1", 0x0ae90006, { PORT_UDP, IPV4_LOOPBACK, 53, 5353 } },
	};
	const Publications all = { items, COUNT(items), 0 }, none = { 0 };
	CHECK_TEXT(
		rules_print_ports(&all, test->arena),
		"add element inet sdme ports { tcp . 8080 comment \"web\" : 10.233.0.5 . 80 }\n"
		"add element inet sdme ports_of_address { udp . 127.0.0.1 . 53 comment \"dns.1\" : "
		"10.233.0.6 . 5353 }\n");
	CHECK_TEXT(rules_print_ports(&none, test->arena), "");
	CHECK_TEXT(rules_print_flush(), "flush map inet sdme ports\n"
					"flush map inet sdme ports_of_address\n");
}

TEST(rules_version_follows_the_text)
{
	const Subnet other = { 0x0aea0000, 16 };
	CHECK(rules_version(&subnet) == rules_version(&subnet));
	CHECK(rules_version(&subnet) != rules_version(&other));
}
