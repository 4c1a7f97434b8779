#include "pkg/net/address.h"

#include "pkg/base/number.h"
#include "pkg/base/text.h"

#include <arpa/inet.h>

#define PREFIX_MIN 8
#define PREFIX_MAX 28

// Where no pod can live (RFC 6890).
static const Subnet reserved[] = {
	{ 0x00000000, 8 },  // "this network"
	{ 0x7f000000, 8 },  // loopback
	{ 0xa9fe0000, 16 }, // link-local
	{ 0xe0000000, 3 },  // multicast and above
};

bool ipv4_parse(const char *text, const char *what, Ipv4 *ret, Error *error)
{
	struct in_addr address;
	if (inet_pton(AF_INET, text, &address) != 1)
		return error_set(error, ERROR_INVALID, "%s: '%s' is not an IPv4 address", what,
				 text);
	*ret = ntohl(address.s_addr);
	return true;
}

const char *ipv4_print(Ipv4 address, Arena *arena)
{
	return arena_printf(arena, "%u.%u.%u.%u", address >> 24, address >> 16 & 255,
			    address >> 8 & 255, address & 255);
}

bool ipv4_is_loopback(Ipv4 address)
{
	return address >> 24 == 127;
}

// The bits that all addresses of a subnet share.
static Ipv4 mask(unsigned prefix)
{
	return prefix == 0 ? 0 : ~(Ipv4)0 << (32 - prefix);
}

static bool check_subnet(const Subnet *subnet, const char *text, const char *what, Error *error)
{
	if (subnet->prefix < PREFIX_MIN || subnet->prefix > PREFIX_MAX)
		return error_set(error, ERROR_INVALID, "%s: the prefix of '%s' is not in %d..%d",
				 what, text, PREFIX_MIN, PREFIX_MAX);
	if ((subnet->base & ~mask(subnet->prefix)) != 0)
		return error_set(error, ERROR_INVALID, "%s: '%s' has bits set behind its prefix",
				 what, text);
	for (size_t i = 0; i < COUNT(reserved); i++) {
		if (subnet_overlaps(subnet, &reserved[i]))
			return error_set(error, ERROR_INVALID, "%s: '%s' is not for hosts to use",
					 what, text);
	}
	return true;
}

bool subnet_parse(const char *text, const char *what, Subnet *ret, Error *error)
{
	const char *slash = strchr(text, '/');
	if (!slash)
		return error_set(error, ERROR_INVALID,
				 "%s: '%s' has no prefix; want ADDRESS/PREFIX like 10.233.0.0/16",
				 what, text);

	CLEANUP_ARENA scratch = arena_new();
	Subnet subnet = { 0 };
	const char *base = arena_strndup(scratch, text, (size_t)(slash - text));
	if (!ipv4_parse(base, what, &subnet.base, error) ||
	    !number_parse_u32(slash + 1, what, 32, &subnet.prefix, error) ||
	    !check_subnet(&subnet, text, what, error))
		return false;
	*ret = subnet;
	return true;
}

const char *subnet_print(const Subnet *subnet, Arena *arena)
{
	return arena_printf(arena, "%s/%u", ipv4_print(subnet->base, arena), subnet->prefix);
}

bool subnet_contains(const Subnet *subnet, Ipv4 address)
{
	return (address & mask(subnet->prefix)) == subnet->base;
}

bool subnet_overlaps(const Subnet *left, const Subnet *right)
{
	return subnet_contains(left, right->base) || subnet_contains(right, left->base);
}

Ipv4 subnet_gateway(const Subnet *subnet)
{
	return subnet->base + 1;
}

uint32_t subnet_slots(const Subnet *subnet)
{
	return ~mask(subnet->prefix) - 2; // all but the base, the gateway and the broadcast address
}

Ipv4 subnet_slot_address(const Subnet *subnet, uint32_t slot)
{
	return subnet->base + 2 + slot;
}
