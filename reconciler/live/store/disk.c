/* Asks how much room a disk has. */
#include "live/store/disk.h"

#include "model/normal.h"

#include <errno.h>
#include <string.h>

static const uint64_t LEAST = (uint64_t)16 * 1024 * 1024;

const char *disk_problem(struct arena *arena, const struct statvfs *info)
{
	uint64_t unit = info->f_frsize == 0 ? info->f_bsize : info->f_frsize;
	uint64_t free_bytes = (uint64_t)info->f_bavail * unit;

	if (info->f_blocks == 0)
		return NULL; /* not a disk: /proc, some network file systems */
	/* btrfs and others make inodes as they need them, and say that there are none. */
	if (info->f_files > 0 && info->f_favail == 0)
		return "it has no inode left for another file";
	if (free_bytes >= LEAST && info->f_bavail >= info->f_blocks / 100)
		return NULL;
	return arena_printf(arena, "it has %s left of %s", bytes_text(arena, (int64_t)free_bytes),
			    bytes_text(arena, (int64_t)((uint64_t)info->f_blocks * unit)));
}

void disk_check(struct arena *arena, struct faults *faults, const char *subject, const char *path, const char *mend)
{
	char *above = arena_strdup(arena, path), *slash;
	struct statvfs info;
	int asked = statvfs(path, &info);

	while (asked < 0 && errno == ENOENT && (slash = strrchr(above, '/')) && slash != above) {
		*slash = '\0';
		asked = statvfs(above, &info);
	}
	const char *problem = asked == 0 ? disk_problem(arena, &info) : NULL;

	if (problem)
		faults_add(arena, faults, FAULT_DISK_FULL, subject, path, mend, "the disk of %s is full: %s", path,
			   problem);
}
