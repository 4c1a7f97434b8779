#include "pkg/sys/kernel/netlink.h"

#include "pkg/base/arena.h"

#include <assert.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <string.h>

// Tries at a dump during which the objects change.
#define INTERRUPTED_DUMPS_MAX 10

// An attribute's header and padding, and the padding before it.
#define ATTRIBUTE_OVERHEAD 16

struct Netlink {
	struct mnl_socket *socket;
	uint32_t sequence;
};

void netlink_close(Netlink **netlink)
{
	if (!*netlink)
		return;
	mnl_socket_close((*netlink)->socket);
	free(*netlink);
	*netlink = NULL;
}

bool netlink_open(int protocol, Netlink **ret, Error *error)
{
	struct mnl_socket *socket = mnl_socket_open2(protocol, SOCK_CLOEXEC);
	if (!socket)
		return error_set_errno(error, errno, "open a netlink socket");
	if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0) {
		const int os_errno = errno;
		mnl_socket_close(socket);
		return error_set_errno(error, os_errno, "bind a netlink socket");
	}

	// Both are niceties: words in errors (4.12), and dumps that the kernel filters (4.20).
	int on = 1;
	(void)mnl_socket_setsockopt(socket, NETLINK_EXT_ACK, &on, sizeof(on));
	(void)mnl_socket_setsockopt(socket, NETLINK_GET_STRICT_CHK, &on, sizeof(on));

	Netlink *netlink = memory_resize(NULL, sizeof(*netlink));
	*netlink = (Netlink){ .socket = socket };
	*ret = netlink;
	return true;
}

static struct nlmsghdr *header_of(NetlinkMessage *message)
{
	return (struct nlmsghdr *)(void *)message->bytes;
}

static void check_room(NetlinkMessage *message, size_t size)
{
	const size_t used = header_of(message)->nlmsg_len;
	assert(used + size + ATTRIBUTE_OVERHEAD <= sizeof(message->bytes));
	(void)used; // without assertions
	(void)size;
}

void netlink_message_start(NetlinkMessage *message, uint16_t type, uint16_t flags,
			   const void *header, size_t header_size)
{
	struct nlmsghdr *start = mnl_nlmsg_put_header(message->bytes);
	start->nlmsg_type = type;
	start->nlmsg_flags = NLM_F_REQUEST | flags;
	netlink_add_header(message, header, header_size);
}

void netlink_add_header(NetlinkMessage *message, const void *header, size_t size)
{
	check_room(message, size);
	memcpy(mnl_nlmsg_put_extra_header(header_of(message), size), header, size);
}

void netlink_add_bytes(NetlinkMessage *message, uint16_t type, const void *bytes, size_t length)
{
	check_room(message, length);
	mnl_attr_put(header_of(message), type, length, bytes);
}

void netlink_add_u8(NetlinkMessage *message, uint16_t type, uint8_t value)
{
	netlink_add_bytes(message, type, &value, sizeof(value));
}

void netlink_add_u32(NetlinkMessage *message, uint16_t type, uint32_t value)
{
	netlink_add_bytes(message, type, &value, sizeof(value));
}

void netlink_add_text(NetlinkMessage *message, uint16_t type, const char *text)
{
	netlink_add_bytes(message, type, text, strlen(text) + 1);
}

void *netlink_nest_start(NetlinkMessage *message, uint16_t type)
{
	check_room(message, 0);
	return mnl_attr_nest_start(header_of(message), type);
}

void netlink_nest_end(NetlinkMessage *message, void *nest)
{
	mnl_attr_nest_end(header_of(message), nest);
}

typedef struct Search {
	uint16_t type;
	const struct nlattr *found;
} Search;

static int compare_type(const struct nlattr *attribute, void *data)
{
	Search *search = data;
	if (mnl_attr_get_type(attribute) != search->type)
		return MNL_CB_OK;
	search->found = attribute;
	return MNL_CB_STOP;
}

// The first attribute of `type` in a message, behind its fixed part of `offset` bytes; or NULL.
static const struct nlattr *find(const struct nlmsghdr *message, size_t offset, uint16_t type)
{
	Search search = { .type = type };
	if (mnl_nlmsg_get_payload_len(message) < offset ||
	    mnl_attr_parse(message, (unsigned)offset, compare_type, &search) < 0)
		return NULL;
	return search.found;
}

static const char *text_of(const struct nlattr *attribute)
{
	if (!attribute || mnl_attr_validate(attribute, MNL_TYPE_NUL_STRING) < 0)
		return NULL;
	return mnl_attr_get_str(attribute);
}

typedef struct Answer {
	NetlinkVisit visit; // NULL: only the acknowledgement counts
	void *context;
	size_t header_size;
	int os_errno;        // of the kernel's refusal
	const char *words;   // the kernel's own, or NULL; in the receive buffer
	bool is_complete;    // acknowledged, or the last object has come
	bool is_interrupted; // the objects changed during the dump
} Answer;

// The kernel's words follow the error and, unless that was left out, our request (NETLINK_EXT_ACK).
static void take_acknowledgement(const struct nlmsghdr *message, Answer *answer)
{
	answer->is_complete = true;
	if (mnl_nlmsg_get_payload_len(message) < sizeof(struct nlmsgerr)) {
		answer->os_errno = EBADMSG;
		return;
	}
	const struct nlmsgerr *refusal = mnl_nlmsg_get_payload(message);
	size_t offset = sizeof(*refusal);
	if (!(message->nlmsg_flags & NLM_F_CAPPED))
		offset += refusal->msg.nlmsg_len - sizeof(refusal->msg);
	answer->os_errno = -refusal->error;
	if (refusal->error != 0 && message->nlmsg_flags & NLM_F_ACK_TLVS)
		answer->words = text_of(find(message, offset, NLMSGERR_ATTR_MSG));
}

// The end of a dump; it brings the error when the dump went wrong.
static void take_end(const struct nlmsghdr *message, Answer *answer)
{
	answer->is_complete = true;
	if (mnl_nlmsg_get_payload_len(message) < sizeof(int))
		return;
	const int *result = mnl_nlmsg_get_payload(message);
	answer->os_errno = *result < 0 ? -*result : 0;
	if (*result < 0 && message->nlmsg_flags & NLM_F_ACK_TLVS)
		answer->words = text_of(find(message, sizeof(*result), NLMSGERR_ATTR_MSG));
}

static void take_message(const struct nlmsghdr *message, Answer *answer)
{
	answer->is_interrupted |= (message->nlmsg_flags & NLM_F_DUMP_INTR) != 0;
	if (message->nlmsg_type == NLMSG_ERROR) {
		take_acknowledgement(message, answer);
	} else if (message->nlmsg_type == NLMSG_DONE) {
		take_end(message, answer);
	} else if (answer->visit && mnl_nlmsg_get_payload_len(message) >= answer->header_size) {
		const NetlinkObject object = {
			.type = message->nlmsg_type,
			.header = mnl_nlmsg_get_payload(message),
			.message = message,
			.header_size = answer->header_size,
		};
		answer->visit(&object, answer->context);
	}
}

static bool refuse(const Answer *answer, Error *error)
{
	if (answer->words)
		return error_set_errno(error, answer->os_errno, "%s", answer->words);
	return error_set_errno(error, answer->os_errno, "the kernel refuses");
}

static bool receive(Netlink *netlink, Answer *answer, Error *error)
{
	_Alignas(8) char bytes[32 * 1024]; // the largest part of a dump that the kernel makes
	while (!answer->is_complete) {
		const ssize_t got = mnl_socket_recvfrom(netlink->socket, bytes, sizeof(bytes));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set_errno(error, errno, "read the kernel's answer");

		int rest = (int)got;
		const struct nlmsghdr *message = (const struct nlmsghdr *)(void *)bytes;
		for (; mnl_nlmsg_ok(message, rest); message = mnl_nlmsg_next(message, &rest)) {
			if (message->nlmsg_seq == netlink->sequence)
				take_message(message, answer);
		}
	}
	return answer->os_errno == 0 || refuse(answer, error);
}

static bool exchange(Netlink *netlink, NetlinkMessage *message, Answer *answer, Error *error)
{
	struct nlmsghdr *start = header_of(message);
	start->nlmsg_seq = ++netlink->sequence;
	if (mnl_socket_sendto(netlink->socket, start, start->nlmsg_len) < 0)
		return error_set_errno(error, errno, "ask the kernel");
	return receive(netlink, answer, error);
}

bool netlink_request(Netlink *netlink, NetlinkMessage *message, Error *error)
{
	Answer answer = { 0 };
	header_of(message)->nlmsg_flags |= NLM_F_ACK;
	return exchange(netlink, message, &answer, error);
}

bool netlink_query(Netlink *netlink, NetlinkMessage *message, size_t header_size,
		   NetlinkVisit visit, void *context, Error *error)
{
	// The acknowledgement ends the answer to a single look-up, as NLMSG_DONE ends that of a dump.
	if (!(header_of(message)->nlmsg_flags & NLM_F_DUMP))
		header_of(message)->nlmsg_flags |= NLM_F_ACK;
	for (int tries = 0; tries < INTERRUPTED_DUMPS_MAX; tries++) {
		Answer answer = { .visit = visit, .context = context, .header_size = header_size };
		if (!exchange(netlink, message, &answer, error))
			return false;
		if (!answer.is_interrupted)
			return true;
	}
	return error_set(error, ERROR_BUSY, "the kernel's list changes faster than it can be read");
}

uint32_t netlink_attribute_u32(const NetlinkObject *object, uint16_t type)
{
	const struct nlattr *attribute = find(object->message, object->header_size, type);
	if (!attribute || mnl_attr_validate(attribute, MNL_TYPE_U32) < 0)
		return 0;
	return mnl_attr_get_u32(attribute);
}

NetlinkBytes netlink_attribute_inside(const NetlinkObject *object, const uint16_t *types,
				      size_t depth)
{
	const struct nlattr *attribute = find(object->message, object->header_size, types[0]);
	for (size_t i = 1; attribute && i < depth; i++) {
		Search search = { .type = types[i] };
		if (mnl_attr_parse_nested(attribute, compare_type, &search) < 0)
			search.found = NULL;
		attribute = search.found;
	}
	if (!attribute)
		return (NetlinkBytes){ 0 };
	return (NetlinkBytes){ mnl_attr_get_payload(attribute),
			       mnl_attr_get_payload_len(attribute) };
}
