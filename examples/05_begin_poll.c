/*
 * 05_begin_poll.c - a slow RSA unit with an interrupt, and who waits for it
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * What it shows: a unit that computes for a while and then interrupts. Its
 * interrupt sets a flag, and poll reads it: no callback comes from there.
 * First a main loop that never waits: begin hands the work over, one look
 * per turn tells when the signature is there, and verified. Then the form of
 * one call, which waits, while an idle hook feeds the watchdog. Both give up
 * on a unit that hangs, and what was lent to it is wiped.
 *
 * What to copy: the driver, struct signing - what stays in place while the
 * operation is under way lives in one object - and the two ways to wait.
 *
 * What is faked: the unit, which takes five ticks and computes with BearSSL;
 * the loop's other work; the digest; the key, which is everyone's.
 */
#include <stdio.h>

#include "seamkey.h"

#include "demo_key.h"

/* ---- the unit ------------------------------------------------------------ */

/* What it reads and writes: the scratch of an operation. */
struct unit_memory {
	unsigned char operand[SEAMKEY_RSA_MAX_BYTES];
	unsigned char result[SEAMKEY_RSA_MAX_BYTES];
};

struct unit {
	const seamkey_req *req; /* stays in place; NULL: it rests */
	struct unit_memory *memory;
	uint8_t done; /* set by the interrupt, read by poll */
	unsigned ticks;
	int hangs;
};

static void
unit_interrupt(struct unit *u)
{
	SEAMKEY_PUBLISH(&u->done, 1); /* and nothing else */
}

/* Time passes. */
static void
unit_tick(struct unit *u)
{
	seamkey_rsa_bearssl inside = { br_rsa_i31_private, NULL };
	seamkey_req req;
	seamkey_op op;

	if (u->req == NULL || u->hangs || ++u->ticks < 5) {
		return;
	}
	memset(&op, 0, sizeof op);
	req = *u->req; /* has the key in it */
	req.in = seamkey_span_of(u->memory->operand, req.in.len);
	req.out = u->memory->result;
	(void)seamkey_rsa_driver_bearssl()->begin(&inside, &op, &req);
	unit_interrupt(u);
}

/* ---- its driver ---------------------------------------------------------- */

static int
unit_begin(void *dev, struct seamkey_op *op, const seamkey_req *req)
{
	struct unit *u = (struct unit *)dev;

	if (req->kind != SEAMKEY_REQ_RAW_PRIVATE) {
		return SEAMKEY_ERR_UNSUPPORTED; /* software has the others */
	}
	if (u->req != NULL) {
		return SEAMKEY_ERR_STATE; /* it has one at a time */
	}
	u->memory = (struct unit_memory *)op->scratch;
	memcpy(u->memory->operand, req->in.p, req->in.len);
	u->done = 0;
	u->ticks = 0;
	u->req = req; /* now it computes */
	return SEAMKEY_AGAIN;
}

static int
unit_poll(void *dev, struct seamkey_op *op)
{
	struct unit *u = (struct unit *)dev;

	if (!SEAMKEY_OBSERVE(&u->done)) {
		return SEAMKEY_AGAIN;
	}
	memcpy(u->req->out, u->memory->result, u->req->in.len);
	op->out_len = u->req->in.len;
	u->req = NULL;
	return SEAMKEY_OK; /* seamkey wipes the scratch, and verifies */
}

/* The unit is stopped first: after this it writes nothing any more. */
static void
unit_cancel(void *dev, struct seamkey_op *op)
{
	((struct unit *)dev)->req = NULL;
	seamkey_wipe(op->scratch, sizeof(struct unit_memory));
}

static const seamkey_driver unit_driver = { sizeof(struct unit_memory),
	unit_begin, unit_poll, unit_cancel };

/* ---- a loop that never waits --------------------------------------------- */

static struct unit unit;
static struct unit_memory memory;
static const seamkey_span private_key = { demo_private_key,
	sizeof demo_private_key };

struct signing {
	seamkey_op op;
	unsigned char work[SEAMKEY_RSA_WORK];
	unsigned char sig[SEAMKEY_RSA_MAX_BYTES];
	size_t sig_len;
};

/* Sign a DigestInfo, in so many turns of the loop or not at all. */
static int
sign(struct signing *s, const seamkey_rsa_env *env, seamkey_span info,
	int turns, int *turn)
{
	int status;

	memset(s, 0, sizeof *s);
	s->op.work = s->work;
	s->op.work_len = sizeof s->work;
	s->op.scratch = &memory;
	s->op.scratch_len = sizeof memory;
	status = seamkey_rsa_sign_begin(&s->op, env, s->sig, sizeof s->sig,
		&s->sig_len, info, private_key);
	for (*turn = 0; status == SEAMKEY_AGAIN && *turn < turns; *turn += 1) {
		unit_tick(&unit); /* meanwhile: the loop's own work */
		status = seamkey_op_poll(&s->op);
	}
	if (status == SEAMKEY_AGAIN) { /* too long: give it up */
		seamkey_op_cancel(&s->op);
		return SEAMKEY_ERR_CANCELLED;
	}
	return status;
}

/* ---- a call that waits --------------------------------------------------- */

struct patience {
	int fed, at_most;
};

/* Between two polls: feed the watchdog, sleep, and say when to give up. */
static int
idle(void *ctx)
{
	struct patience *p = (struct patience *)ctx;

	unit_tick(&unit);
	p->fed++;
	return p->fed >= p->at_most;
}

/* Somebody sends a key of 16 bytes: does it come out? */
static int
decrypt(const seamkey_rsa_env *env)
{
	static const unsigned char key[16] = "a session's key";
	unsigned char ct[SEAMKEY_RSA_MAX_BYTES], got[16];
	size_t len = 0;
	int status = seamkey_rsa_encrypt(env, ct, sizeof ct, &len,
		seamkey_span_of(key, sizeof key),
		seamkey_span_of(demo_public_key, sizeof demo_public_key));

	if (status == SEAMKEY_OK) {
		status = seamkey_rsa_decrypt(env, got, sizeof got,
			seamkey_span_of(ct, len), private_key);
	}
	if (status == SEAMKEY_OK && !seamkey_ct_equal(got, key, sizeof key)) {
		return SEAMKEY_ERR_HOOK;
	}
	return status;
}

static int
is_clean(void)
{
	static const struct unit_memory clean;

	return unit.req == NULL && memcmp(&memory, &clean, sizeof clean) == 0;
}

int
main(void)
{
	static struct signing signing; /* 2 kB that need no stack */
	static const unsigned char digest[32] = { 0x5E, 0xA3 };
	seamkey_der_digest_info what = { SEAMKEY_SHA256, { digest, 32 } };
	unsigned char buf[SEAMKEY_DER_MAX_DIGEST_INFO];
	seamkey_span info = { buf, 0 };
	struct patience patience = { 0, 20 };
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env;
	int turns = 0, status;

	memset(&env, 0, sizeof env);
	env.engine.drv = &unit_driver;
	env.engine.dev = &unit;
	env.scratch = &memory; /* for the call that waits */
	env.scratch_len = sizeof memory;
	env.idle = idle;
	env.idle_ctx = &patience;
	status = seamkey_random_init(&env.random, &drbg);
	status = status ? status
			: seamkey_der_encode_digest_info(
				buf, sizeof buf, &info.len, &what);
	status = status ? status : sign(&signing, &env, info, 20, &turns);
	status = status ? status : decrypt(&env);
	if (status != SEAMKEY_OK || !is_clean()) {
		printf("not done: %s\n", seamkey_text(status));
		return 1;
	}
	printf("signed in %d turns of the loop, decrypted in a call that fed "
	       "the watchdog %d times; ",
		turns, patience.fed);

	/* The unit hangs. Nobody waits for it without a bound. */
	unit.hangs = 1;
	if (sign(&signing, &env, info, 20, &turns) != SEAMKEY_ERR_CANCELLED
		|| signing.sig_len != 0 || !is_clean()
		|| seamkey_op_poll(&signing.op) != SEAMKEY_ERR_STATE
		|| decrypt(&env) != SEAMKEY_ERR_CANCELLED || !is_clean()) {
		printf("a unit that hangs was not given up\n");
		return 1;
	}
	unit.hangs = 0;
	patience.fed = 0;
	status = decrypt(&env);
	printf("hung twice, given up; then: %s\n", seamkey_text(status));
	return status != SEAMKEY_OK;
}
