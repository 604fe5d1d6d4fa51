/* HTTP/1.1 and HTTP/2 without TLS: over Unix sockets, as local Engines and daemons speak it and what comes through a
 * doorway does, and over TCP to addresses in digits. Most runs ask nobody else, and have no use for libcurl then, whose
 * loading and start cost more than all they do, and each of whose connections much more than ours. Only for
 * live/http/http.c: what http.h promises holds here as well.
 *
 *     wire_start(wire, target, request);         // where wire_serves(target); writes what can be written at once
 *     poll() of what wire_polled() adds, for no longer than wire_wait()
 *     wire_step(wire, polled, count);            // reads, writes, gives up what is late
 *     while (wire_reap(wire)) ;                  // calls done() of one request that has ended */
#ifndef RECONCILE_LIVE_HTTP_WIRE_H
#define RECONCILE_LIVE_HTTP_WIRE_H

#include "live/http/http.h"

#include <poll.h>

struct http_streams;
struct wire;

struct wire *wire_new(struct http_streams *streams); /* those get what connect_only asks for */
void wire_free(struct wire *wire);		     /* drops what is under way; NULL is allowed */
bool wire_serves(const struct http_target *target);
void wire_start(struct wire *wire, const struct http_target *target, const struct http_request *request);
void wire_cancel(struct wire *wire, const void *context);
/* Ends all that are under way with this error. */
void wire_give_up(struct wire *wire, const struct error *err);
size_t wire_count(const struct wire *wire); /* of requests that are under way or not reaped */
/* At most wire_lines() descriptors, to ret_polled; gives how many. */
size_t wire_lines(const struct wire *wire);
size_t wire_polled(const struct wire *wire, struct pollfd *ret_polled);
int wire_wait(const struct wire *wire, int wait_ms);
void wire_step(struct wire *wire, const struct pollfd *polled, size_t count);
bool wire_reap(struct wire *wire);

#endif
