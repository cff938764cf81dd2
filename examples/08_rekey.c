/*
 * 08_rekey.c - a link that changes its keys while it runs
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * What it shows: a controller and a device that send each other a frame per
 * millisecond. They agree on a first key, derive a second one (0-RTT: no
 * message), agree on a third one (n-RTT: three messages), and lose nothing.
 *
 * What to copy: init_end(), turn(). Only seal and open are due in the cycle.
 *
 * What is faked: the network, the clock, and the pre-shared key, which is
 * everyone's. examples/link has a real network.
 */
#include <bearssl.h>
#include <stdio.h>

#include "seamkey.h"

struct end {
	seamkey_link link;
	seamkey_link_config cfg;
	seamkey_slot slot[2];
	uint64_t contexts[2 * 2 * (SEAMKEY_AEAD_CONTEXT / 8 + 1)];
};

static struct end plc, valve; /* initiator and follower */
static seamkey_aead aead;
static seamkey_random entropy;
static seamkey_link_auth auth;

static int
find_psk(void *ctx, unsigned relation, seamkey_span *key)
{
	(void)ctx;
	(void)relation;
	*key = seamkey_span_of("a key that everybody can read...", 32);
	return SEAMKEY_OK;
}

/* Times are in microseconds: a frame per millisecond, there within two. */
static int
init_end(struct end *e, uint8_t role)
{
	e->cfg.aead = &aead;
	e->cfg.role = role;
	e->cfg.one_context = 1; /* one thread */
	e->cfg.send_min = e->cfg.send_max = 1000;
	e->cfg.peer_min = e->cfg.peer_max = 1000;
	e->cfg.delay_max = 2000;
	e->cfg.random = entropy;
	return seamkey_link_init(&e->link, &e->cfg, &auth, NULL, 1, e->slot, 2,
		e->contexts, sizeof e->contexts);
}

/* One cycle of an end: a frame, if there is a key, and background work. */
static int
turn(struct end *e, struct end *other, uint64_t now)
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
		return status; /* before the first key that is no error */
	}
	do {
		status = seamkey_link_work(&e->link, now);
	} while (status == SEAMKEY_AGAIN);
	if (status != SEAMKEY_OK) {
		return status;
	}
	status = seamkey_link_take(&e->link, out, sizeof out, &len);
	if (status == SEAMKEY_OK) {
		return seamkey_link_put(&other->link, out, len);
	}
	return status == SEAMKEY_AGAIN ? SEAMKEY_OK : status;
}

int
main(void)
{
	const seamkey_link_work_counters *did = &valve.link.worked;
	br_hmac_drbg_context drbg;
	uint64_t frames, lost, ms;
	int status = SEAMKEY_OK;

	auth.psk = find_psk;
	if (seamkey_random_init(&entropy, &drbg) != SEAMKEY_OK
		|| seamkey_aead_bearssl(&aead, SEAMKEY_AEAD_AES_128_GCM)
		|| init_end(&plc, SEAMKEY_LINK_INITIATOR) != SEAMKEY_OK
		|| init_end(&valve, SEAMKEY_LINK_FOLLOWER) != SEAMKEY_OK
		|| seamkey_link_start(&plc.link) != SEAMKEY_OK) {
		return 1;
	}
	for (ms = 0; ms < 300 && status == SEAMKEY_OK; ms++) {
		if (ms == 100 || ms == 200) {
			status = seamkey_link_rekey(&plc.link,
				ms == 100 ? SEAMKEY_LINK_0RTT
					  : SEAMKEY_LINK_NRTT);
		}
		status = status ? status : turn(&plc, &valve, ms * 1000);
		status = status ? status : turn(&valve, &plc, ms * 1000);
	}
	frames = plc.link.sealed.frames + valve.link.sealed.frames;
	lost = frames - plc.link.opened.frames - valve.link.opened.frames;
	printf("%s: %u frames, %u lost; rekeys: %u 0-RTT, %u n-RTT\n",
		seamkey_text(status), (unsigned)frames, (unsigned)lost,
		(unsigned)did->rekeys_0rtt, (unsigned)did->rekeys_nrtt);
	status |= lost != 0 || did->rekeys_0rtt * did->rekeys_nrtt != 1;
	seamkey_link_end(&plc.link);
	seamkey_link_end(&valve.link);
	return status != 0;
}
