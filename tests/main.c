/*
 * main.c - runs the tests of all tables, or those named as arguments
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Prints each failed check, then "NAME: P passed, F failed", tests counted.
 * NAME is TEST_NAME where defined, else the program's own. Exit status 0 if
 * tests ran and none failed. A test that checks nothing has failed.
 */
#include <stdio.h>
#include <string.h>

#include "test.h"

/* The Makefile names one table for each tests/test_NAME.c. */
#ifndef TEST_TABLES
#error "name the tables, as in -D'TEST_TABLES(X)=X(base) X(der)'"
#endif

#define DECLARE(name) extern const struct test test_##name##_table[];
#define LIST(name)    test_##name##_table,

/* clang-format off */
TEST_TABLES(DECLARE)

static const struct test *const tables[] = { TEST_TABLES(LIST) NULL };
/* clang-format on */

const char *what = "";

static unsigned long checks, bad_checks;

static int
check(int holds)
{
	checks++;
	bad_checks += !holds;
	return holds;
}

int
test_int(const char *file, int line, const char *expr, long long got,
	long long want)
{
	if (!check(got == want)) {
		printf("%s:%d: [%s] %s is %lld, want %lld\n", file, line, what,
			expr, got, want);
		return 0;
	}
	return 1;
}

static void
print_hex(const char *title, const unsigned char *p, size_t from, size_t to)
{
	printf("  %s", title);
	for (; from < to; from++) {
		printf(" %02x", (unsigned)p[from]);
	}
	printf("\n");
}

int
test_mem(const char *file, int line, const char *expr, const void *got,
	const void *want, size_t len)
{
	const unsigned char *g = (const unsigned char *)got;
	const unsigned char *w = (const unsigned char *)want;
	size_t at = 0, from, to;

	while (at < len && g[at] == w[at]) {
		at++;
	}
	if (check(at == len)) {
		return 1;
	}
	from = at < 4 ? 0 : at - 4;
	to = len - from < 24 ? len : from + 24;
	printf("%s:%d: [%s] %s differs at byte %lu of %lu; from byte %lu:\n",
		file, line, what, expr, (unsigned long)at, (unsigned long)len,
		(unsigned long)from);
	print_hex("got ", g, from, to);
	print_hex("want", w, from, to);
	return 0;
}

static int
is_wanted(const char *name, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], name) == 0) {
			return 1;
		}
	}
	return argc <= 1;
}

static int
run_passes(const struct test *t)
{
	unsigned long checks_before = checks, bad_before = bad_checks;

	what = t->name;
	t->run();
	if (checks == checks_before) {
		printf("%s checked nothing\n", t->name);
		return 0;
	}
	if (bad_checks != bad_before) {
		printf("%s failed: %lu of %lu checks\n", t->name,
			bad_checks - bad_before, checks - checks_before);
		return 0;
	}
	return 1;
}

/* What the summary line begins with. On a target, argv may be missing. */
static const char *
program_name(int argc, char **argv)
{
#ifdef TEST_NAME
	(void)argc;
	(void)argv;
	return TEST_NAME;
#else
	const char *slash;

	if (argc < 1 || argv[0] == NULL) {
		return "tests";
	}
	slash = strrchr(argv[0], '/');
	return slash == NULL ? argv[0] : slash + 1;
#endif
}

int
main(int argc, char **argv)
{
	unsigned long passed = 0, failed = 0;
	const struct test *t;
	size_t u;

	for (u = 0; tables[u] != NULL; u++) {
		for (t = tables[u]; t->name != NULL; t++) {
			if (!is_wanted(t->name, argc, argv)) {
				continue;
			}
			if (run_passes(t)) {
				passed++;
			} else {
				failed++;
			}
		}
	}
	if (passed + failed == 0) {
		printf("no test %s\n",
			argc > 1 ? "has that name" : "is listed");
	}
	printf("%s: %lu passed, %lu failed\n", program_name(argc, argv), passed,
		failed);
	return failed != 0 || passed == 0;
}
