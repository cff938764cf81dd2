# shellcheck shell=sh disable=SC2034,SC2154,SC2317 # of others; for others
# agent_tools.sh - an office, a server and its clients: sourced, not run
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# Over report.sh, for tests/agent.sh, _admin, _server and _token. Servers listen
# on 127.0.0.1, on a port that is free, and are ended by their process id;
# every client has a limit. Needs openssl, for keys and for opening answers.

# enter NAME: into a scratch folder, or the end of the script
enter() {
	scratch "$1"
	case $O in
	/*) A=$O/seamkey-agent client=$O/agent_client ;;
	*) A=$PWD/$O/seamkey-agent client=$PWD/$O/agent_client ;;
	esac
	root=$PWD
	cd "$work" || exit 1
	if [ ! -x "$A" ]; then
		skip "the agent" "build/seamkey-agent is not here (make deps)"
		summary "$1"
	fi
	if ! have openssl; then
		skip "the agent" "openssl is not here (make deps)"
		summary "$1"
	fi
}

# ---- helpers -------------------------------------------------------------

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
	rm -f served
	"$A" serve --config conf --port 0 "$@" >served 2>serve.err &
	server=$!
	for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		port=$(sed -n 's/^listening on .* port \([0-9]*\).*/\1/p' \
			served 2>/dev/null)
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

# remembers HEX: these octets are "held" in memory that the server can write,
# or "gone"; nothing where that cannot be read
remembers() {
	cat >remembers.py <<-END
		import sys
		at = "/proc/" + sys.argv[1]
		octets = bytes.fromhex(sys.argv[2])
		found = False
		with open(at + "/mem", "rb") as mem:
		    for line in open(at + "/maps"):
		        words = line.split()
		        if not words[1].startswith("rw"):
		            continue
		        a, b = [int(x, 16) for x in words[0].split("-")]
		        mem.seek(a)
		        found = found or octets in mem.read(b - a)
		print("held" if found else "gone")
	END
	python3 remembers.py "$server" "$1"
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
	(umask 077 && head -c 32 /dev/urandom >wrap.key)
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

# What every test has: the office, and a block for each team.
open_office() {
	cat >conf <<-END
		# where things are
		db sqlite:agent.db
		audit audit.log
		key-file wrap.key
	END
	echo "for the legal team" >message
	make_keys >openssl.log 2>&1 ||
		fail "openssl makes keys" "$(cat openssl.log)"
	check "the office is set up" make_office
	check "a block for the legal team" \
		"$client" seal legal.pub 6c6567616c block message
	check "and one for research" \
		"$client" seal research.pub 726e64 other message
	cp block block.before
}
