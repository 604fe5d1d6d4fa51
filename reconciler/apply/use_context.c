/* The step that names the current context in Docker's config.json.
 *
 * The file holds credentials and is edited by everybody (`docker login`, Docker Desktop, people), without a lock: what
 * is there now is edited, not what was there when the plan was made, and only where it says currentContext. */
#include "apply/step.h"
#include "apply/steps.h"
#include "apply/target_file.h"
#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "codec/docker_config.h"

#include <string.h>

enum { TRIES = 20 };

/* The bytes as they are now; *ret_exists false when there is no file. */
static int read_now(const struct target *target, struct buffer *ret_data, bool *ret_exists, struct error *err)
{
	struct error cause = ERROR_INIT;

	*ret_exists = target_kind(target) != TARGET_MISSING;
	if (!*ret_exists)
		return 0;
	if (file_read_careful(target->path, BUFFER_TEXT_CAP, ret_data, &cause) == 0)
		return 0;
	error_copy(err, &cause);
	return error_hint(err, "make it a file that this user may read, or remove it");
}

/* *ret_done false when somebody else was quicker. */
static int edit(const struct target *target, const char *name, bool *ret_done, struct error *err)
{
	CLEANUP_BUFFER struct buffer old = BUFFER_INIT(BUFFER_TEXT_CAP);
	CLEANUP_TEXT struct text new = TEXT_INIT;
	bool exists;

	*ret_done = true;
	if (read_now(target, &old, &exists, err) < 0)
		return -1;
	if (!exists && *name == '\0')
		return 0;
	if (docker_config_print(exists ? buffer_text(&old) : NULL, old.length, name, &new, err) < 0) {
		error_wrap(err, "%s cannot be edited", target->path);
		return error_hint(err, "correct it, or move it away");
	}
	if (exists && new.length == old.length && memcmp(text_string(&new), buffer_text(&old), new.length) == 0)
		return 0;
	return target_replace(target, exists ? &old : NULL, text_string(&new), new.length, ret_done, err);
}

int execute_use_context(struct execution *run, const struct step *step, struct error *err)
{
	const char *name = step->name ? step->name : "";
	struct target target;
	bool done = false;

	if (target_find(run->live, run->arena, "config.json", true, &target, err) < 0)
		return -1;
	for (int try = 0; !done && try < TRIES; try++)
		if (edit(&target, name, &done, err) < 0)
			return -1;
	if (done)
		return 0;
	error_set(err, ERROR_LOCKED, "%s is being rewritten all the time by another program", target.path);
	return error_hint(err, "find out which one, and apply again");
}
