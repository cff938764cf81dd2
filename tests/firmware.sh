#!/bin/sh
# firmware.sh - a device on a Cortex-M4 in QEMU, build/link its controller
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/firmware.sh [quick]
#
# Ten thousand frames, at 4 ms each; quick: 2000. Then, shorter: what should
# not pass, as the device is when something in it has been broken. Environment:
# O, CC, SEAMKEY (the command), BEARSSL_SRC as for tests/bearssl.sh; build/link
# has to be there.
# shellcheck disable=SC2086,SC2317 # a command with flags; called by name
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh
: "${SEAMKEY:=$O/seamkey}"
export O SEAMKEY
frames=10000
[ "${1:-}" != quick ] || frames=2000
scratch firmware-test
here=$work/device

# want TITLE CONDITION...: as for test(1); a failure shows what both ends said
want() {
	title=$1
	shift
	if [ "$@" ]; then
		pass "$title"
	else
		fail "$title: $*" "$(tail -n 40 "$here/device" "$here/link")"
	fi
}

# said WHAT: a number of the device's report
said() {
	sed -n "s/^ *$1: //p" "$here/device"
}

# cell ROW COLUMN: a number of build/link's table
cell() {
	awk -v row="$1" -v column="$2" '
	index($0, row) == 1 || index($0, "  " row) == 1 {
		gsub(/.*[a-zA-Z)] +/, "", $0)
		split($0, n, " ")
		print n[column]
		exit
	}' "$here/link"
}

# ---- packets on the line, which need no device ---------------------------

cat >"$work/cobs.c" <<-'END'
	#include "cobs.h"
	#include <stdio.h>
	#include <string.h>

	static unsigned char in[700], line[COBS_LINE(700)], out[701];
	static cobs_reader r = { out, sizeof out, 0, 0, 0, 0, 0 };

	static int reads(size_t n, size_t len)
	{
		unsigned type = 0;
		size_t u;

		for (u = 0; u < n; u++) {
			if (type != 0 || (line[u] == 0) != (u + 1 == n)) {
				return 0;
			}
			type = cobs_get(&r, line[u]);
		}
		return type == COBS_FRAME && r.len == len + 1
			&& memcmp(out + 1, in, len) == 0;
	}

	int main(void)
	{
		static const size_t every[] = { 1, 2, 7, 253, 254, 255, 1000 };
		size_t len, u, n, e, bad = 0;

		for (e = 0; e < sizeof every / sizeof every[0]; e++) {
			for (len = 0; len <= sizeof in; len++) {
				for (u = 0; u < len; u++) {
					in[u] = (u + 1) % every[e] != 0;
				}
				n = cobs_put(line, COBS_FRAME, in, len);
				bad += n > COBS_LINE(len) || !reads(n, len);
				/* one octet too few: a packet is lost, or
				 * another comes; the next is whole again */
				for (u = len % n; u + 2 < n; u++) {
					line[u] = line[u + 1];
				}
				for (u = 0; u + 2 < n; u++) {
					(void)cobs_get(&r, line[u]);
				}
				(void)cobs_get(&r, 0);
				n = cobs_put(line, COBS_FRAME, in, len);
				bad += !reads(n, len);
			}
		}
		r.cap = 10; /* too long, then one that is not */
		n = cobs_put(line, COBS_FRAME, in, 10);
		bad += reads(n, 10);
		n = cobs_put(line, COBS_FRAME, in, 9);
		bad += !reads(n, 9);
		printf("%lu bad\n", (unsigned long)bad);
		return bad != 0;
	}
END
check "packets compile" $CC -std=c99 -Wall -Wextra -Werror -Iexamples/link \
	"$work/cobs.c" -o "$work/cobs"
check "packets of all lengths, and after damage" "$work/cobs"

# ---- the device ----------------------------------------------------------

for tool in arm-none-eabi-gcc qemu-system-arm timeout; do
	if ! have $tool; then
		skip "the firmware" "$tool is not here (make deps)"
		summary firmware
	fi
done
sh examples/firmware/make.sh "$here" >"$work/log" 2>&1
case $? in
0) pass "the firmware is built, with no heap" ;;
2)
	skip "the firmware" "$(tail -n 1 "$work/log")"
	summary firmware
	;;
*)
	fail "the firmware is built, with no heap" "$(cat "$work/log")"
	summary firmware
	;;
esac
tail -n 1 "$work/log"

# broken NAME FILE SED-SCRIPT: the device with a file changed, built
broken() {
	mkdir -p "$work/$1"
	cp examples/firmware/*.c "$work/device/flash.c" "$work/$1"
	sed "$3" "$work/$1/$2" >"$work/$1/changed"
	if cmp -s "$work/$1/changed" "$work/$1/$2"; then
		echo "there is nothing to break" >"$work/$1/log"
		return
	fi
	mv "$work/$1/changed" "$work/$1/$2"
	sh examples/firmware/make.sh "$work/$1" "$work/$1" >"$work/$1/log" 2>&1
	echo $? >"$work/$1/made"
}

# Devices that are broken on purpose, made beside what comes first.
{
	broken heap main.c 's/^main(void)/main(void);\
		void *malloc(size_t);\
		void *_sbrk(int);\
		static char heap[64], *top = heap;\
		void *_sbrk(int n) { return (top += n) - n; }\
		int main(void)/
		s/= open_block();/= malloc(4) != NULL ? open_block() : 1;/'
	# Each step of work keeps the tick away.
	broken masked main.c '/^work(void)/,/^}/{
		s/^	uint32_t ticks.*/&	__asm__ volatile("cpsid i");/
		s/^	spent = .*/&	__asm__ volatile("cpsie i");/
		}'
	# Now and then a frame is not what was sealed.
	broken damage main.c 's/len = cobs_put(line.*FRAME/frame[9] ^= \
		device.sealed % 100 == 0; &/'
	# The last octet of the block, of its tag, is another.
	last=$(($(wc -l <"$here/flash.c") - 2))
	broken block flash.c "${last}s/,\$/ ^ 1,/"
} &
breaking=$!

# A run with too few n-RTT rekeys is one where this machine held up everything
# for seconds; then once more. Anything else counts at once.
for try in 1 2 3; do
	sh examples/firmware/run.sh "$here" $frames >"$work/log" 2>&1
	status=$?
	least=$((frames / 2500 + 1))
	if [ "$(cell "rekeys n-RTT" 1)" -ge $least ] || [ $status -ne 0 ]; then
		break
	fi
done 2>/dev/null
want "exit status of both ends (run $try)" $status -eq 0
is "the block's content" "$(said block)" \
	"$(sha256sum "$here/content" | cut -d ' ' -f 1)"
want "frames sealed" "$(said "frames sealed")" = $frames
want "ticks" "$(said ticks)" = $frames
want "cycles, by the clock" "$(said "cycles by the clock")" = $frames
want "no seal refused" "$(said "seals refused")" = 0
want "no frame refused" "$(said "frames refused")" = 0
want "no frame damaged" "$(said "frames damaged")" = 0
want "frames of the controller" "$(said "frames delivered")" \
	-gt $((frames / 4))
want "the controller has them all" \
	$(($(cell "frames delivered" 2) + $(said "frames the line .*"))) \
	= $frames
want "nothing wrongly refused" "$(cell wrongly 2)" = 0
want "nothing delivered twice" "$(cell "delivered twice" 2)" = 0
want "nothing damaged" "$(cell "delivered damaged" 2)" = 0
want "no seal of the controller's refused" "$(cell "seals refused" 1)" = 0
want "no alarm" "$(cell "alarms" 1)" = 0
want "0-RTT rekeys" "$(said "rekeys 0-RTT")" -ge $least
want "n-RTT rekeys" "$(said "rekeys n-RTT")" -ge $least
want "frames sealed in an X25519" "$(said "frames sealed in it")" -ge 5
want "the longest tick is below a cycle" "$(said "longest tick, us")" -lt 4000
want "the stack has room" "$(said "deepest stack, octets")" -lt 12000
sed -n '/^cycles/,$p' "$here/device" | sed 's/^/  /'

SERIAL=pty sh examples/firmware/run.sh "$here" 200 >"$work/log" 2>&1
want "on a pseudo-terminal: exit status" $? -eq 0
want "on a pseudo-terminal: frames" "$(cell "frames delivered" 2)" -gt 100

# ---- devices that are broken on purpose ----------------------------------

wait $breaking
here=$work/heap
is "a heap: not built" "$(cat "$here/made")" 1
check "a heap: told" grep -q '^make.sh: a heap has been linked' "$here/log"

# run_broken NAME: it is there, and does not end well
run_broken() {
	here=$work/$1
	is "$1: built" "$(cat "$here/made")" 0
	sh examples/firmware/run.sh "$here" 300 --nrtt 0.5 >"$here/log" 2>&1
	want "$1: exit status" $? -eq 1
}

run_broken masked
want "masked: cycles are missed" "$(said "cycles by the clock")" \
	-gt "$(said ticks)"
run_broken damage
want "damage: the controller refuses frames" "$(cell wrongly 2)" -gt 0
run_broken block
want "block: SEAMKEY_ERR_BLOCK_OPEN" "$(said "no start")" = 400
summary firmware
