/*
 * link_answers.c - every secret, message and frame of fixed runs of a link
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Two ends, a random source that is none, virtual time, nothing is lost.
 * Prints the known answers of docs/SPEC.md, where tests/readme.sh compares
 * them. What both ends have is printed once, and compared; exit status 1
 * where it differs, or where a frame does not open.
 */
#include <bearssl.h>
#include <stdio.h>
#include <string.h>

#include "seamkey_link.h"
#include "seamkey_rtc.h"

#define SLOTS 2
#define PLAIN 10

struct run {
	const char *name;
	unsigned suite, mode, layout, bits;
	int counter; /* octets */
	unsigned ad; /* octets of the carrier's AD */
	int with_signatures;
	unsigned ticks;      /* cycles to run */
	unsigned zero, full; /* 0-RTT rekey, n-RTT rekey: in which cycle */
};

struct end {
	seamkey_link link;
	seamkey_link_config cfg;
	seamkey_link_auth auth;
	seamkey_slot slot[SLOTS];
	uint64_t contexts[2 * SLOTS * 64];
	unsigned draws, keys, frames;
	unsigned char key[2][32]; /* as they came, provider's first */
	unsigned char tk[2][32], iv[2][12];
	uint64_t serial;
	uint64_t name[8][2]; /* m and c of a serial, modulo 8 */
	uint8_t state[2];    /* of the two exchanges */
	unsigned char chain[32];
};

static struct end ends[2];
static seamkey_aead real;
static const unsigned char psk[] = "a pre-shared key of 32 octets...";
static int bad;

static void
print(const char *name, const void *bytes, size_t len)
{
	const unsigned char *p = (const unsigned char *)bytes;
	size_t u;

	printf("%s =", name);
	for (u = 0; u < len; u++) {
		if (u % 48 == 0) {
			printf(len > 48 ? "\n  " : " ");
		}
		printf("%02x", (unsigned)p[u]);
	}
	printf("\n");
}

static void
expect(int holds, const char *text)
{
	if (!holds) {
		printf("WRONG: %s\n", text);
		bad = 1;
	}
}

/* ---- what the two ends are given ------------------------------------- */

/* Draw k of end e: the first octets of SHA-256("draw" | e | k). */
static int
draw(void *ctx, unsigned char *out, size_t len)
{
	struct end *e = (struct end *)ctx;
	unsigned char seed[6] = "draw", all[32];
	br_sha256_context sha;

	if (len > sizeof all) {
		return SEAMKEY_ERR_RANDOM;
	}
	seed[4] = e->cfg.role;
	seed[5] = (unsigned char)e->draws++;
	br_sha256_init(&sha);
	br_sha256_update(&sha, seed, sizeof seed);
	br_sha256_out(&sha, all);
	memcpy(out, all, len);
	return SEAMKEY_OK;
}

static int
get_psk(void *ctx, unsigned relation, seamkey_span *key)
{
	(void)ctx;
	(void)relation;
	*key = seamkey_span_of(psk, 32);
	return SEAMKEY_OK;
}

/* In place of a signature: SHA-256("signature" | role | hash). */
static void
stand_in(unsigned role, const unsigned char *hash, unsigned char *out)
{
	br_sha256_context sha;
	unsigned char octet = (unsigned char)role;

	br_sha256_init(&sha);
	br_sha256_update(&sha, "signature", 9);
	br_sha256_update(&sha, &octet, 1);
	br_sha256_update(&sha, hash, 32);
	br_sha256_out(&sha, out);
}

static int
sign(void *ctx, const unsigned char *hash, unsigned char *sig, size_t cap,
	size_t *len)
{
	(void)cap;
	stand_in(((struct end *)ctx)->cfg.role, hash, sig);
	*len = 32;
	return SEAMKEY_OK;
}

static int
verify(void *ctx, const unsigned char *hash, seamkey_span sig)
{
	unsigned char right[32];

	stand_in(3u - ((struct end *)ctx)->cfg.role, hash, right);
	return seamkey_span_match(sig, seamkey_span_of(right, 32))
		? SEAMKEY_OK
		: SEAMKEY_ERR_LINK_AUTH;
}

/* The cipher's init, which notes the key. */
static void
note_key(const seamkey_aead *aead, void *context, const unsigned char *key)
{
	unsigned char *c = (unsigned char *)context;
	unsigned u;

	(void)aead;
	for (u = 0; u < 2; u++) {
		struct end *e = &ends[u];
		unsigned char *first = (unsigned char *)e->contexts;

		if (c >= first && c < first + sizeof e->contexts) {
			memcpy(e->key[e->keys++ & 1], key, real.key_len);
		}
	}
	real.init(&real, context, key);
}

static int
set_up(const struct run *r, seamkey_aead *aead)
{
	unsigned u;
	int status = seamkey_aead_bearssl(&real, r->suite);

	*aead = real;
	aead->init = note_key;
	memset(ends, 0, sizeof ends);
	for (u = 0; u < 2 && status == SEAMKEY_OK; u++) {
		struct end *e = &ends[u];

		e->cfg.aead = aead;
		e->cfg.role = (uint8_t)(u + 1);
		e->cfg.mode = (uint8_t)r->mode;
		e->cfg.layout = (uint8_t)r->layout;
		e->cfg.id_bits = (uint8_t)r->bits;
		e->cfg.counter_octets = r->counter;
		e->cfg.ad_len = (uint16_t)r->ad;
		e->cfg.max_plain = 60;
		e->cfg.one_context = 1;
		e->cfg.send_min = e->cfg.send_max = 1;
		e->cfg.peer_min = e->cfg.peer_max = 1;
		e->cfg.delay_max = 1;
		e->cfg.random.fill = draw;
		e->cfg.random.ctx = e;
		e->auth.psk = r->with_signatures ? NULL : get_psk;
		e->auth.sign = sign;
		e->auth.verify = verify;
		e->auth.ctx = e;
		memset(e->auth.own, u == 0 ? 0x11 : 0xF1, 32);
		memset(e->auth.peer, u == 0 ? 0xF1 : 0x11, 32);
		status = seamkey_link_init(&e->link, &e->cfg, &e->auth, NULL, 7,
			e->slot, SLOTS, e->contexts, sizeof e->contexts);
	}
	return status;
}

/* ---- what they make of it -------------------------------------------- */

/* A name, with generation, and direction if it has one. */
static void
print_key(const char *name, uint64_t m, uint64_t c, unsigned d,
	const unsigned char *bytes, size_t len)
{
	char text[64];

	if (d == 0) {
		snprintf(text, sizeof text, "%s[%u,%u]", name, (unsigned)m,
			(unsigned)c);
	} else {
		snprintf(text, sizeof text, "%s[%u,%u,%u]", name, (unsigned)m,
			(unsigned)c, d);
	}
	print(text, bytes, len);
}

/* An ephemeral key has been made. */
static void
show_share(const struct end *e, const seamkey_exchange *x)
{
	const char *who = e->cfg.role == SEAMKEY_LINK_INITIATOR ? "I" : "F";
	unsigned char key[32];
	char text[32];
	unsigned d;

	if (e->cfg.role == SEAMKEY_LINK_INITIATOR
		&& seamkey_i_exchange_has_mac(&e->link, x)) {
		for (d = 1; d <= 2; d++) {
			(void)seamkey_i_exchange_auth_key(&e->link, x, d, key);
			snprintf(text, sizeof text, "AK[%s%u]",
				x->starting ? "start," : "", d);
			if (x->starting) {
				print(text, key, sizeof key);
			} else {
				print_key("AK", e->link.m, e->link.c, d, key,
					sizeof key);
			}
		}
	}
	snprintf(text, sizeof text, "%s.scalar", who);
	print(text, x->secret, 32);
	snprintf(text, sizeof text, "%s.nonce", who);
	print(text, x->nonce, 32);
	snprintf(text, sizeof text, "%s.share", who);
	print(text, x->own, 32);
}

/* The follower has the shared secret. */
static void
show_dh(const struct end *e, const seamkey_exchange *x)
{
	static const unsigned char zero[32] = { 0 };
	unsigned char prk[32];
	seamkey_span key;

	(void)seamkey_i_exchange_psk(&e->link, &key);
	seamkey_i_link_hmac(x->starting ? zero : e->link.chain, 32,
		seamkey_span_of(x->secret, 32), key, prk);
	print("DH", x->secret, 32);
	print("transcript", x->peer, 32);
	print("PRK", prk, 32);
}

/* ... and the root. */
static void
show_root(const struct end *e, const seamkey_exchange *x)
{
	unsigned char key[32];
	seamkey_i_link_kdf k;
	uint64_t m = x->starting ? 0 : e->link.m + 1;
	unsigned d;

	if (x->starting) {
		print("session", x->peer, 16);
	}
	print_key("CK", m, 0, 0, x->secret, 32);
	for (d = 1; d <= 2; d++) {
		seamkey_i_exchange_kdf(&e->link, x, &k);
		k.label = "confirm";
		k.label_len = sizeof "confirm";
		k.direction = d;
		seamkey_i_link_expand(&e->link, x->secret, &k, key);
		print_key("CF", m, 0, d, key, 32);
	}
}

static void
show_exchange(struct end *e, unsigned which)
{
	const seamkey_exchange *x = &e->link.exchange[which];
	int follower = e->cfg.role == SEAMKEY_LINK_FOLLOWER;
	uint8_t before = e->state[which];

	if (x->state == before) {
		return;
	}
	e->state[which] = x->state;
	if (x->state == (follower ? SEAMKEY_I_DH : SEAMKEY_I_ASKED)) {
		show_share(e, x);
	} else if (follower && x->state == SEAMKEY_I_ROOT) {
		show_dh(e, x);
	} else if (follower && x->state == SEAMKEY_I_STAGED) {
		show_root(e, x);
	}
}

/* A key has been published: print it, or compare it with the other's. */
static void
show_keys(struct end *e)
{
	const seamkey_slot *s =
		seamkey_i_link_slot(&e->link, (uint8_t)e->link.serial);
	struct end *o = &ends[2 - e->cfg.role];
	unsigned u;

	if (e->serial == e->link.serial || s == NULL) {
		return;
	}
	e->serial = e->link.serial;
	e->name[e->serial & 7][0] = e->link.m;
	e->name[e->serial & 7][1] = e->link.c;
	for (u = 0; u < 2; u++) {
		unsigned d = u ? 3u - e->cfg.role : e->cfg.role;

		memcpy(e->tk[d - 1], e->key[u], 32);
		memcpy(e->iv[d - 1], s->iv[u], 12);
	}
	e->keys = 0;
	if (o->serial == e->serial) {
		expect(memcmp(e->tk, o->tk, sizeof e->tk) == 0
				&& memcmp(e->iv, o->iv, sizeof e->iv) == 0,
			"the ends have the same keys");
		return;
	}
	if (e->link.c != 0) {
		print_key("CK", e->link.m, e->link.c, 0, e->link.chain, 32);
	}
	for (u = 0; u < 2; u++) {
		print_key("TK", e->link.m, e->link.c, u + 1, e->tk[u],
			real.key_len);
		print_key("IV", e->link.m, e->link.c, u + 1, e->iv[u], 12);
	}
}

/* All of the background work that is due, looked at after each step. */
static void
work(struct end *e, uint64_t now)
{
	int status;

	do {
		status = seamkey_link_work(&e->link, now);
		show_exchange(e, SEAMKEY_LINK_REKEY_EXCHANGE);
		show_exchange(e, SEAMKEY_LINK_START_EXCHANGE);
		show_keys(e);
	} while (status == SEAMKEY_AGAIN);
	expect(status == SEAMKEY_OK, "work");
}

static void
pass_message(struct end *from, struct end *to)
{
	unsigned char message[SEAMKEY_LINK_MESSAGE_MAX];
	char text[16];
	size_t len = 0;

	if (seamkey_link_take(&from->link, message, sizeof message, &len)
		!= SEAMKEY_OK) {
		return;
	}
	snprintf(text, sizeof text, "message%u", (unsigned)message[3]);
	print(text, message, len);
	expect(seamkey_link_put(&to->link, message, len) == SEAMKEY_OK, text);
}

/* ---- frames ---------------------------------------------------------- */

static void
name_frame(const struct end *e, char *text, size_t cap)
{
	const seamkey_slot *s =
		seamkey_i_link_slot(&e->link, e->link.provider.active);

	snprintf(text, cap, "frame[%u,%u,%u] %llu",
		(unsigned)e->name[s->serial & 7][0],
		(unsigned)e->name[s->serial & 7][1], (unsigned)e->cfg.role,
		(unsigned long long)s->next - 1);
}

/* The n-th frame of role r has the plaintext "r frame nn" and the AD "ad.". */
static void
pass_frame(struct end *from, struct end *to, uint64_t carrier)
{
	unsigned char frame[128], plain[64];
	char text[16], name[48];
	seamkey_span ad = seamkey_span_of("ad.", from->cfg.ad_len);
	size_t len = 0, got = 0;
	int status;

	snprintf(text, sizeof text, "%u frame %02u", (unsigned)from->cfg.role,
		from->frames % 100);
	status = seamkey_link_seal_counted(&from->link, carrier, ad,
		(const unsigned char *)text, PLAIN, frame, sizeof frame, &len);
	if (status != SEAMKEY_OK) {
		return;
	}
	from->frames++;
	name_frame(from, name, sizeof name);
	print(name, frame, len);
	status = seamkey_link_open_counted(
		&to->link, carrier, ad, frame, len, plain, sizeof plain, &got);
	expect(status == SEAMKEY_OK && got == PLAIN
			&& memcmp(plain, text, PLAIN) == 0,
		name);
}

/* The same as a PROFINET frame, on Ethernet. */
static void
pass_rtc(struct end *from, struct end *to)
{
	seamkey_rtc rtc = { { 2, 0, 0, 0, 0, 2 }, { 2, 0, 0, 0, 0, 1 }, 1,
		0xC000, 0x8001, 0x1000, 0x35, 0, 0 };
	unsigned char frame[128], plain[64];
	char text[16], name[48];
	size_t len = 0, got = 0;

	rtc.cycle = (uint16_t)(rtc.cycle + 32 * from->frames);
	snprintf(text, sizeof text, "%u frame %02u", (unsigned)from->cfg.role,
		from->frames % 100);
	if (seamkey_rtc_seal(&from->link, &rtc, (const unsigned char *)text,
		    PLAIN, frame, sizeof frame, &len)
		!= SEAMKEY_OK) {
		return;
	}
	from->frames++;
	name_frame(from, name, sizeof name);
	print(name, frame, len);
	expect(seamkey_rtc_open(&to->link, &rtc, frame, len, plain,
		       sizeof plain,
		       &got) == SEAMKEY_OK
			&& memcmp(plain, text, PLAIN) == 0,
		name);
}

static void
cycle(const struct run *r, uint64_t now)
{
	unsigned u;

	if (now == r->zero || now == r->full) {
		expect(seamkey_link_rekey(&ends[0].link,
			       now == r->zero ? SEAMKEY_LINK_0RTT
					      : SEAMKEY_LINK_NRTT)
				== SEAMKEY_OK,
			"rekey");
	}
	for (u = 0; u < 2; u++) {
		work(&ends[u], now);
		pass_message(&ends[u], &ends[1 - u]);
	}
	for (u = 0; u < 2; u++) {
		if (r->layout == SEAMKEY_LINK_GENERIC) {
			pass_frame(&ends[u], &ends[1 - u],
				((uint64_t)0xA5 << 40) + 3 * now);
		} else {
			pass_rtc(&ends[u], &ends[1 - u]);
		}
	}
}

/* ---- the runs -------------------------------------------------------- */

/* clang-format off */
static const struct run runs[] = {
	/* name, suite, mode, layout, bits, counter, ad, signatures, ticks */
	{ "gcm128", 1, 0, 0, 2, 4, 0, 0, 20, 7, 13 },
	{ "gcm256", 2, 0, 0, 4, 6, 3, 0, 5, 0, 0 },
	{ "ccm128", 3, 0, 0, 2, 2, 3, 0, 5, 0, 0 },
	{ "chacha20", 29, 0, 0, 2, SEAMKEY_LINK_CARRIER_COUNTER, 3, 0, 5,
		0, 0 },
	{ "authentic", 1, 1, 0, 2, 4, 3, 0, 5, 0, 0 },
	{ "signed", 1, 0, 0, 2, 4, 0, 1, 10, 0, 6 },
	{ "rtc-paper", 1, 0, SEAMKEY_LINK_RTC_PAPER, 2, 2, 6, 0, 5, 0, 0 },
	{ "rtc-draft", 1, 1, SEAMKEY_LINK_RTC_DRAFT, 2, 4, 6, 0, 5, 0, 0 },
};
/* clang-format on */

int
main(void)
{
	seamkey_aead aead;
	size_t u;
	uint64_t now;

	printf("```text\n");
	print("psk", psk, 32);
	for (u = 0; u < sizeof runs / sizeof runs[0]; u++) {
		const struct run *r = &runs[u];

		printf("\nrun %s: suite %u, mode %u, layout %u, bits %u, "
		       "counter %d, ad %u, signatures %d, relation 7\n",
			r->name, r->suite, r->mode, r->layout, r->bits,
			r->counter < 0 ? 0 : r->counter, r->ad,
			r->with_signatures);
		expect(set_up(r, &aead) == SEAMKEY_OK, "init");
		expect(seamkey_link_start(&ends[0].link) == SEAMKEY_OK,
			"start");
		for (now = 1; now <= r->ticks; now++) {
			cycle(r, now);
		}
		expect(ends[0].frames > 1 && ends[1].frames > 1, "frames");
	}
	printf("```\n");
	return bad;
}
