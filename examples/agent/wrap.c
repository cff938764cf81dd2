/*
 * wrap.c - private keys in a database, encrypted
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * What is secret in a row of kind KEY, its private key and the rejection
 * secret of one in hardware, goes to the database as
 *
 *   version 1 | nonce, 12 octets | ciphertext | tag, 16 octets
 *
 * by AES-256-GCM. Its AD names the field, the access identifier and the key
 * pair identifier: a value that is moved to another row opens nothing. The
 * key comes from a file of 32 octets, or from a passphrase by PBKDF2 with
 * HMAC-SHA-256; one row of the database says which, and has a value sealed
 * with it, so that a wrong passphrase is told before it is used.
 */
#define _XOPEN_SOURCE 700

#include <stdlib.h>
#include <string.h>

#include "agent.h"

#include "examples/files.h"
#include "examples/keyfile.h"

#define WRAP_VERSION 1
#define WRAP_NONCE   12
#define WRAP_TAG     16
#define WRAP_EXTRA   (1 + WRAP_NONCE + WRAP_TAG)
#define WRAP_SALT    16

/* The row: version, method, salt, iterations, and nothing, wrapped. */
#define WRAP_ROW    (2 + WRAP_SALT + 4 + WRAP_EXTRA)
#define WRAP_BY_KEY 1
#define WRAP_BY_PBE 2

/* ---- one value --------------------------------------------------------- */

static void
wrap_start(br_gcm_context *gcm, const unsigned char *nonce, const char *field,
	const seamkey_agent_row *row)
{
	unsigned char len[2];

	len[0] = (unsigned char)(row->owner.len >> 8);
	len[1] = (unsigned char)row->owner.len;
	br_gcm_reset(gcm, nonce, WRAP_NONCE);
	br_gcm_aad_inject(gcm, field, strlen(field) + 1);
	br_gcm_aad_inject(gcm, len, sizeof len);
	br_gcm_aad_inject(gcm, row->owner.p, row->owner.len);
	br_gcm_aad_inject(gcm, row->name.p, row->name.len);
	br_gcm_flip(gcm);
}

/* in to out, which has WRAP_EXTRA octets more. */
static int
wrap_seal(const struct wrap *w, unsigned char *out, seamkey_span in,
	const char *field, const seamkey_agent_row *row)
{
	br_aes_ct64_ctr_keys aes; /* wiped below */
	br_gcm_context gcm;       /* wiped below */
	unsigned char *body = out + 1 + WRAP_NONCE;
	int status = seamkey_random_get(&w->random, out + 1, WRAP_NONCE);

	if (status != SEAMKEY_OK) {
		return status;
	}
	out[0] = WRAP_VERSION;
	if (in.len != 0) {
		memcpy(body, in.p, in.len);
	}
	br_aes_ct64_ctr_init(&aes, w->key, sizeof w->key);
	br_gcm_init(&gcm, &aes.vtable, br_ghash_ctmul64);
	wrap_start(&gcm, out + 1, field, row);
	br_gcm_run(&gcm, 1, body, in.len);
	br_gcm_get_tag(&gcm, body + in.len);
	seamkey_wipe(&aes, sizeof aes);
	seamkey_wipe(&gcm, sizeof gcm);
	return SEAMKEY_OK;
}

/* in to out, which has WRAP_EXTRA octets less. */
static int
wrap_unseal(const struct wrap *w, unsigned char *out, seamkey_span in,
	const char *field, const seamkey_agent_row *row)
{
	br_aes_ct64_ctr_keys aes; /* wiped below */
	br_gcm_context gcm;       /* wiped below */
	size_t len = in.len - WRAP_EXTRA;
	uint32_t good;

	if (in.len < WRAP_EXTRA || in.p[0] != WRAP_VERSION) {
		return WRAP_ERR_ROW;
	}
	if (len != 0) {
		memcpy(out, in.p + 1 + WRAP_NONCE, len);
	}
	br_aes_ct64_ctr_init(&aes, w->key, sizeof w->key);
	br_gcm_init(&gcm, &aes.vtable, br_ghash_ctmul64);
	wrap_start(&gcm, in.p + 1, field, row);
	br_gcm_run(&gcm, 0, out, len);
	good = br_gcm_check_tag(&gcm, in.p + in.len - WRAP_TAG);
	seamkey_wipe(&aes, sizeof aes);
	seamkey_wipe(&gcm, sizeof gcm);
	if (good == 0) {
		seamkey_wipe(out, len);
		return WRAP_ERR_ROW;
	}
	return SEAMKEY_OK;
}

/* ---- the key that wraps ------------------------------------------------ */

/* The row that says how. */
static seamkey_agent_row
wrap_row(void)
{
	seamkey_agent_row row;

	memset(&row, 0, sizeof row);
	row.kind = STORE_KIND_WRAP;
	row.owner = seamkey_span_of("wrap", 4);
	return row;
}

static int
wrap_read_key(struct wrap *w)
{
	unsigned char buf[33]; /* one more: is it longer? wiped below */
	size_t len = 0;
	int status = SEAMKEY_OK;

	if (secret_read_octets(w->secret.key_file, buf, sizeof buf, &len)
		!= DONE) {
		status = WRAP_ERR_TOLD;
	} else if (len != sizeof w->key) {
		status = WRAP_ERR_SECRET;
	} else {
		memcpy(w->key, buf, sizeof w->key);
	}
	seamkey_wipe(buf, sizeof buf);
	return status;
}

/* params: version, method, salt, iterations. */
static int
wrap_derive(struct wrap *w, const unsigned char *params)
{
	static char pass[KEYFILE_MAX_PASS + 2]; /* wiped below */
	pbes2_params p;
	size_t u;

	memset(&p, 0, sizeof p);
	p.salt = seamkey_span_of(params + 2, WRAP_SALT);
	for (u = 0; u < 4; u++) {
		p.iterations = p.iterations << 8 | params[2 + WRAP_SALT + u];
	}
	p.hash = &br_sha256_vtable;
	p.key_len = sizeof w->key;
	if (p.iterations == 0 || p.iterations > PBES2_MAX_ITERATIONS) {
		return WRAP_ERR_ROW;
	}
	if (secret_read(w->secret.pass_file, pass, sizeof pass) != DONE) {
		return WRAP_ERR_TOLD;
	}
	pbes2_derive(&p, seamkey_span_of(pass, strlen(pass)), w->key);
	seamkey_wipe(pass, sizeof pass);
	return SEAMKEY_OK;
}

static int
wrap_find_key(struct wrap *w, const unsigned char *params)
{
	if (params[1] == WRAP_BY_KEY && w->secret.key_file != NULL) {
		return wrap_read_key(w);
	}
	if (params[1] == WRAP_BY_PBE && w->secret.pass_file != NULL) {
		return wrap_derive(w, params);
	}
	return WRAP_ERR_SECRET;
}

int
wrap_create(struct wrap *w, uint32_t iterations)
{
	unsigned char value[WRAP_ROW];
	seamkey_agent_row row = wrap_row();
	unsigned u;
	int status;

	value[0] = WRAP_VERSION;
	value[1] = w->secret.key_file != NULL ? WRAP_BY_KEY : WRAP_BY_PBE;
	for (u = 0; u < 4; u++) {
		value[2 + WRAP_SALT + u] =
			(unsigned char)(iterations >> (24 - 8 * u));
	}
	status = seamkey_random_get(&w->random, value + 2, WRAP_SALT);
	if (status == SEAMKEY_OK) {
		status = wrap_find_key(w, value);
	}
	if (status == SEAMKEY_OK) {
		status = wrap_seal(w, value + 2 + WRAP_SALT + 4,
			seamkey_span_of(NULL, 0), "check", &row);
	}
	row.value = seamkey_span_of(value, sizeof value);
	if (status == SEAMKEY_OK) {
		status = w->inner->cls->rows.change(
			w->inner->ctx, SEAMKEY_AGENT_ADD, &row);
	}
	w->loaded = status == SEAMKEY_OK;
	return status;
}

int
wrap_load(struct wrap *w)
{
	seamkey_agent_row like = wrap_row(), row;
	unsigned char nothing[1];
	int status;

	if (w->loaded) {
		return SEAMKEY_OK;
	}
	status = w->inner->cls->rows.find(w->inner->ctx, &like, 0, &row);
	if (status == SEAMKEY_ERR_RULE_NONE) {
		return WRAP_ERR_NONE;
	}
	if (status == SEAMKEY_OK
		&& (row.value.len != WRAP_ROW
			|| row.value.p[0] != WRAP_VERSION)) {
		status = WRAP_ERR_ROW;
	}
	if (status == SEAMKEY_OK) {
		status = wrap_find_key(w, row.value.p);
	}
	if (status == SEAMKEY_OK
		&& wrap_unseal(w, nothing,
			   seamkey_span_of(
				   row.value.p + 2 + WRAP_SALT + 4, WRAP_EXTRA),
			   "check", &like)
			!= SEAMKEY_OK) {
		status = WRAP_ERR_WRONG;
	}
	w->loaded = status == SEAMKEY_OK;
	return status;
}

/* ---- the store --------------------------------------------------------- */

/* One field in the clear, until done. */
static int
wrap_open_field(struct wrap *w, seamkey_span *field, const char *name,
	const seamkey_agent_row *row)
{
	unsigned char *out = w->arena + w->used;
	size_t len; /* in the clear */
	int status;

	if (field->len == 0) {
		return SEAMKEY_OK;
	}
	if (field->len < WRAP_EXTRA) {
		return WRAP_ERR_ROW;
	}
	len = field->len - WRAP_EXTRA;
	if (sizeof w->arena - w->used < len) {
		return SEAMKEY_ERR_SPACE;
	}
	status = wrap_unseal(w, out, *field, name, row);
	if (status == SEAMKEY_OK) {
		*field = seamkey_span_of(out, len);
		w->used += len;
	}
	return status;
}

/* What is secret in a row comes as it is kept. */
static int
wrap_find(void *ctx, const seamkey_agent_row *like, size_t n,
	seamkey_agent_row *out)
{
	struct wrap *w = (struct wrap *)ctx;

	if (like->kind == SEAMKEY_AGENT_KEY && like->value.p != NULL) {
		return SEAMKEY_ERR_UNSUPPORTED; /* it is not there to compare */
	}
	return w->inner->cls->rows.find(w->inner->ctx, like, n, out);
}

static int
wrap_load_key(void *ctx, seamkey_agent_row *key)
{
	struct wrap *w = (struct wrap *)ctx;
	int status = wrap_load(w);

	if (status == SEAMKEY_OK && key->handle.len == 0) {
		status = wrap_open_field(w, &key->value, "key", key);
	}
	if (status == SEAMKEY_OK) {
		status = wrap_open_field(w, &key->rejection, "rejection", key);
	}
	return status;
}

/* A row of a key, on its way to the database. */
static int
wrap_change_key(struct wrap *w, int change, const seamkey_agent_row *row)
{
	unsigned char value[SEAMKEY_RSA_MAX_KEY_INFO + WRAP_EXTRA];
	unsigned char rejection[64 + WRAP_EXTRA];
	seamkey_agent_row wrapped = *row;
	int status = wrap_load(w);

	if (row->value.len > SEAMKEY_RSA_MAX_KEY_INFO
		|| row->rejection.len > 64) {
		return SEAMKEY_ERR_SPACE;
	}
	if (status == SEAMKEY_OK && row->handle.len == 0) {
		status = wrap_seal(w, value, row->value, "key", row);
		wrapped.value =
			seamkey_span_of(value, row->value.len + WRAP_EXTRA);
	}
	if (status == SEAMKEY_OK && row->rejection.len != 0) {
		status = wrap_seal(
			w, rejection, row->rejection, "rejection", row);
		wrapped.rejection = seamkey_span_of(
			rejection, row->rejection.len + WRAP_EXTRA);
	}
	return status == SEAMKEY_OK
		? w->inner->cls->rows.change(w->inner->ctx, change, &wrapped)
		: status;
}

static int
wrap_change(void *ctx, int change, const seamkey_agent_row *row)
{
	struct wrap *w = (struct wrap *)ctx;

	return row->kind == SEAMKEY_AGENT_KEY && change == SEAMKEY_AGENT_ADD
		? wrap_change_key(w, change, row)
		: w->inner->cls->rows.change(w->inner->ctx, change, row);
}

static void
wrap_done(void *ctx)
{
	struct wrap *w = (struct wrap *)ctx;

	seamkey_wipe(w->arena, w->used);
	w->used = 0;
	w->inner->cls->rows.done(w->inner->ctx);
}

const seamkey_agent_store wrap_store = { wrap_find, wrap_change, wrap_done,
	wrap_load_key };
