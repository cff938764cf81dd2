/*
 * stack_paint.h - how deep the stack gets in a call, BearSSL included
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * The stack is painted, the call is made, and the deepest octet that has
 * another colour counts: from there to where the caller's frame ended. For
 * gcc and clang. A call is a function of its own, ALONE, that begins with
 * TOP() and takes what it works on from static memory, so that its frame
 * holds nothing of it.
 */
#ifndef SEAMKEY_STACK_PAINT_H
#define SEAMKEY_STACK_PAINT_H

#include <stdint.h>
#include <stdio.h>

#include "seamkey_base.h"

#define AREA 40000 /* bytes of stack that are painted */
#define OWN  256   /* at the end of it: frames of the painter itself */
#include "stack_area.h"

static uintptr_t top; /* where the frame of the caller ended */

/* In each call: two words, return address and frame pointer, are pushed. */
#define TOP() (top = (uintptr_t)__builtin_frame_address(0) + 2 * sizeof(void *))

static ALONE uintptr_t
search_area(const volatile unsigned char *area)
{
	size_t u = OWN;

	while (u < AREA && area[u] == PAINT) {
		u++;
	}
	return (uintptr_t)area + u;
}

static ALONE uintptr_t
find_deepest(void)
{
	volatile unsigned char area[AREA];
	volatile unsigned char *volatile p = area; /* nobody wrote to it */
	uintptr_t (*volatile search)(const volatile unsigned char *) =
		search_area;

	return search(p);
}

/* 0 if the call fails or is deeper than the paint. */
static ALONE unsigned long
measure_once(int (*call)(void))
{
	uintptr_t deepest;

	paint_stack();
	if (call() != SEAMKEY_OK) {
		return 0;
	}
	deepest = find_deepest();
	return top - deepest > AREA - 2 * OWN ? 0
					      : (unsigned long)(top - deepest);
}

/* The first time is for what is resolved once. */
static ALONE unsigned long
measure(int (*call)(void))
{
	return call() != SEAMKEY_OK ? 0 : measure_once(call);
}

static int
print_depth(const char *service, const char *key, unsigned long bytes)
{
	printf("%s|%s|%lu\n", service, key, bytes);
	return bytes == 0;
}

static int
print(const char *service, const char *key, int (*call)(void))
{
	return print_depth(service, key, measure(call));
}

#endif
