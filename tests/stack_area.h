/*
 * stack_area.h - an area of the stack that is painted
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * For gcc and clang. AREA, bytes, is defined by who includes this. A function
 * that is called at the same depth, ALONE and with an array of AREA bytes,
 * has it where paint_stack() had its own.
 */
#ifndef SEAMKEY_STACK_AREA_H
#define SEAMKEY_STACK_AREA_H

#include <stddef.h>

#define PAINT 0xC3
#define ALONE __attribute__((noinline))

/* Octet by octet through volatile, so that nothing of it is left out. */
static ALONE void
fill_area(volatile unsigned char *area)
{
	size_t u;

	for (u = 0; u < AREA; u++) {
		area[u] = PAINT;
	}
}

static ALONE void
paint_stack(void)
{
	volatile unsigned char area[AREA];

	fill_area(area);
}

#endif
