#!/bin/sh
# freestanding.sh - each header linked with nothing but what it may need
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/freestanding.sh [quick|table|update]
#
# For each header and processor: one file with all of the header's functions,
# compiled with -ffreestanding -Os, and linked with -nostdlib. What the linker
# is given is BearSSL's functions, four of string.h, and those functions of the
# compiler's own library that the line of the processor names. Anything else
# is an undefined symbol, and the test fails.
#
# None of the headers divides, by a helper or by an instruction: so no function
# that handles secrets does. Another helper may take a time that depends on
# what it is given. Who calls one has to be on the list that is in this file.
#
# table prints what each header needs on four processors, update writes that
# into docs/SYMBOLS.md; the other forms compare. quick: two processors, and the
# headers that no other includes, which between them have everything.
# lists of words; functions called by name
# shellcheck disable=SC2086,SC2046,SC2317
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh

# ---- the processors ------------------------------------------------------

all='m0 m4 rv32 x86-64 m0-clang m3 m23 i386 aarch64 riscv64 s390x mips'
in_table='m0 m4 rv32 x86-64'
quick='m0 rv32'

switches='__gnu_thumb1_case_sqi __gnu_thumb1_case_uqi __gnu_thumb1_case_shi
	__gnu_thumb1_case_uhi __gnu_thumb1_case_si'
arm_shifts='__aeabi_llsl __aeabi_llsr'
shifts='__ashldi3 __lshrdi3'

# target NAME: its title, compiler and tools, the compiler's helpers that it
# may need, and what its instructions for a division look like
target() {
	divide='[us]div'
	helpers=
	case $1 in
	m0) arm Cortex-M0 cortex-m0 "$arm_shifts __aeabi_lmul $switches" ;;
	m23) arm Cortex-M23 cortex-m23 "$arm_shifts __aeabi_lmul $switches" ;;
	m3) arm Cortex-M3 cortex-m3 ;;
	m4) arm Cortex-M4 cortex-m4 ;;
	m0-clang)
		arm 'Cortex-M0, clang' cortex-m0 "$arm_shifts __aeabi_lmul"
		# the names that ARM's ABI has for the four of string.h
		helpers="$helpers __aeabi_memcpy __aeabi_memcpy4
			__aeabi_memcpy8 __aeabi_memclr __aeabi_memclr4
			__aeabi_memclr8 __aeabi_memset __aeabi_memmove"
		compiler='clang --target=thumbv6m-none-eabi'
		linker=arm-none-eabi-gcc
		;;
	rv32)
		cross RV32 riscv64-unknown-elf 'div[uw]*|rem[uw]*' "$shifts"
		compiler="$compiler -march=rv32imac -mabi=ilp32"
		;;
	riscv64) cross RV64 riscv64-linux-gnu 'div[uw]*|rem[uw]*' ;;
	aarch64) cross AArch64 aarch64-linux-gnu "$divide" ;;
	s390x) cross s390x s390x-linux-gnu 'd[rl]?|dlr|d[ls]g[rf]*' ;;
	mips)
		cross MIPS mips-linux-gnu 'divu?' "$shifts"
		compiler="$compiler -mno-abicalls"
		;;
	x86-64) native x86-64 -m64 ;;
	i386) native i386 -m32 ;;
	esac
	: "${linker:=$compiler}"
}

# cross TITLE TRIPLET INSTRUCTIONS [HELPERS]
cross() {
	title=$1
	compiler=$2-gcc
	linker=
	tools=$2-
	divide=$3
	helpers=${4:-}
}

# arm TITLE CPU [HELPERS]
arm() {
	cross "$1" arm-none-eabi "$divide" "${3:-}"
	compiler="$compiler -mcpu=$2 -mthumb"
}

# native TITLE FLAG
native() {
	title=$1
	compiler="gcc $2"
	linker=
	tools=
	divide='i?div[bwlq]?'
	helpers=
}

flags="-std=c99 -Os -ffreestanding -fno-pic -fno-stack-protector
	-fno-asynchronous-unwind-tables -Wall -Wextra -Werror
	-DSEAMKEY_EXTERN -DSEAMKEY_IMPLEMENTATION -I."
strings='memcpy memmove memset memcmp'

# ---- who may call a helper -----------------------------------------------
# By function: none of these handles a secret. A Thumb function that chooses
# among cases calls a helper for that, as others jump.

public='
seamkey_i_agent_approver_bit how many people have approved
seamkey_i_aead_bound       numbers of frames and octets
seamkey_i_aead_divide      numbers of frames and octets
seamkey_i_exchange_abandon a time, and how often it was tried
seamkey_i_link_draw        when the next rekey begins: seen on the wire
seamkey_i_link_in_reserve  numbers of frames
seamkey_i_link_limits      numbers of frames
seamkey_i_link_margin      numbers of frames
seamkey_i_link_received    numbers of frames
seamkey_i_link_sent        numbers of frames
seamkey_i_link_signal_time times
seamkey_i_link_successor   numbers of frames
seamkey_i_link_under_way   times
seamkey_i_name_put_base128 an object identifier
seamkey_i_name_put_decimal an object identifier
seamkey_i_name_take_number an object identifier
seamkey_i_name_take_oid    an object identifier
seamkey_i_rule_number      a number in the text of a rule
seamkey_name_decode_time   a time of a certificate or a message'

# ---- one header on one processor -----------------------------------------

# source FILE HEADER
source_of() {
	printf '#include <bearssl.h>\n#include "%s"\n' "$2" >"$1"
}

# needs OBJECT: the names that it does not define
needs() {
	"${tools}nm" -u "$1" | awk '{ print $2 }' | sort
}

# may_need: the names on stdin that are allowed
may_need() {
	grep -xE "br_.*|$(echo $strings $helpers | tr ' ' '|')"
}

# links OBJECT PROGRAM: with what is allowed, and nothing else
links() {
	"$linker_name" $linker_flags -nostdlib -static -no-pie -Wl,-e,0 \
		-Wl,--build-id=none "$1" -o "$2" \
		$(needs "$1" | may_need | sed 's/.*/-Wl,--defsym=&=0/')
}

# divisions OBJECT: the functions that divide, each once
divisions() {
	"${tools}objdump" -dr "$1" | awk -v divide="^($divide)\$" '
	/^[0-9a-f]+ <.*>:$/ { name = $2 }
	/__[a-z0-9_]*(div|mod)/ { print name, $NF; next }
	{
		for (i = 2; i < NF && i < 8; i++)
			if ($i ~ divide)
				print name, $i
	}' | sort -u
}

# one TARGET HEADER: says what is wrong, and leaves a list of what it needs
one() {
	linker_name=${linker%% *}
	linker_flags=${linker#"$linker_name"}
	file=$work/$1/${2%.h}
	$compiler $flags "-isystem$work/bare" -c "$file.c" -o "$file.o" ||
		return 1
	needs "$file.o" >"$file.needs"
	links "$file.o" "$file.elf" || return 1
	divisions "$file.o" >"$file.divides"
	[ ! -s "$file.divides" ] || {
		echo 'these divide:'
		cat "$file.divides"
		return 1
	}
}

# helped TARGET FILE: no function calls a helper but those on the list. By
# the assembly text, without inlining: by the name of who needs it.
helped() {
	$compiler $flags "-isystem$work/bare" -fno-inline -S "$2" \
		-o "${2%.c}.s" || return 1
	awk -v helpers="$(printf ' %s ' $helpers)" -v public="$public" '
	BEGIN {
		n = split(public, line, "\n")
		for (i = 1; i <= n; i++) {
			split(line[i], word, " ")
			listed[word[1]] = 1
		}
	}
	/^[A-Za-z_][A-Za-z0-9_.]*:/ { name = $1; sub(/[:.].*/, "", name) }
	/^[ \t]+[a-z]/ && index(helpers, " " $NF " ") && $NF !~ /case|mem/ {
		if (!(name in listed))
			print name " calls " $NF
	}' "${2%.c}.s" >"${2%.c}.calls"
	[ ! -s "${2%.c}.calls" ] || {
		cat "${2%.c}.calls"
		return 1
	}
}

# ---- what must be caught -------------------------------------------------

# mistakes TARGET: a division, memory from the heap, a product in a function
# that is not listed, each in a file of its own
mistakes() {
	cat >"$work/$1/divide.c" <<-END
	unsigned f(unsigned a, unsigned b);
	unsigned f(unsigned a, unsigned b) { return a / b; }
	END
	cat >"$work/$1/heap.c" <<-END
	void *malloc(__SIZE_TYPE__);
	void *f(void);
	void *f(void) { return malloc(4); }
	END
	cat >"$work/$1/helped.c" <<-END
	unsigned long long f(unsigned long long a, unsigned b);
	unsigned long long f(unsigned long long a, unsigned b)
	{ return (a << b) * a; }
	END
	refuse "$title: a division is caught" one "$1" divide
	refuse "$title: memory from the heap is caught" one "$1" heap
	[ -z "$helpers" ] ||
		refuse "$title: a helper's caller is caught" \
			helped "$1" "$work/$1/helped.c"
}

# ---- the table -----------------------------------------------------------

# cell WORDS: or a dash
cell() {
	printf ' %s |' "${*:--}"
}

# rows TARGET HEADER...
rows() {
	column=$1
	shift
	target "$column"
	for h; do
		file=$work/$column/${h%.h}.needs
		[ -f "$file" ] || continue
		printf '| %s | %s |' "$h" "$title"
		cell $(grep -xE "$(echo $strings | tr ' ' '|')" "$file")
		cell $(grep -c '^br_' "$file")
		cell $(grep -vxE "br_.*|$(echo $strings | tr ' ' '|')" "$file")
		echo
	done
}

# bearssl_rows HEADER...: what is needed on any of the processors
bearssl_rows() {
	for h; do
		printf '| %s |' "$h"
		cell $(cat "$work"/*/"${h%.h}.needs" | grep '^br_' | sort -u)
		echo
	done
}

table() {
	echo '| Header | Processor | string.h | BearSSL | compiler |'
	echo '| --- | --- | --- | ---: | --- |'
	for h in $headers; do
		for column in $in_table; do
			rows "$column" "$h"
		done
	done
	echo
	echo "| Header | BearSSL's functions, on any of these processors |"
	echo '| --- | --- |'
	bearssl_rows $headers
	echo
	measured
}

# measured: by which compilers, of those that are here
measured() {
	with=
	for c in gcc arm-none-eabi-gcc riscv64-unknown-elf-gcc; do
		! have $c || with="$with, $c $($c -dumpfullversion)"
	done
	echo "Measured with${with#,} at -Os."
}

update() {
	awk -v new="$work/table" '
	/^<!-- end symbols -->$/ { old = 0 }
	!old { print }
	/^<!-- begin symbols: / {
		print ""
		while ((getline line <new) > 0)
			print line
		print ""
		old = 1
	}' docs/SYMBOLS.md >"$work/SYMBOLS.md" &&
		cat "$work/SYMBOLS.md" >docs/SYMBOLS.md
}

# same_table: all of it, where everything was compiled
same_table() {
	table >"$work/table"
	awk '/^<!-- end symbols/ { exit }
		begun { print }
		/^<!-- begin symbols/ { begun = 1 }' docs/SYMBOLS.md |
		sed '1d; $d' | diff - "$work/table"
}

# same_rows: of what was compiled, where that is less
same_rows() {
	for t in $in_table; do
		case " $usable " in
		*" $t "*) rows "$t" $headers ;;
		esac
	done >"$work/rows"
	[ -s "$work/rows" ] && awk '
	NR == FNR { said[$0] = 1; next }
	!($0 in said) { print "not in it: " $0; bad = 1 }
	END { exit bad }' docs/SYMBOLS.md "$work/rows"
}

# ---- doing it ------------------------------------------------------------

if [ "${1:-}" = --one ]; then # TARGET HEADER, by each of the others
	work=$O/freestanding
	target "$2"
	one "$2" "$3" >"$work/$2/${3%.h}.log" 2>&1
	echo $? >"$work/$2/${3%.h}.status"
	exit 0
fi

what=${1:-}
headers=$(echo seamkey.h seamkey_*.h)
targets=$all
case $what in
quick)
	targets=$quick
	headers='seamkey.h seamkey_icsf.h seamkey_rtc.h'
	;;
table | update) targets=$in_table ;;
esac

scratch freestanding
bare_headers "$work/bare" || {
	fail "BearSSL's headers are found"
	summary freestanding
}

# prepare TARGET: its sources; a skip, where there is no compiler
prepare() {
	target "$1"
	mkdir -p "$work/$1"
	: >"$work/empty.c"
	for tool in "$linker" "$compiler"; do
		$tool $flags "-isystem$work/bare" -c "$work/empty.c" \
			-o "$work/empty.o" 2>/dev/null && continue
		skip "$title" "${tool%% *} is not here (make deps)"
		return 1
	done
	for h in $headers; do
		source_of "$work/$1/${h%.h}.c" "$h"
		echo "$1 $h" >>"$work/list"
	done
}

usable=
for t in $targets; do
	! prepare "$t" || usable="$usable $t"
done
: >>"$work/list"
xargs -P "$processors" -n 2 sh tests/freestanding.sh --one <"$work/list"
case $what in
table) table ;;
update)
	table >"$work/table"
	update
	;;
esac
case $what in
table | update) exit 0 ;;
esac

for t in $usable; do
	target "$t"
	for h in $headers; do
		log=$work/$t/${h%.h}.log
		name="$title: $h"
		if [ "$(cat "$work/$t/${h%.h}.status" 2>/dev/null)" = 0 ]; then
			pass "$name"
		else
			fail "$name" "$(cat "$log")"
		fi
	done
	[ -z "$helpers" ] || check "$title: nothing secret goes to a helper" \
		helped "$t" "$work/$t/seamkey.c"
	mistakes "$t"
done

if ! grep -qxF "$(measured)" docs/SYMBOLS.md; then
	skip "docs/SYMBOLS.md" "here it says: $(measured)"
elif [ "$what$skipped" = 0 ]; then
	check "docs/SYMBOLS.md says what they need" same_table
else
	check "docs/SYMBOLS.md says what they need" same_rows
fi
summary freestanding
