#!/bin/sh
# run.sh - builds and runs the benchmarks: make bench
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: bench/run.sh [readme|form]
#
#   readme   puts the tables into README.md, between the marks named bench
#   form     the tables without the figures, which tests/readme.sh compares
#
# One process, one core, contenders interleaved: only the ratios are worth
# quoting. Ends in "bench: P passed, F failed, S skipped", where passed is
# a benchmark that ran and whose contenders agreed on every result.
# shellcheck disable=SC2086 # lists of flags
set -u
cd "$(dirname "$0")/.." || exit 1
O=${O:-build}
CC=${CC:-cc}
passed=0 failed=0 skipped=0
mkdir -p "$O"

pin=
if command -v taskset >/dev/null 2>&1; then
	pin='taskset -c 0'
elif [ "${1:-}" != form ]; then
	echo 'skip: bench: not pinned to a core, taskset is not here'
fi

have_openssl() {
	printf '#include <openssl/evp.h>\n' | $CC -E - >/dev/null 2>&1
}

build() {
	$CC -std=c99 -O2 -I. ${BEARSSL_CFLAGS:-} -o "$O/bench-rsa" \
		bench/rsa.c ${BEARSSL_LIBS:--lbearssl} -lcrypto
}

machine() {
	sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo 2>/dev/null |
		head -n 1 | tr -s ' ' | grep . || uname -m
}

compiler() {
	case $($CC --version) in
	*clang*) $CC --version | sed -n 's/.*\(clang\) version/\1/p' ;;
	*) echo "gcc $($CC -dumpfullversion)" ;;
	esac | head -n 1
}

# The tables, and what they were made with.
text() {
	sed 1d "$O/bench.txt"
	echo
	sed -n 1p "$O/bench.txt"
	echo "on one core of $(machine),"
	echo "$(compiler) at -O2," \
		"$(date +%Y-%m-%d). The ratio is to the first line."
}

# Into a file beside the README, which takes its place when it is whole.
update_readme() {
	text >"$O/bench.new"
	awk -v new="$O/bench.new" '
	$0 == "<!-- end bench -->" { old = 0; print "" }
	!old { print }
	/^<!-- begin bench: / {
		while ((getline line <new) > 0)
			print line
		old = ++found
	}
	END { exit found != 1 || old }' README.md >README.md.new &&
		mv README.md.new README.md
}

case ${1:-} in
'' | readme) ;;
form)
	if have_openssl; then
		build && "$O/bench-rsa" form
		exit
	fi
	echo 'skip: the OpenSSL headers (libssl-dev) are not here' >&2
	exit 0
	;;
*)
	echo 'usage: bench/run.sh [readme|form]' >&2
	exit 2
	;;
esac

if ! have_openssl; then
	echo 'skip: bench: rsa: the OpenSSL headers (libssl-dev) are not here'
	skipped=1
elif ! build || ! $pin "$O/bench-rsa" >"$O/bench.txt"; then
	failed=1
elif [ "${1:-}" = readme ] && ! update_readme; then
	echo 'bench: README.md has not one pair of marks named bench' >&2
	rm -f README.md.new
	failed=1
else
	cat "$O/bench.txt"
	passed=1
fi
echo "bench: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
