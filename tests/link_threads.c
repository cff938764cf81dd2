/*
 * link_threads.c - seal, open and work of two ends, each in its own thread
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * usage: link_threads [MILLISECONDS]
 *
 * Six threads and nothing between those of one end but the link itself:
 * frames go from the one end's sealing thread to the other's opening
 * thread, messages from working thread to working thread, over queues of
 * one writer and one reader. 0-RTT and n-RTT rekeys follow one another as
 * fast as they can, and now and then the association is started anew. To be
 * built with -fsanitize=thread (tests/threads.sh): then a field that two
 * threads touch without order is reported. Besides, no frame that was in
 * time may be refused, and none delivered twice or changed.
 *
 * A frame is in time if the whole way from before its seal to after its
 * opening took no longer than the ends were promised, which a machine that
 * is busy does not always keep.
 */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <bearssl.h>

#include "seamkey_link.h"

#define QUEUE           64 /* frames, and half as many messages */
#define PLAIN           40
#define FRAME           (PLAIN + SEAMKEY_LINK_HEADER_MAX + 16)
#define D_MAX           4000 /* us */
#define LOAD(x)         __atomic_load_n(&(x), __ATOMIC_ACQUIRE)
#define STORE(x, value) __atomic_store_n(&(x), (value), __ATOMIC_RELEASE)

struct frame {
	unsigned char bytes[FRAME];
	size_t len;
	uint64_t sealed; /* us */
	uint32_t calm;   /* the association, 0 while that is not clear */
	uint32_t number;
};

struct message {
	unsigned char bytes[SEAMKEY_LINK_MESSAGE_MAX];
	size_t len;
};

/* One end, and its way to the other. */
static struct end {
	seamkey_link link;
	seamkey_link_config cfg;
	seamkey_link_auth auth;
	seamkey_slot slot[3];
	uint64_t contexts[2 * 3 * 64];
	uint64_t rng;

	struct frame frames[QUEUE];
	uint32_t put, got; /* of frames: written, read */
	struct message messages[QUEUE / 2];
	uint32_t message_put, message_got;
	uint32_t starts; /* completed; work's, for all to see */
	uint64_t done;   /* starts and rekeys, when the last was asked for */

	/* results, each of one thread */
	unsigned long sealed, refused_seals;
	unsigned long delivered, wrong, expired, unclear, garbled;
	unsigned long lost_messages;
} ends[2];

static seamkey_aead aead;
static uint32_t asked = 1; /* starts asked for */
static int stop;

static uint64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void
rest(long us)
{
	struct timespec t = { 0, us * 1000 };

	(void)nanosleep(&t, NULL);
}

/* The association that both ends have, 0 if there is none for sure. */
static uint32_t
calm(void)
{
	uint32_t n = LOAD(asked);

	return LOAD(ends[0].starts) == n && LOAD(ends[1].starts) == n ? n : 0;
}

static int
fill(void *ctx, unsigned char *out, size_t len)
{
	uint64_t *rng = (uint64_t *)ctx;
	size_t u;

	for (u = 0; u < len; u++) {
		*rng ^= *rng << 13;
		*rng ^= *rng >> 7;
		*rng ^= *rng << 17;
		out[u] = (unsigned char)(*rng >> 24);
	}
	return SEAMKEY_OK;
}

static int
find_psk(void *ctx, unsigned relation, seamkey_span *key)
{
	(void)ctx;
	(void)relation;
	*key = seamkey_span_of("a pre-shared key of 32 octets...", 32);
	return SEAMKEY_OK;
}

/* ---- the three threads of an end ---------------------------------------- */

static void *
sealing(void *arg)
{
	struct end *e = (struct end *)arg;
	unsigned char plain[PLAIN];
	uint32_t number = 0;

	memset(plain, 0x5A, sizeof plain);
	while (!LOAD(stop)) {
		struct frame *f = &e->frames[e->put % QUEUE];
		int status;

		if (e->put - LOAD(e->got) == QUEUE) {
			rest(20);
			continue;
		}
		memcpy(plain, &number, sizeof number);
		f->sealed = now_us();
		f->calm = calm();
		f->number = number;
		status = seamkey_link_seal(&e->link, seamkey_span_of(NULL, 0),
			plain, sizeof plain, f->bytes, sizeof f->bytes,
			&f->len);
		if (status != SEAMKEY_OK) {
			e->refused_seals += f->calm != 0 && f->calm == calm();
			rest(20);
			continue;
		}
		number++;
		e->sealed++;
		STORE(e->put, e->put + 1);
		if (number % 4 == 0) {
			rest(20);
		}
	}
	return NULL;
}

/* A frame of the other end's: delivered, or why not? */
static void
open_one(struct end *e, const struct frame *f, uint32_t *last)
{
	unsigned char plain[FRAME];
	uint64_t took;
	size_t len = 0;
	int status = seamkey_link_open(&e->link, seamkey_span_of(NULL, 0),
		f->bytes, f->len, plain, sizeof plain, &len);

	took = now_us() - f->sealed;
	if (status == SEAMKEY_OK) {
		e->delivered++;
		e->garbled += len != PLAIN || f->number + 1 <= *last
			|| memcmp(plain, &f->number, sizeof f->number) != 0;
		*last = f->number + 1;
	} else if (f->calm == 0 || f->calm != calm()) {
		e->unclear++;
	} else if (took > D_MAX) {
		e->expired++;
	} else {
		e->wrong++;
	}
}

static void *
opening(void *arg)
{
	struct end *e = (struct end *)arg;
	struct end *from = &ends[e == &ends[0]];
	uint32_t last = 0;

	while (!LOAD(stop)) {
		if (LOAD(from->put) == from->got) {
			/* lets work go on */
			(void)seamkey_link_open(&e->link,
				seamkey_span_of(NULL, 0), NULL, 0, NULL, 0,
				NULL);
			rest(20);
			continue;
		}
		open_one(e, &from->frames[from->got % QUEUE], &last);
		STORE(from->got, from->got + 1);
	}
	return NULL;
}

/* Messages of this end, and those of the other. */
static void
exchange(struct end *e, struct end *from)
{
	const unsigned room = QUEUE / 2;
	struct message *m = &e->messages[e->message_put % room];

	while (e->message_put - LOAD(e->message_got) < room
		&& seamkey_link_take(
			   &e->link, m->bytes, sizeof m->bytes, &m->len)
			== SEAMKEY_OK) {
		if (e->rng % 8 == 0) {
			e->lost_messages++;
			break;
		}
		STORE(e->message_put, e->message_put + 1);
		m = &e->messages[e->message_put % room];
	}
	while (LOAD(from->message_put) != from->message_got) {
		m = &from->messages[from->message_got % room];
		(void)seamkey_link_put(&e->link, m->bytes, m->len);
		STORE(from->message_got, from->message_got + 1);
	}
}

/* The initiator's user: once a rekey is done, asks for the next. */
static void
lead(struct end *e, uint64_t *started)
{
	const seamkey_link_work_counters *w = &e->link.worked;
	uint64_t done = w->starts + w->rekeys_0rtt + w->rekeys_nrtt;

	if (!seamkey_link_is_settled(&e->link) || done == e->done) {
		return;
	}
	if (calm() && now_us() - *started > 400000) {
		*started = now_us();
		STORE(asked, asked + 1);
		(void)seamkey_link_start(&e->link);
	} else {
		e->done = done;
		(void)seamkey_link_rekey(&e->link,
			done % 3 == 0 ? SEAMKEY_LINK_NRTT : SEAMKEY_LINK_0RTT);
	}
}

static void *
working(void *arg)
{
	struct end *e = (struct end *)arg;
	struct end *from = &ends[e == &ends[0]];
	uint64_t started = now_us();
	unsigned char r;

	while (!LOAD(stop)) {
		while (seamkey_link_work(&e->link, now_us()) == SEAMKEY_AGAIN) {
		}
		STORE(e->starts, (uint32_t)e->link.worked.starts);
		(void)fill(&e->rng, &r, 1);
		exchange(e, from);
		if (e == &ends[0]) {
			lead(e, &started);
		}
		rest(50);
	}
	return NULL;
}

/* ---- all of it ---------------------------------------------------------- */

static int
make_end(unsigned u)
{
	struct end *e = &ends[u];
	seamkey_link_config *c = &e->cfg;

	e->rng = 0x9E3779B97F4A7C15u * (u + 1);
	c->aead = &aead;
	c->role = (uint8_t)(u + 1);
	c->send_min = 1;
	c->send_max = 1000;
	c->peer_min = 1;
	c->peer_max = 1000;
	c->delay_max = D_MAX;
	c->losses = 3;
	c->retry = 3000;
	c->pause = 5000;
	c->start_interval = 5000;
	c->random.fill = fill;
	c->random.ctx = &e->rng;
	e->auth.psk = find_psk;
	return seamkey_link_init(&e->link, c, &e->auth, NULL, 1, e->slot, 2 + u,
		e->contexts, sizeof e->contexts);
}

static unsigned long
report(void)
{
	unsigned long bad = 0;
	unsigned u;

	for (u = 0; u < 2; u++) {
		const struct end *e = &ends[u];
		const seamkey_link_work_counters *w = &e->link.worked;

		printf("%s: sealed %lu, delivered %lu; wrongly refused %lu, "
		       "garbled %lu, seals refused %lu; beyond the bound %lu, "
		       "around a start %lu; starts %lu, rekeys %lu 0-RTT, "
		       "%lu n-RTT\n",
			u ? "follower" : "initiator", e->sealed, e->delivered,
			e->wrong, e->garbled, e->refused_seals, e->expired,
			e->unclear, (unsigned long)w->starts,
			(unsigned long)w->rekeys_0rtt,
			(unsigned long)w->rekeys_nrtt);
		bad += e->wrong + e->garbled + e->refused_seals
			+ (unsigned long)e->link.opened.peer_bugs
			+ (unsigned long)e->link.opened.bad_frame;
		bad += w->rekeys_0rtt < 10 || w->rekeys_nrtt < 3
			|| w->starts < 2 || e->delivered < 1000;
	}
	return bad;
}

int
main(int argc, char **argv)
{
	void *(*const run[3])(void *) = { sealing, opening, working };
	pthread_t threads[6];
	long ms = argc > 1 ? strtol(argv[1], NULL, 10) : 2000;
	unsigned u;

	(void)seamkey_aead_bearssl(&aead, SEAMKEY_AEAD_AES_128_GCM);
	if (ms <= 0 || make_end(0) != SEAMKEY_OK || make_end(1) != SEAMKEY_OK
		|| seamkey_link_start(&ends[0].link) != SEAMKEY_OK) {
		fprintf(stderr, "link_threads: there is no link\n");
		return 2;
	}
	for (u = 0; u < 6; u++) {
		if (pthread_create(&threads[u], NULL, run[u % 3], &ends[u / 3])
			!= 0) {
			fprintf(stderr, "link_threads: no thread\n");
			return 2;
		}
	}
	for (; ms > 0; ms -= 10) {
		rest(10000);
	}
	STORE(stop, 1);
	for (u = 0; u < 6; u++) {
		(void)pthread_join(threads[u], NULL);
	}
	return report() != 0;
}
