/* Takes a commit apart: "tree ID", "parent ID" each, author, committer and whatever else, an empty line, the message.
 */
#include "history/commit.h"

#include "base/cleanup.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static bool read_id(const char **at, const char *key, git_oid *ret_id)
{
	size_t length = strlen(key);
	const char *hex = *at + length;

	if (!text_starts(*at, key) || strspn(hex, "0123456789abcdef") != GIT_OID_HEXSZ || hex[GIT_OID_HEXSZ] != '\n' ||
	    !object_id_read(hex, ret_id))
		return false;
	*at = hex + GIT_OID_HEXSZ + 1;
	return true;
}

static bool parse(const char *text, struct commit *commit)
{
	git_oid other;

	if (!read_id(&text, "tree ", &commit->tree))
		return false;
	commit->has_parent = read_id(&text, "parent ", &commit->parent);
	while (read_id(&text, "parent ", &other))
		;
	if (!text_starts(text, "author ") || !strstr(text, "\ncommitter "))
		return false;
	const char *end = strstr(text, "\n\n");
	commit->message = end ? end + 2 : "";
	return true;
}

int commit_read(struct history *history, const git_oid *id, struct arena *arena, struct commit *ret_commit,
		struct error *err)
{
	struct object *tip = &history->tip;

	if (!tip->data || memcmp(history->tip_id.id, id->id, sizeof(id->id)) != 0) {
		struct object object;
		if (objects_read(&history->objects, id, &object, err) < 0)
			return -1;
		free(tip->data);
		*tip = object;
		history->tip_id = *id;
	}
	*ret_commit = (struct commit){.id = *id};
	if (tip->type == GIT_OBJECT_COMMIT && parse(arena_strndup(arena, tip->data, tip->length), ret_commit))
		return 0;
	char hex[GIT_OID_HEXSZ + 1];
	object_id_hex(id, hex);
	return error_set(err, ERROR_CORRUPT, "the object %s is no commit", hex);
}
