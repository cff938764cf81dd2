#!/bin/sh
# targets_user.sh - the unit tests as Linux programs of other processors
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: [QUICK=quick] tests/targets_user.sh [TARGET...]
#
#   s390x    big endian, 64 bits
#   aarch64  little endian, 64 bits
#   armhf    little endian, 32 bits
#   mips     big endian, 32 bits, no word at an odd address
#   riscv64  little endian, 64 bits
#   avr      an int of 16 bits: compiled, not run
#
# All but avr are compiled with Debian's cross compilers, linked statically,
# and run by qemu-user. BearSSL is compiled from its source for each: see
# tests/bearssl.sh for where that comes from. The test vectors are read, too,
# where their folder is (VECTORS).
#
# Without arguments: all targets. QUICK=quick: s390x alone, without the
# vectors and the three tables that take longest, and with RSA keys of at most
# 2048 bits; RSA_MAX_BITS sets another length.
# shellcheck disable=SC2086,SC2317 # lists of flags; called by name
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh
: "${QUICK:=}" "${VECTORS:=../shared/vectors}" "${RSA_MAX_BITS:=}"

limit=900 # seconds for one program, on a busy machine

# ---- the targets ---------------------------------------------------------

all='s390x aarch64 armhf mips riscv64 avr'
quick='s390x'

# target NAME: the compiler with its flags, the archiver, the emulator
target() {
	case $1 in
	s390x) user s390x-linux-gnu s390x ;;
	aarch64) user aarch64-linux-gnu aarch64 ;;
	armhf) user arm-linux-gnueabihf arm ;;
	mips) user mips-linux-gnu mips ;;
	riscv64) user riscv64-linux-gnu riscv64 ;;
	avr) compiler=avr-gcc archiver=avr-size emulator= ;;
	*)
		echo "targets_user.sh: no target $1; there are: $all" >&2
		exit 1
		;;
	esac
}

# user TRIPLET QEMU FLAG...: a static qemu does as well as the other one
user() {
	archiver=$1-ar
	emulator=qemu-$2
	have "$emulator" || ! have "$emulator-static" ||
		emulator=$emulator-static
	compiler="$1-gcc -O2"
	shift 2
	compiler="$compiler $*"
}

# ---- one target ----------------------------------------------------------

warnings="-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow
	-Wcast-qual -Wundef -Wstrict-prototypes -Wmissing-prototypes -Werror"
# The largest first: most of them take the longest.
tables=$(wc -c tests/test_*.c | sort -rn |
	sed -n 's|.* tests/test_\(.*\)\.c$|\1|p')
slow='der_keys link_exchange link_limits'
if [ -n "$QUICK" ]; then
	# shellcheck disable=SC2086 # words
	tables=$(printf '%s\n' $tables | grep -vxF "$(printf '%s\n' $slow)")
fi

# compile FLAG...: in $flags is what all files of one run have in common
compile() {
	$compiler -std=c99 $warnings $flags -I. -isystem "$inc" "$@"
}

# ready NAME: tools, BearSSL and the shared functions; or a line why not
ready() {
	for tool in ${compiler%% *} $archiver $emulator; do
		if ! have "$tool"; then
			skip "$1" "$tool is not here (make deps)"
			return 1
		fi
	done
	if ! echo 'int main(void) { return 0; }' |
		$compiler -static -x c - -o "$work/probe" 2>"$work/log"; then
		skip "$1" "${compiler%% *} links no program (make deps)"
		return 1
	fi
	inc=$(sh tests/bearssl.sh "$1" "$compiler" "$archiver" 2>"$work/log")
	case $? in
	0) ;;
	2)
		skip "$1" "$(tail -n 1 "$work/log")"
		return 1
		;;
	*)
		fail "$1: BearSSL" "$(cat "$work/log")"
		return 1
		;;
	esac
	if ! compile -DSEAMKEY_EXTERN -c examples/seamkey_impl.c \
		-o "$here/seamkey.o" >"$work/log" 2>&1; then
		fail "$1: seamkey.h" "$(cat "$work/log")"
		return 1
	fi
}

# build_item NAME: "vectors", or a table of the unit tests
build_item() {
	if [ "$1" = vectors ]; then
		compile -static -D_FILE_OFFSET_BITS=64 tests/vectors.c \
			"$here/libbearssl.a" -o "$here/vectors"
		return
	fi
	compile -static -DSEAMKEY_EXTERN "-DTEST_TABLES(X)=X($1)" \
		tests/main.c "tests/test_$1.c" "$here/seamkey.o" \
		"$here/libbearssl.a" -o "$here/$1"
}

# item NAME: leaves its log, and its result, if it has one
item() {
	begin=$(date +%s)
	if ! build_item "$1" >"$here/$1.log" 2>&1; then
		echo "fail it does not compile" >"$here/$1.result"
		return
	fi
	set -- "$1" "$VECTORS"
	[ "$1" = vectors ] || set -- "$1"
	program=$1
	shift
	within $limit $emulator "$here/$program" "$@" >"$here/$program.log" \
		2>&1 </dev/null
	status=$?
	echo "$(($(date +%s) - begin)) $program" >"$here/$program.time"
	if [ $status -eq 0 ] && grep -q \
		"^$program: [1-9][0-9]* passed, 0 failed" "$here/$program.log"
	then
		echo pass >"$here/$program.result"
	else
		echo "fail exit status $status" >"$here/$program.result"
	fi
}

# result NAME ITEM
result() {
	word=fail text="no result"
	[ ! -f "$here/$2.result" ] || read -r word text <"$here/$2.result"
	if [ "$word" = pass ]; then
		pass "$1: $2"
	else
		fail "$1: $2: $text" "$(tail -n 40 "$here/$2.log")"
	fi
	# Those of the vectors are many: make test tells the reasons.
	[ "$2" = vectors ] || sed -n "s/^skip: /skip: $1: /p
		s/^left out: /left out: $1: /p" "$here/$2.log"
	sed -n "s/^vectors: .*, \([1-9].*\) skip.*/skip: $1: vectors: \1/p" \
		"$here/$2.log"
}

# Everything of one target, as much at once as there are processors.
run_target() {
	ready "$1" || return
	begin=$(date +%s)
	printf '%s\n' $items | INC=$inc xargs -P "$processors" -n 1 \
		sh tests/targets_user.sh --item "$1"
	for i in $items; do
		result "$1" "$i"
	done
	echo "$1: $(cat "$here"/*.log | awk '
		/: [0-9]+ passed, 0 failed/ { n += $2 }
		END { print n + 0 }') tests passed," \
		"$(($(date +%s) - begin)) s; the longest:" \
		"$(sort -rn "$here"/*.time | head -n 3 | tr '\n' ' ')"
}

# ---- 16 bits -------------------------------------------------------------

# avr_header NAME FLAG...: with the definitions, as code that is not called
# would be left out
avr_header() {
	printf '#include "seamkey_%s.h"\n' "$1" >"$here/$1.c"
	name=$1
	shift
	avr-gcc -mmcu=atmega2560 -std=c99 -Os -Wall -Wextra -Werror -I. \
		-DSEAMKEY_EXTERN -DSEAMKEY_IMPLEMENTATION "$@" \
		-c "$here/$name.c" -o "$here/$name.o" &&
		avr-size "$here/$name.o" | awk '$1 > 0 { code = 1 }
			END { exit !code }'
}

run_avr() {
	for tool in avr-gcc avr-size; do
		have $tool && continue
		skip avr "$tool is not here (make deps)"
		return
	done
	for h in der slot name; do
		check "avr: seamkey_$h.h compiles" avr_header $h
	done
	# BearSSL's headers are the same for all processors.
	if bare_headers "$here/inc"; then
		check "avr: seamkey_link.h compiles" avr_header link \
			-isystem "$here/inc"
	else
		skip "avr: seamkey_link.h" "BearSSL's headers are not here"
	fi
}

# flags_of_all: sets $flags and $items
flags_of_all() {
	items=$tables
	if [ -n "$QUICK" ]; then
		: "${RSA_MAX_BITS:=2048}"
	elif [ -d "$VECTORS" ]; then
		# the longest first
		items="vectors $tables"
	fi
	flags=
	[ -z "$RSA_MAX_BITS" ] || flags="-DSEAMKEY_RSA_MAX_BITS=$RSA_MAX_BITS"
}

flags_of_all
if [ "${1:-}" = --item ]; then # by run_target
	target "$2"
	here=$O/targets/$2
	inc=$INC
	item "$3"
	exit 0
fi

scratch targets/user
if [ $# -eq 0 ]; then
	set -- ${QUICK:+$quick}
	[ $# -gt 0 ] || set -- $all
fi
for name in "$@"; do
	(target "$name") || exit 1
done
[ -n "$QUICK" ] || [ -d "$VECTORS" ] ||
	skip "vectors" "there is no folder $VECTORS"
[ -z "$QUICK" ] || skip "vectors, $slow" "slow, left to make targets"
[ -z "$RSA_MAX_BITS" ] ||
	echo "RSA keys of these tests have at most $RSA_MAX_BITS bits"
for name in "$@"; do
	target "$name"
	here=$O/targets/$name
	mkdir -p "$here"
	rm -f "$here"/*.o "$here"/*.log "$here"/*.result "$here"/*.time
	case $name in
	avr) run_avr ;;
	*) run_target "$name" ;;
	esac
done
summary targets-user
