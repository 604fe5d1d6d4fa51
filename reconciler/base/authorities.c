/* Looks for the certificates of the authorities that the system trusts. */
#include "base/authorities.h"

#include "base/count.h"
#include "base/environ.h"
#include "base/file.h"

#include <stddef.h>

#define DEBIAN "/etc/ssl/certs/ca-certificates.crt"
#define FEDORA "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"
#define FEDORA_OLD "/etc/pki/tls/certs/ca-bundle.crt"
#define SUSE "/etc/ssl/ca-bundle.pem"
#define ALPINE_AND_MACOS "/etc/ssl/cert.pem"
#define HASHED "/etc/ssl/certs"
#define HASHED_FEDORA "/etc/pki/tls/certs"

static const char *const FILES[] = {DEBIAN, FEDORA, FEDORA_OLD, SUSE, ALPINE_AND_MACOS};
static const char *const FOLDERS[] = {HASHED, HASHED_FEDORA};

const char AUTHORITIES_PLACES[] = "SSL_CERT_FILE, SSL_CERT_DIR, " DEBIAN ", " FEDORA ", " FEDORA_OLD ", " SUSE
				  ", " ALPINE_AND_MACOS ", " HASHED ", " HASHED_FEDORA;

static const char *find(const char *const *environ_, const char *variable, const char *const *places, size_t count)
{
	const char *value = environ_value(environ_, variable);

	if (*value)
		return value;
	for (size_t i = 0; i < count; i++)
		if (file_exists(places[i]))
			return places[i];
	return NULL;
}

void authorities_find(const char *const *environ_, struct authorities *ret_authorities)
{
	ret_authorities->file = find(environ_, "SSL_CERT_FILE", FILES, COUNT(FILES));
	ret_authorities->folder = find(environ_, "SSL_CERT_DIR", FOLDERS, COUNT(FOLDERS));
}
