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

# ---- one of what runs side by side: called by xargs below ----------------

# explore SETUP: its log ends in "status 0" if all properties hold
explore() {
	log=$O/model/$1.log
	"$O/model/model" "$1" >"$log" 2>&1
	echo "status $?" >>"$log"
}

# mutate NAME: its log ends in "status 0" if the counterexample came
mutate() {
	patch=$mutants/$1.patch
	log=$O/model/$1.log
	folder=$O/model/$1
	read -r rule violates property in setup text <"$patch"
	echo "$rule $violates $property $in $setup $text" >"$log"
	mkdir -p "$folder"
	cp seamkey*.h "$folder"
	status=1
	if ! patch -s -f -F 0 -d "$folder" -p1 <"$patch" >>"$log" 2>&1; then
		echo "the patch does not apply any more" >>"$log"
	elif build "$folder" "$folder/model" -O1 -w >>"$log" 2>&1; then
		"$folder/model" "${setup%:}" >>"$log" 2>&1
		grep -q "^counterexample: ${setup%:} $property," "$log" &&
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
fi
echo "$names" | tr ' ' '\n' | side_by_side mutate
for m in $names; do
	result "mutant $m" "$m"
	read -r first <"$mutants/$m.patch"
	moves=$(sed -n 's/^counterexample: .* \([0-9]* moves\),.*/\1/p' \
		"$O/model/$m.log")
	echo "mutant $m ($first): ${moves:-no counterexample}"
done

summary model
