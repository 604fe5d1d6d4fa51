/* What libcurl and nghttp2 fail at for two reasons alone, neither of which can be gone on from: that memory is out, and
 * that they were used wrongly, which is a mistake in here and says so. */
#ifndef RECONCILE_LIVE_HTTP_MUST_H
#define RECONCILE_LIVE_HTTP_MUST_H

#include <stdbool.h>

/* memory_out: the library says that this is why. what: the source text. */
void must_hold(bool ok, bool memory_out, const char *what);

/* Of handles and lists, which are NULL for want of memory. */
#define must_have(pointer) must_hold((pointer), true, #pointer)
#define must(ok) must_hold((ok), false, #ok)

#endif
