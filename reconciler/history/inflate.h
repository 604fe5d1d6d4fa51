/* Unpacks what zlib packed into a part of a file that may be cut short, damaged, or of another size than is said: every
 * call ends, and no more is written than was asked for. libgit2 before 1.9.8 goes round for ever where the input ends
 * early (its issue 7342). Only for this room.
 *
 *     inflater_start(&inflater, fd, from, to);
 *     result = inflater_exactly(&inflater, data, size, err);
 *     inflater_done(&inflater);
 */
#ifndef RECONCILE_HISTORY_INFLATE_H
#define RECONCILE_HISTORY_INFLATE_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <zlib.h>

enum { INFLATE_INPUT = 8 * 1024 };

struct inflater {
	z_stream stream;
	int fd;		  /* the caller's */
	int64_t from, to; /* what is left of the input */
	bool ended;
	unsigned char input[INFLATE_INPUT];
};

void inflater_start(struct inflater *inflater, int fd, int64_t from, int64_t to);
void inflater_done(struct inflater *inflater);

/* At most `size` bytes; fewer when what was packed ends before. Errors name no object. */
int inflater_read(struct inflater *inflater, void *out, size_t size, size_t *ret_length, struct error *err);
/* Nothing is left of the input. */
bool inflater_is_spent(const struct inflater *inflater);
/* `size` bytes, and with them what was packed ends. */
int inflater_exactly(struct inflater *inflater, void *out, size_t size, struct error *err);
/* Whether so much can come out of what is left of the input at all. Ask before you allocate it. */
bool inflater_may_give(const struct inflater *inflater, uint64_t size);

#endif
