/* Makes gRPC calls of HTTP/2 requests: frames, trailers, statuses. */
#include "live/buildkit/grpc.h"

#include "base/arena.h"
#include "base/count.h"
#include "base/limits.h"
#include "base/text.h"
#include "live/http/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { WORDS_CAP = 2048 };

static int hex(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

void grpc_words(const char *encoded, size_t length, char *ret_words, size_t size)
{
	size_t out = 0;

	for (size_t i = 0; i < length && out + 1 < size; i++) {
		bool escape =
			encoded[i] == '%' && i + 2 < length && hex(encoded[i + 1]) >= 0 && hex(encoded[i + 2]) >= 0;
		char byte = escape ? (char)(hex(encoded[i + 1]) * 16 + hex(encoded[i + 2])) : encoded[i];
		i += escape ? 2 : 0;
		ret_words[out++] = byte != '\0' ? byte : ' ';
	}
	ret_words[out] = '\0';
}

static int status_number(const char *text, size_t length)
{
	int number = 0;

	if (length == 0 || length > 3)
		return GRPC_NO_STATUS;
	for (size_t i = 0; i < length; i++) {
		if (text[i] < '0' || text[i] > '9')
			return GRPC_NO_STATUS;
		number = number * 10 + (text[i] - '0');
	}
	return number;
}

/* The status is in the trailers, or in the headers when there is nothing else. */
static void take_header(void *context, const char *line, size_t length)
{
	struct grpc_call *call = context;
	const char *value;
	size_t value_length;

	value = http_header_value(line, length, "grpc-status", &value_length);
	if (value)
		call->status = status_number(value, value_length);
	value = http_header_value(line, length, "grpc-message", &value_length);
	if (value) {
		CLEANUP_ARENA struct arena *arena = arena_new();
		char words[WORDS_CAP];
		grpc_words(value, value_length, words, sizeof(words));
		snprintf(call->words, sizeof(call->words), "%s", text_printable(arena, words, false));
	}
	value = http_header_value(line, length, "content-type", &value_length);
	if (value)
		call->is_grpc = value_length >= 16 && strncasecmp(value, "application/grpc", 16) == 0;
}

static int take_data(void *context, const char *data, size_t length)
{
	struct grpc_call *call = context;

	/* What is no gRPC is told by its status and type, when it has ended. */
	if (!call->is_grpc || call->is_broken)
		return 0;
	if (grpc_frames_feed(&call->frames, data, length, &call->broken) == 0)
		return 0;
	call->is_broken = true;
	return -1;
}

static int ignore_message(void *context, const unsigned char *data, size_t length, struct error *err)
{
	(void)context;
	(void)data;
	(void)length;
	(void)err;
	return 0;
}

static int status_error(const struct grpc_call *call, struct error *err)
{
	static const struct {
		int status;
		enum error_kind kind;
		const char *name;
	} rows[] = {
		{1, ERROR_UNREACHABLE, "cancelled"},
		{2, ERROR_OTHER, "unknown"},
		{3, ERROR_OTHER, "invalid argument"},
		{GRPC_DEADLINE_EXCEEDED, ERROR_UNREACHABLE, "deadline exceeded"},
		{GRPC_NOT_FOUND, ERROR_NOT_FOUND, "not found"},
		{GRPC_ALREADY_EXISTS, ERROR_EXISTS, "already exists"},
		{GRPC_PERMISSION_DENIED, ERROR_UNREACHABLE, "permission denied"},
		{8, ERROR_OTHER, "resource exhausted"},
		{9, ERROR_OTHER, "failed precondition"},
		{10, ERROR_OTHER, "aborted"},
		{11, ERROR_OTHER, "out of range"},
		{GRPC_UNIMPLEMENTED, ERROR_OTHER, "unimplemented"},
		{13, ERROR_OTHER, "internal"},
		{GRPC_UNAVAILABLE, ERROR_UNREACHABLE, "unavailable"},
		{15, ERROR_OTHER, "data loss"},
		{GRPC_UNAUTHENTICATED, ERROR_UNREACHABLE, "unauthenticated"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		if (rows[i].status != call->status)
			continue;
		if (call->words[0] != '\0')
			return error_set(err, rows[i].kind, "the daemon says \"%s\" (%s)", call->words, rows[i].name);
		return error_set(err, rows[i].kind, "the daemon says: %s", rows[i].name);
	}
	return error_set(err, ERROR_OTHER, "the daemon says \"%s\" (gRPC status %d)", call->words, call->status);
}

/* 0: the call succeeded. */
static int assess(struct grpc_call *call, const struct http_response *response, struct error *err)
{
	if (call->is_broken) {
		error_copy(err, &call->broken);
		call->status = GRPC_NO_STATUS;
		return -1;
	}
	/* A server may say why, and then reset the stream. */
	if (call->is_grpc && call->status > 0)
		return status_error(call, err);
	if (response->failure) {
		error_copy(err, response->failure);
		call->status = GRPC_NO_STATUS;
		return -1;
	}
	if (response->status != 200 || !call->is_grpc) {
		call->status = GRPC_NO_STATUS;
		return error_set(err, ERROR_UNREACHABLE, "what answers there is no BuildKit daemon (HTTP status %d)",
				 response->status);
	}
	if (call->status == GRPC_NO_STATUS)
		return error_set(err, ERROR_CORRUPT, "the answer has no gRPC status");
	if (grpc_frames_end(&call->frames, err) < 0) {
		call->status = GRPC_NO_STATUS;
		return -1;
	}
	return 0;
}

static void answered(void *context, const struct http_response *response)
{
	struct grpc_call *call = context;
	struct error err = ERROR_INIT;

	int result = assess(call, response, &err);
	call->done(call->context, (enum grpc_status)call->status, result < 0 ? &err : NULL);
}

void grpc_start(struct http *http, const struct http_target *target, struct grpc_call *call)
{
	CLEANUP_TEXT struct text body = TEXT_INIT;
	unsigned char header[GRPC_HEADER];
	char timeout[48];
	const char *const headers[] = {"TE: trailers", call->timeout_ms > 0 ? timeout : NULL, NULL};

	call->frames = (struct grpc_frames){
		.cap = call->message_cap > 0 ? call->message_cap : LIMIT_DAEMON_MESSAGE,
		.count_cap = call->count_cap > 0 ? call->count_cap : 1,
		.on_message = call->on_message ? call->on_message : ignore_message,
		.context = call->context,
	};
	call->broken = (struct error)ERROR_INIT;
	call->is_broken = call->is_grpc = false;
	call->status = GRPC_NO_STATUS;
	call->words[0] = '\0';
	snprintf(timeout, sizeof(timeout), "grpc-timeout: %dm", call->timeout_ms);
	grpc_frame_header(call->length, header);
	text_append(&body, header, sizeof(header));
	if (call->length > 0)
		text_append(&body, call->message, call->length);
	struct http_request request = {
		.method = "POST",
		.path = call->method,
		.body = text_string(&body),
		.body_length = body.length,
		.content_type = "application/grpc",
		.headers = headers,
		.timeout_ms = call->timeout_ms,
		.deadline = call->deadline,
		.joins = call->joins,
		.on_data = take_data,
		.on_header = take_header,
		.done = answered,
		.context = call,
	};
	http_start(http, target, &request);
}

void grpc_cancel(struct http *http, struct grpc_call *call)
{
	http_cancel(http, call);
}

void grpc_done(struct grpc_call *call)
{
	grpc_frames_done(&call->frames);
}
