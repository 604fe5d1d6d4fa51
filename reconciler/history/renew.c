/* Begins a new history beside a damaged one. */
#include "history/examine.h"

#include "base/acting.h"
#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/xalloc.h"
#include "history/git.h"
#include "history/layout.h"
#include "history/repository.h"
#include "history/side_files.h"
#include "history/writing.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { NAMES = 100, SIDE_FILE_CAP = 16 * 1024 * 1024 };

/* "<path>.damaged-20260131T120000Z": what is there already is never replaced. */
static const char *free_name(struct arena *arena, const char *path)
{
	const char *name = NULL;
	char text[32];
	time_t now = time(NULL);
	struct tm parts;
	struct stat info;

	strftime(text, sizeof(text), "%Y%m%dT%H%M%SZ", gmtime_r(&now, &parts));
	for (int i = 1; i <= NAMES; i++) {
		name = i == 1 ? arena_printf(arena, "%s.damaged-%s", path, text)
			      : arena_printf(arena, "%s.damaged-%s-%d", path, text, i);
		if (lstat(name, &info) < 0)
			break;
	}
	return name;
}

/* As its owner, where root keeps that of a user. */
static int move_aside(const char *path, const char *aside, struct error *err)
{
	CLEANUP_ACTING struct acting acting = {0};
	const char *slash = strrchr(path, '/');
	CLEANUP_FREE char *folder = !slash ? xstrdup(".") : xstrndup(path, slash == path ? 1 : (size_t)(slash - path));
	struct stat info;

	if (stat(path, &info) < 0)
		return error_set_errno(err, errno, "cannot use the history %s", path);
	if (!S_ISDIR(info.st_mode) || !layout_is_history(path)) {
		error_set(err, ERROR_REFUSED, "%s is no history, and stays where it is", path);
		return error_hint(err, "name another folder with --history-dir DIR or RECONCILE_HISTORY");
	}
	if (info.st_uid != 0 && acting_begin(info.st_uid, info.st_gid, &acting, err) < 0)
		return -1;
	if (rename(path, aside) < 0)
		return error_set_errno(err, errno, "cannot move the history %s to %s", path, aside);
	return folder_sync(folder, err);
}

/* "reconcile.held", and "reconcile.held.<id>" of another store. */
static bool is_named(const struct side_file *file, const char *name)
{
	size_t length = strlen(file->name);

	return text_starts(name, file->name) && (name[length] == '\0' || (file->each_store && name[length] == '.'));
}

static void lose(struct renewal *renewal, struct arena *arena, const struct side_file *file)
{
	if (file->lost && !strings_contain(&renewal->lost, file->lost))
		strings_add(arena, &renewal->lost, file->lost);
	renewal->resets_lost |= file->check == resets_check;
}

/* The journal is of a run that is in the old history. */
static int take_over(struct history *history, struct renewal *renewal, struct arena *arena,
		     const struct side_file *file, const char *name, struct error *err)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(SIDE_FILE_CAP);
	CLEANUP_FREE char *from = path_join(renewal->aside, name), *to = path_join(history->path, name);

	if (file->check == journal_check)
		return 0;
	if (file->check(from, NULL) < 0 || file_read(from, SIDE_FILE_CAP, &data, NULL) < 0) {
		lose(renewal, arena, file);
		return 0;
	}
	return file_write_atomic(to, data.data, data.length, 0600, err);
}

static int take_over_all(struct history *history, struct renewal *renewal, struct arena *arena, struct error *err)
{
	CLEANUP_WRITING struct writing writing = {0};
	const struct dirent *entry;
	int result = 0;
	size_t count;
	const struct side_file *files = side_file_table(&count);
	DIR *folder;

	if (writing_begin(history, &writing, err) < 0)
		return -1;
	folder = xopendir(renewal->aside);
	if (!folder)
		for (size_t i = 0; i < count; i++)
			lose(renewal, arena, &files[i]);
	while (folder && result == 0 && (entry = readdir(folder)))
		for (size_t i = 0; i < count; i++)
			if (is_named(&files[i], entry->d_name))
				result = take_over(history, renewal, arena, &files[i], entry->d_name, err);
	if (folder)
		closedir(folder);
	return result;
}

int history_renew(const char *store, const char *path, struct arena *arena, struct renewal *ret_renewal,
		  struct history **ret_history, struct error *err)
{
	char *clean = arena_strdup(arena, path);
	struct renewal renewal = {0};
	struct history *history = NULL;

	for (size_t end = strlen(clean); end > 1 && clean[end - 1] == '/'; end--)
		clean[end - 1] = '\0';
	renewal.aside = free_name(arena, clean);
	if (move_aside(clean, renewal.aside, err) < 0 || history_open_of(store, clean, true, &history, err) < 0)
		return -1;
	if (take_over_all(history, &renewal, arena, err) < 0) {
		history_close(history);
		return error_wrap(err, "the history is %s now, and a new one was begun", renewal.aside);
	}
	/* Which store came first is read when it is opened. */
	history_close(history);
	*ret_renewal = renewal;
	return history_open_of(store, clean, false, ret_history, err);
}
