/* HTTP/2 by nghttp2: exchanges as streams of one session a line. */
#include "base/cleanup.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "live/http/exchange.h"
#include "live/http/libcurl.h"
#include "live/http/must.h"

#include <nghttp2/nghttp2.h>
#include <stdlib.h>
#include <string.h>

/* Answers are capped by ours; what one stream does not read yet must not hold the others up. */
enum { STREAM_WINDOW = 1024 * 1024, LINE_WINDOW = 16 * 1024 * 1024, HEADERS_MAX = 16, NAME_ROOM = 64 };

static void *memory_get(size_t size, void *context)
{
	(void)context;
	return xmalloc(size);
}

static void memory_put(void *pointer, void *context)
{
	(void)context;
	free(pointer);
}

static void *memory_clear(size_t count, size_t size, void *context)
{
	(void)context;
	return xcalloc(count, size);
}

static void *memory_resize(void *pointer, size_t size, void *context)
{
	(void)context;
	return xrealloc(pointer, size);
}

static struct exchange *exchange_of(nghttp2_session *session, int32_t stream)
{
	return nghttp2_session_get_stream_user_data(session, stream);
}

/* As HTTP/1.1 would have it. */
static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name, size_t name_length,
		     const uint8_t *value, size_t value_length, uint8_t flags, void *context)
{
	struct exchange *exchange = exchange_of(session, frame->hd.stream_id);
	CLEANUP_TEXT struct text line = TEXT_INIT;

	(void)flags;
	(void)context;
	if (!exchange)
		return 0;
	if (name_length == 7 && memcmp(name, ":status", 7) == 0) {
		exchange->status = (int)strtol((const char *)value, NULL, 10); /* three digits, nghttp2 sees to that */
		return 0;
	}
	text_append(&line, name, name_length);
	text_puts(&line, ": ");
	text_append(&line, value, value_length);
	answer_take_header(&exchange->answer, text_string(&line), line.length);
	return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t stream, const uint8_t *data, size_t length,
		   void *context)
{
	struct exchange *exchange = exchange_of(session, stream);

	(void)flags;
	if (!exchange || answer_take_body(&exchange->answer, exchange->status, (const char *)data, length) == 0)
		return 0;
	exchange_end(exchange, CURLE_WRITE_ERROR, 0);
	h2_drop(context, exchange);
	return 0;
}

static int on_close(nghttp2_session *session, int32_t stream, uint32_t error_code, void *context)
{
	struct exchange *exchange = exchange_of(session, stream);

	(void)context;
	if (exchange)
		exchange_end(exchange,
			     error_code == NGHTTP2_NO_ERROR && exchange->status > 0 ? CURLE_OK : CURLE_HTTP2_STREAM, 0);
	return 0;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *context)
{
	struct exchange *exchange = exchange_of(session, frame->hd.stream_id);

	(void)context;
	if (exchange)
		exchange->heard_of = true;
	return 0;
}

/* 0, or a stream's id, where it did what it was to do. */
static void must_do(int code, const char *what)
{
	must_hold(code >= 0, code == NGHTTP2_ERR_NOMEM, what);
}

void h2_begin(struct line *line)
{
	static nghttp2_mem memory = {
		.malloc = memory_get, .free = memory_put, .calloc = memory_clear, .realloc = memory_resize};
	static const nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
							  {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, STREAM_WINDOW}};
	nghttp2_session_callbacks *callbacks;

	must_do(nghttp2_session_callbacks_new(&callbacks), "nghttp2_session_callbacks_new");
	nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
	nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
	nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
	nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
	must_do(nghttp2_session_client_new3(&line->h2, callbacks, line, NULL, &memory), "nghttp2_session_client_new3");
	nghttp2_session_callbacks_del(callbacks);
	must_do(nghttp2_submit_settings(line->h2, NGHTTP2_FLAG_NONE, settings, sizeof(settings) / sizeof(*settings)),
		"nghttp2_submit_settings");
	must_do(nghttp2_session_set_local_window_size(line->h2, NGHTTP2_FLAG_NONE, 0, LINE_WINDOW),
		"nghttp2_session_set_local_window_size");
}

bool h2_takes_more(const struct line *line)
{
	return nghttp2_session_check_request_allowed(line->h2) != 0;
}

static ssize_t read_body(nghttp2_session *session, int32_t stream, uint8_t *data, size_t room, uint32_t *flags,
			 nghttp2_data_source *source, void *context)
{
	struct exchange *exchange = exchange_of(session, stream);

	(void)source;
	(void)context;
	if (!exchange)
		return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE; /* dropped; its stream ends with that */
	size_t left = exchange->sent.length - exchange->body_read, some = left < room ? left : room;
	if (some > 0)
		memcpy(data, exchange->sent.data + exchange->body_read, some);
	exchange->body_read += some;
	if (some == left)
		*flags |= NGHTTP2_DATA_FLAG_EOF;
	return (ssize_t)some;
}

struct fields {
	nghttp2_nv items[HEADERS_MAX];
	size_t count;
};

static void add(struct fields *fields, const char *name, size_t name_length, const char *value)
{
	must(fields->count < HEADERS_MAX);
	fields->items[fields->count++] = (nghttp2_nv){.name = (uint8_t *)(uintptr_t)name,
						      .value = (uint8_t *)(uintptr_t)value,
						      .namelen = name_length,
						      .valuelen = strlen(value)};
}

/* "Name: value", the name in lower case, as HTTP/2 wants it. */
static void add_line(struct fields *fields, const char *text, char room[NAME_ROOM])
{
	size_t length = strcspn(text, ":");

	must(length < NAME_ROOM && text[length] == ':');
	for (size_t i = 0; i < length; i++)
		room[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] + 'a' - 'A' : text[i]);
	add(fields, room, length, text + length + 1 + strspn(text + length + 1, " "));
}

void h2_submit(struct line *line, struct exchange *exchange)
{
	const struct http_request *request = &exchange->request;
	CLEANUP_TEXT struct text authority = TEXT_INIT, path = TEXT_INIT;
	nghttp2_data_provider body = {.read_callback = read_body};
	bool has_body = strcmp(request->method, "POST") == 0 || request->body;
	char names[HEADERS_MAX][NAME_ROOM];
	struct fields fields = {0};

	exchange_address(exchange, &authority, &path);
	add(&fields, ":method", 7, request->method);
	add(&fields, ":scheme", 7, "http");
	add(&fields, ":authority", 10, text_string(&authority));
	add(&fields, ":path", 5, text_string(&path));
	add(&fields, "user-agent", 10, "reconcile/" RECONCILE_VERSION);
	if (has_body) {
		const char *text = request->body ? request->body : "";
		add(&fields, "content-type", 12, request->content_type ? request->content_type : "application/json");
		text_append(&exchange->sent, text, request->body_length > 0 ? request->body_length : strlen(text));
	}
	for (size_t i = 0; request->headers && request->headers[i]; i++)
		add_line(&fields, request->headers[i], names[fields.count]);
	exchange->stream =
		nghttp2_submit_request(line->h2, NULL, fields.items, fields.count, has_body ? &body : NULL, exchange);
	must_do(exchange->stream, "nghttp2_submit_request");
}

void h2_drop(struct line *line, struct exchange *exchange)
{
	nghttp2_session_set_stream_user_data(line->h2, exchange->stream, NULL);
	nghttp2_submit_rst_stream(line->h2, NGHTTP2_FLAG_NONE, exchange->stream, NGHTTP2_CANCEL);
}

int h2_take(struct line *line, const char *data, size_t length)
{
	return nghttp2_session_mem_recv(line->h2, (const uint8_t *)data, length) == (ssize_t)length ? 0 : -1;
}

void h2_say(struct line *line)
{
	const uint8_t *data;
	ssize_t length;

	while ((length = nghttp2_session_mem_send(line->h2, &data)) > 0)
		text_append(&line->out, data, (size_t)length);
}

bool h2_is_over(const struct line *line)
{
	return !nghttp2_session_want_read(line->h2) && !nghttp2_session_want_write(line->h2);
}

void h2_free(struct line *line)
{
	nghttp2_session_del(line->h2);
	line->h2 = NULL;
}
