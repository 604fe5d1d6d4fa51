/* Adds up what a daemon says. */
#include "model/daemon.h"

int64_t daemon_disk_total(const struct daemon *daemon)
{
	int64_t total = 0;

	for (size_t i = 0; i < daemon->disk_count; i++) {
		int64_t bytes = daemon->disk[i].bytes;
		total = bytes > INT64_MAX - total ? INT64_MAX : total + bytes;
	}
	return total;
}
