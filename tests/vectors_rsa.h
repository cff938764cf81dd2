/*
 * vectors_rsa.h - cases that are in .rsp files
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * A part of vectors.c: sign, verify, decrypt, raw exponentiation, and the
 * signatures in JSON web signatures.
 */
#ifndef SEAMKEY_VECTORS_RSA_H
#define SEAMKEY_VECTORS_RSA_H

#include <bearssl.h>

#include "seamkey.h"
#include "seamkey_icsf.h"
#include "rsp.h"
#include "sha3.h"
#include "vectors.h"

/* ---- the four services ------------------------------------------------- */

static seamkey_rsa_env loose; /* set up in main() */

static void
setup_loose(br_hmac_drbg_context *drbg)
{
	/* Not a secret: the same padding in every run. */
	br_hmac_drbg_init(drbg, &br_sha256_vtable, "vectors", 7);
	loose.random = seamkey_random_bearssl(&drbg->vtable);
	loose.policy.min_bits = SEAMKEY_RSA_MIN_BITS;
	loose.policy.min_bits_verify = SEAMKEY_RSA_MIN_BITS;
	loose.policy.min_e = 3;
	loose.policy.min_e_verify = 3;
	loose.policy.sign_hashes = ~0u;
	loose.policy.verify_hashes = ~0u;
}

/* What every service answers to a key of so many bits, policy loosened. */
static int
status_of_size(size_t bits)
{
	if (bits < SEAMKEY_RSA_MIN_BITS) {
		return SEAMKEY_ERR_KEY_MODULUS_SHORT;
	}
	return bits > SEAMKEY_RSA_MAX_BITS ? SEAMKEY_ERR_KEY_MODULUS_LONG
					   : SEAMKEY_OK;
}

static const char *
note_of_size(size_t bits)
{
	return bits < SEAMKEY_RSA_MIN_BITS
		? "were refused, the modulus being below 1024 bits"
		: "were refused, the modulus being above 4096 bits";
}

static int
is_result(const struct rsp *r, const char *text)
{
	return rsp_has(r, "result", text);
}

/* The public key of a case, by whichever name. */
static seamkey_span
public_key_of(const struct rsp *r)
{
	seamkey_span key = rsp_get(r, "publicKeyDer");

	return key.len != 0 ? key : rsp_get(r, "keyDer");
}

/* The field sha as enum seamkey_hash; 0: "none", the message being a
 * DigestInfo; -1: one that is not known. */
static int
hash_of(const struct rsp *r)
{
	seamkey_span name = rsp_get(r, "sha");
	int hash = test_hash_named(name.p, name.len);

	if (hash != 0) {
		return hash;
	}
	return rsp_has(r, "sha", "none") ? 0 : -1;
}

static int
verify_by_hash(const seamkey_rsa_env *env, int hash, seamkey_span msg,
	seamkey_span sig, seamkey_span key)
{
	unsigned char digest[64];

	if (hash == 0) {
		return seamkey_rsa_verify(env, sig, msg, key);
	}
	test_hash(digest, hash, msg);
	return seamkey_rsa_verify_hash(env, sig, hash,
		seamkey_span_of(digest, seamkey_der_hash_size(hash)), key);
}

/*
 * DigestInfo ::= SEQUENCE {
 *   digestAlgorithm  SEQUENCE { OBJECT IDENTIFIER },  -- without NULL --
 *   digest           OCTET STRING }
 * made of the one with NULL. Returns its length.
 */
static size_t
digest_info_without_null(unsigned char *out, int hash, seamkey_span msg)
{
	unsigned char digest[64], full[SEAMKEY_DER_MAX_DIGEST_INFO];
	seamkey_der_digest_info info;
	size_t len = 0, oid_end;

	test_hash(digest, hash, msg);
	info.hash = hash;
	info.digest = seamkey_span_of(digest, seamkey_der_hash_size(hash));
	if (seamkey_der_encode_digest_info(full, sizeof full, &len, &info)
		!= SEAMKEY_OK) {
		return 0;
	}
	oid_end = 6 + (size_t)full[5]; /* 30 L 30 L 06 L, all short */
	memcpy(out, full, oid_end);
	memcpy(out + oid_end, full + oid_end + 2, len - oid_end - 2);
	out[1] = (unsigned char)(full[1] - 2);
	out[3] = (unsigned char)(full[3] - 2);
	return len - 2;
}

/*
 * Flag MissingNull, result acceptable: signed was a DigestInfo without the
 * NULL. It is refused, as RFC 8017 section 8.2.2 step 4 compares with the
 * one encoding of the message; a caller who has that very DigestInfo, and
 * asks for the leniency by its name, is told that it was signed.
 */
static void
missing_null_case(const struct rsp *r, int hash, seamkey_span key)
{
	unsigned char info[SEAMKEY_DER_MAX_DIGEST_INFO];
	seamkey_span msg = rsp_get(r, "msg"), sig = rsp_get(r, "sig");
	seamkey_rsa_env lenient = loose;
	size_t len = digest_info_without_null(info, hash, msg);
	int strict, bare, asked;

	lenient.policy.lenient = SEAMKEY_ABSENT_NULL;
	strict = verify_by_hash(&lenient, hash, msg, sig, key);
	bare = seamkey_rsa_verify(&loose, sig, seamkey_span_of(info, len), key);
	asked = seamkey_rsa_verify(
		&lenient, sig, seamkey_span_of(info, len), key);
	if (strict != SEAMKEY_ERR_RSA_SIGNATURE) {
		judge(r->id, 0, strict, "DigestInfo without NULL");
	} else if (bare != SEAMKEY_ERR_DER_PARAMETERS) {
		judge(r->id, 0, bare, "no leniency");
	} else {
		judge_noted(r->id, asked == SEAMKEY_OK, asked,
			"are accepted with SEAMKEY_ABSENT_NULL alone");
	}
}

static void
verify_case(const struct rsp *r)
{
	seamkey_span key = public_key_of(r), msg = rsp_get(r, "msg");
	seamkey_span sig = rsp_get(r, "sig");
	int hash = hash_of(r), want, got, other;
	const br_hash_class *class = test_hash_class(hash);
	seamkey_der_rsa_public pub;

	got = seamkey_der_decode_rsa_public_info(&pub, key, 0);
	if (got != SEAMKEY_OK || hash < 0) {
		judge(r->id, 0, got, "the key, or the hash function");
		return;
	}
	if (rsp_has(r, "flags", "MissingNull")) {
		missing_null_case(r, hash, key);
		return;
	}
	want = status_of_size(seamkey_der_bits(pub.n));
	got = verify_by_hash(&loose, hash, msg, sig, key);
	if (want != SEAMKEY_OK) {
		judge_noted(r->id, got == want, got,
			note_of_size(seamkey_der_bits(pub.n)));
		return;
	}
	want = is_result(r, "valid") ? SEAMKEY_OK : SEAMKEY_ERR_RSA_SIGNATURE;
	if (got == want && class != NULL) {
		got = seamkey_rsa_verify_message(&loose, sig, class, msg, key);
	}
	if (got != want || is_result(r, "acceptable")) {
		judge(r->id, 0, got, "verify");
		return;
	}
	/* The default policy has another opinion about MD5 alone. */
	other = verify_by_hash(NULL, hash, msg, sig, key);
	want = hash == SEAMKEY_MD5 ? SEAMKEY_ERR_RSA_HASH : want;
	judge(r->id, other == want, other, "verify by the default policy");
}

/* What the default policy says to such a key and hash, to sign. */
static int
default_status(const seamkey_der_rsa_private *key, int hash)
{
	if (seamkey_der_bits(key->n) < 2048) {
		return SEAMKEY_ERR_KEY_MODULUS_SHORT;
	}
	if (seamkey_der_bits(key->e) < 17) {
		return SEAMKEY_ERR_KEY_EXPONENT_SMALL;
	}
	return hash == SEAMKEY_SHA1 || hash == SEAMKEY_MD5
		? SEAMKEY_ERR_RSA_HASH
		: SEAMKEY_OK;
}

static int
sign_by_hash(const seamkey_rsa_env *env, unsigned char *sig, size_t *len,
	int hash, seamkey_span msg, seamkey_span key)
{
	unsigned char digest[64];

	if (hash == 0) {
		return seamkey_rsa_sign(
			env, sig, SEAMKEY_RSA_MAX_BYTES, len, msg, key);
	}
	test_hash(digest, hash, msg);
	return seamkey_rsa_sign_hash(env, sig, SEAMKEY_RSA_MAX_BYTES, len, hash,
		seamkey_span_of(digest, seamkey_der_hash_size(hash)), key);
}

static void
sign_case(const struct rsp *r)
{
	unsigned char sig[SEAMKEY_RSA_MAX_BYTES];
	seamkey_span key = rsp_get(r, "privateKeyPkcs8");
	seamkey_span msg = rsp_get(r, "msg"), want = rsp_get(r, "sig");
	seamkey_der_rsa_private priv;
	int hash = hash_of(r), got, size, wanted;
	size_t len = 0;

	got = seamkey_der_decode_rsa_private_info(&priv, key, 0);
	if (got != SEAMKEY_OK || hash < 0) {
		judge(r->id, 0, got, "the key, or the hash function");
		return;
	}
	got = sign_by_hash(&loose, sig, &len, hash, msg, key);
	size = status_of_size(seamkey_der_bits(priv.n));
	if (size != SEAMKEY_OK) {
		judge_noted(r->id, got == size, got,
			note_of_size(seamkey_der_bits(priv.n)));
		return;
	}
	if (got != SEAMKEY_OK
		|| !seamkey_span_match(seamkey_span_of(sig, len), want)) {
		judge(r->id, 0, got, "sign");
		return;
	}
	got = verify_by_hash(&loose, hash, msg, want, public_key_of(r));
	if (got != SEAMKEY_OK || is_result(r, "invalid")) {
		judge(r->id, 0, got, "verify");
		return;
	}
	got = sign_by_hash(NULL, sig, &len, hash, msg, key);
	wanted = default_status(&priv, hash);
	judge(r->id, got == wanted, got, "sign by the default policy");
}

/* The form that reports; 1 if it did as the case wants. */
static int
report_agrees(seamkey_span key, seamkey_span ct, seamkey_span want, int valid,
	int *status)
{
	unsigned char msg[SEAMKEY_RSA_MAX_BYTES], untouched[sizeof msg];
	size_t len = 12345;

	memset(msg, 0xA5, sizeof msg);
	memset(untouched, 0xA5, sizeof untouched);
	*status = seamkey_rsa_decrypt_report(
		&loose, msg, sizeof msg, &len, ct, key);
	if (valid) {
		return *status == SEAMKEY_OK
			&& seamkey_span_match(seamkey_span_of(msg, len), want);
	}
	return *status == SEAMKEY_ERR_RSA_DECRYPT && len == 12345
		&& memcmp(msg, untouched, sizeof msg) == 0;
}

/* The form that never fails, and gives the length. */
static int
implicit_agrees(seamkey_span key, seamkey_span ct, seamkey_span want, int valid,
	int *status)
{
	unsigned char msg[SEAMKEY_RSA_MAX_BYTES], again[sizeof msg];
	size_t len = 0, len_again = 0;
	seamkey_span got;

	*status = seamkey_rsa_decrypt_implicit(
		&loose, msg, sizeof msg, &len, ct, key);
	if (*status != SEAMKEY_OK) {
		return 0;
	}
	got = seamkey_span_of(msg, len);
	if (valid) {
		return seamkey_span_match(got, want);
	}
	*status = seamkey_rsa_decrypt_implicit(
		&loose, again, sizeof again, &len_again, ct, key);
	return *status == SEAMKEY_OK && !seamkey_span_match(got, want)
		&& seamkey_span_match(got, seamkey_span_of(again, len_again));
}

/* A form of fixed length, asked for len bytes: twice the same, and the
 * message if and only if that is to be so. */
typedef int (*fixed_form)(const seamkey_rsa_env *env, unsigned char *msg,
	size_t msg_len, seamkey_span ct, seamkey_span key);

static int
fixed_agrees(fixed_form form, seamkey_span key, seamkey_span ct,
	seamkey_span want, size_t len, int valid, int *status)
{
	unsigned char msg[SEAMKEY_RSA_MAX_BYTES], again[sizeof msg];
	size_t common = len < want.len ? len : want.len;
	int is_message;

	*status = form(&loose, msg, len, ct, key);
	if (*status == SEAMKEY_OK) {
		*status = form(&loose, again, len, ct, key);
	}
	if (*status != SEAMKEY_OK || memcmp(msg, again, len) != 0) {
		return 0;
	}
	is_message = common == 0 || memcmp(msg, want.p, common) == 0;
	return is_message == valid || common == 0;
}

static void
decrypt_case(const struct rsp *r)
{
	seamkey_span key = rsp_get(r, "privateKeyPkcs8");
	seamkey_span ct = rsp_get(r, "ct"), msg = rsp_get(r, "msg");
	int valid = is_result(r, "valid"), status, size;
	size_t other = msg.len < 16 ? msg.len + 16 : msg.len - 1;
	seamkey_der_rsa_private priv;

	status = seamkey_der_decode_rsa_private_info(&priv, key, 0);
	if (status != SEAMKEY_OK) {
		judge(r->id, 0, status, "the key");
		return;
	}
	size = status_of_size(seamkey_der_bits(priv.n));
	if (size != SEAMKEY_OK) {
		(void)report_agrees(key, ct, msg, valid, &status);
		judge_noted(r->id, status == size, status,
			note_of_size(seamkey_der_bits(priv.n)));
		return;
	}
	if (!report_agrees(key, ct, msg, valid, &status)) {
		judge(r->id, 0, status, "decrypt_report");
	} else if (!implicit_agrees(key, ct, msg, valid, &status)) {
		judge(r->id, 0, status, "decrypt_implicit");
	} else if (!fixed_agrees(seamkey_rsa_decrypt, key, ct, msg, msg.len,
			   valid, &status)) {
		judge(r->id, 0, status, "decrypt");
	} else {
		judge(r->id,
			fixed_agrees(seamkey_rsa_decrypt, key, ct, msg, other,
				0, &status),
			status, "decrypt, another length");
	}
}

/*
 * OAEP with SHA-256 and the empty label. A message under another label is
 * none here: that has to come out as bad padding does.
 */
static void
oaep_case(const struct rsp *r)
{
	seamkey_span key = rsp_get(r, "privateKeyPkcs8");
	seamkey_span ct = rsp_get(r, "ct"), msg = rsp_get(r, "msg");
	size_t other = msg.len < 16 ? msg.len + 16 : msg.len - 1;
	int labelled = rsp_get(r, "label").len != 0, status = SEAMKEY_OK;
	int valid = is_result(r, "valid") && !labelled;

	if (!rsp_has(r, "sha", "SHA-256") || !rsp_has(r, "mgf", "MGF1")
		|| !rsp_has(r, "mgfSha", "SHA-256")) {
		skip_case("OAEP is there with SHA-256 for both hashes alone");
	} else if (!fixed_agrees(seamkey_rsa_decrypt_oaep, key, ct, msg,
			   msg.len, valid, &status)) {
		judge(r->id, 0, status, "decrypt_oaep");
	} else if (!fixed_agrees(seamkey_rsa_decrypt_oaep, key, ct, msg, other,
			   0, &status)) {
		judge(r->id, 0, status, "decrypt_oaep, another length");
	} else if (labelled) {
		judge_noted(r->id, 1, status,
			"have a label, and gave a synthetic message");
	} else {
		judge(r->id, 1, status, "decrypt_oaep");
	}
}

/* ---- raw exponentiation ------------------------------------------------ */

/* in^d or in^e mod n through the driver of BearSSL's functions. out is as
 * long as in. */
static int
raw_by_driver(int kind, seamkey_span key, seamkey_span in, unsigned char *out)
{
	seamkey_rsa_bearssl functions;
	seamkey_req req;
	seamkey_op op;
	int status;

	functions.private_op = br_rsa_private_get_default();
	functions.public_op = br_rsa_public_get_default();
	memset(&op, 0, sizeof op);
	memset(&req, 0, sizeof req);
	req.kind = kind;
	req.key = key;
	req.in = in;
	req.out = out;
	req.out_cap = in.len;
	status = seamkey_rsa_driver_bearssl()->begin(&functions, &op, &req);
	if (status == SEAMKEY_OK && op.out_len != in.len) {
		return SEAMKEY_ERR_HOOK;
	}
	return status;
}

static int
find_key(void *ctx, const unsigned char *handle, seamkey_icsf_key *key)
{
	(void)handle;
	key->private_key_info = *(const seamkey_span *)ctx;
	key->may_sign = 1;
	key->may_decrypt = 1;
	return 0;
}

/* The same as ICSF's private key sign with RSA-ZERO: signs, or decrypts.
 * Returns the return code. */
static int32_t
raw_by_icsf(int decrypt, seamkey_span key, seamkey_span in, unsigned char *out)
{
	static const unsigned char handle[SEAMKEY_ICSF_HANDLE_LEN];
	int32_t rc = -1, rsn = -1, rules = decrypt ? 2 : 1;
	int32_t in_len = (int32_t)in.len, out_len = (int32_t)in.len;
	seamkey_icsf_env env;

	memset(&env, 0, sizeof env);
	env.find_key = find_key;
	env.find_key_ctx = &key;
	seamkey_icsf_pks(&env, &rc, &rsn, NULL, NULL, &rules,
		"RSA-ZERODECRYPT ", &in_len, in.p, handle, &out_len, out);
	return rc;
}

/* Both ways; the status of the first, which the second has to match. */
static int
raw_both(int decrypt, seamkey_span key, seamkey_span in, seamkey_span want)
{
	unsigned char out[SEAMKEY_RSA_MAX_BYTES], two[sizeof out];
	int status;
	int32_t rc;

	if (in.len > sizeof out) {
		return SEAMKEY_ERR_LENGTH;
	}
	status = raw_by_driver(SEAMKEY_REQ_RAW_PRIVATE, key, in, out);
	rc = raw_by_icsf(decrypt, key, in, two);
	if ((status == SEAMKEY_OK) != (rc == 0)
		|| (rc == 0 && memcmp(out, two, in.len) != 0)) {
		return SEAMKEY_ERR_STATE;
	}
	if (status == SEAMKEY_OK && want.len != 0
		&& !seamkey_span_match(seamkey_span_of(out, in.len), want)) {
		return SEAMKEY_ERR_RSA_FAULT;
	}
	return status;
}

static void
raw_case(const struct rsp *r)
{
	int decrypt = rsp_has(r, "type", "RsaDecryptionPrimitive");
	seamkey_span key = rsp_get(r, "privateKeyPkcs8");
	seamkey_span in = rsp_get(r, decrypt ? "ct" : "msg");
	seamkey_span want = rsp_get(r, decrypt ? "msg" : "sig");
	int status = raw_both(decrypt, key, in, want), padding = 0;

	/* No result here is a message in padding. */
	if (decrypt && !report_agrees(key, in, want, 0, &padding)) {
		judge(r->id, 0, padding, "decrypt_report");
		return;
	}
	if (is_result(r, "valid")) {
		judge(r->id, status == SEAMKEY_OK, status, "m^d mod n");
	} else {
		judge(r->id, status == SEAMKEY_ERR_UNSUPPORTED, status,
			"m^d mod n");
	}
}

/* ---- JSON web signatures ----------------------------------------------- */

/* The text of a member in JSON without white space. */
static seamkey_span
json_member(seamkey_span json, const char *name)
{
	const char *from = (const char *)json.p, *end = from + json.len;
	char quoted[32];
	const char *at, *stop;

	(void)snprintf(quoted, sizeof quoted, "\"%s\":\"", name);
	at = text_find(from, end, quoted);
	if (at == NULL) {
		return seamkey_span_of(NULL, 0);
	}
	at += strlen(quoted);
	stop = text_find(at, end, "\"");
	return seamkey_span_of(at, stop == NULL ? 0 : (size_t)(stop - at));
}

/* The SubjectPublicKeyInfo of an RSA key in JSON; 1 if there is one. */
static int
jwk_to_spki(seamkey_span json, struct bytes *spki)
{
	seamkey_span n = json_member(json, "n"), e = json_member(json, "e");
	struct bytes n_bytes = { NULL, 0, 0 }, e_bytes = { NULL, 0, 0 };
	seamkey_der_rsa_public key;
	int ok;

	ok = n.len != 0 && e.len != 0 && base64_put(&n_bytes, n.p, n.len, 1)
		&& base64_put(&e_bytes, e.p, e.len, 1)
		&& bytes_room(spki, n_bytes.len + e_bytes.len + 64);
	key.n = bytes_span(&n_bytes);
	key.e = bytes_span(&e_bytes);
	ok = ok
		&& seamkey_der_encode_rsa_public_info(
			   spki->p, spki->cap, &spki->len, &key)
			== SEAMKEY_OK;
	bytes_free(&n_bytes);
	bytes_free(&e_bytes);
	return ok;
}

/* Header, payload and signature of a compact serialization (RFC 7515
 * section 7.1); 1 if there are these three, each of them base64url. */
static int
jws_split(seamkey_span jws, seamkey_span *signed_part, struct bytes *header,
	struct bytes *sig)
{
	struct bytes payload = { NULL, 0, 0 };
	const char *from = (const char *)jws.p, *end = from + jws.len;
	const char *one = text_find(from, end, "."), *two;
	int ok;

	two = one == NULL ? NULL : text_find(one + 1, end, ".");
	if (two == NULL) {
		return 0;
	}
	*signed_part = seamkey_span_of(from, (size_t)(two - from));
	ok = base64_put(header, from, (size_t)(one - from), 1)
		&& base64_put(&payload, one + 1, (size_t)(two - one - 1), 1)
		&& base64_put(sig, two + 1, (size_t)(end - two - 1), 1);
	bytes_free(&payload);
	return ok;
}

/* The hash function of RS256, RS384, RS512; 0 for other algorithms. */
static int
jws_hash(seamkey_span alg)
{
	if (alg.len != 5 || memcmp(alg.p, "RS", 2) != 0) {
		return 0;
	}
	return memcmp(alg.p + 2, "256", 3) == 0    ? SEAMKEY_SHA256
		: memcmp(alg.p + 2, "384", 3) == 0 ? SEAMKEY_SHA384
		: memcmp(alg.p + 2, "512", 3) == 0 ? SEAMKEY_SHA512
						   : 0;
}

/* What is checked is the signature over the first two parts; the rest of
 * JWS belongs to whoever speaks ACME. */
static void
jws_case(const struct rsp *r)
{
	struct bytes header = { NULL, 0, 0 }, sig = { NULL, 0, 0 };
	struct bytes spki = { NULL, 0, 0 };
	seamkey_span part = { NULL, 0 };
	int hash = 0, status;

	if (jws_split(rsp_get(r, "jws"), &part, &header, &sig)) {
		hash = jws_hash(json_member(bytes_span(&header), "alg"));
	}
	if (hash == 0) {
		skip_case("no compact serialization with an algorithm RS256, "
			  "RS384 or RS512: for the ACME part");
	} else if (!jwk_to_spki(rsp_get(r, "public"), &spki)) {
		skip_case("the key is none of RSA: for the ACME part");
	} else {
		status = verify_by_hash(&loose, hash, part, bytes_span(&sig),
			bytes_span(&spki));
		judge(r->id, (status == SEAMKEY_OK) == is_result(r, "valid"),
			status, "verify");
	}
	bytes_free(&header);
	bytes_free(&sig);
	bytes_free(&spki);
}

#endif
