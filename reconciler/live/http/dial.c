/* Where a connection goes, as the kernel wants to have it said. */
#include "live/http/dial.h"

#include "base/platform.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

enum { PORT_MAX = 65535 };

struct address {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
		struct sockaddr_un local;
	};
	socklen_t length;
};

/* Splits at the last colon; false: there is none, or what follows is no port. */
static bool read_port(const char *authority, char *ret_host, size_t size, in_port_t *ret_port)
{
	const char *colon = strrchr(authority, ':');
	char *end;

	if (!colon || (size_t)(colon - authority) >= size || colon[1] < '0' || colon[1] > '9')
		return false;
	long port = strtol(colon + 1, &end, 10);
	if (*end != '\0' || port < 1 || port > PORT_MAX)
		return false;
	memcpy(ret_host, authority, (size_t)(colon - authority));
	ret_host[colon - authority] = '\0';
	*ret_port = htons((uint16_t)port);
	return true;
}

static bool read_authority(const char *authority, struct address *ret)
{
	char host[INET6_ADDRSTRLEN + 2];
	in_port_t port;

	*ret = (struct address){0};
	if (!read_port(authority, host, sizeof(host), &port))
		return false;
	size_t length = strlen(host);
	if (host[0] == '[' && host[length - 1] == ']') {
		host[length - 1] = '\0';
		ret->v6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = port};
		ret->length = sizeof(ret->v6);
		return inet_pton(AF_INET6, host + 1, &ret->v6.sin6_addr) == 1;
	}
	ret->v4 = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = port};
	ret->length = sizeof(ret->v4);
	return inet_pton(AF_INET, host, &ret->v4.sin_addr) == 1;
}

static int read_path(const char *path, struct address *ret)
{
	size_t length = strlen(path);

	*ret = (struct address){.local = {.sun_family = AF_UNIX}};
	if (length >= sizeof(ret->local.sun_path))
		return ENAMETOOLONG;
	memcpy(ret->local.sun_path, path, length);
	ret->length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + 1);
	return 0;
}

bool dial_can(const char *authority)
{
	struct address address;

	return read_authority(authority, &address);
}

int dial_socket(const char *where)
{
	struct address address;

	return read_authority(where, &address) ? platform_tcp_socket(address.any.sa_family) : platform_socket();
}

/* connect(2): what became of it is the socket's error; no error yet may be no answer yet. */
static int outcome(int fd)
{
	struct address peer = {.length = sizeof(peer.v6)};
	int why = 0;
	socklen_t size = sizeof(why);

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &size) < 0)
		return errno;
	if (why != 0)
		return why;
	if (getpeername(fd, &peer.any, &peer.length) == 0)
		return 0;
	return errno == ENOTCONN ? EINPROGRESS : errno;
}

int dial(int fd, const char *where, bool again)
{
	struct address address;
	bool is_tcp = read_authority(where, &address);

	if (is_tcp && again)
		return outcome(fd);
	int problem = is_tcp ? 0 : read_path(where, &address);
	if (problem != 0)
		return problem;
	if (connect(fd, &address.any, address.length) == 0)
		return 0;
	if (errno == EINTR)
		return is_tcp ? EINPROGRESS : EAGAIN;
	return errno;
}
