#!/bin/sh
# block.sh - encryption blocks against the openssl command, both ways
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/block.sh               CONFORMANCE names the program
#
# What openssl cms writes is opened, and what seamkey writes is opened by
# openssl cms, by each recipient: every cipher, both ways to encrypt the
# key, each form of an identifier, a thousand recipients, BER; messages from
# nothing to a megabyte, those around each length where the length of a
# level takes an octet more, and a hundred megabytes in pieces of 64 octets.
# Then NSS's cmsutil, both ways, and the client of micromdm's scep, whose
# request is caught on its way to a server. Last the blocks that tools have
# made, where the suites are laid out.
# shellcheck disable=SC2317 # functions called by name
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh
program=${CONFORMANCE:-$O/conformance}
pieces=$O/block_file
made=${VECTORS:-../shared/vectors}/tool-made/cms

if ! have openssl; then
	echo "skip: block: the openssl command is not here (make deps)"
	exit 0
fi
scratch block-run
if [ ! -x "$program" ] || [ ! -x "$pieces" ]; then
	fail "$program and $pieces are there" "make test builds them"
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

# A line of hexadecimal for each request is slow where it is long.
short() {
	[ "$(wc -c <"$work/message")" -le 1000 ]
}

# opens NAME FILE [-ber]: with the key of that name FILE holds message
opens() {
	if short; then
		ask "block-open${3:-}" "$(hex "$work/$1.p8")" "$(hex "$2")" &&
			cmp "$work/answer" "$work/message"
	else
		lenient=cbc,des${3:+,ber,null}
		"$pieces" open "$lenient" 64 "$work/$1.p8" <"$2" \
			>"$work/answer" && cmp "$work/answer" "$work/message"
	fi
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

# ours CIPHER[+oaep]: seamkey seals for a and b
ours() {
	if short; then
		ask block-seal "$(hex "$work/a.spki"),$(hex "$work/b.spki")" \
			"$1" "$(hex "$work/message")" &&
			cp "$work/answer" "$work/block"
	else
		how=${1#"${1%+oaep}"}
		seal "${1%+oaep}" 64 "$work/a.spki${how:+,oaep}" \
			"$work/b.spki${how:+,oaep}"
	fi
}

# ---- files, in pieces ----------------------------------------------------

# seal CIPHER PIECE TO...: message into block
seal() {
	cipher=$1 piece=$2
	shift 2
	"$pieces" seal "$cipher" "$piece" "$(wc -c <"$work/message")" "$@" \
		<"$work/message" >"$work/block"
}

# unseal LENIENT PIECE KEY: block holds message
unseal() {
	"$pieces" open "$1" "$2" "$3" <"$work/block" >"$work/out" &&
		cmp "$work/out" "$work/message"
}

# refused STATUS LENIENT KEY: block is refused, with that status
refused() {
	want=$1
	! "$pieces" open "$2" 1024 "$3" <"$work/block" 2>"$work/complaint" \
		>"$work/out" || return 1
	cat "$work/complaint"
	grep -q "^status $want:" "$work/complaint"
}

# of_openssl NAME KEY: openssl opens block, by the certificate NAME
of_openssl() {
	openssl cms -decrypt -binary -inform DER -in "$work/block" \
		-recip "$work/$1.crt" -inkey "$work/$2.key" \
		-out "$work/out" && cmp "$work/out" "$work/message"
}

# certificate NAME KEY OPTION...: another one for that key
certificate() {
	name=$1 key=$2
	shift 2
	openssl req -x509 -key "$work/$key.key" -out "$work/$name.crt" \
		-subj "/CN=$name" -days 30 "$@" 2>/dev/null &&
		openssl x509 -in "$work/$name.crt" -outform DER \
			-out "$work/$name.der"
}

# ---- ciphers and lengths -------------------------------------------------

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
	# openssl fails to stream nothing with GCM
	gcm="aes-128-gcm aes-256-gcm"
	for cipher in $([ "$len" = 0 ] || echo "$gcm") aes-128-cbc \
		aes-256-cbc; do
		of="$cipher streamed in BER, $len octets"
		# shellcheck disable=SC2086 # a list of options
		check "$of" theirs $cipher -stream -recip "$work/a.crt" \
			-recip "$work/b.crt" $oaep
		check "$of: opened" opens a "$work/block" -ber
		check "$of: opened by b" opens b "$work/block" -ber
		refuse "$of: not by default" opens a "$work/block"
		check "$of: nor in pieces" refused -422 cbc "$work/a.p8"
	done
	check "3DES, $len octets" theirs des3 -recip "$work/a.crt"
	check "3DES, $len octets: opened" opens a "$work/block"
done
check "a changed octet" theirs aes-256-gcm -recip "$work/a.crt"
printf '\001' | dd of="$work/block" bs=1 seek=400 conv=notrunc 2>/dev/null
refuse "a changed octet is not opened" opens a "$work/block"

# ---- what openssl writes that is no such block ----------------------------

# foreign STATUS WHAT OPTION...: openssl writes it, and it is refused
foreign() {
	want=$1 of=$2
	shift 2
	check "$of: openssl writes it" openssl cms "$@" -binary -outform DER \
		-in "$work/message" -out "$work/block"
	check "$of: refused by name" refused "$want" cbc,des,ber,null \
		"$work/a.p8"
}

head -c 1000 /dev/urandom >"$work/message"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	-keyout "$work/ec.key" -out "$work/ec.crt" -subj /CN=ec 2>/dev/null
to="-recip $work/a.crt"
secret="-secretkey 000102030405060708090a0b0c0d0e0f"
# shellcheck disable=SC2086 # lists of options
{
	foreign -405 "AES-192-CBC" -encrypt -keyid -aes-192-cbc $to
	foreign -405 "AES-192-GCM" -encrypt -keyid -aes-192-gcm $to
	foreign -405 "Camellia" -encrypt -keyid -camellia256 $to
	foreign -410 "OAEP with SHA-1" -encrypt -keyid -aes128 $to \
		-keyopt rsa_padding_mode:oaep
	foreign -410 "OAEP with SHA-384" -encrypt -keyid -aes128 $to \
		-keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha384
	foreign -410 "OAEP with SHA-256 and MGF1 with SHA-1" -encrypt -keyid \
		-aes128 $to $oaep -keyopt rsa_mgf1_md:sha1
	foreign -410 "OAEP with a label" -encrypt -keyid -aes128 $to $oaep \
		-keyopt rsa_oaep_label:6c
	foreign -418 "key agreement" -encrypt -aes128 -recip "$work/ec.crt"
	foreign -419 "a symmetric key" -encrypt -aes128 $secret -secretkeyid 01
	foreign -420 "a password" -encrypt -aes128 -pwri_password secret
	foreign -411 "SignedData" -sign -nodetach -signer "$work/a.crt" \
		-inkey "$work/a.key"
	foreign -412 "DigestedData" -digest_create
	foreign -413 "EncryptedData" -EncryptedData_encrypt -aes128 $secret
	foreign -416 "Data" -data_create
}
check "key agreement beside RSA" theirs aes-256-gcm \
	-recip "$work/ec.crt" -recip "$work/a.crt"
check "key agreement beside RSA: opened" unseal none 64 "$work/a.p8"

# ---- identifiers ---------------------------------------------------------

# Of one octet, of 64; by issuer and serial number, of which one begins
# with a set bit, and an octet of zero in the INTEGER.
long=$(head -c 64 /dev/urandom | od -An -v -tx1 | tr -d ' \n')
check "a certificate with an identifier of one octet" \
	certificate one a -addext subjectKeyIdentifier=7f
check "a certificate with an identifier of 64 octets" \
	certificate long a -addext "subjectKeyIdentifier=$long"
check "a certificate with a high serial number" \
	certificate high a -set_serial 0x83f50bb70bd5c40e
check "a certificate with a low serial number" certificate low b -set_serial 1
head -c 1000 /dev/urandom >"$work/message"
a=$work/a b=$work/b
for cipher in aes-128-gcm aes-256-gcm aes-128-cbc aes-256-cbc; do
	check "$cipher: all forms of identifiers in one block" seal $cipher 64 \
		"$a.spki" "$a.spki,id:7f,oaep" "$a.spki,id:$long" \
		"$a.spki,crt:$work/high.der,oaep" "$b.spki,oaep" \
		"$b.spki,crt:$work/low.der"
	for key in a id:7f "id:$long" "crt:$work/high.der"; do
		check "$cipher: opened by $key" unseal cbc 64 \
			"$a.p8$([ "$key" = a ] || echo ",$key")"
	done
	check "$cipher: opened by b" unseal cbc 64 "$b.p8"
	check "$cipher: opened by b's certificate" \
		unseal cbc 64 "$b.p8,crt:$work/low.der"
	check "$cipher: not by another name" \
		refused -401 cbc "$b.p8,id:7e"
	for name in a one long high; do
		check "$cipher: openssl opens it by $name" of_openssl $name a
	done
	check "$cipher: openssl opens it by b" of_openssl b b
	check "$cipher: openssl opens it by low" of_openssl low b
	# shellcheck disable=SC2086 # a list of options
	for name in one long high; do
		id=$([ $name = high ] || echo -keyid)
		for with in "" "$oaep"; do
			of="$cipher by $name${with:+, OAEP}"
			check "$of: openssl seals" openssl cms -encrypt \
				-binary $id "-$cipher" -outform DER \
				-in "$work/message" -out "$work/block" \
				-recip "$work/$name.crt" $with
			case $name in
			one) key=id:7f ;;
			long) key=id:$long ;;
			high) key=crt:$work/high.der ;;
			esac
			check "$of: opened" unseal cbc 64 "$a.p8,$key"
			check "$of: not by another's name" \
				refused -401 cbc "$a.p8,id:aa"
		done
	done
done

# ---- lengths of lengths --------------------------------------------------

# borders CIPHER LENGTH: both ways, by the same number of octets
border() {
	of="$1, $2 octets"
	head -c "$2" /dev/zero >"$work/message"
	check "$of: sealed" seal "$1" 4096 "$a.spki"
	size=$(wc -c <"$work/block")
	check "$of: openssl opens it" of_openssl a a
	check "$of: openssl seals" openssl cms -encrypt -binary -keyid "-$1" \
		-outform DER -in "$work/message" -out "$work/block" \
		-recip "$a.crt"
	check "$of: opened" unseal cbc 4096 "$a.p8"
	check "$of: and is as long" test "$(wc -c <"$work/block")" = "$size"
}

borders() {
	"$pieces" borders "$1" "$2" "$3" "$a.spki" >"$work/borders"
	# five levels, of which CBC may lengthen two with one block
	check "$1: levels from $2 to $3 octets" \
		test "$(wc -l <"$work/borders")" -ge 4
	while read -r len; do
		border "$1" $((len - 1))
		border "$1" "$len"
	done <"$work/borders"
}

for cipher in aes-128-gcm aes-256-gcm aes-128-cbc aes-256-cbc; do
	borders $cipher 64000 65600
done
for cipher in aes-256-gcm aes-128-cbc; do
	borders $cipher 0 300
	borders $cipher 16776000 16777300
done

# ---- a thousand recipients -----------------------------------------------

# One certificate a thousand times, each time with another serial number:
# nobody looks at the signature here.
thousand() {
	mkdir -p "$work/many" && perl -e '
		open F, "<:raw", shift or die;
		$/ = undef;
		$der = <F>;
		$at = index $der, pack "H*", "02090083f50bb70bd5c40e";
		for $n (1000 .. 1999) {
			open G, ">:raw", "$ARGV[0]/$n.der" or die;
			substr $der, $at + 2, 9, pack "xNN", 1 << 31, $n;
			print G $der;
		}' "$work/high.der" "$work/many"
}

head -c 1000 /dev/urandom >"$work/message"
check "a thousand certificates" thousand
list=
theirs=
n=2000
while [ $n -gt 1000 ]; do
	n=$((n - 1))
	list="$list $a.spki,crt:$work/many/$n.der"
	theirs="$theirs -recip $work/many/$n.der"
done
for cipher in aes-256-gcm aes-128-cbc; do
	of="a thousand recipients, $cipher"
	# shellcheck disable=SC2086 # lists
	check "$of: sealed" seal $cipher 64 $list "$b.spki,oaep"
	for n in 1000 1500 1999; do
		cp "$work/many/$n.der" "$work/of.crt"
		check "$of: openssl opens it by number $n" of_openssl of a
		check "$of: opened by number $n" \
			unseal cbc 64 "$a.p8,crt:$work/many/$n.der"
	done
	check "$of: openssl opens it by b" of_openssl b b
	check "$of: opened by b" unseal cbc 64 "$b.p8"
	check "$of: nobody else" refused -401 cbc "$a.p8"
	# shellcheck disable=SC2086 # a list
	check "$of: openssl seals" openssl cms -encrypt -binary "-$cipher" \
		-outform DER -in "$work/message" -out "$work/block" $theirs
	for n in 1000 1500 1999; do
		check "$of: openssl's is opened by number $n" \
			unseal cbc 64 "$a.p8,crt:$work/many/$n.der"
	done
	check "$of: openssl's has nobody else" refused -401 cbc "$a.p8"
done

# ---- a hundred megabytes -------------------------------------------------

# In pieces of 64 octets; the message is not kept twice.
head -c 100000000 /dev/urandom >"$work/message"
check "100 MB: sealed in pieces" seal aes-256-gcm 64 "$a.spki"
check "100 MB: openssl opens them" of_openssl a a
check "100 MB: openssl streams BER" openssl cms -encrypt -binary -stream \
	-keyid -aes-128-cbc -outform DER -in "$work/message" \
	-out "$work/block" -recip "$a.crt"
check "100 MB: opened in pieces" unseal ber,cbc 64 "$a.p8"
rm -f "$work/message" "$work/block" "$work/out"

# ---- NSS -----------------------------------------------------------------

# nss_key NAME KEY: certificate and key into the database
nss_key() {
	openssl pkcs12 -export -name "$1" -inkey "$work/$2.key" \
		-in "$work/$1.crt" -passout pass:nss -out "$work/$1.p12" &&
		pk12util -i "$work/$1.p12" -d "sql:$work/nss" -W nss &&
		certutil -A -n "$1" -t "CT,CT,CT" -a -i "$work/$1.crt" \
			-d "sql:$work/nss"
}

# nss_seals TO...
nss_seals() {
	cmsutil -E -r "$@" -d "sql:$work/nss" -i "$work/message" \
		-o "$work/block"
}

nss_opens() {
	cmsutil -D -d "sql:$work/nss" -i "$work/block" -o "$work/out" &&
		cmp "$work/out" "$work/message"
}

# not_nss WHY: cmsutil does not open block, and says so
not_nss() {
	! cmsutil -D -d "sql:$work/nss" -i "$work/block" -o "$work/out" \
		2>"$work/complaint" || return 1
	cat "$work/complaint"
	grep -q "$1" "$work/complaint"
}

nss_length() {
	head -c "$1" /dev/urandom >"$work/message"
	of="NSS, $1 octets"
	check "$of: sealed for two" nss_seals nss -r other
	check "$of: opened" unseal ber,cbc 64 "$a.p8,crt:$work/nss.der"
	check "$of: opened by the other" \
		unseal ber,cbc 64 "$b.p8,crt:$work/other.der"
	check "$of: BER is named" refused -422 cbc "$a.p8,crt:$work/nss.der"
	check "$of: CBC is named" refused -405 ber "$a.p8,crt:$work/nss.der"
	for cipher in aes-128-cbc aes-256-cbc; do
		check "$cipher: sealed for $of" seal $cipher 64 \
			"$a.spki,crt:$work/nss.der" \
			"$b.spki,crt:$work/other.der"
		check "$cipher: opened by $of" nss_opens
		check "$cipher: sealed by identifier for $of" \
			seal $cipher 64 "$a.spki"
		check "$cipher: opened by identifier by $of" nss_opens
	done
}

nss() {
	mkdir -p "$work/nss"
	check "NSS: a certificate" certificate nss a \
		-addext subjectKeyIdentifier=hash
	check "NSS: another" certificate other b
	check "NSS: a database" certutil -N -d "sql:$work/nss" --empty-password
	check "NSS: a key" nss_key nss a
	check "NSS: another key" nss_key other b
	for len in 0 1 15 16 17 1000 65536 1000000; do
		nss_length $len
	done
	# what NSS does not know: these two are not to be had with it
	check "NSS: sealed with AES-GCM" seal aes-256-gcm 64 "$a.spki"
	check "NSS does not know AuthEnvelopedData" \
		not_nss SEC_ERROR_UNRECOGNIZED_OID
	check "NSS: sealed with OAEP" seal aes-128-cbc 64 "$a.spki,oaep"
	check "NSS does not know OAEP here" not_nss SEC_ERROR
}

if have cmsutil && have pk12util && have certutil; then
	nss
else
	skip "block: NSS" "cmsutil is not here (make deps)"
fi

# ---- micromdm's client ---------------------------------------------------

# Stands in for a server: hands out the certificate, keeps the request.
cat >"$work/server.py" <<'END'
import base64, http.server, os, sys, urllib.parse

work = sys.argv[1]

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        query = urllib.parse.urlsplit(self.path).query
        query = urllib.parse.parse_qs(query)
        answer = b''
        if query['operation'] == ['GetCACaps']:
            answer = b'POSTPKIOperation\n'
        elif query['operation'] == ['GetCACert']:
            answer = open(work + '/low.der', 'rb').read()
        else:
            length = int(self.headers.get('Content-Length', '0'))
            request = self.rfile.read(length) if length else \
                base64.b64decode(query['message'][0])
            open(work + '/request', 'wb').write(request)
        self.send_response(200)
        self.send_header('Content-Type', 'application/x-x509-ca-cert'
            if query['operation'] == ['GetCACert'] else 'text/plain')
        self.send_header('Content-Length', str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_POST = do_GET

    def log_message(self, *arguments):
        pass

server = http.server.HTTPServer(('127.0.0.1', 0), Handler)
with open(work + '/port.new', 'w') as f:
    print(server.server_port, file=f)
os.rename(work + '/port.new', work + '/port')
server.timeout = 20
for turn in range(3):
    server.handle_request()
END

# The client asks for a certificate; what it sends is SignedData around the
# block, and in that is the request that it leaves in csr.pem, too.
caught() {
	python3 "$work/server.py" "$work" &
	for try in 1 2 3 4 5 6 7 8 9 10; do
		[ ! -s "$work/port" ] || break
		sleep "0.$try"
	done
	mkdir -p "$work/client"
	(
		cd "$work/client" || exit
		scepclient -server-url "http://127.0.0.1:$(cat ../port)/scep" \
			-private-key key.pem -certificate cert.pem
	)
	wait
	openssl cms -verify -noverify -binary -inform DER -in "$work/request" \
		-out "$work/block" &&
		openssl req -in "$work/client/csr.pem" -outform DER \
			-out "$work/message"
}

if have scepclient && have python3; then
	mine=$b.p8,crt:$work/low.der
	check "micromdm: its client sends a block" caught
	check "micromdm: opened" unseal des,ber,null 64 "$mine"
	check "micromdm: absent NULL is named" refused -410 des,ber "$mine"
	check "micromdm: DES is named" refused -405 ber,null,cbc "$mine"
	check "micromdm: BER is named" refused -422 des,null "$mine"
	check "micromdm: nothing without" refused -410 none "$mine"
	check "micromdm: not for another" \
		refused -401 des,ber,null "$b.p8"
else
	skip "block: micromdm" "scepclient or python3 is not here (make deps)"
fi

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
