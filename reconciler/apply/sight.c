/* Sees a workload and its pods, by watches where they are to be had. */
#include "apply/sight.h"

#include "apply/step.h"
#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/count.h"
#include "codec/manifest.h"
#include "live/kube/parse.h"

#include <string.h>

/* How long it is until both are asked for, unless something is told: doubled each time. */
enum { POLL_MS = 100, POLL_MAX_MS = 2000, SILENCE_MS = 5000, SILENCE_MAX_MS = 60000, DOUBLINGS = 8 };
/* Told, until memory is to begin anew. */
enum { LINES_MAX = 1000 };

static const char *pods_path(const struct objects *objects, struct arena *arena, const char *workload)
{
	CLEANUP_TEXT struct text query = kube_path("?labelSelector=app%%3D%s", workload);

	return arena_printf(arena, "%s%s", objects_path(objects, "pods", NULL), text_string(&query));
}

int objects_pods(const struct objects *objects, struct arena *arena, const char *workload, struct kube_pods *ret_pods,
		 struct error *err)
{
	CLEANUP_KUBE_REPLY struct kube_reply reply = {0};
	const char *more;

	*ret_pods = (struct kube_pods){0};
	if (kube_call(objects->client, &(struct kube_request){.path = pods_path(objects, arena, workload)}, &reply,
		      err) < 0)
		return -1;
	return kube_parse_pods(arena, buffer_text(&reply.body), reply.body.length, ret_pods, &more, err);
}

void sight_init(struct sight *sight, const struct objects *objects, enum workload_kind kind, const char *name)
{
	*sight = (struct sight){
		.workload.kind = kind,
		.objects = objects,
		.name = name,
		.arena = arena_new(),
		.watches = {{.sight = sight}, {.sight = sight, .of_pods = true}},
	};
}

static void watch_end(struct sight *sight)
{
	for (size_t i = 0; i < COUNT(sight->watches); i++)
		kube_cancel(sight->objects->client, &sight->watches[i]);
	sight->watching = false;
}

void sight_done(struct sight *sight)
{
	watch_end(sight);
	arena_free(sight->arena);
}

static int parse_workload(struct arena *arena, const char *data, size_t length, struct workload *workload,
			  struct error *err)
{
	struct kube_workloads workloads = {.kind = workload->kind};
	const char *more;

	if (kube_parse_workloads(arena, data, length, &workloads, &more, err) < 0)
		return -1;
	if (workloads.count != 1)
		return error_set(err, ERROR_CORRUPT, "the cluster answered with %zu objects for one", workloads.count);
	*workload = workloads.items[0].workload;
	return 0;
}

static int ask_workload(struct sight *sight, struct arena *arena, struct workload *workload, struct error *err)
{
	CLEANUP_KUBE_REPLY struct kube_reply reply = {0};
	const char *path = objects_path(sight->objects, workload_resource(workload->kind), sight->name);

	int called = kube_call(sight->objects->client, &(struct kube_request){.path = path}, &reply, err);
	sight->may_answer = reply.trouble == KUBE_NO_ANSWER || reply.trouble == KUBE_BUSY;
	if (called < 0)
		return -1;
	return parse_workload(arena, buffer_text(&reply.body), reply.body.length, workload, err);
}

int sight_look(struct sight *sight, struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct workload workload = {.kind = sight->workload.kind};
	struct kube_pods pods;

	watch_end(sight);
	if (ask_workload(sight, arena, &workload, err) < 0 ||
	    objects_pods(sight->objects, arena, sight->name, &pods, err) < 0)
		return -1;
	arena_free(sight->arena);
	sight->arena = TAKE(arena);
	sight->workload = workload;
	sight->pods = pods;
	sight->lines = 0;
	return 0;
}

/* Of the rows with that uid only the last is kept, unless that is gone as well. */
static int take_pod(struct sight *sight, const char *line, size_t length, bool gone)
{
	struct kube_pods *pods = &sight->pods;
	size_t before = pods->count;
	const char *more;

	if (kube_parse_pods(sight->arena, line, length, pods, &more, NULL) < 0)
		return -1;
	if (pods->count == before)
		return 0;
	const struct kube_pod told = pods->items[before];
	pods->count = before;
	for (size_t i = 0; i < before; i++)
		if (text_equal(pods->items[i].pod.uid, told.pod.uid)) {
			pods->items[i] = pods->items[--pods->count];
			break;
		}
	if (!gone)
		pods->items[pods->count++] = told;
	return 0;
}

/* One that was cached before our own change of it tells nothing. */
static int take_workload(struct sight *sight, const char *line, size_t length)
{
	struct workload workload = {.kind = sight->workload.kind};

	if (parse_workload(sight->arena, line, length, &workload, NULL) < 0)
		return -1;
	if (workload.generation >= sight->workload.generation)
		sight->workload = workload;
	return 0;
}

/* -1 ends the watch: what comes is no change ("ERROR": begin again), or the workload is gone, and a look tells so. */
static int take_line(void *context, const char *line, size_t length)
{
	const struct watch *watch = context;
	struct sight *sight = watch->sight;
	enum kube_change change = kube_change_of(line, length);

	if (change == KUBE_NO_CHANGE || (change == KUBE_REMOVED && !watch->of_pods) || ++sight->lines > LINES_MAX)
		return -1;
	sight->told = true;
	return watch->of_pods ? take_pod(sight, line, length, change == KUBE_REMOVED)
			      : take_workload(sight, line, length);
}

/* One that ended, or broke, may be begun again, by and by. */
static void take_end(void *context, const struct kube_answer *answer)
{
	struct sight *sight = ((struct watch *)context)->sight;

	sight->watching = false;
	sight->refused = sight->refused || (answer->trouble != KUBE_FINE && answer->trouble != KUBE_NO_ANSWER);
}

static void watch_begin(struct sight *sight)
{
	CLEANUP_TEXT struct text query = kube_path("?fieldSelector=metadata.name%%3D%s&watch=1", sight->name);
	CLEANUP_ARENA struct arena *arena = arena_new();
	const struct objects *objects = sight->objects;

	if (sight->watching || sight->refused)
		return;
	watch_end(sight);
	sight->watching = true;
	for (size_t i = 0; i < COUNT(sight->watches); i++) {
		struct watch *watch = &sight->watches[i];
		const char *path =
			watch->of_pods
				? arena_printf(arena, "%s&watch=1", pods_path(objects, arena, sight->name))
				: arena_printf(arena, "%s%s",
					       objects_path(objects, workload_resource(sight->workload.kind), NULL),
					       text_string(&query));

		kube_ask(objects->client, &(struct kube_request){.path = path,
								 .timeout_ms = -1,
								 .on_line = take_line,
								 .done = take_end,
								 .context = watch});
	}
}

static int bounded(int first, int most, unsigned doublings)
{
	int ms = first << (doublings < DOUBLINGS ? doublings : DOUBLINGS);

	return ms < most ? ms : most;
}

static int64_t sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* True when a watch told something. */
static bool await_word(struct sight *sight, int64_t deadline)
{
	const struct interrupt *interrupt = sight->objects->run->interrupt;
	struct http *http = kube_client_http(sight->objects->client);
	int64_t now = clock_ms();
	int64_t poll = sooner(deadline, now + bounded(POLL_MS, POLL_MAX_MS, sight->silences));
	int64_t end = sooner(deadline, now + bounded(SILENCE_MS, SILENCE_MAX_MS, sight->silences));

	watch_begin(sight);
	sight->told = false;
	while (sight->watching && !sight->told && now < end && !interrupt_came(interrupt)) {
		http_step(http, (int)(end - now));
		now = clock_ms();
	}
	if (sight->told && sight->watching)
		return true;
	sight->silences++;
	if (now < poll)
		interrupt_pause(interrupt, (int)(poll - now));
	return false;
}

int sight_next(struct sight *sight, int64_t deadline, struct error *err)
{
	const struct execution *run = sight->objects->run;
	struct error reason = ERROR_INIT;

	if (await_word(sight, deadline))
		return 0;
	if (interrupt_came(run->interrupt))
		return error_set(err, ERROR_INTERRUPTED, "interrupted while waiting for the pods of %s", sight->name);
	bool told_so = sight->may_answer;
	if (sight_look(sight, &reason) == 0)
		return 0;
	if (!sight->may_answer || clock_ms() >= deadline) {
		error_copy(err, &reason);
		return -1;
	}
	if (!told_so)
		run->say(run->context, reason.message);
	return 0;
}
