#!/bin/sh
# agent_token.sh - private keys in a PKCS #11 token: SoftHSM2
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/agent_token.sh
#
# seamkey-agent with keys that are in a token and nowhere else, over a module
# that makes trouble (token_layer.c). tests/pkcs11.sh has the engine by itself.
#
# Environment: O as for report.sh; TOKEN_MODULE as for token_tools.sh. The
# tokens are files in a folder of their own. Servers listen on 127.0.0.1, and
# are ended by their process id.
# shellcheck disable=SC2119,SC2317 # functions called by name
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh
# shellcheck source=tests/agent_tools.sh
. tests/agent_tools.sh
# shellcheck source=tests/token_tools.sh
. tests/token_tools.sh
exec </dev/null
umask 022
LC_ALL=C
export LC_ALL

name="an agent with a PKCS #11 token"
case $O in
/*) there=$O ;;
*) there=$PWD/$O ;;
esac
A=$there/seamkey-agent client=$there/agent_client
scratch agent-token
here=$(cd "$work" && pwd)

if [ ! -x "$O/pkcs11" ]; then
	if [ -x "$A" ] && have timeout; then
		cd "$work" || exit 1
		(umask 077 && head -c 32 /dev/urandom >"$here/key")
		set -- --db "sqlite:$here/none.db" --audit "$here/log" \
			--key-file "$here/key"
		check "an agent that has no tokens" "$A" admin "$@" init
		told 2 "none.so: this program was built without PKCS #11" \
			"a token all the same" timeout 20 "$A" serve "$@" \
			--port 0 --module none.so
	fi
fi
if ! soft_token "$here"; then
	skip "$name" "$why"
	summary agent_token
fi
for label in seamkey other; do
	check "$name: a token is made" make_token $label 1234
done
if [ ! -x "$A" ] || [ ! -x "$client" ] || ! have openssl; then
	skip "the agent with a token" "seamkey-agent or openssl is not here"
	summary agent_token
fi
cd "$work" || exit 1

# ---- helpers -------------------------------------------------------------

# released TITLE BLOCK: Alice gets it
released() {
	got=$(ask --alias alice --own alice.key "$2" 2>err)
	is "$1" "$? $got" "0 $(cat message)"
}

# kept TITLE BLOCK [REASON]: she does not, for that reason in the log alone
kept() {
	got=$(ask --alias alice --own alice.key "$2" 2>err)
	is "$1" "$? $got" "1 not released"
	[ -z "${3:-}" ] || check "$1: the log says why" \
		sh -c "tail -n 1 audit.log | grep -qF '$3'"
}

# again TEXT: SIGHUP, and that is what the server says of it
again() {
	: >serve.err
	kill -HUP "$server"
	for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		! grep -q "read again\|stay as they" serve.err || break
		sleep 0.1
	done
	check "SIGHUP, look $try: $1" grep -qF "$1" serve.err
}

tried() {
	wc -l <trouble/logins
}

# ---- an office -----------------------------------------------------------

make_keys() {
	openssl req -x509 -newkey rsa:2048 -nodes -keyout alice.key \
		-subj /CN=alice -days 30 -out alice.crt
	for key in legal lost; do
		openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 \
			-out $key.key
	done
}

make_office() {
	admin init &&
		for access in legal lost soft made; do
			admin add access "$access" || return
		done &&
		admin add group staff &&
		admin add decryptor CN=alice alice --key alice.crt &&
		admin add decryptor CN=mallory mallory --key alice.crt &&
		admin add member staff CN=alice &&
		admin add rule staff 'group("staff")' &&
		for access in legal lost soft made; do
			admin add binding "$access" staff || return
		done
}

(umask 077 && head -c 32 /dev/urandom >wrap.key)
echo "for the legal team" >message
make_keys 2>log || fail "openssl makes keys" "$(cat log)"
cat >conf <<END
db sqlite:agent.db
audit audit.log
key-file wrap.key
module $there/token_layer.so
token seamkey
pin-file pin
END
echo 1234 >pin
chmod 600 pin
check "the office is set up" make_office
check "a key is made in the token" "$there/pkcs11" -m "$TOKEN_MODULE" \
	-t seamkey -p pin -k 6c06 make decrypt
check "a key in the token" import legal.key 6c01 legal-key 1234
check "two with one name" import legal.key 6c04 twice 1234
check "which is the name of both" import lost.key 6c05 twice 1234
touch before
check "another one" import lost.key 6c02 lost-key 1234

# ---- administration ------------------------------------------------------

test_admin() {
	: >trouble/logins
	check "a list needs no token" admin list
	is "and no PIN" "$(tried)" 0
	check "a key is added by its CKA_ID" \
		admin add key legal 6c6567 --object-id 6c01
	check "and one by its label" \
		admin add key lost 6c6f73 --object-label lost-key
	check "and one that was never elsewhere" \
		admin add key made 6d6164 --object-id 6c06
	check "and one that is no token's" admin add key soft 736f66
	is "which is seen" "$(admin list key | sort)" \
		'key "legal" 6c6567 current in-token=6c01
key "lost" 6c6f73 current in-token=6c02
key "made" 6d6164 current in-token=6c06
key "soft" 736f66 current'
	check "and is in the log" \
		grep -q ' changed .*add key="legal" .* in-token=6c01 ' audit.log
	for key in legal lost soft made; do
		check "$key: the public half" \
			admin export $key --out $key.pub
	done
	openssl pkey -in legal.key -pubout -out want.pub
	check "is that of the key" cmp legal.pub want.pub
	check "a second one, called as certificates do" \
		admin add key legal --object-label legal-key
	id=$(openssl pkey -in legal.key -pubout -outform DER | tail -c 270 |
		openssl sha1 | sed 's/.* //')
	told 1 "stays in its token" "it is not deleted unasked" \
		admin delete key legal "$id"
	check "but by its name" admin delete --yes key legal "$id"
	told 1 "no such key" "no such CKA_ID" \
		admin add key legal --object-id 6c03
	told 1 "no such key" "no such label" \
		admin add key legal --object-label no-key
	told 1 "or more than one" "a label of two keys" \
		admin add key legal --object-label twice
	told 1 "is not hexadecimal" "no CKA_ID" \
		admin add key legal --object-id key
	: >trouble/forbid
	told 1 "" "a key that may not decrypt" \
		admin add key legal ff --object-id 6c01
	rm trouble/forbid
	is "is not added" "$(admin list key | grep -c ' ff ')" 0
	told 2 "one of them" "a file and a token" \
		admin add key legal --object-id 6c01 --import legal.key
	told 2 "is needed for what is in a token" "no module" \
		"$A" admin --db sqlite:agent.db --audit audit.log \
		--key-file wrap.key add key legal --object-id 6c01
	for key in legal lost soft made; do
		check "$key: a block" "$client" seal $key.pub \
			"$(printf %.3s $key | od -An -tx1 | tr -d ' ')" \
			$key.block message
	done
	# from here on the token alone has them
	mkdir away
	mv legal.key lost.key away
}

# ---- the beginning -------------------------------------------------------

# What is wrong ends the server before it listens.
test_begin() {
	serve="timeout -s KILL 20 $A serve --config conf --port 0"
	: >trouble/logins
	echo 4321 >pin
	# shellcheck disable=SC2086 # words
	told 2 "seamkey: the token has refused the PIN" "a wrong PIN" $serve
	is "is tried once" "$(cat trouble/logins)" "4321 0xa0"
	echo 1234 >pin
	for mode in 644 640 660 602; do
		chmod $mode pin
		# shellcheck disable=SC2086 # words
		told 2 "pin: is open to others" "a PIN file of mode $mode" \
			$serve
	done
	chmod 600 pin
	# one that is there for certain
	library=$(ldd "$A" | sed -n 's/.* \(\/[^ ]*libc\.so[^ ]*\).*/\1/p')
	: >empty
	head -c 300 /dev/zero | tr '\0' 7 >long
	chmod 600 empty long
	# shellcheck disable=SC2086 # words
	{
		told 2 "empty: the first line is empty" "no PIN" $serve \
			--pin-file empty
		told 2 "long: is longer than" "a long PIN" $serve \
			--pin-file long
		told 2 "none: No such file" "no PIN file" $serve \
			--pin-file none
		told 2 "none: the token is not there" "no such token" $serve \
			--token none
		told 2 "the token is not there" "a label that is too long" \
			$serve --token 123456789012345678901234567890123
		told 2 "cannot be used" "no module" $serve --module ./none.so
		told 2 "cannot be used" "a library that is none" $serve \
			--module "$library"
	}
	is "no other PIN was tried" "$(tried)" 1
}

# ---- releases ------------------------------------------------------------

test_release() {
	: >trouble/logins
	begin || return
	released "a key that is only in the token" legal.block
	released "and another one" lost.block
	released "and one that was made there" made.block
	released "and one of the repository" soft.block
	got=$(ask --alias mallory legal.block)
	is "a stranger gets none" "$? $got" "1 not released"
	is "the PIN was needed once" "$(cat trouble/logins)" "1234 0x0"
	# the session is closed by others
	: >trouble/close
	released "sessions that are closed are opened again" legal.block
	refuse "and had been closed" test -e trouble/close
	is "with the PIN" "$(tried)" 2
	: >trouble/forbid
	kept "a key that may no longer decrypt" legal.block
	rm trouble/forbid
	released "and may again" legal.block
	: >trouble/wrong
	kept "a token that was disturbed" legal.block "a wrong result"
	rm trouble/wrong
	released "and works again" legal.block
	end
	is "the server ends well" $? 0
	# the same without a token
	sed '/^module/d; /^token/d; /^pin/d' conf >conf.none
	mv conf conf.token
	mv conf.none conf
	begin || return
	kept "without a token" legal.block "refused"
	released "the repository's are released" soft.block
	end
	mv conf.token conf
}

# The token is taken out, and put back.
test_gone() {
	begin || return
	released "the token is there" legal.block
	mv tokens tokens.away
	kept "the token is taken out" legal.block "the token is not there"
	kept "and stays out" legal.block "the token is not there"
	released "others are released meanwhile" soft.block
	again "have been read again"
	mv tokens.away tokens
	sleep 1.2
	released "the token is put back" legal.block
	# a key is deleted in it
	mkdir gone
	find tokens -name '*.object' -newer before ! -name token.object |
		tr '\n' ' ' >objects
	# shellcheck disable=SC2046 # words
	mv $(cat objects) gone
	kept "a key that the token has no more" lost.block "no such key"
	released "the other one is there" legal.block
	mv gone/* "$(dirname "$(cut -d ' ' -f 1 objects)")"
	end
	is "the server ends well" $? 0
	begin || return
	released "the key is put back" lost.block
	end
}

# Another token of this name, with another PIN.
test_pins() {
	begin || return
	released "with the PIN" legal.block
	mv tokens tokens.before
	mkdir tokens
	check "a token in its place" make_token seamkey 9999
	check "with the key in it" import away/legal.key 6c01 legal-key 9999
	: >trouble/logins
	kept "the PIN is no more good" legal.block \
		"the token has refused the PIN"
	kept "and stays so" legal.block "the token has refused the PIN"
	sleep 1.2
	kept "also later" legal.block "the token has refused the PIN"
	again "not tried again"
	is "the PIN was tried once" "$(cat trouble/logins)" "1234 0xa0"
	echo 9999 >pin
	again "have been read again"
	released "with the new PIN" legal.block
	is "which was tried once" "$(tail -n +2 trouble/logins)" "9999 0x0"
	: >trouble/logins
	again "have been read again"
	is "the same PIN is not tried again" "$(tried)" 0
	released "nor is it needed" legal.block
	echo 8888 >pin
	again "seamkey: the token has refused the PIN"
	check "so nothing is changed" grep -q "stay as they were" serve.err
	released "a wrong PIN is not taken" legal.block
	is "but the one before it" "$(cat trouble/logins)" "8888 0xa0
9999 0x0"
	test_forgotten
	echo 9999 >pin
	chmod 644 pin
	again "pin: is open to others"
	chmod 600 pin
	sed 's/^token .*/token other/' conf >conf.other
	mv conf conf.token
	mv conf.other conf
	again "change with a restart"
	mv conf.token conf
	released "and serves on" legal.block
	end
	is "the server ends well" $? 0
	check "the chain of the log" "$A" audit verify audit.log
	for pin in 1234 9999 8888; do
		refuse "PIN $pin is in no log" grep -q "[\" =]${pin}[\" ]" \
			audit.log serve.err
	done
}

# A PIN that is not taken is not kept either. The label of the token is.
test_forgotten() {
	label=$(printf seamkey | od -An -tx1 | tr -d ' \n')
	if ! have python3 || [ "$(remembers "$label" 2>err)" != held ]; then
		skip "what is left of a PIN" \
			"the memory of a process cannot be read here"
		return
	fi
	printf 'secret PIN, far too long %0300d' 0 >pin
	again "stay as they were"
	is "nothing is left of a PIN that is too long" "$(remembers \
		"$(printf 'secret PIN, far' | od -An -tx1 | tr -d ' \n')")" gone
}

test_admin
test_begin
test_release
test_gone
test_pins
summary agent_token
