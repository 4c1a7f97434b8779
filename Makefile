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

PACKAGES := libsystemd libseccomp libmnl libcrypto json-c yaml-0.1 libzstd zlib libisal
# Loaded on first use (pkg/sys/library.h): only their headers are needed here.
HEADER_PACKAGES := libcurl libarchive libnftables blkid

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
GUEST_CPU := -fcf-protection=none -mno-red-zone
endif
LINK_HARDENING := -pie -Wl,-z,relro,-z,now,-z,noexecstack,--as-needed,--gc-sections

ifeq ($(VARIANT),asan)
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
ifeq ($(IS_GCC),)
SANITIZE += -fsanitize=fuzzer-no-link
endif
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
FLOORS   := cmd kube isolate store pkg
MAINS    := cmd/sdme.c cmd/sdme-boot.c cmd/sdme-seccomp.c
SOURCES  := $(filter-out $(MAINS), $(shell find $(FLOORS) -path isolate/guest -prune -o -name '*.c' -print))
HEADERS  := $(shell find $(FLOORS) -name '*.h')
OBJECTS  := $(SOURCES:%.c=$(B)/%.o)
PROGRAMS := $(MAINS:cmd/%.c=$(B)/%)
GUESTS   := $(B)/guest/sdme-isolate $(B)/guest/sdme-shutdown
FILTERS  := $(addprefix $(B)/seccomp-,machine.bpf app.bpf app-plain.bpf default.bpf)
UNIT     := $(shell find tests/unit -name '*.c')
FUZZ     := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
# `make test` and its like begin on machines without a compiler: a second make looks again.
AGAIN    := +@$(MAKE) --no-print-directory

.PHONY: all
all: $(PROGRAMS) $(GUESTS) $(FILTERS) ## build everything into build/release

# Objects depend on what the command line can change: make PREFIX=/usr install after make is right.
SETTINGS := $(PREFIX) $(VERSION) $(CPPFLAGS) $(CFLAGS)
.PHONY: FORCE
$(B)/settings: FORCE
	@mkdir -p $(@D)
	@echo '$(SETTINGS)' | cmp -s - $@ || echo '$(SETTINGS)' > $@

$(B)/%.o: %.c $(B)/settings Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

$(B)/libsdme.a: $(OBJECTS)
	@rm -f $@
	$(AR) qcs $@ $^

$(PROGRAMS): $(B)/%: $(B)/cmd/%.o $(B)/libsdme.a
	$(CC) $(ALL_LDFLAGS) $^ $(LIBS) -o $@

# The guest programs are freestanding: no libc, no libraries, static. Each is a folder beside isolate/guest/base.
GUEST_CFLAGS := -std=c11 -Os -ffreestanding -fno-stack-protector -fno-builtin -fno-pic -fno-pie \
	-fno-asynchronous-unwind-tables -ffunction-sections $(GUEST_CPU) -I. $(WARNINGS)
GUEST_LDFLAGS := -static -nostdlib \
	-Wl,--build-id=none,-z,noexecstack,-z,noseparate-code,--gc-sections -s
GUEST_SOURCES := $(wildcard isolate/guest/*/*.c)
GUEST_HEADERS := $(wildcard isolate/guest/*.h isolate/guest/*/*.h)

$(B)/guest/sdme-isolate: $(wildcard isolate/guest/app/*.c)
$(B)/guest/sdme-shutdown: $(wildcard isolate/guest/shutdown/*.c)

$(GUESTS): $(wildcard isolate/guest/base/*.c) $(GUEST_HEADERS) Makefile
	@mkdir -p $(@D)
	$(CC) $(GUEST_CFLAGS) $(filter %.c,$^) $(GUEST_LDFLAGS) -o $@

# Compiling these takes the time of several machine starts, so it happens here (isolate/app/seccomp.h).
$(B)/seccomp-machine.bpf $(B)/seccomp-app.bpf $(B)/seccomp-app-plain.bpf: $(B)/seccomp-%.bpf: $(B)/sdme-seccomp
	$< $* $@

$(B)/seccomp-default.bpf: $(B)/sdme-seccomp isolate/app/seccomp-default.json
	$< default isolate/app/seccomp-default.json $@

# Manual pages, completion scripts and the reference come from the command tables (cmd/docs.c).
$(B)/docs/cli.md: $(B)/sdme
	@rm -rf $(@D)
	$< __docs $(@D)

.PHONY: man
man: $(B)/docs/cli.md ## manual pages and completion scripts, into build/release/docs

# --- the two commands of README.md
.PHONY: build-deps deps demo test
build-deps: ## install the Debian packages that building needs
	@tests/deps build

deps: ## install the Debian packages that building and testing needs
	@tests/deps build host check

demo: ## build, boot a throwaway host, run a real Pod in it, show it, clean up
	@tests/deps build host
	$(AGAIN) -s -j$$(nproc) all man
	@tests/demo/demo.sh

test: deps ## everything: unit tests, sanitizers, lint, fuzzing in short, end-to-end tests
	@tests/run

# --- tests; each ends with a line "N passed, N failed"
$(B)/tests/unit/run: $(UNIT:%.c=$(B)/%.o) $(B)/libsdme.a
	$(CC) $(ALL_LDFLAGS) $^ $(LIBS) -o $@

.PHONY: check e2e vm asan tsan coverage fuzz soak bench golden corpus
check: $(B)/tests/unit/run $(GUESTS) ## unit tests: no root, no network, seconds
	$(B)/tests/unit/run
	@tests/unit/completion.sh

RELEASE ?= bookworm trixie
e2e: all man ## end-to-end tests in throwaway hosts (root): RELEASE="bookworm trixie"
	tests/e2e/run $(RELEASE)

vm: ## tests that need Debian 12's kernel, in QEMU (root, minutes): limits, reboots, power cuts
	@tests/deps build host vm
	$(AGAIN) all man
	tests/vm/run

asan: ## unit tests under AddressSanitizer and UBSan, built with clang
	$(AGAIN) -s check VARIANT=asan CC=clang

tsan: ## unit tests under ThreadSanitizer
	$(AGAIN) -s check VARIANT=tsan CC=clang

coverage: ## unit tests, and which lines they reach
	@tests/deps build coverage
	$(AGAIN) -s check VARIANT=coverage CC=gcc CFLAGS=-O0
	gcovr --root . --object-directory build/coverage --exclude tests/ --sort-percentage

FUZZ_SECONDS ?= 60
$(B)/fuzz/%: $(B)/tests/fuzz/%.o $(B)/libsdme.a
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -fsanitize=fuzzer $^ $(LIBS) -o $@

.PHONY: fuzz-targets
fuzz-targets: $(FUZZ)

fuzz: ## every parser of foreign bytes for FUZZ_SECONDS=60 each
	$(AGAIN) -s fuzz-targets VARIANT=asan CC=clang
	@tests/fuzz/run $(FUZZ_SECONDS)

SOAK_GIB ?= 20
$(B)/tests/soak/soak: $(B)/tests/soak/soak.o $(B)/tests/unit/contents.o $(B)/tests/unit/tar.o $(B)/libsdme.a
	$(CC) $(ALL_LDFLAGS) $^ $(LIBS) -o $@

soak: $(B)/tests/soak/soak ## layers of SOAK_GIB=20 through the unpacker, in TMPDIR (root, minutes)
	@directory=$$(mktemp -d) && { $< "$$directory" $(SOAK_GIB); status=$$?; rm -rf "$$directory"; exit $$status; }

bench: all man ## sdme and podman side by side in a throwaway host (root)
	@tests/bench/run

golden: $(B)/tests/unit/run ## rewrite the golden files; look at git diff afterwards
	@SDME_GOLDEN=write $(B)/tests/unit/run $$(grep -rl --include='*.c' CHECK_GOLDEN tests/unit)

corpus: all ## read foreign manifests: CORPUS=DIR
	@tests/lint/corpus $(B)/sdme $(CORPUS)

.PHONY: oracle
oracle: all ## compare validate with what Kubernetes says: CASES=FILE, or our own cases
	@mkdir -p build
	@[ -n '$(CASES)' ] || tests/oracle/cases > build/oracle.jsonl
	@tests/oracle/run $(B)/sdme $(or $(CASES),build/oracle.jsonl)

# --- checks of the source
# A header is included, as by any source: what it defines inline need not be used, and it need not declare anything.
$(B)/isolate/guest/%.h.o: isolate/guest/%.h
	@mkdir -p $(@D)
	echo 'struct source;' | $(CC) $(GUEST_CFLAGS) -MMD -MP -include $< -x c -c - -o $@

$(B)/%.h.o: %.h $(B)/settings
	@mkdir -p $(@D)
	echo 'struct source;' | $(CC) $(ALL_CFLAGS) -MMD -MP -include $< -x c -c - -o $@

.PHONY: lint headers layers globals tidy analyze cppcheck format clang
headers: $(HEADERS:%=$(B)/%.o) ## every header compiles alone

lint: all man headers ## floors, includes, globals, format, spelling, shell, sizes
	@tests/lint/run

layers globals: all ## one check of lint
	@tests/lint/run $@

clang: ## build with clang, warnings are errors
	$(AGAIN) all VARIANT=clang CC=clang CI=yes

tidy: $(B)/settings ## clang-tidy; an opinion, not a gate (minutes)
	printf '%s\n' $(filter-out -W% -enable% -ftrivial%,$(ALL_CFLAGS)) > compile_flags.txt
	-printf '%s\n' $(SOURCES) $(MAINS) | xargs -P$$(nproc) -n8 clang-tidy --quiet -p .

analyze: ## gcc -fanalyzer (minutes)
	$(AGAIN) all VARIANT=analyze CC=gcc CFLAGS='-O1 -g -fanalyzer'

cppcheck: ## cppcheck (minutes)
	cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr -j$$(nproc) \
		--suppressions-list=tests/lint/cppcheck.allow --error-exitcode=1 -I. $(SOURCES) $(MAINS)

format: ## clang-format every source file in place
	clang-format -i $(SOURCES) $(MAINS) $(GUEST_SOURCES) $(HEADERS) $(shell find tests -name '*.[ch]')

# --- installation
LIBRARYDIR = $(DESTDIR)$(PREFIX)/lib/sdme
UNITDIR    = $(DESTDIR)$(PREFIX)/lib/systemd/system
SHAREDIR   = $(DESTDIR)$(PREFIX)/share
# Debian's zsh looks for what packages bring in another directory than for what is in /usr/local.
ZSHDIR    ?= $(SHAREDIR)/zsh/$(if $(filter /usr,$(PREFIX)),vendor-completions,site-functions)
COMPLETION = $(SHAREDIR)/bash-completion/completions/sdme $(ZSHDIR)/_sdme \
	$(SHAREDIR)/fish/vendor_completions.d/sdme.fish

.PHONY: install uninstall dist clean help
install: all man ## into DESTDIR and PREFIX=/usr/local
	install -D -t $(DESTDIR)$(PREFIX)/bin $(B)/sdme
	install -D -t $(LIBRARYDIR) $(B)/sdme-boot
	install -D -m644 -t $(LIBRARYDIR) $(FILTERS) \
		isolate/app/seccomp-default.json
	install -D -t $(LIBRARYDIR)/machine $(GUESTS)
	rm -rf $(LIBRARYDIR)/machine/units
	umask 022; cp -r --preserve=links manifests/machine/units $(LIBRARYDIR)/machine/units
	install -d $(UNITDIR)
	umask 022; sed 's|@LIBRARYDIR@|$(PREFIX)/lib/sdme|' 'manifests/sdme@.service' > '$(UNITDIR)/sdme@.service'
	install -d '$(UNITDIR)/nftables.service.d'
	umask 022; sed 's|@LIBRARYDIR@|$(PREFIX)/lib/sdme|' manifests/nftables.conf > '$(UNITDIR)/nftables.service.d/50-sdme.conf'
	install -D -m644 manifests/sysctl.conf $(DESTDIR)$(PREFIX)/lib/sysctl.d/50-sdme.conf
	install -D -m644 -t $(SHAREDIR)/man/man1 $(B)/docs/man/*.1
	install -D -m644 -t $(SHAREDIR)/man/man5 $(B)/docs/man/*.5
	install -D -m644 $(B)/docs/completions/sdme.bash $(word 1,$(COMPLETION))
	install -D -m644 $(B)/docs/completions/sdme.zsh $(word 2,$(COMPLETION))
	install -D -m644 $(B)/docs/completions/sdme.fish $(word 3,$(COMPLETION))
	@[ -n '$(DESTDIR)' ] || [ ! -d /run/systemd/system ] || { systemctl daemon-reload && \
		echo 'applying lib/sysctl.d/50-sdme.conf' && /usr/lib/systemd/systemd-sysctl --prefix=/fs/inotify; }

# Without its unit file a machine cannot be stopped in order.
uninstall: ## remove what install put there; /var/lib/sdme stays
	@[ -n '$(DESTDIR)' ] || [ ! -d /run/systemd/system ] || [ -z "$$(systemctl list-units --no-legend \
		--plain --state=active,activating,deactivating 'sdme@*.service')" ] || \
		{ echo 'uninstall: Pods run; `sdme stop --all` or `sdme rm --all --force` first' >&2; exit 1; }
	rm -rf $(LIBRARYDIR)
	rm -f $(DESTDIR)$(PREFIX)/bin/sdme '$(UNITDIR)/sdme@.service' '$(UNITDIR)/nftables.service.d/50-sdme.conf' $(COMPLETION) \
		$(DESTDIR)$(PREFIX)/lib/sysctl.d/50-sdme.conf $(SHAREDIR)/man/man1/sdme.1 \
		$(SHAREDIR)/man/man1/sdme-*.1 $(SHAREDIR)/man/man5/sdme.conf.5
	[ ! -d '$(UNITDIR)/nftables.service.d' ] || rmdir --ignore-fail-on-non-empty '$(UNITDIR)/nftables.service.d'
	@[ -n '$(DESTDIR)' ] || [ ! -d /run/systemd/system ] || systemctl daemon-reload

dist: ## the committed files as build/sdme-VERSION.tar.xz
	@mkdir -p build
	git archive --prefix=sdme-$(VERSION)/ HEAD | xz > build/sdme-$(VERSION).tar.xz

clean: ## remove build/
	rm -rf build

help: ## list the targets
	@awk 'BEGIN { FS = ":.*## " } /^[a-z -]+:.*## / { sub(/ .*/, "", $$1); printf "%-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

-include $(OBJECTS:.o=.d) $(UNIT:%.c=$(B)/%.d) $(MAINS:%.c=$(B)/%.d) $(HEADERS:%=$(B)/%.d)
