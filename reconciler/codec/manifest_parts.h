/* The parts of a node's objects, each put where Kubernetes has it: into a body that makes the workload, or into a
 * strategic merge patch of the one that is there. Only for codec/manifest.c.
 *
 *     struct parts parts;
 *     parts_begin(&parts, arena, node, have);            // have NULL: there is none yet
 *     parts_put_new(&parts, body, keep_state);           // or parts_put_change(), of have
 *     for each of parts.folders: parts_put_files(), parts_put_annotations()   // its ConfigMap
 */
#ifndef RECONCILE_CODEC_MANIFEST_PARTS_H
#define RECONCILE_CODEC_MANIFEST_PARTS_H

#include "model/cluster.h"

#include <cjson/cJSON.h>

/* Files of one folder below /etc/buildkit, which travel in one ConfigMap. */
struct folder {
	const char *name;	      /* "", "certs/r1.example.com" */
	const char *config_map, *uid; /* uid of one that is there */
	bool wanted, have;
};

struct parts {
	struct arena *arena;
	const struct node *node;
	const struct workload *have; /* NULL: there is none */
	const char *name;
	struct folder *folders;
	size_t folder_count;
};

void parts_begin(struct parts *parts, struct arena *arena, const struct node *node, const struct workload *have);
void parts_put_new(const struct parts *parts, cJSON *body, enum tri keep_state);
void parts_put_change(const struct parts *parts, cJSON *body, enum tri keep_state);
void parts_put_files(const struct parts *parts, const struct folder *folder, cJSON *body);
void parts_put_annotations(const struct parts *parts, cJSON *metadata);

#endif
