# shellcheck shell=sh
# cli_tools.sh - what a call of the command has to come to: sourced, not run
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# Over report.sh, for tests/cli.sh and tests/cli_block.sh.

absolute() {
	case $1 in
	/*) echo "$1" ;;
	*) echo "$PWD/$1" ;;
	esac
}

# ---- what a call has to come to ------------------------------------------

# ends STATUS TITLE COMMAND...: it ends with that status; what it said is in
# out and err. A status above 128 is a crash, and never what is wanted.
ends() {
	want=$1
	title=$2
	shift 2
	"$@" >out 2>err
	got=$?
	if [ "$got" -eq "$want" ]; then
		pass "$title"
	else
		fail "$title" "status $got, not $want, of $*
$(cat err)"
	fi
}

# ok TITLE COMMAND...: done, without a word on standard error
ok() {
	title=$1
	shift
	ends 0 "$title" "$@"
	[ ! -s err ] || fail "$title: is silent" "$(cat err)"
}

# told STATUS TEXT TITLE COMMAND...: not done; nothing on standard output,
# one line on standard error, which begins with the name of the program and
# has TEXT in it
told() {
	status=$1
	text=$2
	title=$3
	shift 3
	ends "$status" "$title" "$@"
	if [ -s out ] || [ "$(wc -l <err)" -ne 1 ] ||
		! grep -q '^seamkey: ' err || ! grep -qF -- "$text" err; then
		fail "$title: is told" "wanted: $text
got: $(cat err)
$(wc -c <out) bytes on standard output"
	else
		pass "$title: is told"
	fi
}

same() {
	check "$1" cmp "$2" "$3"
}

differ() {
	refuse "$1" cmp -s "$2" "$3"
}

# has TITLE TEXT: what the last call printed has this text
has() {
	check "$1" grep -qF -- "$2" out
}

# field NAME: what "show" printed for it, its lines joined
field() {
	awk -v name="$1" '
	/^[^ ]/ { on = substr($0, 1, 14) ~ "^" name " *$" }
	on { text = text substr($0, 15) }
	END { print text }' out
}

mode() {
	# shellcheck disable=SC2012 # names without surprises
	ls -ld "$1" | cut -c 1-10
}

# clean TITLE: no half-written file is left
clean() {
	is "$1: nothing is left over" "$(find . -name '.seamkey-*')" ""
}

# flip FILE OFFSET >COPY: one bit of one byte is another
flip() {
	head -c "$2" "$1"
	tail -c "+$(($2 + 1))" "$1" | head -c 1 |
		tr '\000-\177\200-\377' '\200-\377\000-\177'
	tail -c "+$(($2 + 2))" "$1"
}
