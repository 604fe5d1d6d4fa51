/* Requests to an API server: credentials first, one target a pass, once more after a 401, later when it says so. */
#include "live/kube/client.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/xalloc.h"
#include "live/http/curl.h"
#include "live/http/text.h"
#include "live/kube/door.h"
#include "live/kube/target.h"

#include <stdarg.h>
#include <string.h>

/* LANES: requests at once where each has a connection of its own: a handshake with a client certificate costs more
 * than waiting for one that is there. */
enum { STEP_MS = 1000, RETRIES = 3, RETRY_MAX_S = 30, LANES = 2 };

struct ask {
	struct ask *next, *previous;
	struct kube_client *client;
	struct kube_request request; /* its texts are the ask's own */
	const struct kube_pass *pass;
	int64_t deadline; /* 0: none */
	int retry_after_s, retries;
	bool renewed;
	bool counts, waits; /* has a lane; is to get the next one */
	struct buffer line; /* of a watch, not yet whole */
};

struct kube_client {
	struct arena *arena;
	struct kube_options options;
	const struct kube_config *config;
	struct kube_credentials *credentials;
	struct kube_target way;
	struct kube_door **doors; /* requests that are under way hold on to an older one */
	size_t door_count;
	struct ask *asks;
	size_t lanes; /* that are taken */
};

int kube_open(const struct kube_options *options, const struct kube_config *config, struct kube_client **ret_client,
	      struct error *err)
{
	struct arena *arena = arena_new();
	struct kube_client *client = ARENA_NEW(arena, struct kube_client);

	*client = (struct kube_client){.arena = arena, .options = *options, .config = config};
	if (kube_target_make(arena, config, options->environ, &client->way, err) < 0 ||
	    kube_credentials_new(options, config, &client->credentials, err) < 0) {
		error_wrap(err, "%s", kube_config_name(arena, config));
		kube_close(client);
		return -1;
	}
	*ret_client = client;
	return 0;
}

static void again(void *context);

static bool is_crowded(const struct kube_client *client)
{
	return client->lanes >= LANES && curl_h2_sharing_is_broken();
}

/* Whoever goes may have been the one that was let in last. */
static void let_in(struct kube_client *client)
{
	struct ask *oldest = NULL;

	if (is_crowded(client))
		return;
	for (struct ask *ask = client->asks; ask; ask = ask->next)
		if (ask->waits)
			oldest = ask;
	if (!oldest)
		return;
	oldest->waits = false;
	http_after(client->options.http, 0, again, oldest);
}

static void ask_free(struct ask *ask)
{
	struct kube_client *client = ask->client;

	client->lanes -= ask->counts;
	if (ask->previous)
		ask->previous->next = ask->next;
	else
		client->asks = ask->next;
	if (ask->next)
		ask->next->previous = ask->previous;
	http_cancel(client->options.http, ask);
	kube_credentials_forget(client->credentials, ask);
	free((char *)(uintptr_t)ask->request.method);
	free((char *)(uintptr_t)ask->request.path);
	free((char *)(uintptr_t)ask->request.body);
	free((char *)(uintptr_t)ask->request.content_type);
	buffer_done(&ask->line);
	free(ask);
	let_in(client);
}

static void ask_drop(struct ask *ask)
{
	void (*dropped)(void *) = ask->request.dropped;
	void *context = ask->request.context;

	ask_free(ask);
	if (dropped)
		dropped(context);
}

void kube_close(struct kube_client *client)
{
	if (!client)
		return;
	while (client->asks)
		ask_drop(client->asks);
	kube_credentials_free(client->credentials);
	arena_free(client->arena);
}

const struct kube_config *kube_client_config(const struct kube_client *client)
{
	return client->config;
}

struct http *kube_client_http(const struct kube_client *client)
{
	return client->options.http;
}

struct kube_credentials *kube_client_credentials(const struct kube_client *client)
{
	return client->credentials;
}

int kube_client_timeout(const struct kube_client *client)
{
	return client->options.timeout_ms;
}

void kube_cancel(struct kube_client *client, const void *context)
{
	struct ask *next;

	for (struct ask *ask = client->asks; ask; ask = next) {
		next = ask->next;
		if (ask->request.context == context || (ask->request.owner && ask->request.owner == context))
			ask_drop(ask);
	}
}

const struct kube_door *kube_client_door(struct kube_client *client, const struct kube_pass *pass)
{
	size_t count = 0, used = 0;

	for (size_t i = 0; i < client->door_count; i++)
		if (client->doors[i]->pass == pass)
			return client->doors[i];
	struct kube_door *door = ARENA_NEW(client->arena, struct kube_door);
	*door = (struct kube_door){
		.pass = pass, .target = client->way.target, .host = client->way.host, .base = client->way.base};
	door->target.cert_pem = pass->certificate;
	door->target.key_pem = pass->key;
	while (pass->headers[count])
		count++;
	const char **headers = ARENA_ARRAY(client->arena, const char *, count + 3);
	for (; used < count; used++)
		headers[used] = pass->headers[used];
	headers[used++] = "Accept: application/json";
	if (client->way.host_header)
		headers[used++] = client->way.host_header;
	door->headers = headers;
	*ARENA_PUSH(client->arena, client->doors, client->door_count) = door;
	return door;
}

/* Takes the ask off before anybody hears of it: done() may ask and cancel. */
static void finish(struct ask *ask, const struct kube_answer *answer)
{
	void (*done)(void *, const struct kube_answer *) = ask->request.done;
	void *context = ask->request.context;

	ask_free(ask);
	done(context, answer);
}

static void fail(struct ask *ask, enum kube_trouble trouble, const struct error *failure)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct error err = *failure;

	error_wrap(&err, "%s", kube_config_name(arena, ask->client->config));
	finish(ask, &(struct kube_answer){.trouble = trouble, .failure = &err, .body = ""});
}

static void start(void *context, const struct kube_pass *pass, const struct error *failure);

static void again(void *context)
{
	struct ask *ask = context;

	kube_credentials_want(ask->client->credentials, start, ask);
}

/* Whether it is to be asked once more, and is. */
static bool ask_again(struct ask *ask, const struct http_response *response)
{
	struct kube_client *client = ask->client;

	if (response->status == 401 && !ask->renewed && kube_credentials_refused(client->credentials, ask->pass)) {
		ask->renewed = true;
		again(ask);
		return true;
	}
	bool busy = response->status == 429 || response->status == 503;
	int wait_s = ask->retry_after_s;
	if (!busy || wait_s <= 0 || wait_s > RETRY_MAX_S || ask->retries == RETRIES ||
	    (ask->deadline != 0 && clock_ms() + wait_s * 1000LL >= ask->deadline))
		return false;
	ask->retries++;
	http_after(client->options.http, wait_s * 1000, again, ask);
	return true;
}

static void answered(void *context, const struct http_response *response)
{
	struct ask *ask = context;
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct kube_status status;
	struct error err = ERROR_INIT;

	if (response->failure) {
		/* One that is too large came all the same. */
		bool came = response->status >= 200 && response->failure->kind == ERROR_CORRUPT;
		fail(ask, came && !ask->request.on_line ? KUBE_BROKEN : KUBE_NO_ANSWER, response->failure);
		return;
	}
	if (ask_again(ask, response))
		return;
	bool fine = response->status >= 200 && response->status < 300;
	bool said = !fine && kube_status_parse(arena, response->body, response->length, &status);
	const struct kube_failed failed = {ask->client->config, response->status, said ? &status : NULL,
					   response->body};
	struct kube_answer answer = {
		.trouble = kube_trouble_of(&failed, &err),
		.failure = fine ? NULL : &err,
		.code = response->status,
		.status = failed.status,
		.body = response->body,
		.length = response->length,
	};
	if (!fine)
		error_wrap(&err, "%s", kube_config_name(arena, ask->client->config));
	finish(ask, &answer);
}

static void take_header(void *context, const char *line, size_t length)
{
	struct ask *ask = context;
	size_t size;
	const char *value = http_header_value(line, length, "Retry-After", &size);

	if (value && size > 0 && size < 6)
		ask->retry_after_s = (int)strtol(value, NULL, 10);
}

static int take_lines(void *context, const char *data, size_t length)
{
	struct ask *ask = context;

	while (length > 0) {
		const char *end = memchr(data, '\n', length);
		size_t part = end ? (size_t)(end - data) : length;

		if (buffer_append(&ask->line, data, part) < 0)
			return -1;
		if (!end)
			return 0;
		if (ask->line.length > 0 &&
		    ask->request.on_line(ask->request.context, buffer_text(&ask->line), ask->line.length) < 0)
			return -1;
		buffer_clear(&ask->line);
		data += part + 1;
		length -= part + 1;
	}
	return 0;
}

/* A watch has none, as it may go on for long. */
static bool takes_lane(struct ask *ask)
{
	if (ask->counts || ask->request.on_line)
		return true;
	ask->waits = is_crowded(ask->client);
	if (ask->waits)
		return false;
	ask->counts = true;
	ask->client->lanes++;
	return true;
}

static void start(void *context, const struct kube_pass *pass, const struct error *failure)
{
	struct ask *ask = context;
	struct kube_client *client = ask->client;

	if (failure) {
		fail(ask, KUBE_NO_CREDENTIALS, failure);
		return;
	}
	if (!takes_lane(ask))
		return;
	int timeout_ms = ask->request.timeout_ms > 0 ? ask->request.timeout_ms : client->options.timeout_ms;
	if (ask->request.timeout_ms < 0)
		timeout_ms = 0;
	/* The time that a plugin took is not the server's. */
	if (ask->deadline == 0 && timeout_ms > 0)
		ask->deadline = clock_ms() + timeout_ms;
	ask->pass = pass;
	ask->retry_after_s = 0;
	const struct kube_door *door = kube_client_door(client, pass);
	const struct http_request request = {
		.method = ask->request.method,
		.path = ask->request.path,
		.body = ask->request.body,
		.content_type = ask->request.content_type,
		.headers = door->headers,
		.timeout_ms = timeout_ms,
		.deadline = ask->deadline,
		.idle_ms = ask->request.idle_ms,
		.cap = ask->request.cap > 0 ? ask->request.cap : LIMIT_KUBE_ANSWER,
		.on_data = ask->request.on_line ? take_lines : NULL,
		.on_header = take_header,
		.done = answered,
		.context = ask,
	};
	http_start(client->options.http, &door->target, &request);
}

void kube_ask(struct kube_client *client, const struct kube_request *request)
{
	struct ask *ask = XNEW(struct ask);

	*ask = (struct ask){.client = client, .request = *request, .line = BUFFER_INIT(LIMIT_KUBE_LINE)};
	ask->request.method = xstrdup(request->method ? request->method : "GET");
	ask->request.path = xstrdup(request->path);
	ask->request.body = request->body ? xstrdup(request->body) : NULL;
	ask->request.content_type = request->content_type ? xstrdup(request->content_type) : NULL;
	ask->next = client->asks;
	if (ask->next)
		ask->next->previous = ask;
	client->asks = ask;
	/* Never heard of before kube_ask() returns, whatever went wrong. */
	http_after(client->options.http, 0, again, ask);
}

struct text kube_path(const char *format, ...)
{
	struct text path = TEXT_INIT;
	va_list arguments;

	va_start(arguments, format);
	for (; *format != '\0'; format++) {
		if (format[0] == '%' && format[1] == 's') {
			http_escape(&path, va_arg(arguments, const char *), "");
			format++;
		} else {
			text_append(&path, format, 1);
			format += format[0] == '%' && format[1] == '%';
		}
	}
	va_end(arguments);
	return path;
}

struct calling {
	struct kube_reply *reply;
	struct error *err;
	bool done;
};

static void called(void *context, const struct kube_answer *answer)
{
	struct calling *calling = context;
	struct kube_reply *reply = calling->reply;

	calling->done = true;
	reply->trouble = answer->trouble;
	reply->code = answer->code;
	if (answer->failure) {
		error_copy(calling->err, answer->failure);
	} else if (buffer_append(&reply->body, answer->body, answer->length) < 0) {
		reply->trouble = KUBE_BROKEN;
		error_set(calling->err, ERROR_CORRUPT, "the answer is over %d MiB", LIMIT_KUBE_ANSWER / LIMIT_MIB);
	}
}

int kube_call(struct kube_client *client, const struct kube_request *request, struct kube_reply *ret_reply,
	      struct error *err)
{
	struct kube_request copy = *request;
	struct calling calling = {.reply = ret_reply, .err = err};

	*ret_reply = (struct kube_reply){.body = BUFFER_INIT(LIMIT_KUBE_ANSWER)};
	copy.done = called;
	copy.context = &calling;
	kube_ask(client, &copy);
	while (!calling.done)
		http_step(client->options.http, STEP_MS);
	return ret_reply->trouble == KUBE_FINE ? 0 : -1;
}

void kube_reply_done(struct kube_reply *reply)
{
	buffer_done(&reply->body);
}
