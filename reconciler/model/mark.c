/* Makes and reads the mark. */
#include "model/mark.h"

void mark_labels(struct arena *arena, const char *store_id, const char *host, struct strings *ret_labels)
{
	strings_add(arena, ret_labels, arena_printf(arena, "reconcile.host=%s", host));
	strings_add(arena, ret_labels, arena_printf(arena, "reconcile.store=%s", store_id));
}

bool mark_is_ours(const struct volume *volume, const char *store_id, const char *host)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct strings labels = {0};

	if (!volume || text_empty(store_id) || text_empty(host))
		return false;
	mark_labels(arena, store_id, host, &labels);
	for (size_t i = 0; i < labels.count; i++)
		if (!strings_contain(&volume->labels, labels.items[i]))
			return false;
	return true;
}
