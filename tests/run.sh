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
# "skip: WHAT: REASON". Prints, at the end, how many seconds each command
# took, all those skip lines once more, then the sum alone on a line. Exit
# status 0 if tests ran and none failed. Environment:
#
#   LIMIT  seconds that one command may take (default: any)
#   SIDE   commands run side by side (default: 1). With more than one, what
#          a command printed is shown when it has ended, whole.
set -u

seconds=${LIMIT:-0} # for one command; 0: as long as it takes
side=${SIDE:-1}
unset SIDE # the commands' own affair
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'end_all; wait; exit 1' HUP INT TERM

passed=0
failed=0
skipped=0
running=0
started=0
result='^([A-Za-z0-9_.-]+: )?[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$'

# What runs has a process group of its own, which no ^C reaches.
end_all() {
	cat "$work"/*.pid 2>/dev/null | xargs kill 2>/dev/null
}

# limited FILE COMMAND: with the number of its process in FILE
limited() {
	limit="timeout -k 10 $seconds"
	command -v timeout >/dev/null || limit=
	# shellcheck disable=SC2016,SC2086 # the other shell's; words
	sh -c 'echo $$ >"$1"; shift; exec "$@"' sh "$1" $limit sh -c "$2" \
		2>&1 </dev/null
}

# run NUMBER COMMAND: leaves NUMBER.time and, when all is done, NUMBER.status
run() {
	begin=$(date +%s)
	limited "$work/$1.pid" "$2"
	echo $? >"$work/$1.ended"
	printf '%6d s  %s\n' $(($(date +%s) - begin)) "$2" >"$work/$1.time"
	rm -f "$work/$1.pid"
	mv "$work/$1.ended" "$work/$1.status"
}

# count LOG STATUS COMMAND: adds up, and says what the command did not
count() {
	log=$1
	status=$2
	command=$3
	line=$(grep -E "$result" "$log" | tail -n 1)
	grep '^skip: ' "$log" >>"$work/skips"

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
}

# reap COMMAND...: counts each of them that has ended
reap() {
	n=0
	for c; do
		n=$((n + 1))
		[ -f "$work/$n.status" ] || continue
		read -r ended <"$work/$n.status"
		rm "$work/$n.status"
		[ "$side" -eq 1 ] || cat "$work/$n.log"
		count "$work/$n.log" "$ended" "$c"
		cat "$work/$n.time" >>"$work/times"
		running=$((running - 1))
	done
}

# wait_below COUNT COMMAND...: until fewer of the commands run
wait_below() {
	below=$1
	shift
	reap "$@"
	while [ $running -ge "$below" ]; do
		sleep 0.2
		reap "$@"
	done
}

: >"$work/skips"
: >"$work/times"
for command; do
	started=$((started + 1))
	running=$((running + 1))
	if [ "$side" -eq 1 ]; then
		run $started "$command" | tee "$work/$started.log"
	else
		run $started "$command" >"$work/$started.log" &
	fi
	wait_below "$side" "$@"
done
wait_below 1 "$@"

cat "$work/times"
echo
awk '!seen[$0]++' "$work/skips"
if [ $((passed + failed)) -eq 0 ]; then
	echo "no test ran"
fi
if [ "$skipped" -gt 0 ]; then
	echo "$passed passed, $failed failed, $skipped skipped"
else
	echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
