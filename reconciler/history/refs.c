/* Reads refs: a file each, or a line of packed-refs (gitrepository-layout(5)). */
#include "history/refs.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/xalloc.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

enum { REF_CAP = 4096, PACKED_CAP = 64 * 1024 * 1024 };

static int read_loose(const struct history *history, const char *name, git_oid *ret_id, struct error *err)
{
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(REF_CAP);
	CLEANUP_FREE char *path = path_join(history->path, name);

	if (file_read(path, REF_CAP, &text, err) < 0)
		return -1;
	const char *hex = buffer_text(&text);
	if (text.length < GIT_OID_HEXSZ || strspn(hex, "0123456789abcdef") != GIT_OID_HEXSZ ||
	    strspn(hex + GIT_OID_HEXSZ, " \n") != text.length - GIT_OID_HEXSZ || !object_id_read(hex, ret_id))
		return error_set(err, ERROR_CORRUPT, "%s is damaged: it names no commit", path);
	return 0;
}

/* One that is not there is empty. */
static int read_packed(const struct history *history, struct buffer *ret_text, struct error *err)
{
	CLEANUP_FREE char *path = path_join(history->path, "packed-refs");
	struct error reading = ERROR_INIT;

	if (file_read(path, PACKED_CAP, ret_text, &reading) == 0)
		return 0;
	*ret_text = (struct buffer)BUFFER_INIT(PACKED_CAP);
	if (reading.kind == ERROR_NOT_FOUND)
		return 0;
	error_copy(err, &reading);
	return history_damaged(err, "packed refs");
}

/* "ID refs/…", "^ID" of a tag, or a comment. The name of a ref, else NULL; *ret_good is false for what is none of
 * these. */
static const char *parse_line(const char *line, size_t length, bool *ret_good)
{
	size_t digits = strspn(line + (*line == '^'), "0123456789abcdef");

	*ret_good = digits == GIT_OID_HEXSZ && length > GIT_OID_HEXSZ;
	if (*line == '#' || *line == '^') {
		*ret_good = *line == '#' || (*ret_good && length == GIT_OID_HEXSZ + 1);
		return NULL;
	}
	*ret_good = *ret_good && text_starts(line + GIT_OID_HEXSZ, " refs/");
	return *ret_good ? line + GIT_OID_HEXSZ + 1 : NULL;
}

/* Calls each() with every ref; an error when a line is none. */
static int walk_packed(const struct history *history, const struct buffer *text,
		       void (*each)(void *context, const char *line, const char *name, size_t length), void *context,
		       struct error *err)
{
	for (const char *line = buffer_text(text); *line != '\0';) {
		size_t length = strcspn(line, "\n");
		bool good;
		const char *name = parse_line(line, length, &good);

		if (!good || line[length] != '\n')
			return error_set(err, ERROR_CORRUPT, "%s/packed-refs is damaged", history->path);
		if (name && each)
			each(context, line, name, length - GIT_OID_HEXSZ - 1);
		line += length + 1;
	}
	/* A NUL within would have ended it. */
	if (strlen(buffer_text(text)) != text->length)
		return error_set(err, ERROR_CORRUPT, "%s/packed-refs is damaged", history->path);
	return 0;
}

struct ref_search {
	const char *name;
	git_oid id;
	bool found;
};

static void match_name(void *context, const char *line, const char *name, size_t length)
{
	struct ref_search *search = context;

	if (strlen(search->name) == length && !strncmp(search->name, name, length))
		search->found = object_id_read(line, &search->id);
}

int ref_read(const struct history *history, const char *name, git_oid *ret_id, struct error *err)
{
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(PACKED_CAP);
	struct ref_search search = {.name = name};
	struct error reading = ERROR_INIT;

	if (read_loose(history, name, ret_id, &reading) == 0)
		return 0;
	if (reading.kind != ERROR_NOT_FOUND) {
		error_copy(err, &reading);
		return history_damaged(err, "%s", name);
	}
	if (read_packed(history, &text, err) < 0 || walk_packed(history, &text, match_name, &search, err) < 0)
		return -1;
	if (!search.found)
		return error_set(err, ERROR_NOT_FOUND, "%s is not in the history %s", name, history->path);
	*ret_id = search.id;
	return 0;
}

bool ref_exists(const struct history *history, const char *name)
{
	struct error err = ERROR_INIT;
	git_oid id;

	return ref_read(history, name, &id, &err) == 0 || err.kind != ERROR_NOT_FOUND;
}

struct ref_listing {
	struct arena *arena;
	const char *folder;
	struct strings *names;
};

static void list_name(void *context, const char *line, const char *name, size_t length)
{
	struct ref_listing *listing = context;
	const char *copy = arena_strndup(listing->arena, name, length);

	(void)line;
	if (text_starts(copy, listing->folder) && !strings_contain(listing->names, copy))
		strings_add(listing->arena, listing->names, copy);
}

static int list_loose(const struct history *history, const struct ref_listing *listing, struct error *err)
{
	CLEANUP_FREE char *path = path_join(history->path, listing->folder);
	DIR *folder = xopendir(path);
	const struct dirent *entry;

	if (!folder)
		return errno == ENOENT ? 0 : error_set_errno(err, errno, "cannot read %s", path);
	while ((entry = readdir(folder)))
		if (entry->d_name[0] != '.' && !text_ends(entry->d_name, ".lock"))
			strings_add(listing->arena, listing->names,
				    arena_printf(listing->arena, "%s%s", listing->folder, entry->d_name));
	closedir(folder);
	return 0;
}

int refs_list(const struct history *history, struct arena *arena, const char *folder, struct strings *ret_names,
	      struct error *err)
{
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(PACKED_CAP);
	struct strings names = {0};
	struct ref_listing listing = {.arena = arena, .folder = folder, .names = &names};

	if (list_loose(history, &listing, err) < 0 || read_packed(history, &text, err) < 0 ||
	    walk_packed(history, &text, list_name, &listing, err) < 0)
		return -1;
	strings_sort(&names);
	*ret_names = names;
	return 0;
}

int refs_check_packed(const struct history *history, struct error *err)
{
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(PACKED_CAP);

	return read_packed(history, &text, err) < 0 ? -1 : walk_packed(history, &text, NULL, NULL, err);
}
