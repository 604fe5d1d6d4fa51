/* Steps of docker/setup-buildx-action (its action.yml, v1 to v3). */
#include "desired/convert.h"

#include "base/count.h"
#include "base/text_buffer.h"
#include "desired/yaml.h"

#include <ctype.h>
#include <string.h>

static const char action[] = "docker/setup-buildx-action";

/* A text of GitHub's with the expressions that it holds, as a state file says it; NULL when only a workflow can know
 * what one comes to. */
static const char *translate(const struct converting *at, const char *text, bool *ret_secret)
{
	static const struct {
		const char *context;
		bool secret;
	} contexts[] = {{"secrets.", true}, {"env.", false}, {"vars.", false}};
	CLEANUP_TEXT struct text out = TEXT_INIT;

	*ret_secret = false;
	while (*text) {
		if (!text_starts(text, "${{")) {
			text_printf(&out, *text == '$' ? "$%c" : "%c", *text);
			text++;
			continue;
		}
		text += strlen("${{");
		text += strspn(text, " ");
		size_t i = 0;
		while (i < COUNT(contexts) && !text_starts(text, contexts[i].context))
			i++;
		if (i == COUNT(contexts))
			return NULL;
		text += strlen(contexts[i].context);
		size_t length = 0;
		while (isalnum((unsigned char)text[length]) || text[length] == '_')
			length++;
		const char *end = text + length + strspn(text + length, " ");
		if (length == 0 || !text_starts(end, "}}"))
			return NULL;
		text_printf(&out, "${%.*s}", (int)length, text);
		*ret_secret = *ret_secret || contexts[i].secret;
		text = end + strlen("}}");
	}
	return arena_strdup(at->arena, text_string(&out));
}

/* The tree was read with its dollar signs doubled, so that nothing of it is taken for a variable of a state file. */
static const char *as_it_was(struct arena *arena, const char *text)
{
	char *out = arena_strdup(arena, text), *to = out;

	for (; *text; text++) {
		*to++ = *text;
		text += text[0] == '$' && text[1] == '$';
	}
	*to = '\0';
	return out;
}

static void take_options(struct converting *at, const char *input, const char *text)
{
	CLEANUP_ARENA struct arena *arena = arena_new();

	(void)input;
	while (*(text += strspn(text, "\n "))) {
		size_t length = strcspn(text, "\n");
		bool secret;
		const char *line = arena_strndup(arena, text, length), *option = translate(at, line, &secret);

		if (option)
			convert_options(at, option, secret);
		else
			convert_note(at, "driver-opts: %s: only a workflow knows what this is, so it is left out",
				     line);
		text += length;
	}
}

/* An input that is one text. */
static const char *plain(struct converting *at, const char *input, const char *text)
{
	bool secret;
	const char *known = translate(at, text, &secret);

	if (!known)
		convert_note(at, "%s: %s: only a workflow knows what this is, so it is left out", input, text);
	return known;
}

static void take_driver(struct converting *at, const char *input, const char *text)
{
	if ((text = plain(at, input, text)))
		convert_driver(at, text);
}
static void take_endpoint(struct converting *at, const char *input, const char *text)
{
	if ((text = plain(at, input, text)))
		convert_endpoint(at, text);
}
static void take_platforms(struct converting *at, const char *input, const char *text)
{
	if ((text = plain(at, input, text)))
		convert_platforms(at, text);
}
static void take_flags(struct converting *at, const char *input, const char *text)
{
	if ((text = plain(at, input, text)))
		convert_flags(at, text);
}
static void take_config(struct converting *at, const char *input, const char *text)
{
	if ((text = plain(at, input, text)))
		convert_config(at, text);
}
static void take_inline(struct converting *at, const char *input, const char *text)
{
	if ((text = plain(at, input, text)))
		convert_config_inline(at, text);
}
static void take_use(struct converting *at, const char *input, const char *text)
{
	(void)input;
	if (text_equal(text, "false") && text_equal(at->import->state->selected, at->builder->name))
		at->import->state->selected = NULL;
}
static void take_append(struct converting *at, const char *input, const char *text);

typedef void take(struct converting *at, const char *input, const char *text);

static const struct input {
	const char *name;
	take *take;
	const char *why; /* it has no counterpart; NULL: nothing is lost without it */
} inputs[] = {
	{"name", NULL, NULL},
	{"driver", take_driver, NULL},
	{"driver-opts", take_options, NULL},
	{"buildkitd-flags", take_flags, NULL},
	{"buildkitd-config", take_config, NULL},
	{"config", take_config, NULL},
	{"buildkitd-config-inline", take_inline, NULL},
	{"config-inline", take_inline, NULL},
	{"endpoint", take_endpoint, NULL},
	{"platforms", take_platforms, NULL},
	{"use", take_use, NULL},
	{"append", take_append, NULL},
	{"version", NULL, "which BuildX there is, is a matter of the runner"},
	{"install", NULL, "`docker buildx install` is a matter of the runner"},
	{"cleanup", NULL, NULL},
	{"cache-binary", NULL, NULL},
	{"keep-state", NULL, NULL},
};

/* A text, or a list of texts as lines: inputs are texts, and the nodes in `append` have lists. */
static const char *lines_of(struct arena *arena, const struct tree *value)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;

	if (value->kind == TREE_SCALAR)
		return value->text;
	for (size_t i = 0; value->kind == TREE_LIST && i < value->count; i++)
		if (value->items[i]->kind == TREE_SCALAR)
			text_printf(&out, "%s\n", value->items[i]->text);
	return arena_strdup(arena, text_string(&out));
}

/* Of a node in `append`: the same names, but that it is a node. */
static void take_mapping(struct converting *at, const struct tree *with)
{
	for (size_t i = 0; i < with->count; i++) {
		const struct tree_entry *entry = &with->entries[i];
		size_t k = 0;

		while (k < COUNT(inputs) && !text_equal(inputs[k].name, entry->key))
			k++;
		at->line = entry->where.line;
		if (k == COUNT(inputs))
			convert_note(at, "%s is no input of %s that reconcile knows", entry->key, action);
		else if (inputs[k].why)
			convert_note(at, "%s is left out: %s", entry->key, inputs[k].why);
		else if (inputs[k].take && !tree_says_nothing(entry->value))
			inputs[k].take(at, entry->key, as_it_was(at->arena, lines_of(at->arena, entry->value)));
	}
}

static int read_tree(struct arena *arena, const struct desired_text *text, struct tree **ret_root,
		     struct diagnostics *problems)
{
	CLEANUP_TEXT struct text doubled = TEXT_INIT;
	struct interpolation variables = {.as_written = true};

	for (size_t i = 0; i < text->length; i++)
		text_append(&doubled, text->data[i] == '$' ? "$$" : &text->data[i], text->data[i] == '$' ? 2 : 1);
	struct desired_text copy = {.path = text->path,
				    .data = arena_strndup(arena, text_string(&doubled), doubled.length),
				    .length = doubled.length,
				    .foreign = text->foreign};
	return yaml_read(arena, &copy, &variables, ret_root, problems);
}

static void take_append(struct converting *at, const char *input, const char *text)
{
	struct diagnostics problems = {0};
	struct tree *list = NULL;
	struct desired_text source = {.path = "append", .data = text, .length = strlen(text)};

	if (at->node || read_tree(at->arena, &source, &list, &problems) < 0 || !list || list->kind != TREE_LIST)
		convert_note(at, "%s is no list of nodes", input);
	for (size_t i = 0; list && list->kind == TREE_LIST && i < list->count; i++) {
		const struct tree *node = list->items[i];
		const struct tree_entry *name = tree_find(node, "name");
		int line = at->line;

		if (node->kind != TREE_MAPPING)
			continue;
		convert_node(at, name && name->value->kind == TREE_SCALAR ? name->value->text : NULL);
		take_mapping(at, node);
		at->line = line;
	}
	at->node = NULL;
	diagnostics_done(&problems);
}

static void take_step(struct import *import, const char *job, const struct tree *step)
{
	const struct tree_entry *uses = tree_find(step, "uses"), *with = tree_find(step, "with");
	const struct tree_entry *name = with ? tree_find(with->value, "name") : NULL;
	struct converting at = {.import = import, .arena = import->state->arena};
	bool made, secret;

	if (!uses || uses->value->kind != TREE_SCALAR || !text_starts(uses->value->text, action))
		return;
	const char *known = name && name->value->kind == TREE_SCALAR
				    ? translate(&at, as_it_was(at.arena, name->value->text), &secret)
				    : NULL;
	at.line = step->where.line;
	convert_builder(&at, !text_empty(known) && !strchr(known, '$') ? known : job, &made);
	if (!made) {
		convert_note(&at, "made again by another step: the first one counts");
		return;
	}
	if (!import->state->selected)
		import->state->selected = at.builder->name;
	if (with && with->value->kind == TREE_MAPPING)
		take_mapping(&at, with->value);
}

/* What other actions do for a builder, where a state file has a word for it. */
static void note_others(struct import *import, const struct tree *step)
{
	const struct tree_entry *uses = tree_find(step, "uses");

	if (uses && uses->value->kind == TREE_SCALAR && text_starts(uses->value->text, "docker/setup-qemu-action"))
		strings_add(import->state->arena, &import->notes,
			    arena_printf(import->state->arena,
					 "line %d, docker/setup-qemu-action: `emulation: {arm64: install}` does that "
					 "for a builder",
					 step->where.line));
}

static void take_steps(struct import *import, const char *job, const struct tree *of)
{
	const struct tree_entry *steps = tree_find(of, "steps");

	for (size_t i = 0; steps && steps->value->kind == TREE_LIST && i < steps->value->count; i++) {
		note_others(import, steps->value->items[i]);
		take_step(import, job, steps->value->items[i]);
	}
}

int convert_action(const struct desired_text *text, struct import *import, struct diagnostics *problems)
{
	struct tree *root = NULL;

	convert_begin(import);
	if (read_tree(import->state->arena, text, &root, problems) < 0)
		return -1;
	const struct tree_entry *jobs = tree_find(root, "jobs"), *runs = tree_find(root, "runs");
	for (size_t i = 0; jobs && jobs->value->kind == TREE_MAPPING && i < jobs->value->count; i++)
		take_steps(import, jobs->value->entries[i].key, jobs->value->entries[i].value);
	if (runs)
		take_steps(import, "ci", runs->value);
	if (import->state->builder_count == 0)
		diagnostics_addf(problems, ERROR_INVALID, text->path, 0, 0, NULL, "no step of it uses %s", action);
	convert_end(import);
	return problems->count > 0 ? -1 : 0;
}
