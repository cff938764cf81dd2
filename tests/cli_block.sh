#!/bin/sh
# cli_block.sh - the seamkey command: encryption blocks and key release
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/cli_block.sh           SEAMKEY names the command
#
# Blocks go to openssl cms and come from it, in every form of a file; then
# a small office: legal and research have access identifiers, Alice is of
# the legal team, Mallory is of nothing. Writes to $O/cli-block alone.
# shellcheck disable=SC2016,SC2317 # $0 is for sh -c; functions called by name
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh
# shellcheck source=tests/cli_tools.sh
. tests/cli_tools.sh
exec </dev/null
umask 022
LC_ALL=C
export LC_ALL

if ! have openssl; then
	echo "skip: cli_block: the openssl command is not here (make deps)"
	exit 0
fi
scratch cli-block
work=$(absolute "$work")
S=$(absolute "${SEAMKEY:-$O/seamkey}")
cd "$work" || exit 1
TMPDIR=$work/tmp
export TMPDIR
mkdir tmp

if [ ! -x "$S" ]; then
	fail "the command is there: $S (make build/seamkey)"
	summary cli_block
fi

# key NAME SUBJECT OPTION...: NAME.key, NAME.crt, NAME.pub
key() {
	name=$1 subject=$2
	shift 2
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$name.key" \
		-out "$name.crt" -subj "$subject" -days 30 "$@" \
		2>openssl.log &&
		openssl pkey -in "$name.key" -pubout -out "$name.pub"
}

# opens NAME FILE [OPTION...]: openssl opens FILE, message is in it
opens() {
	name=$1 file=$2
	shift 2
	openssl cms -decrypt -binary -inform DER -in "$file" \
		-inkey "$name.key" -out got "$@" && cmp got message
}

# theirs FORM CIPHER [OPTION...]: openssl seals message for a: block
theirs() {
	form=$1 cipher=$2
	shift 2
	openssl cms -encrypt -binary "-$cipher" -outform "$form" -in message \
		-out block "$@" a.crt 2>openssl.log
}

# got TITLE: what was opened, to standard output, is the message
got() {
	same "$1" out message
}

# spotless TITLE: no file beside a result, no temporary file
spotless() {
	clean "$1"
	is "$1: no temporary file is left" "$(ls -A tmp)" ""
}

# ---- seal ----------------------------------------------------------------

test_seal() {
	for cipher in aes-256-gcm aes-128-gcm aes-256-cbc aes-128-cbc; do
		ok "seal, $cipher" "$S" seal --cipher $cipher --to a.crt \
			--to b.pub --out block message
		check "openssl opens it, $cipher" opens a block -recip a.crt
		check "by the other key, $cipher" opens b block
		ok "seal with OAEP, $cipher" "$S" seal --cipher $cipher \
			--oaep --to a.crt --serial --out block message
		check "openssl opens that, $cipher" opens a block -recip a.crt
	done
	is "a block is everyone's" "$(mode block)" -rw-r--r--
	ok "show" "$S" show block
	is "OAEP was used" "$(field encryption)" "RSAES-OAEP, SHA-256"
	is "it is named by its issuer" "$(field issuer)" CN=a
	is "and its serial number" "$(field serial)" "$(serial_of a)"
	ok "a serial number with its first bit set" \
		"$S" seal --serial --to odd.crt --out block message
	check "openssl finds it" opens odd block -recip odd.crt
	ok "open finds it" "$S" open --key odd.key --cert odd.crt block
	got "and opens it"
	ok "an identifier of one's own" "$S" seal --to a.crt --id 0aFF \
		--to b.crt --out block message
	ok "show prints" "$S" show block
	has "that identifier" "key id        0aff"
	has "and that of the other certificate" "key id        $(id_of b)"
	ok "open takes it" "$S" open --key a.key --id 0aff block
	got "and the message is there"
	ok "seal to PEM" "$S" seal --pem --to a.crt --out block message
	check "as openssl reads it" openssl cms -decrypt -binary -inform PEM \
		-in block -recip a.crt -inkey a.key -out got
	same "with the message in it" got message
	ok "from a pipe" sh -c \
		'cat message | "$0" seal --to a.crt --out block' "$S"
	check "openssl opens that, too" opens a block -recip a.crt
	ok "from and to a pipe" sh -c \
		'cat message | "$0" seal --to a.crt | cat >block' "$S"
	check "and that" opens a block -recip a.crt
	for size in 0 1 4095 4096 4097 12288; do
		head -c $size message >part
		ok "$size bytes" "$S" seal --pem --to a.crt --out block part
		ok "$size bytes: opened" "$S" open --key a.key \
			--cert a.crt block
		same "$size bytes: the same" out part
	done
	spotless seal
}

serial_of() {
	openssl x509 -in "$1.crt" -noout -serial | sed 's/.*=//' |
		tr 'A-F' 'a-f'
}

id_of() {
	openssl x509 -in "$1.crt" -noout -ext subjectKeyIdentifier |
		tail -n 1 | tr -d ' :' | tr 'A-F' 'a-f'
}

test_repository() {
	mkdir repository
	cp a.crt repository/first.crt
	cp b.pub repository/second.pem
	ok "seal to access identifiers" "$S" seal --repository repository \
		--access first --access=second --out block message
	check "the first opens it" opens a block -recip a.crt
	check "the second opens it" opens b block
	told 2 "third: the repository has no .crt and no .pem" "a third" \
		"$S" seal --repository repository --access third message
	told 2 "is no access identifier" "one beside the repository" \
		"$S" seal --repository repository --access ../a message
	told 2 "--access needs --repository" "no repository" \
		"$S" seal --access first message
}

test_seal_refused() {
	echo before >kept
	told 2 "--to or --access is needed" "nobody" "$S" seal message
	told 2 "not a cipher" "another cipher" \
		"$S" seal --to a.crt --cipher rot13 message
	told 2 "stands behind the --to" "an identifier of nobody" \
		"$S" seal --id 00 --to a.crt message
	for id in 0 0g "" "$(printf '%0130d' 0)"; do
		told 2 "" "identifier '$id'" \
			"$S" seal --to a.crt --id "$id" --out kept message
	done
	told 1 "a.crt: a recipient is named twice" "one twice" \
		"$S" seal --to a.crt --to b.crt --to a.crt --out kept message
	told 2 "b.pub: is no certificate" "the serial number of a key" \
		"$S" seal --serial --to b.pub message
	told 1 "small.crt: the modulus is shorter" "a small key" \
		"$S" seal --to small.crt message
	has_hint small.crt "--policy=legacy"
	ok "by the legacy policy" \
		"$S" seal --policy legacy --to small.crt --out block message
	told 2 "text: " "a text for a certificate" "$S" seal --to text message
	told 2 "nothing: No such file" "no message" \
		"$S" seal --to a.crt --out kept nothing
	told 2 "tmp: Is a directory" "a folder" \
		"$S" seal --to a.crt --out kept tmp
	told 1 "message: is the input; it is not replaced" "over the message" \
		"$S" seal --to a.crt --out message message
	cp a.crt precious
	told 1 "precious: is a key; it is not replaced" "over a certificate" \
		"$S" seal --to precious --out precious message
	same "which is as it was" precious a.crt
	is "what was there is there still" "$(cat kept)" before
	[ ! -c /dev/full ] || told 2 "/dev/full: No space left" \
		"a full disk" "$S" seal --to a.crt --out /dev/full message
	told 2 "no/folder: No such file" "no room for a pipe" \
		env TMPDIR=no/folder "$S" seal --to a.crt
	spotless "seal, refused"
}

# has_hint TITLE TEXT: what was told has that, too
has_hint() {
	check "$1: $2 is named" grep -qF -- "$2" err
}

# ---- open ----------------------------------------------------------------

test_open() {
	for cipher in aes-256-gcm aes-128-gcm; do
		for form in DER PEM SMIME; do
			theirs "$form" "$cipher"
			ok "open $cipher, $form" \
				"$S" open --key a.key --cert a.crt block
			got "$cipher, $form: is the message"
			theirs "$form" "$cipher" -keyid
			ok "open $cipher, $form, by the key alone" \
				"$S" open --key a.key --out opened block
			same "$cipher, $form: is the message, too" \
				opened message
		done
	done
	is "what was opened is the owner's alone" "$(mode opened)" -rw-------
	theirs SMIME aes-256-gcm -to a -from b -subject "sealed: 7"
	ok "a message with more headers" \
		"$S" open --key a.key --cert a.crt block
	got "is the message"
	openssl cms -encrypt -binary -aes-256-gcm -outform DER -in message \
		-out block -recip a.crt -keyopt rsa_padding_mode:oaep \
		-keyopt rsa_oaep_md:sha256
	ok "OAEP" "$S" open --key a.key --cert a.crt block
	got "OAEP: is the message"
	ok "through pipes" sh -c \
		'cat block | "$0" open --key a.key --cert a.crt | cat' "$S"
	got "through pipes: is the message"
	ok "one of several keys" "$S" open --key b.key --key a.key \
		--cert b.crt --cert a.crt block
	got "of several keys: is the message"
	ok "an encrypted key" "$S" open --key locked.key --pass-file pass \
		--cert a.crt block
	got "by an encrypted key: is the message"
	spotless open
}

# What has to be admitted by name, one by one.
test_admit() {
	theirs DER aes-128-cbc -keyid
	told 1 "cipher that is not admitted (--cbc" "CBC" \
		"$S" open --key a.key block
	ok "CBC, admitted" "$S" open --cbc --key a.key block
	got "CBC: is the message"
	theirs DER des3 -keyid
	told 1 "cipher that is not admitted (--cbc admits AES-CBC, --des DES)" \
		"3DES" "$S" open --key a.key block
	told 1 "cipher that is not admitted (--des" "3DES is not AES" \
		"$S" open --cbc --key a.key block
	ok "3DES, admitted" "$S" open --des --key a.key block
	got "3DES: is the message"
	theirs DER aes-256-gcm -keyid -stream
	told 1 "is BER, which was not admitted (--ber" "BER" \
		"$S" open --key a.key block
	ok "BER, admitted" "$S" open --ber --key a.key block
	got "BER: is the message"
}

test_open_refused() {
	"$S" seal --to a.crt --out sealed message
	size=$(wc -c <sealed)
	echo before >kept
	told 1 "no recipient of the block has a key that is here (--cert" \
		"a wrong key" "$S" open --key b.key --out kept sealed
	told 1 "b.crt: is not the certificate of a private key" \
		"a certificate of another key" \
		"$S" open --key a.key --cert b.crt --out kept sealed
	told 2 "b.pub: this is a public key" "no certificate" \
		"$S" open --key b.key --cert b.pub --out kept sealed
	told 2 "a.pub: this is a public key" "no private key" \
		"$S" open --key a.pub --out kept sealed
	for at in 100 $((size / 2)) $((size - 30)) $((size - 1)); do
		flip sealed "$at" >damaged
		told 1 "damaged: the block was changed, or is not for" \
			"byte $at is another" \
			"$S" open --key a.key --out kept damaged
		told 1 "the block was changed" \
			"byte $at is another, through a pipe" \
			sh -c '"$0" open --key a.key <damaged' "$S"
	done
	told 1 "the block was changed" "a key of another with that name" \
		"$S" open --key b.key --id "$(id_of a)" --out kept sealed
	for at in 0 1 50 1000 $((size - 1)); do
		head -c "$at" sealed >damaged
		told 2 "damaged: " "cut after $at bytes" \
			"$S" open --key a.key --out kept damaged
	done
	{ cat sealed; echo; } >damaged
	told 2 "damaged: there are more bytes behind" "a byte more" \
		"$S" open --key a.key --out kept damaged
	told 2 "this is CMS SignedData" "signed data" \
		"$S" open --key a.key --out kept signed
	told 2 "is no encryption block: neither DER, nor PEM" "a text" \
		"$S" open --key a.key --out kept text
	told 1 "sealed: is the input" "over the block" \
		"$S" open --key a.key --out sealed sealed
	told 1 "a.key: is the key" "over the key" \
		"$S" open --key a.key --out a.key sealed
	is "what was there is there still" "$(cat kept)" before
	told 2 "--answer and --request need one another" "half of it" \
		"$S" open --key a.key --answer x sealed
	[ ! -c /dev/full ] || told 2 "/dev/full: No space left" \
		"a full disk" "$S" open --key a.key --out /dev/full sealed
	spotless "open, refused"
}

# Base64 that is not right, and PEM that is not whole.
test_text() {
	"$S" seal --pem --to a.crt --out sealed.pem message
	sed '5s/^..../****/' sealed.pem >damaged
	told 2 "what is between BEGIN and END is not base64" "a star in it" \
		"$S" open --key a.key damaged
	sed '$d' sealed.pem >damaged
	told 2 "the line -----END ...----- is missing" "no END line" \
		"$S" open --key a.key damaged
	sed 's/END CMS/END PKCS7/' sealed.pem >damaged
	told 2 "the END line has another label" "another END line" \
		"$S" open --key a.key damaged
	{ echo "a letter"; sed 's/$/\r/' sealed.pem; echo bye; } >damaged
	ok "CRLF, and text around it" "$S" open --key a.key damaged
	got "CRLF: is the message"
	sed 's/ CMS/ PKCS7/' sealed.pem >damaged
	ok "the label PKCS7" "$S" open --key a.key damaged
	got "PKCS7: is the message"
	theirs SMIME aes-256-gcm -keyid
	sed '/^MI/s/I/-/' block >damaged
	told 2 "what is behind the headers is not base64" "S/MIME" \
		"$S" open --key a.key damaged
	spotless text
}

# A signal leaves no half-written file.
test_signal() {
	for signal in 15 1 14 10 12 24; do
		{
			head -c 50000 sealed
			sleep 1.5
		} | "$S" open --key a.key --out killed &
		sleep 0.5
		check "signal $signal: a file is being written" \
			test -n "$(find . -name '.seamkey-*')"
		# the last command of the pipe is what $! names
		kill -$signal $!
		wait $! 2>/dev/null
		is "signal $signal ends it" "$?" $((128 + signal))
		refuse "signal $signal: nothing was opened" test -e killed
		spotless "signal $signal"
	done
}

# ---- show ----------------------------------------------------------------

test_show() {
	"$S" seal --to a.crt --to b.pub --out block message
	ok "show a block" "$S" show block
	is "its type" "$(field type)" AuthEnvelopedData
	is "its version" "$(field version)" 0
	is "its recipients" "$(field recipient)" 12
	has "the one" "key id        $(id_of a)"
	has "the other" "key id        $(id_of b)"
	is "their encryption" "$(field encryption)" \
		RSAES-PKCS1-v1_5RSAES-PKCS1-v1_5
	is "length of a wrapped key" "$(field 'wrapped key')" \
		"256 bytes256 bytes"
	is "its cipher" "$(field cipher)" AES-256-GCM
	is "its nonce" "$(field nonce | tr -d '0-9a-f' | wc -c)" 1
	is "and its length" "$(field nonce | wc -c)" 25
	is "its tag" "$(field tag)" "16 bytes"
	is "its content" "$(field content)" "$(wc -c <message) bytes"
	theirs PEM aes-128-cbc
	ok "show one of openssl" "$S" show block
	is "its form" "$(field file)" PEM
	is "of another type" "$(field type)" EnvelopedData
	is "another cipher" "$(field cipher)" AES-128-CBC
	is "whose IV is shown" "$(field iv | wc -c)" 33
	theirs DER aes-256-gcm -stream
	ok "show BER" "$S" show block
	is "which is told" "$(field file)" BER
	is "and its content" "$(field content)" "in pieces (BER)"
	theirs SMIME aes-256-gcm
	ok "show S/MIME" "$S" show <block
	is "which is told, too" "$(field file)" S/MIME
	openssl cms -digest_create -binary -in text -outform DER -out block
	ok "show other CMS" "$S" show block
	is "by its name" "$(field type)" \
		"DigestedDatanot an encryption block"
	openssl cms -EncryptedData_encrypt -binary -in text -outform PEM \
		-secretkey 000102030405060708090a0b0c0d0e0f -aes128 -out block
	ok "show encrypted data" "$S" show block
	has "by its name" EncryptedData
	told 2 "text: these bytes are no key structure, certificate, \
encryption block, message of key release, or rule" "show a text" "$S" show text
	head -c 100 sealed >damaged
	told 2 "damaged: ends before" "show a cut block" "$S" show damaged
	# [4] "legal"; all of that and clearance(3)
	printf '\204\005legal' >rule
	ok "show a rule" "$S" show rule
	is "as its text" "$(field rule)" 'group("legal")'
	printf '\204\006legal' >rule
	refuse "a rule that is cut" "$S" show rule
}

# ---- key release ---------------------------------------------------------

# answer REQUEST ANSWER RULE [OPTION...]: the agent of the office, where the
# legal team's rule is this one
answer() {
	request=$1 answer=$2 rule=$3
	shift 3
	"$S" release --key legal=legal.key --key research=research.key \
		--rule "legal=$rule" --rule 'research=group("research")' \
		--decryptor CN=Alice,O=Acme=alice.crt \
		--decryptor CN=Mallory,O=Acme=mallory.crt \
		--alias al=CN=Alice,O=Acme --member legal=CN=Alice,O=Acme \
		--attribute CN=Alice,O=Acme:badge=17 \
		--clearance CN=Alice,O=Acme=3 --out "$answer" "$@" "$request"
}

# reads NAME REQUEST ANSWER: that opens the block
reads() {
	"$S" open --key "$1.key" --request "$2" --answer "$3" office.cms
}

test_release() {
	ok "seal for two groups" "$S" seal --to legal.crt --to research.crt \
		--out office.cms message
	cp office.cms office.was
	ok "a request" "$S" request --as CN=Alice,O=Acme --out alice.req \
		office.cms
	ok "a stranger's" "$S" request --as CN=Mallory,O=Acme \
		--out mallory.req office.cms
	ok "the agent releases" answer alice.req alice.ans 'group("legal")'
	ok "the member opens the block" reads alice alice.req alice.ans
	got "which has the message"
	told 1 "mallory.req: not released: the rules do not admit" \
		"the agent refuses a stranger" \
		answer mallory.req mallory.ans 'group("legal")'
	ok "show the answer" "$S" show mallory.ans
	has "which says so, and no more" "not released"
	told 1 "mallory.ans: the key was not released" "nothing is opened" \
		reads mallory mallory.req mallory.ans
	told 1 "alice.req: not released: the rules do not admit" \
		"refused after the rule has changed" \
		answer alice.req later.ans 'clearance(4)'
	told 1 "later.ans: the key was not released" "now she reads nothing" \
		reads alice alice.req later.ans
	same "and the block has not changed" office.cms office.was
}

# The answer is CMS inside: what an old tool makes of it.
test_release_openssl() {
	at=$(openssl asn1parse -inform DER -in alice.ans |
		sed -n 's/^ *\([0-9]*\):d=3 .*/\1/p' | head -n 1)
	tail -c "+$((at + 1))" alice.ans >inside
	check "openssl opens the answer" openssl cms -decrypt -binary \
		-inform DER -in inside -inkey alice.key -out released
	refuse "not with another key" openssl cms -decrypt -binary \
		-inform DER -in inside -inkey mallory.key -out nothing
	id=$(openssl asn1parse -inform DER -in alice.req |
		sed -n 's/.*OCTET STRING *\[HEX DUMP\]://p' | head -n 1)
	openssl asn1parse -inform DER -in released >parsed
	check "it is for that request" grep -q "$id" parsed
	key=$(sed -n 's/.*\[HEX DUMP\]://p' parsed | tail -n 1)
	is "it has a key of 32 bytes" "${#key}" 64
}

test_release_mixed() {
	"$S" request --as CN=Alice,O=Acme --out second.req office.cms
	told 1 "alice.ans: the answer is to another request" \
		"an answer to another request" \
		reads alice second.req alice.ans
	told 1 "alice.ans: no recipient of the block" "another's answer" \
		reads mallory alice.req alice.ans
	told 1 "alice.req: is a request for another block" "another block" \
		"$S" open --key alice.key --request alice.req \
		--answer alice.ans sealed
	flip alice.ans 400 >damaged
	told 1 "damaged: the block was changed" "an answer that was changed" \
		reads alice alice.req damaged
	told 2 "alice.req: this is no message" "a request for an answer" \
		reads alice alice.req alice.req
	told 2 "damaged: " "a request that was cut" sh -c \
		'head -c 99 alice.req >damaged; exec "$0" release \
		--key legal=legal.key damaged' "$S"
	flip office.cms 3000 >damaged
	told 1 "damaged: the block was changed" "a block that was changed" \
		"$S" open --key alice.key --request alice.req \
		--answer alice.ans damaged
}

# Each way to say who asks, each form of answer
test_ways() {
	for way in "--alias al" "--attribute badge=17" "--portion CN=Alice" \
		"--cert alice.crt" "--as CN=Alice,O=Acme --claim badge=17" \
		"--as CN=Alice,O=Acme --claim badge=17 --form sealed"; do
		# shellcheck disable=SC2086 # words
		ok "request $way" "$S" request $way --out way.req office.cms
		case $way in
		*claim*) set -- --peer CN=Alice,O=Acme ;;
		*) set -- ;;
		esac
		ok "request $way: released" \
			answer way.req way.ans 'group("legal")' "$@"
		ok "request $way: opened" reads alice way.req way.ans
		got "request $way: is the message"
	done
	"$S" request --as CN=Alice,O=Acme --claim badge=18 --out way.req \
		office.cms
	told 1 "claims what the decryptor does not have" "a false claim" \
		answer way.req way.ans 'group("legal")' \
		--peer CN=Alice,O=Acme
	told 1 "has not authenticated this decryptor (--peer" \
		"a claim of anybody" answer way.req way.ans 'group("legal")'
	"$S" request --as CN=Alice,O=Acme --form bare --out way.req office.cms
	told 1 "answers of this form are not given" \
		"an answer for old readers" \
		answer way.req way.ans 'group("legal")'
	ok "which the agent gives where it is told to" \
		answer way.req way.ans 'group("legal")' --bare
	ok "it opens the block" reads alice way.req way.ans
	got "bare: is the message"
	told 1 "way.ans: the answer is to another request" \
		"bare: an answer to another request" \
		reads alice alice.req way.ans
	"$S" request --channel --form clear --out way.req office.cms
	told 1 "channel has not authenticated" "a key in the clear" \
		answer way.req way.ans 'group("legal")'
	ok "which a known peer gets" answer way.req way.ans 'group("legal")' \
		--peer CN=Alice,O=Acme
	is "for its eyes only" "$(mode way.ans)" -rw-------
	ok "it opens the block, too" reads alice way.req way.ans
	got "clear: is the message"
	ok "show it" "$S" show way.ans
	has "without its key" "32 bytes, not shown"
	openssl cms -encrypt -binary -stream -keyid -aes-256-gcm -outform DER \
		-in message -out block legal.crt
	ok "a request from a pipe, for BER" sh -c \
		'cat block | "$0" request --ber --alias al' "$S"
	cp out way.req
	ok "is answered" answer way.req way.ans 'group("legal")'
	ok "and opens that" "$S" open --ber --key alice.key \
		--request way.req --answer way.ans block
	got "BER: is the message"
}

# What no agent is asked: nobody listens on port 1 of this machine.
test_ask_refused() {
	ask="$S request --alias al --agent 127.0.0.1:1"
	ln -sf one.req link.req
	rm -f one.req
	# shellcheck disable=SC2086 # words
	{
		told 1 "one.req: is to be the request" "both in one file" \
			$ask --out one.req --answer one.req office.cms
		ok "nothing is written" test ! -e one.req
		told 1 "one.req: is to be the request" "by another name" \
			$ask --out ./one.req --answer one.req office.cms
		ok "the request is there" "$S" show one.req
		rm one.req
		told 1 "link.req: is to be the request" "by a link" \
			$ask --out one.req --answer link.req office.cms
		told 2 "127.0.0.1:1: Connection refused" "two devices" \
			$ask --out /dev/null --answer /dev/null office.cms
	}
	rm -f one.req link.req
	for port in 0 65536 65537 99999 -1 18446744073709551617; do
		told 2 "127.0.0.1:$port: is not HOST:PORT" "port $port" \
			"$S" request --alias al --out one.req --answer one.ans \
			--agent "127.0.0.1:$port" office.cms
	done
	rm -f one.req
	spotless "requests that are not sent"
}

# Several blocks in one request: a result for each
test_several() {
	"$S" seal --to research.crt --out other.cms message
	"$S" seal --pem --to legal.crt --out third.pem message
	ok "a request for three blocks" "$S" request --as CN=Alice,O=Acme \
		--out way.req office.cms other.cms third.pem
	ok "show it" "$S" show way.req
	is "it has three blocks" "$(field block)" 123
	told 1 "way.req: block 2: not released: the rules do not admit" \
		"one of three is refused" \
		answer way.req way.ans 'group("legal")'
	ok "show the answer" "$S" show way.ans
	is "it has a result for each" "$(field result)" \
		"1sealed2not released3sealed"
	for file in office.cms third.pem; do
		ok "$file is opened" "$S" open --key alice.key \
			--request way.req --answer way.ans $file
		got "$file: is the message"
	done
	told 1 "way.ans: the key was not released" "the other is not" \
		"$S" open --key alice.key --request way.req \
		--answer way.ans other.cms
	told 1 "is a request for another block" "nor one not asked for" \
		"$S" open --key alice.key --request way.req \
		--answer way.ans sealed
	ok "a member of both gets all" answer way.req way.ans 'group("legal")' \
		--member research=CN=Alice,O=Acme
	ok "and opens the other" "$S" open --key alice.key --request way.req \
		--answer way.ans other.cms
	got "of three: is the message"
	ok "eight are admitted" "$S" request --alias al --out way.req sealed \
		office.cms other.cms third.pem sealed office.cms other.cms \
		third.pem
	told 1 "block 5: not released: none of the key pairs of the block is" \
		"one of eight is for another" sh -c '"$0" release \
		--key legal=legal.key --key research=research.key \
		--rule "legal=clearance(1)" --rule "research=clearance(1)" \
		--decryptor CN=A=alice.crt --alias al=CN=A \
		--clearance CN=A=1 --out way.ans way.req 2>all
		grep "block 5" all >&2; [ "$(wc -l <all)" -ne 2 ]' "$S"
	told 2 "third.pem is one file too many" "nine are not" \
		"$S" request --alias al --out way.req 1 2 3 4 5 6 7 8 third.pem
	told 2 "text: is no encryption block" "one of them is none" \
		"$S" request --alias al --out new.req office.cms text other.cms
	refuse "nothing was written" test -e new.req
	told 1 "other.cms: is the input" "over one of them" "$S" request \
		--alias al --out other.cms office.cms other.cms
	told 2 "only one thing can be read" "two from standard input" \
		"$S" request --alias al - -
	told 2 "is one file too many" "two files to open" \
		"$S" open --key alice.key sealed office.cms
	spotless several
}

# ---- approvals -----------------------------------------------------------

two='all(group("legal"), approval(2, "board"))'

# board REQUEST NAME...: the agent, where Bob, Carol and Alice are the board,
# with the approvals in NAME.app
board() {
	request=$1
	shift
	for name in "$@"; do
		shift
		set -- "$@" --approval "$name.app"
	done
	answer "$request" way.ans "$two" \
		--decryptor CN=Bob,O=Acme=bob.crt \
		--decryptor CN=Carol,O=Acme=carol.crt \
		--member board=CN=Bob,O=Acme --member board=CN=Carol,O=Acme \
		--member board=CN=Alice,O=Acme "$@"
}

# approve WHO FILE OPTION...: without a question, to FILE.app
approve() {
	who=$1 to=$2
	shift 2
	"$S" approve --yes --key "$who.key" --cert "$who.crt" \
		--out "$to.app" "$@"
}

test_approve() {
	told 1 "approvals are missing" "none of two approvals" board alice.req
	ok "Bob approves" approve bob bob --request alice.req
	is "an approval is everyone's" "$(mode bob.app)" -rw-r--r--
	told 1 "approvals are missing" "one of two" board alice.req bob
	ok "Bob approves again, for longer" \
		approve bob again --request alice.req --hours 48
	told 1 "approvals are missing" "one approver twice" \
		board alice.req bob again
	told 1 "approvals are missing" "nor in the other order" \
		board alice.req again bob
	told 1 "approvals are missing" "nor the same twice" \
		board alice.req bob bob
	"$S" request --as CN=Alice,O=Acme --out second.req office.cms
	ok "Carol approves of another request" \
		approve carol other --request second.req
	told 1 "approvals are missing" "which does not count" \
		board alice.req bob other
	ok "Carol approves of another block" approve carol block \
		--id "$("$S" show alice.req | sed -n 's/^request id *//p')" \
		--decryptor CN=Alice,O=Acme sealed
	told 1 "approvals are missing" "nor does that" \
		board alice.req bob block
	ok "Carol approves of somebody else" approve carol else \
		--id "$("$S" show alice.req | sed -n 's/^request id *//p')" \
		--decryptor CN=Mallory,O=Acme office.cms
	told 1 "approvals are missing" "nor that" board alice.req bob else
	ok "Alice approves" approve alice own --request alice.req
	told 1 "own.app: the approval is not valid" "her own is none" \
		board alice.req bob own
	ok "Mallory, who is not of the board" \
		approve mallory mallory --request alice.req
	told 1 "approvals are missing" "nor that" board alice.req bob mallory
	ok "Mallory in Carol's name" "$S" approve --yes --key mallory.key \
		--as CN=Carol,O=Acme --request alice.req --out forged.app
	told 1 "forged.app: the signature" "which is no approval" \
		board alice.req bob forged
	flip bob.app 100 >damaged.app
	refuse "nor is one that was changed" board alice.req carol damaged
	ok "Carol approves" approve carol carol --request alice.req
	ok "two of two: released" board alice.req bob carol
	ok "two of two: opened" reads alice alice.req way.ans
	got "two of two: is the message"
	ok "whatever else is there" board alice.req other again carol
	told 1 "approvals are missing" "but not to another request" \
		board second.req bob carol
	spotless approve
}

# answers TEXT COMMAND...: its standard input is that
answers() {
	echo "$1" >said
	shift
	"$@" <said
}

# Before it is signed it is told what it is about.
test_approve_asks() {
	ask="$S approve --key bob.key --cert bob.crt --out asked.app"
	# shellcheck disable=SC2086 # words
	ends 0 "Bob is asked" answers yes $ask --request alice.req
	is "nothing else goes to standard output" "$(wc -c <out)" 0
	mv err out
	is "he sees the request" "$(field 'request id')" \
		"$("$S" show alice.req | sed -n 's/^request id *//p')"
	is "who asks" "$(field name)" CN=Alice,O=Acme
	is "who is approved of" "$(field decryptor)" CN=Alice,O=Acme
	has "a recipient of the block" "key id        $(id_of legal)"
	is "its cipher" "$(field cipher)" AES-256-GCM
	is "himself" "$(field approver)" CN=Bob,O=Acme
	shown=$(field recipients) until=$(field expires)
	ok "show what he has signed" "$S" show asked.app
	is "of the same recipients" "$(field recipients)" "$shown"
	is "until the same time" "$(field expires)" "$until"
	is "by himself" "$(field approver)" CN=Bob,O=Acme
	rm asked.app
	for word in no "" y Yes; do
		# shellcheck disable=SC2086 # words
		ends 1 "the answer '$word'" answers "$word" $ask \
			--request alice.req
		check "'$word': it is told" grep -q "nothing was approved" err
		refuse "'$word': nothing is signed" test -e asked.app
	done
	# shellcheck disable=SC2086 # words
	ends 1 "no answer" $ask --request alice.req
	refuse "nothing is signed then" test -e asked.app
	# what "admin list pending" has of it is enough
	id=$("$S" show alice.req | sed -n 's/^request id *//p')
	# shellcheck disable=SC2086 # words
	ok "by what an agent lists" $ask --yes --id "$id" \
		--recipients "$shown" --decryptor CN=Alice,O=Acme
	ok "which counts" board alice.req asked carol
	ok "an approval to a pipe" sh -c '"$0" approve --yes --key bob.key \
		--cert bob.crt --request alice.req | cat >asked.app' "$S"
	ok "which counts, too" board alice.req asked carol
	"$S" request --alias al --out alias.req office.cms other.cms
	told 2 "--decryptor is needed" "by an alias: of whom" \
		approve bob asked --request alias.req office.cms
	told 1 "is for several blocks" "of which" approve bob asked \
		--request alias.req --decryptor CN=Alice,O=Acme
	told 1 "is a request for another block" "not of that" \
		approve bob asked --request alias.req \
		--decryptor CN=Alice,O=Acme sealed
	told 1 "is the request of somebody else" "not of her" \
		approve bob asked --request alice.req \
		--decryptor CN=Mallory,O=Acme
	ok "one of two blocks" approve bob asked --request alias.req \
		--decryptor CN=Alice,O=Acme other.cms
	"$S" request --cert alice.crt --out cert.req office.cms
	ok "by a certificate" approve bob asked --request cert.req
	ok "show that" "$S" show asked.app
	is "it is hers" "$(field decryptor)" CN=Alice,O=Acme
}

test_approve_refused() {
	id=00112233445566778899aabbccddeeff
	told 2 "--key is needed" "no key" "$S" approve --request alice.req
	told 2 "one of --as, --cert" "nobody approves" \
		"$S" approve --yes --key bob.key --request alice.req
	told 2 "one of --as, --cert" "two approve" "$S" approve --yes \
		--key bob.key --cert bob.crt --as CN=Bob --request alice.req
	told 1 "carol.crt: is not the certificate of the key" \
		"another's certificate" "$S" approve --yes --key bob.key \
		--cert carol.crt --request alice.req
	told 2 "bob.pub: this is a public key" "no certificate" "$S" approve \
		--yes --key bob.key --cert bob.pub --request alice.req
	told 2 "one of --id, --request" "no request" approve bob no office.cms
	told 2 "one of --id, --request" "two requests" \
		approve bob no --id $id --request alice.req
	told 2 "one of --recipients" "no block" approve bob no --id $id \
		--decryptor CN=Alice,O=Acme
	told 2 "one of --recipients" "two blocks" approve bob no --id $id \
		--recipients $id$id --decryptor CN=Alice,O=Acme office.cms
	told 2 "--decryptor is needed" "of nobody" \
		approve bob no --id $id office.cms
	told 2 "has 16 to 64 bytes" "a short identifier" \
		approve bob no --id 00ff --decryptor CN=A office.cms
	told 2 "has 32 bytes" "a short hash" approve bob no --id $id \
		--recipients $id --decryptor CN=A
	for hours in 0 87601 99999999999; do
		told 1 "an approval lasts 1 to 87600 hours" "$hours hours" \
			approve bob no --request alice.req --hours $hours
	done
	told 2 "is not a number" "some hours" \
		approve bob no --request alice.req --hours some
	told 2 "this is no message" "a text for a request" \
		approve bob no --request text
	told 2 "text: is no encryption block" "a text for a block" \
		approve bob no --id $id --decryptor CN=A text
	told 1 "small.key: the modulus is shorter" "a small key" \
		"$S" approve --yes --key small.key --as CN=A \
		--request alice.req
	told 1 "alice.req: is the request" "over the request" "$S" approve \
		--yes --key bob.key --cert bob.crt --request alice.req \
		--out alice.req
	told 2 "--yes is needed" "no standard input to ask on" sh -c \
		'"$0" approve --key bob.key --cert bob.crt --request - \
		<alice.req' "$S"
	ok "with --yes it is" sh -c '"$0" approve --yes --key bob.key \
		--cert bob.crt --request - <alice.req' "$S"
	refuse "nothing was signed" test -e no.app
	spotless "approve, refused"
}

# What the agent has to be told before it does it
test_release_admit() {
	ok "an answer with OAEP" \
		answer alice.req way.ans 'group("legal")' --oaep
	ok "show it" "$S" show way.ans
	is "it has OAEP" "$(field encryption)" "RSAES-OAEP, SHA-256"
	ok "it opens the block" reads alice alice.req way.ans
	got "OAEP: is the message"
	"$S" seal --cipher aes-128-cbc --to legal.crt --out block message
	told 1 "cipher that is not admitted (--cbc" "a request for CBC" \
		"$S" request --alias al --out way.req block
	ok "admitted" "$S" request --cbc --alias al --out way.req block
	told 1 "cipher that is not admitted" "a release of CBC" \
		answer way.req way.ans 'group("legal")'
	ok "admitted, too" answer way.req way.ans 'group("legal")' --cbc
	ok "it opens that" "$S" open --cbc --key alice.key --request way.req \
		--answer way.ans block
	got "CBC: is the message, released"
}

# Rules of each kind that the command line has facts for, and blocks that
# name their recipient by a certificate.
test_rules() {
	for rule in 'clearance(3)' 'attribute("badge" >= 17)' \
		'time(00:00, 24:00)' 'name("CN=Alice,O=Acme")' \
		'all(portion("O=Acme"), any(group("x"), clearance(1)))' \
		'days(mon, tue, wed, thu, fri, sat, sun)' \
		'period(20200101000000Z, 99991231235959Z)'; do
		ok "released by $rule" answer alice.req way.ans "$rule"
	done
	for rule in 'clearance(4)' 'attribute("badge" = "18")' 'group("x")' \
		'name("CN=Mallory,O=Acme")' 'location("x")' \
		'period(20200101000000Z, 20200101000001Z)'; do
		told 1 "not released: the rules do not admit" \
			"refused by $rule" answer alice.req way.ans "$rule"
	done
	told 1 "not released: approvals are missing" "an approval" \
		answer alice.req way.ans 'approval(1, "legal")'
	openssl cms -encrypt -binary -aes-256-gcm -outform DER -in message \
		-out block legal.crt
	"$S" request --alias al --out way.req block
	told 1 "the block is that of a --key" "by issuer and serial" \
		answer way.req way.ans 'group("legal")'
	ok "with the certificate" \
		answer way.req way.ans 'group("legal")' --cert legal.crt
	"$S" seal --to legal.crt --id 17 --out block message
	"$S" request --as CN=Alice --out way.req block
	ok "with the identifier" "$S" release --key legal=legal.key:17 \
		--rule 'legal=clearance(1)' --decryptor CN=Alice=alice.crt \
		--clearance CN=Alice=1 --out way.ans way.req
	ok "it opens" "$S" open --key alice.key --request way.req \
		--answer way.ans block
	got "by an identifier: is the message"
}

test_release_refused() {
	for form in "--key legal" "--key =legal.key" "--key legal=" \
		"--rule legal" "--decryptor alice.crt" "--member legal" \
		"--attribute CN=Alice" "--attribute CN=Alice:badge" \
		"--clearance Alice" "--alias al"; do
		# shellcheck disable=SC2086 # words
		told 2 "is not " "release $form" "$S" release \
			--key legal=legal.key $form alice.req
	done
	told 2 'not the text of a rule, at: its end' "half a rule" \
		answer alice.req way.ans 'group("legal"'
	told 2 'not the text of a rule, at: x))' "a rule that is none" \
		answer alice.req way.ans 'any(clearance(1), group(x))'
	told 1 "1): what it refers to is not on the command line" \
		"a rule of nothing" "$S" release \
		--key legal=legal.key --rule 'research=clearance(1)' alice.req
	told 1 "legal=CN=Bob: what it refers to is not on the command line" \
		"a member who is not there" "$S" release \
		--key legal=legal.key --member legal=CN=Bob alice.req
	told 1 "CN=Bob=3: no --decryptor has this" "a clearance of nobody" \
		"$S" release --key legal=legal.key --clearance CN=Bob=3 \
		alice.req
	for level in 0 -1 x 4294967296 "1 "; do
		told 2 "the level is no number" "level '$level'" "$S" release \
			--key legal=legal.key --decryptor CN=A=alice.crt \
			--clearance "CN=A=$level" alice.req
	done
	told 1 "not released: no --rule is for the key pair" "no rule" \
		"$S" release \
		--key legal=legal.key --decryptor CN=Alice,O=Acme=alice.crt \
		--out way.ans alice.req
	told 1 "not released: no --decryptor names who asks" "no decryptor" \
		"$S" release --key legal=legal.key --out way.ans alice.req
	told 2 "--key is needed" "no key" "$S" release alice.req
	for name in Alice 'CN = Alice, O = Acme' 'CN=Alice, O=Acme' \
		/O=Acme/CN=Alice; do
		told 1 "$name: the name has a type of attribute that is not \
known (a name is such as CN=Alice,O=Acme, without spaces)" "a name: $name" \
			"$S" request --as "$name" office.cms
	done
	told 2 "one of --as, --portion" "nobody asks" "$S" request office.cms
	told 2 "one of --as, --portion" "two ask" \
		"$S" request --channel --alias al office.cms
	told 2 "is not a form" "another form" \
		"$S" request --channel --form loud office.cms
	told 2 "text: is no encryption block" "a request for a text" \
		"$S" request --channel text
	told 2 "is not TYPE=VALUE" "half a claim" \
		"$S" request --channel --claim badge office.cms
	told 2 "alice.pub: this is a public key" "a key that asks" \
		"$S" request --cert alice.pub office.cms
	told 1 "legal.key: is a key; it is not replaced" "over a key" \
		"$S" release --key legal=legal.key --out legal.key alice.req
	spotless release
}

test_show_release() {
	ok "show a request" "$S" show alice.req
	is "who asks" "$(field name)" CN=Alice,O=Acme
	is "in which form" "$(field form)" sealed
	is "its cipher" "$(field cipher)" AES-256-GCM
	has "one recipient" "key id        $(id_of legal)"
	id=$(field 'request id')
	is "its identifier" "${#id}" 32
	ok "show its answer" "$S" show alice.ans
	is "has that, too" "$(field 'request id')" "$id"
	is "has one result" "$(field result)" 1sealed
	is "which is a block" "$(field type)" AuthEnvelopedData
	"$S" request --attribute badge=17 --claim colour=blue --out way.req \
		office.cms
	ok "show a request by attribute" "$S" show way.req
	is "with that" "$(field attribute)" "badge = 17"
	is "and its claim" "$(field claim)" "colour = blue"
}

# An approval, whose signature is none, and a receipt
test_show_approval() {
	cat >approval.cnf <<-END
	asn1 = IMPLICIT:3A,SEQUENCE:approval
	[approval]
	body = SEQUENCE:body
	algorithm = SEQUENCE:algorithm
	signature = FORMAT:HEX,BITSTRING:0102030405
	[body]
	version = INTEGER:1
	id = FORMAT:HEX,OCTETSTRING:00112233445566778899aabbccddeeff
	hash = FORMAT:HEX,OCTETSTRING:$(printf '%064d' 7)
	decryptor = SEQUENCE:alice
	approver = SEQUENCE:carol
	expires = GENERALIZEDTIME:20300102030405Z
	[algorithm]
	oid = OID:sha256WithRSAEncryption
	null = NULL
	[alice]
	set = SET:alice_set
	[alice_set]
	pair = SEQUENCE:alice_pair
	[alice_pair]
	oid = OID:CN
	value = UTF8:Alice
	[carol]
	set = SET:carol_set
	[carol_set]
	pair = SEQUENCE:carol_pair
	[carol_pair]
	oid = OID:CN
	value = UTF8:Carol
	END
	openssl asn1parse -genconf approval.cnf -noout -out approval
	ok "show an approval" "$S" show approval
	is "its request" "$(field 'request id')" \
		00112233445566778899aabbccddeeff
	is "its recipients" "$(field recipients)" "$(printf '%064d' 7)"
	is "its decryptor" "$(field decryptor)" CN=Alice
	is "its approver" "$(field approver)" CN=Carol
	is "when it expires" "$(field expires)" 20300102030405Z
	is "its signature" "$(field signature)" "5 bytes, not verified"
	printf '\144\003\002\001\001' >receipt
	ok "show a receipt" "$S" show receipt
	is "by its name" "$(field structure)" Receipt
	printf '\144\003\002\001\002' >receipt
	told 2 "the message has another version" "another version of it" \
		"$S" show receipt
}

# ---- all -----------------------------------------------------------------

echo "this is a text" >text
openssl rand -out message 100000
echo secret >pass
make_keys() {
	key a /CN=a &&
		key b /CN=b &&
		key odd /CN=odd -set_serial 0x80ff &&
		key legal /O=Acme/CN=legal &&
		key research /O=Acme/CN=research &&
		key alice /O=Acme/CN=Alice &&
		key mallory /O=Acme/CN=Mallory &&
		key bob /O=Acme/CN=Bob &&
		key carol /O=Acme/CN=Carol &&
		openssl pkcs8 -topk8 -in a.key -passout file:pass \
			-out locked.key &&
		openssl req -x509 -newkey rsa:1024 -nodes -keyout small.key \
			-out small.crt -subj /CN=small -days 30 \
			2>openssl.log &&
		openssl cms -sign -binary -nodetach -in text -signer a.crt \
			-inkey a.key -outform DER -out signed
}

make_keys || fail "openssl makes keys" "$(cat openssl.log)"
test_seal
test_repository
test_seal_refused
test_open
test_admit
test_open_refused
test_text
test_signal
test_show
test_release
test_release_openssl
test_release_mixed
test_ways
test_ask_refused
test_several
test_approve
test_approve_asks
test_approve_refused
test_release_admit
test_rules
test_release_refused
test_show_release
test_show_approval
summary cli_block
