/* Plans Docker contexts: made, repointed, mended, removed; `currentContext` follows a context that goes. */
#include "live/store.h"
#include "plan/draft.h"

#include <stdio.h>
#include <string.h>

static void step_write_context(struct draft *draft, struct change *change, const struct context *want,
			       const struct live_context *have)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(BUFFER_TEXT_CAP);

	if (want->exact)
		(void)buffer_append(&data, want->exact->data, want->exact->length);
	else
		context_print(want, have ? &have->file : NULL, &data);
	struct step *step = step_write(draft, change, context_meta_path(draft->arena, want->name), &data);
	step->in_docker_config = true;
	step->mode = 0644; /* as docker/cli cli/context/store/metadatastore.go writes it */
}

static void step_remove_folder(struct draft *draft, struct change *change, const char *path)
{
	struct step *step = step_add(draft, change, STEP_REMOVE_FILE, NULL);

	step->path = path;
	step->in_docker_config = true;
}

static struct change *context_change(struct draft *draft, const struct context *want, const struct live_context *have,
				     enum action action, const char *reason)
{
	struct change *change = change_add(draft, OBJECT_CONTEXT, want->name, action);

	change->reason = reason;
	change->source = want->source;
	change->source.file = arena_strdup(draft->arena, want->source.file);
	change->live_fingerprint = have ? fingerprint_file(draft, &have->file) : fingerprint_text(draft, "absent");
	return change;
}

static void field_pair(struct draft *draft, struct change *change, const struct context *want, const char *key,
		       const char *before, const char *after)
{
	if (after && !text_equal(before, after))
		field_add(draft, change, key, before, after, places_find(&want->places, key, want->source));
}

static bool context_differs(const struct context *want, const struct live_context *have)
{
	if (!text_equal(want->endpoint, have->endpoint))
		return true;
	if (want->skip_tls_verify != TRI_UNSET && (want->skip_tls_verify == TRI_YES) != have->skip_tls_verify)
		return true;
	return want->description && !text_equal(want->description, have->description);
}

static void plan_present(struct draft *draft, const struct context *want, const struct live_context *have)
{
	if (have && !have->damaged && !context_differs(want, have))
		return;
	const char *fault = fault_on(draft, arena_printf(draft->arena, "context.%s", want->name));
	enum action action = !have ? ACTION_CREATE : fault || have->damaged ? ACTION_REPAIR : ACTION_CHANGE;
	const char *reason = action == ACTION_CREATE ? "there is no such context" : fault ? fault : "endpoint changed";
	struct change *change = context_change(draft, want, have, action, reason);

	field_pair(draft, change, want, "endpoint", have ? have->endpoint : NULL, want->endpoint);
	field_pair(draft, change, want, "description", have ? have->description : NULL, want->description);
	if (have && have->implicit)
		change_block(
			draft, change, ERROR_REFUSED,
			"the context \"%s\" is Docker's own and has no file: set DOCKER_HOST, or name another context",
			want->name);
	if (want->ca || want->cert || want->key)
		change_block(draft, change, ERROR_OTHER,
			     "%s:%d:%d: TLS files of a context are not applied yet by this version: run `docker "
			     "context create "
			     "%s --docker host=…,ca=…,cert=…,key=…`",
			     want->source.file ? want->source.file : "state", want->source.line, want->source.column,
			     want->name);
	step_write_context(draft, change, want, have);
}

static void unselect_context(struct draft *draft, struct change *change, const char *name)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(BUFFER_TEXT_CAP);
	const struct raw_file *config = &draft->live->docker_config_file;
	struct error err = ERROR_INIT;

	if (!text_equal(draft->live->current_context, name) ||
	    !text_equal(draft->live->current_context_from, "config.json"))
		return;
	field_add(draft, change, "currentContext", name, "default", change->source);
	if (docker_config_print(config->data, config->length, "", &data, &err) < 0) {
		change_block(draft, change, ERROR_CORRUPT,
			     "config.json names it as currentContext and cannot be edited: %s", err.message);
		return;
	}
	struct step *step = step_write(draft, change, "config.json", &data);
	step->in_docker_config = true;
	step->mode = config->mode ? config->mode & 0777 : 0600;
}

static void plan_absent(struct draft *draft, const struct context *want, const struct live_context *have)
{
	if (!have || have->implicit)
		return;
	struct change *change = context_change(draft, want, have, ACTION_REMOVE, "state: absent");
	field_add(draft, change, "endpoint", have->endpoint, NULL, want->source);
	unselect_context(draft, change, want->name);
	char *path = context_meta_path(draft->arena, want->name);
	char *slash = strrchr(path, '/');
	if (slash)
		*slash = '\0';
	step_remove_folder(draft, change, path);
	if (have->has_tls)
		change_block(
			draft, change, ERROR_OTHER,
			"the context holds TLS keys, which this version cannot bring back: run `docker context rm %s`",
			want->name);
}

void plan_contexts(struct draft *draft)
{
	for (size_t i = 0; i < draft->desired->context_count; i++) {
		const struct context *want = &draft->desired->contexts[i];
		const struct live_context *have = live_context(draft->live, want->name);

		if (text_equal(want->state, "absent"))
			plan_absent(draft, want, have);
		else
			plan_present(draft, want, have);
	}
}
