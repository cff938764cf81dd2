/*
 * seamkey_link.h - a running link that changes its keys without a loss
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * CONTENTS
 *   1. Background work    2. The exchange    3. Many links
 * Search for "[link.2]" to reach section 2: declarations first,
 * definitions second. Errors, configuration, the link itself, sealing and
 * opening stand in seamkey_frame.h, which this header includes.
 *
 * WHAT IT IS
 *   Two peers, the initiator and the follower, send each other frames in a
 *   cycle for months, and renew their keys under way: two key identifiers
 *   in every frame, the one that it is sealed with and the next, take the
 *   place of messages. A derived key (0-RTT) needs no message at all; an
 *   agreed key (n-RTT, X25519) needs three, on a channel of the user's,
 *   while the frames go on. No frame waits, none is opened by trial, and
 *   none that is authentic and arrives in time is refused. docs/SPEC.md has
 *   every byte; docs/DESIGN.md the reasons.
 *
 * QUICK START
 *   seamkey_link_init() on both ends; the initiator calls
 *   seamkey_link_start(). Then, on both ends: seamkey_link_seal() for each
 *   frame sent, seamkey_link_open() for each received; seamkey_link_work()
 *   often, from the lowest priority; what seamkey_link_take() gives goes
 *   to the other end's seamkey_link_put(). examples/08_rekey.c is that.
 *
 * GUARANTEES
 *   seal and open derive no key, make no key schedule, run one cipher
 *   operation at most, and take the same time whatever a rekey is doing.
 *   A frame whose tag is wrong changes a counter of failures, nothing else.
 *   No key and nonce are used twice; no frame is delivered twice.
 *   Constant time in keys, shared secrets and plaintext.
 *
 * CAUTIONS
 *   Keys live in RAM only: after a restart an end starts anew.
 *   A provider sends at least every send_max, a filler if need be, since
 *   the signals of a rekey ride on the frames.
 *   A chain of derived keys does not heal after a theft of a key; an
 *   agreed key does. Plan one a day (chain_max, root_age).
 */
#include <bearssl.h>

#include "seamkey_base.h"
#include "seamkey_frame.h"

#ifndef SEAMKEY_LINK_H
#define SEAMKEY_LINK_H

#ifdef __cplusplus
extern "C" {
#endif

/* ---- [link.1] Background work --------------------------------------- */

/*
 * One step of what is due: one key derivation (an HMAC; up to five for the
 * root of an exchange and the check of its tag), one key schedule, one
 * X25519, or less. now is the caller's monotonic clock, read after the call
 * of work before; where it is the same again, or steps back, no time has
 * passed. With cfg->one_context it is read after the last call of open: the
 * grace of an old key begins at the first now that work gets after the first
 * frame under the new one.
 *
 * How many instructions a step takes at most ("make steps" and "make bench"
 * compare):
 *
 *            Cortex-M0  Cortex-M3  Cortex-M4   x86-64
 *   X25519     6000000    4300000    2100000  2100000
 *   others       98000      55000      55000    67000
 *
 * So on a device with one loop work is for its lowest priority.
 *
 * Returns SEAMKEY_AGAIN where another step is due at once, SEAMKEY_OK
 * where there is nothing to do, or an error that is worth a report: from
 * the random source, from the psk hook, from a driver. The next call goes on
 * in any case. While a driver does not answer no key is made, and a link
 * that has one goes on with it up to its hard limit; a start is possible, but
 * while a slot is being erased, for which it waits.
 */
SEAMKEY_API int seamkey_link_work(seamkey_link *link, uint64_t now);

/*
 * Ask for a rekey, in work's context; the initiator's user does. Returns
 * SEAMKEY_OK: it will be begun as soon as the slots admit it (one of that
 * kind, or an n-RTT one, that is under way answers the wish, if it comes to
 * its end; wishes of both kinds are kept);
 * SEAMKEY_ERR_LINK_ROLE, _DOWN; SEAMKEY_ERR_ARG for another kind.
 */
SEAMKEY_API int seamkey_link_rekey(seamkey_link *link, int kind);

/* 1 if a key is installed; 1 if no rekey is under way. From work. */
SEAMKEY_API int seamkey_link_is_up(const seamkey_link *link);
SEAMKEY_API int seamkey_link_is_settled(const seamkey_link *link);

/* ---- [link.2] The exchange ------------------------------------------ */

/* Octets of the longest exchange message. */
#define SEAMKEY_LINK_MESSAGE_MAX (192 + SEAMKEY_LINK_SIGNATURE_MAX)

/*
 * Begin an association, or replace the one there is once the other end has
 * answered: what is on its way is lost then, and seal answers SEAMKEY_AGAIN
 * until a frame of the follower's has come. In work's context. Returns
 * SEAMKEY_OK; SEAMKEY_ERR_LINK_ROLE.
 */
SEAMKEY_API int seamkey_link_start(seamkey_link *link);

/*
 * The message that is to be sent now, if any. In work's context, after
 * work. Returns SEAMKEY_OK with *len octets, SEAMKEY_AGAIN with nothing to
 * send now (a sign hook that is not done counts as that), SEAMKEY_ERR_SPACE
 * (_MESSAGE_MAX is enough), what a hook answers. Messages are repeated
 * until they have had their effect; a lost one costs cfg->retry.
 */
SEAMKEY_API int seamkey_link_take(
	seamkey_link *link, unsigned char *out, size_t cap, size_t *len);

/*
 * A message that came from the other end. In work's context. Three
 * derivations at most, two MACs and one verify hook, before any X25519.
 * Returns SEAMKEY_OK, or with nothing changed SEAMKEY_ERR_LINK_MESSAGE,
 * _STALE, _AUTH, _BUSY, what a hook answers.
 */
SEAMKEY_API int seamkey_link_put(
	seamkey_link *link, const unsigned char *message, size_t len);

/* ---- [link.3] Many links -------------------------------------------- */

/*
 * Let links of a controller (cfg->scheduled) begin their rekeys: at most
 * cap at a time, the one first that has the fewest frames left below its
 * hard limit, of either end. That is known to a 128th of the limit; among
 * links that look alike the oldest key goes first. Where places are held by
 * peers that do not answer, one that has come to its reserve waits no
 * longer: then more than cap are under way. Links that were ended are
 * passed over. Call it every few cycles, in work's context. Returns how many
 * are under way.
 */
SEAMKEY_API size_t seamkey_link_schedule(
	seamkey_link *const *links, size_t count, size_t cap);

#ifdef __cplusplus
}
#endif
#endif /* SEAMKEY_LINK_H */

/* ===================== definitions ==================================== */
#if (!defined(SEAMKEY_EXTERN) || defined(SEAMKEY_IMPLEMENTATION)) \
	&& !defined(SEAMKEY_LINK_IMPLEMENTED)
#define SEAMKEY_LINK_IMPLEMENTED

#ifdef __cplusplus
extern "C" {
#endif

/* ---- [link.1] Background work --------------------------------------- */

/* What work does, one step after the other. */
enum seamkey_i_link_step {
	SEAMKEY_I_STEP_NONE,
	SEAMKEY_I_STEP_DOWN,     /* a start: wait for seal and open to see it */
	SEAMKEY_I_STEP_CHAIN,    /* 0-RTT: the next chain secret */
	SEAMKEY_I_STEP_KEY,      /* a direction's key ... */
	SEAMKEY_I_STEP_SCHEDULE, /* ... goes into its context or device */
	SEAMKEY_I_STEP_CLEAR,    /* of a device where that failed */
	SEAMKEY_I_STEP_IV,       /* a direction's IV */
	SEAMKEY_I_STEP_PUBLISH
};

/* States of an exchange; the initiator's first, then the follower's. */
enum seamkey_i_exchange_state {
	SEAMKEY_I_IDLE,
	SEAMKEY_I_SHARE,  /* I: make the share */
	SEAMKEY_I_ASKED,  /* I: message 1 goes out, message 2 is awaited */
	SEAMKEY_I_SHARE2, /* F: message 1 came, make the share */
	SEAMKEY_I_DH,     /* both */
	SEAMKEY_I_ROOT,   /* both */
	SEAMKEY_I_CHECK,  /* I: the tag of message 2 */
	SEAMKEY_I_STAGED, /* F: message 2 goes out, message 3 is awaited */
	SEAMKEY_I_READY,  /* both: push as soon as a slot is free */
	SEAMKEY_I_PUSHING,
	SEAMKEY_I_CONFIRM /* I: message 3 goes out until a frame answers it */
};

#define SEAMKEY_I_INFO_MAX 96

/* Labels of derivations; all end in the zero octet that follows them. */
#define SEAMKEY_I_LABEL(text) (text), sizeof(text)

static inline void
seamkey_i_link_hmac(const unsigned char *key, size_t key_len, seamkey_span a,
	seamkey_span b, unsigned char *out)
{
	br_hmac_key_context kc;
	br_hmac_context hc;

	br_hmac_key_init(&kc, &br_sha256_vtable, key, key_len);
	br_hmac_init(&hc, &kc, 0);
	br_hmac_update(&hc, a.p, a.len);
	br_hmac_update(&hc, b.p, b.len);
	br_hmac_out(&hc, out);
	seamkey_wipe(&kc, sizeof kc);
	seamkey_wipe(&hc, sizeof hc);
	seamkey_i_scrub();
}

/* What a derivation is bound to; docs/SPEC.md. */
typedef struct seamkey_i_link_info {
	const char *label;
	size_t label_len; /* with its zero octet */
	const unsigned char *session;
	uint64_t m, c;
	unsigned direction; /* 0 none, 1 initiator to follower, 2 back */
	const unsigned char *transcript; /* 32 octets, or NULL */
	size_t len;                      /* octets of output, 32 at most */
} seamkey_i_link_kdf;

/* HKDF-Expand (RFC 5869) of one block at most. out may be secret. */
static inline void
seamkey_i_link_expand(const seamkey_link *l, const unsigned char *secret,
	const seamkey_i_link_kdf *k, unsigned char *out)
{
	unsigned char info[SEAMKEY_I_INFO_MAX], block[32];
	unsigned char *p = info;

	memcpy(p, "rk1 ", 4);
	memcpy(p + 4, k->label, k->label_len);
	p += 4 + k->label_len;
	seamkey_i_aead_put(p, l->cfg->aead->suite, 2);
	p[2] = l->cfg->mode;
	p[3] = 0x12; /* direction 1 is the initiator's, 2 the follower's */
	memcpy(p + 4, k->session, 16);
	seamkey_i_aead_put(p + 20, l->relation, 2);
	seamkey_i_aead_put(p + 22, k->m, 8);
	seamkey_i_aead_put(p + 30, k->c, 8);
	p[38] = (unsigned char)k->direction;
	p += 39;
	if (k->transcript != NULL) {
		memcpy(p, k->transcript, 32);
		p += 32;
	}
	seamkey_i_aead_put(p, k->len, 2);
	p[2] = 1; /* HKDF's block counter */
	p += 3;
	seamkey_i_link_hmac(secret, 32,
		seamkey_span_of(info, (size_t)(p - info)),
		seamkey_span_of(NULL, 0), block);
	memcpy(out, block, k->len);
	seamkey_wipe(block, sizeof block);
}

/* A derivation for the newest key of the association that runs. */
static inline void
seamkey_i_link_derive(const seamkey_link *l, const char *label,
	size_t label_len, unsigned direction, size_t len, unsigned char *out)
{
	seamkey_i_link_kdf k;

	memset(&k, 0, sizeof k);
	k.label = label;
	k.label_len = label_len;
	k.session = l->session;
	k.m = l->m;
	k.c = l->c;
	k.direction = direction;
	k.len = len;
	seamkey_i_link_expand(l, l->chain, &k, out);
}

/* Could a key with this identifier be pushed now? */
static inline int
seamkey_i_link_can_push(const seamkey_link *l, uint64_t m, uint64_t c)
{
	seamkey_view provider = seamkey_i_view_look(&l->provider);
	seamkey_view consumer = seamkey_i_view_look(&l->consumer);
	uint8_t id = seamkey_i_link_wire(l->cfg, m, c);
	int free_slot = 0;
	unsigned u;

	for (u = 0; u < l->slots; u++) {
		if (!l->slot[u].used) {
			free_slot = 1;
		} else if (l->slot[u].wire == id
			|| l->slot[u].generation
				== (uint8_t)(l->provider.pushed + 1)) {
			/* H-3: two live keys of one identifier; or one that a
			 * device could not erase for 256 generations */
			return 0;
		}
	}
	return free_slot && seamkey_view_push(&provider, l->slots) == SEAMKEY_OK
		&& seamkey_view_push(&consumer, l->slots) == SEAMKEY_OK
		&& provider.pushed == consumer.pushed;
}

/* Begin to make the next key. kind is 0 for the first of an association,
 * before which the one that is there comes to its end. */
static inline void
seamkey_i_link_begin(seamkey_link *l, int kind)
{
	l->kind = (uint8_t)kind;
	l->direction = 0;
	l->settled = 0;
	l->permit_at = l->permit ? l->permit_at : l->now;
	l->permit = 0;
	l->wants = 0;
	if (kind == 0) {
		seamkey_i_link_drop(l); /* maybe one that never comes */
		l->step = SEAMKEY_I_STEP_DOWN;
		seamkey_view_reset(&l->provider);
		seamkey_view_reset(&l->consumer);
		SEAMKEY_PUBLISH(&l->epoch, (l->epoch + 1) & 0xFE);
		return;
	}
	l->step = kind == SEAMKEY_LINK_0RTT ? SEAMKEY_I_STEP_CHAIN
					    : SEAMKEY_I_STEP_KEY;
	for (l->target = 0; l->target + 1u < l->slots; l->target++) {
		if (!l->slot[l->target].used) {
			break;
		}
	}
}

/* Has everybody seen that the link is down? Then nobody uses a slot. */
static inline int
seamkey_i_link_step_down(seamkey_link *l)
{
	int status = SEAMKEY_OK;
	unsigned u;

	seamkey_wipe(l->chain, sizeof l->chain);
	seamkey_wipe(&l->exchange[0], sizeof l->exchange[0]);
	if (!l->cfg->one_context
		&& (SEAMKEY_OBSERVE(&l->seal_epoch) != l->epoch
			|| SEAMKEY_OBSERVE(&l->open_epoch) != l->epoch)) {
		return SEAMKEY_OK;
	}
	for (u = 0; u < l->slots && status == SEAMKEY_OK; u++) {
		if (l->slot[u].used || (l->dirty && u == l->target)) {
			status = seamkey_i_slot_erase(l, &l->slot[u]);
		}
	}
	if (status != SEAMKEY_OK) {
		return status == SEAMKEY_AGAIN ? SEAMKEY_OK : status;
	}
	l->target = 0;
	l->step = SEAMKEY_I_STEP_NONE;
	if (l->exchange[1].state == SEAMKEY_I_PUSHING) {
		memcpy(l->chain, l->exchange[1].secret, sizeof l->chain);
		memcpy(l->session, l->exchange[1].peer, sizeof l->session);
		seamkey_wipe(l->exchange[1].secret, sizeof l->chain);
		l->m = l->c = 0;
		l->step = SEAMKEY_I_STEP_KEY;
	}
	return SEAMKEY_AGAIN;
}

/*
 * Hand a key to the device, and wait until it says that it is there. Where
 * it did not work nobody knows what is in the slot: it is erased before
 * the next try, which begins with the first direction.
 */
static inline int
seamkey_i_link_load(seamkey_link *l, seamkey_slot *s, seamkey_span key)
{
	int status = seamkey_i_link_request(l, SEAMKEY_REQ_SLOT_LOAD, s, key);

	if (status == SEAMKEY_OK) {
		l->step = SEAMKEY_I_STEP_IV;
		return SEAMKEY_AGAIN;
	}
	if (status < 0) {
		seamkey_wipe(l->exchange[0].secret, 32);
		l->step = SEAMKEY_I_STEP_CLEAR;
	}
	return status == SEAMKEY_AGAIN ? SEAMKEY_OK : status;
}

static inline int
seamkey_i_link_step_clear(seamkey_link *l, seamkey_slot *s)
{
	int status = seamkey_i_slot_erase(l, s);

	if (status == SEAMKEY_OK) {
		l->direction = 0;
		l->step = SEAMKEY_I_STEP_KEY;
		return SEAMKEY_AGAIN;
	}
	return status == SEAMKEY_AGAIN ? SEAMKEY_OK : status;
}

/* 3/4 to 1 of a limit; r is 16 random bits. */
static inline uint64_t
seamkey_i_link_draw(uint64_t limit, unsigned r)
{
	uint64_t quarter = limit >> 2;

	return limit - (quarter >> 16) * r - ((quarter & 0xFFFF) * r >> 16);
}

/* The new slot's own numbers; all other fields of it are zero. */
static inline int
seamkey_i_link_fill_slot(seamkey_link *l, seamkey_slot *s)
{
	unsigned char random[8];
	int status = seamkey_random_get(&l->cfg->random, random, sizeof random);

	if (status != SEAMKEY_OK) {
		/* the earliest limits: safe, though not spread */
		memset(random, 0xFF, sizeof random);
	}
	l->key_draw = (uint16_t)seamkey_i_aead_get(random, 2);
	s->soft = seamkey_i_link_draw(l->soft, l->key_draw);
	s->sent = s->next = s->bytes = 0;
	s->expected = s->failed = 0;
	memset(s->window, 0, sizeof s->window);
	SEAMKEY_PUBLISH(&s->wire, seamkey_i_link_wire(l->cfg, l->m, l->c));
	s->serial = l->serial + 1;
	SEAMKEY_PUBLISH(&s->generation, s->serial);
	SEAMKEY_PUBLISH(&s->used, 1);
	l->dirty = 0; /* erased as what is used, from now on */
	l->key_at = l->now;
	if (l->kind != SEAMKEY_LINK_0RTT) {
		l->root_at = l->now;
		l->root_draw = (uint16_t)seamkey_i_aead_get(random + 2, 2);
	}
	return status;
}

/* The first key of an association: no one looks at the link yet. */
static inline int
seamkey_i_link_install(seamkey_link *l)
{
	uint8_t before = (uint8_t)l->serial, g = (uint8_t)(before + 1);
	int status = seamkey_i_link_fill_slot(l, &l->slot[l->target]);

	if (l->hardware != NULL) {
		status = seamkey_i_link_device(l, SEAMKEY_REQ_SLOT_ACTIVATE,
			&l->slot[l->target], NULL);
		if (status != SEAMKEY_OK) {
			l->worked.hardware++;
			seamkey_i_link_tell(l, SEAMKEY_LINK_HARDWARE);
			return status;
		}
	}
	(void)seamkey_view_install(&l->provider, g);
	(void)seamkey_view_install(&l->consumer, g);
	l->peer = l->cfg->role == SEAMKEY_LINK_INITIATOR ? before : g;
	seamkey_i_link_mark(&l->seal_soft, g, 0);
	seamkey_i_link_mark(&l->seal_urgent, g, 0);
	seamkey_i_link_mark(&l->seal_hard, g, 0);
	seamkey_i_link_mark(&l->open_soft, g, 0);
	seamkey_i_link_mark(&l->open_urgent, g, 0);
	seamkey_i_link_mark(&l->alarm, g, 0);
	l->drained = l->newest = l->seen_active = g;
	l->attempt = 0;
	l->failures = 0;
	l->heard_at = l->now;
	SEAMKEY_PUBLISH(&l->announce, l->slot[l->target].wire);
	SEAMKEY_PUBLISH(&l->epoch, l->epoch + 1);
	return status == SEAMKEY_OK ? SEAMKEY_AGAIN : status;
}

/* Everything is in place: the key becomes visible, then announced. */
static inline int
seamkey_i_link_step_publish(seamkey_link *l)
{
	seamkey_exchange *x = &l->exchange[l->kind == 0];
	int status;

	if (l->kind == 0) {
		status = seamkey_i_link_install(l);
		if (status < 0 && !(l->epoch & 1)) {
			return status;
		}
	} else {
		status = seamkey_i_link_fill_slot(l, &l->slot[l->target]);
		(void)seamkey_view_push(&l->consumer, l->slots);
		(void)seamkey_view_push(&l->provider, l->slots);
		SEAMKEY_PUBLISH(&l->announce, l->slot[l->target].wire);
	}
	l->serial++;
	l->step = SEAMKEY_I_STEP_NONE;
	if (l->kind != SEAMKEY_LINK_0RTT) {
		x->state = SEAMKEY_I_IDLE;
		x->tries = 0;
		if (l->cfg->role == SEAMKEY_LINK_INITIATOR) {
			x->state = SEAMKEY_I_CONFIRM;
			x->due = l->now;
		}
	}
	return status == SEAMKEY_OK ? SEAMKEY_AGAIN : status;
}

/* One step of the key that is being made. */
static inline int
seamkey_i_link_step(seamkey_link *l)
{
	seamkey_slot *s = &l->slot[l->target];
	const seamkey_aead *aead = l->cfg->aead;
	/* nothing else needs that secret while a key is made */
	unsigned char *key = l->exchange[0].secret;
	/* of the frames that the key is for */
	unsigned d = l->direction ? 3u - l->cfg->role : l->cfg->role;

	switch (l->step) {
	case SEAMKEY_I_STEP_DOWN:
		return seamkey_i_link_step_down(l);
	case SEAMKEY_I_STEP_CHAIN:
		/* bound to the key that comes out; the old secret is gone */
		l->c++;
		seamkey_i_link_derive(
			l, SEAMKEY_I_LABEL("chain"), 0, 32, l->chain);
		l->step = SEAMKEY_I_STEP_KEY;
		return SEAMKEY_AGAIN;
	case SEAMKEY_I_STEP_KEY:
		seamkey_i_link_derive(
			l, SEAMKEY_I_LABEL("key"), d, aead->key_len, key);
		l->step = SEAMKEY_I_STEP_SCHEDULE;
		return SEAMKEY_AGAIN;
	case SEAMKEY_I_STEP_SCHEDULE:
		if (l->hardware != NULL) {
			return seamkey_i_link_load(
				l, s, seamkey_span_of(key, aead->key_len));
		}
		aead->init(
			aead, seamkey_i_link_context(l, s, l->direction), key);
		seamkey_i_scrub();
		l->step = SEAMKEY_I_STEP_IV;
		return SEAMKEY_AGAIN;
	case SEAMKEY_I_STEP_CLEAR:
		return seamkey_i_link_step_clear(l, s);
	case SEAMKEY_I_STEP_IV:
		seamkey_wipe(key, sizeof l->exchange[0].secret);
		seamkey_i_link_derive(l, SEAMKEY_I_LABEL("iv"), d,
			SEAMKEY_AEAD_NONCE, s->iv[l->direction]);
		l->step = l->direction ? SEAMKEY_I_STEP_PUBLISH
				       : SEAMKEY_I_STEP_KEY;
		l->direction = 1;
		return SEAMKEY_AGAIN;
	default:
		return seamkey_i_link_step_publish(l);
	}
}

/*
 * Time out old keys. The provider has no use for one that it has left. The
 * consumer keeps it for the grace time, counted from when work learns that
 * the first frame under the new key has come; or, where the sender's least
 * interval is promised, until so many frames have come under the new key
 * that none under the old one can be on its way.
 */
static inline void
seamkey_i_link_retire(seamkey_link *l)
{
	uint8_t active = SEAMKEY_OBSERVE(&l->consumer.active);

	while (seamkey_view_timeout(&l->provider) == SEAMKEY_OK) {
	}
	if (active != l->seen_active) {
		l->seen_active = active;
		l->grace_from = l->now;
		l->grace_due = !l->cfg->one_context;
	} else if (l->grace_due && l->now != l->grace_from) {
		/* that now may have been read before open switched; another
		 * one has been read since */
		l->grace_due = 0;
		l->grace_from = l->now;
	}
	if ((!l->grace_due
		    && l->now - l->grace_from >= seamkey_i_link_grace(l->cfg))
		|| SEAMKEY_OBSERVE(&l->drained) == active) {
		/* up to the key that was seen: open may switch meanwhile */
		while (l->consumer.oldest != active
			&& seamkey_view_timeout(&l->consumer) == SEAMKEY_OK) {
		}
	}
}

/* Erase the slots that both views have left, and open has seen it. One that a
 * device does not erase is for the next call, and holds up no other. */
static inline int
seamkey_i_link_erase(seamkey_link *l)
{
	unsigned u;
	int status = SEAMKEY_OK, one;

	if (l->cfg->one_context) {
		l->open_oldest = l->consumer.oldest;
	}
	if (SEAMKEY_OBSERVE(&l->open_oldest) != l->consumer.oldest) {
		return SEAMKEY_OK;
	}
	for (u = 0; u < l->slots; u++) {
		seamkey_slot *s = &l->slot[u];

		if (s->used
			&& !seamkey_i_link_within(s->generation,
				l->provider.oldest, l->provider.pushed)
			&& !seamkey_i_link_within(s->generation,
				l->consumer.oldest, l->consumer.pushed)
			&& status <= SEAMKEY_OK) {
			one = seamkey_i_slot_erase(l, s);
			status = one == SEAMKEY_OK ? status : one;
		}
	}
	return status;
}

/* Nothing is under way, and both directions use the newest key. */
static inline int
seamkey_i_link_even(const seamkey_link *l)
{
	uint8_t g = l->provider.pushed;

	return l->step == SEAMKEY_I_STEP_NONE && (l->epoch & 1) != 0
		&& SEAMKEY_OBSERVE(&l->provider.active) == g
		&& SEAMKEY_OBSERVE(&l->consumer.active) == g
		&& (l->cfg->role == SEAMKEY_LINK_FOLLOWER
			|| SEAMKEY_OBSERVE(&l->peer) == g);
}

/* A rekey or a start has come to its end. */
static inline void
seamkey_i_link_settle(seamkey_link *l)
{
	l->settled = 1;
	l->told = 0;
	l->worked.last_switch = l->now;
	l->worked.starts += l->kind == 0;
	l->worked.rekeys_0rtt += l->kind == SEAMKEY_LINK_0RTT;
	l->worked.rekeys_nrtt += l->kind == SEAMKEY_LINK_NRTT;
	if (l->kind != SEAMKEY_LINK_0RTT) {
		l->failures = 0;
	}
	l->wanted &= l->kind == SEAMKEY_LINK_NRTT ? 0 : ~l->kind;
	seamkey_i_link_tell(l, SEAMKEY_LINK_STARTED + l->kind);
}

/* What seal and open have noticed becomes an event here, once per key. */
static inline void
seamkey_i_link_watch(seamkey_link *l)
{
	/* each before the view that it is compared with */
	uint8_t alarm = SEAMKEY_OBSERVE(&l->alarm);
	uint8_t hard = SEAMKEY_OBSERVE(&l->seal_hard);
	uint8_t seen;

	if (!l->settled && seamkey_i_link_even(l)) {
		seamkey_i_link_settle(l);
	}
	if (alarm == SEAMKEY_OBSERVE(&l->consumer.active) && !(l->told & 1)) {
		l->told |= 1;
		seamkey_i_link_tell(l, SEAMKEY_LINK_TAG_ALARM);
		/* a fresh key, but no more than one for each alarm */
		l->wanted |= SEAMKEY_LINK_0RTT;
	}
	if (hard == SEAMKEY_OBSERVE(&l->provider.active) && !(l->told & 2)) {
		l->told |= 2;
		seamkey_i_link_tell(l, SEAMKEY_LINK_HARD_LIMIT);
	}
	seen = SEAMKEY_OBSERVE(&l->peer_bugs);
	if (seen != l->seen_bugs) {
		l->seen_bugs = seen;
		seamkey_i_link_tell(l, SEAMKEY_LINK_PEER_BUG);
	}
}

/*
 * With 16 bits of counter on the wire a silence of half their range cannot
 * be bridged: what comes then could be extended to a wrong counter. The
 * association ends, and has to be started again.
 */
static inline void
seamkey_i_link_silence(seamkey_link *l)
{
	if (SEAMKEY_OBSERVE(&l->heard) == l->asked) {
		l->heard_at = l->now;
		SEAMKEY_PUBLISH(&l->asked, l->asked + 1);
	}
	if (l->now - l->heard_at >= seamkey_i_link_silence_max(l->cfg)) {
		l->heard_at = l->now;
		seamkey_i_link_begin(l, 0);
		seamkey_i_link_tell(l, SEAMKEY_LINK_LOST);
	}
}

/* Is the root older than it may get? */
static inline int
seamkey_i_link_root_aged(const seamkey_link *l)
{
	return l->cfg->root_age != 0
		&& l->now - l->root_at
		>= seamkey_i_link_draw(l->cfg->root_age, l->root_draw);
}

static inline uint64_t
seamkey_i_link_soft_age(const seamkey_link_config *cfg)
{
	return seamkey_i_link_or(cfg->soft_age, (uint64_t)6 * 3600 * 1000000);
}

/* Is a rekey due by frames, octets, age or wish? */
static inline int
seamkey_i_link_is_due(const seamkey_link *l)
{
	uint8_t g = l->provider.pushed;

	return l->wanted != 0 || SEAMKEY_OBSERVE(&l->seal_soft) == g
		|| SEAMKEY_OBSERVE(&l->open_soft) == g
		|| l->now - l->key_at >= seamkey_i_link_draw(
			   seamkey_i_link_soft_age(l->cfg), l->key_draw)
		|| seamkey_i_link_root_aged(l);
}

/* In units of 2^used_shift: frames of the end that has sealed more. */
static inline uint8_t
seamkey_i_link_used(const seamkey_link *l)
{
	uint8_t sent = SEAMKEY_OBSERVE(&l->used);
	uint8_t received = SEAMKEY_OBSERVE(&l->received);

	return sent > received ? sent : received;
}

/* Have the frames begun that a rekey itself may need? Nobody queues then:
 * who stops at the hard limit cannot finish a rekey, nor leave its place. */
static inline int
seamkey_i_link_in_reserve(const seamkey_link *l)
{
	uint64_t edge = l->hard - seamkey_link_reserve(l->cfg);

	return seamkey_i_link_used(l) >= edge >> l->used_shift;
}

static inline int
seamkey_i_link_wants_root(const seamkey_link *l)
{
	return (l->wanted & SEAMKEY_LINK_NRTT) != 0
		|| l->c >= seamkey_i_link_draw(
			   seamkey_i_link_or(l->cfg->chain_max, 0x10000),
			   l->root_draw)
		|| seamkey_i_link_root_aged(l);
}

/* Is it too late to wait for messages? An undrawn limit has been reached, or
 * the alarm of wrong tags: who keeps messages away must not keep a key. */
static inline int
seamkey_i_link_is_urgent(const seamkey_link *l)
{
	uint8_t g = l->provider.pushed;

	return SEAMKEY_OBSERVE(&l->seal_urgent) == g
		|| SEAMKEY_OBSERVE(&l->open_urgent) == g || (l->told & 1) != 0
		|| l->now - l->key_at >= seamkey_i_link_soft_age(l->cfg);
}

/* The initiator: begin a rekey where one is due and the slots admit it. */
static inline void
seamkey_i_link_lead(seamkey_link *l)
{
	seamkey_exchange *x = &l->exchange[0];
	int urgent = seamkey_i_link_is_urgent(l);
	int root = !urgent && seamkey_i_link_wants_root(l);

	if (l->now < l->pause_until && (l->wanted & SEAMKEY_LINK_0RTT)) {
		root = 0; /* that wish needs no answer */
	}
	if (x->state != SEAMKEY_I_IDLE) {
		/* H-13: an attempt that hangs gives way, if not pushed */
		if (!urgent || x->state >= SEAMKEY_I_READY) {
			return;
		}
		seamkey_wipe(x, sizeof *x);
		l->worked.abandoned++;
		seamkey_i_link_tell(l, SEAMKEY_LINK_ABANDONED);
	}
	if (!l->settled || !seamkey_i_link_is_due(l)
		|| (root && l->now < l->pause_until)) {
		return;
	}
	if (l->cfg->scheduled && !l->permit && !seamkey_i_link_in_reserve(l)) {
		l->wants = 1;
		return;
	}
	if (root) {
		if (seamkey_i_link_can_push(l, l->m + 1, 0)) {
			memset(x, 0, sizeof *x);
			x->state = SEAMKEY_I_SHARE;
			x->attempt = ++l->attempt;
			SEAMKEY_PUBLISH(&l->announce,
				seamkey_i_link_wire(l->cfg, l->m + 1, 0));
		}
	} else if (seamkey_i_link_can_push(l, l->m, l->c + 1)) {
		seamkey_i_link_begin(l, SEAMKEY_LINK_0RTT);
	}
}

/* The follower: derive the key that an authentic frame announced. */
static inline void
seamkey_i_link_follow(seamkey_link *l)
{
	uint8_t next = (uint8_t)(l->provider.pushed + 1);

	if (SEAMKEY_OBSERVE(&l->peer) == next
		&& l->exchange[0].state != SEAMKEY_I_READY
		&& seamkey_i_link_can_push(l, l->m, l->c + 1)) {
		/* the initiator has given up the attempt staged here */
		seamkey_wipe(&l->exchange[0], sizeof l->exchange[0]);
		seamkey_i_link_begin(l, SEAMKEY_LINK_0RTT);
	}
}

static inline int seamkey_i_exchange_work(seamkey_link *l);

/* What has to be looked at in any case. 1 if the association has ended. */
static inline int
seamkey_i_link_look(seamkey_link *l)
{
	seamkey_i_link_silence(l);
	if (!(l->epoch & 1)) {
		return 1;
	}
	seamkey_i_link_watch(l);
	seamkey_i_link_retire(l);
	return 0;
}

/*
 * A step of the key that is being made. While a device is at it, which may
 * be for ever, the user is told what happens, and a start goes on: it takes
 * the place of the key.
 */
static inline int
seamkey_i_link_make(seamkey_link *l)
{
	int status = seamkey_i_link_step(l);

	if (status != SEAMKEY_OK || l->hardware == NULL || !(l->epoch & 1)) {
		return status;
	}
	return seamkey_i_link_look(l) ? SEAMKEY_AGAIN
				      : seamkey_i_exchange_work(l);
}

SEAMKEY_API int
seamkey_link_work(seamkey_link *link, uint64_t now)
{
	int status, erased = SEAMKEY_OK;

	if (link->begun && now > link->last) {
		link->now += now - link->last;
	}
	link->begun = 1;
	link->last = now;
	if (link->step != SEAMKEY_I_STEP_NONE) {
		return seamkey_i_link_make(link);
	}
	if (link->epoch & 1) {
		if (seamkey_i_link_look(link)) {
			return SEAMKEY_AGAIN; /* the association has ended */
		}
		erased = seamkey_i_link_erase(link);
		if (erased == SEAMKEY_AGAIN) {
			/* while a device erases it can load nothing */
			return SEAMKEY_OK;
		}
	}
	status = seamkey_i_exchange_work(link);
	/* an exchange that a hook lets down must not hold up a 0-RTT rekey */
	if (status != SEAMKEY_AGAIN && (link->epoch & 1) != 0
		&& link->step == SEAMKEY_I_STEP_NONE) {
		if (link->cfg->role == SEAMKEY_LINK_INITIATOR) {
			seamkey_i_link_lead(link);
		} else {
			seamkey_i_link_follow(link);
		}
	}
	if (status == SEAMKEY_OK
		&& (link->step != SEAMKEY_I_STEP_NONE
			|| link->exchange[0].state == SEAMKEY_I_SHARE)) {
		return SEAMKEY_AGAIN;
	}
	/* a slot that a device did not erase is tried again, and told of;
	 * others may be free */
	return status == SEAMKEY_OK ? erased : status;
}

SEAMKEY_API int
seamkey_link_rekey(seamkey_link *link, int kind)
{
	if (link->cfg->role != SEAMKEY_LINK_INITIATOR) {
		return SEAMKEY_ERR_LINK_ROLE;
	}
	if (kind != SEAMKEY_LINK_0RTT && kind != SEAMKEY_LINK_NRTT) {
		return SEAMKEY_ERR_ARG;
	}
	if (!(link->epoch & 1)) {
		return SEAMKEY_ERR_LINK_DOWN;
	}
	link->wanted |= (uint8_t)kind;
	return SEAMKEY_OK;
}

SEAMKEY_API int
seamkey_link_is_up(const seamkey_link *link)
{
	return link->epoch & 1;
}

SEAMKEY_API int
seamkey_link_is_settled(const seamkey_link *link)
{
	return link->settled && link->exchange[0].state == SEAMKEY_I_IDLE
		&& seamkey_i_link_even(link);
}

/* ---- [link.2] The exchange ------------------------------------------ */

/* Octets before what each message has of its own. */
#define SEAMKEY_I_HEAD 18

/* Curve25519 in constant time on this machine. */
static inline const br_ec_impl *
seamkey_i_exchange_curve(void)
{
#if defined(__ARM_ARCH_6M__) || defined(__ARM_ARCH_7M__) \
	|| defined(__ARM_ARCH_8M_BASE__)
	return &br_ec_c25519_m15; /* no multiplication of 32 bits to 64 */
#else
	return &br_ec_c25519_m31;
#endif
}

/* What every message begins with; a configuration that differs at the two
 * ends shows here, before any key is used. */
static inline void
seamkey_i_exchange_head(const seamkey_link *l, const seamkey_exchange *x,
	unsigned type, unsigned char *out)
{
	const seamkey_link_config *cfg = l->cfg;

	memcpy(out, "rk1", 3);
	out[3] = (unsigned char)type;
	out[4] = x->starting;
	out[5] = 0x12; /* roles, as in the derivations */
	seamkey_i_aead_put(out + 6, cfg->aead->suite, 2);
	out[8] = cfg->mode;
	out[9] = (unsigned char)seamkey_i_link_bits(cfg);
	out[10] = (unsigned char)seamkey_i_link_counter(cfg);
	out[11] = cfg->layout;
	seamkey_i_aead_put(out + 12, l->relation, 2);
	seamkey_i_aead_put(out + 14, x->attempt, 4);
}

static inline void
seamkey_i_exchange_hash(
	seamkey_span a, seamkey_span b, seamkey_span c, unsigned char *out)
{
	br_sha256_context sha;

	br_sha256_init(&sha);
	br_sha256_update(&sha, a.p, a.len);
	br_sha256_update(&sha, b.p, b.len);
	br_sha256_update(&sha, c.p, c.len);
	br_sha256_out(&sha, out);
}

/* Does the exchange carry signatures? */
static inline int
seamkey_i_exchange_signed(const seamkey_link *l)
{
	return l->auth->psk == NULL;
}

/* The pre-shared key; none where signatures take its place. */
static inline int
seamkey_i_exchange_psk(const seamkey_link *l, seamkey_span *psk)
{
	int status;

	*psk = seamkey_span_of(NULL, 0);
	if (seamkey_i_exchange_signed(l)) {
		return SEAMKEY_OK;
	}
	status = l->auth->psk(l->auth->ctx, l->relation, psk);
	if (status != SEAMKEY_OK) {
		return status < 0 ? status : SEAMKEY_ERR_HOOK;
	}
	return psk->p == NULL || psk->len < 16 || psk->len > 64
		? SEAMKEY_ERR_HOOK
		: SEAMKEY_OK;
}

/* The key that authenticates messages of a direction: of the chain that
 * runs, or at a start of the pre-shared key. */
static inline int
seamkey_i_exchange_auth_key(const seamkey_link *l, const seamkey_exchange *x,
	unsigned direction, unsigned char *key)
{
	static const unsigned char zero[32] = { 0 };
	seamkey_i_link_kdf k;
	seamkey_span psk;
	int status;

	if (!x->starting) {
		seamkey_i_link_derive(
			l, SEAMKEY_I_LABEL("auth"), direction, 32, key);
		return SEAMKEY_OK;
	}
	status = seamkey_i_exchange_psk(l, &psk);
	if (status != SEAMKEY_OK) {
		return status;
	}
	seamkey_i_link_hmac(
		zero, sizeof zero, psk, seamkey_span_of(NULL, 0), key);
	memset(&k, 0, sizeof k);
	k.label = "auth";
	k.label_len = sizeof "auth";
	k.session = zero;
	k.direction = direction;
	k.len = 32;
	seamkey_i_link_expand(l, key, &k, key);
	return SEAMKEY_OK;
}

/* Only a start among strangers has messages without a MAC. */
static inline int
seamkey_i_exchange_has_mac(const seamkey_link *l, const seamkey_exchange *x)
{
	return !x->starting || !seamkey_i_exchange_signed(l);
}

/* The MAC of message[0..len); that of message 2 also covers message 1. */
static inline int
seamkey_i_exchange_mac(const seamkey_link *l, const seamkey_exchange *x,
	unsigned direction, const unsigned char *message, size_t len,
	unsigned char *mac)
{
	unsigned char key[32];
	int status = SEAMKEY_OK;

	if (x->state == SEAMKEY_I_CONFIRM && !x->starting) {
		memcpy(key, x->own, sizeof key); /* of the old chain */
	} else {
		status = seamkey_i_exchange_auth_key(l, x, direction, key);
	}
	if (status == SEAMKEY_OK) {
		seamkey_i_link_hmac(key, sizeof key,
			seamkey_span_of(message, len),
			seamkey_span_of(x->first, message[3] == 2 ? 32 : 0),
			mac);
	}
	seamkey_wipe(key, sizeof key);
	return status;
}

/* Is the MAC right that ends a message? len is without it. */
static inline int
seamkey_i_exchange_check_mac(const seamkey_link *l, const seamkey_exchange *x,
	unsigned direction, const unsigned char *message, size_t len)
{
	unsigned char mac[32];
	int status;

	if (!seamkey_i_exchange_has_mac(l, x)) {
		return SEAMKEY_OK;
	}
	status = seamkey_i_exchange_mac(l, x, direction, message, len, mac);
	if (status == SEAMKEY_OK
		&& !seamkey_i_declassify(
			seamkey_ct_equal(mac, message + len, sizeof mac))) {
		status = SEAMKEY_ERR_LINK_AUTH;
	}
	seamkey_wipe(mac, sizeof mac);
	return status;
}

/* The derivations of the new root: what they are bound to. */
static inline void
seamkey_i_exchange_kdf(
	const seamkey_link *l, const seamkey_exchange *x, seamkey_i_link_kdf *k)
{
	memset(k, 0, sizeof *k);
	k->session = x->starting ? x->peer : l->session;
	/* the new root's, which once it is pushed is the chain's */
	k->m = x->starting ? 0 : l->m + (x->state < SEAMKEY_I_PUSHING);
	k->len = 32;
}

/* The two identities, follower's first; nothing with a pre-shared key. */
static inline size_t
seamkey_i_exchange_ids(const seamkey_link *l, unsigned char *ids)
{
	int follower = l->cfg->role == SEAMKEY_LINK_FOLLOWER;

	if (!seamkey_i_exchange_signed(l)) {
		return 0;
	}
	memcpy(ids, follower ? l->auth->own : l->auth->peer, 32);
	memcpy(ids + 32, follower ? l->auth->peer : l->auth->own, 32);
	return 64;
}

/* The tag by which an end shows that it has the new root. */
static inline void
seamkey_i_exchange_tag(const seamkey_link *l, const seamkey_exchange *x,
	unsigned direction, unsigned char *tag)
{
	unsigned char key[32], ids[64];
	seamkey_i_link_kdf k;
	size_t ids_len = seamkey_i_exchange_ids(l, ids);

	seamkey_i_exchange_kdf(l, x, &k);
	k.label = "confirm";
	k.label_len = sizeof "confirm";
	k.direction = direction;
	/* once pushed, the chain is the new root */
	seamkey_i_link_expand(l,
		x->state == SEAMKEY_I_CONFIRM ? l->chain : x->secret, &k, key);
	seamkey_i_link_hmac(key, sizeof key, seamkey_span_of(x->peer, 32),
		seamkey_span_of(ids, ids_len), tag);
	seamkey_wipe(key, sizeof key);
}

/* What an end signs: its role, the transcript, both identities. */
static inline void
seamkey_i_exchange_to_sign(const seamkey_link *l, const seamkey_exchange *x,
	unsigned role, unsigned char *hash)
{
	unsigned char text[12], ids[64];
	size_t ids_len = seamkey_i_exchange_ids(l, ids);

	memcpy(text, "seamkey rk1", 11);
	text[11] = (unsigned char)role;
	seamkey_i_exchange_hash(seamkey_span_of(text, sizeof text),
		seamkey_span_of(x->peer, 32), seamkey_span_of(ids, ids_len),
		hash);
}

/* Message 1, and its hash. Returns its length without the MAC. */
static inline size_t
seamkey_i_exchange_write1(
	const seamkey_link *l, seamkey_exchange *x, unsigned char *out)
{
	unsigned char *p = out + SEAMKEY_I_HEAD;

	seamkey_i_exchange_head(l, x, 1, out);
	memset(p, 0, 32);
	if (!x->starting) {
		memcpy(p, l->session, 16);
		seamkey_i_aead_put(p + 16, l->m, 8);
		seamkey_i_aead_put(p + 24, l->c, 8);
	}
	memcpy(p + 32, x->nonce, 32);
	memcpy(p + 64, x->own, 32);
	seamkey_i_exchange_hash(seamkey_span_of(out, SEAMKEY_I_HEAD + 96),
		seamkey_span_of(NULL, 0), seamkey_span_of(NULL, 0), x->first);
	return SEAMKEY_I_HEAD + 96;
}

/* Identity and signature, and the tag, which end messages 2 and 3. */
static inline int
seamkey_i_exchange_write_proof(const seamkey_link *l, const seamkey_exchange *x,
	unsigned char *out, size_t *len)
{
	unsigned char hash[32];
	unsigned role = l->cfg->role;
	size_t sig_len = 0;
	int status;

	if (seamkey_i_exchange_signed(l)) {
		memcpy(out + *len, l->auth->own, 32);
		seamkey_i_exchange_to_sign(l, x, role, hash);
		status = l->auth->sign(l->auth->ctx, hash, out + *len + 34,
			SEAMKEY_LINK_SIGNATURE_MAX, &sig_len);
		if (status != SEAMKEY_OK) {
			return status;
		}
		if (sig_len == 0 || sig_len > SEAMKEY_LINK_SIGNATURE_MAX) {
			return SEAMKEY_ERR_HOOK;
		}
		seamkey_i_aead_put(out + *len + 32, sig_len, 2);
		*len += 34 + sig_len;
	}
	seamkey_i_exchange_tag(l, x, role, out + *len);
	*len += 32;
	return SEAMKEY_OK;
}

static inline int
seamkey_i_exchange_write(
	seamkey_link *l, seamkey_exchange *x, unsigned char *out, size_t *len)
{
	int status = SEAMKEY_OK;

	if (x->state == SEAMKEY_I_ASKED) {
		*len = seamkey_i_exchange_write1(l, x, out);
	} else {
		*len = SEAMKEY_I_HEAD;
		seamkey_i_exchange_head(
			l, x, x->state == SEAMKEY_I_STAGED ? 2 : 3, out);
		if (x->state == SEAMKEY_I_STAGED) {
			memcpy(out + SEAMKEY_I_HEAD, x->nonce, 32);
			memcpy(out + SEAMKEY_I_HEAD + 32, x->own, 32);
			*len += 64;
		}
		status = seamkey_i_exchange_write_proof(l, x, out, len);
	}
	if (status == SEAMKEY_OK && seamkey_i_exchange_has_mac(l, x)) {
		status = seamkey_i_exchange_mac(
			l, x, l->cfg->role, out, *len, out + *len);
		*len += 32;
	}
	return status;
}

/*
 * An attempt came to nothing: forget it, and pause, longer each time; but
 * no longer than a repetition where anybody can have brought it about, by a
 * tag that at a start with signatures has no MAC around it.
 */
static inline void
seamkey_i_exchange_abandon(seamkey_link *l, seamkey_exchange *x, int by_anybody)
{
	uint8_t starting = x->starting;
	uint64_t pause = seamkey_i_link_or(l->cfg->pause, 1000000)
		<< l->failures;

	seamkey_wipe(x, sizeof *x);
	x->starting = starting;
	l->worked.abandoned++;
	if (l->cfg->role == SEAMKEY_LINK_INITIATOR) {
		l->permit = 0;
		l->starting |= starting;
		if (!starting) {
			SEAMKEY_PUBLISH(&l->announce,
				seamkey_i_link_wire(l->cfg, l->m, l->c));
		}
		if (by_anybody) {
			pause = seamkey_i_link_or(l->cfg->retry, 100000);
		} else if (l->failures < 6) {
			l->failures++;
		}
		l->pause_until = l->now + pause;
	}
	seamkey_i_link_tell(l, SEAMKEY_LINK_ABANDONED);
}

/* Is a message to be sent? The follower answers repetitions of message 1,
 * but no faster than they are due: an answer may cost a signature. */
static inline int
seamkey_i_exchange_is_due(const seamkey_link *l, const seamkey_exchange *x)
{
	return (x->state == SEAMKEY_I_ASKED || x->state == SEAMKEY_I_CONFIRM
		       || (x->state == SEAMKEY_I_STAGED && x->tries != 0))
		&& l->now >= x->due;
}

SEAMKEY_API int
seamkey_link_take(
	seamkey_link *link, unsigned char *out, size_t cap, size_t *len)
{
	int status, late = 0;
	size_t written = 0;
	unsigned u;

	for (u = 0; u < 2; u++) {
		seamkey_exchange *x = &link->exchange[u];

		if (!seamkey_i_exchange_is_due(link, x)) {
			continue;
		}
		if (cap < SEAMKEY_LINK_MESSAGE_MAX) {
			return SEAMKEY_ERR_SPACE;
		}
		status = seamkey_i_exchange_write(link, x, out, &written);
		if (status == SEAMKEY_OK) {
			x->due = link->now
				+ seamkey_i_link_or(link->cfg->retry, 100000);
			x->tries = (uint8_t)(x->tries + (x->tries < 255));
			if (x->state == SEAMKEY_I_STAGED) {
				x->tries = 0; /* until asked again */
			}
			*len = written;
			return SEAMKEY_OK;
		}
		/* a hook that is late holds up this exchange alone */
		late = late != 0 ? late : status;
	}
	return late != 0 ? late : SEAMKEY_AGAIN;
}

/*
 * Where the proof of message 2 or 3 lies, and whether the whole has the
 * length that it must have. at: octets before the proof.
 */
typedef struct seamkey_i_exchange_proof {
	const unsigned char *id;
	seamkey_span signature;
	const unsigned char *tag;
	size_t len; /* octets before the MAC */
} seamkey_i_exchange_proof;

static inline int
seamkey_i_exchange_read_proof(const seamkey_link *l, const seamkey_exchange *x,
	const unsigned char *message, size_t len, size_t at,
	seamkey_i_exchange_proof *proof)
{
	size_t mac = seamkey_i_exchange_has_mac(l, x) ? 32 : 0;
	size_t sig_len = 0;

	if (seamkey_i_exchange_signed(l)) {
		if (len < at + 34) {
			return SEAMKEY_ERR_LINK_MESSAGE;
		}
		proof->id = message + at;
		sig_len = (size_t)seamkey_i_aead_get(message + at + 32, 2);
		proof->signature = seamkey_span_of(message + at + 34, sig_len);
		at += 34 + sig_len;
		if (sig_len == 0 || sig_len > SEAMKEY_LINK_SIGNATURE_MAX) {
			return SEAMKEY_ERR_LINK_MESSAGE;
		}
	}
	if (len != at + 32 + mac) {
		return SEAMKEY_ERR_LINK_MESSAGE;
	}
	proof->tag = message + at;
	proof->len = at + 32;
	return SEAMKEY_OK;
}

/* Is it the peer that signed this transcript? */
static inline int
seamkey_i_exchange_check_signature(const seamkey_link *l,
	const seamkey_exchange *x, const seamkey_i_exchange_proof *proof)
{
	unsigned char hash[32];

	if (!seamkey_i_exchange_signed(l)) {
		return SEAMKEY_OK;
	}
	if (memcmp(proof->id, l->auth->peer, 32) != 0) {
		return SEAMKEY_ERR_LINK_AUTH;
	}
	seamkey_i_exchange_to_sign(l, x, 3u - l->cfg->role, hash);
	return l->auth->verify(l->auth->ctx, hash, proof->signature)
			== SEAMKEY_OK
		? SEAMKEY_OK
		: SEAMKEY_ERR_LINK_AUTH;
}

/* May the follower take a new attempt in place of what it has? */
static inline int
seamkey_i_exchange_admit(const seamkey_link *l, const seamkey_exchange *x,
	uint32_t attempt, const unsigned char *body)
{
	if (x->starting) {
		return l->now < l->pause_until || x->state > SEAMKEY_I_STAGED
			? SEAMKEY_ERR_LINK_BUSY
			: SEAMKEY_OK;
	}
	if (memcmp(body, l->session, 16) != 0
		|| seamkey_i_aead_get(body + 16, 8) != l->m
		|| seamkey_i_aead_get(body + 24, 8) != l->c
		|| attempt <= l->attempt) {
		return SEAMKEY_ERR_LINK_STALE;
	}
	return l->settled && seamkey_i_link_even(l)
			&& x->state <= SEAMKEY_I_STAGED
		? SEAMKEY_OK
		: SEAMKEY_ERR_LINK_BUSY;
}

/* The follower: message 1. */
static inline int
seamkey_i_exchange_put1(seamkey_link *l, seamkey_exchange *x,
	const unsigned char *message, size_t len)
{
	const unsigned char *body = message + SEAMKEY_I_HEAD;
	size_t want = SEAMKEY_I_HEAD + 96;
	uint32_t attempt = (uint32_t)seamkey_i_aead_get(message + 14, 4);
	unsigned char hash[32];
	int status;

	if (len != want + (seamkey_i_exchange_has_mac(l, x) ? 32 : 0)) {
		return SEAMKEY_ERR_LINK_MESSAGE;
	}
	if (!x->starting && !(l->epoch & 1)) {
		return SEAMKEY_ERR_LINK_STALE;
	}
	status = seamkey_i_exchange_check_mac(l, x, 1, message, want);
	if (status != SEAMKEY_OK) {
		return status;
	}
	seamkey_i_exchange_hash(seamkey_span_of(message, want),
		seamkey_span_of(NULL, 0), seamkey_span_of(NULL, 0), hash);
	if (x->state != SEAMKEY_I_IDLE && x->attempt == attempt
		&& memcmp(x->first, hash, sizeof hash) == 0) {
		x->tries = 1; /* a repetition: answer it again */
		return SEAMKEY_OK;
	}
	status = seamkey_i_exchange_admit(l, x, attempt, body);
	if (status != SEAMKEY_OK) {
		return status;
	}
	seamkey_wipe(x->secret, sizeof x->secret);
	x->state = SEAMKEY_I_SHARE2;
	x->attempt = attempt;
	x->tries = 0;
	memcpy(x->first, hash, sizeof hash);
	memcpy(x->peer, body + 64, 32);
	if (x->starting) {
		l->pause_until = l->now
			+ seamkey_i_link_or(l->cfg->start_interval, 1000000);
	} else {
		l->attempt = attempt;
	}
	return SEAMKEY_OK;
}

/* The initiator: message 2. */
static inline int
seamkey_i_exchange_put2(seamkey_link *l, seamkey_exchange *x,
	const unsigned char *message, size_t len)
{
	const unsigned char *body = message + SEAMKEY_I_HEAD;
	seamkey_i_exchange_proof proof = { NULL, { NULL, 0 }, NULL, 0 };
	seamkey_exchange y;
	int status;

	if (x->state != SEAMKEY_I_ASKED || x->tries == 0) {
		return SEAMKEY_ERR_LINK_STALE;
	}
	y = *x; /* the transcript takes the place of the share in it */
	status = seamkey_i_exchange_read_proof(
		l, x, message, len, SEAMKEY_I_HEAD + 64, &proof);
	if (status == SEAMKEY_OK) {
		status = seamkey_i_exchange_check_mac(
			l, x, 2, message, proof.len);
	}
	if (status == SEAMKEY_OK) {
		seamkey_i_exchange_hash(seamkey_span_of(x->first, 32),
			seamkey_span_of(body, 32),
			seamkey_span_of(body + 32, 32), y.peer);
		status = seamkey_i_exchange_check_signature(l, &y, &proof);
	}
	if (status == SEAMKEY_OK) {
		memcpy(x->nonce, body, sizeof x->nonce);
		memcpy(x->peer, body + 32, sizeof x->peer);
		memcpy(x->own, proof.tag, sizeof x->own);
		x->state = SEAMKEY_I_DH;
	}
	seamkey_wipe(&y, sizeof y);
	return status;
}

/* The follower: message 3. */
static inline int
seamkey_i_exchange_put3(seamkey_link *l, seamkey_exchange *x,
	const unsigned char *message, size_t len)
{
	seamkey_i_exchange_proof proof = { NULL, { NULL, 0 }, NULL, 0 };
	unsigned char tag[32];
	int status;

	if (x->state != SEAMKEY_I_STAGED) {
		return SEAMKEY_ERR_LINK_STALE;
	}
	status = seamkey_i_exchange_read_proof(
		l, x, message, len, SEAMKEY_I_HEAD, &proof);
	if (status == SEAMKEY_OK) {
		status = seamkey_i_exchange_check_mac(
			l, x, 1, message, proof.len);
	}
	if (status != SEAMKEY_OK) {
		return status;
	}
	seamkey_i_exchange_tag(l, x, SEAMKEY_LINK_INITIATOR, tag);
	if (!seamkey_i_declassify(
		    seamkey_ct_equal(tag, proof.tag, sizeof tag))) {
		status = SEAMKEY_ERR_LINK_AUTH;
	}
	seamkey_wipe(tag, sizeof tag);
	if (status == SEAMKEY_OK) {
		status = seamkey_i_exchange_check_signature(l, x, &proof);
	}
	if (status == SEAMKEY_OK) {
		x->state = SEAMKEY_I_READY;
	}
	return status;
}

/* Which exchange a message belongs to, if it is one of this link. */
static inline seamkey_exchange *
seamkey_i_exchange_find(
	seamkey_link *l, const unsigned char *message, size_t len)
{
	unsigned char head[SEAMKEY_I_HEAD];
	seamkey_exchange *x, like;

	if (len < SEAMKEY_I_HEAD || message[4] > 1) {
		return NULL;
	}
	x = &l->exchange[message[4]];
	x->starting = message[4];
	memset(&like, 0, sizeof like);
	like.starting = message[4];
	like.attempt = (uint32_t)seamkey_i_aead_get(message + 14, 4);
	seamkey_i_exchange_head(l, &like, message[3], head);
	return memcmp(head, message, sizeof head) == 0 ? x : NULL;
}

SEAMKEY_API int
seamkey_link_put(seamkey_link *link, const unsigned char *message, size_t len)
{
	int follower = link->cfg->role == SEAMKEY_LINK_FOLLOWER;
	seamkey_exchange *x = seamkey_i_exchange_find(link, message, len);
	int status = SEAMKEY_ERR_LINK_MESSAGE;

	if (x != NULL && message[3] == 1 && follower) {
		status = seamkey_i_exchange_put1(link, x, message, len);
	} else if (x != NULL && message[3] == (follower ? 3 : 2)) {
		status = SEAMKEY_ERR_LINK_STALE; /* of another attempt */
		if (x->attempt == seamkey_i_aead_get(message + 14, 4)) {
			status = (follower ? seamkey_i_exchange_put3
					   : seamkey_i_exchange_put2)(
				link, x, message, len);
		}
	}
	link->worked.refused_messages += status != SEAMKEY_OK;
	return status;
}

/* An ephemeral key: random scalar and nonce, share. */
static inline int
seamkey_i_exchange_share(seamkey_link *l, seamkey_exchange *x)
{
	const br_ec_impl *curve = seamkey_i_exchange_curve();
	int status = seamkey_random_get(
		&l->cfg->random, x->secret, sizeof x->secret);

	if (status == SEAMKEY_OK) {
		status = seamkey_random_get(
			&l->cfg->random, x->nonce, sizeof x->nonce);
	}
	if (status != SEAMKEY_OK) {
		return status;
	}
	(void)curve->mulgen(x->own, x->secret, 32, BR_EC_curve25519);
	seamkey_i_scrub();
	if (x->state == SEAMKEY_I_SHARE) {
		x->state = SEAMKEY_I_ASKED;
		x->due = l->now;
	} else {
		x->state = SEAMKEY_I_DH;
	}
	return SEAMKEY_AGAIN;
}

/* The shared secret takes the place of the scalar, and the transcript that
 * of the peer's share. */
static inline int
seamkey_i_exchange_dh(seamkey_link *l, seamkey_exchange *x)
{
	const br_ec_impl *curve = seamkey_i_exchange_curve();
	unsigned char shared[32];
	uint32_t any = 0;
	unsigned u;

	memcpy(shared, x->peer, sizeof shared);
	(void)curve->mul(
		shared, sizeof shared, x->secret, 32, BR_EC_curve25519);
	seamkey_i_scrub();
	memcpy(x->secret, shared, sizeof x->secret);
	for (u = 0; u < sizeof shared; u++) {
		any |= shared[u];
	}
	seamkey_wipe(shared, sizeof shared);
	seamkey_i_exchange_hash(seamkey_span_of(x->first, 32),
		seamkey_span_of(x->nonce, 32),
		seamkey_span_of(l->cfg->role == SEAMKEY_LINK_FOLLOWER ? x->own
								      : x->peer,
			32),
		x->peer);
	x->state = SEAMKEY_I_ROOT;
	if (seamkey_i_declassify(seamkey_i_ct_zero(any))) {
		/* a share of small order: RFC 7748 section 6.1 */
		seamkey_i_exchange_abandon(l, x, 0);
	}
	return SEAMKEY_AGAIN;
}

/* The new chain secret takes the place of the shared one. */
static inline int
seamkey_i_exchange_root(seamkey_link *l, seamkey_exchange *x)
{
	static const unsigned char zero[32] = { 0 };
	unsigned char prk[32];
	seamkey_i_link_kdf k;
	seamkey_span psk;
	int status = seamkey_i_exchange_psk(l, &psk);

	if (status != SEAMKEY_OK) {
		return status;
	}
	seamkey_i_link_hmac(x->starting ? zero : l->chain, 32,
		seamkey_span_of(x->secret, 32), psk, prk);
	seamkey_i_exchange_kdf(l, x, &k);
	k.label = "root";
	k.label_len = sizeof "root";
	k.transcript = x->peer;
	seamkey_i_link_expand(l, prk, &k, x->secret);
	seamkey_wipe(prk, sizeof prk);
	x->state = SEAMKEY_I_CHECK;
	if (l->cfg->role == SEAMKEY_LINK_FOLLOWER) {
		x->state = SEAMKEY_I_STAGED;
		x->due = l->now;
		x->tries = 1;
	}
	return SEAMKEY_AGAIN;
}

/* The initiator: has the follower the same root? */
static inline int
seamkey_i_exchange_check(seamkey_link *l, seamkey_exchange *x)
{
	unsigned char tag[32];
	uint32_t same;

	seamkey_i_exchange_tag(l, x, SEAMKEY_LINK_FOLLOWER, tag);
	same = seamkey_ct_equal(tag, x->own, sizeof tag);
	seamkey_wipe(tag, sizeof tag);
	if (!seamkey_i_declassify(same)) {
		seamkey_i_exchange_abandon(
			l, x, !seamkey_i_exchange_has_mac(l, x));
		return SEAMKEY_AGAIN;
	}
	x->state = SEAMKEY_I_READY;
	if (!x->starting) {
		/* message 3 is still of the old chain, which is soon gone */
		(void)seamkey_i_exchange_auth_key(l, x, 1, x->own);
	}
	return SEAMKEY_AGAIN;
}

/* Both ends have agreed: the key goes into a slot when one is free. */
static inline int
seamkey_i_exchange_ready(seamkey_link *l, seamkey_exchange *x)
{
	if (x->starting) {
		x->state = SEAMKEY_I_PUSHING;
		seamkey_i_link_begin(l, 0);
		return SEAMKEY_AGAIN;
	}
	if (!seamkey_i_link_can_push(l, l->m + 1, 0)) {
		return SEAMKEY_OK;
	}
	x->state = SEAMKEY_I_PUSHING;
	memcpy(l->chain, x->secret, sizeof l->chain);
	seamkey_wipe(x->secret, sizeof x->secret);
	l->m++;
	l->c = 0;
	seamkey_i_link_begin(l, SEAMKEY_LINK_NRTT);
	return SEAMKEY_AGAIN;
}

static inline int
seamkey_i_exchange_step(seamkey_link *l, seamkey_exchange *x)
{
	switch (x->state) {
	case SEAMKEY_I_SHARE:
	case SEAMKEY_I_SHARE2:
		return seamkey_i_exchange_share(l, x);
	case SEAMKEY_I_DH:
		return seamkey_i_exchange_dh(l, x);
	case SEAMKEY_I_ROOT:
		return seamkey_i_exchange_root(l, x);
	case SEAMKEY_I_CHECK:
		return seamkey_i_exchange_check(l, x);
	case SEAMKEY_I_READY:
		return seamkey_i_exchange_ready(l, x);
	case SEAMKEY_I_CONFIRM:
		if (SEAMKEY_OBSERVE(&l->peer) == l->provider.pushed) {
			seamkey_wipe(x, sizeof *x);
		}
		break;
	default:
		break;
	}
	/* nobody answers; what is pushed goes only with its association, for
	 * another start */
	if ((x->state == SEAMKEY_I_ASKED
		    || (x->state == SEAMKEY_I_CONFIRM && x->starting))
		&& x->tries >= seamkey_i_link_or(l->cfg->tries, 10)
		&& l->now >= x->due) {
		seamkey_i_exchange_abandon(l, x, 0);
	}
	return SEAMKEY_OK;
}

/* One step of a start, else of a rekey. */
static inline int
seamkey_i_exchange_work(seamkey_link *l)
{
	seamkey_exchange *start = &l->exchange[1];
	int status;

	if (l->starting && l->now >= l->pause_until
		&& (start->state == SEAMKEY_I_IDLE
			|| start->state == SEAMKEY_I_CONFIRM)) {
		memset(start, 0, sizeof *start);
		start->starting = 1;
		start->state = SEAMKEY_I_SHARE;
		start->attempt = ++l->starts;
		l->starting = 0;
	}
	status = seamkey_i_exchange_step(l, start);
	if (status != SEAMKEY_AGAIN && l->step == SEAMKEY_I_STEP_NONE) {
		int other = seamkey_i_exchange_step(l, &l->exchange[0]);

		status = other == SEAMKEY_OK ? status : other;
	}
	return status;
}

SEAMKEY_API int
seamkey_link_start(seamkey_link *link)
{
	if (link->cfg->role != SEAMKEY_LINK_INITIATOR) {
		return SEAMKEY_ERR_LINK_ROLE;
	}
	if (!link->starting
		&& (link->exchange[1].state == SEAMKEY_I_IDLE
			|| link->exchange[1].state == SEAMKEY_I_CONFIRM)) {
		link->starting = 1;
		/* for a pause of its own only, not for that of a rekey */
		link->pause_until = link->now;
		link->failures = 0;
	}
	return SEAMKEY_OK;
}

/* ---- [link.3] Many links -------------------------------------------- */

static inline int
seamkey_i_link_under_way(const seamkey_link *l)
{
	/* peer, device or hook may be dead: others go on all the same */
	uint64_t most = seamkey_i_link_rekey_time(l->cfg)
		+ seamkey_i_link_or(l->cfg->tries, 10)
			* seamkey_i_link_or(l->cfg->retry, 100000);

	return (l->epoch & 1) != 0 && l->now - l->permit_at <= most
		&& (l->permit || !l->settled
			|| l->exchange[0].state != SEAMKEY_I_IDLE);
}

/* Frames that are left for sure below the hard limit, for either end. */
static inline uint64_t
seamkey_i_link_margin(const seamkey_link *l)
{
	uint64_t used = ((uint64_t)seamkey_i_link_used(l) + 1) << l->used_shift;

	return l->hard - seamkey_i_link_min(used - 1, l->hard);
}

/* Is a to go before b? Its margin is less; or its key is older. */
static inline int
seamkey_i_link_is_nearer(const seamkey_link *a, const seamkey_link *b)
{
	uint64_t left = seamkey_i_link_margin(a);
	uint64_t other = seamkey_i_link_margin(b);

	return left < other
		|| (left == other && a->now - a->key_at > b->now - b->key_at);
}

SEAMKEY_API size_t
seamkey_link_schedule(seamkey_link *const *links, size_t count, size_t cap)
{
	size_t under_way = 0, u;

	for (u = 0; u < count; u++) {
		under_way += links[u]->cfg != NULL
			&& seamkey_i_link_under_way(links[u]);
	}
	while (under_way < cap) {
		seamkey_link *next = NULL;

		for (u = 0; u < count; u++) {
			if (links[u]->wants && !links[u]->permit
				&& (next == NULL
					|| seamkey_i_link_is_nearer(
						links[u], next))) {
				next = links[u];
			}
		}
		if (next == NULL) {
			break;
		}
		next->permit = 1;
		next->permit_at = next->now;
		next->wants = 0;
		under_way++;
	}
	return under_way;
}

#ifdef __cplusplus
}
#endif
#endif
