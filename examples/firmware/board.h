/*
 * board.h - what the firmware wants of the board
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Three contexts, the higher first: the UART's interrupts, which move one
 * octet each; the tick; main. The tick is the only one that puts frames, and
 * that gets octets; main is the only one that puts messages.
 */
#ifndef SEAMKEY_EXAMPLE_BOARD_H
#define SEAMKEY_EXAMPLE_BOARD_H

#include <stddef.h>
#include <stdint.h>

#define BOARD_HZ 25000000 /* of the clock and of the tick */

/* A clock that nobody stops: BOARD_HZ, modulo 2^32. */
uint32_t board_clock(void);
/* Call tick() this often from now on. */
void board_start(uint32_t period);
/* Sleep until there is an interrupt, and let it be served. */
void board_wait(void);

/* Random octets: a function for seamkey_random. */
int board_random(void *ctx, unsigned char *out, size_t len);

/* Put a packet of cobs.h on the line, whole or not at all: 1 or 0. */
int board_put_frame(const unsigned char *line, size_t len);
int board_put_message(const unsigned char *line, size_t len);
/* Take an octet from the line: 1, or 0 where there is none. */
int board_get(unsigned char *octet);

/* For whoever tests this: text, the word after the name of the program as a
 * number, how deep the stack has been, the end. */
void board_print(const char *text);
uint32_t board_argument(void);
size_t board_stack(void);
void board_exit(int status);

/* The program's. */
void tick(void);
int main(void);

#endif
