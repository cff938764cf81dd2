#!/bin/sh
# spec.sh - what stands between marks in docs/ is what a command prints
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/spec.sh [update]
#
#   <!-- begin NAME: COMMAND -->
#   what COMMAND prints, with an empty line before and after
#   <!-- end NAME -->
#
# COMMAND may name the build folder as $O. "update" writes what the commands
# print now; a command that fails changes nothing, and fails the test.
# shellcheck disable=SC2094 # the file is read, and written in the end
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh
scratch spec
export O

# marks FILE: "NAME COMMAND" of each pair of marks, "!" before a complaint
marks() {
	awk '
	/^<!-- begin [a-z-]+: .* -->$/ {
		if (name != "")
			print "! " name " has not ended"
		name = $3
		sub(/:$/, "", name)
		command = $0
		sub(/^[^:]*: /, "", command)
		sub(/ -->$/, "", command)
		print name, command
		next
	}
	/^<!-- end [a-z-]+ -->$/ {
		if (name != $3)
			print "! the end of " $3 ", which has not begun"
		name = ""
		next
	}
	/^<!-- (begin|end)/ { print "! not a mark: " $0 }
	END { if (name != "") print "! " name " does not end" }' "$1"
}

# between FILE NAME [NEW]: what stands there; or the file with NEW in place
between() {
	awk -v name="$2" -v new="${3:-}" '
	$0 == "<!-- end " name " -->" { inside = 0 }
	inside ? new == "" : new != "" { print }
	index($0, "<!-- begin " name ":") == 1 {
		inside = 1
		while (new != "" && (getline line <new) > 0)
			print line
	}' "$1"
}

compare() {
	title="$1: $2 is what \"$3\" prints"
	new=$work/$2.new
	if ! (echo && sh -c "$3" && echo) >"$new" 2>"$work/complaint"; then
		fail "$title" "$(cat "$work/complaint" "$new")"
	elif [ "$update" = yes ]; then
		between "$1" "$2" "$new" >"$work/file" &&
			cat "$work/file" >"$1" && pass "$2 is up to date"
	else
		between "$1" "$2" >"$work/$2.old"
		check "$title" diff "$work/$2.old" "$new"
	fi
}

update=no
[ "${1:-}" != update ] || update=yes
for file in docs/*.md; do
	marks "$file" >"$work/marks"
	while read -r name command; do
		if [ "$name" = ! ]; then
			fail "$file: marks" "$command"
		else
			compare "$file" "$name" "$command"
		fi
	done <"$work/marks"
done
summary spec
