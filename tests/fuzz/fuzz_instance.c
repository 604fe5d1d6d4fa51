/* Whatever is in an instance file: no crash, and what is taken is written and read back the same. */
#include "codec/instance.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print(struct arena *arena, const struct live_builder *live, struct text *out)
{
	struct builder builder = {.name = live->name, .driver = live->driver, .dynamic = live->dynamic};

	builder.node_count = live->node_count;
	builder.nodes = ARENA_ARRAY(arena, struct node, live->node_count);
	for (size_t i = 0; i < live->node_count; i++)
		builder.nodes[i] = live->nodes[i].spec;
	instance_print(&builder, out);
}

static void reread(struct arena *arena, const struct text *text, struct text *out)
{
	struct live_builder builder;

	if (instance_parse(arena, text->data, text->length, &builder, NULL, NULL) < 0)
		abort();
	print(arena, &builder, out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_TEXT struct text first = TEXT_INIT;
	CLEANUP_TEXT struct text second = TEXT_INIT, third = TEXT_INIT;
	struct error err = ERROR_INIT;
	struct live_builder builder;
	enum fault_code code = FAULT_NONE;

	if (instance_parse(arena, data, size, &builder, &code, &err) < 0) {
		if (!fault_kind(code) || err.message[0] == '\0')
			abort();
		return 0;
	}
	print(arena, &builder, &first);
	/* What was not UTF-8 is written as \ufffd, which from then on is a character like any other. */
	reread(arena, &first, &second);
	reread(arena, &second, &third);
	if (second.length != third.length || memcmp(second.data, third.data, second.length) != 0)
		abort();
	return 0;
}
