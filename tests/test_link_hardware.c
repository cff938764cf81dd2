/*
 * test_link_hardware.c - a link whose slots and cipher are a device's
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * The device keeps its keys to itself and seals with them in software. It
 * is late, wrong or broken where a test wants that, and watches what it is
 * asked: no key over another one, nothing with a key that is not in place.
 */
#include "link_tools.h"

/* ---- the device --------------------------------------------------------- */

typedef struct device {
	const seamkey_aead *aead;
	struct {
		uint64_t generation[2]; /* in place; 0: none */
		unsigned char key[2][32];
	} slot[8];
	uint64_t active; /* generation */

	/* what a test wants */
	unsigned late;           /* polls until a load is done */
	unsigned late_erase;     /* polls until an erasure is */
	size_t short_by;         /* octets that sealing does not write */
	int64_t wrong_by;        /* what is added to the generation answered */
	unsigned spare;          /* bits: slots that cannot be erased */
	int fail_kind;           /* requests of this kind fail ... */
	unsigned fail;           /* ... so many times */
	int answer;              /* with this */
	unsigned long fail_call; /* or this one request */

	/* a load or an erasure under way */
	seamkey_op *op;
	const seamkey_req *req;
	unsigned polls;

	unsigned long calls, bad, cancels, asked[16];
} device;

#define DEVICE_ERR (-4321)

static pair net;
static device devices[2];
static seamkey_op ops[2];
static seamkey_link_hardware hardware[2];

static int
device_load_done(device *d, seamkey_op *op, const seamkey_req *req)
{
	unsigned s = req->slot, dir = req->direction;

	d->bad += d->slot[s].generation[dir] != 0; /* over another key */
	memcpy(d->slot[s].key[dir], req->in.p, req->in.len);
	if (op->scratch_len != 0) {
		memcpy(op->scratch, req->in.p, 16);
	}
	d->slot[s].generation[dir] = req->generation;
	/* a wrong key stays where it is until somebody erases it */
	op->generation = req->generation + (uint64_t)d->wrong_by;
	d->op = NULL;
	return SEAMKEY_OK;
}

static int
device_erase_done(device *d, const seamkey_req *req)
{
	unsigned u;

	for (u = 0; u < 2; u++) {
		uint64_t there = d->slot[req->slot].generation[u];

		d->bad += there != 0 && there != req->generation;
	}
	memset(&d->slot[req->slot], 0, sizeof d->slot[0]);
	d->op = NULL;
	return SEAMKEY_OK;
}

/* A load or an erasure that takes time; poll does what is asked then. */
static int
device_later(device *d, seamkey_op *op, unsigned polls)
{
	d->op = op;
	d->req = &op->req;
	d->polls = polls;
	return SEAMKEY_AGAIN;
}

static int
device_frame(device *d, seamkey_op *op, const seamkey_req *req)
{
	uint64_t context[64];
	unsigned s = req->slot, dir = req->direction;
	const seamkey_aead *a = d->aead;

	d->bad += d->slot[s].generation[dir] != req->generation;
	d->bad += dir != (req->kind == SEAMKEY_REQ_OPEN);
	d->bad += req->kind == SEAMKEY_REQ_SEAL && d->active != req->generation;
	d->bad += req->out_cap != req->in.len;
	a->init(a, context, d->slot[s].key[dir]);
	if (req->kind == SEAMKEY_REQ_SEAL) {
		a->seal(a, context, req->nonce, req->ad, req->in.p, req->in.len,
			req->out, req->tag);
		op->out_len = req->in.len + SEAMKEY_AEAD_TAG - d->short_by;
	} else {
		op->out_len = a->open(a, context, req->nonce, req->ad,
			req->in.p, req->in.len, req->out, req->tag);
	}
	return SEAMKEY_OK;
}

static int
device_begin(void *dev, seamkey_op *op, const seamkey_req *req)
{
	device *d = (device *)dev;
	unsigned u;

	d->calls++;
	d->asked[req->kind]++;
	d->bad += req->relation != 7;
	d->bad += d->op != NULL
		&& (req->kind == SEAMKEY_REQ_SLOT_LOAD
			|| req->kind == SEAMKEY_REQ_SLOT_ERASE);
	if (d->calls == d->fail_call) {
		return DEVICE_ERR;
	}
	if (req->kind == SEAMKEY_REQ_SLOT_ERASE
		&& (d->spare >> req->slot & 1) != 0) {
		return DEVICE_ERR;
	}
	if (d->fail != 0 && req->kind == d->fail_kind) {
		d->fail--;
		return d->answer;
	}
	switch (req->kind) {
	case SEAMKEY_REQ_SLOT_LOAD:
		return d->late == 0 ? device_load_done(d, op, req)
				    : device_later(d, op, d->late);
	case SEAMKEY_REQ_SLOT_ACTIVATE:
		for (u = 0; u < 2; u++) {
			d->bad += d->slot[req->slot].generation[u]
				!= req->generation;
		}
		d->active = req->generation;
		return SEAMKEY_OK;
	case SEAMKEY_REQ_SLOT_ERASE:
		return d->late_erase == 0 ? device_erase_done(d, req)
					  : device_later(d, op, d->late_erase);
	default:
		return device_frame(d, op, req);
	}
}

static int
device_poll(void *dev, seamkey_op *op)
{
	device *d = (device *)dev;

	d->bad += op != d->op;
	if (d->polls > 1) {
		d->polls--;
		return SEAMKEY_AGAIN;
	}
	return op->req.kind == SEAMKEY_REQ_SLOT_LOAD
		? device_load_done(d, op, d->req)
		: device_erase_done(d, d->req);
}

static void
device_cancel(void *dev, seamkey_op *op)
{
	device *d = (device *)dev;

	(void)op;
	d->cancels++;
	d->op = NULL;
}

static const seamkey_driver driver = { 0, device_begin, device_poll,
	device_cancel };
static const seamkey_driver no_poll = { 0, device_begin, NULL, NULL };

/* ---- two ends, of which some have a device ------------------------------ */

/* which: bit 0 the initiator, bit 1 the follower */
static void
device_init(unsigned which)
{
	unsigned u;

	quiet_init(&net);
	memset(devices, 0, sizeof devices);
	memset(ops, 0, sizeof ops);
	for (u = 0; u < 2; u++) {
		devices[u].aead = &net.aead;
		devices[u].answer = DEVICE_ERR;
		hardware[u].hook.drv = which >> u & 1 ? &driver : NULL;
		hardware[u].hook.dev = &devices[u];
		hardware[u].hook.fail_closed = 1;
		hardware[u].op = &ops[u];
	}
}

static int
device_open_end(unsigned u, unsigned slots)
{
	pair_end *e = &net.end[u];

	if (hardware[u].hook.drv == NULL) {
		return pair_open_end(&net, u, slots);
	}
	return seamkey_link_init(&e->link, &e->cfg, &e->auth, &hardware[u], 7,
		e->slot, slots, NULL, 0);
}

static void
device_open(void)
{
	CHECK_INT(device_open_end(0, 2), SEAMKEY_OK);
	CHECK_INT(device_open_end(1, 2), SEAMKEY_OK);
	CHECK_INT(seamkey_link_start(&net.end[0].link), SEAMKEY_OK);
}

static void
device_start(void)
{
	device_open();
	CHECK_INT(pair_settle(&net, 1000), 1);
}

/* Keys in a device. */
static unsigned
device_keys(const device *d)
{
	unsigned u, count = 0;

	for (u = 0; u < 8; u++) {
		count += d->slot[u].generation[0] != 0;
		count += d->slot[u].generation[1] != 0;
	}
	return count;
}

static void
ticks(unsigned count)
{
	while (count-- > 0) {
		pair_tick(&net);
	}
}

/* ---- all goes well ------------------------------------------------------ */

static void
link_device_rekeys(void)
{
	static const unsigned late[] = { 0, 1, 7 };
	unsigned which, u;
	size_t n;

	for (n = 0; n < 9; n++) {
		which = 1 + (unsigned)n % 3;
		device_init(which);
		for (u = 0; u < 2; u++) {
			net.end[u].cfg.kdf_time = 20;
			net.end[u].cfg.mode = n >= 6;
			devices[u].late = late[n / 3];
		}
		device_start();
		CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_0RTT, 200), 1);
		CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_NRTT, 200), 1);
		ticks(5);
		for (u = 0; u < 2; u++) {
			device *d = &devices[u];

			CHECK_INT(d->bad, 0);
			if (which >> u & 1) {
				CHECK_INT(d->asked[SEAMKEY_REQ_SLOT_LOAD], 6);
				CHECK_INT(
					d->asked[SEAMKEY_REQ_SLOT_ACTIVATE], 3);
				CHECK_INT(d->asked[SEAMKEY_REQ_SLOT_ERASE], 2);
				CHECK_INT(d->asked[SEAMKEY_REQ_SEAL],
					net.end[u].sealed);
				CHECK_INT(device_keys(d), 2);
				CHECK_INT(d->cancels, 0);
			}
		}
		pair_check(&net);
	}
}

static void
link_device_is_looked_at(void)
{
	pair_end *e = &net.end[0];

	device_init(3);
	hardware[0].hook.drv = NULL;
	CHECK_INT(seamkey_link_init(&e->link, &e->cfg, &e->auth, &hardware[0],
			  7, e->slot, 2, NULL, 0),
		SEAMKEY_ERR_ARG);
	hardware[0].hook.drv = &driver;
	hardware[0].op = NULL;
	CHECK_INT(device_open_end(0, 2), SEAMKEY_ERR_ARG);
	hardware[0].op = &ops[0];
	CHECK_INT(device_open_end(0, 2), SEAMKEY_OK);
}

/* A frame that is not authentic, to a device: as with software. */
static void
link_device_refuses_changed_frames(void)
{
	static end_state before;
	pair_frame f;
	unsigned u;

	device_init(3);
	device_start();
	CHECK_INT(pair_seal(&net, 0, &f), SEAMKEY_OK);
	end_save(&before, &net.end[1]);
	for (u = 0; u < 8 * f.len; u++) {
		f.bytes[u / 8] ^= (unsigned char)(1 << u % 8);
		f.kind = PAIR_COPY;
		CHECK_INT(pair_arrive(&net, &f) < 0, 1);
		end_check(&before, &net.end[1]);
		f.bytes[u / 8] ^= (unsigned char)(1 << u % 8);
	}
	CHECK_INT(pair_arrive(&net, &f), SEAMKEY_OK);
	CHECK_INT(devices[1].bad, 0);
}

/* ---- late, wrong, never ------------------------------------------------- */

/* Nothing is announced or said to be ready before both keys are in place. */
static void
link_device_that_is_late_is_not_ready(void)
{
	unsigned u, t;

	for (u = 0; u < 2; u++) {
		device_init(1u << u);
		device_start();
		devices[u].late = 20;
		CHECK_INT(
			seamkey_link_rekey(&net.end[0].link, SEAMKEY_LINK_0RTT),
			SEAMKEY_OK);
		for (t = 0; t < 100 && !net.end[1].link.worked.rekeys_0rtt;
			t++) {
			pair_tick(&net);
			if (devices[u].slot[1].generation[1] == 0) {
				CHECK_INT(net.end[u].link.announce, 0);
				CHECK_INT(net.end[u].link.provider.pushed, 1);
			}
		}
		CHECK_INT(t >= 20 && t < 60, 1);
		CHECK_INT(devices[u].bad, 0);
		pair_check(&net);
	}
}

/* The device says that another generation is in place: not ready, an error,
 * an event, and another attempt. */
static void
link_device_with_the_wrong_generation_is_not_ready(void)
{
	static const int64_t by[] = { 1, -1, 256, -256, (int64_t)1 << 32 };
	unsigned u, late;
	size_t n;

	for (n = 0; n < 4 * COUNT(by); n++) {
		u = n & 1;
		late = (n >> 1 & 1) * 3;
		device_init(1u << u);
		device_start();
		devices[u].wrong_by = by[n / 4];
		devices[u].late = late;
		CHECK_INT(
			seamkey_link_rekey(&net.end[0].link, SEAMKEY_LINK_0RTT),
			SEAMKEY_OK);
		ticks(30);
		CHECK_INT(net.end[u].events[SEAMKEY_LINK_HARDWARE] >= 3, 1);
		CHECK_INT(net.end[u].link.provider.pushed, 1);
		CHECK_INT(net.end[u].link.announce, 0);
		devices[u].wrong_by = 0;
		ticks(30);
		CHECK_INT(net.end[1].link.worked.rekeys_0rtt, 1);
		CHECK_INT(devices[u].bad, 0);
		pair_check(&net);
	}
	device_init(1);
	devices[0].wrong_by = 1;
	device_open();
	ticks(4);
	CHECK_INT(seamkey_link_is_up(&net.end[0].link), 0);
	CHECK_INT(pair_work(&net, 0), SEAMKEY_ERR_HOOK);
}

/* It never completes: the link goes on with the key that it has. */
static void
link_device_that_never_completes(void)
{
	unsigned u;

	for (u = 0; u < 2; u++) {
		uint64_t delivered;

		device_init(1u << u);
		device_start();
		devices[u].late = ~0u;
		CHECK_INT(
			seamkey_link_rekey(&net.end[0].link, SEAMKEY_LINK_0RTT),
			SEAMKEY_OK);
		ticks(10);
		delivered = net.end[0].delivered;
		ticks(500);
		CHECK_INT(net.end[0].delivered, delivered + 500);
		CHECK_INT(net.end[u].link.announce, 0);
		CHECK_INT(net.end[0].link.worked.rekeys_0rtt, 0);
		CHECK_INT(devices[u].bad, 0);
		pair_check(&net);
		/* the end takes the request back */
		CHECK_INT(devices[u].op == &ops[u], 1);
		seamkey_link_end(&net.end[u].link);
		CHECK_INT(devices[u].cancels, 1);
	}
}

/* An erasure that takes its time: the slot is free when it is done, not
 * before; a start and the end wait for it, too. */
static void
link_device_that_erases_late(void)
{
	static const unsigned late[] = { 1, 5, 40 };
	unsigned u, t, again;

	for (t = 0; t < 2 * COUNT(late); t++) {
		u = t & 1;
		device_init(1u << u);
		device_start();
		devices[u].late_erase = late[t / 2];
		CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_0RTT, 200), 1);
		CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_0RTT, 200), 1);
		CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_NRTT, 200), 1);
		ticks(60);
		CHECK_INT(devices[u].asked[SEAMKEY_REQ_SLOT_ERASE], 3);
		CHECK_INT(device_keys(&devices[u]), 2);
		pair_check(&net);
		net.now += 100;
		CHECK_INT(seamkey_link_start(&net.end[0].link), SEAMKEY_OK);
		ticks(200);
		CHECK_INT(net.end[1].events[SEAMKEY_LINK_STARTED], 2);
		CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_0RTT, 200), 1);
		CHECK_INT(devices[u].cancels, 0);
		again = 0;
		while (seamkey_link_end(&net.end[u].link) == SEAMKEY_AGAIN
			&& again < 200) {
			again++;
		}
		CHECK_INT(again >= late[t / 2] && again < 100, 1);
		CHECK_INT(device_keys(&devices[u]), 0);
		CHECK_INT(devices[u].bad, 0);
		CHECK_INT(seamkey_link_end(&net.end[u].link), SEAMKEY_OK);
	}
}

/* It never does: no rekey any more, since no key is overwritten, but all
 * frames; and the end says so until it has. */
static void
link_device_that_never_erases(void)
{
	unsigned u, t;

	for (u = 0; u < 2; u++) {
		uint64_t delivered;

		device_init(1u << u);
		device_start();
		devices[u].late_erase = ~0u;
		CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_0RTT, 200), 1);
		CHECK_INT(
			seamkey_link_rekey(&net.end[0].link, SEAMKEY_LINK_0RTT),
			SEAMKEY_OK);
		delivered = net.end[0].delivered;
		ticks(300);
		CHECK_INT(net.end[0].delivered, delivered + 300);
		CHECK_INT(net.end[1].link.worked.rekeys_0rtt, 1);
		CHECK_INT(devices[u].asked[SEAMKEY_REQ_SLOT_ERASE], 1);
		pair_check(&net);
		for (t = 0; t < 5; t++) {
			CHECK_INT(seamkey_link_end(&net.end[u].link),
				SEAMKEY_AGAIN);
		}
		devices[u].late_erase = 0;
		devices[u].polls = 0;
		CHECK_INT(seamkey_link_end(&net.end[u].link), SEAMKEY_OK);
		CHECK_INT(device_keys(&devices[u]), 0);
		CHECK_INT(devices[u].bad, 0);
	}
}

/* Rekeys, of which the last leaves an erasure under way. */
static void
device_leave_erasing(unsigned u, unsigned rekeys)
{
	unsigned t;

	while (rekeys-- > 0) {
		if (rekeys == 0) {
			devices[u].late_erase = 8;
		}
		CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_0RTT, 200), 1);
	}
	for (t = 0; t < 20 && devices[u].op == NULL; t++) {
		pair_tick(&net);
	}
	CHECK_INT(ops[u].req.kind, SEAMKEY_REQ_SLOT_ERASE);
}

static int
device_end(unsigned u)
{
	int status = SEAMKEY_AGAIN;
	unsigned t;

	for (t = 0; t < 100 && status == SEAMKEY_AGAIN; t++) {
		status = seamkey_link_end(&net.end[u].link);
	}
	return status;
}

/* The end comes while either slot is being erased: each is, for itself. */
static void
link_device_end_while_it_erases(void)
{
	unsigned u, n;

	for (n = 0; n < 8; n++) {
		u = n & 1;
		device_init(1u << u);
		device_start();
		device_leave_erasing(u, 1 + n / 2);
		CHECK_INT(ops[u].req.slot, n / 2 % 2);
		CHECK_INT(device_end(u), SEAMKEY_OK);
		CHECK_INT(device_keys(&devices[u]), 0);
		CHECK_INT(devices[u].bad, 0);
	}
}

/* The association ends by a silence meanwhile, and another is started. */
static void
link_device_lost_while_it_erases(void)
{
	unsigned n, t;

	for (n = 0; n < 4; n++) {
		device_init(1);
		net.end[0].cfg.counter_octets = 2;
		net.end[1].cfg.counter_octets = 2;
		device_start();
		device_leave_erasing(0, 1 + n);
		(void)seamkey_link_work(&net.end[0].link, net.now);
		net.now += 70000;
		for (t = 0; t < 40; t++) {
			(void)seamkey_link_work(&net.end[0].link, net.now);
		}
		CHECK_INT(net.end[0].events[SEAMKEY_LINK_LOST], 1);
		CHECK_INT(device_keys(&devices[0]), 0);
		CHECK_INT(seamkey_link_start(&net.end[0].link), SEAMKEY_OK);
		ticks(60);
		CHECK_INT(seamkey_link_is_up(&net.end[0].link), 1);
		CHECK_INT(devices[0].bad, 0);
	}
}

/* One slot that cannot be erased, and one that takes its time: the end tells
 * of the first when it is done with the second. */
static void
link_device_end_tells_what_it_could_not_erase(void)
{
	device_init(1);
	device_start();
	CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_0RTT, 200), 1);
	CHECK_INT(device_keys(&devices[0]), 4);
	devices[0].late_erase = 3;
	devices[0].fail_kind = SEAMKEY_REQ_SLOT_ERASE;
	devices[0].fail = 1;
	CHECK_INT(device_end(0), DEVICE_ERR);
	CHECK_INT(device_keys(&devices[0]), 2);
	CHECK_INT(devices[0].asked[SEAMKEY_REQ_SLOT_ERASE], 2);
	CHECK_INT(devices[0].bad, 0);
	CHECK_INT(device_end(0), SEAMKEY_OK);
}

/* The end comes in the middle of a load, of either direction: what is in
 * the device of that key is erased, and nothing else. */
static void
link_device_end_while_it_loads(void)
{
	static const unsigned char zero[32];
	unsigned n, t;

	for (n = 0; n < 2; n++) {
		seamkey_link *l = &net.end[0].link;

		device_init(1);
		device_start();
		devices[0].late = 5;
		devices[0].late_erase = 2;
		CHECK_INT(seamkey_link_rekey(l, SEAMKEY_LINK_0RTT), SEAMKEY_OK);
		for (t = 0; t < 30
			&& (devices[0].op == NULL || ops[0].req.direction != n);
			t++) {
			pair_tick(&net);
		}
		CHECK_INT(ops[0].req.kind, SEAMKEY_REQ_SLOT_LOAD);
		CHECK_INT(device_keys(&devices[0]), 2 + n);
		/* what is secret goes before the device has answered */
		CHECK_INT(seamkey_link_end(l), SEAMKEY_AGAIN);
		CHECK_MEM(l->chain, zero, sizeof zero);
		CHECK_MEM(l->exchange[0].secret, zero, sizeof zero);
		CHECK_MEM(net.end[0].slot[0].iv, zero, 24);
		CHECK_MEM(net.end[0].slot[1].iv, zero, 24);
		CHECK_INT(device_end(0), SEAMKEY_OK);
		CHECK_INT(device_keys(&devices[0]), 0);
		CHECK_INT(devices[0].bad, 0);
		CHECK_INT(devices[0].cancels, 1);
	}
}

/* A load that never completes: the user is told of the hard limit all the
 * same, and a start takes the place of the key. */
static void
link_device_that_hangs_is_told_of(void)
{
	device_init(1);
	net.end[0].cfg.hard_frames = net.end[1].cfg.hard_frames = 400;
	device_start();
	devices[0].late = ~0u;
	CHECK_INT(seamkey_link_rekey(&net.end[0].link, SEAMKEY_LINK_0RTT),
		SEAMKEY_OK);
	ticks(500);
	CHECK_INT(net.end[0].link.sealed.refused > 0, 1);
	CHECK_INT(net.end[0].events[SEAMKEY_LINK_HARD_LIMIT], 1);
	CHECK_INT(ops[0].req.kind, SEAMKEY_REQ_SLOT_LOAD);
	devices[0].late = 0;
	CHECK_INT(seamkey_link_start(&net.end[0].link), SEAMKEY_OK);
	ticks(60);
	CHECK_INT(net.end[1].events[SEAMKEY_LINK_STARTED], 2);
	CHECK_INT(pair_is_settled(&net), 1);
	CHECK_INT(devices[0].cancels, 1);
	CHECK_INT(devices[0].bad, 0);
	CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_0RTT, 200), 1);
}

/* What was lent to the device holds no key after a load. */
static void
link_device_scratch_is_wiped(void)
{
	static const seamkey_driver with_scratch = { 16, device_begin,
		device_poll, device_cancel };
	static const unsigned char zero[16];
	static unsigned char scratch[16];
	unsigned late;

	for (late = 0; late < 3; late++) {
		device_init(1);
		hardware[0].hook.drv = &with_scratch;
		ops[0].scratch = scratch;
		ops[0].scratch_len = 15;
		CHECK_INT(device_open_end(0, 2), SEAMKEY_ERR_SPACE);
		ops[0].scratch_len = sizeof scratch;
		devices[0].late = late;
		memset(scratch, 0xA5, sizeof scratch);
		device_start();
		CHECK_INT(device_keys(&devices[0]), 2);
		CHECK_MEM(scratch, zero, sizeof scratch);
		CHECK_INT(ops[0].scratch == scratch, 1);
	}
}

/* ---- broken ------------------------------------------------------------- */

/* It says that it has sealed, and has not, or not all. */
static void
link_device_that_seals_short(void)
{
	static const size_t by[] = { 1, 16, PAIR_PLAIN, PAIR_PLAIN + 16 };
	static unsigned char plain[PAIR_PLAIN], frame[PAIR_PLAIN + 32];
	size_t n, u, len = 77;

	for (n = 0; n < 2 * COUNT(by); n++) {
		seamkey_link *l = &net.end[0].link;

		device_init(1);
		net.end[0].cfg.mode = net.end[1].cfg.mode = n & 1;
		device_start();
		devices[0].short_by = by[n / 2];
		memset(plain, 0x5A, sizeof plain);
		memset(frame, 0x5A, sizeof frame);
		CHECK_INT(seamkey_link_seal(l, seamkey_span_of(NULL, 0), plain,
				  sizeof plain, frame, sizeof frame, &len),
			SEAMKEY_ERR_HOOK);
		CHECK_INT(len, 77);
		CHECK_INT(l->sealed.hardware, 1);
		for (u = 0; u < seamkey_link_header(l) + PAIR_PLAIN; u++) {
			CHECK_INT(frame[u], 0);
		}
	}
}

/* A driver does not speak for the library. */
static void
link_device_speaks_for_itself(void)
{
	static const struct {
		int answer, want;
	} rows[] = {
		{ SEAMKEY_ERR_LINK_TAG, SEAMKEY_ERR_HOOK },
		{ SEAMKEY_ERR_LINK_LIMIT, SEAMKEY_ERR_HOOK },
		{ SEAMKEY_ERR_SLOT_TRANSITION, SEAMKEY_ERR_HOOK },
		{ SEAMKEY_ERR_SPACE, SEAMKEY_ERR_HOOK },
		{ -999, SEAMKEY_ERR_HOOK },
		{ SEAMKEY_ERR_UNSUPPORTED, SEAMKEY_ERR_UNSUPPORTED },
		{ -1001, -1001 },
		{ 3, SEAMKEY_ERR_HOOK },
	};
	static unsigned char plain[PAIR_PLAIN], frame[PAIR_PLAIN + 32];
	pair_frame f;
	size_t n, len;

	device_init(3);
	device_start();
	for (n = 0; n < COUNT(rows); n++) {
		devices[0].answer = devices[1].answer = rows[n].answer;
		devices[0].fail_kind = SEAMKEY_REQ_SEAL;
		devices[1].fail_kind = SEAMKEY_REQ_OPEN;
		devices[0].fail = 1;
		CHECK_INT(seamkey_link_seal(&net.end[0].link,
				  seamkey_span_of(NULL, 0), plain, sizeof plain,
				  frame, sizeof frame, &len),
			rows[n].want);
		CHECK_INT(pair_seal(&net, 0, &f), SEAMKEY_OK);
		f.kind = PAIR_COPY;
		devices[1].fail = 1;
		CHECK_INT(pair_arrive(&net, &f), rows[n].want);
		CHECK_INT(net.end[0].link.sealed.hardware, n + 1);
		CHECK_INT(net.end[1].link.opened.hardware, n + 1);
		CHECK_INT(net.end[1].link.opened.bad_tag, 0);
	}
	/* nor for work */
	devices[0].fail_kind = SEAMKEY_REQ_SLOT_LOAD;
	devices[0].answer = SEAMKEY_ERR_LINK_AUTH;
	devices[0].fail = ~0u;
	CHECK_INT(seamkey_link_rekey(&net.end[0].link, SEAMKEY_LINK_0RTT),
		SEAMKEY_OK);
	for (n = 0; n < 10; n++) {
		int status = seamkey_link_work(&net.end[0].link, net.now);

		CHECK_INT(status >= 0 || status == SEAMKEY_ERR_HOOK, 1);
	}
	CHECK_INT(net.end[0].link.worked.hardware > 0, 1);
}

/* Each kind of request fails a few times in a rekey; the rekey comes all
 * the same. */
static void
link_device_that_fails_is_asked_again(void)
{
	static const struct {
		const char *what;
		int kind;
		int tells; /* an event */
	} rows[] = {
		{ "load", SEAMKEY_REQ_SLOT_LOAD, 1 },
		{ "activate", SEAMKEY_REQ_SLOT_ACTIVATE, 0 },
		{ "erase", SEAMKEY_REQ_SLOT_ERASE, 1 },
	};
	static const int answers[] = { DEVICE_ERR, SEAMKEY_ERR_UNSUPPORTED,
		17 };
	unsigned u;
	size_t n;

	for (n = 0; n < 6 * COUNT(rows); n++) {
		u = n & 1;
		what = rows[n / 6].what;
		device_init(1u << u);
		device_start();
		devices[u].fail_kind = rows[n / 6].kind;
		devices[u].fail = 5;
		devices[u].answer = answers[n % 6 / 2];
		CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_0RTT, 200), 1);
		ticks(20);
		CHECK_INT(devices[u].fail, 0);
		CHECK_INT(net.end[u].events[SEAMKEY_LINK_HARDWARE],
			rows[n / 6].tells ? 5 : 0);
		CHECK_INT(device_keys(&devices[u]), 2);
		devices[u].fail = 5;
		CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_NRTT, 200), 1);
		ticks(20);
		CHECK_INT(devices[u].bad, 0);
		pair_check(&net);
	}
}

/* A key that cannot be erased is not overwritten: the next rekey waits. */
static void
link_device_that_cannot_erase(void)
{
	device_init(2);
	device_start();
	devices[1].fail_kind = SEAMKEY_REQ_SLOT_ERASE;
	devices[1].fail = 1000000;
	CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_0RTT, 200), 1);
	ticks(5);
	CHECK_INT(pair_work(&net, 1), DEVICE_ERR);
	CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_0RTT, 100), 0);
	devices[1].fail = 0;
	ticks(20);
	CHECK_INT(net.end[1].link.worked.rekeys_0rtt, 2);
	CHECK_INT(devices[1].bad, 0);
	pair_check(&net);
}

/* Where another slot is free the next rekey does not wait; work tells what
 * is wrong all the same. */
static void
link_device_that_cannot_erase_one_of_three(void)
{
	unsigned u, t;

	for (u = 0; u < 2; u++) {
		device_init(1u << u);
		CHECK_INT(device_open_end(0, 3), SEAMKEY_OK);
		CHECK_INT(device_open_end(1, 3), SEAMKEY_OK);
		CHECK_INT(seamkey_link_start(&net.end[0].link), SEAMKEY_OK);
		CHECK_INT(pair_settle(&net, 1000), 1);
		devices[u].spare = 1;
		for (t = 0; t < 7; t++) {
			CHECK_INT(pair_rekey(&net,
					  t & 1 ? SEAMKEY_LINK_NRTT
						: SEAMKEY_LINK_0RTT,
					  200),
				1);
			ticks(20);
		}
		CHECK_INT(pair_work(&net, u), DEVICE_ERR);
		CHECK_INT(devices[u].bad, 0);
		pair_check(&net);
	}
}

/* A key that stays for ever is never taken for the one that has its number
 * 256 later: there is no such key. */
static void
link_device_key_that_stays_is_no_other(void)
{
	unsigned count = 0;

	device_init(1);
	CHECK_INT(device_open_end(0, 3), SEAMKEY_OK);
	CHECK_INT(device_open_end(1, 3), SEAMKEY_OK);
	CHECK_INT(seamkey_link_start(&net.end[0].link), SEAMKEY_OK);
	CHECK_INT(pair_settle(&net, 1000), 1);
	CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_0RTT, 200), 1);
	devices[0].spare = 2; /* the slot of this one */
	while (count < 300 && pair_rekey(&net, SEAMKEY_LINK_NRTT, 60)) {
		count++;
	}
	CHECK_INT(count, 255);
	CHECK_INT(devices[0].bad, 0);
	pair_check(&net);
}

/* A frame that the device does not seal: the error, and its counter is used
 * up; one that it does not open: the error, and zeros. */
static void
link_device_frame_errors_are_handed_through(void)
{
	static const int answers[][2] = { { DEVICE_ERR, DEVICE_ERR },
		{ SEAMKEY_AGAIN, SEAMKEY_ERR_HOOK }, { 5, SEAMKEY_ERR_HOOK } };
	static const unsigned char plain[PAIR_PLAIN] = { 1 };
	static const unsigned char zero[PAIR_PLAIN];
	unsigned char b[PAIR_FRAME], got[PAIR_FRAME], *in_place;
	size_t n, len;
	uint64_t next;
	pair_frame f;

	for (n = 0; n < COUNT(answers); n++) {
		device_init(3);
		device_start();
		devices[0].fail_kind = SEAMKEY_REQ_SEAL;
		devices[0].fail = 1;
		devices[0].answer = answers[n][0];
		next = pair_active(&net.end[0])->next;
		len = 77;
		in_place = b + seamkey_link_header(&net.end[0].link);
		memcpy(in_place, plain, sizeof plain);
		CHECK_INT(seamkey_link_seal(&net.end[0].link,
				  seamkey_span_of(NULL, 0), in_place,
				  PAIR_PLAIN, b, sizeof b, &len),
			answers[n][1]);
		CHECK_INT(len, 77);
		CHECK_MEM(
			in_place, zero, PAIR_PLAIN); /* not sealed: not sent */
		CHECK_INT(pair_active(&net.end[0])->next, next + 1);
		CHECK_INT(pair_seal(&net, 0, &f), SEAMKEY_OK);
		CHECK_INT(f.counter, next + 1);
		devices[1].fail_kind = SEAMKEY_REQ_OPEN;
		devices[1].fail = 1;
		devices[1].answer = answers[n][0];
		memset(got, 0xEE, sizeof got);
		CHECK_INT(seamkey_link_open(&net.end[1].link,
				  seamkey_span_of(NULL, 0), f.bytes, f.len, got,
				  sizeof got, &len),
			answers[n][1]);
		CHECK_MEM(got, zero, PAIR_PLAIN);
		CHECK_INT(net.end[1].link.opened.bad_tag, 0);
		CHECK_INT(devices[0].cancels, answers[n][0] > 0);
		CHECK_INT(devices[1].cancels, answers[n][0] > 0);
		CHECK_INT(pair_arrive(&net, &f), SEAMKEY_OK);
	}
}

/* Every single request fails once, in a start and a rekey of each kind. */
static void
link_device_survives_any_request_failing(void)
{
	unsigned long k, calls = 1;
	char name[40];

	for (k = 0; k <= calls; k++) {
		unsigned u = k & 1;

		snprintf(name, sizeof name, "request %lu", k);
		what = name;
		device_init(3);
		devices[u].fail_call = k;
		device_start();
		CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_0RTT, 200), 1);
		CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_NRTT, 200), 1);
		ticks(8);
		CHECK_INT(devices[0].bad + devices[1].bad, 0);
		CHECK_INT(device_keys(&devices[0]), 2);
		CHECK_INT(device_keys(&devices[1]), 2);
		CHECK_INT(net.end[0].twice + net.end[1].twice, 0);
		CHECK_INT(net.end[0].nonce_reuse + net.end[1].nonce_reuse, 0);
		CHECK_INT(net.end[0].wrong + net.end[1].wrong <= 1, 1);
		CHECK_INT(net.end[0].stale + net.end[1].stale, 0);
		if (k == 0) {
			calls = devices[0].calls;
		}
	}
}

/* A driver without poll that wants to be asked again. */
static void
link_device_without_poll(void)
{
	device_init(1);
	hardware[0].hook.drv = &no_poll;
	devices[0].fail_kind = SEAMKEY_REQ_SLOT_LOAD;
	devices[0].fail = 1;
	devices[0].answer = SEAMKEY_AGAIN;
	device_open();
	CHECK_INT(pair_settle(&net, 100), 1);
	CHECK_INT(net.end[0].events[SEAMKEY_LINK_HARDWARE], 1);
	CHECK_INT(devices[0].bad, 0);
}

/* ---- a start over keys that are there ----------------------------------- */

/* The device forgets the keys of an association before it gets the first
 * one of the next, and when an association ends. */
static void
link_device_forgets_the_old_association(void)
{
	unsigned u, t;

	for (u = 0; u < 6; u++) {
		device_init(3);
		device_start();
		for (t = 0; t < u; t++) {
			CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_0RTT, 100), 1);
		}
		net.now += 100;
		CHECK_INT(seamkey_link_start(&net.end[0].link), SEAMKEY_OK);
		ticks(40);
		CHECK_INT(net.end[1].events[SEAMKEY_LINK_STARTED], 2);
		CHECK_INT(pair_is_settled(&net), 1);
		CHECK_INT(device_keys(&devices[0]), 2);
		CHECK_INT(device_keys(&devices[1]), 2);
		CHECK_INT(devices[0].bad + devices[1].bad, 0);
		CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_0RTT, 100), 1);
		for (t = 0; t < 2; t++) {
			seamkey_link_end(&net.end[t].link);
			CHECK_INT(device_keys(&devices[t]), 0);
			CHECK_INT(devices[t].bad, 0);
		}
	}
}

/* clang-format off */
const struct test test_link_hardware_table[] = {
	{ "link_device_rekeys", link_device_rekeys },
	{ "link_device_is_looked_at", link_device_is_looked_at },
	{ "link_device_refuses_changed_frames",
		link_device_refuses_changed_frames },
	{ "link_device_that_is_late_is_not_ready",
		link_device_that_is_late_is_not_ready },
	{ "link_device_with_the_wrong_generation_is_not_ready",
		link_device_with_the_wrong_generation_is_not_ready },
	{ "link_device_that_never_completes",
		link_device_that_never_completes },
	{ "link_device_that_erases_late", link_device_that_erases_late },
	{ "link_device_that_never_erases", link_device_that_never_erases },
	{ "link_device_end_while_it_erases",
		link_device_end_while_it_erases },
	{ "link_device_lost_while_it_erases",
		link_device_lost_while_it_erases },
	{ "link_device_end_tells_what_it_could_not_erase",
		link_device_end_tells_what_it_could_not_erase },
	{ "link_device_end_while_it_loads", link_device_end_while_it_loads },
	{ "link_device_that_hangs_is_told_of",
		link_device_that_hangs_is_told_of },
	{ "link_device_scratch_is_wiped", link_device_scratch_is_wiped },
	{ "link_device_that_seals_short", link_device_that_seals_short },
	{ "link_device_speaks_for_itself", link_device_speaks_for_itself },
	{ "link_device_that_fails_is_asked_again",
		link_device_that_fails_is_asked_again },
	{ "link_device_that_cannot_erase", link_device_that_cannot_erase },
	{ "link_device_that_cannot_erase_one_of_three",
		link_device_that_cannot_erase_one_of_three },
	{ "link_device_key_that_stays_is_no_other",
		link_device_key_that_stays_is_no_other },
	{ "link_device_frame_errors_are_handed_through",
		link_device_frame_errors_are_handed_through },
	{ "link_device_survives_any_request_failing",
		link_device_survives_any_request_failing },
	{ "link_device_without_poll", link_device_without_poll },
	{ "link_device_forgets_the_old_association",
		link_device_forgets_the_old_association },
	{ NULL, NULL },
};
/* clang-format on */
