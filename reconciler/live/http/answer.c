/* Keeps, hands on or refuses what comes of an answer. */
#include "live/http/answer.h"

#include "base/limits.h"
#include "live/http/failure.h"
#include "live/http/text.h"

#include <string.h>

enum { GARBLED_KEPT = 200 };

void answer_begin(struct answer *answer, const struct http_request *request)
{
	*answer = (struct answer){.request = request};
	answer->body.cap = request->cap > 0 ? request->cap : LIMIT_ANSWER;
}

static void header_keep(const char *line, size_t length, const char *name, char ret_value[HEADER_KEPT])
{
	const char *value = http_header_value(line, length, name, &length);

	if (!value)
		return;
	if (length > HEADER_KEPT - 1)
		length = HEADER_KEPT - 1;
	memcpy(ret_value, value, length);
	ret_value[length] = '\0';
}

void answer_take_header(struct answer *answer, const char *line, size_t length)
{
	header_keep(line, length, "Server", answer->server);
	header_keep(line, length, "Api-Version", answer->api_version);
	if (!answer->request->on_header)
		return;
	while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r'))
		length--;
	answer->request->on_header(answer->request->context, line, length);
}

int answer_take_body(struct answer *answer, int status, const char *data, size_t length)
{
	if (answer->request->on_data && status == 200) {
		answer->refused = answer->request->on_data(answer->request->context, data, length) < 0;
		return answer->refused ? -1 : 0;
	}
	answer->over_cap = buffer_append(&answer->body, data, length) < 0;
	return answer->over_cap ? -1 : 0;
}

int answer_take_garbage(struct answer *answer, const char *data, size_t length)
{
	buffer_fill(&answer->body, data, length < GARBLED_KEPT ? length : GARBLED_KEPT);
	answer->garbled = true;
	return -1;
}

bool answer_error(const struct answer *answer, struct error *err)
{
	if (answer->over_cap)
		error_set(err, ERROR_CORRUPT, "the answer is larger than %zu KiB", answer->body.cap / 1024);
	else if (answer->garbled)
		http_garbled_error(buffer_text(&answer->body), err);
	else if (answer->refused)
		error_set(err, ERROR_CORRUPT, "the answer was not understood");
	return answer->over_cap || answer->garbled || answer->refused;
}

struct http_response answer_response(const struct answer *answer, int status, const struct error *failure)
{
	return (struct http_response){
		.failure = failure,
		.status = status,
		.body = buffer_text(&answer->body),
		.length = answer->body.length,
		.server = answer->server,
		.api_version = answer->api_version,
	};
}
