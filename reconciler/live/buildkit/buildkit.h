/* A BuildKit daemon, for acting on it: what it builds now, and pruning its cache. Observing goes through
 * live_observe().
 *
 * A node is reached as BuildX reaches it: docker-container nodes through their container (the daemon's socket below
 * /proc/<pid>/root where this machine and user may, else exec of `buildctl dial-stdio`), remote nodes by their
 * endpoint, the docker driver through the Engine (live/buildkit/route.h). Every call has a deadline and a cap. The
 * daemon's own words (grpc-message) are the error's message; no answer is UNREACHABLE with the reason told apart:
 * refused, timed out, certificate name, expired, unknown CA, client certificate asked for, SSH host key. A client
 * belongs to one thread. */
#ifndef RECONCILE_LIVE_BUILDKIT_BUILDKIT_H
#define RECONCILE_LIVE_BUILDKIT_BUILDKIT_H

#include "base/error.h"
#include "base/interrupt.h"
#include "model/live.h"

struct buildkit_client;
struct kube_client;
struct kube_place;

/* live and the interrupt must outlive the client; once the latter came (NULL: never), every call is INTERRUPTED. */
int buildkit_open(const struct live *live, const char *driver, const struct node *node, int timeout_ms,
		  const struct interrupt *interrupt, struct buildkit_client **ret_client, struct error *err);
/* The daemon in one container of a pod, by exec, on the loop of the cluster's client, which stays the caller's and must
 * live as long.
 */
int buildkit_open_pod(struct kube_client *cluster, const struct kube_place *place, int timeout_ms,
		      struct buildkit_client **ret_client, struct error *err);
void buildkit_close(struct buildkit_client *client); /* NULL is allowed */

/* Everything that live_observe() asks, of this one daemon. UNREACHABLE or CORRUPT: nothing was said, or
 * nothing that is understood, which proves nothing. Other kinds are words of the daemon, and from buildkit_open() of
 * the Engine. */
int buildkit_ask(struct buildkit_client *client, struct arena *arena, struct daemon *ret_daemon, struct error *err);
/* Only what is building now: cheap, for polling. */
int buildkit_builds(struct buildkit_client *client, struct arena *arena, struct active_build **ret_builds,
		    size_t *ret_count, struct error *err);
/* After a call that failed: the daemon of a pod does not listen (yet, or any more), so nobody is served by it. */
bool buildkit_is_deserted(const struct buildkit_client *client);
/* Removes cache: all of it, or only what no build uses and no policy keeps. *ret_freed in bytes. */
int buildkit_prune(struct buildkit_client *client, bool all, int64_t *ret_freed, struct error *err);

#endif
