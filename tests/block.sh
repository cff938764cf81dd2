#!/bin/sh
# block.sh - encryption blocks against the openssl command, both ways
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/block.sh               CONFORMANCE names the program
#
# Every cipher, both ways to encrypt the key, one and two recipients, BER,
# messages from nothing to a megabyte: what openssl cms writes is opened,
# and what seamkey writes is opened by openssl cms, by each recipient. Then
# the blocks that tools have made, where the suites are laid out.
# shellcheck disable=SC2317 # functions called by name
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh
program=${CONFORMANCE:-$O/conformance}
made=${VECTORS:-../shared/vectors}/tool-made/cms

if ! have openssl; then
	echo "skip: block: the openssl command is not here (make deps)"
	exit 0
fi
scratch block-run
if [ ! -x "$program" ]; then
	fail "$program is there" "it is not; make test builds it"
	summary block
fi

hex() {
	od -An -v -tx1 "$1" | tr -d ' \n' | grep . || echo -
}

# ask REQUEST...: the bytes of the answer, in $work/answer
ask() {
	echo "$*" | "$program" >"$work/line"
	grep -q '^ok ' "$work/line" &&
		perl -pe 's/^ok -?//; chomp; $_ = pack "H*", $_' \
			"$work/line" >"$work/answer"
}

# key NAME BITS: NAME.key, .crt, .p8 and .spki
key() {
	openssl req -x509 -newkey "rsa:$2" -nodes -keyout "$work/$1.key" \
		-out "$work/$1.crt" -subj "/CN=$1" -days 30 \
		-addext subjectKeyIdentifier=hash 2>/dev/null &&
		openssl pkcs8 -topk8 -nocrypt -in "$work/$1.key" \
			-outform DER -out "$work/$1.p8" &&
		openssl pkey -in "$work/$1.key" -pubout -outform DER \
			-out "$work/$1.spki"
}

# opens NAME FILE [-ber]: with the key of that name FILE holds message
opens() {
	ask "block-open${3:-}" "$(hex "$work/$1.p8")" "$(hex "$2")" &&
		cmp "$work/answer" "$work/message"
}

# openssl_opens NAME FILE
openssl_opens() {
	openssl cms -decrypt -binary -inform DER -in "$2" \
		-recip "$work/$1.crt" -inkey "$work/$1.key" \
		-out "$work/out" 2>"$work/complaint" &&
		cmp "$work/out" "$work/message"
}

# theirs CIPHER OPTION...: openssl seals for a and b, seamkey opens
theirs() {
	cipher=$1
	shift
	openssl cms -encrypt -binary -keyid "-$cipher" -outform DER \
		-in "$work/message" -out "$work/block" "$@" \
		2>"$work/complaint"
}

ours() {
	ask block-seal "$(hex "$work/a.spki"),$(hex "$work/b.spki")" "$1" \
		"$(hex "$work/message")" && cp "$work/answer" "$work/block"
}

oaep="-keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256"
if ! have perl || ! key a 2048 || ! key b 3072; then
	skip "block: keys" "perl is not here, or openssl makes none"
	summary block
fi
for len in 0 1 15 16 17 1000 65536 1000000; do
	head -c "$len" /dev/urandom >"$work/message"
	for cipher in aes-128-gcm aes-256-gcm aes-128-cbc aes-256-cbc; do
		of="$cipher, $len octets"
		# shellcheck disable=SC2086 # a list of options
		check "$of: openssl seals" theirs $cipher \
			-recip "$work/a.crt" -recip "$work/b.crt" $oaep
		check "$of: a opens it" opens a "$work/block"
		check "$of: b opens it, by OAEP" opens b "$work/block"
		for with in "" +oaep; do
			check "$of$with: sealed" ours $cipher$with
			check "$of$with: a of openssl opens it" \
				openssl_opens a "$work/block"
			check "$of$with: b of openssl opens it" \
				openssl_opens b "$work/block"
			check "$of$with: b opens it" opens b "$work/block"
		done
	done
	check "streamed in BER, $len octets" theirs aes-128-cbc -stream \
		-recip "$work/a.crt"
	check "streamed in BER, $len octets: opened" opens a "$work/block" -ber
	refuse "streamed in BER, $len octets: not by default" \
		opens a "$work/block"
	check "3DES, $len octets" theirs des3 -recip "$work/a.crt"
	check "3DES, $len octets: opened" opens a "$work/block"
done
check "a changed octet" theirs aes-256-gcm -recip "$work/a.crt"
printf '\001' | dd of="$work/block" bs=1 seek=400 conv=notrunc 2>/dev/null
refuse "a changed octet is not opened" opens a "$work/block"

# ---- blocks that tools have made -----------------------------------------

if [ ! -d "$made" ]; then
	skip "block: tool-made" "no folder $made"
	summary block
fi
for bits in 2048 3072 4096; do
	cp "$made/key$bits.pkcs8.der" "$work/$bits.p8"
done
found=no
for bits in 2048 3072 4096; do
	ask block-open "$(hex "$work/$bits.p8")" \
		"$(hex "$made/env-keyid.der")" && found=yes
done
check "tool-made/cms/env-keyid.der opens with one of the keys" \
	test $found = yes
for kind in "$made"/signed-*.der; do
	refuse "$(basename "$kind") is no block" ask block-open-ber \
		"$(hex "$work/2048.p8")" "$(hex "$kind")"
done
summary block
