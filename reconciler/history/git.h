/* What the files of this room share: the open repository, and libgit2's errors as ours. Only for this room. */
#ifndef RECONCILE_HISTORY_GIT_H
#define RECONCILE_HISTORY_GIT_H

#include "history/history.h"

#include "base/buffer.h"
#include "base/text_buffer.h"

#include <git2.h>
/* Has git_error_clear() in libgit2 1.9; in 1.5 it comes with git2.h. */
#if __has_include(<git2/sys/errors.h>)
#include <git2/sys/errors.h>
#endif
#include <stdbool.h>

#define HISTORY_MAIN "refs/heads/main"
#define HISTORY_PENDING "refs/reconcile/pending/"
#define HISTORY_PRIVATE "refs/reconcile/private/"

struct history {
	git_repository *repo;
	char *path;
	int journal_fd; /* -1: not open */
	struct text journal_waiting;
};

/* Before git_libgit2_init(). */
void git_use_xalloc(void);

/* Sets err from libgit2's code and its own words: "context: words". Returns -1. */
int git_fail(struct error *err, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* trailer.c: the lines "Key: value" at the end of a record's message. NULL when it has none of that key. */
const char *trailer_get(struct arena *arena, const char *message, const char *key);
/* Cleaned of control characters and newlines; an empty value adds nothing. */
void trailer_add(struct text *message, const char *key, const char *value);

/* blob.c: one object as bytes. */
int blob_read(struct history *history, const git_tree *tree, const char *path, struct buffer *ret_data,
	      struct error *err);
int blob_write(struct history *history, const void *data, size_t length, git_oid *ret_id, struct error *err);

/* private.c: the raw files of a record, as a commit of their own. */
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
/* ref is the full name of the ref; bytes go into the arena. */
int private_read(struct history *history, struct arena *arena, const char *ref, struct private_files *ret_files,
		 struct error *err);

/* log.c: the commit of a record by its 40 hex digits. */
int record_commit(struct history *history, const char *record_id, git_commit **ret_commit, struct error *err);

/* journal.c */
int journal_start(struct history *history, const char *plan_id, struct error *err);
/* The journal of that plan as it lies on disk; empty when it is another plan's or none. */
int journal_read(struct history *history, const char *plan_id, struct buffer *ret_text, struct error *err);
/* What it tells, as the result.json of a run that died, and as one clause. */
void journal_tell(struct arena *arena, const char *text, struct text *ret_result, const char **ret_story);
void journal_close(struct history *history);
int journal_remove(struct history *history, struct error *err);

/* locks.c: removes lock files and unfinished files that a run left when it was killed. The run lock must be held. */
int locks_clear(struct history *history, struct error *err);

#define CLEANUP_GIT_(type)                                                                                             \
	static inline void type##_cleanup(type **object)                                                               \
	{                                                                                                              \
		type##_free(*object);                                                                                  \
	}
CLEANUP_GIT_(git_commit)
CLEANUP_GIT_(git_tree)
CLEANUP_GIT_(git_tree_entry)
CLEANUP_GIT_(git_blob)
CLEANUP_GIT_(git_index)
CLEANUP_GIT_(git_object)
CLEANUP_GIT_(git_reference)
CLEANUP_GIT_(git_revwalk)
CLEANUP_GIT_(git_signature)
CLEANUP_GIT_(git_treebuilder)
CLEANUP_GIT_(git_config)
#undef CLEANUP_GIT_
#define CLEANUP_GIT(type) __attribute__((cleanup(type##_cleanup))) type

#endif
