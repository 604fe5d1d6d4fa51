/* Plans Docker contexts: made, repointed, mended, removed.
 *
 * TLS files are written before the metadata and removed before it: while the one is wanted or the other is there, the
 * next plan sees what was left undone. */
#include "plan/context.h"

#include "base/count.h"
#include "codec/context.h"
#include "plan/change.h"
#include "plan/context_tls.h"
#include "plan/fingerprint.h"

#include <string.h>

static void step_write_context(struct draft *draft, struct change *change, const struct context *want,
			       const struct live_context *have)
{
	CLEANUP_TEXT struct text data = TEXT_INIT;

	if (want->exact)
		text_append(&data, want->exact->data, want->exact->length);
	else
		context_print(want, have ? &have->file : NULL, &data);
	struct step *step = step_write_add(draft, change, context_meta_path(draft->arena, want->name), &data);
	step->in_docker_config = true;
	/* docker/cli cli/context/store/metadatastore.go, createOrUpdate */
	step->mode = want->exact && want->exact->mode ? want->exact->mode : 0644;
}

static const char *context_fingerprint(struct draft *draft, const struct live_context *have)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;

	if (!have)
		return fingerprint_text(draft, "absent");
	if (have->tls_count == 0)
		return fingerprint_file(draft, &have->file);
	text_puts(&text, fingerprint_file(draft, &have->file));
	context_tls_fingerprint(draft, have, &text);
	return fingerprint_text(draft, text_string(&text));
}

static struct change *context_change(struct draft *draft, const struct context *want, const struct live_context *have,
				     enum action action, const char *reason)
{
	struct change *change = change_add(draft, OBJECT_CONTEXT, want->name, action);

	change->reason = reason;
	change->source = want->source;
	change->source.file = arena_strdup(draft->arena, want->source.file);
	change->live_fingerprint = context_fingerprint(draft, have);
	return change;
}

static void field_pair(struct draft *draft, struct change *change, const struct context *want, const char *key,
		       const char *before, const char *after)
{
	if (after && !text_equal(before, after))
		field_add(draft, change, key, before, after, places_find(&want->places, key, want->source));
}

static const char *skip_text(bool skips)
{
	return skips ? "true" : "false";
}

/* A rollback compares all bytes: they may hold more than is looked at here. */
static bool metadata_differs(const struct context *want, const struct live_context *have)
{
	if (!have || have->damaged)
		return true;
	if (want->exact)
		return !raw_same(&have->file, want->exact);
	if (!text_equal(want->endpoint, have->endpoint))
		return true;
	if (want->skip_tls_verify != TRI_UNSET && (want->skip_tls_verify == TRI_YES) != have->skip_tls_verify)
		return true;
	return want->description && !text_equal(want->description, have->description);
}

static void add_fields(struct draft *draft, struct change *change, const struct context *want,
		       const struct live_context *have)
{
	field_pair(draft, change, want, "endpoint", have ? have->endpoint : NULL, want->endpoint);
	field_pair(draft, change, want, "description", have ? have->description : NULL, want->description);
	if (have ? want->skip_tls_verify != TRI_UNSET : want->skip_tls_verify == TRI_YES)
		field_pair(draft, change, want, "skip-tls-verify",
			   have && !have->damaged ? skip_text(have->skip_tls_verify) : NULL,
			   skip_text(want->skip_tls_verify == TRI_YES));
}

static const char *reason_of(struct draft *draft, const struct change *change)
{
	const char *fault = fault_on(draft, change->address);

	if (change->action == ACTION_CREATE)
		return "there is no such context";
	if (fault)
		return fault;
	if (change->field_count == 0)
		return "metadata changed";
	if (change->field_count == 1)
		return arena_printf(draft->arena, "%s changed", change->fields[0].path);
	return arena_printf(draft->arena, "%s and %zu more changed", change->fields[0].path, change->field_count - 1);
}

static const char *context_meta_folder(struct draft *draft, const char *name)
{
	char *path = context_meta_path(draft->arena, name);

	*strrchr(path, '/') = '\0';
	return path;
}

static void plan_present(struct draft *draft, const struct context *want, const struct live_context *have)
{
	struct tls_diff tls = {0};
	bool metadata = metadata_differs(want, have);

	context_tls_diff(draft, want, have, &tls);
	if (!metadata && tls.count == 0 && !tls.whole)
		return;
	const char *fault = fault_on(draft, arena_printf(draft->arena, "context.%s", want->name));
	enum action action = !have ? ACTION_CREATE : fault || have->damaged ? ACTION_REPAIR : ACTION_CHANGE;
	struct change *change = context_change(draft, want, have, action, NULL);

	add_fields(draft, change, want, have);
	if (have && have->implicit)
		change_block(
			draft, change, ERROR_REFUSED,
			"the context \"%s\" is Docker's own and has no file: set DOCKER_HOST, or name another context",
			want->name);
	context_tls_add(draft, change, want, have, &tls);
	change->reason = reason_of(draft, change);
	/* A write that was cut off may have left a temporary file in it. */
	if (!have && is_stray(draft, context_meta_folder(draft, want->name)))
		step_remove_path(draft, change, context_meta_folder(draft, want->name));
	if (metadata)
		step_write_context(draft, change, want, have);
}

/* What a removal that was cut off left behind. */
static void plan_stray(struct draft *draft, const struct context *want)
{
	const char *folders[] = {context_tls_folder(draft, want->name), context_meta_folder(draft, want->name)};
	struct change *change = NULL;

	for (size_t i = 0; i < COUNT(folders); i++) {
		if (!is_stray(draft, folders[i]))
			continue;
		if (!change)
			change = context_change(draft, want, NULL, ACTION_REMOVE,
						"it is gone, and some of its files were left behind");
		change->phase = PHASE_CLEAR;
		step_remove_path(draft, change, folders[i]);
	}
}

static void plan_absent(struct draft *draft, const struct context *want, const struct live_context *have)
{
	if (!have)
		plan_stray(draft, want);
	if (!have || have->implicit)
		return;
	struct change *change = context_change(draft, want, have, ACTION_REMOVE,
					       draft->request->rollback ? "it was not there before" : "state: absent");
	change->phase = PHASE_CLEAR;
	field_add(draft, change, "endpoint", have->endpoint, NULL, want->source);
	context_tls_remove(draft, change, want, have);
	step_remove_path(draft, change, context_meta_folder(draft, want->name));
}

/* BuildX makes no node where TLS comes from the environment ("could not create a builder instance with TLS data loaded
 * from environment", docker/buildx builder/builder.go): it wants a context made, as `docker context create` makes it.
 */
void plan_environment(struct draft *draft)
{
	const struct live *live = draft->live;
	const struct environment_tls *tls = live->tls;
	const struct live_context *own = live_context(live, "default");
	const struct engine *engine = live->tls_context ? live_engine(live, live->tls_context) : NULL;
	size_t count = draft->plan->change_count;

	/* With files that the Engine does not take, what is there is better. */
	if (!draft->in_environment || !tls || !own || !engine || !engine->reachable || draft->request->rollback ||
	    state_context(draft->desired, live->tls_context))
		return;
	const struct live_context *have = live_context(live, live->tls_context);
	struct context *want = ARENA_NEW(draft->arena, struct context);
	*want = (struct context){.name = live->tls_context,
				 .endpoint = own->endpoint,
				 .description = have ? NULL : "Current DOCKER_HOST based configuration",
				 .tls = tls->files,
				 .skip_tls_verify = tls->skip_verify ? TRI_YES : TRI_NO};
	plan_present(draft, want, have);
	if (draft->plan->change_count > count)
		draft->plan->changes[count].reason =
			have ? "DOCKER_HOST and DOCKER_CERT_PATH say otherwise now"
			     : "BuildX makes no builder with TLS from DOCKER_CERT_PATH, only in a context";
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
