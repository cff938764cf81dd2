/*
 * vectors_mbed.h - the test suites of Mbed TLS, RSA and ASN.1
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * A part of vectors.c: each function of these suites is mapped to what
 * there is here, or left out with the reason; the table stands at the end.
 */
#ifndef SEAMKEY_VECTORS_MBED_H
#define SEAMKEY_VECTORS_MBED_H

#include "vectors_rsa.h"

/* ---- keys out of a few numbers ----------------------------------------- */

/*
 * Some suites name a private key by p, q and e. This is the arithmetic to
 * complete it; nothing here is fit for secrets. A number is big-endian, its
 * first byte not zero; zero has no bytes.
 */
#define NUMBER_MAX 1040

struct number {
	size_t len;
	unsigned char v[NUMBER_MAX];
};

static seamkey_span
number_span(const struct number *x)
{
	return seamkey_span_of(x->v, x->len);
}

static void
number_set(struct number *x, const unsigned char *p, size_t len)
{
	while (len != 0 && p[0] == 0) {
		p++;
		len--;
	}
	x->len = len <= NUMBER_MAX ? len : 0;
	if (x->len != 0) {
		memcpy(x->v, p, x->len);
	}
}

/* x = x * factor + add; factor and add below 2^20 */
static void
number_scale(struct number *x, uint32_t factor, uint32_t add)
{
	unsigned char out[NUMBER_MAX + 4];
	uint32_t carry = add;
	size_t u;

	for (u = sizeof out; u > 0; u--) {
		if (u > sizeof out - x->len) {
			carry += factor * x->v[u - 1 - (sizeof out - x->len)];
		}
		out[u - 1] = (unsigned char)carry;
		carry >>= 8;
	}
	number_set(x, out, sizeof out);
}

/* x = x / divisor; returns the rest. divisor below 2^20 */
static uint32_t
number_divide(struct number *x, uint32_t divisor)
{
	struct number q = *x;
	uint32_t rest = 0;
	size_t u;

	for (u = 0; u < x->len; u++) {
		rest = rest << 8 | x->v[u];
		q.v[u] = (unsigned char)(rest / divisor);
		rest %= divisor;
	}
	number_set(x, q.v, q.len);
	return rest;
}

/* x = x - y, x being the larger */
static void
number_subtract(struct number *x, const struct number *y)
{
	struct number out = *x;
	int borrow = 0, diff;
	size_t u;

	for (u = 0; u < x->len; u++) {
		diff = x->v[x->len - 1 - u] - borrow
			- (u < y->len ? y->v[y->len - 1 - u] : 0);
		borrow = diff < 0;
		out.v[x->len - 1 - u] = (unsigned char)(diff & 0xFF);
	}
	number_set(x, out.v, out.len);
}

static int
number_is_less(const struct number *x, const struct number *y)
{
	if (x->len != y->len) {
		return x->len < y->len;
	}
	return memcmp(x->v, y->v, x->len) < 0;
}

static void
number_multiply(
	struct number *out, const struct number *x, const struct number *y)
{
	struct number sum = { 0, { 0 } };
	unsigned char shifted[2 * NUMBER_MAX];
	uint32_t carry;
	size_t u, v, at;

	memset(shifted, 0, sizeof shifted);
	for (u = 0; u < x->len; u++) {
		carry = 0;
		at = sizeof shifted - 1 - u;
		for (v = 0; v < y->len || carry != 0; v++, at--) {
			carry += shifted[at]
				+ (v < y->len ? (uint32_t)x->v[x->len - 1 - u]
							* y->v[y->len - 1 - v]
					      : 0);
			shifted[at] = (unsigned char)carry;
			carry >>= 8;
		}
	}
	number_set(&sum, shifted, sizeof shifted);
	*out = sum;
}

/* out = 1 / e mod m: (k m + 1) / e for the k that makes it whole. */
static int
number_invert_small(struct number *out, uint32_t e, const struct number *m)
{
	struct number t = *m;
	uint32_t rest, k;

	if (e == 0) {
		return 0;
	}
	rest = number_divide(&t, e);
	for (k = 1; k < e; k++) {
		if (((uint64_t)k * rest + 1) % e == 0) {
			*out = *m;
			number_scale(out, k, 1);
			return number_divide(out, e) == 0;
		}
	}
	return 0;
}

/* out = 1 / q mod p = q^(p-2) mod p, p being prime */
static int
number_invert(
	struct number *out, const struct number *q, const struct number *p)
{
	static const struct number two = { 1, { 2 } };
	unsigned char x[NUMBER_MAX];
	struct number base = *q, exponent = *p;
	br_rsa_public_key key;

	while (!number_is_less(&base, p)) { /* q is hardly longer than p */
		number_subtract(&base, p);
	}
	number_subtract(&exponent, &two);
	memset(x, 0, sizeof x);
	memcpy(x + p->len - base.len, base.v, base.len);
	key.n = (unsigned char *)(uintptr_t)p->v;
	key.nlen = p->len;
	key.e = exponent.v;
	key.elen = exponent.len;
	if (!br_rsa_i31_public(x, p->len, &key)) {
		return 0;
	}
	number_set(out, x, p->len);
	return 1;
}

/* The numbers of a key, and what they are views of. */
struct key {
	struct number n, e, d, p, q, dp, dq, qinv;
};

/* n, d, dp, dq, qinv from p, q, e; 1 if that could be done. */
static int
key_complete(struct key *k)
{
	static const struct number one = { 1, { 1 } };
	struct number p1 = k->p, q1 = k->q, phi;
	uint32_t e = 0;
	size_t u;

	for (u = 0; u < k->e.len && u < 4; u++) {
		e = e << 8 | k->e.v[u];
	}
	if (k->p.len < 1 || k->q.len < 1 || k->p.len > NUMBER_MAX / 2
		|| k->q.len > NUMBER_MAX / 2 || k->e.len > 3 || e >> 20) {
		return 0;
	}
	number_subtract(&p1, &one);
	number_subtract(&q1, &one);
	number_multiply(&phi, &p1, &q1);
	number_multiply(&k->n, &k->p, &k->q);
	return number_invert_small(&k->d, e, &phi)
		&& number_invert_small(&k->dp, e, &p1)
		&& number_invert_small(&k->dq, e, &q1)
		&& number_invert(&k->qinv, &k->q, &k->p);
}

static seamkey_der_rsa_private
key_private(const struct key *k)
{
	seamkey_der_rsa_private v;

	v.n = number_span(&k->n);
	v.e = number_span(&k->e);
	v.d = number_span(&k->d);
	v.p = number_span(&k->p);
	v.q = number_span(&k->q);
	v.dp = number_span(&k->dp);
	v.dq = number_span(&k->dq);
	v.qinv = number_span(&k->qinv);
	return v;
}

static seamkey_der_rsa_public
key_public(const struct key *k)
{
	seamkey_der_rsa_public v;

	v.n = number_span(&k->n);
	v.e = number_span(&k->e);
	return v;
}

/* Room for the DER of any key here. */
#define KEY_INFO_MAX 8000

/* PrivateKeyInfo and SubjectPublicKeyInfo; empty where that failed. */
static seamkey_span
key_private_info(const struct key *k, unsigned char *out)
{
	seamkey_der_rsa_private v = key_private(k);
	size_t len = 0;

	(void)seamkey_der_encode_rsa_private_info(out, KEY_INFO_MAX, &len, &v);
	return seamkey_span_of(out, len);
}

static seamkey_span
key_public_info(const struct key *k, unsigned char *out)
{
	seamkey_der_rsa_public v = key_public(k);
	size_t len = 0;

	(void)seamkey_der_encode_rsa_public_info(out, KEY_INFO_MAX, &len, &v);
	return seamkey_span_of(out, len);
}

/* Sign and verify, encrypt and decrypt with a private key, or be refused
 * for its size. Returns a status. */
static int
exercise_private(const seamkey_der_rsa_private *priv, const char **note)
{
	unsigned char der[KEY_INFO_MAX], spki[KEY_INFO_MAX];
	unsigned char out[SEAMKEY_RSA_MAX_BYTES];
	seamkey_span msg = seamkey_span_of("seamkey", 7), key, public_key;
	seamkey_der_rsa_public pub;
	size_t der_len = 0, spki_len = 0, len = 0;
	int status, size = status_of_size(seamkey_der_bits(priv->n)), scratch;

	pub.n = priv->n;
	pub.e = priv->e;
	(void)seamkey_der_encode_rsa_private_info(
		der, sizeof der, &der_len, priv);
	(void)seamkey_der_encode_rsa_public_info(
		spki, sizeof spki, &spki_len, &pub);
	key = seamkey_span_of(der, der_len);
	public_key = seamkey_span_of(spki, spki_len);
	status = seamkey_rsa_sign_message(
		&loose, out, sizeof out, &len, &br_sha256_vtable, msg, key);
	if (size != SEAMKEY_OK) {
		*note = note_of_size(seamkey_der_bits(priv->n));
		return status == size ? SEAMKEY_OK : SEAMKEY_ERR_STATE;
	}
	if (status == SEAMKEY_OK) {
		status = seamkey_rsa_verify_message(&loose,
			seamkey_span_of(out, len), &br_sha256_vtable, msg,
			public_key);
	}
	if (status == SEAMKEY_OK) {
		status = seamkey_rsa_encrypt(
			&loose, out, sizeof out, &len, msg, public_key);
	}
	if (status == SEAMKEY_OK
		&& !report_agrees(
			key, seamkey_span_of(out, len), msg, 1, &scratch)) {
		return scratch;
	}
	return status;
}

static int
exercise_public(const seamkey_der_rsa_public *pub, const char **note)
{
	unsigned char spki[KEY_INFO_MAX], out[SEAMKEY_RSA_MAX_BYTES];
	int status, size = status_of_size(seamkey_der_bits(pub->n));
	size_t len = 0;

	(void)seamkey_der_encode_rsa_public_info(spki, sizeof spki, &len, pub);
	status = seamkey_rsa_encrypt(&loose, out, sizeof out, &len,
		seamkey_span_of("seamkey", 7), seamkey_span_of(spki, len));
	if (size != SEAMKEY_OK) {
		*note = note_of_size(seamkey_der_bits(pub->n));
		return status == size ? SEAMKEY_OK : SEAMKEY_ERR_STATE;
	}
	return status;
}

/* ---- RSA --------------------------------------------------------------- */

#define MBED_ARGS 16

/* A case of a .data file: a title, perhaps depends_on, then a function and
 * its arguments with colons between. */
struct mbed {
	char title[256];
	const char *function;
	const char *arg[MBED_ARGS]; /* without quotes; "" beyond the last */
	size_t args;
};

/* Cut "function:argument:..." in place. */
static void
mbed_split(struct mbed *m, char *line)
{
	int quoted = 0;
	char *c;
	size_t u;

	m->function = line;
	m->args = 0;
	for (u = 0; u < MBED_ARGS; u++) {
		m->arg[u] = "";
	}
	for (c = line; *c != 0; c++) {
		if (*c == '"') {
			quoted = !quoted;
			*c = 0;
		} else if (*c == ':' && !quoted) {
			*c = 0;
			if (m->args < MBED_ARGS) {
				m->arg[m->args++] = c + 1;
			}
		}
	}
	for (u = 0; u < m->args; u++) { /* an opening quote became a 0 */
		m->arg[u] += m->arg[u][0] == 0 && m->arg[u] + 1 < c;
	}
}

/* The i-th argument as bytes. The suites write them in either case. */
static void
mbed_bytes(const struct mbed *m, size_t i, struct bytes *out)
{
	out->len = 0;
	if (!hex_put(out, m->arg[i], strlen(m->arg[i]), 1)) {
		fail(m->title, "argument %lu is not hex", (unsigned long)i);
	}
}

/* The i-th argument as a number; an odd number of digits is all right. */
static void
mbed_number(const struct mbed *m, size_t i, struct number *out)
{
	struct bytes digits = { NULL, 0, 0 }, value = { NULL, 0, 0 };
	size_t len = strlen(m->arg[i]);

	out->len = 0;
	if (!bytes_put(&digits, "0", len % 2)
		|| !bytes_put(&digits, m->arg[i], len)
		|| !hex_put(&value, digits.p, digits.len, 1)) {
		fail(m->title, "argument %lu is no number", (unsigned long)i);
	} else {
		number_set(out, value.p, value.len);
	}
	bytes_free(&digits);
	bytes_free(&value);
}

/* Is that a result that succeeds? */
static int
mbed_wants_ok(const struct mbed *m, size_t i)
{
	return strcmp(m->arg[i], "0") == 0;
}

/* Any refusal is as good as the one that Mbed TLS has a name for. */
static void
mbed_judge(const struct mbed *m, size_t result, int status, const char *what)
{
	judge(m->title, (status == SEAMKEY_OK) == mbed_wants_ok(m, result),
		status, what);
}

static int
mbed_hash(const char *name)
{
	static const struct {
		const char *name;
		int hash;
	} names[] = {
		{ "MBEDTLS_MD_MD5", SEAMKEY_MD5 },
		{ "MBEDTLS_MD_SHA1", SEAMKEY_SHA1 },
		{ "MBEDTLS_MD_SHA224", SEAMKEY_SHA224 },
		{ "MBEDTLS_MD_SHA256", SEAMKEY_SHA256 },
		{ "MBEDTLS_MD_SHA384", SEAMKEY_SHA384 },
		{ "MBEDTLS_MD_SHA512", SEAMKEY_SHA512 },
		{ "MBEDTLS_MD_RIPEMD160", -1 },
		{ "255", 255 },
	};
	size_t u;

	for (u = 0; u < COUNT(names); u++) {
		if (strcmp(names[u].name, name) == 0) {
			return names[u].hash;
		}
	}
	fail(name, "is a hash function that this runner does not know");
	return 0;
}

/* A DigestInfo with the object identifier of RIPEMD-160, 1.3.36.3.2.1. */
static void
ripemd_info(struct bytes *out, const struct bytes *digest)
{
	static const unsigned char head[] = { 0x30, 0x21, 0x30, 0x09, 0x06,
		0x05, 0x2B, 0x24, 0x03, 0x02, 0x01, 0x05, 0x00, 0x04, 0x14 };

	out->len = 0;
	(void)bytes_put(out, head, sizeof head);
	(void)bytes_put(out, digest->p, digest->len);
}

/* digest : padding : hash : bits : N : E : signature : result */
static void
mbed_verify(const struct mbed *m)
{
	struct bytes digest = { NULL, 0, 0 }, sig = { NULL, 0, 0 };
	struct bytes info = { NULL, 0, 0 };
	unsigned char der[KEY_INFO_MAX];
	int hash = mbed_hash(m->arg[2]), status;
	seamkey_span spki;
	struct key k;

	mbed_bytes(m, 0, &digest);
	mbed_number(m, 4, &k.n);
	mbed_number(m, 5, &k.e);
	mbed_bytes(m, 6, &sig);
	spki = key_public_info(&k, der);
	if (hash == -1) {
		ripemd_info(&info, &digest);
		status = seamkey_rsa_verify(
			&loose, bytes_span(&sig), bytes_span(&info), spki);
	} else {
		status = seamkey_rsa_verify_hash(&loose, bytes_span(&sig), hash,
			bytes_span(&digest), spki);
	}
	if (strcmp(m->arg[7], "MBEDTLS_ERR_RSA_VERIFY_FAILED") == 0) {
		judge(m->title, status == SEAMKEY_ERR_RSA_SIGNATURE, status,
			"verify");
	} else {
		mbed_judge(m, 7, status, "verify");
	}
	bytes_free(&digest);
	bytes_free(&sig);
	bytes_free(&info);
}

/* The last private key that a case named, for those that name none. */
static struct key last_key;

/* P, Q, N, E from the i-th argument on, completed. */
static int
mbed_key(const struct mbed *m, size_t i)
{
	struct number n;

	memset(&last_key, 0, sizeof last_key);
	mbed_number(m, i, &last_key.p);
	mbed_number(m, i + 1, &last_key.q);
	mbed_number(m, i + 2, &n);
	mbed_number(m, i + 3, &last_key.e);
	if (!key_complete(&last_key)
		|| !seamkey_span_match(
			number_span(&n), number_span(&last_key.n))) {
		fail(m->title, "these numbers make no key");
		return 0;
	}
	return 1;
}

/* digest : padding : hash : bits : P : Q : N : E : signature : result */
static void
mbed_sign(const struct mbed *m)
{
	struct bytes digest = { NULL, 0, 0 }, want = { NULL, 0, 0 };
	struct bytes info = { NULL, 0, 0 };
	unsigned char der[KEY_INFO_MAX], sig[SEAMKEY_RSA_MAX_BYTES];
	int hash = mbed_hash(m->arg[2]), status;
	seamkey_span key;
	size_t len = 0;

	if (!mbed_key(m, 4)) {
		return;
	}
	key = key_private_info(&last_key, der);
	mbed_bytes(m, 0, &digest);
	mbed_bytes(m, 8, &want);
	if (hash == -1) {
		ripemd_info(&info, &digest);
		status = seamkey_rsa_sign(
			&loose, sig, sizeof sig, &len, bytes_span(&info), key);
	} else {
		status = seamkey_rsa_sign_hash(&loose, sig, sizeof sig, &len,
			hash, bytes_span(&digest), key);
	}
	if (status == SEAMKEY_OK
		&& !seamkey_span_match(
			seamkey_span_of(sig, len), bytes_span(&want))) {
		status = SEAMKEY_ERR_RSA_FAULT;
	}
	mbed_judge(m, 9, status, "sign");
	bytes_free(&digest);
	bytes_free(&want);
	bytes_free(&info);
}

/* bytes : padding : bits : P : Q : N : E : signature; padded as they are */
static void
mbed_sign_raw(const struct mbed *m)
{
	struct bytes info = { NULL, 0, 0 };
	unsigned char der[KEY_INFO_MAX], sig[SEAMKEY_RSA_MAX_BYTES];
	size_t len = 0;
	int status;

	if (!mbed_key(m, 3)) {
		return;
	}
	mbed_bytes(m, 0, &info);
	status = seamkey_rsa_sign(&loose, sig, sizeof sig, &len,
		bytes_span(&info), key_private_info(&last_key, der));
	judge(m->title, status == SEAMKEY_OK, status, "sign");
	bytes_free(&info);
}

/* bytes : padding : bits : N : E : signature : result */
static void
mbed_verify_raw(const struct mbed *m)
{
	struct bytes info = { NULL, 0, 0 }, sig = { NULL, 0, 0 };
	unsigned char der[KEY_INFO_MAX];
	struct key k;

	mbed_bytes(m, 0, &info);
	mbed_number(m, 3, &k.n);
	mbed_number(m, 4, &k.e);
	mbed_bytes(m, 5, &sig);
	mbed_judge(m, 6,
		seamkey_rsa_verify(&loose, bytes_span(&sig), bytes_span(&info),
			key_public_info(&k, der)),
		"verify");
	bytes_free(&info);
	bytes_free(&sig);
}

/* Does last_key decrypt ct to msg? */
static int
decrypts_to(seamkey_span ct, seamkey_span msg)
{
	unsigned char der[KEY_INFO_MAX];
	int status;

	return report_agrees(
		key_private_info(&last_key, der), ct, msg, 1, &status);
}

static int
random_fails(void *ctx, unsigned char *out, size_t len)
{
	(void)ctx;
	memset(out, 0, len);
	return -1;
}

/* message : padding : bits : N : E : ciphertext : result. The ciphertext
 * is that of Mbed TLS's test generator: it and ours decrypt alike. */
static void
mbed_encrypt(const struct mbed *m)
{
	struct bytes msg = { NULL, 0, 0 }, want = { NULL, 0, 0 };
	unsigned char der[KEY_INFO_MAX], ct[SEAMKEY_RSA_MAX_BYTES];
	seamkey_rsa_env env = loose;
	size_t len = 0;
	int status, bad_random = strstr(m->function, "bad_rng") != NULL;
	struct key k;

	if (bad_random) {
		env.random.fill = random_fails;
	}
	mbed_bytes(m, 0, &msg);
	mbed_number(m, 3, &k.n);
	mbed_number(m, 4, &k.e);
	mbed_bytes(m, 5, &want);
	status = seamkey_rsa_encrypt(&env, ct, sizeof ct, &len,
		bytes_span(&msg), key_public_info(&k, der));
	if (status == SEAMKEY_OK
		&& (!seamkey_span_match(
			    number_span(&k.n), number_span(&last_key.n))
			|| !decrypts_to(
				seamkey_span_of(ct, len), bytes_span(&msg))
			|| !decrypts_to(bytes_span(&want), bytes_span(&msg)))) {
		status = SEAMKEY_ERR_RSA_FAULT;
	}
	if (bad_random) {
		judge(m->title, status == SEAMKEY_ERR_RANDOM, status,
			"encrypt without random bytes");
	} else {
		mbed_judge(m, 6, status, "encrypt");
	}
	bytes_free(&msg);
	bytes_free(&want);
}

/* ciphertext : padding : bits : P : Q : N : E : room : message : result */
static void
mbed_decrypt(const struct mbed *m)
{
	struct bytes ct = { NULL, 0, 0 }, want = { NULL, 0, 0 };
	unsigned char der[KEY_INFO_MAX], msg[SEAMKEY_RSA_MAX_BYTES];
	size_t len = 0, room = sizeof msg;
	int status;

	if (!mbed_key(m, 3)) {
		return;
	}
	mbed_bytes(m, 0, &ct);
	mbed_bytes(m, 8, &want);
	/* Room is wanted for the whole block here, not for the message. */
	if (strcmp(m->arg[9], "MBEDTLS_ERR_RSA_OUTPUT_TOO_LARGE") == 0) {
		room = (size_t)strtoul(m->arg[7], NULL, 10);
	}
	status = seamkey_rsa_decrypt_report(&loose, msg, room, &len,
		bytes_span(&ct), key_private_info(&last_key, der));
	if (status == SEAMKEY_OK
		&& !seamkey_span_match(
			seamkey_span_of(msg, len), bytes_span(&want))) {
		status = SEAMKEY_ERR_RSA_FAULT;
	}
	if (room != sizeof msg) {
		judge(m->title, status == SEAMKEY_ERR_SPACE, status,
			"decrypt with little room");
	} else {
		mbed_judge(m, 9, status, "decrypt");
	}
	bytes_free(&ct);
	bytes_free(&want);
}

/* number : bits : P : Q : N : E : number : result; public: without P, Q */
static void
mbed_raw(const struct mbed *m)
{
	int is_public = strcmp(m->function, "mbedtls_rsa_public") == 0;
	size_t rest = is_public ? 4 : 6;
	struct bytes in = { NULL, 0, 0 }, want = { NULL, 0, 0 };
	unsigned char der[KEY_INFO_MAX], out[SEAMKEY_RSA_MAX_BYTES];
	seamkey_span key;
	struct key k;
	int status;

	mbed_bytes(m, 0, &in);
	mbed_bytes(m, rest, &want);
	if (is_public) {
		mbed_number(m, 2, &k.n);
		mbed_number(m, 3, &k.e);
		key = key_public_info(&k, der);
	} else if (mbed_key(m, 2)) {
		key = key_private_info(&last_key, der);
	} else {
		return;
	}
	status = raw_by_driver(
		is_public ? SEAMKEY_REQ_RAW_PUBLIC : SEAMKEY_REQ_RAW_PRIVATE,
		key, bytes_span(&in), out);
	if (status == SEAMKEY_OK
		&& !seamkey_span_match(
			seamkey_span_of(out, in.len), bytes_span(&want))) {
		status = SEAMKEY_ERR_RSA_FAULT;
	}
	mbed_judge(m, rest + 1, status, "raw operation");
	bytes_free(&in);
	bytes_free(&want);
}

/* The limits of Mbed TLS, for the check functions, which take limits. */
static const seamkey_der_rsa_limits mbed_limits = { 128, 8192, 3 };

/* N : E : result */
static void
mbed_check_public(const struct mbed *m)
{
	seamkey_der_rsa_public pub;
	struct key k;

	mbed_number(m, 0, &k.n);
	mbed_number(m, 1, &k.e);
	pub = key_public(&k);
	mbed_judge(m, 2, seamkey_der_check_rsa_public(&pub, &mbed_limits),
		"check");
}

/*
 * The end of a case that checks a key: what the check said, and, where that
 * let it pass, what using the key comes to. It does not help a check that
 * let a bad key pass that the services then noticed.
 */
static void
judge_check(const struct mbed *m, int wants_ok, int check, int use)
{
	if (check != SEAMKEY_OK) {
		judge(m->title, !wants_ok, check, "check");
	} else {
		judge(m->title, wants_ok && use == SEAMKEY_OK, use, "use");
	}
}

/* bits : P : Q : N : E : D : DP : DQ : QP : result; or nothing at all */
static void
mbed_check_private(const struct mbed *m)
{
	seamkey_der_rsa_private priv;
	const char *note = NULL;
	struct key k;
	int status;

	memset(&k, 0, sizeof k);
	if (m->args > 1) {
		mbed_number(m, 1, &k.p);
		mbed_number(m, 2, &k.q);
		mbed_number(m, 3, &k.n);
		mbed_number(m, 4, &k.e);
		mbed_number(m, 5, &k.d);
		mbed_number(m, 6, &k.dp);
		mbed_number(m, 7, &k.dq);
		mbed_number(m, 8, &k.qinv);
	}
	priv = key_private(&k);
	status = seamkey_der_check_rsa_private(&priv, &mbed_limits);
	if (m->args > 1) {
		judge_check(m, mbed_wants_ok(m, 9), status,
			exercise_private(&priv, &note));
	} else {
		judge(m->title, status == SEAMKEY_ERR_KEY_ZERO, status,
			"check of nothing");
	}
}

/* Written and read again these are the same numbers. */
static int
key_survives(const struct key *k, int is_private)
{
	unsigned char der[KEY_INFO_MAX];
	seamkey_der_rsa_private was = key_private(k), now;
	seamkey_der_rsa_public half;

	if (!is_private) {
		return seamkey_der_decode_rsa_public_info(
			       &half, key_public_info(k, der), 0)
			== SEAMKEY_OK
			&& seamkey_span_match(half.n, was.n)
			&& seamkey_span_match(half.e, was.e);
	}
	return seamkey_der_decode_rsa_private_info(
		       &now, key_private_info(k, der), 0)
		== SEAMKEY_OK
		&& seamkey_span_match(now.n, was.n)
		&& seamkey_span_match(now.e, was.e)
		&& seamkey_span_match(now.d, was.d)
		&& seamkey_span_match(now.p, was.p)
		&& seamkey_span_match(now.q, was.q)
		&& seamkey_span_match(now.dp, was.dp)
		&& seamkey_span_match(now.dq, was.dq)
		&& seamkey_span_match(now.qinv, was.qinv);
}

/*
 * N : P : Q : D : E : ...; the argument with the result depends on the
 * function, and export has none: it wants what was put in. All five, or N
 * and E alone, are a key; dp, dq and qinv are those of P, Q and E.
 */
static void
mbed_import(const struct mbed *m)
{
	size_t result = strcmp(m->function, "mbedtls_rsa_import") == 0 ? 8
		: strcmp(m->function, "mbedtls_rsa_import_raw") == 0   ? 7
		: strstr(m->function, "export") == NULL                ? 6
								       : 0;
	int given = (m->arg[0][0] != 0) + (m->arg[1][0] != 0)
		+ (m->arg[2][0] != 0) + (m->arg[3][0] != 0)
		+ (m->arg[4][0] != 0);
	int is_private = given == 5, status, use;
	int is_public = given == 2 && m->arg[0][0] != 0 && m->arg[4][0] != 0;
	seamkey_der_rsa_limits limits = mbed_limits;
	seamkey_der_rsa_private priv;
	seamkey_der_rsa_public pub;
	const char *note = NULL;
	struct key k;

	if (!is_private && !is_public) {
		skip_case("a key structure has all its numbers: none is "
			  "worked out from the others");
		return;
	}
	memset(&k, 0, sizeof k);
	mbed_number(m, 1, &k.p);
	mbed_number(m, 2, &k.q);
	mbed_number(m, 4, &k.e);
	if (is_private && !key_complete(&k)) {
		fail(m->title, "these numbers make no key");
		return;
	}
	mbed_number(m, 0, &k.n);
	if (is_private) {
		mbed_number(m, 3, &k.d);
	}
	priv = key_private(&k);
	pub = key_public(&k);
	limits.min_bits = 3; /* of the toy keys */
	status = is_private ? seamkey_der_check_rsa_private(&priv, &limits)
			    : seamkey_der_check_rsa_public(&pub, &limits);
	use = is_private ? exercise_private(&priv, &note)
			 : exercise_public(&pub, &note);
	if (!key_survives(&k, is_private)) {
		judge(m->title, 0, status, "write and read");
	} else {
		judge_check(m, result == 0 || mbed_wants_ok(m, result), status,
			use);
	}
}

/* N : P : Q : D : E : with test for primes : result */
static void
mbed_validate(const struct mbed *m)
{
	if (m->arg[5][0] == '1') {
		skip_case("no test for primes: whether they are is not "
			  "asked, and no result leaves that does not verify");
	} else {
		mbed_import(m);
	}
}

/* RSAPrivateKey or RSAPublicKey: decode, check. */
static int
parse_pkcs1(int is_public, seamkey_span in)
{
	seamkey_der_rsa_private priv;
	seamkey_der_rsa_public pub;
	int status;

	if (is_public) {
		status = seamkey_der_decode_rsa_public(&pub, in);
		return status == SEAMKEY_OK
			? seamkey_der_check_rsa_public(&pub, &mbed_limits)
			: status;
	}
	status = seamkey_der_decode_rsa_private(&priv, in);
	return status == SEAMKEY_OK
		? seamkey_der_check_rsa_private(&priv, &mbed_limits)
		: status;
}

/* public : RSAPrivateKey or RSAPublicKey : result */
static void
mbed_parse(const struct mbed *m)
{
	struct bytes in = { NULL, 0, 0 };

	mbed_bytes(m, 1, &in);
	mbed_judge(m, 2, parse_pkcs1(m->arg[0][0] == '1', bytes_span(&in)),
		"decode and check");
	bytes_free(&in);
}

/* Decode and encode with so much room; *len is the length. */
static int
rewrite_pkcs1(int is_public, seamkey_span in, unsigned char *out, size_t cap,
	size_t *len)
{
	seamkey_der_rsa_private priv;
	seamkey_der_rsa_public pub;
	int status;

	if (is_public) {
		status = seamkey_der_decode_rsa_public(&pub, in);
		return status == SEAMKEY_OK
			? seamkey_der_encode_rsa_public(out, cap, len, &pub)
			: status;
	}
	status = seamkey_der_decode_rsa_private(&priv, in);
	return status == SEAMKEY_OK
		? seamkey_der_encode_rsa_private(out, cap, len, &priv)
		: status;
}

/* public : RSAPrivateKey or RSAPublicKey; the same comes out, and only
 * where there is room for all of it. */
static void
mbed_rewrite(const struct mbed *m)
{
	int is_public = m->arg[0][0] == '1', status = SEAMKEY_OK;
	unsigned char out[KEY_INFO_MAX];
	struct bytes in = { NULL, 0, 0 };
	size_t cap, len = 0;

	mbed_bytes(m, 1, &in);
	for (cap = 0; cap < in.len; cap++) {
		status = rewrite_pkcs1(
			is_public, bytes_span(&in), out, cap, &len);
		if (status != SEAMKEY_ERR_SPACE || len != 0) {
			judge(m->title, 0, status, "encode with little room");
			bytes_free(&in);
			return;
		}
	}
	status = rewrite_pkcs1(is_public, bytes_span(&in), out, cap, &len);
	judge(m->title,
		status == SEAMKEY_OK
			&& seamkey_span_match(
				seamkey_span_of(out, len), bytes_span(&in)),
		status, "encode");
	bytes_free(&in);
}

/* ---- DER --------------------------------------------------------------- */

/* contents length octets : length */
static void
mbed_get_len(const struct mbed *m)
{
	size_t want = (size_t)strtoul(m->arg[1], NULL, 10), head;
	struct bytes in = { NULL, 0, 0 };
	seamkey_der_reader r;
	seamkey_span got;

	(void)bytes_put(&in, "\x04", 1);
	(void)hex_put(&in, m->arg[0], strlen(m->arg[0]), 1);
	head = in.len;
	if (!bytes_room(&in, want)) {
		skip_case("not enough memory");
		return;
	}
	memset(in.p + in.len, 0, want);
	in.len += want;
	seamkey_der_init(&r, bytes_span(&in));
	got = seamkey_der_get(&r, SEAMKEY_DER_OCTET_STRING);
	judge(m->title,
		r.err == SEAMKEY_OK && got.len == want && got.p == in.p + head
			&& seamkey_der_check_end(&r) == SEAMKEY_OK,
		r.err, "get");
	bytes_free(&in);
}

/* element : value : result */
static void
mbed_get_boolean(const struct mbed *m)
{
	struct bytes in = { NULL, 0, 0 };
	seamkey_der_reader r;
	int got;

	mbed_bytes(m, 0, &in);
	seamkey_der_init(&r, bytes_span(&in));
	got = seamkey_der_get_boolean(&r);
	judge(m->title,
		(r.err == SEAMKEY_OK) == mbed_wants_ok(m, 2)
			&& (r.err != SEAMKEY_OK || got == m->arg[1][0] - '0'),
		r.err, "get_boolean");
	bytes_free(&in);
}

/*
 * element : value : result. The value is what get_integer gives, if it is
 * not negative; that a negative one is well formed is what check says.
 */
static void
mbed_get_integer(const struct mbed *m)
{
	struct bytes in = { NULL, 0, 0 };
	struct number want, got_number;
	seamkey_der_reader r;
	seamkey_span got;
	int status, same = 1;

	mbed_bytes(m, 0, &in);
	seamkey_der_init(&r, bytes_span(&in));
	got = seamkey_der_get_integer(&r);
	status = r.err;
	if (m->arg[1][0] == '-') {
		same = status == SEAMKEY_ERR_DER_INTEGER && got.len == 0;
		status = seamkey_der_check(bytes_span(&in));
	} else if (status == SEAMKEY_OK) {
		mbed_number(m, 1, &want);
		number_set(&got_number, got.p, got.len);
		same = seamkey_span_match(
			number_span(&want), number_span(&got_number));
	}
	judge(m->title, same && (status == SEAMKEY_OK) == mbed_wants_ok(m, 2),
		status, "get_integer");
	bytes_free(&in);
}

/* An INTEGER without contents. Mbed TLS takes it for 0 in one function and
 * refuses it in another. */
static void
mbed_empty_integer(const struct mbed *m)
{
	struct bytes in = { NULL, 0, 0 };
	seamkey_der_reader r;

	mbed_bytes(m, 0, &in);
	seamkey_der_init(&r, bytes_span(&in));
	(void)seamkey_der_get_integer(&r);
	judge(m->title, r.err == SEAMKEY_ERR_DER_INTEGER, r.err, "get_integer");
	bytes_free(&in);
}

/* element : value : result : bytes consumed, or -1 for all */
static void
mbed_get_raw(const struct mbed *m)
{
	long consumed = strtol(m->arg[3], NULL, 10);
	struct bytes in = { NULL, 0, 0 };
	struct number want, got_number;
	seamkey_der_reader r;
	seamkey_span got;
	int same = 1;

	mbed_bytes(m, 0, &in);
	seamkey_der_init(&r, bytes_span(&in));
	got = seamkey_der_get_integer(&r);
	if (r.err == SEAMKEY_OK) {
		mbed_number(m, 1, &want);
		number_set(&got_number, got.p, got.len);
		same = seamkey_span_match(
			       number_span(&want), number_span(&got_number))
			&& r.len
				== (consumed < 0 ? 0
						 : in.len - (size_t)consumed);
	}
	judge(m->title, same && (r.err == SEAMKEY_OK) == mbed_wants_ok(m, 2),
		r.err, "get_integer");
	bytes_free(&in);
}

/* element : value : result. Nothing here reads an ENUMERATED: the check of
 * form is what there is. */
static void
mbed_get_enum(const struct mbed *m)
{
	struct bytes in = { NULL, 0, 0 };

	mbed_bytes(m, 0, &in);
	mbed_judge(m, 2, seamkey_der_check(bytes_span(&in)), "check");
	bytes_free(&in);
}

/* element : octets : unused bits : result : result where bits must be
 * whole octets, and more may follow */
static void
mbed_get_bits(const struct mbed *m)
{
	size_t octets = (size_t)strtoul(m->arg[1], NULL, 10);
	struct bytes in = { NULL, 0, 0 };
	seamkey_der_reader r;
	seamkey_span got;

	mbed_bytes(m, 0, &in);
	seamkey_der_init(&r, bytes_span(&in));
	got = seamkey_der_get_bit_string(&r, SEAMKEY_DER_BIT_STRING);
	if ((r.err == SEAMKEY_OK) != mbed_wants_ok(m, 4)
		|| (r.err == SEAMKEY_OK && got.len != octets)) {
		judge(m->title, 0, r.err, "get_bit_string");
	} else if (in.p[0] == SEAMKEY_DER_BIT_STRING) {
		mbed_judge(m, 3, seamkey_der_check(bytes_span(&in)), "check");
	} else {
		judge(m->title, 1, r.err, "get_bit_string");
	}
	bytes_free(&in);
}

/* SEQUENCE : tag of its elements : "offset,length,..." : result */
static void
mbed_get_sequence(const struct mbed *m)
{
	unsigned tag = (unsigned)strtoul(m->arg[1], NULL, 16);
	const char *places = m->arg[2];
	struct bytes in = { NULL, 0, 0 };
	seamkey_der_reader r, seq;
	unsigned long offset, len;
	seamkey_span got;
	int same = 1;
	char *next;

	mbed_bytes(m, 0, &in);
	seamkey_der_init(&r, bytes_span(&in));
	seamkey_der_enter(&r, &seq, SEAMKEY_DER_SEQUENCE);
	while (seq.err == SEAMKEY_OK && seq.len != 0) {
		got = seamkey_der_get(&seq, tag);
		if (*places != 0) {
			offset = strtoul(places, &next, 10);
			len = strtoul(next + 1, &next, 10);
			places = *next == ',' ? next + 1 : next;
			same = same && got.p == in.p + offset && got.len == len;
		}
	}
	seamkey_der_finish(&r, &seq);
	judge(m->title,
		same && *places == 0
			&& (seamkey_der_check_end(&r) == SEAMKEY_OK)
				== mbed_wants_ok(m, 3),
		seamkey_der_check_end(&r), "enter, get, finish");
	bytes_free(&in);
}

/* AlgorithmIdentifier : offset and length of the OID : tag, offset and
 * length of the parameters : length of all : result */
static void
mbed_get_alg(const struct mbed *m)
{
	unsigned long at[7];
	struct bytes in = { NULL, 0, 0 };
	seamkey_der_algorithm alg;
	seamkey_der_reader r;
	int same = 1;
	size_t u;

	for (u = 1; u < 7; u++) {
		at[u] = strtoul(m->arg[u], NULL, 0);
	}
	mbed_bytes(m, 0, &in);
	seamkey_der_init(&r, bytes_span(&in));
	seamkey_der_get_algorithm(&r, &alg);
	if (r.err == SEAMKEY_OK) {
		same = alg.oid.p == in.p + at[1] && alg.oid.len == at[2]
			&& r.p == in.p + at[6];
		if (at[3] == 0) {
			same = same && alg.parameters.len == 0;
		} else { /* two octets of tag and length, all short */
			same = same && alg.parameters.p == in.p + at[4] - 2
				&& alg.parameters.p[0] == at[3]
				&& alg.parameters.len == at[5] + 2;
		}
	}
	judge(m->title, same && (r.err == SEAMKEY_OK) == mbed_wants_ok(m, 7),
		r.err, "get_algorithm");
	bytes_free(&in);
}

/* element : result : result with a byte behind it. No proper prefix is
 * well formed; the whole is as the first result says, also for get_any,
 * which leaves the byte behind it. */
static void
mbed_prefixes(const struct mbed *m)
{
	struct bytes in = { NULL, 0, 0 };
	seamkey_der_reader r;
	int status = SEAMKEY_OK, whole;
	size_t len;

	mbed_bytes(m, 0, &in);
	for (len = 0; len < in.len; len++) {
		status = seamkey_der_check(seamkey_span_of(in.p, len));
		if (status == SEAMKEY_OK) {
			judge(m->title, 0, status, "check of a prefix");
			bytes_free(&in);
			return;
		}
	}
	whole = seamkey_der_check(bytes_span(&in));
	(void)bytes_put(&in, "", 1);
	seamkey_der_init(&r, bytes_span(&in));
	(void)seamkey_der_get_any(&r);
	if (whole == SEAMKEY_OK && (r.err != SEAMKEY_OK || r.len != 1)) {
		judge(m->title, 0, r.err, "get_any");
	} else {
		mbed_judge(m, 1, whole, "check");
	}
	bytes_free(&in);
}

/* What runs the functions of the suites, or why they are not run. */
static const struct {
	const char *function;
	void (*run)(const struct mbed *m);
	const char *reason;
} mbed_functions[] = {
	{ "mbedtls_rsa_pkcs1_verify", mbed_verify, NULL },
	{ "mbedtls_rsa_pkcs1_sign", mbed_sign, NULL },
	{ "rsa_pkcs1_sign_raw", mbed_sign_raw, NULL },
	{ "rsa_pkcs1_verify_raw", mbed_verify_raw, NULL },
	{ "mbedtls_rsa_pkcs1_encrypt", mbed_encrypt, NULL },
	{ "rsa_pkcs1_encrypt_bad_rng", mbed_encrypt, NULL },
	{ "mbedtls_rsa_pkcs1_decrypt", mbed_decrypt, NULL },
	{ "mbedtls_rsa_private", mbed_raw, NULL },
	{ "mbedtls_rsa_public", mbed_raw, NULL },
	{ "mbedtls_rsa_check_pubkey", mbed_check_public, NULL },
	{ "mbedtls_rsa_check_privkey", mbed_check_private, NULL },
	{ "rsa_check_privkey_null", mbed_check_private, NULL },
	{ "mbedtls_rsa_import", mbed_import, NULL },
	{ "mbedtls_rsa_import_raw", mbed_import, NULL },
	{ "mbedtls_rsa_export", mbed_import, NULL },
	{ "mbedtls_rsa_export_raw", mbed_import, NULL },
	{ "mbedtls_rsa_validate_params", mbed_validate, NULL },
	{ "rsa_parse_pkcs1_key", mbed_parse, NULL },
	{ "rsa_parse_write_pkcs1_key", mbed_rewrite, NULL },
	{ "rsa_key_write_incremental", mbed_rewrite, NULL },
	{ "rsa_check_pubpriv", NULL,
		"no function compares two key structures" },
	{ "mbedtls_rsa_deduce_primes", NULL,
		"a key structure has all its numbers: none is worked out from "
		"the others" },
	{ "mbedtls_rsa_deduce_private_exponent", NULL,
		"a key structure has all its numbers: none is worked out from "
		"the others" },
	{ "mbedtls_rsa_gen_key", NULL, "no function makes keys" },
	{ "rsa_init_free", NULL, "there are no key objects" },
	{ "rsa_invalid_param", NULL, "there are no key objects" },
	{ "rsa_selftest", NULL, "the test is inside Mbed TLS" },

	{ "get_len", mbed_get_len, NULL },
	{ "get_boolean", mbed_get_boolean, NULL },
	{ "get_integer", mbed_get_integer, NULL },
	{ "empty_integer", mbed_empty_integer, NULL },
	{ "get_integer_raw", mbed_get_raw, NULL },
	{ "get_enum", mbed_get_enum, NULL },
	{ "get_bitstring", mbed_get_bits, NULL },
	{ "get_sequence_of", mbed_get_sequence, NULL },
	{ "get_alg", mbed_get_alg, NULL },
	{ "parse_prefixes", mbed_prefixes, NULL },
	{ "traverse_sequence_of", NULL,
		"no function walks a sequence by masks of tags" },
	{ "find_named_data", NULL, "there are no lists of names" },
	{ "free_named_data_list", NULL, "there are no lists of names" },
	{ "get_mpi_too_large", NULL,
		"the reader gives views: nothing can be too large for it" },
};

static void
mbed_case(const struct mbed *m)
{
	size_t u;

	for (u = 0; u < COUNT(mbed_functions); u++) {
		if (strcmp(mbed_functions[u].function, m->function) == 0) {
			break;
		}
	}
	if (u == COUNT(mbed_functions)) {
		fail(m->title, "%s: unknown to this runner", m->function);
	} else if (mbed_functions[u].run == NULL) {
		skip_case(mbed_functions[u].reason);
	} else {
		mbed_functions[u].run(m);
	}
}

static void
run_mbed(const char *name)
{
	struct bytes line = { NULL, 0, 0 };
	struct mbed m = { "", "", { "" }, 0 };
	char *text;
	FILE *f;
	int got;

	suite_begin(name);
	f = open_suite(name, ".data");
	if (f == NULL) {
		return;
	}
	while ((got = read_line(f, &line)) == LINE_READ) {
		text = (char *)line.p;
		if (text[0] == '#' || strncmp(text, "depends_on:", 11) == 0) {
			continue;
		}
		if (text[0] == 0) {
			m.title[0] = 0;
		} else if (m.title[0] == 0) {
			(void)snprintf(m.title, sizeof m.title, "%s", text);
		} else {
			mbed_split(&m, text);
			mbed_case(&m);
		}
	}
	if (got == LINE_TOO_LONG) {
		fail(m.title, "not enough memory");
	}
	(void)fclose(f);
	bytes_free(&line);
	suite_end();
}

#endif
