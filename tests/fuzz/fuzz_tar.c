/* Whatever comes as an archive: no crash, no name outside the folder. */
#include "codec/tar.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct error err = ERROR_INIT;
	struct config_files files = {0};

	if (tar_read(arena, data, size, "buildkit", &files, &err) < 0)
		return 0;
	for (size_t i = 0; i < files.count; i++) {
		const char *name = files.items[i].name;
		if (name[0] == '/' || strcmp(name, "..") == 0 || strncmp(name, "../", 3) == 0 || strstr(name, "/../"))
			abort();
	}
	return 0;
}
