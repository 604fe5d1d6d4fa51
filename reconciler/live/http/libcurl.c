/* libcurl, loaded when it is first called. */
#include "live/http/libcurl.h"

#ifdef RECONCILE_LOADS
#include "libraries.h"

#include <pthread.h>

LIBRARY_LOADED(libcurl, LIBCURL_FILE, LIBCURL_FUNCTIONS)
#endif
