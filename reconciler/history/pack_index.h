/* One pack and its index, version 2 (gitformat-pack(5)): opened when it is first asked, and read where it is asked.
 * Only for this room. */
#ifndef RECONCILE_HISTORY_PACK_INDEX_H
#define RECONCILE_HISTORY_PACK_INDEX_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PACK_ID = 20 };

struct pack {
	const char *path; /* without ".pack" and ".idx" */
	int fd, index_fd;
	uint32_t count; /* of objects */
	int64_t index_size;
	int64_t end; /* of the objects in the pack: its trailer begins */
	bool opened, damaged;
	struct error why; /* it is damaged */
};

void pack_init(struct pack *pack, const char *path);
void pack_close(struct pack *pack);

/* Where the object begins. ERROR_NOT_FOUND: it is not in there. */
int pack_find(struct pack *pack, const unsigned char id[PACK_ID], int64_t *ret_at, struct error *err);
/* How many ids begin with these digits, two standing for more, and one of them. 0 as well for a damaged pack. */
size_t pack_find_prefix(struct pack *pack, const unsigned char *prefix, size_t digits, unsigned char ret_id[PACK_ID]);
/* At most `size` bytes of the objects; fewer at their end. */
int pack_bytes(struct pack *pack, int64_t at, void *out, size_t size, size_t *ret_length, struct error *err);

#endif
