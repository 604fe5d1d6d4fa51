/* The members of every object of a snapshot. A new observation is a row here and a member in model/live.h. */
#ifndef RECONCILE_CODEC_SNAPSHOT_MEMBERS_H
#define RECONCILE_CODEC_SNAPSHOT_MEMBERS_H

#include "codec/members.h"

#define SNAPSHOT_VERSION "1.0"

extern const struct members snapshot_live, snapshot_builder, snapshot_node, snapshot_context, snapshot_tls_file,
	snapshot_engine, snapshot_container, snapshot_volume, snapshot_orphan, snapshot_daemon, snapshot_worker,
	snapshot_rule, snapshot_disk, snapshot_build, snapshot_taken, snapshot_cluster, snapshot_way, snapshot_workload,
	snapshot_pod, snapshot_config_map, snapshot_claim;

#endif
