/*
 * soak.c - a link through years of bad weather, in virtual time
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * usage: soak [FRAMES [SEED [FIRST [SECONDS]]]]
 *
 * Seals FRAMES frames (default: a million), or as many as it can in
 * SECONDS, in runs of half a million, each with a pair of ends, a network
 * (tests/link_pair.h) and an attacker drawn from SEED and the number of the
 * run; FIRST is the number to begin with, so that a run that failed can be
 * repeated alone. In each run, changing every few thousand ticks: bursts of
 * loss up to 30 %, delays up to what the ends were promised, duplicates,
 * replays, forgeries, restarts of either end, 0-RTT and n-RTT rekeys by limit
 * and by wish. The cipher is the real one.
 * Checked on every frame, with the names of docs/DESIGN.md:
 *
 *   S1   what is authentic, in time, new, and inside the window is delivered;
 *        around a start not what the one end sealed in an association that
 *        the other has no longer, or not yet
 *   S6   no key and nonce seal twice: noted where the cipher is called, over
 *        all runs and restarts
 *   S8   nothing is delivered twice, and what is delivered is what was sent
 *   S12  a frame is one cipher operation at most, and no key schedule
 *
 * Besides: nothing forged is taken, no association ends unless an end
 * restarts, no seal is refused while there is one, a start succeeds in time
 * where messages pass, and when the weather clears up each run comes to
 * rest.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <bearssl.h>

#define PAIR_FLYING 2048
#define PAIR_SEEN   (1u << 20)
#include "link_pair.h"

#define RUN  500000u /* frames */
#define LOOT 64      /* frames, and messages, that the attacker keeps */

static pair p;

/* What a run has besides the pair, from its begin. */
static struct {
	/* what the attacker does, in 65536ths, and has */
	unsigned replay, forge, attack_messages;
	pair_frame frames[LOOT];
	pair_message messages[2][LOOT / 2]; /* of either end */

	/* associations: the last tick without one, and whether somebody
	 * asked for that */
	uint64_t unrest, agreed, provoked_from;
	int provoked;
} storm;

static struct sums {
	uint64_t sealed, delivered, lost, wrong, twice, late, stale, expired;
	uint64_t forged, garbled, refused, nonce_order, overtaken, duplicates;
	uint64_t late_copies, no_key, bad_tag, bad_frame, peer_bugs, attacks;
	uint64_t message_attacks, message_forged, starts, abandoned, restarts;
	uint64_t torn, rekeys_0rtt, rekeys_nrtt, unsettled, runs, ticks;
} sums;

/* ---- S6: every key, noted where it comes into being --------------------- */

#define KEYS (1u << 20)

static struct note {
	unsigned char key[16]; /* of 32 with AES-256: the first half */
	unsigned char iv[6];   /* what a counter leaves of the nonce */
	unsigned char used;    /* has sealed */
	uint64_t base, last;   /* the first nonce; the last, less the first */
} notes[KEYS];

static seamkey_aead real;
static uint64_t keys, nonce_reuse, twofold;
static unsigned calling; /* seal or open runs: 1, and 1 for each operation */

/* The note of a key: its place in the table. */
static uint32_t
note_key(const unsigned char *key)
{
	static const unsigned char none[16] = { 0 };
	uint32_t at;

	memcpy(&at, key, sizeof at);
	for (at %= KEYS; memcmp(notes[at].key, none, 16) != 0;
		at = (at + 1) % KEYS) {
		if (memcmp(notes[at].key, key, 16) == 0) {
			return at;
		}
	}
	if (++keys > KEYS / 4 * 3) {
		fprintf(stderr, "soak: no room for so many keys\n");
		exit(2);
	}
	memcpy(notes[at].key, key, 16);
	return at;
}

/* A context ends in the number of its key's note. */
static uint32_t *
number_of(const void *context)
{
	return (uint32_t *)((uintptr_t)context + real.context_size);
}

static void
noted_init(const seamkey_aead *aead, void *context, const unsigned char *key)
{
	(void)aead;
	twofold += calling != 0;
	*number_of(context) = note_key(key);
	real.init(&real, context, key);
}

/*
 * Is this nonce a new one? It is the IV but for the 48 bits of a counter,
 * and the exclusive-or with the first nonce, whose counter is known, is a
 * counter again: it has to grow.
 */
static void
note_nonce(struct note *n, const unsigned char *nonce, uint64_t counter)
{
	uint64_t low = seamkey_i_aead_get(nonce + 6, 6);

	if (!n->used) {
		n->used = 1;
		memcpy(n->iv, nonce, sizeof n->iv);
		n->base = low ^ counter;
	} else {
		nonce_reuse += (low ^ n->base) <= n->last
			|| memcmp(n->iv, nonce, sizeof n->iv) != 0;
	}
	n->last = low ^ n->base;
}

/* The counter of a key's first frame: 0, or what the carrier brings. */
static uint64_t
first_counter(const void *context)
{
	uintptr_t at = (uintptr_t)context;
	const pair_end *e = &p.end[at >= (uintptr_t)&p.end[1]];

	return e->cfg.counter_octets == SEAMKEY_LINK_CARRIER_COUNTER ? e->base
								     : 0;
}

static void
noted_seal(const seamkey_aead *aead, const void *context,
	const unsigned char *nonce, const seamkey_span *ad,
	const unsigned char *in, size_t len, unsigned char *out,
	unsigned char *tag)
{
	(void)aead;
	twofold += ++calling > 2;
	note_nonce(&notes[*number_of(context)], nonce, first_counter(context));
	real.seal(&real, context, nonce, ad, in, len, out, tag);
}

static uint32_t
noted_open(const seamkey_aead *aead, const void *context,
	const unsigned char *nonce, const seamkey_span *ad,
	const unsigned char *in, size_t len, unsigned char *out,
	const unsigned char *tag)
{
	(void)aead;
	twofold += ++calling > 2;
	return real.open(&real, context, nonce, ad, in, len, out, tag);
}

/* ---- the attacker ------------------------------------------------------- */

/* He makes a frame of one that he has. */
static void
forge(pair_frame *f)
{
	uint32_t r = pair_random(&p);
	size_t at = r >> 8 & 1 ? r >> 16 & 3 : (r >> 16) % f->len;

	if ((r & 7) == 0) {
		f->to ^= 1; /* a reflection */
	} else if ((r & 7) == 1) {
		f->len -= 1 + at % 8;
	} else {
		f->bytes[at] ^= (unsigned char)(1u << (r >> 9 & 7));
	}
}

static void
attack(const pair_frame *f)
{
	pair_frame g;

	if (f->id % 8 == 0) {
		storm.frames[pair_random(&p) % LOOT] = *f;
	}
	if (pair_chance(&p, storm.replay)) {
		g = storm.frames[pair_random(&p) % LOOT];
		if (g.len != 0) {
			sums.attacks++;
			pair_launch(&p, &g, PAIR_COPY);
		}
	}
	if (pair_chance(&p, storm.forge)) {
		g = storm.frames[pair_random(&p) % LOOT];
		if (g.len == 0 || (pair_random(&p) & 1) != 0) {
			g = *f;
		}
		forge(&g);
		sums.attacks++;
		pair_launch(&p, &g, PAIR_FORGED);
	}
}

/* A message that he has kept, to where it went or came from, as it was or
 * not. */
static void
attack_message(void)
{
	uint32_t r = pair_random(&p);
	unsigned from = r & 1, back = r >> 1 & 1, forged = (r >> 2 & 3) != 0;
	pair_message m = storm.messages[from][(r >> 4) % (LOOT / 2)];

	if (m.len == 0) {
		return;
	}
	sums.message_attacks++;
	if (forged) {
		m.bytes[(r >> 13) % m.len] ^=
			(unsigned char)(1u << (r >> 10 & 7));
	}
	if (seamkey_link_put(&p.end[1 - (from ^ back)].link, m.bytes, m.len)
		== SEAMKEY_OK) {
		sums.message_forged += forged | back;
	}
}

/* ---- a tick ------------------------------------------------------------- */

/* From now on it is no wonder if the association ends. */
static void
provoke(void)
{
	storm.provoked = 1;
	storm.provoked_from = storm.agreed;
}

/* Ask for a new association, in place of the one that runs. */
static void
start_anew(void)
{
	provoke();
	(void)seamkey_link_start(&p.end[0].link);
}

/* Do both ends speak of the same association? */
static void
watch(void)
{
	uint64_t session = pair_session(&p.end[0]);

	if (!seamkey_link_is_up(&p.end[0].link)
		|| !seamkey_link_is_up(&p.end[1].link)
		|| session != pair_session(&p.end[1])) {
		sums.torn += !storm.provoked && storm.unrest + 1 < p.now;
		storm.unrest = p.now;
	} else {
		storm.agreed = session;
		/* a second wish may be waiting for the end of the first */
		if (session != storm.provoked_from && !p.end[0].link.starting
			&& p.end[0].link.exchange[1].state == SEAMKEY_I_IDLE) {
			storm.provoked = 0;
		}
	}
}

static void
send_one(unsigned from)
{
	pair_end *e = &p.end[from];
	pair_frame f;
	int status;

	if (e->cfg.counter_octets == SEAMKEY_LINK_CARRIER_COUNTER) {
		e->base += 1 + (pair_random(&p) & 1);
	}
	calling = 1;
	status = pair_seal(&p, from, &f);
	calling = 0;
	if (status == SEAMKEY_OK) {
		pair_post(&p, &f);
		if ((storm.replay | storm.forge) != 0) {
			attack(&f);
		}
	}
}

/* What is due arrives. Another association excuses a refusal only if the
 * ends have been of two minds since the frame was sealed. */
static void
arrivals(void)
{
	const pair_frame *f;

	while ((f = pair_due(&p)) != NULL) {
		pair_end *e = &p.end[f->to];
		uint64_t stale = e->stale;

		calling = 1;
		(void)pair_arrive(&p, f);
		calling = 0;
		e->wrong += e->stale != stale && f->sealed > storm.unrest;
	}
}

/* Work comes before the frames, after them, or both: that decides whether
 * a key that is one tick too old is still there. */
static void
tick(void)
{
	unsigned u, order = pair_random(&p);

	p.now++;
	for (u = 0; u < 2; u++) {
		if (order >> u & 1) {
			(void)pair_work(&p, u);
		}
		if (pair_messages(&p, u) && storm.attack_messages != 0) {
			storm.messages[u][pair_random(&p) % (LOOT / 2)] =
				p.end[u].message;
		}
	}
	if (pair_chance(&p, storm.attack_messages)) {
		attack_message();
	}
	watch();
	for (u = 0; u < 2; u++) {
		if (p.now % p.every[u] == 0) {
			send_one(u);
		}
	}
	arrivals();
	for (u = 0; u < 2; u++) {
		pair_acknowledge(&p, u);
		if ((order >> u & 5) != 1) {
			(void)pair_work(&p, u);
		}
	}
	watch();
}

/* ---- a run -------------------------------------------------------------- */

static uint64_t seed = 1;

static uint32_t
below(uint32_t limit)
{
	return pair_random(&p) % limit;
}

/* One of a list. */
static int
one_of(const int *list, unsigned count)
{
	return list[below(count)];
}
#define ONE_OF(list) one_of(list, sizeof(list) / sizeof(list)[0])

/* A header as the layouts admit it. */
static void
draw_layout(seamkey_link_config *cfg)
{
	static const int octets[] = { 2, 4, 6, SEAMKEY_LINK_CARRIER_COUNTER };
	static const int paper[] = { 2, SEAMKEY_LINK_CARRIER_COUNTER };

	cfg->id_bits = below(3) == 0 ? 4 : 2;
	cfg->counter_octets = ONE_OF(octets);
	cfg->layout = SEAMKEY_LINK_GENERIC;
	if (below(3) == 0) {
		cfg->layout = SEAMKEY_LINK_RTC_PAPER;
		cfg->counter_octets = ONE_OF(paper);
		cfg->id_bits = 2;
	} else if (below(3) == 0) {
		cfg->layout = SEAMKEY_LINK_RTC_DRAFT;
		cfg->counter_octets = 4;
		cfg->id_bits = 2;
	}
	cfg->mode = (uint8_t)(below(8) == 0);
}

static void
draw_config(void)
{
	static const int every[] = { 1, 1, 1, 1, 2, 3, 5 };
	static const int delays[] = { 1, 3, 10, 40, 100, 240 };
	static const int windows[] = { 256, 256, 256, 256, 0, 0, 1,
		SEAMKEY_LINK_NO_WINDOW };
	seamkey_link_config *cfg = &p.end[0].cfg, *other = &p.end[1].cfg;

	draw_layout(cfg);
	p.end[0].stride = p.end[1].stride = 0; /* see send_one() */
	p.every[0] = (unsigned)ONE_OF(every);
	p.every[1] = (unsigned)ONE_OF(every);
	p.delay_max = (unsigned)ONE_OF(delays);
	p.delay_min = below(2) ? below(p.delay_max + 1) : 0;
	cfg->window = ONE_OF(windows);
	cfg->one_context = below(2) == 0;
	cfg->delay_min = p.delay_min;
	cfg->delay_max = p.delay_max;
	cfg->retry = 2 * p.delay_max + 8;
	cfg->soft_frames = 500 + below(4000);
	cfg->soft_age = below(2) ? SEAMKEY_LINK_NEVER : 2000 + below(8000);
	cfg->chain_max = 1 + below(30);
	cfg->root_age = below(2) ? 0 : 20000;
	*other = *cfg;
	other->event_ctx = &p.end[1];
	other->role = SEAMKEY_LINK_FOLLOWER;
	other->one_context = below(2) == 0;
	other->window = ONE_OF(windows);
	cfg->send_min = cfg->send_max = p.every[0];
	other->send_min = other->send_max = p.every[1];
	cfg->peer_min = cfg->peer_max = p.every[1];
	other->peer_min = other->peer_max = p.every[0];
	cfg->drain_by_count = other->drain_by_count = below(2) == 0;
}

/* The same link goes on in other weather. */
static void
draw_weather(void)
{
	p.loss = below(3) == 0 ? below(65536 * 3 / 10) : below(3000);
	p.duplicate = below(3) == 0 ? below(10000) : 0;
	p.message_loss = below(6) == 0 ? 65536 : below(20000);
	storm.replay = below(2) == 0 ? below(6000) : 0;
	storm.forge = below(2) == 0 ? below(6000) : 0;
	storm.attack_messages = below(2) == 0 ? 200 : 0;
}

static void
calm(void)
{
	p.loss = p.duplicate = p.message_loss = 0;
	storm.replay = storm.forge = storm.attack_messages = 0;
}

static void add_counters(const seamkey_link *l);

/* What somebody does now and then. */
static void
disturb(void)
{
	uint32_t r = below(100);
	unsigned u = r & 1;

	if (r < 8) {
		sums.restarts++;
		add_counters(&p.end[u].link);
		(void)pair_open_end(&p, u, p.end[u].link.slots);
		start_anew();
	} else if (r < 12) {
		start_anew();
	} else if (r < 40) {
		(void)seamkey_link_rekey(&p.end[0].link,
			u ? SEAMKEY_LINK_0RTT : SEAMKEY_LINK_NRTT);
	}
}

/* ---- figures ------------------------------------------------------------ */

/* What an end has counted goes into the sums; before it forgets, too. */
static void
add_counters(const seamkey_link *l)
{
	sums.overtaken += l->opened.overtaken;
	sums.duplicates += l->opened.duplicates;
	sums.late_copies += l->opened.late;
	sums.no_key += l->opened.no_key;
	sums.bad_tag += l->opened.bad_tag;
	sums.bad_frame += l->opened.bad_frame;
	sums.peer_bugs += l->opened.peer_bugs;
	sums.abandoned += l->worked.abandoned;
}

static void
add_run(void)
{
	unsigned u;

	for (u = 0; u < 2; u++) {
		const pair_end *e = &p.end[u];

		add_counters(&e->link);
		sums.sealed += e->sealed;
		sums.delivered += e->delivered;
		sums.wrong += e->wrong;
		sums.twice += e->twice;
		sums.late += e->late;
		sums.stale += e->stale;
		sums.expired += e->expired;
		sums.forged += e->forged;
		sums.garbled += e->garbled;
		sums.refused += e->refused;
		sums.nonce_order += e->nonce_reuse;
	}
	sums.starts += p.end[0].events[SEAMKEY_LINK_STARTED];
	sums.rekeys_0rtt += p.end[0].events[SEAMKEY_LINK_REKEYED_0RTT];
	sums.rekeys_nrtt += p.end[0].events[SEAMKEY_LINK_REKEYED_NRTT];
	sums.lost += p.lost;
	sums.ticks += p.now;
	sums.runs++;
}

/* What must not be. */
static uint64_t
violations(void)
{
	return sums.wrong + sums.twice + nonce_reuse + sums.nonce_order
		+ sums.forged + sums.garbled + sums.refused + sums.expired
		+ sums.message_forged + sums.torn + sums.unsettled
		+ sums.peer_bugs + twofold;
}

#define COUNT(x) ((unsigned long)(x))

static void
report(double seconds)
{
	printf("sealed %lu frames in %lu runs, %lu ticks; delivered %lu\n",
		COUNT(sums.sealed), COUNT(sums.runs), COUNT(sums.ticks),
		COUNT(sums.delivered));
	printf("lost %lu, of another association %lu, too late for the window "
	       "%lu\n",
		COUNT(sums.lost), COUNT(sums.stale), COUNT(sums.late));
	printf("attacks: %lu frames, %lu messages; dropped: duplicates %lu, "
	       "late %lu, no key %lu, tag %lu, frame %lu; overtaken %lu\n",
		COUNT(sums.attacks), COUNT(sums.message_attacks),
		COUNT(sums.duplicates), COUNT(sums.late_copies),
		COUNT(sums.no_key), COUNT(sums.bad_tag), COUNT(sums.bad_frame),
		COUNT(sums.overtaken));
	printf("rekeys: %lu 0-RTT, %lu n-RTT; starts %lu, abandoned %lu, "
	       "restarts %lu, keys %lu\n",
		COUNT(sums.rekeys_0rtt), COUNT(sums.rekeys_nrtt),
		COUNT(sums.starts), COUNT(sums.abandoned), COUNT(sums.restarts),
		COUNT(keys));
	printf("S1 wrongly refused %lu, S6 key and nonce twice %lu, "
	       "S8 delivered twice %lu, S12 too much work %lu\n",
		COUNT(sums.wrong), COUNT(nonce_reuse + sums.nonce_order),
		COUNT(sums.twice), COUNT(twofold));
	printf("forged frames taken %lu, messages %lu, garbled %lu, seals "
	       "refused %lu, beyond the bound %lu, torn %lu, unsettled %lu, "
	       "peer bugs %lu\n",
		COUNT(sums.forged), COUNT(sums.message_forged),
		COUNT(sums.garbled), COUNT(sums.refused), COUNT(sums.expired),
		COUNT(sums.torn), COUNT(sums.unsettled), COUNT(sums.peer_bugs));
	if (seconds > 0) {
		printf("%.1f s, %.2f million frames a second\n", seconds,
			(double)sums.sealed / seconds / 1e6);
	}
}

static void
print_run(uint64_t number)
{
	const seamkey_link_config *c = &p.end[0].cfg, *d = &p.end[1].cfg;

	printf("run %lu failed; again: soak 1 %lu %lu\n", COUNT(number),
		COUNT(seed), COUNT(number));
	printf("  layout %u, bits %u, counter %d, mode %u, slots %u %u, every "
	       "%u %u, delay %u to %u, window %d %d, drain %u, "
	       "one_context %u %u\n",
		c->layout, c->id_bits, c->counter_octets, c->mode,
		p.end[0].link.slots, p.end[1].link.slots, p.every[0],
		p.every[1], p.delay_min, p.delay_max, c->window, d->window,
		c->drain_by_count, c->one_context, d->one_context);
}

#define OUTAGE 30000 /* ticks, for which a start may go on at the most */

/* Does an association come into being again, if messages can pass? Where it
 * takes long, the initiator's user asks for a start, as he does whose data
 * stay away. */
static void
watch_outage(void)
{
	static uint64_t outage;

	if (storm.unrest != p.now) {
		outage = 0;
	} else if (p.message_loss < 65536) {
		sums.unsettled += ++outage == OUTAGE;
		if (outage % (OUTAGE / 6) == 0) {
			start_anew();
		}
	}
}

static void
run(uint64_t number)
{
	uint64_t ticks, change = 0, most = 0;
	unsigned slots;

	pair_init(&p, seed * 1000003 + number);
	memset(&storm, 0, sizeof storm);
	draw_config();
	provoke();
	p.aead.init = noted_init;
	p.aead.seal = noted_seal;
	p.aead.open = noted_open;
	p.aead.context_size += 8;
	slots = p.end[0].cfg.id_bits == 4 ? 5 : 2;
	if (pair_open(&p, 2 + below(slots), 2 + below(slots)) != SEAMKEY_OK) {
		fprintf(stderr, "soak: a link was not made\n");
		exit(2);
	}
	while (p.sealed < RUN) {
		if (p.now >= change) {
			draw_weather();
			disturb();
			change = p.now + 1000 + below(8000);
			if (below(4) == 0) { /* one thing after another */
				change = p.now + below(4 * p.delay_max + 20);
			}
		}
		tick();
		watch_outage();
	}
	calm();
	for (ticks = 0; ticks < 100000 && most < 100; ticks++) {
		tick();
		most = pair_is_settled(&p) ? most + 1 : 0;
	}
	sums.unsettled += ticks == 100000;
	add_run();
}

/* Seconds since the first call. */
static double
elapsed(void)
{
	static struct timespec start;
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	if (start.tv_sec == 0) {
		start = t;
	}
	return (double)(t.tv_sec - start.tv_sec)
		+ (double)(t.tv_nsec - start.tv_nsec) / 1e9;
}

int
main(int argc, char **argv)
{
	uint64_t frames = 1000000, number = 0;
	double seconds = 0, limit = 1e9;

	if (argc > 1) {
		frames = strtoull(argv[1], NULL, 10);
	}
	if (argc > 2) {
		seed = strtoull(argv[2], NULL, 10);
	}
	if (argc > 3) {
		number = strtoull(argv[3], NULL, 10);
	}
	if (argc > 4) {
		limit = strtod(argv[4], NULL);
	}
	if (frames == 0
		|| seamkey_aead_bearssl(&real, SEAMKEY_AEAD_AES_128_GCM)
			!= SEAMKEY_OK) {
		fprintf(stderr,
			"usage: soak [FRAMES [SEED [FIRST [SECONDS]]]]\n");
		return 2;
	}
	printf("seed %lu\n", COUNT(seed));
	(void)elapsed();
	for (; sums.sealed < frames && seconds < limit; number++) {
		run(number);
		seconds = elapsed();
		if (violations() != 0) {
			print_run(number);
			break;
		}
	}
	report(seconds);
	return violations() != 0;
}
