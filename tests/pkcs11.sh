#!/bin/sh
# pkcs11.sh - a key in a PKCS #11 token signs and decrypts: SoftHSM2, OpenSSL
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/pkcs11.sh
#
# First build/token, the engine of examples/pkcs11 by itself; then the program
# build/pkcs11 with keys that were made in the token, its results looked at
# with openssl. tests/agent_token.sh has the release of such a key.
#
# Environment: O as for report.sh; TOKEN_MODULE as for token_tools.sh. The
# tokens are files in a folder of their own.
# shellcheck disable=SC2317 # functions called by name
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh
# shellcheck source=tests/token_tools.sh
. tests/token_tools.sh
exec </dev/null
umask 022
LC_ALL=C
export LC_ALL

name="private keys in a PKCS #11 token"
case $O in
/*) there=$O ;;
*) there=$PWD/$O ;;
esac
scratch pkcs11-work
here=$(cd "$work" && pwd)
if ! soft_token "$here"; then
	skip "$name" "$why"
	summary pkcs11
fi
for label in seamkey other; do
	check "$name: a token is made" make_token $label 1234
done
cd "$work" || exit 1

# ---- the engine by itself ------------------------------------------------

timeout -k 5 120 "$there/token" >log 2>&1
status=$?
line=$(grep -E '^token: [0-9]+ passed, [0-9]+ failed$' log | tail -n 1)
if [ $status -ne 0 ] || [ -z "$line" ]; then
	fail "$name: build/token ended with status $status" "$(cat log)"
else
	# its tests count as those of this script
	line=${line#token: }
	passed=$((passed + ${line%% *}))
fi
if ! have openssl; then
	skip "the program" "openssl is not here (make deps)"
	summary pkcs11
fi

# ---- helpers -------------------------------------------------------------

# p11 ID VERB...: with the module that makes trouble, where there is any
p11() {
	id=$1
	shift
	within 30 "$there/pkcs11" -m "$there/token_layer.so" -t seamkey \
		-p "${pin:-pin}" -k "$id" "$@"
}

# told STATUS TEXT TITLE COMMAND...: it ends so, says this on stderr, and
# hands nothing out
told() {
	want=$1
	words=$2
	title=$3
	shift 3
	"$@" >out 2>err <ct
	got=$?
	if [ "$got" -eq "$want" ] && grep -qF -- "$words" err &&
		[ ! -s out ]; then
		pass "$title"
	else
		fail "$title" "status $got, not $want, and not \"$words\", or \
with a result: $(cat err)"
	fi
}

# encrypt FILE ID OPTION...: openssl, to the public half of a key
encrypt() {
	file=$1
	id=$2
	shift 2
	openssl pkeyutl -encrypt -pubin -inkey "$id.pub" -in "$file" "$@"
}

# gives FILE TITLE COMMAND...: with ct as its input, what is in the file
gives() {
	want=$1
	title=$2
	shift 2
	if "$@" <ct >out 2>err && cmp -s "$want" out; then
		pass "$title"
	else
		fail "$title" "$(cat err)"
	fi
}

# ---- keys that are made there --------------------------------------------

test_make() {
	check "a key to sign with" p11 01 make sign
	check "a key to decrypt with" p11 02 make decrypt
	told 1 "a key with this CKA_ID already" "none in its place" \
		p11 01 make sign
	for id in 01 02; do
		p11 "$id" public >"$id.der" 2>err
		check "$id: openssl reads the public half" openssl pkey \
			-pubin -inform DER -in "$id.der" -out "$id.pub"
	done
	refuse "they are two" cmp 01.der 02.der
}

test_sign() {
	head -c 100000 /dev/urandom >message
	p11 01 sign <message >sig 2>err
	is "a signature" "$? $(cat err)" "0 "
	check "openssl verifies it" openssl dgst -sha256 -verify 01.pub \
		-signature sig message
	echo >>message
	refuse "and not of another message" openssl dgst -sha256 \
		-verify 01.pub -signature sig message
	# one that openssl has, too: there is one signature only
	openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 \
		-out both.key 2>log
	check "a key of openssl's" import both.key 03 both 1234
	p11 03 sign <message >sig 2>err
	check "openssl signs" openssl dgst -sha256 -sign both.key -out want \
		message
	check "which is the same signature" cmp sig want
}

test_decrypt() {
	head -c 32 /dev/urandom >secret
	head -c 32 /dev/urandom >other
	head -c 32 /dev/urandom >key
	encrypt key 02 >ct
	gives key "what openssl encrypted" p11 02 decrypt secret
	# another ciphertext is another key, and no error
	head -c 16 /dev/urandom >short
	encrypt short 02 >ct
	p11 02 decrypt secret <ct >bad 2>err
	is "a message of 16 bytes" "$? $(wc -c <bad | tr -d ' ')" "0 32"
	gives bad "gives the same 32 each time" p11 02 decrypt secret
	p11 02 decrypt other <ct >bad2
	refuse "and others with another secret" cmp bad bad2
	encrypt key 02 -pkeyopt rsa_padding_mode:oaep \
		-pkeyopt rsa_oaep_md:sha256 >ct
	gives key "OAEP, of which the token knows nothing" p11 02 oaep secret
}

# ---- what is refused -----------------------------------------------------

test_refused() {
	encrypt key 01 >ct
	told 1 "nothing here can do this" "the other key does not decrypt" \
		p11 01 decrypt secret
	told 1 "no such key" "no such key" p11 04 sign
	told 2 "has not 32 bytes" "a short secret" p11 02 decrypt short
	told 2 "is no CKA_ID" "half an octet" p11 012 sign
	told 2 "usage" "no verb" p11 01
	told 2 "usage" "another verb" p11 01 read
	told 2 "usage" "a key for everything" p11 05 make both
	echo 4321 >wrong.pin
	pin=wrong.pin
	told 1 "seamkey: the token has refused the PIN" "a wrong PIN" \
		p11 01 sign
	pin=
	told 1 "cannot be used" "no module" within 30 \
		"$there/pkcs11" -m ./none.so -k 01 sign
}

# A token that was disturbed: one such signature can give the key away.
test_disturbed() {
	encrypt key 02 >ct
	touch trouble/wrong
	told 1 "a wrong result" "a signature with a wrong bit" p11 01 sign
	told 1 "a wrong result" "one of a key that decrypts" p11 02 sign
	told 1 "a wrong result" "a wrong block" p11 02 decrypt secret
	told 1 "a wrong result" "the same of OAEP" p11 02 oaep secret
	rm trouble/wrong
	gives key "and all is well again" p11 02 decrypt secret
}

echo 1234 >pin
: >ct
test_make
test_sign
test_decrypt
test_refused
test_disturbed
summary pkcs11
