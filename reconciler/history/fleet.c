/* Reads the hosts of a remote: lists its refs, fetches the summaries that are not known yet, and keeps them. */
#include "history/remote.h"

#include "base/cleanup.h"
#include "base/digest.h"
#include "base/environ.h"
#include "base/file.h"
#include "base/identity.h"
#include "base/keyed.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "history/peer.h"
#include "history/shelf.h"
#include "history/summary.h"

#include <string.h>

enum { ID_DIGITS = 12, NAME_CAP = 200 };

static const char kept_name[] = "reconcile.fleet";

/* A host as the remote's refs have it. */
struct entry {
	const char *name; /* first: keyed.h */
	git_oid summary, records;
	bool has_summary, has_records;
};
KEYED_ASSERT(struct entry, name);
struct entries {
	struct entry *items;
	size_t count;
};

struct reading {
	struct arena *arena;
	const struct remote *from;
	struct shelf *shelf;
	git_repository *repo;
	const char *folder; /* of that repository, and of what was kept */
	bool is_passing;    /* nobody finds it again */
	struct entries entries;
};

/* An empty repository for libgit2 to fetch into, where caches are kept; else one for this time. */
static const char *cache_folder(const struct reading *reading)
{
	const struct remote *from = reading->from;
	const char *cache = environ_value(from->environ, "XDG_CACHE_HOME");
	const char *home = identity_home(reading->arena, from->environ);
	char hex[DIGEST_HEX];

	digest_hex(from->address.url, strlen(from->address.url), hex);
	/* The XDG base directory specification: relative paths are invalid and to be ignored. */
	if (*cache == '/')
		return arena_printf(reading->arena, "%s/reconcile/fleet-%.*s.git", cache, ID_DIGITS, hex);
	if (!home)
		return NULL;
	return arena_printf(reading->arena, "%s/.cache/reconcile/fleet-%.*s.git", home, ID_DIGITS, hex);
}

static int open_at(struct reading *reading, const char *folder, struct error *err)
{
	git_repository_init_options options;

	git_repository_init_options_init(&options, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
	options.flags = GIT_REPOSITORY_INIT_BARE;
	options.initial_head = "main";
	options.description = "What reconcile --fleet read last; it may be removed.";
	if (folder_create(folder, 0700, err) < 0)
		return -1;
	int code = git_repository_init_ext(&reading->repo, folder, &options);
	if (code != 0)
		return git_fail(err, code, "cannot make %s", folder);
	reading->folder = folder;
	return 0;
}

static int open_cache(struct reading *reading, struct error *err)
{
	const char *folder = cache_folder(reading), *temp = environ_value(reading->from->environ, "TMPDIR");

	if (folder && open_at(reading, folder, NULL) == 0)
		return 0;
	git_error_clear();
	char *passing = arena_printf(reading->arena, "%s/reconcile-fleet-XXXXXX", *temp ? temp : "/tmp");
	if (!mkdtemp(passing)) {
		error_set(err, ERROR_OTHER, "there is no folder to keep what the remote sends: neither %s nor %s",
			  folder ? folder : "~/.cache", passing);
		return error_hint(err, "set XDG_CACHE_HOME or TMPDIR to a folder that can be written");
	}
	reading->is_passing = true;
	return open_at(reading, passing, err);
}

static void close_cache(struct reading *reading)
{
	git_repository_free(reading->repo);
	if (reading->is_passing)
		folder_remove(reading->folder, NULL);
}

static void load(struct reading *reading)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(LIMIT_REMOTE_BYTES);
	CLEANUP_FREE char *path = path_join(reading->folder, kept_name);

	if (file_read(path, LIMIT_REMOTE_BYTES, &data, NULL) == 0)
		shelf_load(reading->shelf, buffer_text(&data), data.length);
}

/* What could not be kept is asked for again the next time. */
static void save(const struct reading *reading)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;
	CLEANUP_FREE char *path = path_join(reading->folder, kept_name);

	for (size_t i = 0; i < reading->entries.count; i++) {
		const struct entry *entry = &reading->entries.items[i];
		size_t length;
		const char *commit = entry->has_summary ? shelf_find(reading->shelf, &entry->summary, &length) : NULL;

		if (commit)
			shelf_save_one(commit, length, &text);
	}
	if (!reading->is_passing)
		file_write_atomic(path, text_string(&text), text.length, 0600, NULL);
}

static int compare_heads(const void *a, const void *b)
{
	return strcmp((*(const git_remote_head *const *)a)->name, (*(const git_remote_head *const *)b)->name);
}

/* Two sorted lists of refs, of which a host has one of each or both. */
static void merge(struct reading *reading, const git_remote_head *const *heads, size_t count)
{
	struct entries *entries = &reading->entries;

	for (size_t i = 0; i < count; i++) {
		bool is_summary = text_starts(heads[i]->name, REMOTE_SUMMARIES);
		const char *name = heads[i]->name + strlen(is_summary ? REMOTE_SUMMARIES : REMOTE_RECORDS);

		struct entry *entry = ARENA_PUSH(reading->arena, entries->items, entries->count);
		*entry = (struct entry){.name = arena_strdup(reading->arena, name)};
		*(is_summary ? &entry->summary : &entry->records) = heads[i]->oid;
		*(is_summary ? &entry->has_summary : &entry->has_records) = true;
	}
	KEYED_SORT(entries->items, entries->count);
	size_t kept = 0;
	for (size_t i = 0; i < entries->count; i++) {
		struct entry *entry = &entries->items[i], *last = kept > 0 ? &entries->items[kept - 1] : NULL;

		if (!last || !text_equal(last->name, entry->name)) {
			entries->items[kept++] = *entry;
			continue;
		}
		if (entry->has_summary)
			last->summary = entry->summary;
		if (entry->has_records)
			last->records = entry->records;
		last->has_summary |= entry->has_summary;
		last->has_records |= entry->has_records;
	}
	entries->count = kept;
}

static int list(struct reading *reading, struct peer *peer, struct error *err)
{
	const git_remote_head **heads;
	size_t count, of_hosts = 0;

	if (peer_refs(peer, &heads, &count, err) < 0)
		return -1;
	const git_remote_head **ours = ARENA_ARRAY(reading->arena, const git_remote_head *, count + 1);
	for (size_t i = 0; i < count; i++)
		if (text_starts(heads[i]->name, REMOTE_SUMMARIES) || text_starts(heads[i]->name, REMOTE_RECORDS))
			ours[of_hosts++] = heads[i];
	qsort(ours, of_hosts, sizeof(*ours), compare_heads);
	merge(reading, ours, of_hosts);
	if (reading->entries.count <= LIMIT_REMOTE_HOSTS)
		return 0;
	error_set(&peer->err, ERROR_CORRUPT, "it has more than %d hosts", LIMIT_REMOTE_HOSTS);
	return peer_fail(peer, 0, "cannot use", err);
}

static bool lacks_any(const struct reading *reading)
{
	size_t length;

	for (size_t i = 0; i < reading->entries.count; i++)
		if (reading->entries.items[i].has_summary &&
		    !shelf_find(reading->shelf, &reading->entries.items[i].summary, &length))
			return true;
	return false;
}

static int fetch(struct reading *reading, struct peer *peer, struct error *err)
{
	char spec[] = "+" REMOTE_SUMMARIES "*:" REMOTE_SUMMARIES "*", *specs[] = {spec};
	const git_strarray list = {.strings = specs, .count = 1};
	git_fetch_options options;

	if (!lacks_any(reading))
		return 0;
	git_fetch_options_init(&options, GIT_FETCH_OPTIONS_VERSION);
	options.callbacks = peer->callbacks;
	options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
	options.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
	options.proxy_opts.type = GIT_PROXY_AUTO;
	int code = git_remote_download(peer->remote, &list, &options);
	return code == 0 ? 0 : peer_fail(peer, code, "cannot fetch from", err);
}

/* "committer NAME <ADDRESS> SECONDS ZONE" of a commit's head; 0 when it is not there. */
static time_t commit_time(const char *commit)
{
	const char *line = commit;

	while (*line && *line != '\n' && !text_starts(line, "committer ")) {
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	if (!text_starts(line, "committer "))
		return 0;
	size_t length = strcspn(line, "\n");
	while (length > 0 && line[length - 1] != '>')
		length--;
	long long when = length > 0 ? strtoll(line + length, NULL, 10) : 0;
	return when > 0 ? (time_t)when : 0;
}

static bool is_plain(const char *name)
{
	return *name && strlen(name) <= NAME_CAP &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == strlen(name);
}

static struct host read_host(const struct reading *reading, const struct entry *entry)
{
	struct host host = {.name = entry->name};
	size_t length = 0;

	if (!is_plain(entry->name))
		host.unreadable = "its name is none of reconcile's";
	else if (!entry->has_summary)
		host.unreadable = "no summary: its records were pushed by git alone";
	if (host.unreadable)
		return host;
	const char *commit = shelf_find(reading->shelf, &entry->summary, &length);
	const char *message = commit ? strstr(commit, "\n\n") : NULL;
	if (!commit)
		host.unreadable = "the remote names a summary that it does not send, or that is none";
	else if (!message || strlen(commit) != length)
		host.unreadable = "its summary is damaged";
	if (host.unreadable)
		return host;
	/* As one line more in front: what follows the head begins with its subject. */
	summary_parse(reading->arena, message + 2, commit_time(commit), &host);
	if (!host.unreadable && entry->has_records)
		host.outdated = !text_equal(host.tip, git_oid_tostr_s(&entry->records));
	else if (!host.unreadable && host.tip)
		host.unreadable = "its records are gone from the remote";
	return host;
}

static int read_all(struct reading *reading, struct fleet *ret_fleet, struct error *err)
{
	CLEANUP_PEER struct peer *peer = peer_new(reading->from);
	struct fleet fleet = {.remote = reading->from->address.shown};

	load(reading);
	if (peer_connect(peer, reading->repo, GIT_DIRECTION_FETCH, err) < 0 || list(reading, peer, err) < 0 ||
	    fetch(reading, peer, err) < 0)
		return -1;
	fleet.count = reading->entries.count;
	fleet.items = ARENA_ARRAY(reading->arena, struct host, fleet.count + 1);
	for (size_t i = 0; i < fleet.count; i++)
		fleet.items[i] = read_host(reading, &reading->entries.items[i]);
	save(reading);
	*ret_fleet = fleet;
	return 0;
}

int fleet_read(struct arena *arena, const struct remote *from, struct fleet *ret_fleet, struct error *err)
{
	struct reading reading = {.arena = arena, .from = from};
	int result = -1;

	if (git_begin(err) < 0)
		return -1;
	if (open_cache(&reading, err) == 0) {
		reading.shelf = shelf_new();
		if (shelf_join(reading.shelf, reading.repo, err) == 0)
			result = read_all(&reading, ret_fleet, err);
		close_cache(&reading);
	}
	git_libgit2_shutdown();
	return result;
}
