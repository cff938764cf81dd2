/*
 * test.h - the test frame: tables of named tests, and two checks
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * No malloc, no files, no constructors: it runs on the target too.
 *
 * Each tests/test_NAME.c ends in one table, in which every test of the file
 * stands; the tests are static, so that one that is not listed does not
 * compile (-Werror=unused-function):
 *
 *   const struct test test_NAME_table[] = {
 *	{ "NAME_empty_input", NAME_empty_input },
 *	{ NULL, NULL },
 *   };
 *
 * main.c walks the tables of all files, which the Makefile names to it.
 */
#ifndef SEAMKEY_TEST_H
#define SEAMKEY_TEST_H

#include <stddef.h>

struct test {
	const char *name; /* NULL ends the table */
	void (*run)(void);
};

/* The case under way, printed where a check fails. Set to the test's name
 * before each test; a test over a table of cases sets it to the case's. */
extern const char *what;

/* Both sides as integers. On failure: a line that shows both; the test goes
 * on. */
#define CHECK_INT(got, want) \
	test_int(__FILE__, __LINE__, #got, (long long)(got), (long long)(want))

/* The len bytes at got are those at want. On failure: both in hex, from a
 * little before the first that differs. */
#define CHECK_MEM(got, want, len) \
	test_mem(__FILE__, __LINE__, #got, (got), (want), (len))

/* The two behind the macros; 1 if the check held, else 0. */
int test_int(const char *file, int line, const char *expr, long long got,
	long long want);
int test_mem(const char *file, int line, const char *expr, const void *got,
	const void *want, size_t len);

#endif
