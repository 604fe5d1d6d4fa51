/* A Unix socket in a folder that only this user may enter: where libcurl connects to what it cannot reach by itself. */
#ifndef RECONCILE_LIVE_HTTP_PRIVATE_SOCKET_H
#define RECONCILE_LIVE_HTTP_PRIVATE_SOCKET_H

#include "base/error.h"

struct private_socket {
	char folder[64], path[80];
	int fd; /* listens, does not wait; -1: not open */
};

#define PRIVATE_SOCKET_INIT                                                                                            \
	{                                                                                                              \
		.fd = -1                                                                                               \
	}

int private_socket_open(struct private_socket *ret_socket, int backlog, struct error *err);
int private_socket_accept(const struct private_socket *socket); /* -1: nobody is there */
void private_socket_close(struct private_socket *socket);	/* removes it and its folder; may be called twice */

#endif
