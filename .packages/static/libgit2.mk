# libgit2: repositories, and remotes over https. No ssh of its own: the program has the user's ssh do that.
# Regular expressions are the C library's, as git's own are.
libgit2_FEATURES := THREADS=1 ARCH_64=1 USE_NSEC=1 USE_STAT_MTIM=1 USE_FUTIMENS=1 REGEX_REGCOMP=1 QSORT_GNU=1 HTTPS=1 OPENSSL=1 \
  HTTPPARSER_BUILTIN=1 SHA1_COLLISIONDETECT=1 SHA256_OPENSSL=1 COMPRESSION_ZLIB=1 RAND_GETENTROPY=1 IO_POLL=1 IO_SELECT=1
libgit2_FLAGS := $(addprefix -DGIT_,$(libgit2_FEATURES)) -D_GNU_SOURCE -DSHA1DC_NO_STANDARD_INCLUDES=1 \
  -DSHA1DC_CUSTOM_INCLUDE_SHA1_C='"common.h"' -DSHA1DC_CUSTOM_INCLUDE_UBC_CHECK_C='"common.h"' \
  $(addprefix -I$(SOURCES)/libgit2/,include src/libgit2 src/util deps/llhttp deps/xdiff) -I$(OUT)/include -I$(BUILD)/libgit2
libgit2_FILES := $(addprefix src/libgit2/,*.c transports/*.c streams/*.c) deps/llhttp/*.c deps/xdiff/*.c \
  $(addprefix src/util/,*.c allocators/failalloc.c allocators/stdalloc.c unix/*.c hash/collisiondetect.c hash/sha1dc/*.c hash/openssl.c)
$(eval $(call library,libgit2,$(call sources,libgit2,$(libgit2_FILES)),$(libgit2_FLAGS),$(OUT)/lib/libssl.a $(OUT)/include/zlib.h $(OUT)/include/zconf.h $(BUILD)/libgit2/git2_features.h))
# Its features are flags above.
$(BUILD)/libgit2/git2_features.h:
	@mkdir -p $(@D)
	@: >$@
all: $(OUT)/include/git2.h
$(OUT)/include/git2.h: $(SOURCES)/libgit2/include/git2.h
	@mkdir -p $(@D)
	@cp -R $(SOURCES)/libgit2/include/. $(@D)
