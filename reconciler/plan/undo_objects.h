/* Undoing what a failed change did in a cluster, and holding it against what was there. Only for plan/undo*.c. */
#ifndef RECONCILE_PLAN_UNDO_OBJECTS_H
#define RECONCILE_PLAN_UNDO_OBJECTS_H

#include "plan/touched.h"

#include <cjson/cJSON.h>

/* What is to be sent so that the object is as it was before, NULL: nothing. The caller frees with cJSON_Delete(). */
struct object_undo {
	enum step_kind kind;
	const char *name; /* for people: "Deployment ci0" */
	cJSON *requests;
};
/* What was not there before goes (first), what was is made so again (then). Claims that are gone stay gone. */
struct object_undo undo_object_way(const struct undo_request *request, struct arena *arena,
				   const struct touched_object *object);
struct object_undo undo_object_back(const struct undo_request *request, struct arena *arena,
				    const struct touched_object *object);

/* Why the object is not as before; NULL: it is. */
const char *undo_object_compare(const struct undo_request *request, struct arena *arena,
				const struct touched_object *object);

#endif
