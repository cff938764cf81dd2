#!/bin/sh
# even.sh - a damaged encrypted key costs as many instructions as a good one
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/even.sh (from make ct)
#
# Counts, with callgrind, what tests/even.c measures: an agent's answer, and
# opening a block, for keys encrypted with both paddings and damaged in each
# way. The count and what comes out must be the same to the last one, which
# no clock could show. tests/ct.sh shows the rest: that no branch and no
# address depends on what was decrypted.
# shellcheck disable=SC2317 # called by name
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh
scratch even-counts

if ! have valgrind; then
	skip "instructions of releases" "valgrind is not here (make deps)"
	summary even
fi

# count FILE WHAT PADDING KIND: "INSTRUCTIONS what was printed", to FILE. PAD
# makes up for the length of KIND, so that the stack lies at the same address:
# by that memset() of the C library chooses its way.
count() {
	file=$1
	shift
	pad=$(printf '%*s' $((40 - ${#3})) '')
	text=$(PAD=$pad valgrind --tool=callgrind --toggle-collect=measured \
		--callgrind-out-file="$file.out" "$O/even" "$@" \
		2>"$file.log") || return 1
	echo "$(sed -n 's/^summary: //p' "$file.out") $text" >"$file"
}

for what in release open control; do
	for padding in pkcs1 oaep; do
		for kind in $("$O/even" list); do
			[ $what != control ] || [ "$kind" = good ] || continue
			start "$what, $padding, $kind is counted" count \
				"$work/$what-$padding-$kind" \
				$what $padding "$kind"
		done
	done
done
collect

for padding in pkcs1 oaep; do
	for what in release open; do
		good=$(cat "$work/$what-$padding-good")
		check "$what, $padding, takes a million or more, not: $good" \
			test "${good%% *}" -ge 1000000
		for kind in $("$O/even" list); do
			[ "$kind" != good ] || continue
			# shellcheck disable=SC2016 # the other shell's
			check "$what, $padding, $kind is like a good one" \
				sh -c 'echo "$1" | diff "$2" -' sh "$good" \
				"$work/$what-$padding-$kind"
		done
	done
	refuse "control, $padding: an open block is told from a damaged one" \
		test "$(sed 's/ .*//' "$work/control-$padding-good")" -eq \
		"$(sed 's/ .*//' "$work/open-$padding-good")"
done

summary even
