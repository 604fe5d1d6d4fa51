# Compiles every room for other systems, with warnings as errors: Linux with musl, and macOS. zig brings what each needs
# of its C library (.packages/zig.sh); the libraries' headers are this machine's.

PORTABLE := macos-arm64 macos-amd64 musl-arm64 musl-amd64
# name: what zig calls it. macOS 13 is the oldest that Apple still mended when this was written.
TRIPLE_macos-arm64 := aarch64-macos.13.0
TRIPLE_macos-amd64 := x86_64-macos.13.0
TRIPLE_musl-arm64  := aarch64-linux-musl
TRIPLE_musl-amd64  := x86_64-linux-musl
ZIG = $(eval ZIG := $(shell .packages/zig.sh))$(ZIG)

PORTABLE_INCLUDE := build/portable/include
# UBSan, which zig adds to what is not optimised, would only be compiled here and never run.
PORTABLE_CFLAGS = $(BASE_CFLAGS) -isystem $(PORTABLE_INCLUDE) -Werror -O0 -fno-sanitize=undefined

.PHONY: portable $(PORTABLE:%=portable-%) portable-needs
portable: $(PORTABLE:%=portable-%) ## compile for macOS and musl, on arm64 and amd64, to objects

portable-needs: | build-needs
	@[ -x "$(firstword $(ZIG))" ]
$(PORTABLE_INCLUDE): .packages/headers.sh | build-needs
	@mkdir -p $(@D)
	@CC="$(CC)" .packages/headers.sh $@
	@touch $@

# $(1): its name; $(2): the pattern of files that are another system's.
define portable_rules
portable-$(1): $$(patsubst reconciler/%.c,build/portable/$(1)/%.o,$$(filter-out $(2),$$(EVERY))) build/portable/$(1)/buildkit.pb-c.o
build/portable/$(1)/%.o: reconciler/%.c $$(MESSAGES).h $$(STYLE) | $$(PORTABLE_INCLUDE) portable-needs
	@mkdir -p $$(@D)
	$$(if $$(V),,@echo '  CC    $$< for $(1)')
	$$(Q)ZIG_LOCAL_CACHE_DIR=build/portable/cache $$(ZIG) cc -target $$(TRIPLE_$(1)) $$(PORTABLE_CFLAGS) -MMD -MP -c -o $$@ $$<
build/portable/$(1)/cli/version.o: private PORTABLE_CFLAGS += -DRECONCILE_COMMIT='"$$(COMMIT)"'
build/portable/$(1)/buildkit.pb-c.o: $$(MESSAGES).c | $$(PORTABLE_INCLUDE) portable-needs
	@mkdir -p $$(@D)
	$$(Q)ZIG_LOCAL_CACHE_DIR=build/portable/cache $$(ZIG) cc -target $$(TRIPLE_$(1)) $$(PORTABLE_CFLAGS) -c -o $$@ $$<
-include $$(patsubst reconciler/%.c,build/portable/$(1)/%.d,$$(filter-out $(2),$$(EVERY)))
endef
$(foreach name,$(PORTABLE),$(eval $(call portable_rules,$(name),$(NOT_FOR_$(if $(filter macos-%,$(name)),macos,linux)))))
