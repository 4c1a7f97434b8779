// Gives a file rights that its user does not have, past chmod(1):
//   rights capability FILE      CAP_SETUID, as a file capability
//   rights hand FILE SOCKET     opens FILE and hands it over to who takes it at the abstract socket
//   rights take SOCKET          makes what it takes there set-user-ID
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

static int report(const char *what, int result)
{
	if (result < 0)
		perror(what);
	return result < 0;
}

static int give_capability(const char *path)
{
	const struct vfs_cap_data data = {
		.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
		.data[0].permitted = 1U << CAP_SETUID,
	};
	return report("setxattr", setxattr(path, "security.capability", &data, sizeof(data), 0));
}

static socklen_t address_of(const char *name, struct sockaddr_un *ret)
{
	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	strncpy(ret->sun_path + 1, name, sizeof(ret->sun_path) - 2);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
}

// A message of one byte with room for one descriptor.
typedef struct Parcel {
	char byte;
	struct iovec data;
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	struct msghdr message;
} Parcel;

static void prepare(Parcel *parcel)
{
	memset(parcel, 0, sizeof(*parcel));
	parcel->data = (struct iovec){ &parcel->byte, 1 };
	parcel->message = (struct msghdr){ .msg_iov = &parcel->data,
					   .msg_iovlen = 1,
					   .msg_control = parcel->control.bytes,
					   .msg_controllen = sizeof(parcel->control.bytes) };
}

static int hand(const char *path, const char *name)
{
	struct sockaddr_un address;
	Parcel parcel;
	const socklen_t length = address_of(name, &address);
	const int fd = open(path, O_RDWR), channel = socket(AF_UNIX, SOCK_DGRAM, 0);
	prepare(&parcel);
	parcel.message.msg_name = &address;
	parcel.message.msg_namelen = length;
	parcel.control.header = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int)),
						  .cmsg_level = SOL_SOCKET,
						  .cmsg_type = SCM_RIGHTS };
	memcpy(CMSG_DATA(&parcel.control.header), &fd, sizeof(fd));
	// Whoever takes it may not be there yet.
	for (int i = 0; i < 500 && sendmsg(channel, &parcel.message, 0) < 0; i++)
		poll(NULL, 0, 10);
	return report("open", fd);
}

static int take(const char *name)
{
	struct sockaddr_un address;
	Parcel parcel;
	int fd = -1;
	const socklen_t length = address_of(name, &address);
	const int channel = socket(AF_UNIX, SOCK_DGRAM, 0);
	prepare(&parcel);
	if (report("bind", bind(channel, (struct sockaddr *)&address, length)) ||
	    report("recvmsg", (int)recvmsg(channel, &parcel.message, 0)))
		return 2;
	memcpy(&fd, CMSG_DATA(&parcel.control.header), sizeof(fd));
	return report("fchmod", fchmod(fd, 04755));
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "capability") == 0)
		return give_capability(argv[2]);
	if (argc == 4 && strcmp(argv[1], "hand") == 0)
		return hand(argv[2], argv[3]);
	if (argc == 3 && strcmp(argv[1], "take") == 0)
		return take(argv[2]);
	return 2;
}
