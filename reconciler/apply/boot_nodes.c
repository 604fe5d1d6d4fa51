/* Reads what is about to be booted. */
#include "apply/boot_nodes.h"

#include "base/file.h"
#include "base/limits.h"
#include "codec/instance.h"

bool boot_nodes_read(struct execution *run, const char *store, const char *name, struct live_builder *ret_builder)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(LIMIT_STORE_FILE);

	return file_read_careful(arena_printf(run->arena, "%s/instances/%s", store, name), LIMIT_STORE_FILE, &data,
				 NULL) == 0 &&
	       instance_parse(run->arena, buffer_text(&data), data.length, ret_builder, NULL, NULL) == 0;
}
