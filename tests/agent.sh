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
# shellcheck source=tests/agent_tools.sh
. tests/agent_tools.sh
exec </dev/null
umask 022
LC_ALL=C
export LC_ALL

enter agent
open_office

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
	openssl req -x509 -key bob.key -subj /CN=x -days 30 -out sealed.crt
	check "a key pair that a certificate has" admin add key legal \
		--import bob.key
	check "openssl seals to it" openssl cms -encrypt -binary -keyid \
		-aes-256-gcm -in message -outform DER -out foreign sealed.crt
	released "which is released, too" --alias alice --own alice.key foreign
	id=$(admin list key | grep '"legal"' | grep -v ' 6c6567616c ' |
		cut -d ' ' -f 3)
	check "it is deleted" admin delete --yes key legal "$id"
	kept "and never again" --alias alice foreign
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

# ---- TLS -----------------------------------------------------------------

by_alice="--tls ca.crt --cert alice.crt --cert-key alice.key"

# shellcheck disable=SC2086 # lists of options
test_tls() {
	begin --tls-cert server.crt --tls-key server.key --clients ca.crt ||
		return
	check "it says so" grep -q "with TLS" served
	released "a key in the clear to a member" --form clear $by_alice block
	released "whatever the request says" --form clear $by_alice \
		--alias mallory block
	released "many requests on one connection" --form clear $by_alice \
		block
	released "sealed, as the channel says" --channel x $by_alice \
		--own alice.key block
	kept "a key in the clear to a known stranger" --form clear \
		--tls ca.crt --cert mallory.crt --cert-key mallory.key \
		--alias alice block
	released "sealed to whom is named" --alias alice --own alice.key \
		--tls ca.crt --cert mallory.crt --cert-key mallory.key block
	closed "no certificate" --form clear --tls ca.crt block
	closed "one of another issuer" --form clear --tls ca.crt \
		--cert forged.crt --cert-key alice.key block
	closed "one whose key another has" --form clear --tls ca.crt \
		--cert alice.crt --cert-key mallory.key block
	closed "plain TCP" --alias alice block
	check "that is told" grep -q "TLS failed" serve.err
	# the server's certificate is replaced
	cp mallory.crt server.new && cp server.crt server.old
	cp other.crt server.crt && cp server.key key.old &&
		cp other.key server.key
	kill -HUP "$server"
	sleep 0.5
	closed "a new certificate after SIGHUP, of another issuer" \
		--form clear $by_alice block
	mv server.old server.crt && mv key.old server.key
	kill -HUP "$server"
	sleep 0.5
	released "and the old one again" --form clear $by_alice block
	echo damaged >server.new && cp server.crt server.old &&
		cp server.new server.crt
	kill -HUP "$server"
	sleep 0.5
	released "one that is damaged is not taken" --form clear $by_alice block
	mv server.old server.crt
	end
	is "the server ends well" $? 0
	logged "a release in the clear is logged" \
		' released .*form=clear access="legal" key=[0-9a-f]* [0-9a-f]*$'
}

# ---- certificates in requests --------------------------------------------

# A certificate of Alice's for a new key, of the issuer that counts.
test_certificates() {
	openssl req -newkey rsa:2048 -nodes -keyout new.key \
		-subj "/O=Acme/CN=alice" -out new.csr 2>openssl.log
	openssl x509 -req -in new.csr -CA ca.crt -CAkey ca.key \
		-CAcreateserial -days 30 -out new.crt 2>openssl.log
	: >index.txt
	cat >past.cnf <<-END
		[ca]
		default_ca = here
		[here]
		database = index.txt
		new_certs_dir = .
		rand_serial = yes
		policy = policy
		default_md = sha256
		[policy]
		organizationName = supplied
		commonName = supplied
	END
	check "a certificate of yesterday" openssl ca -config past.cnf -batch \
		-notext -in new.csr -out past.crt -cert ca.crt -keyfile ca.key \
		-startdate 20260101000000Z -enddate 20260102000000Z
	begin || return
	released "without issuers, the key of the repository" \
		--certificate new.crt --own alice.key block
	end
	begin --issuers ca.crt || return
	released "a certificate's own key" --certificate new.crt \
		--own new.key block
	kept "a certificate of another issuer" --certificate forged.crt block
	kept "a certificate of a stranger" --certificate mallory.crt block
	kept "a certificate of nobody" --certificate server.crt block
	released "the issuers do not matter to others" --alias alice \
		--own alice.key block
	kill -HUP "$server"
	sleep 0.5
	told 1 "certificate does not belong" "another's for Alice" \
		admin replace decryptor CN=alice,O=Acme --certificate \
		mallory.crt
	told 2 "is no certificate" "a key for a certificate" \
		admin replace decryptor CN=alice,O=Acme --certificate alice.key
	told 2 "one of --key and --certificate" "a key and a certificate" \
		admin replace decryptor CN=alice,O=Acme --key alice.key \
		--certificate new.crt
	check "Alice has a certificate" admin replace decryptor \
		CN=alice,O=Acme alice --certificate new.crt
	released "its key, by the repository" --alias alice \
		--own new.key block
	check "and one of yesterday" admin replace decryptor \
		CN=alice,O=Acme --certificate past.crt
	kept "which is not used" --alias alice block
	check "or of another issuer" admin replace decryptor \
		CN=alice,O=Acme --certificate forged.crt
	kept "which is not used, either" --alias alice block
	check "or a key, as before" admin replace decryptor \
		CN=alice,O=Acme --key alice.crt
	released "which is used" --alias alice --own alice.key block
	released "nor is that changed by SIGHUP" --certificate new.crt \
		--own new.key block
	end
	is "the server ends well" $? 0
	logged "the reason is in the log" \
		' refused .*certificate does not belong'
	for name in alice new; do
		logged "and that a key went to $name.key" \
			" released .* public-key-sha256=$(openssl pkey \
				-in $name.key -pubout -outform DER |
				sha256sum | cut -d ' ' -f 1) "
	done
}

# ---- approvals -----------------------------------------------------------

test_approvals() {
	id=00112233445566778899aabbccddeeff
	check "approval is asked for" admin replace rule lawyers \
		'all(group("legal"), approval(1, "research"))'
	begin || return
	kept "without an approval" --alias alice --id $id block
	ok=$(admin list pending)
	is "the request is pending" "$(echo "$ok" | cut -d ' ' -f 1,2,4)" \
		"pending $id \"CN=alice,O=Acme\""
	"$client" approve mallory.key CN=bob,O=Acme CN=alice,O=Acme $id block \
		forged.approval
	told 1 "" "a forged approval" admin approve forged.approval
	is "over the wire it gets a receipt, too" \
		"$("$client" send "$port" forged.approval)" "5 64"
	kept "and serves for nothing" --alias alice --id $id block
	"$client" approve bob.key CN=bob,O=Acme CN=alice,O=Acme $id block \
		approval
	is "an approval over the wire" \
		"$("$client" send "$port" approval)" "5 64"
	released "now it is released" --alias alice --own alice.key --id $id \
		block
	is "and does not wait any more" "$(admin list pending)" ""
	kept "but not to another request" --alias alice block
	check "an approval that is there already" admin approve approval
	ok=$(admin list pending)
	if have sqlite3; then
		sqlite3 agent.db "UPDATE row SET number = number - 604700
			WHERE kind = 12"
		is "nearly a week later it still waits" \
			"$(admin list pending)" "$ok"
		sqlite3 agent.db "UPDATE row SET number = number + 604760
			WHERE kind = 12"
		is "noted by a clock a minute ahead it waits, too" \
			"$(admin list pending)" "$ok"
		sqlite3 agent.db "UPDATE row SET number = number - 604760
			WHERE kind = 12"
		sqlite3 agent.db "UPDATE row SET number = number - 200
			WHERE kind = 12"
		is "after a week it is not shown" "$(admin list pending)" ""
	else
		skip "requests of a week ago" "sqlite3 is not here"
	fi
	# shellcheck disable=SC2046 # two words
	check "the other one is deleted" \
		admin delete pending $(echo "$ok" | cut -d ' ' -f 2,3)
	is "and is gone" "$(admin list pending)" ""
	ok=$(admin list approval)
	is "the approval is listed" "$(echo "$ok" | cut -d ' ' -f 1,2,4)" \
		"approval \"CN=bob,O=Acme\" request=$id"
	check "and withdrawn" admin delete approval CN=bob,O=Acme \
		"$(echo "$ok" | cut -d ' ' -f 3)"
	kept "then it does not serve any more" --alias alice --id $id block
	end
	check "the rule is as it was" admin replace rule lawyers \
		'group("legal")'
	logged "an approval is logged" ' approved .*who="CN=bob,O=Acme"'
	logged "so is one that is refused" \
		" disapproved .*request=$id reason="
}

# ---- settings, signals ---------------------------------------------------

test_signals() {
	check "a place is asked for" admin replace rule lawyers \
		'location("lab")'
	cp conf conf.before
	begin || return
	kept "from nowhere" --alias alice block
	echo "place 127.0.0.0/8=lab" >>conf
	kept "before SIGHUP" --alias alice block
	kill -HUP "$server"
	sleep 0.5
	released "from the lab after it" --alias alice --own alice.key block
	printf '%s\n' "place 127.0.0.1/32=cellar" "rate many" >>conf
	kill -HUP "$server"
	sleep 0.5
	released "settings with a mistake are not taken" --alias alice \
		--own alice.key block
	check "which is told" grep -q "rate many: no such value" serve.err
	sed '/^rate/d' conf >conf.new && mv conf.new conf
	kill -HUP "$server"
	sleep 0.5
	kept "the longest prefix counts" --alias alice block
	cp wrap.key wrap.old && head -c 32 /dev/urandom >wrap.key
	kill -HUP "$server"
	sleep 0.5
	mv wrap.old wrap.key
	check "another key is not taken" grep -q "is not that of this" serve.err
	# the log is moved away
	mv conf.before conf
	mv audit.log audit.1
	kill -HUP "$server"
	sleep 0.5
	kept "with a new log" --alias alice block
	check "which goes on from the old one" "$A" audit verify audit.1 \
		audit.log
	check "and can be checked alone" "$A" audit verify audit.log
	refuse "but not in another order" "$A" audit verify audit.log audit.1
	check "the rule is as it was" admin replace rule lawyers \
		'group("legal")'
	# under way: half of a request is there when the signal comes
	ask --alias alice --own alice.key --pause 2 block >slow 2>&1 &
	slow=$!
	"$client" hold "$port" 10 >held &
	held=$!
	sleep 0.7
	kill -TERM "$server"
	wait $held
	is "idle connections are closed" "$(cat held)" closed
	closed "no new ones are taken" --alias alice block
	wait $slow
	is "what is under way is answered" "$? $(cat slow)" "0 $(cat message)"
	wait "$server"
	is "then it ends" $? 0
	begin --grace 1 || return
	"$client" hold "$port" 10 0000 >held &
	held=$!
	sleep 0.5
	within 5 tail --pid="$server" -f /dev/null 2>/dev/null &
	waits=$!
	end INT
	is "it does not wait forever" $? 0
	wait $held
	is "and closes what is left" "$(cat held)" closed
	kill $waits 2>/dev/null
	wait $waits 2>/dev/null
}

# ---- limits --------------------------------------------------------------

test_limits() {
	begin --message 4000 --seconds 1 --idle 2 --per-client 3 --rate 20 ||
		return
	for frame in 00000fa1 00010000 ffffffff 00000000; do
		is "a frame of 0x$frame octets" \
			"$("$client" hold "$port" 5 $frame)" closed
	done
	check "is told" grep -q "a message of such a length" serve.err
	is "half a frame" "$("$client" hold "$port" 5 0000)" closed
	is "a message that stops" \
		"$("$client" hold "$port" 5 0000001061)" closed
	is "a connection that says nothing" "$("$client" hold "$port" 1)" open
	is "for too long" "$("$client" hold "$port" 5)" closed
	# 20 a minute are 2 at once
	sleep 4
	closed "too many requests" --alias mallory --times 3 block
	is "two were answered" "$(grep -c released got)" 2
	for n in 1 2 3; do
		"$client" hold "$port" 10 >held.$n &
		eval "held$n=$!"
	done
	sleep 0.5
	is "one connection too many" "$("$client" hold "$port" 1)" closed
	# shellcheck disable=SC2154 # set by eval
	wait "$held1" "$held2" "$held3"
	closed "others have the same right" --alias alice --times 9 block
	end
	is "the server ends well" $? 0
	# none of that has made the server grow or fall
	begin --max-clients 2 || return
	for n in 1 2; do
		"$client" hold "$port" 3 >held.$n &
		eval "held$n=$!"
	done
	sleep 0.5
	ask --alias alice --own alice.key block >slow 2>&1 &
	slow=$!
	wait "$held1" "$held2"
	wait $slow
	is "who comes when all places are taken waits" "$? $(cat slow)" \
		"0 $(cat message)"
	end
}

# Bytes of every kind in front of the door: one answer for all of them.
test_rubbish() {
	begin --rate 100000 || return
	printf 'a' >rubbish
	want=$("$client" send "$port" rubbish)
	n=0
	while [ $n -lt 25 ]; do
		n=$((n + 1))
		head -c $((n * 37)) /dev/urandom >rubbish
		got=$("$client" send "$port" rubbish)
		case $got in
		"$want" | *' 64') ;; # the first octet may be an Approval's
		*) break ;;
		esac
	done
	is "rubbish gets one answer" "$n $got" "25 $got"
	released "and the server goes on" --alias alice --own alice.key block
	end
	is "and ends well" $? 0
}

# ---- administration ------------------------------------------------------

test_admin() {
	told 1 "there is one already" "what is there" admin add access legal
	told 1 "is not in the repository" "what is not there" \
		admin add binding legal nobody
	told 1 "still refers to it" "what is in use" admin delete access legal
	logged "is in the log as unchanged" \
		' unchanged .* delete access="legal" reason="something in the'
	refuse "and nothing that has changed has a reason" \
		grep ' changed .*reason=' audit.log
	told 1 "not the text of a rule, at: its end" "half a rule" \
		admin add rule wrong 'group("legal"'
	told 1 "foo(1): this is not the text of a rule, at: foo(1)" "no rule" \
		admin add rule wrong 'foo(1)'
	told 2 "no such verb" "no verb" admin paint it
	told 2 "thing: is no kind; the kinds are access, key, rule," "no kind" \
		admin add thing x
	told 2 "no such option" "no option" admin --colour list
	told 2 "one word too many" "a word too many" admin add group a b
	told 1 "nothing was deleted" "a key is not deleted unasked" \
		admin delete key legal 6c6567616c
	check "what would be lost is told" grep -q "is loss of data" err
	echo no >answer
	told 1 "It has no other one" "no is no" \
		sh -c "'$A' admin --config conf delete key legal 6c6567616c \
			<answer"
	check "a second key pair" admin add key legal 02
	check "is retired" admin retire key legal 02
	is "which can be seen" "$(admin list key | grep ' 02 ')" \
		'key "legal" 02 retired'
	check "and deleted" admin delete --yes key legal 02
	is "is gone" "$(admin list key | grep -c legal)" 1
	check "a manager adds to his group" admin --as CN=bob,O=Acme \
		add member legal CN=mallory,O=Acme
	check "and deletes" admin --as CN=bob,O=Acme \
		delete member legal CN=mallory,O=Acme
	told 1 "not for this person" "but to no other group" \
		admin --as CN=bob,O=Acme add member research CN=mallory,O=Acme
	told 1 "not for this person" "and nothing else" \
		admin --as CN=bob,O=Acme add access mine
	openssl genrsa -traditional -aes128 -passout pass:secret -out new.pem \
		2048 2>openssl.log
	openssl pkcs8 -topk8 -in alice.key -passout pass:secret -out new.pem
	echo secret >new.pass
	check "a key is imported" admin add key legal --import new.pem \
		--import-pass new.pass
	id=$(openssl x509 -in alice.crt -noout -pubkey |
		openssl pkey -pubin -outform DER | tail -c 270 | openssl sha1 |
		sed 's/.* //')
	check "by the identifier that certificates have" \
		sh -c "'$A' admin --config conf list key | grep -q ' $id '"
	check "and can be deleted" admin delete --yes key legal "$id"
	told 2 "cannot be opened" "no database" "$A" admin --db sqlite:none \
		--audit audit.log list
	told 2 "no such kind of database; there is sqlite:" \
		"no such database" "$A" admin --db oracle:x \
		--audit audit.log list
	told 2 "version" "another's database" \
		sh -c "sqlite3 alien.db 'CREATE TABLE t (x)' 2>/dev/null ||
			echo 'not a database, but long enough' >alien.db
			'$A' admin --db sqlite:alien.db --audit audit.log list"
	verified "the chain of the log"
}

# ---- keys at rest --------------------------------------------------------

hex() {
	od -An -v -tx1 "$1" | tr -d ' \n'
}

test_wrapped() {
	openssl pkcs8 -topk8 -nocrypt -in bob.key -outform DER -out bob.der
	check "a known key" admin add key research b0b0 --import bob.key
	# octets of the private exponent and of the primes
	for at in 700 1300 1600; do
		part=$(hex bob.der | cut -c $at-$((at + 63)))
		check "octets at $at are in the key" \
			sh -c "od -An -v -tx1 bob.der | tr -d ' \n' |
				grep -q $part"
		for file in agent.db audit.log; do
			refuse "and not in $file" \
				sh -c "od -An -v -tx1 $file | tr -d ' \n' |
					grep -q $part"
		done
	done
	check "it is deleted" admin delete --yes key research b0b0
	if have sqlite3; then
		cp agent.db agent.db.good
		sqlite3 agent.db "CREATE TEMP TABLE t AS SELECT name, value
			FROM row WHERE kind = 2;
			UPDATE row SET value = (SELECT value FROM t
			WHERE t.name <> row.name) WHERE kind = 2"
		begin || return
		kept "keys whose rows were exchanged" --alias alice block
		end
		logged "are noticed" \
			' refused .*damaged, or is not in its place'
		mv agent.db.good agent.db
	else
		skip "rows that are exchanged" "sqlite3 is not here"
	fi
	if [ -x "${A%/*}/agent_wrap" ]; then
		check "the room for keys in the clear" "${A%/*}/agent_wrap"
	else
		skip "the room for keys in the clear" \
			"build/agent_wrap is not here"
	fi
}

# key_file TITLE STATUS TEXT: with the key file that there is now; one sentence
key_file() {
	told "$2" "$3" "$1" admin export legal
	is "$1: is told in one sentence" "$(wc -l <err)" 1
}

test_key_file() {
	mv wrap.key wrap.good
	(umask 077 && head -c 32 /dev/urandom >wrap.key)
	key_file "another key file" 1 "is not that of this repository"
	head -c 31 wrap.good >wrap.key
	key_file "a short key file" 1 "a file of 32 bytes"
	(cat wrap.good && echo) >wrap.key
	key_file "a long key file" 1 "a file of 32 bytes"
	rm wrap.key
	key_file "no key file" 2 "wrap.key: No such file"
	mv wrap.good wrap.key
	for mode in 644 640 660 602 610; do
		chmod $mode wrap.key
		key_file "a key file of mode $mode" 2 \
			"wrap.key: is open to others"
	done
	told 2 "wrap.key: is open to others" "no server begins with it" \
		within 5 "$A" serve --config conf --port 0
	told 2 "wrap.key: is open to others" "no repository is made" \
		"$A" admin --db sqlite:open.db --audit open.log \
		--key-file wrap.key init
	chmod 600 wrap.key
	check "the key file as it was" admin export legal
}

# damage TITLE SQL: a key that is no longer what was put there
damage() {
	check "$1: a key" admin add key research dada
	sqlite3 agent.db "UPDATE row SET $2 WHERE hex(name) = 'DADA'"
	check "$1: is there" sh -c "'$A' admin --config conf list key |
		grep -q ' dada '"
	refuse "$1: cannot be used" admin export research dada
	check "$1: can be retired" admin retire key research dada
	told 1 "is loss of data" "$1: is not deleted unasked" \
		admin delete key research dada
	check "$1: can be deleted" admin delete --yes key research dada
	is "$1: is gone" "$(admin list key | grep -c ' dada ')" 0
}

test_damaged_keys() {
	if ! have sqlite3; then
		skip "keys that are damaged" "sqlite3 is not here"
		return
	fi
	damage "a key cut off" "value = x'01'"
	damage "a key of nothing" "value = x''"
	damage "a key with another end" \
		"value = substr(value, 1, length(value) - 1) || x'55'"
	damage "a key whose rejection secret is damaged" "rejection = x'02'"
	verified "the chain of the log"
}

test_passphrase() {
	(umask 077 && echo "correct horse" >pass)
	sed 's/agent.db/pass.db/; s/audit.log/pass.log/
		s/key-file.*/pass-file pass/' conf >pass.conf
	for line in "init --iterations 20000" "add access a" "add key a 01"; do
		# shellcheck disable=SC2086 # words
		check "passphrase: $line" \
			"$A" admin --config pass.conf $line
	done
	check "the key is there" "$A" admin --config pass.conf export a
	echo "correct horsf" >pass
	told 1 "the passphrase or key file is not that" "a wrong passphrase" \
		"$A" admin --config pass.conf export a
	told 2 "the passphrase or key file is not that" \
		"no server begins with it" \
		"$A" serve --config pass.conf --port 0
	told 1 "there is one already" "a repository is made once" \
		"$A" admin --config pass.conf init
	echo "correct horse" >pass
	for mode in 644 640 660 602 610; do
		chmod $mode pass
		told 2 "pass: is open to others" "a passphrase of mode $mode" \
			"$A" admin --config pass.conf export a
	done
	is "that is told in one sentence" "$(wc -l <err)" 1
	told 2 "pass: is open to others" "no server begins with it" \
		within 5 "$A" serve --config pass.conf --port 0
	sed 's/pass.db/pass2.db/' pass.conf >pass2.conf
	told 2 "pass: is open to others" "no repository is made" \
		"$A" admin --config pass2.conf init
	chmod 400 pass
	check "of its owner alone it is one" \
		"$A" admin --config pass.conf export a
	chmod 600 pass
	for text in '' '\n' '\r\n' '\nsecond line\n'; do
		# shellcheck disable=SC2059 # it is a format
		printf "$text" >pass
		for words in "pass2.conf init" "pass.conf export a"; do
			# shellcheck disable=SC2086 # words
			told 2 "pass: the first line is empty" \
				"an empty passphrase '$text': $words" \
				"$A" admin --config $words
		done
	done
	told 2 "/dev/null: the first line is empty" "no passphrase" \
		"$A" admin --config pass2.conf --pass-file /dev/null init
	head -c 1025 /dev/zero | tr '\0' a >pass
	told 2 "pass: is longer than 1024 bytes" "a passphrase too long" \
		"$A" admin --config pass2.conf init
	head -c 1024 /dev/zero | tr '\0' a >pass
	echo >>pass
	check "the longest one" "$A" admin --config pass2.conf \
		--iterations 1000 init
	check "serves" "$A" admin --config pass2.conf add access a
	printf 'half\0a line\n' >pass
	told 2 "pass: the first line is no text" "a zero in it" \
		"$A" admin --config pass.conf export a
	rm pass
	told 2 "pass: No such file" "no passphrase file" \
		"$A" admin --config pass.conf export a
}

# ---- the log -------------------------------------------------------------

# broken TITLE LINE SED-SCRIPT: a log that was changed so is found out there
broken() {
	sed "$3" audit.log >changed.log
	if cmp -s audit.log changed.log; then
		fail "$1: nothing was changed"
	fi
	"$A" audit verify changed.log >out 2>err
	is "$1" "$? $(sed 's/:[^:]*$//' out)" "1 changed.log:$2"
}

test_log() {
	verified "the log is whole"
	broken "a word" 5 '5s/ from=/ form=/'
	broken "a time" 5 '5s/T../T99/'
	broken "a digit of a hash" 5 '5s/....$/0000/'
	broken "a line that was taken out" 5 5d
	broken "a line that was doubled" 6 5p
	broken "lines in another order" 5 '5{h;d;};6G'
	broken "a line that was put in" 5 '5i\
5 2026-01-01T00:00:00Z nothing'
	broken "another beginning" 1 1d
	told 2 "No such file" "no log" "$A" audit verify no.log
	told 2 "usage" "no file" "$A" audit verify
	: >no.1
	printf 'a\nb\n' >no.2
	head -c 30 audit.log >no.3 # of its first line
	for none in ca.key block no.1 no.2 no.3; do
		told 2 "$none: is no log" "$none is none" \
			"$A" audit verify $none
		told 2 "$none: is no log" "nor behind one" \
			"$A" audit verify audit.log $none
	done
	# what a crash leaves: half a line, a line but its end
	for cut in 1 40 90; do
		cp audit.log kept.log
		size=$(wc -c <audit.log)
		head -c $((size - cut)) kept.log >audit.log
		"$A" audit verify audit.log >out
		is "a log cut by $cut is one, and it can be seen" "$?" 3
		check "after $cut less: where is told" \
			grep -q "^audit.log:.* was cut" out
		check "after $cut less: the chain is" \
			grep -q "lines, the last is number" out
		check "after $cut less: another line" admin add group "cut$cut"
		verified "after $cut less: the chain goes on"
		if [ $cut -gt 1 ]; then
			logged "after $cut less: it is told" ' cut octets='
			# and that the rest of it cannot be changed either
			line=$(grep -n ' cut octets=' audit.log | tail -n 1 |
				cut -d : -f 1)
			broken "after $cut less: what was cut is kept" \
				$((line - 1)) "$((line - 1))s/^./x/"
		fi
		check "the group is deleted" admin delete group "cut$cut"
	done
	printf 'half\0a line' >>audit.log
	check "zeros at the end" admin add group zeros
	check "and then half a line more" sh -c 'printf "7 20" >>audit.log'
	check "which is passed over, too" admin delete group zeros
	verified "the chain goes on"
	# two at once
	for n in 1 2 3 4 5 6; do
		admin add group "many$n" &
	done
	wait
	is "six at a time have all been done" \
		"$(admin list group | grep -c many)" 6
	verified "the chain of six at a time"
	# and while a server writes
	begin --rate 1000000 || return
	ask --alias alice --times 400 block >got 2>err &
	asking=$!
	for n in 1 2 3 4 5 6; do
		admin delete group "many$n"
	done
	wait $asking
	end
	verified "the chain of two writers"
}

# The file is moved away; who begins the next one is another each time.
test_rotation() {
	begin || return
	released "before" --alias alice --own alice.key block
	mv audit.log old.1
	released "the old one is written to until there is a new one" \
		--alias alice --own alice.key block
	refuse "which is not there" test -e audit.log
	check "a change begins it" admin add group rotated
	check "and it goes on" "$A" audit verify old.1 audit.log
	before=$(wc -l <old.1)
	released "then the server has it, too" --alias alice --own alice.key \
		block
	is "and not the old one" "$(wc -l <old.1)" "$before"
	kill -HUP "$server"
	sleep 0.5
	released "with or without SIGHUP" --alias alice --own alice.key block
	check "they are one chain" "$A" audit verify old.1 audit.log
	mv audit.log old.2
	: >audit.log # as logrotate makes it
	check "a change finds an empty file" admin delete group rotated
	released "so does the server" --alias alice --own alice.key block
	mv audit.log old.3
	for n in 1 2 3 4; do
		admin add group "rotated$n" &
		ask --alias alice --own alice.key block >got$n 2>&1 &
		eval "asked$n=$!"
	done
	# shellcheck disable=SC2154 # set by eval
	wait "$asked1" "$asked2" "$asked3" "$asked4"
	end
	wait
	check "four at once" "$A" audit verify old.1 old.2 old.3 audit.log
	mv audit.log old.4
	begin || return
	released "a server that begins goes on" --alias alice --own alice.key \
		block
	end
	rm -f audit.log.last
	check "a log of before" admin delete group rotated1
	mv audit.log old.5
	check "is gone on from, too" admin delete group rotated2
	check "six files" "$A" audit verify old.1 old.2 old.3 old.4 old.5 \
		audit.log
	for log in old.5 old.4 old.3 old.2 old.1; do
		check "$log: has one name" test -n "$(find $log -links 1)"
	done
	mv audit.log old.6
	printf '5 2026-11-30T' >audit.log # a crash in the first line
	check "a file that has only a cut line goes on" \
		admin delete group rotated3
	check "and is of the chain" "$A" audit verify old.1 old.2 old.3 old.4 \
		old.5 old.6 audit.log
	verified "and a chain by itself"
	sed 's/^5 2026/6 2026/' audit.log >changed.log
	refuse "what was cut is told of" "$A" audit verify changed.log
	refuse "and what it goes on from" "$A" audit verify old.5 audit.log
	admin delete group rotated4
}

# Without a second name a log is written, and that is told; but not a new one
# that would go on from no file where there is one before it.
test_without_second_name() {
	if ! have strace || ! strace -o trace true 2>/dev/null; then
		skip "a folder without hard links" \
			"strace is not here, or may not"
		return
	fi
	alone="env ASAN_OPTIONS=detect_leaks=0 strace -o trace"
	alone="$alone -e inject=?link,linkat:error=EPERM $A admin"
	alone="$alone --config conf --audit alone.log"
	check "a log without a second name" sh -c "$alone list group 2>err"
	check "is told of" grep -q "alone.log has no second name" err
	check "and written" "$A" audit verify alone.log
	is "has no other name" "$(find alone.log* | wc -l)" 1
	check "gets it where it can" admin --audit alone.log list group
	is "and then has it" "$(find alone.log* | wc -l)" 2
	mv alone.log alone.old
	refuse "a new one that cannot have it" sh -c \
		"$alone add group lonely 2>err"
	refuse "is not written" test -s alone.log
	refuse "and nothing has happened" admin delete group lonely
	check "with it all goes on" admin --audit alone.log list group
	check "from the old one" "$A" audit verify alone.old alone.log
}

# A new log is not lost with its name: behind the last of its names there is a
# wait for the folder.
test_names_on_disk() {
	if ! have strace || ! strace -o trace true 2>/dev/null; then
		skip "a new log on the disk" "strace is not here, or may not"
		return
	fi
	mkdir logs
	for log in logs/new.log new.log "$PWD/logs/other.log"; do
		# a sanitizer does not look for leaks under strace
		check "$log is made" env ASAN_OPTIONS=detect_leaks=0 \
			strace -y -o trace "$A" admin \
			--config conf --audit "$log" list group
		folder=$PWD
		[ "$log" = new.log ] || folder=$PWD/logs
		check "$log: its folder is on the disk" sh -c \
			"sed '1,/^rename.*\.last\"/d' trace |
				grep -q '^fsync([0-9]*<$folder>) *= 0'"
	done
}

# ---- crashes -------------------------------------------------------------

# below N: a number below it
below() {
	od -An -N4 -tu4 /dev/urandom | awk -v n="$1" '{ print $1 % n }'
}

# Killed at any moment, a change has been made or has not, and the log says
# that it was announced.
test_kills() {
	if ! have timeout; then
		skip "kills during administration" "no timeout is here"
		return
	fi
	made=0
	lost=0
	wrong=0
	n=0
	window=40 # ms; longer and shorter, until half of them are made
	while [ $n -lt 60 ]; do
		n=$((n + 1))
		ms=$(below $window)
		timeout -s KILL "$((ms / 1000)).$(printf %03d $((ms % 1000)))" \
			"$A" admin --config conf add group "crash$n" >out 2>&1
		status=$?
		if admin list group >out 2>err && grep -q "\"crash$n\"" out
		then
			made=$((made + 1))
			window=$((window * 4 / 5 + 2))
			grep -q "changing .*group=\"crash$n\"" audit.log ||
				wrong=$((wrong + 1))
		else
			lost=$((lost + 1))
			window=$((window * 5 / 4 + 2))
			[ $status -ne 0 ] || wrong=$((wrong + 1))
		fi
		[ ! -s err ] || wrong=$((wrong + 1))
		"$A" audit verify audit.log >out || wrong=$((wrong + 1))
	done
	is "none of $n kills left something half done" $wrong 0
	check "some changes were made ($made), some not ($lost)" \
		test $made -gt 0 -a $lost -gt 0
	# one that is killed later is finished by the next
	admin list group | sed -n 's/.*"\(crash[0-9]*\)"/\1/p' >crashed
	while read -r group; do
		admin delete group "$group" || wrong=$((wrong + 1))
	done <crashed
	is "all of them can be deleted" $wrong 0
	is "and are gone" "$(admin list group | grep -c crash)" 0
	verified "the chain of the log"
}

# A server that is killed: no key has left that is not in the log.
test_killed_server() {
	n=0
	wrong=0
	got=0
	while [ $n -lt 6 ]; do
		n=$((n + 1))
		begin --rate 1000000 || return
		ask --alias alice --own alice.key --times 200 block \
			>got 2>err &
		asking=$!
		sleep "0.$(below 4)$(below 10)"
		kill -KILL "$server"
		wait "$server" 2>/dev/null
		wait $asking
		got=$((got + $(wc -l <got)))
		"$A" audit verify audit.log >out
		case $? in
		0 | 3) ;; # the last line may have been cut
		*) wrong=$((wrong + 1)) ;;
		esac
	done
	is "the chain is whole after $n kills" $wrong 0
	begin || return
	released "and the next one serves" --alias alice --own alice.key block
	end
	check "keys had left ($got), all of them in the log" \
		test $got -gt 0 -a "$(grep -c ' released ' audit.log)" -ge $got
}

# No room: nothing is released, nothing changed, and nothing lost.
test_full_disk() {
	cp -p audit.log audit.before
	# no file may grow beyond what the log has now, and a little
	blocks=$((($(wc -c <audit.log) + 511) / 512))
	(
		trap '' XFSZ
		ulimit -f $blocks
		exec "$A" serve --config conf --port 0 >served.full 2>full.err
	) &
	server=$!
	sleep 1
	port=$(sed -n 's/^listening on .* port \([0-9]*\).*/\1/p' served.full)
	for n in 1 2 3; do
		ask --alias alice --own alice.key block >got 2>err ||
			break
	done
	kept "a full disk: nothing is released" --alias alice --own alice.key \
		block
	check "and why is told" grep -q "audit.log: " full.err
	kept "nor later" --alias alice --own alice.key block
	end
	is "the server ends well" $? 0
	verified "the chain of the log"
	refuse "the log has not grown beyond it" \
		test "$(wc -c <audit.log)" -gt $((blocks * 512))
	begin || return
	released "with room again it is" --alias alice --own alice.key block
	end
	cp agent.db db.before
	(
		trap '' XFSZ
		ulimit -f 1
		"$A" admin --config conf add group full >out 2>full.err
	)
	is "no change either" $? 1
	check "because of the log" grep -q "the audit log did not take" full.err
	check "the database is as it was" cmp agent.db db.before
	# room for the log, none for the database
	mv audit.log audit.kept
	(
		trap '' XFSZ
		ulimit -f 8
		"$A" admin --config conf add group full >out 2>full.err
		echo $? >full.status
	)
	is "no room in the database" "$(cat full.status)" 2
	logged "is in the log" ' unchanged .*group="full" reason='
	verified "whose chain is whole"
	mv audit.kept audit.log
	refuse "nothing was added" sh -c "'$A' admin --config conf list group |
		grep -q full"
	check "with room again it is" admin add group full
	check "and deleted" admin delete group full
	verified "the chain of the log"
}

# Pages of the database are overwritten.
test_damaged() {
	cp agent.db db.before
	begin || return
	released "before the damage" --alias alice --own alice.key block
	dd if=/dev/urandom of=agent.db bs=4096 conv=notrunc \
		count=$(($(wc -c <agent.db) / 4096)) 2>dd.log
	kept "a damaged database" --alias alice --own alice.key block
	logged "the reason is in the log" ' refused .*database is damaged'
	told 2 "the database is damaged" "no server begins with it" \
		"$A" serve --config conf --port 0
	head -c 4096 db.before |
		dd of=agent.db bs=4096 conv=notrunc 2>dd.log
	told 2 "the database is damaged" "nor where its first page is good" \
		"$A" serve --config conf --port 0
	told 2 "the database is damaged" "no change is made" \
		admin add group damaged
	cat db.before >agent.db
	released "the backup is put back" --alias alice --own alice.key block
	end
	head -c 5000 db.before >agent.db
	told 2 "the database is damaged" "half a database" \
		admin list
	: >agent.db
	told 2 "has not been made" "an empty one" admin list
	cp db.before agent.db
	check "the backup is one" admin list
}

# ---- help ----------------------------------------------------------------

# The help of both and the man page name every option.
test_help() {
	manual=$root/examples/agent/seamkey-agent.8
	sed -n 's/^	{ "\([a-z0-9-]*\)", .*/\1/p' \
		"$root/examples/agent/options.c" >known
	check "options are found" test "$(wc -l <known)" -gt 30
	check "serve --help" sh -c "'$A' serve --help >help"
	check "admin --help" sh -c "'$A' admin --help >>help"
	while read -r option; do
		check "--help names --$option" grep -q "^  --$option " help
		check "the man page names --$option" \
			grep -q "Fl Fl $option\\>" "$manual"
	done <known
	for verb in init add replace retire delete list export approve; do
		check "the man page names $verb" \
			grep -q "^\.It Cm $verb" "$manual"
	done
	while IFS=: read -r command text; do
		# shellcheck disable=SC2086 # words, or none
		told 2 "seamkey-agent: $text" "usage: $command" "$A" $command
	done <<-END
		:say what to do
		serve 1:1: no such option
		audit:audit verify is all
		audit verify:audit verify needs
		paint:paint: there is no such command
		help:help: there is no such command
		--colour:--colour: there is no such command
	END
	for command in -h --help "audit -h" "audit verify --help"; do
		# shellcheck disable=SC2086 # words
		"$A" $command >out 2>err
		is "help: $command" $? 0
		check "which is the usage" grep -q "^usage: seamkey-agent" out
		is "and nothing else" "$(wc -c <err)" 0
	done
	for command in serve admin; do
		check "$command -h" "$A" $command -h
	done
	is "the version" "$("$A" --version)" "seamkey-agent $(sed -n \
		's/^#define SEAMKEY_VERSION_M[A-Z]* //p
		s/^#define SEAMKEY_VERSION_P[A-Z]* //p' \
		"$root/seamkey_base.h" | paste -s -d . -)"
	is "values behind =" "$("$A" admin --db=sqlite:agent.db \
		--audit=audit.log --key-file=wrap.key list group)" \
		"$(admin list group)"
	is "settings, too" "$("$A" admin --config=conf list group)" \
		"$(admin list group)"
	told 2 "--yes=1: has no value" "what has none" admin --yes=1 list
	told 2 "--dbx=1: no such option" "another name" admin --dbx=1 list
	told 2 "--d=1: no such option" "half a name" admin --d=1 list
	told 2 "no such value" "a place behind =" "$A" serve --config conf \
		--place=10.0.0.0/33=x
	told 2 "no such value" "nothing behind =" admin --bits= list
	told 2 "tls-key and clients come together" "half of TLS" \
		"$A" serve --config conf --tls-cert server.crt
	told 2 "not both" "two ways to wrap" "$A" serve --config conf \
		--pass-file pass
	told 2 "no such value" "no number" "$A" serve --config conf --port x
	told 2 "no such value" "no place" "$A" serve --config conf \
		--place 10.0.0.0/33=x
	told 2 "no address" "no address" "$A" serve --config conf \
		--listen somewhere
}

test_release
test_help
test_tls
test_certificates
test_approvals
test_signals
test_limits
test_rubbish
test_admin
test_wrapped
test_key_file
test_damaged_keys
test_passphrase
test_log
test_rotation
test_without_second_name
test_names_on_disk
test_kills
test_killed_server
test_full_disk
test_damaged
summary agent
