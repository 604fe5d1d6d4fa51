/* libcurl, all of it that this room calls, loaded when it is first called (base/library.h). Only for this room. */
#ifndef RECONCILE_LIVE_HTTP_LIBCURL_H
#define RECONCILE_LIVE_HTTP_LIBCURL_H

#include <curl/curl.h>

#ifdef RECONCILE_LOADS
#include "base/library.h"

/* clang-format off */
#define LIBCURL_FUNCTIONS(X) \
	X(curl_easy_cleanup) \
	X(curl_easy_getinfo) \
	X(curl_easy_init) \
	X(curl_easy_recv) \
	X(curl_easy_reset) \
	X(curl_easy_send) \
	X(curl_easy_setopt) \
	X(curl_easy_strerror) \
	X(curl_global_init_mem) \
	X(curl_multi_add_handle) \
	X(curl_multi_cleanup) \
	X(curl_multi_info_read) \
	X(curl_multi_init) \
	X(curl_multi_perform) \
	X(curl_multi_poll) \
	X(curl_multi_remove_handle) \
	X(curl_slist_append) \
	X(curl_slist_free_all) \
	X(curl_version_info)
/* clang-format on */

LIBRARY(libcurl, LIBCURL_FUNCTIONS)
#include "libcurl_names.h"
#endif

#endif
