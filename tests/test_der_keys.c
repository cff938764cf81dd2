/*
 * test_der_keys.c - key structures there and back, and what makes a key
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 */
#include "rsa_tools.h"

#include "bignum.h"

#define LARGEST 2500 /* bytes of the largest structure here */

/* ---- structures ---------------------------------------------------------- */

/* What a decoder made of its input, written again. */
struct echo {
	unsigned char out[LARGEST];
	size_t len;
};

/* Decode in and write it again to e; the status of the decoder. */
typedef int (*through)(seamkey_span in, struct echo *e);

/* A view points into what was decoded, or is empty. */
static void
check_view(seamkey_span in, seamkey_span view)
{
	if (view.len != 0) {
		CHECK_INT(view.p >= in.p, 1);
		CHECK_INT(view.p + view.len <= in.p + in.len, 1);
	}
}

/* Before and after a decoder that failed. */
#define FILL(object) memset(&(object), CANARY, sizeof(object))
#define UNCHANGED(object) \
	CHECK_INT(all_are(&(object), CANARY, sizeof(object)), 1)

static int
through_private_key_info(seamkey_span in, struct echo *e)
{
	seamkey_der_private_key_info info;
	int status;

	FILL(info);
	status = seamkey_der_decode_private_key_info(&info, in);
	if (status != SEAMKEY_OK) {
		UNCHANGED(info);
		return status;
	}
	CHECK_INT(info.version <= 1, 1);
	check_view(in, info.algorithm.oid);
	check_view(in, info.algorithm.parameters);
	check_view(in, info.private_key);
	check_view(in, info.attributes);
	check_view(in, info.public_key);
	CHECK_INT(seamkey_der_encode_private_key_info(
			  e->out, sizeof e->out, &e->len, &info),
		SEAMKEY_OK);
	return status;
}

static int
through_public_key_info(seamkey_span in, struct echo *e)
{
	seamkey_der_public_key_info info;
	int status;

	FILL(info);
	status = seamkey_der_decode_public_key_info(&info, in);
	if (status != SEAMKEY_OK) {
		UNCHANGED(info);
		return status;
	}
	check_view(in, info.algorithm.oid);
	check_view(in, info.algorithm.parameters);
	check_view(in, info.public_key);
	CHECK_INT(seamkey_der_encode_public_key_info(
			  e->out, sizeof e->out, &e->len, &info),
		SEAMKEY_OK);
	return status;
}

static void
check_private_views(seamkey_span in, const seamkey_der_rsa_private *key)
{
	check_view(in, key->n);
	check_view(in, key->e);
	check_view(in, key->d);
	check_view(in, key->p);
	check_view(in, key->q);
	check_view(in, key->dp);
	check_view(in, key->dq);
	check_view(in, key->qinv);
}

static int
through_rsa_private(seamkey_span in, struct echo *e)
{
	seamkey_der_rsa_private key;
	int status;

	FILL(key);
	status = seamkey_der_decode_rsa_private(&key, in);
	if (status != SEAMKEY_OK) {
		UNCHANGED(key);
		return status;
	}
	check_private_views(in, &key);
	CHECK_INT(seamkey_der_encode_rsa_private(
			  e->out, sizeof e->out, &e->len, &key),
		SEAMKEY_OK);
	return status;
}

/* Version 1 without a public key is well formed (RFC 5958); the encoders
 * of RSA and EC keys write version 0. */
static void
keep_version(seamkey_span in, struct echo *e)
{
	seamkey_der_private_key_info info;

	CHECK_INT(seamkey_der_decode_private_key_info(&info, in), SEAMKEY_OK);
	/* behind the head of the SEQUENCE: 02 01 and the version */
	CHECK_INT(e->out[e->out[1] < 0x80 ? 4 : e->out[1] - 0x80 + 4], 0);
	e->out[e->out[1] < 0x80 ? 4 : e->out[1] - 0x80 + 4] =
		(unsigned char)info.version;
}

static int
through_rsa_private_info(seamkey_span in, struct echo *e)
{
	seamkey_der_rsa_private key;
	int status;

	FILL(key);
	status = seamkey_der_decode_rsa_private_info(&key, in, 0);
	if (status != SEAMKEY_OK) {
		UNCHANGED(key);
		return status;
	}
	check_private_views(in, &key);
	CHECK_INT(seamkey_der_encode_rsa_private_info(
			  e->out, sizeof e->out, &e->len, &key),
		SEAMKEY_OK);
	keep_version(in, e);
	return status;
}

static int
through_rsa_public(seamkey_span in, struct echo *e)
{
	seamkey_der_rsa_public key;
	int status;

	FILL(key);
	status = seamkey_der_decode_rsa_public(&key, in);
	if (status != SEAMKEY_OK) {
		UNCHANGED(key);
		return status;
	}
	check_view(in, key.n);
	check_view(in, key.e);
	CHECK_INT(seamkey_der_encode_rsa_public(
			  e->out, sizeof e->out, &e->len, &key),
		SEAMKEY_OK);
	return status;
}

static int
through_rsa_public_info(seamkey_span in, struct echo *e)
{
	seamkey_der_rsa_public key;
	int status;

	FILL(key);
	status = seamkey_der_decode_rsa_public_info(&key, in, 0);
	if (status != SEAMKEY_OK) {
		UNCHANGED(key);
		return status;
	}
	check_view(in, key.n);
	check_view(in, key.e);
	CHECK_INT(seamkey_der_encode_rsa_public_info(
			  e->out, sizeof e->out, &e->len, &key),
		SEAMKEY_OK);
	return status;
}

static void
check_ec_private(seamkey_span in, const seamkey_der_ec_private *key)
{
	size_t size = seamkey_der_curve_size(key->curve);

	check_view(in, key->scalar);
	check_view(in, key->public_key);
	CHECK_INT(size != 0, 1);
	CHECK_INT(key->scalar.len, size);
	if (key->public_key.len != 0) {
		CHECK_INT(key->public_key.len, 2 * size + 1);
	}
}

static int
through_ec_private(seamkey_span in, struct echo *e)
{
	seamkey_der_ec_private key;
	int status;

	FILL(key);
	status = seamkey_der_decode_ec_private(&key, in, 0);
	if (status != SEAMKEY_OK) {
		UNCHANGED(key);
		return status;
	}
	check_ec_private(in, &key);
	CHECK_INT(seamkey_der_encode_ec_private(
			  e->out, sizeof e->out, &e->len, &key),
		SEAMKEY_OK);
	return status;
}

static int
through_ec_private_info(seamkey_span in, struct echo *e)
{
	seamkey_der_ec_private key;
	int status;

	FILL(key);
	status = seamkey_der_decode_ec_private_info(&key, in);
	if (status != SEAMKEY_OK) {
		UNCHANGED(key);
		return status;
	}
	check_ec_private(in, &key);
	CHECK_INT(seamkey_der_encode_ec_private_info(
			  e->out, sizeof e->out, &e->len, &key),
		SEAMKEY_OK);
	keep_version(in, e);
	return status;
}

/* The form that no encoder writes: the curve in the container and inside.
 * Written again with what there is for structures of any algorithm. */
static int
through_ec_twice(seamkey_span in, struct echo *e)
{
	unsigned char inner[300];
	seamkey_der_private_key_info info;
	seamkey_der_ec_private key;
	int status;

	FILL(key);
	status = seamkey_der_decode_ec_private_info(&key, in);
	if (status != SEAMKEY_OK) {
		UNCHANGED(key);
		return status;
	}
	check_ec_private(in, &key);
	CHECK_INT(seamkey_der_decode_private_key_info(&info, in), SEAMKEY_OK);
	info.private_key.p = inner;
	CHECK_INT(seamkey_der_encode_ec_private(
			  inner, sizeof inner, &info.private_key.len, &key),
		SEAMKEY_OK);
	CHECK_INT(seamkey_der_encode_private_key_info(
			  e->out, sizeof e->out, &e->len, &info),
		SEAMKEY_OK);
	return status;
}

static int
through_ec_public_info(seamkey_span in, struct echo *e)
{
	seamkey_der_ec_public key;
	int status;

	FILL(key);
	status = seamkey_der_decode_ec_public_info(&key, in);
	if (status != SEAMKEY_OK) {
		UNCHANGED(key);
		return status;
	}
	check_view(in, key.public_key);
	CHECK_INT(
		key.public_key.len, 2 * seamkey_der_curve_size(key.curve) + 1);
	CHECK_INT(seamkey_der_encode_ec_public_info(
			  e->out, sizeof e->out, &e->len, &key),
		SEAMKEY_OK);
	return status;
}

static int
through_digest_info(seamkey_span in, struct echo *e)
{
	seamkey_der_digest_info info;
	int status;

	FILL(info);
	status = seamkey_der_decode_digest_info(&info, in, 0);
	if (status != SEAMKEY_OK) {
		UNCHANGED(info);
		return status;
	}
	check_view(in, info.digest);
	CHECK_INT(info.digest.len, seamkey_der_hash_size(info.hash));
	CHECK_INT(seamkey_der_encode_digest_info(
			  e->out, sizeof e->out, &e->len, &info),
		SEAMKEY_OK);
	return status;
}

/* The outline leaves out too much to be written again: the parts must be
 * where they are, whatever has changed inside them. */
static int
through_certificate(seamkey_span in, struct echo *e)
{
	seamkey_der_certificate good, cert;
	int old = in.len < 300;
	seamkey_span whole = old ? SPAN(certificate_v1) : SPAN(certificate);
	int status;

	CHECK_INT(seamkey_der_decode_certificate(&good, whole), SEAMKEY_OK);
	FILL(cert);
	status = seamkey_der_decode_certificate(&cert, in);
	if (status != SEAMKEY_OK) {
		UNCHANGED(cert);
		return status;
	}
	CHECK_INT(cert.issuer.p - in.p, good.issuer.p - whole.p);
	CHECK_INT(cert.issuer.len, good.issuer.len);
	CHECK_INT(cert.subject.p - in.p, good.subject.p - whole.p);
	CHECK_INT(cert.subject.len, good.subject.len);
	CHECK_INT(cert.public_key_info.p - in.p,
		good.public_key_info.p - whole.p);
	CHECK_INT(cert.public_key_info.len, good.public_key_info.len);
	CHECK_INT(cert.serial.p + cert.serial.len - in.p,
		good.serial.p + good.serial.len - whole.p);
	check_view(in, cert.key_id);
	memcpy(e->out, in.p, in.len);
	e->len = in.len;
	return status;
}

/* RFC 8410 section 10.3: Ed25519, once bare, once with attributes and
 * public key. Not made by anything of ours. */
/* clang-format off */
static const unsigned char ed25519[] = {
	0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70,
	0x04, 0x22, 0x04, 0x20, 0xD4, 0xEE, 0x72, 0xDB, 0xF9, 0x13, 0x58, 0x4A,
	0xD5, 0xB6, 0xD8, 0xF1, 0xF7, 0x69, 0xF8, 0xAD, 0x3A, 0xFE, 0x7C, 0x28,
	0xCB, 0xF1, 0xD4, 0xFB, 0xE0, 0x97, 0xA8, 0x8F, 0x44, 0x75, 0x58, 0x42
};
static const unsigned char ed25519_v2[] = {
	0x30, 0x72, 0x02, 0x01, 0x01, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70,
	0x04, 0x22, 0x04, 0x20, 0xD4, 0xEE, 0x72, 0xDB, 0xF9, 0x13, 0x58, 0x4A,
	0xD5, 0xB6, 0xD8, 0xF1, 0xF7, 0x69, 0xF8, 0xAD, 0x3A, 0xFE, 0x7C, 0x28,
	0xCB, 0xF1, 0xD4, 0xFB, 0xE0, 0x97, 0xA8, 0x8F, 0x44, 0x75, 0x58, 0x42,
	0xA0, 0x1F, 0x30, 0x1D, 0x06, 0x0A, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D,
	0x01, 0x09, 0x09, 0x14, 0x31, 0x0F, 0x0C, 0x0D, 0x43, 0x75, 0x72, 0x64,
	0x6C, 0x65, 0x20, 0x43, 0x68, 0x61, 0x69, 0x72, 0x73, 0x81, 0x21, 0x00,
	0x19, 0xBF, 0x44, 0x09, 0x69, 0x84, 0xCD, 0xFE, 0x85, 0x41, 0xBA, 0xC1,
	0x67, 0xDC, 0x3B, 0x96, 0xC8, 0x50, 0x86, 0xAA, 0x30, 0xB6, 0xB6, 0xCB,
	0x0C, 0x5C, 0x38, 0xAD, 0x70, 0x31, 0x66, 0xE1
};

/* How the bytes of a row are come by. */
enum form {
	AS_IS,
	INNER,    /* the private or public key inside the container */
	TWICE,    /* the ECPrivateKey inside with its curve */
	NO_POINT, /* without the public key */
	DIGEST    /* a DigestInfo; the row has the hash */
};

static const struct structure {
	const char *what;
	through run;
	enum form form;
	const unsigned char *der;
	size_t len;
	int hash;
} structures[] = {
#define IS(name) name, sizeof name, 0
	{ "PrivateKeyInfo, RSA", through_private_key_info, AS_IS,
		IS(key_1024) },
	{ "PrivateKeyInfo, EC", through_private_key_info, AS_IS,
		IS(ec_p384) },
	{ "PrivateKeyInfo, Ed25519", through_private_key_info, AS_IS,
		IS(ed25519) },
	{ "OneAsymmetricKey, Ed25519, attributes and public key",
		through_private_key_info, AS_IS, IS(ed25519_v2) },
	{ "OneAsymmetricKey, RSA, attributes and public key",
		through_private_key_info, AS_IS, IS(key_1024_v2) },
	{ "SubjectPublicKeyInfo, RSA", through_public_key_info, AS_IS,
		IS(key_2048_public) },
	{ "SubjectPublicKeyInfo, EC", through_public_key_info, AS_IS,
		IS(ec_p521_public) },
	{ "RSA private key info, 1024", through_rsa_private_info, AS_IS,
		IS(key_1024) },
	{ "RSA private key info, 2048", through_rsa_private_info, AS_IS,
		IS(key_2048) },
	{ "RSA private key info, e = 3", through_rsa_private_info, AS_IS,
		IS(key_2048_e3) },
	{ "RSA private key info, unequal", through_rsa_private_info, AS_IS,
		IS(key_2048_unequal) },
	{ "RSA private key info, 4096", through_rsa_private_info, AS_IS,
		IS(key_4096) },
	{ "RSAPrivateKey, 1031", through_rsa_private, INNER, IS(key_1031) },
	{ "RSAPrivateKey, p < q", through_rsa_private, INNER,
		IS(key_2048_swapped) },
	{ "RSA public key info", through_rsa_public_info, AS_IS,
		IS(key_2048_public) },
	{ "RSAPublicKey", through_rsa_public, INNER, IS(key_2048_public) },
	{ "EC info, P-256", through_ec_private_info, AS_IS, IS(ec_p256) },
	{ "EC info, P-384", through_ec_private_info, AS_IS, IS(ec_p384) },
	{ "EC info, P-521", through_ec_private_info, AS_IS, IS(ec_p521) },
	{ "EC info without point", through_ec_private_info, NO_POINT,
		IS(ec_p256) },
	{ "EC info, curve inside too, P-256", through_ec_twice, TWICE,
		IS(ec_p256) },
	{ "EC info, curve inside too, P-384", through_ec_twice, TWICE,
		IS(ec_p384) },
	{ "EC info, curve inside too, P-521", through_ec_twice, TWICE,
		IS(ec_p521) },
	{ "ECPrivateKey, P-256", through_ec_private, AS_IS,
		IS(ec_p256_sec1) },
	{ "ECPrivateKey, P-384", through_ec_private, AS_IS,
		IS(ec_p384_sec1) },
	{ "ECPrivateKey, P-521", through_ec_private, AS_IS,
		IS(ec_p521_sec1) },
	{ "ECPrivateKey without point", through_ec_private, NO_POINT,
		IS(ec_p384_sec1) },
	{ "EC public key info, P-256", through_ec_public_info, AS_IS,
		IS(ec_p256_public) },
	{ "EC public key info, P-384", through_ec_public_info, AS_IS,
		IS(ec_p384_public) },
	{ "EC public key info, P-521", through_ec_public_info, AS_IS,
		IS(ec_p521_public) },
#undef IS
#define IS(hash) through_digest_info, DIGEST, NULL, 0, hash
	{ "DigestInfo, MD5", IS(SEAMKEY_MD5) },
	{ "DigestInfo, SHA-1", IS(SEAMKEY_SHA1) },
	{ "DigestInfo, SHA-224", IS(SEAMKEY_SHA224) },
	{ "DigestInfo, SHA-256", IS(SEAMKEY_SHA256) },
	{ "DigestInfo, SHA-384", IS(SEAMKEY_SHA384) },
	{ "DigestInfo, SHA-512", IS(SEAMKEY_SHA512) },
	{ "DigestInfo, SHA-512/224", IS(SEAMKEY_SHA512_224) },
	{ "DigestInfo, SHA-512/256", IS(SEAMKEY_SHA512_256) },
	{ "DigestInfo, SHA3-224", IS(SEAMKEY_SHA3_224) },
	{ "DigestInfo, SHA3-256", IS(SEAMKEY_SHA3_256) },
	{ "DigestInfo, SHA3-384", IS(SEAMKEY_SHA3_384) },
	{ "DigestInfo, SHA3-512", IS(SEAMKEY_SHA3_512) },
#undef IS
	{ "certificate, version 3", through_certificate, AS_IS,
		certificate, sizeof certificate, 0 },
	{ "certificate, version 1", through_certificate, AS_IS,
		certificate_v1, sizeof certificate_v1, 0 },
};

/* The DigestInfo encodings of RFC 8017 section 9.2, note 1, and of RFC 8702
 * and FIPS 202 likewise: all but the digest. */
static const struct {
	int hash;
	size_t size;
	const char *head;
	size_t head_len;
} digest_heads[] = {
#define SHA(size, total, last) size, \
	"\x30" total "\x30\x0D\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02" \
	last "\x05\x00\x04", 18
	{ SEAMKEY_MD5, 16, "\x30\x20\x30\x0C\x06\x08\x2A\x86\x48\x86\xF7\x0D"
		"\x02\x05\x05\x00\x04", 17 },
	{ SEAMKEY_SHA1, 20, "\x30\x21\x30\x09\x06\x05\x2B\x0E\x03\x02\x1A"
		"\x05\x00\x04", 14 },
	{ SEAMKEY_SHA224, SHA(28, "\x2D", "\x04") },
	{ SEAMKEY_SHA256, SHA(32, "\x31", "\x01") },
	{ SEAMKEY_SHA384, SHA(48, "\x41", "\x02") },
	{ SEAMKEY_SHA512, SHA(64, "\x51", "\x03") },
	{ SEAMKEY_SHA512_224, SHA(28, "\x2D", "\x05") },
	{ SEAMKEY_SHA512_256, SHA(32, "\x31", "\x06") },
	{ SEAMKEY_SHA3_224, SHA(28, "\x2D", "\x07") },
	{ SEAMKEY_SHA3_256, SHA(32, "\x31", "\x08") },
	{ SEAMKEY_SHA3_384, SHA(48, "\x41", "\x09") },
	{ SEAMKEY_SHA3_512, SHA(64, "\x51", "\x0A") },
#undef SHA
};
/* clang-format on */

/* A DigestInfo put together by hand. */
static size_t
load_digest_info(unsigned char *buf, int hash)
{
	size_t u, v, at;

	for (u = 0; digest_heads[u].hash != hash; u++) {
	}
	at = digest_heads[u].head_len;
	memcpy(buf, digest_heads[u].head, at);
	buf[at++] = (unsigned char)digest_heads[u].size;
	for (v = 0; v < digest_heads[u].size; v++) {
		buf[at++] = (unsigned char)(0x80 + v);
	}
	return at;
}

/* An EC key of another form; what it says is what the row says. */
static size_t
load_ec(unsigned char *buf, const struct structure *s)
{
	unsigned char inner[300];
	seamkey_span in = seamkey_span_of(s->der, s->len);
	seamkey_der_private_key_info info;
	seamkey_der_ec_private key;
	size_t len = 0;

	if (s->run == through_ec_private) {
		CHECK_INT(
			seamkey_der_decode_ec_private(&key, in, 0), SEAMKEY_OK);
		key.public_key.len = 0;
		CHECK_INT(
			seamkey_der_encode_ec_private(buf, LARGEST, &len, &key),
			SEAMKEY_OK);
		return len;
	}
	CHECK_INT(seamkey_der_decode_ec_private_info(&key, in), SEAMKEY_OK);
	if (s->form == NO_POINT) {
		key.public_key.len = 0;
		CHECK_INT(seamkey_der_encode_ec_private_info(
				  buf, LARGEST, &len, &key),
			SEAMKEY_OK);
		return len;
	}
	CHECK_INT(seamkey_der_decode_private_key_info(&info, in), SEAMKEY_OK);
	info.private_key.p = inner;
	CHECK_INT(seamkey_der_encode_ec_private(
			  inner, sizeof inner, &info.private_key.len, &key),
		SEAMKEY_OK);
	CHECK_INT(
		seamkey_der_encode_private_key_info(buf, LARGEST, &len, &info),
		SEAMKEY_OK);
	return len;
}

/* The bytes of a row; where they have to be made, in LARGEST at buf. */
static seamkey_span
load(const struct structure *s, unsigned char *buf)
{
	seamkey_span in = seamkey_span_of(s->der, s->len);
	seamkey_der_private_key_info private_info;
	seamkey_der_public_key_info public_info;

	switch (s->form) {
	case AS_IS:
		return in;
	case DIGEST:
		return seamkey_span_of(buf, load_digest_info(buf, s->hash));
	case INNER:
		if (s->run == through_rsa_public) {
			CHECK_INT(seamkey_der_decode_public_key_info(
					  &public_info, in),
				SEAMKEY_OK);
			return public_info.public_key;
		}
		CHECK_INT(
			seamkey_der_decode_private_key_info(&private_info, in),
			SEAMKEY_OK);
		return private_info.private_key;
	default:
		return seamkey_span_of(buf, load_ec(buf, s));
	}
}

static unsigned char row_bytes[LARGEST], work[LARGEST + 2];
static struct echo echo;

static void
keys_there_and_back(void)
{
	size_t u;

	for (u = 0; u < COUNT(structures); u++) {
		seamkey_span in = load(&structures[u], row_bytes);

		what = structures[u].what;
		CHECK_INT(structures[u].run(in, &echo), SEAMKEY_OK);
		CHECK_INT(echo.len, in.len);
		CHECK_MEM(echo.out, in.p, in.len);
	}
}

static void
keys_cut_anywhere_are_refused(void)
{
	size_t u, len;

	for (u = 0; u < COUNT(structures); u++) {
		seamkey_span in = load(&structures[u], row_bytes);

		what = structures[u].what;
		memcpy(work, in.p, in.len);
		for (len = 0; len < in.len; len++) {
			CHECK_INT(structures[u].run(
					  seamkey_span_of(work, len), &echo),
				SEAMKEY_ERR_DER_TRUNCATED);
		}
		work[in.len] = 0;
		CHECK_INT(structures[u].run(
				  seamkey_span_of(work, in.len + 1), &echo),
			SEAMKEY_ERR_DER_TRAILING);
	}
}

/* One byte of work[0..len) is other than it was. */
static void
check_changed(const struct structure *s, size_t len)
{
	seamkey_span in = seamkey_span_of(work, len);

	if (s->run(in, &echo) == SEAMKEY_OK) {
		CHECK_INT(echo.len, len);
		if (echo.len == len) {
			CHECK_MEM(echo.out, work, len);
		}
	}
}

static void
keys_with_one_byte_changed_are_refused_or_mean_it(void)
{
	size_t u, at;
	unsigned v;

	for (u = 0; u < COUNT(structures); u++) {
		const struct structure *s = &structures[u];
		seamkey_span in = load(s, row_bytes);

		what = s->what;
		memcpy(work, in.p, in.len);
		for (at = 0; at < in.len; at++) {
			unsigned char good = work[at];

			for (v = 1; v < 256; v++) {
				work[at] = (unsigned char)(good ^ v);
				check_changed(s, in.len);
			}
			work[at] = good;
		}
	}
}

/* Wrong decoders: whatever is a structure of one kind is none of another. */
static void
keys_of_one_kind_are_none_of_another(void)
{
	static const struct {
		const char *what;
		through run;
		const unsigned char *in;
		size_t len;
		int status;
	} wrong[] = {
		{ "SubjectPublicKeyInfo for PrivateKeyInfo",
			through_private_key_info, key_2048_public,
			sizeof key_2048_public, SEAMKEY_ERR_DER_TAG },
		{ "PrivateKeyInfo for SubjectPublicKeyInfo",
			through_public_key_info, key_1024, sizeof key_1024,
			SEAMKEY_ERR_DER_TAG },
		{ "EC for RSA, private", through_rsa_private_info, ec_p256,
			sizeof ec_p256, SEAMKEY_ERR_DER_ALGORITHM },
		{ "EC for RSA, public", through_rsa_public_info, ec_p256_public,
			sizeof ec_p256_public, SEAMKEY_ERR_DER_ALGORITHM },
		{ "RSA for EC, private", through_ec_private_info, key_1024,
			sizeof key_1024, SEAMKEY_ERR_DER_ALGORITHM },
		{ "RSA for EC, public", through_ec_public_info, key_2048_public,
			sizeof key_2048_public, SEAMKEY_ERR_DER_ALGORITHM },
		{ "Ed25519 for RSA", through_rsa_private_info, ed25519,
			sizeof ed25519, SEAMKEY_ERR_DER_ALGORITHM },
		{ "PrivateKeyInfo for RSAPrivateKey", through_rsa_private,
			key_1024, sizeof key_1024, SEAMKEY_ERR_DER_TAG },
		{ "ECPrivateKey for RSAPrivateKey", through_rsa_private,
			ec_p256_sec1, sizeof ec_p256_sec1,
			SEAMKEY_ERR_DER_PRIMES },
		{ "SubjectPublicKeyInfo for a certificate", through_certificate,
			key_2048_public, sizeof key_2048_public,
			SEAMKEY_ERR_DER_TAG },
		{ "certificate for SubjectPublicKeyInfo",
			through_public_key_info, certificate,
			sizeof certificate, SEAMKEY_ERR_DER_TAG },
	};
	size_t u;

	for (u = 0; u < COUNT(wrong); u++) {
		what = wrong[u].what;
		CHECK_INT(
			wrong[u].run(seamkey_span_of(wrong[u].in, wrong[u].len),
				&echo),
			wrong[u].status);
	}
}

/* Every encoder: measures, leaves alone what is too small, writes no more. */
static void
keys_encoders_measure_first(void)
{
	static unsigned char out[LARGEST];
	seamkey_der_rsa_private key = numbers_of(SPAN(key_1024));
	size_t len = 12345, cap;

	CHECK_INT(seamkey_der_encode_rsa_private_info(NULL, 0, &len, &key),
		SEAMKEY_OK);
	CHECK_INT(len, sizeof key_1024);
	len = 12345;
	for (cap = 0; cap < sizeof key_1024; cap++) {
		memset(out, CANARY, sizeof key_1024 + 8);
		CHECK_INT(seamkey_der_encode_rsa_private_info(
				  out, cap, &len, &key),
			SEAMKEY_ERR_SPACE);
		CHECK_INT(len, 12345);
		CHECK_INT(all_are(out, CANARY, sizeof key_1024 + 8), 1);
	}
	CHECK_INT(seamkey_der_encode_rsa_private_info(out, cap, &len, &key),
		SEAMKEY_OK);
	CHECK_INT(len, sizeof key_1024);
	CHECK_MEM(out, key_1024, sizeof key_1024);
	CHECK_INT(all_are(out + len, CANARY, 8), 1);
}

/* The other encoders, with room for one byte too few and with just enough. */
static void
keys_other_encoders_measure_first(void)
{
	static unsigned char out[LARGEST];
	size_t u, len, need;

	for (u = 0; u < COUNT(structures); u++) {
		seamkey_span in = load(&structures[u], row_bytes);
		seamkey_der_ec_private ec;
		seamkey_der_ec_public ec_pub;
		seamkey_der_digest_info digest;
		int (*run)(unsigned char *, size_t, size_t *,
			const seamkey_der_ec_private *) =
			seamkey_der_encode_ec_private;

		what = structures[u].what;
		memset(out, CANARY, sizeof out);
		len = need = 12345;
		if (structures[u].run == through_ec_public_info) {
			(void)seamkey_der_decode_ec_public_info(&ec_pub, in);
			CHECK_INT(seamkey_der_encode_ec_public_info(
					  NULL, 0, &need, &ec_pub),
				SEAMKEY_OK);
			CHECK_INT(seamkey_der_encode_ec_public_info(
					  out, in.len - 1, &len, &ec_pub),
				SEAMKEY_ERR_SPACE);
		} else if (structures[u].run == through_digest_info) {
			(void)seamkey_der_decode_digest_info(&digest, in, 0);
			CHECK_INT(seamkey_der_encode_digest_info(
					  NULL, 0, &need, &digest),
				SEAMKEY_OK);
			CHECK_INT(seamkey_der_encode_digest_info(
					  out, in.len - 1, &len, &digest),
				SEAMKEY_ERR_SPACE);
		} else if (structures[u].run == through_ec_private
			|| structures[u].run == through_ec_private_info) {
			if (structures[u].run == through_ec_private_info) {
				(void)seamkey_der_decode_ec_private_info(
					&ec, in);
				run = seamkey_der_encode_ec_private_info;
			} else {
				(void)seamkey_der_decode_ec_private(&ec, in, 0);
			}
			CHECK_INT(run(NULL, 0, &need, &ec), SEAMKEY_OK);
			CHECK_INT(run(out, in.len - 1, &len, &ec),
				SEAMKEY_ERR_SPACE);
		} else {
			continue;
		}
		CHECK_INT(need, in.len);
		CHECK_INT(len, 12345);
		CHECK_INT(all_are(out, CANARY, sizeof out), 1);
	}
}

/* What the decoders would refuse is not written. */
static void
keys_encoders_refuse_what_decoders_would(void)
{
	static unsigned char out[LARGEST];
	seamkey_der_private_key_info info, good;
	seamkey_der_ec_private ec;
	seamkey_der_ec_public pub;
	size_t len = 12345;

	memset(out, CANARY, sizeof out);
	CHECK_INT(seamkey_der_decode_private_key_info(&good, SPAN(ed25519_v2)),
		SEAMKEY_OK);
#define INFO() seamkey_der_encode_private_key_info(out, sizeof out, &len, &info)
	info = good;
	info.version = 2;
	CHECK_INT(INFO(), SEAMKEY_ERR_DER_VERSION);
	info.version = 0;
	CHECK_INT(INFO(), SEAMKEY_ERR_DER_VERSION);
	info.public_key.len = 0; /* there, but empty */
	CHECK_INT(INFO(), SEAMKEY_ERR_DER_VERSION);
#undef INFO
#define EC()      seamkey_der_encode_ec_private(out, sizeof out, &len, &ec)
#define EC_INFO() seamkey_der_encode_ec_private_info(out, sizeof out, &len, &ec)
	CHECK_INT(seamkey_der_decode_ec_private_info(&ec, SPAN(ec_p384)),
		SEAMKEY_OK);
	ec.scalar.len--;
	CHECK_INT(EC(), SEAMKEY_ERR_DER_SCALAR);
	CHECK_INT(EC_INFO(), SEAMKEY_ERR_DER_SCALAR);
	ec.scalar.len++;
	ec.public_key.len--;
	CHECK_INT(EC(), SEAMKEY_ERR_DER_POINT);
	CHECK_INT(EC_INFO(), SEAMKEY_ERR_DER_POINT);
	ec.public_key.len++;
	ec.curve = SEAMKEY_CURVE_P256;
	CHECK_INT(EC(), SEAMKEY_ERR_DER_SCALAR);
	CHECK_INT(EC_INFO(), SEAMKEY_ERR_DER_SCALAR);
	ec.curve = 0;
	CHECK_INT(EC(), SEAMKEY_ERR_DER_CURVE);
	CHECK_INT(EC_INFO(), SEAMKEY_ERR_DER_CURVE);
#undef EC
#undef EC_INFO
	CHECK_INT(seamkey_der_decode_ec_public_info(&pub, SPAN(ec_p384_public)),
		SEAMKEY_OK);
	pub.public_key.len--;
	CHECK_INT(
		seamkey_der_encode_ec_public_info(out, sizeof out, &len, &pub),
		SEAMKEY_ERR_DER_POINT);
	pub.curve = 99;
	CHECK_INT(
		seamkey_der_encode_ec_public_info(out, sizeof out, &len, &pub),
		SEAMKEY_ERR_DER_CURVE);
	CHECK_INT(len, 12345);
	CHECK_INT(all_are(out, CANARY, sizeof out), 1);
}

/* ---- what the fields say ------------------------------------------------- */

static void
keys_fields_of_a_private_key_info(void)
{
	seamkey_der_private_key_info info;

	CHECK_INT(seamkey_der_decode_private_key_info(&info, SPAN(ed25519_v2)),
		SEAMKEY_OK);
	CHECK_INT(info.version, 1);
	CHECK_INT(info.algorithm.oid.len, 3);
	CHECK_INT(info.algorithm.oid.p == ed25519_v2 + 9, 1);
	CHECK_INT(info.algorithm.parameters.len, 0);
	CHECK_INT(info.private_key.p == ed25519_v2 + 14, 1);
	CHECK_INT(info.private_key.len, 34);
	CHECK_INT(info.attributes.p == ed25519_v2 + 48, 1);
	CHECK_INT(info.attributes.len, 33);
	CHECK_INT(info.public_key.p == ed25519_v2 + 84, 1);
	CHECK_INT(info.public_key.len, 32);
	CHECK_INT(seamkey_der_decode_private_key_info(&info, SPAN(ed25519)),
		SEAMKEY_OK);
	CHECK_INT(info.version, 0);
	CHECK_INT(info.attributes.len, 0);
	CHECK_INT(info.public_key.len, 0);
	CHECK_INT(seamkey_der_decode_private_key_info(&info, SPAN(key_1024)),
		SEAMKEY_OK);
	CHECK_INT(info.algorithm.parameters.len, 2);
	CHECK_MEM(info.algorithm.parameters.p, "\x05\x00", 2);
}

/* The Ed25519 example with other bytes at one place: of the same length, so
 * that no length around it changes. */
/* clang-format off */
static const struct {
	const char *what;
	size_t at;
	const char *bytes;
	size_t len;
	int status;
} info_changes[] = {
	{ "version 0 with attributes and a public key", 4, "\x00", 1,
		SEAMKEY_ERR_DER_TRAILING },
	{ "version 2", 4, "\x02", 1, SEAMKEY_ERR_DER_VERSION },
	{ "version 127", 4, "\x7F", 1, SEAMKEY_ERR_DER_VERSION },
	{ "version -1", 4, "\xFF", 1, SEAMKEY_ERR_DER_INTEGER },
	{ "attributes as [2]", 48, "\xA2", 1, SEAMKEY_ERR_DER_TRAILING },
	{ "attributes primitive", 48, "\x80", 1, SEAMKEY_ERR_DER_TRAILING },
	{ "attributes not well formed", 51, "\x1C", 1,
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "public key constructed", 81, "\xA1", 1, SEAMKEY_ERR_DER_TRAILING },
	{ "public key as [2]", 81, "\x82", 1, SEAMKEY_ERR_DER_TRAILING },
	{ "public key with unused bits", 83, "\x01", 1,
		SEAMKEY_ERR_DER_BIT_STRING },
	{ "attributes again in place of the public key", 81, "\xA0", 1,
		SEAMKEY_ERR_DER_TRAILING },
	{ "private key as BIT STRING", 12, "\x03", 1, SEAMKEY_ERR_DER_TAG },
};
/* clang-format on */

static void
keys_private_key_info_variants(void)
{
	size_t u;

	for (u = 0; u < COUNT(info_changes); u++) {
		what = info_changes[u].what;
		memcpy(work, ed25519_v2, sizeof ed25519_v2);
		memcpy(work + info_changes[u].at, info_changes[u].bytes,
			info_changes[u].len);
		CHECK_INT(through_private_key_info(
				  seamkey_span_of(work, sizeof ed25519_v2),
				  &echo),
			info_changes[u].status);
	}
}

/* A public key of no octets is there, and is not absent. */
static void
keys_empty_public_key_comes_back(void)
{
	static const unsigned char in[] = { 0x30, 0x10, 0x02, 0x01, 0x01, 0x30,
		0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x01, 0x00, 0x81,
		0x01, 0x00 };

	CHECK_INT(through_private_key_info(SPAN(in), &echo), SEAMKEY_OK);
	CHECK_INT(echo.len, sizeof in);
	CHECK_MEM(echo.out, in, sizeof in);
}

static void
keys_numbers_of_an_rsa_key(void)
{
	seamkey_der_rsa_private key = numbers_of(SPAN(key_1024));
	unsigned char product[128];
	seamkey_der_rsa_public pub = { { NULL, 0 }, { NULL, 0 } };

	CHECK_INT(key.n.len, 128);
	CHECK_INT(key.e.len, 3);
	CHECK_MEM(key.e.p, "\x01\x00\x01", 3);
	CHECK_INT(key.p.len, 64);
	CHECK_INT(key.q.len, 64);
	num_mul(product, key.p.p, 64, key.q.p, 64);
	CHECK_MEM(product, key.n.p, 128);
	/* the other fields stand behind these, in their order */
	CHECK_INT(key.e.p < key.d.p && key.d.p < key.p.p, 1);
	CHECK_INT(key.q.p < key.dp.p && key.dp.p < key.dq.p, 1);
	CHECK_INT(key.dq.p < key.qinv.p, 1);
	CHECK_INT(seamkey_der_decode_rsa_public_info(
			  &pub, SPAN(key_2048_public), 0),
		SEAMKEY_OK);
	key = numbers_of(SPAN(key_2048));
	CHECK_INT(seamkey_span_match(pub.n, key.n), 1);
	CHECK_INT(seamkey_span_match(pub.e, key.e), 1);
}

/* Openssl's public structure is what ours becomes. */
static void
keys_public_of_private_is_that_of_openssl(void)
{
	unsigned char buf[PUBLIC_BYTES];
	seamkey_span pub = public_of(SPAN(key_2048), buf);

	CHECK_INT(pub.len, sizeof key_2048_public);
	CHECK_MEM(pub.p, key_2048_public, sizeof key_2048_public);
}

static void
keys_the_leniency_for_absent_null(void)
{
	static unsigned char buf[LARGEST];
	seamkey_der_private_key_info info;
	seamkey_der_public_key_info pub_info;
	seamkey_der_rsa_private key;
	seamkey_der_rsa_public pub;
	seamkey_span in;
	size_t len = 0;

	(void)seamkey_der_decode_private_key_info(&info, SPAN(key_1024));
	info.algorithm.parameters.len = 0;
	(void)seamkey_der_encode_private_key_info(buf, sizeof buf, &len, &info);
	in = seamkey_span_of(buf, len);
	CHECK_INT(in.len, sizeof key_1024 - 2);
	CHECK_INT(seamkey_der_decode_rsa_private_info(&key, in, 0),
		SEAMKEY_ERR_DER_PARAMETERS);
	CHECK_INT(seamkey_der_decode_rsa_private_info(
			  &key, in, SEAMKEY_ABSENT_NULL),
		SEAMKEY_OK);
	CHECK_INT(seamkey_der_decode_rsa_private_info(
			  &key, SPAN(key_1024), SEAMKEY_ABSENT_NULL),
		SEAMKEY_OK);
	(void)seamkey_der_decode_public_key_info(
		&pub_info, SPAN(key_2048_public));
	pub_info.algorithm.parameters.len = 0;
	(void)seamkey_der_encode_public_key_info(
		buf, sizeof buf, &len, &pub_info);
	in = seamkey_span_of(buf, len);
	CHECK_INT(seamkey_der_decode_rsa_public_info(&pub, in, 0),
		SEAMKEY_ERR_DER_PARAMETERS);
	CHECK_INT(seamkey_der_decode_rsa_public_info(
			  &pub, in, SEAMKEY_ABSENT_NULL),
		SEAMKEY_OK);
}

/* ---- elliptic curves ----------------------------------------------------- */

static void
keys_curves_have_sizes(void)
{
	CHECK_INT(seamkey_der_curve_size(SEAMKEY_CURVE_P256), 32);
	CHECK_INT(seamkey_der_curve_size(SEAMKEY_CURVE_P384), 48);
	CHECK_INT(seamkey_der_curve_size(SEAMKEY_CURVE_P521), 66);
	CHECK_INT(seamkey_der_curve_size(0), 0);
	CHECK_INT(seamkey_der_curve_size(22), 0);
	CHECK_INT(seamkey_der_curve_size(26), 0);
	CHECK_INT(seamkey_der_curve_size(-1), 0);
	CHECK_INT(seamkey_der_curve_size(23 + 256), 0);
}

/* clang-format off */
static const struct {
	const char *what;
	int curve;
	const unsigned char *info, *sec1, *pub;
	size_t info_len, sec1_len, pub_len;
} ec_keys[] = {
	{ "P-256", SEAMKEY_CURVE_P256, ec_p256, ec_p256_sec1, ec_p256_public,
		sizeof ec_p256, sizeof ec_p256_sec1, sizeof ec_p256_public },
	{ "P-384", SEAMKEY_CURVE_P384, ec_p384, ec_p384_sec1, ec_p384_public,
		sizeof ec_p384, sizeof ec_p384_sec1, sizeof ec_p384_public },
	{ "P-521", SEAMKEY_CURVE_P521, ec_p521, ec_p521_sec1, ec_p521_public,
		sizeof ec_p521, sizeof ec_p521_sec1, sizeof ec_p521_public },
};
/* clang-format on */

static void
keys_ec_forms_say_the_same(void)
{
	seamkey_der_private_key_info info;
	seamkey_der_ec_private a, b, c;
	seamkey_der_ec_public pub = { 0, { NULL, 0 } };
	size_t u;

	for (u = 0; u < COUNT(ec_keys); u++) {
		seamkey_span in =
			seamkey_span_of(ec_keys[u].info, ec_keys[u].info_len);

		what = ec_keys[u].what;
		CHECK_INT(
			seamkey_der_decode_ec_private_info(&a, in), SEAMKEY_OK);
		CHECK_INT(seamkey_der_decode_ec_private(&b,
				  seamkey_span_of(
					  ec_keys[u].sec1, ec_keys[u].sec1_len),
				  0),
			SEAMKEY_OK);
		CHECK_INT(seamkey_der_decode_private_key_info(&info, in),
			SEAMKEY_OK);
		CHECK_INT(seamkey_der_decode_ec_private(
				  &c, info.private_key, ec_keys[u].curve),
			SEAMKEY_OK);
		CHECK_INT(seamkey_der_decode_ec_public_info(&pub,
				  seamkey_span_of(
					  ec_keys[u].pub, ec_keys[u].pub_len)),
			SEAMKEY_OK);
		CHECK_INT(a.curve, ec_keys[u].curve);
		CHECK_INT(b.curve, a.curve);
		CHECK_INT(c.curve, a.curve);
		CHECK_INT(pub.curve, a.curve);
		CHECK_INT(seamkey_span_match(a.scalar, b.scalar), 1);
		CHECK_INT(seamkey_span_match(a.scalar, c.scalar), 1);
		CHECK_INT(seamkey_span_match(a.public_key, b.public_key), 1);
		CHECK_INT(seamkey_span_match(a.public_key, c.public_key), 1);
		CHECK_INT(seamkey_span_match(a.public_key, pub.public_key), 1);
	}
}

static void
keys_ec_curve_has_to_be_said_and_agree(void)
{
	seamkey_der_private_key_info info;
	seamkey_der_ec_private key;
	seamkey_span bare;
	size_t len = 0;

	(void)seamkey_der_decode_private_key_info(&info, SPAN(ec_p256));
	bare = info.private_key;
	FILL(key);
	CHECK_INT(seamkey_der_decode_ec_private(&key, bare, 0),
		SEAMKEY_ERR_DER_CURVE);
	CHECK_INT(seamkey_der_decode_ec_private(&key, bare, 99),
		SEAMKEY_ERR_DER_CURVE);
	CHECK_INT(seamkey_der_decode_ec_private(
			  &key, SPAN(ec_p256_sec1), SEAMKEY_CURVE_P384),
		SEAMKEY_ERR_DER_CURVE);
	CHECK_INT(seamkey_der_decode_ec_private(&key, SPAN(ec_p256_sec1), 99),
		SEAMKEY_ERR_DER_CURVE);
	UNCHANGED(key);
	CHECK_INT(seamkey_der_decode_ec_private(
			  &key, SPAN(ec_p256_sec1), SEAMKEY_CURVE_P256),
		SEAMKEY_OK);
	/* without a point, too, there is no curve */
	key.public_key.len = 0;
	CHECK_INT(seamkey_der_encode_ec_private_info(
			  work, sizeof work, &len, &key),
		SEAMKEY_OK);
	(void)seamkey_der_decode_private_key_info(
		&info, seamkey_span_of(work, len));
	CHECK_INT(seamkey_der_decode_ec_private(&key, info.private_key, 0),
		SEAMKEY_ERR_DER_CURVE);
	key.curve = 99;
	len = 12345;
	CHECK_INT(seamkey_der_encode_ec_private(work, sizeof work, &len, &key),
		SEAMKEY_ERR_DER_CURVE);
	CHECK_INT(seamkey_der_encode_ec_private_info(NULL, 0, &len, &key),
		SEAMKEY_ERR_DER_CURVE);
	CHECK_INT(len, 12345);
}

/* ECPrivateKey of P-256 made of these parts. */
struct ec_parts {
	uint32_t version;
	size_t scalar;      /* octets */
	int curve;          /* last octet of the OID of P-256 is 07; 0: none */
	unsigned char mark; /* first octet of the point */
	size_t point;       /* its octets; 0: none */
};

static size_t
write_ec(unsigned char *out, const struct ec_parts *parts)
{
	static const unsigned char octets[200] = { 0x11 };
	unsigned char oid[8] = { 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0 };
	unsigned char point[200];
	seamkey_der_writer w = { NULL, LARGEST, 0, SEAMKEY_OK };
	size_t seq, in;

	w.buf = out;
	seq = seamkey_der_begin(&w, SEAMKEY_DER_SEQUENCE);
	seamkey_der_put_uint(&w, parts->version);
	seamkey_der_put_element(&w, SEAMKEY_DER_OCTET_STRING,
		seamkey_span_of(octets, parts->scalar));
	if (parts->curve != 0) {
		oid[7] = (unsigned char)parts->curve;
		in = seamkey_der_begin(&w, 0xA0);
		seamkey_der_put_element(&w, SEAMKEY_DER_OID, SPAN(oid));
		seamkey_der_end(&w, in);
	}
	if (parts->point != 0) {
		memset(point, 0x22, sizeof point);
		point[0] = parts->mark;
		in = seamkey_der_begin(&w, 0xA1);
		seamkey_der_put_bit_string(&w, SEAMKEY_DER_BIT_STRING,
			seamkey_span_of(point, parts->point));
		seamkey_der_end(&w, in);
	}
	seamkey_der_end(&w, seq);
	CHECK_INT(w.err, SEAMKEY_OK);
	return w.len;
}

/* clang-format off */
static const struct {
	const char *what;
	struct ec_parts parts;
	int status;
} ec_parts[] = {
	{ "all there", { 1, 32, 7, 4, 65 }, SEAMKEY_OK },
	{ "no point", { 1, 32, 7, 4, 0 }, SEAMKEY_OK },
	{ "version 0", { 0, 32, 7, 4, 65 }, SEAMKEY_ERR_DER_VERSION },
	{ "version 2", { 2, 32, 7, 4, 65 }, SEAMKEY_ERR_DER_VERSION },
	{ "version 257", { 257, 32, 7, 4, 65 }, SEAMKEY_ERR_DER_VERSION },
	{ "scalar of 31 octets", { 1, 31, 7, 4, 65 }, SEAMKEY_ERR_DER_SCALAR },
	{ "scalar of 33 octets", { 1, 33, 7, 4, 65 }, SEAMKEY_ERR_DER_SCALAR },
	{ "scalar of no octets", { 1, 0, 7, 4, 65 }, SEAMKEY_ERR_DER_SCALAR },
	{ "scalar of P-384", { 1, 48, 7, 4, 65 }, SEAMKEY_ERR_DER_SCALAR },
	{ "another curve", { 1, 32, 6, 4, 65 }, SEAMKEY_ERR_DER_CURVE },
	{ "another curve, no point", { 1, 32, 1, 4, 0 },
		SEAMKEY_ERR_DER_CURVE },
	{ "compressed point", { 1, 32, 7, 2, 33 }, SEAMKEY_ERR_DER_POINT },
	{ "mark of a compressed point", { 1, 32, 7, 2, 65 },
		SEAMKEY_ERR_DER_POINT },
	{ "hybrid point", { 1, 32, 7, 6, 65 }, SEAMKEY_ERR_DER_POINT },
	{ "point at infinity", { 1, 32, 7, 0, 1 }, SEAMKEY_ERR_DER_POINT },
	{ "point one octet short", { 1, 32, 7, 4, 64 },
		SEAMKEY_ERR_DER_POINT },
	{ "point one octet long", { 1, 32, 7, 4, 66 },
		SEAMKEY_ERR_DER_POINT },
	{ "point of P-384", { 1, 32, 7, 4, 97 }, SEAMKEY_ERR_DER_POINT },
};
/* clang-format on */

static void
keys_ec_parts_have_to_fit(void)
{
	seamkey_der_ec_private key;
	size_t u, len;

	for (u = 0; u < COUNT(ec_parts); u++) {
		what = ec_parts[u].what;
		len = write_ec(work, &ec_parts[u].parts);
		FILL(key);
		CHECK_INT(seamkey_der_decode_ec_private(
				  &key, seamkey_span_of(work, len), 0),
			ec_parts[u].status);
		if (ec_parts[u].status != SEAMKEY_OK) {
			UNCHANGED(key);
		}
	}
}

/* Parameters of the algorithm that are no known curve. */
static void
keys_ec_algorithm_has_to_name_a_curve(void)
{
	static const struct {
		const char *what;
		const char *parameters;
		size_t len;
		int status;
	} rows[] = {
		{ "absent", "", 0, SEAMKEY_ERR_DER_PARAMETERS },
		{ "NULL", "\x05\x00", 2, SEAMKEY_ERR_DER_PARAMETERS },
		{ "explicit", "\x30\x03\x02\x01\x01", 5,
			SEAMKEY_ERR_DER_PARAMETERS },
		{ "secp256k1", "\x06\x05\x2B\x81\x04\x00\x0A", 7,
			SEAMKEY_ERR_DER_CURVE },
		{ "an OID that ends early", "\x06\x04\x2B\x81\x04\x00", 6,
			SEAMKEY_ERR_DER_CURVE },
	};
	seamkey_der_public_key_info info;
	seamkey_der_private_key_info priv_info;
	seamkey_der_ec_public pub;
	seamkey_der_ec_private priv;
	size_t u, len = 0;

	for (u = 0; u < COUNT(rows); u++) {
		seamkey_span v =
			seamkey_span_of(rows[u].parameters, rows[u].len);

		what = rows[u].what;
		(void)seamkey_der_decode_public_key_info(
			&info, SPAN(ec_p256_public));
		info.algorithm.parameters = v;
		(void)seamkey_der_encode_public_key_info(
			work, sizeof work, &len, &info);
		FILL(pub);
		CHECK_INT(seamkey_der_decode_ec_public_info(
				  &pub, seamkey_span_of(work, len)),
			rows[u].status);
		UNCHANGED(pub);
		(void)seamkey_der_decode_private_key_info(
			&priv_info, SPAN(ec_p256));
		priv_info.algorithm.parameters = v;
		(void)seamkey_der_encode_private_key_info(
			work, sizeof work, &len, &priv_info);
		FILL(priv);
		CHECK_INT(seamkey_der_decode_ec_private_info(
				  &priv, seamkey_span_of(work, len)),
			rows[u].status);
		UNCHANGED(priv);
	}
}

/* ---- DigestInfo ---------------------------------------------------------- */

static void
keys_hashes_have_sizes(void)
{
	size_t u;

	for (u = 0; u < COUNT(digest_heads); u++) {
		CHECK_INT(seamkey_der_hash_size(digest_heads[u].hash),
			digest_heads[u].size);
		CHECK_INT(digest_heads[u].hash, u + 1);
	}
	CHECK_INT(seamkey_der_hash_size(0), 0);
	CHECK_INT(seamkey_der_hash_size(13), 0);
	CHECK_INT(seamkey_der_hash_size(-1), 0);
	CHECK_INT(SEAMKEY_SHA256, br_sha256_ID);
	CHECK_INT(SEAMKEY_SHA512, br_sha512_ID);
	CHECK_INT(SEAMKEY_MD5, br_md5_ID);
}

static void
keys_digest_info_has_to_fit(void)
{
	unsigned char out[SEAMKEY_DER_MAX_DIGEST_INFO + 1];
	seamkey_der_digest_info info;
	size_t len = 12345;

	info.hash = SEAMKEY_SHA256;
	info.digest = seamkey_span_of(key_1024, 31);
	CHECK_INT(seamkey_der_encode_digest_info(out, sizeof out, &len, &info),
		SEAMKEY_ERR_DER_DIGEST);
	info.digest.len = 33;
	CHECK_INT(seamkey_der_encode_digest_info(NULL, 0, &len, &info),
		SEAMKEY_ERR_DER_DIGEST);
	info.digest.len = 0;
	info.hash = 0;
	CHECK_INT(seamkey_der_encode_digest_info(out, sizeof out, &len, &info),
		SEAMKEY_ERR_DER_HASH);
	info.hash = 13;
	CHECK_INT(seamkey_der_encode_digest_info(out, sizeof out, &len, &info),
		SEAMKEY_ERR_DER_HASH);
	CHECK_INT(len, 12345);
	info.hash = SEAMKEY_SHA512;
	info.digest.len = 64;
	CHECK_INT(seamkey_der_encode_digest_info(
			  out, SEAMKEY_DER_MAX_DIGEST_INFO, &len, &info),
		SEAMKEY_OK);
	CHECK_INT(len, SEAMKEY_DER_MAX_DIGEST_INFO);
}

/* ---- certificates -------------------------------------------------------- */

static void
keys_outline_of_a_certificate(void)
{
	static const unsigned char serial[] = { 0x80, 0x42, 0x42, 0x42, 0x42,
		0x42, 0x42, 0x42 };
	seamkey_der_certificate cert;
	seamkey_der_public_key_info info;
	br_sha1_context sha;
	unsigned char id[20];

	CHECK_INT(seamkey_der_decode_certificate(&cert, SPAN(certificate)),
		SEAMKEY_OK);
	CHECK_INT(cert.serial.len, sizeof serial);
	CHECK_MEM(cert.serial.p, serial, sizeof serial);
	CHECK_INT(seamkey_span_match(cert.issuer, cert.subject), 1);
	CHECK_INT(cert.issuer.p != cert.subject.p, 1);
	CHECK_INT(seamkey_der_check(cert.issuer), SEAMKEY_OK);
	CHECK_INT(cert.public_key_info.len, sizeof ec_p256_public);
	CHECK_MEM(
		cert.public_key_info.p, ec_p256_public, sizeof ec_p256_public);
	/* RFC 5280 section 4.2.1.2, method 1 */
	CHECK_INT(
		seamkey_der_decode_public_key_info(&info, cert.public_key_info),
		SEAMKEY_OK);
	br_sha1_init(&sha);
	br_sha1_update(&sha, info.public_key.p, info.public_key.len);
	br_sha1_out(&sha, id);
	CHECK_INT(cert.key_id.len, sizeof id);
	CHECK_MEM(cert.key_id.p, id, sizeof id);

	CHECK_INT(seamkey_der_decode_certificate(&cert, SPAN(certificate_v1)),
		SEAMKEY_OK);
	CHECK_INT(cert.serial.len, 1);
	CHECK_INT(cert.serial.p[0], 1);
	CHECK_INT(cert.key_id.len, 0);
	CHECK_INT(cert.public_key_info.len, sizeof ec_p256_public);
}

/*
 * Certificates put together of the parts of the good one, a letter each:
 * v version, n serial, a algorithm, i issuer, d validity, s subject, k key,
 * x extensions; 1 and 2 are the row's own elements.
 */
#define SKI "\x06\x03\x55\x1D\x0E"
/* clang-format off */
static const struct {
	const char *what, *parts;
	const char *one;
	size_t one_len;
	const char *two;
	size_t two_len;
	int status;
	int key_id; /* its length */
} shapes[] = {
#define NO "", 0
#define E(chars) "" chars, sizeof(chars) - 1
	{ "as it was", "vnaidskx", NO, NO, SEAMKEY_OK, 20 },
	{ "version 3 without extensions", "vnaidsk", NO, NO, SEAMKEY_OK, 0 },
	{ "version 1", "naidsk", NO, NO, SEAMKEY_OK, 0 },
	{ "version 1 with extensions", "naidskx", NO, NO,
		SEAMKEY_ERR_DER_TRAILING, 0 },
	{ "version 1 that says so", "1naidsk", E("\xA0\x03\x02\x01\x00"), NO,
		SEAMKEY_ERR_DER_VERSION, 0 },
	{ "version 2", "1naidsk", E("\xA0\x03\x02\x01\x01"), NO,
		SEAMKEY_OK, 0 },
	{ "version 2 with extensions", "1naidskx",
		E("\xA0\x03\x02\x01\x01"), NO, SEAMKEY_ERR_DER_TRAILING, 0 },
	{ "version 4", "1naidskx", E("\xA0\x03\x02\x01\x03"), NO,
		SEAMKEY_ERR_DER_VERSION, 0 },
	{ "version twice inside", "1naidskx",
		E("\xA0\x06\x02\x01\x02\x02\x01\x02"), NO,
		SEAMKEY_ERR_DER_TRAILING, 0 },
	{ "both unique identifiers", "vnaidsk12x", E("\x81\x02\x00\xAA"),
		E("\x82\x02\x00\xBB"), SEAMKEY_OK, 20 },
	{ "one unique identifier", "vnaidsk2x", NO, E("\x82\x02\x00\xBB"),
		SEAMKEY_OK, 20 },
	{ "unique identifiers in the wrong order", "vnaidsk21x",
		E("\x81\x02\x00\xAA"), E("\x82\x02\x00\xBB"),
		SEAMKEY_ERR_DER_TAG, 0 },
	{ "unique identifier in version 1", "naidsk1", E("\x81\x02\x00\xAA"),
		NO, SEAMKEY_ERR_DER_TRAILING, 0 },
	{ "serial 0", "v1aidskx", E("\x02\x01\x00"), NO, SEAMKEY_OK, 20 },
	{ "serial -1", "v1aidskx", E("\x02\x01\xFF"), NO,
		SEAMKEY_ERR_DER_INTEGER, 0 },
	{ "serial with a superfluous 00", "v1aidskx", E("\x02\x02\x00\x01"),
		NO, SEAMKEY_ERR_DER_INTEGER, 0 },
	{ "no serial", "vaidskx", NO, NO, SEAMKEY_ERR_DER_TAG, 0 },
	{ "no algorithm", "vnidskx", NO, NO, SEAMKEY_ERR_DER_TAG, 0 },
	{ "no key", "vnaidsx", NO, NO, SEAMKEY_ERR_DER_TAG, 0 },
	{ "no subject", "vnaidkx", NO, NO, SEAMKEY_ERR_DER_TAG, 0 },
	{ "nothing behind the validity", "vnaid", NO, NO,
		SEAMKEY_ERR_DER_TRUNCATED, 0 },
	{ "nothing at all", "", NO, NO, SEAMKEY_ERR_DER_TRUNCATED, 0 },
	{ "issuer is a SET", "vna1dskx", E("\x31\x00"), NO,
		SEAMKEY_ERR_DER_TAG, 0 },
	{ "issuer not well formed", "vna1dskx", E("\x30\x02\x05\x01"), NO,
		SEAMKEY_ERR_DER_TRUNCATED, 0 },
	{ "validity is no SEQUENCE", "vnai1skx", E("\x05\x00"), NO,
		SEAMKEY_ERR_DER_TAG, 0 },
	{ "subject not well formed", "vnaid1kx", E("\x30\x02\x02\x00"), NO,
		SEAMKEY_ERR_DER_INTEGER, 0 },
	{ "key not well formed", "vnaids1x", E("\x30\x02\x02\x00"), NO,
		SEAMKEY_ERR_DER_INTEGER, 0 },
	{ "extensions twice", "vnaidskxx", NO, NO,
		SEAMKEY_ERR_DER_TRAILING, 0 },
	{ "no extension in the list", "vnaidsk1", E("\xA3\x02\x30\x00"), NO,
		SEAMKEY_ERR_DER_TRUNCATED, 0 },
	{ "nothing in the extensions", "vnaidsk1", E("\xA3\x00"), NO,
		SEAMKEY_ERR_DER_TRUNCATED, 0 },
	{ "two lists of extensions", "vnaidsk1",
		E("\xA3\x18" "\x30\x0A\x30\x08\x06\x03\x55\x1D\x01\x04\x01\x00"
		"\x30\x0A\x30\x08\x06\x03\x55\x1D\x01\x04\x01\x00"), NO,
		SEAMKEY_ERR_DER_TRAILING, 0 },
	{ "key identifier alone", "vnaidsk1",
		E("\xA3\x0E\x30\x0C\x30\x0A" SKI "\x04\x03\x04\x01\x77"), NO,
		SEAMKEY_OK, 1 },
	{ "another extension alone", "vnaidsk1",
		E("\xA3\x0E\x30\x0C\x30\x0A\x06\x03\x55\x1D\x0F"
		"\x04\x03\x04\x01\x77"), NO, SEAMKEY_OK, 0 },
	{ "key identifier, critical", "vnaidsk1",
		E("\xA3\x11\x30\x0F\x30\x0D" SKI "\x01\x01\xFF"
		"\x04\x03\x04\x01\x77"), NO, SEAMKEY_OK, 1 },
	{ "critical FALSE is the default and not encoded", "vnaidsk1",
		E("\xA3\x11\x30\x0F\x30\x0D" SKI "\x01\x01\x00"
		"\x04\x03\x04\x01\x77"), NO, SEAMKEY_ERR_DER_BOOLEAN, 0 },
	{ "critical 01", "vnaidsk1",
		E("\xA3\x11\x30\x0F\x30\x0D" SKI "\x01\x01\x01"
		"\x04\x03\x04\x01\x77"), NO, SEAMKEY_ERR_DER_BOOLEAN, 0 },
	{ "key identifier twice", "vnaidsk1",
		E("\xA3\x1A\x30\x18\x30\x0A" SKI "\x04\x03\x04\x01\x77"
		"\x30\x0A" SKI "\x04\x03\x04\x01\x77"), NO,
		SEAMKEY_ERR_DER_DUPLICATE, 0 },
	{ "empty key identifier twice", "vnaidsk1",
		E("\xA3\x18\x30\x16\x30\x09" SKI "\x04\x02\x04\x00"
		"\x30\x09" SKI "\x04\x02\x04\x00"), NO,
		SEAMKEY_ERR_DER_DUPLICATE, 0 },
	{ "key identifier of another type", "vnaidsk1",
		E("\xA3\x0E\x30\x0C\x30\x0A" SKI "\x04\x03\x03\x01\x00"), NO,
		SEAMKEY_ERR_DER_TAG, 0 },
	{ "bytes behind the key identifier", "vnaidsk1",
		E("\xA3\x0F\x30\x0D\x30\x0B" SKI "\x04\x04\x04\x01\x77\x00"),
		NO, SEAMKEY_ERR_DER_TRAILING, 0 },
	{ "bytes behind the extension", "vnaidsk1",
		E("\xA3\x10\x30\x0E\x30\x0C" SKI "\x04\x03\x04\x01\x77"
		"\x05\x00"), NO, SEAMKEY_ERR_DER_TRAILING, 0 },
	{ "extension without a value", "vnaidsk1",
		E("\xA3\x09\x30\x07\x30\x05" SKI), NO,
		SEAMKEY_ERR_DER_TRUNCATED, 0 },
	{ "extension with an OID that is none", "vnaidsk1",
		E("\xA3\x0C\x30\x0A\x30\x08\x06\x01\x80\x04\x03\x04\x01\x77"),
		NO, SEAMKEY_ERR_DER_OID, 0 },
#undef E
#undef NO
};
/* clang-format on */

/* The parts of the good certificate, in the order of their letters. */
static const char letters[] = "vnaidskx";
static seamkey_span tbs_parts[8], cert_rest;

static void
split_certificate(void)
{
	seamkey_der_reader r, cert, tbs;
	size_t u;

	seamkey_der_init(&r, SPAN(certificate));
	seamkey_der_enter(&r, &cert, SEAMKEY_DER_SEQUENCE);
	seamkey_der_enter(&cert, &tbs, SEAMKEY_DER_SEQUENCE);
	for (u = 0; u < COUNT(tbs_parts); u++) {
		tbs_parts[u] = seamkey_der_get_any(&tbs);
	}
	seamkey_der_finish(&cert, &tbs);
	CHECK_INT(cert.err, SEAMKEY_OK);
	cert_rest = seamkey_span_of(cert.p, cert.len);
}

static size_t
join_certificate(unsigned char *out, size_t shape)
{
	seamkey_der_writer w = { NULL, LARGEST, 0, SEAMKEY_OK };
	size_t seq, tbs;
	const char *part;

	w.buf = out;
	seq = seamkey_der_begin(&w, SEAMKEY_DER_SEQUENCE);
	tbs = seamkey_der_begin(&w, SEAMKEY_DER_SEQUENCE);
	for (part = shapes[shape].parts; *part != 0; part++) {
		const char *at = strchr(letters, *part);

		if (*part == '1') {
			seamkey_der_put(
				&w, shapes[shape].one, shapes[shape].one_len);
		} else if (*part == '2') {
			seamkey_der_put(
				&w, shapes[shape].two, shapes[shape].two_len);
		} else if (at != NULL) {
			seamkey_der_put(&w, tbs_parts[at - letters].p,
				tbs_parts[at - letters].len);
		}
	}
	seamkey_der_end(&w, tbs);
	seamkey_der_put(&w, cert_rest.p, cert_rest.len);
	seamkey_der_end(&w, seq);
	CHECK_INT(w.err, SEAMKEY_OK);
	return w.len;
}

static void
keys_certificates_of_every_shape(void)
{
	seamkey_der_certificate cert;
	size_t u, len;

	split_certificate();
	for (u = 0; u < COUNT(shapes); u++) {
		what = shapes[u].what;
		len = join_certificate(work, u);
		FILL(cert);
		CHECK_INT(seamkey_der_decode_certificate(
				  &cert, seamkey_span_of(work, len)),
			shapes[u].status);
		if (shapes[u].status != SEAMKEY_OK) {
			UNCHANGED(cert);
			continue;
		}
		CHECK_INT(cert.key_id.len, shapes[u].key_id);
		CHECK_INT(cert.public_key_info.len, sizeof ec_p256_public);
		CHECK_MEM(cert.public_key_info.p, ec_p256_public,
			sizeof ec_p256_public);
	}
}

/* ---- what is it? --------------------------------------------------------- */

/* clang-format off */
static const struct {
	const char *what;
	const char *in;
	size_t len;
	int kind;
} outlines[] = {
#define E(chars) "" chars, sizeof(chars) - 1
	{ "encrypted key", E("\x30\x04\x30\x00\x04\x00"),
		SEAMKEY_DER_ENCRYPTED_PRIVATE_KEY_INFO },
	{ "nothing", E(""), SEAMKEY_ERR_DER_TRUNCATED },
	{ "cut", E("\x30\x05\x02\x01\x00"), SEAMKEY_ERR_DER_TRUNCATED },
	{ "bytes behind", E("\x30\x03\x02\x01\x00\x00"),
		SEAMKEY_ERR_DER_TRAILING },
	{ "indefinite", E("\x30\x80\x00\x00"), SEAMKEY_ERR_DER_LENGTH },
	{ "text", E("\x2D\x2D\x2D\x2D\x2D\x42\x45\x47"),
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "a SET", E("\x31\x00"), SEAMKEY_ERR_DER_KIND },
	{ "an INTEGER", E("\x02\x01\x00"), SEAMKEY_ERR_DER_KIND },
	{ "empty SEQUENCE", E("\x30\x00"), SEAMKEY_ERR_DER_KIND },
	{ "an INTEGER inside", E("\x30\x03\x02\x01\x00"),
		SEAMKEY_ERR_DER_KIND },
	{ "an INTEGER and an OID", E("\x30\x06\x02\x01\x00\x06\x01\x2A"),
		SEAMKEY_ERR_DER_KIND },
	{ "a SEQUENCE inside", E("\x30\x02\x30\x00"), SEAMKEY_ERR_DER_KIND },
	{ "a SEQUENCE and a NULL", E("\x30\x04\x30\x00\x05\x00"),
		SEAMKEY_ERR_DER_KIND },
	{ "a BIT STRING first", E("\x30\x03\x03\x01\x00"),
		SEAMKEY_ERR_DER_KIND },
	{ "a cut INTEGER inside", E("\x30\x02\x02\x05"),
		SEAMKEY_ERR_DER_KIND },
#undef E
};
/* clang-format on */

static int
kind_of(const struct structure *s)
{
	if (s->run == through_certificate) {
		return SEAMKEY_DER_CERTIFICATE;
	}
	if (s->run == through_rsa_private) {
		return SEAMKEY_DER_RSA_PRIVATE_KEY;
	}
	if (s->run == through_rsa_public) {
		return SEAMKEY_DER_RSA_PUBLIC_KEY;
	}
	if (s->run == through_ec_private) {
		return SEAMKEY_DER_EC_PRIVATE_KEY;
	}
	if (s->run == through_public_key_info
		|| s->run == through_rsa_public_info
		|| s->run == through_ec_public_info) {
		return SEAMKEY_DER_PUBLIC_KEY_INFO;
	}
	return SEAMKEY_DER_PRIVATE_KEY_INFO;
}

static void
keys_kinds_are_told_by_their_outline(void)
{
	size_t u;

	for (u = 0; u < COUNT(structures); u++) {
		what = structures[u].what;
		if (structures[u].form != DIGEST) {
			CHECK_INT(seamkey_der_match_kind(
					  load(&structures[u], row_bytes)),
				kind_of(&structures[u]));
		}
	}
	for (u = 0; u < COUNT(outlines); u++) {
		what = outlines[u].what;
		memcpy(work, outlines[u].in, outlines[u].len);
		CHECK_INT(seamkey_der_match_kind(
				  seamkey_span_of(work, outlines[u].len)),
			outlines[u].kind);
	}
}

/* ---- what makes a key ---------------------------------------------------- */

static void
keys_bits_of_a_number(void)
{
	unsigned char number[4] = { 0, 0, 0, 0 };
	unsigned bit;

	CHECK_INT(seamkey_der_bits(seamkey_span_of(NULL, 0)), 0);
	CHECK_INT(seamkey_der_bits(SPAN(number)), 0);
	for (bit = 0; bit < 32; bit++) {
		memset(number, 0, sizeof number);
		number[3 - bit / 8] = (unsigned char)(1u << bit % 8);
		CHECK_INT(seamkey_der_bits(SPAN(number)), bit + 1);
		number[3] |= 1;
		CHECK_INT(seamkey_der_bits(SPAN(number)), bit + 1);
		number[3 - bit / 8] |= (unsigned char)((1u << bit % 8) - 1);
		CHECK_INT(seamkey_der_bits(SPAN(number)), bit + 1);
	}
}

static const seamkey_der_rsa_limits wide = { 1024, 4096, 3 };

/* clang-format off */
static const struct {
	const char *what;
	unsigned bits, min_bits, max_bits;
	int status;
} sizes[] = {
	{ "1023 of 1024", 1023, 1024, 4096, SEAMKEY_ERR_KEY_MODULUS_SHORT },
	{ "1024 of 1024", 1024, 1024, 4096, SEAMKEY_OK },
	{ "2047 of 2048", 2047, 2048, 4096, SEAMKEY_ERR_KEY_MODULUS_SHORT },
	{ "2048 of 2048", 2048, 2048, 4096, SEAMKEY_OK },
	{ "2049 of 2048", 2049, 2048, 2048, SEAMKEY_ERR_KEY_MODULUS_LONG },
	{ "4096 of 4096", 4096, 1024, 4096, SEAMKEY_OK },
	{ "4097 of 4096", 4097, 1024, 4096, SEAMKEY_ERR_KEY_MODULUS_LONG },
	{ "4104 of 4096", 4104, 1024, 4096, SEAMKEY_ERR_KEY_MODULUS_LONG },
	{ "4128 of 4096", 4128, 1024, 4096, SEAMKEY_ERR_KEY_MODULUS_LONG },
	{ "1 of 1024", 1, 1024, 4096, SEAMKEY_ERR_KEY_MODULUS_SHORT },
	{ "8 of 1024", 8, 1024, 4096, SEAMKEY_ERR_KEY_MODULUS_SHORT },
};
/* clang-format on */

/* n = 2^(bits - 1) + 1, or 1; through encoder and decoder. */
static int
check_size(unsigned bits, const seamkey_der_rsa_limits *limits)
{
	static unsigned char n[600];
	seamkey_der_rsa_public key;
	size_t len = (bits + 7) / 8;

	memset(n, 0, sizeof n);
	n[0] = (unsigned char)(1u << (bits - 1) % 8);
	n[len - 1] |= 1;
	key.n = seamkey_span_of(n, len);
	key.e = seamkey_span_of("\x01\x00\x01", 3);
	CHECK_INT(seamkey_der_bits(key.n), bits);
	CHECK_INT(seamkey_der_encode_rsa_public_info(
			  work, sizeof work, &len, &key),
		SEAMKEY_OK);
	CHECK_INT(seamkey_der_decode_rsa_public_info(
			  &key, seamkey_span_of(work, len), 0),
		SEAMKEY_OK);
	return seamkey_der_check_rsa_public(&key, limits);
}

static void
keys_modulus_within_the_limits(void)
{
	size_t u;

	for (u = 0; u < COUNT(sizes); u++) {
		seamkey_der_rsa_limits limits = { 0, 0, 3 };

		what = sizes[u].what;
		limits.min_bits = sizes[u].min_bits;
		limits.max_bits = sizes[u].max_bits;
		CHECK_INT(check_size(sizes[u].bits, &limits), sizes[u].status);
	}
}

/* clang-format off */
static const struct {
	const char *what;
	const char *e;
	size_t len;
	uint32_t min_e;
	int status;
} exponents[] = {
#define E(chars) "" chars, sizeof(chars) - 1
#define EVEN  SEAMKEY_ERR_KEY_EXPONENT_EVEN
#define SMALL SEAMKEY_ERR_KEY_EXPONENT_SMALL
#define LARGE SEAMKEY_ERR_KEY_EXPONENT_LARGE
	{ "0", E("\x00"), 3, SEAMKEY_ERR_KEY_ZERO },
	{ "1", E("\x01"), 3, SMALL },
	{ "1, no limit", E("\x01"), 0, SMALL },
	{ "2", E("\x02"), 3, EVEN },
	{ "3", E("\x03"), 3, SEAMKEY_OK },
	{ "3, no limit", E("\x03"), 0, SEAMKEY_OK },
	{ "3 of 5", E("\x03"), 5, SMALL },
	{ "4", E("\x04"), 3, EVEN },
	{ "17 of 65537", E("\x11"), 65537, SMALL },
	{ "257 of 65537", E("\x01\x01"), 65537, SMALL },
	{ "65535 of 65537", E("\xFF\xFF"), 65537, SMALL },
	{ "65536 of 65537", E("\x01\x00\x00"), 65537, EVEN },
	{ "65537 of 65537", E("\x01\x00\x01"), 65537, SEAMKEY_OK },
	{ "65539 of 65537", E("\x01\x00\x03"), 65537, SEAMKEY_OK },
	{ "2^32-3 of 2^32-1", E("\xFF\xFF\xFF\xFD"), 0xFFFFFFFFu, SMALL },
	{ "2^32-1 of 2^32-1", E("\xFF\xFF\xFF\xFF"), 0xFFFFFFFFu,
		SEAMKEY_OK },
	{ "2^32+1 of 65537", E("\x01\x00\x00\x00\x01"), 65537, SEAMKEY_OK },
	{ "2^32+1 of 2^32-1", E("\x01\x00\x00\x00\x01"), 0xFFFFFFFFu,
		SEAMKEY_OK },
	{ "64 bits", E("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), 65537,
		SEAMKEY_OK },
	{ "64 bits, least", E("\x80\x00\x00\x00\x00\x00\x00\x01"), 65537,
		SEAMKEY_OK },
	{ "64 bits, even", E("\x80\x00\x00\x00\x00\x00\x00\x00"), 65537,
		EVEN },
	{ "65 bits", E("\x01\x00\x00\x00\x00\x00\x00\x00\x01"), 65537,
		LARGE },
	{ "72 bits", E("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), 3, LARGE },
	{ "65 bits, even", E("\x01\x00\x00\x00\x00\x00\x00\x00\x00"), 3,
		LARGE },
#undef E
};
/* clang-format on */

static void
keys_public_exponent_within_the_limits(void)
{
	seamkey_der_rsa_private priv = numbers_of(SPAN(key_1024));
	size_t u, len = 0;

	for (u = 0; u < COUNT(exponents); u++) {
		seamkey_der_rsa_limits limits = { 1024, 4096, 0 };
		seamkey_der_rsa_public key;

		what = exponents[u].what;
		limits.min_e = exponents[u].min_e;
		key.n = priv.n;
		key.e = seamkey_span_of(exponents[u].e, exponents[u].len);
		CHECK_INT(seamkey_der_encode_rsa_public(
				  work, sizeof work, &len, &key),
			SEAMKEY_OK);
		CHECK_INT(seamkey_der_decode_rsa_public(
				  &key, seamkey_span_of(work, len)),
			SEAMKEY_OK);
		CHECK_INT(seamkey_der_check_rsa_public(&key, &limits),
			exponents[u].status);
		priv.e = key.e;
		CHECK_INT(seamkey_der_check_rsa_private(&priv, &limits),
			exponents[u].status);
	}
}

static void
keys_all_test_keys_are_good(void)
{
	size_t u;

	for (u = 0; u < COUNT(rsa_keys); u++) {
		seamkey_der_rsa_private priv = numbers_of(
			seamkey_span_of(rsa_keys[u].der, rsa_keys[u].len));

		what = rsa_keys[u].name;
		CHECK_INT(priv.n.len, rsa_keys[u].k);
		CHECK_INT(seamkey_der_check_rsa_private(&priv, &wide),
			SEAMKEY_OK);
	}
}

enum field {
	N,
	P_E,
	D,
	P,
	Q,
	DP,
	DQ,
	QINV
};

/* How a number is made of those of the good key. */
enum recipe {
	ZERO,
	SAME,      /* as another field */
	LESS_ONE,  /* another field less 1 */
	MORE_TWO,  /* another field plus 2 */
	CLEAR_LOW, /* another field, made even */
	EXTENDED,  /* another field with 01 in front */
	ONE
};

/* clang-format off */
static const struct {
	const char *what;
	enum field field;
	enum recipe recipe;
	enum field of;
	int status;
} key_changes[] = {
	{ "n = 0", N, ZERO, N, SEAMKEY_ERR_KEY_ZERO },
	{ "n = 1", N, ONE, N, SEAMKEY_ERR_KEY_MODULUS_SHORT },
	{ "n even", N, CLEAR_LOW, N, SEAMKEY_ERR_KEY_MODULUS_EVEN },
	{ "n other by two", N, MORE_TWO, N, SEAMKEY_ERR_KEY_PRODUCT },
	{ "n with 2^1024 more", N, EXTENDED, N, SEAMKEY_ERR_KEY_PRODUCT },
	{ "e = 0", P_E, ZERO, N, SEAMKEY_ERR_KEY_ZERO },
	{ "e = 1", P_E, ONE, N, SEAMKEY_ERR_KEY_EXPONENT_SMALL },
	{ "e = n", P_E, SAME, N, SEAMKEY_ERR_KEY_EXPONENT_LARGE },
	{ "e even", P_E, CLEAR_LOW, P_E, SEAMKEY_ERR_KEY_EXPONENT_EVEN },
	{ "d = 0", D, ZERO, N, SEAMKEY_ERR_KEY_ZERO },
	{ "d = n - 1", D, LESS_ONE, N, SEAMKEY_OK },
	{ "d = n", D, SAME, N, SEAMKEY_ERR_KEY_D },
	{ "d above n", D, MORE_TWO, N, SEAMKEY_ERR_KEY_D },
	{ "d longer than n", D, EXTENDED, D, SEAMKEY_ERR_KEY_D },
	{ "d = 1", D, ONE, D, SEAMKEY_OK },
	{ "p = 0", P, ZERO, N, SEAMKEY_ERR_KEY_ZERO },
	{ "p even", P, CLEAR_LOW, P, SEAMKEY_ERR_KEY_PRIME_EVEN },
	{ "p other by two", P, MORE_TWO, P, SEAMKEY_ERR_KEY_PRODUCT },
	{ "p = q", P, SAME, Q, SEAMKEY_ERR_KEY_PRODUCT },
	{ "p = n", P, SAME, N, SEAMKEY_ERR_KEY_PRODUCT },
	{ "p = 1", P, ONE, N, SEAMKEY_ERR_KEY_PRODUCT },
	{ "p with 2^512 more", P, EXTENDED, P, SEAMKEY_ERR_KEY_PRODUCT },
	{ "p longer than n", P, EXTENDED, N, SEAMKEY_ERR_KEY_PRODUCT },
	{ "q = 0", Q, ZERO, N, SEAMKEY_ERR_KEY_ZERO },
	{ "q even", Q, CLEAR_LOW, Q, SEAMKEY_ERR_KEY_PRIME_EVEN },
	{ "q other by two", Q, MORE_TWO, Q, SEAMKEY_ERR_KEY_PRODUCT },
	{ "q longer than n", Q, EXTENDED, N, SEAMKEY_ERR_KEY_PRODUCT },
	{ "q = 1", Q, ONE, N, SEAMKEY_ERR_KEY_PRODUCT },
	{ "dp = 0", DP, ZERO, N, SEAMKEY_ERR_KEY_ZERO },
	{ "dp = p - 1", DP, LESS_ONE, P, SEAMKEY_OK },
	{ "dp = p", DP, SAME, P, SEAMKEY_ERR_KEY_DP },
	{ "dp above p", DP, MORE_TWO, P, SEAMKEY_ERR_KEY_DP },
	{ "dp longer than p", DP, EXTENDED, DP, SEAMKEY_ERR_KEY_DP },
	{ "dq = 0", DQ, ZERO, N, SEAMKEY_ERR_KEY_ZERO },
	{ "dq = q - 1", DQ, LESS_ONE, Q, SEAMKEY_OK },
	{ "dq = q", DQ, SAME, Q, SEAMKEY_ERR_KEY_DQ },
	{ "dq longer than q", DQ, EXTENDED, DQ, SEAMKEY_ERR_KEY_DQ },
	{ "qinv = 0", QINV, ZERO, N, SEAMKEY_ERR_KEY_ZERO },
	{ "qinv = p - 1", QINV, LESS_ONE, P, SEAMKEY_OK },
	{ "qinv = p", QINV, SAME, P, SEAMKEY_ERR_KEY_QINV },
	{ "qinv longer than p", QINV, EXTENDED, QINV,
		SEAMKEY_ERR_KEY_QINV },
	{ "qinv = 1", QINV, ONE, N, SEAMKEY_OK },
};
/* clang-format on */

static seamkey_span *
field_of(seamkey_der_rsa_private *key, enum field f)
{
	seamkey_span *fields[8];

	fields[N] = &key->n;
	fields[P_E] = &key->e;
	fields[D] = &key->d;
	fields[P] = &key->p;
	fields[Q] = &key->q;
	fields[DP] = &key->dp;
	fields[DQ] = &key->dq;
	fields[QINV] = &key->qinv;
	return fields[f];
}

/* A number by recipe, in buf. */
static seamkey_span
cook(enum recipe recipe, seamkey_span of, unsigned char *buf)
{
	unsigned char small[KEY_BYTES];

	memcpy(buf + 1, of.p, of.len);
	buf[0] = recipe == EXTENDED;
	switch (recipe) {
	case ZERO:
	case ONE:
		buf[0] = recipe == ONE;
		return seamkey_span_of(buf, 1);
	case LESS_ONE:
		num_set(small, of.len, 1);
		(void)num_sub(buf + 1, buf + 1, small, of.len);
		break;
	case MORE_TWO:
		num_set(small, of.len, 2);
		buf[0] =
			(unsigned char)num_add(buf + 1, buf + 1, small, of.len);
		break;
	case CLEAR_LOW:
		buf[of.len] &= 0xFE;
		break;
	default:
		break;
	}
	return seamkey_span_of(buf, of.len + 1);
}

static int
status_of(const seamkey_der_rsa_private *numbers)
{
	seamkey_der_rsa_private key;
	size_t len = 0;

	CHECK_INT(seamkey_der_encode_rsa_private_info(
			  work, sizeof work, &len, numbers),
		SEAMKEY_OK);
	CHECK_INT(seamkey_der_decode_rsa_private_info(
			  &key, seamkey_span_of(work, len), 0),
		SEAMKEY_OK);
	return seamkey_der_check_rsa_private(&key, &wide);
}

static void
keys_private_numbers_have_to_fit(void)
{
	unsigned char buf[KEY_BYTES];
	size_t u;

	for (u = 0; u < COUNT(key_changes); u++) {
		seamkey_der_rsa_private key = numbers_of(SPAN(key_1024));
		seamkey_span of = *field_of(&key, key_changes[u].of);

		what = key_changes[u].what;
		*field_of(&key, key_changes[u].field) =
			cook(key_changes[u].recipe, of, buf);
		CHECK_INT(status_of(&key), key_changes[u].status);
	}
}

/* Every code of the keys is reached by the tables above. */
static void
keys_every_key_error_is_reached(void)
{
	int code, reached;
	size_t u;

	for (code = SEAMKEY_ERR_KEY_ZERO; code >= SEAMKEY_ERR_KEY_QINV;
		code--) {
		reached = 0;
		for (u = 0; u < COUNT(key_changes); u++) {
			reached |= key_changes[u].status == code;
		}
		for (u = 0; u < COUNT(sizes); u++) {
			reached |= sizes[u].status == code;
		}
		what = seamkey_der_text(code);
		CHECK_INT(reached, 1);
	}
}

/* p and q that multiply to n, but are no key. */
static void
keys_one_is_no_prime(void)
{
	static const unsigned char one[] = { 1 };
	seamkey_der_rsa_private key = numbers_of(SPAN(key_1024));

	key.p = key.n;
	key.q = SPAN(one);
	CHECK_INT(status_of(&key), SEAMKEY_ERR_KEY_DQ);
	key.dq = SPAN(one);
	CHECK_INT(status_of(&key), SEAMKEY_ERR_KEY_DQ);
	key.q = key.n;
	key.p = SPAN(one);
	CHECK_INT(status_of(&key), SEAMKEY_ERR_KEY_DP);
}

/* What a modulus or a prime with another bit may be refused as. */
static int
refused(int status)
{
	return status == SEAMKEY_ERR_KEY_PRODUCT || status == SEAMKEY_ERR_KEY_D
		|| status == SEAMKEY_ERR_KEY_MODULUS_SHORT;
}

/* A change of any bit of n, p or q is seen. */
static void
keys_product_sees_every_bit(void)
{
	static const enum field fields[] = { N, P, Q };
	unsigned char buf[KEY_BYTES];
	size_t u, bit;

	for (u = 0; u < COUNT(fields); u++) {
		seamkey_der_rsa_private key = numbers_of(SPAN(key_1031));
		seamkey_span *field = field_of(&key, fields[u]);
		size_t len = field->len;

		memcpy(buf, field->p, len);
		*field = seamkey_span_of(buf, len);
		for (bit = 1; bit < 8 * len; bit++) {
			unsigned char *at = &buf[len - 1 - bit / 8];
			unsigned char flip = (unsigned char)(1u << bit % 8);
			int status;

			*at ^= flip;
			status = seamkey_der_check_rsa_private(&key, &wide);
			CHECK_INT(refused(status), 1);
			*at ^= flip;
		}
	}
}

/* p * q = n modulo 2^1024 alone: the columns left of n count. */
static void
keys_product_is_not_cut_off(void)
{
	static unsigned char p[128], q[128], wide_product[256], two[128];
	seamkey_der_rsa_private key = numbers_of(SPAN(key_1024));
	size_t u;
	int i;

	for (u = 0; u < sizeof p; u++) {
		p[u] = (unsigned char)(0x35 + 7 * u);
	}
	p[127] |= 1;
	num_set(two, sizeof two, 2);
	/* q = 1 / p by Newton: twice as many bits right each time */
	memcpy(q, p, sizeof q);
	for (i = 0; i < 10; i++) {
		num_mul(wide_product, p, 128, q, 128);
		(void)num_sub(wide_product + 128, two, wide_product + 128, 128);
		memcpy(row_bytes, wide_product + 128, 128);
		num_mul(wide_product, q, 128, row_bytes, 128);
		memcpy(q, wide_product + 128, 128);
	}
	num_mul(wide_product, q, 128, key.n.p, 128);
	memcpy(q, wide_product + 128, 128);
	num_mul(wide_product, p, 128, q, 128);
	CHECK_MEM(wide_product + 128, key.n.p, 128);
	CHECK_INT(all_are(wide_product, 0, 128), 0);
	key.p = SPAN(p);
	key.q = SPAN(q);
	CHECK_INT(seamkey_der_check_rsa_private(&key, &wide),
		SEAMKEY_ERR_KEY_PRODUCT);
}

/* clang-format off */
const struct test test_der_keys_table[] = {
	{ "keys_there_and_back", keys_there_and_back },
	{ "keys_cut_anywhere_are_refused", keys_cut_anywhere_are_refused },
	{ "keys_with_one_byte_changed_are_refused_or_mean_it",
		keys_with_one_byte_changed_are_refused_or_mean_it },
	{ "keys_of_one_kind_are_none_of_another",
		keys_of_one_kind_are_none_of_another },
	{ "keys_encoders_measure_first", keys_encoders_measure_first },
	{ "keys_other_encoders_measure_first",
		keys_other_encoders_measure_first },
	{ "keys_encoders_refuse_what_decoders_would",
		keys_encoders_refuse_what_decoders_would },
	{ "keys_fields_of_a_private_key_info",
		keys_fields_of_a_private_key_info },
	{ "keys_private_key_info_variants", keys_private_key_info_variants },
	{ "keys_empty_public_key_comes_back",
		keys_empty_public_key_comes_back },
	{ "keys_numbers_of_an_rsa_key", keys_numbers_of_an_rsa_key },
	{ "keys_public_of_private_is_that_of_openssl",
		keys_public_of_private_is_that_of_openssl },
	{ "keys_the_leniency_for_absent_null",
		keys_the_leniency_for_absent_null },
	{ "keys_curves_have_sizes", keys_curves_have_sizes },
	{ "keys_ec_forms_say_the_same", keys_ec_forms_say_the_same },
	{ "keys_ec_curve_has_to_be_said_and_agree",
		keys_ec_curve_has_to_be_said_and_agree },
	{ "keys_ec_parts_have_to_fit", keys_ec_parts_have_to_fit },
	{ "keys_ec_algorithm_has_to_name_a_curve",
		keys_ec_algorithm_has_to_name_a_curve },
	{ "keys_hashes_have_sizes", keys_hashes_have_sizes },
	{ "keys_digest_info_has_to_fit", keys_digest_info_has_to_fit },
	{ "keys_outline_of_a_certificate", keys_outline_of_a_certificate },
	{ "keys_certificates_of_every_shape",
		keys_certificates_of_every_shape },
	{ "keys_kinds_are_told_by_their_outline",
		keys_kinds_are_told_by_their_outline },
	{ "keys_bits_of_a_number", keys_bits_of_a_number },
	{ "keys_modulus_within_the_limits", keys_modulus_within_the_limits },
	{ "keys_public_exponent_within_the_limits",
		keys_public_exponent_within_the_limits },
	{ "keys_all_test_keys_are_good", keys_all_test_keys_are_good },
	{ "keys_private_numbers_have_to_fit",
		keys_private_numbers_have_to_fit },
	{ "keys_every_key_error_is_reached",
		keys_every_key_error_is_reached },
	{ "keys_one_is_no_prime", keys_one_is_no_prime },
	{ "keys_product_sees_every_bit", keys_product_sees_every_bit },
	{ "keys_product_is_not_cut_off", keys_product_is_not_cut_off },
	{ NULL, NULL },
};
/* clang-format on */
