#include "pkg/net/publish.h"

#include "pkg/base/text.h"
#include "pkg/net/flows.h"
#include "pkg/net/link.h"
#include "pkg/net/record.h"
#include "pkg/net/router.h"
#include "pkg/net/table.h"
#include "pkg/sys/file.h"

#include <assert.h>

// A pod is alive as long as its link is there: the kernel removes it with the pod's last process.
static bool is_alive(const NetworkHost *host, const Publication *entry, bool *ret, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_NETLINK router = NULL;
	Link link = { 0 };
	const char *name = router_link_name(entry->pod_address, scratch);
	if (!router_open_link(host->run_dir, &router, error) ||
	    (router && !link_find(router, name, &link, error)))
		return false;
	*ret = link.index != 0;
	return true;
}

// Makes room for one port: fails when a pod that is alive holds it, and drops the entries of a dead one.
static bool claim(const NetworkHost *host, const char *pod, const PublishedPort *port, Arena *arena,
		  Publications *publications, Error *error)
{
	for (;;) {
		const Publication *clash = publications_find_clash(publications, pod, port);
		bool lives = false;
		if (!clash)
			return true;
		if (!is_alive(host, clash, &lives, error))
			return false;
		if (lives)
			return error_set(error, ERROR_EXISTS,
					 "hostPort %s is already published by pod '%s'",
					 port_print(port, arena), clash->pod);
		publications_without(publications, clash->pod, arena, publications);
	}
}

static bool claim_all(const NetworkHost *host, const char *pod, const PublishedPorts *ports,
		      Arena *arena, Publications *publications, Error *error)
{
	for (size_t i = 0; i < ports->count; i++) {
		if (!claim(host, pod, &ports->items[i], arena, publications, error))
			return false;
	}
	return true;
}

// Changes the kernel's maps from what they have to `all`; `added` is the difference when nothing was withdrawn.
static bool change_table(const Publications *all, const Publications *added, bool is_addition,
			 Error *error)
{
	uint64_t table = 0;
	if (!table_find(&table, error))
		return false;
	if (table == 0) // network_ensure makes it, from the record
		return true;
	if (is_addition) {
		CLEANUP_ERROR ignored = {
			0
		}; // the maps are not what the record says: replace them
		if (table_add_ports(added, &ignored))
			return true;
	}
	return table_replace_ports(all, error);
}

static void add_pod(const char *pod, Ipv4 address, const PublishedPorts *ports, Arena *arena,
		    Publications *publications)
{
	for (size_t i = 0; i < ports->count; i++)
		*publications_push(arena, publications) =
			(Publication){ pod, address, ports->items[i] };
}

// The ports that `pod` had, and those that it gets.
static void list_changed(const Publications *before, const char *pod, const PublishedPorts *ports,
			 Arena *arena, PublishedPorts *ret)
{
	for (size_t i = 0; i < before->count; i++) {
		if (text_equal(before->items[i].pod, pod))
			*published_ports_push(arena, ret) = before->items[i].port;
	}
	for (size_t i = 0; i < ports->count; i++)
		*published_ports_push(arena, ret) = ports->items[i];
}

// With the lock held. The kernel comes first: a record that lags behind is put right by the next writer.
static bool replace(const NetworkHost *host, const char *pod, Ipv4 address,
		    const PublishedPorts *ports, Arena *arena, Error *error)
{
	Publications before = { 0 }, after = { 0 }, added = { 0 };
	if (!record_load_ports(host->run_dir, arena, &before, error))
		return false;
	publications_without(&before, pod, arena, &after);
	if (ports->count == 0 && after.count == before.count)
		return true;
	if (!claim_all(host, pod, ports, arena, &after, error))
		return false;

	const bool is_addition = after.count == before.count;
	add_pod(pod, address, ports, arena, &after);
	add_pod(pod, address, ports, arena, &added);
	PublishedPorts changed = { 0 };
	list_changed(&before, pod, ports, arena, &changed);
	return change_table(&after, &added, is_addition, error) &&
	       record_save_ports(host->run_dir, &after, error) && flows_forget(&changed, error);
}

bool network_publish(const NetworkHost *host, const PodNetwork *pod, const PublishedPorts *ports,
		     Error *error)
{
	assert(publication_is_name(pod->name));
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_FD lock = -1;
	return record_lock(host->run_dir, &lock, error) &&
	       replace(host, pod->name, pod->address, ports, scratch, error);
}

bool network_unpublish(const NetworkHost *host, const char *pod, Error *error)
{
	static const PublishedPorts none = { 0 };
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_FD lock = -1;
	return (record_lock(host->run_dir, &lock, error) &&
		replace(host, pod, 0, &none, scratch, error)) ||
	       error_wrap(error, "withdraw the ports of '%s'", pod);
}

bool network_check_ports(const NetworkHost *host, const char *pod, const PublishedPorts *ports,
			 Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	Publications publications = { 0 };
	if (!record_load_ports(host->run_dir, scratch, &publications, error) ||
	    !claim_all(host, pod, ports, scratch, &publications, error))
		return false;
	for (size_t i = 0; i < ports->count; i++) {
		if (port_is_in_use(&ports->items[i]))
			return error_set(error, ERROR_BUSY,
					 "hostPort %s is already in use on this host",
					 port_print(&ports->items[i], scratch));
	}
	return true;
}

bool network_list_ports(const NetworkHost *host, Arena *arena, Publications *ret, Error *error)
{
	return record_load_ports(host->run_dir, arena, ret, error);
}
