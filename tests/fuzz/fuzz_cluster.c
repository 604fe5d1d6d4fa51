/* Whatever an API server says of what lives in a namespace, and whatever frames come of a websocket: no crash, no name
 * that is none, and the same messages however the bytes are cut. The first byte says which. */
#include "live/kube/events.h"
#include "live/kube/gather.h"
#include "live/kube/websocket.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CAP = 4096, UP = 64 * 1024 };

/* --- websockets ----------------------------------------------------------------------------------------------------
 */

struct heard {
	uint64_t digest;
	size_t messages, answers; /* answers: bytes, whose masks are by chance */
	int result, close_code;
	bool closed;
};

static int hear(void *context, const void *data, size_t length, struct error *err)
{
	struct heard *heard = context;
	const unsigned char *bytes = data;

	(void)err;
	for (size_t i = 0; i < length; i++)
		heard->digest = (heard->digest ^ bytes[i]) * UINT64_C(1099511628211);
	heard->messages++;
	if (length > CAP)
		abort();
	return 0;
}

static void feed(const uint8_t *data, size_t size, size_t piece, struct heard *ret_heard)
{
	struct buffer up = BUFFER_INIT(UP);
	struct websocket socket = {.cap = CAP, .up = &up, .on_message = hear, .context = ret_heard};
	struct error err = ERROR_INIT;

	*ret_heard = (struct heard){0};
	while (size > 0 && ret_heard->result == 0) {
		size_t part = size < piece ? size : piece;

		ret_heard->result = websocket_feed(&socket, data, part, &err);
		data += part;
		size -= part;
	}
	if (ret_heard->result < 0 && err.message[0] == '\0')
		abort();
	ret_heard->answers = up.length;
	ret_heard->closed = socket.closed;
	ret_heard->close_code = socket.close_code;
	websocket_done(&socket);
	buffer_done(&up);
}

static void frames(const uint8_t *data, size_t size)
{
	struct heard whole, bytes;

	feed(data, size, SIZE_MAX, &whole);
	feed(data, size, 1, &bytes);
	if (whole.digest != bytes.digest || whole.messages != bytes.messages || whole.answers != bytes.answers ||
	    whole.result != bytes.result || whole.closed != bytes.closed || whole.close_code != bytes.close_code)
		abort();
}

/* --- what lives there ----------------------------------------------------------------------------------------------
 */

static void check(const struct cluster *cluster)
{
	for (size_t i = 0; i < cluster->workload_count; i++) {
		const struct workload *workload = &cluster->workloads[i];

		if (!kube_name_valid(workload->name))
			abort();
		for (size_t k = 0; k < workload->pod_count; k++)
			if (!kube_name_valid(workload->pods[k].name))
				abort();
		for (size_t k = 0; k < workload->config_count; k++)
			if (!text_starts(workload->configs[k].name, workload->name))
				abort();
	}
	for (size_t i = 0; i < cluster->claim_count; i++)
		if (!kube_name_valid(cluster->claims[i].name) || !cluster->claims[i].workload)
			abort();
}

/* The same text as every list at once, so that what one of them has the others find. */
static void lists(struct arena *arena, const char *text, size_t size)
{
	struct kube_found found = {.workloads = {{.kind = WORKLOAD_DEPLOYMENT}, {.kind = WORKLOAD_STATEFUL_SET}}};
	struct kube_events events = {0};
	struct strings names = {0};
	struct cluster cluster = {.namespace = "n"};
	const char *more;

	strings_add(arena, &names, "ci0");
	for (size_t kind = 0; kind < WORKLOAD_KIND_COUNT; kind++)
		kube_parse_workloads(arena, text, size, &found.workloads[kind], &more, NULL);
	kube_parse_pods(arena, text, size, &found.pods, &more, NULL);
	kube_parse_config_maps(arena, text, size, &found.configs, &more, NULL);
	kube_parse_claims(arena, text, size, &found.claims, &more, NULL);
	kube_parse_events(arena, text, size, &events, &more, NULL);
	kube_parse_version(arena, text, size);
	kube_events_wanted(&found, &names);
	kube_gather(arena, &found, &names, &cluster);
	kube_events_tell(&events, &cluster);
	check(&cluster);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA struct arena *arena = arena_new();

	if (size == 0)
		return 0;
	/* Of answers, too, there is a NUL behind the last byte, and there may be others before it. */
	char *text = memcpy(arena_alloc(arena, size), data + 1, size - 1);
	if (data[0] == 'w')
		frames(data + 1, size - 1);
	else
		lists(arena, text, size - 1);
	return 0;
}
