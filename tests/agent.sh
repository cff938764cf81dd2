#!/bin/sh
# agent.sh - build/seamkey-agent: whom it gives keys to, and what it survives
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/agent.sh
#
# Environment: O, the build folder. Servers listen on 127.0.0.1, on a port
# that is free, and are ended by their process id; every client has a limit.
# Needs openssl, for keys and for opening answers.
# shellcheck disable=SC2119,SC2120,SC2317 # arguments may be left out
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh
exec </dev/null
umask 022
LC_ALL=C
export LC_ALL

scratch agent
case $O in
/*) A=$O/seamkey-agent client=$O/agent_client ;;
*) A=$PWD/$O/seamkey-agent client=$PWD/$O/agent_client ;;
esac
cd "$work" || exit 1

if [ ! -x "$A" ]; then
	skip "the agent" "build/seamkey-agent is not here (make deps)"
	summary agent
fi
if ! have openssl; then
	skip "the agent" "openssl is not here (make deps)"
	summary agent
fi

# ---- helpers -------------------------------------------------------------

# within SECONDS COMMAND...: ended by its process id, should it not end
within() {
	limit=$1
	shift
	if have timeout; then
		timeout -s KILL "$limit" "$@"
	else
		"$@"
	fi
}

# is TITLE GOT WANT
is() {
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		fail "$1" "got:    $2
wanted: $3"
	fi
}

admin() {
	within 60 "$A" admin --config conf "$@"
}

# told STATUS TEXT TITLE COMMAND...: it ends so, and says this on stderr
told() {
	want=$1
	words=$2
	title=$3
	shift 3
	"$@" >out 2>err
	got=$?
	if [ "$got" -eq "$want" ] && grep -qF -- "$words" err; then
		pass "$title"
	else
		fail "$title" "status $got, not $want, and not \"$words\": \
$(cat err)"
	fi
}

# begin ARGUMENT...: a server, as $server on $port
begin() {
	"$A" serve --config conf --port 0 "$@" >served 2>serve.err &
	server=$!
	for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		port=$(sed -n 's/^listening on .* port \([0-9]*\).*/\1/p' served)
		[ -z "$port" ] || return 0
		sleep 0.1
	done
	fail "a server begins" "after $try looks: $(cat serve.err)"
	return 1
}

# end [SIGNAL]: of the server; its exit status is $?
end() {
	kill "-${1:-TERM}" "$server"
	wait "$server"
}

ask() {
	within 30 "$client" ask --port "$port" "$@"
}

# released TITLE OPTION...: and the message is what was sealed
released() {
	title=$1
	shift
	ask "$@" >got 2>err
	is "$title" "$? $(cat got)" "0 $(cat message)"
}

# kept TITLE OPTION...: not released, and nothing else is said
kept() {
	title=$1
	shift
	ask "$@" >got 2>err
	is "$title" "$? $(cat got)" "1 not released"
}

# closed TITLE OPTION...: there was no answer
closed() {
	title=$1
	shift
	ask "$@" >got 2>err
	is "$title" "$?" 2
}

logged() {
	check "$1" grep -q "$2" audit.log
}

verified() {
	check "$1" "$A" audit verify audit.log
}

# ---- an office -----------------------------------------------------------

# A key and a certificate of each person, of one issuer and of another.
make_people() {
	for who in alice bob mallory; do
		openssl req -newkey rsa:2048 -nodes -keyout $who.key \
			-subj "/O=Acme/CN=$who" -out $who.csr
		openssl x509 -req -in $who.csr -CA ca.crt -CAkey ca.key \
			-CAcreateserial -days 30 -out $who.crt
	done
	openssl req -newkey rsa:2048 -nodes -keyout server.key \
		-subj /CN=localhost -out server.csr
	echo subjectAltName=DNS:localhost >server.ext
	openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key \
		-extfile server.ext -CAcreateserial -days 30 -out server.crt
	openssl x509 -req -in alice.csr -CA other.crt -CAkey other.key \
		-CAcreateserial -days 30 -out forged.crt
}

make_keys() {
	for ca in ca other; do
		openssl req -x509 -newkey rsa:2048 -nodes -keyout $ca.key \
			-subj /CN=$ca -days 30 -out $ca.crt
	done
	make_people
	head -c 32 /dev/urandom >wrap.key
}

# Two access identifiers, three people.
make_office() {
	admin init &&
		admin add access legal &&
		admin add access research &&
		admin add key legal 6c6567616c &&
		admin add key research 726e64 &&
		admin export legal --out legal.pub &&
		admin export research --out research.pub &&
		admin add group legal &&
		admin add group research &&
		admin add decryptor CN=alice,O=Acme alice --key alice.crt &&
		admin add decryptor CN=bob,O=Acme bob --key bob.crt --oaep &&
		admin add decryptor CN=mallory,O=Acme mallory \
			--key mallory.crt &&
		admin add member legal CN=alice,O=Acme &&
		admin add member research CN=bob,O=Acme &&
		admin add manager legal CN=bob,O=Acme &&
		admin add rule lawyers 'group("legal")' &&
		admin add rule researchers 'group("research")' &&
		admin add binding legal lawyers &&
		admin add binding research researchers
}

cat >conf <<END
# where things are
db sqlite:agent.db
audit audit.log
key-file wrap.key
END
echo "for the legal team" >message
make_keys >openssl.log 2>&1 || fail "openssl makes keys" "$(cat openssl.log)"
check "the office is set up" make_office
check "a block for the legal team" \
	"$client" seal legal.pub 6c6567616c block message
check "and one for research" \
	"$client" seal research.pub 726e64 other message
cp block block.before

# ---- who gets it ---------------------------------------------------------

test_release() {
	begin || return
	released "a member by alias" --alias alice --own alice.key block
	released "a member by name" --name CN=alice,O=Acme --own alice.key \
		--out answer block
	released "with OAEP" --alias bob --own bob.key other
	kept "a stranger" --alias mallory --own mallory.key block
	kept "a member of another group" --alias bob block
	kept "nobody" --alias nobody block
	kept "one of two blocks" --alias alice block other
	check "openssl opens an answer" openssl cms -decrypt -inform DER \
		-in answer -inkey alice.key -out opened
	check "which is a Released" sh -c \
		'openssl asn1parse -inform DER -in opened | grep -c OCTET |
			grep -qx 3'
	refuse "another's key does not" openssl cms -decrypt -inform DER \
		-in answer -inkey mallory.key -out opened
	kept "the bare form, not allowed" --alias alice --form bare block
	kept "a key in the clear over plain TCP" --alias alice --form clear \
		block
	kept "nor as the channel says" --channel x block
	check "the rule is changed" admin replace rule lawyers \
		'all(group("legal"), clearance(2))'
	kept "a member without clearance" --alias alice --own alice.key block
	check "she is cleared" admin replace decryptor CN=alice,O=Acme alice \
		--clearance 2
	released "and gets it" --alias alice --own alice.key block
	check "the block is as it was" cmp block block.before
	check "the rule is as it was" admin replace rule lawyers \
		'group("legal")'
	end
	is "the server ends well" $? 0
	logged "a release is logged" ' released .*who="CN=alice,O=Acme"'
	logged "a refusal is logged" \
		' refused .*mallory.*the rules do not admit'
	logged "a change is logged" ' changing .*replace rule="lawyers"'
	verified "the chain of the log"
}

test_release
summary agent
