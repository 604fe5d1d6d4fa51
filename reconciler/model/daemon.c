/* Adds up what a daemon says. */
#include "model/daemon.h"

#include "base/keyed.h"

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

static void join_disk(struct arena *arena, const struct daemon *from, struct daemon *to)
{
	for (size_t i = 0; i < from->disk_count; i++) {
		const struct disk_use *use = &from->disk[i];
		size_t k = 0;

		while (k < to->disk_count && !text_equal(to->disk[k].type, use->type))
			k++;
		if (k == to->disk_count)
			ARENA_PUSH(arena, to->disk, to->disk_count)->type = use->type;
		to->disk[k].bytes += use->bytes;
		to->disk[k].reclaimable += use->reclaimable;
		to->disk[k].records += use->records;
	}
	KEYED_ASSERT(struct disk_use, type);
	KEYED_SORT(to->disk, to->disk_count);
}

const struct daemon *daemons_joined(struct arena *arena, const struct daemon *const *daemons, size_t count)
{
	struct daemon *joined = ARENA_NEW(arena, struct daemon);

	if (count == 1)
		return daemons[0];
	*joined = (struct daemon){.version = daemons[0]->version, .disk_known = true, .builds_known = true};
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < daemons[i]->worker_count; k++)
			*ARENA_PUSH(arena, joined->workers, joined->worker_count) = daemons[i]->workers[k];
		for (size_t k = 0; k < daemons[i]->build_count; k++)
			*ARENA_PUSH(arena, joined->builds, joined->build_count) = daemons[i]->builds[k];
		join_disk(arena, daemons[i], joined);
		joined->disk_known = joined->disk_known && daemons[i]->disk_known;
		joined->builds_known = joined->builds_known && daemons[i]->builds_known;
	}
	return joined;
}
