/* Sends the records of a history, with a summary of where the host stands. */
#include "history/remote.h"

#include "base/cleanup.h"
#include "base/digest.h"
#include "base/identity.h"
#include "base/text_buffer.h"
#include "history/few_refs.h"
#include "history/hold.h"
#include "history/log.h"
#include "history/objects.h"
#include "history/peer.h"
#include "history/refs.h"
#include "history/repository.h"
#include "history/summary.h"
#include "history/writing.h"

#include <string.h>

enum { RECORDS, SUMMARY };
enum { NAME_MAX_SHOWN = 63, ID_DIGITS = 12, IN_MEMORY_FIRST = 1000 };

struct sending {
	struct history *history;
	struct arena *arena;
	const char *name;
	git_repository *repo;	/* the same history; what is written through it stays in memory */
	struct few_ref refs[2]; /* RECORDS and SUMMARY, by their names of this moment */
	bool has_records;
};

/* What a ref may be made of, and no more: git-check-ref-format(1). */
static const char *plain_name(struct arena *arena, const char *host)
{
	char *name = arena_strndup(arena, host, strnlen(host, NAME_MAX_SHOWN));

	for (char *at = name; *at; at++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", *at) &&
		    !(*at == '.' && at > name && at[-1] != '.'))
			*at = '-';
	if (*name == '-')
		*name = '_';
	return name;
}

/* Of the history's own key, and so of no other's: two machines of one name, or two stores of one machine, are two. */
static int name_of(struct history *history, struct arena *arena, const char *host, const char **ret_name,
		   struct error *err)
{
	unsigned char key[HISTORY_KEY];
	char hex[DIGEST_HEX];
	const char *what = arena_printf(arena, "host\n%s", history->store ? history->store : "");

	if (history_key(history, key, err) < 0)
		return -1;
	digest_hmac_hex(key, sizeof(key), what, strlen(what), hex);
	*ret_name = arena_printf(arena, "%s-%.*s", plain_name(arena, host), ID_DIGITS, hex);
	return 0;
}

/* Where this store stands: its last record, its last check, and what is held. */
static int stand(struct history *history, struct arena *arena, struct host *ret_host, struct error *err)
{
	struct identity *identity = ARENA_NEW(arena, struct identity);
	struct records last = {0};

	identity_get(identity);
	*ret_host = (struct host){
		.host = identity->host,
		.user = identity->user,
		.store = history->store,
		.held = history_holds(history),
		.serial = history_serial(history),
	};
	if (history_list(history, arena, 1, &last, err) < 0 || check_read(history, arena, &ret_host->check, err) < 0)
		return -1;
	if (last.count == 0)
		return 0;
	ret_host->record = last.items[0].id;
	ret_host->status = last.items[0].status;
	ret_host->what = last.items[0].subject;
	ret_host->state_commit = last.items[0].state_commit;
	ret_host->recorded = last.items[0].when;
	return 0;
}

/* A commit of no files and no parents: whoever wants it alone gets it alone. */
static int write_summary(struct sending *sending, const struct host *host, struct error *err)
{
	CLEANUP_GIT(git_treebuilder) *builder = NULL;
	CLEANUP_GIT(git_signature) *who = NULL;
	CLEANUP_GIT(git_tree) *tree = NULL;
	CLEANUP_TEXT struct text message = TEXT_INIT;
	const char *email = arena_printf(sending->arena, "%s@%s", host->user, host->host);
	git_oid id;
	int code = git_signature_now(&who, "reconcile", email);

	summary_print(host, &message);
	if (code == 0)
		code = git_treebuilder_new(&builder, sending->repo, NULL);
	if (code == 0)
		code = git_treebuilder_write(&id, builder);
	if (code == 0)
		code = git_tree_lookup(&tree, sending->repo, &id);
	if (code == 0)
		code = git_commit_create(&sending->refs[SUMMARY].id, sending->repo, NULL, who, who, "UTF-8",
					 text_string(&message), tree, 0, NULL);
	return code == 0 ? 0 : git_fail(err, code, "cannot sum up the history %s", sending->history->path);
}

/* The history, opened once more with a place in memory for the summary, which is nobody's afterwards. */
static int open_beside(struct sending *sending, struct error *err)
{
	const char *path = sending->history->path;
	git_odb_backend *memory = NULL;
	CLEANUP_GIT(git_odb) *odb = NULL;
	int code = git_repository_open_ext(&sending->repo, path,
					   GIT_REPOSITORY_OPEN_NO_SEARCH | GIT_REPOSITORY_OPEN_BARE, NULL);

	if (code != 0)
		return git_unreadable(err, "the history %s cannot be opened", path);
	if (objects_guard(sending->repo, path, err) < 0 || few_refs_join(sending->repo, sending->refs, 2, err) < 0)
		return -1;
	code = git_repository_odb(&odb, sending->repo);
	if (code == 0)
		code = git_mempack_new(&memory);
	if (code == 0)
		code = git_odb_add_backend(odb, memory, IN_MEMORY_FIRST);
	return code == 0 ? 0 : git_fail(err, code, "cannot sum up the history %s", path);
}

static int find_tip(struct sending *sending, struct host *host, struct error *err)
{
	struct error reading = ERROR_INIT;

	sending->has_records = ref_read(sending->history, HISTORY_MAIN, &sending->refs[RECORDS].id, &reading) == 0;
	if (sending->has_records)
		host->tip = arena_strdup(sending->arena, git_oid_tostr_s(&sending->refs[RECORDS].id));
	return sending->has_records || reading.kind == ERROR_NOT_FOUND ? 0 : error_copy(err, &reading);
}

static const git_remote_head *find_head(const git_remote_head *const *heads, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(heads[i]->name, name))
			return heads[i];
	return NULL;
}

static bool is_ours(const struct sending *sending, const git_oid *there)
{
	git_oid tip = sending->refs[RECORDS].id;

	if (!sending->has_records)
		return false;
	if (git_oid_equal(&tip, there))
		return true;
	bool descends = git_graph_descendant_of(sending->repo, &tip, there) == 1;
	git_error_clear();
	return descends;
}

/* What is there and is not here is somebody's, and never written over. */
static int refuse(const struct sending *sending, const struct peer *peer, const git_oid *there, struct error *err)
{
	const char *branch = arena_printf(sending->arena, REMOTE_RECORDS "%s", sending->name);

	error_set(err, ERROR_REFUSED,
		  "the remote %s has records in hosts/%s that this history does not have (%.7s): it was begun anew, or "
		  "copied with its machine, or put back from a copy; nothing was sent",
		  peer->to->address.shown, sending->name, git_oid_tostr_s(there));
	return error_hint(err, "keep them under another name, then push again: git push %s %s:%s.before :%s",
			  peer->to->address.shown, git_oid_tostr_s(there), branch, branch);
}

static int send(struct sending *sending, struct peer *peer, bool moved, struct error *err)
{
	git_push_options options;
	char *specs[2];
	git_strarray list = {.strings = specs};

	if (moved)
		specs[list.count++] = arena_printf(sending->arena, "%s:" REMOTE_RECORDS "%s",
						   sending->refs[RECORDS].name, sending->name);
	specs[list.count++] =
		arena_printf(sending->arena, "+%s:" REMOTE_SUMMARIES "%s", sending->refs[SUMMARY].name, sending->name);
	git_push_options_init(&options, GIT_PUSH_OPTIONS_VERSION);
	options.callbacks = peer->callbacks;
	options.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
	options.proxy_opts.type = GIT_PROXY_AUTO;
	int code = git_remote_upload(peer->remote, &list, &options);
	return code == 0 && !*peer->err.message ? 0 : peer_fail(peer, code, "cannot push to", err);
}

static int push(struct sending *sending, const struct remote *to, struct pushed *ret_pushed, struct error *err)
{
	CLEANUP_PEER struct peer *peer = peer_new(to);
	const git_remote_head **heads;
	size_t count;

	if (peer_connect(peer, sending->repo, GIT_DIRECTION_PUSH, err) < 0 || peer_refs(peer, &heads, &count, err) < 0)
		return -1;
	const git_remote_head *there =
		find_head(heads, count, arena_printf(sending->arena, REMOTE_RECORDS "%s", sending->name));
	if (there && !is_ours(sending, &there->oid))
		return refuse(sending, peer, &there->oid, err);
	bool moved = sending->has_records && !(there && git_oid_equal(&there->oid, &sending->refs[RECORDS].id));
	if (send(sending, peer, moved, err) < 0)
		return -1;
	*ret_pushed = (struct pushed){.name = sending->name, .has_records = sending->has_records, .moved = moved};
	return 0;
}

int history_push(struct history *history, struct arena *arena, const struct remote *to, struct pushed *ret_pushed,
		 struct error *err)
{
	struct sending sending = {
		.history = history,
		.arena = arena,
		.refs = {[RECORDS] = {.name = HISTORY_MAIN}, [SUMMARY] = {.name = "refs/summary"}},
	};
	struct host host;

	if (history_start(history, err) < 0 || stand(history, arena, &host, err) < 0 ||
	    name_of(history, arena, host.host, &sending.name, err) < 0)
		return -1;
	READING(history);
	int result = open_beside(&sending, err) < 0 || find_tip(&sending, &host, err) < 0 ||
				     write_summary(&sending, &host, err) < 0 || push(&sending, to, ret_pushed, err) < 0
			     ? -1
			     : 0;
	git_repository_free(sending.repo);
	return result;
}
