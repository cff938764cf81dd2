/*
 * ct_link.h - the operations of a link, for tests/ct.c
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Two ends start, send frames, derive a key, agree on one, and start anew.
 * Secret: the pre-shared key, the X25519 scalars, and all that comes of
 * them: shared secrets, chain, traffic keys, IVs, key schedules; and the
 * plaintext. Public after the step that makes them: shares, nonces,
 * transcripts, and so the session; what is sent when it is sent. So nothing
 * may pass a gate but one bit for each draw of randomness, MAC, tag and
 * shared secret.
 */
#ifndef CT_LINK_H
#define CT_LINK_H

struct link_end {
	seamkey_link link;
	seamkey_link_config cfg;
	seamkey_link_auth auth;
	seamkey_slot slot[2];
	uint64_t contexts[2 * 2 * 64];
};

struct link_pair {
	struct link_end end[2];
	seamkey_aead aead;
	unsigned char psk[32];
	uint64_t now;
	unsigned state; /* of the generator */
};

/* Scalars and nonces are drawn with 32 octets each, nothing else is. */
static int
link_fill(void *ctx, unsigned char *out, size_t len)
{
	struct link_pair *p = (struct link_pair *)ctx;
	size_t u;

	for (u = 0; u < len; u++) {
		p->state = p->state * 1103515245u + 12345u;
		out[u] = (unsigned char)(p->state >> 16);
	}
	if (len == 32) {
		hide(out, len);
	}
	return SEAMKEY_OK;
}

static int
link_psk(void *ctx, unsigned relation, seamkey_span *key)
{
	(void)relation;
	*key = seamkey_span_of((const unsigned char *)ctx, 32);
	return SEAMKEY_OK;
}

/* Work until nothing is due; what is public of an exchange is. */
static void
link_work(struct link_pair *p, unsigned u)
{
	seamkey_link *l = &p->end[u].link;
	int status = SEAMKEY_AGAIN;
	unsigned v;

	while (status == SEAMKEY_AGAIN) {
		status = seamkey_link_work(l, p->now);
		for (v = 0; v < 2; v++) {
			show(l->exchange[v].nonce, 32);
			/* a share; the initiator's later is no more one */
			if (u == 1 || l->exchange[v].state == SEAMKEY_I_ASKED) {
				show(l->exchange[v].own, 32);
			}
		}
	}
}

static void
link_rest(struct link_pair *p)
{
	unsigned char m[SEAMKEY_LINK_MESSAGE_MAX];
	unsigned u, n;
	size_t len;

	for (n = 0; n < 8; n++) {
		for (u = 0; u < 2; u++) {
			link_work(p, u);
			if (seamkey_link_take(
				    &p->end[u].link, m, sizeof m, &len)
				== SEAMKEY_OK) {
				show(m, len);
				(void)seamkey_link_put(
					&p->end[1 - u].link, m, len);
			}
		}
	}
}

/* A frame, of a length that has a rest; or one that is forged. */
static void
link_pass(struct run *t, struct link_pair *p, unsigned from, int forged)
{
	unsigned char plain[77], frame[77 + 40], out[77];
	const seamkey_span none = seamkey_span_of(NULL, 0);
	size_t len = 0, out_len = 0;
	int status;

	memset(plain, 0x3C, sizeof plain);
	hide(plain, sizeof plain);
	status = seamkey_link_seal(&p->end[from].link, none, plain,
		sizeof plain, frame, sizeof frame, &len);
	expect(t, status == SEAMKEY_OK, "a frame was not sealed");
	show(frame, sizeof frame);
	if (forged) {
		frame[len - 1] ^= 1;
	}
	status = seamkey_link_open(&p->end[1 - from].link, none, frame, len,
		out, sizeof out, &out_len);
	if (forged) {
		expect(t, status == SEAMKEY_ERR_LINK_TAG, "a forgery");
		expect(t, hidden(out, sizeof out) == 0, "not wiped");
		return;
	}
	expect(t, status == SEAMKEY_OK, "a frame was not opened");
	/* secret is what is under a secret key: shown to look at it */
	expect(t, hidden(out, sizeof out) == sizeof out,
		"the plaintext became public");
	show(out, sizeof out);
	expect(t, out_len == 77 && out[0] == 0x3C, "the plaintext is another");
}

static void
link_make(struct run *t, struct link_pair *p, const seamkey_aead *aead)
{
	unsigned u;

	memset(p, 0, sizeof *p);
	memset(p->psk, 0x77, sizeof p->psk);
	hide(p->psk, sizeof p->psk);
	p->aead = *aead;
	p->state = 1;
	for (u = 0; u < 2; u++) {
		struct link_end *e = &p->end[u];

		e->cfg.aead = &p->aead;
		e->cfg.role = (uint8_t)(u + 1);
		e->cfg.one_context = 1;
		e->cfg.send_min = e->cfg.send_max = e->cfg.delay_max = 1;
		e->cfg.peer_min = e->cfg.peer_max = 1;
		e->cfg.random.fill = link_fill;
		e->cfg.random.ctx = p;
		e->auth.psk = link_psk;
		e->auth.ctx = p->psk;
		expect(t,
			seamkey_link_init(&e->link, &e->cfg, &e->auth, NULL, 1,
				e->slot, 2, e->contexts, sizeof e->contexts)
				== SEAMKEY_OK,
			"there is no link");
	}
}

/* Frames until both ends use the newest key, and the old one is gone. */
static void
link_settle(struct run *t, struct link_pair *p)
{
	unsigned n;

	for (n = 0; n < 3; n++) {
		link_rest(p);
		link_pass(t, p, 1, 0);
		link_pass(t, p, 0, 0);
	}
	p->now += 2000000;
	link_rest(p);
	expect(t,
		seamkey_link_is_settled(&p->end[0].link)
			&& seamkey_link_is_settled(&p->end[1].link),
		"a rekey did not come to its end");
	for (n = 0; n < 2; n++) {
		expect(t, hidden(p->end[n].link.chain, 32) == 32,
			"the chain became public");
	}
}

/* A start, and all kinds of rekeys. */
static void
link_run(struct run *t, const seamkey_aead *aead)
{
	static struct link_pair p;
	seamkey_link *l = &p.end[0].link;

	link_make(t, &p, aead);
	(void)seamkey_link_start(l);
	link_settle(t, &p);
	link_pass(t, &p, 0, 1);
	(void)seamkey_link_rekey(l, SEAMKEY_LINK_0RTT);
	link_rest(&p);
	link_pass(t, &p, 0, 0); /* the announcement */
	link_settle(t, &p);
	(void)seamkey_link_rekey(l, SEAMKEY_LINK_NRTT);
	link_settle(t, &p);
	expect(t,
		l->worked.starts == 1 && l->worked.rekeys_0rtt == 1
			&& l->worked.rekeys_nrtt == 1,
		"another number of rekeys");
	seamkey_link_end(l);
	seamkey_link_end(&p.end[1].link);
	expect(t, hidden(&p.end[0].link, sizeof *l) == 0, "not wiped");
	expect(t, hidden(p.end[0].contexts, sizeof p.end[0].contexts) == 0,
		"a key schedule was not wiped");
}

/* Bits: for a start and for an agreed key each 2 scalars and 2 nonces (is
 * the source stuck?), 3 MACs, 2 shared secrets (are they zero?) and 2 tags;
 * and one for each frame that is opened. */
#define LINK_EXCHANGE 11
#define LINK_FRAMES   20
#define LINK_BITS     (2 * LINK_EXCHANGE + LINK_FRAMES)

static void
run_link_gcm(struct run *t)
{
	seamkey_aead aead;

	must(seamkey_aead_bearssl(&aead, SEAMKEY_AEAD_AES_128_GCM)
		== SEAMKEY_OK);
	link_run(t, &aead);
}

/* The same in code for any machine of this width. */
static void
run_link_gcm_ct(struct run *t)
{
	seamkey_aead aead;

	must(seamkey_aead_bearssl(&aead, SEAMKEY_AEAD_AES_256_GCM)
		== SEAMKEY_OK);
	aead.block = &br_aes_ct64_ctr_vtable;
	aead.mac = (void (*)(void)) & br_ghash_ctmul64;
	link_run(t, &aead);
	aead.block = &br_aes_ct_ctr_vtable;
	aead.mac = (void (*)(void)) & br_ghash_ctmul32;
	link_run(t, &aead);
}

static void
run_link_ccm(struct run *t)
{
	seamkey_aead aead;

	must(seamkey_aead_bearssl(&aead, SEAMKEY_AEAD_AES_128_CCM)
		== SEAMKEY_OK);
	link_run(t, &aead);
	aead.block = &br_aes_ct64_ctrcbc_vtable;
	link_run(t, &aead);
}

static void
run_link_chacha(struct run *t)
{
	seamkey_aead aead;

	must(seamkey_aead_bearssl(&aead, SEAMKEY_AEAD_CHACHA20_POLY1305)
		== SEAMKEY_OK);
	link_run(t, &aead);
	aead.stream = (void (*)(void)) & br_chacha20_ct_run;
	aead.mac = (void (*)(void)) & br_poly1305_ctmul_run;
	link_run(t, &aead);
}

/* A cipher that compares the tag as one does who does not know better. */
static uint32_t
naive_tag(const seamkey_aead *aead, const void *context,
	const unsigned char *nonce, const seamkey_span *ad,
	const unsigned char *in, size_t len, unsigned char *out,
	const unsigned char *tag)
{
	unsigned char right[SEAMKEY_AEAD_TAG];

	aead->seal(aead, context, nonce, ad, in, len, out, right);
	return memcmp(right, tag, sizeof right) == 0;
}

static void
naive_link(struct run *t)
{
	seamkey_aead aead;

	must(seamkey_aead_bearssl(&aead, SEAMKEY_AEAD_AES_128_GCM)
		== SEAMKEY_OK);
	aead.open = naive_tag;
	link_run(t, &aead);
}

#endif
