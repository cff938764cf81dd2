# seamkey is a set of headers: nothing here is built but its tests, its
# examples and its command. "make help" lists the targets.
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT

CC      ?= cc
CFLAGS  ?= -O2 -g
WERROR   = -Werror
BEARSSL ?=
VECTORS ?= ../shared/vectors
DEPS    ?= yes
PREFIX  ?= /usr/local
O        = build

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:

# ---- BearSSL: the system's, or a tree of the user's own ------------------
# A source tree has inc/ and build/, an installed one include/ and lib/. The
# headers are system headers, as they are not -Wconversion clean. The
# archive is named by its path: a shared library beside it is not meant.
# Only what compiles has to have it.

PLAIN = help clean tags format single toc-check uninstall

ifneq ($(strip $(BEARSSL)),)
override BEARSSL := $(abspath $(BEARSSL))
BEARSSL_H := $(firstword $(wildcard $(BEARSSL)/inc/bearssl.h \
	$(BEARSSL)/include/bearssl.h))
BEARSSL_A := $(firstword $(wildcard $(BEARSSL)/build/libbearssl.a \
	$(BEARSSL)/lib/libbearssl.a))
ifeq ($(and $(BEARSSL_H),$(BEARSSL_A)),)
ifneq ($(filter-out $(PLAIN),$(MAKECMDGOALS)),)
$(error BEARSSL=$(BEARSSL) is not a BearSSL tree: it needs inc/bearssl.h and \
	build/libbearssl.a, or include/bearssl.h and lib/libbearssl.a)
endif
endif
# -isystem /usr/include would break C++, and the compiler looks there anyway.
BEARSSL_CFLAGS := $(addprefix -isystem ,\
	$(filter-out /usr/include,$(realpath $(dir $(BEARSSL_H)))))
BEARSSL_LIBS := $(BEARSSL_A)
else
BEARSSL_CFLAGS :=
BEARSSL_LIBS := -lbearssl
endif

# ---- flags: the user's come on top, the library's are never lost ---------

WARN = -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow \
	-Wcast-qual -Wundef -Wstrict-prototypes -Wmissing-prototypes $(WERROR)
INC  = -I.
ALL  = -std=c99 $(WARN) $(CPPFLAGS) $(CFLAGS) $(BEARSSL_CFLAGS)
LINK = $(LDFLAGS) $(BEARSSL_LIBS)
SAN  = -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer

# Compile one file; compile and link one; link objects. The first two note
# what was included. V=1 shows the whole command.
Q       = $(if $(V),,@)
DEPENDS = -MMD -MP -MF $@.d -MT $@

define COMPILE
@mkdir -p $(@D)
@echo '  $(CC) $@'
$(Q)$(CC) $(ALL) $(INC) $(MODE) $(DEPENDS) -c -o $@ $<
endef

define PROGRAM
@mkdir -p $(@D)
@echo '  $(CC) $@'
$(Q)$(CC) $(ALL) $(INC) $(DEPENDS) -o $@ $< $(LINK)
endef

define JOIN
@echo '  $(CC) $@'
$(Q)$(CC) $(CFLAGS) -o $@ $^ $(LINK)
endef

# ---- what there is -------------------------------------------------------

HEADERS  := $(wildcard seamkey.h seamkey_*.h)
TABLES   := $(patsubst tests/test_%.c,%,$(wildcard tests/test_*.c))
TEST_OBJ := main.o $(TABLES:%=test_%.o)
SHARED_OBJ := $(TEST_OBJ) seamkey_impl.o
EXAMPLES := $(patsubst examples/%.c,$(O)/ex-%,$(wildcard examples/[0-9]*.c))
LINKED   := $(patsubst examples/link/%.c,$(O)/obj-link/%.o,\
	$(wildcard examples/link/*.c))
LINKER   := $(if $(LINKED),$(O)/link)
PQ_H     := $(firstword $(wildcard $(addsuffix /libpq-fe.h,\
	/usr/include/postgresql /usr/include /usr/local/include)))
P11_H    := $(firstword $(wildcard $(addsuffix /p11-kit-1/p11-kit/pkcs11.h,\
	/usr/include /usr/local/include)))
SERVED   := $(patsubst examples/agent/%.c,$(O)/obj-agent/%.o,\
	$(filter-out $(if $(PQ_H),,%/store_pg.c) \
	$(if $(P11_H),%/hsm_none.c,%/hsm.c),$(wildcard examples/agent/*.c)))
SQLITE   := $(if $(SERVED),$(shell echo '\#include <sqlite3.h>' | \
	$(CC) -E - >/dev/null 2>&1 && echo yes))
SERVER   := $(if $(SQLITE),$(O)/seamkey-agent)
COMMAND  := $(patsubst examples/%.c,$(O)/%,$(wildcard examples/seamkey.c))
VERIFIER := $(patsubst tests/%.c,$(O)/%,$(wildcard tests/vectors.c))
DRIVER   := $(patsubst tests/%.c,$(O)/%,$(wildcard tests/conformance.c))
SOAK     := $(patsubst tests/%.c,$(O)/%,$(wildcard tests/soak.c))
PEERS    := $(patsubst tests/%.c,$(O)/%,$(wildcard tests/agent_client.c \
	tests/agent_limit.c tests/agent_wrap.c tests/block_file.c tests/even.c \
	tests/link_answers.c tests/link_peer.c \
	tests/release_answers.c tests/rule_answers.c))
CHECKERS := $(VERIFIER) $(DRIVER) $(SOAK) $(PEERS)

# Files that are compiled at a time; tests that run at a time, some of which
# wait more than they compute.
JOBS := $(shell nproc 2>/dev/null || echo 1)
SIDE = $$(($(JOBS) + 1))

# Tests that need more than BearSSL, where that is here.
PQ_CFLAGS  := $(addprefix -isystem ,$(filter-out /usr/include/,$(dir $(PQ_H))))
P11_CFLAGS := $(patsubst %p11-kit/,-isystem %,$(dir $(P11_H)))
BACKENDS   := $(if $(PQ_H),$(O)/store_pg) \
	$(if $(P11_H),$(O)/token $(O)/token_layer.so $(O)/pkcs11)

# The unit tests, once for each way to use the headers, and with limits that
# are not the defaults. In all but the first, one file holds the functions:
# that compiles in a third of the time.
UNIT := $(if $(TABLES),$(O)/test-inline $(O)/test-limits $(O)/test-extern \
	$(O)/test-single)

# What "make test" runs: each quoted item is one command of tests/run.sh.
SUITE = $(UNIT:%='%') \
	$(if $(EXAMPLES),'sh tests/examples.sh $(EXAMPLES)') \
	$(if $(VERIFIER),$(if $(wildcard $(VECTORS)/.),'$(VERIFIER) $(VECTORS)', \
		'echo "skip: test vectors: no folder $(VECTORS)"')) \
	$(patsubst %,'sh %',$(wildcard $(SCRIPTS) $(OTHER_SCRIPTS))) \
	$(if $(wildcard $(OTHER_SCRIPTS)),'sh tests/packaging.sh quick' \
	'sh tests/spin.sh compare')

# Those of our own code, the longest first; and those that look at something
# else, or at the same code again.
SCRIPTS = tests/agent_server.sh tests/agent.sh tests/link.sh tests/cli.sh \
	tests/block.sh tests/conformance.sh tests/cli_block.sh tests/soak.sh \
	tests/agent_admin.sh tests/pkcs11.sh tests/agent_token.sh tests/peer.sh
OTHER_SCRIPTS = tests/interop.sh tests/agent_pg.sh tests/spec.sh \
	tests/install.sh tests/run_test.sh

# For the scripts.
export CC O BEARSSL BEARSSL_CFLAGS BEARSSL_LIBS VECTORS DEPS BEARSSL_SRC
export PQ_CFLAGS P11_CFLAGS
export SEAMKEY     = $(abspath $(O)/seamkey)
export CONFORMANCE = $(abspath $(O)/conformance)

# Run a script that another part of the project brings, if it is there.
script = @if [ -f $(1) ]; then sh $(1); \
	else echo 'skip: $(1) is not part of this tree'; fi

# Inside "make readme" the targets that are checks of their own do nothing:
# they run by themselves, and would run each other without end.
nested = @echo 'make $@: left out inside the check of the README'

# ---- see and check -------------------------------------------------------

## Keys that OpenSSL knows, too; 16 links on a bad network; a release agent
demo:
	@sh tests/deps.sh demo
	@$(MAKE) --no-print-directory demo-run

demo-run: $(COMMAND) $(LINKER) $(SERVER)
	$(call script,examples/demo.sh)

## Build and run the examples
examples: $(EXAMPLES)
	@sh tests/examples.sh $(EXAMPLES)

ifdef SEAMKEY_README_NESTED
test san everything readme:
	$(nested)
else

## Run the tests, in every way of using the headers
test:
	@sh tests/deps.sh test
	@$(MAKE) --no-print-directory -j$(JOBS) test-build
	@$(MAKE) --no-print-directory test-run

# Sanitizers make gcc warn of what is not so: "make test" has -Werror.
## The tests again, under two sanitizers (QUICK=quick: less)
san:
	@$(if $(QUICK),$(foreach s,$(OTHER_SCRIPTS) tests/packaging.sh \
		tests/spin.sh tests/cli.sh,\
		echo 'skip: san: $(s): left to make san';))
	@$(MAKE) --no-print-directory test O='$(O)/san' \
		CFLAGS='$(CFLAGS) $(SAN)' WERROR= \
		$(if $(QUICK),UNIT='$(O)/san/test-extern' OTHER_SCRIPTS= \
			SCRIPTS='$(filter-out tests/cli.sh,$(SCRIPTS))')

## Compile and run the README's code blocks, compare its generated tables
readme:
	@sh tests/readme.sh

## Everything this machine has the tools for; skips named at the end
everything:
	@sh tests/run.sh '$(MAKE) test' '$(MAKE) san' '$(MAKE) ct' \
		'$(MAKE) compile' '$(MAKE) symbols' '$(MAKE) lint' \
		'$(MAKE) readme' \
		'$(MAKE) threads' '$(MAKE) veth' '$(MAKE) targets' \
		'$(MAKE) spin' '$(MAKE) model' '$(MAKE) soak' '$(MAKE) fuzz' \
		'$(MAKE) packaging' \
		'$(MAKE) size && echo "size: 1 passed, 0 failed"' \
		'$(MAKE) bench && echo "bench: 1 passed, 0 failed"'
endif

test-build: $(UNIT) $(EXAMPLES) $(COMMAND) $(LINKER) $(SERVER) $(CHECKERS) \
	$(BACKENDS)

test-run: test-build
	@SIDE=$(SIDE) sh tests/run.sh $(SUITE)

## Each header alone: C99, C11, C++11, gcc, clang, -m32 (QUICK=quick: less)
compile: $(O)/single/seamkey.h
	@sh tests/compile.sh $(QUICK)

## What each header needs of a system: linked alone (QUICK=quick: less)
symbols:
	@sh tests/freestanding.sh $(QUICK)

## Constant time: secrets undefined under valgrind; instructions counted
ct: $(O)/even
	@sh tests/run.sh 'sh tests/ct.sh' 'sh tests/even.sh'

## A link in bad weather: 100 million frames, some minutes (SEED=1)
soak: $(SOAK)
	@sh tests/soak.sh 100000000

## A link in six threads under ThreadSanitizer
threads:
	$(call script,tests/threads.sh)
## The two ends of a link in network namespaces, over a veth pair (root)
veth: $(LINKER)
	$(call script,tests/veth.sh)

## Every state of a link, and that the check can fail (QUICK=quick: less)
model:
	@sh tests/model.sh $(QUICK)

## Fuzz every decoder (FUZZ_SECONDS=30 each)
fuzz:
	$(call script,tests/fuzz.sh)

## Check the model of a rekey with spin (QUICK=quick: less)
spin:
	$(call script,tests/spin.sh)

## Measure speed, beside OpenSSL
bench: $(SERVER) $(O)/agent_client
	$(call script,bench/run.sh)

## Unit tests on Cortex-M, RV32 in QEMU, and others (QUICK=quick: M4)
targets:
	$(if $(QUICK),,@sh tests/deps.sh targets)
	@$(MAKE) --no-print-directory $(COMMAND) $(LINKER)
	@SIDE=$(JOBS) QUICK='$(QUICK)' sh tests/run.sh \
		'sh tests/targets.sh $(QUICK)' 'sh tests/targets_user.sh' \
		'sh tests/firmware.sh $(QUICK)'

## Firmware of a device, for a Cortex-M4: build/firmware (BEARSSL_SRC=path)
firmware: $(COMMAND) $(LINKER)
	@sh examples/firmware/make.sh $(O)/firmware

## Instructions of a link's calls on Cortex-M, in QEMU (BEARSSL_SRC=path)
steps:
	$(call script,bench/steps.sh)

## Code size and own stack of each service, as a table
size:
	@sh tests/size.sh

## Deepest stack of each service, measured here with BearSSL's own
stack:
	@sh tests/stack.sh

## clang-tidy, cppcheck, format, names, sections (QUICK=quick: less)
lint:
	@sh tests/lint.sh

## CMake, pkg-config, other build systems (QUICK=quick: less)
packaging:
	@sh tests/packaging.sh $(QUICK)

## Only that the sections of each header match its contents list
toc-check:
	@sh tests/lint.sh toc

# ---- make and install ----------------------------------------------------

## Install what the other targets want (DEPS=no: only name it)
deps:
	@sh tests/deps.sh all

## Write the one-file header, build/single/seamkey.h
single: $(O)/single/seamkey.h
	@echo 'the one-file header is $<'

## Bring the C files into the one format
format:
	clang-format -i $(filter-out $(O)/% build/%,\
		$(wildcard *.h */*.[ch] */*/*.[ch]))

## Write an index of names for editors
tags:
	ctags --c-kinds=+px $(HEADERS) $(wildcard examples/*.c tests/*.c)

VERSION = $(shell awk '/^.define SEAMKEY_VERSION_(MAJOR|MINOR|PATCH) / \
	{ printf "%s%s", dot, $$3; dot = "." }' seamkey_base.h)
# What stands for @NAME@ in the pkg-config file. The BearSSL of BEARSSL=path
# is the one that programs are built with.
PC_IN = packaging/seamkey.pc.in
PC_CFLAGS = $(subst -isystem ,-I,$(BEARSSL_CFLAGS))
put = -e 's|@$(1)@|$(subst |,\|,$(subst &,\&,$(subst \,\\,$(2))))|'
PC = $(call put,PREFIX,$(PREFIX)) \
	$(call put,INCLUDEDIR,$${prefix}/include) \
	$(call put,VERSION,$(VERSION)) $(call put,LIBS,$(BEARSSL_LIBS)) \
	$(call put,CFLAGS,$(strip -I"$${includedir}" $(PC_CFLAGS)))
TO = $(DESTDIR)$(PREFIX)

# The agent is installed where it was built: not everybody wants a server.
SERVER_BUILT = $(wildcard $(SERVER))

## Install headers, commands, man pages, pkg-config file (PREFIX, DESTDIR)
install: $(COMMAND) $(SERVER_BUILT)
	install -d "$(TO)/include" "$(TO)/share/pkgconfig"
	install -m 644 $(HEADERS) "$(TO)/include"
	sed $(PC) $(PC_IN) >"$(TO)/share/pkgconfig/seamkey.pc"
ifneq ($(COMMAND),)
	install -d "$(TO)/bin"
	install -m 755 $(COMMAND) "$(TO)/bin"
endif
ifneq ($(wildcard examples/seamkey.1),)
	install -d "$(TO)/share/man/man1"
	install -m 644 examples/seamkey.1 "$(TO)/share/man/man1"
endif
ifneq ($(SERVER_BUILT),)
	install -d "$(TO)/sbin" "$(TO)/share/man/man8"
	install -m 755 $(SERVER_BUILT) "$(TO)/sbin"
	install -m 644 examples/agent/seamkey-agent.8 "$(TO)/share/man/man8"
endif

## Remove what install put there
uninstall:
	rm -f $(foreach h,$(HEADERS),"$(TO)/include/$h") "$(TO)/bin/seamkey" \
		"$(TO)/share/pkgconfig/seamkey.pc" \
		"$(TO)/share/man/man1/seamkey.1" \
		"$(TO)/sbin/seamkey-agent" \
		"$(TO)/share/man/man8/seamkey-agent.8"

## Remove what was built
clean:
	rm -rf $(O) tags

## Show this list
help:
	@awk '/^## / { text = substr($$0, 4); next } \
		/^[a-z-]+:/ && text { sub(/:.*/, ""); \
		printf "  %-11s %s\n", $$0, text; text = "" }' Makefile
	@echo
	@echo '  CC=clang         another compiler     CFLAGS=-Os     other flags'
	@echo '  BEARSSL=path     a BearSSL tree       DEPS=no        install nothing'
	@echo '  VECTORS=path     the test vectors     O=path         where to build'
	@echo '  V=1              whole commands'

# ---- rules ---------------------------------------------------------------

# Holds the flags of the last build; newer than what was built with others.
$(O)/flags: export USED = $(CC) $(ALL) $(LINK)
$(O)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' "$$USED" | cmp -s - $@ || printf '%s\n' "$$USED" >$@

$(O)/single/seamkey.h: tests/single.sh $(HEADERS)
	@sh tests/single.sh $@

# Beside the one-file header, a stub for each header that a test may name.
$(O)/single/stubs: $(O)/single/seamkey.h
	@mkdir -p $@
	@for h in $(filter-out seamkey.h,$(HEADERS)); do \
		echo '#include "seamkey.h"' >$@/$$h; done
	@touch $@

# The unit tests, four times, so that each kernel of seamkey_modexp.h has its
# turn: the machine's, words of 32 bits, the machine's again, portable C.
# main.o names the tables; tests/ itself changes when a file with a table comes
# or goes.
LIST   = '-DTEST_TABLES(X)=$(foreach t,$(TABLES),X($t))'
LIMITS = -DSEAMKEY_RSA_MAX_KEY_INFO=5000 -DSEAMKEY_DER_MAX_DEPTH=8 \
	-DSEAMKEY_RSA_MAX_BITS=2048 -DSEAMKEY_MODEXP_WORD=32 \
	-DSEAMKEY_RSA_MODEXP=1

$(O)/obj-inline/%: MODE = $(LIST)
$(O)/obj-limits/%: MODE = $(LIST) $(LIMITS) -DSEAMKEY_EXTERN
$(O)/obj-extern/%: MODE = $(LIST) -DSEAMKEY_EXTERN
$(O)/obj-single/%: MODE = $(LIST) -DSEAMKEY_EXTERN -DSEAMKEY_MODEXP_PORTABLE
$(O)/obj-single/%: INC = -I$(O)/single -I$(O)/single/stubs

$(foreach o,inline limits extern single,$(O)/obj-$o/main.o): tests

$(O)/obj-inline/%.o: tests/%.c $(O)/flags
	$(COMPILE)

$(O)/obj-limits/%.o: tests/%.c $(O)/flags
	$(COMPILE)

$(O)/obj-extern/%.o: tests/%.c $(O)/flags
	$(COMPILE)

$(O)/obj-single/%.o: tests/%.c $(O)/flags | $(O)/single/stubs
	$(COMPILE)

$(O)/obj-limits/%.o: examples/%.c $(O)/flags
	$(COMPILE)

$(O)/obj-extern/%.o: examples/%.c $(O)/flags
	$(COMPILE)

$(O)/obj-single/%.o: examples/%.c $(O)/flags | $(O)/single/stubs
	$(COMPILE)

$(O)/test-inline: $(TEST_OBJ:%=$(O)/obj-inline/%)
$(O)/test-limits: $(SHARED_OBJ:%=$(O)/obj-limits/%)
$(O)/test-extern: $(SHARED_OBJ:%=$(O)/obj-extern/%)
$(O)/test-single: $(SHARED_OBJ:%=$(O)/obj-single/%)
$(foreach t,inline limits extern single,$(O)/test-$t):
	$(JOIN)

$(CHECKERS): $(O)/%: tests/%.c $(O)/flags
	$(PROGRAM)

$(COMMAND): $(O)/%: examples/%.c $(O)/flags
	$(PROGRAM)

# Each with a table of its own.
$(O)/obj-pg/%: MODE = '-DTEST_TABLES(X)=X(store_pg)' $(PQ_CFLAGS)
$(O)/obj-pg/%.o: tests/%.c $(O)/flags
	$(COMPILE)

$(O)/store_pg: LINK = $(LDFLAGS) $(BEARSSL_LIBS) -lpq
$(O)/store_pg: $(O)/obj-pg/main.o $(O)/obj-pg/store_pg.o
	$(JOIN)

$(O)/obj-token/%: MODE = '-DTEST_TABLES(X)=X(token)' $(P11_CFLAGS)
$(O)/obj-token/%.o: tests/%.c $(O)/flags
	$(COMPILE)

$(O)/token: LINK = $(LDFLAGS) $(BEARSSL_LIBS) -ldl
$(O)/token: $(O)/obj-token/main.o $(O)/obj-token/token.o
	$(JOIN)

ifneq ($(P11_H),)
$(O)/pkcs11: INC += $(P11_CFLAGS)
$(O)/pkcs11: LINK = $(LDFLAGS) $(BEARSSL_LIBS) -ldl
$(O)/pkcs11: examples/pkcs11/main.c $(O)/flags
	$(PROGRAM)
else
$(O)/pkcs11: FORCE
	@echo 'pkcs11 needs libp11-kit-dev: make deps' >&2; exit 1
endif

$(O)/token_layer.so: INC += $(P11_CFLAGS) -fPIC -shared
$(O)/token_layer.so: LINK = $(LDFLAGS) -ldl
$(O)/token_layer.so: tests/token_layer.c $(O)/flags
	$(PROGRAM)

$(O)/obj-link/%.o: examples/link/%.c $(O)/flags
	$(COMPILE)

$(LINKER): $(LINKED)
	$(JOIN)

# Many files over one shared copy of the functions.
$(O)/obj-agent/%: MODE = -DSEAMKEY_EXTERN \
	$(if $(PQ_H),-DWITH_POSTGRES $(PQ_CFLAGS)) $(P11_CFLAGS)
$(O)/obj-agent/%.o: examples/agent/%.c $(O)/flags
	$(COMPILE)

$(SERVER): LINK = $(LDFLAGS) $(BEARSSL_LIBS) -lsqlite3 $(if $(PQ_H),-lpq) \
	$(if $(P11_H),-ldl)
$(SERVER): $(SERVED) $(O)/obj-extern/seamkey_impl.o
	$(JOIN)

ifeq ($(SERVER),)
$(O)/seamkey-agent: FORCE
	@echo 'seamkey-agent needs libsqlite3-dev: make deps' >&2; exit 1
endif

$(EXAMPLES): $(O)/ex-%: examples/%.c $(O)/flags
	$(PROGRAM)

-include $(wildcard $(O)/*.d $(O)/obj-*/*.d)

FORCE:

.PHONY: help demo demo-run examples test test-build test-run san compile symbols ct fuzz soak threads spin \
	model veth bench steps targets firmware size stack lint toc-check packaging \
	readme deps everything single format tags install uninstall clean FORCE
