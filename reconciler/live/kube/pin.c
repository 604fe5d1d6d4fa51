/* Prints a kubeconfig (k8s.io/client-go tools/clientcmd/api/v1/types.go). */
#include "live/kube/pin.h"

#include "base/digest.h"
#include "base/json.h"

#include <string.h>

static void put_text(cJSON *object, const char *key, const char *text)
{
	if (!text_empty(text))
		json_add_string(object, key, text);
}

static void put_data(cJSON *object, const char *key, const struct http_blob *blob)
{
	CLEANUP_TEXT struct text encoded = TEXT_INIT;

	if (blob->length == 0)
		return;
	base64_encode(&encoded, blob->data, blob->length);
	json_add_string(object, key, text_string(&encoded));
}

/* One element of a list of named things; what it holds is filled by the caller. */
static cJSON *named_add(cJSON *top, const char *list, const char *key, const char *name)
{
	cJSON *element = json_append_object(json_add_array(top, list));

	json_add_string(element, "name", name);
	return json_add_object(element, key);
}

static void put_cluster(cJSON *top, const struct kube_cluster *cluster)
{
	cJSON *json = named_add(top, "clusters", "cluster", cluster->name);

	put_text(json, "server", cluster->server);
	put_text(json, "tls-server-name", cluster->tls_server_name);
	put_text(json, "proxy-url", cluster->proxy_url);
	put_text(json, "certificate-authority", cluster->authority);
	put_data(json, "certificate-authority-data", &cluster->authority_data);
	if (cluster->skip_verify)
		json_add_bool(json, "insecure-skip-tls-verify", true);
	if (cluster->disable_compression)
		json_add_bool(json, "disable-compression", true);
	CLEANUP_JSON cJSON *plugin = NULL;
	if (!cluster->plugin_config ||
	    json_parse(cluster->plugin_config, strlen(cluster->plugin_config), &plugin, NULL) < 0)
		return;
	cJSON *extension = json_append_object(json_add_array(json, "extensions"));
	json_add_string(extension, "name", "client.authentication.k8s.io/exec");
	cJSON_AddItemToObject(extension, "extension", plugin);
	plugin = NULL;
}

static void put_exec(cJSON *user, const struct kube_exec *exec)
{
	cJSON *json = json_add_object(user, "exec"), *env;

	put_text(json, "apiVersion", exec->api_version);
	put_text(json, "command", exec->command);
	json_add_strings(json, "args", &exec->args);
	env = json_add_array(json, "env");
	for (size_t i = 0; i < exec->env.count; i++) {
		cJSON *variable = json_append_object(env);

		json_add_string(variable, "name", exec->env.items[i].key);
		json_add_string(variable, "value", exec->env.items[i].value);
	}
	put_text(json, "installHint", exec->install_hint);
	put_text(json, "interactiveMode", exec->interactive_mode);
	if (exec->provide_cluster_info)
		json_add_bool(json, "provideClusterInfo", true);
}

static void put_extra(cJSON *user, const struct pairs *extra)
{
	for (size_t i = 0; i < extra->count; i++) {
		cJSON *map = json_reach(user, "as-user-extra");
		cJSON *values = cJSON_GetObjectItemCaseSensitive(map, extra->items[i].key);

		json_append_string(values ? values : json_add_array(map, extra->items[i].key), extra->items[i].value);
	}
}

static void put_user(cJSON *top, const struct kube_user *user)
{
	cJSON *json = named_add(top, "users", "user", user->name);

	put_text(json, "client-certificate", user->certificate);
	put_data(json, "client-certificate-data", &user->certificate_data);
	put_text(json, "client-key", user->key);
	put_data(json, "client-key-data", &user->key_data);
	put_text(json, "token", user->token);
	put_text(json, "tokenFile", user->token_file);
	put_text(json, "username", user->username);
	put_text(json, "password", user->password);
	put_text(json, "as", user->as);
	put_text(json, "as-uid", user->as_uid);
	if (user->as_groups.count > 0)
		json_add_strings(json, "as-groups", &user->as_groups);
	put_extra(json, &user->as_extra);
	if (user->exec.is_said)
		put_exec(json, &user->exec);
}

void kube_pin_print(const struct kube_config *config, struct text *out)
{
	CLEANUP_JSON cJSON *top = cJSON_CreateObject();
	cJSON *context;

	json_add_string(top, "apiVersion", "v1");
	json_add_string(top, "kind", "Config");
	json_add_string(top, "current-context", config->context);
	put_cluster(top, config->cluster);
	put_user(top, config->user);
	context = named_add(top, "contexts", "context", config->context);
	json_add_string(context, "cluster", config->cluster->name);
	json_add_string(context, "user", config->user->name);
	if (config->namespace_said)
		put_text(context, "namespace", config->namespace_);
	json_print(top, out);
}
