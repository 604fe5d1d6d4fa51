/* The checks of desired/: what one builder, and all of them together, can get wrong. Internal to the room.
 *
 * Each adds problems at the line that said the wrong thing, and goes on. */
#ifndef RECONCILE_DESIRED_CHECK_H
#define RECONCILE_DESIRED_CHECK_H

#include "base/arena.h"
#include "base/error.h"
#include "desired/reach.h"
#include "model/builder.h"
#include "model/driver.h"
#include "model/field.h"

#include <stdbool.h>

void problem_at(struct diagnostics *problems, struct source source, const char *hint, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* The same for what is not wrong. */
void warning_at(struct diagnostics *warnings, struct source source, const char *hint, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* "did you mean `x`?" or NULL. */
const char *hint_nearest(struct arena *arena, const char *text, const char *const *candidates, size_t count);

/* Whether a field of this object holds anything, and taking it away as if it had never been said. */
bool field_said(const struct field *field, const void *object);
void field_drop(const struct field *field, void *object);

/* Keys (desired/keys.c) that do not go with the builder's state, driver or each other: inherited ones are dropped,
 * others are problems.
 */
void keys_check(struct builder *builder, struct diagnostics *problems);

/* Options (desired/options.c): normalised in place, sorted, secrets marked; inherited ones of other drivers dropped. */
void options_check(struct arena *arena, const struct builder *builder, struct pairs *options,
		   struct diagnostics *problems);
/* What only all options of a node together can get wrong. */
void options_check_together(const struct builder *builder, const struct node *node, struct diagnostics *problems);

/* What a cluster makes of the nodes of driver kubernetes (desired/pods.c): names that it refuses, nodes that would be
 * one there; and as state->warnings, what BuildX makes something else of. */
void pods_check(struct state *state, struct diagnostics *problems);

/* Reads the TLS files of a context (desired/context_files.c), and checks that Docker can use them. */
void context_files(struct arena *arena, struct context *context, struct reach *reach, struct diagnostics *problems);

bool context_name_valid(const char *name); /* (desired/endpoint.c) */
/* Endpoints (desired/endpoint.c); driver NULL: a Docker context's. what names the object: "node ci0", "context arm". */
void endpoint_check(const struct driver *driver, const char *what, const char *endpoint, struct source source,
		    struct diagnostics *problems);

#endif
