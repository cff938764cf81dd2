/*
 * link.c - what a link costs: frames, a switch, the gap at a rekey, memory
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * usage: link [readme|form|steps]
 *
 * Prints Markdown tables: seal and open per suite and length beside
 * OpenSSL's EVP; the longest gap at a rekey beside the steady cycle, and
 * what other protocols have; the calls that switch; messages of a rekey and
 * seals refused while frames are on their way; memory; the steps of work.
 * readme: all but the steps. form: those with "-" in place of each figure.
 * steps: only those, once, each with its own dump where callgrind looks on.
 *
 * Every round goes through all contenders before the next round starts, so
 * that a slow spell of the machine hits everyone; what counts is the median
 * of the rounds. In the gap, it is the median for each cycle after the one
 * that asks for the rekey, and the longest of those: a cycle that is long
 * in every round is the protocol's, one that is long once the machine's.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/evp.h>

#include <bearssl.h>

#ifdef HAVE_CALLGRIND
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_ZERO_STATS          ((void)0)
#define CALLGRIND_DUMP_STATS_AT(name) ((void)(name))
#endif

#include "link.h"
#include "seamkey_link.h"

#define ROUNDS 101
#define BATCH  64 /* frames that are timed together */
#define LONG   1440

static int form, brief;

void
need(int holds, const char *sentence)
{
	if (!holds) {
		fprintf(stderr, "bench: %s\n", sentence);
		exit(1);
	}
}

static double
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *values, size_t count)
{
	qsort(values, count, sizeof *values, compare);
	return values[count / 2];
}

/* A figure of a table, or its place. */
static void
cell(const char *format, double value)
{
	if (form) {
		printf(" - |");
		return;
	}
	printf(" ");
	/* NOLINTNEXTLINE(clang-diagnostic-format-nonliteral) */
	printf(format, value);
	printf(" |");
}

/* ---- two ends ----------------------------------------------------------- */

static struct two {
	seamkey_link link[2];
	seamkey_link_config cfg[2];
	seamkey_slot slot[2][2];
	uint64_t contexts[2][2 * 2 * 64];
	uint64_t now;
	int wish;               /* a kind of rekey, for work */
	unsigned long messages; /* of exchanges */
} pairs[5], *two = &pairs[0];

static seamkey_aead aead;
static int clear; /* frames are authenticated alone */
static seamkey_random randomness;
static br_hmac_drbg_context drbg;
static seamkey_link_auth auth;
static const seamkey_span none;

static int
find_psk(void *ctx, unsigned relation, seamkey_span *key)
{
	(void)ctx;
	(void)relation;
	*key = seamkey_span_of("a pre-shared key", 16);
	return SEAMKEY_OK;
}

static void
work(void)
{
	unsigned char m[SEAMKEY_LINK_MESSAGE_MAX];
	unsigned n, u;
	size_t len;

	if (two->wish != 0) {
		(void)seamkey_link_rekey(&two->link[0], two->wish);
		two->wish = 0;
	}
	for (n = 0; n < 6; n++) {
		for (u = 0; u < 2; u++) {
			while (seamkey_link_work(&two->link[u], two->now)
				== SEAMKEY_AGAIN) {
			}
			if (seamkey_link_take(&two->link[u], m, sizeof m, &len)
				== SEAMKEY_OK) {
				two->messages++;
				(void)seamkey_link_put(
					&two->link[1 - u], m, len);
			}
		}
	}
}

/* A frame from one end to the other. */
static unsigned
pass(unsigned from)
{
	static unsigned char plain[FRAME], frame[FRAME + 32], out[FRAME];
	size_t len, out_len;

	if (seamkey_link_seal(&two->link[from], none, plain, sizeof plain,
		    frame, sizeof frame, &len)
		!= SEAMKEY_OK) {
		return 1;
	}
	need(seamkey_link_open(&two->link[1 - from], none, frame, len, out,
		     sizeof out, &out_len)
			== SEAMKEY_OK,
		"a frame was refused");
	return 0;
}

static unsigned
cycle(void)
{
	two->now += 1000;
	return pass(0) + pass(1);
}

static int
settled(void)
{
	return seamkey_link_is_settled(&two->link[0])
		&& seamkey_link_is_settled(&two->link[1]);
}

static void
configure(unsigned suite, uint32_t delay)
{
	unsigned u;

	memset(two, 0, sizeof *two);
	need(seamkey_aead_bearssl(&aead, suite) == SEAMKEY_OK, "no cipher");
	auth.psk = find_psk;
	for (u = 0; u < 2; u++) {
		two->cfg[u].aead = &aead;
		two->cfg[u].role = (uint8_t)(u + 1);
		two->cfg[u].mode =
			clear ? SEAMKEY_LINK_AUTHENTIC : SEAMKEY_LINK_SEALED;
		two->cfg[u].max_plain = clear ? FRAME : LONG;
		two->cfg[u].one_context = 1;
		two->cfg[u].send_min = two->cfg[u].send_max = 1000;
		two->cfg[u].peer_min = two->cfg[u].peer_max = 1000;
		two->cfg[u].delay_max = delay;
		two->cfg[u].random = randomness;
		need(seamkey_link_init(&two->link[u], &two->cfg[u], &auth, NULL,
			     1, two->slot[u], 2, two->contexts[u],
			     sizeof two->contexts[u])
				== SEAMKEY_OK,
			"no link");
	}
}

static void
start(unsigned suite)
{
	unsigned u;

	configure(suite, 1000);
	(void)seamkey_link_start(&two->link[0]);
	work();
	for (u = 0; u < 8; u++) {
		(void)pass(1);
		(void)cycle();
		work();
	}
	need(settled(), "the link did not start");
	two->messages = 0;
}

/* ---- frames ------------------------------------------------------------- */

static const struct suite {
	const char *name;
	unsigned suite;
	const EVP_CIPHER *(*evp)(void);
} suites[] = {
	{ "AES-128-GCM", SEAMKEY_AEAD_AES_128_GCM, EVP_aes_128_gcm },
	{ "AES-256-GCM", SEAMKEY_AEAD_AES_256_GCM, EVP_aes_256_gcm },
	{ "AES-128-CCM", SEAMKEY_AEAD_AES_128_CCM, EVP_aes_128_ccm },
	{ "ChaCha20-Poly1305", SEAMKEY_AEAD_CHACHA20_POLY1305,
		EVP_chacha20_poly1305 },
};
#define SUITES (sizeof suites / sizeof suites[0])

static const size_t lengths[] = { 40, 64, 256, LONG };
#define LENGTHS (sizeof lengths / sizeof lengths[0])

static unsigned char plain[LONG], opened[LONG], frames[BATCH][LONG + 32];
static EVP_CIPHER_CTX *evp[2]; /* sealing, opening */
static uint64_t counter;
static int ccm;

/* The same header, the same nonces: a context that is kept, a new IV. */
static void
evp_iv(unsigned char *iv, uint64_t count)
{
	memset(iv, 0x55, 12);
	seamkey_i_aead_put(iv + 6, count, 6);
}

/*
 * Header, plaintext and tag of one frame. What is in clear is copied, and AD
 * together with the header; CCM makes its tag, and looks at it, where it is
 * given something to encrypt, be it nothing.
 */
static void
evp_seal(size_t len, unsigned u)
{
	unsigned char iv[12], *f = frames[u];
	int text = clear ? 0 : (int)len, ad = 5 + (int)len - text;
	int ok, n = 0;

	f[0] = 0x11;
	seamkey_i_aead_put(f + 1, counter + u, 4);
	evp_iv(iv, counter + u);
	ok = EVP_EncryptInit_ex(evp[0], NULL, NULL, NULL, iv) == 1;
	if (ccm) {
		ok &= EVP_EncryptUpdate(evp[0], NULL, &n, NULL, text) == 1;
	}
	if (clear) {
		memcpy(f + 5, plain, len);
	}
	ok &= EVP_EncryptUpdate(evp[0], NULL, &n, f, ad) == 1;
	n = 0;
	if (text != 0 || ccm) {
		ok &= EVP_EncryptUpdate(evp[0], f + 5, &n, plain, text) == 1;
	}
	ok &= EVP_EncryptFinal_ex(evp[0], f + 5 + n, &n) == 1
		&& EVP_CIPHER_CTX_ctrl(
			   evp[0], EVP_CTRL_AEAD_GET_TAG, 16, f + 5 + len)
			== 1;
	need(ok, "EVP does not seal");
}

static void
evp_open(size_t len, unsigned u)
{
	unsigned char iv[12], *f = frames[u];
	int text = clear ? 0 : (int)len, ad = 5 + (int)len - text;
	int ok = 1, n = 0;

	evp_iv(iv, counter + u);
	if (ccm) { /* wants the tag before the IV */
		ok = EVP_CIPHER_CTX_ctrl(
			     evp[1], EVP_CTRL_AEAD_SET_TAG, 16, f + 5 + len)
			== 1;
	}
	ok &= EVP_DecryptInit_ex(evp[1], NULL, NULL, NULL, iv) == 1;
	if (ccm) {
		ok &= EVP_DecryptUpdate(evp[1], NULL, &n, NULL, text) == 1;
	} else {
		ok &= EVP_CIPHER_CTX_ctrl(
			      evp[1], EVP_CTRL_AEAD_SET_TAG, 16, f + 5 + len)
			== 1;
	}
	ok &= EVP_DecryptUpdate(evp[1], NULL, &n, f, ad) == 1;
	n = 0;
	if (text != 0 || ccm) {
		ok &= EVP_DecryptUpdate(evp[1], opened, &n, f + 5, text) == 1;
	}
	if (!ccm) {
		ok &= EVP_DecryptFinal_ex(evp[1], opened + n, &n) == 1;
	}
	if (clear) {
		memcpy(opened, f + 5, len);
	}
	need(ok, "EVP does not open");
}

static void
link_seal(size_t len, unsigned u)
{
	size_t n;

	need(seamkey_link_seal(&two->link[0], none, plain, len, frames[u],
		     sizeof frames[u],
		     &n) == SEAMKEY_OK,
		"the link does not seal");
}

static void
link_open(size_t len, unsigned u)
{
	size_t n;

	need(seamkey_link_open(&two->link[1], none, frames[u], len + 21, opened,
		     sizeof opened,
		     &n) == SEAMKEY_OK,
		"the link does not open");
}

static void
evp_make(const struct suite *s)
{
	unsigned char key[32] = { 7 }, iv[12] = { 0 };
	unsigned u;

	ccm = s->suite == SEAMKEY_AEAD_AES_128_CCM;
	for (u = 0; u < 2; u++) {
		EVP_CIPHER_CTX_free(evp[u]);
		evp[u] = EVP_CIPHER_CTX_new();
		need(evp[u] != NULL
				&& EVP_CipherInit_ex(evp[u], s->evp(), NULL,
					   NULL, NULL, u == 0)
					== 1
				&& EVP_CIPHER_CTX_ctrl(evp[u],
					   EVP_CTRL_AEAD_SET_IVLEN, 12, NULL)
					== 1,
			"no EVP");
		if (ccm) {
			(void)EVP_CIPHER_CTX_ctrl(
				evp[u], EVP_CTRL_AEAD_SET_TAG, 16, NULL);
		}
		need(EVP_CipherInit_ex(evp[u], NULL, NULL, key, iv, u == 0)
				== 1,
			"EVP takes no key");
	}
}

/* Times of a batch in ns per frame: EVP's and the link's, seal and open. */
static void
time_batch(size_t len, double *times)
{
	static void (*const run[4])(size_t, unsigned) = { evp_seal, evp_open,
		link_seal, link_open };
	unsigned r, u;
	double t;

	for (r = 0; r < 4; r++) {
		t = now_ns();
		for (u = 0; u < BATCH; u++) {
			run[r](len, u);
		}
		times[r] = (now_ns() - t) / BATCH;
		need(r % 2 == 0 || memcmp(opened, plain, len) == 0,
			"not what was sealed");
	}
	counter += BATCH;
}

static double goal_frames;

static void
frames_row(const struct suite *s, size_t len)
{
	static double times[4][ROUNDS];
	double one[4], m[4];
	unsigned r, u;

	for (r = 0; r < ROUNDS && !form; r++) {
		time_batch(len, one);
		for (u = 0; u < 4; u++) {
			times[u][r] = one[u];
		}
	}
	for (u = 0; u < 4; u++) {
		m[u] = median(times[u], ROUNDS);
	}
	printf("| %s, %s%lu octets |", s->name,
		clear ? "authenticated in clear, " : "", (unsigned long)len);
	cell("%.0f", m[0]);
	cell("%.0f", m[1]);
	cell("%.0f", m[2]);
	cell("%.0f", m[3]);
	cell("%.2f", (m[0] + m[1]) / (m[2] + m[3]));
	printf("\n");
	if (s->suite == SEAMKEY_AEAD_AES_128_GCM && len == 64 && !clear) {
		goal_frames = (m[0] + m[1]) / (m[2] + m[3]);
	}
}

static void
frames_table(void)
{
	size_t s, n;

	printf("\n| Frames, ns each | EVP seal | EVP open | seal | open | "
	       "times as fast |\n"
	       "| --- | ---: | ---: | ---: | ---: | ---: |\n");
	memset(plain, 0x3C, sizeof plain);
	for (s = 0; s < SUITES; s++) {
		if (!form) {
			evp_make(&suites[s]);
			start(suites[s].suite);
		}
		for (n = 0; n < LENGTHS; n++) {
			frames_row(&suites[s], lengths[n]);
		}
	}
	clear = 1;
	for (s = 0; s < SUITES; s++) {
		if (!form) {
			evp_make(&suites[s]);
			start(suites[s].suite);
		}
		frames_row(&suites[s], FRAME);
	}
	clear = 0;
}

/* ---- the gap ----------------------------------------------------------- */

/* The pair of this contender; the last is another relation. */
static int
gap_make(unsigned which)
{
	two = &pairs[4];
	start(SEAMKEY_AEAD_AES_128_GCM);
	two = &pairs[which];
	start(SEAMKEY_AEAD_AES_128_GCM);
	return 1;
}

static unsigned
gap_cycle(unsigned which)
{
	two = &pairs[which];
	return cycle();
}

/* One step of work at each end in every cycle, in the place of a thread. */
static unsigned
gap_cycle_and_work(unsigned which)
{
	unsigned refused = gap_cycle(which);

	if (two->wish != 0) {
		(void)seamkey_link_rekey(&two->link[0], two->wish);
		two->wish = 0;
	}
	(void)seamkey_link_work(&two->link[0], two->now);
	(void)seamkey_link_work(&two->link[1], two->now);
	return refused;
}

/* What a user asks for is for the context of work, too. */
static void
gap_rekey(unsigned which)
{
	pairs[which].wish = which == 1 ? SEAMKEY_LINK_NRTT : SEAMKEY_LINK_0RTT;
}

static int
gap_settled(unsigned which)
{
	two = &pairs[which];
	return settled();
}

static void
gap_work(unsigned which)
{
	two = &pairs[which];
	work();
}

/*
 * Work, and then what a controller does besides until the next cycle: the
 * frames and the rekeys of another relation, which has one under way all
 * the time. So the processor comes from elsewhere before every cycle, be it
 * a steady one or not, and what shows is the frame that switches, not what
 * work has pushed out of the cache (for that: "work just before the
 * frame").
 */
static void
gap_rest(unsigned which)
{
	unsigned u;

	gap_work(which);
	two = &pairs[4];
	two->wish = SEAMKEY_LINK_0RTT;
	for (u = 0; u < 4; u++) {
		work();
		(void)cycle();
	}
}

static unsigned long
gap_switches(unsigned which)
{
	const seamkey_link *l = pairs[which].link;

	return (unsigned long)l[0].sealed.switches + l[0].opened.switches
		+ l[1].sealed.switches + l[1].opened.switches;
}

static const struct gap link_0rtt = { "seamkey, 0-RTT", 0, gap_make, gap_cycle,
	gap_rekey, gap_settled, gap_rest, gap_switches };
static const struct gap link_nrtt = { "seamkey, n-RTT", 1, gap_make, gap_cycle,
	gap_rekey, gap_settled, gap_rest, gap_switches };
static const struct gap link_cold = {
	"seamkey, 0-RTT, work just before the frame", 3, gap_make, gap_cycle,
	gap_rekey, gap_settled, gap_work, gap_switches
};
static const struct gap link_inline = {
	"seamkey, 0-RTT, a step of work in each cycle", 2, gap_make,
	gap_cycle_and_work, gap_rekey, gap_settled, NULL, gap_switches
};

#define CONTENDERS 8
static const struct gap *const gaps[CONTENDERS] = { &link_0rtt, &link_nrtt,
	&link_cold, &link_inline, &openssl_update, &openssl_abbreviated,
	&openssl_full, &mbedtls_full };

static double gap_times[CONTENDERS][CYCLES][ROUNDS];
static unsigned char gap_switched[CONTENDERS][CYCLES]; /* keys, in a cycle */
static unsigned long gap_refused[CONTENDERS];
static int gap_here[CONTENDERS];

static void
gap_round(unsigned which, unsigned round)
{
	const struct gap *g = gaps[which];
	unsigned u;

	for (u = 0; u < CYCLES; u++) {
		unsigned long before =
			g->switches != NULL ? g->switches(g->which) : 0;
		double t = now_ns();

		if (u == BEFORE) {
			g->rekey(g->which);
		}
		gap_refused[which] += g->cycle(g->which);
		gap_times[which][u][round] = now_ns() - t;
		gap_switched[which][u] |=
			g->switches != NULL && g->switches(g->which) != before;
		if (g->rest != NULL) {
			g->rest(g->which);
		}
	}
	need(g->settled(g->which), "a rekey was not done in time");
}

static void
gap_rounds(void)
{
	unsigned r, w;

	for (w = 0; w < CONTENDERS; w++) {
		gap_here[w] = gaps[w]->make(gaps[w]->which);
	}
	for (r = 0; r < ROUNDS; r++) {
		for (w = 0; w < CONTENDERS; w++) {
			if (gap_here[w]) {
				gap_round(w, r);
			}
		}
	}
}

static double goal_gap, goal_longest, goal_refused, goal_messages;

static void
gap_row(unsigned w)
{
	static double steady[(BEFORE - 4) * ROUNDS];
	double base, longest = 0, at_switch = 0, m;
	unsigned u;

	if (!form && !gap_here[w]) {
		printf("| %s | not here | | | | | |\n", gaps[w]->name);
		return;
	}
	memcpy(steady, gap_times[w][4], sizeof steady);
	base = median(steady, sizeof steady / sizeof steady[0]);
	for (u = BEFORE; u < CYCLES; u++) {
		m = median(gap_times[w][u], ROUNDS);
		longest = m > longest ? m : longest;
		if (gap_switched[w][u]) {
			at_switch = m > at_switch ? m : at_switch;
		}
	}
	printf("| %s |", gaps[w]->name);
	cell("%.2f", base / 1000);
	cell("%.2f", longest / 1000);
	cell("%.2f", (longest - base) / 1000);
	cell("%.2f", longest / base);
	if (gaps[w]->switches != NULL) {
		cell("%.2f", at_switch / base);
	} else {
		printf(" |");
	}
	cell("%.1f", (double)gap_refused[w] / ROUNDS);
	printf("\n");
	if (w == 0) {
		goal_messages = (double)pairs[0].messages;
	}
	if (w < 2) {
		goal_gap = at_switch / base > goal_gap ? at_switch / base
						       : goal_gap;
		goal_longest = longest / base > goal_longest ? longest / base
							     : goal_longest;
		goal_refused += (double)gap_refused[w];
	}
}

static void
gap_table(void)
{
	unsigned w;

	printf("\n| A rekey in lockstep, a frame of %d octets each way | "
	       "steady, us | longest, us | added, us | ratio | ratio of the "
	       "cycle that switches | seals refused |\n"
	       "| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n",
		FRAME);
	if (!form) {
		gap_rounds();
	}
	for (w = 0; w < CONTENDERS; w++) {
		gap_row(w);
	}
}

/* ---- a switch ----------------------------------------------------------- */

#define CALLS 4 /* seal and open, of steady frames and of those that switch */
static double call_times[CALLS][ROUNDS * 2];

/* A frame, its two calls timed apart; the new keys show in the counters. */
static void
time_calls(unsigned from, double *seal, double *open, int *switches)
{
	static unsigned char text[FRAME], frame[FRAME + 32], out[FRAME];
	const seamkey_link *s = &two->link[from], *o = &two->link[1 - from];
	uint64_t sealed = s->sealed.switches, got = o->opened.switches;
	size_t len = 0, out_len;
	double t = now_ns();

	(void)seamkey_link_seal(&two->link[from], none, text, sizeof text,
		frame, sizeof frame, &len);
	*seal = now_ns() - t;
	t = now_ns();
	need(seamkey_link_open(&two->link[1 - from], none, frame, len, out,
		     sizeof out, &out_len)
			== SEAMKEY_OK,
		"a frame was refused");
	*open = now_ns() - t;
	*switches = (s->sealed.switches != sealed)
		| (o->opened.switches != got) << 1;
}

static void
switch_round(unsigned r)
{
	double seal, open;
	unsigned n, from;
	int switches;

	(void)seamkey_link_rekey(&two->link[0], SEAMKEY_LINK_0RTT);
	for (n = 0; n < 12; n++) {
		two->now += 1000;
		work();
		for (from = 0; from < 2; from++) {
			time_calls(from, &seal, &open, &switches);
			if (switches & 1) {
				call_times[2][2 * r + from] = seal;
			} else if (n == 11) {
				call_times[0][2 * r + from] = seal;
			}
			if (switches & 2) {
				call_times[3][2 * r + from] = open;
			} else if (n == 11) {
				call_times[1][2 * r + from] = open;
			}
		}
	}
	need(settled(), "a rekey was not done in time");
}

static void
switch_table(void)
{
	double m[CALLS] = { 0 };
	unsigned r;

	printf("\n| The call that switches, %d octets | steady, ns | with a "
	       "switch, ns | ratio |\n| --- | ---: | ---: | ---: |\n",
		FRAME);
	if (!form) {
		start(SEAMKEY_AEAD_AES_128_GCM);
		for (r = 0; r < ROUNDS; r++) {
			switch_round(r);
		}
		for (r = 0; r < CALLS; r++) {
			m[r] = median(call_times[r], (size_t)ROUNDS * 2);
		}
	}
	printf("| seal |");
	cell("%.0f", m[0]);
	cell("%.0f", m[2]);
	cell("%.2f", m[2] / m[0]);
	printf("\n| open |");
	cell("%.0f", m[1]);
	cell("%.0f", m[3]);
	cell("%.2f", m[3] / m[1]);
	printf("\n");
}

/* ---- frames on their way ------------------------------------------------ */

#define DELAYS 6
#define FLIGHT 256

static struct flying {
	unsigned char bytes[FRAME + 32];
	size_t len;
} flying[2][FLIGHT];

static struct {
	unsigned long seals, frames; /* refused, not delivered */
} lost;

/* Some rekeys, each frame so many cycles on its way. */
static void
with_delay(unsigned delay, int kind)
{
	static unsigned char text[FRAME], out[FRAME];
	size_t out_len;
	unsigned n, u;

	for (n = 0; n < 40 * delay + 400; n++) {
		two->now += 1000;
		if (settled()) {
			(void)seamkey_link_rekey(&two->link[0], kind);
		}
		work();
		for (u = 0; u < 2; u++) {
			struct flying *f = &flying[u][n % FLIGHT];

			lost.seals += seamkey_link_seal(&two->link[u], none,
					      text, sizeof text, f->bytes,
					      sizeof f->bytes, &f->len)
				!= SEAMKEY_OK;
		}
		for (u = 0; u < 2 && n >= delay; u++) {
			struct flying *f = &flying[u][(n - delay) % FLIGHT];

			lost.frames += seamkey_link_open(&two->link[1 - u],
					       none, f->bytes, f->len, out,
					       sizeof out, &out_len)
				!= SEAMKEY_OK;
		}
	}
}

/* A row: rekeys of each kind, how many at what price in messages. */
static void
delay_row(unsigned delay)
{
	unsigned long rekeys[3] = { 0 }, messages[3] = { 0 };
	unsigned kind;

	memset(&lost, 0, sizeof lost);
	for (kind = 1; kind <= 2 && !form; kind++) {
		start(SEAMKEY_AEAD_AES_128_GCM);
		two->cfg[0].delay_max = two->cfg[1].delay_max =
			1000 * delay + 1000;
		with_delay(delay, (int)kind);
		rekeys[1] += two->link[0].worked.rekeys_0rtt;
		rekeys[2] += two->link[0].worked.rekeys_nrtt;
		messages[kind] = two->messages;
	}
	printf("| %u |", delay);
	for (kind = 1; kind <= 2; kind++) {
		cell("%.0f", (double)rekeys[kind]);
		cell("%.0f", (double)messages[kind]);
	}
	cell("%.0f", (double)lost.seals);
	cell("%.0f", (double)lost.frames);
	printf("\n");
	goal_messages += (double)messages[1];
	goal_refused += (double)(lost.seals + lost.frames);
}

static void
delay_table(void)
{
	static const unsigned delays[DELAYS] = { 0, 1, 4, 16, 64, 250 };
	unsigned u;

	printf("\n| One-way delay, cycles | rekeys 0-RTT | their messages | "
	       "rekeys n-RTT | their messages | seals refused | frames not "
	       "delivered |\n"
	       "| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
	for (u = 0; u < DELAYS; u++) {
		delay_row(delays[u]);
	}
}

/* ---- memory ------------------------------------------------------------ */

static void
memory_table(void)
{
	size_t state = sizeof(seamkey_link) + 2 * sizeof(seamkey_slot);

	printf("\n| Octets for each relation, two slots | |\n"
	       "| --- | ---: |\n");
	printf("| seamkey_link |");
	cell("%.0f", (double)sizeof(seamkey_link));
	printf("\n| two seamkey_slot |");
	cell("%.0f", (double)(2 * sizeof(seamkey_slot)));
	printf("\n| together |");
	cell("%.0f", (double)state);
	(void)seamkey_aead_bearssl(&aead, SEAMKEY_AEAD_AES_128_GCM);
	printf("\n| four cipher contexts, AES-128-GCM |");
	cell("%.0f", (double)seamkey_link_contexts(&aead, 2));
	printf("\n| seamkey_link_auth, one for all; with signatures "
	       "one each |");
	cell("%.0f", (double)sizeof(seamkey_link_auth));
	printf("\n");
}

/* ---- steps of work ------------------------------------------------------ */

static const char *const step_names[] = { "0-RTT: chain secret", "key",
	"key schedule", "IV", "publish", "X25519: share", "X25519: secret",
	"root", "check of the tag", "message 1, write", "message 1, read",
	"message 2, write", "message 2, read", "message 3, write",
	"message 3, read", "nothing to do" };
#define STEPS (sizeof step_names / sizeof step_names[0])

static double step_times[STEPS][ROUNDS * 16];
static size_t step_count[STEPS];
static int dumping;

/* Which step comes next? */
static unsigned
next_step(const seamkey_link *l)
{
	const seamkey_exchange *x = &l->exchange[0];

	switch (l->step) {
	case SEAMKEY_I_STEP_CHAIN:
		return 0;
	case SEAMKEY_I_STEP_KEY:
		return 1;
	case SEAMKEY_I_STEP_SCHEDULE:
		return 2;
	case SEAMKEY_I_STEP_IV:
		return 3;
	case SEAMKEY_I_STEP_PUBLISH:
		return 4;
	default:
		break;
	}
	switch (x->state) {
	case SEAMKEY_I_SHARE:
	case SEAMKEY_I_SHARE2:
		return 5;
	case SEAMKEY_I_DH:
		return 6;
	case SEAMKEY_I_ROOT:
		return 7;
	case SEAMKEY_I_CHECK:
		return 8;
	default:
		return STEPS - 1;
	}
}

static void
note_step(unsigned step, double ns)
{
	if (step_count[step] < ROUNDS * 16) {
		step_times[step][step_count[step]++] = ns;
	}
	if (dumping) {
		CALLGRIND_DUMP_STATS_AT(step_names[step]);
	}
}

static void
step_messages(unsigned u)
{
	static unsigned char m[SEAMKEY_LINK_MESSAGE_MAX];
	size_t len;
	double t = now_ns();

	CALLGRIND_ZERO_STATS;
	if (seamkey_link_take(&two->link[u], m, sizeof m, &len) != SEAMKEY_OK) {
		return;
	}
	note_step(9 + 2 * (m[3] - 1u), now_ns() - t);
	t = now_ns();
	CALLGRIND_ZERO_STATS;
	(void)seamkey_link_put(&two->link[1 - u], m, len);
	note_step(10 + 2 * (m[3] - 1u), now_ns() - t);
}

/* A rekey of each kind, every step timed. */
static void
step_round(void)
{
	unsigned n, u, step, kind;
	double t;

	for (kind = 1; kind <= 2; kind++) {
		(void)seamkey_link_rekey(&two->link[0], (int)kind);
		for (n = 0; n < 60; n++) {
			for (u = 0; u < 2; u++) {
				step = next_step(&two->link[u]);
				CALLGRIND_ZERO_STATS;
				t = now_ns();
				(void)seamkey_link_work(
					&two->link[u], two->now);
				note_step(step, now_ns() - t);
				step_messages(u);
			}
			if (n % 12 == 11) {
				(void)cycle();
			}
		}
		need(settled(), "a rekey was not done in time");
	}
}

static void
steps_table(void)
{
	unsigned r, u;

	printf("\n| A step of work, AES-128-GCM | us |\n| --- | ---: |\n");
	if (!form) {
		start(SEAMKEY_AEAD_AES_128_GCM);
		for (r = 0; r < (dumping ? 1 : ROUNDS); r++) {
			step_round();
		}
	}
	for (u = 0; u < STEPS; u++) {
		printf("| %s |", step_names[u]);
		cell("%.2f", median(step_times[u], step_count[u]) / 1000);
		printf("\n");
	}
}

/* ---- all of it ---------------------------------------------------------- */

static void
goal(const char *what, double got, double want, int at_least)
{
	printf("%s: %s: %.2f, wanted %s %.2f\n",
		(at_least ? got >= want : got <= want) ? "reached"
						       : "not reached",
		what, got, at_least ? "at least" : "at most", want);
}

int
main(int argc, char **argv)
{
	form = argc == 2 && strcmp(argv[1], "form") == 0;
	brief = form || (argc == 2 && strcmp(argv[1], "readme") == 0);
	dumping = argc == 2 && strcmp(argv[1], "steps") == 0;
	need(argc == 1 || brief || dumping, "usage: link [readme|form|steps]");
	need(seamkey_random_init(&randomness, &drbg) == SEAMKEY_OK,
		"no randomness");
	if (dumping) {
		steps_table();
		return 0;
	}
	frames_table();
	gap_table();
	switch_table();
	delay_table();
	memory_table();
	if (!brief) {
		steps_table();
		printf("\n");
		goal("times as fast as EVP, 64 octets", goal_frames, 1.5, 1);
		goal("cycle that switches to steady cycle", goal_gap, 1.05, 0);
		printf("longest cycle of a rekey, switch or not, to steady "
		       "cycle: %.2f\n",
			goal_longest);
		goal("messages of a 0-RTT rekey", goal_messages, 0, 0);
		goal("seals refused", goal_refused, 0, 0);
		goal("octets of state",
			(double)(sizeof(seamkey_link)
				+ 2 * sizeof(seamkey_slot)),
			1023, 0);
	}
	return 0;
}
