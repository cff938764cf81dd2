#!/bin/sh
# make.sh - build the firmware, and show what memory it takes
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: examples/firmware/make.sh FOLDER [SOURCE]
#
# Leaves firmware.elf and its link map in FOLDER. board.c and main.c are those
# of the folder SOURCE, if it is given. Environment: O, SEAMKEY (the command),
# CROSS (arm-none-eabi-), BEARSSL_SRC as for tests/bearssl.sh.
#
# The device's key pair and its block are made once for a FOLDER, and become
# flash.c. The block holds the pre-shared key of build/link, and a name.
#
# Exit status: 0; 1 it could not be built, or has a heap; 2 no BearSSL.
# shellcheck disable=SC2086 # lists of flags
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${O:=build}" "${CROSS:=arm-none-eabi-}" "${SEAMKEY:=$O/seamkey}"
to=$1
from=${2:-examples/firmware}
flags="-mcpu=cortex-m4 -mthumb -Os -ffunction-sections -fdata-sections"
warnings="-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow
	-Wcast-qual -Wundef -Wstrict-prototypes -Wmissing-prototypes -Werror"

# array NAME FILE: the octets of a file as one in C
array() {
	echo "const unsigned char $1[] = {"
	od -An -v -tx1 -w12 "$2" | sed 's/ \(..\)/ 0x\1,/g; s/^ /	/'
	echo "};"
	echo "const size_t $1_len = sizeof $1;"
}

make_flash() {
	printf '%s' 'a key that everybody can read...Pump 3' >"$to/content" &&
		"$SEAMKEY" keygen --der --force --out "$to/key.der" &&
		"$SEAMKEY" seal --to "$to/key.der" --out "$to/block.cms" \
			"$to/content" || return 1
	{
		echo '#include "flash.h"'
		array device_key "$to/key.der"
		array device_block "$to/block.cms"
	} >"$to/flash.new" && mv "$to/flash.new" "$to/flash.c"
}

# A heap is what the C library brings with these; the map names what has been
# linked after what has been left out.
no_heap() {
	sed -n '/^Linker script and memory map/,$p' "$1" >"$1.linked"
	if ! grep -q device_block "$1.linked"; then
		echo "make.sh: $1 is no map of the firmware" >&2
		return 1
	fi
	if grep -nwE '_?(malloc|calloc|realloc|free|sbrk)(_r)?' "$1.linked" >&2
	then
		echo "make.sh: a heap has been linked" >&2
		return 1
	fi
}

mkdir -p "$to" || exit 1
[ -f "$to/flash.c" ] || make_flash || exit 1
inc=$(sh tests/bearssl.sh firmware "${CROSS}gcc $flags" "${CROSS}ar") || exit
${CROSS}gcc -std=c99 $flags $warnings -DSEAMKEY_RSA_MAX_BITS=2048 -I. \
	-Iexamples/firmware -Iexamples/link -isystem "$inc" "$from/board.c" \
	"$from/main.c" "$to/flash.c" "$O/targets/firmware/libbearssl.a" \
	-nostartfiles -nodefaultlibs -T examples/firmware/firmware.ld \
	-Wl,--gc-sections,-Map="$to/firmware.map" \
	-lc -lgcc -o "$to/firmware.elf" || exit 1
no_heap "$to/firmware.map" || exit 1
${CROSS}size -A "$to/firmware.elf" | awk '
	/^\.(text|ARM.exidx|data) / { flash += $2 }
	/^\.(data|bss) / { data += $2 }
	/^\.stack / { stack = $2 }
	END {
		print "flash " flash " octets; RAM " data " of data, " stack \
			" for the stack; no heap"
	}'
