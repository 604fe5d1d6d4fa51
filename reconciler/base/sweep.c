/* Finds the names of files that were being written, and removes them. */
#include "base/sweep.h"

#include "base/file.h"
#include "base/text.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PID_DIGITS = 8, TAIL = 16 }; /* file.c, temp_create(): 8 hexadecimal digits of the process id, 8 at random */

bool process_is_gone(long pid)
{
	return pid == (long)getpid() || (pid > 0 && kill((pid_t)pid, 0) < 0 && errno == ESRCH);
}

/* The tail of a temporary file's name; NULL when it is none. BuildX's own end in at most ten decimal digits (Go's
 * os.CreateTemp). */
static const char *temp_tail(const char *name)
{
	size_t length = strlen(name);
	const char *tail = length > TAIL ? name + length - TAIL : "";

	return text_starts(name, ".tmp-") && strspn(tail, "0123456789abcdef") == TAIL ? tail : NULL;
}

bool name_is_temp(void *context, const char *name)
{
	(void)context;
	return temp_tail(name);
}

bool name_is_dead_temp(void *context, const char *name)
{
	const char *tail = temp_tail(name);
	char pid[PID_DIGITS + 1] = "";

	(void)context;
	if (!tail)
		return false;
	memcpy(pid, tail, PID_DIGITS);
	return process_is_gone(strtol(pid, NULL, 16));
}

int folder_sweep(const char *path, bool (*is_leftover)(void *context, const char *name), void *context,
		 struct error *err)
{
	DIR *folder = folder_list(path);
	const struct dirent *entry;
	bool found = false;
	int result = 0;

	while (folder && result == 0 && (entry = readdir(folder))) {
		if (!is_leftover(context, entry->d_name))
			continue;
		found = true;
		if (entry_remove_at(dirfd(folder), entry->d_name) < 0)
			result = error_set_errno(err, errno, "cannot remove %s/%s", path, entry->d_name);
	}
	if (folder)
		closedir(folder);
	return found && result == 0 ? folder_sync(path, err) : result;
}
