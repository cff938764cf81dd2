#!/bin/sh
# run.sh - the firmware in QEMU, and its controller beside it
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: examples/firmware/run.sh FOLDER FRAMES [OPTION VALUE]...
#
# FOLDER is make.sh's. The device ends when it has sealed so many FRAMES; the
# options are for build/link. Then both tell how it was; that is also in
# FOLDER/device and FOLDER/link. SERIAL=pty: the line is a pseudo-terminal, and
# not a Unix socket. Exit status: 0 if both had nothing to complain about.
#
# -icount: QEMU's M4 executes 62.5 million instructions in a second of its own
# time, however busy this machine is (board_wait() in board.c). The controller
# has twice the device's cycle: what its octets take is this machine's time.
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${O:=build}" "${SERIAL:=unix}"
here=$1
frames=$2
shift 2
limit=$((frames / 50 + 60)) # seconds: five times what it should take
rm -f "$here/uart"

case $SERIAL in
pty) line=pty ;;
*) line=unix:$here/uart,server=on,wait=off ;;
esac
timeout -s KILL $limit qemu-system-arm -M mps2-an386 -icount shift=4 \
	-display none -monitor none -serial "$line" \
	-semihosting-config "enable=on,target=native,arg=device,arg=$frames" \
	-kernel "$here/firmware.elf" >"$here/device" 2>&1 </dev/null &
device=$!
trap 'kill $device 2>/dev/null' EXIT
trap 'exit 1' HUP INT TERM

# The device is there when it has opened its block; or not.
is_there() {
	path=$here/uart
	if [ "$SERIAL" = pty ]; then
		path=$(sed -n 's/.*redirected to \([^ ]*\).*/\1/p' \
			"$here/device")
	fi
	[ -e "$path" ] && grep -q '^[a-z ]*: ' "$here/device"
}
waited=0
until is_there || ! kill -0 $device || [ $waited -ge 40 ]; do
	sleep 0.5
	waited=$((waited + 1))
done 2>/dev/null
timeout -s KILL $limit "$O/link" --serial "$path" --seconds $limit \
	--cycle 8 --dmax 400 --0rtt 1 --nrtt 3 "$@" >"$here/link" 2>&1
controller=$?
wait $device
status=$?
trap - EXIT
cat "$here/device"
echo
cat "$here/link"
if [ $controller -ne 0 ] || [ $status -ne 0 ]; then
	echo "run.sh: exit status: device $status, controller $controller"
	exit 1
fi
