/*
 * ct.c - constant time: no branch and no address depends on a secret
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * usage: ct key BITS >FILE          makes a key, the same each time
 *        valgrind ct check FILE...     runs every operation on these keys
 *        valgrind ct controls FILE...  shows that check would notice
 *
 * The idea is Adam Langley's ctgrind (2010): tell valgrind's memcheck that
 * the octets of a secret are undefined. It follows them through every copy
 * and every computation, and reports each branch and each address that
 * depends on one. What the headers make public on purpose passes through
 * SEAMKEY_DECLASSIFY, which is how this file comes to know of it: for each
 * operation there is a limit to the number of single bits, and to that of
 * octets of anything else, which is none but for ECDSA. What an operation
 * gives out must still be undefined
 * afterwards: a secret that was made public by accident is found, too.
 *
 * Secret: every octet of d, p, q, dp, dq, qinv, the one for the sign
 * included; the message that is encrypted and the octets of its padding;
 * the block that is decrypted, what becomes of it, and its length; the
 * scalar of an elliptic curve key; a rejection secret; the seed of a
 * generator; of a link what tests/ct_link.h says. With one exception:
 * BearSSL counts the length in bits of p and
 * of q as public ("we cannot really hide them anyway", rsa_i31_priv.c), and
 * finds it out with branches: it skips zero octets on the left, and
 * what it computes from their top words, of 15, 31 or 32 bits, decides how
 * often its loops run. So for what goes through BearSSL the first octet and
 * the top word of p and of q are defined, to the bit, and all below is
 * secret there as well; what goes through seamkey_modexp.h is hidden whole.
 * (That is more than the length: br_i31_bit_length()
 * and its kin select with exclusive-or, and compare with subtraction,
 * through which memcheck does not follow single bits. With one bit less
 * defined every kernel is reported.)
 *
 * controls runs every operation again with SEAMKEY_DECLASSIFY doing
 * nothing, so that the use of the first verdict has to be reported; and
 * some functions that are written as one must not.
 *
 * What this cannot see: instructions whose time depends on their operands
 * (no division is in the objects: tests/lint.sh), and what a compiler does
 * in another build than this one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <valgrind/memcheck.h>

#include <bearssl.h>

/* ---- secrets ------------------------------------------------------------ */

static unsigned published;      /* bits made public by the operation */
static size_t published_octets; /* of what was more than a bit */
static int verdicts_secret;     /* controls: SEAMKEY_DECLASSIFY does nothing */

static void
hide(const void *p, size_t len)
{
	(void)VALGRIND_MAKE_MEM_UNDEFINED(p, len);
}

static void
show(const void *p, size_t len)
{
	(void)VALGRIND_MAKE_MEM_DEFINED(p, len);
}

/* Octets of p[0..len) that have an undefined bit. */
static size_t
hidden(const void *p, size_t len)
{
	const unsigned char *at = (const unsigned char *)p;
	unsigned char bits;
	size_t u, count = 0;

	for (u = 0; u < len; u++) {
		bits = 0;
		(void)VALGRIND_GET_VBITS(at + u, &bits, 1);
		count += bits != 0;
	}
	return count;
}

static void
declassify(const void *p, size_t len)
{
	uint32_t value = 2;

	if (hidden(p, len) == 0) {
		return;
	}
	if (!verdicts_secret) {
		show(p, len);
		if (len == sizeof value) {
			memcpy(&value, p, sizeof value);
		}
	}
	if (value <= 1 || verdicts_secret) {
		published++;
	} else {
		published_octets += len;
	}
}

#define SEAMKEY_DECLASSIFY(p, len) declassify((p), (len))

#ifdef SEAMKEY_EXTERN
#define SEAMKEY_IMPLEMENTATION
#endif
#include "seamkey.h"
#include "seamkey_icsf.h"

#include "oaep.h"

/* ---- what an operation is run with -------------------------------------- */

struct key {
	unsigned bits;
	size_t k;                       /* octets of the modulus */
	unsigned char info[3000];       /* PrivateKeyInfo */
	unsigned char public_info[600]; /* SubjectPublicKeyInfo */
	size_t info_len, public_len;
};

struct kernel {
	const char *name;
	size_t word;            /* bits of a word of its big numbers */
	seamkey_rsa_bearssl fn; /* no functions: the default engine */
};

/* One run of one operation. */
struct run {
	const struct key *key;
	size_t word; /* of the kernel */
	seamkey_rsa_env env;
	const char *wrong; /* what was not as it should be, or NULL */
};

/* Each operation copies its secrets to here. */
static unsigned char secret_info[3000];

/* What cannot fail, unless this file is wrong. */
static void
must(int holds)
{
	if (!holds) {
		fprintf(stderr, "ct: a key was taken, and is none now\n");
		exit(2);
	}
}

static void
expect(struct run *t, int holds, const char *wrong)
{
	if (!holds && t->wrong == NULL) {
		t->wrong = wrong;
	}
}

/* out[0..len) must be secret yet; it is the caller's to look at then. */
static void
open_result(struct run *t, const void *out, size_t len)
{
	expect(t, hidden(out, len) == len,
		"a result became public before the caller decided so");
	show(out, len);
}

static seamkey_span
public_key(const struct run *t)
{
	return seamkey_span_of(t->key->public_info, t->key->public_len);
}

/*
 * The contents of the next INTEGER become secret; all of them, or, where
 * word is not 0, all but the leftmost octet of the number and, to the bit,
 * its highest word in a representation by words of that many bits.
 */
static void
hide_integer(seamkey_der_reader *r, size_t word)
{
	seamkey_span v = seamkey_der_get(r, SEAMKEY_DER_INTEGER);
	size_t bits = seamkey_der_bits(v), top = 0;
	unsigned char part;

	if (word != 0 && bits != 0) {
		top = 8 * v.len - bits + (bits - 1) % word + 1;
	}
	if (top != 0 && v.p[0] == 0) {
		hide(v.p, 1); /* the sign: nobody has to see it */
		v = seamkey_span_of(v.p + 1, v.len - 1);
		top -= 8;
	}
	if (top != 0 && top < 8) {
		top = 8;
	}
	hide(v.p + top / 8, v.len - top / 8);
	if (top % 8 != 0) {
		part = (unsigned char)(0xFF >> top % 8);
		(void)VALGRIND_SET_VBITS(v.p + top / 8, &part, 1);
	}
}

/* The key of the run with its secrets hidden; word as above, for p and q. */
static seamkey_span
private_key(const struct run *t, size_t word)
{
	seamkey_der_private_key_info info;
	seamkey_der_reader r, seq;
	seamkey_span key = seamkey_span_of(secret_info, t->key->info_len);

	memcpy(secret_info, t->key->info, t->key->info_len);
	show(secret_info, sizeof secret_info);
	must(seamkey_der_decode_private_key_info(&info, key) == SEAMKEY_OK);
	seamkey_der_init(&r, info.private_key);
	seamkey_der_enter(&r, &seq, SEAMKEY_DER_SEQUENCE);
	(void)seamkey_der_get(&seq, SEAMKEY_DER_INTEGER); /* version */
	(void)seamkey_der_get(&seq, SEAMKEY_DER_INTEGER); /* n */
	(void)seamkey_der_get(&seq, SEAMKEY_DER_INTEGER); /* e */
	hide_integer(&seq, 0);                            /* d */
	hide_integer(&seq, word);                         /* p */
	hide_integer(&seq, word);                         /* q */
	hide_integer(&seq, 0);                            /* dp */
	hide_integer(&seq, 0);                            /* dq */
	hide_integer(&seq, 0);                            /* qinv */
	return key;
}

static const unsigned char message[16] = "sixteen octets.";

/* Padded blocks, good and bad in each way. */
enum block {
	GOOD,
	BAD_FIRST_OCTET,
	BAD_TYPE,
	SHORT_PADDING,
	NO_SEPARATOR,
	OTHER_LENGTH,
	BLOCKS
};

typedef void (*block_maker)(
	const struct run *t, unsigned char *em, enum block what);

static void
make_block(const struct run *t, unsigned char *em, enum block what)
{
	size_t k = t->key->k;

	memset(em, 0x5A, k);
	em[0] = 0;
	em[1] = what == BAD_TYPE ? 1 : 2;
	memcpy(em + k - sizeof message, message, sizeof message);
	if (what != NO_SEPARATOR) {
		em[k - sizeof message - 1] = 0;
	}
	if (what == BAD_FIRST_OCTET) {
		em[0] = 1;
	} else if (what == SHORT_PADDING) {
		em[9] = 0;
	} else if (what == OTHER_LENGTH) {
		em[k - sizeof message + 3] = 0;
		em[k - sizeof message - 1] = 0x5A;
	} else if (what == NO_SEPARATOR) {
		memset(em + k - sizeof message, 0x5A, sizeof message);
	}
}

/* The same for OAEP, where the type is lHash. */
static void
make_oaep_block(const struct run *t, unsigned char *em, enum block what)
{
	size_t k = t->key->k;

	oaep_make(em, k, message,
		sizeof message - (what == OTHER_LENGTH ? 1 : 0));
	if (what == BAD_FIRST_OCTET) {
		em[0] = 1;
	} else if (what == BAD_TYPE) {
		em[OAEP_HASH] ^= 1;
	} else if (what == SHORT_PADDING) {
		em[OAEP_PADDING + 3] = 1;
	} else if (what == NO_SEPARATOR) {
		memset(em + OAEP_PADDING, 0, k - OAEP_PADDING);
	}
	oaep_close(em, k);
}

/* The ciphertext that such a block comes from. */
static seamkey_span
make_ciphertext_of(
	struct run *t, unsigned char *ct, block_maker make, enum block what)
{
	seamkey_der_rsa_public pub;
	br_rsa_public_key key;
	unsigned char n[SEAMKEY_RSA_MAX_BYTES], e[8];

	must(seamkey_der_decode_rsa_public_info(&pub, public_key(t), 0)
		== SEAMKEY_OK);
	memcpy(n, pub.n.p, pub.n.len);
	memcpy(e, pub.e.p, pub.e.len);
	key.n = n;
	key.nlen = pub.n.len;
	key.e = e;
	key.elen = pub.e.len;
	make(t, ct, what);
	expect(t, br_rsa_public_get_default()(ct, t->key->k, &key) == 1,
		"BearSSL does not take the public key");
	return seamkey_span_of(ct, t->key->k);
}

static seamkey_span
make_ciphertext(struct run *t, unsigned char *ct, enum block what)
{
	return make_ciphertext_of(t, ct, make_block, what);
}

/* ---- operations: der and base ------------------------------------------- */

static void
run_decode(struct run *t)
{
	const seamkey_der_rsa_limits limits = { 1024, 4096, 65537 };
	seamkey_der_rsa_private key;
	int status =
		seamkey_der_decode_rsa_private_info(&key, private_key(t, 0), 0);

	expect(t, status == SEAMKEY_OK, "the key was not decoded");
	status = seamkey_der_check_rsa_private(&key, &limits);
	expect(t, status == SEAMKEY_OK, "the key was refused");
	open_result(t, key.p.p, key.p.len);
}

/* The same for a key that is refused, at the last check. */
static void
run_decode_bad(struct run *t)
{
	const seamkey_der_rsa_limits limits = { 1024, 4096, 65537 };
	seamkey_der_rsa_private key;
	seamkey_span info = private_key(t, 0);
	int status = seamkey_der_decode_rsa_private_info(&key, info, 0);

	must(status == SEAMKEY_OK);
	key.qinv = key.p;
	status = seamkey_der_check_rsa_private(&key, &limits);
	expect(t, status == SEAMKEY_ERR_KEY_QINV, "the key was not refused");
}

static void
run_encode(struct run *t)
{
	static unsigned char out[3000];
	seamkey_der_rsa_private key;
	size_t len = 0;
	int status =
		seamkey_der_decode_rsa_private_info(&key, private_key(t, 0), 0);

	expect(t, status == SEAMKEY_OK, "the key was not decoded");
	status = seamkey_der_encode_rsa_private_info(
		out, sizeof out, &len, &key);
	expect(t, status == SEAMKEY_OK, "the key was not encoded");
	expect(t, len == t->key->info_len, "the length is another one");
	expect(t, hidden(out, len) > 2 * t->key->k,
		"the numbers became public");
	show(out, sizeof out);
	expect(t, memcmp(out, t->key->info, t->key->info_len) == 0,
		"the key is another one");
}

static void
run_ec(struct run *t)
{
	unsigned char scalar[48], point[97], info[256], again[256];
	seamkey_der_ec_private key;
	size_t len = 0, again_len = 0;
	int status;

	memset(scalar, 0x33, sizeof scalar);
	memset(point, 0x44, sizeof point);
	point[0] = 0x04;
	key.curve = SEAMKEY_CURVE_P384;
	key.scalar = seamkey_span_of(scalar, sizeof scalar);
	key.public_key = seamkey_span_of(point, sizeof point);
	hide(scalar, sizeof scalar);
	status = seamkey_der_encode_ec_private_info(
		info, sizeof info, &len, &key);
	expect(t, status == SEAMKEY_OK, "the key was not encoded");
	status = seamkey_der_decode_ec_private_info(
		&key, seamkey_span_of(info, len));
	expect(t, status == SEAMKEY_OK, "the key was not decoded");
	status = seamkey_der_encode_ec_private_info(
		again, sizeof again, &again_len, &key);
	expect(t, status == SEAMKEY_OK && again_len == len,
		"the key was not encoded again");
	open_result(t, key.scalar.p, key.scalar.len);
	expect(t, key.scalar.len == 48 && key.scalar.p[0] == 0x33,
		"the scalar is another one");
}

static void
run_equal(struct run *t)
{
	unsigned char a[40], b[40];
	uint32_t same;
	size_t u;

	for (u = 0; u < sizeof a; u++) {
		memset(a, 7, sizeof a);
		memset(b, 7, sizeof b);
		b[u] = 8;
		hide(a, sizeof a);
		hide(b, sizeof b);
		same = seamkey_ct_equal(a, b, sizeof a);
		expect(t, hidden(&same, sizeof same) != 0,
			"the answer became public");
		declassify(&same, sizeof same);
		expect(t, same == 0, "what differs was called equal");
	}
	same = seamkey_ct_equal(a, a, sizeof a);
	declassify(&same, sizeof same);
	expect(t, same == 1, "what is equal was called different");
}

/* ---- operations: randomness and encryption ------------------------------ */

/* Random octets with many zeros among them, or all alike: secret. */
static int
fill_zeros(void *ctx, unsigned char *out, size_t len)
{
	unsigned *state = (unsigned *)ctx;
	size_t u;

	for (u = 0; u < len; u++) {
		*state = *state * 1103515245u + 12345u;
		out[u] = (unsigned char)(*state >> 16);
		if (*state >> 24 < 40) {
			out[u] = 0;
		}
	}
	hide(out, len);
	return SEAMKEY_OK;
}

static int
fill_stuck(void *ctx, unsigned char *out, size_t len)
{
	memset(out, *(const unsigned char *)ctx, len);
	hide(out, len);
	return SEAMKEY_OK;
}

static void
run_random(struct run *t)
{
	unsigned char out[64], stuck = 0xA5;
	unsigned state = 1;
	seamkey_random source;

	source.fill = fill_zeros;
	source.ctx = &state;
	expect(t, seamkey_random_get(&source, out, 64) == SEAMKEY_OK,
		"no random octets");
	open_result(t, out, sizeof out);
	source.fill = fill_stuck;
	source.ctx = &stuck;
	expect(t, seamkey_random_get(&source, out, 64) == SEAMKEY_ERR_RANDOM,
		"a stuck source was not noticed");
	expect(t, hidden(out, sizeof out) == 0, "not wiped");
}

static void
encrypt(struct run *t, size_t len)
{
	unsigned char ct[SEAMKEY_RSA_MAX_BYTES], msg[SEAMKEY_RSA_MAX_BYTES];
	size_t ct_len = 0;
	int status;

	memset(msg, 0x77, sizeof msg);
	hide(msg, sizeof msg);
	status = seamkey_rsa_encrypt(&t->env, ct, sizeof ct, &ct_len,
		seamkey_span_of(msg, len), public_key(t));
	expect(t, status == SEAMKEY_OK, "not encrypted");
	expect(t, ct_len == t->key->k, "the length is another one");
	open_result(t, ct, t->key->k);
}

static void
run_encrypt(struct run *t)
{
	unsigned char seed[32] = "the seed is a secret as well";
	br_hmac_drbg_context drbg;

	hide(seed, sizeof seed);
	br_hmac_drbg_init(&drbg, &br_sha256_vtable, seed, sizeof seed);
	t->env.random = seamkey_random_bearssl(&drbg.vtable);
	encrypt(t, 16);
}

static void
run_encrypt_oaep(struct run *t)
{
	unsigned char ct[SEAMKEY_RSA_MAX_BYTES], msg[16];
	unsigned state = 1;
	size_t len = 0;

	memset(msg, 0x77, sizeof msg);
	hide(msg, sizeof msg);
	t->env.random.fill = fill_zeros;
	t->env.random.ctx = &state;
	expect(t,
		seamkey_rsa_encrypt_oaep(&t->env, ct, sizeof ct, &len,
			seamkey_span_of(msg, sizeof msg), public_key(t))
			== SEAMKEY_OK,
		"not encrypted");
	open_result(t, ct, t->key->k);
	memset(&t->env.random, 0, sizeof t->env.random);
}

/* Padding that has to be drawn again and again, and none but the least. */
static void
run_encrypt_redraw(struct run *t)
{
	unsigned state = 1;

	t->env.random.fill = fill_zeros;
	t->env.random.ctx = &state;
	encrypt(t, 0);
	encrypt(t, t->key->k - 11);
}

/* ---- operations: the private key ---------------------------------------- */

static const unsigned char digest[32] = "a digest is public, it is signed";

static void
run_sign(struct run *t)
{
	unsigned char sig[SEAMKEY_RSA_MAX_BYTES];
	size_t len = 0;
	int status = seamkey_rsa_sign_hash(&t->env, sig, sizeof sig, &len,
		SEAMKEY_SHA256, seamkey_span_of(digest, sizeof digest),
		private_key(t, t->word));

	expect(t, status == SEAMKEY_OK, "not signed");
	expect(t, len == t->key->k, "the length is another one");
	open_result(t, sig, t->key->k);
	status = seamkey_rsa_verify_hash(NULL, seamkey_span_of(sig, len),
		SEAMKEY_SHA256, seamkey_span_of(digest, sizeof digest),
		public_key(t));
	expect(t, status == SEAMKEY_OK, "the signature is wrong");
}

/* A damaged key: the result does not verify, and stays inside. */
static void
run_sign_fault(struct run *t)
{
	unsigned char sig[SEAMKEY_RSA_MAX_BYTES];
	size_t len = 0;
	seamkey_span key = private_key(t, t->word);
	int status;

	/* The last octet of the structure is the last one of qinv. */
	secret_info[key.len - 1] ^= 1;
	memset(sig, 0xCC, sizeof sig);
	status = seamkey_rsa_sign_hash(&t->env, sig, sizeof sig, &len,
		SEAMKEY_SHA256, seamkey_span_of(digest, sizeof digest), key);
	expect(t, status == SEAMKEY_ERR_RSA_FAULT, "the fault went unseen");
	expect(t, hidden(sig, sizeof sig) == 0 && sig[0] == 0xCC,
		"something was written");
}

static void
decrypt(struct run *t, seamkey_span ct, seamkey_span key, enum block what)
{
	unsigned char msg[sizeof message];
	int status = seamkey_rsa_decrypt(&t->env, msg, sizeof msg, ct, key);

	expect(t, status == SEAMKEY_OK, "not decrypted");
	open_result(t, msg, sizeof msg);
	expect(t, (memcmp(msg, message, sizeof msg) == 0) == (what == GOOD),
		"good and bad padding were mixed up");
}

static void
decrypt_implicit(
	struct run *t, seamkey_span ct, seamkey_span key, enum block what)
{
	unsigned char msg[SEAMKEY_RSA_MAX_BYTES];
	size_t len = 0;
	int status = seamkey_rsa_decrypt_implicit(
		&t->env, msg, sizeof msg, &len, ct, key);

	expect(t, status == SEAMKEY_OK, "not decrypted");
	expect(t, hidden(&len, sizeof len) != 0, "the length became public");
	open_result(t, msg, t->key->k);
	show(&len, sizeof len);
	expect(t, len <= t->key->k - 11, "the length is out of range");
	expect(t,
		(len == sizeof message && memcmp(msg, message, len) == 0)
			== (what == GOOD),
		"good and bad padding were mixed up");
}

static void
decrypt_report(
	struct run *t, seamkey_span ct, seamkey_span key, enum block what)
{
	unsigned char msg[SEAMKEY_RSA_MAX_BYTES];
	size_t len = 0;
	int good = what == GOOD || what == OTHER_LENGTH;
	int status = seamkey_rsa_decrypt_report(
		&t->env, msg, sizeof msg, &len, ct, key);

	expect(t, status == (good ? SEAMKEY_OK : SEAMKEY_ERR_RSA_DECRYPT),
		"good and bad padding were mixed up");
	if (good) {
		expect(t, hidden(&len, sizeof len) != 0,
			"the length became public");
		open_result(t, msg, t->key->k);
	}
}

static void
decrypt_oaep(struct run *t, seamkey_span ct, seamkey_span key, enum block what)
{
	unsigned char msg[sizeof message];
	int status =
		seamkey_rsa_decrypt_oaep(&t->env, msg, sizeof msg, ct, key);

	expect(t, status == SEAMKEY_OK, "not decrypted");
	open_result(t, msg, sizeof msg);
	expect(t, (memcmp(msg, message, sizeof msg) == 0) == (what == GOOD),
		"good and bad padding were mixed up");
}

static void
run_decrypt_oaep(struct run *t)
{
	unsigned char ct[SEAMKEY_RSA_MAX_BYTES];

	decrypt_oaep(t, make_ciphertext_of(t, ct, make_oaep_block, GOOD),
		private_key(t, t->word), GOOD);
}

static void
run_decrypt_oaep_bad(struct run *t)
{
	unsigned char ct[SEAMKEY_RSA_MAX_BYTES];

	decrypt_oaep(t,
		make_ciphertext_of(t, ct, make_oaep_block, BAD_FIRST_OCTET),
		private_key(t, t->word), BAD_FIRST_OCTET);
}

static void
run_decrypt(struct run *t)
{
	unsigned char ct[SEAMKEY_RSA_MAX_BYTES];

	decrypt(t, make_ciphertext(t, ct, GOOD), private_key(t, t->word), GOOD);
}

static void
run_decrypt_implicit(struct run *t)
{
	unsigned char ct[SEAMKEY_RSA_MAX_BYTES];

	decrypt_implicit(t, make_ciphertext(t, ct, NO_SEPARATOR),
		private_key(t, t->word), NO_SEPARATOR);
}

static void
run_decrypt_report(struct run *t)
{
	unsigned char ct[SEAMKEY_RSA_MAX_BYTES];

	decrypt_report(t, make_ciphertext(t, ct, BAD_TYPE),
		private_key(t, t->word), BAD_TYPE);
}

/* ---- operations: the block alone ---------------------------------------- */

/*
 * A key behind a handle, so that unpadding is seen without RSA, for every
 * kind of block: a driver that answers with the block itself, secret, and
 * a rejection secret that is secret.
 */
static int
begin_block(void *dev, struct seamkey_op *op, const seamkey_req *req)
{
	if (req->kind != SEAMKEY_REQ_RAW_PRIVATE) {
		return SEAMKEY_ERR_UNSUPPORTED;
	}
	memcpy(req->out, dev, req->in.len);
	op->out_len = req->in.len;
	return SEAMKEY_OK;
}

static void
each_block(struct run *t, block_maker make,
	void (*form)(struct run *, seamkey_span, seamkey_span, enum block))
{
	static const seamkey_driver driver = { 0, begin_block, NULL, NULL };
	unsigned char ct[SEAMKEY_RSA_MAX_BYTES] = { 1 };
	unsigned char em[SEAMKEY_RSA_MAX_BYTES];
	unsigned char rejection[32] = "for the messages made of nothing";
	enum block what;

	hide(rejection, sizeof rejection);
	t->env.handle = seamkey_span_of("slot 1", 6);
	t->env.unverified_modulus_len = t->key->k;
	t->env.rejection = seamkey_span_of(rejection, sizeof rejection);
	t->env.engine.drv = &driver;
	t->env.engine.dev = em;
	for (what = GOOD; what < BLOCKS; what = (enum block)(what + 1)) {
		make(t, em, what);
		hide(em, t->key->k);
		form(t, seamkey_span_of(ct, t->key->k),
			seamkey_span_of(NULL, 0), what);
		show(em, sizeof em);
	}
	memset(&t->env, 0, sizeof t->env); /* it points to this frame */
}

static void
run_unpad(struct run *t)
{
	each_block(t, make_block, decrypt);
}

static void
run_unpad_implicit(struct run *t)
{
	each_block(t, make_block, decrypt_implicit);
}

static void
run_unpad_report(struct run *t)
{
	each_block(t, make_block, decrypt_report);
}

static void
run_unpad_oaep(struct run *t)
{
	each_block(t, make_oaep_block, decrypt_oaep);
}

/* ---- operations: the calls of ICSF -------------------------------------- */

/* They are thin, and so it is enough to see them with the default engine
 * and, where the key is RSA's, one that FIPS allows. */

static int32_t rc, rsn;
static const int32_t one_rule = 1, two_rules = 2;

static int
find_key(void *ctx, const unsigned char *handle, seamkey_icsf_key *key)
{
	(void)handle;
	*key = *(const seamkey_icsf_key *)ctx;
	return 0;
}

static seamkey_icsf_env
icsf_env(const struct run *t, seamkey_icsf_key *key)
{
	seamkey_icsf_env env;

	memset(&env, 0, sizeof env);
	env.rsa = t->env;
	env.find_key = find_key;
	env.find_key_ctx = key;
	rc = -1;
	rsn = -1;
	return env;
}

/* PPS2, PPE2, PPD2: from a text and a key structure to out, as much as the
 * longest modulus; the length of the result, or -1 where it is refused. */
typedef void (*structure_service)(const seamkey_icsf_env *, int32_t *,
	int32_t *, const int32_t *, const void *, const int32_t *, const void *,
	const int32_t *, const void *, const void *, int32_t *, void *,
	const int32_t *, const void *);

static int32_t
structure(const struct run *t, structure_service service, seamkey_span text,
	seamkey_span key, unsigned char *out)
{
	seamkey_icsf_env env = icsf_env(t, NULL);
	int32_t text_len = (int32_t)text.len, key_len = (int32_t)key.len;
	int32_t len = SEAMKEY_RSA_MAX_BYTES;

	service(&env, &rc, &rsn, NULL, NULL, &one_rule, "RSA-PKCS", &text_len,
		text.p, NULL, &len, out, &key_len, key.p);
	return rc == 0 && rsn == 0 ? len : -1;
}

static void
run_pps2(struct run *t)
{
	unsigned char sig[SEAMKEY_RSA_MAX_BYTES];
	unsigned char info[SEAMKEY_DER_MAX_DIGEST_INFO];
	seamkey_der_digest_info made;
	size_t len = 0;

	made.hash = SEAMKEY_SHA256;
	made.digest = seamkey_span_of(digest, sizeof digest);
	must(seamkey_der_encode_digest_info(info, sizeof info, &len, &made)
		== SEAMKEY_OK);
	expect(t,
		structure(t, seamkey_icsf_pps2, seamkey_span_of(info, len),
			private_key(t, t->word), sig)
			== (int32_t)t->key->k,
		"not signed");
	open_result(t, sig, t->key->k);
}

static void
run_ppd2(struct run *t)
{
	unsigned char ct[SEAMKEY_RSA_MAX_BYTES], msg[SEAMKEY_RSA_MAX_BYTES];
	int32_t len = structure(t, seamkey_icsf_ppd2,
		make_ciphertext(t, ct, GOOD), private_key(t, t->word), msg);

	expect(t, rc == 0, "a good ciphertext was refused");
	expect(t, hidden(&len, sizeof len) != 0, "the length became public");
	open_result(t, msg, t->key->k);
	(void)structure(t, seamkey_icsf_ppd2,
		make_ciphertext(t, ct, SHORT_PADDING), private_key(t, t->word),
		msg);
	expect(t, rc == 8, "a bad ciphertext was not refused");
}

static void
run_ppe2(struct run *t)
{
	unsigned char ct[SEAMKEY_RSA_MAX_BYTES], msg[16];
	unsigned state = 1;

	t->env.random.fill = fill_zeros;
	t->env.random.ctx = &state;
	memset(msg, 0x77, sizeof msg);
	hide(msg, sizeof msg);
	expect(t,
		structure(t, seamkey_icsf_ppe2,
			seamkey_span_of(msg, sizeof msg), public_key(t), ct)
			== (int32_t)t->key->k,
		"not encrypted");
	open_result(t, ct, t->key->k);
	memset(&t->env.random, 0, sizeof t->env.random);
}

/* rules: one or two keywords; secret: octets that come out, and are secret
 * until the caller decides otherwise. */
static void
pks(struct run *t, const int32_t *count, const char *rules, seamkey_span in,
	seamkey_span key, size_t secret)
{
	unsigned char out[SEAMKEY_RSA_MAX_BYTES];
	unsigned char handle[SEAMKEY_ICSF_HANDLE_LEN] = { 0 };
	seamkey_icsf_key found;
	seamkey_icsf_env env = icsf_env(t, &found);
	int32_t in_len = (int32_t)in.len, out_len = sizeof out;

	memset(&found, 0, sizeof found);
	found.private_key_info = key;
	found.may_sign = 1;
	found.may_decrypt = 1;
	seamkey_icsf_pks(&env, &rc, &rsn, NULL, NULL, count, rules, &in_len,
		in.p, handle, &out_len, out);
	expect(t, rc == 0 && rsn == 0, "refused");
	open_result(t, out, secret);
	show(&out_len, sizeof out_len);
	show(out, sizeof out);
}

static void
run_pks_zero(struct run *t)
{
	pks(t, &one_rule, "RSA-ZERO", seamkey_span_of(digest, sizeof digest),
		private_key(t, t->word), t->key->k);
	pks(t, &two_rules, "DECRYPT RSA-ZERO",
		seamkey_span_of(digest, sizeof digest), private_key(t, t->word),
		t->key->k);
}

static void
run_pks_decrypt(struct run *t)
{
	unsigned char ct[SEAMKEY_RSA_MAX_BYTES];

	pks(t, &two_rules, "RSA-PKCSDECRYPT ", make_ciphertext(t, ct, GOOD),
		private_key(t, t->word), t->key->k);
}

/* Any number below the order of P-256 is a key; the point is computed. */
static void
run_pks_ecdsa(struct run *t)
{
	unsigned char scalar[32], info[256];
	seamkey_der_ec_private key;
	size_t len = 0;

	memset(scalar, 0x33, sizeof scalar);
	memset(&key, 0, sizeof key);
	key.curve = SEAMKEY_CURVE_P256;
	key.scalar = seamkey_span_of(scalar, sizeof scalar);
	hide(scalar, sizeof scalar);
	must(seamkey_der_encode_ec_private_info(info, sizeof info, &len, &key)
		== SEAMKEY_OK);
	pks(t, &one_rule, "ECDSA   ", seamkey_span_of(digest, sizeof digest),
		seamkey_span_of(info, len), 0);
}

/* ---- operations: a link ------------------------------------------------- */

#include "ct_link.h"

/* ---- operations: encryption blocks and their release -------------------- */

#include "ct_release.h"

#include "ct_block.h"

/* ---- the table ---------------------------------------------------------- */

struct operation {
	const char *name;
	void (*run)(struct run *);
	unsigned most;  /* bits that may become public */
	size_t octets;  /* and octets of anything else */
	int controlled; /* has a verdict, so that controls can see it */
};

/*
 * Decoding makes public, for each of the six secret numbers, whether it is
 * well formed and whether its first octet is for the sign: 12 bits. The
 * checks of a key have 7 verdicts. Encoding asks three times whether an
 * octet is zero or above 7F, twice. A service decodes twice (to check, and
 * to compute), and adds what the engine says of the private operation, what it
 * says of the public one that checks it, and the comparison with what went
 * in; with BearSSL as a driver it is the driver that decodes again.
 */
#define DECODE 12
#define CHECKS 7
#define USE    (DECODE + CHECKS + DECODE + 3)
/* the key is used for three entries, and looked at for its length */
#define ANY (CT_ENTRIES * USE + DECODE)

/* clang-format off */
static const struct operation of_headers[] = {
	{ "decode and check a key", run_decode, DECODE + CHECKS, 0, 1 },
	{ "check a key that is bad", run_decode_bad, DECODE + CHECKS, 0, 1 },
	{ "encode a key", run_encode, DECODE + 24, 0, 1 },
	{ "elliptic curve key", run_ec, 0, 0, 0 },
	{ "compare", run_equal, 41, 0, 1 },
	{ "random octets", run_random, 2, 0, 1 },
	{ "unpad, length known", run_unpad, 0, 0, 0 },
	{ "unpad, implicit", run_unpad_implicit, 0, 0, 0 },
	{ "unpad, reported", run_unpad_report, BLOCKS, 0, 1 },
	{ "unpad, OAEP", run_unpad_oaep, 0, 0, 0 },
	{ NULL, NULL, 0, 0, 0 }
};
static const struct operation of_engines[] = {
	{ "sign",                     run_sign,             USE,     0, 1 },
	{ "sign with a damaged key",  run_sign_fault,       USE,     0, 1 },
	{ "decrypt, length known",    run_decrypt,          USE,     0, 1 },
	{ "decrypt, implicit",        run_decrypt_implicit, USE,     0, 1 },
	{ "decrypt, reported",        run_decrypt_report,   USE + 1, 0, 1 },
	{ "encrypt",                  run_encrypt,          520,     0, 1 },
	{ "encrypt, zeros drawn",     run_encrypt_redraw,   680,     0, 1 },
	{ "encrypt, OAEP",            run_encrypt_oaep,     3,       0, 1 },
	{ "decrypt, OAEP",            run_decrypt_oaep,     USE,     0, 1 },
	{ "decrypt, OAEP, bad",       run_decrypt_oaep_bad, USE,     0, 1 },
	{ "open a block",             run_open_gcm,         USE + 1, 0, 1 },
	{ "open a block, bad",        run_open_gcm_bad,     USE + 1, 0, 1 },
	{ "open a block, OAEP, bad",  run_open_oaep_bad,    USE + 1, 0, 1 },
	{ "open a block, CBC",        run_open_cbc,         USE + 1, 4, 1 },
	{ "open a block, CBC, bad",   run_open_cbc_bad,     USE + 1, 0, 1 },
	{ "open by key alone, first", run_any_first,        ANY + 1, 0, 1 },
	{ "open by key alone, last",  run_any_last,         ANY + 1, 0, 1 },
	{ "open by key alone, none",  run_any_none,         ANY + 1, 0, 1 },
	{ "open by key alone, tag",   run_any_forged,       ANY + 1, 0, 1 },
	{ "seal a block, OAEP",       run_seal_gcm,         2 + 3,   0, 1 },
	{ "seal a block, CBC",        run_seal_cbc,         2 + 3,   0, 1 },
	{ "seal a block, PKCS #1",    run_seal_pkcs1,       523,     0, 1 },
	{ "release a key",            run_release,          2 * USE, 0, 1 },
	{ "release a key, OAEP",      run_release_oaep,     2 * USE, 0, 1 },
	{ NULL, NULL, 0, 0, 0 }
};
static const struct operation of_icsf[] = {
	{ "CSFPPS2",                  run_pps2,        USE,            0, 1 },
	{ "CSFPPD2",                  run_ppd2,        2 * (USE + 20), 0, 1 },
	{ "CSFPPE2",                  run_ppe2,        680,            0, 1 },
	{ "CSFPPKS, RSA-ZERO",        run_pks_zero,    2 * USE,        0, 1 },
	{ "CSFPPKS, RSA-PKCS",        run_pks_decrypt, USE + 20,       0, 1 },
	{ NULL, NULL, 0, 0, 0 }
};
/* They have keys of their own, too. */
static const struct operation of_link[] = {
	{ "link, AES-128-GCM",        run_link_gcm,    LINK_BITS,      0, 1 },
	{ "link, GCM in any code",    run_link_gcm_ct, 2 * LINK_BITS,  0, 1 },
	{ "link, AES-128-CCM",        run_link_ccm,    2 * LINK_BITS,  0, 1 },
	{ "link, ChaCha20-Poly1305",  run_link_chacha, 2 * LINK_BITS,  0, 1 },
	{ NULL, NULL, 0, 0, 0 }
};
/* It has a key of its own, whatever that of the run. */
static const struct operation of_icsf_ec[] = {
	/* what is computed before it is verified: the point, r and s */
	{ "CSFPPKS, ECDSA",           run_pks_ecdsa,   1,       65 + 64, 1 },
	{ NULL, NULL, 0, 0, 0 }
};
/* clang-format on */

/* ---- controls: what must be reported ------------------------------------ */

static volatile unsigned char sink;

static int
compare_early(const unsigned char *a, const unsigned char *b, size_t len)
{
	size_t u;

	for (u = 0; u < len; u++) {
		if (a[u] != b[u]) {
			return 0;
		}
	}
	return 1;
}

static void
naive_compare(struct run *t)
{
	unsigned char a[32];

	memset(a, 1, sizeof a);
	hide(a, sizeof a);
	sink = (unsigned char)compare_early(a, t->key->info, sizeof a);
}

static void
naive_memcmp(struct run *t)
{
	unsigned char a[32];

	memset(a, 1, sizeof a);
	hide(a, sizeof a);
	sink = (unsigned char)memcmp(a, t->key->info, sizeof a);
}

/* As one would unpad who never heard of Bleichenbacher. */
static int
unpad_early(const unsigned char *em, size_t k, size_t *len)
{
	size_t u;

	if (em[0] != 0 || em[1] != 2) {
		return 0;
	}
	for (u = 2; u < k && em[u] != 0; u++) {
	}
	if (u == k || u < 10) {
		return 0;
	}
	*len = k - u - 1;
	return 1;
}

static void
naive_unpad(struct run *t)
{
	unsigned char em[SEAMKEY_RSA_MAX_BYTES];
	size_t len = 0;

	make_block(t, em, GOOD);
	hide(em, t->key->k);
	sink = (unsigned char)unpad_early(em, t->key->k, &len);
}

/* As RFC 8017 writes it down, which Manger could use. */
static void
naive_oaep(struct run *t)
{
	unsigned char em[SEAMKEY_RSA_MAX_BYTES];

	make_oaep_block(t, em, GOOD);
	hide(em, t->key->k);
	oaep_open(em, t->key->k);
	sink = (unsigned char)oaep_find(em, t->key->k);
}

static void
naive_lookup(struct run *t)
{
	static const unsigned char table[16] = { 3, 1, 4, 1, 5, 9, 2, 6 };
	seamkey_span key = private_key(t, 0);

	sink = table[key.p[key.len - 1] & 15];
}

/* A key whose last secret octet decides: the harness hides all of them. */
static void
naive_key(struct run *t)
{
	seamkey_span key = private_key(t, t->word);

	if (key.p[key.len - 1] & 1) {
		sink = 1;
	}
}

/* clang-format off */
static const struct operation naive[] = {
	{ "comparison that stops early",     naive_compare, 0, 0, 1 },
	{ "memcmp on a secret",              naive_memcmp,  0, 0, 1 },
	{ "unpadding that stops early",      naive_unpad,   0, 0, 1 },
	{ "OAEP that stops early",           naive_oaep,    0, 0, 1 },
	{ "table looked up with a secret",   naive_lookup,  0, 0, 1 },
	{ "branch on the last octet of key", naive_key,     0, 0, 1 },
	{ "tag compared with memcmp",        naive_link,    0, 0, 1 },
	{ NULL, NULL, 0, 0, 0 }
};
/* clang-format on */

/* ---- running ------------------------------------------------------------ */

static unsigned long passed, failed, skipped;

static struct run
make_run(const struct key *key, const struct kernel *kernel)
{
	struct run t;

	memset(&t, 0, sizeof t);
	t.key = key;
	t.env.policy.min_bits = 1024;
	t.word = kernel == NULL ? 0 : kernel->word;
	if (kernel != NULL && kernel->fn.private_op != 0) {
		t.env.engine.drv = seamkey_rsa_driver_bearssl();
		t.env.engine.dev = (void *)(uintptr_t)&kernel->fn;
		t.env.engine.fail_closed = 1;
	}
	published = 0;
	published_octets = 0;
	return t;
}

static void
verdict(const char *where, const struct key *key, const struct operation *op,
	const char *wrong)
{
	if (wrong == NULL) {
		passed++;
		return;
	}
	failed++;
	printf("FAILED: %s, %u bits: %s: %s\n", where, key->bits, op->name,
		wrong);
}

static void
check_one(const char *where, const struct key *key, const struct kernel *kernel,
	const struct operation *op)
{
	struct run t = make_run(key, kernel);
	unsigned before = VALGRIND_COUNT_ERRORS;

	op->run(&t);
	if (VALGRIND_COUNT_ERRORS != before) {
		t.wrong = "a branch or an address depends on a secret";
	} else if (t.wrong == NULL
		&& (published > op->most || published_octets > op->octets)) {
		printf("%u bits and %lu octets instead of %u and %lu:\n",
			published, (unsigned long)published_octets, op->most,
			(unsigned long)op->octets);
		t.wrong = "too much became public";
	}
	verdict(where, key, op, t.wrong);
}

/* What the operation finds is not looked at: it computes with verdicts that
 * memcheck holds for undefined. */
static void
control_one(const char *where, const struct key *key,
	const struct kernel *kernel, const struct operation *op)
{
	struct run t = make_run(key, kernel);
	unsigned before = VALGRIND_COUNT_ERRORS;

	op->run(&t);
	verdict(where, key, op,
		VALGRIND_COUNT_ERRORS != before
			? NULL
			: "not reported, and so it would not be noticed");
}

static void
each(const char *where, const struct key *key, const struct kernel *kernel,
	const struct operation *op)
{
	unsigned long before = passed;

	for (; op->name != NULL; op++) {
		if (!verdicts_secret) {
			check_one(where, key, kernel, op);
		} else if (op->controlled) {
			control_one(where, key, kernel, op);
		}
	}
	printf("%s: %s, %u bits: %lu operations\n",
		verdicts_secret ? "reported, as it must be" : "ran", where,
		key->bits, passed - before);
}

/* ---- keys --------------------------------------------------------------- */

static int
make_key(unsigned bits)
{
	static unsigned char kbuf[BR_RSA_KBUF_PRIV_SIZE(4096)], d[512];
	static unsigned char pbuf[BR_RSA_KBUF_PUB_SIZE(4096)], out[3000];
	br_hmac_drbg_context drbg;
	br_rsa_private_key sk;
	br_rsa_public_key pk;
	seamkey_der_rsa_private key;
	size_t len = 0;

	br_hmac_drbg_init(&drbg, &br_sha256_vtable, &bits, sizeof bits);
	if (!br_rsa_keygen_get_default()(
		    &drbg.vtable, &sk, kbuf, &pk, pbuf, bits, 65537)) {
		fprintf(stderr, "ct: BearSSL made no key of %u bits\n", bits);
		return 2;
	}
	key.n = seamkey_span_of(pk.n, pk.nlen);
	key.e = seamkey_span_of(pk.e, pk.elen);
	key.d = seamkey_span_of(
		d, br_rsa_compute_privexp_get_default()(d, &sk, 65537));
	key.p = seamkey_span_of(sk.p, sk.plen);
	key.q = seamkey_span_of(sk.q, sk.qlen);
	key.dp = seamkey_span_of(sk.dp, sk.dplen);
	key.dq = seamkey_span_of(sk.dq, sk.dqlen);
	key.qinv = seamkey_span_of(sk.iq, sk.iqlen);
	if (seamkey_der_encode_rsa_private_info(out, sizeof out, &len, &key)
			!= SEAMKEY_OK
		|| fwrite(out, 1, len, stdout) != len || fflush(stdout) != 0) {
		fprintf(stderr, "ct: cannot write the key\n");
		return 2;
	}
	return 0;
}

static int
load_key(struct key *key, const char *name)
{
	seamkey_der_rsa_private priv;
	seamkey_der_rsa_public pub;
	FILE *f = fopen(name, "rb");

	if (f == NULL) {
		return 0;
	}
	key->info_len = fread(key->info, 1, sizeof key->info, f);
	fclose(f);
	if (seamkey_der_decode_rsa_private_info(
		    &priv, seamkey_span_of(key->info, key->info_len), 0)
		!= SEAMKEY_OK) {
		return 0;
	}
	pub.n = priv.n;
	pub.e = priv.e;
	key->bits = (unsigned)seamkey_der_bits(priv.n);
	key->k = priv.n.len;
	return seamkey_der_encode_rsa_public_info(key->public_info,
		       sizeof key->public_info, &key->public_len, &pub)
		== SEAMKEY_OK;
}

/* ---- main --------------------------------------------------------------- */

#if SEAMKEY_RSA_MODEXP
#define SOFTWARE_WORD 0
#else
#define SOFTWARE_WORD \
	(br_rsa_private_get_default() == br_rsa_i15_private ? 15 : 31)
#endif

static void
each_kernel(const struct key *key)
{
	/* i62 works on pairs of the words of i31; seamkey_modexp.h asks
	 * for no top word */
	const struct kernel kernels[] = {
		{ "software", SOFTWARE_WORD, { 0, 0 } },
		{ "i15", 15, { br_rsa_i15_private, br_rsa_i15_public } },
		{ "i31", 31, { br_rsa_i31_private, br_rsa_i31_public } },
		{ "i32", 32, { br_rsa_i32_private, br_rsa_i32_public } },
		{ "i62", 31,
			{ br_rsa_i62_private_get(), br_rsa_i62_public_get() } },
	};
	size_t u;

	for (u = 0; u < sizeof kernels / sizeof kernels[0]; u++) {
		if (u != 0 && kernels[u].fn.private_op == 0) {
			skipped++;
			printf("skip: %s, %u bits: this BearSSL was built "
			       "without it\n",
				kernels[u].name, key->bits);
			continue;
		}
		each(kernels[u].name, key, &kernels[u], of_engines);
	}
	if (key->bits >= 2048) { /* FIPS always */
		each("ICSF calls", key, &kernels[0], of_icsf);
	}
	each("ICSF, ECDSA", key, &kernels[0], of_icsf_ec);
}

int
main(int argc, char **argv)
{
	static struct key key;
	int i;

	if (argc == 3 && strcmp(argv[1], "key") == 0) {
		return make_key((unsigned)strtoul(argv[2], NULL, 10));
	}
	if (argc < 3
		|| (strcmp(argv[1], "check") != 0
			&& strcmp(argv[1], "controls") != 0)) {
		fprintf(stderr,
			"usage: ct key BITS\n"
			"       valgrind ct check|controls FILE...\n");
		return 2;
	}
	if (!RUNNING_ON_VALGRIND) {
		fprintf(stderr, "ct: only valgrind can see anything here\n");
		return 2;
	}
	verdicts_secret = strcmp(argv[1], "controls") == 0;
	for (i = 2; i < argc; i++) {
		if (!load_key(&key, argv[i])) {
			fprintf(stderr, "ct: %s is no key\n", argv[i]);
			return 2;
		}
		each("headers", &key, NULL, of_headers);
		if (i == 2) {
			each("link", &key, NULL, of_link);
		}
		each_kernel(&key);
		if (verdicts_secret) {
			each("naive code", &key, NULL, naive);
		}
	}
	if (skipped != 0) {
		printf("ct: %lu passed, %lu failed, %lu skipped\n", passed,
			failed, skipped);
	} else {
		printf("ct: %lu passed, %lu failed\n", passed, failed);
	}
	return failed != 0 || passed == 0;
}
