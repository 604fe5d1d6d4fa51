/* Instance files: the bytes of instances/<name> in the BuildX store <-> a builder (docker/buildx store/nodegroup.go).
 */
#ifndef RECONCILE_CODEC_INSTANCE_H
#define RECONCILE_CODEC_INSTANCE_H

#include "base/error.h"
#include "base/text_buffer.h"
#include "model/live.h"

/* Parses the bytes into name, driver, dynamic, nodes[].spec of ret_builder. `null` for lists and maps is empty; a list
 * or map that is empty and not null keeps a non-NULL `items`, so that what was read is written byte for byte. Hostile
 * sizes and depths are bounded. -1 with ERROR_CORRUPT says what is wrong, and *ret_code which fault that is
 * (FAULT_INSTANCE_TRUNCATED …); ret_code may be NULL. */
int instance_parse(struct arena *arena, const void *data, size_t length, struct live_builder *ret_builder,
		   enum fault_code *ret_code, struct error *err);
/* The same for many in turn: nothing is kept in scratch, which the caller empties; ret_code is not NULL. */
int instance_parse_by(struct arena *scratch, struct arena *arena, const void *data, size_t length,
		      struct live_builder *ret_builder, enum fault_code *ret_code, struct error *err);
/* The bytes of an instance file for this builder, as BuildX's json.Marshal writes it. */
void instance_print(const struct builder *builder, struct text *out);

#endif
