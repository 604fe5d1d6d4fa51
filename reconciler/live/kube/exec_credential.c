/* Writes and reads ExecCredential objects. */
#include "live/kube/exec_credential.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/pem.h"

#include <string.h>

static void add_cluster(cJSON *spec, const struct kube_cluster *cluster, const struct http_blob *authority)
{
	cJSON *json = json_add_object(spec, "cluster");
	CLEANUP_TEXT struct text encoded = TEXT_INIT;
	cJSON *config = NULL;

	json_add_string(json, "server", cluster->server);
	if (!text_empty(cluster->tls_server_name))
		json_add_string(json, "tls-server-name", cluster->tls_server_name);
	if (cluster->skip_verify)
		json_add_bool(json, "insecure-skip-tls-verify", true);
	if (authority->length > 0) {
		base64_encode(&encoded, authority->data, authority->length);
		json_add_string(json, "certificate-authority-data", text_string(&encoded));
	}
	if (!text_empty(cluster->proxy_url))
		json_add_string(json, "proxy-url", cluster->proxy_url);
	if (cluster->disable_compression)
		json_add_bool(json, "disable-compression", true);
	if (cluster->plugin_config &&
	    json_parse(cluster->plugin_config, strlen(cluster->plugin_config), &config, NULL) == 0)
		cJSON_AddItemToObject(json, "config", config);
	else
		cJSON_AddNullToObject(json, "config"); /* as Go's RawExtension writes nothing */
}

const char *exec_credential_info(struct arena *arena, const struct kube_exec *exec, const struct kube_cluster *cluster,
				 const struct http_blob *authority)
{
	CLEANUP_JSON cJSON *json = cJSON_CreateObject();
	CLEANUP_TEXT struct text out = TEXT_INIT;

	json_add_string(json, "kind", "ExecCredential");
	json_add_string(json, "apiVersion", exec->api_version);
	cJSON *spec = json_add_object(json, "spec");
	if (exec->provide_cluster_info)
		add_cluster(spec, cluster, authority);
	json_add_bool(spec, "interactive", false);
	json_print_canonical(json, &out);
	return arena_printf(arena, "KUBERNETES_EXEC_INFO=%s", text_string(&out));
}

static int take_pair(struct arena *arena, const char *certificate, const char *key, struct kube_credential *credential,
		     struct error *err)
{
	if (pem_certificate_check(certificate, strlen(certificate), err) < 0)
		return error_wrap(err, "status.clientCertificateData");
	if (pem_key_check(key, strlen(key), err) < 0 ||
	    pem_pair_check(certificate, strlen(certificate), key, strlen(key), err) < 0)
		return error_wrap(err, "status.clientKeyData");
	credential->certificate = (struct http_blob){arena_strdup(arena, certificate), strlen(certificate)};
	credential->key = (struct http_blob){arena_strdup(arena, key), strlen(key)};
	return 0;
}

static const char *member(const cJSON *status, const char *key)
{
	const char *text = json_string(status, key);

	return text_empty(text) ? NULL : text;
}

static bool is_one_line(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7F)
			return false;
	return true;
}

static int take_status(struct arena *arena, const cJSON *status, struct kube_credential *ret_credential,
		       struct error *err)
{
	const char *token = member(status, "token"), *expires = member(status, "expirationTimestamp");
	const char *certificate = member(status, "clientCertificateData"), *key = member(status, "clientKeyData");
	struct kube_credential credential = {.token = arena_strdup(arena, token)};

	if (!cJSON_IsObject(status))
		return error_set(err, ERROR_CORRUPT, "its ExecCredential has no status");
	if (!token && !certificate && !key)
		return error_set(err, ERROR_CORRUPT, "its status has neither token nor certificate");
	if (!certificate != !key)
		return error_set(err, ERROR_CORRUPT, "its status has clientCertificateData or clientKeyData, not both");
	if (token && !is_one_line(token))
		return error_set(err, ERROR_CORRUPT, "its token has a line break or a control character");
	if (expires && clock_parse_rfc3339(expires, &credential.expires) < 0)
		return error_set(err, ERROR_CORRUPT, "its expirationTimestamp is no time by RFC 3339");
	if (certificate && take_pair(arena, certificate, key, &credential, err) < 0)
		return -1;
	*ret_credential = credential;
	return 0;
}

int exec_credential_parse(struct arena *arena, const struct kube_exec *exec, const char *data, size_t length,
			  struct kube_credential *ret_credential, struct error *err)
{
	CLEANUP_JSON cJSON *json = NULL;

	if (strspn(data, " \t\r\n") == length)
		return error_set(err, ERROR_CORRUPT, "it printed nothing");
	if (json_parse(data, length, &json, NULL) < 0 || !text_equal(json_string(json, "kind"), "ExecCredential"))
		return error_set(err, ERROR_CORRUPT, "what it printed is no ExecCredential");
	const char *version = json_string(json, "apiVersion");
	if (!text_equal(version, exec->api_version)) {
		error_set(err, ERROR_CORRUPT, "it speaks another version than the kubeconfig says, %s",
			  exec->api_version);
		return error_hint(err, "correct apiVersion of exec, or fetch the kubeconfig again");
	}
	return take_status(arena, json_get(json, "status"), ret_credential, err);
}
