#!/bin/sh
# targets.sh - the unit tests on other processors, each under an emulator
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/targets.sh [TARGET...|quick]
#
# quick: the M4 alone, without the tables that take longest.
# Without arguments: all of them. BEARSSL_SRC=path is a source tree of BearSSL
# 0.6; without it, Debian's package is fetched (tests/bearssl.sh).
#
# Each tests/test_NAME.c is a program of its own: it is linked, run, and its
# exit status is the result. So a board can lack memory for one of them, which
# is a skip, and there is a time for each. RSA is tested with keys of at most
# RSA_MAX_BITS bits (2048): emulated, longer ones take too long. On RV32 the
# test vectors, too, are run, where their folder is (VECTORS), opened by
# semihosting. That lists no folder and starts no program to unpack: suites of
# many files are left out.
# shellcheck disable=SC2086 # lists of flags
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh
: "${RSA_MAX_BITS:=2048}" "${VECTORS:=../shared/vectors}"

# Seconds for one program: of a processor's time, and by the clock, which on a
# busy machine is something else.
limit=900 clock_limit=7200

# ---- the targets: a line each --------------------------------------------

all='m4 m3 m33 m0 microbit rv32'

# target NAME: the compiler with its flags, the archiver, what is added at the
# link, the emulator, which takes the program last
target() {
	case $1 in
	m4) cortex_m cortex-m4 mps2-an386 mps2.ld ;;
	m3) cortex_m cortex-m3 mps2-an385 mps2.ld ;;
	m33) cortex_m cortex-m33 mps2-an505 an505.ld ;;
	# The code of a Cortex-M0 on a board with memory for all of it, then on
	# one of its own, with 16 KiB.
	m0) cortex_m cortex-m0 mps2-an385 mps2.ld -DBR_LOMUL=1 ;;
	microbit) cortex_m cortex-m0 microbit microbit.ld \
		-DBR_LOMUL=1 -DTEST_NO_STACK_SCAN -DTEST_SMALL ;;
	rv32) risc_v rv32imac ilp32 ;;
	*)
		echo "targets.sh: no target $1; there are: $all" >&2
		exit 1
		;;
	esac
}

# cortex_m CPU BOARD SCRIPT FLAG...
cortex_m() {
	compiler="arm-none-eabi-gcc -mcpu=$1 -mthumb -O2 -ffunction-sections
		-fdata-sections -DBR_CT_MUL31=1 -DBR_CT_MUL15=1"
	archiver=arm-none-eabi-ar
	link="-nostartfiles -Lbench/cortex-m -T $3 bench/cortex-m/start.c
		--specs=rdimon.specs -Wl,--gc-sections"
	emulator="qemu-system-arm -M $2 -nographic
		-semihosting-config enable=on,target=native -kernel"
	shift 3
	compiler="$compiler $*"
}

# risc_v MARCH ABI: QEMU's virt, with picolibc, whose start-up reports a fault
# and takes the arguments from QEMU: one that is empty, as the name of the
# program would be taken for the name of a test. 8 MiB of code and 112 of data,
# 1 of them stack.
risc_v() {
	compiler="riscv64-unknown-elf-gcc -march=$1 -mabi=$2 -O2
		-ffunction-sections -fdata-sections --specs=picolibc.specs"
	archiver=riscv64-unknown-elf-ar
	link="--crt0=semihost --oslib=semihost -Wl,--defsym=__flash=0x80000000
		-Wl,--defsym=__flash_size=0x800000
		-Wl,--defsym=__ram=0x80800000 -Wl,--defsym=__ram_size=0x7000000
		-Wl,--defsym=__stack_size=0x100000"
	emulator="qemu-system-riscv32 -M virt -bios none -nographic
		-semihosting-config enable=on,target=native,arg=
		-kernel"
}

# ---- one target ----------------------------------------------------------

warnings="-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow
	-Wcast-qual -Wundef -Wstrict-prototypes -Wmissing-prototypes -Werror"
tables=$(find tests -maxdepth 1 -name 'test_*.c' | sort |
	sed 's|tests/test_||; s|\.c$||')

# compile FILE OBJECT FLAG...
compile() {
	from=$1
	to=$2
	shift 2
	$compiler -std=c99 $warnings "$@" -I. -isystem "$inc" -c "$from" \
		-o "$to"
}

# shared FILE OBJECT FLAG...: of a program that has one copy of the functions
shared() {
	compile "$@" -DSEAMKEY_EXTERN "-DSEAMKEY_RSA_MAX_BITS=$RSA_MAX_BITS"
}

# objects NAME: the objects of a table, or of the vectors, as $objects
objects() {
	objects=$here/$1.o
	if [ "$1" = vectors ]; then
		compile tests/vectors.c "$objects" \
			"-DVECTORS_FOLDER=\"$VECTORS\""
		return
	fi
	objects="$objects $here/$1-main.o $here/seamkey.o"
	shared "tests/test_$1.c" "$here/$1.o" &&
		shared tests/main.c "$here/$1-main.o" \
			"-DTEST_NAME=\"$1\"" "-DTEST_TABLES(X)=X($1)"
}

# table NAME: its result in $here/NAME.result, "WORD TEXT"
table() {
	objects "$1" >"$here/$1.log" 2>&1 || {
		echo 'fail it does not compile' >"$here/$1.result"
		return
	}
	$compiler $objects $link "$here/libbearssl.a" -o "$here/$1.elf" \
		>"$here/$1.log" 2>&1 || {
		too_large "$here/$1.log" >"$here/$1.result" ||
			echo 'fail it does not link' >"$here/$1.result"
		return
	}
	begin=$(date +%s)
	(
		# shellcheck disable=SC3045 # dash and bash have it
		ulimit -t $limit
		within $clock_limit $emulator "$here/$1.elf"
	) >"$here/$1.log" 2>&1 </dev/null
	status=$?
	printf '%5d s  %s\n' $(($(date +%s) - begin)) "$1" >"$here/$1.time"
	if [ $status -eq 0 ] &&
		grep -q "^$1: [1-9][0-9]* passed, 0 failed" "$here/$1.log"
	then
		echo pass >"$here/$1.result"
	elif grep -q '^start.c: the stack has met' "$here/$1.log"; then
		echo 'skip the stack is too short' >"$here/$1.result"
	else
		echo "fail exit status $status" >"$here/$1.result"
	fi
}

# too_large LOG: prints a skip, if the only thing wrong is the room
too_large() {
	sed -n "s/.*region .\([A-Z]*\). overflowed by \([0-9]*\) b.*/\1 \2/p" \
		"$1" | awk '
		{ text = text (NR > 1 ? ", " : "") $2 " bytes too many for " \
			$1 }
		END { if (NR == 0) exit 1; print "skip " text }'
}

# ready NAME: tools, BearSSL and the shared functions; or a line why not
ready() {
	for tool in ${compiler%% *} $archiver ${emulator%% *}; do
		if ! have "$tool"; then
			skip "$1" "$tool is not here (make deps)"
			return 1
		fi
	done
	reason=$work/reason
	inc=$(sh tests/bearssl.sh "$1" "$compiler" "$archiver" 2>"$reason")
	case $? in
	0) ;;
	2)
		skip "$1" "$(tail -n 1 "$reason")"
		return 1
		;;
	*)
		fail "$1: BearSSL" "$(cat "$reason")"
		return 1
		;;
	esac
	if ! shared examples/seamkey_impl.c "$here/seamkey.o" \
		>"$here/log" 2>&1; then
		fail "$1: seamkey.h" "$(cat "$here/log")"
		return 1
	fi
}

# skips NAME: what was left out. Of the vectors that is much: make test tells
# the reasons.
skips() {
	[ -f "$here/$1.log" ] || return
	if [ "$1" = vectors ]; then
		sed -n "s/^skip: vectors in/skip: $name: vectors in/p
			s/^vectors: .* passed/$name: &/p" "$here/$1.log"
	else
		sed -n "s/^skip: /skip: $name: /p" "$here/$1.log"
	fi
}

# Every table of one target, as many at once as there are processors.
run_target() {
	name=$1
	target "$name"
	here=$O/targets/$name
	mkdir -p "$here"
	rm -f "$here"/*.o "$here"/*.elf "$here"/*.result "$here"/*.time
	ready "$name" || return
	begin=$(date +%s)
	ask=$tables
	for t in $slow; do
		skip "$name: $t" "slow, left to make targets"
		ask=$(echo "$ask" | grep -vx "$t")
	done
	if [ -n "$slow" ]; then
		skip "$name: vectors" "slow, left to make targets"
	elif [ "$name" != rv32 ]; then
		skip "$name: vectors" \
			"one of them is 16 MiB long, as long as the memory"
	elif [ -d "$VECTORS" ]; then
		ask="vectors $ask" # the longest first
	else
		skip "$name: vectors" "there is no folder $VECTORS"
	fi
	printf '%s\n' $ask | INC=$inc xargs -P "$processors" -n 1 \
		sh tests/targets.sh --table "$name"
	for t in $ask; do
		word=fail text="no result"
		[ ! -f "$here/$t.result" ] ||
			read -r word text <"$here/$t.result"
		case $word in
		pass) pass "$name: $t" ;;
		skip) skip "$name: $t" "$text" ;;
		*) fail "$name: $t: $text" "$(tail -n 40 "$here/$t.log")" ;;
		esac
		skips "$t"
	done
	echo "$name: $(cat "$here"/*.time | grep -c .) programs ran," \
		"$(($(date +%s) - begin)) s; the longest:"
	sort -rn "$here"/*.time | head -n 3
}

# below_graph: no service went deeper, BearSSL included, than the README says
# by the graph of calls, and an eighth for what the graph does not have: it is
# of a file for each service, where gcc inlines more, and without BearSSL. Nor
# has it the ciphers of a link. CSFPPKS stands there by the name of its
# function.
below_graph() {
	awk -F ' *[|] *' '
	FILENAME == "README.md" {
		if ($2 == "Header")
			for (i = 2; i < NF; i++)
				if ($i == "Cortex-M4 stack")
					column = i
		gsub(/`/, "", $3)
		if ($2 ~ /^seamkey_/ && !($3 in graph))
			graph[$3] = $column
		next
	}
	{
		service = $1 ~ /CSFPPKS/ ? "seamkey_icsf_pks" : $1
		gsub(/`/, "", service)
		print "  " $1 " | " $2 " | " $3 " | " graph[service]
		bad += $3 + 0 == 0 || graph[service] + 0 == 0
		if ($2 !~ /^(AES|ChaCha20)-/)
			bad += $3 + 0 > graph[service] * 9 / 8
		lines++
	}
	END { exit bad != 0 || lines == 0 }' README.md "$1"
}

# paint LOG FLAG...: the deepest stack of each service on the M4, BearSSL
# included, compiled as for the README
paint() {
	log=$here/$1
	shift
	$compiler -Os -std=c99 -DSEAMKEY_EXTERN "$@" -I. -isystem "$inc" \
		tests/stack.c examples/seamkey_impl.c $link \
		"$here/libbearssl.a" -o "$here/stack.elf" >"$here/log" 2>&1 &&
		within $limit $emulator "$here/stack.elf" >"$log" 2>&1 \
			</dev/null
}

# Against the graph of calls; and where no key is longer than 2048 bits a
# private operation fits into 4 KiB.
painted() {
	target m4
	here=$O/targets/m4
	[ -f "$here/seamkey.o" ] || return
	if paint stack.log && paint stack-2048.log -DSEAMKEY_RSA_MAX_BITS=2048
	then
		pass "m4: painted stack"
	else
		fail "m4: painted stack" "$(cat "$here/log" "$log")"
		return
	fi
	if below_graph "$here/stack.log" >"$here/log"; then
		pass "m4: painted stack, against the graph of calls"
	else
		fail "m4: painted stack, against the graph of calls" \
			"$(cat "$here/log")"
	fi
	echo "m4: service | key | bytes of stack, painted | by the graph"
	cat "$here/log"
	grep '^`seamkey_rsa_' "$here/stack-2048.log" >"$here/log"
	# shellcheck disable=SC2016 # awk's
	check "m4: RSA at 2048 bits in 4 KiB of stack" \
		awk -F '|' '$3 > 4096 { bad = 1 }
			END { exit bad || NR == 0 }' "$here/log"
	echo "m4: the same with SEAMKEY_RSA_MAX_BITS=2048"
	cat "$here/log"
}

if [ "${1:-}" = --table ]; then # by run_target, one for each table
	name=$2
	target "$name"
	here=$O/targets/$name
	inc=$INC
	table "$3"
	exit 0
fi

scratch targets/work
slow=
if [ "$*" = quick ]; then
	slow='aead block der_keys link link_exchange link_limits link_trouble
		malformed modexp oaep release_open rsa rsa_engine'
	set -- m4
fi
[ $# -gt 0 ] || set -- $all
for name in "$@"; do
	(target "$name") || exit 1
done
echo "RSA keys in these tests have at most $RSA_MAX_BITS bits (RSA_MAX_BITS)"
for t in "$@"; do
	run_target "$t"
done
for t in "$@"; do
	[ "$t" != m4 ] || painted
done
summary targets
