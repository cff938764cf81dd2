#!/bin/sh
# agent_server.sh - the server of build/seamkey-agent: connections, settings
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/agent_server.sh [TEST...]
#
# Environment: O, the build folder.
# shellcheck disable=SC2086,SC2119,SC2154,SC2317 # of agent_tools.sh
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh
# shellcheck source=tests/agent_tools.sh
. tests/agent_tools.sh
exec </dev/null
umask 022
LC_ALL=C
export LC_ALL

enter agent_server
open_office

# ---- helpers -------------------------------------------------------------

# hold NAME SECONDS [HEX]: a connection, as $held_NAME; what became of it
# will be in the file held.NAME
hold() {
	held=$1
	shift
	rm -f "held.$held"
	"$client" hold "$port" "$@" >"held.$held" &
	eval "held_$held=$!"
}

# reread: the settings, and time for that
reread() {
	kill -HUP "$server"
	sleep 0.5
}

# ---- settings ------------------------------------------------------------

# Whatever is wrong with them, nothing of the new ones holds.
test_settings() {
	cp conf conf.before
	begin || return
	kept "the bare form, not allowed" --alias alice --form bare block
	for wrong in "log no/such.log" "audit no/such.log" "issuers none.crt" \
		"key-file none.key" "rate many" "max-clients 3" \
		"seconds 0"; do
		sed "/^${wrong%% *} /d" conf.before >conf
		printf '%s\n' "$wrong" "allow-bare" "rate 1" "cbc" >>conf
		: >serve.err
		reread
		check "$wrong: is told" grep -q "stay as they were" serve.err
		kept "$wrong: the bare form is no more allowed" \
			--alias alice --form bare block
		released "$wrong: a request" --alias alice --own alice.key block
		verified "$wrong: the chain of the log"
	done
	(cat conf.before && printf '%s\n' "log new.log" allow-bare) >conf
	reread
	released "all of them are good" --alias alice --form bare \
		--own alice.key block
	check "and the log is the new one" grep -q "read again" new.log
	end
	is "the server ends well" $? 0
	mv conf.before conf
}

# ---- addresses -----------------------------------------------------------

# A socket of IPv6 takes clients of IPv4, too; what they are is IPv4.
test_addresses() {
	check "a place is asked for" admin replace rule lawyers \
		'location("lab")'
	if [ ! -f /proc/net/if_inet6 ] ||
		[ "$(cat /proc/sys/net/ipv6/bindv6only)" != 0 ]; then
		skip "clients of IPv4 on a socket of IPv6" "there is no IPv6"
	elif begin --listen :: --place 127.0.0.0/8=lab --rate 20; then
		released "IPv4 on a socket of IPv6" --alias alice \
			--own alice.key block
		logged "is IPv4 in the log" ' released from=127\.0\.0\.1:'
		closed "too many of one address" --alias alice --times 9 block
		released "another one has its own limit" --from 127.0.0.2 \
			--alias alice --own alice.key block
		end
		is "the server ends well" $? 0
	fi
	begin --place ::ffff:127.0.0.0/105=lab --place ::/0=cellar || return
	released "IPv4 in a place of IPv6" --alias alice --own alice.key block
	end
	for place in ::ffff:127.0.0.0/95=lab 127.0.0.1/8x=lab 127.0.0.1/=lab \
		127.0.0.1/33=lab 127.0.0/8=lab ::1/129=lab 127.0.0.1=lab/8; do
		told 2 "no such value" "no place: $place" within 10 "$A" \
			serve --config conf --port 0 --place "$place"
	done
	check "the rule is as it was" admin replace rule lawyers \
		'group("legal")'
}

# ---- the end -------------------------------------------------------------

test_end() {
	begin --grace 20 || return
	hold idle 15
	hold half 15 0000
	sleep 0.5
	kill -TERM "$server"
	sleep 1
	is "SIGTERM closes a connection that says nothing" \
		"$(cat held.idle)" closed
	is "but not one in the middle of a message" "$(cat held.half)" ""
	check "for which the server waits" kill -0 "$server"
	kill "$held_half"
	sleep 1
	refuse "and no longer" kill -0 "$server"
	wait "$server"
	is "and then it ends" $? 0
	wait
}

[ $# -ne 0 ] || set -- end settings addresses
for test in "$@"; do
	"test_$test"
done
summary agent_server
