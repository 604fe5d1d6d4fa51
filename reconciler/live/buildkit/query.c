/* Asks one daemon: four calls side by side, of which one must succeed. */
#include "live/buildkit/query.h"

#include "base/clock.h"
#include "base/limits.h"
#include "live/buildkit/messages.h"
#include "live/http/failure.h"

#include <string.h>

enum {
	/* A big cache takes long to count, and a daemon that does not know EarlyExit never ends its stream. */
	PATIENCE_MS = 2000,
};

static int take_workers(void *context, const unsigned char *data, size_t length, struct error *err)
{
	struct daemon_query *look = ((struct daemon_call *)context)->look;

	return buildkit_read_workers(look->arena, data, length, &look->daemon, &look->worker_version, err);
}

static int take_info(void *context, const unsigned char *data, size_t length, struct error *err)
{
	struct daemon_query *look = ((struct daemon_call *)context)->look;

	return buildkit_read_info(look->arena, data, length, &look->daemon.version, err);
}

static int take_build(void *context, const unsigned char *data, size_t length, struct error *err)
{
	struct daemon_query *look = ((struct daemon_call *)context)->look;

	return buildkit_read_build(look->arena, data, length, &look->daemon.builds, &look->daemon.build_count, err);
}

static int take_disk(void *context, const unsigned char *data, size_t length, struct error *err)
{
	struct daemon_query *look = ((struct daemon_call *)context)->look;

	return buildkit_read_disk(look->arena, data, length, &look->daemon, err);
}

/* In the order in which they are sent: the first one connects. */
static const struct question {
	const char *method;
	int (*take)(void *context, const unsigned char *data, size_t length, struct error *err);
	size_t count_cap;
	bool optional;
} QUESTIONS[ASK_COUNT] = {
	[ASK_WORKERS] = {"/moby.buildkit.v1.Control/ListWorkers", take_workers, 1, false},
	[ASK_INFO] = {"/moby.buildkit.v1.Control/Info", take_info, 1, true},
	[ASK_BUILDS] = {"/moby.buildkit.v1.Control/ListenBuildHistory", take_build, LIMIT_DAEMON_BUILDS, true},
	[ASK_DISK] = {"/moby.buildkit.v1.Control/DiskUsage", take_disk, 1, true},
};

static void look_end(struct daemon_query *look)
{
	for (size_t i = 0; i < ASK_COUNT; i++) {
		if (look->calls[i].under_way)
			grpc_cancel(look->http, &look->calls[i].grpc);
		look->calls[i].under_way = false;
		grpc_done(&look->calls[i].grpc);
	}
	look->under_way = 0;
	if (!look->daemon.version)
		look->daemon.version = look->worker_version;
	if (look->done)
		look->done(look->context, look);
}

/* What an answer that is none tells of the daemon. Its own words are proof where they are about itself. */
static enum seen seen_of(enum grpc_status status, const struct error *failure)
{
	if (status == GRPC_DEADLINE_EXCEEDED || (status == GRPC_NO_STATUS && strstr(failure->message, FAILURE_LATE)))
		return SEEN_LATE;
	if (failure->kind == ERROR_CORRUPT || status == GRPC_UNIMPLEMENTED)
		return SEEN_STRANGE;
	if (status == GRPC_NO_STATUS || failure->kind == ERROR_UNREACHABLE)
		return SEEN_REFUSED;
	return strstr(failure->message, "no space left on device") ? SEEN_FULL : SEEN_ERROR;
}

static void answered(void *context, enum grpc_status status, const struct error *failure)
{
	struct daemon_call *call = context;
	struct daemon_query *look = call->look;
	enum daemon_question question = (enum daemon_question)(call - look->calls);

	call->under_way = false;
	look->under_way--;
	if (question == ASK_BUILDS)
		look->daemon.builds_known = !failure;
	if (question == ASK_DISK && failure)
		look->daemon.disk_known = false;
	if (failure)
		look->seen = SEEN_PART;
	/* Without a connection nothing else will come. */
	bool vital = !QUESTIONS[question].optional || look->builds_only;
	if (failure && vital) {
		look->failed = true;
		look->refused = status != GRPC_NO_STATUS || failure->kind == ERROR_CORRUPT;
		look->seen = seen_of(status, failure);
		look->failure = *failure;
		look_end(look);
	} else if (look->under_way == 0) {
		look_end(look);
	}
}

static void call_start(struct daemon_query *look, enum daemon_question question, int64_t now)
{
	CLEANUP_TEXT struct text message = TEXT_INIT;
	const struct question *row = &QUESTIONS[question];
	struct daemon_call *call = &look->calls[question];
	bool patient = !row->optional || look->builds_only || look->timeout_ms < PATIENCE_MS;
	int timeout_ms = patient ? look->timeout_ms : PATIENCE_MS;

	if (question == ASK_BUILDS)
		buildkit_write_history(&message);
	call->look = look;
	call->under_way = true;
	call->grpc = (struct grpc_call){
		.method = row->method,
		.message = text_string(&message),
		.length = message.length,
		.timeout_ms = timeout_ms,
		.deadline = now + timeout_ms,
		.joins = look->under_way > 0,
		.count_cap = row->count_cap,
		.on_message = row->take,
		.done = answered,
		.context = call,
	};
	look->under_way++;
	grpc_start(look->http, look->target, &call->grpc);
}

void daemon_query_start(struct http *http, struct daemon_query *look)
{
	int64_t now = clock_ms();

	look->http = http;
	look->seen = SEEN_ANSWER;
	for (size_t i = 0; i < ASK_COUNT; i++)
		if (!look->builds_only || i == ASK_BUILDS)
			call_start(look, (enum daemon_question)i, now);
}

void daemon_query_finish(struct daemon_query *look)
{
	if (look->under_way > 0) {
		look->done = NULL;
		look_end(look);
	}
}
