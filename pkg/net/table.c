#include "pkg/net/table.h"

#include "pkg/net/rules.h"
#include "pkg/sys/kernel/netlink.h"
#include "pkg/sys/kernel/nftables.h"

#include <endian.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

static void read_handle(const NetlinkObject *object, void *context)
{
	static const uint16_t path[] = { NFTA_TABLE_HANDLE };
	const NetlinkBytes bytes = netlink_attribute_inside(object, path, COUNT(path));
	uint64_t handle = 0;
	if (bytes.length == sizeof(handle))
		memcpy(&handle, bytes.ptr, sizeof(handle));
	*(uint64_t *)context = be64toh(handle);
}

bool table_find(uint64_t *ret_handle, Error *error)
{
	CLEANUP_NETLINK netlink = NULL;
	if (!netlink_open(NETLINK_NETFILTER, &netlink, error))
		return false;

	const struct nfgenmsg header = { .nfgen_family = NFPROTO_INET };
	NetlinkMessage message;
	netlink_message_start(&message, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETTABLE, 0, &header,
			      sizeof(header));
	netlink_add_text(&message, NFTA_TABLE_NAME, RULES_TABLE);
	uint64_t handle = 0;
	if (!netlink_query(netlink, &message, sizeof(header), read_handle, &handle, error)) {
		if (error->os_errno != ENOENT)
			return error_wrap(error, "look for the nftables table '%s'", RULES_TABLE);
		error_clear(error);
	}
	*ret_handle = handle;
	return true;
}

bool table_install(const Subnet *subnet, const Publications *publications, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *commands = arena_printf(scratch, "%s%s", rules_print_table(subnet, scratch),
					    rules_print_ports(publications, scratch));
	return nftables_run(commands, scratch, NULL, error) ||
	       error_wrap(error, "make the nftables table '%s'", RULES_TABLE);
}

static bool publish(const char *commands, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	return nftables_run(commands, scratch, NULL, error) ||
	       error_wrap(error, "publish ports in the nftables table '%s'", RULES_TABLE);
}

bool table_add_ports(const Publications *added, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	return publish(rules_print_ports(added, scratch), error);
}

bool table_replace_ports(const Publications *publications, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	return publish(arena_printf(scratch, "%s%s", rules_print_flush(),
				    rules_print_ports(publications, scratch)),
		       error);
}
