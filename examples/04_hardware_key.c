/*
 * 04_hardware_key.c - a key that never leaves its chip
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * What it shows: a driver for a secure element. It is slow, it knows its key
 * by a name, and the call waits for it while an idle hook feeds the watchdog.
 * Its answer is verified with the public key before the caller gets it: a
 * chip that was disturbed is found out, as the second half shows.
 *
 * What to copy: the shape of the driver and the env of main(). No callback
 * comes from an interrupt: that sets a flag, and poll reads it.
 *
 * What is faked: the chip. It counts three polls and then computes with
 * BearSSL, from a key that a real one would not show to anybody.
 */
#include <stdio.h>

#include "seamkey.h"

#include "demo_key.h"

struct chip {
	const seamkey_req *req; /* stays in place until the end */
	int polls_left, is_disturbed;
};

static int
chip_begin(void *dev, struct seamkey_op *op, const seamkey_req *req)
{
	struct chip *chip = (struct chip *)dev;

	(void)op;
	if (req->kind != SEAMKEY_REQ_RAW_PRIVATE
		|| !seamkey_span_match(
			req->handle, seamkey_span_of("slot 3", 6))) {
		return SEAMKEY_ERR_UNSUPPORTED;
	}
	chip->req = req;
	chip->polls_left = 3;
	return SEAMKEY_AGAIN;
}

static int
chip_poll(void *dev, struct seamkey_op *op)
{
	struct chip *chip = (struct chip *)dev;
	seamkey_rsa_bearssl inside = { br_rsa_i31_private, NULL };
	seamkey_req req = *chip->req;
	int status;

	if (chip->polls_left-- > 0) {
		return SEAMKEY_AGAIN;
	}
	req.key = seamkey_span_of(demo_private_key, sizeof demo_private_key);
	status = seamkey_rsa_driver_bearssl()->begin(&inside, op, &req);
	if (chip->is_disturbed) {
		req.out[0] ^= 1;
	}
	return status;
}

static void
chip_cancel(void *dev, struct seamkey_op *op)
{
	(void)op;
	((struct chip *)dev)->req = NULL;
}

static const seamkey_driver chip_driver = { 0, chip_begin, chip_poll,
	chip_cancel };

static int
feed_watchdog(void *ctx)
{
	*(int *)ctx += 1;
	return 0;
}

int
main(void)
{
	seamkey_span public_key = { demo_public_key, sizeof demo_public_key };
	seamkey_span order = seamkey_span_of("valve 4: close", 14);
	struct chip chip = { NULL, 0, 0 };
	unsigned char sig[SEAMKEY_RSA_MAX_BYTES];
	seamkey_rsa_env env;
	size_t sig_len = 0;
	int fed = 0, status, refused;

	memset(&env, 0, sizeof env);
	env.engine.drv = &chip_driver;
	env.engine.dev = &chip;
	env.handle = seamkey_span_of("slot 3", 6);
	env.idle = feed_watchdog;
	env.idle_ctx = &fed;
	status = seamkey_rsa_sign_message(&env, sig, sizeof sig, &sig_len,
		&br_sha256_vtable, order, public_key);
	if (status == SEAMKEY_OK) {
		status = seamkey_rsa_verify_message(NULL,
			seamkey_span_of(sig, sig_len), &br_sha256_vtable, order,
			public_key);
	}
	if (status != SEAMKEY_OK || fed != 4) {
		printf("not signed: %s\n", seamkey_text(status));
		return 1;
	}

	chip.is_disturbed = 1;
	refused = seamkey_rsa_sign_message(&env, sig, sizeof sig, &sig_len,
		&br_sha256_vtable, order, public_key);
	if (refused != SEAMKEY_ERR_RSA_FAULT) {
		printf("a wrong result was handed out\n");
		return 1;
	}
	printf("signed in the chip, the watchdog was fed; disturbed: %s\n",
		seamkey_text(refused));
	return 0;
}
