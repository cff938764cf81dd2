/*
 * 09_link_hardware.c - a link whose slots and cipher are in hardware
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * What it shows: control in software, slots and sealing in programmable
 * logic behind registers and a FIFO. Software derives keys and decides when;
 * the logic holds them and says which generation is in place, and no key is
 * announced before. A load that has no effect costs time, and no frame. A
 * key that is not the right one shows in the check value at once.
 *
 * What to copy: driver_begin() and driver_poll(). A load takes its time, and
 * is polled; what a frame needs is answered at once.
 *
 * What is faked: the logic, above all its cipher. As in the demonstrator of
 * the paper that the link is made after, it XORs with the key, and each
 * block into a check value: it finds a wrong key out, and protects nothing.
 */
#include <bearssl.h>
#include <stdio.h>

#include "seamkey.h"

/* ---- the logic ----------------------------------------------------------- */

enum {
	CMD_LOAD,
	CMD_ACTIVATE,
	CMD_ERASE,
	CMD_CLEAR,
	CMD_PASS,
	CMD_SEAL,
	CMD_OPEN
};

struct logic {
	/* registers: the driver writes the first five */
	unsigned slot, direction, count;
	uint64_t generation;
	unsigned char fifo[16];
	unsigned char check[16];
	unsigned busy, active;
	uint64_t in_place[2][2];
	/* nobody can read this one */
	unsigned char key[2][2][16];
	/* what is wrong with this board */
	int ignores_a_load;
	unsigned char flips;
};

/* A block of count octets through the engine, and into the check value. */
static void
logic_block(struct logic *l, int command)
{
	const unsigned char *key = l->key[l->slot][l->direction];
	unsigned char first = l->check[0], plain;
	unsigned u;

	memmove(l->check, l->check + 1, 15); /* so that no key cancels out */
	l->check[15] = first;
	for (u = 0; u < l->count; u++) {
		plain = l->fifo[u];
		l->fifo[u] ^= key[u];
		l->check[u] ^= command == CMD_SEAL ? plain : l->fifo[u];
	}
}

static void
logic_load(struct logic *l)
{
	l->busy = 3;
	if (l->ignores_a_load) {
		l->ignores_a_load = 0;
		return;
	}
	memcpy(l->key[l->slot][l->direction], l->fifo, 16);
	l->key[l->slot][l->direction][5] ^= l->flips;
	l->in_place[l->slot][l->direction] = l->generation;
}

static void
logic_command(struct logic *l, int command)
{
	if (command == CMD_LOAD) {
		logic_load(l);
	} else if (command == CMD_ACTIVATE) {
		l->active = l->slot;
	} else if (command == CMD_ERASE) {
		memset(l->key[l->slot], 0, sizeof l->key[0]);
		memset(l->in_place[l->slot], 0, sizeof l->in_place[0]);
	} else if (command == CMD_CLEAR) {
		memset(l->check, 0, sizeof l->check);
	} else {
		logic_block(l, command);
	}
}

/* ---- the driver ---------------------------------------------------------- */

static void
driver_feed(struct logic *l, int command, const unsigned char *in, size_t len,
	unsigned char *out)
{
	size_t at;

	for (at = 0; at < len; at += l->count) {
		l->count = len - at < 16 ? (unsigned)(len - at) : 16;
		memcpy(l->fifo, in + at, l->count);
		logic_command(l, command);
		if (out != NULL) {
			memcpy(out + at, l->fifo, l->count);
		}
	}
}

/* Nonce, AD and data through the engine; the tag is its check value. */
static int
driver_frame(struct logic *l, struct seamkey_op *op, const seamkey_req *req)
{
	int sealing = req->kind == SEAMKEY_REQ_SEAL;

	if (l->in_place[l->slot][l->direction] != req->generation
		|| (sealing && l->active != l->slot)) {
		return SEAMKEY_ERR_STATE;
	}
	logic_command(l, CMD_CLEAR);
	driver_feed(l, CMD_PASS, req->nonce, 12, NULL);
	driver_feed(l, CMD_PASS, req->ad[0].p, req->ad[0].len, NULL);
	driver_feed(l, CMD_PASS, req->ad[1].p, req->ad[1].len, NULL);
	driver_feed(l, sealing ? CMD_SEAL : CMD_OPEN, req->in.p, req->in.len,
		req->out);
	if (sealing) {
		memcpy(req->tag, l->check, 16);
		op->out_len = req->in.len + 16; /* all was written */
	} else {
		op->out_len = seamkey_ct_equal(req->tag, l->check, 16);
	}
	return SEAMKEY_OK;
}

static int
driver_begin(void *dev, struct seamkey_op *op, const seamkey_req *req)
{
	struct logic *l = (struct logic *)dev;

	l->slot = req->slot;
	l->direction = req->direction;
	l->generation = req->generation;
	switch (req->kind) {
	case SEAMKEY_REQ_SLOT_LOAD:
		driver_feed(l, CMD_LOAD, req->in.p, 16, NULL);
		memset(l->fifo, 0, sizeof l->fifo);
		return SEAMKEY_AGAIN;
	case SEAMKEY_REQ_SLOT_ACTIVATE:
		logic_command(l, CMD_ACTIVATE);
		return SEAMKEY_OK;
	case SEAMKEY_REQ_SLOT_ERASE:
		logic_command(l, CMD_ERASE);
		return SEAMKEY_OK;
	case SEAMKEY_REQ_SEAL:
	case SEAMKEY_REQ_OPEN:
		return driver_frame(l, op, req);
	default:
		return SEAMKEY_ERR_UNSUPPORTED;
	}
}

/* What the logic says is in place, which need not be what was asked for. */
static int
driver_poll(void *dev, struct seamkey_op *op)
{
	struct logic *l = (struct logic *)dev;

	if (l->busy > 0) {
		l->busy--;
		return SEAMKEY_AGAIN;
	}
	op->generation = l->in_place[op->req.slot][op->req.direction];
	return SEAMKEY_OK;
}

static void
driver_cancel(void *dev, struct seamkey_op *op)
{
	(void)op;
	((struct logic *)dev)->busy = 0;
}

static const seamkey_driver driver = { 0, driver_begin, driver_poll,
	driver_cancel };

/* ---- two ends, as in 08_rekey.c ------------------------------------------ */

struct end {
	struct logic logic;
	seamkey_link link;
	seamkey_link_config cfg;
	seamkey_link_hardware hardware;
	seamkey_op op;
	seamkey_slot slot[2];
	unsigned failed_loads;
};

static struct end plc, valve;
static seamkey_aead aead; /* for the length of its key */
static seamkey_random entropy;
static seamkey_link_auth auth;
static uint64_t now;

static int
find_psk(void *ctx, unsigned relation, seamkey_span *key)
{
	(void)ctx;
	(void)relation;
	*key = seamkey_span_of("a key that everybody can read...", 32);
	return SEAMKEY_OK;
}

static void
note(void *ctx, seamkey_link *link, int event)
{
	(void)link;
	((struct end *)ctx)->failed_loads += event == SEAMKEY_LINK_HARDWARE;
}

static int
init_end(struct end *e, uint8_t role)
{
	e->cfg.aead = &aead;
	e->cfg.role = role;
	e->cfg.one_context = 1;
	e->cfg.send_min = e->cfg.send_max = 1000;
	e->cfg.peer_min = e->cfg.peer_max = 1000;
	e->cfg.delay_max = 2000;
	e->cfg.random = entropy;
	e->cfg.event = note;
	e->cfg.event_ctx = e;
	e->hardware.hook.drv = &driver;
	e->hardware.hook.dev = &e->logic;
	e->hardware.hook.fail_closed = 1;
	e->hardware.op = &e->op;
	return seamkey_link_init(
		&e->link, &e->cfg, &auth, &e->hardware, 1, e->slot, 2, NULL, 0);
}

static int
turn(struct end *e, struct end *other)
{
	unsigned char io[8] = "valve 4", out[SEAMKEY_LINK_MESSAGE_MAX];
	seamkey_span ad = seamkey_span_of(NULL, 0);
	size_t len;
	int status = seamkey_link_seal(
		&e->link, ad, io, sizeof io, out, sizeof out, &len);

	if (status == SEAMKEY_OK) {
		status = seamkey_link_open(
			&other->link, ad, out, len, io, sizeof io, &len);
	}
	if (status != SEAMKEY_OK && e->link.sealed.frames != 0) {
		return status;
	}
	do {
		status = seamkey_link_work(&e->link, now);
	} while (status == SEAMKEY_AGAIN);
	if (status != SEAMKEY_OK && status != SEAMKEY_ERR_HOOK) {
		return status; /* a load that failed has been counted */
	}
	status = seamkey_link_take(&e->link, out, sizeof out, &len);
	if (status == SEAMKEY_OK) {
		return seamkey_link_put(&other->link, out, len);
	}
	return status == SEAMKEY_AGAIN ? SEAMKEY_OK : status;
}

/* 100 ms with a rekey: until they are over, or something is refused. */
static int
rekey(int kind)
{
	uint64_t until = now + 100000;
	int status = kind == 0 ? seamkey_link_start(&plc.link)
			       : seamkey_link_rekey(&plc.link, kind);

	for (; now < until && status == SEAMKEY_OK; now += 1000) {
		status = turn(&plc, &valve);
		status = status ? status : turn(&valve, &plc);
	}
	return status;
}

int
main(void)
{
	const seamkey_link_work_counters *did = &plc.link.worked;
	br_hmac_drbg_context drbg;
	uint64_t lost;
	int status;

	auth.psk = find_psk;
	if (seamkey_random_init(&entropy, &drbg) != SEAMKEY_OK
		|| seamkey_aead_bearssl(&aead, SEAMKEY_AEAD_AES_128_GCM)
		|| init_end(&plc, SEAMKEY_LINK_INITIATOR) != SEAMKEY_OK
		|| init_end(&valve, SEAMKEY_LINK_FOLLOWER) != SEAMKEY_OK) {
		return 1;
	}
	status = rekey(0);
	valve.logic.ignores_a_load = 1;
	status = status ? status : rekey(SEAMKEY_LINK_0RTT);
	status = status ? status : rekey(SEAMKEY_LINK_NRTT);
	lost = plc.link.sealed.frames + valve.link.sealed.frames
		- plc.link.opened.frames - valve.link.opened.frames;
	if (status != SEAMKEY_OK || lost != 0 || did->rekeys_0rtt != 1
		|| did->rekeys_nrtt != 1 || valve.failed_loads != 1) {
		printf("with good keys: %s\n", seamkey_text(status));
		return 1;
	}
	valve.logic.flips = 1;
	status = rekey(SEAMKEY_LINK_0RTT);
	printf("two rekeys in hardware, one load repeated, nothing lost; "
	       "a wrong key: %s\n",
		seamkey_text(status));
	seamkey_link_end(&plc.link);
	seamkey_link_end(&valve.link);
	return status != SEAMKEY_ERR_LINK_TAG;
}
