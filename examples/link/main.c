/*
 * main.c - an initiator and its followers, on a network that is bad
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * This process starts one process for each end, watches them, and prints
 * what they leave in the memory that all of them share. It ends them by
 * telling them to, and, should one not listen, by its process id.
 */
#define _GNU_SOURCE

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "link.h"

#define LOOK (100 * LINK_MS) /* between two looks at the processes */

static volatile sig_atomic_t interrupted;

static link_net network;
static struct {
	pid_t pid[LINK_FOLLOWERS + 1]; /* 0: not there, or ended */
	unsigned running, bad;
} ends;

static void
on_signal(int number)
{
	(void)number;
	interrupted = 1;
}

static int
catch_signals(void)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof sa);
	sa.sa_handler = on_signal;
	return sigemptyset(&sa.sa_mask) != 0
		|| sigaction(SIGINT, &sa, NULL) != 0
		|| sigaction(SIGTERM, &sa, NULL) != 0
		|| sigaction(SIGHUP, &sa, NULL) != 0;
}

/* The ends wait to be told: Ctrl-C goes to all processes of a terminal. A
 * device that goes away is noticed where its line is read. */
static int
ignore_signals(void)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof sa);
	sa.sa_handler = SIG_IGN;
	return sigemptyset(&sa.sa_mask) != 0
		|| sigaction(SIGPIPE, &sa, NULL) != 0
		|| sigaction(SIGINT, &sa, NULL) != 0
		|| sigaction(SIGTERM, &sa, NULL) != 0
		|| sigaction(SIGHUP, &sa, NULL) != 0;
}

static int
start_end(const link_options *o, link_shared *shared, unsigned end)
{
	pid_t pid = fork();

	if (pid == 0) {
		int status = ignore_signals();

		link_net_keep(&network, end);
		if (status == 0) {
			status = link_end_run(o, &network, shared, end);
		}
		_exit(status);
	}
	if (pid < 0) {
		fprintf(stderr, "link: fork: %s\n", strerror(errno));
		return -1;
	}
	ends.pid[end] = pid;
	ends.running++;
	return 0;
}

/* The followers first: who starts a link wants an answer. */
static int
start_ends(const link_options *o, link_shared *shared)
{
	unsigned u;

	for (u = 0; u < o->followers && o->which != LINK_ONLY_INITIATOR; u++) {
		if (start_end(o, shared, u) != 0) {
			return -1;
		}
	}
	return o->which == LINK_ONLY_FOLLOWERS
		? 0
		: start_end(o, shared, LINK_INITIATOR);
}

/* Note the ends that have ended, without waiting for any. */
static void
collect(void)
{
	unsigned u;
	int status;

	for (u = 0; u <= LINK_FOLLOWERS; u++) {
		if (ends.pid[u] != 0
			&& waitpid(ends.pid[u], &status, WNOHANG)
				== ends.pid[u]) {
			ends.pid[u] = 0;
			ends.running--;
			ends.bad +=
				!WIFEXITED(status) || WEXITSTATUS(status) != 0;
		}
	}
}

static void
kill_ends(void)
{
	unsigned u;

	for (u = 0; u <= LINK_FOLLOWERS; u++) {
		if (ends.pid[u] != 0) {
			(void)kill(ends.pid[u], SIGKILL);
		}
	}
}

static void
watch_ends(const link_options *o, link_shared *shared)
{
	const struct timespec look = { 0, (long)LOOK };
	uint64_t latest = link_end_latest(o, shared);
	int live = isatty(STDOUT_FILENO), killed = 0;

	for (collect(); ends.running != 0; collect()) {
		uint64_t now = link_now();

		if ((interrupted || ends.bad != 0) && !shared->stop) {
			shared->stop = 1;
			latest = now + 2 * o->dmax + 3 * LINK_S;
		}
		if (now > latest && !killed) {
			fprintf(stderr, "link: %u processes did not end\n",
				ends.running);
			kill_ends();
			killed = 1;
			latest = now + 2 * LINK_S;
		} else if (now > latest) {
			break; /* nothing more can be done */
		}
		if (live) {
			link_report_line(o, shared);
		}
		/* a signal may end it early */
		(void)nanosleep(&look, NULL);
	}
	if (live) {
		printf("\r\033[K");
	}
}

static int
verdict(const link_options *o, const link_shared *shared)
{
	unsigned silent = link_report_silent(o, shared);

	if (ends.bad != 0 || ends.running != 0) {
		fprintf(stderr, "link: %u processes failed\n",
			ends.bad + ends.running);
		return 1;
	}
	if (silent != 0 && !interrupted) {
		printf("\n%u relations delivered nothing\n", silent);
		return 1;
	}
	return link_report_wrong(o, shared) != 0;
}

int
main(int argc, char **argv)
{
	link_options o;
	link_shared *shared;
	int status = link_options_read(&o, argc, argv);

	if (status == 1) {
		return fflush(stdout) != 0;
	}
	if (status != 0) {
		return status;
	}
	shared = (link_shared *)mmap(NULL, sizeof *shared,
		PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED || catch_signals() != 0) {
		fprintf(stderr, "link: %s\n", strerror(errno));
		return 1;
	}
	if (link_net_open(&network, &o) != 0) {
		return 1;
	}
	(void)fflush(stdout);
	shared->begin = link_now();
	if (start_ends(&o, shared) != 0) {
		shared->stop = 1;
		ends.bad++;
	}
	link_net_keep(&network, LINK_FOLLOWERS + 1);
	watch_ends(&o, shared);
	link_net_close(&network);
	link_report_table(&o, shared);
	status = verdict(&o, shared);
	if (fflush(stdout) != 0) {
		return 1;
	}
	return status;
}
