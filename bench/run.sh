#!/bin/sh
# run.sh - builds and runs the benchmarks: make bench
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# One process, one core, contenders interleaved: only the ratios are worth
# quoting. Ends in "bench: P passed, F failed, S skipped", where passed is
# a benchmark that ran and whose contenders agreed on every result.
# shellcheck disable=SC2086 # lists of flags
set -u
O=${O:-build}
CC=${CC:-cc}
passed=0 failed=0 skipped=0

pin=
if command -v taskset >/dev/null 2>&1; then
	pin='taskset -c 0'
else
	echo 'skip: bench: not pinned to a core, taskset is not here'
fi

mkdir -p "$O"
if ! printf '#include <openssl/evp.h>\n' | $CC -E - >/dev/null 2>&1; then
	echo 'skip: bench: rsa: the OpenSSL headers (libssl-dev) are not here'
	skipped=1
elif $CC -std=c99 -O2 -I. ${BEARSSL_CFLAGS:-} -o "$O/bench-rsa" bench/rsa.c \
	${BEARSSL_LIBS:--lbearssl} -lcrypto && $pin "$O/bench-rsa"; then
	passed=1
else
	failed=1
fi
echo "bench: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
