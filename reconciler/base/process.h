/* Other processes of this machine: what they are called, what they hold, and their file system when it is another. */
#ifndef RECONCILE_BASE_PROCESS_H
#define RECONCILE_BASE_PROCESS_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The name of its program; false when there is no such process, or it may not be looked at. */
bool process_name(long pid, char *ret_name, size_t size);

/* The one that holds an flock(2) on the file, as far as the system tells; 0 when it does not. macOS tells of open files
 * only: there it is the one other process that has the file open, and 0 when there are several. */
long process_locking(const char *path);

/* Whether a process of that number is in a container whose id this is: one that is not of this machine but of a virtual
 * one, or of another pid namespace, is not. Docker and Podman mount files out of a folder that has the container's id
 * (moby/moby daemon/container_operations_unix.go, containers/podman libpod/container_internal_linux.go). On macOS
 * containers are always in a virtual machine. */
bool process_in_container(int64_t pid, const char *id);
/* Where a path of its file system is found from here; of a process that process_in_container() is sure of. */
const char *process_path(struct arena *arena, int64_t pid, const char *path);

#endif
