/* Connections handed over: bytes to and from the other side, with what TLS there is. */
#include "live/http/stream.h"

#include "base/xalloc.h"
#include "live/http/http.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

struct http_stream {
	struct http_streams *streams;
	CURLM *multi;
	struct http_stream *next, *previous;
	CURL *easy; /* NULL: it is a socket and no more */
	struct curl_slist *connect_to;
	curl_socket_t fd;
};

static struct http_stream *add(struct http_streams *streams, struct http_stream of)
{
	struct http_stream *stream = XNEW(struct http_stream);

	*stream = of;
	stream->streams = streams;
	stream->next = streams->first;
	if (stream->next)
		stream->next->previous = stream;
	streams->first = stream;
	return stream;
}

struct http_stream *http_stream_of(struct http_streams *streams, int fd)
{
	return add(streams, (struct http_stream){.fd = fd});
}

struct http_stream *http_stream_new(struct http_streams *streams, CURLM *multi, CURL *easy,
				    struct curl_slist *connect_to)
{
	struct http_stream *stream = add(
		streams,
		(struct http_stream){.multi = multi, .easy = easy, .connect_to = connect_to, .fd = CURL_SOCKET_BAD});

	/* They point into the request that is over. */
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, NULL);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, NULL);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, NULL);
	curl_easy_getinfo(stream->easy, CURLINFO_ACTIVESOCKET, &stream->fd);
	return stream;
}

static ssize_t stream_result(CURLcode code, size_t count)
{
	if (code == CURLE_OK)
		return (ssize_t)count;
	errno = code == CURLE_AGAIN ? EAGAIN : ECONNRESET;
	return -1;
}

ssize_t http_stream_send(struct http_stream *stream, const void *data, size_t length)
{
	size_t count = 0;

	if (!stream->easy)
		return send(stream->fd, data, length, MSG_NOSIGNAL);
	CURLcode code = curl_easy_send(stream->easy, data, length, &count);

	return stream_result(code, count);
}

ssize_t http_stream_receive(struct http_stream *stream, void *data, size_t length)
{
	size_t count = 0;

	if (!stream->easy)
		return read(stream->fd, data, length);
	CURLcode code = curl_easy_recv(stream->easy, data, length, &count);

	return stream_result(code, count);
}

int http_stream_fd(const struct http_stream *stream)
{
	return stream->fd;
}

void http_stream_close(struct http_stream *stream)
{
	if (!stream)
		return;
	if (stream->previous)
		stream->previous->next = stream->next;
	else
		stream->streams->first = stream->next;
	if (stream->next)
		stream->next->previous = stream->previous;
	if (stream->easy) {
		curl_multi_remove_handle(stream->multi, stream->easy);
		curl_easy_cleanup(stream->easy);
		curl_slist_free_all(stream->connect_to);
	} else {
		close(stream->fd);
	}
	free(stream);
}

void http_streams_close(struct http_streams *streams)
{
	while (streams->first)
		http_stream_close(streams->first);
}
