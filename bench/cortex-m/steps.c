/*
 * steps.c - how many instructions a link's calls take on a Cortex-M
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Two ends start, derive a key and agree on one; each call is timed with
 * SysTick, which under QEMU's -icount shift=0 counts instructions (in units
 * of 40, at 25 MHz). Prints the greatest number of each kind of call. Run by
 * bench/steps.sh.
 */
#include <bearssl.h>
#include <stdio.h>
#include <string.h>

#include "seamkey_link.h"

#define SYSTICK      ((volatile uint32_t *)0xE000E010)
#define INSTRUCTIONS 40 /* between two ticks */
#define CYCLES       60
#define PLAIN        40

enum call {
	X25519,
	OTHER_STEP,
	TAKE,
	PUT,
	SEAL,
	OPEN,
	CALLS
};

static const char *const names[CALLS] = { "work, X25519", "work, other steps",
	"take", "put", "seal of 40 octets", "open of 40 octets" };

static uint32_t most[CALLS];
static seamkey_aead aead;
static seamkey_link_config cfg[2];
static seamkey_link_auth auth;
static seamkey_link ends[2];
static seamkey_slot slots[2][2];
static uint64_t contexts[2][2 * 2 * 64];

static void
note(enum call c, uint32_t before)
{
	uint32_t spent = (before - SYSTICK[2]) & 0xFFFFFF;

	if (spent * INSTRUCTIONS > most[c]) {
		most[c] = spent * INSTRUCTIONS;
	}
}

/* Not random: the same run every time. */
static int
fill(void *ctx, unsigned char *out, size_t len)
{
	uint32_t *state = (uint32_t *)ctx;

	while (len-- > 0) {
		*state = *state * 1103515245u + 12345u;
		*out++ = (unsigned char)(*state >> 16);
	}
	return SEAMKEY_OK;
}

static int
psk(void *ctx, unsigned relation, seamkey_span *key)
{
	(void)ctx;
	(void)relation;
	*key = seamkey_span_of("a pre-shared key of 32 octets...", 32);
	return SEAMKEY_OK;
}

/* Work until nothing is due. X25519 is in the steps that leave these states
 * of an exchange. */
static void
work(seamkey_link *link, uint64_t now)
{
	int status;

	do {
		unsigned start = link->exchange[1].state;
		unsigned state = start != SEAMKEY_I_IDLE
			? start
			: link->exchange[0].state;
		int dh = link->step == SEAMKEY_I_STEP_NONE
			&& (state == SEAMKEY_I_IDLE || state == SEAMKEY_I_SHARE
				|| state == SEAMKEY_I_SHARE2
				|| state == SEAMKEY_I_DH);
		uint32_t before = SYSTICK[2];

		status = seamkey_link_work(link, now);
		note(dh ? X25519 : OTHER_STEP, before);
	} while (status == SEAMKEY_AGAIN);
}

static void
messages(seamkey_link *from, seamkey_link *to)
{
	static unsigned char message[SEAMKEY_LINK_MESSAGE_MAX];
	uint32_t before = SYSTICK[2];
	size_t len;

	if (seamkey_link_take(from, message, sizeof message, &len)
		== SEAMKEY_OK) {
		note(TAKE, before);
		before = SYSTICK[2];
		(void)seamkey_link_put(to, message, len);
		note(PUT, before);
	}
}

static void
frame(seamkey_link *from, seamkey_link *to)
{
	static unsigned char sealed[PLAIN + 64], plain[PLAIN];
	const seamkey_span none = seamkey_span_of(NULL, 0);
	uint32_t before = SYSTICK[2];
	size_t len;

	if (seamkey_link_seal(
		    from, none, plain, PLAIN, sealed, sizeof sealed, &len)
		== SEAMKEY_OK) {
		note(SEAL, before);
		before = SYSTICK[2];
		(void)seamkey_link_open(
			to, none, sealed, len, plain, PLAIN, &len);
		note(OPEN, before);
	}
}

static int
begin(uint32_t *state)
{
	unsigned u;
	int status = seamkey_aead_bearssl(&aead, SEAMKEY_AEAD_AES_128_GCM);

	auth.psk = psk;
	for (u = 0; u < 2 && status == SEAMKEY_OK; u++) {
		cfg[u].aead = &aead;
		cfg[u].role = (uint8_t)(u + 1);
		cfg[u].one_context = 1;
		cfg[u].send_min = cfg[u].send_max = 1000;
		cfg[u].peer_min = cfg[u].peer_max = 1000;
		cfg[u].delay_max = 2000;
		cfg[u].random.fill = fill;
		cfg[u].random.ctx = state;
		status = seamkey_link_init(&ends[u], &cfg[u], &auth, NULL, 1,
			slots[u], 2, contexts[u], sizeof contexts[u]);
	}
	return status == SEAMKEY_OK ? seamkey_link_start(&ends[0]) : status;
}

int
main(void)
{
	uint32_t state = 1;
	unsigned i, u;

	SYSTICK[1] = 0xFFFFFF;
	SYSTICK[2] = 0;
	SYSTICK[0] = 5;
	if (begin(&state) != SEAMKEY_OK) {
		return 1;
	}
	for (i = 1; i <= CYCLES; i++) {
		if (i % 20 == 0) {
			(void)seamkey_link_rekey(&ends[0],
				i == 20 ? SEAMKEY_LINK_0RTT
					: SEAMKEY_LINK_NRTT);
		}
		for (u = 0; u < 2; u++) {
			work(&ends[u], 1000u * i);
			messages(&ends[u], &ends[1 - u]);
		}
		frame(&ends[0], &ends[1]);
		frame(&ends[1], &ends[0]);
	}
	for (u = 0; u < CALLS; u++) {
		printf("%s: %lu\n", names[u], (unsigned long)most[u]);
	}
	return ends[0].worked.rekeys_0rtt != 1
		|| ends[0].worked.rekeys_nrtt == 0;
}
