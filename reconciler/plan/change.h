/* Makers of changes, fields and steps, which every planner of this room ends in. Texts and bytes are copied into the
 * plan's arena; what they return lives there, and moves when the next one of its kind is added. */
#ifndef RECONCILE_PLAN_CHANGE_H
#define RECONCILE_PLAN_CHANGE_H

#include "plan/draft.h"

#include "base/text_buffer.h"

/* Of a change that is drafted elsewhere, and kept when something comes of it. */
void change_begin(struct draft *draft, struct change *change, enum object_kind object, const char *name);
void change_keep(struct draft *draft, const struct change *change);
/* Its address and phase follow from the kind of object. */
struct change *change_add(struct draft *draft, enum object_kind object, const char *name, enum action action);
/* before and after must be safe to print; NULL: absent. */
struct field_change *field_add(struct draft *draft, struct change *change, const char *path, const char *before,
			       const char *after, struct source source);
/* Says what the change is about (change->from, change->to), and adds the one field that shows it. */
void change_target(struct draft *draft, struct change *change, const char *path, const char *from, const char *to,
		   struct source source);
/* Says why the change may not be applied. The first reason stays. */
void change_block(struct draft *draft, struct change *change, enum error_kind kind, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
struct step *step_add(struct draft *draft, struct change *change, enum step_kind kind, const char *name);
/* STEP_WRITE_FILE, mode 0600. */
struct step *step_write_add(struct draft *draft, struct change *change, const char *path, const struct text *data);
/* What was found wrong with the object of this address, NULL: nothing. */
const char *fault_on(struct draft *draft, const char *address);

#endif
