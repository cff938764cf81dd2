#!/bin/sh
# link.sh - build/link: what it does, what it says, how it ends
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/link.sh
#
# Environment: O, CC, BEARSSL_CFLAGS, BEARSSL_LIBS as for report.sh. Every
# run of the program is a few seconds, and has a limit.
# shellcheck disable=SC2086,SC2317 # lists of flags; called by name
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh
scratch link-test
out=$work/out

# run ARGUMENT...: the program, to $out; its exit status
run() {
	within 60 "$O/link" "$@" >"$out" 2>&1 </dev/null
}

# cell ROW COLUMN: a number of the table
cell() {
	awk -v row="$1" -v column="$2" '
	index($0, row) == 1 || index($0, "  " row) == 1 {
		gsub(/.*[a-zA-Z)] +/, "", $0)
		split($0, n, " ")
		print n[column]
		exit
	}' "$out"
}

# The numbers of both columns together
both() {
	echo $(($(cell "$1" 1) + $(cell "$1" 2)))
}

# want TITLE CONDITION...: as for test(1); a failure shows the table
want() {
	title=$1
	shift
	if [ "$@" ]; then
		pass "$title"
	else
		fail "$title: $*" "$(cat "$out")"
	fi
}

# break_it NAME SED-SCRIPT: build/link with a header changed, made beside
# what comes first; used below
break_it() {
	mkdir -p "$work/$1"
	cp seamkey*.h "$work/$1"
	if ! change_link "$work/$1" "$2"; then
		echo "the header has nothing to break: $2" >"$work/$1/log"
		return
	fi
	$CC -std=c99 -O0 -I"$work/$1" $BEARSSL_CFLAGS examples/link/*.c \
		-o "$work/$1/link" $BEARSSL_LIBS >"$work/$1/log" 2>&1
}

{
	# The old key goes as soon as the new one is in use.
	break_it no-grace 's/\(l->grace_from >= \)\(.*grace(\)/\10 * \2/'
	# The initiator does not wait for the follower.
	break_it no-wait 's/go = ready == next;/go = ready != next + 256;/'
	# A copy is delivered again.
	break_it no-window 's/return SEAMKEY_ERR_LINK_DUPLICATE;/return 0;/'
	# What is delivered is not what was sealed.
	break_it damage 's/\*len = h.len;/& plain[11] ^= 1;/'
} &
breaking=$!

# ---- the three kinds of frames ------------------------------------------

# sums COLUMN: each frame is in exactly one row
sums() {
	echo $(($(cell "lost by" "$1") + $(cell "not arrived" "$1") + \
		$(cell "frames delivered" "$1") + $(cell "late" "$1") + \
		$(cell "overtaken beyond" "$1") + $(cell "wrongly" "$1")))
}

for preset in generic paper draft; do
	run --preset $preset --followers 3 --seconds 1.6 --loss 2 \
		--duplicate 4 --reorder 10 --0rtt 0.3 --nrtt 0.7
	want "$preset: exit status" $? -eq 0
	want "$preset: nothing wrongly refused" "$(both wrongly)" = 0
	want "$preset: nothing twice" "$(both "delivered twice")" = 0
	want "$preset: nothing damaged" "$(both "delivered damaged")" = 0
	want "$preset: no seal refused" "$(both "seals refused")" = 0
	want "$preset: no alarm" "$(both "alarms")" = 0
	want "$preset: frames go both ways" "$(cell "frames delivered" 1)" \
		-gt 300 -a "$(cell "frames delivered" 2)" -gt 300
	want "$preset: the channel loses" "$(both "lost by")" -gt 5
	want "$preset: duplicates are dropped" "$(both "duplicates")" -gt 5
	want "$preset: frames are overtaken" "$(both "overtaken, and")" -gt 20
	for column in 1 2; do
		want "$preset: the rows of column $column add up" \
			"$(sums $column)" -eq "$(cell "frames sealed" $column)"
	done
	want "$preset: a start each" "$(cell starts 1)" = 3
	want "$preset: 0-RTT rekeys" "$(cell "rekeys 0-RTT" 1)" -ge 3
	want "$preset: n-RTT rekeys" "$(cell "rekeys n-RTT" 1)" -ge 1
done

for suite in gcm256 ccm128 chacha; do
	run --suite $suite --followers 1 --seconds 0.7 --slots 3 --0rtt 0.2
	want "$suite: exit status" $? -eq 0
	want "$suite: rekeys" "$(cell "rekeys 0-RTT" 1)" -ge 1
done

# Everything is lost: nobody starts, and the program says so.
run --followers 1 --seconds 0.3 --loss 100
want "all lost: exit status" $? -eq 1
check "all lost: told" grep -q "1 relations delivered nothing" "$out"

# ---- what the network is told to do --------------------------------------

# Everything takes its time, D_max is above that. A start needs three
# messages and then a frame of the follower's before the initiator seals one:
# what is left of the run for its frames shows that all four were delayed.
run --followers 3 --seconds 2 --delay 100 --dmax 250 --loss 1 --duplicate 2 \
	--reorder 20 --0rtt 0.4 --nrtt 0
want "delay: exit status" $? -eq 0
want "delay: nothing wrongly refused" "$(both wrongly)" = 0
want "delay: nothing twice" "$(both "delivered twice")" = 0
want "delay: no seal refused" "$(both "seals refused")" = 0
want "delay: frames go both ways" "$(cell "frames delivered" 1)" -gt 100 \
	-a "$(cell "frames delivered" 2)" -gt 100
want "delay: rekeys" "$(cell "rekeys 0-RTT" 1)" -ge 1
want "delay: of the followers after three ways" \
	"$(cell "frames sealed" 2)" -le $((3 * 1701))
want "delay: of the initiator after four" \
	"$(cell "frames sealed" 1)" -le $((3 * 1601))

# fates FILE INITIATOR: what became of one frame after the other of that end,
# from the first that was sent on, by the counters in a file of --pcap: "." is
# sent, "x" lost. A record has 16 octets, 28 of IPv4 and UDP, 16 of carrier.
fates() {
	od -An -v -tu1 "$1" | awk -v initiator="$2" '
	{ for (u = 1; u <= NF; u++) octet[n++] = $u }
	END {
		for (at = 24; at + 65 <= n; at += 16 + length_of(at + 18)) {
			if (octet[at + 50] != 0 || octet[at + 51] != initiator)
				continue
			count = 65536 * length_of(at + 61) + length_of(at + 63)
			sent[count] = 1
			first = first == "" || count < first ? count : first
			last = count > last ? count : last
		}
		for (count = first + 0; count <= last; count++)
			printf "%s", count in sent ? "." : "x"
	}
	function length_of(place) {
		return 256 * octet[place] + octet[place + 1]
	}'
}

# alike FILE FILE: the same fates at both ends, for as long as both ran and
# 200 frames at least. A message that was repeated shifts them by one.
alike() {
	for initiator in 0 1; do
		awk -v a="$(fates "$1" $initiator)" \
			-v b="$(fates "$2" $initiator)" '
		function begins(p, q, len) {
			len = length(p) < length(q) ? length(p) : length(q)
			return len >= 200 && substr(p, 1, len) == \
				substr(q, 1, len)
		}
		BEGIN {
			for (u = 1; u <= 20 && !same; u++)
				same = begins(substr(a, u), b) || \
					begins(a, substr(b, u))
			print a "\n" b
			exit !same
		}' || return 1
	done
}

for chance in 1-5 2-5 3-6; do
	run --followers 1 --seconds 1.2 --loss 25 --0rtt 0 --nrtt 0 \
		--seed ${chance#*-} --pcap "$work/seed${chance%-*}"
	want "seed: exit status of run ${chance%-*}" $? -eq 0
done
check "seed: the same loses the same frames" \
	alike "$work/seed1" "$work/seed2"
refuse "seed: another loses others" alike "$work/seed1" "$work/seed3"

# ---- as many as there may be ---------------------------------------------

# slow: did the machine let some of them wait for cycles?
slow() {
	[ "$(both late)" -gt 0 ] || [ "$(both "not arrived")" -gt 0 ] ||
		grep -q "processes did not end" "$out" ||
		awk '/^longest gap sealing/ {
			for (u = 2; u <= NF; u++)
				if ($u == "cycles" && $(u - 1) > 3)
					slow = 1
		}
		END { exit !slow }' "$out"
}

# many SECONDS: what has to hold however slow the machine is; then whether
# all of them have started, renewed their keys and delivered
many() {
	run --followers 256 --cycle 50 --dmax 400 --seconds "$1" --loss 1 \
		--duplicate 1 --reorder 5 --0rtt 1.5 --nrtt 0
	status=$?
	want "256: it ends by itself ($1 s)" $status -le 1
	grep -q "processes did not end" "$out" ||
		refuse "256: no process fails" grep "processes failed" "$out"
	want "256: nothing wrongly refused" "$(both wrongly)" = 0
	want "256: nothing twice" "$(both "delivered twice")" = 0
	want "256: nothing damaged" "$(both "delivered damaged")" = 0
	want "256: no seal refused" "$(both "seals refused")" = 0
	want "256: no alarm" "$(both alarms)" = 0
	for column in 1 2; do
		want "256: the rows of column $column add up" \
			"$(sums $column)" -eq "$(cell "frames sealed" $column)"
	done
	[ $status -eq 0 ] && [ "$(cell starts 1)" -ge 256 ] &&
		[ "$(cell starts 2)" -ge 256 ] &&
		[ "$(cell "rekeys 0-RTT" 2)" -ge 128 ]
}

files=$(getconf OPEN_MAX 2>/dev/null || echo 0)
case $files in
*[!0-9]*) files=1000 ;;
esac
if [ "$files" -lt 600 ]; then
	skip "256 followers" "a process may open $files files"
elif many 3 || many 12; then
	pass "256: each starts, delivers and has new keys"
elif slow; then
	skip "256: each starts, delivers and has new keys" \
		"this machine does not keep a cycle of 50 ms for so many"
else
	fail "256: each starts, delivers and has new keys" "$(cat "$out")"
fi

# ---- memory --------------------------------------------------------------

cat >"$work/sizes.c" <<-END
	#include <bearssl.h>
	#include <stdio.h>
	#include "seamkey_link.h"
	int main(void)
	{
		printf("%u %u\n", (unsigned)(sizeof(seamkey_link) +
			3 * sizeof(seamkey_slot)),
			(unsigned)sizeof(seamkey_link_auth));
		return 0;
	}
END
check "memory: the sizes compile" $CC -std=c99 -I. $BEARSSL_CFLAGS \
	"$work/sizes.c" -o "$work/sizes" $BEARSSL_LIBS
run --followers 1 --seconds 0.3 --slots 3
is "memory: link and slots, and the one seamkey_link_auth" \
	"$(awk '/^memory per relation/ { state = $4 }
		/^  seamkey_link_auth, one for all/ { print state, $5 }' \
		"$out")" "$("$work/sizes")"
run --followers 1 --seconds 0.3
want "memory: link and two slots are below 1 KiB" \
	"$(awk '/^memory per relation/ { print $4 }' "$out")" -lt 1024

# ---- the command line ----------------------------------------------------

# usage ARGUMENT...: refused with status 2, a line, and nothing on stdout
usage() {
	"$O/link" "$@" >"$out" 2>"$work/err" </dev/null
	if [ $? -eq 2 ] && [ ! -s "$out" ] &&
		[ "$(grep -c '^link: ' "$work/err")" = 1 ]; then
		pass "refused: $*"
	else
		fail "refused: $*" "$(cat "$work/err")"
	fi
}

usage --no-such-option 1
usage --followers
usage --followers 0
usage --followers 257
usage --followers 1.5
usage --followers 4x
usage --followers ""
usage --followers nan
usage --cycle 0
usage --cycle -1
usage --cycle inf
usage --seconds 1e9
usage --loss 101
usage --preset profinet
usage --preset ""
usage --suite aes
usage --slots 4
usage --plain 257
usage --delay 100
usage --delay 60 --hold 50
usage --dmax 10000 --cycle 1
usage --raw lo
usage --raw "" --preset paper
usage --raw a,b,c --preset paper
usage --raw name-of-an-interface-that-is-long --preset paper
usage --end initiator
usage --end neither --raw lo --preset paper
usage --serial
usage --serial x --followers 2
usage --serial x --preset paper
usage --serial x --raw lo
usage --serial x --end initiator
usage --serial x --pcap y
usage word

if [ -w /dev/full ]; then
	refuse "--help that cannot be written" \
		sh -c "'$O/link' --help >/dev/full"
fi
run --help
want "--help: exit status" $? -eq 0
sed -n 's/.*{ "\(--[a-z0-9]*\)", .*/\1/p' examples/link/options.c \
	>"$work/known"
want "options are found" "$(wc -l <"$work/known")" -gt 15
while read -r option; do
	check "--help names $option" grep -q "^  $option " "$out"
done <"$work/known"

run --raw no-such-if0 --preset paper --seconds 0.2
want "an interface that is not there" $? -eq 1
check "which is named" grep -q no-such-if0 "$out"
run --pcap /no/such/folder/x --seconds 0.2
want "a file that cannot be written" $? -eq 1
check "which is named" grep -q /no/such/folder/x "$out"
for line in /no/such/line "$work/sizes.c"; do
	run --serial "$line" --seconds 0.2
	want "a line that is none: $line" $? -eq 1
	check "which is named" grep -q "$line" "$out"
done

# ---- how it ends ---------------------------------------------------------

# begin ARGUMENT...: starts it in the background, as $pid
begin() {
	"$O/link" "$@" >"$out" 2>&1 </dev/null &
	pid=$!
	sleep 1
	ends=$(ps -o pid= --ppid $pid 2>/dev/null)
}

# gone PID...: none of them runs, soon; nobody may have waited for it yet
gone() {
	for try in 1 2 3 4 5 6 7 8 9 10; do
		left=0
		for p; do
			case $(ps -o stat= -p "$p") in
			'' | Z*) ;;
			*) left=$((left + 1)) ;;
			esac
		done
		[ $left -eq 0 ] && return 0
		sleep 0.5
	done
	echo "after $try looks $left of $* run"
	return 1
}

if ! have ps || ! ps -o pid= --ppid $$ >/dev/null 2>&1; then
	skip "how build/link ends" "no ps with --ppid is here"
else
	for signal in INT TERM; do
		begin --followers 3 --seconds 50
		kill -$signal $pid
		check "$signal: all processes end" gone $pid $ends
		wait $pid
		want "$signal: exit status" $? -eq 0
		want "$signal: there were four" "$(echo $ends | wc -w)" = 4
		want "$signal: the table" "$(both "frames delivered")" -gt 100
		want "$signal: nothing wrong" "$(both wrongly)" = 0
	done

	# Ctrl-C of a terminal reaches each of the processes.
	begin --followers 2 --seconds 50
	kill -INT $pid $ends
	check "Ctrl-C: all processes end" gone $pid $ends
	wait $pid
	want "Ctrl-C: exit status" $? -eq 0
	want "Ctrl-C: the table" "$(both "frames delivered")" -gt 100

	# One end dies: the others are told to end, and it is said.
	begin --followers 2 --seconds 50
	kill -KILL "${ends##*[!0-9]}"
	check "a dead end: all processes end" gone $pid $ends
	wait $pid
	want "a dead end: exit status" $? -eq 1
	check "a dead end: told" grep -q "1 processes failed" "$out"

	# Nobody is left to tell them.
	begin --followers 2 --seconds 50
	kill -KILL $pid
	wait $pid 2>/dev/null
	check "orphans end" gone $ends
fi

# A machine that does not let an end run for a while: what waits with the
# sender meanwhile is opened too late, and some of it refused. That is no
# frame wrongly refused. By chance no frame may be; then once more.
halting() {
	begin --followers 1 --seconds 3 --dmax 20 --hold 19 --reorder 60 \
		--duplicate 20 --0rtt 0.05 --nrtt 0
	for round in 1 2 3 4 5 6 7 8 9 10; do
		for p in $ends; do
			kill -STOP "$p"
			sleep 0.06
			kill -CONT "$p"
			sleep 0.03
		done 2>/dev/null
	done
	wait $pid
	want "halted: exit status (${round} halts of each end)" $? -eq 0
	want "halted: nothing wrongly refused" "$(both wrongly)" = 0
	[ "$(both "late")" -gt 0 ]
}
if have ps && ps -o pid= --ppid $$ >/dev/null 2>&1; then
	halting || halting || halting || halting
	want "halted: late frames are counted" "$(both "late")" -gt 0
fi

if have script; then
	within 20 script -qec "$O/link --followers 1 --seconds 0.5" /dev/null \
		>"$out" 2>&1 </dev/null
	check "a status line on a terminal" \
		grep -q ' s  frames [0-9]*  lost 0  wrongly refused 0' "$out"
else
	skip "the status line" "no script(1) is here"
fi
run --followers 1 --seconds 0.3
refuse "no status line elsewhere" grep -q ' s  frames ' "$out"

# ---- headers that are broken on purpose ----------------------------------

wait $breaking

# broken NAME: runs the one whose header was broken; it has to say so
broken() {
		if [ ! -x "$work/$1/link" ]; then
		fail "$1: it breaks, and compiles" "$(cat "$work/$1/log")"
		return 1
	fi
	within 60 "$work/$1/link" --followers 2 --seconds 1 --reorder 20 \
		--duplicate 20 --0rtt 0.2 --nrtt 0 >"$out" 2>&1 </dev/null
	want "$1: exit status" $? -eq 1
}

if broken no-grace; then
	want "no-grace: frames are wrongly refused" "$(both wrongly)" -gt 0
	check "no-grace: told" \
		grep -q '^WRONGLY REFUSED: .*a key that is not here' "$out"
fi
# The last resort: an initiator that knows of no peer with its key is quiet.
if broken no-wait; then
	want "no-wait: seals are refused" "$(both "seals refused")" -gt 0
	check "no-wait: told" grep -q '^SEALS REFUSED: ' "$out"
fi
if broken no-window; then
	want "no-window: delivered twice" "$(both "delivered twice")" -gt 0
	check "no-window: told" grep -q '^DELIVERED TWICE: ' "$out"
fi
if broken damage; then
	want "damage: frames are damaged" "$(both "delivered damaged")" -gt 0
	check "damage: told" grep -q '^DAMAGED: ' "$out"
fi

# ---- the file, as tshark reads it ----------------------------------------

# A participant that knows nothing of security finds the cycle counter and
# the data status. The counter is this machine's clock in units of 31.25 us,
# so beside the time of the record it stands still, but for what the machine
# takes to send a frame: 200 ms at most, 6400 units, are let pass.
dissect() {
	tshark -n -r "$1" -T fields -e frame.protocols -e pn_rt.frame_id \
		-e pn_rt.cycle_counter -e pn_rt.ds -e pn_rt.transfer_status \
		-e frame.time_relative 2>"$work/tshark.log" |
		awk -F '\t' '
	function number(s, u, n) { # some versions write some in hexadecimal
		if (s !~ /^0x/)
			return s == "" ? -1 : s + 0
		for (u = 3; u <= length(s); u++)
			n = 16 * n + index("123456789abcdef", substr(s, u, 1))
		return n
	}
	$1 !~ /pn_rt/ { other++; next }
	{
		if (number($2) < 32768 || number($2) > 32775 || $3 == "" \
			|| number($4) != 53 || number($5) != 0) {
			print "not as sent: " $0
			bad++
		}
		apart = $3 - $6 / 0.00003125
		if (!rtc++)
			first = apart
		apart -= first
		apart -= 65536 * int(apart / 65536)
		if (apart < 0)
			apart += 65536
		if (apart > 6400 && apart < 65536 - 6400) {
			print "cycle counter " $3 " at " $6
			bad++
		}
	}
	END { print bad + 0, rtc + 0, other + 0 }'
}

# Without PROFINET the file has what is sent on the loopback.
if have tshark; then
	run --followers 2 --seconds 0.5 --pcap "$work/generic.pcap"
	tshark -n -r "$work/generic.pcap" -o ip.check_checksum:TRUE -T fields \
		-e ip.checksum.status -e ip.dst -e udp.length 2>"$work/log" |
		awk '$1 != 1 || $2 != "127.0.0.1" { bad++ }
			$3 == 85 { frames++ } END { print bad + 0, frames }' \
			>"$work/found"
	want "generic: each frame in UDP, in IPv4" "$(cat "$work/found")" = \
		"0 $(both "frames sealed")"
fi

for preset in paper draft; do
	if ! have tshark; then
		skip "the frames of $preset" "tshark is not here (make deps)"
		continue
	fi
	run --preset $preset --followers 4 --seconds 1.5 --loss 1 \
		--duplicate 1 --hold 0 --0rtt 0.4 --nrtt 0.9 \
		--pcap "$work/$preset.pcap"
	want "$preset: exit status with a file" $? -eq 0
	dissect "$work/$preset.pcap" >"$work/found"
	read -r bad rtc other <<-END
	$(tail -n 1 "$work/found")
	END
	if [ "$bad" = 0 ]; then
		pass "$preset: all frames are RTC data with their counter"
	else
		fail "$preset: $bad of $rtc frames are not as sent" \
			"$(cat "$work/found" "$work/tshark.log")"
	fi
	want "$preset: the file has each frame that was sent" "$rtc" -eq \
		$(($(both "frames sealed") - $(both "lost by") + \
			$(both "sent twice")))
	want "$preset: and some messages" "$other" -ge 12
done
summary link
