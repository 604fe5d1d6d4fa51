/* Whatever a BuildKit daemon answers: no crash, no endless work, nothing that may not be printed. The first byte says
 * what was asked. */
#include "live/buildkit/messages.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct error err = ERROR_INIT;
	struct daemon daemon = {0};
	const char *version = NULL;
	int64_t bytes;

	if (size == 0)
		return 0;
	const uint8_t *message = data + 1;
	size_t length = size - 1;
	switch (data[0] % 5) {
	case 0:
		buildkit_read_info(arena, message, length, &version, &err);
		break;
	case 1:
		buildkit_read_workers(arena, message, length, &daemon, &version, &err);
		break;
	case 2:
		if (buildkit_read_disk(arena, message, length, &daemon, &err) == 0 && daemon_disk_total(&daemon) < 0)
			__builtin_trap();
		break;
	case 3:
		/* Twice the same event is still one build. */
		buildkit_read_build(arena, message, length, &daemon.builds, &daemon.build_count, &err);
		buildkit_read_build(arena, message, length, &daemon.builds, &daemon.build_count, &err);
		if (daemon.build_count > 1)
			__builtin_trap();
		break;
	default:
		if (buildkit_read_pruned(message, length, &bytes, &err) == 0 && bytes < 0)
			__builtin_trap();
		break;
	}
	return 0;
}
