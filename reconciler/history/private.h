/* The raw files of a record, which may hold secrets, as a commit of their own. Only for this room. */
#ifndef RECONCILE_HISTORY_PRIVATE_H
#define RECONCILE_HISTORY_PRIVATE_H

#include "history/git.h"
#include "history/record.h"

struct private_file {
	struct store_file raw;
	const char *blob; /* where its bytes are in that commit's tree; NULL: they could not be read */
};
struct private_files {
	struct private_file *items;
	size_t count;
};
int private_write(struct history *history, const struct record_content *content, const git_signature *who,
		  git_oid *ret_commit, struct error *err);
/* ref is the full name of the ref, plan_id what its record is of; bytes go into the arena. */
int private_read(struct history *history, struct arena *arena, const char *ref, const char *plan_id,
		 struct private_files *ret_files, struct error *err);

#endif
