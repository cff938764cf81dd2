#!/bin/sh
# size.sh - code size and own stack of each service, as a Markdown table
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/size.sh
#
# For each line "HEADER FUNCTION" of tests/size.txt: compiles a file that
# includes the header and keeps the function, with -Os, links it so that
# nothing stays but what the function needs, and adds up code and constants.
# "HEADER *" is everything in a header, with all that it includes.
#
# The stack is that of the deepest path through seamkey's own functions in
# the call graph that gcc writes. A call through a pointer is taken to reach
# any function whose address is taken. A path that comes back to where it
# was through direct calls is recursion, and an error.
#
# What a machine has no compiler for is a "skip:" line on stderr.
# shellcheck disable=SC2086 # lists of flags
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh

scratch size
bare_headers "$work/bare" || {
	echo "size.sh: BearSSL's headers were not found" >&2
	exit 1
}
common="-std=c99 -Os -ffreestanding -fno-pic -fno-stack-protector
	-fno-asynchronous-unwind-tables -ffunction-sections -fdata-sections
	-I. -isystem $work/bare"
link="-nostdlib -static -no-pie -Wl,--gc-sections -Wl,--build-id=none
	-Wl,--unresolved-symbols=ignore-all -Wl,-e,seamkey_kept"

# The compiler of a column, with its flags; fails where there is none.
compiler() {
	case $1 in
	m0) echo arm-none-eabi-gcc -mcpu=cortex-m0 -mthumb ;;
	m4) echo arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb ;;
	rv32) echo riscv64-unknown-elf-gcc -march=rv32imac -mabi=ilp32 ;;
	x86) echo gcc -m64 ;;
	esac
}

usable() {
	: >"$work/empty.c"
	$(compiler "$1") $common -c "$work/empty.c" -o "$work/empty.o" \
		2>/dev/null
}

# Code and constants of an object or a program, in bytes.
bytes() {
	case $1 in
	x86) size=size ;;
	rv32) size=riscv64-unknown-elf-size ;;
	*) size=arm-none-eabi-size ;;
	esac
	$size -A "$2" | awk '/^\.(s?rodata|text|data\.rel\.ro)/ { n += $2 }
		END { print n + 0 }'
}

# whole COLUMN HEADER
whole() {
	dir=$work/$1
	echo "#include <bearssl.h>
	#include \"$2\"" >"$dir/whole.c"
	$(compiler "$1") $common -DSEAMKEY_EXTERN -DSEAMKEY_IMPLEMENTATION \
		-c "$dir/whole.c" -o "$dir/whole.o" || return 1
	bytes "$1" "$dir/whole.o"
}

# kept COLUMN HEADER FUNCTION: leaves call graph and assembly text for
# stack(). The pointer that keeps the function is not counted.
kept() {
	dir=$work/$1
	echo "#include <bearssl.h>
	#include \"$2\"
	typedef void (*pointer)(void);
	extern const pointer seamkey_kept;
	const pointer seamkey_kept = (pointer)$3;" >"$dir/kept.c"
	$(compiler "$1") $common -fcallgraph-info=su -S "$dir/kept.c" \
		-o "$dir/kept.s" || return 1
	$(compiler "$1") $link "$dir/kept.s" -o "$dir/kept.elf" || return 1
	pointer=4
	[ "$1" != x86 ] || pointer=8
	echo $(($(bytes "$1" "$dir/kept.elf") - pointer))
}

# The functions whose address is taken, of those that an assembly text has:
# each word that is neither in a jump or call nor in a directive that is not
# data.
taken() {
	awk '
	/^[ \t]*\./ && !/^[ \t]*\.(word|long|quad|4byte|8byte|dc)/ { next }
	/^[ \t]+(bl?x?|b[a-z][a-z][a-z]?[a-z]?|call|tail|jmp|j[a-z]*)[ \t]/ {
		next
	}
	/^[^ \t]/ { next }
	{
		gsub(/[^A-Za-z0-9_.]+/, " ")
		for (i = 2; i <= split($0, word, " "); i++)
			print word[i]
	}' "$1" | sort -u
}

# stack COLUMN FUNCTION
stack() {
	dir=$work/$1
	taken "$dir/kept.s" >"$dir/kept.taken"
	awk -v root="$2" '
	function name(key) {
		match($0, key ": \"[^\"]*\"")
		return substr($0, RSTART + length(key) + 3, \
			RLENGTH - length(key) - 4)
	}
	function die(text) {
		print "size.sh: " text >"/dev/stderr"
		exit failed = 1
	}
	# Is there a way back to n by calls of names alone?
	function look_for_recursion(n, i) {
		if (state[n] == "open")
			die("recursion: " n)
		if (state[n] == "done" || n == "__indirect_call")
			return
		state[n] = "open"
		for (i = 1; i <= calls[n]; i++)
			look_for_recursion(call[n, i])
		state[n] = "done"
	}
	# The deepest path from n, with so many calls through pointers in it:
	# further ones are cut, as there would be no end. Two are a driver and
	# its engine. A rule that verifies an approval has a third before them,
	# which the figure of the agent has not: that it is high enough all the
	# same is painted (tests/stack.c).
	function deepest(n, pointers, i, d, max) {
		if ((n, pointers) in depth)
			return depth[n, pointers]
		for (i = 1; n == "__indirect_call" && pointers > 0 && \
			i <= targets; i++)
			if ((d = deepest(target[i], pointers - 1)) > max)
				max = d
		for (i = 1; i <= calls[n]; i++)
			if ((d = deepest(call[n, i], pointers)) > max)
				max = d
		return depth[n, pointers] = own[n] + max
	}
	FILENAME ~ /taken$/ {
		taken[$1] = 1
		next
	}
	/^node:/ {
		n = name("title")
		if (match($0, /[0-9]+ bytes \([a-z,]+\)/)) {
			split(substr($0, RSTART, RLENGTH), part, " ")
			own[n] = part[1]
			symbol = n
			sub(/.*:/, "", symbol)
			if (symbol in taken && symbol != root)
				target[++targets] = n
			if (part[3] == "(dynamic)")
				die("unbounded stack: " n)
			if (symbol == root)
				start = n
		}
	}
	/^edge:/ {
		n = name("sourcename")
		call[n, ++calls[n]] = name("targetname")
	}
	END {
		if (failed)
			exit 1
		if (start == "")
			die(root " is not in the call graph")
		for (n in own)
			look_for_recursion(n)
		print deepest(start, 2)
	}' "$dir/kept.taken" "$dir/kept.ci"
}

columns=
for column in m0 m4 rv32 x86; do
	if usable $column; then
		columns="$columns $column"
	else
		echo "skip: size $column: no compiler is here (make deps)" >&2
	fi
done
[ -n "$columns" ] || exit 1

# heading TEXT: one cell for each column
heading() {
	for column in $columns; do
		case $column in
		m0) printf ' Cortex-M0%s |' "$1" ;;
		m4) printf ' Cortex-M4%s |' "$1" ;;
		rv32) printf ' RV32%s |' "$1" ;;
		x86) printf ' x86-64%s |' "$1" ;;
		esac
	done
}

# The lines of tests/size.txt whose header is here.
lines() {
	grep -v '^#' tests/size.txt | while read -r header function; do
		[ ! -f "$header" ] || echo "$header $function"
	done
}

# cells COLUMN: "BYTES STACK" for each line, and "end" last
cells() {
	mkdir -p "$work/$1"
	while read -r header function; do
		if [ "$function" = '*' ]; then
			n=$(whole "$1" "$header") || exit 1
			s=-
		else
			n=$(kept "$1" "$header" "$function") || exit 1
			s=$(stack "$1" "$function") || exit 1
		fi
		echo "$n ${s:--}"
	done <"$work/lines"
	echo end
}

# One row of the table for each line, from the cells of all columns.
rows() {
	files=
	for column in $columns; do
		[ "$(tail -n 1 "$work/$column.cells")" = end ] || return 1
		files="$files $work/$column.cells"
	done
	paste -d ' ' "$work/lines" $files | awk -v columns="$(echo $columns |
		wc -w)" '$1 != "end" && NF > 2 {
		function_name = $2 == "*" ? "everything" : "`" $2 "`"
		printf "| %s | %s |", $1, function_name
		for (i = 0; i < columns; i++)
			printf " %s |", $(3 + 2 * i)
		for (i = 0; i < columns; i++)
			printf " %s |", $(4 + 2 * i)
		print ""
	}'
}

table() {
	printf '| Header | Service |'
	heading ''
	heading ' stack'
	printf '\n| --- | --- |'
	for column in $columns $columns; do
		printf ' ---: |'
	done
	echo
	rows
}

lines >"$work/lines"
for column in $columns; do
	cells $column >"$work/$column.cells" &
done
wait
table >"$work/table" || exit 1
cat "$work/table"
measured=
for compiler in gcc arm-none-eabi-gcc riscv64-unknown-elf-gcc; do
	case $compiler$columns in
	gcc*x86* | arm*m0* | riscv*rv32*)
		measured="$measured, $compiler $($compiler -dumpfullversion)"
		;;
	esac
done
cat <<END

Measured with${measured#,} at -Os.
Bytes, of seamkey's own code and constants and (an upper bound) of its own
stack, each service by itself; what two services share is counted in both.
BearSSL, the C library and the compiler's helpers are not counted.
END
