#!/bin/sh
# soak.sh - a link in bad weather, and whether the soak would notice
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/soak.sh [FRAMES]
#
# Runs $O/soak (tests/soak.c): FRAMES frames, or without FRAMES as many as
# fit into SOAK_SECONDS (default 8). SEED (default 1) is where the runs come
# from; a run that fails names the command that repeats it. Then three
# copies of the link's headers, each with a mistake in it, must fail.
# shellcheck disable=SC2086 # lists of flags
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh
: "${SEED:=1}" "${SOAK_SECONDS:=8}"

scratch soak-mutants

if [ $# -gt 0 ]; then
	set -- "$1" "$SEED"
else
	set -- 100000000 "$SEED" 0 "$SOAK_SECONDS"
fi
if "$O/soak" "$@" >"$work/log" 2>&1; then
	sed 's/^/soak: /' "$work/log"
	pass soak
else
	fail soak "$(cat "$work/log")"
fi

# mutant NAME SED-SCRIPT: a copy of the header that must be found out
mutant() {
	if ! change_link "$work/$1" "$2"; then
		fail "mutant $1: there is nothing to change any more"
	elif ! text=$($CC -std=c99 -O2 -I"$work/$1" -I. $BEARSSL_CFLAGS \
		-o "$work/$1/soak" tests/soak.c $BEARSSL_LIBS 2>&1); then
		fail "mutant $1: does not compile" "$text"
	else
		hunt "$1"
	fi
}

# hunt NAME: status 1 means that a property did not hold
hunt() {
	"$work/$1/soak" 20000000 1 0 60 >"$work/$1/log" 2>&1
	status=$?
	if [ $status -ne 1 ]; then
		fail "mutant $1: the soak ended with status $status, not 1"
	else
		pass "mutant $1"
		echo "caught: $1: $(sed -n '/^S1 /,$p' "$work/$1/log" |
			tr ',' '\n' | grep '^[^.]* [1-9][0-9]*$')"
	fi
}

mutant grace-one-less \
	's/now - l->grace_from >= /now - l->grace_from + 1 >= /'
mutant no-replay-check \
	's/(age & 31) & 1) != 0/(age \& 31) \& 1) > 1/'
mutant switch-before-readiness \
	's/unsigned go = ready == next;/unsigned go = ready != next + 256;/'

summary soak
