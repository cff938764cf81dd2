/*
 * token.h - private keys in a PKCS #11 token, as an engine of seamkey
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * A seamkey_driver whose device is a token (env.engine.drv = token_driver(),
 * env.engine.dev = the token): a smart card, a hardware security module,
 * SoftHSM2. main.c beside it signs and decrypts with it, seamkey-agent
 * releases. Who includes it defines _XOPEN_SOURCE 700 first, links -ldl where
 * dlopen() is not in the C library, and has the PKCS #11 header of p11-kit.
 *
 * The handle of a key is the CKA_ID of the private key object, octet by
 * octet; one object must have it, and no more. Requests without a handle are
 * answered with SEAMKEY_ERR_UNSUPPORTED: software has those.
 *
 * It decrypts raw, CKM_RSA_X_509, and seamkey takes the padding off, in
 * constant time. Only a token that has no such mechanism, or a key to which
 * it is forbidden, is asked for CKM_RSA_PKCS or CKM_RSA_PKCS_OAEP (SHA-256).
 * What it says of a ciphertext then is bad padding, whatever it says: there
 * must be no difference; what is wrong with the token itself is an error.
 *
 * A token that is removed, or whose session was closed by others, gives an
 * error, and is connected to again: at once, and then once for each pause. A
 * PIN that was refused is never tried again, as tokens count.
 *
 * The token is waited for as long as it takes. A device is one thread's at a
 * time, and not to be taken through fork(). The module is this device's
 * alone, because a token that was put back may need it initialized anew.
 */
#ifndef SEAMKEY_EXAMPLE_TOKEN_H
#define SEAMKEY_EXAMPLE_TOKEN_H

#include <dlfcn.h>
#include <string.h>
#include <time.h>

#include <p11-kit/pkcs11.h>

#include "seamkey_rsa.h"

enum token_error {
	TOKEN_ERR_MODULE = -1121, /* not to be loaded, or no module */
	TOKEN_ERR_GONE = -1122,   /* there is no such token now */
	TOKEN_ERR_PIN = -1123,    /* refused: it is not tried again */
	TOKEN_ERR_KEY = -1124,    /* no such key, or more than one */
	TOKEN_ERR_FAILED = -1125  /* anything else; see last */
};

#define TOKEN_SLOTS 32
#define TOKEN_KEYS  8  /* whose place in the token is remembered */
#define TOKEN_ID    64 /* bytes of a CKA_ID that is remembered */
#define TOKEN_PAUSE 1000

#define TOKEN_NUMBER (SEAMKEY_RSA_MAX_BYTES + 8) /* with zeros before it */

/* Where a key is, as long as the session lasts. */
typedef struct token_key {
	unsigned char id[TOKEN_ID];
	size_t len; /* 0: none */
	CK_OBJECT_HANDLE object;
} token_key;

/* The caller zeroes it, and sets the first four, which stay in place. */
typedef struct token {
	const char *module; /* a file */
	const char *label;  /* of the token; NULL: the only one there is */
	const char *pin;    /* NULL: the token has a way of its own */
	unsigned pause;     /* ms between attempts to connect; 0: 1000 */

	/* its own */
	void *library;
	CK_FUNCTION_LIST *f;
	int initialized; /* by us */
	int open, refused;
	CK_SESSION_HANDLE session;
	uint64_t not_before;
	token_key key[TOKEN_KEYS];
	unsigned next;
	CK_RV last; /* what the module answered */
} token;

static inline const char *
token_text(int status)
{
	switch (status) {
	case TOKEN_ERR_MODULE:
		return "the PKCS #11 module cannot be used";
	case TOKEN_ERR_GONE:
		return "the token is not there";
	case TOKEN_ERR_PIN:
		return "the token has refused the PIN";
	case TOKEN_ERR_KEY:
		return "the token has no such key, or more than one";
	case TOKEN_ERR_FAILED:
		return "the token does not do what it should";
	default:
		return seamkey_rsa_text(status);
	}
}

/* ---- answers of a module ----------------------------------------------- */

/* Cryptoki has no const. */
static inline CK_BYTE *
token_i_bytes(const void *p)
{
	return (CK_BYTE *)(uintptr_t)p;
}

/* Is it the session or the token that is gone? */
static inline int
token_i_is_lost(CK_RV rv)
{
	switch (rv) {
	case CKR_CRYPTOKI_NOT_INITIALIZED:
	case CKR_DEVICE_ERROR:
	case CKR_DEVICE_REMOVED:
	case CKR_KEY_HANDLE_INVALID:
	case CKR_OBJECT_HANDLE_INVALID:
	case CKR_OPERATION_ACTIVE:
	case CKR_OPERATION_NOT_INITIALIZED:
	case CKR_SESSION_CLOSED:
	case CKR_SESSION_HANDLE_INVALID:
	case CKR_SLOT_ID_INVALID:
	case CKR_TOKEN_NOT_PRESENT:
	case CKR_TOKEN_NOT_RECOGNIZED:
	case CKR_USER_NOT_LOGGED_IN:
		return 1;
	default:
		return 0;
	}
}

/* Does the token not have this mechanism, or not for this key? Told before
 * it has seen a ciphertext. */
static inline int
token_i_is_unable(CK_RV rv)
{
	switch (rv) {
	case CKR_ARGUMENTS_BAD:
	case CKR_FUNCTION_NOT_SUPPORTED:
	case CKR_KEY_FUNCTION_NOT_PERMITTED:
	case CKR_KEY_SIZE_RANGE:
	case CKR_KEY_TYPE_INCONSISTENT:
	case CKR_MECHANISM_INVALID:
	case CKR_MECHANISM_PARAM_INVALID:
		return 1;
	default:
		return 0;
	}
}

/* Is it the machine? Everything else that is said of a ciphertext counts as
 * said of its padding. */
static inline int
token_i_is_broken(CK_RV rv)
{
	return rv == CKR_HOST_MEMORY || rv == CKR_DEVICE_MEMORY
		|| rv == CKR_FUNCTION_CANCELED || rv == CKR_PIN_EXPIRED
		|| rv == CKR_BUFFER_TOO_SMALL;
}

/* ---- the token --------------------------------------------------------- */

static inline uint64_t
token_i_now(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_MONOTONIC, &t) != 0) {
		return 0;
	}
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* What rv means; a session that is of no use is closed. */
static inline int
token_i_status(token *t, CK_RV rv)
{
	t->last = rv;
	if (rv == CKR_OK) {
		return SEAMKEY_OK;
	}
	if (!token_i_is_lost(rv) && rv != CKR_BUFFER_TOO_SMALL) {
		return TOKEN_ERR_FAILED;
	}
	if (t->open) {
		(void)t->f->C_CloseSession(t->session);
	}
	t->open = 0;
	memset(t->key, 0, sizeof t->key);
	return token_i_is_lost(rv) ? TOKEN_ERR_GONE : TOKEN_ERR_FAILED;
}

static inline int
token_i_initialize(token *t)
{
	CK_C_INITIALIZE_ARGS args;
	CK_RV rv;

	memset(&args, 0, sizeof args);
	args.flags = CKF_OS_LOCKING_OK;
	rv = t->f->C_Initialize(&args);
	t->initialized = rv == CKR_OK;
	t->last = rv;
	return rv == CKR_OK || rv == CKR_CRYPTOKI_ALREADY_INITIALIZED
		? SEAMKEY_OK
		: TOKEN_ERR_MODULE;
}

/* Is it this one? Labels are padded with blanks. */
static inline int
token_i_is_meant(const token *t, const CK_TOKEN_INFO *info)
{
	size_t len = 0, u;

	if ((info->flags & CKF_TOKEN_INITIALIZED) == 0) {
		return 0;
	}
	if (t->label == NULL) {
		return 1;
	}
	len = strlen(t->label);
	if (len > sizeof info->label
		|| memcmp(info->label, t->label, len) != 0) {
		return 0;
	}
	for (u = len; u < sizeof info->label; u++) {
		if (info->label[u] != ' ') {
			return 0;
		}
	}
	return 1;
}

/* The slot of the token, if there is one, and no second like it. */
static inline int
token_i_find_slot(token *t, CK_SLOT_ID *slot, CK_FLAGS *flags)
{
	CK_SLOT_ID slots[TOKEN_SLOTS];
	CK_TOKEN_INFO info;
	CK_ULONG count = TOKEN_SLOTS, u, found = 0;
	int status = token_i_status(t, t->f->C_GetSlotList(1, slots, &count));

	if (status != SEAMKEY_OK) {
		return status;
	}
	for (u = 0; u < count; u++) {
		if (t->f->C_GetTokenInfo(slots[u], &info) == CKR_OK
			&& token_i_is_meant(t, &info)) {
			*slot = slots[u];
			*flags = info.flags;
			found++;
		}
	}
	return found == 1 ? SEAMKEY_OK : TOKEN_ERR_GONE;
}

static inline int
token_i_login(token *t)
{
	size_t len = t->pin != NULL ? strlen(t->pin) : 0;

	t->last = t->f->C_Login(
		t->session, CKU_USER, token_i_bytes(t->pin), (CK_ULONG)len);
	switch (t->last) {
	case CKR_OK:
	case CKR_USER_ALREADY_LOGGED_IN:
		return SEAMKEY_OK;
	case CKR_PIN_INCORRECT:
	case CKR_PIN_INVALID:
	case CKR_PIN_LEN_RANGE:
	case CKR_PIN_EXPIRED:
	case CKR_PIN_LOCKED:
		t->refused = 1;
		return TOKEN_ERR_PIN;
	default:
		return token_i_status(t, t->last);
	}
}

static inline int
token_i_open_session(token *t)
{
	CK_SLOT_ID slot = 0;
	CK_FLAGS flags = 0;
	int status = token_i_find_slot(t, &slot, &flags);

	if (status != SEAMKEY_OK) {
		return status;
	}
	status = token_i_status(t,
		t->f->C_OpenSession(
			slot, CKF_SERIAL_SESSION, NULL, NULL, &t->session));
	if (status != SEAMKEY_OK) {
		return status;
	}
	t->open = 1;
	if ((flags & CKF_LOGIN_REQUIRED) != 0) {
		status = token_i_login(t);
	}
	if (status != SEAMKEY_OK && t->open) {
		(void)t->f->C_CloseSession(t->session);
		t->open = 0;
	}
	return status;
}

/* A session, new where there is none. A token that is not to be seen may
 * have been put back: many modules look for tokens once. */
static inline int
token_i_connect(token *t)
{
	int status;

	if (t->open) {
		return SEAMKEY_OK;
	}
	if (t->refused) {
		return TOKEN_ERR_PIN;
	}
	if (t->f == NULL) {
		return TOKEN_ERR_MODULE;
	}
	if (token_i_now() < t->not_before) {
		return TOKEN_ERR_GONE;
	}
	status = token_i_open_session(t);
	if (status != SEAMKEY_OK && status != TOKEN_ERR_PIN) {
		if (t->initialized) {
			(void)t->f->C_Finalize(NULL);
		}
		status = token_i_initialize(t) == SEAMKEY_OK
			? token_i_open_session(t)
			: TOKEN_ERR_GONE;
	}
	if (status != SEAMKEY_OK) {
		t->not_before = token_i_now()
			+ (t->pause != 0 ? t->pause : TOKEN_PAUSE);
	}
	return status;
}

/* ---- keys -------------------------------------------------------------- */

/* The object of this class with this CKA_ID, or CKA_LABEL, if it is the only
 * one. */
static inline int
token_i_search(token *t, CK_OBJECT_CLASS cls, CK_ATTRIBUTE_TYPE by,
	seamkey_span value, CK_OBJECT_HANDLE *object)
{
	CK_KEY_TYPE type = CKK_RSA;
	CK_ATTRIBUTE like[3] = { { CKA_CLASS, &cls, sizeof cls },
		{ CKA_KEY_TYPE, &type, sizeof type }, { 0, NULL, 0 } };
	CK_OBJECT_HANDLE found[2] = { 0, 0 };
	CK_ULONG count = 0;
	CK_RV rv;

	like[2].type = by;
	like[2].pValue = token_i_bytes(value.p);
	like[2].ulValueLen = (CK_ULONG)value.len;
	rv = t->f->C_FindObjectsInit(t->session, like, 3);
	if (rv == CKR_OK) {
		rv = t->f->C_FindObjects(t->session, found, 2, &count);
		(void)t->f->C_FindObjectsFinal(t->session);
	}
	if (rv != CKR_OK) {
		return token_i_status(t, rv);
	}
	*object = found[0];
	return count == 1 ? SEAMKEY_OK : TOKEN_ERR_KEY;
}

static inline int
token_i_find_key(token *t, seamkey_span id, CK_OBJECT_HANDLE *object)
{
	token_key *k;
	unsigned u;
	int status;

	for (u = 0; u < TOKEN_KEYS; u++) {
		if (t->key[u].len != 0
			&& seamkey_span_match(id,
				seamkey_span_of(t->key[u].id, t->key[u].len))) {
			*object = t->key[u].object;
			return SEAMKEY_OK;
		}
	}
	status = token_i_search(t, CKO_PRIVATE_KEY, CKA_ID, id, object);
	if (status == SEAMKEY_OK && id.len <= TOKEN_ID) {
		k = &t->key[t->next++ % TOKEN_KEYS];
		memcpy(k->id, id.p, id.len);
		k->len = id.len;
		k->object = *object;
	}
	return status;
}

/* The octets that an attribute has, in room for len of them. */
static inline int
token_i_get_octets(token *t, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
	unsigned char *buf, size_t len, seamkey_span *out)
{
	CK_ATTRIBUTE a;
	CK_RV rv;

	a.type = type;
	a.pValue = buf;
	a.ulValueLen = (CK_ULONG)len;
	rv = t->f->C_GetAttributeValue(t->session, object, &a, 1);
	if (rv == CKR_ATTRIBUTE_TYPE_INVALID) {
		return TOKEN_ERR_KEY;
	}
	if (rv != CKR_OK) {
		return token_i_status(t, rv);
	}
	if (a.ulValueLen > len) {
		return TOKEN_ERR_FAILED;
	}
	*out = seamkey_span_of(buf, a.ulValueLen);
	return SEAMKEY_OK;
}

/* The same of a number, without zeros before it. */
static inline int
token_i_get_number(token *t, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
	unsigned char *buf, size_t len, seamkey_span *out)
{
	int status = token_i_get_octets(t, object, type, buf, len, out);

	while (status == SEAMKEY_OK && out->len != 0 && out->p[0] == 0) {
		out->p++;
		out->len--;
	}
	return status;
}

/*
 * The CKA_ID, which is the handle, of the private key with this CKA_LABEL,
 * out[0..cap). TOKEN_ERR_KEY: there is no such key, or more than one, or it
 * has no CKA_ID.
 */
static inline int
token_get_id(token *t, seamkey_span label, unsigned char *out, size_t cap,
	size_t *len)
{
	CK_OBJECT_HANDLE object = 0;
	seamkey_span id;
	int status = token_i_connect(t);

	if (status == SEAMKEY_OK) {
		status = token_i_search(
			t, CKO_PRIVATE_KEY, CKA_LABEL, label, &object);
	}
	if (status == SEAMKEY_OK) {
		status = token_i_get_octets(t, object, CKA_ID, out, cap, &id);
	}
	if (status == SEAMKEY_OK && id.len == 0) {
		status = TOKEN_ERR_KEY;
	}
	if (status == SEAMKEY_OK) {
		*len = id.len;
	}
	return status;
}

/* What a public key is made of, in room for TOKEN_NUMBER octets each. */
static inline int
token_i_get_numbers(token *t, CK_OBJECT_HANDLE object, unsigned char *n,
	unsigned char *e, seamkey_der_rsa_public *pub)
{
	int status = token_i_get_number(
		t, object, CKA_MODULUS, n, TOKEN_NUMBER, &pub->n);

	return status == SEAMKEY_OK ? token_i_get_number(
		       t, object, CKA_PUBLIC_EXPONENT, e, TOKEN_NUMBER, &pub->e)
				    : status;
}

/*
 * The SubjectPublicKeyInfo of a key, out[0..cap): what a row has beside the
 * handle. Not every private key object tells it: then the public one with
 * this CKA_ID does. TOKEN_ERR_KEY: there is no private key object with it,
 * or more than one, or nobody tells.
 */
static inline int
token_get_public(
	token *t, seamkey_span id, unsigned char *out, size_t cap, size_t *len)
{
	unsigned char n[TOKEN_NUMBER], e[TOKEN_NUMBER];
	seamkey_der_rsa_public pub;
	CK_OBJECT_HANDLE object = 0;
	int status = token_i_connect(t);

	if (status == SEAMKEY_OK) {
		status =
			token_i_search(t, CKO_PRIVATE_KEY, CKA_ID, id, &object);
	}
	if (status != SEAMKEY_OK) {
		return status;
	}
	status = token_i_get_numbers(t, object, n, e, &pub);
	if (status == TOKEN_ERR_KEY) {
		status = token_i_search(t, CKO_PUBLIC_KEY, CKA_ID, id, &object);
		if (status == SEAMKEY_OK) {
			status = token_i_get_numbers(t, object, n, e, &pub);
		}
	}
	return status == SEAMKEY_OK
		? seamkey_der_encode_rsa_public_info(out, cap, len, &pub)
		: status;
}

/* ---- a new key --------------------------------------------------------- */

static inline CK_ATTRIBUTE
token_i_attribute(CK_ATTRIBUTE_TYPE type, const void *value, size_t len)
{
	CK_ATTRIBUTE a;

	a.type = type;
	a.pValue = token_i_bytes(value);
	a.ulValueLen = (CK_ULONG)len;
	return a;
}

/* Is there no key with this CKA_ID? */
static inline int
token_i_is_free(token *t, seamkey_span id)
{
	CK_OBJECT_HANDLE object = 0;
	int status = token_i_search(t, CKO_PRIVATE_KEY, CKA_ID, id, &object);

	if (status == TOKEN_ERR_KEY && object == 0) {
		return SEAMKEY_OK;
	}
	return status == SEAMKEY_OK ? TOKEN_ERR_KEY : status;
}

static inline CK_RV
token_i_generate(token *t, CK_SESSION_HANDLE session, seamkey_span id,
	CK_ULONG bits, CK_ATTRIBUTE_TYPE purpose)
{
	static const CK_BYTE e[3] = { 1, 0, 1 };
	CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
	CK_MECHANISM how = { CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 };
	CK_OBJECT_HANDLE public_key, private_key;
	const CK_BBOOL *signs = purpose == CKA_SIGN ? &yes : &no;
	const CK_BBOOL *decrypts = purpose == CKA_DECRYPT ? &yes : &no;
	CK_ATTRIBUTE pub[4], priv[9];

	pub[0] = token_i_attribute(CKA_TOKEN, &yes, sizeof yes);
	pub[1] = token_i_attribute(CKA_ID, id.p, id.len);
	pub[2] = token_i_attribute(CKA_MODULUS_BITS, &bits, sizeof bits);
	pub[3] = token_i_attribute(CKA_PUBLIC_EXPONENT, e, sizeof e);
	priv[0] = pub[0];
	priv[1] = pub[1];
	priv[2] = token_i_attribute(CKA_PRIVATE, &yes, sizeof yes);
	priv[3] = token_i_attribute(CKA_SENSITIVE, &yes, sizeof yes);
	priv[4] = token_i_attribute(CKA_EXTRACTABLE, &no, sizeof no);
	priv[5] = token_i_attribute(CKA_SIGN, signs, sizeof *signs);
	priv[6] = token_i_attribute(CKA_DECRYPT, decrypts, sizeof *decrypts);
	/* what is left out may be a yes */
	priv[7] = token_i_attribute(CKA_SIGN_RECOVER, &no, sizeof no);
	priv[8] = token_i_attribute(CKA_UNWRAP, &no, sizeof no);
	return t->f->C_GenerateKeyPair(
		session, &how, pub, 4, priv, 9, &public_key, &private_key);
}

/*
 * Make a key pair in the token, with this CKA_ID. Nobody can read its private
 * half, not even who has the PIN; it is for one purpose, CKA_SIGN or
 * CKA_DECRYPT (which if it is raw is the same to a token as signing).
 * TOKEN_ERR_KEY: this CKA_ID is taken.
 */
static inline int
token_make_key(
	token *t, seamkey_span id, CK_ULONG bits, CK_ATTRIBUTE_TYPE purpose)
{
	CK_SESSION_HANDLE session = 0;
	CK_SESSION_INFO info;
	int status = token_i_connect(t);
	CK_RV rv;

	if (status == SEAMKEY_OK) {
		status = token_i_is_free(t, id);
	}
	if (status != SEAMKEY_OK) {
		return status;
	}
	/* the session that is open may not write; both are logged in */
	rv = t->f->C_GetSessionInfo(t->session, &info);
	if (rv == CKR_OK) {
		rv = t->f->C_OpenSession(info.slotID,
			CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL,
			&session);
	}
	if (rv == CKR_OK) {
		rv = token_i_generate(t, session, id, bits, purpose);
		(void)t->f->C_CloseSession(session);
	}
	return token_i_status(t, rv);
}

/* ---- the driver -------------------------------------------------------- */

/* The mechanism of a request, with what it points to. */
typedef struct token_i_how {
	CK_MECHANISM mechanism;
	CK_RSA_PKCS_OAEP_PARAMS oaep;
	int strips; /* 1: what comes out has no padding */
	int signs;
} token_i_how;

static inline int
token_i_choose(token_i_how *h, int kind)
{
	memset(h, 0, sizeof *h);
	switch (kind) {
	case SEAMKEY_REQ_RAW_PRIVATE:
		h->mechanism.mechanism = CKM_RSA_X_509;
		break;
	case SEAMKEY_REQ_PKCS1_SIGN:
		h->mechanism.mechanism = CKM_RSA_PKCS;
		h->signs = 1;
		break;
	case SEAMKEY_REQ_PKCS1_DECRYPT:
		h->mechanism.mechanism = CKM_RSA_PKCS;
		h->strips = 1;
		break;
	case SEAMKEY_REQ_OAEP_DECRYPT:
		h->oaep.hashAlg = CKM_SHA256;
		h->oaep.mgf = CKG_MGF1_SHA256;
		h->oaep.source = CKZ_DATA_SPECIFIED;
		h->mechanism.mechanism = CKM_RSA_PKCS_OAEP;
		h->mechanism.pParameter = &h->oaep;
		h->mechanism.ulParameterLen = sizeof h->oaep;
		h->strips = 1;
		break;
	default:
		return 0;
	}
	return 1;
}

/* What the token has written: a message, or as long as the modulus. Some
 * leave zeros before a number away; how many that were, their length has
 * told already, to who can measure it. */
static inline int
token_i_give(const token_i_how *h, seamkey_op *op, const seamkey_req *req,
	size_t len)
{
	size_t missing;

	if (len > req->out_cap) {
		return TOKEN_ERR_FAILED;
	}
	missing = req->out_cap - len;
	if (h->strips) {
		memset(req->out + len, 0, missing);
		op->out_len = len;
		return SEAMKEY_OK;
	}
	if (missing != 0) {
		memmove(req->out + missing, req->out, len);
		memset(req->out, 0, missing);
	}
	op->out_len = req->out_cap;
	return SEAMKEY_OK;
}

static inline int
token_i_compute(token *t, token_i_how *h, CK_OBJECT_HANDLE key, seamkey_op *op,
	const seamkey_req *req)
{
	CK_ULONG len = (CK_ULONG)req->out_cap;
	CK_RV rv = h->signs
		? t->f->C_SignInit(t->session, &h->mechanism, key)
		: t->f->C_DecryptInit(t->session, &h->mechanism, key);

	if (token_i_is_unable(rv)) {
		t->last = rv;
		return SEAMKEY_ERR_UNSUPPORTED;
	}
	if (rv != CKR_OK) {
		return token_i_status(t, rv);
	}
	rv = (h->signs ? t->f->C_Sign : t->f->C_Decrypt)(t->session,
		token_i_bytes(req->in.p), (CK_ULONG)req->in.len, req->out,
		&len);
	if (rv == CKR_OK) {
		return token_i_give(h, op, req, len);
	}
	if (h->strips && !token_i_is_lost(rv) && !token_i_is_broken(rv)) {
		t->last = rv;
		return SEAMKEY_ERR_RSA_DECRYPT;
	}
	return token_i_status(t, rv);
}

static inline int
token_i_begin(void *dev, struct seamkey_op *op, const seamkey_req *req)
{
	token *t = (token *)dev;
	CK_OBJECT_HANDLE key = 0;
	token_i_how how;
	int status, again;

	if (req->handle.len == 0 || !token_i_choose(&how, req->kind)) {
		return SEAMKEY_ERR_UNSUPPORTED;
	}
	do {
		again = t->open; /* a session that may be dead by now */
		status = token_i_connect(t);
		if (status == SEAMKEY_OK) {
			status = token_i_find_key(t, req->handle, &key);
		}
		if (status == SEAMKEY_OK) {
			status = token_i_compute(t, &how, key, op, req);
		}
	} while (again && status == TOKEN_ERR_GONE);
	if (status != SEAMKEY_OK) {
		seamkey_wipe(req->out, req->out_cap);
	}
	return status;
}

static inline const seamkey_driver *
token_driver(void)
{
	static const seamkey_driver driver = { 0, token_i_begin, NULL, NULL };

	return &driver;
}

/* ---- opening ----------------------------------------------------------- */

/* Load the module, and no more. */
static inline int
token_load(token *t)
{
	CK_C_GetFunctionList get = NULL;
	void *symbol;

	t->library = dlopen(t->module, RTLD_NOW | RTLD_LOCAL);
	if (t->library == NULL) {
		return TOKEN_ERR_MODULE;
	}
	symbol = dlsym(t->library, "C_GetFunctionList");
	memcpy(&get, &symbol, sizeof get);
	if (get == NULL || get(&t->f) != CKR_OK || t->f == NULL) {
		t->f = NULL;
		return TOKEN_ERR_MODULE;
	}
	return token_i_initialize(t);
}

/*
 * Load the module, and log in. On an error the token is still to be closed;
 * after TOKEN_ERR_GONE it may also be used, and connects when it can.
 */
static inline int
token_open(token *t)
{
	int status = token_load(t);

	return status == SEAMKEY_OK ? token_i_connect(t) : status;
}

/* With the session ends the login: the keys are closed again. */
static inline void
token_i_leave(token *t)
{
	if (t->open) {
		(void)t->f->C_Logout(t->session);
		(void)t->f->C_CloseSession(t->session);
	}
	t->open = 0;
	memset(t->key, 0, sizeof t->key);
}

/*
 * Log in anew, with another PIN, also where the one before it was refused.
 * It stays in place, whatever is returned: TOKEN_ERR_GONE connects when it
 * can.
 */
static inline int
token_set_pin(token *t, const char *pin)
{
	token_i_leave(t);
	t->pin = pin;
	t->refused = 0;
	t->not_before = 0;
	return token_i_connect(t);
}

static inline void
token_close(token *t)
{
	token_i_leave(t);
	if (t->f != NULL && t->initialized) {
		(void)t->f->C_Finalize(NULL);
	}
	if (t->library != NULL) {
		(void)dlclose(t->library);
	}
	t->library = NULL;
	t->f = NULL;
}

#endif
