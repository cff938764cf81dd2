#!/bin/sh
# single.sh - writes all headers as one file that needs only BearSSL
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/single.sh OUTPUT
#
# On top the manual of seamkey.h and bearssl.h, then seamkey.h and each
# seamkey_*.h after those that it includes. Their own guards stay, and there
# is no other around them: the one file, too, may be included once more with
# SEAMKEY_IMPLEMENTATION defined.
set -eu
output=$1

cd "$(dirname "$0")/.."
case $output in
/*) ;;
*) output=$OLDPWD/$output ;;
esac
mkdir -p "$(dirname "$output")"

# shellcheck disable=SC2016 # awk's own variables
awk '
function included(line) {
	if (line !~ /^[ \t]*#[ \t]*include[ \t]+"seamkey[a-z0-9_]*\.h"/)
		return ""
	split(line, part, "\"")
	return part[2]
}

function get(file) {
	got = (getline text <file)
	if (got < 0) {
		print "single.sh: cannot read " file >"/dev/stderr"
		exit 1
	}
	return got
}

# Put into order[]: all that the file includes, then the file itself.
function list(file, other, found, n, i) {
	if (file in listed)
		return
	listed[file] = 1
	while (get(file))
		if ((other = included(text)) != "")
			found[++n] = other
	close(file)
	for (i = 1; i <= n; i++)
		list(found[i])
	order[++count] = file
}

# The comment at the top of the file (top is 1), or all below it (0).
function copy(file, top, below) {
	while (get(file)) {
		if (top != below && included(text) == "")
			print text
		if (text ~ /\*\/$/)
			below = 1
	}
	close(file)
}

BEGIN {
	for (i = 1; i < ARGC; i++)
		list(ARGV[i])
	copy("seamkey.h", 1)
	print "/*"
	print " * All of seamkey in one file, made by \"make single\" from:"
	for (i = 1; i <= count; i++)
		print " *   " order[i]
	print " */"
	print "#include <bearssl.h>"
	for (i = 1; i <= count; i++) {
		print "\n/* ======================== " order[i] " */"
		if (order[i] != "seamkey.h")
			copy(order[i], 1)
		copy(order[i], 0)
	}
}
' seamkey.h seamkey_*.h >"$output.new"
mv "$output.new" "$output"
