/* Waits for a cluster to do what it was told, and says in its words what it waits for. */
#include "apply/objects.h"
#include "apply/steps.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "codec/manifest.h"
#include "live/kube/parse.h"
#include "live/kube/pod.h"

#include <string.h>

enum { POLL_MS = 500, MS = 1000, RESTARTS_MAX = 2 };

/* What there is to be told of one look. */
struct sight {
	struct workload workload;
	struct kube_pods pods;
	const char *trouble, *words; /* why a pod, or the workload, is not there yet; NULL: it takes its time */
	bool hopeless;		     /* waiting does not help */
};

int objects_pods(const struct objects *objects, struct arena *arena, const char *workload, struct kube_pods *ret_pods,
		 struct error *err)
{
	CLEANUP_KUBE_REPLY struct kube_reply reply = {0};
	CLEANUP_TEXT struct text query = kube_path("?labelSelector=app%%3D%s", workload);
	const char *path = arena_printf(arena, "%s%s", objects_path(objects, "pods", NULL), text_string(&query));
	const char *more;

	*ret_pods = (struct kube_pods){0};
	if (kube_call(objects->client, &(struct kube_request){.path = path}, &reply, err) < 0)
		return -1;
	return kube_parse_pods(arena, buffer_text(&reply.body), reply.body.length, ret_pods, &more, err);
}

static int see_workload(const struct objects *objects, struct arena *arena, enum workload_kind kind, const char *name,
			struct sight *sight, struct error *err)
{
	CLEANUP_KUBE_REPLY struct kube_reply reply = {0};
	struct kube_workloads workloads = {.kind = kind};
	const char *more;
	const char *path = objects_path(objects, workload_resource(kind), name);

	if (kube_call(objects->client, &(struct kube_request){.path = path}, &reply, err) < 0 ||
	    kube_parse_workloads(arena, buffer_text(&reply.body), reply.body.length, &workloads, &more, err) < 0)
		return -1;
	if (workloads.count != 1)
		return error_set(err, ERROR_CORRUPT, "the cluster answered with %zu objects for one", workloads.count);
	sight->workload = workloads.items[0].workload;
	return 0;
}

/* A word of the kubelet after which it only tries the same again. */
static bool is_hopeless(const struct pod *pod)
{
	return text_equal(pod->trouble, "InvalidImageName") ||
	       (text_equal(pod->trouble, "CrashLoopBackOff") && pod->restarts >= RESTARTS_MAX);
}

static void find_trouble(struct sight *sight)
{
	sight->trouble = sight->workload.trouble;
	sight->words = sight->workload.words;
	for (size_t i = 0; i < sight->pods.count; i++) {
		const struct pod *pod = &sight->pods.items[i].pod;

		if (!kube_pod_is_of(&sight->pods.items[i], &sight->workload) || pod->terminating || pod->ready ||
		    !pod->trouble)
			continue;
		sight->trouble = pod->trouble;
		sight->words = pod->words;
		sight->hopeless = sight->hopeless || is_hopeless(pod);
	}
}

static bool is_done(const struct workload *workload)
{
	return workload->observed_generation >= workload->generation && workload->updated >= workload->replicas &&
	       workload->available >= workload->replicas && workload->ready >= workload->replicas;
}

static const char *progress_text(struct arena *arena, const struct sight *sight)
{
	const struct workload *workload = &sight->workload;

	return arena_printf(
		arena, "%s %s: %lld of %lld pods are as asked and ready%s%s%s%s", workload_kind_name(workload->kind),
		workload->name,
		(long long)(workload->updated < workload->available ? workload->updated : workload->available),
		(long long)workload->replicas, sight->trouble ? "; " : "", sight->trouble ? sight->trouble : "",
		sight->trouble && sight->words ? ": " : "", sight->trouble && sight->words ? sight->words : "");
}

static int fail(const struct objects *objects, const struct sight *sight, const char *text, struct error *err)
{
	error_set(err, ERROR_OTHER, "%s", text);
	return error_hint(err, "look at it with `kubectl -n %s describe pods -l app=%s`%s", objects->cluster->namespace,
			  sight->workload.name, sight->hopeless ? "" : "; --boot-timeout gives it more time");
}

int objects_await(const struct objects *objects, enum workload_kind kind, const char *name, struct error *err)
{
	const struct execution *run = objects->run;
	int64_t deadline = clock_ms() + run->options->boot_timeout_ms;
	char said[512] = "";

	for (;;) {
		CLEANUP_ARENA struct arena *arena = arena_new();
		struct sight sight = {0};

		if (see_workload(objects, arena, kind, name, &sight, err) < 0)
			return -1;
		if (is_done(&sight.workload))
			return 0;
		if (objects_pods(objects, arena, name, &sight.pods, err) < 0)
			return -1;
		find_trouble(&sight);
		const char *text = progress_text(arena, &sight);
		if (sight.hopeless || clock_ms() >= deadline)
			return fail(objects, &sight, text, err);
		if (strncmp(text, said, sizeof(said) - 1) != 0)
			run->say(run->context, text);
		strncpy(said, text, sizeof(said) - 1);
		if (!interrupt_pause(run->interrupt, POLL_MS))
			return error_set(err, ERROR_INTERRUPTED, "interrupted while waiting for the pods of %s", name);
	}
}

bool objects_explain(const struct objects *objects, enum workload_kind kind, const char *name, struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct sight sight = {0};

	if (see_workload(objects, arena, kind, name, &sight, NULL) < 0 ||
	    objects_pods(objects, arena, name, &sight.pods, NULL) < 0)
		return false;
	find_trouble(&sight);
	if (!sight.trouble)
		return false;
	fail(objects, &sight, progress_text(arena, &sight), err);
	return true;
}

int objects_await_gone(const struct objects *objects, const char *resource, const char *name, struct error *err)
{
	const struct execution *run = objects->run;
	int64_t deadline = clock_ms() + run->options->boot_timeout_ms;

	for (;;) {
		CLEANUP_KUBE_REPLY struct kube_reply reply = {0};
		struct error asking = ERROR_INIT;

		if (kube_call(objects->client, &(struct kube_request){.path = objects_path(objects, resource, name)},
			      &reply, &asking) < 0 &&
		    reply.trouble == KUBE_NOT_FOUND)
			return 0;
		/* Whoever may remove it need not be one who may look at it. */
		if (reply.trouble == KUBE_FORBIDDEN)
			return 0;
		if (reply.trouble != KUBE_FINE && reply.trouble != KUBE_BUSY) {
			error_copy(err, &asking);
			return -1;
		}
		if (clock_ms() >= deadline) {
			error_set(err, ERROR_UNREACHABLE, "%s %s was removed, and is still there", resource, name);
			return error_hint(err, "see which finalizer holds it: `kubectl -n %s get %s %s -o yaml`",
					  objects->cluster->namespace, resource, name);
		}
		if (!interrupt_pause(run->interrupt, POLL_MS))
			return error_set(err, ERROR_INTERRUPTED, "interrupted while %s %s was being removed", resource,
					 name);
	}
}
