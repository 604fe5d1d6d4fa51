/* Live state <-> JSON: for --snapshot, --live, and live.json of records. Secrets and raw bytes are left out: driver
 * options and environment that are secret are "(sensitive)", files are digests unless they are plain configuration. */
#ifndef RECONCILE_CODEC_SNAPSHOT_H
#define RECONCILE_CODEC_SNAPSHOT_H

#include "base/error.h"
#include "model/live.h"

#include <cjson/cJSON.h>

cJSON *live_to_json(const struct live *live);
/* ret_live is the caller's. Every member is checked: snapshots may be hostile. from_snapshot is set. */
int live_from_json(const cJSON *json, struct live **ret_live, struct error *err);

#endif
