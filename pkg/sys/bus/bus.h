// pkg/sys/bus/bus.h - D-Bus: one connection, calls, answers and signals.
// The only user of <systemd/sd-bus.h>. A Bus is either the host's system bus or the private socket of a machine's
// PID 1, which needs no D-Bus daemon in the machine; what travels over both is the same. Every wait ends at its
// deadline, at SIGINT and SIGTERM (ERROR_INTERRUPTED), or when the peer goes away. Units are in unit.h, machines in
// machine.h; the second half of this file is what those two are made of.
// Spec: https://www.freedesktop.org/software/systemd/man/252/org.freedesktop.systemd1.html
#ifndef PKG_SYS_BUS_BUS_H
#define PKG_SYS_BUS_BUS_H

#include "pkg/base/arena.h"
#include "pkg/base/error.h"

#include <stdint.h>
#include <sys/types.h>

typedef struct Bus Bus;

// How long a peer may take to answer one call, unless bus_set_call_timeout says otherwise.
#define BUS_CALL_TIMEOUT_MS 25000

// The host's system bus: its systemd and its machined. Fails when there is no D-Bus daemon.
MUST_CHECK bool bus_open_system(Bus **ret, Error *error);
// The host's systemd over its private socket, without the D-Bus daemon between: every call is one exchange of two
// processes instead of four. Units and jobs only; machined is on the system bus. Root only.
// Falls back to the system bus where there is no such socket.
MUST_CHECK bool bus_open_manager(Bus **ret, Error *error);
// PID 1 of the machine whose leader (first process, as the host counts) is `leader`; with or without a user namespace.
// timeout_ms: for the handshake, and for each call afterwards; 0 = BUS_CALL_TIMEOUT_MS.
// Fails: ERROR_NOT_FOUND (no such process), ERROR_BUSY (its systemd does not listen yet: it is booting, or it is not
// systemd), ERROR_TIMEOUT (it does not answer).
MUST_CHECK bool bus_open_machine(pid_t leader, uint64_t timeout_ms, Bus **ret, Error *error);
// As bus_open_machine, for a machine that was just started: tries again until its systemd listens, at most timeout_ms
// (nspawn says that it is ready some milliseconds before). Fails with ERROR_NOT_FOUND when the process ends.
MUST_CHECK bool bus_await_machine(pid_t leader, uint64_t timeout_ms, Bus **ret, Error *error);
// As bus_open_machine, over a connected stream socket. Takes the descriptor, also on failure.
MUST_CHECK bool bus_open_socket(int fd, uint64_t timeout_ms, Bus **ret, Error *error);
// Closes without waiting for anything; NULL inside is accepted.
void bus_close(Bus **bus);
#define CLEANUP_BUS CLEANUP(bus_close) Bus *

// 0 = BUS_CALL_TIMEOUT_MS. Returns what it was.
uint64_t bus_set_call_timeout(Bus *bus, uint64_t timeout_ms);

// --- for the modules that speak a particular interface

// Who is called: service, object, interface.
typedef struct BusObject {
	const char *service;
	const char *path;
	const char *interface;
} BusObject;

// systemd's manager: jobs, lists, units by name.
extern const BusObject bus_manager;

// An answer or a signal. It is read once, from front to back.
typedef struct BusMessage BusMessage;
void bus_message_free(BusMessage **message);
#define CLEANUP_BUS_MESSAGE CLEANUP(bus_message_free) BusMessage *

// Calls and waits. `types` and what follows are the arguments as sd_bus_message_append(3) takes them. ret_answer: the
// caller's; NULL when the answer's content does not matter. What the peer refuses becomes an Error by the table of
// D-Bus error names in bus.c.
MUST_CHECK bool bus_call(Bus *bus, const BusObject *object, const char *method,
			 BusMessage **ret_answer, Error *error, const char *types, ...);

// Receives an answer, or a signal. failure is NULL unless the peer refused the call; message is valid during the call.
typedef void BusHandler(BusMessage *message, const Error *failure, void *context);

// What waits for an answer or for signals. Dropping it ends that: the handler is not called any more.
typedef struct BusSlot BusSlot;
void bus_slot_drop(BusSlot **slot);
#define CLEANUP_BUS_SLOT CLEANUP(bus_slot_drop) BusSlot *

// Sends a call without waiting; `handler` gets the answer during a later bus_wait.
MUST_CHECK bool bus_send(Bus *bus, const BusObject *object, const char *method, BusHandler *handler,
			 void *context, BusSlot **ret_slot, Error *error, const char *types, ...);
// From now on `handler` gets this signal of the object, during bus_wait.
MUST_CHECK bool bus_watch(Bus *bus, const BusObject *object, const char *signal,
			  BusHandler *handler, void *context, BusSlot **ret_slot, Error *error);

// Asks systemd to send its signals to this connection, before any later call is handled. Once is enough, more is fine.
MUST_CHECK bool bus_subscribe(Bus *bus, Error *error);

// A moment `timeout_ms` from now; 0 = never.
uint64_t bus_deadline(uint64_t timeout_ms);
// Handles messages until is_done(context). Fails with ERROR_TIMEOUT after `deadline`.
MUST_CHECK bool bus_wait(Bus *bus, uint64_t deadline, bool (*is_done)(const void *context),
			 const void *context, Error *error);

// Handles the next message, or waits until one comes or the descriptor `fd` can be read.
MUST_CHECK bool bus_handle_next(Bus *bus, int fd, bool *ret_is_readable, Error *error);

// Reads values by `types` into the pointers that follow, as sd_bus_message_read(3); texts live as long as the message.
// ret_got: false at the end of the array that was entered; NULL when the values must be there.
MUST_CHECK bool bus_message_read(BusMessage *message, bool *ret_got, Error *error,
				 const char *types, ...);
// Enters an array of `types` ("s", "(ssso)").
MUST_CHECK bool bus_message_enter_array(BusMessage *message, const char *types, Error *error);
// Enters a struct of an array, to read its members one by one; *ret_got is false at the end of the array.
MUST_CHECK bool bus_message_enter_struct(BusMessage *message, const char *types, bool *ret_got,
					 Error *error);
MUST_CHECK bool bus_message_leave(BusMessage *message, Error *error);
// The bytes of an "ay"; they live as long as the message.
MUST_CHECK bool bus_message_read_bytes(BusMessage *message, const void **ret, size_t *ret_length,
				       Error *error);

// One row: which property goes to which member. type: 's' text or object path, 'b' bool, 'i' int32_t, 'u' uint32_t,
// 't' uint64_t.
typedef struct BusProperty {
	const char *name;
	char type;
	size_t offset;
} BusProperty;

// Fills the members of `record` from the object's properties; interface "" means all of its interfaces. Absent
// properties leave their member alone. Texts go to the arena.
MUST_CHECK bool bus_read_properties(Bus *bus, const BusObject *object, const BusProperty *table,
				    size_t count, Arena *arena, void *record, Error *error);
// The same from the answer to GetAll.
MUST_CHECK bool bus_message_read_properties(BusMessage *message, const BusProperty *table,
					    size_t count, Arena *arena, void *record, Error *error);

// "/org/freedesktop/systemd1/unit" and "a-b.service" give ".../unit/a_2db_2eservice".
const char *bus_object_path(Arena *arena, const char *prefix, const char *name);

#endif
