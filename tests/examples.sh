#!/bin/sh
# examples.sh - each example runs, succeeds, and prints what it should
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/examples.sh PROGRAM...
#
# What build/ex-NAME prints stands in tests/examples.txt: "NAME: TEXT".
set -u
# shellcheck source=tests/report.sh
. "$(dirname "$0")/report.sh"
known=$(dirname "$0")/examples.txt

for program; do
	name=${program##*/ex-}
	want=$(sed -n "s/^$name: //p" "$known")
	if ! text=$(within 60 "$program" 2>&1 </dev/null); then
		fail "$program" "$text"
	elif [ -z "$want" ]; then
		fail "$program" "$known does not say what it prints: $text"
	else
		is "$program" "$text" "$want"
		echo "$name: $text"
	fi
done
summary examples
