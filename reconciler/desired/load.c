/* Loads the desired state: read, merge, decode, resolve, validate, narrow. */
#include "base/text.h"
#include "desired/check.h"
#include "desired/decode.h"
#include "desired/desired.h"
#include "desired/merge.h"
#include "desired/resolve.h"
#include "desired/sources.h"
#include "desired/yaml.h"
#include "model/normal.h"

#include <string.h>

/* -1 when a file cannot be understood at all. */
static int read_all(struct arena *scratch, const struct sources *sources, struct interpolation *variables,
		    struct tree **ret_root, struct diagnostics *problems)
{
	struct tree *merged = NULL;
	int result = 0;

	for (size_t i = 0; i < sources->count; i++) {
		struct tree *root = NULL;

		if (yaml_read(scratch, &sources->items[i], variables, &root, problems) < 0) {
			result = -1;
		} else if (root && root->kind != TREE_MAPPING) {
			diagnostics_addf(problems, ERROR_INVALID, root->where.file, root->where.line,
					 root->where.column, "begin it with `version: 1`, then `builders:`",
					 "a state file must be a mapping, not %s", tree_describe(scratch, root));
			result = -1;
		} else {
			merged = tree_merge(scratch, merged, root);
		}
	}
	*ret_root = merged;
	return result;
}

/* A builder whose driver was not understood would get problems of a driver that nobody asked for: it, and what all of
 * them get wrong together, waits for the next run. */
static void resolve_all(struct state *state, struct reach *reach, struct diagnostics *problems)
{
	bool skipped = false;

	for (size_t i = 0; i < state->builder_count; i++) {
		struct builder *builder = &state->builders[i];

		if (!builder->driver && places_find(&builder->places, "driver", (struct source){0}).file)
			skipped = true;
		else
			resolve_builder(state->arena, builder, reach, problems);
	}
	state_sort(state);
	for (size_t i = 0; i < state->context_count; i++)
		context_files(state->arena, &state->contexts[i], reach, problems);
	if (!skipped)
		validate_state(state, problems);
}

/* --only: what is not named is none of this run's business, so nothing is unmanaged, and only this one is selected. */
static void narrow(struct state *state, const char *only, struct diagnostics *problems)
{
	CLEANUP_ARENA struct arena *scratch = arena_new();
	const struct builder *wanted = state_builder(state, only);
	const char **names = ARENA_ARRAY(scratch, const char *, state->builder_count);

	if (!wanted)
		wanted = state_builder(state, name_lower(scratch, only));
	for (size_t i = 0; i < state->builder_count; i++)
		names[i] = state->builders[i].name;
	if (!wanted) {
		const char *nearest = text_nearest(only, names, state->builder_count);

		diagnostics_addf(problems, ERROR_USAGE, NULL, 0, 0,
				 !nearest ? "`reconcile --plan` without --only names all builders"
					  : arena_printf(scratch, "did you mean --only %s?", nearest),
				 "--only names builder \"%s\", which no state file has", only);
		return;
	}
	struct builder kept = *wanted;
	for (size_t i = 0; i < state->builder_count; i++)
		if (&state->builders[i] != wanted)
			builder_done(&state->builders[i]);
	state->builders[0] = kept;
	state->builder_count = 1;
	state->unmanaged = NULL;
	state->current_context = NULL;
	if (state->selected && strcasecmp(state->selected, kept.name) != 0)
		state->selected = NULL;
}

/* What is wrong with a value that is not known may be right once it is. */
static void drop_open(const struct interpolation *variables, size_t from, struct diagnostics *problems)
{
	size_t kept = from;

	for (size_t i = from; i < problems->count; i++) {
		bool open = false;

		for (size_t k = 0; k < variables->open_count && !open; k++)
			open = variables->open[k].line == problems->items[i].line &&
			       text_equal(variables->open[k].file, problems->items[i].file);
		if (!open)
			problems->items[kept++] = problems->items[i];
	}
	problems->count = kept;
}

/* The same problem may come twice, of the same value seen through `defaults` or an alias. */
static void drop_repeated(struct diagnostics *problems)
{
	size_t kept = 0;

	for (size_t i = 0; i < problems->count; i++) {
		const struct error *last = kept == 0 ? NULL : &problems->items[kept - 1], *item = &problems->items[i];

		if (last && last->line == item->line && last->column == item->column &&
		    strcmp(last->file, item->file) == 0 && strcmp(last->message, item->message) == 0)
			continue;
		if (kept != i)
			problems->items[kept] = *item;
		kept++;
	}
	problems->count = kept;
}

/* Of files that nothing may be shown of, nothing is told; nor of texts whose variables are not known. */
static void warnings_settle(const struct sources *sources, const struct desired_request *request,
			    struct diagnostics *warnings)
{
	if (request->as_written)
		diagnostics_done(warnings);
	sources_drop_foreign(sources, warnings);
	sources_excerpt(sources, warnings);
	diagnostics_sort(warnings);
	drop_repeated(warnings);
}

int desired_load(const struct desired_request *request, struct state **ret_state, struct diagnostics *problems)
{
	CLEANUP_ARENA struct arena *scratch = arena_new();
	struct state *state = state_new();
	struct sources sources = {0};
	struct tree *root = NULL;
	size_t before = problems->count;
	struct decoder decoder = {.arena = state->arena, .scratch = scratch, .problems = problems};

	struct reach reach = {.arena = scratch,
			      .allowed = request->allowed_paths,
			      .allowed_count = request->allowed_path_count,
			      .tree = request->tree};
	struct interpolation variables = {.environ = request->environ,
					  .allowed = request->allowed_variables,
					  .allowed_count = request->allowed_variable_count,
					  .untrusted = request->untrusted,
					  .as_written = request->as_written,
					  .secrets_may_lack = request->secrets_may_lack};

	sources_read(state->arena, scratch, request, &reach, &sources, problems);
	size_t unread = problems->count - before;
	for (size_t i = 0; i < sources.count; i++)
		strings_add(state->arena, &state->files, sources.items[i].path);
	/* Without one of the files, what the others say together is not what was meant. */
	if (read_all(scratch, &sources, &variables, &root, problems) == 0 && unread == 0) {
		struct source start = {.line = 1, .column = 1};
		size_t read = problems->count;

		start.file = sources.count == 0 ? NULL : state->files.items[0];
		decode_state(&decoder, root, start, state);
		resolve_all(state, &reach, problems);
		drop_open(&variables, read, problems);
	}
	if (problems->count == before && request->only)
		narrow(state, request->only, problems);
	if (problems->count > before) {
		sources_excerpt(&sources, problems);
		diagnostics_sort(problems);
		drop_repeated(problems);
		state_free(state);
		return -1;
	}
	warnings_settle(&sources, request, &state->warnings);
	*ret_state = state;
	return 0;
}
