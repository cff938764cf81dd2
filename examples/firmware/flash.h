/*
 * flash.h - what was put into the device's flash: its key, and a block
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * make.sh writes flash.c.
 */
#ifndef SEAMKEY_EXAMPLE_FLASH_H
#define SEAMKEY_EXAMPLE_FLASH_H

#include <stddef.h>

extern const unsigned char device_key[]; /* PrivateKeyInfo, RSA */
extern const size_t device_key_len;
extern const unsigned char device_block[]; /* an encryption block for it */
extern const size_t device_block_len;

#endif
