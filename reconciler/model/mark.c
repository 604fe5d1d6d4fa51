/* Makes and reads the mark. */
#include "model/mark.h"

#include <string.h>

static const char store_label[] = "reconcile.store=", host_label[] = "reconcile.host=";

void mark_labels(struct arena *arena, const char *store_id, const char *host, struct strings *ret_labels)
{
	strings_add(arena, ret_labels, arena_printf(arena, "%s%s", host_label, host));
	strings_add(arena, ret_labels, arena_printf(arena, "%s%s", store_label, store_id));
}

static const char *label(const struct volume *volume, const char *name)
{
	for (size_t i = 0; i < volume->labels.count; i++)
		if (text_starts(volume->labels.items[i], name))
			return volume->labels.items[i] + strlen(name);
	return NULL;
}

const char *mark_store(const struct volume *volume)
{
	return label(volume, store_label);
}

const char *mark_host(const struct volume *volume)
{
	return label(volume, host_label);
}

bool mark_is_ours(const struct volume *volume, const char *store_id, const char *host)
{
	return volume && !text_empty(store_id) && !text_empty(host) && text_equal(mark_store(volume), store_id) &&
	       text_equal(mark_host(volume), host);
}
