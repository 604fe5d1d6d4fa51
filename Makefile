# reconcile: build, test, show. `make help` lists what there is.
#
# Variants share the rules and differ in folder: build/ (the program), build/sanitize/ (ASan + UBSan), build/clang/.

.DEFAULT_GOAL := all
SHELL := /bin/bash

VERSION  := 0.1.0
VARIANT  ?=
BUILD    := build$(if $(VARIANT),/$(VARIANT))
PREFIX   ?= /usr/local
DESTDIR  ?=

PACKAGES := libcurl libcjson libgit2 yaml-0.1 libcrypto
CC       ?= gcc
WARNINGS := -Wall -Wextra -Wshadow -Wmissing-prototypes -Wconversion -Wno-sign-conversion -Wstrict-prototypes \
            -Wpointer-arith -Wformat=2 -Wvla -Werror
CFLAGS   ?= -O2 -g
LDFLAGS  ?= -Wl,-z,relro -Wl,--as-needed
ifeq ($(VARIANT),sanitize)
CFLAGS   := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
LDFLAGS  :=
endif
ifeq ($(VARIANT),clang)
CC       := clang
endif

ALL_CFLAGS = -std=c17 -D_GNU_SOURCE -DRECONCILE_VERSION='"$(VERSION)"' -Ireconciler $(WARNINGS) -pthread \
             -fstack-protector-strong $(CFLAGS) $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
ALL_LIBS   = $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -pthread

SOURCES := $(sort $(wildcard reconciler/*/*.c))
OBJECTS := $(SOURCES:reconciler/%.c=$(BUILD)/obj/%.o)
ROOMS   := $(filter-out $(BUILD)/obj/cli/main.o,$(OBJECTS))
UNITS   := $(sort $(wildcard tests/unit/*.c))
UNIT_BINARIES := $(UNITS:tests/unit/%.c=$(BUILD)/unit/%)

.PHONY: all units clean
all: $(BUILD)/reconcile ## build build/reconcile

$(BUILD)/reconcile: $(OBJECTS)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(ALL_LIBS)

$(BUILD)/obj/%.o: reconciler/%.c | build-needs
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

units: $(UNIT_BINARIES) ## build the unit tests
$(BUILD)/unit/%: tests/unit/%.c $(ROOMS)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -MF $@.d -o $@ $< $(ROOMS) $(LDFLAGS) $(ALL_LIBS) -lcmocka

.PHONY: build-needs
build-needs:
	@pkg-config --exists $(PACKAGES) || { echo "missing libraries: run 'make deps' (it says what it installs and why)" >&2; exit 1; }

clean: ## remove build/
	rm -rf build

-include $(OBJECTS:.o=.d) $(UNIT_BINARIES:=.d)
