/*
 * stack_link.h - how deep the stack gets in a link's calls, for tests/stack.c
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Two ends start, exchange frames, and make keys of both kinds. The deepest
 * call of each kind counts, of either end.
 */
#ifndef SEAMKEY_STACK_LINK_H
#define SEAMKEY_STACK_LINK_H

#include "stack_paint.h"

#define PAIR_FLYING 8
#define PAIR_SEEN   64
#include "link_pair.h"

static pair net;

static struct link_job {
	seamkey_link *link;
	unsigned char frame[PAIR_FRAME], plain[PAIR_FRAME];
	unsigned char message[SEAMKEY_LINK_MESSAGE_MAX];
	size_t len;
	int status; /* of the call that was measured */
} link_job;

static const seamkey_span no_ad = { NULL, 0 };

/* ---- the calls --------------------------------------------------------- */

static ALONE int
call_seal(void)
{
	TOP();
	link_job.status = seamkey_link_seal(link_job.link, no_ad,
		link_job.plain, PAIR_PLAIN, link_job.frame,
		sizeof link_job.frame, &link_job.len);
	return SEAMKEY_OK;
}

static ALONE int
call_open(void)
{
	size_t len;

	TOP();
	link_job.status = seamkey_link_open(link_job.link, no_ad,
		link_job.frame, link_job.len, link_job.plain,
		sizeof link_job.plain, &len);
	return SEAMKEY_OK;
}

static ALONE int
call_work(void)
{
	TOP();
	link_job.status = seamkey_link_work(link_job.link, net.now);
	return SEAMKEY_OK;
}

static ALONE int
call_take(void)
{
	TOP();
	link_job.status = seamkey_link_take(link_job.link, link_job.message,
		sizeof link_job.message, &link_job.len);
	return SEAMKEY_OK;
}

static ALONE int
call_put(void)
{
	TOP();
	link_job.status =
		seamkey_link_put(link_job.link, link_job.message, link_job.len);
	return SEAMKEY_OK;
}

static const struct {
	const char *service;
	int (*call)(void);
} link_calls[] = {
	{ "`seamkey_link_seal`", call_seal },
	{ "`seamkey_link_open`", call_open },
	{ "`seamkey_link_work`", call_work },
	{ "`seamkey_link_take`", call_take },
	{ "`seamkey_link_put`", call_put },
};

enum link_call {
	CALL_SEAL,
	CALL_OPEN,
	CALL_WORK,
	CALL_TAKE,
	CALL_PUT,
	LINK_CALLS
};

static unsigned long link_depth[LINK_CALLS];

/* ---- a link in use ----------------------------------------------------- */

static int
link_call(enum link_call n, unsigned end)
{
	unsigned long depth;

	link_job.link = &net.end[end].link;
	depth = measure_once(link_calls[n].call);
	if (depth > link_depth[n]) {
		link_depth[n] = depth;
	}
	return link_job.status;
}

/* One cycle of one end: its work, a message and a frame to the other. */
static void
link_cycle(unsigned end)
{
	while (link_call(CALL_WORK, end) == SEAMKEY_AGAIN) {
	}
	if (link_call(CALL_TAKE, end) == SEAMKEY_OK) {
		(void)link_call(CALL_PUT, 1 - end);
	}
	if (link_call(CALL_SEAL, end) == SEAMKEY_OK) {
		(void)link_call(CALL_OPEN, 1 - end);
	}
}

/* 1, or 0 if there are not so many keys after some cycles. */
static int
link_until(uint64_t keys)
{
	const seamkey_link_work_counters *w = &net.end[0].link.worked;
	unsigned n;

	for (n = 0; n < 100; n++) {
		net.now++;
		link_cycle(0);
		link_cycle(1);
		if (w->starts + w->rekeys_0rtt + w->rekeys_nrtt == keys
			&& pair_is_settled(&net)) {
			return 1;
		}
	}
	return 0;
}

/* The first so many of the calls: what the cipher matters for. */
static int
print_link(const char *cipher, unsigned calls)
{
	seamkey_link *l = &net.end[0].link;
	unsigned n;
	int bad;

	memset(link_depth, 0, sizeof link_depth);
	bad = pair_open(&net, 2, 2) != SEAMKEY_OK || !link_until(1)
		|| seamkey_link_rekey(l, SEAMKEY_LINK_0RTT) != SEAMKEY_OK
		|| !link_until(2)
		|| seamkey_link_rekey(l, SEAMKEY_LINK_NRTT) != SEAMKEY_OK
		|| !link_until(3);
	for (n = 0; n < calls; n++) {
		bad |= print_depth(
			link_calls[n].service, cipher, link_depth[n]);
	}
	return bad;
}

/* ---- ciphers ----------------------------------------------------------- */

static void
nothing_init(const seamkey_aead *aead, void *context, const unsigned char *key)
{
	(void)aead;
	(void)context;
	(void)key;
}

static void
nothing_seal(const seamkey_aead *aead, const void *context,
	const unsigned char *nonce, const seamkey_span *ad,
	const unsigned char *in, size_t len, unsigned char *out,
	unsigned char *tag)
{
	(void)aead;
	(void)context;
	(void)nonce;
	(void)ad;
	memmove(out, in, len);
	tag[0] = 1;
}

static uint32_t
nothing_open(const seamkey_aead *aead, const void *context,
	const unsigned char *nonce, const seamkey_span *ad,
	const unsigned char *in, size_t len, unsigned char *out,
	const unsigned char *tag)
{
	(void)aead;
	(void)context;
	(void)nonce;
	(void)ad;
	memmove(out, in, len);
	return tag[0];
}

static int
print_links(void)
{
	static const struct {
		const char *name;
		unsigned suite;
	} ciphers[] = {
		{ "AES-128-GCM", SEAMKEY_AEAD_AES_128_GCM },
		{ "AES-128-CCM", SEAMKEY_AEAD_AES_128_CCM },
		{ "ChaCha20-Poly1305", SEAMKEY_AEAD_CHACHA20_POLY1305 },
	};
	unsigned u;
	int bad = 0;

	pair_init(&net, 1);
	net.aead.init = nothing_init;
	net.aead.seal = nothing_seal;
	net.aead.open = nothing_open;
	bad |= print_link("no cipher", LINK_CALLS);
	for (u = 0; u < sizeof ciphers / sizeof ciphers[0]; u++) {
		pair_init(&net, 1);
		bad |= seamkey_aead_bearssl(&net.aead, ciphers[u].suite)
			!= SEAMKEY_OK;
		bad |= print_link(ciphers[u].name, CALL_WORK);
	}
	return bad;
}

#endif
