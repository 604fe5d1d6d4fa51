/* What the run lock's file says about who has it (apply/run_lock.h has the format). Only for this room. */
#ifndef RECONCILE_APPLY_LOCK_OWNER_H
#define RECONCILE_APPLY_LOCK_OWNER_H

#include "base/buffer.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

enum { OWNER_CAP = 4096, OWNER_ID = 16, LEASE_MS = 2000 };

/* This process as an owner. */
struct owner {
	const char *command;
	char id[OWNER_ID + 1], boot[64], start[32];
	int64_t beat;
};
int owner_init(const char *command, struct owner *ret_owner, struct error *err);
/* Over what the file holds; at no moment is it empty, and who reads in between reads no JSON. Not synced: after a power
 * cut nobody holds the lock. */
int owner_write(int fd, const char *path, const struct owner *owner, struct error *err);

/* Who the file names. The file may hold anything: it is in a folder of the user's. */
struct found_owner {
	char bytes[OWNER_CAP];
	size_t length;	/* 0: nobody */
	char text[448]; /* for people, printable; "" when the bytes say nothing */
	char id[OWNER_ID + 1];
	bool is_local; /* of this boot of this machine, so that flock(2) tells the truth about it */
	int lease_ms;
};
/* What is half written is read again for a short while. */
void owner_read(const char *path, const struct owner *self, struct found_owner *ret_found);

#endif
