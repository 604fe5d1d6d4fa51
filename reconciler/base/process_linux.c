/* base/process.h by /proc. */
#include "base/process.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MOUNTS_CAP = 4 * 1024 * 1024 };

bool process_name(long pid, char *ret_name, size_t size)
{
	CLEANUP_BUFFER struct buffer name = BUFFER_INIT(256);
	char comm[64];

	snprintf(comm, sizeof(comm), "/proc/%ld/comm", pid);
	if (file_read(comm, 64, &name, NULL) < 0 || name.length == 0)
		return false;
	snprintf(ret_name, size, "%.*s", (int)strcspn(buffer_text(&name), "\n"), buffer_text(&name));
	return *ret_name != '\0';
}

/* The owner by one line of /proc/locks, "1: FLOCK  ADVISORY  WRITE 712 00:2f:1234 0 EOF"; 0 when it is of another file.
 */
static long line_owner(const char *line, uintmax_t inode)
{
	static const char held[] = "FLOCK  ADVISORY  WRITE ";
	const char *at = strstr(line, held);
	char *end = NULL;

	if (!at || strstr(line, "->")) /* "->": one that waits */
		return 0;
	long pid = strtol(at + sizeof(held) - 1, &end, 10);
	for (int colons = 0; colons < 2; colons++) {
		end = strchr(end, ':');
		if (!end++)
			return 0;
	}
	return strtoumax(end, NULL, 10) == inode && pid > 0 ? pid : 0;
}

long process_locking(const char *path)
{
	FILE *locks = fopen("/proc/locks", "re");
	struct stat info;
	char line[256];
	long owner = 0;

	if (!locks)
		return 0;
	if (stat(path, &info) == 0)
		while (owner == 0 && fgets(line, sizeof(line), locks))
			owner = line_owner(line, (uintmax_t)info.st_ino);
	fclose(locks);
	return owner;
}

bool process_in_container(int64_t pid, const char *id)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_BUFFER struct buffer mounts = BUFFER_INIT(MOUNTS_CAP);
	struct error ignored = ERROR_INIT;

	if (text_empty(id) || pid <= 0)
		return false;
	/* Of Docker /var/lib/docker/containers/<id>/hostname, of Podman
	 * /run/containers/storage/overlay-containers/<id>/userdata/hostname, called after its storage driver. */
	return file_read(arena_printf(arena, "/proc/%lld/mountinfo", (long long)pid), MOUNTS_CAP, &mounts, &ignored) ==
		       0 &&
	       strstr(buffer_text(&mounts), arena_printf(arena, "containers/%s/", id));
}

const char *process_path(struct arena *arena, int64_t pid, const char *path)
{
	return arena_printf(arena, "/proc/%lld/root%s", (long long)pid, path);
}
