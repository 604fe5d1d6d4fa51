/* The files of the store beside instances/: buildkitd.default.toml, `current`, and defaults/. */
#ifndef RECONCILE_LIVE_STORE_FILES_H
#define RECONCILE_LIVE_STORE_FILES_H

#include "model/live.h"

void store_files_read(struct live *live, int store_fd);

#endif
