#include "pkg/net/rules.h"

#include "pkg/base/text.h"
#include "pkg/net/router.h"

#include <assert.h>

#define BRIDGE "\"" ROUTER_BRIDGE "\""

// "add" before "delete": deleting a table that is not there is an error.
static const char table_head[] = "add table inet sdme\n"
				 "delete table inet sdme\n";

// `ports` leads from every address of the host, `ports_of_address` from one. They are filled by
// rules_print_ports.
static const char maps[] =
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
	"\tchain output {\n" // from the host itself: 127.0.0.1 and its other addresses
	"\t\ttype nat hook output priority -100; policy accept;\n"
	"\t\tmeta nfproto ipv4 fib daddr type local jump published\n"
	"\t}\n";

// The router lets none of these through; what somebody else puts into its place might. route_localnet, which published
// ports on 127.0.0.1 need, would let it send to the host's loopback (CVE-2020-8558): refused before connection tracking,
// which turns answers back into 127.0.0.1 only after it.
static const char guard_head[] = "\tchain guard {\n"
				 "\t\ttype filter hook prerouting priority -300; policy accept;\n"
				 "\t\tiifname " BRIDGE " ip daddr 127.0.0.0/8 drop\n";

// Strangers get in through published ports only.
static const char forward[] = "\tchain forward {\n"
			      "\t\ttype filter hook forward priority 0; policy accept;\n"
			      "\t\tiifname " BRIDGE " accept\n"
			      "\t\toifname " BRIDGE " ct state established,related accept\n"
			      "\t\toifname " BRIDGE " ct status dnat accept\n"
			      "\t\toifname " BRIDGE " drop\n"
			      "\t}\n";

const char *rules_print_table(const Subnet *subnet, Arena *arena)
{
	const char *pods = subnet_print(subnet, arena);
	CLEANUP_BUFFER text = { 0 };
	buffer_add(&text, table_head);
	buffer_add(&text, "table inet sdme {\n");
	buffer_add(&text, maps);
	buffer_add(&text, guard_head);
	buffer_printf(&text, "\t\tiifname " BRIDGE " ip saddr != %s drop\n\t}\n", pods);
	buffer_add(&text, forward);

	buffer_add(&text, "\tchain postrouting {\n"
			  "\t\ttype nat hook postrouting priority 100; policy accept;\n");
	buffer_printf(&text, "\t\tip saddr %s oifname != { \"lo\", " BRIDGE " } masquerade\n",
		      pods);
	// The host to a published port of 127.0.0.1: the pod could not answer to that address.
	buffer_add(&text, "\t\tip saddr 127.0.0.0/8 oifname " BRIDGE " masquerade\n");
	// A pod to a published port: the answer must come back through the host, or its sender is a stranger.
	buffer_printf(&text, "\t\tip saddr %s oifname " BRIDGE " ct status dnat masquerade\n",
		      pods);
	buffer_add(&text, "\t}\n}\n");
	return buffer_take(&text, arena);
}

static void print_element(const Publication *entry, Arena *arena, Buffer *text)
{
	const PublishedPort *port = &entry->port;
	const char *protocol = port_protocol_to_word(port->protocol);
	assert(publication_is_name(entry->pod)); // it stands inside quotes below

	if (port->host_address == 0)
		buffer_printf(text, "add element inet sdme ports { %s . %u", protocol,
			      port->host_port);
	else
		buffer_printf(text, "add element inet sdme ports_of_address { %s . %s . %u",
			      protocol, ipv4_print(port->host_address, arena), port->host_port);
	buffer_printf(text, " comment \"%s\" : %s . %u }\n", entry->pod,
		      ipv4_print(entry->pod_address, arena), port->pod_port);
}

const char *rules_print_ports(const Publications *publications, Arena *arena)
{
	CLEANUP_BUFFER text = { 0 };
	for (size_t i = 0; i < publications->count; i++)
		print_element(&publications->items[i], arena, &text);
	return buffer_take(&text, arena);
}

const char *rules_print_flush(void)
{
	return "flush map inet sdme ports\n"
	       "flush map inet sdme ports_of_address\n";
}

uint32_t rules_version(const Subnet *subnet)
{
	CLEANUP_ARENA scratch = arena_new();
	uint32_t hash = 2166136261; // FNV-1a
	for (const char *text = rules_print_table(subnet, scratch); *text; text++)
		hash = (hash ^ (unsigned char)*text) * 16777619;
	return hash;
}
