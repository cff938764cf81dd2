/*
 * seamkey_impl.c - the one file for one shared copy of the functions
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * What it shows: the second way to use the headers. Compile everything with
 * -DSEAMKEY_EXTERN, so that the headers only declare, and add this file,
 * which defines. A program of several files then holds each function once.
 *
 * What to copy: all of it; leave out the headers that you do not use.
 */
#ifndef SEAMKEY_EXTERN
#define SEAMKEY_EXTERN /* here too, where it came from no command line */
#endif
#define SEAMKEY_IMPLEMENTATION

#include "seamkey.h"
#include "seamkey_icsf.h"
#include "seamkey_rtc.h"
