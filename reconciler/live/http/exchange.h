/* What the files of the wire share: a request with its answer, and the connection that it goes over. Only for wire*.c.
 */
#ifndef RECONCILE_LIVE_HTTP_EXCHANGE_H
#define RECONCILE_LIVE_HTTP_EXCHANGE_H

#include "base/text_buffer.h"
#include "live/http/answer.h"

struct line;

/* One request. It belongs to the wire's list, from the start until done() was called. */
struct exchange {
	struct exchange *next, *previous;
	struct http_request request; /* of its texts the method alone is used later */
	const struct http_target *target;
	struct line *line; /* NULL: ended */
	struct text sent;  /* HTTP/1.1: all that it says; HTTP/2: the body */
	struct answer answer;
	int status;
	bool head_only;		  /* HEAD: no body comes */
	bool heard_of;		  /* some of the answer came */
	bool is_second;		  /* said again: the first connection had been closed since it was last used */
	int32_t stream;		  /* HTTP/2 */
	size_t body_read;	  /* HTTP/2: of sent */
	int64_t deadline, active; /* 0: none; when a byte last came, or it was begun */
	/* Once it has ended. */
	bool ended, connected;
	int fd;		      /* of connect_only; -1: none */
	int code, os_errno;   /* CURLcode */
	struct error failure; /* in place of a code; message "": none */
};

/* One connection. Over HTTP/1.1 it has one exchange at a time, or none and waits for the next. */
struct line {
	struct line *next;
	int fd;	     /* -1: closed, and soon gone */
	char *where; /* dial.h */
	bool is_h2, dialled, connected, used, wants_write;
	struct text out; /* what is to be sent, of which some is */
	size_t out_sent;
	struct exchange *exchange; /* HTTP/1.1 */
	struct h1 *h1;		   /* what was read of its answer; NULL: nothing */
	struct nghttp2_session *h2;
};

#define EXCHANGE_SCHEME "http://" /* of every origin here */

/* The authority of a target's origin, "docker" of "http://docker/base"; and what is asked for there, "/base/path". */
void exchange_address(const struct exchange *exchange, struct text *authority, struct text *path);
/* When it has taken too long, by clock_ms(); 0: never. */
int64_t exchange_limit(const struct exchange *exchange);
/* Ends it, with a CURLcode; the first end counts. */
void exchange_end(struct exchange *exchange, int code, int os_errno);
/* Why it failed, once it has. */
void exchange_error(const struct exchange *exchange, struct error *err);

/* HTTP/1.1. What the exchange will say; takes what came; takes the end of the connection. */
void h1_say(struct exchange *exchange);
/* 0: the answer goes on; 1: it has ended, and the line is free; -1: it has ended, and the line is to be closed. */
int h1_take(struct line *line, const char *data, size_t length);
void h1_closed(struct line *line, int os_errno);
void h1_free(struct h1 *h1); /* NULL is allowed */

/* HTTP/2: a session for the line, and all exchanges of it. */
void h2_begin(struct line *line);
bool h2_takes_more(const struct line *line);
void h2_submit(struct line *line, struct exchange *exchange);
void h2_drop(struct line *line, struct exchange *exchange);	 /* its end is not waited for */
int h2_take(struct line *line, const char *data, size_t length); /* -1: what came is no HTTP/2 */
void h2_say(struct line *line);					 /* what is to be said now, to line->out */
bool h2_is_over(const struct line *line);
void h2_free(struct line *line);

#endif
