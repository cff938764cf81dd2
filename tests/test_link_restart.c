/*
 * test_link_restart.c - a link whose other end restarts, or counts oddly
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 */
#include <bearssl.h>
#include <string.h>

#include "seamkey_link.h"
#include "test.h"

#define SLOTS 2
#define FRAME 32

static struct end {
	seamkey_link link;
	seamkey_link_config cfg;
	seamkey_link_auth auth;
	seamkey_slot slot[SLOTS];
	uint64_t contexts[2 * SLOTS * 64];
	unsigned events[16];
} end[2];

static seamkey_aead aead;
static uint64_t now, drawn;
static int lost_message; /* the type of message that does not arrive */

static int
fill(void *ctx, unsigned char *out, size_t len)
{
	(void)ctx;
	while (len-- > 0) {
		drawn = drawn * 6364136223846793005u + 1442695040888963407u;
		*out++ = (unsigned char)(drawn >> 56);
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

static void
event(void *ctx, seamkey_link *link, int what_happened)
{
	(void)link;
	((struct end *)ctx)->events[what_happened]++;
}

static int
open_end(unsigned u)
{
	struct end *e = &end[u];

	e->auth.psk = psk;
	return seamkey_link_init(&e->link, &e->cfg, &e->auth, NULL, 7, e->slot,
		SLOTS, e->contexts, sizeof e->contexts);
}

/* Two ends that frames of the carrier's counter go between. */
static void
open_both(uint32_t delay_max, uint64_t soft_frames)
{
	unsigned u;

	memset(end, 0, sizeof end);
	now = drawn = 0;
	lost_message = 0;
	CHECK_INT(seamkey_aead_bearssl(&aead, SEAMKEY_AEAD_AES_128_GCM),
		SEAMKEY_OK);
	for (u = 0; u < 2; u++) {
		seamkey_link_config *cfg = &end[u].cfg;

		cfg->aead = &aead;
		cfg->role = (uint8_t)(u + 1);
		cfg->counter_octets = SEAMKEY_LINK_CARRIER_COUNTER;
		cfg->one_context = 1;
		cfg->window = SEAMKEY_LINK_WINDOW_MAX; /* of the counter */
		cfg->send_min = cfg->send_max = 1;
		cfg->peer_min = cfg->peer_max = 1;
		cfg->delay_max = delay_max;
		cfg->soft_frames = soft_frames;
		cfg->retry = 8;
		cfg->pause = cfg->start_interval = 16;
		cfg->random.fill = fill;
		cfg->event = event;
		cfg->event_ctx = &end[u];
		CHECK_INT(open_end(u), SEAMKEY_OK);
	}
	CHECK_INT(seamkey_link_start(&end[0].link), SEAMKEY_OK);
}

/* What is due in the background, and messages. */
static void
cycle_work(void)
{
	unsigned char message[SEAMKEY_LINK_MESSAGE_MAX];
	size_t len = 0;
	unsigned u;

	now++;
	for (u = 0; u < 2; u++) {
		while (seamkey_link_work(&end[u].link, now) == SEAMKEY_AGAIN) {
		}
		if (seamkey_link_take(
			    &end[u].link, message, sizeof message, &len)
				== SEAMKEY_OK
			&& message[3] != lost_message) {
			(void)seamkey_link_put(&end[1 - u].link, message, len);
		}
	}
}

/* One cycle, in which no frame is lost; held, where not NULL, keeps the
 * initiator's back. Returns how many opened. */
static int
cycle(uint64_t counter, unsigned char *held, size_t *held_len)
{
	const seamkey_span none = seamkey_span_of(NULL, 0);
	unsigned char frame[FRAME], plain[FRAME] = { 0 };
	size_t len = 0, got = 0;
	unsigned u;
	int opened = 0;

	cycle_work();
	for (u = 0; u < 2; u++) {
		if (seamkey_link_seal_counted(&end[u].link, counter, none,
			    plain, 0, frame, sizeof frame, &len)
			!= SEAMKEY_OK) {
			continue;
		}
		if (u == 0 && held != NULL) {
			memcpy(held, frame, len);
			*held_len = len;
			continue;
		}
		opened += seamkey_link_open_counted(&end[1 - u].link, counter,
				  none, frame, len, plain, sizeof plain, &got)
			== SEAMKEY_OK;
	}
	return opened;
}

/* The follower loses its memory while the initiator waits for its first
 * frame: nobody answers message 3 any more, and a new start has to help. */
static void
link_restart_of_a_follower_that_was_asked_to_confirm(void)
{
	uint64_t u;

	open_both(3, 0);
	lost_message = 3;
	for (u = 0; u < 20; u++) {
		(void)cycle(u, NULL, NULL);
	}
	CHECK_INT(seamkey_link_is_up(&end[0].link), 1);
	CHECK_INT(seamkey_link_is_settled(&end[0].link), 0);
	CHECK_INT(open_end(1), SEAMKEY_OK);
	lost_message = 0;
	for (; u < 50; u++) {
		(void)cycle(u, NULL, NULL);
	}
	CHECK_INT(seamkey_link_is_up(&end[1].link), 0);
	CHECK_INT(seamkey_link_start(&end[0].link), SEAMKEY_OK);
	for (; u < 70; u++) {
		(void)cycle(u, NULL, NULL);
	}
	CHECK_INT(seamkey_link_is_settled(&end[0].link), 1);
	CHECK_INT(seamkey_link_is_settled(&end[1].link), 1);
}

/* The same without anybody's help, once message 3 has been sent in vain as
 * often as the configuration says. (An old message 1, repeated by an
 * attacker, can take the place of the staged one: that looks the same.) */
static void
link_restart_is_tried_again_by_itself(void)
{
	uint64_t u;

	open_both(3, 0);
	lost_message = 3;
	for (u = 0; u < 20; u++) {
		(void)cycle(u, NULL, NULL);
	}
	CHECK_INT(open_end(1), SEAMKEY_OK);
	lost_message = 0;
	for (; u < 60; u++) {
		(void)cycle(u, NULL, NULL);
	}
	CHECK_INT(end[0].events[SEAMKEY_LINK_ABANDONED], 0);
	for (; u < 200; u++) {
		(void)cycle(u, NULL, NULL);
	}
	CHECK_INT(end[0].events[SEAMKEY_LINK_ABANDONED], 1);
	CHECK_INT(end[0].events[SEAMKEY_LINK_STARTED], 1);
	CHECK_INT(seamkey_link_is_settled(&end[0].link), 1);
	CHECK_INT(seamkey_link_is_settled(&end[1].link), 1);
}

/* All that is due, then the message that is to be sent now. */
static size_t
take(unsigned u, unsigned char *message)
{
	size_t len = 0;

	while (seamkey_link_work(&end[u].link, ++now) == SEAMKEY_AGAIN) {
	}
	CHECK_INT(seamkey_link_take(&end[u].link, message,
			  SEAMKEY_LINK_MESSAGE_MAX, &len),
		SEAMKEY_OK);
	return len;
}

/* An answer to another start of the same number, which a restarted end
 * counts anew, does not spoil this one. */
static void
link_restart_old_answer_is_refused(void)
{
	unsigned char old[SEAMKEY_LINK_MESSAGE_MAX];
	unsigned char message[SEAMKEY_LINK_MESSAGE_MAX];
	size_t old_len, len;

	open_both(3, 0);
	len = take(0, message);
	CHECK_INT(seamkey_link_put(&end[1].link, message, len), SEAMKEY_OK);
	old_len = take(1, old);
	CHECK_INT(open_end(0), SEAMKEY_OK);
	CHECK_INT(seamkey_link_start(&end[0].link), SEAMKEY_OK);
	len = take(0, message);
	CHECK_INT(seamkey_link_put(&end[0].link, old, old_len),
		SEAMKEY_ERR_LINK_AUTH);
	now += 20; /* start_interval */
	while (seamkey_link_work(&end[1].link, now) == SEAMKEY_AGAIN) {
	}
	CHECK_INT(seamkey_link_put(&end[1].link, message, len), SEAMKEY_OK);
	len = take(1, message);
	CHECK_INT(seamkey_link_put(&end[0].link, message, len), SEAMKEY_OK);
	(void)take(0, message);
	CHECK_INT(message[3], 3);
}

/* A start asked for twice is one start. */
static void
link_restart_asked_for_twice_is_one(void)
{
	uint64_t u;

	open_both(3, 0);
	lost_message = 2;
	for (u = 0; u < 3; u++) {
		(void)cycle(u, NULL, NULL);
	}
	lost_message = 0;
	CHECK_INT(seamkey_link_is_up(&end[0].link), 0);
	CHECK_INT(seamkey_link_start(&end[0].link), SEAMKEY_OK);
	for (; u < 200; u++) {
		(void)cycle(u, NULL, NULL);
	}
	CHECK_INT(end[0].events[SEAMKEY_LINK_STARTED], 1);
	CHECK_INT(end[1].events[SEAMKEY_LINK_STARTED], 1);
}

/* The carrier's counter starts anywhere: its value is no count of frames,
 * which would make every key look worn out from its first frame on. */
static void
link_restart_counter_that_starts_high(void)
{
	uint64_t u;

	open_both(3, 4000);
	for (u = 0; u < 1000; u++) {
		(void)cycle(((uint64_t)1 << 40) + u, NULL, NULL);
	}
	CHECK_INT(end[0].link.worked.starts, 1);
	CHECK_INT(end[0].link.worked.rekeys_0rtt, 0);
	for (; u < 6000; u++) {
		(void)cycle(((uint64_t)1 << 40) + u, NULL, NULL);
	}
	CHECK_INT(end[0].link.worked.rekeys_0rtt >= 1, 1);
	CHECK_INT(end[0].link.worked.rekeys_0rtt <= 2, 1);
}

/* ... and counts more than frames: it does not tell that an old frame can
 * no longer be under way. */
static void
link_restart_counter_that_jumps(void)
{
	unsigned char held[FRAME], plain[FRAME];
	size_t held_len = 0, got = 0;
	uint64_t counter = 0, at;
	unsigned u;

	open_both(100, 4000);
	for (u = 0; u < 20; u++) {
		(void)cycle(counter += 32, NULL, NULL);
	}
	CHECK_INT(seamkey_link_is_settled(&end[0].link), 1);
	(void)cycle(at = counter += 32, held, &held_len);
	CHECK_INT(seamkey_link_rekey(&end[0].link, SEAMKEY_LINK_0RTT),
		SEAMKEY_OK);
	for (u = 0; u < 40; u++) {
		CHECK_INT(cycle(counter += 32, NULL, NULL), 2);
	}
	CHECK_INT(end[1].link.worked.rekeys_0rtt, 1);
	CHECK_INT(seamkey_link_open_counted(&end[1].link, at,
			  seamkey_span_of(NULL, 0), held, held_len, plain,
			  sizeof plain, &got),
		SEAMKEY_OK);
}

/* clang-format off */
const struct test test_link_restart_table[] = {
	{ "link_restart_of_a_follower_that_was_asked_to_confirm",
		link_restart_of_a_follower_that_was_asked_to_confirm },
	{ "link_restart_is_tried_again_by_itself",
		link_restart_is_tried_again_by_itself },
	{ "link_restart_old_answer_is_refused",
		link_restart_old_answer_is_refused },
	{ "link_restart_asked_for_twice_is_one",
		link_restart_asked_for_twice_is_one },
	{ "link_restart_counter_that_starts_high",
		link_restart_counter_that_starts_high },
	{ "link_restart_counter_that_jumps",
		link_restart_counter_that_jumps },
	{ NULL, NULL },
};
/* clang-format on */
