/* What libcurl says about a failed transfer, as an error that says which of the usual things is wrong. */
#ifndef RECONCILE_LIVE_HTTP_FAILURE_H
#define RECONCILE_LIVE_HTTP_FAILURE_H

#include "base/error.h"
#include "live/http/http.h"

#include <stdbool.h>

struct http_failure {
	int code;		   /* CURLcode */
	int os_errno;		   /* CURLINFO_OS_ERRNO */
	long verify;		   /* CURLINFO_SSL_VERIFYRESULT, an X509_V_ERR_… of OpenSSL */
	bool daemon;		   /* BuildKit was asked, and no Engine */
	bool cluster;		   /* a Kubernetes API server was */
	bool environment;	   /* TLS is that of DOCKER_CERT_PATH, and no context's */
	bool tls;		   /* it was to be spoken */
	bool connected;		   /* a connection stood */
	bool idle;		   /* what ran out was the time without a byte */
	bool socket_is_folder;	   /* a folder stands where the socket belongs */
	bool handshake_was_good;   /* in TLS 1.3, before this one in TLS 1.2 */
	int timeout_ms;		   /* what was allowed */
	const char *text;	   /* CURLOPT_ERRORBUFFER */
	const char *socket, *cert; /* of the target */
	const char *authorities;   /* the file with those that were trusted: the target's, or the system's */
	bool trusts_none;	   /* neither has any */
	const char *proxy;	   /* that the target is behind; NULL: none */
	bool by_proxy;		   /* verify is of the proxy's certificate */
	bool through_proxy;	   /* it has let the connection through */
};

/* Found in messages: of every deadline that passed; of what is no HTTP (from a shell, ": " and its first line follow).
 */
#define FAILURE_LATE "timed out"
#define FAILURE_NOT_HTTP "what answers there does not speak HTTP"
/* What to do where an Engine wants TLS and none was spoken. */
#define FAILURE_WANTS_TLS                                                                                              \
	"does the endpoint want TLS? make a context with ca, cert and key, and use its name; or leave `endpoint` out " \
	"where the environment has DOCKER_HOST, DOCKER_TLS_VERIFY and DOCKER_CERT_PATH"

/* What is known before: of the target. */
struct http_failure http_failure_at(const struct http_target *target);
/* Always -1, with ERROR_UNREACHABLE (ERROR_CORRUPT for answers that are not HTTP). Pure. */
void http_garbled_error(const char *text, struct error *err); /* by what came in place of an answer */
int http_failure_error(const struct http_failure *failure, struct error *err);

#endif
