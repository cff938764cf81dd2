#!/bin/sh
# lint.sh - what can be seen in the text and in the objects, without running
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: [QUICK=quick] tests/lint.sh [CHECK...]
#
#   tidy cppcheck shell   what those tools find
#   format                clang-format would change nothing
#   toc                   sections stand as the contents list says
#   lines                 width and length of files
#   functions             length of functions; tests/lint-allow.txt
#   names                 every name begins with seamkey_ or SEAMKEY_
#   objects               no static data, no foreign symbol, no division
#
# Without arguments: all of them. QUICK=quick: clang's analyzer, four fifths
# of the time of clang-tidy, sees the headers alone.
# shellcheck disable=SC2086,SC2317 # lists of flags; checks called by name
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh

scratch lint
: "${QUICK:=}" "${PQ_CFLAGS:=}" "${P11_CFLAGS:=}"
allow=tests/lint-allow.txt
headers=$(ls seamkey.h seamkey_*.h 2>/dev/null)

# files SUFFIX: those that are no header of the library
files() {
	for folder in tests tests/fuzz tests/model tests/spin examples \
		examples/* bench; do
		ls $folder/*."$1" 2>/dev/null
	done
}

programs=$(files c)
own_headers=$(files h)
scripts="$(files sh) $(ls .ci/run 2>/dev/null)"

# One file that includes everything, and one that also implements it.
{
	echo "#include <bearssl.h>"
	for h in $headers; do
		echo "#include \"$h\""
	done
} >"$work/all.c"
implement="-std=c99 -I. $BEARSSL_CFLAGS -DSEAMKEY_EXTERN
	-DSEAMKEY_IMPLEMENTATION"

# nothing TITLE FILE: passes where the file, a list of complaints, is empty
nothing() {
	if [ -s "$2" ]; then
		fail "$1" "$(cat "$2")"
	else
		pass "$1"
	fi
}

# allowed CHECK NAME: tests/lint-allow.txt has a line "CHECK NAME # reason"
allowed() {
	grep -q "^$1 $2 *# *[^ ]" "$allow" 2>/dev/null
}

# elsewhere FILE: it includes a header of a package that is not here
elsewhere() {
	case $1 in
	*/store_pg.c) header=libpq-fe.h ;;
	*/hsm.c | */token.c | */token_layer.c | */pkcs11/*.c)
		header=p11-kit/pkcs11.h
		;;
	*) return 1 ;;
	esac
	! echo "#include <$header>" |
		$CC $PQ_CFLAGS $P11_CFLAGS -E - >/dev/null 2>&1
}

# ---- tools ---------------------------------------------------------------

# declared FILE: the flag that leaves out what the headers define. The tools
# look at that in all.c, and again only in files that use the inside of the
# headers: with every file, it would be ten times as long.
declared() {
	case $1 in
	"$work/all.c" | tests/model/*) ;;
	*) grep -qi seamkey_i_ "$1" || echo -DSEAMKEY_EXTERN ;;
	esac
}

lint_tidy() {
	if ! have clang-tidy; then
		skip "clang-tidy" "it is not here (make deps)"
		return
	fi
	# The analyzer walks the headers' functions, too, but each by itself:
	# with calls followed, it invents results that no decoder has.
	analyzer="-Xclang -analyzer-opt-analyze-headers
		-Xclang -analyzer-config -Xclang ipa=none"
	for f in "$work/all.c" $programs; do
		if elsewhere "$f"; then
			skip "clang-tidy $f" "$header is not here (make deps)"
			continue
		fi
		less=
		[ -z "$QUICK" ] || [ "$f" = "$work/all.c" ] ||
			less='--checks=-clang-analyzer-*'
		# shellcheck disable=SC2046 # one flag, or none
		start "clang-tidy $f" clang-tidy --quiet $less "$f" -- \
			-std=c99 -Wall -Wextra -I. $BEARSSL_CFLAGS \
			$PQ_CFLAGS $P11_CFLAGS "-DTEST_TABLES(X)=" \
			$(declared "$f") $analyzer
	done
	collect
	[ -z "$QUICK" ] || skip "clang's analyzer on programs" \
		"slow, left to make lint"
}

lint_cppcheck() {
	if ! have cppcheck; then
		skip "cppcheck" "it is not here (make deps)"
		return
	fi
	for f in "$work/all.c" $programs; do
		# With a -D, cppcheck does not try out combinations of macros.
		# shellcheck disable=SC2046 # one flag, or none
		start "cppcheck $f" cppcheck --quiet --std=c99 --language=c \
			--enable=warning,performance,portability -I. \
			"-DTEST_TABLES(X)=" $(declared "$f") --inline-suppr \
			--error-exitcode=1 "$f"
	done
	collect
}

lint_shell() {
	if ! have shellcheck; then
		skip "shellcheck" "it is not here (make deps)"
		return
	fi
	for f in $scripts; do
		check "shellcheck $f" shellcheck -x "$f"
	done
}

lint_format() {
	version=$(clang-format --version 2>/dev/null |
		sed 's/.*version \([0-9]*\).*/\1/')
	if [ "$version" != 14 ]; then
		skip "clang-format" \
			"the format is version 14's; here: ${version:-none}"
		return
	fi
	for f in $headers $own_headers $programs; do
		check "format $f" clang-format --dry-run -Werror "$f"
	done
}

# ---- text ----------------------------------------------------------------

# A header says under CONTENTS "N. Title", one or two to a line. Each of
# these sections has a mark "/* ---- [part.N] Title ---" in the half of the
# declarations, in this order; in the half of the definitions it has one at
# most, in the same order. No other mark, and no mention of a section that
# is not there.
toc() {
	part=${1#seamkey_}
	awk -v part="${part%.h}" '
	function complain(text) {
		print FILENAME ":" FNR ": " text
	}
	function trim(s) {
		gsub(/^[ \t]+|[ \t]+$/, "", s)
		return s
	}
	/^ \* CONTENTS/ { contents = 1; next }
	contents && / [0-9]+\. / {
		line = $0
		while (match(line, /[0-9]+\. /)) {
			n = substr(line, RSTART, RLENGTH) + 0
			line = substr(line, RSTART + RLENGTH)
			if (match(line, /  +[0-9]+\. /)) {
				title[n] = substr(line, 1, RSTART - 1)
				line = substr(line, RSTART)
			} else {
				title[n] = trim(line)
				line = ""
			}
			listed++
		}
		next
	}
	contents { contents = 0 }

	/^\/\* =+ definitions =+ \*\/$/ {
		if (half++)
			complain("a second rule before the definitions")
		last = 0
	}
	match($0, /^\/\* -+ \[[a-z0-9_]+\.[0-9]+\] /) {
		tag = substr($0, RSTART, RLENGTH)
		gsub(/[^a-z0-9_.]/, "", tag)
		split(tag, at, ".")
		n = at[2] + 0
		text = substr($0, RSTART + RLENGTH)
		sub(/ -+ \*\/$/, "", text)
		if (at[1] != part || !(n in title))
			complain("[" tag "] is not in the contents list")
		else if (text != title[n])
			complain("[" tag "] is called \"" title[n] \
				"\" in the contents list")
		if (n <= last)
			complain("[" tag "] does not follow section " last)
		last = n
		seen[half + 0, n]++
		next
	}
	{
		line = $0
		while (match(line, "\\[" part "\\.[0-9]+\\]")) {
			n = substr(line, RSTART, RLENGTH)
			gsub(/[^0-9]/, "", n)
			if (!((n + 0) in title))
				complain("there is no section " n)
			line = substr(line, RSTART + RLENGTH)
		}
	}
	END {
		for (n = 1; n <= listed; n++) {
			if (!(n in title))
				complain("the contents list has no section " n)
			else if (!seen[0, n])
				complain("section " n " is not declared")
		}
		for (n in title)
			if (n + 0 > listed)
				complain("section " n " comes after a gap")
		# seamkey.h is too short to need one.
		if (!listed && part != "seamkey")
			complain("there is no contents list")
	}' "$1"
}

lint_toc() {
	for h in $headers; do
		toc "$h" >"$work/toc"
		nothing "sections of $h" "$work/toc"
	done
}

# Columns, a tab reaching to the next multiple of eight.
wide() {
	awk '{
		width = 0
		n = split($0, piece, "\t")
		for (i = 1; i < n; i++)
			width += length(piece[i]) + 8 - \
				(width + length(piece[i])) % 8
		width += length(piece[n])
		if (width > 80)
			print FILENAME ":" FNR ": " width " columns"
	}' "$@"
}

lint_lines() {
	LC_ALL=C.UTF-8 wide $headers $own_headers $programs $scripts \
		>"$work/wide"
	nothing "no line beyond 80 columns" "$work/wide"
	for h in $headers; do
		check "$h has at most 3000 lines" \
			test "$(wc -l <"$h")" -le 3000
	done
}

# The functions of a file in this format: the name begins a line, "{" and
# "}" stand alone. Prints "lines name", the first line being the name's.
function_lengths() {
	awk '
	/^[A-Za-z_][A-Za-z0-9_]*\(/ {
		name = $1
		sub(/\(.*/, "", name)
		at = FNR
	}
	/^\{/ && name != "" { open = 1 }
	/^\}/ && open { print FNR - at + 1, name; name = ""; open = 0 }
	' "$1" | sort -n
}

lint_functions() {
	total=0
	for f in $headers $own_headers $programs; do
		function_lengths "$f" >"$work/lengths"
		total=$((total + $(wc -l <"$work/lengths")))
		while read -r length name; do
			if [ "$length" -gt 70 ] && ! allowed long "$name"; then
				echo "$f: $name has $length lines, more than 70"
			fi
		done <"$work/lengths" >"$work/long"
		nothing "functions of $f" "$work/long"
	done
	check "functions were found" test $total -gt 0
	for h in $headers; do
		function_lengths "$h" >"$work/lengths"
		count=$(wc -l <"$work/lengths")
		[ "$count" -gt 0 ] || continue
		p90=$(awk -v at=$(((count * 9 + 9) / 10)) \
			'NR == at { print $1 }' "$work/lengths")
		check "nine of ten functions of $h in 45 lines, not $p90" \
			test "$p90" -le 45
	done
	lint_allow_list
}

# An exception has a reason, and stands only as long as it is needed.
lint_allow_list() {
	[ -f "$allow" ] || return 0
	form='^(#.*)?$|^(long|divides) [a-z_0-9]+ *# *[^ ]'
	grep -vE "$form" "$allow" >"$work/allow"
	nothing "each line of $allow gives a reason" "$work/allow"
	for f in $headers $own_headers $programs; do
		function_lengths "$f"
	done >"$work/lengths"
	awk '$1 == "long" { print $2 }' "$allow" | while read -r name; do
		awk -v name="$name" '$2 == name && $1 > 70 { needed = 1 }
			END { if (!needed) print name " is not that long" }' \
			"$work/lengths"
	done >"$work/allow"
	nothing "no exception of $allow is idle" "$work/allow"
}

# ---- names ---------------------------------------------------------------

# foreign HEADER: passes on those names that may not stand in that header.
# The CSFP... names of ICSF are the one exception.
foreign() {
	case $1 in
	seamkey_icsf.h) grep -vE '^(seamkey_|SEAMKEY_|CSFP|CSF1P)' ;;
	*) grep -vE '^(seamkey_|SEAMKEY_)' ;;
	esac | sed "s/^/$1: /"
}

lint_names() {
	# Macros: by the text, so that no condition hides one.
	for h in $headers; do
		sed -n 's/^[ \t]*#[ \t]*define[ \t]*\([A-Za-z0-9_]*\).*/\1/p' \
			"$h" | sort -u | foreign "$h"
	done >"$work/names"
	nothing "macros have the prefix" "$work/names"

	# Types, tags, enumerators, functions: by what the preprocessor leaves
	# of our own files.
	if ! have ctags || ! ctags --version | grep -q Universal; then
		skip "names of types and enumerators" \
			"universal-ctags is not here (make deps)"
		return
	fi
	for h in $headers; do
		echo "#include <bearssl.h>
		#include \"$h\"" >"$work/names.c"
		if ! $CC -std=c99 -I. $BEARSSL_CFLAGS -E "$work/names.c" \
			>"$work/names.i" 2>"$work/names.log"; then
			cat "$work/names.log"
			continue
		fi
		awk -v own="$h" '
		/^# [0-9]/ {
			file = $3
			gsub(/"|\.\//, "", file)
			next
		}
		/^#pragma weak br_/ { next }
		file == own' "$work/names.i" >"$work/names.h"
		ctags -x --language-force=C --c-kinds=defgstuvp \
			--_xformat=%N "$work/names.h" | sort -u >"$work/tags"
		# Anonymous types have names made up by ctags. What a
		# "#pragma weak" names is BearSSL's.
		grep -v '^__anon' "$work/tags" | foreign "$h"
		[ -s "$work/tags" ] || [ "$h" = seamkey.h ] ||
			echo "$h: no name was found at all"
	done >"$work/names"
	nothing "types, enumerators, functions have the prefix" "$work/names"
}

# ---- objects -------------------------------------------------------------

lint_objects() {
	object=$work/all.o
	check "everything compiles freestanding" \
		$CC $implement -O2 -ffreestanding -fno-pic \
		-fno-stack-protector -Wall -Wvla -Walloca -Werror \
		-c "$work/all.c" -o "$object"
	[ -f "$object" ] || return

	nm -g --defined-only "$object" | awk '{ print $3 }' |
		grep -vE '^seamkey_' >"$work/found"
	nothing "exported symbols have the prefix" "$work/found"

	nm --defined-only "$object" | grep ' [bBcCdDgGsS] ' >"$work/found"
	nothing "no static data that can change" "$work/found"

	foreign_calls "$object" >"$work/found"
	nothing "nothing is called but BearSSL and four of string.h" \
		"$work/found"

	hosted
	small_machine
}

# What an object wants of others that it should not.
foreign_calls() {
	nm -u "$1" | awk '{ print $2 }' |
		grep -vE '^(br_.*|memcpy|memmove|memset|memcmp)$'
}

# Where a compiler may take a C library for granted, it makes calls of loops,
# such as strlen(), which are not in the text. bcmp() is what clang makes of
# memcmp() for a system that has it, and only there; the two names are
# libgcc's, for what an x86-64 processor can.
hosted() {
	for c in gcc clang; do
		if ! have $c; then
			skip "no other call, hosted: $c" \
				"$c is not here (make deps)"
			continue
		fi
		for level in -O2 -O3 -Os; do
			title="no other call, hosted: $c $level"
			if ! $c $implement $level -fno-pic \
				-fno-stack-protector -U_FORTIFY_SOURCE \
				-c "$work/all.c" -o "$work/hosted.o" \
				2>"$work/found"; then
				fail "$title" "$(cat "$work/found")"
				continue
			fi
			foreign_calls "$work/hosted.o" |
				grep -vEx 'bcmp|__cpu_(model|features2)' \
				>"$work/found"
			nothing "$title" "$work/found"
		done
	done
}

# On a machine that cannot divide by itself: who calls for help? By the
# assembly text, as not every nm reads every object.
small_machine() {
	if ! bare_headers "$work/bare"; then
		fail "BearSSL's headers are found"
		return
	elif have arm-none-eabi-gcc; then
		small="arm-none-eabi-gcc -mcpu=cortex-m0 -mthumb"
	elif have clang; then
		small="clang --target=thumbv6m-none-eabi"
	else
		skip "division on Cortex-M0" "no compiler for it is here"
		return
	fi
	for level in -O0 -O2 -Os; do
		title="no division helper on Cortex-M0, $level"
		if ! $small $implement $level -fno-inline -ffreestanding \
			"-isystem$work/bare" -S "$work/all.c" \
			-o "$work/all.s" 2>"$work/found"; then
			fail "$title" "$(cat "$work/found")"
			continue
		fi
		awk '
		/^[a-z_][a-z0-9_.]*:/ { name = $1; sub(/[:.].*/, "", name) }
		/^[ \t]+bl[ \t]+__[a-z_]*(div|mod)/ { print name, $NF }
		' "$work/all.s" | sort -u >"$work/calls"
		while read -r name helper; do
			allowed divides "$name" || echo "$name calls $helper"
		done <"$work/calls" >"$work/found"
		nothing "$title" "$work/found"
	done
}

[ $# -gt 0 ] ||
	set -- toc lines functions names objects format shell cppcheck tidy
for what; do
	"lint_$what"
done
summary lint
