/*
 * token.c - private keys in a PKCS #11 token
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Run by tests/agent_token.sh, with SoftHSM2's module in TOKEN_MODULE, the
 * folder of its tokens in TOKEN_FOLDER, and in there one with the label
 * "seamkey" and one with the label "other", both with the PIN 1234. Between
 * the module and the engine stands a layer that can take things away.
 */
#define _XOPEN_SOURCE 700

#include <stdio.h>
#include <stdlib.h>

#include "agent_tools.h"
#include "fake_driver.h"
#include "examples/pkcs11/token.h"

#define WANT 32 /* octets of a key that is decrypted */
#define K    256

static const unsigned char id[4] = { 0x00, 0x01, 'i', 'd' };
static const unsigned char other_id[4] = { 0x00, 0x01, 'i', 'e' };
static const unsigned char twice_id[1] = { 't' };
static const unsigned char secret[32] = "the rejection secret of the key";

/* ---- the layer ----------------------------------------------------------- */

static CK_FUNCTION_LIST real, layer;

static struct {
	int no_raw;  /* CKM_RSA_X_509 is not there */
	int oaep;    /* CKM_RSA_PKCS_OAEP is, which SoftHSM2 has for SHA-1 */
	int gone;    /* the token is taken out */
	CK_RV fails; /* what C_Decrypt answers, having written rubbish */
	size_t cut;  /* octets that a raw result has too few */
	int wrong;   /* a bit of each result is another */

	int logins, raws, strips;
	CK_MECHANISM_TYPE mechanism; /* of the operation under way */
} set;

static CK_RV
layer_login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_BYTE *pin,
	CK_ULONG len)
{
	set.logins++;
	return real.C_Login(session, user, pin, len);
}

static CK_RV
layer_slots(CK_BBOOL present, CK_SLOT_ID *slots, CK_ULONG *count)
{
	if (set.gone) {
		*count = 0;
		return CKR_OK;
	}
	return real.C_GetSlotList(present, slots, count);
}

static CK_RV
layer_decrypt_init(
	CK_SESSION_HANDLE session, CK_MECHANISM *m, CK_OBJECT_HANDLE key)
{
	CK_MECHANISM raw_mechanism = { CKM_RSA_X_509, NULL, 0 };
	const CK_RSA_PKCS_OAEP_PARAMS *oaep;

	if (set.gone) {
		return CKR_DEVICE_REMOVED;
	}
	set.mechanism = m->mechanism;
	set.raws += m->mechanism == CKM_RSA_X_509;
	set.strips += m->mechanism != CKM_RSA_X_509;
	if (set.no_raw && m->mechanism == CKM_RSA_X_509) {
		return CKR_MECHANISM_INVALID;
	}
	if (set.oaep && m->mechanism == CKM_RSA_PKCS_OAEP) {
		oaep = (const CK_RSA_PKCS_OAEP_PARAMS *)m->pParameter;
		CHECK_INT(m->ulParameterLen, sizeof *oaep);
		CHECK_INT(oaep->hashAlg, CKM_SHA256);
		CHECK_INT(oaep->mgf, CKG_MGF1_SHA256);
		CHECK_INT(oaep->source, CKZ_DATA_SPECIFIED);
		CHECK_INT(oaep->ulSourceDataLen, 0);
		return real.C_DecryptInit(session, &raw_mechanism, key);
	}
	return real.C_DecryptInit(session, m, key);
}

static CK_RV
layer_decrypt(CK_SESSION_HANDLE session, CK_BYTE *in, CK_ULONG in_len,
	CK_BYTE *out, CK_ULONG *len)
{
	size_t at;
	CK_RV rv;

	CHECK_INT(*len, K);
	rv = real.C_Decrypt(session, in, in_len, out, len);
	if (set.fails != CKR_OK) {
		memset(out, 0x77, K);
		return set.fails;
	}
	out[9] ^= (unsigned char)set.wrong;
	if (rv == CKR_OK && set.mechanism == CKM_RSA_X_509) {
		memmove(out, out + set.cut, *len - set.cut);
		*len -= set.cut;
	}
	if (rv != CKR_OK || !set.oaep || set.mechanism != CKM_RSA_PKCS_OAEP) {
		return rv;
	}
	oaep_open(out, K);
	at = oaep_find(out, K);
	if (at == 0) {
		return CKR_ENCRYPTED_DATA_INVALID;
	}
	memmove(out, out + at, K - at);
	*len = K - at;
	return CKR_OK;
}

static CK_RV
layer_sign(CK_SESSION_HANDLE session, CK_BYTE *in, CK_ULONG in_len,
	CK_BYTE *out, CK_ULONG *len)
{
	CK_RV rv = real.C_Sign(session, in, in_len, out, len);

	out[9] ^= (unsigned char)set.wrong;
	return rv;
}

/* ---- the token ----------------------------------------------------------- */

static token dev;
static br_hmac_drbg_context drbg;
static seamkey_rsa_env env;
static unsigned char public_der[PUBLIC_BYTES];
static seamkey_span public_key;

static void
begin_at(const char *label, const char *pin)
{
	memset(&dev, 0, sizeof dev);
	memset(&set, 0, sizeof set);
	dev.module = getenv("TOKEN_MODULE");
	dev.label = label;
	dev.pin = pin;
	dev.pause = 50;
	CHECK_INT(token_load(&dev), SEAMKEY_OK);
	real = *dev.f;
	layer = real;
	layer.C_Login = layer_login;
	layer.C_GetSlotList = layer_slots;
	layer.C_DecryptInit = layer_decrypt_init;
	layer.C_Decrypt = layer_decrypt;
	layer.C_Sign = layer_sign;
	dev.f = &layer;
}

static void
put(CK_ATTRIBUTE *a, CK_ATTRIBUTE_TYPE type, seamkey_span value)
{
	a->type = type;
	a->pValue = token_i_bytes(value.p);
	a->ulValueLen = (CK_ULONG)value.len;
}

/* A key of the table goes into the token, for ever. */
static void
import(size_t key, seamkey_span its_id)
{
	CK_OBJECT_CLASS cls = CKO_PRIVATE_KEY;
	CK_KEY_TYPE type = CKK_RSA;
	CK_BBOOL yes = 1, no = 0;
	seamkey_der_rsa_private k = numbers_of(
		seamkey_span_of(rsa_keys[key].der, rsa_keys[key].len));
	CK_OBJECT_HANDLE object;
	CK_SESSION_HANDLE session;
	CK_SLOT_ID slot = 0;
	CK_FLAGS flags = 0;
	CK_ATTRIBUTE a[18];
	size_t n = 0;

	put(&a[n++], CKA_CLASS, seamkey_span_of(&cls, sizeof cls));
	put(&a[n++], CKA_KEY_TYPE, seamkey_span_of(&type, sizeof type));
	put(&a[n++], CKA_TOKEN, seamkey_span_of(&yes, 1));
	put(&a[n++], CKA_PRIVATE, seamkey_span_of(&yes, 1));
	put(&a[n++], CKA_SENSITIVE, seamkey_span_of(&yes, 1));
	put(&a[n++], CKA_EXTRACTABLE, seamkey_span_of(&no, 1));
	put(&a[n++], CKA_DECRYPT, seamkey_span_of(&yes, 1));
	put(&a[n++], CKA_SIGN, seamkey_span_of(&yes, 1));
	put(&a[n++], CKA_ID, its_id);
	put(&a[n++], CKA_MODULUS, k.n);
	put(&a[n++], CKA_PUBLIC_EXPONENT, k.e);
	put(&a[n++], CKA_PRIVATE_EXPONENT, k.d);
	put(&a[n++], CKA_PRIME_1, k.p);
	put(&a[n++], CKA_PRIME_2, k.q);
	put(&a[n++], CKA_EXPONENT_1, k.dp);
	put(&a[n++], CKA_EXPONENT_2, k.dq);
	put(&a[n++], CKA_COEFFICIENT, k.qinv);
	CHECK_INT(token_i_find_slot(&dev, &slot, &flags), SEAMKEY_OK);
	CHECK_INT(real.C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION,
			  NULL, NULL, &session),
		CKR_OK);
	CHECK_INT(
		real.C_CreateObject(session, a, (CK_ULONG)n, &object), CKR_OK);
	CHECK_INT(real.C_CloseSession(session), CKR_OK);
}

static seamkey_rsa_env
env_of(const seamkey_driver *drv, void *device)
{
	seamkey_rsa_env e = loose_env(&drbg);

	e.engine.drv = drv;
	e.engine.dev = device;
	e.handle = SPAN(id);
	e.rejection = SPAN(secret);
	return e;
}

/* A token with a key of 2048 bits, put there once, and an engine over it. */
static void
begin(void)
{
	static int imported;
	size_t len = 0;

	begin_at("seamkey", "1234");
	CHECK_INT(token_i_connect(&dev), SEAMKEY_OK);
	if (!imported) {
		import(2, SPAN(id));
		import(2, SPAN(twice_id));
		import(3, SPAN(twice_id));
		import(3, SPAN(other_id));
		imported = 1;
	}
	CHECK_INT(token_get_public(
			  &dev, SPAN(id), public_der, sizeof public_der, &len),
		SEAMKEY_OK);
	public_key = seamkey_span_of(public_der, len);
	env = env_of(token_driver(), &dev);
}

/* ---- ciphertexts --------------------------------------------------------- */

static int
decrypt_with(
	const seamkey_rsa_env *e, int oaep, unsigned char *out, seamkey_span ct)
{
	memset(out, CANARY, WANT);
	return (oaep ? seamkey_rsa_decrypt_oaep : seamkey_rsa_decrypt)(
		e, out, WANT, ct, public_key);
}

/* What is wrong with a block, whose message would be len octets. */
static const struct damage {
	const char *name;
	size_t len, at; /* the octet that is another */
	unsigned char change;
} damages[] = {
	{ "nothing", WANT, 0, 0 },
	{ "the first octet", WANT, 0, 0x01 },
	{ "the second octet", WANT, 1, 0x01 },
	{ "an octet of the padding, or of the hash", WANT, 40, 0xFF },
	{ "a zero in the padding, or an octet there", WANT, 100, 0xFF },
	{ "the last octet of the padding", WANT, K - WANT - 1, 0x01 },
	{ "a message that is too short", WANT - 1, 0, 0 },
	{ "one that is too long", WANT + 1, 0, 0 },
	{ "an empty one", 0, 0, 0 },
	{ "the longest", K - OAEP_OVERHEAD, 0, 0 },
};

static const unsigned char message[K] = "a message that fills no block";

/* The ciphertext of a block with this damage. */
static seamkey_span
damaged(const struct damage *d, int oaep, unsigned char *ct)
{
	static unsigned char em[K];

	if (oaep) {
		oaep_make(em, K, message, d->len);
		/* the second octet is of the seed, which can be any */
		em[d->at == 1 ? OAEP_HASH : d->at] ^= d->change;
		oaep_close(em, K);
	} else {
		memset(em, 0xFF, K);
		em[0] = 0;
		em[1] = 2;
		em[K - d->len - 1] = 0;
		memcpy(em + K - d->len, message, d->len);
		em[d->at] ^= d->change;
	}
	raw(SEAMKEY_REQ_RAW_PUBLIC, ct, em, K, public_key);
	return seamkey_span_of(ct, K);
}

/* Through the token as through an engine that has the raw operation and
 * nothing else: the message, or the very same synthetic one. */
static void
check_ciphertext(const struct damage *d, int oaep, seamkey_span ct)
{
	static unsigned char scratch[FAKE_SCRATCH];
	unsigned char got[WANT], again[WANT], want[WANT];
	struct fake fake;
	seamkey_rsa_env reference = env_of(&fake_sync_driver, &fake);

	memset(&fake, 0, sizeof fake);
	fake.key = seamkey_span_of(rsa_keys[2].der, rsa_keys[2].len);
	fake.handle = SPAN(id);
	fake.can = FAKE_RAW;
	reference.scratch = scratch;
	reference.scratch_len = sizeof scratch;
	what = d->name;
	CHECK_INT(decrypt_with(&env, oaep, got, ct), SEAMKEY_OK);
	CHECK_INT(decrypt_with(&env, oaep, again, ct), SEAMKEY_OK);
	CHECK_MEM(again, got, WANT);
	CHECK_INT(decrypt_with(&reference, oaep, want, ct), SEAMKEY_OK);
	CHECK_INT(memcmp(got, message, WANT) == 0, d == damages);
	/* a token that strips version 1.5 may have a synthetic message of its
	 * own, which has the right length in one of 250 */
	if (!set.no_raw || oaep || d->change == 0) {
		CHECK_MEM(got, want, WANT);
	}
}

static void
check_ciphertexts(int oaep)
{
	static const struct damage odd = { "no block at all", 0, 0, 0 };
	unsigned char ct[K];
	size_t u;

	for (u = 0; u < COUNT(damages); u++) {
		check_ciphertext(
			&damages[u], oaep, damaged(&damages[u], oaep, ct));
	}
	memset(ct, 0x11, sizeof ct);
	check_ciphertext(&odd, oaep, SPAN(ct));
	memset(ct, 0xFF, sizeof ct);
	check_ciphertext(&odd, oaep, SPAN(ct));
	memset(ct, 0, sizeof ct);
	check_ciphertext(&odd, oaep, SPAN(ct));
	check_ciphertext(&odd, oaep, seamkey_span_of(ct, K - 1));
}

static void
token_decrypts_raw(void)
{
	unsigned char want[PUBLIC_BYTES];
	seamkey_span key = seamkey_span_of(rsa_keys[2].der, rsa_keys[2].len);

	begin();
	CHECK_INT(seamkey_span_match(public_of(key, want), public_key), 1);
	check_ciphertexts(0);
	check_ciphertexts(1);
	CHECK_INT(set.raws > 0, 1);
	CHECK_INT(set.strips, 0);
	token_close(&dev);
}

/* One that has no raw operation. */
static void
token_decrypts_padded(void)
{
	unsigned char out[WANT], ct[K];

	begin();
	set.no_raw = 1;
	check_ciphertexts(0);
	CHECK_INT(set.raws, set.strips);
	/* SoftHSM2 has OAEP with SHA-1 alone: nobody can */
	CHECK_INT(decrypt_with(&env, 1, out, damaged(damages, 1, ct)),
		SEAMKEY_ERR_UNSUPPORTED);
	CHECK_INT(all_are(out, CANARY, WANT), 1);
	set.oaep = 1;
	check_ciphertexts(1);
	token_close(&dev);
}

/* One that leaves zeros before a number away. */
static void
token_fills_numbers_up(void)
{
	unsigned char ct[K], out[WANT];
	int oaep;

	begin();
	set.cut = 1; /* the first octet of a good block is one */
	for (oaep = 0; oaep < 2; oaep++) {
		CHECK_INT(decrypt_with(
				  &env, oaep, out, damaged(damages, oaep, ct)),
			SEAMKEY_OK);
		CHECK_MEM(out, message, WANT);
	}
	/* a wrong result is one that the public key does not lead back */
	CHECK_INT(decrypt_with(&env, 0, out, damaged(&damages[1], 0, ct)),
		SEAMKEY_ERR_RSA_FAULT);
	token_close(&dev);
}

static void
token_signs(void)
{
	unsigned char sig[K];
	size_t len = 0;
	int u;

	begin();
	for (u = 0; u < 2; u++) {
		memset(sig, 0, sizeof sig);
		set.no_raw = u;
		CHECK_INT(seamkey_rsa_sign_message(&env, sig, sizeof sig, &len,
				  &br_sha256_vtable, BYTES("seamkey"),
				  public_key),
			SEAMKEY_OK);
		CHECK_INT(len, K);
		check_sha256(SPAN(sig), sig_2048);
	}
	token_close(&dev);
}

/* One signature of the CRT with a wrong bit would give the key away. */
static void
token_gives_no_wrong_result(void)
{
	unsigned char sig[K], out[WANT], ct[K];
	size_t len = 7;
	int u;

	begin();
	memset(sig, CANARY, sizeof sig);
	for (u = 0; u < 2; u++) {
		set.wrong = 1;
		set.no_raw = u;
		CHECK_INT(seamkey_rsa_sign_message(&env, sig, sizeof sig, &len,
				  &br_sha256_vtable, BYTES("seamkey"),
				  public_key),
			SEAMKEY_ERR_RSA_FAULT);
		CHECK_INT(all_are(sig, CANARY, K), 1);
		CHECK_INT(len, 7);
	}
	set.no_raw = 0;
	for (u = 0; u < 2; u++) {
		CHECK_INT(decrypt_with(&env, u, out, damaged(damages, u, ct)),
			SEAMKEY_ERR_RSA_FAULT);
		CHECK_INT(all_are(out, CANARY, WANT), 1);
	}
	token_close(&dev);
}

/* ---- keys that are made there -------------------------------------------- */

/* What the token says of an attribute of a private key. */
static CK_RV
private_attribute(seamkey_span its_id, CK_ATTRIBUTE_TYPE type,
	unsigned char *out, size_t cap)
{
	CK_OBJECT_HANDLE object = 0;
	CK_ATTRIBUTE a;

	CHECK_INT(
		token_i_search(&dev, CKO_PRIVATE_KEY, CKA_ID, its_id, &object),
		SEAMKEY_OK);
	put(&a, type, seamkey_span_of(out, cap));
	return real.C_GetAttributeValue(dev.session, object, &a, 1);
}

static void
check_unreadable(seamkey_span its_id)
{
	static const CK_ATTRIBUTE_TYPE secrets[] = { CKA_PRIVATE_EXPONENT,
		CKA_PRIME_1, CKA_PRIME_2, CKA_EXPONENT_1, CKA_EXPONENT_2,
		CKA_COEFFICIENT };
	unsigned char out[2 * K];
	CK_BBOOL flag;
	size_t u;

	for (u = 0; u < COUNT(secrets); u++) {
		CHECK_INT(
			private_attribute(its_id, secrets[u], out, sizeof out),
			CKR_ATTRIBUTE_SENSITIVE);
	}
	flag = 1;
	CHECK_INT(private_attribute(its_id, CKA_EXTRACTABLE, &flag, 1), CKR_OK);
	CHECK_INT(flag, 0);
	flag = 0;
	CHECK_INT(private_attribute(its_id, CKA_SENSITIVE, &flag, 1), CKR_OK);
	CHECK_INT(flag, 1);
}

/* A key that was made for a purpose, CKA_SIGN or CKA_DECRYPT. */
static void
check_purpose(CK_ATTRIBUTE_TYPE purpose, seamkey_span made)
{
	unsigned char ct[K], sig[K], out[WANT];
	size_t len = 0;

	CHECK_INT(seamkey_rsa_encrypt(&env, ct, sizeof ct, &len,
			  seamkey_span_of(message, WANT), made),
		SEAMKEY_OK);
	if (purpose == CKA_DECRYPT) {
		CHECK_INT(seamkey_rsa_decrypt(&env, out, WANT, SPAN(ct), made),
			SEAMKEY_OK);
		CHECK_MEM(out, message, WANT);
		return;
	}
	CHECK_INT(seamkey_rsa_decrypt(&env, out, WANT, SPAN(ct), made),
		SEAMKEY_ERR_UNSUPPORTED);
	CHECK_INT(seamkey_rsa_sign_message(&env, sig, sizeof sig, &len,
			  &br_sha256_vtable, BYTES("seamkey"), made),
		SEAMKEY_OK);
	CHECK_INT(seamkey_rsa_verify_message(NULL, SPAN(sig), &br_sha256_vtable,
			  BYTES("seamkey"), made),
		SEAMKEY_OK);
}

/* Not even who has the PIN reads them; each does what it is for. */
static void
token_makes_keys(void)
{
	static const struct {
		unsigned char its_id[1];
		CK_ATTRIBUTE_TYPE purpose;
	} keys[] = { { { 's' }, CKA_SIGN }, { { 'd' }, CKA_DECRYPT } };
	unsigned char der[PUBLIC_BYTES];
	CK_BBOOL never;
	size_t len = 0, u;

	begin();
	CHECK_INT(token_make_key(&dev, SPAN(twice_id), 8 * K, CKA_SIGN),
		TOKEN_ERR_KEY);
	for (u = 0; u < COUNT(keys); u++) {
		env.handle = SPAN(keys[u].its_id);
		CHECK_INT(token_make_key(
				  &dev, env.handle, 8 * K, keys[u].purpose),
			SEAMKEY_OK);
		CHECK_INT(token_make_key(
				  &dev, env.handle, 8 * K, keys[u].purpose),
			TOKEN_ERR_KEY);
		check_unreadable(env.handle);
		never = 0; /* nor could it ever be read */
		CHECK_INT(private_attribute(
				  env.handle, CKA_NEVER_EXTRACTABLE, &never, 1),
			CKR_OK);
		CHECK_INT(never, 1);
		CHECK_INT(token_get_public(
				  &dev, env.handle, der, sizeof der, &len),
			SEAMKEY_OK);
		check_purpose(keys[u].purpose, seamkey_span_of(der, len));
	}
	token_close(&dev);
}

/* ---- what goes wrong ----------------------------------------------------- */

static unsigned char asked[K], given[K];

/* One request, straight to the driver: nothing may stay of a result that is
 * none. */
static int
ask_driver(int kind, seamkey_span handle)
{
	seamkey_req req;
	seamkey_op op;
	int status;

	memset(&req, 0, sizeof req);
	memset(&op, 0, sizeof op);
	req.kind = kind;
	req.handle = handle;
	req.key = public_key;
	memset(asked, 0x11, K);
	req.in = SPAN(asked);
	req.out = given;
	req.out_cap = K;
	memset(given, CANARY, K);
	status = token_driver()->begin(&dev, &op, &req);
	if (status != SEAMKEY_OK) {
		CHECK_INT(all_are(given,
				  status == SEAMKEY_ERR_UNSUPPORTED
						  && given[0] == CANARY
					  ? CANARY
					  : 0,
				  K),
			1);
	}
	return status;
}

static void
token_tells_errors_apart(void)
{
	static const struct {
		CK_RV rv;
		int raw, padded;
	} cases[] = {
		{ CKR_ENCRYPTED_DATA_INVALID, TOKEN_ERR_FAILED,
			SEAMKEY_ERR_RSA_DECRYPT },
		{ CKR_ENCRYPTED_DATA_LEN_RANGE, TOKEN_ERR_FAILED,
			SEAMKEY_ERR_RSA_DECRYPT },
		{ CKR_DATA_INVALID, TOKEN_ERR_FAILED, SEAMKEY_ERR_RSA_DECRYPT },
		{ CKR_DATA_LEN_RANGE, TOKEN_ERR_FAILED,
			SEAMKEY_ERR_RSA_DECRYPT },
		{ CKR_GENERAL_ERROR, TOKEN_ERR_FAILED,
			SEAMKEY_ERR_RSA_DECRYPT },
		{ CKR_FUNCTION_FAILED, TOKEN_ERR_FAILED,
			SEAMKEY_ERR_RSA_DECRYPT },
		{ CKR_ARGUMENTS_BAD, TOKEN_ERR_FAILED,
			SEAMKEY_ERR_RSA_DECRYPT },
		{ 0x80000001, TOKEN_ERR_FAILED, SEAMKEY_ERR_RSA_DECRYPT },
		{ CKR_HOST_MEMORY, TOKEN_ERR_FAILED, TOKEN_ERR_FAILED },
		{ CKR_DEVICE_MEMORY, TOKEN_ERR_FAILED, TOKEN_ERR_FAILED },
		{ CKR_BUFFER_TOO_SMALL, TOKEN_ERR_FAILED, TOKEN_ERR_FAILED },
		{ CKR_DEVICE_ERROR, TOKEN_ERR_GONE, TOKEN_ERR_GONE },
		{ CKR_TOKEN_NOT_PRESENT, TOKEN_ERR_GONE, TOKEN_ERR_GONE },
		{ CKR_SESSION_CLOSED, TOKEN_ERR_GONE, TOKEN_ERR_GONE },
	};
	size_t u;

	begin();
	for (u = 0; u < COUNT(cases); u++) {
		set.fails = cases[u].rv;
		CHECK_INT(ask_driver(SEAMKEY_REQ_RAW_PRIVATE, SPAN(id)),
			cases[u].raw);
		CHECK_INT(dev.last, cases[u].rv);
		CHECK_INT(ask_driver(SEAMKEY_REQ_PKCS1_DECRYPT, SPAN(id)),
			cases[u].padded);
		CHECK_INT(dev.last, cases[u].rv);
		set.fails = CKR_OK;
		CHECK_INT(ask_driver(SEAMKEY_REQ_RAW_PRIVATE, SPAN(id)),
			SEAMKEY_OK);
	}
	/* what is not for a token */
	CHECK_INT(ask_driver(SEAMKEY_REQ_RAW_PUBLIC, SPAN(id)),
		SEAMKEY_ERR_UNSUPPORTED);
	CHECK_INT(ask_driver(SEAMKEY_REQ_ECDSA_SIGN, SPAN(id)),
		SEAMKEY_ERR_UNSUPPORTED);
	CHECK_INT(ask_driver(SEAMKEY_REQ_RAW_PRIVATE, text_of("")),
		SEAMKEY_ERR_UNSUPPORTED);
	token_close(&dev);
}

static void
token_wants_one_key(void)
{
	unsigned char buf[PUBLIC_BYTES], want[K];
	size_t len = 0, u;

	begin();
	CHECK_INT(ask_driver(SEAMKEY_REQ_RAW_PRIVATE, text_of("none")),
		TOKEN_ERR_KEY);
	CHECK_INT(ask_driver(SEAMKEY_REQ_RAW_PRIVATE, SPAN(twice_id)),
		TOKEN_ERR_KEY);
	for (u = 1; u < sizeof id; u++) { /* a part of one is none */
		CHECK_INT(ask_driver(SEAMKEY_REQ_RAW_PRIVATE,
				  seamkey_span_of(id, u)),
			TOKEN_ERR_KEY);
	}
	CHECK_INT(
		token_get_public(&dev, text_of("none"), buf, sizeof buf, &len),
		TOKEN_ERR_KEY);
	/* each its own, whether it was looked for before or not */
	for (u = 0; u < 4; u++) {
		const struct rsa_key *k = &rsa_keys[2 + u % 2];

		CHECK_INT(ask_driver(SEAMKEY_REQ_RAW_PRIVATE,
				  u % 2 ? SPAN(other_id) : SPAN(id)),
			SEAMKEY_OK);
		raw(SEAMKEY_REQ_RAW_PRIVATE, want, asked, K,
			seamkey_span_of(k->der, k->len));
		CHECK_MEM(given, want, K);
	}
	token_close(&dev);
}

static void
rest(void)
{
	struct timespec pause = { 0, 80000000 };

	(void)nanosleep(&pause, NULL);
}

/* The folder of the tokens gets another name, and its own again. */
static void
move_tokens(int away)
{
	const char *folder = getenv("TOKEN_FOLDER");
	char name[512];

	CHECK_INT(folder != NULL, 1);
	(void)snprintf(name, sizeof name, "%s.away", folder);
	CHECK_INT(away ? rename(folder, name) : rename(name, folder), 0);
}

static void
token_comes_back(void)
{
	int logins;

	begin();
	CHECK_INT(ask_driver(SEAMKEY_REQ_RAW_PRIVATE, SPAN(id)), SEAMKEY_OK);
	logins = set.logins;
	CHECK_INT(ask_driver(SEAMKEY_REQ_RAW_PRIVATE, SPAN(id)), SEAMKEY_OK);
	CHECK_INT(set.logins, logins);
	/* its session closed, or the whole module, by somebody else: the
	 * request does not even notice */
	CHECK_INT(real.C_CloseSession(dev.session), CKR_OK);
	CHECK_INT(ask_driver(SEAMKEY_REQ_RAW_PRIVATE, SPAN(id)), SEAMKEY_OK);
	CHECK_INT(set.logins, logins + 1);
	CHECK_INT(real.C_Finalize(NULL), CKR_OK);
	CHECK_INT(ask_driver(SEAMKEY_REQ_RAW_PRIVATE, SPAN(id)), SEAMKEY_OK);
	/* taken out */
	set.gone = 1;
	CHECK_INT(
		ask_driver(SEAMKEY_REQ_RAW_PRIVATE, SPAN(id)), TOKEN_ERR_GONE);
	set.gone = 0; /* and the pause is not over */
	CHECK_INT(
		ask_driver(SEAMKEY_REQ_RAW_PRIVATE, SPAN(id)), TOKEN_ERR_GONE);
	rest();
	CHECK_INT(ask_driver(SEAMKEY_REQ_RAW_PRIVATE, SPAN(id)), SEAMKEY_OK);
	/* from under the module */
	move_tokens(1);
	CHECK_INT(real.C_Finalize(NULL), CKR_OK);
	CHECK_INT(
		ask_driver(SEAMKEY_REQ_RAW_PRIVATE, SPAN(id)), TOKEN_ERR_GONE);
	move_tokens(0);
	rest();
	CHECK_INT(ask_driver(SEAMKEY_REQ_RAW_PRIVATE, SPAN(id)), SEAMKEY_OK);
	token_close(&dev);
}

/* Tokens lock themselves after some wrong PINs. */
static void
token_tries_a_pin_once(void)
{
	int u;

	begin_at("other", "4321");
	CHECK_INT(token_i_connect(&dev), TOKEN_ERR_PIN);
	for (u = 0; u < 5; u++) {
		rest();
		CHECK_INT(ask_driver(SEAMKEY_REQ_RAW_PRIVATE, SPAN(id)),
			TOKEN_ERR_PIN);
	}
	CHECK_INT(set.logins, 1);
	token_close(&dev);
	begin_at("other", "1234");
	CHECK_INT(token_i_connect(&dev), SEAMKEY_OK);
	CHECK_INT(ask_driver(SEAMKEY_REQ_RAW_PRIVATE, SPAN(id)), TOKEN_ERR_KEY);
	token_close(&dev);
}

static void
token_opens_what_is_meant(void)
{
	begin_at(NULL, "1234"); /* there are two */
	CHECK_INT(token_i_connect(&dev), TOKEN_ERR_GONE);
	token_close(&dev);
	begin_at("seam", "1234");
	CHECK_INT(token_i_connect(&dev), TOKEN_ERR_GONE);
	token_close(&dev);
	memset(&dev, 0, sizeof dev);
	dev.module = "/no/such/module.so";
	CHECK_INT(token_open(&dev), TOKEN_ERR_MODULE);
	CHECK_INT(ask_driver(SEAMKEY_REQ_RAW_PRIVATE, SPAN(id)),
		TOKEN_ERR_MODULE);
	token_close(&dev);
	memset(&dev, 0, sizeof dev);
	dev.module = "libm.so.6"; /* a library, but no module */
	CHECK_INT(token_open(&dev), TOKEN_ERR_MODULE);
	token_close(&dev);
	memset(&dev, 0, sizeof dev);
	dev.module = getenv("TOKEN_MODULE");
	dev.label = "seamkey";
	dev.pin = "1234";
	CHECK_INT(token_open(&dev), SEAMKEY_OK);
	token_close(&dev);
}

/* ---- an agent whose key never leaves the token --------------------------- */

static struct office office;
static unsigned char block[4096], request[ROOM], answer[ROOM];
static seamkey_release_block header;
static size_t block_len, answer_len;

/* A block for the legal team, whose key is in the token. */
static void
seal(int padding)
{
	seamkey_block_recipient to = office_recipient(&office, LEGAL);

	to.key = public_key;
	to.padding = padding;
	block_len = 0;
	CHECK_INT(
		seamkey_block_seal(&office.rsa, SEAMKEY_BLOCK_AES_256_GCM, &to,
			1, BYTES("text"), block, sizeof block, &block_len),
		SEAMKEY_OK);
	memset(&header, 0, sizeof header);
	CHECK_INT(seamkey_release_decode_block(
			  &header, seamkey_span_of(block, block_len)),
		SEAMKEY_OK);
}

/* Ask for the key as Alice: what is in the answer. */
static seamkey_release_result
ask(void)
{
	seamkey_release_answer a;
	seamkey_release_result r;
	seamkey_release_who who;
	seamkey_der_reader reader;
	size_t len = 0;

	memset(&a, 0, sizeof a);
	memset(&r, 0, sizeof r);
	memset(&who, 0, sizeof who);
	who.kind = SEAMKEY_RELEASE_NAME;
	who.value = office.name[ALICE];
	CHECK_INT(seamkey_release_encode_request(request, sizeof request, &len,
			  BYTES("request number 1"), SEAMKEY_RELEASE_SEALED,
			  &who, &header, 1, NULL, 0),
		SEAMKEY_OK);
	CHECK_INT(seamkey_agent_answer(&office.env, &office.scene,
			  seamkey_span_of(request, len), answer, sizeof answer,
			  &answer_len),
		SEAMKEY_OK);
	CHECK_INT(seamkey_release_decode_answer(
			  &a, seamkey_span_of(answer, answer_len)),
		SEAMKEY_OK);
	seamkey_der_init(&reader, a.results);
	seamkey_release_get_result(&reader, &r);
	CHECK_INT(reader.err, SEAMKEY_OK);
	return r;
}

/* What Alice finds in the answer opens the block. */
static int
read_block(seamkey_release_result r)
{
	unsigned char plain[4096], key[32], out[64];
	seamkey_release_released released;
	seamkey_block_key own;
	size_t len = 0;
	int status;

	CHECK_INT(r.kind, SEAMKEY_RELEASE_IS_SEALED);
	memset(&own, 0, sizeof own);
	own.key = office.own[ALICE];
	status = seamkey_block_open(
		&office.rsa, 0, &own, 1, r.content, plain, sizeof plain, &len);
	if (status == SEAMKEY_OK) {
		status = seamkey_release_decode_released(
			&released, seamkey_span_of(plain, len));
	}
	if (status == SEAMKEY_OK) {
		status = seamkey_release_check_released(&released,
			BYTES("request number 1"), &header, key, sizeof key);
	}
	if (status != SEAMKEY_OK) {
		return status;
	}
	return seamkey_block_open_content(0, seamkey_span_of(key, sizeof key),
		seamkey_span_of(block, block_len), out, sizeof out, &len);
}

static void
token_serves_an_agent(void)
{
	static unsigned char set_of[2048];
	seamkey_agent_row *key;
	seamkey_span s;
	size_t good;
	int padding;

	begin();
	office_init(&office);
	office.rsa.engine = env.engine;
	key = &office.row[2];
	CHECK_INT(seamkey_span_match(key->name, SPAN(legal_id)), 1);
	key->value = public_key;
	key->handle = SPAN(id);
	key->rejection = SPAN(secret);
	for (padding = 0; padding < 2; padding++) {
		seal(padding);
		CHECK_INT(read_block(ask()), SEAMKEY_OK);
		good = answer_len;
		s = header.recipients;
		memcpy(set_of, s.p, s.len);
		set_of[s.len - 1] ^= 1;
		header.recipients = seamkey_span_of(set_of, s.len);
		CHECK_INT(read_block(ask()), SEAMKEY_ERR_BLOCK_OPEN);
		CHECK_INT(answer_len, good);
		CHECK_INT(office.log.kind, SEAMKEY_AGENT_RELEASED);
	}
	seal(SEAMKEY_BLOCK_PKCS1);
	set.gone = 1;
	CHECK_INT(ask().kind, SEAMKEY_RELEASE_NOT_RELEASED);
	CHECK_INT(office.log.status, TOKEN_ERR_GONE);
	set.gone = 0;
	rest();
	CHECK_INT(read_block(ask()), SEAMKEY_OK);
	set.no_raw = 1;
	CHECK_INT(read_block(ask()), SEAMKEY_OK);
	token_close(&dev);
}

extern const struct test test_token_table[];
const struct test test_token_table[] = {
	{ "token_decrypts_raw", token_decrypts_raw },
	{ "token_decrypts_padded", token_decrypts_padded },
	{ "token_fills_numbers_up", token_fills_numbers_up },
	{ "token_signs", token_signs },
	{ "token_gives_no_wrong_result", token_gives_no_wrong_result },
	{ "token_makes_keys", token_makes_keys },
	{ "token_tells_errors_apart", token_tells_errors_apart },
	{ "token_wants_one_key", token_wants_one_key },
	{ "token_comes_back", token_comes_back },
	{ "token_tries_a_pin_once", token_tries_a_pin_once },
	{ "token_opens_what_is_meant", token_opens_what_is_meant },
	{ "token_serves_an_agent", token_serves_an_agent },
	{ NULL, NULL },
};
