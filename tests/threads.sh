#!/bin/sh
# threads.sh - a link in six threads, under ThreadSanitizer
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/threads.sh
#
# Builds tests/link_threads.c with each of clang and gcc that can, runs it
# for THREADS_MS (default 1500) milliseconds: no report, and no frame
# wrongly refused. Then, with the first of them, it is built with
# SEAMKEY_PUBLISH and SEAMKEY_OBSERVE as plain accesses, and with a work that
# erases keys before seal and open have seen that the link is down, and has
# to be reported.
# shellcheck disable=SC2086 # lists of flags
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh

scratch threads
flags="-std=c99 -O1 -g -fsanitize=thread -pthread"
plain='((void)(*(at) = (uint8_t)(octet)))'

# build COMPILER NAME FLAG...: to $work/NAME
build() {
	compiler=$1
	name=$2
	shift 2
	$compiler $flags "$@" -I. $BEARSSL_CFLAGS -o "$work/$name" \
		tests/link_threads.c $BEARSSL_LIBS >"$work/$name.log" 2>&1
}

# runs COMPILER: does its sanitizer run at all? Not on every kernel.
runs() {
	echo 'int main(void) { return 0; }' >"$work/probe.c"
	$1 -fsanitize=thread -o "$work/probe" "$work/probe.c" \
		>/dev/null 2>&1 && "$work/probe" >/dev/null 2>&1
}

# clean NAME: runs without a report
clean() {
	if "$work/$1" "${THREADS_MS:-1500}" >"$work/$1.log" 2>&1; then
		pass "$1"
		sed "s/^/$1: /" "$work/$1.log"
	else
		fail "$1" "$(cat "$work/$1.log")"
	fi
}

# reported NAME: a mistake that has to be noticed; on a busy machine the
# threads may have to run longer until they meet
reported() {
	for ms in 600 1200 2500 5000 10000 20000; do
		TSAN_OPTIONS=exitcode=66 "$work/$1" $ms >"$work/$1.log" 2>&1
		status=$?
		[ $status -ne 66 ] || break
	done
	if [ $status -eq 66 ] && grep -q 'data race' "$work/$1.log"; then
		pass "$1"
		echo "reported, as it must be: $1:" \
			"$(grep -c 'data race' "$work/$1.log") times"
	else
		fail "$1: nothing was reported, status $status" \
			"$(cat "$work/$1.log")"
	fi
}

# control NAME FLAG...: has to be reported
control() {
	name=$1
	shift
	if build "$first" "$name" "$@"; then
		reported "$name"
	else
		fail "$name: does not compile" "$(cat "$work/$name.log")"
	fi
}

first=
for c in clang gcc; do
	if ! have $c || ! runs $c; then
		skip "ThreadSanitizer with $c" \
			"it, its runtime or its kernel is not here (make deps)"
		continue
	fi
	: "${first:=$c}"
	if build $c $c; then
		clean $c
	else
		fail "$c: does not compile" "$(cat "$work/$c.log")"
	fi
done

if [ -n "$first" ]; then
	control "plain accesses" "-DSEAMKEY_PUBLISH(at, octet)=$plain" \
		'-DSEAMKEY_OBSERVE(at)=(*(at))'
	if ! change_link "$work/hasty" \
		's/&l->\([a-z]*\)_epoch) != l->epoch/\&l->\1_epoch) == 256/'
	then
		fail "hasty erasure: there is nothing to change any more"
	else
		control "hasty erasure" -I"$work/hasty"
	fi
fi

summary threads
