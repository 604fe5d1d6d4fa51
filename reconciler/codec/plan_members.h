/* The members of the objects of a plan's JSON, and the words in it that stand for enums. */
#ifndef RECONCILE_CODEC_PLAN_MEMBERS_H
#define RECONCILE_CODEC_PLAN_MEMBERS_H

#include "codec/members.h"
#include "model/plan.h"

#define PLAN_FORMAT_VERSION "1.0"

/* In the order of the JSON: plan_head, the changes, the faults, plan_tail. Of a change: change_head, what Terraform
 * calls a change, change_rest. */
extern const struct members plan_head, plan_tail, plan_change_head, plan_change_rest, plan_step, plan_fault;

const char *blocked_kind_name(enum error_kind kind);
enum error_kind blocked_kind_find(const char *name); /* ERROR_OTHER when unknown */

#endif
