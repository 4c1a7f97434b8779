#include "pkg/sys/bus/machine.h"

#include "pkg/base/text.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>

static const BusObject machined = { "org.freedesktop.machine1", "/org/freedesktop/machine1",
				    "org.freedesktop.machine1.Manager" };

typedef struct RawMachine {
	Machine machine;
	uint32_t leader;
} RawMachine;

static const BusProperty properties[] = {
	{ "Leader", 'u', offsetof(RawMachine, leader) },
	{ "Unit", 's', offsetof(RawMachine, machine.unit) },
	{ "State", 's', offsetof(RawMachine, machine.state) },
	{ "RootDirectory", 's', offsetof(RawMachine, machine.root) },
	{ "Timestamp", 't', offsetof(RawMachine, machine.started_us) },
};

bool bus_machine(Bus *bus, const char *name, Arena *arena, Machine *ret, bool *ret_found,
		 Error *error)
{
	const BusObject object = {
		machined.service, bus_object_path(arena, "/org/freedesktop/machine1/machine", name),
		"org.freedesktop.machine1.Machine"
	};
	RawMachine raw = { .machine = { .name = arena_strdup(arena, name),
					.unit = "",
					.state = "",
					.root = "" } };
	*ret_found = false;
	if (!bus_read_properties(bus, &object, properties, COUNT(properties), arena, &raw, error)) {
		if (!error_forgive(error, ERROR_NOT_FOUND))
			return error_wrap(error, "ask machined about '%s'", name);
		return true;
	}
	raw.machine.leader = (pid_t)raw.leader;
	*ret = raw.machine;
	*ret_found = true;
	return true;
}

static int compare_names(const void *left, const void *right)
{
	return strcmp(((const Machine *)left)->name, ((const Machine *)right)->name);
}

static bool read_machines(BusMessage *answer, Arena *arena, Machines *machines, Error *error)
{
	if (!bus_message_enter_array(answer, "(ssso)", error))
		return false;
	for (;;) {
		const char *name, *class, *service, *path;
		bool has_more = false;
		if (!bus_message_read(answer, &has_more, error, "(ssso)", &name, &class, &service,
				      &path))
			return false;
		if (!has_more)
			return true;
		if (!text_equal(class, "container"))
			continue;
		*machines_push(arena, machines) = (Machine){
			.name = arena_strdup(arena, name), .unit = "", .state = "", .root = ""
		};
	}
}

bool bus_list_machines(Bus *bus, Arena *arena, Machines *ret, Error *error)
{
	Machines machines = { 0 };
	CLEANUP_BUS_MESSAGE answer = NULL;
	if (!bus_call(bus, &machined, "ListMachines", &answer, error, "") ||
	    !read_machines(answer, arena, &machines, error))
		return error_wrap(error, "list the running machines");
	if (machines.count > 0)
		qsort(machines.items, machines.count, sizeof(Machine), compare_names);
	*ret = machines;
	return true;
}

// NULL for loopback and link-local addresses, and for families that we do not know.
static const char *address_text(Arena *arena, int family, const void *bytes, size_t length)
{
	static const unsigned char link_local_4[] = { 169, 254 };
	char *text = arena_alloc(arena, INET6_ADDRSTRLEN);
	if (family == AF_INET && length == 4 && memcmp(bytes, link_local_4, 2) != 0)
		return inet_ntop(AF_INET, bytes, text, INET6_ADDRSTRLEN);
	if (family == AF_INET6 && length == 16 &&
	    !IN6_IS_ADDR_LINKLOCAL((const struct in6_addr *)bytes))
		return inet_ntop(AF_INET6, bytes, text, INET6_ADDRSTRLEN);
	return NULL;
}

static bool read_addresses(BusMessage *answer, Arena *arena, Texts *addresses, Error *error)
{
	if (!bus_message_enter_array(answer, "(iay)", error))
		return false;
	for (;;) {
		bool has_more = false;
		int32_t family = 0;
		const void *bytes = NULL;
		size_t length = 0;
		if (!bus_message_enter_struct(answer, "iay", &has_more, error))
			return false;
		if (!has_more)
			return true;
		if (!bus_message_read(answer, NULL, error, "i", &family) ||
		    !bus_message_read_bytes(answer, &bytes, &length, error) ||
		    !bus_message_leave(answer, error))
			return false;
		const char *address = address_text(arena, family, bytes, length);
		if (address)
			texts_add(arena, addresses, address);
	}
}

bool bus_machine_addresses(Bus *bus, const char *name, Arena *arena, Texts *ret, Error *error)
{
	Texts addresses = { 0 };
	CLEANUP_BUS_MESSAGE answer = NULL;
	if (!bus_call(bus, &machined, "GetMachineAddresses", &answer, error, "s", name) ||
	    !read_addresses(answer, arena, &addresses, error))
		return error_wrap(error, "read the addresses of machine '%s'", name);
	*ret = addresses;
	return true;
}

bool bus_kill_machine(Bus *bus, const char *name, MachineProcesses whom, int signal_number,
		      Error *error)
{
	static const char *const words[] = { [MACHINE_LEADER] = "leader", [MACHINE_ALL] = "all" };
	return bus_call(bus, &machined, "KillMachine", NULL, error, "ssi", name, words[whom],
			signal_number) ||
	       error_wrap(error, "send signal %d to machine '%s'", signal_number, name);
}

bool bus_terminate_machine(Bus *bus, const char *name, Error *error)
{
	return bus_call(bus, &machined, "TerminateMachine", NULL, error, "s", name) ||
	       error_wrap(error, "terminate machine '%s'", name);
}

bool bus_unregister_machine(Bus *bus, const char *name, Error *error)
{
	return bus_call(bus, &machined, "UnregisterMachine", NULL, error, "s", name) ||
	       error_wrap(error, "unregister machine '%s'", name);
}
