/* Waits for a cluster to do what it was told, and says in its words what it waits for. */
#include "apply/sight.h"
#include "apply/step.h"
#include "base/clock.h"

#include <string.h>

enum { GONE_MS = 100, GONE_MAX_MS = 1000, RESTARTS_MAX = 2 };

/* Why a pod, or the workload, is not there yet. */
struct cause {
	const char *trouble, *words; /* NULL: it takes its time */
	bool hopeless;		     /* waiting does not help */
};

/* A word of the kubelet after which it only tries the same again. */
static bool is_hopeless(const struct pod *pod)
{
	return text_equal(pod->trouble, "InvalidImageName") ||
	       (text_equal(pod->trouble, "CrashLoopBackOff") && pod->restarts >= RESTARTS_MAX);
}

static struct cause find_cause(const struct sight *sight)
{
	struct cause cause = {.trouble = sight->workload.trouble, .words = sight->workload.words};

	for (size_t i = 0; i < sight->pods.count; i++) {
		const struct pod *pod = &sight->pods.items[i].pod;

		if (!kube_pod_is_of(&sight->pods.items[i], &sight->workload) || pod->terminating || pod->ready ||
		    !pod->trouble)
			continue;
		cause.trouble = pod->trouble;
		cause.words = pod->words;
		cause.hopeless = cause.hopeless || is_hopeless(pod);
	}
	return cause;
}

/* Pods of the earlier template are ready as well, as long as they are there. */
static bool is_done(const struct workload *workload)
{
	return workload->observed_generation >= workload->generation && workload->made <= workload->updated &&
	       workload->updated >= workload->replicas && workload->available >= workload->replicas &&
	       workload->ready >= workload->replicas;
}

static const char *progress_text(struct arena *arena, const struct workload *workload, const struct cause *cause)
{
	int64_t earlier = workload->made - workload->updated;
	bool counts = workload->observed_generation >= workload->generation && workload->available > earlier;
	int64_t ready = counts ? workload->available - earlier : 0;

	return arena_printf(
		arena, "%s %s: %lld of %lld pods are as asked and ready%s%s%s%s", workload_kind_name(workload->kind),
		workload->name, (long long)(workload->updated < ready ? workload->updated : ready),
		(long long)workload->replicas, cause->trouble ? "; " : "", cause->trouble ? cause->trouble : "",
		cause->trouble && cause->words ? ": " : "", cause->trouble && cause->words ? cause->words : "");
}

static int fail(const struct objects *objects, const char *name, const struct cause *cause, const char *text,
		struct error *err)
{
	error_set(err, ERROR_OTHER, "%s", text);
	return error_hint(err, "look at it with `kubectl -n %s describe pods -l app=%s`%s", objects->cluster->namespace,
			  name, cause->hopeless ? "" : "; --boot-timeout gives it more time");
}

int objects_await(const struct objects *objects, enum workload_kind kind, const char *name, struct error *err)
{
	const struct execution *run = objects->run;
	int64_t deadline = clock_ms() + run->options->boot_timeout_ms;
	CLEANUP_SIGHT struct sight sight;
	char said[512] = "";

	sight_init(&sight, objects, kind, name);
	int seen = sight_look(&sight, err);
	for (; seen == 0 && !is_done(&sight.workload); seen = sight_next(&sight, deadline, err)) {
		CLEANUP_ARENA struct arena *arena = arena_new();
		const struct cause cause = find_cause(&sight);
		const char *text = progress_text(arena, &sight.workload, &cause);

		if (cause.hopeless || clock_ms() >= deadline)
			return fail(objects, name, &cause, text, err);
		if (strncmp(text, said, sizeof(said) - 1) != 0)
			run->say(run->context, text);
		strncpy(said, text, sizeof(said) - 1);
	}
	return seen;
}

bool objects_explain(const struct objects *objects, enum workload_kind kind, const char *name, struct error *err)
{
	CLEANUP_SIGHT struct sight sight;

	sight_init(&sight, objects, kind, name);
	if (sight_look(&sight, NULL) < 0)
		return false;
	const struct cause cause = find_cause(&sight);
	if (!cause.trouble)
		return false;
	fail(objects, name, &cause, progress_text(objects->arena, &sight.workload, &cause), err);
	return true;
}

int objects_await_gone(const struct objects *objects, const char *resource, const char *name, struct error *err)
{
	const struct execution *run = objects->run;
	int64_t deadline = clock_ms() + run->options->boot_timeout_ms;
	int pause_ms = GONE_MS;

	for (;; pause_ms = pause_ms * 2 < GONE_MAX_MS ? pause_ms * 2 : GONE_MAX_MS) {
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
		if (!interrupt_pause(run->interrupt, pause_ms))
			return error_set(err, ERROR_INTERRUPTED, "interrupted while %s %s was being removed", resource,
					 name);
	}
}
