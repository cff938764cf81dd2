#!/bin/sh
# veth.sh - the two ends of build/link in two network namespaces
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/veth.sh
#
# A pair of virtual Ethernet interfaces joins them; they exchange PROFINET
# frames. Needs root and ip (Debian: iproute2).
# shellcheck disable=SC2317 # called by name
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh
scratch veth
a=seamkey-a$$
b=seamkey-b$$

tidy() {
	ip netns del "$a" 2>/dev/null
	ip netns del "$b" 2>/dev/null
}
trap tidy EXIT
trap 'exit 1' HUP INT TERM

join() {
	ip netns add $a && ip netns add $b &&
		ip link add skv0 netns $a type veth peer name skv1 netns $b &&
		ip -n $a link set skv0 up && ip -n $b link set skv1 up
}

reason=
if [ "$(id -u)" -ne 0 ]; then
	reason="not root"
elif ! have ip; then
	reason="ip is not here (Debian: iproute2)"
elif ! join >"$work/join" 2>&1; then
	reason="no network namespaces here: $(head -n 1 "$work/join")"
fi
if [ -n "$reason" ]; then
	skip "build/link over a veth pair" "$reason"
	summary veth
fi

# cell FILE ROW COLUMN: a number of a table
cell() {
	awk -v row="$2" -v column="$3" '
	index($0, row) == 1 || index($0, "  " row) == 1 {
		gsub(/.*[a-zA-Z)] +/, "", $0)
		split($0, n, " ")
		print n[column]
		exit
	}' "$1"
}

# sound TITLE FILE STATUS COLUMN: what an end has to say of what it received
sound() {
	check "$1: exit status $3" test "$3" -eq 0
	check "$1: nothing wrongly refused" test "$(cell "$2" wrongly "$4")" = 0
	check "$1: frames arrive" \
		test "$(cell "$2" "frames delivered" "$4")" -gt 1000
	check "$1: duplicates are dropped" \
		test "$(cell "$2" duplicates "$4")" -gt 10
}

for preset in paper draft; do
	set -- --preset $preset --followers 4 --loss 2 --duplicate 2 \
		--reorder 5 --0rtt 0.4 --nrtt 1
	ip netns exec $b "$O/link" --raw skv1 --end followers "$@" \
		--seconds 4 >"$work/followers" 2>&1 </dev/null &
	followers=$!
	sleep 0.5
	ip netns exec $a "$O/link" --raw skv0 --end initiator "$@" \
		--seconds 2.5 >"$work/initiator" 2>&1 </dev/null
	status=$?
	wait $followers
	sound "$preset, followers" "$work/followers" $? 1
	sound "$preset, initiator" "$work/initiator" $status 2
	check "$preset: 0-RTT rekeys" \
		test "$(cell "$work/followers" "rekeys 0-RTT" 2)" -ge 8
	check "$preset: n-RTT rekeys" \
		test "$(cell "$work/followers" "rekeys n-RTT" 2)" -ge 4
	[ "$failed" -eq 0 ] || cat "$work/followers" "$work/initiator"
done
# restarted TITLE FILE COLUMN: the end that stayed has begun anew
restarted() {
	check "$1: each has been started twice" \
		test "$(cell "$2" starts "$3")" -ge 8
	check "$1: no seal refused" \
		test "$(cell "$2" "seals refused" "$3")" = 0
}

# One end ends, and is run again, while the other goes on. The controller
# begins a new association, at once or when it misses the devices' frames.
# What is left of the old one is no frame wrongly refused.
set -- --preset draft --followers 4 --loss 2 --duplicate 4 --reorder 20 \
	--0rtt 0.4 --nrtt 1
ip netns exec $b "$O/link" --raw skv1 --end followers "$@" --seconds 6 \
	>"$work/followers" 2>&1 </dev/null &
followers=$!
sleep 0.5
for run in first second; do
	ip netns exec $a "$O/link" --raw skv0 --end initiator "$@" \
		--seconds 2 >"$work/initiator" 2>&1 </dev/null
	sound "initiator again, $run" "$work/initiator" $? 2
done
wait $followers
sound "initiator again, followers" "$work/followers" $? 1
restarted "initiator again, followers" "$work/followers" 2

ip netns exec $a "$O/link" --raw skv0 --end initiator "$@" --preset paper \
	--seconds 6 >"$work/initiator" 2>&1 </dev/null &
initiator=$!
for run in first second; do
	ip netns exec $b "$O/link" --raw skv1 --end followers "$@" \
		--preset paper --seconds 2.5 >"$work/followers" 2>&1 </dev/null
	sound "followers again, $run" "$work/followers" $? 1
done
wait $initiator
sound "followers again, initiator" "$work/initiator" $? 2
restarted "followers again, initiator" "$work/initiator" 1

# Both ends in one run, over a pair that lies in one namespace.
ip -n $a link add skw0 type veth peer name skw1
ip -n $a link set skw0 up
ip -n $a link set skw1 up
ip netns exec $a "$O/link" --raw skw0,skw1 --preset draft --followers 3 \
	--seconds 2 --loss 2 --duplicate 4 --reorder 10 --0rtt 0.4 --nrtt 1 \
	>"$work/pair" 2>&1 </dev/null
status=$?
sound "a pair, followers" "$work/pair" $status 1
sound "a pair, initiator" "$work/pair" $status 2
summary veth
