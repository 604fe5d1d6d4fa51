/* One request over the wire: where it goes, how long it may take, how it ended. */
#include "live/http/exchange.h"

#include "live/http/failure.h"
#include "live/http/libcurl.h"

#include <string.h>

void exchange_address(const struct exchange *exchange, struct text *authority, struct text *path)
{
	const char *host = exchange->target->origin + strlen(EXCHANGE_SCHEME);
	size_t length = strcspn(host, "/");

	text_append(authority, host, length);
	text_printf(path, "%s%s", host + length, exchange->request.path);
}

void exchange_end(struct exchange *exchange, int code, int os_errno)
{
	if (exchange->ended)
		return;
	exchange->ended = true;
	exchange->connected = exchange->line && exchange->line->connected;
	exchange->code = code;
	exchange->os_errno = os_errno;
	exchange->line = NULL;
}

int64_t exchange_limit(const struct exchange *exchange)
{
	int64_t idle = exchange->request.idle_ms > 0 ? exchange->active + exchange->request.idle_ms : 0;

	if (exchange->deadline == 0 || idle == 0)
		return exchange->deadline + idle;
	return exchange->deadline < idle ? exchange->deadline : idle;
}

void exchange_error(const struct exchange *exchange, struct error *err)
{
	struct http_failure failure = http_failure_at(exchange->target);
	bool by_idle = exchange->request.timeout_ms == 0;

	if (exchange->failure.message[0] != '\0') {
		error_copy(err, &exchange->failure);
		return;
	}
	if (answer_error(&exchange->answer, err))
		return;
	failure.code = exchange->code;
	failure.os_errno = exchange->os_errno;
	failure.text = exchange->os_errno != 0 ? strerror(exchange->os_errno) : "the server ended it";
	failure.connected = exchange->connected;
	failure.timeout_ms = by_idle ? exchange->request.idle_ms : exchange->request.timeout_ms;
	failure.idle = by_idle && exchange->connected;
	http_failure_error(&failure, err);
}
