/* The table of evidence. */
#include "model/evidence.h"

#include "base/count.h"
#include "base/text.h"
#include "model/live.h"

/* clang-format off */
static const struct seen_kind table[SEEN_COUNT] = {
	/* Nobody told anything. */
	[SEEN_NOTHING] = {"not-asked", "nobody was asked: `--no-probe`, or nothing leads there",
		EVIDENCE_UNKNOWN, NODE_UNKNOWN, 0, NULL, NULL, FAULT_NONE, NULL},
	[SEEN_ENGINE_SILENT] = {"engine-silent", "its Engine does not answer in time, or refuses",
		EVIDENCE_UNKNOWN, NODE_UNKNOWN, 0, NULL, NULL, FAULT_NONE, NULL},
	[SEEN_UNTOLD] = {"container-untold", "the Engine lists its container and does not tell of it, or in words that are not known",
		EVIDENCE_UNKNOWN, NODE_UNKNOWN, 0, NULL, NULL, FAULT_NONE, NULL},

	/* The Engine's words for the container. */
	[SEEN_NO_CONTAINER] = {"container-absent", "the Engine has no container of its name",
		EVIDENCE_ABSENT, NODE_INACTIVE, MAY_BOOT, NULL, NULL, FAULT_NONE, NULL},
	[SEEN_CREATED] = {"container-created", "its container was never started",
		EVIDENCE_ABSENT, NODE_STOPPED, MAY_BOOT, "created", "it was never started", FAULT_NONE, NULL},
	[SEEN_ENDED] = {"container-ended", "its container was stopped, or ended with its machine",
		EVIDENCE_ABSENT, NODE_STOPPED, MAY_BOOT, "exited", NULL, FAULT_NONE, NULL},
	[SEEN_FAILED] = {"container-failed", "its container ended by itself with an error",
		EVIDENCE_SICK, NODE_STOPPED, MAY_RESTART | MAY_RENEW, NULL, NULL, FAULT_NONE, NULL},
	[SEEN_PAUSED] = {"container-paused", "its container is paused",
		EVIDENCE_SICK, NODE_UNHEALTHY, MAY_UNPAUSE, "paused", "its container is paused", FAULT_CONTAINER_PAUSED, NULL},
	[SEEN_RESTARTING] = {"container-restarting", "its container ends right after each start",
		EVIDENCE_SICK, NODE_UNHEALTHY, MAY_RESTART | MAY_RENEW, "restarting", "it ends right after each start", FAULT_CONTAINER_RESTARTING, NULL},
	[SEEN_REMOVING] = {"container-removing", "its container is being removed",
		EVIDENCE_SICK, NODE_UNHEALTHY, MAY_REMAKE, "removing", "its container is being removed", FAULT_NONE, NULL},
	[SEEN_DEAD] = {"container-dead", "its container is dead: the Engine could not remove it",
		EVIDENCE_SICK, NODE_UNHEALTHY, MAY_REMAKE, "dead", "its container is dead: the Engine could not remove it", FAULT_CONTAINER_DEAD, "rm -f"},

	/* What came of asking the daemon. */
	[SEEN_ANSWER] = {"daemon-answers", "its daemon answers",
		EVIDENCE_WELL, NODE_RUNNING, 0, "running", NULL, FAULT_NONE, NULL},
	[SEEN_PART] = {"daemon-answers-in-part", "its daemon lists its workers, and not in time its version, builds or disk use",
		EVIDENCE_WELL, NODE_RUNNING, 0, NULL, NULL, FAULT_NONE, NULL},
	[SEEN_STARTING] = {"daemon-starting", "its container was started a moment ago, and its daemon does not answer yet",
		EVIDENCE_UNKNOWN, NODE_RUNNING, 0, NULL, "its daemon is starting", FAULT_NONE, NULL},
	[SEEN_NOT_UP] = {"daemon-not-up", "its container runs, and its daemon has not opened its socket there",
		EVIDENCE_UNKNOWN, NODE_UNKNOWN, 0, NULL, NULL, FAULT_DAEMON_UNREACHABLE, NULL},
	[SEEN_LATE] = {"daemon-late", "its daemon gives no answer within `--timeout`",
		EVIDENCE_UNKNOWN, NODE_UNKNOWN, 0, NULL, NULL, FAULT_DAEMON_UNREACHABLE, NULL},
	[SEEN_REFUSED] = {"daemon-refused", "no connection to its daemon: refused, reset, TLS, ssh, permission",
		EVIDENCE_UNKNOWN, NODE_UNKNOWN, 0, NULL, NULL, FAULT_DAEMON_UNREACHABLE, NULL},
	[SEEN_STRANGE] = {"daemon-strange", "what answers does not speak as a BuildKit daemon does",
		EVIDENCE_UNKNOWN, NODE_UNKNOWN, 0, NULL, NULL, FAULT_DAEMON_UNREACHABLE, NULL},
	[SEEN_ERROR] = {"daemon-error", "its daemon answers, and what it says is an error",
		EVIDENCE_SICK, NODE_UNHEALTHY, MAY_RESTART | MAY_RENEW, NULL, NULL, FAULT_DAEMON_UNHEALTHY, NULL},

	/* The log of a daemon that ends by itself. */
	[SEEN_DAMAGED] = {"log-damaged", "it ends, and its log says that its database is damaged",
		EVIDENCE_SICK, NODE_UNHEALTHY, MAY_RESTART | MAY_RENEW, NULL, NULL, FAULT_DAEMON_CORRUPT, NULL},
	[SEEN_FULL] = {"log-disk-full", "it ends or cannot build, and it says that no space is left on its disk",
		EVIDENCE_SICK, NODE_UNHEALTHY, 0, NULL, NULL, FAULT_DISK_FULL, NULL},
	[SEEN_HELD] = {"volume-held", "it does not run, and another container runs with its volume",
		EVIDENCE_HELD, NODE_UNHEALTHY, 0, NULL, NULL, FAULT_VOLUME_HELD, NULL},

	/* The cluster's words, of a node in pods. */
	[SEEN_CLUSTER_SILENT] = {"cluster-silent", "its cluster does not answer in time, or refuses, or none can be found",
		EVIDENCE_UNKNOWN, NODE_UNKNOWN, 0, NULL, NULL, FAULT_NONE, NULL},
	[SEEN_CLUSTER_FORBIDS] = {"cluster-forbids", "its cluster does not let this user ask about it",
		EVIDENCE_UNKNOWN, NODE_UNKNOWN, 0, NULL, NULL, FAULT_NONE, NULL},
	[SEEN_NO_WORKLOAD] = {"workload-absent", "the cluster has no Deployment or StatefulSet of its name",
		EVIDENCE_ABSENT, NODE_INACTIVE, MAY_BOOT, NULL, NULL, FAULT_NONE, NULL},
	[SEEN_WORKLOAD_STRANGE] = {"workload-strange", "what has its name in the cluster is nothing that BuildX made",
		EVIDENCE_HELD, NODE_UNHEALTHY, 0, NULL, NULL, FAULT_WORKLOAD_STRANGE, NULL},
	[SEEN_SCALED_DOWN] = {"workload-scaled-down", "it is scaled to no pods",
		EVIDENCE_ABSENT, NODE_STOPPED, 0, NULL, "it is scaled to no pods", FAULT_NONE, NULL},
	[SEEN_PODS_STARTING] = {"pods-starting", "its pods are being made, and none is ready yet",
		EVIDENCE_UNKNOWN, NODE_UNKNOWN, 0, NULL, "its pods are starting", FAULT_NONE, NULL},
	[SEEN_PODS_UNTOLD] = {"pods-untold", "the cluster does not tell of its pods",
		EVIDENCE_UNKNOWN, NODE_UNKNOWN, 0, NULL, NULL, FAULT_NONE, NULL},
	[SEEN_PODS_REFUSED] = {"pods-refused", "the cluster makes no pods of it: a quota, an admission, a service account that is not there",
		EVIDENCE_SICK, NODE_UNHEALTHY, 0, NULL, NULL, FAULT_PODS_REFUSED, NULL},
	[SEEN_PODS_PENDING] = {"pods-pending", "no machine of the cluster takes its pods",
		EVIDENCE_SICK, NODE_UNHEALTHY, 0, NULL, NULL, FAULT_PODS_PENDING, NULL},
	[SEEN_PODS_IMAGE] = {"pods-image", "the image of its pods cannot be had",
		EVIDENCE_SICK, NODE_UNHEALTHY, 0, NULL, NULL, FAULT_PODS_IMAGE, NULL},
	[SEEN_PODS_CRASHING] = {"pods-crashing", "BuildKit ends right after it starts, or ran out of memory",
		EVIDENCE_SICK, NODE_UNHEALTHY, 0, NULL, NULL, FAULT_PODS_CRASHING, NULL},
	[SEEN_PODS_NOT_READY] = {"pods-not-ready", "its pods do not get ready, for another reason that the cluster tells",
		EVIDENCE_SICK, NODE_UNHEALTHY, 0, NULL, NULL, FAULT_PODS_NOT_READY, NULL},
};
/* clang-format on */

const struct seen_kind *seen_kind(enum seen seen)
{
	return &table[(size_t)seen < SEEN_COUNT ? seen : SEEN_NOTHING];
}

enum seen seen_named(const char *name)
{
	enum seen seen = SEEN_NOTHING;

	while (seen < SEEN_COUNT && !text_equal(table[seen].name, name))
		seen++;
	return seen;
}

/* A container that its Engine starts again whenever it ends has ended because somebody stopped it: buildkitd's exit
 * code is 1 then as well. Of another one SIGKILL and SIGTERM tell, as at the machine's end. */
static bool was_stopped(const struct container *container)
{
	return text_equal(container->restart_policy, "unless-stopped") ||
	       text_equal(container->restart_policy, "always") || container->exit_code == 0 ||
	       container->exit_code == 137 || container->exit_code == 143 || container->oom_killed;
}

enum seen seen_in_container(const struct container *container)
{
	for (enum seen seen = SEEN_NOTHING; container->status && seen < SEEN_COUNT; seen++)
		if (text_equal(table[seen].status, container->status))
			return seen == SEEN_ENDED && !was_stopped(container) ? SEEN_FAILED : seen;
	return SEEN_UNTOLD;
}

enum seen seen_of_node(const struct live_node *node)
{
	if (node->seen != SEEN_NOTHING)
		return node->seen;
	if (node->container && !text_equal(node->container->status, "running"))
		return seen_in_container(node->container);
	switch (node->state) {
	case NODE_INACTIVE:
		return SEEN_NO_CONTAINER;
	case NODE_RUNNING:
		return SEEN_ANSWER;
	case NODE_UNHEALTHY:
		return SEEN_ERROR;
	default:
		return SEEN_NOTHING;
	}
}

const char *evidence_name(enum evidence evidence)
{
	static const char *const names[] = {
		[EVIDENCE_UNKNOWN] = "unknown", [EVIDENCE_ABSENT] = "absent", [EVIDENCE_WELL] = "well",
		[EVIDENCE_SICK] = "sick",	[EVIDENCE_HELD] = "held",
	};

	return (size_t)evidence < COUNT(names) ? names[evidence] : "unknown";
}

const char *may_name(unsigned may)
{
	static const struct {
		unsigned may;
		const char *name;
	} names[] = {
		{MAY_BOOT, "boot it"},
		{MAY_UNPAUSE, "unpause it"},
		{MAY_RESTART, "restart it"},
		{MAY_REMAKE, "make its container anew, on its volume"},
		{MAY_RENEW, "begin it anew beside itself, its volume retained"},
	};

	for (size_t i = 0; i < COUNT(names); i++)
		if (names[i].may == may)
			return names[i].name;
	return NULL;
}
