/* Listens on a Unix socket in a fresh folder. */
#include "live/http/private_socket.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int private_socket_open(struct private_socket *ret_socket, int backlog, struct error *err)
{
	struct private_socket opened = PRIVATE_SOCKET_INIT;
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const char *runtime = getenv("XDG_RUNTIME_DIR");

	/* sun_path is short: a long folder is passed over for /tmp. */
	if (!runtime || runtime[0] != '/' || strlen(runtime) > 24 || access(runtime, W_OK) != 0)
		runtime = "/tmp";
	snprintf(opened.folder, sizeof(opened.folder), "%s/reconcile-XXXXXX", runtime);
	if (!mkdtemp(opened.folder))
		return error_set_errno(err, errno, "making a private folder in %s", runtime);
	snprintf(opened.path, sizeof(opened.path), "%s/s", opened.folder);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", opened.path);
	opened.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (opened.fd < 0 || bind(opened.fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(opened.fd, backlog) < 0) {
		error_set_errno(err, errno, "listening on %s", opened.path);
		private_socket_close(&opened);
		return -1;
	}
	*ret_socket = opened;
	return 0;
}

int private_socket_accept(const struct private_socket *socket)
{
	return accept4(socket->fd, NULL, NULL, SOCK_CLOEXEC);
}

void private_socket_close(struct private_socket *socket)
{
	if (socket->fd >= 0)
		close(socket->fd);
	if (socket->folder[0] != '\0') {
		unlink(socket->path);
		rmdir(socket->folder);
	}
	*socket = (struct private_socket)PRIVATE_SOCKET_INIT;
}
