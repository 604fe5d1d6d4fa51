/* Certificates and private keys in PEM, as far as Go's crypto/tls has to take them. */
#ifndef RECONCILE_BASE_PEM_H
#define RECONCILE_BASE_PEM_H

#include "base/error.h"

#include <stddef.h>
#include <time.h>

/* Each gives -1 with ERROR_INVALID and a clause that follows what was checked: "holds no certificate in PEM". */
int pem_certificate_check(const void *data, size_t length, struct error *err);
/* A key with a pass phrase is refused: docker cannot ask for one (docker/cli cli/context/docker/load.go, tlsConfig). */
int pem_key_check(const void *data, size_t length, struct error *err);
/* Whether the key is that of the first certificate; both are known to be good by themselves. */
int pem_pair_check(const void *certificate, size_t certificate_length, const void *key, size_t key_length,
		   struct error *err);
/* Whether it may be used at this time: "has expired on 2026-11-26", "is not valid before 2026-11-27". */
int pem_certificate_check_time(const void *data, size_t length, time_t now, struct error *err);

#endif
