/* The raw files of a record: a commit without parents under a private ref, with a manifest that says what was where.
 *
 * Files are below store/ and docker-config/ under their own paths, so that `git show REF:store/instances/ci` gives the
 * bytes; a path that git does not take (".git") is stored as raw-<number>, which the manifest names. */
#include "history/private.h"

#include "base/buffer.h"
#include "base/json.h"
#include "history/blob.h"
#include "history/git.h"
#include "history/objects.h"
#include "history/record.h"
#include "history/refs.h"
#include "history/trailer.h"

static const char manifest_name[] = "manifest.json";

static int add_entry(struct history *history, git_index *index, const char *path, const void *data, size_t length,
		     bool *ret_taken, struct error *err)
{
	git_index_entry entry = {.mode = GIT_FILEMODE_BLOB, .path = path};

	if (blob_write(history, data, length, &entry.id, err) < 0)
		return -1;
	*ret_taken = git_index_add(index, &entry) == 0;
	return 0;
}

static int add_raw(struct history *history, struct arena *arena, git_index *index, const struct store_file *raw,
		   size_t number, const char **ret_blob, struct error *err)
{
	const char *folder = raw->in_docker_config ? "docker-config" : "store";
	const char *path = arena_printf(arena, "%s/%s", folder, raw->path);
	bool taken;

	if (add_entry(history, index, path, raw->data, raw->length, &taken, err) < 0)
		return -1;
	if (!taken) {
		path = arena_printf(arena, "%s/raw-%zu", folder, number);
		if (add_entry(history, index, path, raw->data, raw->length, &taken, err) < 0)
			return -1;
	}
	*ret_blob = path;
	return taken ? 0 : git_fail(err, -1, "cannot record %s", raw->path);
}

static void describe(cJSON *list, const struct store_file *raw, const char *blob)
{
	cJSON *item = json_append_object(list);

	json_add_string(item, "path", raw->path);
	json_add_bool(item, "in_docker_config", raw->in_docker_config);
	json_add_bool(item, "exists", raw->exists);
	json_add_bool(item, "readable", raw->readable);
	json_add_integer(item, "mode", raw->mode);
	json_add_string(item, "blob", blob);
}

static int add_all(struct history *history, git_index *index, const struct record_content *content, struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_JSON cJSON *manifest = cJSON_CreateObject();
	CLEANUP_TEXT struct text text = TEXT_INIT;
	cJSON *list = json_add_array(manifest, "files");
	bool taken;

	for (size_t i = 0; i < content->raw_count; i++) {
		const struct store_file *raw = &content->raw[i];
		bool has_bytes = raw->exists && raw->readable && (raw->data || raw->length == 0);
		const char *blob = NULL;

		if (has_bytes && add_raw(history, arena, index, raw, i, &blob, err) < 0)
			return -1;
		describe(list, raw, blob);
	}
	json_print(manifest, &text);
	return add_entry(history, index, manifest_name, text_string(&text), text.length, &taken, err);
}

/* From some number on, one sync of all there is takes less than two of each. */
static int add_files(struct history *history, git_index *index, const struct record_content *content, struct error *err)
{
	enum { MANY = 32 };

	if (content->raw_count < MANY)
		return add_all(history, index, content, err);
	objects_hurry(history_repo(history));
	if (add_all(history, index, content, err) == 0)
		return objects_settle(history_repo(history), err);
	objects_calm(history_repo(history));
	return -1;
}

int private_write(struct history *history, const struct record_content *content, const git_signature *who,
		  git_oid *ret_commit, struct error *err)
{
	CLEANUP_TEXT struct text message = TEXT_INIT;
	CLEANUP_GIT(git_index) *index = NULL;
	CLEANUP_GIT(git_tree) *tree = NULL;
	git_oid id;
	int code = git_index_new(&index);

	if (code < 0)
		return git_fail(err, code, "cannot write to the history %s", history->path);
	if (add_files(history, index, content, err) < 0)
		return -1;
	text_puts(&message, "Files as they were before: may hold secrets, never push this\n\n");
	trailer_add(&message, "Plan-Id", content->plan_id);
	code = git_index_write_tree_to(&id, index, history_repo(history));
	if (code == 0)
		code = git_tree_lookup(&tree, history_repo(history), &id);
	if (code == 0)
		code = git_commit_create(ret_commit, history_repo(history), NULL, who, who, "UTF-8",
					 text_string(&message), tree, 0, NULL);
	return code == 0 ? 0 : git_fail(err, code, "cannot write to the history %s", history->path);
}

static int read_bytes(struct history *history, const git_tree *tree, struct arena *arena, struct private_file *file,
		      struct error *err)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(BUFFER_TEXT_CAP);

	if (!file->blob) {
		file->raw.readable = false;
		return 0;
	}
	if (blob_read(history, tree, file->blob, &data, err) < 0)
		return history_damaged(err, "the files of the record");
	file->raw.data = arena_copy(arena, buffer_text(&data), data.length + 1);
	file->raw.length = data.length;
	return 0;
}

static int read_files(struct history *history, const git_tree *tree, struct arena *arena, const cJSON *list,
		      struct private_files *ret_files, struct error *err)
{
	struct private_files files = {0};
	const cJSON *item;

	cJSON_ArrayForEach(item, list) {
		struct private_file *file = ARENA_PUSH(arena, files.items, files.count);
		const char *path = json_string(item, "path");

		if (text_empty(path))
			return error_set(err, ERROR_CORRUPT, "the record's %s has a file without a path",
					 manifest_name);
		file->blob = arena_strdup(arena, json_string(item, "blob"));
		file->raw = (struct store_file){
			.path = arena_strdup(arena, path),
			.in_docker_config = json_bool(item, "in_docker_config", false),
			.exists = json_bool(item, "exists", false),
			.readable = json_bool(item, "readable", false),
			.mode = (unsigned)json_integer(item, "mode", 0600) & 07777,
		};
		if (file->raw.exists && read_bytes(history, tree, arena, file, err) < 0)
			return -1;
	}
	*ret_files = files;
	return 0;
}

int private_read(struct history *history, struct arena *arena, const char *ref, const char *plan_id,
		 struct private_files *ret_files, struct error *err)
{
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(BUFFER_TEXT_CAP);
	CLEANUP_GIT(git_commit) *commit = NULL;
	CLEANUP_GIT(git_tree) *tree = NULL;
	CLEANUP_JSON cJSON *manifest = NULL;
	git_oid id;

	if (!text_starts(ref, HISTORY_PRIVATE))
		return error_set(err, ERROR_CORRUPT, "the record does not say where its files are");
	if (ref_read(history, ref, &id, err) < 0)
		return history_damaged(err, "the files of the record");
	if (git_commit_lookup(&commit, history_repo(history), &id) != 0 || git_commit_tree(&tree, commit) != 0)
		return git_unreadable(err, "cannot read %s of the history %s", ref, history->path);
	if (!text_equal(trailer_get(arena, git_commit_message(commit), "Plan-Id"), plan_id))
		return error_set(err, ERROR_CORRUPT, "%s of the history %s has the files of another record", ref,
				 history->path);
	if (blob_read(history, tree, manifest_name, &text, err) < 0)
		return history_damaged(err, "the files of the record");
	if (json_parse(buffer_text(&text), text.length, &manifest, err) < 0)
		return error_wrap(err, "%s of %s", manifest_name, ref);
	return read_files(history, tree, arena, json_get(manifest, "files"), ret_files, err);
}
