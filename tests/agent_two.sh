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
#
# A third agent reaches the database by way of a proxy, which loses what it is
# told to lose.
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
servers='' port_1='' port_2='' port_3=''

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

# asks TITLE PORT STATUS TEXT [OPTION...]: what Alice gets
asks() {
	title=$1 to=$2 want="$3 $4"
	shift 4
	got=$(timeout 30 "$client" ask --port "$to" --alias alice \
		--own alice.key "$@" block 2>err)
	status=$?
	if [ "$status $got" = "$want" ]; then
		pass "$title"
	else
		fail "$title" "status $status, \"$got\": $(cat err)"
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

# ---- what a network loses --------------------------------------------------

# lossy.py: between an agent and the database on port PGPORT. Where the file
# "lose" is there it says what becomes of a COMMIT of what changes something:
# it does not arrive; or its answer does not; or that, and nobody gets through
# any more.
write_lossy() {
	cat >lossy.py <<-END
	import os, select, socket, threading
	def what():
	    return open("lose").read().strip() if os.path.exists("lose") else ""
	def serve(agent):
	    global lost
	    server = socket.create_connection(("127.0.0.1",
	        int(os.environ["PGPORT"])))
	    other = {agent: server, server: agent}
	    changing = losing = False
	    while not losing:
	        for one in select.select([agent, server], [], [])[0]:
	            octets = one.recv(65536)
	            if b"READ ONLY" in octets or b"READ WRITE" in octets:
	                changing = b"READ WRITE" in octets
	            losing = changing and b"COMMIT\0" in octets and what() != ""
	            lost = lost or losing
	            if losing and what() != "commit":
	                server.sendall(octets)
	                server.recv(65536)
	            if losing or not octets:
	                agent.close()
	                server.close()
	                return
	            other[one].sendall(octets)
	s = socket.create_server(("127.0.0.1", 0))
	print(s.getsockname()[1], flush=True)
	lost = False
	while True:
	    agent = s.accept()[0]
	    lost = lost and what() == "all"
	    if lost:
	        agent.close()
	    else:
	        threading.Thread(target=serve, args=(agent,),
	            daemon=True).start()
	END
}

begin_lossy() {
	write_lossy
	python3 lossy.py >lossy.port 2>lossy.err &
	servers="$servers $!"
	for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		lossy=$(cat lossy.port)
		[ -z "$lossy" ] || break
		sleep 0.2
	done
	printf '%s\n' "db postgresql:host=127.0.0.1 port=$lossy \
dbname=agents sslmode=disable gssencmode=disable" \
		"audit audit3.log" "key-file wrap.key" >conf3
	check "there is a lossy network (look $try)" admin 3 list access
}

# loses WHAT STATUS WORD LISTED: a change while that is lost ends with a status,
# the log has this word about it; and is it there?
loses() {
	echo "$1" >lose
	admin 3 add group "lost $1" >out 2>err
	is "$1 lost: the change ends so" $? "$2"
	rm lose
	is "$1 lost: the log says what is true" \
		"$(tail -n 1 audit3.log | cut -d ' ' -f 3,5- |
			sed 's/ reason=.*//; s/ [0-9a-f]\{64\}$//')" \
		"$3 add group=\"lost $1\""
	is "$1 lost: the group is there, or not" \
		"$(admin 1 list group | grep -c "\"lost $1\"")" "$4"
}

# An approval that is kept, and nobody knows.
test_lost_approval() {
	id=00112233445566778899aabbccddeeff
	check "somebody who approves" admin 1 add decryptor CN=bob bob \
		--key bob.crt
	check "a board" admin 1 add group board
	check "with him" admin 1 add member board CN=bob
	check "approvals are asked for" admin 1 replace rule lawyers \
		'approval(1, "board")'
	begin 3 || return
	asks "without an approval" "$port_3" 1 "not released" --id $id
	"$client" approve bob.key CN=bob CN=alice $id block approval
	echo all >lose
	is "an approval has its receipt" \
		"$("$client" send "$port_3" approval)" "5 64"
	rm lose
	is "the log does not say that it was not kept" \
		"$(tail -n 2 audit3.log | cut -d ' ' -f 3,5 | paste -s -)" \
		"approved who=\"CN=bob\"	uncertain who=\"CN=bob\""
	sleep 1.5 # the pause between attempts to connect
	asks "which it was" "$port_3" 0 "$(cat message)" --id $id
}

test_losses() {
	if ! have python3; then
		skip "a lossy network" "python3 is not here"
		return
	fi
	begin_lossy
	loses commit 2 unchanged 0
	loses answer 0 changed 1
	loses all 2 uncertain 1
	check "and why" grep -q "group: whether it has happened is not" err
	test_lost_approval
	check "the log of agent 3" "$A" audit verify audit3.log
}

for n in 1 2; do
	printf '%s\n' "db postgresql:dbname=agents" "audit audit$n.log" \
		"key-file wrap.key" >"conf$n"
done
(umask 077 && head -c 32 /dev/urandom >wrap.key)
for who in alice bob; do
	openssl req -x509 -newkey rsa:2048 -nodes -keyout $who.key \
		-subj /CN=$who -days 30 -out $who.crt 2>openssl.log
done
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
	test_losses
fi
summary agent_two
