# One file that runs anywhere: `make static` links the program with musl and libraries compiled here, from sources pinned
# by checksum (.packages/static/sources), for each ARCH in build/static/ARCH/reconcile. The same sources give the same
# bytes in whatever folder.

STATIC := amd64 arm64

.PHONY: static $(STATIC:%=static-%)
static: $(STATIC:%=static-%) ## build static programs: build/static/amd64/reconcile, build/static/arm64/reconcile
$(STATIC:%=static-%): static-%:
	@$(MAKE) VARIANT=static/$* all

ifneq ($(filter static/%,$(VARIANT)),)
LIBRARIES := $(shell .packages/static/libraries.sh $(notdir $(VARIANT)))
ifeq ($(LIBRARIES),)
$(error no libraries to link statically)
endif
# Whatever was asked of the ordinary build: these bytes are the recipe's. Not position independent, as that costs a
# relocation of every table at each start.
override CC      := $(LIBRARIES)/bin/static-cc
override AR      := $(LIBRARIES)/bin/static-ar
override CFLAGS  := -O2 -g0 -fno-pie -ffunction-sections -fdata-sections -DCURL_STATICLIB -DYAML_DECLARE_STATIC
override LDFLAGS := -static -s -Wl,--gc-sections -Wl,-z,relro -Wl,-z,now -Wl,--build-id=none
PACKAGES         :=
# cmocka.h guesses at uintptr_t by words of glibc otherwise.
BASE_CFLAGS      += -DHAVE_UINTPTR_T=1
BASE_CFLAGS      += -isystem $(LIBRARIES)/include -ffile-prefix-map=$(LIBRARIES)=.
ALL_LIBS          = -L$(LIBRARIES)/lib $(addprefix $(LIBRARIES)/lib/lib,$(addsuffix .a,libgit2 curl nghttp2 ssl crypto cjson libyaml protobuf-c zlib)) -pthread
# Other libraries, other headers: all of it anew.
$(OBJECTS): $(BUILD)/libraries
$(BUILD)/libraries: FORCE
	@mkdir -p $(@D)
	@echo '$(notdir $(LIBRARIES))' | cmp -s - $@ || echo '$(notdir $(LIBRARIES))' >$@
export ZIG_LOCAL_CACHE_DIR := $(CURDIR)/build/static/cache
endif
