/* Context metadata (docker/cli cli/context/store/metadatastore.go): the bytes of
 * contexts/meta/<sha256 of name>/meta.json in Docker's configuration folder, and where a context's files lie. */
#ifndef RECONCILE_CODEC_CONTEXT_H
#define RECONCILE_CODEC_CONTEXT_H

#include "base/error.h"
#include "base/text_buffer.h"
#include "model/live.h"

/* Parses the bytes of a meta.json into name, endpoint (NULL: none), description, skip_tls_verify. -1 with
 * ERROR_CORRUPT when docker would not understand them. */
int context_parse(struct arena *arena, const void *data, size_t length, struct live_context *ret_context,
		  struct error *err);
/* When `old` holds valid metadata, everything in it that we do not set is kept. */
void context_print(const struct context *context, const struct store_file *old, struct text *out);
char *context_meta_path(struct arena *arena, const char *name); /* "contexts/meta/<sha256>/meta.json" */
char *context_tls_path(struct arena *arena, const char *name);	/* "contexts/tls/<sha256>/docker" */

#endif
