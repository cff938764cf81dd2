#!/bin/sh
# make_keys.sh - makes the keys of the unit tests, and prints tests/keys.h
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/make_keys.sh >tests/keys.h
#
# Needs openssl (3.0 or later) and python3. The result is in the tree: it
# was made once, every run gives other keys. The commands:
#
#   openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:N \
#	[-pkeyopt rsa_keygen_pubexp:3]
#   openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:CURVE
#   openssl pkcs8 -topk8 -nocrypt; openssl ec; openssl pkey -pubout
#   openssl req -x509; openssl x509 -req
#   openssl prime -generate -bits N
#
# and python3 for what openssl does not make: a key with p below q, one with
# primes of 1200 and 848 bits (both then checked by openssl rsa -check), a
# OneAsymmetricKey with attributes and public key. What the services must
# answer comes from elsewhere than the headers: signatures from openssl,
# synthetic messages from python3's hmac, written down from the draft.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"

# rsa NAME BITS [OPTION...]
rsa() {
	name=$1
	bits=$2
	shift 2
	openssl genpkey -quiet -algorithm RSA -pkeyopt "rsa_keygen_bits:$bits" \
		"$@" -out "$name.pem" 2>/dev/null ||
		openssl genpkey -algorithm RSA \
			-pkeyopt "rsa_keygen_bits:$bits" \
			"$@" -out "$name.pem" 2>/dev/null
	openssl pkcs8 -topk8 -nocrypt -in "$name.pem" -outform DER \
		-out "$name.der"
}

# ec NAME CURVE
ec() {
	openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:$2" \
		-out "$1.pem" 2>/dev/null
	openssl pkcs8 -topk8 -nocrypt -in "$1.pem" -outform DER -out "$1.der"
	openssl ec -in "$1.pem" -outform DER -out "$1_sec1.der" 2>/dev/null
	openssl pkey -in "$1.pem" -pubout -outform DER -out "$1_public.der"
}

rsa key_1024 1024
rsa key_1031 1031
rsa key_2048 2048
rsa key_2048_e3 2048 -pkeyopt rsa_keygen_pubexp:3
rsa key_4096 4096
openssl pkey -in key_2048.pem -pubout -outform DER -out key_2048_public.der
ec ec_p256 P-256
ec ec_p384 P-384
ec ec_p521 P-521
openssl req -x509 -new -key ec_p256.pem -subj "/O=seamkey/CN=test" -sha256 \
	-days 3650 -set_serial 0x8042424242424242 -outform DER \
	-out certificate.der 2>/dev/null
openssl req -new -key ec_p256.pem -subj "/CN=old" -sha256 -out old.csr
openssl x509 -req -in old.csr -signkey ec_p256.pem -set_serial 1 -days 3650 \
	-outform DER -out certificate_v1.der 2>/dev/null

cat >make.py <<'PY'
import hashlib, hmac, math, subprocess

def openssl(*args):
    return subprocess.run(("openssl",) + args, check=True,
                          capture_output=True).stdout

# ---- DER, as much as is needed --------------------------------------------

def tlv(tag, body):
    n = len(body)
    if n < 128:
        return bytes([tag, n]) + body
    size = n.to_bytes((n.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + body

def integer(v):
    return tlv(2, v.to_bytes(v.bit_length() // 8 + 1, "big"))

def split(b):
    out = []
    while b:
        n, at = b[1], 2
        if n & 0x80:
            at += n & 0x7F
            n = int.from_bytes(b[2:at], "big")
        out.append((b[0], b[at:at + n]))
        b = b[at + n:]
    return out

RSA = tlv(0x30, bytes.fromhex("06092a864886f70d010101") + b"\5\0")

def numbers(name):
    info = split(split(open(name + ".der", "rb").read())[0][1])
    key = split(split(info[2][1])[0][1])
    return [int.from_bytes(v, "big") for _, v in key[1:]]

def rsa_key(p, q, e):
    n, phi = p * q, (p - 1) * (q - 1)
    d = pow(e, -1, phi // math.gcd(p - 1, q - 1))
    return [n, e, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p)]

def private_info(key, version=0, rest=b""):
    inner = tlv(0x30, b"".join(integer(v) for v in [0] + key))
    return tlv(0x30, integer(version) + RSA + tlv(4, inner) + rest)

def write(name, der):
    with open(name + ".der", "wb") as f:
        f.write(der)
    openssl("rsa", "-inform", "DER", "-in", name + ".der", "-check",
            "-noout")

# p below q
n, e, d, p, q = numbers("key_2048")[:5]
swapped = rsa_key(min(p, q), max(p, q), e)
assert swapped[:3] == [n, e, d]
write("key_2048_swapped", private_info(swapped))

# primes of 1200 and 848 bits
def prime(bits):
    while True:
        v = int(openssl("prime", "-generate", "-bits", str(bits)))
        if v % 65537 != 1 and v >> (bits - 2) == 3:
            return v
write("key_2048_unequal", private_info(rsa_key(prime(1200), prime(848),
                                               65537)))

# OneAsymmetricKey: attributes [0] with a friendlyName, public key [1]
key = numbers("key_1024")
name = tlv(0x30, bytes.fromhex("06092a864886f70d010914")
           + tlv(0x31, tlv(0x1E, "seam".encode("utf-16-be"))))
public = tlv(0x30, integer(key[0]) + integer(key[1]))
with open("key_1024_v2.der", "wb") as f:
    f.write(private_info(key, 1, tlv(0xA0, name) + tlv(0x81, b"\0" + public)))

# ---- the header -----------------------------------------------------------

def array(name, data, say):
    print("\n/* %s */" % say)
    print("static const unsigned char %s[] = {" % name)
    for i in range(0, len(data), 12):
        print("\t" + " ".join("0x%02X," % b for b in data[i:i + 12]))
    print("};")

def der(name, say):
    array(name, open(name + ".der", "rb").read(), say)

print("""/*
 * keys.h - keys and answers for the unit tests, made by tests/make_keys.sh
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Test keys: they protect nothing. What is called key_ or ec_ is a
 * PrivateKeyInfo unless the name goes on with what else it is.
 */
#ifndef SEAMKEY_KEYS_H
#define SEAMKEY_KEYS_H

/* clang-format off */""")

der("key_1024", "RSA, 1024 bits, e = 65537")
der("key_1031", "RSA, 1031 bits: the modulus does not fill its octets")
der("key_2048", "RSA, 2048 bits, e = 65537")
der("key_2048_public", "its SubjectPublicKeyInfo")
der("key_2048_e3", "RSA, 2048 bits, e = 3")
der("key_2048_swapped", "the numbers of key_2048, with p below q")
der("key_2048_unequal", "RSA, primes of 1200 and 848 bits")
der("key_4096", "RSA, 4096 bits, e = 65537")
der("key_1024_v2", "key_1024 with attributes and public key, version 1")
for c in ("256", "384", "521"):
    der("ec_p" + c, "EC, P-%s: curve in the container alone" % c)
    der("ec_p%s_sec1" % c, "the same as ECPrivateKey, with curve")
    der("ec_p%s_public" % c, "its SubjectPublicKeyInfo")
der("certificate", "of ec_p256, version 3, serial 8042424242424242")
der("certificate_v1", "of ec_p256, version 1, serial 1, no extension")

# ---- answers --------------------------------------------------------------

with open("message", "wb") as f:
    f.write(b"seamkey")
for name in ("key_1024", "key_1031", "key_2048", "key_2048_e3",
             "key_2048_unequal", "key_4096"):
    sig = openssl("dgst", "-sha256", "-sign", name + ".der", "-keyform",
                  "DER", "message")
    array("sig_" + name[4:], hashlib.sha256(sig).digest(),
          "SHA-256 of the signature with SHA-256 over \"seamkey\"")

def prf(kdk, label, size):
    out, i = b"", 0
    while len(out) < size:
        out += hmac.new(kdk, i.to_bytes(2, "big") + label
                        + (8 * size).to_bytes(2, "big"), "sha256").digest()
        i += 1
    return out[:size]

def rejection(secret, ct, k):
    kdk = hmac.new(secret, ct, "sha256").digest()
    top = k - 11
    mask = (1 << top.bit_length()) - 1
    lengths, size = prf(kdk, b"length", 256), 0
    for i in range(0, 256, 2):
        v = int.from_bytes(lengths[i:i + 2], "big") & mask
        if v <= top:
            size = v
    return kdk, size, prf(kdk, b"message", k)[k - size:]

def bad_ciphertext(k, fill=0x5A):
    return bytes([0]) + bytes([fill]) * (k - 1)

HANDLE = bytes(range(32))

# other: a secret instead of that of d, or another d
def rejections(name, suffix="", other=None):
    n, e, d = numbers(name)[:3]
    k = (n.bit_length() + 7) // 8
    ct = bad_ciphertext(k)
    m = pow(int.from_bytes(ct, "big"), d, n).to_bytes(k, "big")
    assert not (m[0] == 0 and m[1] == 2)
    if isinstance(other, int):
        d = other
    secret = hashlib.sha256(d.to_bytes(k, "big")).digest()
    if isinstance(other, bytes):
        secret = other
    kdk, size, msg = rejection(secret, ct, k)
    short = name[4:] + suffix
    array("kdk_" + short, kdk, "key derivation key of 00 5A ... 5A")
    print("#define IMPLICIT_LEN_%s %d" % (short.upper(), size))
    array("implicit_" + short, hashlib.sha256(msg).digest(),
          "SHA-256 of the synthetic message, %d octets" % size)
    for want in (32, 48):
        array("fixed_%d_%s" % (want, short),
              prf(kdk, b"fixed" + want.to_bytes(2, "big"), want),
              "what the fixed form gives where %d are asked for" % want)
    array("oaep_32_" + short, prf(kdk, b"oaep" + b"\0\x20", 32),
          "what the form for OAEP gives where 32 are asked for")

rejections("key_1031")
rejections("key_2048")
rejections("key_2048", "_short_d", 0x0123456789)
rejections("key_2048", "_handle", HANDLE)

# Blocks of OAEP, by RFC 8017 section 7.1.1, with the seed 00 01 ... 1F
def mgf1(seed, size):
    out, i = b"", 0
    while len(out) < size:
        out += hashlib.sha256(seed + i.to_bytes(4, "big")).digest()
        i += 1
    return out[:size]

def mix(a, b):
    return bytes(x ^ y for x, y in zip(a, b))

def oaep(k, msg):
    db = hashlib.sha256(b"").digest() + bytes(k - len(msg) - 66)
    db += b"\x01" + msg
    seed = bytes(range(32))
    db = mix(db, mgf1(seed, len(db)))
    return b"\0" + mix(seed, mgf1(db, 32)) + db

for k in (128, 129, 256):
    array("oaep_block_%d" % k, hashlib.sha256(oaep(k, b"seamkey")).digest(),
          "SHA-256 of the block of OAEP around \"seamkey\", %d octets" % k)

# The lengths of synthetic messages for every length of a modulus, of the
# first ciphertext with an odd one for 267 octets: where the longest message
# has 256, nothing but the last step of the mask sets its lowest bit.
fill = 0x5A
while rejection(HANDLE, bad_ciphertext(267, fill), 267)[1] % 2 == 0:
    fill += 1
sizes, everything = [], hashlib.sha256()
for k in range(128, 513):
    kdk, size, msg = rejection(HANDLE, bad_ciphertext(k, fill), k)
    sizes.append(size)
    everything.update(msg)
print("\n#define IMPLICIT_FILL 0x%02X" % fill)
print("\n/* Length of the synthetic message for 128 to 512 octets */")
print("static const unsigned short implicit_lens[] = {")
for i in range(0, len(sizes), 12):
    print("\t" + " ".join("%d," % v for v in sizes[i:i + 12]))
print("};")
array("implicit_all", everything.digest(), "SHA-256 of all of these messages")

print("""
/* clang-format on */

#endif""")
PY
python3 make.py
