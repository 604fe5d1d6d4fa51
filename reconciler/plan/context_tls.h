/* The TLS files of a context: what differs, and the fields and steps of it. Only for plan/context.c. */
#ifndef RECONCILE_PLAN_CONTEXT_TLS_H
#define RECONCILE_PLAN_CONTEXT_TLS_H

#include "plan/draft.h"

#include "base/text_buffer.h"

/* A file that is to be written (want), replaced (both), or removed (have). */
struct tls_entry {
	const struct store_file *want, *have;
};
struct tls_diff {
	struct tls_entry *items;
	size_t count;
	bool whole; /* the whole folder goes: no TLS file is wanted, and an empty folder would mean TLS to docker */
};

/* A state file that names none of them leaves what is there alone; one that names some means exactly these, of the
 * Engine's endpoint. A rollback means all that was there. */
void context_tls_diff(struct draft *draft, const struct context *want, const struct live_context *have,
		      struct tls_diff *ret_diff);
void context_tls_add(struct draft *draft, struct change *change, const struct context *want,
		     const struct live_context *have, const struct tls_diff *diff);
/* The folder of a context that goes. */
void context_tls_remove(struct draft *draft, struct change *change, const struct context *want,
			const struct live_context *have);
/* What was observed of them; of keys only that they are there. */
void context_tls_fingerprint(struct draft *draft, const struct live_context *have, struct text *out);

void step_remove_path(struct draft *draft, struct change *change, const char *path);
const char *context_tls_folder(struct draft *draft, const char *name); /* "contexts/tls/<sha256>" */
/* The folder is there, and the context that it belongs to is not. */
bool is_stray(const struct draft *draft, const char *folder);
/* By their bytes, or by digests where a snapshot has no more; what cannot be read is like nothing. */
bool raw_same(const struct store_file *a, const struct store_file *b);

#endif
