#include "pkg/net/publication.h"
#include "tests/unit/test.h"

#include <string.h>

static const char record[] = "web 10.233.0.5 tcp 0.0.0.0 8080 80\n"
			     "web 10.233.0.5 udp 127.0.0.1 53 5353\n"
			     "db-1 10.233.0.6 sctp 0.0.0.0 9000 9000\n";

TEST(publications_read_and_print)
{
	Publications all = { 0 };
	CHECK(publications_parse(record, test->arena, &all, &test->error));
	CHECK(all.count == 3 && all.items[1].port.host_address == IPV4_LOOPBACK);
	CHECK_TEXT(publications_print(&all, test->arena), record);
	CHECK(publications_parse("", test->arena, &all, &test->error) && all.count == 0);
	CHECK_TEXT(publications_print(&all, test->arena), "");
}

TEST(publications_refuse_damage)
{
	Publications all = { 0 };
	CHECK_ERROR(publications_parse("web 10.233.0.5 tcp 0.0.0.0 8080\n", test->arena, &all,
				       &test->error),
		    "a line does not have 6 words");
	CHECK_ERROR(publications_parse("web 10.233.0.5 tcp  0.0.0.0 8080 80\n", test->arena, &all,
				       &test->error),
		    "a line does not have 6 words");
	CHECK_ERROR(publications_parse("web 10.233.0.5 tcp 0.0.0.0 0 80\n", test->arena, &all,
				       &test->error),
		    "host port: '0' is not in 1..65535");
	CHECK_ERROR(publications_parse("w\"b 10.233.0.5 tcp 0.0.0.0 8080 80\n", test->arena, &all,
				       &test->error),
		    "'w\"b' is not the name of a pod");
	CHECK_ERROR(publications_parse("web 10.233.0.5 icmp 0.0.0.0 8080 80\n", test->arena, &all,
				       &test->error),
		    "protocol: 'icmp' is not tcp, udp or sctp");
}

TEST(publications_find_clashes_of_others)
{
	Publications all = { 0 }, others = { 0 };
	const PublishedPort port = { PORT_TCP, IPV4_LOOPBACK, 8080, 1 };
	CHECK(publications_parse(record, test->arena, &all, &test->error));
	const Publication *clash = publications_find_clash(&all, "new", &port);
	CHECK(clash == &all.items[0]);
	CHECK(!publications_find_clash(&all, "web", &port));
	publications_without(&all, "web", test->arena, &others);
	CHECK_TEXT(publications_print(&others, test->arena),
		   "db-1 10.233.0.6 sctp 0.0.0.0 9000 9000\n");
}
