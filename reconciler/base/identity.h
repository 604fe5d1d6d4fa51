/* Who runs this, and where: for locks and records. */
#ifndef RECONCILE_BASE_IDENTITY_H
#define RECONCILE_BASE_IDENTITY_H

struct identity {
	char user[64];	/* the user's number when it has no name */
	char host[256]; /* "localhost" when the machine has no name */
};

void identity_get(struct identity *ret_identity);
/* What the running kernel calls this boot of this machine: the same in every process and container of it, another on
 * every other machine. "" where the kernel has no such id. */
void identity_boot(char ret_boot[64]);

#endif
