#!/bin/sh
# fuzz.sh - fuzzes every decoder, and the services with what they are given
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/fuzz.sh [TARGET...]
#
# Each tests/fuzz/TARGET.c is built and run, with the address and the
# undefined-behaviour sanitizer, by each engine that is here: libFuzzer
# (clang and its runtime), AFL++ (afl-clang-fast), and tests/fuzz/driver.c,
# which needs nothing but CC. The first of them runs FUZZ_SECONDS (default
# 30) on each target, the others up to 2, to show that they can. Environment:
#
#   FUZZ_SECONDS  for one target
#   FUZZ_ENGINES  some of "libfuzzer afl driver": only these, FUZZ_SECONDS each
#   VECTORS       where seeds are taken from; see tests/fuzz/corpus.sh
#
# An input that makes a target fail is kept in $O/fuzz/crashes and named; it
# is run again by giving it to the program, $O/fuzz/ENGINE/TARGET. Inputs
# with new coverage that libFuzzer comes upon stay in $O/fuzz/found, and the
# next run goes on from there; AFL++'s stay in $O/fuzz/afl-out until then.
#
# A LONG CAMPAIGN. An hour of libFuzzer for each target:
#
#   FUZZ_ENGINES=libfuzzer FUZZ_SECONDS=3600 sh tests/fuzz.sh
#
# AFL++ on one target, to be ended with ^C, on several processors by
# starting it again in other terminals with -S NAME in place of -M main:
#
#   FUZZ_ENGINES=afl FUZZ_SECONDS=5 sh tests/fuzz.sh der_check
#   afl-fuzz -m none -M main -i build/fuzz/seeds/der_check \
#       -o build/fuzz/long -- build/fuzz/afl/der_check
#
# A crash becomes a unit test with the input in it, and the fix goes in with
# that.
# lists of flags; functions called by name
# shellcheck disable=SC2086,SC2317
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh
seconds=${FUZZ_SECONDS:-30}

work=$O/fuzz # kept from run to run, and so no "scratch"
crashes=$work/crashes
mkdir -p "$crashes"

if [ $# -gt 0 ]; then
	targets=$*
	for t in $targets; do
		[ -f "tests/fuzz/$t.c" ] || {
			fail "tests/fuzz/$t.c is not there"
			summary fuzz
		}
	done
else
	targets=
	for f in tests/fuzz/*.c; do
		t=$(basename "$f" .c)
		case $t in
		driver | corpus) ;;
		*) targets="$targets $t" ;;
		esac
	done
fi

# ---- engines -------------------------------------------------------------

flags="-std=c99 -O1 -g -fno-omit-frame-pointer -I. $BEARSSL_CFLAGS"
sanitize="-fsanitize=address,undefined -fno-sanitize-recover=all"

build_libfuzzer() {
	clang $flags $sanitize -fsanitize=fuzzer "$1" -o "$2" $BEARSSL_LIBS
}

build_afl() {
	AFL_QUIET=1 afl-clang-fast $flags $sanitize -fsanitize=fuzzer \
		-DFUZZ_NO_MUTATOR "$1" -o "$2" $BEARSSL_LIBS
}

build_driver() {
	$CC $flags $sanitize "$1" tests/fuzz/driver.c -o "$2" $BEARSSL_LIBS ||
		$CC $flags "$1" tests/fuzz/driver.c -o "$2" $BEARSSL_LIBS
}

# Can this engine build the smallest target?
works() {
	cat >"$work/works.c" <<-END
	#include <stddef.h>
	#include <stdint.h>
	int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
	int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
	{ return size != 0 && data[0] == 0xFF ? 0 : 0; }
	#ifndef FUZZ_NO_MUTATOR
	size_t LLVMFuzzerCustomMutator(uint8_t *, size_t, size_t, unsigned);
	size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
		unsigned seed)
	{ return data[0] == 0xFF && seed == 1 ? max : size; }
	#endif
	END
	"build_$1" "$work/works.c" "$work/works" >"$work/works.log" 2>&1
}

why_not() {
	case $1 in
	libfuzzer) echo "clang or its libclang-rt is not here (make deps)" ;;
	afl) echo "AFL++ is not here, or does not compile (make deps)" ;;
	driver) echo "CC=$CC does not compile" ;;
	esac
}

find_engines() {
	engines=
	for e in ${FUZZ_ENGINES:-libfuzzer afl driver}; do
		case $e in
		libfuzzer | afl | driver) ;;
		*)
			fail "FUZZ_ENGINES: there is no engine $e"
			continue
			;;
		esac
		if works $e && { [ $e != afl ] || have afl-fuzz; }; then
			engines="$engines $e"
		else
			skip "fuzzing with $e" "$(why_not $e)"
		fi
	done
}

# ---- one target on one engine --------------------------------------------

# run_ENGINE TARGET SECONDS: sets count; 0 if nothing was found. What there
# is to see goes to $log, crashes to $crashes/TARGET-...

run_libfuzzer() {
	mkdir -p "$work/found/$1"
	"$work/libfuzzer/$1" -max_total_time="$2" -timeout=20 \
		-rss_limit_mb=2048 -print_final_stats=1 \
		-artifact_prefix="$crashes/$1-" "$work/found/$1" \
		"$work/seeds/$1" >"$log" 2>&1
	status=$?
	count=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
	return $status
}

run_afl() {
	# afl-fuzz passes over seeds that crash: all at once, or which is it?
	if ! "$work/afl/$1" "$work/seeds/$1"/* >"$log" 2>&1; then
		for f in "$work/seeds/$1"/*; do
			if ! "$work/afl/$1" "$f" >"$log" 2>&1; then
				cp "$f" "$crashes/$1-afl-seed"
				return 1
			fi
		done
	fi
	rm -rf "$work/afl-out/$1"
	mkdir -p "$work/afl-out/$1"
	AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_FAST_CAL=1 \
		AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 \
		afl-fuzz -V "$2" -m none -t 20000 -i "$work/seeds/$1" \
		-o "$work/afl-out/$1" -- "$work/afl/$1" >"$log" 2>&1 ||
		return 1
	stats=$work/afl-out/$1/default/fuzzer_stats
	count=$(sed -n 's/^execs_done *: *//p' "$stats")
	bad=0
	for f in "$work/afl-out/$1/default"/crashes/id* \
		"$work/afl-out/$1/default"/hangs/id*; do
		[ -f "$f" ] || continue
		bad=$((bad + 1))
		cp "$f" "$crashes/$1-afl-$bad"
		"$work/afl/$1" "$f" >>"$log" 2>&1
	done
	[ $bad -eq 0 ]
}

run_driver() {
	"$work/driver/$1" -seconds="$2" -crash="$crashes/$1-driver" \
		"$work/seeds/$1" >"$log" 2>&1
	status=$?
	count=$(sed -n 's/^\([0-9]*\) runs.*/\1/p' "$log")
	return $status
}

# fuzz ENGINE TARGET SECONDS: fails with what there is to see
fuzz() {
	log=$work/$1-$2.log
	count=0
	mkdir -p "$work/$1"
	if ! "build_$1" "tests/fuzz/$2.c" "$work/$1/$2" >"$log" 2>&1; then
		echo "$2 does not build for $1:"
		cat "$log"
		return 1
	fi
	before=$(ls "$crashes")
	if "run_$1" "$2" "$3"; then
		echo "ran: $2: $count runs in $3 seconds with $1" \
			>>"$work/ran"
		return
	fi
	echo "more is in $log"
	grep -h 'does not hold\|ERROR: \|SUMMARY\|runtime error\|  #[0-9] ' \
		"$log" | head -20
	for f in "$crashes/$2-"*; do
		[ ! -f "$f" ] || case $before in
		*"${f##*/}"*) ;;
		*) echo "the input at fault: $f" ;;
		esac
	done
	return 1
}

# ---- all of them ---------------------------------------------------------

find_engines
if [ -n "$engines" ]; then
	rm -rf "$work/seeds"
	if ! sh tests/fuzz/corpus.sh "$work/seeds" >"$work/corpus.log" 2>&1
	then
		fail "tests/fuzz/corpus.sh" "$(cat "$work/corpus.log")"
		summary fuzz
	fi
	grep '^skip: ' "$work/corpus.log"
fi
first=yes
for e in $engines; do
	limit=$seconds
	if [ -z "${FUZZ_ENGINES:-}" ] && [ $first = no ] &&
		[ "$limit" -gt 2 ]; then
		limit=2
	fi
	first=no
	: >"$work/ran"
	for t in $targets; do
		start "$t with $e" fuzz "$e" "$t" "$limit"
	done
	collect
	cat "$work/ran"
done

summary fuzz
