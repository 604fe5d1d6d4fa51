/* Listens on a Unix socket in a fresh folder, and lets in who comes. */
#include "live/http/doorway.h"

#include "base/platform.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void let_in(void *context)
{
	const struct doorway *doorway = context;
	int fd = platform_accept(doorway->fd);

	if (fd >= 0)
		doorway->arrived(doorway->context, fd);
}

int doorway_open(struct doorway *doorway, struct http *http, int backlog, void (*arrived)(void *context, int fd),
		 void *context, struct error *err)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const char *runtime = getenv("XDG_RUNTIME_DIR");

	*doorway = (struct doorway){.fd = -1, .http = http, .arrived = arrived, .context = context};
	/* sun_path is short: a long folder is passed over for /tmp. */
	if (!runtime || runtime[0] != '/' || strlen(runtime) > 24 || access(runtime, W_OK) != 0)
		runtime = "/tmp";
	snprintf(doorway->folder, sizeof(doorway->folder), "%s/reconcile-XXXXXX", runtime);
	if (!mkdtemp(doorway->folder)) {
		doorway->folder[0] = '\0';
		return error_set_errno(err, errno, "making a private folder in %s", runtime);
	}
	snprintf(doorway->path, sizeof(doorway->path), "%s/s", doorway->folder);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", doorway->path);
	int fd = platform_socket();
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(fd, backlog) < 0) {
		error_set_errno(err, errno, "listening on %s", doorway->path);
		if (fd >= 0)
			close(fd);
		doorway_close(doorway);
		return -1;
	}
	doorway->fd = fd;
	http_watch(http, fd, let_in, doorway);
	return 0;
}

void doorway_close(struct doorway *doorway)
{
	if (doorway->fd >= 0) {
		http_unwatch(doorway->http, doorway->fd);
		close(doorway->fd);
	}
	if (doorway->folder[0] != '\0') {
		unlink(doorway->path);
		rmdir(doorway->folder);
	}
	*doorway = (struct doorway)DOORWAY_INIT;
}
