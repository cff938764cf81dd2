#!/bin/sh
# corpus.sh - the inputs that fuzzing starts from
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/fuzz/corpus.sh FOLDER
#
# Gathers structures, good and bad, and has tests/fuzz/corpus.c make inputs
# of them, in FOLDER/TARGET for each target. They come from:
#
#   - what corpus.c makes itself, of tests/keys.h
#   - keys, certificates and encrypted keys that openssl makes here
#   - the test vectors (VECTORS, default ../shared/vectors): keys and
#     certificates of other projects' suites, and inputs that were found by
#     fuzzing their decoders
#
# What is not there is left out, with a line that says so.
# shellcheck disable=SC2086 # lists of flags
set -eu
cd "$(dirname "$0")/../.."
: "${CC:=cc}" "${BEARSSL_CFLAGS:=}" "${BEARSSL_LIBS:=-lbearssl}"
: "${VECTORS:=../shared/vectors}" "${O:=build}"
folder=${1:?usage: tests/fuzz/corpus.sh FOLDER}

work=$O/fuzz/material
rm -rf "$work"
mkdir -p "$work/openssl" "$folder"
for f in tests/fuzz/*.c; do
	target=$(basename "$f" .c)
	case $target in
	driver | corpus) ;;
	*) mkdir -p "$folder/$target" ;;
	esac
done
$CC -std=c99 -O1 -I. $BEARSSL_CFLAGS -o "$work/corpus" tests/fuzz/corpus.c \
	$BEARSSL_LIBS

# ---- openssl -------------------------------------------------------------

# key NAME OPTION...: a private key, in every form there is
key() {
	name=$work/openssl/$1
	shift
	openssl genpkey -quiet "$@" -out "$name.pem" 2>/dev/null ||
		openssl genpkey "$@" -out "$name.pem" 2>/dev/null
	openssl pkey -in "$name.pem" -outform DER -out "$name.pkcs8.der"
	# PKCS #1 or SEC 1, where there is such a form
	openssl pkey -in "$name.pem" -traditional -out "$name.own.pem" \
		2>/dev/null || rm -f "$name.own.pem"
	openssl pkey -in "$name.pem" -pubout -outform DER -out "$name.spki.der"
	openssl pkey -in "$name.pem" -pubout -out "$name.spki.pem"
	openssl req -x509 -new -key "$name.pem" -subj "/CN=seamkey/O=fuzz" \
		-days 30 -outform DER -out "$name.cert.der" 2>/dev/null
}

# encrypted NAME OPTION...: the smallest key under a passphrase
encrypted() {
	name=$work/openssl/$1
	shift
	openssl pkcs8 -topk8 -in "$work/openssl/p256.pem" -outform DER \
		-passout pass:password -iter 2 "$@" -out "$name.der"
}

made_by_openssl() {
	key rsa1024 -algorithm RSA -pkeyopt rsa_keygen_bits:1024
	key rsa2048 -algorithm RSA -pkeyopt rsa_keygen_bits:2048
	key rsa1025 -algorithm RSA -pkeyopt rsa_keygen_bits:1025
	key rsa_e3 -algorithm RSA -pkeyopt rsa_keygen_bits:1024 \
		-pkeyopt rsa_keygen_pubexp:3
	key p256 -algorithm EC -pkeyopt ec_paramgen_curve:P-256
	key p384 -algorithm EC -pkeyopt ec_paramgen_curve:P-384
	key p521 -algorithm EC -pkeyopt ec_paramgen_curve:P-521
	key ed25519 -algorithm ED25519
	for hash in hmacWithSHA1 hmacWithSHA224 hmacWithSHA256 \
		hmacWithSHA384 hmacWithSHA512; do
		encrypted $hash -v2 aes-256-cbc -v2prf $hash
	done
	encrypted aes128 -v2 aes-128-cbc
	encrypted aes192 -v2 aes-192-cbc
	encrypted des3 -v2 des-ede3-cbc
	encrypted scrypt -scrypt -scrypt_N 16 -scrypt_r 1 -scrypt_p 1 ||
		return 0
}

if command -v openssl >/dev/null; then
	made_by_openssl
else
	echo "skip: inputs made by openssl: it is not here"
fi

# ---- vectors -------------------------------------------------------------

if [ -d "$VECTORS" ]; then
	for f in pkcs8 spki privkey cert; do
		archive=$VECTORS/corpora/$f.tar.xz
		mkdir -p "$work/$f"
		if ! tar -C "$work/$f" -xJf "$archive" 2>/dev/null; then
			echo "skip: inputs of $archive: tar cannot read it"
		fi
	done
	find "$VECTORS/mbedtls-data" "$VECTORS/rustcrypto-keys" \
		"$VECTORS/bearssl-x509" -type f \( -name '*.der' -o \
		-name '*.pem' -o -name '*.key' -o -name '*.crt' \) \
		>"$work/list"
	find "$VECTORS/boringssl-pki/parse_certificate_unittest" \
		-name '*.pem' >>"$work/list"
else
	echo "skip: inputs of the test vectors: $VECTORS is not here"
	: >"$work/list"
fi
find "$work" -type f ! -name corpus ! -name list >>"$work/list"

"$work/corpus" "$folder" <"$work/list"
rm -rf "$work"
