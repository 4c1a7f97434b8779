#include "pkg/sys/bus/bus.h"

#include "pkg/base/clock.h"
#include "pkg/base/text.h"
#include "pkg/sys/bus/manager_socket.h"
#include "pkg/sys/file.h"
#include "pkg/sys/interrupt.h"

#include <assert.h>
#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-bus.h>

// systemd.git src/core/dbus.c: bus_init_private; for root, and only units and jobs.
#define MANAGER_SOCKET_PATH "/run/systemd/private"

struct Bus {
	sd_bus *bus;
	const char *peer; // for messages
	uint64_t call_timeout_us;
	bool is_subscribed;
};

struct BusSlot {
	sd_bus_slot *slot;
	Bus *bus;
	BusHandler *handler;
	void *context;
};

const BusObject bus_manager = { "org.freedesktop.systemd1", "/org/freedesktop/systemd1",
				"org.freedesktop.systemd1.Manager" };

// --- errors

// D-Bus error names that callers branch on. Everything else is ERROR_SYSTEM.
static const struct {
	const char *name;
	ErrorCode code;
} refusals[] = {
	// clang-format off
	{ "org.freedesktop.systemd1.NoSuchUnit",                  ERROR_NOT_FOUND },
	{ "org.freedesktop.systemd1.NoUnitForPID",                ERROR_NOT_FOUND },
	{ "org.freedesktop.systemd1.LoadFailed",                  ERROR_INVALID },
	{ "org.freedesktop.systemd1.BadUnitSetting",              ERROR_INVALID },
	{ "org.freedesktop.systemd1.UnitExists",                  ERROR_EXISTS },
	{ "org.freedesktop.systemd1.UnitMasked",                  ERROR_FAILED },
	{ "org.freedesktop.systemd1.UnitInactive",                ERROR_FAILED },
	{ "org.freedesktop.systemd1.JobTypeNotApplicable",        ERROR_UNSUPPORTED },
	{ "org.freedesktop.systemd1.OnlyByDependency",            ERROR_DENIED },
	{ "org.freedesktop.systemd1.TransactionIsDestructive",    ERROR_BUSY }, // the machine is shutting down
	{ "org.freedesktop.systemd1.TransactionJobsConflicting",  ERROR_BUSY },
	{ "org.freedesktop.systemd1.ShuttingDown",                ERROR_BUSY },
	{ "org.freedesktop.systemd1.NoSuchProcess",               ERROR_NOT_FOUND },
	{ "org.freedesktop.machine1.NoSuchMachine",               ERROR_NOT_FOUND },
	{ "org.freedesktop.machine1.NoPrivateNetworking",         ERROR_UNSUPPORTED },
	{ "org.freedesktop.DBus.Error.AccessDenied",              ERROR_DENIED },
	{ "org.freedesktop.DBus.Error.AuthFailed",                ERROR_DENIED },
	{ "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired", ERROR_DENIED },
	{ "org.freedesktop.DBus.Error.UnknownObject",             ERROR_NOT_FOUND },
	{ "org.freedesktop.DBus.Error.FileNotFound",              ERROR_NOT_FOUND },
	{ "System.Error.ENOENT",                                  ERROR_NOT_FOUND }, // how sd-bus names an errno
	{ "System.Error.EACCES",                                  ERROR_DENIED },
	{ "System.Error.EPERM",                                   ERROR_DENIED },
	{ "org.freedesktop.DBus.Error.ServiceUnknown",            ERROR_UNSUPPORTED }, // not installed
	{ "org.freedesktop.DBus.Error.NameHasNoOwner",            ERROR_UNSUPPORTED },
	{ "org.freedesktop.DBus.Error.InvalidArgs",               ERROR_INVALID },
	{ "org.freedesktop.DBus.Error.PropertyReadOnly",          ERROR_INVALID },
	{ "org.freedesktop.DBus.Error.UnknownProperty",           ERROR_UNSUPPORTED }, // older systemd
	{ "org.freedesktop.DBus.Error.UnknownMethod",             ERROR_UNSUPPORTED },
	{ "org.freedesktop.DBus.Error.LimitsExceeded",            ERROR_LIMIT },
	{ "org.freedesktop.DBus.Error.NoReply",                   ERROR_TIMEOUT },
	{ "org.freedesktop.DBus.Error.Timeout",                   ERROR_TIMEOUT },
	{ "org.freedesktop.DBus.Error.TimedOut",                  ERROR_TIMEOUT },
	// clang-format on
};

static ErrorCode code_of(const sd_bus_error *refusal)
{
	for (size_t i = 0; i < COUNT(refusals); i++) {
		if (text_equal(refusal->name, refusals[i].name))
			return refusals[i].code;
	}
	return ERROR_SYSTEM;
}

static bool set_lost(Error *error, const Bus *bus)
{
	return error_set(error, ERROR_SYSTEM, "%s ended the connection", bus->peer);
}

static bool set_refusal(Error *error, const Bus *bus, const sd_bus_error *refusal)
{
	const ErrorCode code = code_of(refusal);
	// sd-bus answers open calls with NoReply when the connection breaks, too.
	if (code == ERROR_TIMEOUT && sd_bus_is_open(bus->bus) <= 0)
		return set_lost(error, bus);
	if (code == ERROR_TIMEOUT)
		return error_set(error, code, "%s did not answer in time", bus->peer);
	const char *words = text_is_empty(refusal->message) ? refusal->name : refusal->message;
	const size_t length = strlen(words);
	const size_t stop = length > 0 && words[length - 1] == '.' ? 1 : 0;
	return error_set(error, code, "%.*s", (int)(length - stop), words);
}

// --- messages

static sd_bus_message *inner(BusMessage *message)
{
	return (sd_bus_message *)message;
}

void bus_message_free(BusMessage **message)
{
	sd_bus_message_unref(inner(*message));
	*message = NULL;
}

static bool set_malformed(Error *error, int result)
{
	return error_set_errno(error, -result, "understand the answer");
}

bool bus_message_read(BusMessage *message, bool *ret_got, Error *error, const char *types, ...)
{
	va_list values;
	va_start(values, types);
	const int result = sd_bus_message_readv(inner(message), types, values);
	va_end(values);

	if (result < 0)
		return set_malformed(error, result);
	if (!ret_got && result == 0)
		return set_malformed(error, -EBADMSG);
	if (ret_got)
		*ret_got = result > 0;
	return true;
}

bool bus_message_enter_array(BusMessage *message, const char *types, Error *error)
{
	const int result = sd_bus_message_enter_container(inner(message), SD_BUS_TYPE_ARRAY, types);
	return result > 0 || set_malformed(error, result < 0 ? result : -EBADMSG);
}

bool bus_message_enter_struct(BusMessage *message, const char *types, bool *ret_got, Error *error)
{
	const int result =
		sd_bus_message_enter_container(inner(message), SD_BUS_TYPE_STRUCT, types);
	*ret_got = result > 0;
	return result >= 0 || set_malformed(error, result);
}

bool bus_message_leave(BusMessage *message, Error *error)
{
	const int result = sd_bus_message_exit_container(inner(message));
	return result >= 0 || set_malformed(error, result);
}

bool bus_message_read_bytes(BusMessage *message, const void **ret, size_t *ret_length, Error *error)
{
	const int result = sd_bus_message_read_array(inner(message), 'y', ret, ret_length);
	return result >= 0 || set_malformed(error, result);
}

// --- properties

static const BusProperty *find_property(const BusProperty *table, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (text_equal(table[i].name, name))
			return &table[i];
	}
	return NULL;
}

// Reads the content of a variant whose type is `contents` into the member.
static int read_value(sd_bus_message *message, const char *contents, const BusProperty *row,
		      Arena *arena, void *member)
{
	const char basic = text_equal(contents, "o") ? 's' : contents[0];
	if (basic != row->type || contents[1] != '\0')
		return -EBADMSG;
	if (row->type == 'b') {
		int truth = 0; // sd-bus has no bool
		const int result = sd_bus_message_read_basic(message, 'b', &truth);
		*(bool *)member = truth != 0;
		return result;
	}
	const int result = sd_bus_message_read_basic(message, contents[0], member);
	if (result >= 0 && row->type == 's')
		*(const char **)member = arena_strdup(arena, *(const char **)member);
	return result;
}

// One entry of the dictionary; 0 at its end.
static int read_property(sd_bus_message *message, const BusProperty *table, size_t count,
			 Arena *arena, void *record)
{
	int result = sd_bus_message_enter_container(message, 'e', "sv");
	if (result <= 0)
		return result;

	const char *name = NULL, *contents = NULL;
	result = sd_bus_message_read_basic(message, 's', &name);
	if (result < 0)
		return result;
	const BusProperty *row = find_property(table, count, name);
	if (!row) {
		result = sd_bus_message_skip(message, "v");
		return result < 0 ? result : sd_bus_message_exit_container(message);
	}

	if ((result = sd_bus_message_peek_type(message, NULL, &contents)) < 0 ||
	    (result = sd_bus_message_enter_container(message, 'v', contents)) < 0 ||
	    (result = read_value(message, contents, row, arena, (char *)record + row->offset)) <
		    0 ||
	    (result = sd_bus_message_exit_container(message)) < 0)
		return result;
	return sd_bus_message_exit_container(message);
}

bool bus_message_read_properties(BusMessage *message, const BusProperty *table, size_t count,
				 Arena *arena, void *record, Error *error)
{
	if (!bus_message_enter_array(message, "{sv}", error))
		return false;
	int result = 0;
	do {
		result = read_property(inner(message), table, count, arena, record);
	} while (result > 0);
	return result == 0 || set_malformed(error, result);
}

bool bus_read_properties(Bus *bus, const BusObject *object, const BusProperty *table, size_t count,
			 Arena *arena, void *record, Error *error)
{
	const BusObject properties = { object->service, object->path,
				       "org.freedesktop.DBus.Properties" };
	CLEANUP_BUS_MESSAGE answer = NULL;
	return bus_call(bus, &properties, "GetAll", &answer, error, "s", object->interface) &&
	       bus_message_read_properties(answer, table, count, arena, record, error);
}

const char *bus_object_path(Arena *arena, const char *prefix, const char *name)
{
	char *path = NULL;
	if (sd_bus_path_encode(prefix, name, &path) < 0)
		memory_exhausted();
	const char *kept = arena_strdup(arena, path);
	free(path);
	return kept;
}

// --- waiting

uint64_t bus_deadline(uint64_t timeout_ms)
{
	return timeout_ms == 0 ? UINT64_MAX : clock_us() + timeout_ms * 1000;
}

// Sleeps until bytes can move, also those of another descriptor (-1: none), or until sd-bus or the deadline has something
// to do.
static bool wait_for_bytes(const Bus *bus, int other, uint64_t deadline, bool *ret_is_other,
			   Error *error)
{
	const int fd = sd_bus_get_fd(bus->bus);
	const int events = sd_bus_get_events(bus->bus);
	uint64_t inner_deadline = UINT64_MAX;
	if (fd < 0 || events < 0 || sd_bus_get_timeout(bus->bus, &inner_deadline) < 0)
		return set_lost(error, bus);

	const uint64_t now = clock_us();
	if (now >= deadline)
		return error_set(error, ERROR_TIMEOUT, "timed out");
	const uint64_t first = inner_deadline < deadline ? inner_deadline : deadline;
	const uint64_t left = first == UINT64_MAX ? UINT64_MAX : first > now ? first - now : 0;

	struct pollfd both[] = {
		{ .fd = fd, .events = (short)events },
		{ .fd = other, .events = POLLIN },
	};
	int ready = 0;
	if (!interrupt_poll(both, COUNT(both), left, &ready, error))
		return false;
	*ret_is_other = both[1].revents != 0;
	return true;
}

bool bus_wait(Bus *bus, uint64_t deadline, bool (*is_done)(const void *context),
	      const void *context, Error *error)
{
	bool is_other = false;
	while (!is_done(context)) {
		if (!interrupt_check(error))
			return false;
		const int result = sd_bus_process(bus->bus, NULL);
		if (result < 0)
			return set_lost(error, bus);
		if (result == 0 && !is_done(context) &&
		    !wait_for_bytes(bus, -1, deadline, &is_other, error))
			return false;
	}
	return true;
}

bool bus_handle_next(Bus *bus, int fd, bool *ret_is_readable, Error *error)
{
	*ret_is_readable = false;
	if (!interrupt_check(error))
		return false;
	const int result = sd_bus_process(bus->bus, NULL);
	if (result < 0)
		return set_lost(error, bus);
	return result > 0 || wait_for_bytes(bus, fd, UINT64_MAX, ret_is_readable, error);
}

// --- slots: calls that are on their way, signals that are watched

static BusSlot *slot_new(Bus *bus, BusHandler *handler, void *context)
{
	BusSlot *slot = memory_resize(NULL, sizeof(BusSlot));
	*slot = (BusSlot){ .bus = bus, .handler = handler, .context = context };
	return slot;
}

void bus_slot_drop(BusSlot **slot)
{
	if (!*slot)
		return;
	sd_bus_slot_unref((*slot)->slot);
	free(*slot);
	*slot = NULL;
}

static int deliver(sd_bus_message *message, void *userdata, sd_bus_error *unused)
{
	(void)unused; // for callbacks that want sd-bus to answer with an error; ours never do
	BusSlot *slot = userdata;
	CLEANUP_ERROR failure = { 0 };
	const sd_bus_error *refusal = sd_bus_message_get_error(message);
	if (refusal)
		set_refusal(&failure, slot->bus, refusal);
	slot->handler((BusMessage *)message, refusal ? &failure : NULL, slot->context);
	return 0;
}

static bool send_call(Bus *bus, const BusObject *object, const char *method, BusSlot *slot,
		      const char *types, va_list arguments, Error *error)
{
	sd_bus_message *call = NULL;
	int result = sd_bus_message_new_method_call(bus->bus, &call, object->service, object->path,
						    object->interface, method);
	if (result >= 0 && types[0] != '\0')
		result = sd_bus_message_appendv(call, types, arguments);
	if (result >= 0)
		result = sd_bus_call_async(bus->bus, &slot->slot, call, deliver, slot,
					   bus->call_timeout_us);
	sd_bus_message_unref(call);
	if (result == -ENOTCONN || result == -ECONNRESET)
		return set_lost(error, bus);
	return result >= 0 || error_set_errno(error, -result, "call %s", method);
}

bool bus_send(Bus *bus, const BusObject *object, const char *method, BusHandler *handler,
	      void *context, BusSlot **ret_slot, Error *error, const char *types, ...)
{
	CLEANUP_BUS_SLOT slot = slot_new(bus, handler, context);
	va_list arguments;
	va_start(arguments, types);
	const bool is_sent = send_call(bus, object, method, slot, types, arguments, error);
	va_end(arguments);
	if (!is_sent)
		return false;
	*ret_slot = slot;
	slot = NULL;
	return true;
}

bool bus_watch(Bus *bus, const BusObject *object, const char *signal, BusHandler *handler,
	       void *context, BusSlot **ret_slot, Error *error)
{
	CLEANUP_BUS_SLOT slot = slot_new(bus, handler, context);
	// The daemon handles our messages in order: it knows this match before it sees any later call, so nothing that such
	// a call causes is missed.
	const int result =
		sd_bus_match_signal_async(bus->bus, &slot->slot, NULL, object->path,
					  object->interface, signal, deliver, NULL, slot);
	if (result < 0)
		return error_set_errno(error, -result, "watch the signal %s", signal);
	*ret_slot = slot;
	slot = NULL;
	return true;
}

bool bus_subscribe(Bus *bus, Error *error)
{
	if (bus->is_subscribed)
		return true;
	// Nobody waits for the answer: whatever is wrong shows at the next call.
	const int result =
		sd_bus_call_method_async(bus->bus, NULL, bus_manager.service, bus_manager.path,
					 bus_manager.interface, "Subscribe", NULL, NULL, "");
	if (result < 0)
		return error_set_errno(error, -result, "subscribe to signals");
	bus->is_subscribed = true;
	return true;
}

// --- calls that wait

typedef struct Answer {
	bool is_here;
	BusMessage *message;
	Error failure;
} Answer;

static void keep_answer(BusMessage *message, const Error *failure, void *context)
{
	Answer *answer = context;
	answer->is_here = true;
	if (failure)
		error_set(&answer->failure, failure->code, "%s", failure->message);
	else
		answer->message = (BusMessage *)sd_bus_message_ref(inner(message));
}

static bool has_answer(const void *context)
{
	return ((const Answer *)context)->is_here;
}

bool bus_call(Bus *bus, const BusObject *object, const char *method, BusMessage **ret_answer,
	      Error *error, const char *types, ...)
{
	Answer answer = { 0 };
	CLEANUP_BUS_SLOT slot = slot_new(bus, keep_answer, &answer);
	va_list arguments;
	va_start(arguments, types);
	const bool is_sent = send_call(bus, object, method, slot, types, arguments, error);
	va_end(arguments);
	// No deadline here: sd-bus answers by itself when the call's own time is up.
	if (!is_sent || !bus_wait(bus, UINT64_MAX, has_answer, &answer, error))
		return false;
	if (answer.failure.code != ERROR_NONE) {
		*error = answer.failure;
		return false;
	}
	if (ret_answer)
		*ret_answer = answer.message;
	else
		bus_message_free(&answer.message);
	return true;
}

// --- connections

static Bus *bus_new(sd_bus *inner_bus, const char *peer)
{
	Bus *bus = memory_resize(NULL, sizeof(Bus));
	*bus = (Bus){ .bus = inner_bus, .peer = peer };
	bus_set_call_timeout(bus, 0);
	return bus;
}

uint64_t bus_set_call_timeout(Bus *bus, uint64_t timeout_ms)
{
	const uint64_t before_ms = bus->call_timeout_us / 1000;
	bus->call_timeout_us = (timeout_ms == 0 ? BUS_CALL_TIMEOUT_MS : timeout_ms) * 1000;
	return before_ms;
}

void bus_close(Bus **bus)
{
	if (!*bus)
		return;
	sd_bus_close_unref((*bus)->bus);
	free(*bus);
	*bus = NULL;
}

bool bus_open_system(Bus **ret, Error *error)
{
	sd_bus *host = NULL;
	const int result = sd_bus_open_system(&host);
	if (result < 0)
		return error_set_errno(error, -result,
				       "connect to the system bus (is dbus running on this host?)");
	*ret = bus_new(host, "the system bus");
	return true;
}

static bool is_ready(const void *context)
{
	return sd_bus_is_ready(((const Bus *)context)->bus) > 0;
}

bool bus_open_socket(int fd, uint64_t timeout_ms, Bus **ret, Error *error)
{
	CLEANUP_FD socket = fd;
	sd_bus *peer = NULL;
	int result = sd_bus_new(&peer);
	CLEANUP_BUS bus = bus_new(peer, "the machine's systemd");
	if (result >= 0)
		result = sd_bus_set_fd(peer, socket, socket);
	if (result >= 0) {
		steal_fd(&socket);
		result = sd_bus_start(peer);
	}
	if (result < 0)
		return error_set_errno(error, -result, "talk to the machine's systemd");

	bus_set_call_timeout(bus, timeout_ms);
	// sd-bus itself gives the handshake 90 s; a machine that hangs must not hold us so long.
	const uint64_t deadline = bus_deadline(bus->call_timeout_us / 1000);
	if (!bus_wait(bus, deadline, is_ready, bus, error))
		return error_wrap(error, "talk to the machine's systemd");
	*ret = bus;
	bus = NULL;
	return true;
}

bool bus_open_manager(Bus **ret, Error *error)
{
	static const struct sockaddr_un address = {
		.sun_family = AF_UNIX,
		.sun_path = MANAGER_SOCKET_PATH,
	};
	CLEANUP_FD fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return error_set_errno(error, errno, "make a socket");
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return bus_open_system(ret, error);
	return bus_open_socket(steal_fd(&fd), 0, ret, error);
}

bool bus_open_machine(pid_t leader, uint64_t timeout_ms, Bus **ret, Error *error)
{
	int fd = -1;
	const uint64_t patience = timeout_ms == 0 ? BUS_CALL_TIMEOUT_MS : timeout_ms;
	return manager_socket_connect(leader, patience, &fd, error) &&
	       bus_open_socket(fd, timeout_ms, ret, error);
}

bool bus_await_machine(pid_t leader, uint64_t timeout_ms, Bus **ret, Error *error)
{
	const uint64_t deadline = bus_deadline(timeout_ms);
	// No event tells when PID 1 has called listen(2).
	for (uint64_t pause_us = 1000;; pause_us = pause_us < 32000 ? pause_us * 2 : pause_us) {
		if (bus_open_machine(leader, timeout_ms, ret, error))
			return true;
		if (error->code != ERROR_BUSY || clock_us() + pause_us >= deadline)
			return false;
		error_clear(error);
		int ready = 0;
		if (!interrupt_poll(NULL, 0, pause_us, &ready, error))
			return false;
	}
}
