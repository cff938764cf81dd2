#!/bin/sh
# agent_two.sh - two agents behind one database
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/agent_two.sh, by tests/agent_pg.sh inside pg_virtualenv
#
# Each agent has a log of its own; private keys are wrapped under one key
# file. Servers listen on 127.0.0.1, and are ended by their process id.
# shellcheck disable=SC2317 # functions called by name
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh
scratch agent-two
case $O in
/*) A=$O/seamkey-agent client=$O/agent_client ;;
*) A=$PWD/$O/seamkey-agent client=$PWD/$O/agent_client ;;
esac
cd "$work" || exit 1
trap 'kill $servers 2>/dev/null; rm -rf "$work"' EXIT
servers='' port_1='' port_2=''

# admin N ARGUMENT...: by way of agent N
admin() {
	n=$1
	shift
	timeout 60 "$A" admin --config "conf$n" "$@"
}

# begin N: a server, as $port_N
begin() {
	"$A" serve --config "conf$1" --port 0 >"served$1" 2>"err$1" &
	servers="$servers $!"
	for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		port=$(sed -n 's/^listening on .* port \([0-9]*\).*/\1/p' \
			"served$1" 2>/dev/null)
		if [ -n "$port" ]; then
			eval "port_$1=$port"
			return 0
		fi
		sleep 0.2
	done
	fail "agent $1 begins" "after $try looks: $(cat "err$1")"
	return 1
}

# asks TITLE PORT STATUS TEXT: what Alice gets
asks() {
	got=$(timeout 30 "$client" ask --port "$2" --alias alice \
		--own alice.key block 2>err)
	status=$?
	if [ "$status $got" = "$3 $4" ]; then
		pass "$1"
	else
		fail "$1" "status $status, \"$got\": $(cat err)"
	fi
}

office() {
	admin 1 init &&
		admin 1 add access legal &&
		admin 1 add key legal 6c6567616c &&
		admin 1 export legal --out legal.pub &&
		admin 1 add group legal &&
		admin 2 add decryptor CN=alice alice --key alice.crt &&
		admin 2 add member legal CN=alice &&
		admin 2 add rule lawyers 'group("legal")' &&
		admin 1 add binding legal lawyers
}

for n in 1 2; do
	printf '%s\n' "db postgresql:dbname=agents" "audit audit$n.log" \
		"key-file wrap.key" >"conf$n"
done
(umask 077 && head -c 32 /dev/urandom >wrap.key)
openssl req -x509 -newkey rsa:2048 -nodes -keyout alice.key -subj /CN=alice \
	-days 30 -out alice.crt 2>openssl.log
createdb agents >createdb.log 2>&1
echo "for the legal team" >message
check "an office in PostgreSQL, by way of two agents" office
check "a block for it" "$client" seal legal.pub 6c6567616c block message
if begin 1 && begin 2; then
	asks "released by the first agent" "$port_1" 0 "$(cat message)"
	asks "and by the second" "$port_2" 0 "$(cat message)"
	check "the rule is changed by way of the first" \
		admin 1 replace rule lawyers 'clearance(2)'
	asks "and holds for it" "$port_1" 1 "not released"
	asks "and for the second" "$port_2" 1 "not released"
	check "and back by way of the second" \
		admin 2 replace rule lawyers 'group("legal")'
	asks "which holds for the first" "$port_1" 0 "$(cat message)"
	for n in 1 2; do
		check "the log of agent $n" "$A" audit verify "audit$n.log"
	done
fi
summary agent_two
