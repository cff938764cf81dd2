/*
 * board.c - the MPS2 board with a Cortex-M4 (AN386), as QEMU has it
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Start, interrupts, UART. What a board of one's own replaces: the
 * registers; the source of random octets, which here is the host's; and
 * what is for tests, since without a debugger semihosting is a fault.
 */
#include <bearssl.h>
#include <string.h>

#include "board.h"
#include "seamkey_base.h"

#define REGISTERS(address) ((volatile uint32_t *)(uintptr_t)(address))

/* CMSDK timer 1, which counts down; SysTick; NVIC; CMSDK UART 0 */
#define TIMER         REGISTERS(0x40001000)
#define TIMER_CTRL    0
#define TIMER_VALUE   1
#define TIMER_RELOAD  2
#define SYSTICK       REGISTERS(0xE000E010)
#define SYSTICK_CTRL  0
#define SYSTICK_LOAD  1
#define SYSTICK_VALUE 2
#define NVIC_ENABLE   REGISTERS(0xE000E100)
#define NVIC_PEND     REGISTERS(0xE000E200)
#define SHPR3         REGISTERS(0xE000ED20) /* priority of SysTick */
#define UART          REGISTERS(0x40004000)
#define UART_DATA     0
#define UART_STATE    1
#define UART_CTRL     2
#define UART_INT      3
#define UART_BAUD     4
#define TX_FULL       1u
#define RX_FULL       2u
#define INT_TX        1u
#define INT_RX        2u
#define IRQ_RX        0x1u
#define IRQ_TX        0x2u

#define BAUD  921600
#define PAINT 0xC3C3C3C3u

extern uint32_t stack_limit[], stack_top[];
extern uint32_t data_source[], data_start[], data_end[];
extern uint32_t bss_start[], bss_end[];
void reset(void);

/* ---- the line ------------------------------------------------------------ */

/* Octets from one context to another: each index has one writer. */
typedef struct ring {
	unsigned char *bytes;
	uint32_t size; /* a power of two */
	uint32_t put, got;
} ring;

#define LOAD(x)         __atomic_load_n(&(x), __ATOMIC_ACQUIRE)
#define STORE(x, value) __atomic_store_n(&(x), (value), __ATOMIC_RELEASE)

static unsigned char received[1024], frames[2048], messages[256];
static ring arrived = { received, sizeof received, 0, 0 };
static ring queue[2] = { { frames, sizeof frames, 0, 0 },
	{ messages, sizeof messages, 0, 0 } };
static ring *sending; /* the packet that is on its way; or NULL */

static int
ring_put(ring *r, const unsigned char *p, size_t len)
{
	uint32_t at = r->put;
	size_t u;

	if (r->size - (at - LOAD(r->got)) < len) {
		return 0;
	}
	for (u = 0; u < len; u++) {
		r->bytes[at++ & (r->size - 1)] = p[u];
	}
	STORE(r->put, at);
	return 1;
}

static int
ring_get(ring *r, unsigned char *octet)
{
	if (r->got == LOAD(r->put)) {
		return 0;
	}
	*octet = r->bytes[r->got & (r->size - 1)];
	STORE(r->got, r->got + 1);
	return 1;
}

static int
ring_is_full(const ring *r)
{
	return LOAD(r->put) - LOAD(r->got) == r->size;
}

/* What there is no room for stays in the UART: the sender waits, if the line
 * has flow control. */
static void
uart_receive(void)
{
	unsigned char octet;

	UART[UART_INT] = INT_RX;
	while ((UART[UART_STATE] & RX_FULL) != 0 && !ring_is_full(&arrived)) {
		octet = (unsigned char)UART[UART_DATA];
		(void)ring_put(&arrived, &octet, 1);
	}
}

/* Frames go first, but no packet interrupts another. */
static void
uart_send(void)
{
	unsigned char octet;

	UART[UART_INT] = INT_TX;
	while ((UART[UART_STATE] & TX_FULL) == 0) {
		if (sending == NULL) {
			int no_frame = queue[0].got == LOAD(queue[0].put);

			sending = &queue[no_frame];
		}
		if (!ring_get(sending, &octet)) {
			sending = NULL; /* nothing to be sent */
			return;
		}
		UART[UART_DATA] = octet;
		if (octet == 0) {
			sending = NULL; /* the packet has ended */
		}
	}
}

int
board_get(unsigned char *octet)
{
	int waiting = ring_is_full(&arrived); /* then one may be in the UART */
	int got = ring_get(&arrived, octet);

	if (waiting) {
		NVIC_PEND[0] = IRQ_RX;
	}
	return got;
}

static int
line_put(ring *r, const unsigned char *line, size_t len)
{
	int put = ring_put(r, line, len);

	NVIC_PEND[0] = IRQ_TX;
	return put;
}

int
board_put_frame(const unsigned char *line, size_t len)
{
	return line_put(&queue[0], line, len);
}

int
board_put_message(const unsigned char *line, size_t len)
{
	return line_put(&queue[1], line, len);
}

/* ---- clock and tick ------------------------------------------------------ */

static volatile uint32_t skipped; /* main's */

uint32_t
board_clock(void)
{
	return ~TIMER[TIMER_VALUE] - skipped;
}

void
board_start(uint32_t period)
{
	UART[UART_BAUD] = BOARD_HZ / BAUD;
	UART[UART_CTRL] = 0xF; /* both directions, with interrupts */
	SHPR3[0] = 0x80000000; /* SysTick below the UART, which has 0 */
	NVIC_ENABLE[0] = IRQ_RX | IRQ_TX;
	SYSTICK[SYSTICK_LOAD] = period - 1;
	SYSTICK[SYSTICK_VALUE] = 0;
	SYSTICK[SYSTICK_CTRL] = 7; /* processor's clock, interrupt, go */
}

/*
 * Interrupts wake the processor, but are served only after the clock has been
 * looked at. With -icount QEMU's time is the count of instructions, and while
 * the processor sleeps that of the machine, which may have other things to
 * do: then time goes on past the tick that should have ended the sleep. On a
 * board that cannot be, so the clock leaves it out, and the next tick is a
 * period away from this one.
 */
void
board_wait(void)
{
	uint32_t before, left, slept;

	__asm__ volatile("cpsid i" : : : "memory");
	before = board_clock();
	left = SYSTICK[SYSTICK_VALUE];
	__asm__ volatile("wfi" : : : "memory");
	slept = board_clock() - before;
	if (slept > left + SYSTICK[SYSTICK_LOAD] / 4) {
		skipped += slept - left;
		SYSTICK[SYSTICK_VALUE] = 0;
	}
	__asm__ volatile("cpsie i" : : : "memory");
}

/* ---- semihosting --------------------------------------------------------- */

/* The two arguments lie in r0 and r1, where they are wanted. */
int semihost(uintptr_t operation, const void *argument);
__asm__(".text\n"
	".thumb_func\n"
	"semihost:\n"
	"	bkpt 0xab\n"
	"	bx lr\n");

#define SYS_OPEN        0x01
#define SYS_WRITE0      0x04
#define SYS_READ        0x06
#define SYS_GET_CMDLINE 0x15
#define SYS_EXIT        0x20
#define EXITED          0x20026 /* the program has ended by itself */

void
board_print(const char *text)
{
	(void)semihost(SYS_WRITE0, text);
}

uint32_t
board_argument(void)
{
	static char line[64];
	uintptr_t block[2] = { (uintptr_t)line, sizeof line };
	const char *p = line;
	uint32_t value = 0;

	if (semihost(SYS_GET_CMDLINE, block) != 0) {
		return 0;
	}
	while (*p != '\0' && *p++ != ' ') {
	}
	for (; *p >= '0' && *p <= '9'; p++) {
		value = 10 * value + (uint32_t)(*p - '0');
	}
	return value;
}

void
board_exit(int status)
{
	uintptr_t block[2] = { EXITED, (uintptr_t)status };

	(void)semihost(SYS_EXIT, block);
	for (;;) {
	}
}

/* A board has a generator of its own; QEMU's has none, so the host's. */
static int
seed(br_hmac_drbg_context *drbg)
{
	static const char name[] = "/dev/urandom";
	unsigned char octets[32];
	uintptr_t open[3] = { (uintptr_t)name, 1, sizeof name - 1 };
	int file = semihost(SYS_OPEN, open);
	uintptr_t read[3] = { (uintptr_t)file, (uintptr_t)octets,
		sizeof octets };

	if (file < 0 || semihost(SYS_READ, read) != 0) {
		return SEAMKEY_ERR_RANDOM;
	}
	br_hmac_drbg_init(drbg, &br_sha256_vtable, octets, sizeof octets);
	seamkey_wipe(octets, sizeof octets);
	return SEAMKEY_OK;
}

int
board_random(void *ctx, unsigned char *out, size_t len)
{
	static br_hmac_drbg_context drbg;
	static int seeded;
	int status = seeded ? SEAMKEY_OK : seed(&drbg);

	(void)ctx;
	if (status == SEAMKEY_OK) {
		seeded = 1;
		br_hmac_drbg_generate(&drbg, out, len);
	}
	return status;
}

/* ---- start --------------------------------------------------------------- */

/* Octets between two symbols of the linker. */
static size_t
between(const uint32_t *from, const uint32_t *to)
{
	return (uintptr_t)to - (uintptr_t)from;
}

size_t
board_stack(void)
{
	const uint32_t *p = stack_limit;

	while (between(p, stack_top) != 0 && *p == PAINT) {
		p++;
	}
	return between(p, stack_top);
}

void
reset(void)
{
	volatile uint32_t *p = stack_limit;
	uintptr_t end = (uintptr_t)__builtin_frame_address(0) - 128;

	for (; (uintptr_t)p < end; p++) {
		*p = PAINT; /* for board_stack() */
	}
	memcpy(data_start, data_source, between(data_start, data_end));
	memset(bss_start, 0, between(bss_start, bss_end));
	TIMER[TIMER_RELOAD] = 0xFFFFFFFF;
	TIMER[TIMER_VALUE] = 0xFFFFFFFF;
	TIMER[TIMER_CTRL] = 1;
	board_exit(main());
}

static void
fault(void)
{
	board_print("fault\n");
	board_exit(1);
}

static const struct {
	const uint32_t *stack;
	void (*handler[17])(void);
} vectors __attribute__((section(".vectors"), used)) = { stack_top,
	{ reset, fault, fault, fault, fault, fault, 0, 0, 0, 0, fault, fault, 0,
		fault, tick, uart_receive, uart_send } };
