/*
 * main.c - a field device: a follower, as firmware for a Cortex-M4
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Its key pair and an encryption block lie in flash. It opens the block,
 * which holds the pre-shared key of its link, and then exchanges a frame in
 * each cycle with a controller (build/link --serial), over its UART. The
 * tick, an interrupt, opens what has come and seals what is due; keys are
 * made by main, which the tick interrupts. So a rekey takes main as long as
 * it takes, and no cycle is missed. There is no heap.
 *
 * What to copy: who calls what, tick() and main(). What is faked: the IO
 * data, which is as build/link wants it; and that the device ends, after as
 * many frames as it was told, to say how it was.
 */
#include <bearssl.h>
#include <string.h>

#include "../link/cobs.h"
#include "board.h"
#include "flash.h"
#include "seamkey_aead.h"
#include "seamkey_block.h"
#include "seamkey_link.h"

#define CYCLE    4000 /* us */
#define PERIOD   (CYCLE * (BOARD_HZ / 1000000))
#define DELAY    400000 /* us, from seal to open, at most */
#define PLAIN    40     /* octets of IO data, as build/link has them */
#define PACKET   384    /* octets of the longest packet */
#define CATCH_UP 2      /* frames that are opened in one cycle */
#define PIECE    64     /* octets of the block at a time */
#define KEY      32     /* octets of the block's content: the key ... */
#define NAME     32     /* ... and the name of the device, at most */
#define LINGER   50     /* cycles, for what is on its way at the end */

/* link: seal and open are the tick's, all else is main's. Below the reader
 * all is written by the tick, but for what is said to be main's; what main
 * reads of it is one word, or an octet published after what it speaks of. */
static struct {
	seamkey_link link;
	seamkey_slot slot[2];
	uint64_t contexts[2 * 2 * (SEAMKEY_AEAD_CONTEXT / 8 + 1)];
	seamkey_aead aead;
	seamkey_link_config cfg;
	seamkey_link_auth auth;
	unsigned char content[KEY + NAME + 1]; /* of the block, and a zero */
	size_t content_len;

	cobs_reader reader;
	unsigned char packet[PACKET];
	/* a message for main: the tick fills it, main empties it */
	unsigned char message[SEAMKEY_LINK_MESSAGE_MAX];
	size_t message_len;
	uint8_t has_message;

	volatile uint32_t want;       /* main's: frames to be sealed; 0: any */
	volatile uint32_t over;       /* ticks since the last of them */
	uint32_t before;              /* the clock at the last tick */
	uint32_t cycles, rest;        /* that have passed, by the clock */
	volatile uint32_t ticks;      /* since the first frame was sealed */
	uint32_t sealed, refused;     /* frames of this device */
	uint32_t unsent;              /* for which the line had no room */
	uint32_t delivered, rejected; /* frames of the controller */
	uint32_t damaged;
	uint32_t longest; /* tick, by the clock */
	int status;       /* why the last one was refused or rejected */

	uint32_t step_time, step_ticks; /* main's: of the longest step */
} device;

/* ---- the block ----------------------------------------------------------- */

/* Open the block in flash, in pieces, as a device with little memory has it.
 * What stands in content before SEAMKEY_OK is nobody's. */
static int
open_block(void)
{
	static seamkey_block_opener o;
	static seamkey_block_key key;
	const unsigned char *in = device_block;
	size_t left = device_block_len, used, got;
	int status = SEAMKEY_AGAIN;

	key.key = seamkey_span_of(device_key, device_key_len);
	seamkey_block_open_begin(&o, NULL, 0, &key, 1);
	while (status == SEAMKEY_AGAIN && left != 0) {
		status = seamkey_block_open_push(&o, in,
			left < PIECE ? left : PIECE, &used,
			device.content + device.content_len,
			KEY + NAME - device.content_len, &got);
		in += used;
		left -= used;
		device.content_len += got;
		if (status == SEAMKEY_AGAIN && used == 0 && got == 0) {
			status = SEAMKEY_ERR_SPACE; /* of the content */
		}
	}
	if (status == SEAMKEY_AGAIN
		|| (status == SEAMKEY_OK && device.content_len <= KEY)) {
		status = SEAMKEY_ERR_BLOCK_LENGTH;
	}
	return status;
}

static int
psk(void *ctx, unsigned relation, seamkey_span *key)
{
	(void)ctx;
	(void)relation;
	*key = seamkey_span_of(device.content, KEY);
	return SEAMKEY_OK;
}

/* ---- in the tick --------------------------------------------------------- */

/* IO data that says whose it is, and would show any damage. */
static void
fill(unsigned char *plain, unsigned from, uint32_t number)
{
	size_t u;

	memset(plain, 0, PLAIN);
	for (u = 0; u < 4; u++) {
		plain[7 - u] = (unsigned char)(number >> 8 * u);
	}
	plain[10] = (unsigned char)from; /* 1: the controller */
	for (u = 11; u < PLAIN; u++) {
		plain[u] = (unsigned char)(plain[7] + u);
	}
}

/* Is it what the controller has sealed, whichever of its frames? */
static int
is_intact(const unsigned char *plain, size_t len)
{
	unsigned char expected[PLAIN];

	if (len != PLAIN) {
		return 0;
	}
	fill(expected, 1, plain[7]);
	return memcmp(expected + 8, plain + 8, PLAIN - 8) == 0;
}

static void
open_frame(const unsigned char *frame, size_t len)
{
	unsigned char plain[PACKET];
	int status = seamkey_link_open(&device.link, seamkey_span_of(NULL, 0),
		frame, len, plain, sizeof plain, &len);

	if (status != SEAMKEY_OK) {
		device.rejected++;
		device.status = status;
		return;
	}
	device.delivered++;
	device.damaged += !is_intact(plain, len);
}

/* What has come since the last tick. Messages are main's affair; one that
 * comes while main has one is lost, and will be repeated. */
static void
receive(void)
{
	unsigned char octet;
	unsigned type, opened = 0;

	while (opened < CATCH_UP && board_get(&octet)) {
		type = cobs_get(&device.reader, octet);
		if (type == COBS_FRAME) {
			opened++;
			open_frame(device.packet + 1, device.reader.len - 1);
		} else if (type == COBS_MESSAGE
			&& !SEAMKEY_OBSERVE(&device.has_message)
			&& device.reader.len - 1 <= sizeof device.message) {
			device.message_len = device.reader.len - 1;
			memcpy(device.message, device.packet + 1,
				device.message_len);
			SEAMKEY_PUBLISH(&device.has_message, 1);
		}
	}
	if (opened == 0) {
		/* lets work go on */
		(void)seamkey_link_open(&device.link, seamkey_span_of(NULL, 0),
			NULL, 0, NULL, 0, NULL);
	}
}

static void
send(void)
{
	unsigned char plain[PLAIN], frame[PACKET], line[COBS_LINE(PACKET)];
	size_t len;
	int status;

	fill(plain, 0, device.sealed);
	status = seamkey_link_seal(&device.link, seamkey_span_of(NULL, 0),
		plain, sizeof plain, frame, sizeof frame, &len);
	if (status == SEAMKEY_OK) {
		device.sealed++;
		len = cobs_put(line, COBS_FRAME, frame, len);
		device.unsent += !board_put_frame(line, len);
	} else if (device.sealed != 0) {
		device.refused++;
		device.status = status;
	}
}

/* How many cycles have passed, the clock tells: if more than one, the tick has
 * been missed. They count from the first frame on. */
static void
count(uint32_t now)
{
	uint32_t passed;

	if (device.ticks == 0) {
		device.cycles = 1;
	} else {
		/* to the nearest; what is left may be negative */
		device.rest += now - device.before;
		passed = (device.rest + PERIOD / 2) / PERIOD;
		device.rest -= passed * PERIOD;
		device.cycles += passed;
	}
	device.before = now;
	device.ticks++;
}

void
tick(void)
{
	uint32_t now = board_clock(), spent;

	receive();
	if (device.over != 0) {
		device.over++;
		return;
	}
	send();
	if (device.sealed != 0) {
		count(now);
	}
	device.over = device.want != 0 && device.sealed == device.want;
	spent = board_clock() - now;
	device.longest = spent > device.longest ? spent : device.longest;
}

/* ---- in main ------------------------------------------------------------- */

/* Microseconds, for the link. */
static uint64_t
clock_us(void)
{
	static uint32_t last, rest;
	static uint64_t us;
	uint32_t now = board_clock();

	rest += now - last;
	last = now;
	us += rest / (BOARD_HZ / 1000000);
	rest %= BOARD_HZ / 1000000;
	return us;
}

static int
setup(void)
{
	seamkey_link_config *cfg = &device.cfg;
	int status =
		seamkey_aead_bearssl(&device.aead, SEAMKEY_AEAD_AES_128_GCM);

	cfg->aead = &device.aead;
	cfg->role = SEAMKEY_LINK_FOLLOWER;
	cfg->window = 256;
	cfg->max_plain = 256;
	/* this end is exact, the controller a process on some machine */
	cfg->send_min = cfg->send_max = CYCLE;
	cfg->peer_min = CYCLE / 2;
	cfg->peer_max = CYCLE * 8;
	cfg->losses = 10;
	cfg->delay_max = DELAY;
	cfg->random.fill = board_random;
	device.auth.psk = psk;
	device.reader.packet = device.packet;
	device.reader.cap = sizeof device.packet;
	if (status != SEAMKEY_OK) {
		return status;
	}
	return seamkey_link_init(&device.link, cfg, &device.auth, NULL, 0,
		device.slot, 2, device.contexts, sizeof device.contexts);
}

/* One step, as long as it takes, and what the tick did meanwhile. */
static int
work(void)
{
	uint32_t ticks = device.ticks, before = board_clock(), spent;
	int status = seamkey_link_work(&device.link, clock_us());

	spent = board_clock() - before;
	if (ticks != 0 && spent > device.step_time) {
		device.step_time = spent;
		device.step_ticks = device.ticks - ticks;
	}
	return status;
}

/* Messages, in and out. */
static void
exchange(void)
{
	unsigned char message[SEAMKEY_LINK_MESSAGE_MAX];
	unsigned char line[COBS_LINE(sizeof message)];
	size_t len;

	if (SEAMKEY_OBSERVE(&device.has_message)) {
		/* one that is refused is counted by the link */
		(void)seamkey_link_put(
			&device.link, device.message, device.message_len);
		SEAMKEY_PUBLISH(&device.has_message, 0);
	}
	if (seamkey_link_take(&device.link, message, sizeof message, &len)
		== SEAMKEY_OK) {
		/* where the line has no room, it will be asked for again */
		(void)board_put_message(
			line, cobs_put(line, COBS_MESSAGE, message, len));
	}
}

static void
print_number(const char *what, uint32_t value)
{
	char text[16];
	char *p = text + sizeof text;

	*--p = '\0';
	*--p = '\n';
	do {
		*--p = (char)('0' + value % 10);
		value /= 10;
	} while (value != 0);
	board_print(what);
	board_print(": ");
	board_print(p);
}

static void
print_block(void)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char hash[32];
	char text[2 * sizeof hash + 2];
	br_sha256_context sha;
	size_t u;

	br_sha256_init(&sha);
	br_sha256_update(&sha, device.content, device.content_len);
	br_sha256_out(&sha, hash);
	for (u = 0; u < sizeof hash; u++) {
		text[2 * u] = digits[hash[u] >> 4];
		text[2 * u + 1] = digits[hash[u] & 15];
	}
	text[2 * u] = '\n';
	text[2 * u + 1] = '\0';
	board_print("device: ");
	board_print((const char *)device.content + KEY);
	board_print("\nblock: ");
	board_print(text);
}

/* How it was. 0 if nothing was missed. */
static int
report(void)
{
	const seamkey_link_work_counters *w = &device.link.worked;
	const uint32_t us = BOARD_HZ / 1000000;

	print_number("cycles by the clock", device.cycles);
	print_number("ticks", device.ticks);
	print_number("frames sealed", device.sealed);
	print_number("seals refused", device.refused);
	print_number("frames the line had no room for", device.unsent);
	print_number("frames delivered", device.delivered);
	print_number("frames refused", device.rejected);
	print_number("frames damaged", device.damaged);
	print_number("starts", w->starts);
	print_number("rekeys 0-RTT", w->rekeys_0rtt);
	print_number("rekeys n-RTT", w->rekeys_nrtt);
	print_number("longest tick, us", device.longest / us);
	print_number("longest step of work, us", device.step_time / us);
	print_number("  frames sealed in it", device.step_ticks);
	print_number("deepest stack, octets", (uint32_t)board_stack());
	if (device.status != SEAMKEY_OK) {
		print_number("the last refusal", (uint32_t)-device.status);
	}
	return device.cycles != device.ticks || device.ticks != device.sealed
		|| device.refused + device.rejected + device.damaged != 0;
}

int
main(void)
{
	int status = open_block();

	if (status == SEAMKEY_OK) {
		print_block();
		status = setup();
	}
	if (status != SEAMKEY_OK) {
		print_number("no start", (uint32_t)-status);
		return 1;
	}
	device.want = board_argument();
	board_start(PERIOD);
	while (device.over < LINGER) {
		status = work();
		exchange();
		if (status != SEAMKEY_AGAIN) {
			board_wait();
		}
	}
	status = report();
	(void)seamkey_link_end(&device.link);
	return status;
}
