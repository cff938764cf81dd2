/*
 * 05_begin_poll.c - a slow engine in a main loop that never waits
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * What it shows: the form of a service that does not wait. Begin hands the
 * work over, the main loop goes round, and one look per turn tells when the
 * signature is there, and verified. It can be given up at any time.
 *
 * What to copy: struct signing - what stays in place while the operation is
 * under way lives in one object - and the loop.
 *
 * What is faked: the engine, which takes five turns; the loop's other work,
 * which is a counter; the digest; the key, which is everyone's.
 */
#include <stdio.h>

#include "seamkey.h"

#include "demo_key.h"

struct unit {
	const seamkey_req *req; /* has the key in it, and stays in place */
	int turns_left;
};

static int
unit_begin(void *dev, struct seamkey_op *op, const seamkey_req *req)
{
	struct unit *a = (struct unit *)dev;

	(void)op;
	a->req = req;
	a->turns_left = 5;
	return SEAMKEY_AGAIN;
}

static int
unit_poll(void *dev, struct seamkey_op *op)
{
	struct unit *a = (struct unit *)dev;
	seamkey_rsa_bearssl inside = { br_rsa_i31_private, br_rsa_i31_public };

	if (a->turns_left-- > 0) {
		return SEAMKEY_AGAIN;
	}
	return seamkey_rsa_driver_bearssl()->begin(&inside, op, a->req);
}

static void
unit_cancel(void *dev, struct seamkey_op *op)
{
	(void)op;
	((struct unit *)dev)->req = NULL;
}

static const seamkey_driver unit_driver = { 0, unit_begin, unit_poll,
	unit_cancel };

struct signing {
	seamkey_op op;
	unsigned char work[SEAMKEY_RSA_WORK];
	unsigned char sig[SEAMKEY_RSA_MAX_BYTES];
	size_t sig_len;
};

static int
begin_signing(
	struct signing *s, const seamkey_rsa_env *env, seamkey_span digest_info)
{
	seamkey_span key = { demo_private_key, sizeof demo_private_key };

	memset(s, 0, sizeof *s);
	s->op.work = s->work;
	s->op.work_len = sizeof s->work;
	return seamkey_rsa_sign_begin(&s->op, env, s->sig, sizeof s->sig,
		&s->sig_len, digest_info, key);
}

int
main(void)
{
	static struct signing signing; /* 2 kB that need no stack */
	static const unsigned char digest[32] = { 0x5E, 0xA3 };
	seamkey_der_digest_info what = { SEAMKEY_SHA256, { digest, 32 } };
	unsigned char buf[SEAMKEY_DER_MAX_DIGEST_INFO];
	seamkey_span info = { buf, 0 };
	struct unit unit = { NULL, 0 };
	seamkey_rsa_env env;
	int turns = 0, status;

	memset(&env, 0, sizeof env);
	env.engine.drv = &unit_driver;
	env.engine.dev = &unit;
	status = seamkey_der_encode_digest_info(
		buf, sizeof buf, &info.len, &what);
	if (status == SEAMKEY_OK) {
		status = begin_signing(&signing, &env, info);
	}
	while (status == SEAMKEY_AGAIN) {
		turns++; /* the loop's own work */
		status = seamkey_op_poll(&signing.op);
	}
	if (status != SEAMKEY_OK || turns != 6) {
		printf("not signed: %s\n", seamkey_text(status));
		return 1;
	}

	/* Another one, given up at once: nothing is under way then. */
	status = begin_signing(&signing, &env, info);
	seamkey_op_cancel(&signing.op);
	if (status != SEAMKEY_AGAIN || unit.req != NULL
		|| seamkey_op_poll(&signing.op) != SEAMKEY_ERR_STATE) {
		printf("the second one was not given up\n");
		return 1;
	}
	printf("signed in %d turns; a second one was given up\n", turns);
	return 0;
}
