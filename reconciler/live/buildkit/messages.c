/* Reads and writes BuildKit's messages with the code that protoc-c makes of schemas/buildkit.proto. */
#include "live/buildkit/messages.h"

#include "base/clock.h"
#include "base/keyed.h"
#include "base/limits.h"
#include "base/xalloc.h"
#include "model/normal.h"

#include <buildkit.pb-c.h>
#include <stdlib.h>
#include <string.h>

/* A message of two-byte records grows a hundredfold when it is decoded: what that may take is bounded too. */
enum { TEXT_CAP = 1024 };

/* Memory of one decoding. */
struct budget {
	struct arena *arena;
	size_t left;
	bool spent;
};

static void *budget_alloc(void *context, size_t size)
{
	struct budget *budget = context;

	if (size > budget->left) {
		budget->spent = true;
		return NULL;
	}
	budget->left -= size;
	return arena_alloc(budget->arena, size > 0 ? size : 1);
}

static void budget_free(void *context, void *pointer)
{
	(void)context;
	(void)pointer;
}

/* The message lives as long as scratch. */
static void *decode(struct arena *scratch, const ProtobufCMessageDescriptor *descriptor, const void *data,
		    size_t length, struct error *err)
{
	struct budget budget = {.arena = scratch, .left = LIMIT_DAEMON_DECODED};
	ProtobufCAllocator allocator = {.alloc = budget_alloc, .free = budget_free, .allocator_data = &budget};
	void *message = protobuf_c_message_unpack(descriptor, &allocator, length, data);

	if (message)
		return message;
	if (budget.spent)
		error_set(err, ERROR_CORRUPT, "the daemon's answer (%s) takes more than %d MiB of memory",
			  descriptor->short_name, LIMIT_DAEMON_DECODED / LIMIT_MIB);
	else
		error_set(err, ERROR_CORRUPT, "the daemon's answer was not understood (%s)", descriptor->short_name);
	return NULL;
}
#define DECODE(scratch, name, data, length, err)                                                                       \
	((Moby__Buildkit__V1__##name *)decode((scratch), descriptor_##name(), (data), (length), (err)))

#define DESCRIPTOR(name, symbol)                                                                                       \
	static const ProtobufCMessageDescriptor *descriptor_##name(void)                                               \
	{                                                                                                              \
		return &moby__buildkit__v1__##symbol##__descriptor;                                                    \
	}
DESCRIPTOR(InfoResponse, info_response)
DESCRIPTOR(ListWorkersResponse, list_workers_response)
DESCRIPTOR(DiskUsageResponse, disk_usage_response)
DESCRIPTOR(BuildHistoryEvent, build_history_event)
DESCRIPTOR(UsageRecord, usage_record)

/* NULL for nothing. */
static const char *text_of(struct arena *arena, const char *text)
{
	if (text_empty(text))
		return NULL;
	return text_printable(arena, arena_strndup(arena, text, strnlen(text, TEXT_CAP)), false);
}

static const char *version_of(struct arena *arena, const Moby__Buildkit__V1__BuildkitVersion *version)
{
	return version ? text_of(arena, version->version) : NULL;
}

int buildkit_read_info(struct arena *arena, const void *data, size_t length, const char **ret_version,
		       struct error *err)
{
	CLEANUP_ARENA struct arena *scratch = arena_new();
	const Moby__Buildkit__V1__InfoResponse *info = DECODE(scratch, InfoResponse, data, length, err);

	if (!info)
		return -1;
	*ret_version = version_of(arena, info->buildkitversion);
	return 0;
}

static void read_platforms(struct arena *arena, const Moby__Buildkit__V1__WorkerRecord *record, struct worker *worker)
{
	for (size_t i = 0; i < record->n_platforms; i++) {
		const Moby__Buildkit__V1__Platform *platform = record->platforms[i];
		bool variant = !text_empty(platform->variant);
		const char *text = arena_printf(arena, "%s/%s%s%s", platform->os, platform->architecture,
						variant ? "/" : "", variant ? platform->variant : "");
		const char *normal = platform_normal(arena, text);
		if (!normal)
			normal = text_of(arena, text);
		if (!strings_contain(&worker->platforms, normal))
			strings_add(arena, &worker->platforms, normal);
	}
}

static void read_labels(struct arena *arena, const Moby__Buildkit__V1__WorkerRecord *record, struct worker *worker)
{
	for (size_t i = 0; i < record->n_labels; i++)
		strings_add(
			arena, &worker->labels,
			text_of(arena, arena_printf(arena, "%s=%s", record->labels[i]->key, record->labels[i]->value)));
	strings_sort(&worker->labels);
}

static void read_rules(struct arena *arena, const Moby__Buildkit__V1__WorkerRecord *record, struct worker *worker)
{
	for (size_t i = 0; i < record->n_gcpolicy; i++) {
		const Moby__Buildkit__V1__GCPolicy *policy = record->gcpolicy[i];
		struct gc_rule *rule = ARENA_PUSH(arena, worker->rules, worker->rule_count);
		*rule = (struct gc_rule){
			.all = policy->all != 0,
			.keep_duration = policy->keepduration,
			.reserved_space = policy->reservedspace,
			.max_used_space = policy->maxusedspace,
			.min_free_space = policy->minfreespace,
		};
		for (size_t j = 0; j < policy->n_filters; j++) {
			const char *filter = text_of(arena, policy->filters[j]);
			if (filter)
				strings_add(arena, &rule->filters, filter);
		}
	}
}

int buildkit_read_workers(struct arena *arena, const void *data, size_t length, struct daemon *daemon,
			  const char **ret_version, struct error *err)
{
	CLEANUP_ARENA struct arena *scratch = arena_new();
	const Moby__Buildkit__V1__ListWorkersResponse *list = DECODE(scratch, ListWorkersResponse, data, length, err);

	if (!list)
		return -1;
	*ret_version = NULL;
	daemon->worker_count = 0;
	for (size_t i = 0; i < list->n_record; i++) {
		const Moby__Buildkit__V1__WorkerRecord *record = list->record[i];
		struct worker *worker = ARENA_PUSH(arena, daemon->workers, daemon->worker_count);
		worker->id = text_of(arena, record->id);
		read_platforms(arena, record, worker);
		read_labels(arena, record, worker);
		read_rules(arena, record, worker);
		if (!*ret_version)
			*ret_version = version_of(arena, record->buildkitversion);
	}
	return 0;
}

static int64_t add(int64_t sum, int64_t bytes)
{
	if (bytes < 0)
		bytes = 0;
	return bytes > INT64_MAX - sum ? INT64_MAX : sum + bytes;
}

static struct disk_use *use_of(struct arena *arena, struct daemon *daemon, const char *type)
{
	for (size_t i = 0; i < daemon->disk_count; i++)
		if (strcmp(daemon->disk[i].type, type) == 0)
			return &daemon->disk[i];
	struct disk_use *use = ARENA_PUSH(arena, daemon->disk, daemon->disk_count);
	use->type = arena_strdup(arena, type);
	return use;
}

int buildkit_read_disk(struct arena *arena, const void *data, size_t length, struct daemon *daemon, struct error *err)
{
	CLEANUP_ARENA struct arena *scratch = arena_new();
	const Moby__Buildkit__V1__DiskUsageResponse *answer = DECODE(scratch, DiskUsageResponse, data, length, err);

	if (!answer)
		return -1;
	daemon->disk_count = 0;
	for (size_t i = 0; i < answer->n_record; i++) {
		const Moby__Buildkit__V1__UsageRecord *record = answer->record[i];
		const char *type = record->recordtype[0] == '\0' ? "regular" : record->recordtype;
		if (strcspn(type, "\\") > TEXT_CAP / 16 || daemon->disk_count >= LIMIT_DAEMON_TYPES)
			type = "other";
		struct disk_use *use = use_of(arena, daemon, text_printable(scratch, type, false));
		use->bytes = add(use->bytes, record->size);
		if (!record->inuse)
			use->reclaimable = add(use->reclaimable, record->size);
		use->records++;
	}
	KEYED_SORT(daemon->disk, daemon->disk_count);
	daemon->disk_known = true;
	return 0;
}

static const char *attribute(const Moby__Buildkit__V1__BuildHistoryRecord *record, const char *key)
{
	for (size_t i = 0; i < record->n_frontendattrs; i++)
		if (strcmp(record->frontendattrs[i]->key, key) == 0 && record->frontendattrs[i]->value[0] != '\0')
			return record->frontendattrs[i]->value;
	return NULL;
}

/* As docker/buildx names builds in its history: target and file of the frontend; build arguments may be secret. */
static const char *build_name(struct arena *arena, const Moby__Buildkit__V1__BuildHistoryRecord *record)
{
	const char *target = attribute(record, "target"), *file = attribute(record, "filename");

	if (target && file)
		return text_of(arena, arena_printf(arena, "target %s of %s", target, file));
	if (target)
		return text_of(arena, arena_printf(arena, "target %s", target));
	return text_of(arena, file ? file : record->frontend);
}

static const char *time_of(struct arena *arena, const Moby__Buildkit__V1__Timestamp *timestamp)
{
	char text[32];

	/* Years 1 to 9999, as google.protobuf.Timestamp has it. */
	if (!timestamp || timestamp->seconds < INT64_C(-62135596800) || timestamp->seconds > INT64_C(253402300799))
		return NULL;
	clock_rfc3339((time_t)timestamp->seconds, text);
	return arena_strdup(arena, text);
}

int buildkit_read_build(struct arena *arena, const void *data, size_t length, struct active_build **builds,
			size_t *count, struct error *err)
{
	CLEANUP_ARENA struct arena *scratch = arena_new();
	const Moby__Buildkit__V1__BuildHistoryEvent *event = DECODE(scratch, BuildHistoryEvent, data, length, err);

	if (!event)
		return -1;
	const Moby__Buildkit__V1__BuildHistoryRecord *record = event->record;
	if (!record || record->ref[0] == '\0')
		return 0;
	const char *ref = text_of(scratch, record->ref);
	size_t at = 0;
	while (at < *count && strcmp((*builds)[at].ref, ref) != 0)
		at++;
	bool active = event->type == MOBY__BUILDKIT__V1__BUILD_HISTORY_EVENT__TYPE__STARTED && !record->completedat;
	if (!active) {
		if (at < *count)
			memmove(*builds + at, *builds + at + 1, (--*count - at) * sizeof(**builds));
		return 0;
	}
	struct active_build *build = at < *count ? &(*builds)[at] : ARENA_PUSH(arena, *builds, *count);
	*build = (struct active_build){
		.ref = arena_strdup(arena, ref),
		.name = build_name(arena, record),
		.started = time_of(arena, record->createdat),
	};
	return 0;
}

int buildkit_read_pruned(const void *data, size_t length, int64_t *ret_bytes, struct error *err)
{
	CLEANUP_ARENA struct arena *scratch = arena_new();
	const Moby__Buildkit__V1__UsageRecord *record = DECODE(scratch, UsageRecord, data, length, err);

	if (!record)
		return -1;
	*ret_bytes = record->size > 0 ? record->size : 0;
	return 0;
}

static void encode(const ProtobufCMessage *message, struct text *out)
{
	unsigned char bytes[64];
	size_t length = protobuf_c_message_get_packed_size(message);

	if (length > sizeof(bytes))
		out_of_memory();
	protobuf_c_message_pack(message, bytes);
	text_append(out, bytes, length);
}

void buildkit_write_history(struct text *out)
{
	Moby__Buildkit__V1__BuildHistoryRequest request = MOBY__BUILDKIT__V1__BUILD_HISTORY_REQUEST__INIT;

	request.activeonly = 1;
	request.earlyexit = 1;
	encode(&request.base, out);
}

void buildkit_write_prune(bool all, struct text *out)
{
	Moby__Buildkit__V1__PruneRequest request = MOBY__BUILDKIT__V1__PRUNE_REQUEST__INIT;

	request.all = all;
	encode(&request.base, out);
}
