# OpenSSL rather than Mbed TLS: our own sources (certificates and keys in PEM, HMAC, what went wrong in a handshake),
# curl's and libgit2's all speak it as they stand, and what a distribution's build tells of a failure this one tells, too.
# What it costs is size, and that is bounded: no algorithm, protocol or file format below that TLS 1.2 and 1.3 with
# today's servers do without. Nothing of it runs at start: the program begins it with the first digest or connection.
#
# No configuration file is read: a static program has no modules to load, and what an administrator sets for others in
# openssl.cnf is not known to fit this version. /etc/ssl is where OpenSSL itself looks for authorities; see
# live/http/authorities.h for where the program does.
openssl_TARGET := $(if $(filter amd64,$(ARCH)),linux-x86_64,linux-aarch64)
openssl_WITHOUT := apps docs tests module dso shared async autoload-config filenames legacy ssl-trace ui-console ktls \
  quic dtls srtp srp psk ech comp ct cms cmp ts http rfc3779 nextprotoneg multiblock tls-deprecated-ec sslkeylog \
  argon2 aria bf blake2 camellia cast cmac des dsa ec2m ec_explicit_curves gost hmac-drbg-kdf idea integrity-only-ciphers \
  kbkdf krb5kdf lms md4 mdc2 ml-dsa ocb pvkkdf rc2 rc4 rmd160 scrypt seed siphash siv slh-dsa sm2 sm3 sm4 \
  snmpkdf srtpkdf sshkdf weak-ssl-ciphers whirlpool x942kdf
openssl_FLAGS := $(filter-out -ffile-prefix-map=%,$(CFLAGS))

all: $(OUT)/lib/libssl.a
$(BUILD)/openssl/Makefile:
	@mkdir -p $(@D)
	@cd $(@D) && perl $(SOURCES)/openssl/Configure $(openssl_TARGET) $(addprefix no-,$(openssl_WITHOUT)) \
	  --openssldir=/etc/ssl --prefix=/usr --libdir=lib CC=$(CC) AR=$(AR) RANLIB=: CFLAGS='$(openssl_FLAGS)' >configure.log 2>&1 || { cat configure.log >&2; exit 1; }
$(OUT)/lib/libssl.a: $(BUILD)/openssl/Makefile
	@$(MAKE) -s -C $(<D) build_libs >$(<D)/build.log 2>&1 || { tail -n 30 $(<D)/build.log >&2; exit 1; }
	@mkdir -p $(@D) $(OUT)/include/openssl
	@cp $(SOURCES)/openssl/include/openssl/*.h $(<D)/include/openssl/*.h $(OUT)/include/openssl
	@cp $(<D)/libcrypto.a $(<D)/libssl.a $(@D)
