/* Tells apart why there was no answer: libcurl's codes, errno, OpenSSL's verdict on the certificate, TLS alerts. */
#include "live/http/failure.h"

#include "base/arena.h"
#include "base/authorities.h"
#include "base/cleanup.h"
#include "base/count.h"
#include "base/text.h"
#include "live/http/libcurl.h"

#include <errno.h>
#include <openssl/x509_vfy.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define CERTIFICATE_HINT                                                                                               \
	"does the context have the client certificate? docker context update NAME --docker host=…,ca=…,cert=…,key=…"

#define NAME_HINT "use the name that the certificate holds, or make a certificate for this one"
static const char AUTHORITY_HINT[] =
	"give the context the server's authority: docker context update NAME --docker host=…,ca=…";
#define PROXY_SAID "proxy-url in the kubeconfig, or HTTPS_PROXY where it has none"
#define PROXY_LOGIN_HINT "write them into proxy-url in the kubeconfig: http://USER:PASSWORD@HOST:PORT"
#define PROXY_REACH_HINT "look whether the API server runs, and whether the proxy may and can connect to it"
#define PORT_HINT "check the port; 2375 is the usual one without TLS, 2376 with"

/* What to do when it is a BuildKit daemon, whose files and names are driver options, and where the environment says it:
 * those of docker:dind (docker-library/docker dockerd-entrypoint.sh) are new ones with each start. */
static const struct way {
	const char *context, *daemon, *environment, *cluster;
} WAYS[] = {
	{CERTIFICATE_HINT, "give the driver options cert and key: a client certificate that the daemon trusts",
	 "DOCKER_CERT_PATH wants cert.pem and key.pem: a client certificate that the Engine trusts",
	 "the user of the kubeconfig wants client-certificate and client-key that this cluster's authority signed"},
	{AUTHORITY_HINT, "give the driver option cacert: the authority that signed the daemon's certificate",
	 "DOCKER_CERT_PATH wants as ca.pem the authority that signed the Engine's certificate; docker:dind makes "
	 "another at "
	 "each start, in a volume that both must share",
	 "give the cluster in the kubeconfig certificate-authority: the one that signed the API server's certificate; "
	 "after the cluster was made anew, fetch its kubeconfig again"},
	{NAME_HINT, "give the driver option servername: a name that the daemon's certificate holds",
	 "set DOCKER_HOST to a name that the certificate holds, or make one for this name; docker:dind takes more "
	 "names from "
	 "DOCKER_TLS_SAN=DNS:NAME",
	 "give the cluster in the kubeconfig tls-server-name: a name that the API server's certificate holds"},
	{PORT_HINT, "leave out the driver options cacert, cert, key and servername, or correct the endpoint",
	 "run `unset DOCKER_TLS_VERIFY DOCKER_TLS`, or correct the port in DOCKER_HOST: 2376 is the usual one with "
	 "TLS",
	 "correct server in the kubeconfig: its port, or http:// where the API server is behind `kubectl proxy`"},
};

static const char *hint_for(const struct http_failure *failure, const char *hint)
{
	for (size_t i = 0; i < COUNT(WAYS); i++)
		if (strcmp(WAYS[i].context, hint) == 0)
			return failure->daemon	      ? WAYS[i].daemon
			       : failure->cluster     ? WAYS[i].cluster
			       : failure->environment ? WAYS[i].environment
						      : hint;
	return hint;
}

/* A row per thing that OpenSSL or libcurl says in words only. */
static const struct phrase {
	const char *text, *message, *hint;
} PHRASES[] = {
	/* Alerts of the peer; TLS 1.3 brings them with the first read, TLS 1.2 in the handshake. */
	{"certificate required", "TLS: the server wants a client certificate", CERTIFICATE_HINT},
	/* What a server that wants one says in TLS 1.2. */
	{"alert handshake failure", "TLS: the server refused the handshake", CERTIFICATE_HINT},
	{"alert bad certificate", "TLS: the server does not accept the client certificate",
	 "the client certificate must be signed by the authority that the server trusts, and not be expired"},
	{"alert unknown ca", "TLS: the server does not know the authority of the client certificate", CERTIFICATE_HINT},
	{"alert certificate expired", "TLS: the client certificate has expired", CERTIFICATE_HINT},
	{"alert certificate unknown", "TLS: the server does not accept the client certificate", CERTIFICATE_HINT},
	{"alert protocol version", "TLS: the server speaks another TLS version", NULL},
	{"wrong version number", "the server does not speak TLS", PORT_HINT},
	{"packet length too long", "the server does not speak TLS", PORT_HINT},
	{"does not match target host name", "TLS: the server's certificate is for another name", NAME_HINT},
	{"no alternative certificate subject name", "TLS: the server's certificate is for another name", NAME_HINT},
	{"unexpected eof", "TLS: the server closed the connection during the handshake", NULL},
	/* As OpenSSL 1.1 calls it, and 3 what a server does that was spoken to in a language that it does not know. */
	{"SSL_ERROR_SYSCALL", "TLS: the server closed the connection during the handshake", PORT_HINT},
};

static const struct verdict {
	long verify;
	const char *message, *hint;
} VERDICTS[] = {
	{X509_V_ERR_CERT_HAS_EXPIRED, "TLS: the server's certificate has expired",
	 "renew it, and check this machine's clock"},
	{X509_V_ERR_CERT_NOT_YET_VALID, "TLS: the server's certificate is not valid yet", "check this machine's clock"},
	{X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "TLS: the server's certificate is signed by itself", NULL},
	{X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, "TLS: the server's certificate is signed by an unknown authority", NULL},
	{X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, "TLS: the server's certificate is signed by an unknown authority", NULL},
	{X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
	 "TLS: the server's certificate is signed by an unknown authority", NULL},
	{X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, "TLS: the server's certificate is signed by an unknown authority",
	 NULL},
	{X509_V_ERR_HOSTNAME_MISMATCH, "TLS: the server's certificate is for another name", NAME_HINT},
	{X509_V_ERR_IP_ADDRESS_MISMATCH, "TLS: the server's certificate is for another address", NAME_HINT},
	{X509_V_ERR_CERT_REVOKED, "TLS: the server's certificate is revoked", NULL},
};

/* As strstr(), letter case aside: OpenSSL 3 and 1.1 write their words differently. */
static bool text_has(const char *text, const char *part)
{
	size_t length = strlen(part);

	for (; *text != '\0'; text++)
		if (strncasecmp(text, part, length) == 0)
			return true;
	return false;
}

static bool failure_by_phrase(const struct http_failure *failure, struct error *err)
{
	for (size_t i = 0; i < COUNT(PHRASES); i++) {
		if (!text_has(failure->text, PHRASES[i].text))
			continue;
		/* Before TLS 1.3 no certificate at all is a bad one too. */
		bool wanted = !failure->cert &&
			      (text_has(PHRASES[i].text, "alert bad certificate") ||
			       (failure->handshake_was_good && text_has(PHRASES[i].text, "alert handshake failure")));
		error_set(err, ERROR_UNREACHABLE, "%s",
			  wanted ? "TLS: the server wants a client certificate" : PHRASES[i].message);
		const char *hint = wanted ? CERTIFICATE_HINT : PHRASES[i].hint;
		if (hint)
			error_hint(err, "%s", hint_for(failure, hint));
		return true;
	}
	return false;
}

static int failure_of_certificate(const struct http_failure *failure, struct error *err)
{
	for (size_t i = 0; i < COUNT(VERDICTS); i++) {
		if (VERDICTS[i].verify != failure->verify)
			continue;
		bool unknown = !VERDICTS[i].hint;
		error_set(err, ERROR_UNREACHABLE, "%s%s%s", VERDICTS[i].message,
			  unknown && failure->trusts_none ? "; this system trusts none, looked for in " : "",
			  unknown && failure->trusts_none ? AUTHORITIES_PLACES : "");
		return error_hint(err, "%s", hint_for(failure, VERDICTS[i].hint ? VERDICTS[i].hint : AUTHORITY_HINT));
	}
	if (failure_by_phrase(failure, err))
		return -1;
	return error_set(err, ERROR_UNREACHABLE, "TLS: the server's certificate was not accepted: %s", failure->text);
}

static int failure_of_timeout(const struct http_failure *failure, struct error *err)
{
	double seconds = failure->timeout_ms / 1000.0;

	if (failure->idle)
		return error_set(err, ERROR_UNREACHABLE, FAILURE_LATE ": nothing came for %g s", seconds);
	return error_set(err, ERROR_UNREACHABLE, FAILURE_LATE " after %g s: %s", seconds,
			 failure->connected ? "connected, but no answer came"
			 : failure->tls	    ? "no TLS connection"
					    : "no connection");
}

static const char *server_of(const struct http_failure *failure)
{
	return failure->daemon ? "buildkitd" : failure->cluster ? "the API server" : "the Docker Engine";
}

static const char *address_of(const struct http_failure *failure)
{
	return failure->cluster ? "the kubeconfig's server" : "the endpoint";
}

static int failure_of_connect(const struct http_failure *failure, struct error *err)
{
	switch (failure->os_errno) {
	case ECONNREFUSED:
		if (failure->socket_is_folder) {
			error_set(err, ERROR_UNREACHABLE, "a folder is where the socket belongs");
			return error_hint(
				err,
				"a container that mounts the socket before its server runs makes such a folder: "
				"run `rmdir %s`, then start %s",
				failure->socket, server_of(failure));
		}
		error_set(err, ERROR_UNREACHABLE, "connection refused");
		return error_hint(err, "start %s there, or correct %s", server_of(failure), address_of(failure));
	case ENOENT:
		error_set(err, ERROR_UNREACHABLE, "no such socket");
		return error_hint(err, "start %s, or correct the path of its socket, %s", server_of(failure),
				  failure->socket ? failure->socket : "this");
	case EACCES:
	case EPERM:
		error_set(err, ERROR_UNREACHABLE, "permission denied");
		if (failure->daemon)
			return error_hint(err, "this user may not open the daemon's socket: run as root, or start "
					       "buildkitd with --group");
		return error_hint(err, "this user may not open the Engine's socket: add the user to the group docker, "
				       "or run as root");
	case ENOTSOCK:
	case EPROTOTYPE:
		return error_set(err, ERROR_UNREACHABLE, "not a socket that listens");
	case ENETUNREACH:
	case EHOSTUNREACH:
		return error_set(err, ERROR_UNREACHABLE, "no route to this host");
	case ETIMEDOUT:
		return error_set(err, ERROR_UNREACHABLE, FAILURE_LATE ": no connection");
	default:
		if (failure->os_errno != 0)
			return error_set(err, ERROR_UNREACHABLE, "no connection: %s", strerror(failure->os_errno));
		return error_set(err, ERROR_UNREACHABLE, "no connection: %s", failure->text);
	}
}

static int failure_wants_tls(const struct http_failure *failure, struct error *err)
{
	if (failure->tls || failure->socket)
		return -1;
	if (failure->cluster)
		return error_hint(err, "does the API server want TLS? correct server in the kubeconfig: https://…");
	return error_hint(err, "%s",
			  failure->daemon ? "does the daemon want TLS? give the driver options cacert, cert and key"
					  : FAILURE_WANTS_TLS);
}

/* Of a server that wants a client certificate in TLS 1.3 often only this is seen: its alert is lost with the reset. */
static int failure_of_stream(const struct http_failure *failure, struct error *err)
{
	if (failure_by_phrase(failure, err))
		return -1;
	bool reset = text_has(failure->text, "reset by peer") || text_has(failure->text, "broken pipe") ||
		     text_has(failure->text, "getpeername");
	if (reset)
		error_set(err, ERROR_UNREACHABLE, "the connection was reset");
	else
		error_set(err, ERROR_UNREACHABLE, "the connection broke: %s", failure->text);
	if (failure->tls && !failure->cert)
		return error_hint(err, "%s", hint_for(failure, CERTIFICATE_HINT));
	return reset ? failure_wants_tls(failure, err) : -1;
}

/* HTTP/2 was spoken, and something else came back, or nothing. */
static int failure_of_h2(const struct http_failure *failure, struct error *err)
{
	if (failure_by_phrase(failure, err))
		return -1;
	if (failure->cluster)
		return error_set(err, ERROR_UNREACHABLE, "HTTP/2 failed: %s", failure->text);
	error_set(err, ERROR_UNREACHABLE, "what answers there is no BuildKit daemon: it does not speak HTTP/2");
	return failure_wants_tls(failure, err);
}

static bool is_folder(const char *path)
{
	struct stat info;

	return path && stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

void http_garbled_error(const char *text, struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const char *line = text + strspn(text, " \t\r\n");

	line = arena_strndup(arena, line, strcspn(line, "\r\n"));
	error_set(err, ERROR_CORRUPT, FAILURE_NOT_HTTP ": %s", text_printable(arena, line, false));
}

struct http_failure http_failure_at(const struct http_target *target)
{
	return (struct http_failure){
		.daemon = target->is_daemon,
		.cluster = target->is_cluster,
		.environment = target->by_environment,
		.tls = strncmp(target->origin, "https://", 8) == 0,
		.socket = target->socket,
		.proxy = target->proxy,
		.socket_is_folder = is_folder(target->socket),
		.cert = target->cert		      ? target->cert
			: target->cert_pem.length > 0 ? "the user's of the kubeconfig"
						      : NULL,
	};
}

/* What proxies do to a connection, in libcurl's words and OpenSSL's. */
static const struct phrase PROXY_PHRASES[] = {
	{"response 407", "the proxy wants a user and a password", PROXY_LOGIN_HINT},
	{"code 407", "the proxy wants a user and a password", PROXY_LOGIN_HINT},
	{"authentication method", "the proxy wants a user and a password", PROXY_LOGIN_HINT},
	{"User was rejected", "the proxy knows no such user and password", PROXY_LOGIN_HINT},
	{"CONNECT aborted", "the proxy closed the connection", "does it speak TLS? write https:// before its host"},
	{"CONNECT tunnel", "the proxy let no connection through", PROXY_REACH_HINT},
	{"after CONNECT", "the proxy let no connection through", PROXY_REACH_HINT},
	{"SOCKS", "the proxy let no connection through", PROXY_REACH_HINT},
};

static const struct phrase *proxy_phrase(const struct http_failure *failure)
{
	static const struct phrase plain = {"wrong version number", "the proxy does not speak TLS",
					    "write http:// before its host"};

	if (!failure->through_proxy && text_starts(failure->proxy, "https://") && text_has(failure->text, plain.text))
		return &plain;
	for (size_t i = 0; i < COUNT(PROXY_PHRASES) && !failure->through_proxy; i++)
		if (text_has(failure->text, PROXY_PHRASES[i].text))
			return &PROXY_PHRASES[i];
	return NULL;
}

/* Its host and port: the rest of the URL may be a password. */
static const char *proxy_place(struct arena *arena, const char *url)
{
	const char *host = strstr(url, "://") + 3, *at = strrchr(host, '@');

	host = at ? at + 1 : host;
	return arena_strndup(arena, host, strcspn(host, "/"));
}

/* 0 when it is not the proxy's doing. */
static int failure_of_proxy(const struct http_failure *failure, struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const struct phrase *phrase = proxy_phrase(failure);

	if (failure->code == CURLE_COULDNT_CONNECT) {
		failure_of_connect(failure, err);
		error_hint(err, "start that proxy, or correct %s", PROXY_SAID);
	} else if (failure->code == CURLE_COULDNT_RESOLVE_PROXY) {
		error_set(err, ERROR_UNREACHABLE, "its name could not be resolved");
		error_hint(err, "check DNS, or correct %s", PROXY_SAID);
	} else if (failure->by_proxy) {
		failure_of_certificate(failure, err);
		error_hint(err, "a proxy's certificate is held against the certificate-authority of the cluster in the "
				"kubeconfig, as the API server's is");
	} else if (phrase) {
		error_set(err, ERROR_UNREACHABLE, "%s: %s", phrase->message, failure->text);
		error_hint(err, "%s", phrase->hint);
	} else if (failure->code == CURLE_PROXY) {
		error_set(err, ERROR_UNREACHABLE, "the proxy let no connection through: %s", failure->text);
	} else {
		return 0;
	}
	return error_wrap(err, "by proxy %s", proxy_place(arena, failure->proxy));
}

int http_failure_error(const struct http_failure *failure, struct error *err)
{
	if (failure->proxy && failure_of_proxy(failure, err) < 0)
		return -1;
	switch ((CURLcode)failure->code) {
	case CURLE_COULDNT_CONNECT:
		return failure_of_connect(failure, err);
	case CURLE_COULDNT_RESOLVE_HOST:
		error_set(err, ERROR_UNREACHABLE, "the host's name could not be resolved");
		return error_hint(err, "check the name in %s, and DNS", address_of(failure));
	case CURLE_OPERATION_TIMEDOUT:
		return failure_of_timeout(failure, err);
	case CURLE_PEER_FAILED_VERIFICATION:
		return failure_of_certificate(failure, err);
	case CURLE_SSL_CACERT_BADFILE:
		return error_set(err, ERROR_UNREACHABLE, "TLS: the authority's file cannot be used: %s",
				 failure->authorities ? failure->authorities : "the system's");
	case CURLE_SSL_CERTPROBLEM:
		return error_set(err, ERROR_UNREACHABLE, "TLS: the client certificate cannot be used: %s: %s",
				 failure->cert ? failure->cert : "none given", failure->text);
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_WEIRD_SERVER_REPLY:
		error_set(err, ERROR_CORRUPT, FAILURE_NOT_HTTP);
		return failure->cluster ? failure_wants_tls(failure, err) : -1;
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
		return failure_of_stream(failure, err);
	case CURLE_GOT_NOTHING:
		return error_set(err, ERROR_UNREACHABLE, "the connection was closed without an answer");
	case CURLE_PARTIAL_FILE:
		error_set(err, ERROR_UNREACHABLE, "the connection was closed in the middle of an answer");
		return failure->daemon ? failure_wants_tls(failure, err) : -1;
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM:
		return failure_of_h2(failure, err);
	default:
		if (failure_by_phrase(failure, err))
			return -1;
		return error_set(err, ERROR_UNREACHABLE, "%s", failure->text);
	}
}
