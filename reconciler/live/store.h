/* The BuildX store and the Docker configuration folder: where they are, their lock, their instance files. */
#ifndef RECONCILE_LIVE_STORE_H
#define RECONCILE_LIVE_STORE_H

#include "base/buffer.h"
#include "base/error.h"
#include "model/live.h"

/* The store's folder by $BUILDX_CONFIG, $DOCKER_CONFIG/buildx, ~/.docker/buildx (not created; real path when it
 * exists). */
int store_locate(struct arena *arena, const char *const *environ, const char **ret_store,
		 const char **ret_docker_config, struct error *err);
/* First 12 hex digits of the SHA-256 of the store's path: names the history and the lineage. */
void store_id(const char *store, char ret_id[13]);
/* The name of a defaults/ file: first 20 hex digits of the SHA-256 of the endpoint (docker/buildx store/store.go,
 * toHash). */
void store_defaults_name(const char *endpoint, char ret_name[21]);

/* BuildX's own lock, flock(2) on <store>/.lock: held only to read or write store files, never across a probe or a
 * child. */
int store_lock(const char *store, int timeout_ms, int *ret_fd, struct error *err);

/* Fills store, docker_config, contexts, current*, selected*, builders (nodes' spec, file), default_files, faults.
 * Engines are not asked; every node's state is NODE_UNKNOWN afterwards. */
int store_read(struct live *live, const char *const *environ, int lock_timeout_ms, struct error *err);

/* Parses the bytes of an instance file into name, driver, dynamic, nodes[].spec of ret_builder. Pure.
 * `null` for lists and maps is empty. err.kind CORRUPT says what is wrong; hostile sizes and depths are bounded. */
int instance_parse(struct arena *arena, const void *data, size_t length, struct live_builder *ret_builder,
		   struct error *err);
/* The bytes of an instance file for this builder, as BuildX's json.Marshal writes it. Pure. */
void instance_print(const struct builder *builder, struct buffer *out);

/* The content of `current` and `defaults/<h>` as `docker buildx use --default NAME` leaves them (name "": none). Pure.
 */
void current_print(const char *endpoint, const char *name, struct buffer *out);

/* Context metadata, bytes of contexts/meta/<sha256 of name>/meta.json. When `old` holds valid metadata, everything in
 * it that we do not set is kept. Pure. */
void context_print(const struct context *context, const struct raw_file *old, struct buffer *out);
char *context_meta_path(struct arena *arena, const char *name); /* "contexts/meta/<sha256>/meta.json" */
char *context_tls_path(struct arena *arena, const char *name);	/* "contexts/tls/<sha256>/docker" */

/* config.json with currentContext set to name ("" removes it), everything else kept byte for byte. -1 when it is not
 * valid JSON. Pure. */
int docker_config_print(const void *old, size_t old_length, const char *name, struct buffer *out, struct error *err);

#endif
