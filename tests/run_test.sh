#!/bin/sh
# run_test.sh - tests/run.sh and tests/report.sh count what there is
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/run_test.sh (from make test)
#
# A check that counts wrong would be believed where it says that all is well.
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh
scratch run_test
unset LIMIT SIDE V
wrong=0 # not by report.sh's count alone

# as_wanted TITLE STATUS: what ended with $status and left $work/found is to
# have had this status, and the lines on standard input
as_wanted() {
	cat >"$work/wanted"
	if [ $status -ne "$2" ]; then
		wrong=1
		fail "$1" "status $status instead of $2"
	elif text=$(diff "$work/wanted" "$work/found"); then
		pass "$1"
	else
		wrong=1
		fail "$1" "$text"
	fi
}

# ---- run.sh: what it says itself, and what it ends with ------------------

# run COMMAND...
run() {
	echo typed | sh tests/run.sh "$@" >"$work/all" 2>&1
	status=$?
	awk '/^$/ { sum = 1; next } sum || /^FAILED/' "$work/all" \
		>"$work/found"
}

run 'echo "one: 2 passed, 0 failed"' 'echo "3 passed, 0 failed"'
as_wanted "sums of what passed" 0 <<-END
	5 passed, 0 failed
END

run 'echo "one: 2 passed, 1 failed"; exit 1' 'echo "two: 1 passed, 0 failed"'
as_wanted "a failure that is counted is counted once" 1 <<-END
	3 passed, 1 failed
END

run 'echo "one: 2 passed, 1 failed"' 'echo "two: 4 passed, 0 failed"'
as_wanted "a failure counts though the command ends well" 1 <<-END
	6 passed, 1 failed
END

run 'echo "one: 2 passed, 0 failed"; exit 3'
as_wanted "a command that ends badly counts as a failure" 1 <<-END
	FAILED: echo "one: 2 passed, 0 failed"; exit 3 ended with status 3
	2 passed, 1 failed
END

run 'echo "one: 2 passed, 0 failed"' 'exit 3'
as_wanted "so does one that says nothing" 1 <<-END
	FAILED: exit 3 ended with status 3
	2 passed, 1 failed
END

run 'echo "one: 2 passed, 0 failed"' 'echo good'
as_wanted "a command without a result failed" 1 <<-END
	FAILED: echo good ended without a result
	2 passed, 1 failed
END

run 'echo "one: 2 passed, 0 failed"' 'echo "all 7 passed, 0 failed, as it is"'
as_wanted "a line that only looks like one is none" 1 <<-END
	FAILED: echo "all 7 passed, 0 failed, as it is" ended without a result
	2 passed, 1 failed
END

run 'echo "in: 9 passed, 9 failed"; echo "out: 2 passed, 0 failed"; echo end'
as_wanted "the last result of a command is its result" 0 <<-END
	2 passed, 0 failed
END

# shellcheck disable=SC2016 # the other shell's $$
run 'echo "2 passed, 0 failed"; kill -9 $$' 'echo "1 passed, 0 failed"'
# shellcheck disable=SC2016
as_wanted "a command that dies failed, and the next one runs" 1 <<-'END'
	FAILED: echo "2 passed, 0 failed"; kill -9 $$ ended with status 137
	3 passed, 1 failed
END

run 'echo "skip: b: not here"; echo "one: 2 passed, 0 failed, 1 skipped"' \
	'echo "skip: a: no \"tool\""; echo "1 passed, 0 failed, 2 skipped"' \
	'echo "skip: b: not here"'
as_wanted "skips are told once more at the end, each once, and summed" 0 <<-END
	skip: b: not here
	skip: a: no "tool"
	3 passed, 0 failed, 3 skipped
END

run 'echo "skip: all of it: not here"'
as_wanted "where all was skipped no test ran" 1 <<-END
	skip: all of it: not here
	no test ran
	0 passed, 0 failed
END

run
as_wanted "nor did one without a command" 1 <<-END
	no test ran
	0 passed, 0 failed
END

run '! grep . && echo "one: 1 passed, 0 failed"'
as_wanted "a command that reads its input finds it empty" 0 <<-END
	1 passed, 0 failed
END

if have timeout; then
	export LIMIT=1
	run 'sleep 9' 'echo "two: 1 passed, 0 failed"'
	unset LIMIT
	as_wanted "a command that takes too long is ended, and failed" 1 <<-END
		FAILED: sleep 9 took longer than 1 seconds
		1 passed, 1 failed
	END
else
	skip "a command that takes too long" "timeout is not here"
fi

export SIDE=2
# shellcheck disable=SC2016 # the other shell's SIDE
run 'sleep 3; echo slow; echo "one: 1 passed, 1 failed"' \
	'echo quick; echo "two: 2 passed, 0 failed"' \
	'sleep 0.1; echo "${SIDE:-unset}"; exit 3'
as_wanted "commands side by side are each counted, whatever ends first" 1 \
	<<-END
	FAILED: sleep 0.1; echo "\${SIDE:-unset}"; exit 3 ended with status 3
	3 passed, 2 failed
END
grep -E '^(slow|quick|unset)$' "$work/all" >"$work/found"
as_wanted "what ends first is shown first, and SIDE is not handed on" 1 <<-END
	quick
	unset
	slow
END
unset SIDE

mkfifo "$work/begun"
SIDE=2 sh tests/run.sh "echo > $work/begun; sleep 60; touch $work/lived" \
	'sleep 60' >"$work/found" 2>&1 &
read -r _ <"$work/begun"
kill $!
wait $!
status=$?
as_wanted "a run that is ended ends what it started" 1 </dev/null
check "none of it goes on" sh -c "! ps -e -o args | grep -v grep |
	grep -F '$work/lived'"

# ---- report.sh: a script, and all that it prints -------------------------

# script: from standard input. What a shell says of one that was killed is
# worded as that shell likes.
script() {
	{
		echo ". tests/report.sh"
		echo "scratch run_test/inner"
		cat
	} >"$work/script"
	sh "$work/script" >"$work/all" 2>&1
	status=$?
	grep -v Killed "$work/all" >"$work/found"
}

script <<-'END'
	check "is so" true
	refuse "is not so" false
	start "one" sh -c "sleep 0.2; exit 0"
	start "two" true
	start "three" true
	collect
	pass "by hand"
	summary name
END
as_wanted "a script whose tests passed" 0 <<-END
	name: 6 passed, 0 failed
END

script <<-'END'
	check "first" sh -c "echo why; exit 1"
	refuse "second" echo "as it should not"
	start "third" sh -c "sleep 0.2; echo late; exit 1"
	start "fourth" true
	start "fifth" sh -c 'kill -KILL $$'
	collect
	fail "by hand" "reason"
	summary name
END
as_wanted "each way to fail is seen, told, and in order" 1 <<-END
	FAILED: first
	  why
	FAILED: second
	  as it should not
	FAILED: third
	  late
	FAILED: fifth
	FAILED: by hand
	  reason
	name: 1 passed, 5 failed
END

script <<-'END'
	check "is so" true
	skip "that" "the tool is not here"
	summary name
END
as_wanted "a skip has its reason" 0 <<-END
	skip: that: the tool is not here
	name: 1 passed, 0 failed, 1 skipped
END

script <<-'END'
	summary name
END
as_wanted "a script without a test failed" 1 <<-END
	name: 0 passed, 0 failed
END

script <<-'END'
	V=1
	check "is so" true
	summary name
END
as_wanted "V=1 names what passed" 0 <<-END
	ok: is so
	name: 1 passed, 0 failed
END

(summary run_test) && exit $wrong
