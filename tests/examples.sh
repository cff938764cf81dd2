#!/bin/sh
# examples.sh - each example runs, succeeds, and says something
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/examples.sh PROGRAM...
set -u
# shellcheck source=tests/report.sh
. "$(dirname "$0")/report.sh"

for program; do
	if ! text=$("$program" 2>&1 </dev/null); then
		fail "$program" "$text"
	elif [ -z "$text" ]; then
		fail "$program" "it printed nothing"
	else
		pass "$program"
		echo "${program##*/}: $text"
	fi
done
summary examples
