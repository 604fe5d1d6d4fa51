/* What the store says of the selected builder: the file `current`, and the names of those in defaults/
 * (docker/buildx store/store.go). */
#ifndef RECONCILE_CODEC_CURRENT_H
#define RECONCILE_CODEC_CURRENT_H

#include "base/arena.h"
#include "base/error.h"
#include "base/text_buffer.h"

#include <stdbool.h>

struct current {
	const char *key, *name; /* the endpoint that it counts for, and the builder; never NULL */
	bool global;		/* it counts for every endpoint */
};

/* Texts are copied into the arena. -1 with ERROR_CORRUPT when BuildX would not understand the bytes. */
int current_parse(struct arena *arena, const void *data, size_t length, struct current *ret_current, struct error *err);
/* The content of `current` as `docker buildx use --default NAME` leaves it (name "": none). */
void current_print(const char *endpoint, const char *name, struct text *out);
/* The name of an endpoint's file in defaults/: first 20 hex digits of its SHA-256 (toHash). */
void defaults_file_name(const char *endpoint, char ret_name[21]);

#endif
