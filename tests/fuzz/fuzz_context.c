/* Whatever is in meta.json or config.json: no crash; edited metadata says what it should, an edited configuration names
 * the context, and naming none afterwards is valid too. */
#include "codec/context.h"

#include "base/json.h"
#include "codec/docker_config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void metadata(struct arena *arena, const uint8_t *data, size_t size)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;
	const unsigned char *copy = arena_copy(arena, data, size);
	const struct store_file old = {.exists = true, .readable = true, .data = copy, .length = size};
	const struct context context = {.name = "x", .endpoint = "tcp://h:1"};
	struct live_context now;

	context_parse(arena, data, size, &now, NULL);
	context_print(&context, &old, &out);
	if (context_parse(arena, out.data, out.length, &now, NULL) < 0 || strcmp(now.name, "x") != 0 ||
	    strcmp(now.endpoint, "tcp://h:1") != 0)
		abort();
}

static void expect_current(struct arena *arena, const struct text *config, const char *wanted)
{
	const char *name;

	if (docker_config_current(arena, config->data, config->length, &name, NULL) < 0 || strcmp(name, wanted) != 0)
		abort();
}

static void configuration(struct arena *arena, const uint8_t *data, size_t size)
{
	CLEANUP_TEXT struct text set = TEXT_INIT, unset = TEXT_INIT;
	struct error err = ERROR_INIT;

	if (docker_config_print(data, size, "new", &set, &err) < 0)
		return;
	expect_current(arena, &set, "new");
	if (docker_config_print(set.data, set.length, "", &unset, &err) < 0)
		abort();
	expect_current(arena, &unset, "");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA struct arena *arena = arena_new();

	metadata(arena, data, size);
	configuration(arena, data, size);
	return 0;
}
