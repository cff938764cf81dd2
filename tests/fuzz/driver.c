/*
 * driver.c - runs a fuzz target where there is no fuzzer
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * usage: TARGET [-seconds=N] [-runs=N] [-seed=N] [-crash=FILE] FILE|FOLDER...
 *
 * Runs the target on every file named and on every file in the folders
 * named. With -seconds or -runs it then changes these inputs at random (the
 * same each time for the same seed), and runs the target on what it made:
 * no substitute for a fuzzer that watches coverage, but it needs nothing
 * but a C compiler. Where the program is aborted, the input at fault is
 * written to the file of -crash, or to ./crash.
 *
 * With AFL++'s or LLVM's own main this file is not needed.
 */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(
	uint8_t *data, size_t size, size_t max, unsigned int seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);

/* The longest input, files that are longer are cut. */
#define INPUT_MAX 8192

struct input {
	unsigned char *data;
	size_t len;
};

static struct input *inputs; /* all of them stay in memory */
static size_t input_count;
static unsigned long runs;

static unsigned char current[INPUT_MAX]; /* what runs now */
static size_t current_len;
static const char *crash_file = "crash";

/* ---- where it goes wrong ------------------------------------------------ */

/* For the sanitizers: abort, and let on_crash have the signal. */
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

const char *
__asan_default_options(void)
{
	return "abort_on_error=1:handle_abort=0:handle_segv=0";
}

const char *
__ubsan_default_options(void)
{
	return "abort_on_error=1:print_stacktrace=1";
}

static void
on_crash(int number)
{
	static const char text[] = "the input at fault was written to ";
	int fd = open(crash_file, O_WRONLY | O_CREAT | O_TRUNC, 0666);

	if (fd >= 0 && write(fd, current, current_len) == (ssize_t)current_len
		&& write(2, text, sizeof text - 1) > 0
		&& write(2, crash_file, strlen(crash_file)) > 0
		&& write(2, "\n", 1) > 0) {
		(void)close(fd);
	}
	(void)signal(number, SIG_DFL);
	(void)raise(number);
}

static void
catch_crashes(void)
{
	static const int numbers[] = { SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL,
		SIGALRM };
	size_t u;

	for (u = 0; u < sizeof numbers / sizeof numbers[0]; u++) {
		(void)signal(numbers[u], on_crash);
	}
}

static void
run(void)
{
	(void)alarm(20); /* longer than that counts as a hang */
	(void)LLVMFuzzerTestOneInput(current, current_len);
	runs++;
}

/* ---- reading ------------------------------------------------------------ */

static void *
need(void *p)
{
	if (p == NULL) {
		fprintf(stderr, "no memory\n");
		exit(2);
	}
	return p;
}

static void
read_file(const char *name)
{
	FILE *f = fopen(name, "rb");
	struct input *in;

	if (f == NULL) {
		fprintf(stderr, "cannot read %s: %s\n", name, strerror(errno));
		exit(2);
	}
	current_len = fread(current, 1, sizeof current, f);
	(void)fclose(f);
	inputs = (struct input *)need(
		realloc(inputs, (input_count + 1) * sizeof *inputs));
	in = &inputs[input_count++];
	in->len = current_len;
	in->data = (unsigned char *)need(malloc(current_len + 1));
	memcpy(in->data, current, current_len);
	run();
}

static void
read_folder(const char *name)
{
	DIR *dir = opendir(name);
	struct dirent *entry;
	struct stat st;
	char *path;

	if (dir == NULL) {
		read_file(name);
		return;
	}
	while ((entry = readdir(dir)) != NULL) {
		path = (char *)need(
			malloc(strlen(name) + strlen(entry->d_name) + 2));
		(void)sprintf(path, "%s/%s", name, entry->d_name);
		if (stat(path, &st) == 0 && S_ISREG(st.st_mode)) {
			read_file(path);
		}
		free(path);
	}
	(void)closedir(dir);
}

/* ---- changing ----------------------------------------------------------- */

static uint64_t state = 1;

/* xorshift64*, Vigna 2016 */
static size_t
draw(size_t below)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return below == 0
		? 0
		: (size_t)((state * 0x2545F4914F6CDD1Du) >> 33) % below;
}

static void
cut(void)
{
	size_t at = draw(current_len), len = draw(current_len - at) + 1;

	if (at + len <= current_len) {
		memmove(current + at, current + at + len,
			current_len - at - len);
		current_len -= len;
	}
}

/* len octets of any input, or of chance, at some place. */
static void
paste(void)
{
	const struct input *from = &inputs[draw(input_count)];
	size_t at = draw(current_len + 1), begin = draw(from->len);
	size_t len = draw(draw(2) != 0 ? 8 : from->len) + 1;

	if (len > from->len - begin) {
		len = from->len - begin;
	}
	if (len > sizeof current - current_len) {
		len = sizeof current - current_len;
	}
	memmove(current + at + len, current + at, current_len - at);
	memcpy(current + at, from->data + begin, len);
	current_len += len;
}

static void
change(void)
{
	static const unsigned char special[] = { 0x00, 0x01, 0x02, 0x30, 0x7F,
		0x80, 0x81, 0x82, 0x84, 0xFF };
	size_t at = draw(current_len), kind = draw(7);

	if (current_len == 0 || kind == 0) {
		paste();
	} else if (kind == 1) {
		cut();
	} else if (kind == 2) {
		current[at] = (unsigned char)draw(256);
	} else if (kind == 3) {
		current[at] = special[draw(sizeof special)];
	} else if (kind == 4) {
		current[at] = (unsigned char)(current[at] + draw(9) - 4);
	} else if (kind == 5) {
		current[at] = (unsigned char)(current[at] ^ 1u << draw(8));
	} else {
		current_len = draw(current_len + 1);
	}
}

/* What a target's mutator calls: it is called with current alone. */
size_t
/* NOLINTNEXTLINE(readability-non-const-parameter): the type of libFuzzer's */
LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max)
{
	size_t times = 1 + draw(draw(2) != 0 ? 2 : 12);
	size_t begin = (size_t)(data - current);

	(void)max;
	current_len = begin + size;
	while (times-- > 0) {
		change();
	}
	return current_len < begin ? 0 : current_len - begin;
}

static void
run_changed(void)
{
	const struct input *from = &inputs[draw(input_count)];

	memcpy(current, from->data, from->len);
	current_len = from->len;
	current_len = LLVMFuzzerCustomMutator(current, current_len,
		sizeof current, (unsigned)draw(0x40000000));
	run();
}

/* ---- main --------------------------------------------------------------- */

/* 1 if argument is name and a number. */
static int
option(const char *argument, const char *name, unsigned long *value)
{
	size_t len = strlen(name);

	if (strncmp(argument, name, len) != 0) {
		return 0;
	}
	*value = strtoul(argument + len, NULL, 10);
	return 1;
}

int
main(int argc, char **argv)
{
	unsigned long seconds = 0, most = 0, seed = 1;
	time_t end;
	int i;

	catch_crashes();
	for (i = 1; i < argc; i++) {
		if (strncmp(argv[i], "-crash=", 7) == 0) {
			crash_file = argv[i] + 7;
		} else if (!option(argv[i], "-seconds=", &seconds)
			&& !option(argv[i], "-runs=", &most)
			&& !option(argv[i], "-seed=", &seed)) {
			read_folder(argv[i]);
		}
	}
	if (input_count == 0) {
		fprintf(stderr, "no input: name files or folders\n");
		return 2;
	}
	state = seed * 2 + 1;
	end = time(NULL) + (time_t)seconds;
	while (runs < most || (seconds != 0 && time(NULL) < end)) {
		run_changed();
	}
	printf("%lu runs, %lu of them on the files given\n", runs,
		(unsigned long)input_count);
	return 0;
}
