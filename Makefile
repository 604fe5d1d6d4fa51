# reconcile: build, test, show. `make help` lists what there is.
#
# Variants share the rules and differ in folder: build/ (the program), build/sanitize/ (ASan + UBSan), build/clang/,
# build/libfuzzer/ (what `make fuzz` runs), build/static/ARCH/ (.packages/static.mk).

.DEFAULT_GOAL := all
SHELL := /bin/bash

VERSION  := 0.1.0
RELEASED := 2026-11-26
VARIANT  ?=
BUILD    := build$(if $(VARIANT),/$(VARIANT))
PREFIX   ?= /usr/local
DESTDIR  ?=

PACKAGES := libcurl libnghttp2 libcjson libgit2 yaml-0.1 libcrypto libprotobuf-c zlib
ifeq ($(origin CC),default)
CC       := gcc
endif
# make V=1 shows the commands
Q        := $(if $(V),,@)
WARNINGS := -Wall -Wextra -Wshadow -Wmissing-prototypes -Wconversion -Wno-sign-conversion -Wstrict-prototypes \
            -Wpointer-arith -Wformat=2 -Wvla
# Errors where we look at them (make check, make lint); another compiler's new warning is no reason not to build.
ifneq ($(WERROR),)
WARNINGS += -Werror
endif
CFLAGS   ?= -O2 -g
LDFLAGS  ?= -Wl,-z,relro -Wl,--as-needed
ifeq ($(VARIANT),sanitize)
CFLAGS   := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
LDFLAGS  :=
endif
ifeq ($(VARIANT),clang)
CC       := clang
endif
ifeq ($(VARIANT),libfuzzer)
CC       := clang
CFLAGS   := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
LDFLAGS  :=
endif

BASE_CFLAGS = -std=c17 -D_GNU_SOURCE -DRECONCILE_VERSION='"$(VERSION)"' -DRECONCILE_RELEASED='"$(RELEASED)"' \
              -Ireconciler -isystem $(GEN) $(WARNINGS) -pthread
ALL_CFLAGS = $(BASE_CFLAGS) -fstack-protector-strong $(CPPFLAGS) $(CFLAGS) $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
ALL_LIBS   = $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -pthread

# Loaded when they are first called (reconciler/base/library.h), by the name that the linker would have written down;
# `make LOADS=` links them, as macOS does; a static program has them in it.
LOADS    ?= $(if $(filter Linux,$(shell uname -s)),$(if $(filter static/%,$(VARIANT)),,libcurl libgit2))

# Made from schemas/buildkit.proto by protoc-c.
GEN      := $(BUILD)/gen
MESSAGES := $(GEN)/buildkit.pb-c
# The style sheet of pages as a macro, a C string, by sed alone: for every compiler, and for cross builds too.
STYLE    := $(GEN)/page_css.h

# loaded,LIBRARY: its soname, by the library that -lLIBRARY would take.
loaded = $(shell readelf -d "$$($(CC) -print-file-name=$(1).so)" 2>/dev/null | sed -n 's/.*SONAME.*\[\(.*\)\].*/\1/p')
ifneq ($(LOADS),)
BASE_CFLAGS += -DRECONCILE_LOADS
NAMES       := $(LOADS:%=$(GEN)/%_names.h) $(GEN)/libraries.h
endif
$(GEN)/libgit2_names.h: reconciler/history/libgit2.h
$(GEN)/libcurl_names.h: reconciler/live/http/libcurl.h
$(GEN)/lib%_names.h:
	@mkdir -p $(@D)
	$(Q)sed -nE 's/^\tX\((.*)\).*/#undef \1\n#define \1 lib$*()->\1/p' $< >$@
# Needs what the program loads, for tools that find a package's dependencies in its files (.packages/deb/rules).
$(BUILD)/loaded.so: $(BUILD)/reconcile
	$(Q)$(CC) -shared -nostdlib -o $@ -Wl,--no-as-needed $(patsubst $(GEN)/lib%_names.h,-l%,$(filter %_names.h,$(NAMES))) \
	  $$(sed -nE 's/^#undef (.*)/-Wl,-u,\1/p' $(filter %_names.h,$(NAMES)))
$(BUILD)/obj/history/libgit2.o $(BUILD)/obj/live/http/libcurl.o: $(filter %/libraries.h,$(NAMES))
$(GEN)/libraries.h: FORCE | build-needs
	@mkdir -p $(@D)
	@printf '#define %s "%s"\n' LIBCURL_FILE '$(call loaded,libcurl)' LIBGIT2_FILE '$(call loaded,libgit2)' | cmp -s - $@ || printf '#define %s "%s"\n' LIBCURL_FILE '$(call loaded,libcurl)' LIBGIT2_FILE '$(call loaded,libgit2)' >$@

# What systems do differently is in files of their own (reconciler/base/platform.h): one's are not the other's.
SYSTEM  := $(if $(filter Darwin,$(shell uname -s)),macos,linux)
NOT_FOR_linux := %_macos.c
NOT_FOR_macos := %_linux.c
EVERY   := $(sort $(wildcard reconciler/*/*.c reconciler/*/*/*.c))
SOURCES := $(filter-out $(NOT_FOR_$(SYSTEM)),$(EVERY))
OBJECTS := $(SOURCES:reconciler/%.c=$(BUILD)/obj/%.o) $(BUILD)/obj/buildkit.pb-c.o
# All but main(): what the unit tests and the fuzz targets link.
ROOMS   := $(BUILD)/rooms.a
UNITS   := $(sort $(wildcard tests/unit/*.c))
UNIT_BINARIES := $(UNITS:tests/unit/%.c=$(BUILD)/unit/%)

.PHONY: all units clean
all: $(BUILD)/reconcile ## build build/reconcile

$(BUILD)/reconcile: $(OBJECTS)
	$(if $(V),,@echo '  LINK  $@')
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(ALL_LIBS)

# Which commit --version names; the file changes when that does. In a tarball git has written it into .packages/commit.
STAMP  := $(shell sed -n '/^[0-9a-f]* [0-9]*$$/p' .packages/commit)
COMMIT := $(or $(shell echo $(STAMP) | cut -c 1-12),$(shell git describe --always --dirty --abbrev=12 2>/dev/null),release)
$(BUILD)/commit: FORCE
	@mkdir -p $(@D)
	@echo '$(COMMIT)' | cmp -s - $@ || echo '$(COMMIT)' >$@
FORCE:
$(BUILD)/obj/cli/version.o: $(BUILD)/commit
$(BUILD)/obj/cli/version.o: private ALL_CFLAGS += -DRECONCILE_COMMIT='"$(COMMIT)"'

$(BUILD)/obj/%.o: reconciler/%.c | build-needs $(MESSAGES).h $(STYLE) $(NAMES)
	@mkdir -p $(@D)
	$(if $(V),,@echo '  CC    $<')
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/obj/report/page_style.o: $(STYLE)

$(BUILD)/obj/buildkit.pb-c.o: $(MESSAGES).c
	@mkdir -p $(@D)
	$(if $(V),,@echo '  CC    $<')
	$(Q)$(CC) $(ALL_CFLAGS) -c -o $@ $<

.PHONY: messages
messages: $(MESSAGES).c $(MESSAGES).h
$(MESSAGES).c $(MESSAGES).h &: schemas/buildkit.proto | build-needs
	@mkdir -p $(@D)
	$(if $(V),,@echo '  PROTO $<')
	$(Q)protoc-c --proto_path=schemas --c_out=$(@D) $<

$(STYLE): reconciler/report/page.css Makefile
	@mkdir -p $(@D)
	$(if $(V),,@echo '  STYLE $<')
	$(Q){ echo '#define PAGE_STYLE \'; sed -e '/^\/\*.*\*\/$$/d' -e 's/^ *//' -e 's/[\\"]/\\&/g' -e 's/.*/"&\\n" \\/' $<; echo; } >$@

# Made anew, so that no object of a file that is gone stays in it.
$(ROOMS): $(filter-out $(BUILD)/obj/cli/main.o,$(OBJECTS))
	$(if $(V),,@echo '  AR    $@')
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

units: $(UNIT_BINARIES) ## build the unit tests
$(BUILD)/unit/%: tests/unit/%.c $(ROOMS)
	@mkdir -p $(@D)
	$(if $(V),,@echo '  TEST  $<')
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -MF $@.d -o $@ $< $(ROOMS) $(LDFLAGS) $(ALL_LIBS) -lcmocka

.PHONY: build-needs
build-needs:
	@{ $(if $(PACKAGES),pkg-config --exists $(PACKAGES) &&) command -v protoc-c >/dev/null; } || { echo "missing libraries: run 'make deps' (it says what it installs and why)" >&2; exit 1; }

clean: ## remove build/
	rm -rf build

-include $(OBJECTS:.o=.d) $(UNIT_BINARIES:=.d)

include .packages/portable.mk
include .packages/static.mk

# --- tests -----------------------------------------------------------------------------------------------------------

FUZZERS := $(sort $(wildcard tests/fuzz/fuzz_*.c))
REPLAYS := $(FUZZERS:tests/fuzz/%.c=$(BUILD)/fuzz/%)
.PHONY: deps deps-check check test-binaries replays fuzzers fuzz demo bench soak
deps: ## install what the build needs (says what and why)
	@.ci/deps.sh build

# Corpora are replayed by a driver of ours, so that gcc builds do too; `make fuzz` uses libFuzzer.
replays: $(REPLAYS)
$(BUILD)/fuzz/%: tests/fuzz/%.c tests/fuzz/replay.c $(ROOMS)
	@mkdir -p $(@D)
	$(if $(V),,@echo '  FUZZ  $<')
	$(Q)$(CC) $(ALL_CFLAGS) -o $@ $< tests/fuzz/replay.c $(ROOMS) $(LDFLAGS) $(ALL_LIBS)

fuzzers: $(FUZZERS:tests/fuzz/%.c=$(BUILD)/fuzzers/%)
$(BUILD)/fuzzers/%: tests/fuzz/%.c $(ROOMS)
	@mkdir -p $(@D)
	$(if $(V),,@echo '  FUZZ  $<')
	$(Q)$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer -o $@ $< $(ROOMS) $(LDFLAGS) $(ALL_LIBS)

test-binaries:
	@$(MAKE) -s WERROR=1 all units
	@$(MAKE) -s WERROR=1 VARIANT=sanitize all units replays

check: ## install what is missing, run every test: ends in `N passed, N failed, N skipped`
	@.ci/deps.sh build unit test lint
	@tests/engine/prepare --kind docker-29
	@tests/engine/cluster prepare
	@tests/page/prepare >/dev/null
	@.packages/static/libraries.sh amd64 >/dev/null || [ $$? = 77 ]
	@$(MAKE) -s -j$$(nproc) test-binaries
	@tests/run

RESETS ?= 100
soak: ## the long tests: other Debians, systems and processors, packages, valgrind, the whole crash and history matrices, power cuts, lost Engines, kills in a cluster, signals in every wait, every kind of Engine, vectors, builds during RESETS (100) resets
	@.ci/deps.sh build unit test package soak
	@tests/engine/prepare --kind all || [ $$? = 77 ]
	@for arch in $(STATIC); do .packages/static/libraries.sh $$arch >/dev/null || [ $$? = 77 ] || exit; done
	@$(MAKE) -s -j$$(nproc) all units
	@FAULT_ALL=1 FAULT_MODES="kill enospc eio" FAULT_SILENT_MAX=200 RESETS=$(RESETS) WAITS_ALL=1 CAPS_ALL=1 tests/run roots-units static-all portable-all packages-all image valgrind memory history crash power builds lost waits caps conform-all field actions-real changes engines-all kubernetes-all

demo: ## install what is missing, then: break an installation, plan, apply, no changes, roll back
	@.ci/deps.sh build
	@$(MAKE) -s -j$$(nproc) all
	@tests/e2e/demo

bench: ## measure this program, and that of BEFORE (a commit; the last release), beside docker buildx (DESIGN: numbers)
	@.ci/deps.sh build unit test
	@$(MAKE) -s -j$$(nproc) all
	@tests/bench/run $(if $(BEFORE),--before $(BEFORE))

FUZZ_SECONDS ?= 120
fuzz: ## run each fuzz target for FUZZ_SECONDS (120)
	@.ci/deps.sh build fuzz
	@$(MAKE) -s -j$$(nproc) VARIANT=libfuzzer fuzzers
	@tests/fuzz/run $(FUZZ_SECONDS)

include .packages/packages.mk

# --- lint, format, install -------------------------------------------------------------------------------------------

C_FILES  := $(wildcard reconciler/*/*.[ch] reconciler/*/*/*.[ch] tests/unit/*.[ch] tests/fuzz/*.[ch])
SCRIPTS  := $(filter-out tests/conform/run,$(wildcard tests/*/run)) $(wildcard .packages/*.sh .packages/static/*.sh $(addprefix tests/packages/,deb dist install release rpm lib.sh) .github/actions/*.sh .github/actions/*/*.sh .ci/*.sh .ci/run tests/run tests/recipes tests/static/make tests/roots/inside tests/e2e/demo tests/e2e/audit tests/engine/*.sh \
              tests/engine/up tests/engine/down tests/engine/prepare tests/engine/cluster $(wildcard tests/engine/inside*) tests/actions/prepare tests/page/prepare \
              tests/field/run $(wildcard tests/field/*.sh) $(addprefix tests/fault/,faults rows.sh race crash power builds lost waits) tests/kubernetes/crash)
.PHONY: lint lint-layers lint-format lint-tidy lint-cppcheck lint-shellcheck lint-clang lint-schema lint-manual format install uninstall help
lint: lint-layers lint-format lint-tidy lint-cppcheck lint-shellcheck lint-clang lint-schema lint-manual ## layering, format, static analysis
lint-layers:
	.ci/layers.sh
lint-format:
	clang-format --dry-run -Werror $(C_FILES)
lint-tidy: $(MESSAGES).h $(STYLE)
	printf '%s\n' $(SOURCES) | xargs -P $$(nproc) -n 16 .ci/tidy.sh
lint-cppcheck:
	cppcheck --quiet --std=c11 --language=c --enable=warning,performance,portability --inline-suppr \
	  --include=.ci/cppcheck.h \
	  --suppress=missingIncludeSystem --suppress=readdirCalled --suppress=unusedStructMember --error-exitcode=1 -j $$(nproc) -Ireconciler reconciler
lint-shellcheck:
	shellcheck -x -e SC1091 $(SCRIPTS)
lint-clang:
	$(MAKE) -s WERROR=1 VARIANT=clang CFLAGS=-O0 all
lint-schema: $(BUILD)/reconcile
	$(BUILD)/reconcile --schema | diff -u schemas/state.schema.json -

lint-manual: $(BUILD)/reconcile
	.ci/manual.sh --check

format: ## clang-format every C file, make the generated pages and schemas anew
	clang-format -i $(C_FILES)
	@$(MAKE) -s all
	$(BUILD)/reconcile --schema > schemas/state.schema.json
	.ci/manual.sh

MAN_PAGES := $(wildcard reconciler/manual/*.[157])
INSTALLED := bin/reconcile share/reconcile/state.schema.json share/reconcile/plan.schema.json \
             $(foreach page,$(MAN_PAGES),share/man/man$(subst .,,$(suffix $(page)))/$(notdir $(page)))
install: all ## install to $(DESTDIR)$(PREFIX)
	install -D -m 755 $(BUILD)/reconcile $(DESTDIR)$(PREFIX)/bin/reconcile
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/reconcile schemas/state.schema.json schemas/plan.schema.json
	for page in $(MAN_PAGES); do install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man$${page##*.} $$page; done

uninstall: ## remove what install put there
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/,$(INSTALLED))
	rmdir $(DESTDIR)$(PREFIX)/share/reconcile 2>/dev/null || true

include .packages/shell.mk

help: ## list what there is
	@grep -hE '^[a-z-]+:.*## ' $(filter Makefile %.mk,$(MAKEFILE_LIST)) | sed -E 's/:[^#]*## /\t/' | expand -t 12
