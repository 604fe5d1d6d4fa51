/* Reads PEM with libcrypto, never asking anybody for a pass phrase. */
#include "base/pem.h"

#include "base/xalloc.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdbool.h>
#include <stdlib.h>

static void bio_cleanup(BIO **bio)
{
	BIO_free_all(*bio);
}
static void certificate_cleanup(X509 **certificate)
{
	X509_free(*certificate);
}
static void key_cleanup(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}
#define CLEANUP(function) __attribute__((cleanup(function)))

static BIO *bio_over(const void *data, size_t length)
{
	BIO *bio = BIO_new_mem_buf(data, length > INT_MAX ? INT_MAX : (int)length);

	if (!bio)
		out_of_memory();
	return bio;
}

/* Called only for a key with a pass phrase; without a callback OpenSSL would ask on the terminal. */
static int no_pass_phrase(char *buffer, int size, int for_writing, void *asked)
{
	(void)buffer;
	(void)size;
	(void)for_writing;
	*(bool *)asked = true;
	return -1;
}

static X509 *read_certificate(const void *data, size_t length)
{
	CLEANUP(bio_cleanup) BIO *bio = bio_over(data, length);
	bool asked = false;
	X509 *certificate = PEM_read_bio_X509(bio, NULL, no_pass_phrase, &asked);

	ERR_clear_error();
	return certificate;
}

static EVP_PKEY *read_key(const void *data, size_t length, bool *ret_asked)
{
	CLEANUP(bio_cleanup) BIO *bio = bio_over(data, length);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, no_pass_phrase, ret_asked);

	ERR_clear_error();
	return key;
}

int pem_certificate_check(const void *data, size_t length, struct error *err)
{
	CLEANUP(certificate_cleanup) X509 *certificate = read_certificate(data, length);

	return certificate ? 0 : error_set(err, ERROR_INVALID, "holds no certificate in PEM");
}

int pem_key_check(const void *data, size_t length, struct error *err)
{
	bool asked = false;
	CLEANUP(key_cleanup) EVP_PKEY *key = read_key(data, length, &asked);

	if (asked) {
		error_set(err, ERROR_INVALID, "holds a key with a pass phrase, which docker cannot use");
		return error_hint(err, "take the pass phrase off: openssl pkey -in OLD -out NEW");
	}
	return key ? 0 : error_set(err, ERROR_INVALID, "holds no private key in PEM");
}

int pem_pair_check(const void *certificate, size_t certificate_length, const void *key, size_t key_length,
		   struct error *err)
{
	CLEANUP(certificate_cleanup) X509 *first = read_certificate(certificate, certificate_length);
	bool asked = false;
	CLEANUP(key_cleanup) EVP_PKEY *own = read_key(key, key_length, &asked);
	bool fits = first && own && X509_check_private_key(first, own) == 1;

	ERR_clear_error();
	return fits ? 0 : error_set(err, ERROR_INVALID, "is not the key of the certificate");
}

static int time_error(const ASN1_TIME *at, const char *what, struct error *err)
{
	struct tm day = {0};

	if (ASN1_TIME_to_tm(at, &day) != 1)
		return error_set(err, ERROR_INVALID, "holds no time that can be understood");
	return error_set(err, ERROR_INVALID, "%s %04d-%02d-%02d", what, day.tm_year + 1900, day.tm_mon + 1,
			 day.tm_mday);
}

int pem_certificate_check_time(const void *data, size_t length, time_t now, struct error *err)
{
	CLEANUP(certificate_cleanup) X509 *certificate = read_certificate(data, length);

	if (!certificate)
		return error_set(err, ERROR_INVALID, "holds no certificate in PEM");
	/* -2: cannot be understood. */
	if (ASN1_TIME_cmp_time_t(X509_get0_notAfter(certificate), now) < 0)
		return time_error(X509_get0_notAfter(certificate), "has expired on", err);
	if (ASN1_TIME_cmp_time_t(X509_get0_notBefore(certificate), now) > 0)
		return time_error(X509_get0_notBefore(certificate), "is not valid before", err);
	return 0;
}
