// pkg/net/address.h - IPv4 addresses and subnets.
// Addresses are numbers in host byte order, so that "the next one" is an addition; they turn into network byte order
// only where the kernel gets them. The first address of a subnet is the host's (its bridge), the last one broadcast.
#ifndef PKG_NET_ADDRESS_H
#define PKG_NET_ADDRESS_H

#include "pkg/base/arena.h"
#include "pkg/base/error.h"

#include <stdint.h>

typedef uint32_t Ipv4; // host byte order; 0 (0.0.0.0) means "any"

#define IPV4_LOOPBACK ((Ipv4)0x7f000001)

typedef struct Subnet {
	Ipv4 base;       // no bit set behind the prefix
	unsigned prefix; // 8..28
} Subnet;

// `what` names the value in the error: "hostIP: '10.0.0' is not an IPv4 address".
MUST_CHECK bool ipv4_parse(const char *text, const char *what, Ipv4 *ret, Error *error);
const char *ipv4_print(Ipv4 address, Arena *arena);
bool ipv4_is_loopback(Ipv4 address);

// "10.233.0.0/16". Fails when a bit behind the prefix is set, the prefix is not in 8..28, or the subnet lies in
// loopback, link-local, multicast or reserved space.
MUST_CHECK bool subnet_parse(const char *text, const char *what, Subnet *ret, Error *error);
const char *subnet_print(const Subnet *subnet, Arena *arena);
bool subnet_contains(const Subnet *subnet, Ipv4 address);
// True when the two share an address.
bool subnet_overlaps(const Subnet *left, const Subnet *right);
// The host's own address, the gateway of the pods: base + 1.
Ipv4 subnet_gateway(const Subnet *subnet);
// How many pods have room, and the address of pod number `slot` (from 0): base + 2 + slot.
uint32_t subnet_slots(const Subnet *subnet);
Ipv4 subnet_slot_address(const Subnet *subnet, uint32_t slot);

#endif
