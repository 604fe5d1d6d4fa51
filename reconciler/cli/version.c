/* --version: ours; with -v the libraries' too. */
#include "cli/session.h"

#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <git2.h>
#include <openssl/crypto.h>
#include <yaml.h>

static void put_libraries(struct buffer *text)
{
	int major, minor, patch;

	buffer_printf(text, "libcurl %s\n", curl_version_info(CURLVERSION_NOW)->version);
	buffer_printf(text, "libcjson %s\n", cJSON_Version());
	git_libgit2_version(&major, &minor, &patch);
	buffer_printf(text, "libgit2 %d.%d.%d\n", major, minor, patch);
	buffer_printf(text, "libyaml %s\n", yaml_get_version_string());
	buffer_printf(text, "libcrypto %s\n", OpenSSL_version(OPENSSL_VERSION_STRING));
}

int mode_version(struct session *session)
{
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(BUFFER_TEXT_CAP);

	buffer_puts(&text, "reconcile " RECONCILE_VERSION "\n");
	if (session->options->verbose)
		put_libraries(&text);
	return session_print(session, &text);
}
