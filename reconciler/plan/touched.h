/* What the steps that a failed plan began may have touched: files, nodes, the selection. Only for this room. */
#ifndef RECONCILE_PLAN_TOUCHED_H
#define RECONCILE_PLAN_TOUCHED_H

#include "plan/undo.h"

struct touched_file {
	const struct change *change;
	const char *path;
	bool in_docker_config;
};

/* A node's container and volume on an Engine. */
struct touched_node {
	const struct change *change;
	const char *endpoint, *node;
	bool booted; /* a container, or a volume, that was not there before is the plan's */
	bool beside; /* and stands beside those that build */
};

/* A workload or claim in a cluster. */
struct touched_object {
	const struct change *change;
	const char *cluster;  /* its key */
	const char *resource; /* "deployments", "statefulsets", "persistentvolumeclaims", "configmaps" */
	const char *name;
	const char *of; /* of a ConfigMap, which is looked at with it: the workload that it is made for */
};

struct touched {
	struct arena *arena;
	const struct undo_request *request;
	const struct change *change; /* that is looked at */
	struct touched_file *files;  /* in the order in which they were touched, each once */
	size_t file_count;
	struct touched_node *nodes; /* each once */
	size_t node_count;
	struct touched_object *objects; /* each once */
	size_t object_count;
	const struct step *diverted; /* the selection was sent elsewhere by this step; NULL: it was not */
	bool selection, context;
	struct strings lost; /* what no step brings back: "… is not pruned back" */
};

void touched_collect(const struct undo_request *request, struct arena *arena, struct touched *ret_touched);
/* How many steps are to be undone, none of a change that did not fail. One that found somebody else's hand in the way
 * did nothing itself. */
size_t undo_begun(const struct change_result *result);
/* Of one step kind: it changes nothing, whatever becomes of it. */
bool step_is_harmless(enum step_kind kind);

/* A file, container or volume at that time; NULL: it was not there. *ret_known false: nobody could tell. */
const struct store_file *undo_file(struct undo_files files, const struct touched_file *file);
bool undo_file_same(const struct store_file *a, const struct store_file *b); /* either may be NULL: not there */
struct node_things {
	bool known;
	const struct container *container;
	const struct volume *volume;
};
struct node_things undo_node(const struct live *live, const struct touched_node *node);

#endif
