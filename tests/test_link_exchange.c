/*
 * test_link_exchange.c - the link's three messages: lost, forged, replayed
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 */
#include "link_tools.h"

static pair net;

typedef struct message {
	unsigned char bytes[SEAMKEY_LINK_MESSAGE_MAX + 1];
	size_t len;
} message;

/* Work until nothing is due at both ends, and take what is to be sent. */
static int
take(unsigned from, message *m)
{
	m->len = 0;
	(void)pair_work(&net, 1 - from);
	(void)pair_work(&net, from);
	return seamkey_link_take(&net.end[from].link, m->bytes,
		SEAMKEY_LINK_MESSAGE_MAX, &m->len);
}

static int
put(unsigned to, const message *m)
{
	return seamkey_link_put(&net.end[to].link, m->bytes, m->len);
}

/* The three messages of an exchange, which has not begun yet; after each
 * of them the other end is asked. */
static void
three_messages(message *m)
{
	unsigned u;

	for (u = 0; u < 3; u++) {
		if (u == 2) {
			net.now += 8; /* message 1 might be due again */
		}
		CHECK_INT(take(u % 2, &m[u]), SEAMKEY_OK);
		CHECK_INT(m[u].bytes[3], u + 1);
		CHECK_INT(put(1 - u % 2, &m[u]), SEAMKEY_OK);
	}
}

/* Both ends, which have nothing in common yet but what they are told. */
static void
exchange_init(int with_signatures)
{
	quiet_init(&net);
	if (with_signatures) {
		pair_use_signatures(&net);
	}
}

/* Up to the moment when a rekey (1) or a start (0) begins. */
static void
exchange_begin(int rekey)
{
	if (rekey) {
		quiet_start(&net);
		net.now += 100;
		CHECK_INT(
			seamkey_link_rekey(&net.end[0].link, SEAMKEY_LINK_NRTT),
			SEAMKEY_OK);
	} else {
		CHECK_INT(pair_open(&net, 2, 2), SEAMKEY_OK);
	}
}

/* ---- all goes well ------------------------------------------------------ */

static void
link_exchange_has_three_messages(void)
{
	static const size_t lengths[2][2][3] = {
		/* start: psk, signatures; rekey: likewise */
		{ { 146, 146, 82 }, { 114, 114 + 66, 50 + 66 } },
		{ { 146, 146, 82 }, { 146, 146 + 66, 82 + 66 } },
	};
	message m[3], none;
	int rekey, sign;
	unsigned u;

	for (rekey = 0; rekey < 2; rekey++) {
		for (sign = 0; sign < 2; sign++) {
			exchange_init(sign);
			exchange_begin(rekey);
			three_messages(m);
			for (u = 0; u < 3; u++) {
				CHECK_INT(m[u].len, lengths[rekey][sign][u]);
				CHECK_INT(m[u].bytes[4], !rekey);
			}
			CHECK_INT(pair_settle(&net, 20), 1);
			CHECK_INT(take(0, &none), SEAMKEY_AGAIN);
			CHECK_INT(take(1, &none), SEAMKEY_AGAIN);
			CHECK_INT(net.end[1].link.m, rekey);
			CHECK_INT(net.end[1].link.c, 0);
			CHECK_MEM(net.end[0].link.chain, net.end[1].link.chain,
				32);
			CHECK_MEM(net.end[0].link.session,
				net.end[1].link.session, 16);
			pair_check(&net);
		}
	}
}

/* Two starts have nothing in common, nor has a rekey with what was. */
static void
link_exchange_renews_everything(void)
{
	unsigned char session[16], chain[32];
	pair_end *e = &net.end[0];

	exchange_init(0);
	exchange_begin(0);
	CHECK_INT(pair_settle(&net, 100), 1);
	memcpy(session, e->link.session, 16);
	memcpy(chain, e->link.chain, 32);
	CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_NRTT, 100), 1);
	CHECK_MEM(e->link.session, session, 16);
	CHECK_INT(memcmp(chain, e->link.chain, 32) != 0, 1);
	memcpy(chain, e->link.chain, 32);
	net.now += 100;
	CHECK_INT(seamkey_link_start(&e->link), SEAMKEY_OK);
	while (e->events[SEAMKEY_LINK_STARTED] == 1 && net.now < 1000) {
		pair_tick(&net);
	}
	CHECK_INT(pair_settle(&net, 100), 1);
	CHECK_INT(memcmp(session, e->link.session, 16) != 0, 1);
	CHECK_INT(memcmp(chain, e->link.chain, 32) != 0, 1);
	CHECK_INT(e->link.m + e->link.c, 0);
	CHECK_INT(net.end[0].refused + net.end[1].refused, 0);
}

/* While message 3 is awaited, the association that runs goes on. */
static void
link_exchange_start_is_staged_beside(void)
{
	message m[3];
	pair_frame f;
	unsigned u;

	exchange_init(0);
	quiet_start(&net);
	net.now += 100;
	CHECK_INT(seamkey_link_start(&net.end[0].link), SEAMKEY_OK);
	for (u = 0; u < 2; u++) {
		CHECK_INT(take(u, &m[u]), SEAMKEY_OK);
		CHECK_INT(put(1 - u, &m[u]), SEAMKEY_OK);
		CHECK_INT(pair_seal(&net, 0, &f), SEAMKEY_OK);
		CHECK_INT(pair_arrive(&net, &f), SEAMKEY_OK);
		CHECK_INT(pair_seal(&net, 1, &f), SEAMKEY_OK);
		CHECK_INT(pair_arrive(&net, &f), SEAMKEY_OK);
	}
	CHECK_INT(take(0, &m[2]), SEAMKEY_OK);
	/* the initiator waits until the follower has the new key */
	CHECK_INT(pair_seal(&net, 0, &f), SEAMKEY_AGAIN);
	CHECK_INT(pair_seal(&net, 1, &f), SEAMKEY_OK);
	CHECK_INT(put(1, &m[2]), SEAMKEY_OK);
	(void)pair_work(&net, 1);
	CHECK_INT(pair_seal(&net, 1, &f), SEAMKEY_OK);
	CHECK_INT(pair_arrive(&net, &f), SEAMKEY_OK);
	CHECK_INT(pair_seal(&net, 0, &f), SEAMKEY_OK);
	CHECK_INT(pair_arrive(&net, &f), SEAMKEY_OK);
	CHECK_INT(net.end[0].nonce_reuse + net.end[1].nonce_reuse, 0);
}

/* ---- forged ------------------------------------------------------------- */

/* What a changed message 2 or 3 of a start with signatures may still be
 * taken for: message 1 says who it is from nowhere, and the tag of message 2
 * can only be checked with the shared secret. */
static int
may_pass(int rekey, int sign, unsigned u, const message *m, size_t at)
{
	if (rekey || !sign) {
		return 0;
	}
	return (u == 0 && at >= 14) || (u == 1 && at >= m->len - 32);
}

static void
change_every_byte(int rekey, int sign, unsigned u, const message *m)
{
	static const unsigned char masks[] = { 0x01, 0x80, 0xFF };
	static end_state before;
	message changed = *m;
	size_t at, k;
	pair_end *to = &net.end[1 - u % 2];

	end_save(&before, to);
	for (at = 0; at < m->len; at++) {
		for (k = 0; k < sizeof masks; k++) {
			int status;

			if (may_pass(rekey, sign, u, m, at)) {
				continue;
			}
			changed.bytes[at] ^= masks[k];
			status = put(1 - u % 2, &changed);
			changed.bytes[at] ^= masks[k];
			CHECK_INT(status == SEAMKEY_ERR_LINK_MESSAGE
					|| status == SEAMKEY_ERR_LINK_STALE
					|| status == SEAMKEY_ERR_LINK_AUTH,
				1);
			end_check(&before, to);
		}
	}
	for (changed.len = 0; changed.len < m->len; changed.len++) {
		CHECK_INT(put(1 - u % 2, &changed), SEAMKEY_ERR_LINK_MESSAGE);
		end_check(&before, to);
	}
	changed.len = m->len + 1;
	CHECK_INT(put(1 - u % 2, &changed), SEAMKEY_ERR_LINK_MESSAGE);
	end_check(&before, to);
	/* back to the sender */
	end_save(&before, &net.end[u % 2]);
	CHECK_INT(put(u % 2, m), SEAMKEY_ERR_LINK_MESSAGE);
	end_check(&before, &net.end[u % 2]);
}

static void
link_exchange_with_a_changed_byte_changes_nothing(void)
{
	message m;
	int rekey, sign;
	unsigned u;

	for (rekey = 0; rekey < 2; rekey++) {
		for (sign = 0; sign < 2; sign++) {
			exchange_init(sign);
			exchange_begin(rekey);
			for (u = 0; u < 3; u++) {
				net.now += u == 2 ? 8 : 0;
				CHECK_INT(take(u % 2, &m), SEAMKEY_OK);
				change_every_byte(rekey, sign, u, &m);
				CHECK_INT(put(1 - u % 2, &m), SEAMKEY_OK);
			}
			CHECK_INT(pair_settle(&net, 20), 1);
			CHECK_INT(net.end[0].link.worked.refused_messages > 400,
				1);
		}
	}
}

static void
check_zero(const void *p, size_t len)
{
	static const unsigned char zero[sizeof(end_state)];

	CHECK_MEM(p, zero, len);
}

/* The tag of message 2 in a start with signatures: the attempt fails, and
 * the next one succeeds. Anybody can have changed it, so that the pause
 * before the next is that of a repetition, however often it was changed. */
static void
link_exchange_with_a_wrong_tag_is_tried_again(void)
{
	const uint64_t retry = 3, most = 8; /* ticks; attempts */
	message m;
	unsigned u;

	exchange_init(1);
	net.end[0].cfg.retry = net.end[1].cfg.retry = (uint32_t)retry;
	net.end[0].cfg.pause = 1000;
	net.end[1].cfg.start_interval = 1;
	exchange_begin(0);
	for (u = 0; u < most; u++) {
		CHECK_INT(take(0, &m), SEAMKEY_OK);
		CHECK_INT(put(1, &m), SEAMKEY_OK);
		CHECK_INT(take(1, &m), SEAMKEY_OK);
		m.bytes[m.len - 1] ^= 1;
		CHECK_INT(put(0, &m), SEAMKEY_OK);
		CHECK_INT(take(0, &m), SEAMKEY_AGAIN);
		CHECK_INT(net.end[0].events[SEAMKEY_LINK_ABANDONED], u + 1);
		CHECK_INT(seamkey_link_is_up(&net.end[0].link), 0);
		check_zero(net.end[0].link.exchange[1].secret, 32);
		net.now += retry;
	}
	CHECK_INT(net.end[0].link.failures, 0);
	CHECK_INT(pair_settle(&net, 100), 1);
	pair_check(&net);
}

/* Message 2 goes out when it is asked for, and no more often: it may cost a
 * signature. */
static void
link_exchange_answers_when_asked(void)
{
	message m[2];
	unsigned u;

	exchange_init(1);
	net.end[0].cfg.retry = net.end[1].cfg.retry = 3;
	exchange_begin(0);
	CHECK_INT(take(0, &m[0]), SEAMKEY_OK);
	CHECK_INT(put(1, &m[0]), SEAMKEY_OK);
	CHECK_INT(take(1, &m[1]), SEAMKEY_OK);
	for (u = 0; u < 5; u++) {
		net.now += 3;
		CHECK_INT(take(1, &m[1]), SEAMKEY_AGAIN);
		CHECK_INT(put(1, &m[0]), SEAMKEY_OK);
		CHECK_INT(put(1, &m[0]), SEAMKEY_OK);
		CHECK_INT(take(1, &m[1]), SEAMKEY_OK);
		CHECK_INT(put(1, &m[0]), SEAMKEY_OK);
		CHECK_INT(take(1, &m[1]), SEAMKEY_AGAIN); /* too soon */
		net.now += 3;
		CHECK_INT(take(1, &m[1]), SEAMKEY_OK);
	}
}

/* An end that is configured otherwise, or has other secrets. */
static void
link_exchange_between_strangers_fails(void)
{
	static const struct {
		const char *what;
		int sign, status;
	} rows[] = {
		{ "relation", 0, SEAMKEY_ERR_LINK_MESSAGE },
		{ "suite", 0, SEAMKEY_ERR_LINK_MESSAGE },
		{ "mode", 0, SEAMKEY_ERR_LINK_MESSAGE },
		{ "layout", 0, SEAMKEY_ERR_LINK_MESSAGE },
		{ "id bits", 0, SEAMKEY_ERR_LINK_MESSAGE },
		{ "counter", 0, SEAMKEY_ERR_LINK_MESSAGE },
		{ "role", 0, SEAMKEY_ERR_LINK_MESSAGE },
		{ "signatures against psk", 1, SEAMKEY_ERR_LINK_MESSAGE },
	};
	seamkey_aead other;
	message m;
	size_t u;

	for (u = 0; u < COUNT(rows); u++) {
		pair_end *e = &net.end[1];

		what = rows[u].what;
		exchange_init(0);
		CHECK_INT(seamkey_aead_bearssl(
				  &other, SEAMKEY_AEAD_CHACHA20_POLY1305),
			SEAMKEY_OK);
		e->cfg.aead = u == 1 ? &other : &net.aead;
		e->cfg.mode = u == 2;
		e->cfg.layout = u == 3 ? SEAMKEY_LINK_RTC_DRAFT : 0;
		e->cfg.id_bits = u == 4 ? 4 : 2;
		e->cfg.counter_octets = u == 5 ? 6 : 4;
		e->cfg.role =
			u == 6 ? SEAMKEY_LINK_INITIATOR : SEAMKEY_LINK_FOLLOWER;
		e->cfg.max_plain = 40;
		if (rows[u].sign) {
			e->auth.psk = NULL;
			e->auth.sign = pair_sign;
			e->auth.verify = pair_verify;
		}
		CHECK_INT(pair_open(&net, 2, 2), SEAMKEY_OK);
		if (u == 0) {
			e->link.relation = 8;
		}
		CHECK_INT(take(0, &m), SEAMKEY_OK);
		CHECK_INT(put(1, &m), rows[u].status);
	}
}

static int
other_psk(void *ctx, unsigned relation, seamkey_span *key)
{
	(void)ctx;
	(void)relation;
	*key = seamkey_span_of("a pre-shared key of 33 octets...", 32);
	return SEAMKEY_OK;
}

static void
link_exchange_needs_the_secret(void)
{
	message m;

	what = "another pre-shared key";
	exchange_init(0);
	net.end[1].auth.psk = other_psk;
	CHECK_INT(pair_open(&net, 2, 2), SEAMKEY_OK);
	CHECK_INT(take(0, &m), SEAMKEY_OK);
	CHECK_INT(put(1, &m), SEAMKEY_ERR_LINK_AUTH);
	what = "another initiator";
	exchange_init(1);
	net.end[0].auth.own[5] ^= 1;
	CHECK_INT(pair_open(&net, 2, 2), SEAMKEY_OK);
	CHECK_INT(take(0, &m), SEAMKEY_OK);
	CHECK_INT(put(1, &m), SEAMKEY_OK);
	CHECK_INT(take(1, &m), SEAMKEY_OK);
	/* the signature covers both identities */
	CHECK_INT(put(0, &m), SEAMKEY_ERR_LINK_AUTH);
	what = "another follower";
	exchange_init(1);
	net.end[1].auth.own[5] ^= 1;
	CHECK_INT(pair_open(&net, 2, 2), SEAMKEY_OK);
	CHECK_INT(take(0, &m), SEAMKEY_OK);
	CHECK_INT(put(1, &m), SEAMKEY_OK);
	CHECK_INT(take(1, &m), SEAMKEY_OK);
	CHECK_INT(put(0, &m), SEAMKEY_ERR_LINK_AUTH);
}

/* Every n-RTT takes in the pre-shared key, too: a thief of the chain who
 * does not have it gets no further. */
static void
link_exchange_rekey_needs_the_secret(void)
{
	message m;

	exchange_init(0);
	quiet_start(&net);
	net.end[1].auth.psk = other_psk;
	net.now += 100;
	CHECK_INT(seamkey_link_rekey(&net.end[0].link, SEAMKEY_LINK_NRTT),
		SEAMKEY_OK);
	CHECK_INT(take(0, &m), SEAMKEY_OK);
	CHECK_INT(put(1, &m), SEAMKEY_OK);
	CHECK_INT(take(1, &m), SEAMKEY_OK);
	CHECK_INT(put(0, &m), SEAMKEY_OK);
	CHECK_INT(take(0, &m), SEAMKEY_AGAIN);
	CHECK_INT(net.end[0].events[SEAMKEY_LINK_ABANDONED], 1);
	CHECK_INT(net.end[0].link.m, 0);
}

/* ---- replayed ----------------------------------------------------------- */

/* Each message again, at every later point: answered again, or nothing. */
static void
link_exchange_replays_do_nothing(void)
{
	static end_state before;
	message m[3], again;
	int rekey, sign;

	for (rekey = 0; rekey < 2; rekey++) {
		for (sign = 0; sign < 2; sign++) {
			exchange_init(sign);
			exchange_begin(rekey);
			CHECK_INT(take(0, &m[0]), SEAMKEY_OK);
			CHECK_INT(put(1, &m[0]), SEAMKEY_OK);
			CHECK_INT(take(1, &m[1]), SEAMKEY_OK);
			CHECK_INT(take(1, &again), SEAMKEY_AGAIN);
			/* message 1 again asks for message 2 again, which is
			 * not given faster than it may be repeated */
			CHECK_INT(put(1, &m[0]), SEAMKEY_OK);
			CHECK_INT(take(1, &again), SEAMKEY_AGAIN);
			net.now += 8;
			CHECK_INT(take(1, &again), SEAMKEY_OK);
			CHECK_MEM(again.bytes, m[1].bytes, m[1].len);
			CHECK_INT(put(0, &m[1]), SEAMKEY_OK);
			end_save(&before, &net.end[0]);
			CHECK_INT(put(0, &m[1]), SEAMKEY_ERR_LINK_STALE);
			end_check(&before, &net.end[0]);
			CHECK_INT(take(0, &m[2]), SEAMKEY_OK);
			CHECK_INT(put(0, &m[1]), SEAMKEY_ERR_LINK_STALE);
			CHECK_INT(put(1, &m[2]), SEAMKEY_OK);
			CHECK_INT(put(1, &m[2]), SEAMKEY_ERR_LINK_STALE);
			/* message 3 is repeated until a frame answers it */
			net.now += 8;
			CHECK_INT(take(0, &again), SEAMKEY_OK);
			CHECK_INT(again.bytes[3], 3);
			CHECK_INT(pair_settle(&net, 20), 1);
			end_save(&before, &net.end[1]);
			CHECK_INT(put(1, &m[2]), SEAMKEY_ERR_LINK_STALE);
			if (rekey) {
				CHECK_INT(put(1, &m[0]) < 0, 1);
			}
			end_check(&before, &net.end[1]);
			CHECK_INT(put(0, &m[1]), SEAMKEY_ERR_LINK_STALE);
		}
	}
}

/* An old start, replayed in full, ends where message 3 is wanted. */
static void
link_exchange_old_start_cannot_be_replayed(void)
{
	message m[3], answer;
	unsigned char session[16];
	int sign;

	for (sign = 0; sign < 2; sign++) {
		exchange_init(sign);
		exchange_begin(0);
		three_messages(m);
		CHECK_INT(pair_settle(&net, 20), 1);
		memcpy(session, net.end[1].link.session, 16);
		net.now += 100;
		(void)pair_work(&net, 1);
		CHECK_INT(put(1, &m[0]), SEAMKEY_OK);
		CHECK_INT(take(1, &answer), SEAMKEY_OK);
		CHECK_INT(
			memcmp(answer.bytes + 18, m[1].bytes + 18, 64) != 0, 1);
		CHECK_INT(put(1, &m[2]), SEAMKEY_ERR_LINK_AUTH);
		CHECK_MEM(net.end[1].link.session, session, 16);
		/* one at a time, and not too often */
		m[0].bytes[20] ^= (unsigned char)sign;
		CHECK_INT(put(1, &m[0]),
			sign ? SEAMKEY_ERR_LINK_BUSY : SEAMKEY_OK);
		CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_0RTT, 100), 1);
		CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_NRTT, 100), 1);
		pair_check(&net);
	}
}

/* What was staged by a replay gives way to a start that is meant, though
 * it may cost an attempt or two. */
static void
link_exchange_replay_does_not_hang_a_start(void)
{
	message m[3], old;
	unsigned u;

	exchange_init(0);
	exchange_begin(0);
	three_messages(m);
	CHECK_INT(pair_settle(&net, 20), 1);
	old = m[0];
	net.now += 100;
	(void)pair_work(&net, 1);
	CHECK_INT(seamkey_link_start(&net.end[0].link), SEAMKEY_OK);
	CHECK_INT(take(0, &m[0]), SEAMKEY_OK);
	CHECK_INT(put(1, &m[0]), SEAMKEY_OK);
	CHECK_INT(take(1, &m[1]), SEAMKEY_OK);
	CHECK_INT(put(0, &m[1]), SEAMKEY_OK);
	CHECK_INT(take(0, &m[2]), SEAMKEY_OK);
	net.now += 100;
	(void)pair_work(&net, 1);
	CHECK_INT(put(1, &old), SEAMKEY_OK);
	(void)pair_work(&net, 1);
	CHECK_INT(put(1, &m[2]) < 0, 1);
	/* an initiator whose frames are not answered starts again */
	for (u = 0; u < 20; u++) {
		pair_tick(&net);
	}
	(void)seamkey_link_start(&net.end[0].link);
	CHECK_INT(pair_settle(&net, 2000), 1);
	CHECK_MEM(net.end[0].link.session, net.end[1].link.session, 16);
}

/* ---- shares ------------------------------------------------------------- */

/* clang-format off */
static const char *const small_order[] = {
	"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
	"\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
	"\xe0\xeb\x7a\x7c\x3b\x41\xb8\xae\x16\x56\xe3\xfa\xf1\x9f\xc4\x6a"
	"\xda\x09\x8d\xeb\x9c\x32\xb1\xfd\x86\x62\x05\x16\x5f\x49\xb8\x00",
	"\x5f\x9c\x95\xbc\xa3\x50\x8c\x24\xb1\xd0\xb1\x55\x9c\x83\xef\x5b"
	"\x04\x44\x5c\xc4\x58\x1c\x8e\x86\xd8\x22\x4e\xdd\xd0\x9f\x11\x57",
	"\xec\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
	"\xed\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
	"\xee\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
};
/* clang-format on */

/* A share of small order, in an authentic message, ends the attempt at
 * either end, as soon as the shared secret is known. */
static void
link_exchange_refuses_shares_of_small_order(void)
{
	message m;
	int rekey;
	unsigned high;
	size_t u;

	for (u = 0; u < 2 * 2 * COUNT(small_order); u++) {
		unsigned char share[32];

		rekey = (int)(u & 1);
		high = (unsigned)(u & 2) << 6;
		memcpy(share, small_order[u / 4], 32);
		share[31] |= (unsigned char)high;
		/* the initiator's */
		exchange_init(0);
		exchange_begin(rekey);
		while (net.end[0].link.exchange[!rekey].own[0] == 0) {
			(void)seamkey_link_work(&net.end[0].link, net.now);
		}
		memcpy(net.end[0].link.exchange[!rekey].own, share, 32);
		CHECK_INT(take(0, &m), SEAMKEY_OK);
		CHECK_INT(put(1, &m), SEAMKEY_OK);
		CHECK_INT(take(1, &m), SEAMKEY_AGAIN);
		CHECK_INT(net.end[1].events[SEAMKEY_LINK_ABANDONED], 1);
		CHECK_INT(net.end[1].link.worked.abandoned, 1);
		/* the follower's */
		exchange_init(0);
		exchange_begin(rekey);
		CHECK_INT(take(0, &m), SEAMKEY_OK);
		CHECK_INT(put(1, &m), SEAMKEY_OK);
		(void)pair_work(&net, 1);
		memcpy(net.end[1].link.exchange[!rekey].own, share, 32);
		CHECK_INT(take(1, &m), SEAMKEY_OK);
		CHECK_INT(put(0, &m), SEAMKEY_OK);
		CHECK_INT(seamkey_link_work(&net.end[0].link, net.now),
			SEAMKEY_AGAIN);
		CHECK_INT(net.end[0].events[SEAMKEY_LINK_ABANDONED], 1);
		/* and the link goes on */
		net.now += 100;
		CHECK_INT(pair_settle(&net, 200), 1);
		CHECK_INT(net.end[1].link.m, rekey);
	}
}

/* ---- hooks that fail ---------------------------------------------------- */

/* A start and a rekey of each kind, with one hook's call failing. */
static unsigned long
run_with_failure(int sign, unsigned long k)
{
	exchange_init(sign);
	net.fail_hook = k;
	CHECK_INT(pair_open(&net, 2, 2), SEAMKEY_OK);
	CHECK_INT(pair_settle(&net, 2000), 1);
	CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_NRTT, 2000), 1);
	CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_0RTT, 2000), 1);
	pair_check(&net);
	return net.hooks;
}

static void
link_exchange_survives_any_hook_failing_once(void)
{
	unsigned long k, count;
	char name[40];
	int sign;

	for (sign = 0; sign < 2; sign++) {
		count = run_with_failure(sign, 0);
		CHECK_INT(count >= 14, 1);
		for (k = 1; k <= count; k++) {
			snprintf(
				name, sizeof name, "hook %lu of %lu", k, count);
			what = name;
			(void)run_with_failure(sign, k);
		}
	}
}

/* What each hook's failure looks like to the caller. */
static void
link_exchange_hands_failures_through(void)
{
	static end_state before;
	message m;

	what = "psk in put";
	exchange_init(0);
	exchange_begin(0);
	CHECK_INT(take(0, &m), SEAMKEY_OK);
	net.fail_hook = net.hooks + 1;
	end_save(&before, &net.end[1]);
	CHECK_INT(put(1, &m), PAIR_ERR_HOOK);
	end_check(&before, &net.end[1]);
	what = "psk in take";
	CHECK_INT(put(1, &m), SEAMKEY_OK);
	(void)pair_work(&net, 1);
	net.fail_hook = net.hooks + 1;
	CHECK_INT(take(1, &m), PAIR_ERR_HOOK);
	CHECK_INT(take(1, &m), SEAMKEY_OK);
	what = "psk in work";
	CHECK_INT(put(0, &m), SEAMKEY_OK);
	CHECK_INT(seamkey_link_work(&net.end[0].link, net.now), SEAMKEY_AGAIN);
	net.fail_hook = net.hooks + 1;
	CHECK_INT(seamkey_link_work(&net.end[0].link, net.now), PAIR_ERR_HOOK);
	CHECK_INT(take(0, &m), SEAMKEY_OK);
	CHECK_INT(m.bytes[3], 3);
	what = "random";
	exchange_init(0);
	exchange_begin(0);
	net.fail_hook = 1;
	CHECK_INT(seamkey_link_work(&net.end[0].link, net.now),
		SEAMKEY_ERR_RANDOM);
	what = "sign";
	exchange_init(1);
	exchange_begin(0);
	CHECK_INT(take(0, &m), SEAMKEY_OK);
	CHECK_INT(put(1, &m), SEAMKEY_OK);
	(void)pair_work(&net, 1);
	net.fail_hook = net.hooks + 1;
	CHECK_INT(take(1, &m), PAIR_ERR_HOOK);
	net.end[1].sign_again = 3;
	CHECK_INT(take(1, &m), SEAMKEY_AGAIN);
	CHECK_INT(take(1, &m), SEAMKEY_AGAIN);
	CHECK_INT(take(1, &m), SEAMKEY_AGAIN);
	CHECK_INT(take(1, &m), SEAMKEY_OK);
	what = "verify";
	net.fail_hook = net.hooks + 1;
	end_save(&before, &net.end[0]);
	CHECK_INT(put(0, &m), SEAMKEY_ERR_LINK_AUTH);
	end_check(&before, &net.end[0]);
	CHECK_INT(put(0, &m), SEAMKEY_OK);
}

static size_t odd_len;

static int
odd_psk(void *ctx, unsigned relation, seamkey_span *key)
{
	static const unsigned char bytes[65] = { 1 };

	(void)ctx;
	(void)relation;
	*key = odd_len == 32 ? seamkey_span_of(NULL, 32)
			     : seamkey_span_of(bytes, odd_len);
	return odd_len == 99 ? SEAMKEY_AGAIN : SEAMKEY_OK;
}

static int
odd_sign(void *ctx, const unsigned char *hash, unsigned char *sig, size_t cap,
	size_t *len)
{
	(void)ctx;
	(void)hash;
	memset(sig, 1, cap);
	*len = odd_len;
	return SEAMKEY_OK;
}

/* What no hook may answer: lengths, and 32 octets nowhere. */
static void
link_exchange_looks_at_what_hooks_answer(void)
{
	static const size_t psk[] = { 0, 15, 65, 99, 32, 16, 64 };
	static const size_t sig[] = { 0, 513, (size_t)-1, 1, 512 };
	message m;
	size_t u;

	for (u = 0; u < COUNT(psk); u++) {
		exchange_init(0);
		odd_len = psk[u];
		net.end[0].auth.psk = odd_psk;
		exchange_begin(0);
		CHECK_INT(take(0, &m), u < 5 ? SEAMKEY_ERR_HOOK : SEAMKEY_OK);
	}
	for (u = 0; u < COUNT(sig); u++) {
		exchange_init(1);
		odd_len = sig[u];
		net.end[1].auth.sign = odd_sign;
		exchange_begin(0);
		CHECK_INT(take(0, &m), SEAMKEY_OK);
		CHECK_INT(put(1, &m), SEAMKEY_OK);
		CHECK_INT(take(1, &m), u < 3 ? SEAMKEY_ERR_HOOK : SEAMKEY_OK);
		if (u >= 3) {
			CHECK_INT(put(0, &m), SEAMKEY_ERR_LINK_AUTH);
		}
	}
	CHECK_INT(m.len, SEAMKEY_LINK_MESSAGE_MAX - 192 + 18 + 64 + 34 + 32);
	CHECK_INT(seamkey_link_take(&net.end[1].link, m.bytes,
			  SEAMKEY_LINK_MESSAGE_MAX - 1, &m.len),
		SEAMKEY_AGAIN);
	exchange_init(0);
	exchange_begin(0);
	(void)pair_work(&net, 0);
	CHECK_INT(seamkey_link_take(&net.end[0].link, m.bytes,
			  SEAMKEY_LINK_MESSAGE_MAX - 1, &m.len),
		SEAMKEY_ERR_SPACE);
}

static int
stuck_fill(void *ctx, unsigned char *out, size_t len)
{
	(void)ctx;
	memset(out, 0x5A, len);
	return SEAMKEY_OK;
}

/* A source that is stuck at either end: nothing starts, nothing breaks. */
static void
link_exchange_needs_randomness(void)
{
	unsigned u, t;

	for (u = 0; u < 2; u++) {
		exchange_init(0);
		net.end[u].cfg.random.fill = stuck_fill;
		CHECK_INT(pair_open(&net, 2, 2), SEAMKEY_OK);
		for (t = 0; t < 50; t++) {
			pair_tick(&net);
			CHECK_INT(pair_work(&net, u) <= SEAMKEY_OK, 1);
		}
		CHECK_INT(seamkey_link_is_up(&net.end[0].link), 0);
		CHECK_INT(seamkey_link_is_up(&net.end[1].link), 0);
		net.end[u].cfg.random.fill = pair_fill;
		CHECK_INT(pair_settle(&net, 1000), 1);
		/* a derived key needs none: the limit is the earliest */
		net.end[u].cfg.random.fill = stuck_fill;
		CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_0RTT, 100), 1);
		pair_check(&net);
	}
}

/* ---- attempts ----------------------------------------------------------- */

/* Nobody answers: so many repetitions, an event, a pause that doubles. */
static void
link_exchange_attempts_are_paced(void)
{
	uint64_t first = 0, last = 0, pause = 16;
	unsigned u, attempt;
	message m;
	int rekey;

	for (rekey = 0; rekey < 2; rekey++) {
		pair_end *e = &net.end[0];

		exchange_init(0);
		exchange_begin(rekey);
		pause = 16;
		for (attempt = 1; attempt <= 9; attempt++) {
			uint64_t abandoned = e->link.worked.abandoned;

			for (u = 0; u < 10; u++) {
				while (take(0, &m) == SEAMKEY_AGAIN
					&& net.now < 100000) {
					net.now++;
				}
				CHECK_INT(m.bytes[17], attempt);
				CHECK_INT(m.bytes[3], 1);
				CHECK_INT(u == 0 || net.now == last + 8, 1);
				first = u == 0 ? net.now : first;
				last = net.now;
			}
			CHECK_INT(e->link.worked.abandoned, abandoned);
			net.now += 7;
			CHECK_INT(take(0, &m), SEAMKEY_AGAIN);
			CHECK_INT(e->link.worked.abandoned, abandoned);
			net.now++;
			CHECK_INT(take(0, &m), SEAMKEY_AGAIN);
			CHECK_INT(e->link.worked.abandoned, abandoned + 1);
			net.now += pause - 1;
			CHECK_INT(take(0, &m), SEAMKEY_AGAIN);
			net.now++;
			pause = pause < 16 * 64 ? 2 * pause : pause;
		}
		CHECK_INT(e->events[SEAMKEY_LINK_ABANDONED], 9);
		/* a success begins the count anew */
		CHECK_INT(pair_settle(&net, 100), 1);
		CHECK_INT(e->link.failures, 0);
	}
}

/* A follower takes a later attempt in place of one that it has staged, and
 * never an earlier one. */
static void
link_exchange_only_later_attempts_count(void)
{
	message one, two, three, answer;
	unsigned u;

	exchange_init(0);
	exchange_begin(1);
	net.end[0].cfg.tries = 1;
	CHECK_INT(take(0, &one), SEAMKEY_OK);
	net.now += 8;
	CHECK_INT(take(0, &two), SEAMKEY_AGAIN);
	net.now += 16;
	CHECK_INT(take(0, &two), SEAMKEY_OK);
	CHECK_INT(two.bytes[17], one.bytes[17] + 1);
	CHECK_INT(put(1, &one), SEAMKEY_OK);
	CHECK_INT(take(1, &answer), SEAMKEY_OK);
	CHECK_INT(put(0, &answer), SEAMKEY_ERR_LINK_STALE);
	CHECK_INT(put(1, &two), SEAMKEY_OK);
	CHECK_INT(put(1, &one), SEAMKEY_ERR_LINK_STALE);
	CHECK_INT(take(1, &answer), SEAMKEY_OK);
	CHECK_INT(put(1, &one), SEAMKEY_ERR_LINK_STALE);
	CHECK_INT(put(0, &answer), SEAMKEY_OK);
	CHECK_INT(take(0, &three), SEAMKEY_OK);
	CHECK_INT(put(1, &three), SEAMKEY_OK);
	/* once message 3 has come, no message 1 moves it */
	CHECK_INT(put(1, &one) < 0, 1);
	for (u = 0; u < 5; u++) {
		pair_tick(&net);
	}
	CHECK_INT(pair_is_settled(&net), 1);
	CHECK_INT(net.end[1].link.m, 1);
	pair_check(&net);
}

/* The undrawn limit comes while an attempt hangs: a derived key takes its
 * place, also where the follower has staged the attempt already. */
static void
link_exchange_gives_way_to_the_limit(void)
{
	unsigned staged;
	message m;

	for (staged = 0; staged < 2; staged++) {
		exchange_init(0);
		net.end[0].cfg.soft_frames = 300;
		net.end[0].cfg.tries = 255;
		quiet_start(&net);
		CHECK_INT(
			seamkey_link_rekey(&net.end[0].link, SEAMKEY_LINK_NRTT),
			SEAMKEY_OK);
		CHECK_INT(take(0, &m), SEAMKEY_OK);
		if (staged) {
			CHECK_INT(put(1, &m), SEAMKEY_OK);
		}
		net.message_loss = 65536;
		while (net.now < 1000
			&& net.end[1].link.worked.rekeys_0rtt == 0) {
			pair_tick(&net);
		}
		CHECK_INT(net.now >= 300 && net.now < 330, 1);
		CHECK_INT(pair_is_settled(&net), 1);
		CHECK_INT(net.end[1].link.c, 1);
		/* and then the agreed one is tried again */
		net.message_loss = 0;
		CHECK_INT(pair_settle(&net, 100), 1);
		while (net.now < 2000
			&& net.end[1].link.worked.rekeys_nrtt == 0) {
			pair_tick(&net);
		}
		CHECK_INT(net.end[1].link.m, 1);
		pair_check(&net);
	}
}

/* Messages lost, at every one of them: it goes on where it was. */
static void
link_exchange_survives_any_loss(void)
{
	unsigned lost, count;
	message m;
	int rekey;

	for (rekey = 0; rekey < 2; rekey++) {
		for (lost = 0; lost < 6; lost++) {
			unsigned from = 0, t;

			exchange_init(0);
			exchange_begin(rekey);
			count = 0;
			for (t = 0; t < 200; t++, from = 1 - from) {
				net.now++;
				if (take(from, &m) == SEAMKEY_OK
					&& count++ != lost) {
					(void)put(1 - from, &m);
				}
				pair_send(&net, from);
				pair_tick(&net);
			}
			CHECK_INT(pair_is_settled(&net), 1);
			CHECK_INT(net.end[1].link.m, rekey);
			pair_check(&net);
		}
	}
}

/* ---- restarts ----------------------------------------------------------- */

/* Either end loses its memory at any moment of a start or a rekey; the
 * initiator starts anew when its watchdog tells. */
static void
restart_at(unsigned who, unsigned at, int rekey)
{
	unsigned t;

	exchange_init(0);
	net.delay_max = 1;
	exchange_begin(rekey);
	for (t = 0; t < at; t++) {
		pair_tick(&net);
	}
	memset(net.end[who].slot, 0xEE, sizeof net.end[who].slot);
	CHECK_INT(pair_open_end(&net, who, 2), SEAMKEY_OK);
	if (who == 0) {
		CHECK_INT(seamkey_link_start(&net.end[0].link), SEAMKEY_OK);
	}
	for (t = 0; t < 60; t++) {
		pair_tick(&net);
	}
	if (!pair_is_settled(&net)
		|| memcmp(net.end[0].link.session, net.end[1].link.session, 16)
			!= 0) {
		CHECK_INT(seamkey_link_start(&net.end[0].link), SEAMKEY_OK);
	}
	for (t = 0; t < 3000; t++) {
		pair_tick(&net);
	}
	CHECK_INT(pair_is_settled(&net), 1);
	CHECK_MEM(net.end[0].link.session, net.end[1].link.session, 16);
	CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_0RTT, 100), 1);
	CHECK_INT(net.end[0].nonce_reuse + net.end[1].nonce_reuse, 0);
	CHECK_INT(net.end[0].twice + net.end[1].twice, 0);
}

static void
link_exchange_survives_a_restart_at_any_moment(void)
{
	unsigned who, at;
	char name[60];
	int rekey;

	for (who = 0; who < 2; who++) {
		for (rekey = 0; rekey < 2; rekey++) {
			for (at = 0; at < 24; at++) {
				snprintf(name, sizeof name,
					"end %u, tick %u, rekey %d", who, at,
					rekey);
				what = name;
				restart_at(who, at, rekey);
			}
		}
	}
}

/* ---- secrets ------------------------------------------------------------ */

/* Are these octets anywhere in what an end is made of? */
static int
holds(const pair_end *e, const unsigned char *secret, size_t len)
{
	const unsigned char *p = (const unsigned char *)e;
	size_t u;

	for (u = 0; u + len <= offsetof(pair_end, message); u++) {
		if (p[u] == secret[0] && memcmp(p + u, secret, len) == 0) {
			return 1;
		}
	}
	return 0;
}

/* After a rekey and the grace time neither the old chain secret nor the old
 * IVs nor the old key schedules are left; when all is settled, no secret of
 * an exchange is. */
static void
link_exchange_leaves_no_old_secret(void)
{
	static const int kinds[] = { SEAMKEY_LINK_0RTT, SEAMKEY_LINK_NRTT };
	unsigned char chain[2][32], iv[2][24], context[2][64];
	unsigned u;
	size_t k, s;

	for (k = 0; k < COUNT(kinds); k++) {
		exchange_init(0);
		quiet_start(&net);
		for (u = 0; u < 2; u++) {
			pair_end *e = &net.end[u];

			memcpy(chain[u], e->link.chain, 32);
			memcpy(iv[u], e->slot[0].iv, 24);
			memcpy(context[u], e->slot[0].context, 64);
			CHECK_INT(holds(e, chain[u], 32), 1);
			CHECK_INT(holds(e, iv[u], 24), 1);
			CHECK_INT(holds(e, context[u] + 16, 48), 1);
		}
		CHECK_INT(pair_rekey(&net, kinds[k], 100), 1);
		for (u = 0; u < 5; u++) {
			pair_tick(&net);
		}
		s = seamkey_link_contexts(&net.aead, 2) / 2;
		for (u = 0; u < 2; u++) {
			pair_end *e = &net.end[u];

			CHECK_INT(holds(e, chain[u], 32), 0);
			CHECK_INT(holds(e, iv[u], 24), 0);
			CHECK_INT(holds(e, context[u] + 16, 48), 0);
			CHECK_INT(e->slot[0].used, 0);
			check_zero(e->slot[0].iv, sizeof e->slot[0].iv);
			check_zero(e->slot[0].context, s);
			check_zero(e->link.exchange[0].secret, 32);
			check_zero(e->link.exchange[1].secret, 32);
			check_zero(&e->link.exchange[0],
				u == 0 ? sizeof e->link.exchange[0] : 0);
		}
	}
}

static void
link_end_leaves_zeros(void)
{
	unsigned at, u, t;

	for (at = 0; at < 12; at++) {
		exchange_init((int)(at & 1));
		exchange_begin(at > 5);
		for (t = 0; t < at; t++) {
			pair_tick(&net);
		}
		for (u = 0; u < 2; u++) {
			pair_end *e = &net.end[u];

			seamkey_link_end(&e->link);
			check_zero(&e->link, sizeof e->link);
			check_zero(e->slot, sizeof e->slot);
			check_zero(e->contexts, sizeof e->contexts);
		}
	}
}

/* ---- malformed switches -------------------------------------------------- */

/* The switch announced over and over, by each end: one key is made. */
static void
link_switch_announced_many_times(void)
{
	seamkey_link *i = &net.end[0].link, *f = &net.end[1].link;
	pair_frame old[20];
	unsigned u;

	exchange_init(0);
	quiet_start(&net);
	CHECK_INT(seamkey_link_rekey(i, SEAMKEY_LINK_0RTT), SEAMKEY_OK);
	(void)pair_work(&net, 0);
	for (u = 0; u < 20; u++) {
		CHECK_INT(pair_seal(&net, 0, &old[u]), SEAMKEY_OK);
		CHECK_INT(old[u].bytes[0], 0x01);
	}
	for (u = 0; u < 10; u++) {
		CHECK_INT(pair_arrive(&net, &old[u]), SEAMKEY_OK);
		(void)pair_work(&net, 1);
	}
	CHECK_INT(f->serial, 2);
	CHECK_INT(pair_settle(&net, 10), 1);
	/* and once more under the key that has gone, after the switch */
	for (u = 10; u < 20; u++) {
		CHECK_INT(pair_arrive(&net, &old[u]), SEAMKEY_OK);
		(void)pair_work(&net, 1);
	}
	CHECK_INT(f->serial, 2);
	CHECK_INT(f->consumer.active, 2);
	CHECK_INT(f->provider.active, 2);
	for (u = 0; u < 10; u++) {
		pair_tick(&net);
	}
	CHECK_INT(f->serial, 2);
	CHECK_INT(i->serial, 2);
	pair_check(&net);
}

/* A frame of the old key that comes after the switch moves no view back. */
static void
link_switch_does_not_go_back(void)
{
	seamkey_view views[2];
	pair_frame old[2];
	unsigned u;

	exchange_init(0);
	quiet_start(&net);
	CHECK_INT(pair_seal(&net, 0, &old[0]), SEAMKEY_OK);
	CHECK_INT(pair_seal(&net, 1, &old[1]), SEAMKEY_OK);
	CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_NRTT, 50), 1);
	for (u = 0; u < 2; u++) {
		seamkey_link *l = &net.end[1 - u].link;

		views[0] = l->provider;
		views[1] = l->consumer;
		CHECK_INT(pair_arrive(&net, &old[u]), SEAMKEY_OK);
		CHECK_MEM(&l->provider, &views[0], sizeof views[0]);
		CHECK_MEM(&l->consumer, &views[1], sizeof views[1]);
		CHECK_INT(l->newest, 2);
		CHECK_INT(l->peer, 2);
	}
	pair_check(&net);
}

/* Message 3 that shows the new root alone, without the old chain's MAC. */
static void
link_switch_authenticated_by_the_new_key_alone(void)
{
	static end_state before;
	unsigned char right[32];
	message m[3];

	exchange_init(0);
	exchange_begin(1);
	CHECK_INT(take(0, &m[0]), SEAMKEY_OK);
	CHECK_INT(put(1, &m[0]), SEAMKEY_OK);
	CHECK_INT(take(1, &m[1]), SEAMKEY_OK);
	CHECK_INT(put(0, &m[1]), SEAMKEY_OK);
	(void)pair_work(&net, 0);
	/* what message 3's MAC is made with */
	memcpy(right, net.end[0].link.exchange[0].own, 32);
	memcpy(net.end[0].link.exchange[0].own, net.end[0].link.chain, 32);
	CHECK_INT(take(0, &m[2]), SEAMKEY_OK);
	end_save(&before, &net.end[1]);
	CHECK_INT(put(1, &m[2]), SEAMKEY_ERR_LINK_AUTH);
	end_check(&before, &net.end[1]);
	/* that was all that was wrong */
	memcpy(net.end[0].link.exchange[0].own, right, 32);
	net.now += net.end[0].cfg.retry;
	(void)pair_work(&net, 0);
	CHECK_INT(take(0, &m[2]), SEAMKEY_OK);
	CHECK_INT(put(1, &m[2]), SEAMKEY_OK);
}

/* A rekey that names a suite with a smaller key, under the right MAC. */
static void
link_switch_to_a_smaller_key(void)
{
	static end_state before;
	seamkey_aead smaller;
	message m;

	exchange_init(0);
	CHECK_INT(seamkey_aead_bearssl(&net.aead, SEAMKEY_AEAD_AES_256_GCM),
		SEAMKEY_OK);
	exchange_begin(1);
	CHECK_INT(seamkey_aead_bearssl(&smaller, SEAMKEY_AEAD_AES_128_GCM),
		SEAMKEY_OK);
	net.end[0].cfg.aead = &smaller;
	CHECK_INT(take(0, &m), SEAMKEY_OK);
	end_save(&before, &net.end[1]);
	CHECK_INT(put(1, &m), SEAMKEY_ERR_LINK_MESSAGE);
	end_check(&before, &net.end[1]);
	net.end[0].cfg.aead = &net.aead;
	net.now += net.end[0].cfg.retry;
	(void)pair_work(&net, 0);
	CHECK_INT(take(0, &m), SEAMKEY_OK);
	CHECK_INT(put(1, &m), SEAMKEY_OK);
}

static int
same_fill(void *ctx, unsigned char *out, size_t len)
{
	(void)ctx;
	while (len-- > 0) {
		out[len] = (unsigned char)(len * 7 + 1);
	}
	return SEAMKEY_OK;
}

/* Ends that draw the same numbers each time: the new key differs from the
 * old one all the same, by the chain and the generation. */
static void
link_switch_to_an_equal_key(void)
{
	unsigned char chain[4][32];
	unsigned u, v;

	exchange_init(0);
	net.end[0].cfg.random.fill = same_fill;
	net.end[1].cfg.random.fill = same_fill;
	quiet_start(&net);
	for (u = 0; u < 4; u++) {
		memcpy(chain[u], net.end[0].link.chain, 32);
		for (v = 0; v < u; v++) {
			CHECK_INT(memcmp(chain[u], chain[v], 32) != 0, 1);
		}
		CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_NRTT, 50), 1);
	}
	pair_check(&net);
}

/* Two messages exchanged on the way: 3 before 1, 2 after 3. */
static void
link_switch_with_messages_exchanged(void)
{
	message m[3];
	unsigned u;

	exchange_init(0);
	exchange_begin(1);
	three_messages(m);
	/* to ends that have begun another attempt meanwhile */
	exchange_init(0);
	exchange_begin(1);
	CHECK_INT(put(1, &m[2]), SEAMKEY_ERR_LINK_STALE);
	CHECK_INT(put(0, &m[1]), SEAMKEY_ERR_LINK_STALE);
	CHECK_INT(take(0, &m[0]), SEAMKEY_OK);
	CHECK_INT(put(1, &m[2]), SEAMKEY_ERR_LINK_STALE);
	CHECK_INT(put(1, &m[0]), SEAMKEY_OK);
	CHECK_INT(put(1, &m[2]), SEAMKEY_ERR_LINK_STALE);
	for (u = 0; u < 10; u++) {
		pair_tick(&net);
	}
	CHECK_INT(pair_is_settled(&net), 1);
	CHECK_INT(net.end[1].link.m, 1);
	pair_check(&net);
}

/* ---- many rekeys -------------------------------------------------------- */

/* Generations are octets inside: more rekeys of one kind than half of the
 * numbers, and than all of them, then one of the other kind. */
static void
link_exchange_kinds_mix_after_any_number(void)
{
	static const unsigned counts[] = { 126, 127, 128, 129, 200, 255, 256,
		257 };
	unsigned u;
	size_t n;
	char name[40];

	for (n = 0; n < COUNT(counts); n++) {
		snprintf(name, sizeof name, "after %u agreed keys", counts[n]);
		what = name;
		exchange_init(0);
		quiet_start(&net);
		for (u = 0; u < counts[n]; u++) {
			CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_NRTT, 100), 1);
		}
		CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_0RTT, 100), 1);
		pair_check(&net);
	}
	for (n = 0; n < COUNT(counts); n++) {
		snprintf(name, sizeof name, "after %u derived keys", counts[n]);
		what = name;
		exchange_init(0);
		quiet_start(&net);
		for (u = 0; u < counts[n]; u++) {
			CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_0RTT, 100), 1);
		}
		CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_NRTT, 100), 1);
		pair_check(&net);
	}
}

/* clang-format off */
const struct test test_link_exchange_table[] = {
	{ "link_exchange_has_three_messages",
		link_exchange_has_three_messages },
	{ "link_exchange_renews_everything",
		link_exchange_renews_everything },
	{ "link_exchange_start_is_staged_beside",
		link_exchange_start_is_staged_beside },
	{ "link_exchange_with_a_changed_byte_changes_nothing",
		link_exchange_with_a_changed_byte_changes_nothing },
	{ "link_exchange_with_a_wrong_tag_is_tried_again",
		link_exchange_with_a_wrong_tag_is_tried_again },
	{ "link_exchange_answers_when_asked",
		link_exchange_answers_when_asked },
	{ "link_exchange_between_strangers_fails",
		link_exchange_between_strangers_fails },
	{ "link_exchange_needs_the_secret", link_exchange_needs_the_secret },
	{ "link_exchange_rekey_needs_the_secret",
		link_exchange_rekey_needs_the_secret },
	{ "link_exchange_replays_do_nothing",
		link_exchange_replays_do_nothing },
	{ "link_exchange_old_start_cannot_be_replayed",
		link_exchange_old_start_cannot_be_replayed },
	{ "link_exchange_replay_does_not_hang_a_start",
		link_exchange_replay_does_not_hang_a_start },
	{ "link_exchange_refuses_shares_of_small_order",
		link_exchange_refuses_shares_of_small_order },
	{ "link_exchange_survives_any_hook_failing_once",
		link_exchange_survives_any_hook_failing_once },
	{ "link_exchange_hands_failures_through",
		link_exchange_hands_failures_through },
	{ "link_exchange_looks_at_what_hooks_answer",
		link_exchange_looks_at_what_hooks_answer },
	{ "link_exchange_needs_randomness", link_exchange_needs_randomness },
	{ "link_exchange_attempts_are_paced",
		link_exchange_attempts_are_paced },
	{ "link_exchange_only_later_attempts_count",
		link_exchange_only_later_attempts_count },
	{ "link_exchange_gives_way_to_the_limit",
		link_exchange_gives_way_to_the_limit },
	{ "link_exchange_survives_any_loss",
		link_exchange_survives_any_loss },
	{ "link_exchange_survives_a_restart_at_any_moment",
		link_exchange_survives_a_restart_at_any_moment },
	{ "link_exchange_leaves_no_old_secret",
		link_exchange_leaves_no_old_secret },
	{ "link_end_leaves_zeros", link_end_leaves_zeros },
	{ "link_switch_announced_many_times",
		link_switch_announced_many_times },
	{ "link_switch_does_not_go_back", link_switch_does_not_go_back },
	{ "link_switch_authenticated_by_the_new_key_alone",
		link_switch_authenticated_by_the_new_key_alone },
	{ "link_switch_to_a_smaller_key", link_switch_to_a_smaller_key },
	{ "link_switch_to_an_equal_key", link_switch_to_an_equal_key },
	{ "link_switch_with_messages_exchanged",
		link_switch_with_messages_exchanged },
	{ "link_exchange_kinds_mix_after_any_number",
		link_exchange_kinds_mix_after_any_number },
	{ NULL, NULL },
};
/* clang-format on */
