/* Asks for the ends of logs, and knows what they tell. */
#include "live/buildkit/log.h"

#include "base/buffer.h"
#include "base/count.h"
#include "base/limits.h"
#include "live/buildkit/observe.h"
#include "live/buildkit/route.h"
#include "live/engine/ask.h"
#include "live/engine/demux.h"
#include "live/http/text.h"
#include "model/driver.h"

#include <string.h>

#define LOG_TAIL "50" /* lines */

/* The words of bbolt, which keeps BuildKit's databases (etcd-io/bbolt errors/errors.go, internal/common/verify.go,
 * freelist.go), and of BuildKit's lock on them (moby/buildkit cmd/buildkitd/main.go). */
static const struct sign {
	const char *words;
	enum fault_code fault;
} signs[] = {
	{"invalid freelist page", FAULT_DAEMON_CORRUPT},    {"invalid database", FAULT_DAEMON_CORRUPT},
	{"file size too small", FAULT_DAEMON_CORRUPT},	    {"version mismatch", FAULT_DAEMON_CORRUPT},
	{"checksum error", FAULT_DAEMON_CORRUPT},	    {"Page expected to be", FAULT_DAEMON_CORRUPT},
	{"unexpected fault address", FAULT_DAEMON_CORRUPT}, {"another instance running", FAULT_VOLUME_HELD},
	{"no space left on device", FAULT_DISK_FULL},
};

struct question {
	struct live *live;
	const struct live_builder *builder;
	struct live_node *node;
};

static int keep(void *context, enum demux_stream stream, const void *data, size_t length, struct error *err)
{
	(void)stream;
	(void)err;
	return buffer_append(context, data, length);
}

static const struct sign *find_sign(const char *line)
{
	for (size_t i = 0; i < COUNT(signs); i++)
		if (strstr(line, signs[i].words))
			return &signs[i];
	return NULL;
}

enum fault_code log_fault(struct arena *arena, const char *log, size_t length, const char **ret_line)
{
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(LIMIT_ENGINE_LOG);
	struct demux demux = {.on_data = keep, .context = &text};
	enum fault_code fault = FAULT_NONE;

	/* A container with a terminal gives its text as it is. What came before the end or an error is good. */
	if (demux_feed(&demux, log, length, NULL) < 0 && text.length == 0)
		buffer_fill(&text, log, length);
	for (const char *at = buffer_text(&text); *at != '\0';) {
		size_t end = strcspn(at, "\n");
		const char *line = arena_strndup(arena, at, end);
		const struct sign *sign = find_sign(line);

		if (sign) {
			fault = sign->fault; /* the last one counts */
			*ret_line = line;
		}
		at += end + (at[end] == '\n');
	}
	return fault;
}

/* It runs, and does not say how it is. */
static bool is_silent(const struct live_node *node)
{
	return node->state == NODE_UNKNOWN && text_equal(node->container->status, "running");
}

/* The last words of a daemon that ends by itself say why it does. One that runs and is silent may have said them long
 * ago, or of a build. */
static void learn(const struct question *question, enum fault_code code, const char *line)
{
	struct live_node *node = question->node;
	bool ends = node->seen == SEEN_RESTARTING || node->seen == SEEN_FAILED ||
		    (is_silent(node) && node->container->restarts > 0 && container_is_young(node->container));

	for (enum seen seen = SEEN_DAMAGED; ends && seen <= SEEN_FULL; seen++) {
		if (seen_kind(seen)->fault != code)
			continue;
		node->seen = seen;
		node->state = seen_kind(seen)->state;
		node->reason = arena_printf(question->live->arena, "its log says: %.300s",
					    text_printable(question->live->arena, line, false));
	}
}

static void answered(void *context, const struct http_response *response)
{
	const struct question *question = context;
	struct live *live = question->live;
	const char *line = NULL, *mend = NULL;

	if (response->failure || response->status != 200)
		return; /* that the node is not well is said already */
	enum fault_code code = log_fault(live->arena, response->body, response->length, &line);
	if (code == FAULT_NONE)
		return;
	if (code == FAULT_VOLUME_HELD)
		return; /* by whom is asked next, and told then (live/holders.c) */
	if (code == FAULT_DISK_FULL)
		mend = "make room on the disk of its Engine";
	faults_add(live->arena, &live->faults, code, arena_printf(live->arena, "builder.%s", question->builder->name),
		   NULL, mend, "the log of container %s of node %s says: %.300s", question->node->container->name,
		   question->node->spec.name, line);
	learn(question, code, line);
}

/* One that somebody stopped is well. */
static bool is_unwell(const struct live_node *node)
{
	if (!node->container || !node->container->id)
		return false;
	if (node->state == NODE_STOPPED)
		return node->container->exit_code != 0;
	return seen_kind(node->seen)->proves == EVIDENCE_SICK ? node->seen != SEEN_PAUSED : is_silent(node);
}

static void ask(struct engine_asker *asker, struct live *live, const struct live_builder *builder,
		struct live_node *node)
{
	CLEANUP_TEXT struct text path = TEXT_INIT;
	struct question *question = ARENA_NEW(live->arena, struct question);

	*question = (struct question){live, builder, node};
	text_puts(&path, "/containers/");
	http_escape(&path, node->container->id, "");
	text_puts(&path, "/logs?stdout=1&stderr=1&tail=" LOG_TAIL);
	engine_ask(asker, node->engine, arena_strdup(live->arena, text_string(&path)), LIMIT_ENGINE_LOG, answered,
		   question);
}

void logs_ask(struct http *http, struct live *live, struct engine_probe *const *probes, size_t count)
{
	struct engine_asker asker;

	engine_asker_init(&asker, http, live, probes, count);
	for (size_t i = 0; i < live->builder_count; i++) {
		const struct live_builder *builder = &live->builders[i];
		for (size_t j = 0; driver_has_containers(builder->driver) && j < builder->node_count; j++)
			if (is_unwell(&builder->nodes[j]))
				ask(&asker, live, builder, &builder->nodes[j]);
	}
	engine_asker_run(&asker);
}
