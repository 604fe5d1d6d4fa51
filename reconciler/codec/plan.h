/* Plan <-> JSON (schemas/plan.schema.json). The same inputs give the same bytes; no times, no secret values. */
#ifndef RECONCILE_CODEC_PLAN_H
#define RECONCILE_CODEC_PLAN_H

#include "base/digest.h"
#include "base/error.h"
#include "model/plan.h"

#include <cjson/cJSON.h>

cJSON *plan_to_json(const struct plan *plan);
/* Saved plans may be old, edited or hostile: every member is checked. Steps come back without their data. */
int plan_from_json(const cJSON *json, struct plan **ret_plan, struct error *err);
/* Digest of everything that the plan says but its own id: that is its id. */
void plan_json_id(const cJSON *json, char ret_hex[DIGEST_HEX]);
/* Whether a saved plan still is what was planned and reviewed, byte for byte in meaning. */
int plan_json_check_id(const cJSON *json, struct error *err);

#endif
