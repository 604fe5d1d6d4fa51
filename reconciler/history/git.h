/* What the files of this room share: the open repository, and libgit2's errors as ours. Only for this room. */
#ifndef RECONCILE_HISTORY_GIT_H
#define RECONCILE_HISTORY_GIT_H

#include "base/error.h"
#include "base/text_buffer.h"
#include "history/libgit2.h"
#include "history/objects.h"
#include "history/repository.h"

#include <stdbool.h>
#include <sys/types.h>

#define HISTORY_MAIN "refs/heads/main"
#define HISTORY_PENDING "refs/reconcile/pending/"
#define HISTORY_PRIVATE "refs/reconcile/private/"

struct history {
	git_repository *repo; /* history_repo() */
	bool started;	      /* libgit2 is */
	struct objects objects;
	struct object tip; /* the commit that was read last: the tip is asked for again and again */
	git_oid tip_id;
	char *path;
	uid_t user; /* whose it is: writing.h */
	gid_t group;
	char *store; /* printable; NULL: every record is ours: stores.h */
	char store_id[13];
	bool is_first, is_noted;
	int journal_fd; /* -1: not open */
	struct text journal_waiting;
};

/* The repository as libgit2 has it, which is started and opens it when it is first asked for; NULL where it cannot:
 * then what is called with it fails, and says so. */
git_repository *history_repo(struct history *history);
int history_start(struct history *history, struct error *err);

/* Before git_libgit2_init(). */
void git_use_xalloc(void);
/* Starts libgit2 with our memory and nobody's configuration; git_libgit2_shutdown() ends it, as often as it was begun.
 */
int git_begin(struct error *err);

/* Sets err from libgit2's code and its own words: "context: words". Returns -1. */
int git_fail(struct error *err, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The same for what the history itself says is there, and cannot be read: ERROR_CORRUPT, whatever the code. */
int git_unreadable(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Makes that of an error which is set, and wraps it: "context: words". */
int history_damaged(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

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
CLEANUP_GIT_(git_odb)
CLEANUP_GIT_(git_remote)
CLEANUP_GIT_(git_repository)
#undef CLEANUP_GIT_
#define CLEANUP_GIT(type) __attribute__((cleanup(type##_cleanup))) type

#endif
