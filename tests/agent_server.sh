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

# ---- how often ---------------------------------------------------------------

# The rate is what is admitted, however often somebody tries.
test_rates() {
	if [ -x "${A%/*}/agent_limit" ]; then
		check "ten minutes at several rates" "${A%/*}/agent_limit"
	else
		skip "ten minutes at several rates" \
			"build/agent_limit is not here"
	fi
}

# ---- how long a connection lasts -----------------------------------------

by_tls="--tls ca.crt --cert alice.crt --cert-key alice.key"
by_alice="--form clear $by_tls"

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

# signed HASH KEY NAME: certificates of Alice's for TLS and for a request
signed() {
	openssl req -new -key "$2" -subj "/O=Acme/CN=alice" -out weak.csr \
		2>openssl.log &&
		openssl x509 -req -in weak.csr -CA ca.crt -CAkey ca.key \
			-"$1" -CAcreateserial -days 30 -out "$3" 2>openssl.log
}

# shakes HASH: what becomes of a client that signs its handshake with that
shakes() {
	within 20 openssl s_client -connect "localhost:$port" -tls1_2 \
		-CAfile ca.crt -cert alice.crt -key alice.key \
		-client_sigalgs "RSA+$1" -cipher 'DEFAULT:@SECLEVEL=0' \
		</dev/null >shaken 2>&1
	if grep -q 'alert\|errno=\|handshake failure' shaken; then
		echo refused
	elif grep -q 'Cipher is ECDHE' shaken; then
		echo taken
	else
		cat shaken
	fi
}

# A weak hash, or a short key, in a certificate or in a handshake.
test_strength() {
	for bits in 1024 2040 2048; do
		openssl genrsa -out $bits.key $bits 2>openssl.log
	done
	begin --tls-cert server.crt --tls-key server.key --clients ca.crt \
		--issuers ca.crt || return
	while read -r hash key good; do
		check "$hash, $key: a certificate" \
			signed "$hash" "$key.key" weak.crt
		weak="--tls ca.crt --cert weak.crt --cert-key $key.key"
		if [ "$good" = yes ]; then
			released "$hash, $key: is a client's" --form clear \
				$weak block
			released "$hash, $key: and one in a request" \
				$by_tls --certificate weak.crt \
				--own "$key.key" block
		else
			closed "$hash, $key: is no client's" --form clear \
				$weak block
			kept "$hash, $key: nor one in a request" \
				$by_tls --certificate weak.crt block
		fi
	done <<-END
		sha1 alice no
		sha224 alice no
		sha256 alice yes
		sha384 alice yes
		sha512 alice yes
		sha256 1024 no
		sha256 2040 no
		sha256 2048 yes
	END
	for hash in SHA1 SHA224; do
		is "a handshake signed with $hash" "$(shakes $hash)" refused
	done
	for hash in SHA256 SHA384 SHA512; do
		is "a handshake signed with $hash" "$(shakes $hash)" taken
	done
	end
	openssl req -x509 -key 1024.key -subj /CN=short -days 30 -out short.crt
	told 2 "short.crt: a certificate cannot be used" "a short issuer" \
		within 5 "$A" serve --config conf --port 0 \
		--tls-cert server.crt --tls-key server.key --clients short.crt
}

# A certificate that its issuer has given for something else is no client's.
# One where that is critical is refused by BearSSL, to which it is unknown.
test_usages() {
	begin --tls-cert server.crt --tls-key server.key --clients ca.crt ||
		return
	for usage in serverAuth emailProtection,codeSigning clientAuth \
		serverAuth,clientAuth critical,clientAuth \
		anyExtendedKeyUsage; do
		printf 'keyUsage=digitalSignature\nextendedKeyUsage=%s\n' \
			"$usage" >usage.ext
		openssl x509 -req -in alice.csr -CA ca.crt -CAkey ca.key \
			-extfile usage.ext -CAcreateserial -days 30 \
			-out usage.crt 2>openssl.log
		by_usage="--form clear --tls ca.crt --cert usage.crt
			--cert-key alice.key"
		case $usage in
		[!c]*client* | clientAuth | any*)
			released "a certificate for $usage" $by_usage block
			;;
		*) closed "a certificate for $usage" $by_usage block ;;
		esac
	done
	end
	is "the server ends well" $? 0
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

# Records of a handshake that are empty are read, and never end it.
test_flood() {
	if ! have python3; then
		skip "a flood of empty records" "python3 is not here"
		return
	fi
	begin --tls-cert server.crt --tls-key server.key --clients ca.crt \
		--seconds 30 || return
	cat >flood.py <<-END
		import socket, sys
		s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
		try:
		    while True:
		        s.sendall(bytes.fromhex("1603030000") * 10000)
		except OSError:
		    print("closed")
	END
	for n in 1 2 3 4; do
		within 20 python3 flood.py "$port" >flood.$n &
		eval "flood$n=$!"
	done
	sleep 0.5
	released "empty records, and others have their turn" $by_alice block
	wait "$flood1" "$flood2" "$flood3" "$flood4"
	is "a handshake without an end has one" \
		"$(sort -u flood.1 flood.2 flood.3 flood.4)" closed
	check "which is told" grep -q "TLS failed" serve.err
	end
	is "the server ends well" $? 0
}

# The handshake has --seconds, as a message has, and then there is --idle for
# one to begin.
test_first_message() {
	if ! have python3; then
		skip "the time for a first message" "python3 is not here"
		return
	fi
	begin --tls-cert server.crt --tls-key server.key --clients ca.crt \
		--seconds 1 --idle 4 || return
	cat >first.py <<-END
		import socket, ssl, sys, time
		c = ssl.create_default_context(cafile="ca.crt")
		c.load_cert_chain("alice.crt", "alice.key")
		s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
		s = c.wrap_socket(s, server_hostname="localhost")
		s.settimeout(8)
		time.sleep(float(sys.argv[2]))
		begin = time.monotonic()
		try:
		    s.sendall(bytes.fromhex(sys.argv[3]))
		    if s.recv(1):
		        sys.exit("answered")
		except OSError:
		    pass
		sys.exit("closed" + " late" * (time.monotonic() - begin > 3))
	END
	is "a first message after more than --seconds is answered" \
		"$(within 20 python3 first.py "$port" 2.5 0000000100 2>&1)" \
		answered
	is "after more than --idle it is not" \
		"$(within 20 python3 first.py "$port" 5 0000000100 2>&1)" closed
	: >serve.err
	is "and half of one has --seconds" \
		"$(within 20 python3 first.py "$port" 0 00 2>&1)" closed
	check "which is told" grep -q "too slow" serve.err
	hold shake 3 160301
	wait "$held_shake"
	is "as has half a handshake" "$(cat held.shake)" closed
	end
	is "the server ends well" $? 0
}

# begin_deaf: a client that sends and does not read, as $deaf, until it has
# got stuck
begin_deaf() {
	rm -f deaf
	cat >deaf.py <<-END
		import socket, ssl, sys, time
		c = ssl.create_default_context(cafile="ca.crt")
		c.load_cert_chain("alice.crt", "alice.key")
		s = socket.socket()
		s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
		s.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
		s.connect(("127.0.0.1", int(sys.argv[1])))
		s = c.wrap_socket(s, server_hostname="localhost")
		s.settimeout(3)
		try:
		    while True:
		        s.sendall(bytes.fromhex("0000000100"))
		except OSError:
		    print("stuck", flush=True)
		    time.sleep(30)
	END
	python3 deaf.py "$port" >deaf &
	deaf=$!
	for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ ! -s deaf ] || break
		sleep 1
	done
}

# Requests of a client that does not read its answers, until the server is in
# the middle of a record. Nothing more is read before that has gone, and so
# what has come meanwhile is not to wake the server.
test_deaf() {
	if ! have python3 || [ ! -r /proc/self/stat ]; then
		skip "a client that does not read" "python3 is not here"
		return
	fi
	begin --tls-cert server.crt --tls-key server.key --clients ca.crt \
		--rate 1000000 --seconds 60 || return
	begin_deaf
	is "a client that does not read gets stuck" "$(cat deaf)" stuck
	first=$(spent)
	sleep 2
	check "and the server waits" \
		test $(($(spent) - first)) -lt 40
	kill "$deaf"
	end
	is "the server ends well" $? 0
}

# holds KEY: the memory of the server has a part of that private key
holds() {
	remembers "$(openssl rsa -in "$1" -noout -text 2>openssl.log | sed -n \
		'/^prime1:/,/^prime2:/s/^ *\([0-9a-f:]*\)$/\1/p' |
		tr -d ':\n' | sed 's/^00//')"
}

# Keys of TLS are in memory as long as something may use them.
test_old_keys() {
	if ! have python3; then
		skip "keys of TLS that are used no more" "python3 is not here"
		return
	fi
	cp conf conf.before
	cp server.key tls.key
	cp server.crt tls.crt
	printf '%s\n' "tls-cert tls.crt" "tls-key tls.key" \
		"clients ca.crt" >>conf
	cp conf conf.good
	begin --rate 1000000 --seconds 60 || return
	if [ "$(holds server.key 2>/dev/null)" != held ]; then
		skip "keys of TLS that are used no more" \
			"the memory of a process cannot be read here"
	else
		cp alice.key tls.key
		cp alice.crt tls.crt
		echo "log no/such.log" >>conf
		reread
		check "settings that are wrong" \
			grep -q "stay as they were" serve.err
		is "their key is gone" "$(holds alice.key)" gone
		is "the one in use is not" "$(holds server.key)" held
		cp conf.good conf
		begin_deaf
		reread
		is "then it is the one in use" "$(holds alice.key)" held
		is "the one before has still a connection" \
			"$(holds server.key)" held
		kill "$deaf"
		sleep 0.5
		is "and is gone with it" "$(holds server.key)" gone
		cp server.key tls.key
		cp server.crt tls.crt
		reread
		released "a third" $by_alice block
		is "wipes the second" "$(holds alice.key)" gone
	fi
	end
	is "the server ends well" $? 0
	mv conf.before conf
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

# ---- behind a balancer ---------------------------------------------------

# hexed TEXT: with the escapes of printf
hexed() {
	# shellcheck disable=SC2059 # they are meant
	printf "$1" | od -An -v -tx1 | tr -d ' \n'
}

signature=0d0a0d0a000d0a515549540a
to=7f0000011db1 # address and port of the server, in two places
client_4=c0000207
client_6=20010db8000000000000000000000001

# header COMMAND FAMILY ADDRESSES-AND-MORE: version 2
header() {
	printf '%s%s%s%04x%s' $signature "$1" "$2" $((${#3} / 2)) "$3"
}

# Client 192.0.2.7 or 2001:db8::1, port 4660, to 127.0.0.1 or itself.
good_4=$(header 21 11 ${client_4}7f00000112341db1)
good_6=$(header 21 21 $client_6${client_6}12341db1)
mapped=$(header 21 21 00000000000000000000ffff$client_4${client_6}12341db1)
more=$(header 21 11 ${client_4}7f00000112341db1020003414243040000)
line_4=$(hexed 'PROXY TCP4 192.0.2.7 127.0.0.1 4660 7601\r\n')
line_6=$(hexed 'PROXY TCP6 2001:db8::1 ::1 4660 7601\r\n')

# is_from TITLE HEX FROM: a request behind that header
is_from() {
	released "$1" --first "$2" --alias alice --own alice.key block
	is "$1: in the log" "$(tail -n 1 audit.log |
		sed -n 's/.* from=\([^ ]*\) .*/\1/p')" "$3"
}

# All that is close to a header, and is none.
bad_headers() {
	four=${client_4}7f00000112341db1
	line="192.0.2.7 127.0.0.1"
	echo another_signature 0d0a0d0a000d0a515549540b21110000
	echo version_1_in_octets "$(header 11 11 $four)"
	echo command_2 "$(header 22 11 $four)"
	echo UDP "$(header 21 12 $four)"
	echo unspecified "$(header 21 00 '')"
	echo UNIX "$(header 21 31 "$(printf '%0432d' 0)")"
	echo too_short_for_IPv4 "$(header 21 11 ${client_4}7f00000112341d)"
	echo too_short_for_IPv6 "$(header 21 21 $four)"
	echo half_a_type "$(header 21 11 ${four}0300)"
	echo a_type_too_long "$(header 21 11 ${four}0300034142)"
	echo a_type_cut_off "$(header 21 11 ${four}03000141040001)"
	echo a_long_one ${signature}21110801
	while read -r title words; do
		echo "$title $(hexed "PROXY $words")"
	done <<-END
		unknown UNKNOWN\r\n
		no_CR TCP4 $line 4660 7601\n
		no_family TCP5 $line 4660 7601\r\n
		two_blanks TCP4  $line 4660 7601\r\n
		a_blank_more TCP4 $line 4660 7601 \r\n
		a_word_more TCP4 $line 4660 7601 1\r\n
		a_word_less TCP4 $line 4660\r\n
		no_address TCP4 192.0.2.777 127.0.0.1 4660 7601\r\n
		IPv6_as_TCP4 TCP4 ::1 ::1 4660 7601\r\n
		port_65536 TCP4 $line 65536 7601\r\n
		port_04660 TCP4 $line 04660 7601\r\n
		port_-1 TCP4 $line 4660 -1\r\n
		a_zero TCP4 $line 4660 760\0001\r\n
		without_end TCP4 $(printf '%0100d' 0)
	END
	echo a_request 0000001061
}

# The connection is closed, and without waiting for more.
test_headers() {
	begin --proxy 127.0.0.0/8 --rate 1000 || return
	bad_headers >headers
	is "all of them are looked at" "$(wc -l <headers)" 27
	while read -r title bytes; do
		is "a header: $title" \
			"$("$client" hold "$port" 3 "$bytes")" closed
	done <headers
	check "which is told" grep -q "no PROXY header" serve.err
	is "a part of one is waited for" \
		"$("$client" hold "$port" 1 ${signature}21)" open
	is "so is a part of a line" \
		"$("$client" hold "$port" 1 "$(hexed 'PROXY TCP4 192')")" open
	end
	is "the server ends well" $? 0
}

test_proxy() {
	check "a place is asked for" admin replace rule lawyers \
		'location("lab")'
	begin --proxy 127.0.0.1 --place 192.0.2.0/24=lab \
		--place 2001:db8::/32=lab --rate 20 || return
	is_from "a client of IPv4" "$good_4" 192.0.2.7:4660
	is_from "of IPv6" "$good_6" '[2001:db8::1]:4660'
	is_from "of IPv4 in IPv6" "$mapped" 192.0.2.7:4660
	is_from "more behind its addresses" \
		"$(echo "$more" | sed 's/c0000207/c0000208/')" 192.0.2.8:4660
	is_from "of IPv4, in a line" \
		"$(hexed 'PROXY TCP4 192.0.2.9 127.0.0.1 4660 7601\r\n')" \
		192.0.2.9:4660
	is_from "of IPv6, in a line" "$line_6" '[2001:db8::1]:4660'
	closed "each client has its own limit" --first "$line_4" \
		--alias alice block
	kept "the balancer itself is where it is" \
		--first "$(header 20 00 '')" --alias alice block
	kept "whatever else is in its header" \
		--first "$(header 20 11 "$client_4$to$to")" --alias alice block
	closed "another's header is not believed" --from 127.0.0.2 \
		--first "$good_4" --alias alice block
	kept "without it he is where he is" --from 127.0.0.2 \
		--alias alice block
	end
	is "the server ends well" $? 0
	begin --proxy 127.0.0.1 --per-client 1 || return
	hold one 5 "$good_4"
	hold two 5 "$good_6"
	sleep 0.5
	is "a client's second connection" \
		"$("$client" hold "$port" 3 "$line_4")" closed
	wait "$held_one" "$held_two"
	is "others have their own" "$(cat held.one held.two)" "open
open"
	end
	begin --proxy 127.0.0.1/32 --tls-cert server.crt --tls-key server.key \
		--clients ca.crt --place 192.0.2.0/24=lab || return
	released "TLS behind the header" --first "$good_4" $by_alice block
	end
	for proxy in 127.0.0 127.0.0.1/33 balancer 127.0.0.1/ \
		10.0.0.0/4294967304 ::1/18446744073709551744; do
		told 2 "no such value" "no balancer: $proxy" within 10 "$A" \
			serve --config conf --port 0 --proxy "$proxy"
	done
	check "the rule is as it was" admin replace rule lawyers \
		'group("legal")'
}

# Who is a balancer no more is believed no more.
test_former_proxy() {
	cp conf conf.before
	check "a place is asked for" admin replace rule lawyers \
		'location("lab")'
	echo "place 192.0.2.0/24=lab" >>conf
	cp conf conf.none
	echo "proxy 127.0.0.1" >>conf
	begin || return
	ask --first "$good_4" --alias alice --own alice.key --times 2 \
		--between 3 block >slow.out 2>&1 &
	slow=$!
	hold half 10 "${signature}21"
	hold quiet 10
	sleep 1
	reread
	is "the balancer stays, and so do connections" \
		"$(cat held.half held.quiet)" ""
	cp conf.none conf
	reread
	once "after the balancer has gone, an older connection is over"
	is "so is half a header" "$(cat held.half)" closed
	is "and none" "$(cat held.quiet)" closed
	closed "and its header is not believed" --first "$good_4" \
		--alias alice block
	end
	is "the server ends well" $? 0
	wait
	mv conf.before conf
	check "the rule is as it was" admin replace rule lawyers \
		'group("legal")'
}

# A real one: from 127.0.0.2, to the agent at $port; its own is $front.
begin_haproxy() {
	front=$((20000 + $$ % 20000))
	cat >haproxy.conf <<-END
		defaults
		    mode tcp
		    timeout connect 5s
		    timeout client 30s
		    timeout server 30s
		listen agents
		    bind 127.0.0.1:$front
		    source 127.0.0.2
		    server one 127.0.0.1:$port $1
	END
	haproxy -db -f haproxy.conf >haproxy.log 2>&1 &
	balancer=$!
	sleep 1
}

test_haproxy() {
	if ! have haproxy; then
		skip "behind haproxy" "haproxy is not here (make deps)"
		return
	fi
	check "a place is asked for" admin replace rule lawyers \
		'location("lab")'
	begin --proxy 127.0.0.2 --place 127.0.0.1/32=lab --tls-cert server.crt \
		--tls-key server.key --clients ca.crt || return
	for how in "send-proxy-v2 check inter 200" send-proxy; do
		begin_haproxy "$how"
		behind=$port
		port=$front
		released "behind haproxy: $how" $by_alice block
		port=$behind
		kill "$balancer"
		wait "$balancer" 2>wait.log
	done
	begin_haproxy ""
	behind=$port
	port=$front
	closed "behind haproxy that says nothing" $by_alice block
	port=$behind
	kill "$balancer"
	wait "$balancer" 2>wait.log
	end
	is "the server ends well" $? 0
	logged "the client's address is in the log" \
		' released from=127\.0\.0\.1:'
	check "the rule is as it was" admin replace rule lawyers \
		'group("legal")'
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
	cp conf conf.before
	echo "place ::ffff:127.0.0.0/104=lab" >>conf
	begin --place ::/0=cellar || return
	released "IPv4 in a place of IPv6" --from 127.192.0.1 --alias alice \
		--own alice.key block
	ask --alias alice --times 2 --between 3 block >slow.out 2>&1 &
	slow=$!
	sleep 1
	echo "place 127.0.0.0/9=cellar" >>conf
	reread
	wait "$slow"
	is "SIGHUP moves a connection that is open" "$(cat slow.out)" \
		"not released"
	released "and nobody beyond the last bit of a prefix" \
		--from 127.192.0.1 --alias alice --own alice.key block
	end
	mv conf.before conf
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

[ $# -ne 0 ] || set -- end settings rates issuers strength usages handshakes \
	flood deaf old_keys first_message expiry age sizes refused_approvals \
	headers proxy former_proxy haproxy descriptors addresses
for test in "$@"; do
	"test_$test"
done
summary agent_server
