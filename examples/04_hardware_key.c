/*
 * 04_hardware_key.c - keys that never leave the slots of a secure element
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * What it shows: a driver for a secure element. The caller names the key by
 * its slot and hands over the public half, where otherwise the private key
 * stands: each result is checked with it before anybody gets it. A chip that
 * was disturbed is found out, both signing and decrypting, and nothing of
 * its wrong result comes out: one such signature can give a key away.
 *
 * What to copy: element_begin(), and the env of main(). env.rejection is 32
 * secret bytes, made once and kept beside the slot's number: what takes the
 * place of a bad message is made of them. 05_begin_poll.c has a unit that
 * takes its time, 07_padding_chip.c a chip that pads by itself.
 *
 * What is faked: the chip. It computes with BearSSL, from a key that a real
 * one would not show to anybody.
 */
#include <stdio.h>

#include "seamkey.h"

#include "demo_key.h"

#define ELEMENT_SLOTS     4
#define ELEMENT_ERR_EMPTY (-1001) /* below -1000: ours, handed through */

struct element {
	seamkey_span slot[ELEMENT_SLOTS]; /* PrivateKeyInfo, or empty */
	int is_disturbed;
};

/* A key by its slot, one octet, and the one thing that this chip can do. */
static int
element_begin(void *dev, struct seamkey_op *op, const seamkey_req *req)
{
	struct element *e = (struct element *)dev;
	seamkey_rsa_bearssl inside = { br_rsa_i31_private, NULL };
	seamkey_req command = *req;
	int status;

	if (req->kind != SEAMKEY_REQ_RAW_PRIVATE || req->handle.len != 1
		|| req->handle.p[0] >= ELEMENT_SLOTS) {
		return SEAMKEY_ERR_UNSUPPORTED;
	}
	command.key = e->slot[req->handle.p[0]];
	if (command.key.len == 0) {
		return ELEMENT_ERR_EMPTY;
	}
	status = seamkey_rsa_driver_bearssl()->begin(&inside, op, &command);
	if (e->is_disturbed) {
		req->out[17] ^= 0x40;
	}
	return status;
}

static const seamkey_driver element_driver = { 0, element_begin, NULL, NULL };

static const seamkey_span public_key = { demo_public_key,
	sizeof demo_public_key };
static const seamkey_span order = { (const unsigned char *)"valve 4: close",
	14 };

/* Sign, and verify as everybody can. sig[0..SEAMKEY_RSA_MAX_BYTES) */
static int
sign(const seamkey_rsa_env *env, unsigned char *sig)
{
	size_t len = 0;
	int status = seamkey_rsa_sign_message(env, sig, SEAMKEY_RSA_MAX_BYTES,
		&len, &br_sha256_vtable, order, public_key);

	return status == SEAMKEY_OK
		? seamkey_rsa_verify_message(NULL, seamkey_span_of(sig, len),
			&br_sha256_vtable, order, public_key)
		: status;
}

/* Somebody sends a key of 16 bytes: does it come out? */
static int
decrypt(const seamkey_rsa_env *env, unsigned char *got)
{
	static const unsigned char key[16] = "a session's key";
	unsigned char ct[SEAMKEY_RSA_MAX_BYTES];
	size_t len = 0;
	int status = seamkey_rsa_encrypt(env, ct, sizeof ct, &len,
		seamkey_span_of(key, sizeof key), public_key);

	if (status == SEAMKEY_OK) {
		status = seamkey_rsa_decrypt(env, got, sizeof key,
			seamkey_span_of(ct, len), public_key);
	}
	if (status == SEAMKEY_OK && !seamkey_ct_equal(got, key, sizeof key)) {
		return SEAMKEY_ERR_HOOK;
	}
	return status;
}

int
main(void)
{
	static const unsigned char slot_3[1] = { 3 }, slot_2[1] = { 2 };
	static const unsigned char nothing[SEAMKEY_RSA_MAX_BYTES];
	unsigned char out[SEAMKEY_RSA_MAX_BYTES] = { 0 };
	unsigned char rejection[32]; /* a device keeps it, beside the handle */
	struct element element;
	br_hmac_drbg_context drbg; /* the state behind env.random */
	seamkey_rsa_env env;
	int status;

	memset(&element, 0, sizeof element);
	element.slot[3] =
		seamkey_span_of(demo_private_key, sizeof demo_private_key);
	memset(&env, 0, sizeof env);
	env.engine.drv = &element_driver;
	env.engine.dev = &element;
	env.handle = seamkey_span_of(slot_3, sizeof slot_3);
	env.rejection = seamkey_span_of(rejection, sizeof rejection);
	if (seamkey_random_init(&env.random, &drbg) != SEAMKEY_OK
		|| seamkey_random_get(&env.random, rejection, sizeof rejection)
			!= SEAMKEY_OK) {
		return 1;
	}
	status = sign(&env, out);
	status = status ? status : decrypt(&env, out);
	if (status != SEAMKEY_OK) {
		printf("not done: %s\n", seamkey_text(status));
		return 1;
	}

	memset(out, 0, sizeof out);
	element.is_disturbed = 1;
	if (sign(&env, out) != SEAMKEY_ERR_RSA_FAULT
		|| decrypt(&env, out) != SEAMKEY_ERR_RSA_FAULT
		|| memcmp(out, nothing, sizeof out) != 0) {
		printf("a wrong result was handed out\n");
		return 1;
	}
	element.is_disturbed = 0;
	env.handle = seamkey_span_of(slot_2, sizeof slot_2);
	if (sign(&env, out) != ELEMENT_ERR_EMPTY) {
		printf("an empty slot has signed\n");
		return 1;
	}
	printf("signed and decrypted in slot 3; disturbed: %s\n",
		seamkey_text(SEAMKEY_ERR_RSA_FAULT));
	seamkey_wipe(rejection, sizeof rejection);
	return 0;
}
