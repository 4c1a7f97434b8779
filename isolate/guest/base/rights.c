#include "isolate/guest/base/rights.h"

#include <linux/uio.h>

enum {
	LEVEL_OF_SOCKETS = 1, // SOL_SOCKET
	TYPE_OF_RIGHTS = 1,   // SCM_RIGHTS
	WITHOUT_WAITING = 0x40,
	CLOSE_RECEIVED_ON_EXEC = 0x40000000,
};

// What the C library calls struct msghdr and struct cmsghdr.
typedef struct Message {
	void *name;
	uint32_t name_bytes;
	struct iovec *parts;
	size_t part_count;
	void *control;
	size_t control_bytes;
	uint32_t flags;
} Message;

typedef struct Rights {
	size_t bytes;
	int level;
	int type;
	int fds[RIGHTS_MAX];
} Rights;

static size_t bytes_of(size_t count)
{
	return offsetof(Rights, fds) + count * sizeof(int);
}

long rights_send(int socket, const int *fds, size_t count)
{
	char byte = 0;
	struct iovec part = { &byte, 1 };
	Rights rights = { bytes_of(count), LEVEL_OF_SOCKETS, TYPE_OF_RIGHTS, { 0 } };
	memcpy(rights.fds, fds, count * sizeof(int));
	const Message message = {
		.parts = &part,
		.part_count = 1,
		.control = &rights,
		.control_bytes = rights.bytes,
	};
	const long result = CALL3(sendmsg, socket, &message, 0);
	return result < 0 ? result : 0;
}

bool rights_receive(int socket, int *ret_fds, size_t count)
{
	char byte = 0;
	struct iovec part = { &byte, 1 };
	Rights rights = { 0 };
	Message message = {
		.parts = &part,
		.part_count = 1,
		.control = &rights,
		.control_bytes = sizeof(rights),
	};
	const long got = CALL3(recvmsg, socket, &message, WITHOUT_WAITING | CLOSE_RECEIVED_ON_EXEC);
	if (got != 1 || rights.bytes != bytes_of(count) || rights.type != TYPE_OF_RIGHTS)
		return false;
	memcpy(ret_fds, rights.fds, count * sizeof(int));
	return true;
}
