#!/bin/sh
# steps.sh - instructions of a link's calls on Cortex-M0, M3 and M4, in QEMU
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: bench/steps.sh
#
# BearSSL is compiled for each core by tests/bearssl.sh. Prints a table in
# Markdown; the figures are the same at each run with one compiler. Those of
# seamkey_link_work are compared with the table in seamkey_link.h.
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh

scratch steps
cc=arm-none-eabi-gcc
if ! have $cc || ! have qemu-system-arm; then
	skip "steps on Cortex-M" "$cc or qemu-system-arm is not here"
	summary steps
fi

# measure NAME CPU BOARD: the figures go to $work/NAME
measure() {
	flags="-mcpu=$2 -mthumb -Os -ffunction-sections -fdata-sections"
	inc=$(sh tests/bearssl.sh "steps-$1" "$cc $flags" arm-none-eabi-ar) ||
		return
	# shellcheck disable=SC2086 # a list of flags
	$cc -std=gnu99 $flags -nostartfiles -Lbench/cortex-m -T mps2.ld \
		bench/cortex-m/start.c bench/cortex-m/steps.c -I. -I"$inc" \
		"$O/targets/steps-$1/libbearssl.a" --specs=rdimon.specs \
		-Wl,--gc-sections -o "$work/$1.elf" || return 1
	timeout 120 qemu-system-arm -M "$3" -icount shift=0 -nographic \
		-semihosting-config enable=on,target=native \
		-kernel "$work/$1.elf" </dev/null >"$work/$1"
}

# promised CORE ROW: what seamkey_link.h says
promised() {
	awk -v row="$2" -v core="Cortex-$1" '
		/Cortex-M0 +Cortex-M3/ {
			for (i = 2; i <= NF; i++)
				if ($i == core)
					column = i + 1
		}
		$1 == "*" && $2 == row && column { print $column; exit }
		' seamkey_link.h
}

# compare CORE NAME ROW
compare() {
	most=$(awk -F ': *' -v name="$2" '$1 == name { print $2 }' \
		"$work/$1")
	check "$1: $2: $most, seamkey_link.h says $(promised "$1" "$3")" \
		test "${most:-0}" -gt 0 -a "$most" -le "$(promised "$1" "$3")"
}

# The code for a Cortex-M0 runs on the M3 as well: QEMU has no such board.
for core in 'M0 cortex-m0 mps2-an385' 'M3 cortex-m3 mps2-an385' \
	'M4 cortex-m4 mps2-an386'; do
	# shellcheck disable=SC2086 # three words
	set -- $core
	if measure "$@" >"$work/$1.log" 2>&1; then
		pass "$1"
		compare "$1" "work, X25519" X25519
		compare "$1" "work, other steps" others
	else
		fail "$1" "$(tail -n 5 "$work/$1.log")"
	fi
done

echo '| instructions, at most | Cortex-M0 | Cortex-M3 | Cortex-M4 |'
echo '| --- | ---: | ---: | ---: |'
paste -d : "$work/M0" "$work/M3" "$work/M4" |
	awk -F ': *' '{ print "| " $1 " | " $2 " | " $4 " | " $6 " |" }'
echo "Measured with $cc $($cc -dumpfullversion) at -Os, under QEMU."
summary steps
