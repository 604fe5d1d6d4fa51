/* Who makes an Engine, and what follows from that and from the version of its API. One table rules each.
 *
 * Both are the Engine's own words, in the headers Server and Api-Version of every answer that it gives, so nothing is
 * asked, tried out or guessed for them:
 *
 *	Docker/29.2.1 (linux)	1.53	moby/moby daemon/server/middleware/version.go
 *	Libpod/5.4.2 (linux)	1.41	containers/podman pkg/api/server/handler_api.go
 *
 * What is sent, and from which version on it is sent otherwise. Of everything else that live/engine/ sends or reads
 * nothing is deprecated up to 1.56 (moby/moby api/docs/CHANGELOG.md, held against the code of v28.5 and v29.2).
 *
 *  1.52  GET /system/df with verbose=1 has VolumeUsage (the change log calls it VolumesUsage); Volumes is deprecated.
 *  1.53  gRPC is served over HTTP/2 on the API's own socket, with prior knowledge (v29.2, daemon/command/daemon.go);
 *        POST /grpc, upgraded, is deprecated. In TLS it is all there is (live/buildkit/route.c).
 *  1.4   errorDetail in the stream of POST /images/create, read first; error is deprecated since 1.48, and read where
 *        that is all there is.
 *
 * Podman has POST /containers/ID/update since 5.1, and no POST /grpc (pkg/api/server/register_containers.go). */
#ifndef RECONCILE_MODEL_MAKER_H
#define RECONCILE_MODEL_MAKER_H

#include "base/arena.h"

#include <stdbool.h>

enum maker { MAKER_UNKNOWN, MAKER_DOCKER, MAKER_PODMAN, MAKER_COUNT };

struct maker_kind {
	const char *name;    /* in snapshots: "podman" */
	const char *title;   /* for people: "Podman"; of one that is unknown it is Docker's API all the same */
	const char *server;  /* what its header Server begins with; NULL: unknown */
	bool lacks_buildkit; /* none of its own: BuildX then has the builder of each Docker context in a container */
	bool local_images;   /* names those that are of no registry localhost/NAME, and finds them by NAME */
	int updates_since;   /* its version by 100 that brought /containers/ID/update, 501 for 5.1; 0: all have it */
	const char *network; /* its usual one, where NetworkMode "bridge" may be any of that driver; NULL: it may not */
	const char *const *env; /* "NAME=" that it sets in every container, asked by nobody; NULL-ended */
};

const struct maker_kind *maker_kind(enum maker maker);
/* By the header Server; *ret_version is what follows the maker's name, NULL when it is unknown. */
enum maker maker_of(struct arena *arena, const char *server, const char **ret_version);
/* image_made_from(), as this maker names images. */
bool maker_made_from(struct arena *arena, enum maker maker, const char *real, const char *wanted);
/* Whether limits and restart policy of a container that is there can be changed. version: of the maker; NULL: unknown.
 */
bool maker_updates(enum maker maker, const char *version);
/* Whether an Engine of this maker sets this NAME=VALUE in every container by itself. */
bool maker_sets_env(enum maker maker, const char *entry);

enum engine_ability {
	ENGINE_TELLS_USAGE,  /* /system/df has VolumeUsage */
	ENGINE_SPEAKS_HTTP2, /* gRPC on the API's own socket */
	ENGINE_ABILITY_COUNT,
};

/* By the newest version of the Engine's API, "1.53"; NULL or nonsense: it is taken to be an old one. */
bool engine_is_able(const char *api, enum engine_ability ability);

#endif
