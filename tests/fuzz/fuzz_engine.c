/* Whatever an Engine answers: no crash, no endless work. The first byte says what was asked. */
#include "live/engine/edits.h"
#include "live/engine/parse.h"
#include "model/normal.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct error err = ERROR_INIT;
	struct listed *rows;
	struct volume volume = {.name = NODE_OBJECT_PREFIX "a" NODE_VOLUME_SUFFIX}, *volumes;
	struct container container;
	struct strings env, edits = {0};
	struct pull_line line;
	const char *id;
	size_t count;
	char message[100];

	if (size == 0)
		return 0;
	const char *text = (const char *)data + 1;
	size_t length = size - 1;
	switch (data[0] % 7) {
	case 0:
		engine_parse_list(arena, text, length, &rows, &count, &err);
		break;
	case 1:
		engine_parse_volumes(arena, text, length, &volumes, &count, &err);
		break;
	case 2:
		engine_parse_sizes(text, length, &volume, 1, &err);
		engine_parse_edits(arena, text, length, &edits, &err);
		break;
	case 3:
		engine_parse_container(arena, text, length, &container, &err);
		break;
	case 4:
		engine_parse_image(arena, text, length, &id, &env, &err);
		break;
	case 5:
		engine_parse_message(text, length, message, sizeof(message));
		break;
	default:
		engine_parse_pull(text, length, &line, &err);
		break;
	}
	return 0;
}
