# Compiles every room for other systems, with warnings as errors: Linux with musl, and macOS. zig brings what each needs
# of its C library (.packages/zig.sh); the libraries' headers are this machine's. For macOS it is linked as well, against
# the system as zig knows it and stubs of the libraries: a program that lacks nothing but those.

PORTABLE := macos-arm64 macos-amd64 musl-arm64 musl-amd64
# name: what zig calls it. macOS 13 is the oldest that Apple still mended when this was written.
TRIPLE_macos-arm64 := aarch64-macos.13.0
TRIPLE_macos-amd64 := x86_64-macos.13.0
TRIPLE_musl-arm64  := aarch64-linux-musl
TRIPLE_musl-amd64  := x86_64-linux-musl
ZIG = $(eval ZIG := $(shell .packages/zig.sh))$(ZIG)

PORTABLE_INCLUDE := build/portable/include
# UBSan, which zig adds to what is not optimised, would only be compiled here and never run.
PORTABLE_CFLAGS = $(filter-out -DRECONCILE_LOADS,$(BASE_CFLAGS)) -isystem $(PORTABLE_INCLUDE) -Werror -O0 -fno-sanitize=undefined

.PHONY: portable $(PORTABLE:%=portable-%) portable-needs
portable: $(PORTABLE:%=portable-%) ## compile for macOS and musl, on arm64 and amd64, and link for macOS

portable-needs: | build-needs
	@[ -x "$(firstword $(ZIG))" ]
$(PORTABLE_INCLUDE): .packages/headers.sh | build-needs
	@mkdir -p $(@D)
	@CC="$(CC)" .packages/headers.sh $@
	@touch $@

build/portable/stubs: .packages/stubs.sh | build-needs
	@CC="$(CC)" .packages/stubs.sh $@ $(PACKAGES)
	@touch $@

# $(1): its name; $(2): the pattern of files that are another system's; $(3): what is linked.
define portable_rules
OBJECTS_$(1) := $$(patsubst reconciler/%.c,build/portable/$(1)/%.o,$$(filter-out $(2),$$(EVERY))) build/portable/$(1)/buildkit.pb-c.o
portable-$(1): $$(OBJECTS_$(1)) $(3)
build/portable/$(1)/reconcile: $$(OBJECTS_$(1)) | build/portable/stubs
	$$(if $$(V),,@echo '  LINK  $$@')
	$$(Q)ZIG_LOCAL_CACHE_DIR=build/portable/cache $$(ZIG) cc -target $$(TRIPLE_$(1)) -o $$@ $$(OBJECTS_$(1)) build/portable/stubs/*.tbd
build/portable/$(1)/%.o: reconciler/%.c $$(MESSAGES).h $$(STYLE) | $$(PORTABLE_INCLUDE) portable-needs
	@mkdir -p $$(@D)
	$$(if $$(V),,@echo '  CC    $$< for $(1)')
	$$(Q)ZIG_LOCAL_CACHE_DIR=build/portable/cache $$(ZIG) cc -target $$(TRIPLE_$(1)) $$(PORTABLE_CFLAGS) -MMD -MP -c -o $$@ $$<
build/portable/$(1)/cli/version.o: private PORTABLE_CFLAGS += -DRECONCILE_COMMIT='"$$(COMMIT)"'
build/portable/$(1)/buildkit.pb-c.o: $$(MESSAGES).c | $$(PORTABLE_INCLUDE) portable-needs
	@mkdir -p $$(@D)
	$$(Q)ZIG_LOCAL_CACHE_DIR=build/portable/cache $$(ZIG) cc -target $$(TRIPLE_$(1)) $$(PORTABLE_CFLAGS) -c -o $$@ $$<
-include $$(OBJECTS_$(1):.o=.d)
endef
$(foreach name,$(filter macos-%,$(PORTABLE)),$(eval $(call portable_rules,$(name),$(NOT_FOR_macos),build/portable/$(name)/reconcile)))
$(foreach name,$(filter musl-%,$(PORTABLE)),$(eval $(call portable_rules,$(name),$(NOT_FOR_linux),)))
