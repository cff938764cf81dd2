/*
 * start.c - start-up for the MPS2 boards of QEMU, with semihosting
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * main's result is QEMU's exit status; a fault ends it with 1.
 */
#include <stdlib.h>
#include <string.h>

extern unsigned char __stack, _sidata, _sdata, _edata;
extern unsigned char __bss_start__, __bss_end__;

int main(void);
void initialise_monitor_handles(void);
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

void
Reset_Handler(void)
{
	memcpy(&_sdata, &_sidata, (size_t)(&_edata - &_sdata));
	memset(&__bss_start__, 0, (size_t)(&__bss_end__ - &__bss_start__));
	initialise_monitor_handles();
	exit(main());
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
