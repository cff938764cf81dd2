#!/bin/sh
# ct.sh - constant time, for each compiler, level and kernel
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/ct.sh [quick]
#
# Builds tests/ct.c with gcc and clang at -O0, -O1, -O2, -O3 and -Os, and,
# at -O2, with one shared copy of the functions (SEAMKEY_EXTERN), and runs
# each under valgrind twice: once to see that no branch and no address
# depends on a secret, once to see that it would be reported if one did.
# tests/ct.c says what is secret. quick: gcc -O2 and clang -Os.
#
# The keys have 1024 bits, which is where the code is the same and valgrind
# is quick; gcc -O2 also gets one whose primes have different lengths, and
# one of 2048 bits, which the calls of ICSF ask for with RSA: their ECDSA
# runs every time, with a key of its own. What is checked of BearSSL is the
# library as it is installed, or as BEARSSL names it: it is not compiled
# here. tests/ct.supp names what it is let pass, in ECDSA.
# shellcheck disable=SC2086 # lists of flags
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh
quick=${1:-${QUICK:-}}

scratch ct

# One summary line of tests/ct.c into the three counts.
add() {
	# shellcheck disable=SC2046 # three numbers
	set -- $(sed -n '$s/[^0-9 ]//gp' "$1") 0 0 0
	passed=$((passed + $1))
	failed=$((failed + $2))
	skipped=$((skipped + $3))
	[ $(($1 + $2)) -gt 0 ]
}

# run NAME check|controls KEY...: one program under valgrind
run() {
	name=$1
	what=$2
	shift 2
	before=$failed
	# In controls, errors are what is asked for.
	expect=99
	[ "$what" = check ] || expect=0
	valgrind -q --error-limit=no --error-exitcode=$expect \
		--suppressions=tests/ct.supp \
		--log-file="$work/$name.$what.valgrind" \
		"$work/$name" "$what" "$@" >"$work/$name.$what" 2>&1
	status=$?
	show='/^FAILED\|^skip\|octets instead/'
	sed -n "${show}s/^\([a-zA-Z]*: \)*/&$title: /p" \
		"$work/$name.$what"
	if ! add "$work/$name.$what"; then
		fail "$title: $what" "$(cat "$work/$name.$what" \
			"$work/$name.$what.valgrind")"
	elif [ $status -ne 0 ] && [ $failed -eq $before ]; then
		fail "$title: $what ended with status $status" \
			"$(cat "$work/$name.$what.valgrind")"
	elif [ $failed -ne $before ] && [ "$what" = check ]; then
		head -30 "$work/$name.$what.valgrind" | sed 's/^/  /'
	fi
}

# What ran, in a line for each size of key.
tell() {
	awk -v title="$title" '
	/^(ran|reported, as it must be): / {
		sub(/^[^:]*: /, "")
		sub(/ operations$/, "")
		bits = $0
		sub(/.*, /, "", bits)
		sub(/ bits:.*/, "", bits)
		where = $0
		sub(/, [0-9]* bits:/, "", where)
		if (!(bits in line))
			order[++n] = bits
		line[bits] = line[bits] ", " where
	}
	END {
		for (i = 1; i <= n; i++)
			print title ", " order[i] " bits: " \
				substr(line[order[i]], 3)
	}' "$1"
}

# build TITLE KEY-SIZES COMMAND...: a compiler and its flags
build() {
	title=$1
	sizes=$2
	shift 2
	name=$(echo "$title" | tr -c 'A-Za-z0-9\n' -)
	if ! text=$("$@" -std=c99 -g -I. $BEARSSL_CFLAGS -o "$work/$name" \
		tests/ct.c $BEARSSL_LIBS 2>&1); then
		fail "$title: tests/ct.c does not compile" "$text"
		return
	fi
	keys=
	for bits in $sizes; do
		keys="$keys $work/key-$bits"
		[ -s "$work/key-$bits" ] || "$work/$name" key "$bits" \
			>"$work/key-$bits" ||
			fail "$title: no key of $bits bits"
	done
	run "$name" check $keys
	tell "$work/$name.check"
	run "$name" controls $keys
	tell "$work/$name.controls" | sed 's/ bits:/& reported, as wanted:/'
}

each_level() {
	for level in 0 1 2 3 s; do
		sizes=1024
		[ "$1$level" != gcc2 ] || sizes="1024 1031 2048"
		build "$1 -O$level" "$sizes" "$1" -O$level
	done
	build "$1 -O2 SEAMKEY_EXTERN" 1024 "$1" -O2 -DSEAMKEY_EXTERN
}

if ! have valgrind; then
	skip "constant time" "valgrind is not here (make deps)"
elif ! valgrind -q true >"$work/valgrind" 2>&1; then
	skip "constant time" "valgrind does not run here: $(head -n 1 \
		"$work/valgrind")"
else
	for c in gcc clang; do
		if ! have $c; then
			skip "constant time with $c" "not here (make deps)"
		elif ! echo '#include <valgrind/memcheck.h>' |
			$c -fsyntax-only -x c - 2>/dev/null; then
			skip "constant time with $c" \
				"it finds no valgrind/memcheck.h (make deps)"
		elif [ "$quick" != quick ]; then
			each_level $c
		elif [ $c = gcc ]; then
			build "gcc -O2" 1024 gcc -O2
		else
			build "clang -Os" 1024 clang -Os
		fi
	done
fi

summary ct
