/* Finds the file that a state file was before it was moved: git diff's idea of a rename, for state files alone. */
#include "history/revision_tree.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "base/xalloc.h"

#include <string.h>

/* A repository may be large, and a stranger's. */
enum { FILE_CAP = 1024 * 1024, CANDIDATES_MAX = 200, ENTRIES_MAX = 20000, DEPTH_MAX = 32, LIKE_MIN = 50 };

struct line {
	const char *text;
	size_t length;
};

/* A text by its lines, sorted. */
struct lines {
	struct line *items;
	size_t count, bytes;
};

struct search {
	const struct revisions *revisions;
	struct arena *arena;
	const char *path, *inside; /* of the new file, as it is named and from the repository's root */
	bool same_name;
	const struct strings *taken;
	struct lines lines;
	const char *best;
	size_t likeness; /* of the best, in percent */
	size_t candidates, entries;
};

static int line_compare(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	int order = memcmp(x->text, y->text, x->length < y->length ? x->length : y->length);

	return order != 0 ? order : (x->length > y->length) - (x->length < y->length);
}

static struct lines lines_of(struct arena *arena, const struct buffer *data)
{
	struct lines lines = {.bytes = data->length};
	const char *text = buffer_text(data), *end = text + data->length;

	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		size_t length = stop ? (size_t)(stop - text) + 1 : (size_t)(end - text);

		*ARENA_PUSH(arena, lines.items, lines.count) = (struct line){text, length};
		text += length;
	}
	if (lines.count > 1)
		qsort(lines.items, lines.count, sizeof(*lines.items), line_compare);
	return lines;
}

/* The part of the larger text that both have, in percent. */
static size_t likeness(const struct lines *a, const struct lines *b)
{
	size_t most = a->bytes > b->bytes ? a->bytes : b->bytes, same = 0;

	for (size_t i = 0, k = 0; i < a->count && k < b->count;) {
		int order = line_compare(&a->items[i], &b->items[k]);

		if (order == 0)
			same += a->items[i].length;
		i += order <= 0;
		k += order >= 0;
	}
	return most == 0 ? 0 : same * 100 / most;
}

static bool is_gone(const struct revisions *revisions, const char *path)
{
	CLEANUP_FREE char *full = path_join(revisions->root, path);

	if (revisions->now.tree)
		return revision_kind(&revisions->now, full) == REVISION_NOTHING;
	return !file_exists(full);
}

/* As the command line would name it: beside the new path, whose own folder in the repository is known. */
static const char *spelled_alike(const struct search *search, const char *former)
{
	size_t length = strlen(search->path), below = strlen(search->inside);

	if (length >= below && strcmp(search->path + length - below, search->inside) == 0)
		return arena_printf(search->arena, "%.*s%s", (int)(length - below), search->path, former);
	return arena_printf(search->arena, "%s/%s", search->revisions->root, former);
}

static bool same_name(const char *a, const char *b)
{
	const char *x = strrchr(a, '/'), *y = strrchr(b, '/');

	return text_equal(x ? x + 1 : a, y ? y + 1 : b);
}

static void consider(struct search *search, const char *path)
{
	CLEANUP_FREE char *full = path_join(search->revisions->root, path);
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(FILE_CAP);
	struct error err = ERROR_INIT;

	if (search->candidates == CANDIDATES_MAX || (search->same_name && !same_name(path, search->inside)) ||
	    strings_contain(search->taken, spelled_alike(search, path)) || !is_gone(search->revisions, path))
		return;
	search->candidates++;
	if (revision_read(&search->revisions->old, full, FILE_CAP, &data, &err) < 0)
		return;
	struct lines lines = lines_of(search->arena, &data);
	size_t like = likeness(&search->lines, &lines);
	if (like < LIKE_MIN || like <= search->likeness)
		return;
	search->likeness = like;
	search->best = arena_strdup(search->arena, path);
}

static void search_tree(struct search *search, const git_tree *tree, const char *above, int depth)
{
	for (size_t i = 0; i < git_tree_entrycount(tree) && search->entries++ < ENTRIES_MAX; i++) {
		const git_tree_entry *entry = git_tree_entry_byindex(tree, i);
		const char *name = git_tree_entry_name(entry);
		CLEANUP_FREE char *path = *above ? path_join(above, name) : xstrdup(name);
		CLEANUP_GIT(git_tree) *below = NULL;
		struct error err = ERROR_INIT;

		if (git_tree_entry_filemode(entry) == GIT_FILEMODE_TREE && depth < DEPTH_MAX &&
		    tree_open(search->revisions, git_tree_entry_id(entry), &below, &err) == 0)
			search_tree(search, below, path, depth + 1);
		else if (git_tree_entry_type(entry) == GIT_OBJECT_BLOB &&
			 (text_ends(name, ".yaml") || text_ends(name, ".yml")))
			consider(search, path);
	}
}

const char *revisions_former(const struct revisions *revisions, struct arena *arena, const char *path, bool same_name,
			     const struct strings *taken)
{
	CLEANUP_ARENA struct arena *scratch = arena_new();
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(FILE_CAP);
	CLEANUP_FREE char *inside = path_inside(revisions, path);
	struct search search = {.revisions = revisions,
				.arena = scratch,
				.path = path,
				.inside = inside,
				.same_name = same_name,
				.taken = taken};
	const struct revision *now = revisions_new(revisions);
	struct error err = ERROR_INIT;

	if (!inside ||
	    (now ? revision_read(now, path, FILE_CAP, &data, &err) : file_read(path, FILE_CAP, &data, &err)) < 0)
		return NULL;
	search.lines = lines_of(scratch, &data);
	search_tree(&search, revisions->old.tree, "", 0);
	return search.best ? arena_strdup(arena, spelled_alike(&search, search.best)) : NULL;
}
