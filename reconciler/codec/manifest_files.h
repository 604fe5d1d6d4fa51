/* The files of a node in a cluster: one ConfigMap for each folder of them (docker/buildx driver/kubernetes/manifest/
 * manifest.go, splitConfigFiles). Which folder has which number differs from one BuildX to the next: those that are
 * there keep theirs. Only for codec/manifest_*.c. */
#ifndef RECONCILE_CODEC_MANIFEST_FILES_H
#define RECONCILE_CODEC_MANIFEST_FILES_H

#include "codec/manifest_options.h"

/* Volumes and mounts of the ConfigMaps; what is not wanted any more is taken away. */
void files_put(const struct body *body);
bool files_same(const struct config_files *want, const struct workload *have);
/* Of names and contents, in hex, short. */
const char *files_digest(struct arena *arena, const struct config_files *files);

#endif
