# sdme - Kubernetes pods on plain systemd. `make help` lists the targets.
# One Makefile, not recursive. Objects go to build/VARIANT/, so that variants never share one.
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := all

VERSION := 0.1.0
VARIANT ?= release
PREFIX  ?= /usr/local
DESTDIR ?=
CC      ?= cc
ifeq ($(origin CC),default)
CC      := gcc
endif
B       := build/$(VARIANT)

PACKAGES := libsystemd libseccomp libmnl libcrypto libcap json-c yaml-0.1 libzstd zlib libisal
# Loaded on first use (pkg/sys/library.h): only their headers are needed here.
HEADER_PACKAGES := libcurl libarchive libnftables

CFLAGS   ?= -O2 -g
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wvla -Wundef -Wwrite-strings \
	-Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wimplicit-fallthrough -Wswitch-enum \
	-Wcast-qual -Wnull-dereference
IS_GCC   := $(shell $(CC) --version 2>/dev/null | grep -qi 'free software' && echo yes)
ifeq ($(IS_GCC),yes)
WARNINGS += -Wlogical-op -Wduplicated-cond -Wformat-truncation=2
endif
ifdef CI
WARNINGS += -Werror
endif
HARDENING := -fstack-protector-strong -fstack-clash-protection -fPIE -fno-common \
	-ftrivial-auto-var-init=zero
ifeq ($(IS_GCC),)
HARDENING += -enable-trivial-auto-var-init-zero-knowing-it-will-be-removed-from-clang
endif
ifeq ($(shell uname -m),x86_64)
HARDENING += -fcf-protection
endif
LINK_HARDENING := -pie -Wl,-z,relro,-z,now,-z,noexecstack,--as-needed,--gc-sections

ifeq ($(VARIANT),asan)
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
else ifeq ($(VARIANT),tsan)
SANITIZE := -fsanitize=thread
else ifeq ($(VARIANT),coverage)
SANITIZE := --coverage
else
HARDENING += -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
endif

# Only what needs a compiler asks for the libraries, so that `make help` works on a bare machine.
PACKAGE_CFLAGS = $(eval PACKAGE_CFLAGS := $$(shell pkg-config --cflags $(PACKAGES) $(HEADER_PACKAGES)))$(PACKAGE_CFLAGS)
PACKAGE_LIBS   = $(eval PACKAGE_LIBS := $$(shell pkg-config --libs $(PACKAGES)))$(PACKAGE_LIBS)

ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -I. -I$(B) -DSDME_VERSION='"$(VERSION)"' \
	-DSDME_PREFIX='"$(PREFIX)"' -include pkg/base/banned.h -ffunction-sections -fdata-sections \
	$(WARNINGS) $(HARDENING) $(SANITIZE) $(PACKAGE_CFLAGS) $(CPPFLAGS) $(CFLAGS)
ALL_LDFLAGS = $(LINK_HARDENING) $(SANITIZE) $(LDFLAGS)
LIBS = $(PACKAGE_LIBS) -lpthread -ldl

# --- sources: every .c file below the floors; the programs' main files are listed, the rest is one library
MAINS   := cmd/sdme.c cmd/sdme-boot.c
SOURCES := $(filter-out $(MAINS), $(wildcard pkg/*/*.c store/*.c isolate/*.c kube/*.c cmd/*.c))
OBJECTS := $(SOURCES:%.c=$(B)/%.o)
UNIT    := $(wildcard tests/unit/*.c)
FUZZ    := $(wildcard tests/fuzz/fuzz_*.c)

##@ build
.PHONY: all
all: $(B)/sdme $(B)/sdme-boot $(B)/guest/sdme-isolate ## build everything into build/release

$(B)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

$(B)/libsdme.a: $(OBJECTS)
	@rm -f $@
	$(AR) rcs $@ $^

$(B)/sdme: $(B)/cmd/sdme.o $(B)/libsdme.a
	$(CC) $(ALL_LDFLAGS) $^ $(LIBS) -o $@

$(B)/sdme-boot: $(B)/cmd/sdme-boot.o $(B)/libsdme.a
	$(CC) $(ALL_LDFLAGS) $^ $(LIBS) -o $@

# The guest programs are freestanding: no libc, no libraries, static (isolate/guest/).
GUEST_CFLAGS := -std=c11 -Os -ffreestanding -fno-stack-protector -fno-builtin -fno-pic -fno-pie \
	-fno-asynchronous-unwind-tables -fcf-protection=none -mno-red-zone -I. $(WARNINGS)
GUEST_LDFLAGS := -static -nostdlib -no-pie -Wl,--build-id=none,-z,noexecstack,--gc-sections -s
GUEST_SOURCES := $(wildcard isolate/guest/*.c)

$(B)/guest/sdme-isolate: $(GUEST_SOURCES) $(wildcard isolate/guest/*.h) Makefile
	@mkdir -p $(@D)
	$(CC) $(GUEST_CFLAGS) $(GUEST_SOURCES) $(GUEST_LDFLAGS) -o $@

##@ test
$(B)/tests/unit/run: $(UNIT:%.c=$(B)/%.o) $(B)/libsdme.a
	$(CC) $(ALL_LDFLAGS) $^ $(LIBS) -o $@

.PHONY: check
check: $(B)/tests/unit/run ## unit tests: no root, no network, seconds
	$(B)/tests/unit/run

-include $(OBJECTS:.o=.d) $(UNIT:%.c=$(B)/%.d) $(MAINS:%.c=$(B)/%.d)

.PHONY: help
help: ## list the targets
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "%-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: clean
clean: ## remove build/
	rm -rf build
