#!/bin/sh
# conformance.sh - the line protocol of build/conformance, by itself
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/conformance.sh         CONFORMANCE names the program
#
# That the answers are right about real keys and files is shown by
# interop.sh and by whoever runs a suite through the program; here it is
# that every line gets one answer, at once, and that no line ends it. The
# key, the signature and the ciphertext are OpenSSL 3.0's:
#
#	openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 |
#		openssl pkcs8 -topk8 -nocrypt -outform DER -out k
#	openssl pkey -in k -pubout -outform DER -out p
#	printf seamkey >m
#	openssl dgst -sha256 -sign k -out s m
#	openssl pkeyutl -encrypt -pubin -inkey p -in m -out c
set -u
# shellcheck source=tests/report.sh
. "$(dirname "$0")/report.sh"
program=${CONFORMANCE:-$O/conformance}
scratch conformance-run

# Lines of hex, joined.
join() {
	tr -d '\n\t '
}

key=$(join <<END
30820276020100300d06092a864886f70d0101010500048202603082025c0201
0002818100d02d4c5e9a53b85be7a514e7c09863dfc58072451c9dc98bd592a7
660dfd97d08e1ece5cd78c1dbaeab5eb6d3283aa92640a046e39549370d40697
61161415bb10c53cc05b9266fc7909da66433f06e9e4d206a92bc9e16206b0a5
6d615ca4c63001f4a886fccb36fef8bda8cc7e267545f94decd53eec6a553902
6ee95647c70203010001028181008179fb0ac7df94458d108ead098b7e6aba13
067f57aa07a5b222f17cb6ece7d46de059274364c144f5204a99f316132bd38e
ab6cc6b984ae6320ea5c16f84cfe99b71052c664b177b8985459be4c5a9c3dbe
f87840e28403dbd766052d87e996734e78e6e26c13faf24303afc2b38156fe69
84c725232b641b40f7999ebeec69024100ef78c581a26c12af615975bc620135
b4177ed3fa7028426f217a814fa23bd256367d9fd6f764f03d2a68284c9ff176
f82ead6e448270e3268c72bbf80851bb3b024100de8b941471d1a99e8b4b4bcf
a72f0d64807007cc3c8f24edbbd240193a39c7b06d0c25679e8277bb27d366f2
cf4842514fa4556012adc6b225ceaabc4058a4e5024046f318494d2f09e62e48
8c0a715afc674c22c67947ab95eb4916fba2f56515ef771b8734f07d567438d1
3d475e87f3009b0bc544c504df37f79ab2b84cf6b22b024016cffc07f47ae786
47051aea585aec6686fbf4f0acac87be8ee84885cd802ac61d0787b60d7b9646
6b18b28ee54ca4efacd84da0218a0aba2c41f9227efe173902407b02809ea727
94bd1d63f961402c4d9030154c6139ac667576fd470360718d5ed1b5d9bdb396
bdd96ec36b0039a898d6b16d7975fc0f6d83257825f42affd412
END
)
spki=$(join <<END
30819f300d06092a864886f70d010101050003818d0030818902818100d02d4c
5e9a53b85be7a514e7c09863dfc58072451c9dc98bd592a7660dfd97d08e1ece
5cd78c1dbaeab5eb6d3283aa92640a046e39549370d4069761161415bb10c53c
c05b9266fc7909da66433f06e9e4d206a92bc9e16206b0a56d615ca4c63001f4
a886fccb36fef8bda8cc7e267545f94decd53eec6a5539026ee95647c7020301
0001
END
)
sig=$(join <<END
4ee6315b4e244c10722d8fba746fb0826231933be525076df13c1a33a5a92181
45ebc5b96a5cc4cb0a4d9999bb9d69faa6a98ab3626f575b7d9bfb073fd368ea
41cf656bad48700291eee43abfcd072b31d1f6aa13a5f8a1953e6299a22a9987
5af20044da900e3b553b49d9f7c6ac11671cb6deae56fec8fc21714aa94325a4
END
)
ct=$(join <<END
1462753df0a7342ad1549eac746d6b4ec63cea0779c454f6323deb3874350570
c4b7365cada9f5865bc7f5250ab0c7b60bc8194028fffd684806724ecc1017e9
5639fef9e7f0ec67e519c21de1e59995e6a4515c31328e2163ec438bba2d38ea
7b7eeec1ffa9a8071c12893a6b19dd3b02f0e38e27b1056b2457ab30502f4a9c
END
)
msg=7365616d6b6579 # "seamkey"
info=3031300d060960864801650304020105000420
info=${info}528cc7d04e0667209a99eeaa17e37ee8aa150f2d76979edb1370cac205e5de78
good='der 0500' # a request that is answered with ok

# ask REQUEST: one line to a fresh process; its answer
ask() {
	printf '%s\n' "$1" | "$program" ${policy:+"$policy"}
}

# answers TITLE WANT REQUEST: WANT is a pattern of the shell
answers() {
	got=$(ask "$3")
	# shellcheck disable=SC2254 # a pattern on purpose
	case $got in
	$2) pass "$1" ;;
	*) fail "$1" "answered: $(printf %s "$got" | cut -c1-200)" ;;
	esac
}

if [ ! -x "$program" ]; then
	fail "$program is there" "it is not; make test builds it"
	summary conformance
fi
policy=

# ---- the answers ---------------------------------------------------------

bad=${sig%?}0
[ "$bad" != "$sig" ] || bad=${sig%?}1
answers "verify" valid "verify SHA-256 $spki $msg $sig"
answers "verify, a digit changed" invalid "verify SHA-256 $spki $msg $bad"
answers "verify, other data" invalid "verify SHA-256 $spki ${msg}00 $sig"
answers "verify, other hash" invalid "verify SHA3-256 $spki $msg $sig"
answers "verify, no signature" invalid "verify SHA-256 $spki $msg -"
answers "verify, no key" invalid "verify SHA-256 - $msg $sig"
answers "verify, DigestInfo" valid "verify none $spki $info $sig"
answers "verify, no DigestInfo" invalid "verify none $spki $msg $sig"
for hash in SHA-1 SHA-224 SHA-384 SHA-512 SHA-512/224 SHA-512/256 SHA3-224 \
	SHA3-384 SHA3-512; do
	answers "verify knows $hash" invalid "verify $hash $spki $msg $sig"
done
answers "sign" "ok $sig" "sign $key $info"
answers "sign, no DigestInfo" fail "sign $key $msg"
answers "sign with a public key" fail "sign $spki $info"
answers "decrypt" "ok $msg" "decrypt $key $ct"
answers "decrypt, nothing" fail "decrypt $key -"
answers "decrypt, a byte less" fail "decrypt $key ${ct#??}"
answers "decrypt-implicit" "ok $msg" "decrypt-implicit $key $ct 7"
answers "decrypt-implicit, no bytes" "ok -" "decrypt-implicit $key $ct 0"
answers "decrypt-implicit, bad key" fail "decrypt-implicit $spki $ct 7"
answers "decrypt-implicit, more than fits" fail \
	"decrypt-implicit $key $ct 118"
answers "decrypt-implicit, much more" fail \
	"decrypt-implicit $key $ct 99999999"
answers "decrypt-implicit, bad padding" "ok ????????????????" \
	"decrypt-implicit $key $sig 8"
answers "decrypt-implicit, no ciphertext" "ok ????????" \
	"decrypt-implicit $key - 4"
answers "decrypt-synthetic" "ok $msg" "decrypt-synthetic $key $ct"
answers "decrypt-synthetic, bad padding" "ok ?*" \
	"decrypt-synthetic $key $sig"
answers "decrypt-synthetic, bad key" fail "decrypt-synthetic - $ct"
answers "encrypt, too long" fail "encrypt $spki $spki"
answers "decrypt-oaep, bad key" fail "decrypt-oaep $spki $ct 7"
answers "decrypt-oaep, bad padding" "ok ??????????????" \
	"decrypt-oaep $key $ct 7"
answers "decrypt-oaep, more than fits" fail "decrypt-oaep $key $ct 63"
answers "encrypt-oaep, too long" fail "encrypt-oaep $spki $spki"
answers "key, private" "ok 1024 010001" "key $key"
answers "key, public" "ok 1024 010001" "key $spki"
answers "key, cut short" fail "key ${spki%??}"
answers "key, a byte more" fail "key ${spki}00"
answers "key, nothing" fail "key -"
answers "der, NULL" ok "$good"
answers "der, nested" ok "der 30053003020100"
answers "der, indefinite" fail "der 30800000"
answers "der, nothing" fail "der -"
answers "der, two elements" fail "der 05000500"
answers "limits" "ok *max-modulus-bits=[1-9]*" limits
answers "limits, nesting" "* max-nesting=[1-9]*" limits

# What one request encrypts, the next decrypts; twice it is not the same.
one=$(ask "encrypt $spki $msg")
two=$(ask "encrypt $spki $msg")
answers "encrypt and decrypt" "ok $msg" "decrypt $key ${one#ok }"
check "encrypt draws new padding" test "$one" != "$two"
answers "an empty message encrypts" "ok ?*" "encrypt $spki -"
one=$(ask "encrypt-oaep $spki $msg")
two=$(ask "encrypt-oaep $spki $msg")
answers "encrypt-oaep and decrypt-oaep" "ok $msg" \
	"decrypt-oaep $key ${one#ok } 7"
check "encrypt-oaep draws a new seed" test "$one" != "$two"

# The same answer to the same bad ciphertext, another to another.
one=$(ask "decrypt-implicit $key $sig 16")
two=$(ask "decrypt-implicit $key $sig 16")
check "implicit rejection repeats itself" test "$one" = "$two"
two=$(ask "decrypt-implicit $key $bad 16")
check "implicit rejection depends on the ciphertext" test "$one" != "$two"

# ---- the default policy --------------------------------------------------

policy=--policy=default
answers "default policy, verify" valid "verify SHA-256 $spki $msg $sig"
answers "default policy, sign" fail "sign $key $info"
answers "default policy, encrypt" fail "encrypt $spki $msg"
answers "default policy, decrypt" fail "decrypt $key $ct"
answers "default policy, private key" fail "key $key"
answers "default policy, public key" "ok 1024 010001" "key $spki"
answers "default policy, limits" "ok *min-modulus-bits=2048 *" limits
answers "default policy, exponents" \
	"* min-e=65537 min-e-verify=3 max-e-bits=64 *" limits
answers "default policy, primes" "* max-prime-bits=4096 *" limits
policy=

refuse "another policy is no usage" "$program" --policy=none
refuse "two arguments are no usage" "$program" --policy=default more

# ---- what is no request --------------------------------------------------

# After each of them the program answers the next line as if nothing were.
survives() {
	{
		# shellcheck disable=SC2059 # escapes on purpose
		printf "$2"
		printf '\n%s\n' "$good"
	} | "$program" >"$work/answers"
	if [ "$(sed -n 1p "$work/answers" | cut -c1-6)" = "error " ] &&
		[ "$(sed -n 2p "$work/answers")" = ok ] &&
		[ "$(wc -l <"$work/answers")" -eq 2 ]; then
		pass "$1"
	else
		fail "$1" "$(cut -c1-200 "$work/answers")"
	fi
}

survives "an empty line" ''
survives "an unknown request" 'ocsp 00 00'
survives "a request in capitals" 'DER 0500'
survives "too few fields" 'sign 00'
survives "too many fields" 'der 05 00'
survives "very many fields" 'der 1 2 3 4 5 6 7 8 9 10 11 12'
survives "two spaces" 'der  0500'
survives "a space in front" ' der 0500'
survives "a space behind" 'der 0500 '
survives "a tab" 'der\t0500'
survives "half a byte" 'der 050'
survives "upper case" 'der 04014A4'
survives "capital digits" 'der 0401AA'
survives "no digits" 'der 05zz'
survives "a minus sign among digits" 'der -05'
survives "a zero byte" 'der 0500\000'
survives "a zero byte alone" '\000'
survives "a carriage return" 'der 0500\r'
survives "bytes that are no ASCII" 'der \303\251\377\200'
survives "an unknown hash" "verify SHA-257 $spki $msg $sig"
survives "MD5" "verify MD5 $spki $msg $sig"
survives "no number" "decrypt-implicit $key $ct seven"
survives "a negative number" "decrypt-implicit $key $ct -1"
survives "a number with a point" "decrypt-implicit $key $ct 1.0"
survives "a number of 30 digits" \
	"decrypt-implicit $key $ct 100000000000000000000000000007"

# An OCTET STRING of 2 MB, and the same with a digit too many.
long() {
	printf 'der 0483200000'
	dd if=/dev/zero bs=65536 count=64 2>/dev/null | tr '\0' 0
	printf '%s\n' "$1"
}
{
	long ''
	echo "$good"
	long 0
	printf %s "$good" # without a line end
} | "$program" | cut -c1-6 | join >"$work/answers"
check "lines of 4 MB, and a last line without an end" \
	test "$(cat "$work/answers")" = okokerrorok

: | "$program" >"$work/answers"
check "no request, no answer" test ! -s "$work/answers"

# ---- at once -------------------------------------------------------------

# The answer comes while the next request has not been written. A watchdog
# ends the program if it does not, so that the read ends, too.
if mkfifo "$work/in" "$work/out" 2>/dev/null; then
	"$program" <"$work/in" >"$work/out" &
	pid=$!
	exec 3>"$work/in" 4<"$work/out"
	{
		sleep 20
		kill "$pid"
	} >/dev/null 2>&1 3>&- 4<&- &
	watchdog=$!
	for title in first second; do
		echo "$good" >&3
		line=
		read -r line <&4
		check "the $title answer does not wait" test "$line" = ok
	done
	exec 3>&-
	wait "$pid"
	check "the end of the file ends it well" test $? -eq 0
	exec 4<&-
	kill "$watchdog" 2>/dev/null
else
	skip "answers at once" "mkfifo does not work here"
fi

summary conformance
