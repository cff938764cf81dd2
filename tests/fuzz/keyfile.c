/*
 * keyfile.c - fuzz target: which structure of a file, examples/keyfile.h
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Input: a key file, PEM, DER or none. What is chosen lies in the file or in
 * its PEM, is what it is called, and is private where that was asked for;
 * otherwise one line says why not, whatever is in the file. What is inside
 * of an encrypted key is for pbes2.c.
 */
#define _XOPEN_SOURCE 700
#define PROGRAM       "fuzz"

#include <bearssl.h>
#include <stdio.h>

static FILE *told;
#define COMPLAIN_TO told

#include "../../examples/keyfile.h"
#include "fuzz.h"

static char text[1024];

/* The stream that complaints go to, at its beginning. */
static void
listen(void)
{
	if (told == NULL) {
		told = fmemopen(text, sizeof text, "w");
		if (told == NULL) {
			fprintf(stderr, "no memory\n");
			exit(1);
		}
	}
	rewind(told);
	memset(text, 0, sizeof text);
}

/* One line, of what a terminal may show. */
static void
check_told(void)
{
	size_t len, u;

	CHECK(fflush(told) == 0);
	len = strlen(text);
	CHECK(len != 0 && len + 1 < sizeof text);
	CHECK(strncmp(text, "fuzz: input: ", 13) == 0);
	CHECK(text[len - 1] == '\n');
	for (u = 0; u + 1 < len; u++) {
		CHECK(text[u] >= 0x20 && text[u] <= 0x7E);
	}
}

static int
find(struct keyfile *key, seamkey_span file, int want_private)
{
	seamkey_span all;
	int kind = seamkey_der_match_kind(file), status;

	memset(key, 0, offsetof(struct keyfile, file));
	key->name = "input";
	key->wanted = "a key";
	listen();
	status = keyfile_find(key, file, want_private);
	if (status != DONE) {
		CHECK(status == UNREADABLE || status == REFUSED);
		check_told();
		return status;
	}
	CHECK(fflush(told) == 0 && text[0] == 0);
	all = key->is_pem ? seamkey_span_of(key->block, sizeof key->block)
			  : file;
	CHECK(key->der.len != 0 && fuzz_is_inside(key->der, all));
	CHECK(key->is_pem == (kind < 0));
	CHECK(seamkey_der_match_kind(key->der) == key->kind);
	CHECK(!want_private || keyfile_is_private(key->kind));
	CHECK(!key->is_encrypted);
	CHECK(strlen(keyfile_name_of_kind(key->kind)) != 0);
	return status;
}

/* A text, for the most part. */
static size_t
der_at(const uint8_t *data, size_t size)
{
	return size != 0 && data[0] == SEAMKEY_DER_SEQUENCE ? 0 : size;
}

FUZZ_MUTATOR(der_at)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct keyfile any, priv;
	unsigned char *copy;
	seamkey_span in;
	int status, wanted;

	if (size > KEYFILE_MAX) {
		return 0;
	}
	copy = fuzz_copy(data, size);
	in = seamkey_span_of(copy, size);
	status = find(&any, in, 0);
	wanted = find(&priv, in, 1);
	if (status == DONE && keyfile_is_private(any.kind)) {
		CHECK(wanted == DONE && priv.kind == any.kind);
		CHECK(seamkey_span_match(any.der, priv.der));
	}
	if (wanted == DONE && !priv.is_pem) {
		CHECK(status == DONE);
	}
	fuzz_free(copy, size);
	return 0;
}
