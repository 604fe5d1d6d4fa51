/* base/process.h by libproc. */
#include "base/process.h"

#include <libproc.h>
#include <sys/proc_info.h>
#include <unistd.h>

enum { HOLDERS = 64 };

bool process_name(long pid, char *ret_name, size_t size)
{
	return proc_name((int)pid, ret_name, (uint32_t)size) > 0;
}

long process_locking(const char *path)
{
	pid_t pids[HOLDERS];
	int bytes = proc_listpidspath(PROC_ALL_PIDS, 0, path, PROC_LISTPIDSPATH_EXCLUDE_EVTONLY, pids, sizeof(pids));
	long owner = 0;

	for (int i = 0; i < bytes / (int)sizeof(*pids); i++) {
		if (pids[i] == getpid() || pids[i] <= 0)
			continue;
		if (owner != 0)
			return 0;
		owner = pids[i];
	}
	return owner;
}

bool process_in_container(int64_t pid, const char *id)
{
	(void)pid;
	(void)id;
	return false;
}

/* Every process here sees the same files. */
const char *process_path(struct arena *arena, int64_t pid, const char *path)
{
	(void)pid;
	return arena_strdup(arena, path);
}
