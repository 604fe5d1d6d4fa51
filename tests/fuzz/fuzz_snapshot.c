/* Whatever comes as a snapshot: no crash; what is taken is written, and read back to the same text. */
#include "codec/snapshot.h"

#include "base/json.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print(const struct live *live, struct text *out)
{
	CLEANUP_JSON cJSON *json = live_to_json(live);

	json_print(json, out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_TEXT struct text first = TEXT_INIT, second = TEXT_INIT;
	CLEANUP_JSON cJSON *json = NULL, *again = NULL;
	struct live *live = NULL, *reread = NULL;

	if (json_parse((const char *)data, size, &json, NULL) < 0 || live_from_json(json, &live, NULL) < 0)
		return 0;
	print(live, &first);
	live_free(live);
	if (json_parse(first.data, first.length, &again, NULL) < 0 || live_from_json(again, &reread, NULL) < 0)
		abort();
	print(reread, &second);
	live_free(reread);
	if (first.length != second.length || memcmp(first.data, second.data, first.length) != 0)
		abort();
	return 0;
}
