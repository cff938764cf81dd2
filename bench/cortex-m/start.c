/*
 * start.c - start-up for the MPS2 boards of QEMU, with semihosting
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * main's result is QEMU's exit status; a fault ends it with 1. What is between
 * data and stack is painted before main: where no paint is left after it, the
 * stack has met the data or the heap, and the status is 1.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern unsigned char __stack, _sidata, _sdata, _edata;
extern unsigned char __bss_start__, __bss_end__;

#define PAINT 0xC3C3C3C3u
#define WORDS 16 /* of paint that have to be left above the heap */

int main(int, char **);
void initialise_monitor_handles(void);
void *_sbrk(int);
void _init(void);
void _fini(void);
void Reset_Handler(void);

void
_init(void)
{
}

void
_fini(void)
{
}

/* From the end of the data to a little below the frame of the caller. */
static void
paint(void)
{
	volatile uint32_t *p = (volatile uint32_t *)(void *)&__bss_end__;
	uintptr_t end = (uintptr_t)__builtin_frame_address(0) - 256;

	for (; (uintptr_t)p < end; p++) {
		*p = PAINT;
	}
}

static int
paint_is_left(void)
{
	uintptr_t heap = ((uintptr_t)_sbrk(0) + 3) & ~(uintptr_t)3;
	const volatile uint32_t *p = (const volatile uint32_t *)heap;
	unsigned u;

	for (u = 0; u < WORDS; u++) {
		if (p[u] != PAINT) {
			return 0;
		}
	}
	return 1;
}

void
Reset_Handler(void)
{
	static char line[128];
	int result;

	memcpy(&_sdata, &_sidata, (size_t)(&_edata - &_sdata));
	memset(&__bss_start__, 0, (size_t)(&__bss_end__ - &__bss_start__));
	paint();
	initialise_monitor_handles();
	setvbuf(stdout, line, _IOLBF, sizeof line); /* and no malloc */
	result = main(0, NULL);
	if (!paint_is_left()) {
		printf("start.c: the stack has met the data or the heap\n");
		result = 1;
	}
	exit(result);
}

/* SYS_EXIT_EXTENDED, with ADP_Stopped_RunTimeErrorUnknown */
static void
fault(void)
{
	static unsigned block[2] = { 0x20023, 1 };
	register unsigned op __asm__("r0") = 0x20;
	register unsigned *arg __asm__("r1") = block;

	__asm__ volatile("bkpt 0xab" : : "r"(op), "r"(arg) : "memory");
	for (;;) {
	}
}

__attribute__((section(".vectors"), used)) static void *const vectors[16] = {
	&__stack, (void *)Reset_Handler, (void *)fault, (void *)fault,
	(void *)fault, (void *)fault, (void *)fault, 0, 0, 0, 0, (void *)fault,
	(void *)fault, 0, (void *)fault, (void *)fault
};
