#!/bin/sh
# agent.sh - build/seamkey-agent: one and two of them on one PostgreSQL
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: bench/agent.sh (from bench/run.sh agent, and make bench)
#
# Four clients, each on a connection of its own, ask for the key of a block
# (RSA-2048) again and again: of an agent with its repository in SQLite, of
# one in PostgreSQL, and two each of two agents in the same PostgreSQL. The
# three take turns; the medians of the rounds are compared. All of it runs
# on this machine, clients and database too, so that two agents can be twice
# as fast only where there are processors for them.
#
# Prints a table, or a line "skip: ...". Servers listen on 127.0.0.1, and
# are ended by their process id.
# shellcheck disable=SC2317 # functions called by name
set -u
cd "$(dirname "$0")/.." || exit 1
O=${O:-build}
case $O in
/*) ;;
*) O=$PWD/$O ;;
esac
A=$O/seamkey-agent
client=$O/agent_client
rounds=7
times=50 # requests of a client in a round

if [ "${1:-}" != inside ]; then
	for tool in "$A" "$client" pg_virtualenv openssl timeout; do
		if ! command -v "$tool" >/dev/null 2>&1; then
			echo "skip: bench: agents: ${tool##*/} is not here"
			exit
		fi
	done
	rm -rf "$O/bench-agent"
	mkdir -p "$O/bench-agent"
	temporary=
	[ "$(id -u)" -ne 0 ] || temporary=-t
	timeout -k 20 600 pg_virtualenv $temporary \
		sh bench/agent.sh inside >"$O/bench-agent/out" \
		2>"$O/bench-agent/err" </dev/null
	status=$?
	grep -E '^\||^skip' "$O/bench-agent/out" || {
		[ $status -ne 0 ] || status=1
		cat "$O/bench-agent/out" "$O/bench-agent/err" >&2
	}
	exit $status
fi

# ---- inside the environment of pg_virtualenv -----------------------------

cd "$O/bench-agent" || exit 1
servers=
trap 'kill $servers 2>/dev/null' EXIT

# admin NAME ARGUMENT...
admin() {
	name=$1
	shift
	timeout 60 "$A" admin --config "$name.conf" "$@" >>admin.out
}

office() {
	admin "$1" init &&
		admin "$1" add access legal &&
		admin "$1" add key legal --import legal.pem &&
		admin "$1" add decryptor CN=alice alice --key alice.pub &&
		admin "$1" add group lawyers &&
		admin "$1" add member lawyers CN=alice &&
		admin "$1" add rule lawyers 'group("lawyers")' &&
		admin "$1" add binding legal lawyers
}

# serve NAME: a server, its port in NAME.port
serve() {
	"$A" serve --config "$1.conf" --port 0 --rate 1000000 \
		>"$1.out" 2>"$1.err" &
	servers="$servers $!"
	for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		sed -n 's/^listening on .* port \([0-9]*\).*/\1/p' \
			"$1.out" >"$1.port"
		[ ! -s "$1.port" ] || return 0
		sleep 0.2
	done
	echo "$1 does not begin after $try looks: $(cat "$1.err")" >&2
	return 1
}

# run RESULT NAME...: a client at each, all at once; to RESULT, a line with
# the releases a second of all together
run() {
	result=$1
	shift
	begin=$(date +%s.%N)
	clients=
	for name; do
		timeout 60 "$client" ask --port "$(cat "$name.port")" \
			--alias alice --times $times block >/dev/null \
			2>>client.err &
		clients="$clients $!"
	done
	for pid in $clients; do
		wait "$pid" || return 1
	done
	echo "$begin $(date +%s.%N) $(($# * times))" |
		awk '{ print $3 / ($2 - $1) }' >>"$result"
}

median() {
	sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

printf '%s\n' 'db sqlite:agent.db' >sqlite.conf
printf '%s\n' 'db postgresql:dbname=agents' >one.conf
cp one.conf two.conf
for name in sqlite one two; do
	printf '%s\n' "audit $name.log" 'key-file wrap.key' >>$name.conf
done
(umask 077 && head -c 32 /dev/urandom >wrap.key)
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 \
	-out legal.pem 2>/dev/null
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 2>/dev/null |
	openssl pkey -pubout -out alice.pub
openssl pkey -in legal.pem -pubout -out legal.pub
echo 'the text' >message
createdb agents >createdb.log 2>&1
office sqlite && office one || exit 1
id=$(admin one list key; sed -n 's/^key "legal" \([0-9a-f]*\).*/\1/p' \
	admin.out | tail -n 1)
"$client" seal legal.pub "$id" block message || exit 1
serve sqlite && serve one && serve two || exit 1

round=0
while [ $round -lt $rounds ]; do
	round=$((round + 1))
	echo "round $round of $rounds" >&2
	run sqlite.rate sqlite sqlite sqlite sqlite &&
		run one.rate one one one one &&
		run two.rate one one two two || exit 1
done

one=$(median one.rate)
echo "| Agents, four clients | releases/s | ratio |"
echo "| --- | ---: | ---: |"
for name in one two sqlite; do
	case $name in
	one) title="one, PostgreSQL" ;;
	two) title="two, the same PostgreSQL" ;;
	*) title="one, SQLite" ;;
	esac
	median $name.rate | awk -v title="$title" -v one="$one" '
		{ printf "| %s | %.0f | %.2f |\n", title, $1, $1 / one }'
done
