/* A line per builder, and below it one per node, as `docker buildx ls` has them. */
#include "report/status.h"

#include "base/clock.h"
#include "base/json.h"
#include "model/normal.h"
#include "report/markdown.h"
#include "report/words.h"

enum { COLUMN_COUNT = 6, STATE = COLUMN_COUNT - 1 };

static const char *const heads[COLUMN_COUNT] = {"NAME/NODE", "DRIVER/ENDPOINT", "BUILDKIT",
						"CACHE",     "LAST USED",	"STATE"};

/* A row of the table, printable. */
struct line {
	const char *columns[COLUMN_COUNT];
	enum style style;
	bool selected;
};

struct lines {
	struct line *items;
	size_t count;
};

static const struct change *change_of(const struct status *status, const char *name)
{
	for (size_t i = 0; i < status->plan->change_count; i++)
		if (status->plan->changes[i].object == OBJECT_BUILDER &&
		    text_equal(status->plan->changes[i].name, name))
			return &status->plan->changes[i];
	return NULL;
}

/* The builder of a Docker context is there as long as its context is; nobody has to manage it. */
static const char *left_alone(const struct status *status, const struct live_builder *builder)
{
	if (!builder || !builder->context_builder)
		return status->unasked ? "here" : "unmanaged";
	for (size_t i = 0; i < builder->node_count; i++)
		if (builder->nodes[i].engine && !builder->nodes[i].engine->reachable)
			return "of a Docker context whose Engine does not answer";
	return "of a Docker context";
}

const char *status_of_builder(const struct status *status, struct arena *arena, const char *name, enum style *ret_style)
{
	const struct change *change = change_of(status, name);
	const char *reason = change && change->reason ? change->reason : "";

	*ret_style = change ? action_style(change->action) : STYLE_ADD;
	if (!change && state_builder(status->desired, name))
		return status->unasked ? "here" : "in sync";
	if (!change) {
		*ret_style = STYLE_DIM;
		return left_alone(status, live_builder(status->live, name));
	}
	if (change->action == ACTION_UNKNOWN)
		return arena_printf(arena, "unknown: %s", reason);
	if (status->drifted)
		return arena_printf(arena, "drift: %s", reason);
	return arena_printf(arena, "pending %s: %s", action_kind(change->action)->name, reason);
}

const char *status_of_node(struct arena *arena, const struct live_node *node)
{
	const char *state = node_state_name(node->state);
	size_t builds = node->daemon ? node->daemon->build_count : 0;

	if (builds > 0)
		return arena_printf(arena, "%s, %zu build%s at work", state, builds, builds == 1 ? "" : "s");
	/* Of several pods some are enough to run, and not all that there is to say. */
	if (node->reason && (node->state != NODE_RUNNING || node->workload))
		return arena_printf(arena, "%s: %s", state, node->reason);
	return state;
}

static const char *cache_of(struct arena *arena, const struct daemon *daemon)
{
	if (!daemon || !daemon->disk_known)
		return "";
	const char *used = bytes_text(arena, daemon_disk_total(daemon));
	int64_t limit = daemon->worker_count > 0 ? worker_cache_limit(&daemon->workers[0]) : 0;

	return limit > 0 ? arena_printf(arena, "%s of %s", used, bytes_text(arena, limit)) : used;
}

const char *status_last_used(struct arena *arena, const struct live_builder *builder, time_t now)
{
	time_t when;

	if (!builder->last_activity || clock_parse_rfc3339(builder->last_activity, &when) < 0)
		return "";
	if (now <= 0 || when > now)
		return text_printable(arena, builder->last_activity, false);
	return arena_printf(arena, "%s ago", age_words(arena, (int64_t)(now - when)));
}

static struct line *push(struct arena *arena, struct lines *lines)
{
	struct line *line = ARENA_PUSH(arena, lines->items, lines->count);

	*line = (struct line){.columns = {"", "", "", "", "", ""}};
	return line;
}

static void add_node(struct page *page, struct lines *lines, const struct live_node *node, bool last)
{
	struct line *line = push(page->arena, lines);

	line->columns[0] = arena_printf(page->arena, "%s %s", last ? "└" : "├", page_safe(page, node->spec.name));
	line->columns[1] = page_safe(page, node->spec.endpoint);
	/* Docker 20.10's own builder has no call that tells it. */
	line->columns[2] = page_safe(page, !node->daemon	   ? NULL
					   : node->daemon->version ? node->daemon->version
								   : "not told");
	line->columns[3] = cache_of(page->arena, node->daemon);
	line->columns[STATE] = page_safe(page, status_of_node(page->arena, node));
	line->style = node->state == NODE_RUNNING   ? STYLE_PLAIN
		      : node->state == NODE_UNKNOWN ? STYLE_UNKNOWN
						    : STYLE_DIM;
}

static void add_live(struct page *page, const struct status *status, struct lines *lines,
		     const struct live_builder *builder)
{
	struct line *line = push(page->arena, lines);
	const char *state = status_of_builder(status, page->arena, builder->name, &line->style);

	line->columns[0] = page_safe(page, builder->name);
	line->columns[1] = page_safe(page, builder->driver ? builder->driver : "?");
	line->columns[4] = status_last_used(page->arena, builder, page->options->now);
	line->columns[STATE] = page_safe(
		page, builder->damaged ? arena_printf(page->arena, "%s; damaged, see --doctor", state) : state);
	line->selected = text_equal(status->live->selected, builder->name);
	for (size_t i = 0; i < builder->node_count; i++)
		add_node(page, lines, &builder->nodes[i], i + 1 == builder->node_count);
}

/* Asked for, and not here yet. */
static void add_missing(struct page *page, const struct status *status, struct lines *lines,
			const struct builder *builder)
{
	struct line *line = push(page->arena, lines);

	line->columns[0] = builder->name;
	line->columns[1] = builder->driver ? builder->driver : "?";
	line->columns[STATE] = page_safe(page, status_of_builder(status, page->arena, builder->name, &line->style));
}

static bool is_asked(const struct status *status, const char *name)
{
	return status->only->count == 0 || strings_contain(status->only, name);
}

static bool is_missing(const struct status *status, const struct builder *builder)
{
	return is_asked(status, builder->name) && !live_builder(status->live, builder->name) &&
	       !builder_absent(builder);
}

static struct lines collect(struct page *page, const struct status *status)
{
	struct lines lines = {0};

	for (size_t i = 0; i < status->live->builder_count; i++)
		if (is_asked(status, status->live->builders[i].name))
			add_live(page, status, &lines, &status->live->builders[i]);
	for (size_t i = 0; i < status->desired->builder_count; i++)
		if (is_missing(status, &status->desired->builders[i]))
			add_missing(page, status, &lines, &status->desired->builders[i]);
	return lines;
}

static void put_row(struct page *page, const struct line *line, const int *widths, bool head)
{
	page_put(page, STYLE_STRONG, line->selected ? "* " : "  ");
	for (size_t column = 0; column < STATE; column++) {
		if (widths[column] == 0)
			continue;
		page_put(page, head ? STYLE_DIM : STYLE_PLAIN, line->columns[column]);
		page_pad(page, widths[column] - text_columns(line->columns[column]) + 2);
	}
	page_put(page, head ? STYLE_DIM : line->style, line->columns[STATE]);
	page_put(page, STYLE_PLAIN, "\n");
}

static void put_detail(struct page *page, const char **separator, const char *label, const char *value)
{
	if (!*value)
		return;
	page_printf(page, STYLE_DIM, "%s%s%s", *separator, label, value);
	*separator = ", ";
}

/* Where the table is wider than the terminal: the state beside the name, and the rest below it. */
static void put_narrow(struct page *page, const struct lines *lines, int name_width)
{
	for (size_t i = 0; i < lines->count; i++) {
		const struct line *line = &lines->items[i];
		const char *separator = "      ";

		page_put(page, STYLE_STRONG, line->selected ? "* " : "  ");
		page_put(page, STYLE_PLAIN, line->columns[0]);
		page_pad(page, name_width - text_columns(line->columns[0]) + 2);
		page_put(page, line->style, line->columns[STATE]);
		page_put(page, STYLE_PLAIN, "\n");
		put_detail(page, &separator, "", line->columns[1]);
		put_detail(page, &separator, "BuildKit ", line->columns[2]);
		put_detail(page, &separator, "cache ", line->columns[3]);
		put_detail(page, &separator, "last used ", line->columns[4]);
		page_put(page, STYLE_PLAIN, "\n");
	}
}

/* The state is last and may be broken into lines, if it has room for some words. */
static int least_columns(const int *widths)
{
	enum { WORDS = 30 };
	int sum = 2 + (widths[STATE] < WORDS ? widths[STATE] : WORDS);

	for (size_t column = 0; column < STATE; column++)
		sum += widths[column] > 0 ? widths[column] + 2 : 0;
	return sum;
}

/* A column that says nothing anywhere is left out. */
static void put_table(struct page *page, const struct lines *lines)
{
	int widths[COLUMN_COUNT] = {0};
	struct line head = {0};

	for (size_t column = 0; column < COLUMN_COUNT; column++) {
		head.columns[column] = heads[column];
		for (size_t i = 0; i < lines->count; i++) {
			int columns = text_columns(lines->items[i].columns[column]);

			widths[column] = columns > widths[column] ? columns : widths[column];
		}
		if (widths[column] > 0 && widths[column] < text_columns(heads[column]))
			widths[column] = text_columns(heads[column]);
	}
	if (page->options->layout.columns > 0 && least_columns(widths) > page->options->layout.columns) {
		put_narrow(page, lines, widths[0]);
		return;
	}
	put_row(page, &head, widths, true);
	for (size_t i = 0; i < lines->count; i++)
		put_row(page, &lines->items[i], widths, false);
}

/* A run that was cut off may have noted what a builder has again since. */
static bool is_retained(const struct status *status, const struct leftover *leftover)
{
	return leftover->until != 0 && !live_names_node(status->live, leftover->host, leftover);
}

static int64_t size_of(const struct status *status, const struct leftover *leftover, const char *name)
{
	const struct engine *engine = live_engine(status->live, leftover->endpoint);
	const struct volume *volume = engine ? engine_volume(engine, name) : NULL;

	return volume ? volume->size : -1;
}

static const char *time_left(struct arena *arena, const struct leftover *leftover, time_t now)
{
	char until[32];

	clock_rfc3339((time_t)leftover->until, until);
	if (now <= 0)
		return arena_printf(arena, "until %s", until);
	if (leftover->until <= (int64_t)now)
		return "its time is past";
	return arena_printf(arena, "%s left, until %s", seconds_text(arena, leftover->until - (int64_t)now), until);
}

/* Volumes that wait for a rollback, and whose time may be past. */
static void put_retained(struct page *page, const struct status *status)
{
	const struct leftovers *leftovers = &status->live->leftovers;
	size_t past = 0;

	for (size_t i = 0; i < leftovers->count; i++) {
		const struct leftover *leftover = &leftovers->items[i];

		if (!is_retained(status, leftover))
			continue;
		const char *volume = node_volume_name(page->arena, leftover->node);
		int64_t size = size_of(status, leftover, volume);
		past += leftover->until <= (int64_t)page->options->now;
		page_printf(page, STYLE_DIM, "  retained: volume %s%s%s, %s (%s)\n", page_safe(page, volume),
			    size >= 0 ? ", " : "", size >= 0 ? bytes_text(page->arena, size) : "",
			    time_left(page->arena, leftover, page->options->now),
			    page_safe(page, leftover->reason ? leftover->reason : "an earlier run"));
	}
	if (past > 0)
		page_printf(page, STYLE_PLAIN, "  %zu of these past their time: reconcile --gc removes them\n", past);
}

static void put_text(struct page *page, const struct status *status)
{
	struct lines lines = collect(page, status);

	put_table(page, &lines);
	put_retained(page, status);
	if (page->options->held)
		page_printf(page, STYLE_REMOVE, "Held: %s\n", page_safe(page, page->options->held));
	for (size_t i = 0; i < status->damages->count; i++)
		page_printf(page, STYLE_FAULT, "  history: %s; what mends it: reconcile --doctor\n",
			    page_safe(page, status->damages->items[i]));
	if (status->unasked)
		page_put(page, STYLE_DIM,
			 "No state file says what is asked for.\nNext: reconcile --import > "
			 "reconcile.yaml\n");
}

static void put_markdown(struct page *page, const struct status *status)
{
	struct lines lines = collect(page, status);

	text_puts(page->out, "| builder, node | driver, endpoint | BuildKit | cache | last used | state |\n"
			     "|---|---|---|---|---|---|\n");
	for (size_t i = 0; i < lines.count; i++) {
		text_puts(page->out, lines.items[i].selected ? "| **selected** " : "| ");
		for (size_t column = 0; column < COLUMN_COUNT; column++) {
			markdown_cell(page->out, lines.items[i].columns[column]);
			text_puts(page->out, column + 1 < COLUMN_COUNT ? " | " : " |\n");
		}
	}
	if (page->options->held) {
		text_puts(page->out, "\n**Held**: ");
		markdown_prose(page->out, page_safe(page, page->options->held));
		text_puts(page->out, "\n");
	}
	for (size_t i = 0; i < status->damages->count; i++) {
		text_puts(page->out, "\n**history-damaged**: ");
		markdown_cell(page->out, status->damages->items[i]);
		text_puts(page->out, "\n");
	}
}

/* In bytes; null when unknown. */
static void add_size(cJSON *object, const char *key, int64_t size)
{
	if (size < 0)
		json_add_string(object, key, NULL);
	else
		json_add_integer(object, key, size);
}

static void node_json(cJSON *list, const struct live_node *node)
{
	const struct daemon *daemon = node->daemon;
	bool workers = daemon && daemon->worker_count > 0, disk = daemon && daemon->disk_known;
	cJSON *item = json_append_object(list), *cache, *builds;

	json_add_string(item, "name", node->spec.name);
	json_add_string(item, "endpoint", node->spec.endpoint);
	json_add_string(item, "state", node_state_name(node->state));
	json_add_string(item, "reason", node->reason);
	json_add_string(item, "buildkit", daemon ? daemon->version : NULL);
	json_add_strings(item, "platforms", workers ? &daemon->workers[0].platforms : &node->spec.platforms);
	cache = json_add_object(item, "cache");
	add_size(cache, "used", disk ? daemon_disk_total(daemon) : -1);
	add_size(cache, "limit", workers ? worker_cache_limit(&daemon->workers[0]) : -1);
	builds = json_add_array(item, "builds");
	for (size_t i = 0; daemon && i < daemon->build_count; i++) {
		cJSON *build = json_append_object(builds);

		json_add_string(build, "name", daemon->builds[i].name);
		json_add_string(build, "started", daemon->builds[i].started);
	}
}

static void builder_json(const struct status *status, struct arena *arena, cJSON *list, const char *name,
			 const char *driver)
{
	const struct live_builder *have = live_builder(status->live, name);
	const struct change *change = change_of(status, name);
	cJSON *item = json_append_object(list), *nodes;
	enum style style;

	json_add_string(item, "name", name);
	json_add_string(item, "driver", driver);
	json_add_bool(item, "selected", text_equal(status->live->selected, name));
	json_add_bool(item, "drift", change && status->drifted);
	json_add_string(item, "pending_action", change ? action_kind(change->action)->name : NULL);
	json_add_string(item, "reason", change ? change->reason : NULL);
	json_add_string(item, "state", status_of_builder(status, arena, name, &style));
	json_add_bool(item, "damaged", have && have->damaged);
	json_add_string(item, "last_used", have ? have->last_activity : NULL);
	nodes = json_add_array(item, "nodes");
	for (size_t i = 0; have && i < have->node_count; i++)
		node_json(nodes, &have->nodes[i]);
}

static void put_json(struct page *page, const struct status *status)
{
	CLEANUP_JSON cJSON *json = cJSON_CreateObject();
	const struct leftovers *leftovers = &status->live->leftovers;
	cJSON *list = json_add_array(json, "builders");

	for (size_t i = 0; i < status->live->builder_count; i++)
		if (is_asked(status, status->live->builders[i].name))
			builder_json(status, page->arena, list, status->live->builders[i].name,
				     status->live->builders[i].driver);
	for (size_t i = 0; i < status->desired->builder_count; i++)
		if (is_missing(status, &status->desired->builders[i]))
			builder_json(status, page->arena, list, status->desired->builders[i].name,
				     status->desired->builders[i].driver);
	list = json_add_array(json, "retained");
	for (size_t i = 0; i < leftovers->count; i++) {
		if (!is_retained(status, &leftovers->items[i]))
			continue;
		const char *volume = node_volume_name(page->arena, leftovers->items[i].node);
		cJSON *item = json_append_object(list);
		char until[32];

		clock_rfc3339((time_t)leftovers->items[i].until, until);
		json_add_string(item, "volume", volume);
		json_add_string(item, "engine", leftovers->items[i].host);
		json_add_string(item, "until", until);
		add_size(item, "size", size_of(status, &leftovers->items[i], volume));
		json_add_string(item, "reason", leftovers->items[i].reason);
	}
	json_add_string(json, "held", page->options->held);
	if (status->damages->count > 0)
		json_add_strings(json, "history_damages", status->damages);
	json_print(json, page->out);
}

void report_status(const struct status *status, const struct report_options *options, struct text *out)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct page page = {.out = out, .options = options, .arena = arena};

	if (options->format == FORMAT_JSON)
		put_json(&page, status);
	else if (options->format == FORMAT_MARKDOWN)
		put_markdown(&page, status);
	else
		put_text(&page, status);
}
