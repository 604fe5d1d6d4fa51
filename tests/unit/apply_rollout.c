/* How the end of a rollout is seen: told by watches, or asked for where there are none, or they break. */
#include "kube_server.h"

#include "apply/objects.h"
#include "base/clock.h"

#define META(GENERATION) "\"metadata\":{\"name\":\"n\",\"labels\":{\"app\":\"n\"},\"generation\":" #GENERATION "}"
/* MADE: pods of whichever template. */
#define OBJECT(GENERATION, OBSERVED, MADE, UPDATED, READY)                                                             \
	"{" META(GENERATION) ",\"spec\":{\"replicas\":2},\"status\":{\"observedGeneration\":" #OBSERVED                \
			     ",\"replicas\":" #MADE ",\"updatedReplicas\":" #UPDATED ",\"availableReplicas\":" #READY  \
			     ",\"readyReplicas\":" #READY "}}"
#define POD(UID, REASON)                                                                                               \
	"{\"metadata\":{\"name\":\"p" #UID "\",\"uid\":\"" #UID "\",\"labels\":{\"app\":\"n\"},\"ownerReferences\":"   \
	"[{\"kind\":\"ReplicaSet\",\"name\":\"r\"}]},\"status\":{\"containerStatuses\":[{\"name\":\"buildkitd\","      \
	"\"restartCount\":3,\"state\":{\"waiting\":{\"reason\":\"" REASON "\"}}}]}}"
#define EVENT(TYPE, OBJECT) "{\"type\":\"" TYPE "\",\"object\":" OBJECT "}\n"
#define HALF OBJECT(2, 2, 2, 1, 2)
#define DONE OBJECT(2, 2, 2, 2, 2)
#define PULLS POD(1, "ImagePullBackOff")
#define STATUS(CODE, TEXT) "{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"" TEXT "\",\"code\":" #CODE "}"

/* What is answered: of the workload, one after the other, the last again and again; "": the connection ends. */
struct play {
	const char *asked[4];
	const char *told, *told_of_pods; /* by the watches; "" at first, and then nothing; NULL: they are forbidden */
	bool cut;			 /* they end behind that */
	const char *words;		 /* of the failure; NULL: it ends well */
	const char *said;		 /* in what is said meanwhile */
	int watches;			 /* of the workload; 0: any number */
};

static const struct play *play;
static int asks, watches;

static const char *reply(struct server *server, const char *status, const char *body)
{
	return arena_printf(server->arena, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%s", status, strlen(body), body);
}

static const char *watched(struct server *server, bool of_pods)
{
	const char *lines = of_pods ? play->told_of_pods : play->told;
	/* A connection with no length is one answer to its end. */
	const char *head =
		play->cut ? arena_printf(server->arena, "Content-Length: %zu\r\n", lines ? strlen(lines) : 0) : "";

	watches += !of_pods;
	if (!lines)
		return reply(server, "403 Forbidden", STATUS(403, "cannot watch"));
	return arena_printf(server->arena, "HTTP/1.1 200 OK\r\n%s\r\n%s", head, lines);
}

static const char *answer(struct server *server, const char *request)
{
	bool of_pods = text_starts(request, "GET /api/v1/namespaces/b/pods?labelSelector=app%3Dn");

	if (strstr(request, "watch=1"))
		return watched(server, of_pods);
	if (of_pods)
		return reply(server, "200 OK", "{\"items\":[" PULLS "]}");
	assert_true(text_starts(request, "GET /apis/apps/v1/namespaces/b/deployments/n "));
	const char *body = play->asked[asks];
	if (asks + 1 < (int)COUNT(play->asked) && play->asked[asks + 1])
		asks++;
	if (*body == '\0')
		return NULL;
	return reply(server, strstr(body, "Failure") ? "404 Not Found" : "200 OK", body);
}

static void keep(void *context, const char *line)
{
	struct text *said = context;

	text_printf(said, "%s\n", line);
}

static void await_rollout(const struct scratch *scratch, const struct play *row)
{
	extern char **environ;
	struct server server = {.answer = answer};
	CLEANUP_TEXT struct text said = TEXT_INIT;
	struct error err = ERROR_INIT;

	play = row;
	asks = watches = 0;
	struct cluster_way way = {.kubeconfig = write_user(scratch, server_start(scratch, &server), "{token: t}")};
	struct cluster cluster = {.key = "k", .ways = &way, .way_count = 1, .namespace = "b", .reachable = true};
	const struct live live = {.arena = scratch->arena, .clusters = &cluster, .cluster_count = 1};
	const struct apply_options options = {
		.environ = (const char *const *)environ, .timeout_ms = 10000, .boot_timeout_ms = 60000};
	struct execution run = {
		.live = &live, .options = &options, .arena = scratch->arena, .say = keep, .context = &said};
	struct objects objects = {.run = &run, .arena = scratch->arena};
	assert_int_equal(cluster_pool_get(&run, "k", &objects.cluster, &objects.client, &err), 0);
	int result = objects_await(&objects, WORKLOAD_DEPLOYMENT, "n", &err);
	cluster_pool_done(&run.clusters);
	server_stop(&server);

	assert_string_equal(row->words ? "" : err.message, "");
	assert_int_equal(result, row->words ? -1 : 0);
	if (row->words && !strstr(err.message, row->words))
		fail_msg("no \"%s\" in: %s", row->words, err.message);
	if (row->said && !strstr(text_string(&said), row->said))
		fail_msg("no \"%s\" in: %s", row->said, text_string(&said));
	if (row->watches > 0)
		assert_int_equal(watches, row->watches);
}

static void test_rollouts(void **state)
{
	static const struct play rows[] = {
		/* Told, whatever is said of pods; nothing is asked for twice: what is asked says something else. */
		{.asked = {HALF},
		 .told = EVENT("ADDED", HALF) EVENT("MODIFIED", DONE),
		 .told_of_pods = EVENT("ADDED", PULLS) EVENT("DELETED", PULLS),
		 .said = "1 of 2 pods are as asked and ready; ImagePullBackOff",
		 .watches = 1},
		{.asked = {DONE}},
		/* New pods beside those that are to go: which of them are ready is not told. */
		{.asked = {OBJECT(2, 2, 3, 2, 2)},
		 .told = EVENT("MODIFIED", OBJECT(2, 2, 4, 2, 3)) EVENT("MODIFIED", DONE),
		 .told_of_pods = "",
		 .said = "Deployment n: 1 of 2 pods are as asked and ready; ImagePullBackOff\n"},
		/* A watch of before the change. */
		{.asked = {HALF, HALF, DONE},
		 .told = EVENT("ADDED", OBJECT(1, 1, 2, 2, 2)),
		 .told_of_pods = "",
		 .cut = true},
		/* Not granted, and not tried again. */
		{.asked = {HALF, HALF, HALF, DONE}, .watches = 1},
		/* Begun anew, each time. */
		{.asked = {HALF, HALF, HALF, DONE}, .told = "", .told_of_pods = "", .cut = true, .watches = 3},
		{.asked = {HALF, HALF, DONE},
		 .told = EVENT("ERROR", STATUS(410, "too old resource version")),
		 .told_of_pods = "",
		 .watches = 2},
		{.asked = {HALF, DONE}, .told = "garbage\n", .told_of_pods = "", .watches = 1},
		/* The pods tell that it is in vain; one that is gone does not. */
		{.asked = {HALF},
		 .told = "",
		 .told_of_pods = EVENT("ADDED", POD(2, "CrashLoopBackOff")),
		 .words = "1 of 2 pods are as asked and ready; CrashLoopBackOff"},
		{.asked = {HALF, DONE},
		 .told = "",
		 .told_of_pods = EVENT("ADDED", POD(2, "CrashLoopBackOff")) EVENT("DELETED", PULLS),
		 .words = "1 of 2 pods are as asked and ready; CrashLoopBackOff"},
		{.asked = {HALF, DONE},
		 .told = "",
		 .told_of_pods = EVENT("DELETED", POD(2, "CrashLoopBackOff")) EVENT("BOOKMARK", "{}"),
		 .watches = 1},
		/* Somebody deletes it; nobody answers for a moment. */
		{.asked = {HALF, STATUS(404, "deployments n not found")},
		 .told = EVENT("DELETED", HALF),
		 .told_of_pods = "",
		 .words = "deployments n not found",
		 .watches = 1},
		{.asked = {HALF, "", "", DONE}, .said = "closed without an answer\n", .watches = 1},
		{.asked = {""}, .words = "closed without an answer"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		print_message("row %zu\n", i);
		await_rollout(*state, &rows[i]);
	}
}

/* The file was a stranger's when it was observed, and says a program only now. */
static void test_runs_nothing_of_strangers(void **state)
{
	extern char **environ;
	const struct scratch *scratch = *state;
	const char *ran = scratch_at(scratch, "ran");
	CLEANUP_TEXT struct text said = TEXT_INIT;
	const struct apply_options options = {.environ = (const char *const *)environ, .timeout_ms = 10000};

	for (int is_strangers = 0; is_strangers < 2; is_strangers++) {
		const char *user = arena_printf(scratch->arena,
						"{exec: {command: /usr/bin/touch, args: [%s], interactiveMode: Never, "
						"apiVersion: client.authentication.k8s.io/v1}}",
						ran);
		struct cluster_way way = {.kubeconfig = write_user(scratch, "https://127.0.0.1:1", user),
					  .is_strangers = is_strangers};
		struct cluster cluster = {.key = "k", .ways = &way, .way_count = 1};
		const struct live live = {.arena = scratch->arena, .clusters = &cluster, .cluster_count = 1};
		struct execution run = {
			.live = &live, .options = &options, .arena = scratch->arena, .say = keep, .context = &said};
		CLEANUP_KUBE_REPLY struct kube_reply reply = {0};
		struct error err = ERROR_INIT;
		const struct cluster *found;
		struct kube_client *client;

		assert_int_equal(cluster_pool_get(&run, "k", &found, &client, &err), 0);
		assert_int_equal(kube_call(client, &(struct kube_request){.path = "/version"}, &reply, &err), -1);
		cluster_pool_done(&run.clusters);
		assert_int_equal(file_exists(ran), !is_strangers);
		if (is_strangers)
			assert_non_null(strstr(err.message, "in the repository of the state files"));
		unlink(ran);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_rollouts, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(test_runs_nothing_of_strangers, scratch_setup, scratch_teardown)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
