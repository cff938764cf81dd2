/*
 * fake_driver.h - an engine that answers as it is told: late, never, wrongly
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * It computes with BearSSL, as a unit in hardware would compute with its
 * own multiplier, and then does to the answer what the test asks for. It
 * counts its calls, and checks what a driver may rely on.
 */
#ifndef SEAMKEY_FAKE_DRIVER_H
#define SEAMKEY_FAKE_DRIVER_H

#include "oaep.h"
#include "rsa_tools.h"

#define FAKE_SCRATCH 64
#define FAKE_FOREVER (-1)

/* What is wrong with an answer. */
enum fake_lie {
	FAKE_HONEST,
	FAKE_WRONG_FIRST,  /* the first octet of the result is another */
	FAKE_WRONG_LAST,   /* the last */
	FAKE_ONE_SHORT,    /* out_len one too small */
	FAKE_NO_RESULT,    /* out_len 0, nothing written */
	FAKE_ONE_LONG,     /* out_len one above out_cap */
	FAKE_FAR_TOO_LONG, /* out_len the largest there is */
	FAKE_ODD_STATUS    /* a positive status that means nothing */
};

/* Calls of hooks, of which one can be made to fail. */
struct faults {
	int at; /* the call that fails, from 1; 0: none */
	int calls;
	int failed; /* what failed: FAULT_..., 0 while nothing has */
};

enum {
	FAULT_BEGIN = 1,
	FAULT_POLL,
	FAULT_RANDOM,
	FAULT_IDLE
};

#define FAKE_ERROR (-1500) /* one of the caller's numbers */

struct fake {
	/* the test's */
	seamkey_span key;    /* its own PrivateKeyInfo; empty: that of req */
	seamkey_span handle; /* what it knows that by; empty: nothing */
	unsigned can;        /* 1u << kind: what it can do */
	int polls;           /* polls until it is done; 0: begin does it */
	int late;            /* 1: says only in poll that it cannot */
	int status;          /* what it answers instead of SEAMKEY_OK */
	enum fake_lie lie;
	struct faults *faults;

	/* its own */
	int begins, poll_calls, cancels, left;
	int kinds[4]; /* of the first requests */
	const seamkey_req *req;
};

#define FAKE_RAW \
	((1u << SEAMKEY_REQ_RAW_PRIVATE) | (1u << SEAMKEY_REQ_RAW_PUBLIC))
#define FAKE_PADDED \
	((1u << SEAMKEY_REQ_PKCS1_SIGN) | (1u << SEAMKEY_REQ_PKCS1_DECRYPT) \
		| (1u << SEAMKEY_REQ_OAEP_DECRYPT))

/* 1 if this call is the one to fail. */
static inline int
fault_now(struct faults *f, int who)
{
	if (f == NULL || ++f->calls != f->at) {
		return 0;
	}
	f->failed = who;
	return 1;
}

/* The message in a block of type 2, or -1. */
static inline long
fake_unpad(const unsigned char *em, size_t k)
{
	size_t at = 2;

	while (at < k && em[at] != 0) {
		at++;
	}
	if (em[0] != 0 || em[1] != 2 || at < 10 || at == k) {
		return -1;
	}
	return (long)at + 1;
}

/* The answer to req at req->out: a status, the length in op. */
static inline int
fake_compute(const struct fake *dev, seamkey_op *op, const seamkey_req *req)
{
	static unsigned char em[KEY_BYTES], result[KEY_BYTES];
	seamkey_span key = dev->key.len != 0 ? dev->key : req->key;
	size_t k = req->out_cap;
	long at;

	op->out_len = k;
	switch (req->kind) {
	case SEAMKEY_REQ_RAW_PUBLIC:
		raw(req->kind, req->out, req->in.p, k, req->key);
		return SEAMKEY_OK;
	case SEAMKEY_REQ_RAW_PRIVATE:
		raw(req->kind, req->out, req->in.p, k, key);
		return SEAMKEY_OK;
	case SEAMKEY_REQ_PKCS1_SIGN:
		memset(em, 0xFF, k);
		em[0] = 0;
		em[1] = 1;
		em[k - req->in.len - 1] = 0;
		memcpy(em + k - req->in.len, req->in.p, req->in.len);
		raw(SEAMKEY_REQ_RAW_PRIVATE, req->out, em, k, key);
		return SEAMKEY_OK;
	default:
		raw(SEAMKEY_REQ_RAW_PRIVATE, result, req->in.p, k, key);
		if (req->kind == SEAMKEY_REQ_OAEP_DECRYPT) {
			oaep_open(result, k);
			at = (long)oaep_find(result, k);
		} else {
			at = fake_unpad(result, k);
		}
		if (at <= 0) {
			return SEAMKEY_ERR_RSA_DECRYPT;
		}
		op->out_len = k - (size_t)at;
		memcpy(req->out, result + at, op->out_len);
		return SEAMKEY_OK;
	}
}

/* Compute, and answer as told. */
static inline int
fake_answer(struct fake *dev, seamkey_op *op, const seamkey_req *req)
{
	int status;

	if (dev->status != 0) {
		return dev->status;
	}
	status = fake_compute(dev, op, req);
	if (status != SEAMKEY_OK) {
		return status;
	}
	switch (dev->lie) {
	case FAKE_WRONG_FIRST:
		req->out[0] ^= 0x01;
		break;
	case FAKE_WRONG_LAST:
		req->out[op->out_len - 1] ^= 0x80;
		break;
	case FAKE_ONE_SHORT:
		op->out_len--;
		break;
	case FAKE_NO_RESULT:
		memset(req->out, 0, req->out_cap);
		op->out_len = 0;
		break;
	case FAKE_ONE_LONG:
		op->out_len = req->out_cap + 1;
		break;
	case FAKE_FAR_TOO_LONG:
		op->out_len = (size_t)-1;
		break;
	case FAKE_ODD_STATUS:
		return 7;
	default:
		break;
	}
	return SEAMKEY_OK;
}

/* What every driver may rely on. */
static inline void
fake_check_request(const struct fake *dev, const seamkey_req *req)
{
	int bare = req->kind == SEAMKEY_REQ_PKCS1_SIGN
		|| req->kind == SEAMKEY_REQ_PKCS1_DECRYPT
		|| req->kind == SEAMKEY_REQ_OAEP_DECRYPT;

	CHECK_INT(bare || req->in.len == req->out_cap, 1);
	CHECK_INT(req->out != NULL && req->in.p != NULL, 1);
	CHECK_INT(req->in.p + req->in.len <= req->out
			|| req->out + req->out_cap <= req->in.p,
		1);
	if (dev->handle.len != 0) {
		CHECK_INT(seamkey_span_match(req->handle, dev->handle), 1);
	} else {
		CHECK_INT(req->handle.len, 0);
		CHECK_INT(req->key.len != 0, 1);
	}
}

static inline int
fake_begin(void *device, seamkey_op *op, const seamkey_req *req)
{
	struct fake *dev = (struct fake *)device;

	if (dev->begins < 4) {
		dev->kinds[dev->begins] = req->kind;
	}
	dev->begins++;
	dev->req = req;
	dev->left = dev->polls;
	CHECK_INT(op->scratch_len >= FAKE_SCRATCH, 1);
	memset(op->scratch, 0x5C, FAKE_SCRATCH); /* its secrets */
	fake_check_request(dev, req);
	if (fault_now(dev->faults, FAULT_BEGIN)) {
		return FAKE_ERROR;
	}
	if (dev->left != 0 && (dev->late || (dev->can >> req->kind) & 1)) {
		return SEAMKEY_AGAIN;
	}
	if (((dev->can >> req->kind) & 1) == 0) {
		return SEAMKEY_ERR_UNSUPPORTED;
	}
	return fake_answer(dev, op, req);
}

static inline int
fake_poll(void *device, seamkey_op *op)
{
	struct fake *dev = (struct fake *)device;

	dev->poll_calls++;
	/* the scratch is where it was, and the request too */
	CHECK_INT(all_are(op->scratch, 0x5C, FAKE_SCRATCH), 1);
	fake_check_request(dev, dev->req);
	if (fault_now(dev->faults, FAULT_POLL)) {
		return FAKE_ERROR;
	}
	if (dev->left == FAKE_FOREVER || --dev->left > 0) {
		return SEAMKEY_AGAIN;
	}
	if (((dev->can >> dev->req->kind) & 1) == 0) {
		return SEAMKEY_ERR_UNSUPPORTED;
	}
	return fake_answer(dev, op, dev->req);
}

static inline void
fake_cancel(void *device, seamkey_op *op)
{
	struct fake *dev = (struct fake *)device;

	dev->cancels++;
	memset(op->scratch, 0, FAKE_SCRATCH);
}

/* clang-format off */
static const seamkey_driver fake_driver = {
	FAKE_SCRATCH, fake_begin, fake_poll, fake_cancel
};
/* begin does everything */
static const seamkey_driver fake_sync_driver = {
	FAKE_SCRATCH, fake_begin, NULL, NULL
};
/* clang-format on */

/* A source and an idle hook that fail in their turn. */
struct fake_random {
	seamkey_random good;
	struct faults *faults;
};

static inline int
fake_fill(void *ctx, unsigned char *out, size_t len)
{
	struct fake_random *r = (struct fake_random *)ctx;

	if (fault_now(r->faults, FAULT_RANDOM)) {
		return FAKE_ERROR;
	}
	return r->good.fill(r->good.ctx, out, len);
}

struct fake_idle {
	int calls, stop_at; /* 0: never */
	struct faults *faults;
};

static inline int
fake_idle(void *ctx)
{
	struct fake_idle *idle = (struct fake_idle *)ctx;

	idle->calls++;
	return fault_now(idle->faults, FAULT_IDLE)
		|| idle->calls == idle->stop_at;
}

#endif
