#!/bin/sh
# run.sh - runs test commands, adds up what they report
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/run.sh 'COMMAND ARGUMENT...' ...
#
# The last line of this form in the output of a command is its result:
#
#	NAME: P passed, F failed[, S skipped]        (NAME: may be missing)
#
# A command that ends badly without a failure in its result counts as one
# failure, and so does one that ends well with neither a result nor a line
# "skip: WHAT: REASON". Prints all those skip lines once more at the end,
# then the sum alone on a line. Exit status 0 if tests ran and none failed.
set -u

seconds=${LIMIT:-0} # for one command; 0: as long as it takes
log=$(mktemp)
skips=$(mktemp)
trap 'rm -f "$log" "$log.status" "$skips"' EXIT
trap 'exit 1' HUP INT TERM

limited() {
	if [ "$seconds" -gt 0 ] && command -v timeout >/dev/null; then
		timeout -k 10 "$seconds" sh -c "$1"
	else
		sh -c "$1"
	fi
}

passed=0
failed=0
skipped=0
result='^([A-Za-z0-9_.-]+: )?[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$'

for command; do
	{
		limited "$command" </dev/null
		echo $? >"$log.status"
	} 2>&1 | tee "$log"
	read -r status <"$log.status"
	line=$(grep -E "$result" "$log" | tail -n 1)
	grep '^skip: ' "$log" >>"$skips"

	# shellcheck disable=SC2046 # split into three numbers on purpose
	set -- $(echo "$line" | sed 's/^[^ ]*: //; s/[^0-9 ]//g') 0 0 0
	if [ -z "$line" ] && [ "$status" -eq 0 ] && ! grep -q '^skip: ' "$log"
	then
		echo "FAILED: $command ended without a result"
		set -- 0 1 0
	elif [ "$status" -eq 124 ] && [ "$seconds" -gt 0 ]; then
		echo "FAILED: $command took longer than $seconds seconds"
		set -- "$1" $(($2 + 1)) "$3"
	elif [ "$status" -ne 0 ] && [ "$2" -eq 0 ]; then
		echo "FAILED: $command ended with status $status"
		set -- "$1" 1 "$3"
	fi
	passed=$((passed + $1))
	failed=$((failed + $2))
	skipped=$((skipped + $3))
done

echo
awk '!seen[$0]++' "$skips"
if [ $((passed + failed)) -eq 0 ]; then
	echo "no test ran"
fi
if [ "$skipped" -gt 0 ]; then
	echo "$passed passed, $failed failed, $skipped skipped"
else
	echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
