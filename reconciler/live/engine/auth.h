/* Credentials for pulls, from the docker CLI's own configuration.
 *
 * config.json's credHelpers, credsStore and auths are looked at in the docker CLI's order (docker/cli
 * cli/config/configfile/file.go, cli/config/credentials). Nothing is kept; nothing is printed. */
#ifndef RECONCILE_LIVE_ENGINE_AUTH_H
#define RECONCILE_LIVE_ENGINE_AUTH_H

#include "base/error.h"
#include "base/interrupt.h"
#include "base/text_buffer.h"

/* The value of X-Registry-Auth for pulling the image: base64url of JSON. Left empty when there are no credentials.
 * The caller wipes it (auth_wipe()). A helper that cannot be run is an error that names it; it is ended when the
 * interrupt came (NULL: never), as INTERRUPTED. */
int auth_header(const char *docker_config, const char *image, const struct interrupt *interrupt, struct text *ret_value,
		struct error *err);
void auth_wipe(struct text *value);

/* "docker.io" of "moby/buildkit:x", "registry.example.com:5000" of "registry.example.com:5000/x@sha256:…". Pure;
 * written into host, cut to size. */
void auth_registry(const char *image, char *ret_host, size_t size);

#endif
