#!/bin/sh
# demo.sh - keys that OpenSSL made, used straight from their DER
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# What "make demo" runs. Everything happens in a scratch folder with the files
# that OpenSSL and the seamkey command leave there; each result of the one is
# checked by the other. Lines with $ are what you would type, where seamkey
# and link are those of the build folder. The message is this project's
# licence.
#
# Environment: SEAMKEY, the command; O, the build folder.
set -u
cd "$(dirname "$0")/.." || exit 1
: "${O:=build}"
: "${SEAMKEY:=$O/seamkey}"
case $SEAMKEY in
/*) ;;
*) SEAMKEY=$PWD/$SEAMKEY ;;
esac
case $O in
/*) LINK=$O/link ;;
*) LINK=$PWD/$O/link ;;
esac

case $O in
/*) ;;
*) O=$PWD/$O ;;
esac
root=$PWD

passed=0
failed=0
rm -rf "$O/demo"
mkdir -p "$O/demo" && cp LICENSE "$O/demo/message.txt" &&
	cd "$O/demo" || exit 1

seamkey() {
	"$SEAMKEY" "$@"
}

say() {
	printf '\n# %s\n' "$*"
}

# Show a command as it would be typed, and run it.
type_it() {
	printf '$'
	for word; do
		case $word in
		*[!A-Za-z0-9_./:=,@%+-]*) printf " '%s'" "$word" ;;
		*) printf ' %s' "$word" ;;
		esac
	done
	echo
	"$@"
}

link() {
	"$LINK" "$@"
}

count() {
	if [ "$1" -eq 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED"
	fi
}

# The command has to do what it should; has to refuse.
does() {
	type_it "$@"
	count $?
}

refuses() {
	type_it "$@" 2>&1
	[ $? -eq 1 ]
	count $?
}

# Steps on the way: a failure shows in what follows.
step() {
	type_it "$@" 2>openssl.log || cat openssl.log
}

echo "# seamkey, seamkey-agent and link are programs of the folder $O"
say "OpenSSL makes a key: PrivateKeyInfo and SubjectPublicKeyInfo, in DER"
step openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key.pem
step openssl pkcs8 -topk8 -nocrypt -in key.pem -outform DER -out private.der
step openssl pkey -in key.pem -pubout -outform DER -out public.der
does seamkey show public.der

say "seamkey signs, OpenSSL verifies"
step seamkey sign --key private.der --out message.sig message.txt
does openssl dgst -sha256 -verify public.der -keyform DER \
	-signature message.sig message.txt

say "OpenSSL signs, seamkey verifies"
step openssl dgst -sha512 -sign private.der -keyform DER \
	-out openssl.sig message.txt
does seamkey verify --key public.der --hash sha512 --signature openssl.sig \
	message.txt

say "One bit of the signature is changed"
{
	head -c 100 message.sig
	dd if=message.sig bs=1 skip=100 count=1 2>/dev/null |
		LC_ALL=C tr '\000-\177\200-\377' '\200-\377\000-\177'
	tail -c +102 message.sig
} >tampered.sig
refuses seamkey verify --key public.der --signature tampered.sig message.txt

say "seamkey encrypts a session key, OpenSSL decrypts it"
step openssl rand -out session.key 32
step seamkey encrypt --key public.der --out session.rsa session.key
step openssl pkeyutl -decrypt -inkey private.der -keyform DER \
	-in session.rsa -out session.got
does cmp session.key session.got

say "OpenSSL encrypts it, seamkey decrypts it"
step openssl pkeyutl -encrypt -pubin -inkey public.der -keyform DER \
	-in session.key -out openssl.rsa
step seamkey decrypt --key private.der --length 32 --out seamkey.got \
	openssl.rsa
does cmp session.key seamkey.got

say "A forged ciphertext gives another key, and no error to learn from"
cp tampered.sig forged.rsa
step seamkey decrypt --key private.der --length 32 --out forged.got forged.rsa
refuses cmp session.key forged.got

say "The same key under a passphrase, and as a certificate"
echo "correct horse" >pass.txt
step openssl pkcs8 -topk8 -v2 aes-256-cbc -in key.pem -passout file:pass.txt \
	-out locked.pem
step openssl req -x509 -key key.pem -subj /CN=demo -days 30 -out cert.pem
step seamkey sign --key locked.pem --pass-file pass.txt --out locked.sig \
	message.txt
does seamkey verify --key cert.pem --signature locked.sig message.txt

say "A key that seamkey made, in the eyes of OpenSSL"
step seamkey keygen --bits 3072 --out new.pem
does openssl pkey -in new.pem -check -noout

say "A message sealed for two access identifiers; OpenSSL opens it, too"
for name in legal research alice mallory; do
	openssl req -x509 -newkey rsa:2048 -nodes -keyout $name.pem \
		-subj /O=Acme/CN=$name -days 30 -out $name.crt 2>openssl.log
done
step seamkey seal --to legal.crt --to research.crt --out block.cms message.txt
step openssl cms -decrypt -binary -inform DER -in block.cms \
	-inkey legal.pem -out opened.txt
does cmp message.txt opened.txt

# agent does|refuses RULE NAME: the agent, offline; the rule of the legal
# team's key is this one, and the request that of NAME
agent() {
	"$1" seamkey release --key legal=legal.pem --rule "legal=$2" \
		--decryptor CN=alice,O=Acme=alice.crt \
		--decryptor CN=mallory,O=Acme=mallory.crt \
		--member legal=CN=alice,O=Acme --out "$3.ans" "$3.req"
}

say "Alice asks the agent for its key, and Mallory does"
step seamkey request --as CN=alice,O=Acme --out alice.req block.cms
step seamkey request --as CN=mallory,O=Acme --out mallory.req block.cms
agent does 'group("legal")' alice
step seamkey open --key alice.pem --request alice.req --answer alice.ans \
	--out released.txt block.cms
does cmp message.txt released.txt
agent refuses 'group("legal")' mallory

say "The rule changes, the block does not: Alice is too late"
agent refuses 'all(group("legal"), clearance(2))' alice

say "16 devices at 1 ms, two 0-RTT rekeys a second and an n-RTT one every two"
does link --followers 16 --cycle 1 --dmax 100 --seconds 5 --loss 2 \
	--duplicate 2 --reorder 5 --0rtt 0.5 --nrtt 2

if [ -x "$O/seamkey-agent" ]; then
	sh "$root/examples/agent/demo.sh"
	count $?
else
	echo "skip: the release agent: build/seamkey-agent is not here"
fi

printf '\nThe files are in %s.\n' "$O/demo"
echo "demo: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
