/* The steps of store_read(), in the order in which it takes them. Each fills its part of `live` and adds its faults. */
#ifndef RECONCILE_LIVE_STORE_PARTS_H
#define RECONCILE_LIVE_STORE_PARTS_H

#include "live/raw.h"
#include "live/store.h"

/* The value of a variable; "" when it is not set. */
const char *environ_value(const char *const *env, const char *name);

/* What the lock says about itself (live/store_lock.c). store_try_lock() does not create the file: *ret_fd is -1 and the
 * result 0 when there is none, as BuildX makes it before it touches anything. */
int store_try_lock(const char *store, int timeout_ms, int *ret_fd, struct error *err);

/* Instance files and the times of last use (live/store_instances.c). -1: the folder cannot be listed. is_locked: BuildX
 * cannot be writing meanwhile. */
int instances_read(struct live *live, int store_fd, bool is_locked, struct error *err);
/* buildkitd.default.toml, `current`, and defaults/ (live/store_files.c). */
void store_files_read(struct live *live, int store_fd);
/* Contexts and config.json; current_context, current_endpoint (live/contexts_read.c). False when the contexts cannot be
 * listed: then none may be called missing. */
bool contexts_read(struct live *live, const char *const *env);
/* The files below contexts/tls/<hash> of the context, and its faults; has_tls (live/contexts_tls.c). */
void context_tls_read(struct live *live, int config_fd, struct live_context *context);
/* The folders there, and of metadata, that no context has. */
void stray_folders_read(struct live *live, int config_fd);
/* The builders of contexts that no instance hides; sorts builders (live/store_check.c). */
void context_builders_add(struct live *live, int store_fd);
/* selected, selected_by, selected_default (live/selected.c), by current_context, current_endpoint and the files of the
 * selection. */
void selected_resolve(struct live *live, const char *const *env);
/* What is wrong between files: endpoints without a context, names used twice, npipe (live/store_check.c). */
void store_check(struct live *live, bool contexts_known);

/* Files where folders of the store belong (live/store_leftovers.c). */
void store_check_folders(struct live *live, int store_fd);
/* What interrupted writes and builders that went have left (live/store_leftovers.c). */
void store_leftovers(struct live *live, int store_fd, bool is_locked, bool contexts_known);
/* What belongs to another user than it should (live/store_owner.c). */
void owners_check(struct live *live);

/* Reads activity/<name> into *ret_time (NULL when there is none). */
void activity_read(struct live *live, int store_fd, const char *name, const char *subject, const char **ret_time);

/* Adds the fault that `state` is: "<what>-unreadable" or "<what>-invalid", for a file of the store or of the Docker
 * configuration. False when it was read, or is simply not there. */
bool raw_fault(struct live *live, const char *what, const char *subject, const struct raw_file *file,
	       enum raw_state state);
/* The absolute path of a file. */
const char *raw_path(const struct live *live, const struct raw_file *file);
/* "3:14: message" or "message". */
const char *error_text(struct arena *arena, const struct error *err);

#endif
