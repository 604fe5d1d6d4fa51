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

int64_t worker_cache_limit(const struct worker *worker)
{
	int64_t limit = 0;

	for (size_t i = 0; i < worker->rule_count; i++)
		if (worker->rules[i].filters.count == 0 && worker->rules[i].all)
			limit = worker->rules[i].max_used_space;
	return limit;
}
