/* Sockets that connect, without waiting: to a Unix socket, or over TCP to an address that is written in digits. Only
 * for live/http/wire.c.
 *
 *     int fd = dial_socket(where);                      // "/run/docker.sock", "192.0.2.1:2375", "[2001:db8::1]:2375"
 *     switch (dial(fd, where, again)) {                 // again: dial() said EINPROGRESS before, and poll() that it
 * can
 *                                                       // be written since
 *     case 0: …                                         // it stands
 *     case EINPROGRESS: …                               // once it can be written, ask again
 *     case EAGAIN: …                                    // in a moment, ask again: nothing tells when
 *     default: …                                        // the errno of why there is no connection
 *     } */
#ifndef RECONCILE_LIVE_HTTP_DIAL_H
#define RECONCILE_LIVE_HTTP_DIAL_H

#include <stdbool.h>

/* Whether this "host:port" has a host in digits, and so can be dialled. */
bool dial_can(const char *authority);
int dial_socket(const char *where); /* non-blocking, closed on exec; -1 with errno */
int dial(int fd, const char *where, bool again);

#endif
