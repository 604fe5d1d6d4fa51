/* JSON -> live state. Snapshots may be hostile: every member is checked, and errors name its path in the JSON. */
#include "live/snapshot.h"

#include "base/json.h"
#include "live/snapshot_members.h"
#include "model/normal.h"
#include "model/secret.h"

#include <stdlib.h>
#include <string.h>

enum { PATH_CAP = 200, DIGEST_DIGITS = 64 };

/* Where in the JSON the reader is, outermost first. */
struct spot {
	const struct spot *above; /* NULL: the whole snapshot */
	const char *key;
	size_t index; /* of an item; NO_INDEX for a member */
};
static const size_t NO_INDEX = SIZE_MAX;

struct reader {
	struct live *live;
	struct arena *arena;
	struct error *err;
};

static const char *spot_text(const struct reader *reader, const struct spot *spot)
{
	if (spot == NULL)
		return "";
	const char *above = spot_text(reader, spot->above), *dot = *above == '\0' ? "" : ".";
	return spot->index == NO_INDEX
		       ? arena_printf(reader->arena, "%s%s%.*s", above, dot, PATH_CAP, spot->key)
		       : arena_printf(reader->arena, "%s%s%.*s[%zu]", above, dot, PATH_CAP, spot->key, spot->index);
}

static int bad(const struct reader *reader, const struct spot *above, const char *key, const char *wanted)
{
	struct spot spot = {above, key, NO_INDEX};

	(void)error_set(reader->err, ERROR_CORRUPT, "not a snapshot: %s %s",
			text_printable(reader->arena, spot_text(reader, &spot), false), wanted);
	return -1;
}

static int need(const struct reader *reader, const struct spot *at, const cJSON *json, const char *key,
		const cJSON **ret_item)
{
	*ret_item = json_get(json, key);
	return *ret_item != NULL ? 0 : bad(reader, at, key, "is missing");
}

static int read_text(const struct reader *reader, const struct spot *at, const cJSON *json, const char *key,
		     const char **ret_text)
{
	const cJSON *item;

	if (need(reader, at, json, key, &item) < 0)
		return -1;
	if (!cJSON_IsString(item) && !cJSON_IsNull(item))
		return bad(reader, at, key, "is not a text or null");
	*ret_text = arena_strdup(reader->arena, cJSON_GetStringValue(item));
	return 0;
}

static int read_name(const struct reader *reader, const struct spot *at, const cJSON *json, const char *key,
		     const char **ret_text)
{
	if (read_text(reader, at, json, key, ret_text) < 0)
		return -1;
	return text_empty(*ret_text) ? bad(reader, at, key, "is empty") : 0;
}

static int read_bool(const struct reader *reader, const struct spot *at, const cJSON *json, const char *key,
		     bool *ret_value)
{
	const cJSON *item;

	if (need(reader, at, json, key, &item) < 0)
		return -1;
	if (!cJSON_IsBool(item))
		return bad(reader, at, key, "is not true or false");
	*ret_value = cJSON_IsTrue(item);
	return 0;
}

static int read_integer(const struct reader *reader, const struct spot *at, const cJSON *json, const char *key,
			int64_t *ret_number)
{
	const cJSON *item;

	if (need(reader, at, json, key, &item) < 0)
		return -1;
	*ret_number = json_integer(json, key, INT64_MIN);
	return *ret_number == INT64_MIN ? bad(reader, at, key, "is not an integer") : 0;
}

static int read_array(const struct reader *reader, const struct spot *at, const cJSON *json, const char *key,
		      const cJSON **ret_array)
{
	if (need(reader, at, json, key, ret_array) < 0)
		return -1;
	return cJSON_IsArray(*ret_array) ? 0 : bad(reader, at, key, "is not a list");
}

static int read_texts(const struct reader *reader, const struct spot *at, const cJSON *json, const char *key,
		      struct strings *ret_texts)
{
	const cJSON *item, *array;

	if (read_array(reader, at, json, key, &array) < 0)
		return -1;
	cJSON_ArrayForEach(item, array)
	{
		if (!cJSON_IsString(item))
			return bad(reader, at, key, "holds something other than texts");
		strings_add(reader->arena, ret_texts, item->valuestring);
	}
	return 0;
}

static int read_options(const struct reader *reader, const struct spot *at, const cJSON *json, const char *key,
			struct pairs *ret_pairs)
{
	const cJSON *item, *object;

	if (need(reader, at, json, key, &object) < 0)
		return -1;
	if (!cJSON_IsObject(object))
		return bad(reader, at, key, "is not an object");
	cJSON_ArrayForEach(item, object)
	{
		if (!cJSON_IsString(item))
			return bad(reader, at, key, "holds something other than texts");
		struct pair *pair = ARENA_PUSH(reader->arena, ret_pairs->items, ret_pairs->count);
		pair->key = arena_strdup(reader->arena, item->string);
		pair->value = arena_strdup(reader->arena, item->valuestring);
		pair->secret = name_is_secret(pair->key) || text_equal(pair->value, SECRET_SHOWN);
	}
	pairs_sort(ret_pairs);
	for (size_t i = 1; i < ret_pairs->count; i++)
		if (text_equal(ret_pairs->items[i - 1].key, ret_pairs->items[i].key))
			return bad(reader, at, key, "names an option twice");
	return 0;
}

static int read_digest(const struct reader *reader, const struct spot *at, const cJSON *json, const char **ret_digest)
{
	if (read_text(reader, at, json, "digest", ret_digest) < 0)
		return -1;
	if (*ret_digest != NULL &&
	    (strlen(*ret_digest) != DIGEST_DIGITS || strspn(*ret_digest, "0123456789abcdef") != DIGEST_DIGITS))
		return bad(reader, at, "digest", "is not 64 hexadecimal digits");
	return 0;
}

static int read_config_file(const struct reader *reader, const struct spot *at, const cJSON *json,
			    struct config_file *file)
{
	const char *text = NULL;

	if (read_name(reader, at, json, "name", &file->name) < 0 ||
	    read_bool(reader, at, json, "secret", &file->secret) < 0)
		return -1;
	if (json_get(json, "text") != NULL) {
		if (read_text(reader, at, json, "text", &text) < 0)
			return -1;
		if (text == NULL)
			return bad(reader, at, "text", "is null");
	} else {
		if (read_digest(reader, at, json, &file->digest) < 0)
			return -1;
		if (file->digest == NULL)
			return bad(reader, at, "digest", "is null");
		text = arena_printf(reader->arena, "sha256:%s", file->digest);
	}
	file->data = (const unsigned char *)text;
	file->length = strlen(text);
	return 0;
}

static int read_files(const struct reader *reader, const struct spot *at, const cJSON *json, const char *key,
		      struct config_files *ret_files)
{
	const cJSON *item, *array;
	struct spot spot = {at, key, 0};

	if (read_array(reader, at, json, key, &array) < 0)
		return -1;
	cJSON_ArrayForEach(item, array)
	{
		struct config_file *file = ARENA_PUSH(reader->arena, ret_files->items, ret_files->count);

		if (read_config_file(reader, &spot, item, file) < 0)
			return -1;
		spot.index++;
	}
	config_files_sort(ret_files);
	return 0;
}

static int read_file(const struct reader *reader, const struct spot *at, const cJSON *json, const char *key,
		     struct raw_file *file)
{
	struct spot spot = {at, key, NO_INDEX};
	int64_t length, mode;
	const cJSON *object;

	if (need(reader, at, json, key, &object) < 0 || read_text(reader, &spot, object, "path", &file->path) < 0 ||
	    read_bool(reader, &spot, object, "in_docker_config", &file->in_docker_config) < 0 ||
	    read_bool(reader, &spot, object, "exists", &file->exists) < 0 ||
	    read_bool(reader, &spot, object, "readable", &file->readable) < 0 ||
	    read_integer(reader, &spot, object, "length", &length) < 0 ||
	    read_integer(reader, &spot, object, "mode", &mode) < 0 ||
	    read_digest(reader, &spot, object, &file->digest) < 0)
		return -1;
	if (length < 0)
		return bad(reader, &spot, "length", "is negative");
	if (mode < 0 || mode > 07777)
		return bad(reader, &spot, "mode", "is not a file mode");
	file->length = (size_t)length;
	file->mode = (unsigned)mode;
	return 0;
}

static int read_member(const struct reader *reader, const struct spot *at, const cJSON *json, const struct member *row,
		       void *member)
{
	switch (row->type) {
	case MEMBER_TEXT:
		return read_text(reader, at, json, row->key, member);
	case MEMBER_NAME:
		return read_name(reader, at, json, row->key, member);
	case MEMBER_BOOL:
		return read_bool(reader, at, json, row->key, member);
	case MEMBER_INTEGER:
		return read_integer(reader, at, json, row->key, member);
	case MEMBER_TEXTS:
	case MEMBER_ENV:
		return read_texts(reader, at, json, row->key, member);
	case MEMBER_OPTIONS:
		return read_options(reader, at, json, row->key, member);
	case MEMBER_FILES:
		return read_files(reader, at, json, row->key, member);
	case MEMBER_FILE:
		return read_file(reader, at, json, row->key, member);
	}
	return -1;
}

static int read_members(const struct reader *reader, const struct spot *at, const cJSON *json,
			const struct members *members, void *object)
{
	if (!cJSON_IsObject(json))
		return error_set(reader->err, ERROR_CORRUPT, "not a snapshot: %s%s%s is not an object", members->what,
				 at == NULL ? "" : ", ", spot_text(reader, at));
	for (size_t i = 0; i < members->count; i++)
		if (read_member(reader, at, json, &members->rows[i], (char *)object + members->rows[i].offset) < 0)
			return -1;
	return 0;
}

/* A list of objects of one table: an element of `size` bytes each, then `more` for what the table does not hold. */
struct list {
	const char *key;
	const struct members *members;
	size_t size;
	int (*more)(const struct reader *reader, const struct spot *at, const cJSON *json, void *element);
};

static int read_list(const struct reader *reader, const struct spot *above, const cJSON *json, const struct list *list,
		     void *ret_items, size_t *ret_count)
{
	struct spot spot = {above, list->key, 0};
	const cJSON *item, *array;

	if (read_array(reader, above, json, list->key, &array) < 0)
		return -1;
	size_t count = (size_t)cJSON_GetArraySize(array);
	char *items = arena_alloc(reader->arena, count * list->size);
	cJSON_ArrayForEach(item, array)
	{
		void *element = items + spot.index * list->size;

		if (read_members(reader, &spot, item, list->members, element) < 0 ||
		    (list->more != NULL && list->more(reader, &spot, item, element) < 0))
			return -1;
		spot.index++;
	}
	memcpy(ret_items, &items, sizeof(items));
	*ret_count = count;
	return 0;
}

static int builder_order(const void *a, const void *b)
{
	return strcmp(((const struct live_builder *)a)->name, ((const struct live_builder *)b)->name);
}

static int context_order(const void *a, const void *b)
{
	return strcmp(((const struct live_context *)a)->name, ((const struct live_context *)b)->name);
}

static int engine_order(const void *a, const void *b)
{
	return strcmp(((const struct engine *)a)->endpoint, ((const struct engine *)b)->endpoint);
}

static int container_order(const void *a, const void *b)
{
	return strcmp(((const struct container *)a)->name, ((const struct container *)b)->name);
}

static int volume_order(const void *a, const void *b)
{
	return strcmp(((const struct volume *)a)->name, ((const struct volume *)b)->name);
}

/* Lookups search sorted arrays without twins. */
static int sort_unique(const struct reader *reader, const struct spot *above, const char *key, void *items,
		       size_t count, size_t size, int (*order)(const void *, const void *))
{
	if (count > 1)
		qsort(items, count, size, order);
	for (size_t i = 1; i < count; i++)
		if (order((char *)items + (i - 1) * size, (char *)items + i * size) == 0)
			return bad(reader, above, key, "names one of them twice");
	return 0;
}

static int read_engine_more(const struct reader *reader, const struct spot *at, const cJSON *json, void *element)
{
	static const struct list containers = {"containers", &snapshot_container, sizeof(struct container), NULL};
	static const struct list volumes = {"volumes", &snapshot_volume, sizeof(struct volume), NULL};
	struct engine *engine = element;

	if (read_list(reader, at, json, &containers, &engine->containers, &engine->container_count) < 0 ||
	    read_list(reader, at, json, &volumes, &engine->volumes, &engine->volume_count) < 0 ||
	    sort_unique(reader, at, "containers", engine->containers, engine->container_count,
			sizeof(*engine->containers), container_order) < 0)
		return -1;
	return sort_unique(reader, at, "volumes", engine->volumes, engine->volume_count, sizeof(*engine->volumes),
			   volume_order);
}

/* The engine that an object names; NULL when it names none. */
static int read_engine_name(const struct reader *reader, const struct spot *at, const cJSON *json,
			    const struct engine **ret_engine)
{
	const char *name;

	if (read_text(reader, at, json, "engine", &name) < 0)
		return -1;
	*ret_engine = live_engine(reader->live, name);
	return name != NULL && *ret_engine == NULL ? bad(reader, at, "engine", "is not one of the engines") : 0;
}

static int read_state(const struct reader *reader, const struct spot *at, const cJSON *json, enum node_state *ret)
{
	const char *name;

	if (read_name(reader, at, json, "state", &name) < 0)
		return -1;
	for (enum node_state state = NODE_UNKNOWN; state <= NODE_UNHEALTHY; state++) {
		if (strcmp(node_state_name(state), name) == 0) {
			*ret = state;
			return 0;
		}
	}
	return bad(reader, at, "state", "is not a node's state");
}

static int read_node_more(const struct reader *reader, const struct spot *at, const cJSON *json, void *element)
{
	struct live_node *node = element;
	const char *container, *volume;

	if (read_state(reader, at, json, &node->state) < 0 || read_engine_name(reader, at, json, &node->engine) < 0 ||
	    read_text(reader, at, json, "container", &container) < 0 ||
	    read_text(reader, at, json, "volume", &volume) < 0)
		return -1;
	node->container = node->engine == NULL ? NULL : engine_container(node->engine, container);
	node->volume = node->engine == NULL ? NULL : engine_volume(node->engine, volume);
	if (container != NULL && node->container == NULL)
		return bad(reader, at, "container", "is not one of the engine's");
	return volume != NULL && node->volume == NULL ? bad(reader, at, "volume", "is not one of the engine's") : 0;
}

static int read_builder_more(const struct reader *reader, const struct spot *at, const cJSON *json, void *element)
{
	static const struct list nodes = {"nodes", &snapshot_node, sizeof(struct live_node), read_node_more};
	struct live_builder *builder = element;

	/* A builder of the store is a file: its name must not lead elsewhere. */
	if (!builder->context_builder && *name_problem(builder->name) != '\0')
		return bad(reader, at, "name", "is not a builder's name");
	return read_list(reader, at, json, &nodes, &builder->nodes, &builder->node_count);
}

static int read_orphan_more(const struct reader *reader, const struct spot *at, const cJSON *json, void *element)
{
	return read_engine_name(reader, at, json, &((struct orphan *)element)->engine);
}

static int read_fault(const struct reader *reader, const struct spot *at, const cJSON *json)
{
	struct faults *faults = &reader->live->faults;
	struct fault fault = {0};
	const char *code;

	if (read_name(reader, at, json, "code", &code) < 0 ||
	    read_name(reader, at, json, "subject", &fault.subject) < 0 ||
	    read_text(reader, at, json, "path", &fault.path) < 0 ||
	    read_name(reader, at, json, "message", &fault.message) < 0 ||
	    read_name(reader, at, json, "mend", &fault.mend) < 0)
		return -1;
	fault.kind = fault_kind_find(code);
	if (fault.kind != NULL) /* else it is of a later version: nothing here acts on it */
		*ARENA_PUSH(reader->arena, faults->items, faults->count) = fault;
	return 0;
}

static int read_faults(const struct reader *reader, const cJSON *json)
{
	struct spot spot = {NULL, "faults", 0};
	const cJSON *item, *array;

	if (read_array(reader, NULL, json, "faults", &array) < 0)
		return -1;
	cJSON_ArrayForEach(item, array)
	{
		if (read_fault(reader, &spot, item) < 0)
			return -1;
		spot.index++;
	}
	faults_sort(&reader->live->faults);
	return 0;
}

/* Engines first: nodes and orphans name them. */
static int read_lists(const struct reader *reader, const cJSON *json)
{
	static const struct list engines = {"engines", &snapshot_engine, sizeof(struct engine), read_engine_more};
	static const struct list contexts = {"contexts", &snapshot_context, sizeof(struct live_context), NULL};
	static const struct list builders = {"builders", &snapshot_builder, sizeof(struct live_builder),
					     read_builder_more};
	static const struct list orphans = {"orphans", &snapshot_orphan, sizeof(struct orphan), read_orphan_more};
	struct live *live = reader->live;

	if (read_list(reader, NULL, json, &engines, &live->engines, &live->engine_count) < 0 ||
	    sort_unique(reader, NULL, "engines", live->engines, live->engine_count, sizeof(*live->engines),
			engine_order) < 0 ||
	    read_list(reader, NULL, json, &contexts, &live->contexts, &live->context_count) < 0 ||
	    sort_unique(reader, NULL, "contexts", live->contexts, live->context_count, sizeof(*live->contexts),
			context_order) < 0 ||
	    read_list(reader, NULL, json, &builders, &live->builders, &live->builder_count) < 0 ||
	    sort_unique(reader, NULL, "builders", live->builders, live->builder_count, sizeof(*live->builders),
			builder_order) < 0 ||
	    read_list(reader, NULL, json, &orphans, &live->orphans, &live->orphan_count) < 0)
		return -1;
	return read_faults(reader, json);
}

static int read_version(const struct reader *reader, const cJSON *json)
{
	const char *version = json_string(json, "format_version");

	if (version == NULL)
		return error_set(reader->err, ERROR_CORRUPT,
				 "not a snapshot: it is not an object with a text \"format_version\"");
	if (!text_starts(version, "1."))
		return error_set(reader->err, ERROR_CORRUPT,
				 "the snapshot has format_version \"%.20s\"; this version reads 1.x",
				 text_printable(reader->arena, version, false));
	return 0;
}

int live_from_json(const cJSON *json, struct live **ret_live, struct error *err)
{
	struct live *live = live_new();
	struct reader reader = {live, live->arena, err};

	live->from_snapshot = true;
	if (read_version(&reader, json) < 0 || read_members(&reader, NULL, json, &snapshot_live, live) < 0 ||
	    read_lists(&reader, json) < 0) {
		live_free(live);
		return -1;
	}
	*ret_live = live;
	return 0;
}
