/*
 * options.c - the command line of the link program
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "link.h"

/* What a value is: a number times unit, a name of a list, or a text. */
typedef struct link_option {
	const char *name, *value, *help;
	size_t at; /* in link_options */
	double unit, min, max;
	const char *names; /* "a b c": 0, 1, 2 */
} link_option;

#define AT(field) offsetof(link_options, field)
#define MS        1e6
#define S         1e9

/* clang-format off */
static const link_option link_options_table[] = {
	{ "--followers", "N", "devices, each a process: 1 to 256 (4)",
		AT(followers), 1, 1, LINK_FOLLOWERS, NULL },
	{ "--cycle", "MS", "between two frames of a sender (1)",
		AT(cycle), MS, 0.125, 1000, NULL },
	{ "--seconds", "S", "how long (5)",
		AT(seconds), S, 0.1, 1e6, NULL },
	{ "--preset", "NAME", "frames: generic, paper or draft (generic)",
		AT(preset), 1, 0, 0, "generic paper draft" },
	{ "--plain", "OCTETS", "of IO data in a frame (40)",
		AT(plain), 1, 12, LINK_PLAIN, NULL },
	{ "--suite", "NAME", "gcm128, gcm256, ccm128, chacha (gcm128)",
		AT(suite), 1, 0, 0, "gcm128 gcm256 ccm128 chacha" },
	{ "--slots", "N", "slots of each end: 2 or 3 (2)",
		AT(slots), 1, 2, LINK_SLOTS, NULL },
	{ "--dmax", "MS", "longest time from seal to open (100)",
		AT(dmax), MS, 1, 10000, NULL },
	{ "--0rtt", "S", "0-RTT rekey this often, 0: never (1)",
		AT(period_0rtt), S, 0, 1e6, NULL },
	{ "--nrtt", "S", "n-RTT rekey this often, 0: never (5)",
		AT(period_nrtt), S, 0, 1e6, NULL },
	{ "--loss", "PERCENT", "frames and messages lost (0)",
		AT(loss), 1e4, 0, 100, NULL },
	{ "--duplicate", "PERCENT", "sent a second time (0)",
		AT(duplicate), 1e4, 0, 100, NULL },
	{ "--reorder", "PERCENT", "held back, so that others overtake (0)",
		AT(reorder), 1e4, 0, 100, NULL },
	{ "--delay", "MS", "of everything (0)",
		AT(delay), MS, 0, 10000, NULL },
	{ "--hold", "MS", "held back so long at most (dmax / 2 - delay)",
		AT(hold), MS, 0, 10000, NULL },
	{ "--seed", "N", "of the network's chance: the same, and an end's nth\n"
		"                      packet is lost, copied, held again (1)",
		AT(seed), 1, 0, 4294967295.0, NULL },
	{ "--raw", "IF[,IF]", "PROFINET frames on this interface; the\n"
		"                      followers on the second, if any",
		AT(interfaces), 0, 0, 0, NULL },
	{ "--end", "NAME", "both, initiator or followers, with --raw (both)",
		AT(which), 1, 0, 0, "both initiator followers" },
	{ "--serial", "PATH", "the one follower is a device at this serial\n"
		"                      port or Unix socket; both end together",
		AT(serial), 0, 0, 0, NULL },
	{ "--pcap", "FILE", "write there what is sent",
		AT(pcap), 0, 0, 0, NULL },
};
/* clang-format on */

static void
link_options_help(void)
{
	size_t u;

	printf("usage: link [OPTION VALUE]...\n\n"
	       "An initiator and its followers exchange frames in a cycle and\n"
	       "renew their keys under way, over a network that is made bad\n"
	       "on purpose. Each is a process; they talk over UDP on this\n"
	       "machine, or in PROFINET frames. At the end a table tells what\n"
	       "became of the frames. Ctrl-C ends it early.\n\n");
	for (u = 0;
		u < sizeof link_options_table / sizeof link_options_table[0];
		u++) {
		const link_option *p = &link_options_table[u];

		printf("  %-11s %-8s%s\n", p->name, p->value, p->help);
	}
	printf("\n"
	       "Wrongly refused: authentic, opened within dmax of being\n"
	       "sealed, the first copy, inside the replay window, and not\n"
	       "delivered. A frame that this machine delayed beyond dmax is\n"
	       "counted as late. Time is the machine's, so both ends have to\n"
	       "run on one, if need be in network namespaces. What comes on\n"
	       "a serial line counts as sealed when it arrives.\n\n"
	       "Exit status: 0 nothing was wrongly refused, 1 something was,\n"
	       "a seal was refused, or the run failed, 2 usage.\n");
}

static int
link_options_bad(const char *name, const char *value, const char *why)
{
	fprintf(stderr, "link: %s%s%s: %s (--help)\n", name,
		value[0] != '\0' ? " " : "", value, why);
	return 2;
}

/* The place of a word in a list of words, -1 if it is not there. */
static int
link_options_word(const char *list, const char *word)
{
	size_t len = strlen(word);
	int place = 0;

	while (*list != '\0') {
		size_t n = strcspn(list, " ");

		if (n == len && memcmp(list, word, n) == 0) {
			return place;
		}
		list += n + (list[n] == ' ');
		place++;
	}
	return -1;
}

static int
link_options_number(const link_option *p, const char *value, uint64_t *out)
{
	char *end;
	double d;

	errno = 0;
	d = strtod(value, &end);
	/* written so that a NaN is refused, too */
	if (end == value || *end != '\0' || errno != 0
		|| !(d >= p->min && d <= p->max)
		|| strspn(value, "0123456789.") != strlen(value)) {
		return link_options_bad(p->name, value, "no such value");
	}
	*out = (uint64_t)(d * p->unit + 0.5);
	if (p->unit < 2 && (double)*out != d) {
		return link_options_bad(p->name, value, "not a whole number");
	}
	return 0;
}

/* One interface, or two with a comma between them. */
static int
link_options_interfaces(link_options *o, const char *value)
{
	size_t n = strcspn(value, ",");
	const char *second = value[n] == ',' ? value + n + 1 : value;
	size_t m = strcspn(second, ",");

	if (n == 0 || n > 15 || m == 0 || m > 15
		|| (value[n] == ',' && second[m] != '\0')) {
		return link_options_bad("--raw", value, "no such value");
	}
	memcpy(o->interfaces[0], value, n);
	o->interfaces[0][n] = '\0';
	memcpy(o->interfaces[1], second, m);
	o->interfaces[1][m] = '\0';
	return 0;
}

static int
link_options_set(link_options *o, const link_option *p, const char *value)
{
	uint64_t number = 0;
	int place;

	if (p->at == AT(pcap)) {
		o->pcap = value;
		return 0;
	}
	if (p->at == AT(serial)) {
		o->serial = value;
		return 0;
	}
	if (p->at == AT(interfaces)) {
		return link_options_interfaces(o, value);
	}
	if (p->names != NULL) {
		place = link_options_word(p->names, value);
		if (place < 0) {
			return link_options_bad(
				p->name, value, "no such value");
		}
		number = (uint64_t)place;
	} else if (link_options_number(p, value, &number) != 0) {
		return 2;
	}
	memcpy((unsigned char *)o + p->at, &number, sizeof number);
	return 0;
}

static const link_option *
link_options_find(const char *name)
{
	size_t u;

	for (u = 0;
		u < sizeof link_options_table / sizeof link_options_table[0];
		u++) {
		if (strcmp(link_options_table[u].name, name) == 0) {
			return &link_options_table[u];
		}
	}
	return NULL;
}

static void
link_options_defaults(link_options *o)
{
	memset(o, 0, sizeof *o);
	o->cycle = LINK_MS;
	o->seconds = 5 * LINK_S;
	o->dmax = 100 * LINK_MS;
	o->plain = 40;
	o->slots = 2;
	o->seed = 1;
	o->hold = ~(uint64_t)0;
	o->period_0rtt = LINK_S;
	o->period_nrtt = 5 * LINK_S;
}

/* A line leads to one device, and has frames of its own alone. */
static int
link_options_check_serial(link_options *o)
{
	if (o->followers > 1 || o->preset != LINK_GENERIC || o->pcap != NULL
		|| o->interfaces[0][0] != '\0' || o->which != LINK_BOTH) {
		return link_options_bad("--serial", "",
			"not with --raw, --end, --pcap, other presets than "
			"generic, or more than one follower");
	}
	o->followers = 1;
	o->which = LINK_ONLY_INITIATOR;
	return 0;
}

/* What options have to be together. */
static int
link_options_check(link_options *o)
{
	if (o->hold == ~(uint64_t)0) {
		o->hold = o->delay < o->dmax / 2 ? o->dmax / 2 - o->delay : 0;
	}
	if (o->delay + o->hold >= o->dmax) {
		return link_options_bad(
			"--delay", "", "with --hold, not below --dmax");
	}
	if (o->dmax / o->cycle > LINK_SEEN / 4) {
		return link_options_bad(
			"--dmax", "", "more cycles than are remembered");
	}
	if (o->serial != NULL) {
		return link_options_check_serial(o);
	}
	o->followers = o->followers == 0 ? 4 : o->followers;
	if (o->interfaces[0][0] == '\0') {
		return o->which == LINK_BOTH
			? 0
			: link_options_bad("--end", "", "needs --raw");
	}
	if (o->preset == LINK_GENERIC) {
		return link_options_bad(
			"--raw", "", "needs --preset paper or draft");
	}
	return 0;
}

int
link_options_read(link_options *o, int argc, char **argv)
{
	int i;

	link_options_defaults(o);
	for (i = 1; i < argc; i += 2) {
		const link_option *p = link_options_find(argv[i]);

		if (strcmp(argv[i], "--help") == 0) {
			link_options_help();
			return 1;
		}
		if (p == NULL) {
			return link_options_bad(argv[i], "", "no such option");
		}
		if (i + 1 == argc) {
			return link_options_bad(argv[i], "", "needs a value");
		}
		if (link_options_set(o, p, argv[i + 1]) != 0) {
			return 2;
		}
	}
	return link_options_check(o);
}
