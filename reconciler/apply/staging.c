/* Writes files beside their places, and renames them there. */
#include "apply/staging.h"

#include "base/file.h"

#include <stdlib.h>

struct staged {
	const char *path;
	char *temp;
	bool is_put;
};

static void note_folder(const struct staging *staging, struct strings *folders, const char *folder)
{
	if (!strings_contain(folders, folder))
		strings_add(staging->arena, folders, folder);
}

void staging_add(struct staging *staging, const struct target *target, const void *data, size_t length, mode_t mode)
{
	enum target_kind kind = target_kind(target);
	char *temp = NULL;

	if ((kind != TARGET_MISSING && kind != TARGET_FILE) || folder_create(target->folder, 0700, NULL) < 0 ||
	    file_stage(target->path, data, length, mode, &temp, NULL) < 0)
		return;
	struct staged *file = ARENA_NEW(staging->arena, struct staged);
	*file = (struct staged){.path = arena_strdup(staging->arena, target->path), .temp = temp};
	*ARENA_PUSH(staging->arena, staging->files, staging->count) = file;
	lookup_add(staging->arena, &staging->by_path, file->path, file);
	note_folder(staging, &staging->staged_in, target->folder);
}

int staging_sync(const struct staging *staging, struct error *err)
{
	for (size_t i = 0; i < staging->staged_in.count; i++)
		if (volume_sync(staging->staged_in.items[i], err) < 0)
			return -1;
	return 0;
}

int staging_put(struct staging *staging, const struct target *target, bool *ret_put, struct error *err)
{
	struct staged *file = (struct staged *)lookup_find(&staging->by_path, target->path);

	*ret_put = file && !file->is_put;
	if (!*ret_put)
		return 0;
	if (file_put_staged(file->path, file->temp, err) < 0)
		return -1;
	file->is_put = true;
	note_folder(staging, staging->folders, target->folder);
	return 0;
}

void staging_done(struct staging *staging)
{
	for (size_t i = 0; i < staging->count; i++) {
		struct staged *file = staging->files[i];

		if (!file->is_put)
			file_drop_staged(file->path, file->temp);
		free(file->temp);
	}
	staging->count = 0;
}
