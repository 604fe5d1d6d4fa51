/* Begins libcurl, and knows its versions. */
#include "live/http/curl.h"

#include "base/arena.h"
#include "base/xalloc.h"
#include "live/http/http.h"
#include "live/http/libcurl.h"

#include <openssl/crypto.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static void global_init(void)
{
	/* The texts of libcrypto's errors cost 0.6 MB to register and are hardly ever read: what goes wrong is told by
	 * codes and by libssl's words (live/http/failure.c). */
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS, NULL);
	if (curl_global_init_mem(CURL_GLOBAL_ALL, xmalloc, free, xrealloc, xstrdup, xcalloc) != CURLE_OK)
		out_of_memory(); /* of libcrypto, which asks for it on its own */
}

void http_global_init(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	if (pthread_once(&once, global_init) != 0)
		abort();
}

const char *http_library(struct arena *arena)
{
	return arena_strdup(arena, "libcurl/" LIBCURL_VERSION " OpenSSL/" OPENSSL_VERSION_STR);
}

bool curl_h2_reuse_is_broken(void)
{
	unsigned version = curl_version_info(CURLVERSION_NOW)->version_num;

	return version >= 0x075800 && version < 0x080000;
}

bool curl_h2_sharing_is_broken(void)
{
	unsigned version = curl_version_info(CURLVERSION_NOW)->version_num;

	return version >= 0x075700 && version < 0x080100;
}
