/* --status: a line per builder: whether it drifted since the last record, what is pending, and its health. */
#include "base/clock.h"
#include "base/json.h"
#include "cli/publish.h"
#include "history/log.h"
#include "model/normal.h"
#include "report/markdown.h"
#include "report/style.h"

enum { COLUMN_COUNT = 4 };

/* A row of the table, printable. */
struct line {
	const char *columns[COLUMN_COUNT]; /* name, driver, nodes, state */
	enum style style;
	bool selected;
};

struct lines {
	struct line *items;
	size_t count;
};

static const struct change *change_of(const struct plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->change_count; i++)
		if (plan->changes[i].object == OBJECT_BUILDER && text_equal(plan->changes[i].name, name))
			return &plan->changes[i];
	return NULL;
}

/* The desired state is the one that was applied last: what differs now was changed outside. */
static bool applied_last(struct session *session)
{
	struct records records = {0};

	return session->history && history_list(session->history, session->arena, 1, &records, NULL) == 0 &&
	       records.count > 0 && text_equal(records.items[0].desired_digest, session->plan->desired_digest) &&
	       text_equal(records.items[0].status, "applied");
}

/* The builder of a Docker context is there as long as its context is; nobody has to manage it. */
static bool is_context_builder(const struct session *session, const char *name)
{
	const struct live_builder *builder = live_builder(session->live, name);

	return builder && builder->context_builder;
}

static const char *state_of(const struct session *session, const char *name, bool drifted, enum style *ret_style)
{
	const struct change *change = change_of(session->plan, name);
	const char *reason = change && change->reason ? change->reason : "";

	*ret_style = change ? action_style(change->action) : STYLE_ADD;
	if (!change && state_builder(session->desired, name))
		return "in sync";
	if (!change) {
		*ret_style = STYLE_DIM;
		return is_context_builder(session, name) ? "of a Docker context" : "unmanaged";
	}
	if (change->action == ACTION_UNKNOWN)
		return arena_printf(session->arena, "unknown: %s", reason);
	if (drifted)
		return arena_printf(session->arena, "drift: %s", reason);
	return arena_printf(session->arena, "pending %s: %s", action_kind(change->action)->name, reason);
}

static const char *nodes_of(struct arena *arena, const struct live_builder *builder)
{
	size_t running = 0;

	for (size_t i = 0; i < builder->node_count; i++)
		running += builder->nodes[i].state == NODE_RUNNING;
	if (builder->node_count == 0)
		return "-";
	return arena_printf(arena, "%zu/%zu", running, builder->node_count);
}

/* Health in a word, when a node is neither running nor just not booted. */
static const char *with_health(struct arena *arena, const char *state, const struct live_builder *builder)
{
	for (size_t i = 0; i < builder->node_count; i++) {
		const struct live_node *node = &builder->nodes[i];

		if (node->state == NODE_RUNNING || node->state == NODE_INACTIVE || builder->context_builder)
			continue;
		return arena_printf(arena, "%s; %s %s%s%s", state, node->spec.name, node_state_name(node->state),
				    node->reason ? ": " : "", node->reason ? node->reason : "");
	}
	return builder->damaged ? arena_printf(arena, "%s; damaged, see --doctor", state) : state;
}

static void add_live(const struct session *session, struct lines *lines, const struct live_builder *builder,
		     bool drifted)
{
	struct line *line = ARENA_PUSH(session->arena, lines->items, lines->count);
	const char *state = state_of(session, builder->name, drifted, &line->style);

	line->columns[0] = text_printable(session->arena, builder->name, false);
	line->columns[1] = text_printable(session->arena, builder->driver ? builder->driver : "?", false);
	line->columns[2] = nodes_of(session->arena, builder);
	line->columns[3] = text_printable(session->arena, with_health(session->arena, state, builder), false);
	line->selected = text_equal(session->live->selected, builder->name);
}

/* Asked for, and not here yet. */
static void add_missing(const struct session *session, struct lines *lines, const struct builder *builder, bool drifted)
{
	struct line *line = ARENA_PUSH(session->arena, lines->items, lines->count);

	line->columns[0] = builder->name;
	line->columns[1] = builder->driver ? builder->driver : "?";
	line->columns[2] = arena_printf(session->arena, "0/%zu", builder->node_count);
	line->columns[3] =
		text_printable(session->arena, state_of(session, builder->name, drifted, &line->style), false);
}

static bool is_asked(const struct session *session, const char *name)
{
	const struct strings *only = &session->options->only;

	return only->count == 0 || strings_contain(only, name);
}

static struct lines collect(struct session *session)
{
	bool drifted = applied_last(session);
	struct lines lines = {0};

	for (size_t i = 0; i < session->live->builder_count; i++)
		if (is_asked(session, session->live->builders[i].name))
			add_live(session, &lines, &session->live->builders[i], drifted);
	for (size_t i = 0; i < session->desired->builder_count; i++)
		if (is_asked(session, session->desired->builders[i].name) &&
		    !live_builder(session->live, session->desired->builders[i].name) &&
		    !builder_absent(&session->desired->builders[i]))
			add_missing(session, &lines, &session->desired->builders[i], drifted);
	return lines;
}

static void put_text(struct page *page, const struct lines *lines)
{
	static const struct line head = {.columns = {"NAME", "DRIVER", "NODES", "STATE"}};
	int widths[COLUMN_COUNT] = {0};

	for (size_t i = 0; i <= lines->count; i++)
		for (size_t column = 0; column < COLUMN_COUNT; column++) {
			const struct line *line = i == 0 ? &head : &lines->items[i - 1];
			int columns = text_columns(line->columns[column]);

			widths[column] = columns > widths[column] ? columns : widths[column];
		}
	for (size_t i = 0; i <= lines->count; i++) {
		const struct line *line = i == 0 ? &head : &lines->items[i - 1];

		page_put(page, STYLE_STRONG, line->selected ? "* " : "  ");
		for (size_t column = 0; column < COLUMN_COUNT - 1; column++) {
			page_put(page, i == 0 ? STYLE_DIM : STYLE_PLAIN, line->columns[column]);
			page_pad(page, widths[column] - text_columns(line->columns[column]) + 2);
		}
		page_put(page, i == 0 ? STYLE_DIM : line->style, line->columns[COLUMN_COUNT - 1]);
		page_put(page, STYLE_PLAIN, "\n");
	}
}

static const char *until_text(struct arena *arena, const struct leftover *leftover)
{
	char until[32];

	clock_rfc3339((time_t)leftover->until, until);
	return arena_strdup(arena, until);
}

/* Volumes that wait for a rollback, and whose time may be past. */
static void put_retained(const struct session *session, struct page *page)
{
	const struct leftovers *leftovers = &session->live->leftovers;
	size_t past = 0;

	for (size_t i = 0; i < leftovers->count; i++) {
		const struct leftover *leftover = &leftovers->items[i];

		if (leftover->until == 0)
			continue;
		past += leftover->until <= (int64_t)time(NULL);
		page_printf(page, STYLE_DIM, "  retained: volume %s, until %s (%s)\n",
			    page_safe(page, node_volume_name(page->arena, leftover->node)),
			    until_text(page->arena, leftover),
			    page_safe(page, leftover->reason ? leftover->reason : "an earlier run"));
	}
	if (past > 0)
		page_printf(page, STYLE_PLAIN, "  %zu of these past their time: reconcile --gc removes them\n", past);
}

static void put_damages(const struct session *session, struct page *page)
{
	for (size_t i = 0; i < session->history_damages.count; i++)
		page_printf(page, STYLE_FAULT, "  history: %s; what mends it: reconcile --doctor\n",
			    page_safe(page, session->history_damages.items[i]));
}

static void add_retained(const struct session *session, cJSON *json)
{
	const struct leftovers *leftovers = &session->live->leftovers;
	cJSON *list = json_add_array(json, "retained");

	for (size_t i = 0; i < leftovers->count; i++) {
		cJSON *item = json_append_object(list);

		json_add_string(item, "volume", node_volume_name(session->arena, leftovers->items[i].node));
		json_add_string(item, "engine", leftovers->items[i].host);
		json_add_string(item, "until", until_text(session->arena, &leftovers->items[i]));
		json_add_string(item, "reason", leftovers->items[i].reason);
	}
}

static void put_json(const struct session *session, struct page *page, const struct lines *lines)
{
	CLEANUP_JSON cJSON *json = cJSON_CreateObject();
	cJSON *list = json_add_array(json, "builders");

	for (size_t i = 0; i < lines->count; i++) {
		cJSON *item = json_append_object(list);

		json_add_string(item, "name", lines->items[i].columns[0]);
		json_add_string(item, "driver", lines->items[i].columns[1]);
		json_add_string(item, "nodes", lines->items[i].columns[2]);
		json_add_string(item, "state", lines->items[i].columns[3]);
		json_add_bool(item, "selected", lines->items[i].selected);
	}
	add_retained(session, json);
	if (session->history_damages.count > 0)
		json_add_strings(json, "history_damages", &session->history_damages);
	json_print(json, page->out);
}

static void put_markdown(struct page *page, const struct lines *lines)
{
	text_puts(page->out, "| builder | driver | nodes | state |\n|---|---|---|---|\n");
	for (size_t i = 0; i < lines->count; i++) {
		text_puts(page->out, lines->items[i].selected ? "| **selected** " : "| ");
		for (size_t column = 0; column < COLUMN_COUNT; column++) {
			markdown_cell(page->out, lines->items[i].columns[column]);
			text_puts(page->out, column + 1 < COLUMN_COUNT ? " | " : " |\n");
		}
	}
}

static void put_damages_markdown(const struct session *session, struct text *out)
{
	for (size_t i = 0; i < session->history_damages.count; i++) {
		text_puts(out, "\n**history-damaged**: ");
		markdown_cell(out, session->history_damages.items[i]);
		text_puts(out, "\n");
	}
}

struct status {
	const struct session *session;
	struct lines lines;
};

static void write_status(const void *what, const struct report_options *options, struct text *out)
{
	const struct status *status = what;
	struct page page = {.out = out, .options = options, .arena = status->session->arena};

	if (options->format == FORMAT_JSON) {
		put_json(status->session, &page, &status->lines);
	} else if (options->format == FORMAT_MARKDOWN) {
		put_markdown(&page, &status->lines);
		put_damages_markdown(status->session, out);
	} else {
		put_text(&page, &status->lines);
		put_retained(status->session, &page);
		put_damages(status->session, &page);
	}
}

int mode_status(struct session *session)
{
	struct status status = {.session = session};
	int code = session_plan(session);

	if (code)
		return code;
	status.lines = collect(session);
	if ((code = publish(session, write_status, &status)))
		return code;
	return plan_obstacle(session->plan) == EXIT_UNREACHABLE ? EXIT_UNREACHABLE : EXIT_DONE;
}
