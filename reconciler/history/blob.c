/* Bytes into and out of the repository. */
#include "history/blob.h"

#include "history/git.h"

#include "base/buffer.h"

int blob_write(struct history *history, const void *data, size_t length, git_oid *ret_id, struct error *err)
{
	int code = git_blob_create_from_buffer(ret_id, history_repo(history), length == 0 ? "" : data, length);

	return code == 0 ? 0 : git_fail(err, code, "cannot write to the history %s", history->path);
}

int blob_read(struct history *history, const git_tree *tree, const char *path, struct buffer *ret_data,
	      struct error *err)
{
	CLEANUP_GIT(git_tree_entry) *entry = NULL;
	CLEANUP_GIT(git_blob) *blob = NULL;
	struct buffer data = BUFFER_INIT(BUFFER_TEXT_CAP);
	int code = git_tree_entry_bypath(&entry, tree, path);

	if (code != 0)
		return git_fail(err, code, "cannot read %s of the record", path);
	if (git_blob_lookup(&blob, history_repo(history), git_tree_entry_id(entry)) != 0)
		return git_unreadable(err, "cannot read %s of the record", path);
	if (buffer_append(&data, git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob)) < 0) {
		buffer_done(&data);
		return error_set(err, ERROR_CORRUPT, "%s of the record is too large", path);
	}
	*ret_data = data;
	return 0;
}
