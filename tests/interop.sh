#!/bin/sh
# interop.sh - seamkey and the openssl command, each with the other's output
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/interop.sh          CONFORMANCE names the program that answers
#
# Keys of OpenSSL, of usual and of odd sizes: what one signs the other
# verifies, and the signatures are the same bytes; what one encrypts the
# other decrypts, with OAEP too. Then the bytes of implicit rejection,
# computed with OpenSSL's hash and HMAC alone, by
# draft-irtf-cfrg-rsa-guidance section 7 and docs/SPEC.md.
#
# A run first collects all requests, then answers them in one go.
# shellcheck disable=SC2317 # functions called by name
set -u
# shellcheck source=tests/report.sh
. "$(dirname "$0")/report.sh"
program=${CONFORMANCE:-$O/conformance}

if ! have openssl; then
	echo "skip: interop: the openssl command is not here (make deps)"
	exit 0
fi
scratch interop-run
if [ ! -x "$program" ]; then
	fail "$program is there" "it is not; make test builds it"
	summary interop
fi

# ---- tools ---------------------------------------------------------------

# Bytes on standard input as hex on one line.
hex() {
	od -An -v -tx1 | tr -d ' \n'
}

# HEX as bytes.
unhex() {
	# shellcheck disable=SC2059 # octal escapes on purpose
	printf "$(printf %s "$1" | awk '{
		for (i = 1; i < length($0); i += 2)
			printf "\\%03o", \
				16 * (index(d, substr($0, i, 1)) - 1) + \
				index(d, substr($0, i + 1, 1)) - 1
	}' d=0123456789abcdef)"
}

# A field of a request: "-" for no bytes.
field() {
	if [ -n "$1" ]; then
		printf %s "$1"
	else
		printf %s -
	fi
}

# One of the things to ask. WANT is the answer, or "save FILE": the bytes
# after ok are then kept there, for check_saved below.
# request TITLE WANT REQUEST
request() {
	printf '%s\n' "$1" >>"$work/titles"
	printf '%s\n' "$2" >>"$work/wants"
	printf '%s\n' "$3" >>"$work/requests"
}

# What is to be run once the answers are there; a function and arguments
# without blanks.
later() {
	printf '%s\n' "$*" >>"$work/later"
}

: >"$work/titles"
: >"$work/wants"
: >"$work/requests"
: >"$work/later"

# ---- hash functions ------------------------------------------------------

# The name here, OpenSSL's, and the DigestInfo in front of the digest (RFC
# 8017 section 9.2, notes; that of SHA-3 by the object identifiers of NIST).
sha2=0609608648016503040
hashes="
SHA-1 sha1 3021300906052b0e03021a05000414
SHA-224 sha224 302d300d${sha2}2040500041c
SHA-256 sha256 3031300d${sha2}20105000420
SHA-384 sha384 3041300d${sha2}20205000430
SHA-512 sha512 3051300d${sha2}20305000440
SHA-512/256 sha512-256 3031300d${sha2}20605000420
SHA3-256 sha3-256 3031300d${sha2}20805000420
"

# message N: N bytes that are not all alike, into $work/mN
message() {
	[ -f "$work/m$1" ] ||
		awk -v n="$1" 'BEGIN {
			for (i = 0; i < n; i++)
				printf "%c", 33 + (i * i + n) % 90
		}' >"$work/m$1"
}

# ---- keys ----------------------------------------------------------------

# key NAME: a private key in $work/NAME.pem is there; the rest is made of it.
key() {
	openssl pkcs8 -topk8 -nocrypt -in "$work/$1.pem" -outform DER \
		-out "$work/$1.key" 2>/dev/null &&
		openssl pkey -in "$work/$1.pem" -pubout -outform DER \
			-out "$work/$1.pub" 2>/dev/null &&
		hex <"$work/$1.key" >"$work/$1.key.hex" &&
		hex <"$work/$1.pub" >"$work/$1.pub.hex" &&
		openssl rsa -in "$work/$1.pem" -noout -text 2>/dev/null \
			>"$work/$1.text"
}

# number NAME FIELD: that number of a key, as OpenSSL prints it, in hex
number() {
	awk -v field="$2:" '
	$0 ~ /^[a-zA-Z]/ { on = $1 == field; next }
	on { gsub(/[ :]/, ""); printf "%s", $0 }' "$work/$1.text" |
		sed 's/^00//'
}

# octets NAME: of the modulus
octets() {
	printf %s "$(number "$1" modulus)" | wc -c | awk '{ print $1 / 2 }'
}

# generate NAME BITS E
generate() {
	openssl genpkey -algorithm RSA -pkeyopt "rsa_keygen_bits:$2" \
		-pkeyopt "rsa_keygen_pubexp:$3" -out "$work/$1.pem" \
		2>"$work/error" && key "$1"
}

# from_primes NAME BITS_P BITS_Q: a key of primes of these lengths, out of
# numbers that are not OpenSSL's; d is below lcm(p - 1, q - 1)
from_primes() {
	have python3 || return 1
	p=$(openssl prime -generate -bits "$2" -hex) || return 1
	q=$(openssl prime -generate -bits "$3" -hex) || return 1
	python3 -c "
import math, sys
p, q, e = int(sys.argv[1], 16), int(sys.argv[2], 16), 65537
d = pow(e, -1, (p - 1) * (q - 1) // math.gcd(p - 1, q - 1))
v = [0, p * q, e, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p)]
print('asn1 = SEQUENCE:key\n[key]')
print('\n'.join('v%d = INTEGER:0x%x' % pair for pair in enumerate(v)))
" "$p" "$q" >"$work/$1.conf" 2>"$work/error" || return 1
	openssl asn1parse -genconf "$work/$1.conf" -noout \
		-out "$work/$1.der" 2>"$work/error" &&
		openssl rsa -inform DER -in "$work/$1.der" -check \
			-out "$work/$1.pem" >/dev/null 2>"$work/error" &&
		key "$1"
}

# ---- sign and verify -----------------------------------------------------

# The tests with one hash. Each has messages of its own length.
# sign_with NAME HASH OPENSSL_HASH PREFIX
sign_with() {
	name=$1
	title="$name, $2"
	case $2 in
	SHA-1) size=0 ;;
	SHA-384) size=1 ;;
	SHA-512) size=1000 ;;
	*) size=100 ;;
	esac
	message $size
	m=$work/m$size
	file=$work/$name.$3
	if ! openssl dgst "-$3" -sign "$work/$name.key" -keyform DER \
		-out "$file.sig" "$m" 2>"$work/error"; then
		skip "interop $title" "openssl does not sign with it"
		return
	fi
	sig=$(hex <"$file.sig")
	digest=$(openssl dgst "-$3" -binary "$m" | hex)
	pub=$(cat "$work/$name.pub.hex")
	data=$(field "$(hex <"$m")")
	request "$title: the same signature" "ok $sig" \
		"sign $(cat "$work/$name.key.hex") $4$digest"
	request "$title: openssl's signature verifies" valid \
		"verify $2 $pub $data $sig"
	request "$title: it does not over another message" invalid \
		"verify $2 $pub ${data#-}00 $sig"
	request "$title: it does over the DigestInfo" valid \
		"verify none $pub $4$digest $sig"
	request "$title: signed for openssl" "save $file.ours" \
		"sign $(cat "$work/$name.key.hex") $4$digest"
	later openssl_verifies "$name" "$3" "$size"
}

openssl_verifies() {
	openssl pkey -pubin -inform DER -in "$work/$1.pub" \
		-out "$work/$1.pubpem" 2>/dev/null
	check "$1, $2: openssl verifies" openssl dgst "-$2" \
		-verify "$work/$1.pubpem" -signature "$work/$1.$2.ours" \
		"$work/m$3"
}

# ---- encrypt and decrypt -------------------------------------------------

# encrypt_with NAME SIZE
encrypt_with() {
	name=$1
	title="$name, $2 bytes"
	message "$2"
	m=$work/m$2
	key_hex=$(cat "$work/$name.key.hex")
	clear=$(field "$(hex <"$m")")
	request "$title: encrypted for openssl" "save $work/$name.$2.ours" \
		"encrypt $(cat "$work/$name.pub.hex") $clear"
	later openssl_decrypts "$name" "$2"
	if ! openssl pkeyutl -encrypt -pubin -inkey "$work/$name.pub" \
		-keyform DER -in "$m" -out "$work/$name.$2.ct" \
		2>"$work/error"; then
		skip "interop $title" "openssl does not encrypt that"
		return
	fi
	ct=$(hex <"$work/$name.$2.ct")
	request "$title: decrypt" "ok $clear" "decrypt $key_hex $ct"
	request "$title: decrypt, length known" "ok $clear" \
		"decrypt-implicit $key_hex $ct $2"
	request "$title: decrypt, never refused" "ok $clear" \
		"decrypt-synthetic $key_hex $ct"
}

openssl_decrypts() {
	openssl pkeyutl -decrypt -inkey "$work/$1.key" -keyform DER \
		-in "$work/$1.$2.ours" -out "$work/clear" 2>"$work/error"
	check "$1, $2 bytes: openssl decrypts" cmp "$work/clear" "$work/m$2"
}

# The same with OAEP: the key is $work/NAME, SIZE the bytes of the message.
oaep="-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256
	-pkeyopt rsa_mgf1_md:sha256"

# oaep_with NAME SIZE
oaep_with() {
	name=$1
	title="$name, OAEP, $2 bytes"
	message "$2"
	m=$work/m$2
	clear=$(field "$(hex <"$m")")
	request "$title: encrypted for openssl" \
		"save $work/$name.$2.oaep.ours" \
		"encrypt-oaep $(cat "$work/$name.pub.hex") $clear"
	later openssl_decrypts_oaep "$name" "$2"
	# shellcheck disable=SC2086 # options
	if ! openssl pkeyutl -encrypt -pubin -inkey "$work/$name.pub" \
		-keyform DER $oaep -in "$m" -out "$work/$name.$2.oaep" \
		2>"$work/error"; then
		skip "interop $title" "openssl does not encrypt that"
		return
	fi
	request "$title: decrypt" "ok $clear" \
		"decrypt-oaep $(cat "$work/$name.key.hex") $(hex \
			<"$work/$name.$2.oaep") $2"
}

openssl_decrypts_oaep() {
	# shellcheck disable=SC2086 # options
	openssl pkeyutl -decrypt -inkey "$work/$1.key" -keyform DER $oaep \
		-in "$work/$1.$2.oaep.ours" -out "$work/clear" 2>"$work/error"
	check "$1, OAEP, $2 bytes: openssl decrypts" \
		cmp "$work/clear" "$work/m$2"
}

# ---- implicit rejection --------------------------------------------------

# hmac KEY DATA: both in hex, and the result
hmac() {
	unhex "$2" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$1" \
		-binary | hex
}

# prf KDK LABEL LENGTH: section 7.1 of the draft: blocks of HMAC over a
# counter, the label, and the length in bits; 2 octets each number
prf() {
	blocks=$((($3 + 31) / 32))
	i=0
	while [ $i -lt $blocks ]; do
		hmac "$1" "$(printf '%04x%s%04x' $i "$2" $((8 * $3)))"
		i=$((i + 1))
	done | cut -c1-$((2 * $3))
}

# The length of a synthetic message: the last of 128 numbers of 16 bits,
# cut to the bits of the longest message, that is not above that length.
# last_length HEX MAX
last_length() {
	printf %s "$1" | awk -v max="$2" -v d=0123456789abcdef '{
		for (mask = 1; mask - 1 < max; mask *= 2)
			;
		for (i = 1; i < length($0); i += 4) {
			v = 0
			for (j = 0; j < 4; j++)
				v = 16 * v + index(d, substr($0, i + j, 1)) - 1
			v %= mask
			if (v <= max)
				n = v
		}
		print n + 0
	}'
}

# rejects NAME TITLE CT LENGTH...: what comes of a ciphertext with bad
# padding; the fixed form for these lengths, and the synthetic message
rejects() {
	name=$1
	title="$name, $2"
	ct=$3
	shift 3
	key_hex=$(cat "$work/$name.key.hex")
	k=$(octets "$name")
	d=$(number "$name" privateExponent)
	while [ ${#d} -lt $((2 * k)) ]; do
		d=0$d
	done
	dh=$(unhex "$d" | openssl dgst -sha256 -binary | hex)
	kdk=$(hmac "$dh" "${ct#-}")
	for length; do
		# "fixed", and the length in two octets
		label=$(printf '6669786564%04x' "$length")
		request "$title: $length bytes" \
			"ok $(prf "$kdk" "$label" "$length")" \
			"decrypt-implicit $key_hex $ct $length"
		[ "$length" -le $((k - 66)) ] || continue
		# "oaep", likewise
		label=$(printf '6f616570%04x' "$length")
		request "$title: $length bytes with OAEP" \
			"ok $(prf "$kdk" "$label" "$length")" \
			"decrypt-oaep $key_hex $ct $length"
	done
	# "message" and "length"; the last octets of k are the message
	random=$(prf "$kdk" 6d657373616765 "$k")
	length=$(last_length "$(prf "$kdk" 6c656e677468 256)" $((k - 11)))
	synthetic=$(printf %s "$random" | tail -c $((2 * length)))
	request "$title: synthetic message" "ok $(field "$synthetic")" \
		"decrypt-synthetic $key_hex $ct"
	request "$title: refused where that is told" fail \
		"decrypt $key_hex $ct"
	unhex "${ct#-}" >"$work/bad"
	if openssl pkeyutl -decrypt -inkey "$work/$name.key" -keyform DER \
		-in "$work/bad" -out "$work/clear" 2>/dev/null; then
		request "$title: openssl's synthetic message" \
			"ok $(field "$(hex <"$work/clear")")" \
			"decrypt-synthetic $key_hex $ct"
	else
		no_rejection=yes
	fi
}

# below_n NAME: an encrypted block that is hardly well padded
below_n() {
	number "$1" modulus | sed 's/../00/; s/..$/02/'
}

# bad_ciphertexts NAME
bad_ciphertexts() {
	k=$(octets "$1")
	n=$(number "$1" modulus)
	ct=$(below_n "$1")
	rejects "$1" "a number below n" "$ct" 16 48
	rejects "$1" "zero" "$(printf "%$((2 * k))s" "" | tr ' ' 0)" 1
	rejects "$1" "n itself" "$n" 32
	rejects "$1" "an octet less" "${ct#??}" 32
	rejects "$1" "an octet more" "${ct}00" 33
	rejects "$1" "nothing" - $((k - 11))
}

# A good ciphertext, and another length than that of its message (16).
other_length() {
	k=$(octets "$1")
	ct=$(hex <"$work/$1.16.ct") || return
	d=$(number "$1" privateExponent)
	while [ ${#d} -lt $((2 * k)) ]; do
		d=0$d
	done
	dh=$(unhex "$d" | openssl dgst -sha256 -binary | hex)
	kdk=$(hmac "$dh" "$ct")
	for length in 15 17; do
		label=$(printf '6669786564%04x' $length)
		request "$1, $length bytes of a message of 16" \
			"ok $(prf "$kdk" "$label" $length)" \
			"decrypt-implicit $(cat "$work/$1.key.hex") $ct $length"
	done
	ct=$(hex <"$work/$1.16.oaep") || return
	kdk=$(hmac "$dh" "$ct")
	for length in 15 17; do
		label=$(printf '6f616570%04x' $length)
		request "$1, OAEP, $length bytes of a message of 16" \
			"ok $(prf "$kdk" "$label" $length)" \
			"decrypt-oaep $(cat "$work/$1.key.hex") $ct $length"
	done
}

# ---- the tests -----------------------------------------------------------

# bits_of NAME: as OpenSSL says, which makes some odd sizes a bit shorter
bits_of() {
	sed -n 's/^Private-Key: (\([0-9]*\) bit.*/\1/p' "$work/$1.text"
}

# all_with NAME E: every test of a key; E in hex
all_with() {
	request "$1: size and exponent" "ok $(bits_of "$1") $2" \
		"key $(cat "$work/$1.key.hex")"
	request "$1: size and exponent of the public key" \
		"ok $(bits_of "$1") $2" "key $(cat "$work/$1.pub.hex")"
	while read -r hash openssl_hash prefix; do
		[ -z "$hash" ] ||
			sign_with "$1" "$hash" "$openssl_hash" "$prefix"
	done <<-END
	$hashes
	END
	for size in 0 16 $(($(octets "$1") - 11)); do
		encrypt_with "$1" "$size"
	done
	for size in 0 16 32 $(($(octets "$1") - 66)); do
		oaep_with "$1" "$size"
	done
}

no_rejection=
# OpenSSL may take a bit less than was asked for. 2136: the longest message
# has 256 octets, a length with a single bit.
for bits in 2048 3072 4096 1031 2047 2050 2136 3071; do
	if generate "rsa$bits" $bits 65537; then
		all_with "rsa$bits" 010001
	else
		skip "interop rsa$bits" "openssl does not make such a key"
	fi
done
if generate rsa-e3 2048 3; then
	all_with rsa-e3 03
fi
# The largest prime below 2^64.
if generate rsa-e64 2048 18446744073709551557; then
	all_with rsa-e64 ffffffffffffffc5
fi
# Primes of unequal length; and 2049 bits, where d is an octet shorter.
made=
for bits in '1348 700' '520 1100' '1025 1024'; do
	name=rsa$(echo "$bits" | tr ' ' +)
	# shellcheck disable=SC2086 # two numbers on purpose
	if from_primes "$name" $bits; then
		all_with "$name" 010001
		made=yes
	fi
done
[ -n "$made" ] || skip "interop primes of unequal length" \
	"python3 is not here, or too old, to work out a key"
for name in rsa2048 rsa1031; do
	if [ -f "$work/$name.text" ]; then
		bad_ciphertexts "$name"
		other_length "$name"
	fi
done
for name in rsa4096 rsa2136 rsa1025+1024; do
	if [ -f "$work/$name.text" ]; then
		rejects "$name" "a number below n" "$(below_n "$name")" 16
	fi
done
if [ -n "$no_rejection" ]; then
	skip "interop openssl's own implicit rejection" \
		"this openssl has none (3.2 has); its HMAC was used"
fi

# ---- the answers ---------------------------------------------------------

"$program" <"$work/requests" >"$work/answers"
check "an answer to each request" test \
	"$(wc -l <"$work/answers")" -eq "$(wc -l <"$work/requests")"
exec 3<"$work/titles" 4<"$work/wants" 5<"$work/answers"
while read -r title <&3 && read -r want <&4; do
	read -r got <&5 || got="no answer"
	case $want in
	"save "*)
		case $got in
		"ok "*)
			unhex "${got#ok }" >"${want#save }"
			pass "$title"
			;;
		*) fail "$title" "answered: $got" ;;
		esac
		;;
	"$got") pass "$title" ;;
	*) fail "$title" "answered: $got
wanted:   $want" ;;
	esac
done
exec 3<&- 4<&- 5<&-
while read -r command <&3; do
	$command
done 3<"$work/later"
summary interop
