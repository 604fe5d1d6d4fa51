/* Reads and writes the file `current` as BuildX does with encoding/json. */
#include "codec/current.h"

#include "base/digest.h"
#include "base/json.h"
#include "codec/gojson.h"

#include <string.h>

int current_parse(struct arena *arena, const void *data, size_t length, struct current *ret_current, struct error *err)
{
	CLEANUP_JSON cJSON *json = NULL;
	struct current current;

	if (json_parse(data, length, &json, err) < 0)
		return -1;
	if (!cJSON_IsObject(json) && !cJSON_IsNull(json))
		return error_set(err, ERROR_CORRUPT, "it is %s, not an object", gojson_type(json));
	if (gojson_text(json, "", "Key", &current.key, err) < 0 ||
	    gojson_text(json, "", "Name", &current.name, err) < 0 ||
	    gojson_bool(json, "", "Global", &current.global, err) < 0)
		return -1;
	current.key = arena_strdup(arena, current.key);
	current.name = arena_strdup(arena, current.name);
	*ret_current = current;
	return 0;
}

void current_print(const char *endpoint, const char *name, struct text *out)
{
	text_puts(out, "{\"Key\":");
	gojson_print_text(out, endpoint ? endpoint : "");
	text_puts(out, ",\"Name\":");
	gojson_print_text(out, name ? name : "");
	text_puts(out, ",\"Global\":false}");
}

void defaults_file_name(const char *endpoint, char ret_name[21])
{
	char hex[DIGEST_HEX];

	digest_hex(endpoint, strlen(endpoint), hex);
	memcpy(ret_name, hex, 20);
	ret_name[20] = '\0';
}
