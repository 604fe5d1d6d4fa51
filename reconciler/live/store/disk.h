/* Full disks, before they cut the next file short. */
#ifndef RECONCILE_LIVE_STORE_DISK_H
#define RECONCILE_LIVE_STORE_DISK_H

#include "model/live.h"

#include <sys/statvfs.h>

/* What is wrong with the room that is left, NULL when nothing is: less than 1 % or 16 MiB, or no inodes. Pure. */
const char *disk_problem(struct arena *arena, const struct statvfs *info);
/* Adds the fault when the disk of that file or folder, or of where it will be made, is full; one that cannot be asked
 * is not. mend NULL: the table's. */
void disk_check(struct arena *arena, struct faults *faults, const char *subject, const char *path, const char *mend);

#endif
