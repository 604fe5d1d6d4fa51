/* The words of a plan's JSON that both directions need. */
#ifndef RECONCILE_CODEC_PLAN_NAMES_H
#define RECONCILE_CODEC_PLAN_NAMES_H

#include "model/plan.h"

#define PLAN_FORMAT_VERSION "1.0"

extern const char *const object_names[];
enum { OBJECT_NAMES = OBJECT_COUNT };

const char *blocked_kind_name(enum error_kind kind);
enum error_kind blocked_kind_find(const char *name); /* ERROR_OTHER when unknown */

#endif
