#!/bin/sh
# compile.sh - each header alone, in every language, compiler and mode
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/compile.sh [quick]
#
# Also: two files that include everything link together and, with
# SEAMKEY_EXTERN, share one copy of each function; without the one file
# that defines SEAMKEY_IMPLEMENTATION, the link fails. The unit tests, with one
# copy of the functions, are linked and run with -flto and with -O3, where
# files are optimized together, and most is inlined; quick: some of them.
# lists of flags; functions called by name
# shellcheck disable=SC2086,SC2046,SC2317
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh
quick=${1:-}

scratch compile
single=$O/single/seamkey.h
[ -f "$single" ] || sh tests/single.sh "$single" || exit 1

warnings="-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow
	-Wcast-qual -Wundef -Wvla -Werror"
c_warnings="-Wstrict-prototypes -Wmissing-prototypes"
headers="$(echo seamkey_*.h) seamkey.h one-file icsf-names base-adapter"
# those that nothing else includes: with them everything is compiled
doors="seamkey.h seamkey_icsf.h seamkey_rtc.h one-file"
extern=-DSEAMKEY_EXTERN

# The flags of each way to use a header.
mode() {
	case $1 in
	go) ;;
	extern) echo $extern ;;
	implement) echo $extern -DSEAMKEY_IMPLEMENTATION ;;
	esac
}

# ---- the matrix ----------------------------------------------------------

# One source for each header, and for each part that a header shows only in
# certain company. The one file stands in a folder of its own, and is compiled
# without -I., so that it cannot lean on the others.
for h in $headers; do
	case $h in
	one-file) echo '#include "seamkey.h"' ;;
	icsf-names) echo '#define SEAMKEY_ICSF_ENV NULL
		#include "seamkey_icsf.h"' ;;
	base-adapter) echo '#include "seamkey_base.h"
		#include <bearssl.h>
		#include "seamkey_base.h"
		extern seamkey_random (*use)(const br_prng_class **);
		seamkey_random (*use)(const br_prng_class **) =
			seamkey_random_bearssl;' ;;
	*) echo "#include \"$h\"" ;;
	esac | tee "$work/$h.c" >"$work/$h.cpp"
done

# each_header WAYS COMMAND...: every header in each of the ways named, by a
# command that lacks only warnings, mode and source. With quick the definitions
# are compiled of the doors alone.
each_header() {
	ways=$1
	shift
	case $* in
	*++*) suffix=cpp own= ;;
	*) suffix=c own=$c_warnings ;;
	esac
	for h in $headers; do
		case $h in
		one-file) path="-I${single%/*}" ;;
		*) path="-I." ;;
		esac
		for way in $ways; do
			[ "$quick$way" != quickimplement ] ||
				case " $doors " in
				*" $h "*) ;;
				*) continue ;;
				esac
			start "$h, $way: $*" "$@" $warnings $own \
				$(mode $way) $path $BEARSSL_CFLAGS \
				-c "$work/$h.$suffix" -o "$work/$h.$started.o"
		done
	done
}

each_compiler() {
	for pair in gcc:g++ clang:clang++; do
		c=${pair%:*}
		cxx=${pair#*:}
		if ! have "$c"; then
			skip "compile with $c" "$c is not here (make deps)"
		elif [ "$quick" = quick ]; then
			each_header "go implement" "$c" -std=c99 -O2
		else
			each_header "go extern implement" "$c" -std=c99 -O2
			each_header "go extern implement" "$c" -std=c11 -O2
			# What a compiler warns of depends on what it inlines.
			for level in -O0 -O1 -O3 -Os; do
				each_header "implement" "$c" -std=c99 $level
			done
		fi
		if ! have "$cxx"; then
			skip "compile with $cxx" "$cxx is not here (make deps)"
		elif [ "$quick" = quick ]; then
			each_header "go" "$cxx" -std=c++11 -O2
		else
			each_header "go extern implement" "$cxx" -std=c++11 -O2
		fi
	done
}

# What a compiler warns of in a header also depends on who calls it: the
# programs that are here, at every level.
each_caller() {
	for c in gcc clang; do
		have "$c" || continue
		for level in -O0 -O1 -O2 -O3 -Os; do
			# make test has compiled them with gcc, and clang
			# finds nearly all that it warns of while it reads
			if [ "$quick" = quick ]; then
				[ $c$level = clang-O0 ] || continue
				level=-fsyntax-only
			fi
			for f in examples/*.c tests/test_*.c; do
				start "$f: $c $level" "$c" -std=c99 $level \
					$warnings $c_warnings -I. \
					$BEARSSL_CFLAGS -c "$f" \
					-o "$work/caller.$started.o"
			done
		done
	done
}

works() {
	echo "#include <stdint.h>
	#include <string.h>" | "$@" -c -o "$work/works.o" - >/dev/null 2>&1
}

# each_32_bit COMPILER C++-COMPILER
each_32_bit() {
	if ! works "$1" -x c -m32; then
		skip "$1 -m32" "no headers for it are here (make deps)"
		return
	fi
	each_header "go implement" "$1" -std=c99 -m32 -O2
	[ "$quick" = quick ] ||
		each_header "go implement" "$1" -std=c11 -m32 -O2
	if ! have "$2"; then
		return # each_compiler has said so
	elif ! works "$2" -x c++ -std=c++11 -m32; then
		skip "$2 -m32" "no headers for it are here (make deps)"
	elif [ "$quick" = quick ]; then
		each_header "go" "$2" -std=c++11 -m32 -O2
	else
		each_header "go implement" "$2" -std=c++11 -m32 -O2
	fi
}

each_small_machine() {
	for pair in gcc:g++ clang:clang++; do
		! have "${pair%:*}" || each_32_bit "${pair%:*}" "${pair#*:}"
	done
	if ! have tcc; then
		skip "compile with tcc" "tcc is not here (make deps)"
	else
		warnings="-Wall -Werror" c_warnings='' each_header \
			"go implement" tcc
	fi
	if ! have clang || ! bare_headers "$work/bare" ||
		! works clang -x c --target=msp430 -ffreestanding \
			"-isystem$work/bare"; then
		skip "int of 16 bits" "no clang with --target=msp430 is here"
	else
		each_header "go implement" clang -std=c99 --target=msp430 \
			-ffreestanding "-isystem$work/bare" -fsyntax-only
	fi
}

# ---- the link ------------------------------------------------------------

# The public functions: what an implementation file exports.
functions() {
	nm -g --defined-only "$1" | awk '$2 == "T" { print $3 }' | sort
}

# user NAME: a file that includes everything and tells the address of each
# function by number. (A function pointer has no address to print in C.)
user() {
	{
		echo "#include <bearssl.h>"
		for h in $all; do
			echo "#include \"$h\""
		done
		echo "typedef void (*function)(void);"
		echo "function $1(int i);"
		echo "function $1(int i) {"
		echo "static function const all[] = {"
		sed 's/.*/(function)&,/' "$work/functions"
		echo "0 }; return all[i]; }"
	} >"$work/$1.c"
}

# both_users EXPECTED: a main that counts the functions that are the same in
# both files, and fails where that is not as expected (all, or none)
both_users() {
	cat >"$work/both.c" <<-END
	#include <stdio.h>
	typedef void (*function)(void);
	function one(int i);
	function two(int i);
	int main(void) {
		int i, same = 0;
		for (i = 0; one(i) != 0 && two(i) != 0; i++)
			same += one(i) == two(i);
		printf("%d functions, %d shared\n", i, same);
		return i == 0 || same != ($1);
	}
	END
}

# link OUTPUT FLAG... SOURCE...
link() {
	output=$1
	shift
	$CC -std=c99 -O1 $warnings $path \
		$BEARSSL_CFLAGS "$@" -o "$work/$output" $BEARSSL_LIBS
}

link_and_run() {
	link "$@" && "$work/$1"
}

# linking TITLE INCLUDE-PATH HEADER...
linking() {
	how=$1
	path=$2
	shift 2
	all=$*
	{
		echo "#define SEAMKEY_IMPLEMENTATION"
		echo "#include <bearssl.h>"
		for h in $all; do
			echo "#include \"$h\""
		done
	} >"$work/copy.c"
	# The declarations were seen before the definitions are asked for.
	{
		echo "#include <bearssl.h>"
		for h in $all; do
			echo "#include \"$h\""
		done
		cat "$work/copy.c"
	} >"$work/late.c"

	for object in copy late; do
		check "$how: $object implementation file compiles" \
			$CC -std=c99 $warnings $extern $path $BEARSSL_CFLAGS \
			-c "$work/$object.c" -o "$work/$object.o"
	done
	functions "$work/copy.o" >"$work/functions"
	functions "$work/late.o" >"$work/functions.late"
	check "$how: there are public functions" test -s "$work/functions"
	check "$how: a header seen before can still be implemented" \
		diff "$work/functions" "$work/functions.late"

	user one
	user two
	both_users 0
	check "$how: two files that include everything link" \
		link_and_run own "$work/one.c" "$work/two.c" "$work/both.c"
	both_users i
	check "$how: with SEAMKEY_EXTERN they share one copy" \
		link_and_run shared $extern "$work/one.c" "$work/two.c" \
		"$work/copy.c" "$work/both.c"
	refuse "$how: without an implementation file the link fails" \
		link missing $extern "$work/one.c" "$work/two.c" \
		"$work/both.c"
}

# ---- optimized across files, and as far as it goes -----------------------

# build_and_run COMPILER FLAG: unit tests, by the Makefile's own rules
build_and_run() {
	folder=$work/run-$1$2
	make -s O="$folder" CC="$1" CFLAGS="-O2 $2" LDFLAGS= \
		TABLES="$tables" "$folder/test-extern" || return 1
	within 1800 "$folder/test-extern" >"$folder/log"
	status=$?
	cat "$folder/log"
	[ $status = 0 ] && grep -q \
		'^test-extern: [1-9][0-9]* passed, 0 failed$' "$folder/log"
}

each_run() {
	tables=$(find tests -name 'test_*.c' | sort |
		sed 's|.*/test_||; s|\.c$||' | tr '\n' ' ')
	[ "$quick" != quick ] || tables='base aead slot'
	for c in gcc clang; do
		have "$c" || continue # each_compiler has said so
		for flag in -flto -O3; do
			[ "$quick$flag" != quick-O3 ] || continue
			start "the unit tests: $c $flag" build_and_run \
				"$c" "$flag"
		done
	done
}

each_compiler
each_small_machine
each_caller
each_run
collect

linking "seamkey.h" -I. seamkey.h
linking "every header" -I. seamkey_*.h
linking "one file" "-I${single%/*}" seamkey.h

summary compile
