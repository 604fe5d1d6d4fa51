/* Reads the files out of a tar stream, as GET /containers/ID/archive gives it. Pure; hostile bytes are bounded.
 *
 * ustar, pax (path, size) and GNU long names: what Go's archive/tar writes (moby/moby pkg/archive). */
#ifndef RECONCILE_CODEC_TAR_H
#define RECONCILE_CODEC_TAR_H

#include "base/arena.h"
#include "base/error.h"
#include "model/builder.h"

#include <stddef.h>

/* The regular files below `folder` ("buildkit"), named relative to it, sorted, their bytes copied. Folders, links and
 * devices are left out. ERROR_CORRUPT for a bad checksum, a cut stream, a name that leads out of the folder. */
int tar_read(struct arena *arena, const void *data, size_t length, const char *folder, struct config_files *ret_files,
	     struct error *err);

#endif
