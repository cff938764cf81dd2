#!/bin/sh
# model.sh - the state space of the link, and whether the check can fail
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/model.sh [quick] [MUTANT...]
#
# tests/model/model.c explores what two ends, a network and an attacker can
# do, over the shipped headers, in every setup that it has (quick: in some).
# Then each tests/model/mutants/NAME.patch takes one rule out of a copy of
# the headers; its first line says which, which property is violated then,
# and in which setup that shows:
#
#   H-17 violates S1 in pair: the old key goes one tick early
#
# The counterexample has to come; it is shown with V=1, and stays in
# $O/model/NAME.log. A patch that does not apply any more is a failure. With
# names of mutants only those are tried.
#
# What the model has no room for (limits of 2^32, chance, many links) a unit
# test shows, which passes with the headers as they are:
#
#   H-38 fails test_link_limits link_drawn_limits_are_spread: no draw
#
# Each hole of docs/SPEC.md, H-1 to H-43, has a mutant, but for two that no
# line of code closes. H-40: there are no links of one sender and many
# receivers, and nothing to ask for one with. H-41: that the longest delay
# counts from seal to open, a queue at the sender included, is what the user
# is told of delay_max.
#
# Some rules have no mutant, since without them another one still holds.
# While signals count in the newest frame only (H-8), they may go back (H-7:
# the mutant stale_signals takes both out), and next may be relative to what
# open has as current (H-2), for that is the key of such a frame. One
# derivation at a time (H-23) is how a link is made: it has one step.
# shellcheck disable=SC2086 # lists of flags
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh

mutants=tests/model/mutants
quick=
if [ "${1:-}" = quick ]; then
	quick=quick
	shift
fi

# build FOLDER PROGRAM FLAG...: with the headers of that folder
build() {
	folder=$1
	program=$2
	shift 2
	$CC -std=c99 "$@" -I"$folder" -Itests/model $BEARSSL_CFLAGS \
		tests/model/model.c -o "$program"
}

# build_test FOLDER TABLE PROGRAM: tests/TABLE.c, with those headers
build_test() {
	$CC -std=c99 -O0 -w -I"$1" -Itests $BEARSSL_CFLAGS \
		"-DTEST_TABLES(X)=X(${2#test_})" tests/main.c "tests/$2.c" \
		-o "$3" $BEARSSL_LIBS
}

# first_line NAME: of that mutant, into variables; property is a table of
# tests, and setup a test, where the second word is "fails"
first_line() {
	# shellcheck disable=SC2034 # text ends the line
	read -r rule verb property setup text <"$mutants/$1.patch"
	if [ "$verb" = violates ]; then
		setup=${text%%:*}
	fi
	setup=${setup%:}
}

# ---- one of what runs side by side: called by xargs below ----------------

# explore SETUP: its log ends in "status 0" if all properties hold
explore() {
	log=$O/model/$1.log
	"$O/model/model" "$1" >"$log" 2>&1
	echo "status $?" >>"$log"
}

# table NAME: its log ends in "status 0" if what mutants are to fail passes
table() {
	log=$O/model/$1.log
	tests=$(sed -n "s/^H-[0-9]* fails $1 \([a-z0-9_]*\): .*/\1/p" \
		"$mutants"/*.patch)
	status=1
	if build_test . "$1" "$O/model/$1" >"$log" 2>&1; then
		"$O/model/$1" $tests >>"$log" 2>&1
		status=$?
	fi
	echo "status $status" >>"$log"
}

# shows NAME FOLDER: does what is built there fail as it has to?
shows() {
	first_line "$1"
	if [ "$verb" = violates ]; then
		# compiling takes longer than most searches, but not these
		case $setup,$property in
		inside* | replay* | *,L1) level=-O2 ;;
		*) level=-O0 ;;
		esac
		build "$2" "$2/model" $level -w || return 1
		"$2/model" "$setup" | tee "$2/out"
		grep -q "^counterexample: $setup $property," "$2/out"
	else
		build_test "$2" "$property" "$2/test" || return 1
		"$2/test" "$setup" | tee "$2/out"
		grep -q "^$setup failed: " "$2/out"
	fi
}

# mutate NAME: its log ends in "status 0" if the counterexample came
mutate() {
	patch=$mutants/$1.patch
	log=$O/model/$1.log
	folder=$O/model/$1
	head -n 1 "$patch" >"$log"
	mkdir -p "$folder"
	cp seamkey*.h "$folder"
	status=1
	if ! patch -s -f -F 0 -d "$folder" -p1 <"$patch" >>"$log" 2>&1; then
		echo "the patch does not apply any more" >>"$log"
	elif shows "$1" "$folder" >>"$log" 2>&1; then
		status=0
	fi
	rm -rf "$folder"
	echo "status $status" >>"$log"
}

case ${1:-} in
--explore)
	explore "$2"
	exit
	;;
--mutate)
	mutate "$2"
	exit
	;;
--table)
	table "$2"
	exit
	;;
esac

# ---- all of it -----------------------------------------------------------

# side_by_side WHAT: each line of the input, as many as there are processors
side_by_side() {
	xargs -n 1 -P "$processors" sh tests/model.sh "--$1"
}

# result TITLE NAME
result() {
	log=$O/model/$2.log
	if [ "$(tail -n 1 "$log" 2>/dev/null)" = "status 0" ]; then
		pass "$1"
		[ -z "${V:-}" ] || cat "$log"
	else
		fail "$1" "$(tail -n 40 "$log" 2>&1)"
	fi
}

scratch model
if ! text=$(build . "$O/model/model" -O2 -Wall -Wextra -Werror 2>&1); then
	fail "tests/model/model.c does not build" "$text"
	summary model
fi

if [ $# -eq 0 ]; then
	setups=$("$O/model/model" -l | sed -n "s/ .*${quick:-[a-z]*}\$//p")
	echo "$setups" | side_by_side explore
	for s in $setups; do
		result "setup $s" "$s"
		sed -n "/^$s (/p" "$O/model/$s.log"
	done
fi

if ! have patch; then
	skip "mutants" "patch is not here (make deps)"
	summary model
fi
names=$*
if [ -z "$names" ]; then
	names=$(for f in "$mutants"/*.patch; do basename "$f" .patch; done)
	unguarded=
	n=0
	while [ $n -lt 43 ]; do
		n=$((n + 1))
		head -q -n 1 "$mutants"/*.patch | grep -q "^H-$n " ||
			unguarded="$unguarded H-$n"
	done
	if [ "$unguarded" = " H-40 H-41" ]; then
		pass "each rule has a mutant"
	else
		fail "each rule has a mutant" "none, or one too many:$unguarded"
	fi
fi
tables=$(for m in $names; do
	first_line "$m"
	[ "$verb" = violates ] || echo "$property"
done | sort -u)
if [ -n "$tables" ]; then
	echo "$tables" | side_by_side table
fi
for t in $tables; do
	result "$t, with the headers as they are" "$t"
done
echo "$names" | tr ' ' '\n' | side_by_side mutate
for m in $names; do
	result "mutant $m" "$m"
	read -r first <"$mutants/$m.patch"
	shown=$(sed -n -e 's/^counterexample: .* \([0-9]* moves\),.*/\1/p' \
		-e 's/.* failed: \([0-9]*\) of [0-9]* \(checks\)$/\1 \2/p' \
		"$O/model/$m.log")
	echo "mutant $m ($first): ${shown:-no counterexample}"
done

summary model
