/* Where this system keeps the certificates of the authorities that it trusts. A program that is linked statically, or
 * taken to another distribution, cannot have one place compiled in: these are the ones that docker and BuildX look in,
 * which are Go programs (Go's crypto/x509 root_linux.go and root_darwin.go, and root_unix.go for the variables). */
#ifndef RECONCILE_BASE_AUTHORITIES_H
#define RECONCILE_BASE_AUTHORITIES_H

struct authorities {
	const char *file;   /* many certificates in PEM; NULL: none */
	const char *folder; /* a certificate a file, found by OpenSSL's hash of its subject; NULL: none */
};

/* SSL_CERT_FILE and SSL_CERT_DIR of this environment as they are, there or not: what is wrong with them its reader
 * says. Without a variable, the first place that is there. The texts are the environment's or constants. */
void authorities_find(const char *const *environ, struct authorities *ret_authorities);

/* All the places, for people: what to say where none had any. */
extern const char AUTHORITIES_PLACES[];

#endif
