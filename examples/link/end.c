/*
 * end.c - an end of links: the loop of a controller, or of a device
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * What to copy: end_setup(), and the loop of link_end_run(). What is due in
 * the cycle comes first: open what has arrived, seal what is due. Keys are
 * made in the time that is left, one step at a time.
 *
 * What is faked: the pre-shared key, which is everyone's; the IO data; and
 * the channel, through which everything goes that is sent.
 */
#define _GNU_SOURCE

#include <bearssl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "link.h"
#include "seamkey.h"
#include "seamkey_aead.h"
#include "seamkey_link.h"
#include "seamkey_rtc.h"

#define END_UNIT   UINT64_C(31250) /* of PROFINET's cycle counter */
#define END_STATUS 0x35            /* primary, valid, running, no problem */
#define END_VLAN   0xC000          /* priority 6 */

/* 64 bits are enough for the alignment of a cipher context. */
#define END_CONTEXTS (2 * LINK_SLOTS * (SEAMKEY_AEAD_CONTEXT / 8 + 1))

typedef struct end_relation {
	seamkey_link link;
	seamkey_slot slot[LINK_SLOTS];
	uint64_t contexts[END_CONTEXTS];
	link_watch watch;
	link_stats *stats;
	uint64_t number;       /* of the next frame */
	uint64_t first_sealed; /* of all frames delivered here */
	uint64_t send_at, rekey_at[2];
	uint64_t sent_at, delivered_at; /* last; 0: none yet */
	uint8_t wants[2], asked;        /* rekeys to be asked for */
	uint8_t restarting;             /* the other end was gone */
} end_relation;

static struct end {
	const link_options *o;
	link_net *net;
	link_shared *shared;
	unsigned end, count; /* which one; relations */
	unsigned turn;       /* whose background work is next */
	int over;            /* nothing is sealed any more */
	pid_t parent;
	seamkey_aead aead;
	seamkey_link_config cfg;
	seamkey_link_auth auth;
	br_hmac_drbg_context drbg;
	link_channel channel;
	seamkey_link *links[LINK_FOLLOWERS];
	end_relation relation[LINK_FOLLOWERS];
} the_end;

uint64_t
link_now(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_MONOTONIC, &t) != 0) {
		return 0;
	}
	return (uint64_t)t.tv_sec * LINK_S + (uint64_t)t.tv_nsec;
}

const char *
link_end_text(int status)
{
	return seamkey_text(status);
}

/* ---- setting up ---------------------------------------------------------- */

static unsigned
end_suite(const link_options *o)
{
	static const unsigned suite[] = { SEAMKEY_AEAD_AES_128_GCM,
		SEAMKEY_AEAD_AES_256_GCM, SEAMKEY_AEAD_AES_128_CCM,
		SEAMKEY_AEAD_CHACHA20_POLY1305 };

	return suite[o->suite];
}

void
link_end_memory(const link_options *o, size_t *state, size_t *contexts,
	size_t *shared_by_all)
{
	seamkey_aead aead;

	*state = sizeof(seamkey_link) + (size_t)o->slots * sizeof(seamkey_slot);
	*shared_by_all = sizeof(seamkey_link_auth);
	*contexts = 0;
	if (seamkey_aead_bearssl(&aead, end_suite(o)) == SEAMKEY_OK) {
		*contexts = seamkey_link_contexts(&aead, (unsigned)o->slots);
	}
}

static int
end_psk(void *ctx, unsigned relation, seamkey_span *key)
{
	(void)ctx;
	(void)relation; /* a real plant has another key for each device */
	*key = seamkey_span_of("a key that everybody can read...", 32);
	return SEAMKEY_OK;
}

static void
end_event(void *ctx, seamkey_link *link, int event)
{
	struct end *e = (struct end *)ctx;
	unsigned u = 0;

	while (u + 1 < e->count && e->links[u] != link) {
		u++;
	}
	if (event == SEAMKEY_LINK_REKEYED_0RTT
		|| event == SEAMKEY_LINK_REKEYED_NRTT) {
		e->relation[u].asked = 0;
	} else if (event == SEAMKEY_LINK_STARTED) {
		e->relation[u].asked = 0;
		e->relation[u].restarting = 0;
	} else if (event == SEAMKEY_LINK_LOST) {
		if (e->end == LINK_INITIATOR) {
			(void)seamkey_link_start(link);
		}
	} else if (event == SEAMKEY_LINK_PEER_BUG
		|| event == SEAMKEY_LINK_TAG_ALARM
		|| event == SEAMKEY_LINK_HARD_LIMIT) {
		e->relation[u].stats->events++;
	}
}

/* What both ends of all relations promise each other. */
static void
end_configure(struct end *e)
{
	const link_options *o = e->o;
	seamkey_link_config *cfg = &e->cfg;

	cfg->aead = &e->aead;
	cfg->role = e->end == LINK_INITIATOR ? SEAMKEY_LINK_INITIATOR
					     : SEAMKEY_LINK_FOLLOWER;
	if (o->preset == LINK_GENERIC) {
		cfg->layout = SEAMKEY_LINK_GENERIC;
	} else {
		cfg->layout = SEAMKEY_LINK_RTC_DRAFT;
		cfg->ad_len = SEAMKEY_RTC_AD;
	}
	if (o->preset == LINK_PAPER) {
		cfg->layout = SEAMKEY_LINK_RTC_PAPER;
		cfg->counter_octets = 2;
	}
	cfg->window = LINK_WINDOW;
	cfg->max_plain = LINK_PLAIN;
	cfg->one_context = 1;
	cfg->scheduled = e->end == LINK_INITIATOR;
	/* A process that was not run for a while sends its frames closer
	 * together or farther apart. The reserve is a matter of thousands of
	 * frames, so a wide range costs nothing; an old key goes by time. */
	cfg->send_min = (uint32_t)(o->cycle / LINK_US / 2);
	cfg->send_max = (uint32_t)(o->cycle / LINK_US * 4);
	cfg->peer_min = cfg->send_min;
	cfg->peer_max = cfg->send_max;
	cfg->losses = 10;
	cfg->delay_max = (uint32_t)(o->dmax / LINK_US);
	cfg->event = end_event;
	cfg->event_ctx = e;
	e->auth.psk = end_psk;
}

static int
end_setup_relation(struct end *e, unsigned u)
{
	end_relation *r = &e->relation[u];
	int initiator = e->end == LINK_INITIATOR;
	unsigned id = initiator ? u : e->end;
	uint64_t share = e->o->followers;
	int status;

	r->stats = &e->shared->stats[!initiator][id];
	/* fewer frames than microseconds pass, so that no number comes again
	 * when this end is started another time */
	r->number = e->shared->begin / LINK_US;
	r->first_sealed = ~(uint64_t)0;
	r->send_at = e->shared->begin + e->o->cycle * (id + 1) / share;
	r->rekey_at[0] = r->rekey_at[1] = ~(uint64_t)0;
	if (e->o->period_0rtt != 0) {
		r->rekey_at[0] =
			e->shared->begin + e->o->period_0rtt / share * (id + 1);
	}
	if (e->o->period_nrtt != 0) {
		r->rekey_at[1] =
			e->shared->begin + e->o->period_nrtt / share * (id + 1);
	}
	e->links[u] = &r->link;
	status = seamkey_link_init(&r->link, &e->cfg, &e->auth, NULL, id,
		r->slot, (unsigned)e->o->slots, r->contexts,
		sizeof r->contexts);
	if (status == SEAMKEY_OK && initiator) {
		status = seamkey_link_start(&r->link);
	}
	return status;
}

static int
end_setup(struct end *e)
{
	unsigned u;
	int status = seamkey_aead_bearssl(&e->aead, end_suite(e->o));

	e->count = e->end == LINK_INITIATOR ? (unsigned)e->o->followers : 1;
	end_configure(e);
	link_channel_init(
		&e->channel, e->o, e->o->seed * (LINK_FOLLOWERS + 1) + e->end);
	if (status == SEAMKEY_OK) {
		status = seamkey_random_init(&e->cfg.random, &e->drbg);
	}
	for (u = 0; u < e->count && status == SEAMKEY_OK; u++) {
		status = end_setup_relation(e, u);
	}
	return status;
}

/* ---- frames -------------------------------------------------------------- */

/* IO data that says whose it is, and would show any damage. */
static void
end_fill(const end_relation *r, int initiator, unsigned char *plain, size_t len)
{
	size_t u;

	for (u = 0; u < 8; u++) {
		plain[u] = (unsigned char)(r->number >> (56 - 8 * u));
	}
	plain[8] = (unsigned char)(r->link.relation >> 8);
	plain[9] = (unsigned char)r->link.relation;
	plain[10] = (unsigned char)initiator;
	for (u = 11; u < len; u++) {
		plain[u] = (unsigned char)(plain[7] + u);
	}
}

/* Is it what the other end has sealed? Gives its number. */
static int
end_is_intact(const struct end *e, const end_relation *r,
	const unsigned char *plain, size_t len, uint64_t *number)
{
	size_t u;
	int intact = len >= e->o->plain
		&& plain[8] == (unsigned char)(r->link.relation >> 8)
		&& plain[9] == (unsigned char)r->link.relation
		&& plain[10] == (e->end != LINK_INITIATOR);

	*number = 0;
	for (u = 0; u < 8; u++) {
		*number = *number << 8 | plain[u];
	}
	for (u = 11; u < e->o->plain; u++) {
		intact &= plain[u] == (unsigned char)(plain[7] + u);
	}
	return intact;
}

static void
end_rtc(const struct end *e, unsigned id, uint64_t now, seamkey_rtc *rtc)
{
	int initiator = e->end == LINK_INITIATOR;

	memset(rtc, 0, sizeof *rtc);
	link_net_mac(e->end, rtc->source);
	link_net_mac(initiator ? id : LINK_INITIATOR, rtc->destination);
	rtc->tagged = 1;
	rtc->vlan = END_VLAN;
	rtc->frame_id = (uint16_t)(0x8000 + 2 * id + (initiator ? 0 : 1));
	rtc->cycle = (uint16_t)(now / END_UNIT);
	rtc->data = END_STATUS;
}

/* Seal one frame into p. */
static int
end_seal(struct end *e, end_relation *r, uint64_t now, link_packet *p)
{
	unsigned char plain[LINK_PLAIN];
	size_t len = (size_t)e->o->plain;
	seamkey_rtc rtc;

	end_fill(r, e->end == LINK_INITIATOR, plain, len);
	if (e->o->preset == LINK_GENERIC) {
		return seamkey_link_seal(&r->link, seamkey_span_of(NULL, 0),
			plain, len, p->bytes, sizeof p->bytes, &p->len);
	}
	end_rtc(e, r->link.relation, now, &rtc);
	return seamkey_rtc_seal(
		&r->link, &rtc, plain, len, p->bytes, sizeof p->bytes, &p->len);
}

/* A gap between two frames of a direction. */
static void
end_gap(uint64_t *longest, uint64_t *last, uint64_t now, int rekeying)
{
	if (*last != 0 && now - *last > longest[rekeying]) {
		longest[rekeying] = now - *last;
	}
	*last = now;
}

static void
end_to_channel(struct end *e, end_relation *r, const link_packet *p)
{
	int fate = link_channel_put(&e->channel, p, link_now());

	if (p->type == LINK_MESSAGE) {
		r->stats->messages++;
		r->stats->messages_lost += fate == LINK_LOST;
		return;
	}
	r->stats->sealed++;
	r->stats->lost += fate == LINK_LOST;
	r->stats->doubled += (fate & LINK_DOUBLED) != 0;
	r->stats->held += (fate & LINK_HELD) != 0;
}

static void
end_packet(const struct end *e, const end_relation *r, int type, link_packet *p)
{
	p->relation = r->link.relation;
	p->type = (uint8_t)type;
	p->initiator = e->end == LINK_INITIATOR;
}

/* Is there no key yet, or is a new association on its way, so that nothing
 * else than a refusal can be expected? */
static int
end_is_starting(const struct end *e, const end_relation *r)
{
	return r->sent_at == 0
		|| (e->o->which != LINK_BOTH
			&& (r->restarting || !seamkey_link_is_up(&r->link)));
}

static void
end_send(struct end *e, end_relation *r)
{
	uint64_t *gaps = e->shared->gaps[e->end];
	int rekeying = !seamkey_link_is_settled(&r->link);
	uint64_t now = link_now(), gap;
	link_packet p;
	int status;

	/* a cycle that was missed is not made up for */
	r->send_at += e->o->cycle * ((now - r->send_at) / e->o->cycle + 1);
	end_packet(e, r, LINK_FRAME, &p);
	p.sealed = now;
	status = end_seal(e, r, now, &p);
	if (status != SEAMKEY_OK) {
		r->stats->refused_seals += !end_is_starting(e, r);
		return;
	}
	r->number++;
	gap = r->sent_at == 0 ? 0 : (now - r->sent_at) * 32 / e->o->cycle;
	if (gap != 0 && !rekeying) {
		gaps[gap < LINK_BUCKETS ? gap : LINK_BUCKETS - 1]++;
	}
	end_gap(r->stats->gap_sealed, &r->sent_at, now, rekeying);
	end_to_channel(e, r, &p);
}

/* Key identifier, counter and tag of a frame, as anyone can read them. */
static void
end_look(const struct end *e, const link_packet *p, link_outcome *f)
{
	/* octets before the key identifier, of the counter, behind the tag */
	size_t at = 0, counter = 4, behind = 0;

	memset(f, 0, sizeof *f);
	if (e->o->preset != LINK_GENERIC) {
		at = p->bytes[12] == 0x81 ? 20 : 16;
		at += e->o->preset == LINK_DRAFT;
		counter = e->o->preset == LINK_PAPER ? 2 : 4;
		behind = 4;
	}
	if (p->len < at + 1 + counter + SEAMKEY_AEAD_TAG + behind) {
		return;
	}
	f->id = p->bytes[at] >> 4;
	at += counter - 1;
	f->counter = (uint16_t)(p->bytes[at] << 8 | p->bytes[at + 1]);
	memcpy(&f->tag, p->bytes + p->len - behind - SEAMKEY_AEAD_TAG,
		sizeof f->tag);
}

/* When a raw frame was sealed, by its cycle counter; at most one unit too
 * early, so that nothing counts as younger than it is. */
static uint64_t
end_sealed_at(const link_packet *p, uint64_t now)
{
	uint64_t units = now / END_UNIT;
	uint16_t cycle =
		(uint16_t)(p->bytes[p->len - 4] << 8 | p->bytes[p->len - 3]);

	return (units - (uint16_t)(units - cycle)) * END_UNIT;
}

static void
end_open(struct end *e, end_relation *r, const link_packet *p)
{
	unsigned char plain[LINK_PACKET];
	int rekeying = !seamkey_link_is_settled(&r->link);
	uint64_t now = link_now(), sealed;
	link_outcome f;
	seamkey_rtc rtc;
	size_t len = 0;

	end_look(e, p, &f);
	if (p->len < 8 || !seamkey_link_is_up(&r->link)) {
		return; /* of what was there before */
	}
	sealed = p->sealed != 0 ? p->sealed : end_sealed_at(p, now);
	f.age = now - sealed;
	if (e->o->preset == LINK_GENERIC) {
		f.status = seamkey_link_open(&r->link, seamkey_span_of(NULL, 0),
			p->bytes, p->len, plain, sizeof plain, &len);
	} else {
		rtc.counter = 0;
		f.status = seamkey_rtc_open(&r->link, &rtc, p->bytes, p->len,
			plain, sizeof plain, &len);
	}
	if (f.status == SEAMKEY_OK) {
		f.intact = end_is_intact(e, r, plain, len, &f.number);
		if (sealed < r->first_sealed) {
			r->first_sealed = sealed;
		}
	} else if (e->o->which != LINK_BOTH && sealed < r->first_sealed) {
		return; /* the other end was there before this one, or before
		         * it was started again: of another association */
	}
	if (link_watch_note(&r->watch, r->stats, &f, e->o->dmax) && !e->over) {
		end_gap(r->stats->gap_delivered, &r->delivered_at, now,
			rekeying);
	}
}

/* ---- the loop ------------------------------------------------------------ */

/* What has come in, but not without end. */
static void
end_receive(struct end *e, int type)
{
	unsigned most = 4 * e->count + 16;
	link_packet p;
	end_relation *r;

	while (most-- > 0 && link_net_receive(e->net, e->end, type, &p)) {
		r = &e->relation[e->end == LINK_INITIATOR ? p.relation : 0];
		if (type == LINK_FRAME) {
			end_open(e, r, &p);
		} else if (e->o->preset == LINK_GENERIC
			|| link_net_unwrap(&p) == 0) {
			/* a refusal is counted by the link; repetitions that
			 * come too late are no news */
			(void)seamkey_link_put(&r->link, p.bytes, p.len);
		}
	}
}

static void
end_take(struct end *e, end_relation *r)
{
	unsigned char message[SEAMKEY_LINK_MESSAGE_MAX];
	unsigned other =
		e->end == LINK_INITIATOR ? r->link.relation : LINK_INITIATOR;
	link_packet p;
	size_t len;
	int status = seamkey_link_take(&r->link, message, sizeof message, &len);

	if (status == SEAMKEY_AGAIN) {
		return;
	}
	/* without signatures a message is far shorter than a packet */
	if (status != SEAMKEY_OK || len + 16 > sizeof p.bytes) {
		r->stats->events++;
		return;
	}
	end_packet(e, r, LINK_MESSAGE, &p);
	p.sealed = link_now();
	memcpy(p.bytes, message, len);
	p.len = len;
	if (e->o->preset != LINK_GENERIC) {
		link_net_wrap(&p, e->end, other);
	}
	end_to_channel(e, r, &p);
}

/* The data watchdog: a device that is silent for long has no key any more. */
static void
end_restart(struct end *e, end_relation *r, uint64_t now)
{
	uint64_t patience = 2 * e->o->dmax + LINK_S / 2;

	if (e->o->which != LINK_BOTH && !r->restarting && r->delivered_at != 0
		&& now > r->delivered_at + patience && !e->over) {
		r->restarting = 1;
		r->first_sealed = ~(uint64_t)0;
		r->stats->events += seamkey_link_start(&r->link) != SEAMKEY_OK;
	}
}

/* Ask for the rekeys that are due, one after the other. */
static void
end_ask(struct end *e, end_relation *r, uint64_t now)
{
	static const int kind[2] = { SEAMKEY_LINK_0RTT, SEAMKEY_LINK_NRTT };
	uint64_t period[2];
	unsigned u;

	period[0] = e->o->period_0rtt;
	period[1] = e->o->period_nrtt;
	for (u = 0; u < 2; u++) {
		while (period[u] != 0 && now >= r->rekey_at[u]) {
			r->rekey_at[u] += period[u];
			r->wants[u] = 1;
		}
	}
	end_restart(e, r, now);
	for (u = 2; u-- > 0 && !r->asked;) {
		if (r->wants[u]
			&& seamkey_link_rekey(&r->link, kind[u])
				== SEAMKEY_OK) {
			r->asked = 1;
			r->wants[u] = 0;
		}
	}
}

static void
end_copy_counters(end_relation *r)
{
	const seamkey_link_work_counters *w = &r->link.worked;

	r->stats->rekeys_0rtt = w->rekeys_0rtt;
	r->stats->rekeys_nrtt = w->rekeys_nrtt;
	r->stats->starts = w->starts;
	r->stats->abandoned = w->abandoned;
}

/*
 * Background work: one step for each relation in turn, no longer than an
 * eighth of a cycle on the whole (a step is done where it was begun).
 * Returns 1 where there is more to do at once.
 */
static int
end_background(struct end *e)
{
	uint64_t now = link_now(), until = now + e->o->cycle / 8;
	size_t cap = e->count / 4 < 4 ? 4 : e->count / 4;
	unsigned u;
	int more = 0;

	if (e->end == LINK_INITIATOR) {
		(void)seamkey_link_schedule(e->links, e->count, cap);
	}
	for (u = 0; u < e->count && now < until; u++) {
		end_relation *r = &e->relation[e->turn];
		int status = seamkey_link_work(&r->link, now / LINK_US);

		e->turn = (e->turn + 1) % e->count;
		more |= status == SEAMKEY_AGAIN;
		r->stats->events += status < 0;
		end_take(e, r);
		if (e->end == LINK_INITIATOR) {
			end_ask(e, r, now);
		}
		end_copy_counters(r);
		now = link_now();
	}
	return more || u < e->count;
}

/* How long the loop may sleep, with nothing to send: for the times that a
 * link keeps, of which the shortest is a repetition's. */
static uint64_t
end_tick(const link_options *o)
{
	uint64_t tick = o->cycle / 2;

	if (tick < LINK_MS) {
		return LINK_MS;
	}
	return tick < 10 * LINK_MS ? tick : 10 * LINK_MS;
}

/* Wait until there is something to do. */
static void
end_wait(struct end *e, int more)
{
	uint64_t now = link_now(), until = now + end_tick(e->o);
	struct pollfd fds[2];
	struct timespec t = { 0, 0 };
	unsigned u;

	for (u = 0; u < 2; u++) {
		fds[u].fd = e->net->fd[e->end][u];
		fds[u].events = POLLIN;
		fds[u].revents = 0;
	}
	if (link_channel_due(&e->channel) < until) {
		until = link_channel_due(&e->channel);
	}
	for (u = 0; u < e->count; u++) {
		if (e->relation[u].send_at < until) {
			until = e->relation[u].send_at;
		}
	}
	if (!more && until > now) {
		t.tv_nsec = (long)(until - now); /* far below a second */
	}
	/* a signal or a socket's error only makes the loop go round */
	(void)ppoll(fds, 2, &t, NULL);
}

/* What is due in the cycle. */
static void
end_cycle(struct end *e)
{
	const link_packet *p;
	unsigned u;

	end_receive(e, LINK_FRAME);
	for (u = 0; u < e->count; u++) {
		if (link_now() >= e->relation[u].send_at) {
			end_send(e, &e->relation[u]);
		}
	}
	while ((p = link_channel_get(&e->channel, link_now())) != NULL) {
		if (link_net_send(e->net, e->end, p) != 0
			&& p->type == LINK_FRAME) {
			u = e->end == LINK_INITIATOR ? p->relation : 0;
			e->relation[u].stats->unsent++;
		}
	}
}

static uint64_t
end_last_seal(const link_options *o, const link_shared *shared)
{
	return shared->begin + o->seconds;
}

uint64_t
link_end_latest(const link_options *o, const link_shared *shared)
{
	return end_last_seal(o, shared) + 2 * o->dmax + 3 * LINK_S;
}

int
link_end_run(
	const link_options *o, link_net *net, link_shared *shared, unsigned end)
{
	struct end *e = &the_end;
	uint64_t last = end_last_seal(o, shared), now;
	unsigned u;
	int status;

	e->o = o;
	e->net = net;
	e->shared = shared;
	e->end = end;
	e->parent = getppid();
	status = end_setup(e);
	if (status != SEAMKEY_OK) {
		fprintf(stderr, "link: %s\n", seamkey_text(status));
		return 1;
	}
	/* after the last seal, time for what is still on its way */
	for (now = link_now(); now < last + o->dmax + 20 * LINK_MS;
		now = link_now()) {
		if ((shared->stop || net->fd[end][LINK_FRAME] < 0)
			&& now < last) {
			last = now; /* told to, or the line has ended */
		}
		if (now >= last && !e->over) {
			e->over = 1;
			for (u = 0; u < e->count; u++) {
				e->relation[u].send_at = ~(uint64_t)0;
			}
		}
		end_cycle(e);
		end_receive(e, LINK_MESSAGE);
		end_wait(e, end_background(e));
		if (getppid() != e->parent) {
			return 1; /* nobody would see the table */
		}
	}
	for (u = 0; u < e->count; u++) {
		end_copy_counters(&e->relation[u]);
		seamkey_link_end(&e->relation[u].link);
	}
	return 0;
}
