#!/bin/sh
# readme.sh - the README's programs run, its commands work, its tables hold
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/readme.sh [update]
#
#   ```c          a complete program: compiled, linked, run, exit status 0
#   ```sh         commands, run with "bash -e" in a copy of this tree, all
#                 of the README's in the same copy, one after the other; what
#                 is still running at the end of a block is ended, and port
#                 7601 is another one, as somebody may listen there
#   ```sh needs TOOL...  the same, skipped where a tool is not here
#   ```sh no-run  commands that are shown only
#   ```text       anything else
#
#   <!-- begin NAME: COMMAND -->
#   what COMMAND prints, as it printed it when the README was written
#   <!-- end NAME -->
#
# "update" writes what the commands print now into README.md. Figures that
# depend on a compiler carry a line "Measured with ..."; they are compared
# where that line is the same, and skipped where it is not. A COMMAND that
# ends in "readme" writes its table itself, of figures that are others each
# time: its lines and columns are compared, with what it prints where "form"
# stands in place of "readme".
# shellcheck disable=SC2086,SC2317 # lists of flags; functions called by name
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh

if [ ! -f README.md ]; then
	skip "README.md" "it is not part of this tree"
	summary readme
fi
scratch readme

# ---- take the README apart -----------------------------------------------
# block-N.KIND and table-N.text; one line "N KIND LINE TOOL..." or "N COMMAND"
# each in the lists.

awk -v work="$work" '
function complain(text) {
	print "README.md:" FNR ": " text >(work "/complaints")
}
/^```/ && !inside {
	inside = FNR
	kind = substr($0, 4)
	if (kind !~ /^(c|sh|sh no-run|sh needs [a-z -]+|text)$/)
		complain("a block of unknown kind \"" kind "\"")
	tools = ""
	if (kind ~ /^sh needs /) {
		tools = substr(kind, 10)
		kind = "sh"
	}
	sub(/ .*/, "-shown", kind)
	file = work "/block-" ++blocks "." kind
	printf "" >file
	print blocks, kind, FNR, tools >(work "/blocks")
	next
}
/^```$/ && inside {
	inside = 0
	close(file)
	next
}
inside {
	print >file
	next
}
/^<!-- begin [a-z-]+: .* -->$/ {
	if (table != "")
		complain("the table " table " has not ended")
	table = $3
	sub(/:$/, "", table)
	command = $0
	sub(/^[^:]*: /, "", command)
	sub(/ -->$/, "", command)
	file = work "/table-" table ".text"
	printf "" >file
	print table, command >(work "/tables")
	next
}
/^<!-- end [a-z-]+ -->$/ {
	if (table != $3)
		complain("the end of " $3 ", which has not begun")
	table = ""
	close(file)
	next
}
/^<!-- (begin|end)/ { complain("not a mark of a table: " $0) }
table != "" { print >file }
END {
	if (inside)
		complain("the block of line " inside " does not end")
	if (table != "")
		complain("the table " table " does not end")
}' README.md
: >>"$work/complaints"
: >>"$work/blocks"
: >>"$work/tables"
if [ -s "$work/complaints" ]; then
	fail "the README's blocks" "$(cat "$work/complaints")"
else
	pass "the README's blocks"
fi

# ---- tables --------------------------------------------------------------

# print_table NAME COMMAND: what the command prints, empty lines around it
# as Markdown wants them
print_table() {
	echo
	sh -c "$2" 2>"$work/complaint-$1" || return 1
	echo
}

update_table() {
	awk -v name="$1" -v new="$work/new-$1" '
	$0 == "<!-- end " name " -->" { old = 0 }
	!old { print }
	index($0, "<!-- begin " name ":") == 1 {
		while ((getline line <new) > 0)
			print line
		old = 1
	}' README.md >"$work/README.md" && cat "$work/README.md" >README.md
}

measured() {
	grep '^Measured with' "$1"
}

compare_table() {
	title="the table $1 is what \"$2\" prints"
	old=$work/table-$1.text
	new=$work/new-$1
	if ! print_table "$1" "$2" >"$new"; then
		fail "$title" "$(cat "$work/complaint-$1")"
	elif [ "$update" = yes ]; then
		update_table "$1"
		pass "$1 is up to date"
	elif grep -q '^skip: ' "$work/complaint-$1"; then
		skip "$title" "$(sed -n 's/^skip: //p' "$work/complaint-$1" |
			head -n 1)"
	elif [ "$(measured "$old")" != "$(measured "$new")" ]; then
		skip "$title" "here it says: $(measured "$new")"
	else
		check "$title" diff "$old" "$new"
	fi
}

# What is no figure: the lines of the tables, with "-" for the numbers.
form() {
	grep '^|' "$1" |
		sed 's/ [0-9][0-9.]*\( ([0-9.]*)\)* |/ - |/g'
}

compare_form() {
	title="the table $1 has the lines and columns of \"$2\""
	new=$work/new-$1
	if ! print_table "$1" "${2% readme} form" >"$new"; then
		fail "$title" "$(cat "$work/complaint-$1")"
	elif grep -q '^skip: ' "$work/complaint-$1"; then
		skip "$title" "$(sed -n 's/^skip: //p' "$work/complaint-$1")"
	else
		form "$work/table-$1.text" >"$work/old-form-$1"
		form "$new" >"$work/new-form-$1"
		check "$title" diff "$work/old-form-$1" "$work/new-form-$1"
		check "the table $1 has lines" test -s "$work/new-form-$1"
	fi
}

update=no
[ "${1:-}" != update ] || update=yes
while read -r name command; do
	case $command in
	*" readme") compare_form "$name" "$command" ;;
	*) compare_table "$name" "$command" ;;
	esac
done <"$work/tables"
[ $update = no ] || summary readme

# ---- programs ------------------------------------------------------------

run_program() {
	$CC -std=c99 -O2 -Wall -Wextra -Wpedantic -Wconversion -Wshadow \
		-Werror -I. $BEARSSL_CFLAGS "$1" -o "${1%.c}" $BEARSSL_LIBS ||
		return 1
	"${1%.c}" || {
		echo "it ended with status $?"
		return 1
	}
}

# ---- commands ------------------------------------------------------------

# Not in this tree: a command may write files, or clean up. make starts anew
# there, but for what came in through the environment. "make test" and the
# like do nothing there (see the Makefile): they are run by themselves.
copy_tree() {
	folder=$(mktemp -d) || return 1
	trap 'rm -rf "$folder"' EXIT
	copy=$folder/seamkey
	mkdir "$copy" || return 1
	tar -cf - --exclude=./.git --exclude=./build . | tar -xf - -C "$copy"
}

run_commands() {
	script=$(cd "$work" && pwd)/${1##*/}
	{
		# shellcheck disable=SC2016 # for the shell that runs it
		echo 'trap '\''kill $(jobs -p) 2>/dev/null || :'\'' EXIT'
		sed "s/7601/$((20000 + $$ % 10000))/g" "$1"
	} >"$script.run"
	cd "$copy" || return 1
	unset MAKEFLAGS MFLAGS MAKELEVEL O SEAMKEY CONFORMANCE
	export VECTORS SEAMKEY_README_NESTED=1
	within 900 bash -e "$script.run"
}

: "${VECTORS:=../shared/vectors}"
VECTORS=$(cd "$VECTORS" 2>/dev/null && pwd)
copy_tree || {
	fail "copying this tree"
	summary readme
}
# lacking TOOL...: the first that is not here
lacking() {
	for tool; do
		if ! have "$tool"; then
			echo "$tool"
			return 0
		fi
	done
	return 1
}

while read -r n kind line tools; do
	block=$work/block-$n.$kind
	if tool=$(lacking $tools); then
		skip "README.md:$line" "$tool is not here (make deps)"
		continue
	fi
	case $kind in
	c) check "README.md:$line: program" run_program "$block" ;;
	sh) check "README.md:$line: commands" run_commands "$block" ;;
	esac
done <"$work/blocks"
summary readme
