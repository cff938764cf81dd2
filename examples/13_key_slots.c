/*
 * 13_key_slots.c - an AES unit whose key slots are loaded ahead of a switch
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * What it shows: a valve whose AES unit has two key slots, and a controller
 * with software: the same AES-GCM on both sides. While frames are sealed and
 * opened with one slot, the key of a rekey is loaded into the other, which
 * takes milliseconds. It is announced when both directions are in place, by
 * the generation that the unit itself names, and only then is it switched
 * to. A load that fails costs another load, and no frame.
 *
 * What to copy: unit_begin() and unit_poll(). A load takes its time, and is
 * polled; what a frame needs is answered at once. 09_link_hardware.c does
 * the same with registers and a FIFO.
 *
 * What is faked: the unit, which has its AES from BearSSL; network and clock
 * as in 08_rekey.c; the pre-shared key, which is everyone's.
 */
#include <bearssl.h>
#include <stdio.h>

#include "seamkey.h"

#define LOAD_MS 12 /* through the key ladder, for each direction */

static seamkey_aead aead;

/* ---- the unit ------------------------------------------------------------ */

struct unit {
	/* for each slot: the key for frames sent, and for those received,
	 * which nobody can read; and of which generation they are */
	uint64_t key[2][2][SEAMKEY_AEAD_CONTEXT / 8 + 1];
	uint64_t in_place[2][2];
	unsigned active; /* slot to seal with */

	const seamkey_req *load; /* under way, or NULL */
	unsigned left;           /* ms until it is in place */
	uint8_t done;            /* set by the interrupt, read by poll */
	unsigned meanwhile;      /* frames during loads */
	int drops_a_load;
};

/* A millisecond passes; at the end of a load the unit interrupts. */
static void
unit_tick(struct unit *u)
{
	const seamkey_req *req = u->load;

	if (req == NULL || u->left == 0 || --u->left != 0) {
		return;
	}
	if (!u->drops_a_load) {
		aead.init(&aead, u->key[req->slot][req->direction], req->in.p);
		u->in_place[req->slot][req->direction] = req->generation;
	}
	u->drops_a_load = 0;
	SEAMKEY_PUBLISH(&u->done, 1);
}

/* ---- its driver ---------------------------------------------------------- */

/* Nothing is sealed or opened with a key of another generation. */
static int
unit_frame(struct unit *u, struct seamkey_op *op, const seamkey_req *req)
{
	const uint64_t *key = u->key[req->slot][req->direction];

	if (u->in_place[req->slot][req->direction] != req->generation) {
		return SEAMKEY_ERR_STATE;
	}
	u->meanwhile += u->load != NULL;
	if (req->kind == SEAMKEY_REQ_OPEN) {
		op->out_len = aead.open(&aead, key, req->nonce, req->ad,
			req->in.p, req->in.len, req->out, req->tag);
		return SEAMKEY_OK;
	}
	if (u->active != req->slot) {
		return SEAMKEY_ERR_STATE;
	}
	aead.seal(&aead, key, req->nonce, req->ad, req->in.p, req->in.len,
		req->out, req->tag);
	op->out_len = req->in.len + SEAMKEY_AEAD_TAG; /* all was written */
	return SEAMKEY_OK;
}

/* The switch: both directions of the slot have to be in place. */
static int
unit_activate(struct unit *u, const seamkey_req *req)
{
	if (u->in_place[req->slot][0] != req->generation
		|| u->in_place[req->slot][1] != req->generation) {
		return SEAMKEY_ERR_STATE;
	}
	u->active = req->slot;
	return SEAMKEY_OK;
}

static int
unit_begin(void *dev, struct seamkey_op *op, const seamkey_req *req)
{
	struct unit *u = (struct unit *)dev;

	switch (req->kind) {
	case SEAMKEY_REQ_SLOT_LOAD:
		u->load = req; /* and the key in it stay in place */
		u->left = LOAD_MS;
		u->done = 0;
		return SEAMKEY_AGAIN;
	case SEAMKEY_REQ_SLOT_ACTIVATE:
		return unit_activate(u, req);
	case SEAMKEY_REQ_SLOT_ERASE:
		seamkey_wipe(u->key[req->slot], sizeof u->key[0]);
		memset(u->in_place[req->slot], 0, sizeof u->in_place[0]);
		return SEAMKEY_OK;
	case SEAMKEY_REQ_SEAL:
	case SEAMKEY_REQ_OPEN:
		return unit_frame(u, op, req);
	default:
		return SEAMKEY_ERR_UNSUPPORTED;
	}
}

/* What the unit says is in place, which need not be what was asked for. */
static int
unit_poll(void *dev, struct seamkey_op *op)
{
	struct unit *u = (struct unit *)dev;

	if (!SEAMKEY_OBSERVE(&u->done)) {
		return SEAMKEY_AGAIN;
	}
	op->generation = u->in_place[u->load->slot][u->load->direction];
	u->load = NULL;
	return SEAMKEY_OK;
}

/* The slot may hold anything now: the link has it erased. */
static void
unit_cancel(void *dev, struct seamkey_op *op)
{
	(void)op;
	((struct unit *)dev)->load = NULL;
}

static const seamkey_driver unit_driver = { 0, unit_begin, unit_poll,
	unit_cancel };

/* ---- two ends, as in 08_rekey.c ------------------------------------------ */

struct end {
	seamkey_link link;
	seamkey_link_config cfg;
	seamkey_slot slot[2];
	uint64_t contexts[2 * 2 * (SEAMKEY_AEAD_CONTEXT / 8 + 1)];
};

static struct end plc, valve;
static struct unit unit; /* the valve's */
static seamkey_op unit_op;
static seamkey_link_hardware hardware = { { &unit_driver, &unit, 1 },
	&unit_op };
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

/* With the slots in hardware no memory is needed for keys. */
static int
init_end(struct end *e, uint8_t role, const seamkey_link_hardware *h)
{
	e->cfg.aead = &aead;
	e->cfg.role = role;
	e->cfg.one_context = 1;
	e->cfg.send_min = e->cfg.send_max = 1000;
	e->cfg.peer_min = e->cfg.peer_max = 1000;
	e->cfg.delay_max = 2000;
	e->cfg.random = entropy;
	return seamkey_link_init(&e->link, &e->cfg, &auth, h, 1, e->slot, 2,
		h == NULL ? e->contexts : NULL,
		h == NULL ? sizeof e->contexts : 0);
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
		return status; /* a load that failed is tried again */
	}
	status = seamkey_link_take(&e->link, out, sizeof out, &len);
	if (status == SEAMKEY_OK) {
		return seamkey_link_put(&other->link, out, len);
	}
	return status == SEAMKEY_AGAIN ? SEAMKEY_OK : status;
}

/* A rekey, and 100 ms. After how many did the valve seal with a new key? */
static int
rekey(int kind, unsigned *after)
{
	unsigned was = valve.link.sealed.switches, ms;
	int status = kind == 0 ? seamkey_link_start(&plc.link)
			       : seamkey_link_rekey(&plc.link, kind);

	*after = unit.meanwhile = 0;
	for (ms = 0; ms < 100 && status == SEAMKEY_OK; ms++, now += 1000) {
		unit_tick(&unit);
		status = turn(&plc, &valve);
		status = status ? status : turn(&valve, &plc);
		*after += valve.link.sealed.switches == was;
	}
	return status;
}

int
main(void)
{
	br_hmac_drbg_context drbg;
	unsigned after[3] = { 0, 0, 0 }, meanwhile;
	uint64_t lost;
	int status;

	auth.psk = find_psk;
	if (seamkey_random_init(&entropy, &drbg) != SEAMKEY_OK
		|| seamkey_aead_bearssl(&aead, SEAMKEY_AEAD_AES_128_GCM)
		|| init_end(&plc, SEAMKEY_LINK_INITIATOR, NULL)
		|| init_end(&valve, SEAMKEY_LINK_FOLLOWER, &hardware)) {
		return 1;
	}
	status = rekey(0, &after[0]);
	status = status ? status : rekey(SEAMKEY_LINK_0RTT, &after[1]);
	meanwhile = unit.meanwhile;
	unit.drops_a_load = 1;
	status = status ? status : rekey(SEAMKEY_LINK_NRTT, &after[2]);
	lost = plc.link.sealed.frames + valve.link.sealed.frames
		- plc.link.opened.frames - valve.link.opened.frames;
	printf("%s: loaded and switched to after %u ms, %u frames meanwhile; "
	       "with a load that failed after %u; %u lost\n",
		seamkey_text(status), after[1], meanwhile, after[2],
		(unsigned)lost);
	if (lost != 0 || after[1] < 2 * LOAD_MS || after[2] < 3 * LOAD_MS
		|| after[2] >= 100 || valve.link.worked.hardware != 1
		|| meanwhile < 4 * (LOAD_MS - 1)) {
		return 1;
	}
	seamkey_link_end(&plc.link);
	seamkey_link_end(&valve.link);
	return status != SEAMKEY_OK;
}
