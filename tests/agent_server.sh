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

# ---- how long a connection lasts -----------------------------------------

by_alice="--form clear --tls ca.crt --cert alice.crt --cert-key alice.key"

# once TITLE: the first of two requests was answered, as $slow says
once() {
	wait "$slow"
	refuse "$1" test $? -eq 0
	is "$1, but had one" "$(grep -c "$(cat message)" slow.out)" 1
}

# Those who issue certificates of clients are others: whose certificate is
# not of theirs gets no more keys.
test_issuers() {
	cp ca.crt trusted.crt
	begin --tls-cert server.crt --tls-key server.key \
		--clients trusted.crt || return
	ask $by_alice --times 2 --between 3 block >slow.out 2>&1 &
	slow=$!
	ask $by_alice --pause 3 block >half.out 2>&1 &
	half=$!
	hold early 20 160301
	sleep 1
	cp other.crt trusted.crt
	reread
	once "after a change of issuers an older connection is over"
	wait $half
	is "and half a request" $? 2
	closed "and there is no new one" $by_alice block
	is "and half a handshake is over" "$(cat held.early)" closed
	: >serve.err
	for n in 1 2 3; do
		cp ca.crt trusted.crt
		hold early$n 20 160301
		sleep 0.2
		reread
	done
	check "nobody can keep settings from being read" \
		sh -c '! grep -q "stay as they were" serve.err'
	released "the issuer is known again" $by_alice block
	end
	is "the server ends well" $? 0
	wait
}

# 20 a minute are 2 at once, of handshakes, too.
test_handshakes() {
	begin --tls-cert server.crt --tls-key server.key --clients ca.crt \
		--rate 20 || return
	for n in 1 2; do
		hold shake$n 4 16
		sleep 0.3
	done
	is "handshakes above the rate do not begin" \
		"$("$client" hold "$port" 2)" closed
	check "which is told" grep -q "too many TLS handshakes" serve.err
	wait "$held_shake1" "$held_shake2"
	is "those within it do" "$(cat held.shake1 held.shake2)" "open
open"
	sleep 6
	released "and there is a later one" $by_alice block
	end
	is "the server ends well" $? 0
}

# certify SECONDS: Alice, for so long, as short.crt
certify() {
	cat >ca.conf <<-END
		[ca]
		default_ca = d
		[d]
		database = ca.index
		serial = ca.next
		new_certs_dir = .
		default_md = sha256
		policy = p
		[p]
		O = supplied
		CN = supplied
	END
	: >ca.index
	echo 77 >ca.next
	openssl ca -batch -notext -preserveDN -config ca.conf -cert ca.crt \
		-keyfile ca.key -in alice.csr -out short.crt \
		-enddate "$(date -u -d "@$(($(date +%s) + $1))" \
			+%Y%m%d%H%M%SZ)" >openssl.log 2>&1
}

test_expiry() {
	begin --tls-cert server.crt --tls-key server.key --clients ca.crt ||
		return
	check "a certificate for some seconds" certify 4
	ask --form clear --tls ca.crt --cert short.crt --cert-key alice.key \
		--times 2 --between 6 block >slow.out 2>serve.slow &
	slow=$!
	once "a certificate that expires gets no more keys"
	check "which is told" grep -q "certificate has expired" serve.err
	end
	is "the server ends well" $? 0
}

test_age() {
	begin --age 2 || return
	hold idle 10
	ask --alias alice --own alice.key --times 2 --between 3 block \
		>slow.out 2>err &
	slow=$!
	sleep 1
	is "a connection is open" "$(cat held.idle)" ""
	sleep 2
	is "until it is too old" "$(cat held.idle)" closed
	once "and has no further answer then"
	released "but the one under way" --alias alice --own alice.key \
		--pause 3 block
	end
	is "the server ends well" $? 0
}

# ---- what a request may have ----------------------------------------------

test_sizes() {
	check "a block for 65" \
		"$client" seal legal.pub 6c6567616c many message 65
	begin || return
	kept "a block with more recipients than 64" --alias alice many
	logged "the limit is in the log" ' refused .* limit=entries:64 '
	kept "more blocks than 8" --alias alice block block block block \
		block block block block block
	logged "that limit, too" ' refused .* limit=blocks:8 '
	kept "more of both" --alias alice many block block block block \
		block block block block
	logged "both" ' refused .* limit=several '
	end
	begin --entries 65 --blocks 9 || return
	released "where they are admitted, both" --alias alice \
		--own alice.key many block block block block block block \
		block block
	end
	is "the server ends well" $? 0
	rm many
}

# ---- approvals -----------------------------------------------------------

test_refused_approvals() {
	id=00112233445566778899aabbccddeeff
	"$client" approve mallory.key CN=bob,O=Acme CN=alice,O=Acme $id block \
		forged.approval
	head -c 100 forged.approval >cut.approval
	begin || return
	for n in 1 2 3 4 5; do
		"$client" send "$port" forged.approval >>sent
	done
	is "forged approvals get receipts" "$(sort -u sent)" "5 64"
	is "one line tells of them" "$(grep -c "an approval" serve.err)" 1
	is "and the log of each" "$(grep -c \
		" disapproved from=127.* request=$id reason=" audit.log)" 5
	"$client" send "$port" cut.approval >sent
	logged "of half of one, too" \
		' disapproved from=127[^ ]* request= reason='
	verified "the chain of the log"
	end
	is "the server ends well" $? 0
}

# ---- descriptors ---------------------------------------------------------

# spent: the processor time of the server, in ticks
spent() {
	read -r _ _ _ _ _ _ _ _ _ _ _ _ _ user system _ <"/proc/$server/stat"
	echo $((user + system))
}

test_descriptors() {
	told 2 "64 connections need 96 open files, and 40 are the limit" \
		"too few open files" within 10 sh -c \
		"ulimit -n 40; exec '$A' serve --config conf --port 0"
	if ! have prlimit || [ ! -r /proc/self/stat ]; then
		skip "no descriptors left" "prlimit is not here"
		return
	fi
	prlimit --nofile=40: "$A" serve --config conf --port 0 \
		>served 2>serve.err &
	server=$!
	sleep 1
	port=$(sed -n 's/^listening on .* port //p' served)
	released "a limit that can be raised is" --alias alice \
		--own alice.key block
	end
	is "the server ends well" $? 0
	begin --max-clients 4 || return
	released "before there are none" --alias alice --own alice.key block
	sleep 0.5
	before=$(prlimit --pid "$server" --nofile --noheadings --output SOFT)
	free=0
	while [ -e "/proc/$server/fd/$free" ]; do
		free=$((free + 1))
	done
	prlimit --pid "$server" --nofile=$free:
	hold none 10
	sleep 0.5
	first=$(spent)
	sleep 2
	check "no descriptors left: the server waits" \
		test $(($(spent) - first)) -lt 40
	check "and tells" grep -q "no connection can be accepted" serve.err
	prlimit --pid "$server" --nofile="$before":
	released "then it goes on" --alias alice --own alice.key block
	is "and who waited is served" "$(cat held.none)" ""
	kill "$held_none"
	end
	is "the server ends well" $? 0
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

[ $# -ne 0 ] || set -- end settings issuers handshakes expiry age \
	sizes refused_approvals descriptors addresses
for test in "$@"; do
	"test_$test"
done
summary agent_server
