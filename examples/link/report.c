/*
 * report.c - the status line while it runs, and the table at the end
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "link.h"

#define UNKNOWN UINT64_MAX

static void
report_longest(uint64_t *longest, const uint64_t *gap)
{
	unsigned u;

	for (u = 0; u < 2; u++) {
		if (gap[u] > longest[u]) {
			longest[u] = gap[u];
		}
	}
}

/* All relations of one end together; side 0 is the initiator. */
static link_stats
report_sum(const link_options *o, const link_shared *shared, unsigned side)
{
	const link_stats *of = shared->stats[side];
	link_stats sum;
	unsigned u;

	memset(&sum, 0, sizeof sum);
	for (u = 0; u < o->followers; u++) {
		const link_stats *s = &of[u];

		sum.sealed += s->sealed;
		sum.lost += s->lost;
		sum.doubled += s->doubled;
		sum.held += s->held;
		sum.unsent += s->unsent;
		sum.refused_seals += s->refused_seals;
		sum.arrived += s->arrived;
		sum.delivered += s->delivered;
		sum.overtaken += s->overtaken;
		sum.duplicates += s->duplicates;
		sum.outrun += s->outrun;
		sum.late += s->late;
		sum.wrong += s->wrong;
		sum.twice += s->twice;
		sum.corrupt += s->corrupt;
		sum.wrong_status =
			s->wrong != 0 ? s->wrong_status : sum.wrong_status;
		sum.rekeys_0rtt += s->rekeys_0rtt;
		sum.rekeys_nrtt += s->rekeys_nrtt;
		sum.starts += s->starts;
		sum.abandoned += s->abandoned;
		sum.events += s->events;
		sum.messages += s->messages;
		sum.messages_lost += s->messages_lost;
		report_longest(sum.gap_sealed, s->gap_sealed);
		report_longest(sum.gap_delivered, s->gap_delivered);
	}
	return sum;
}

uint64_t
link_report_wrong(const link_options *o, const link_shared *shared)
{
	link_stats i = report_sum(o, shared, 0);
	link_stats f = report_sum(o, shared, 1);

	return i.wrong + f.wrong + i.twice + f.twice + i.corrupt + f.corrupt
		+ i.refused_seals + f.refused_seals;
}

unsigned
link_report_silent(const link_options *o, const link_shared *shared)
{
	unsigned u, silent = 0;

	for (u = 0; u < o->followers; u++) {
		if ((o->which != LINK_ONLY_FOLLOWERS
			    && shared->stats[0][u].delivered == 0)
			|| (o->which != LINK_ONLY_INITIATOR
				&& shared->stats[1][u].delivered == 0)) {
			silent++;
		}
	}
	return silent;
}

void
link_report_line(const link_options *o, const link_shared *shared)
{
	link_stats i = report_sum(o, shared, 0);
	link_stats f = report_sum(o, shared, 1);
	const link_stats *rekeys = o->which == LINK_ONLY_FOLLOWERS ? &f : &i;
	double seconds = (double)(link_now() - shared->begin) / 1e9;

	printf("\r\033[K%6.1f s  frames %" PRIu64 "  lost %" PRIu64
	       "  wrongly refused %" PRIu64 "  rekeys %" PRIu64
	       " 0-RTT %" PRIu64 " n-RTT",
		seconds, i.sealed + f.sealed, i.lost + f.lost,
		i.wrong + f.wrong, rekeys->rekeys_0rtt, rekeys->rekeys_nrtt);
	(void)fflush(stdout);
}

/* ---- the table ----------------------------------------------------------- */

static void
report_cell(uint64_t value)
{
	if (value == UNKNOWN) {
		printf(" %12s", "-");
	} else {
		printf(" %12" PRIu64, value);
	}
}

static void
report_row(const char *what, uint64_t a, uint64_t b)
{
	printf("%-36s", what);
	report_cell(a);
	report_cell(b);
	printf("\n");
}

static void
report_time(const link_options *o, uint64_t ns)
{
	if (ns == UNKNOWN) {
		printf(" %12s %12s", "-", "");
	} else {
		printf(" %9.3f ms %5.2f cycles", (double)ns / 1e6,
			(double)ns / (double)o->cycle);
	}
}

static void
report_gap(const link_options *o, const char *what, uint64_t a, uint64_t b)
{
	printf("%-36s", what);
	report_time(o, a);
	report_time(o, b);
	printf("\n");
}

/* The middle one of all gaps between frames sealed with no rekey under
 * way, in cycles. */
static double
report_median(const link_shared *shared)
{
	uint64_t count[LINK_BUCKETS] = { 0 }, all = 0, below = 0;
	unsigned u, k;

	for (u = 0; u <= LINK_FOLLOWERS; u++) {
		for (k = 0; k < LINK_BUCKETS; k++) {
			count[k] += shared->gaps[u][k];
			all += shared->gaps[u][k];
		}
	}
	for (k = 0; k < LINK_BUCKETS; k++) {
		below += count[k];
		if (2 * below > all) {
			return (double)k / 32;
		}
	}
	return 0;
}

static uint64_t
report_missing(uint64_t sealed, uint64_t lost, uint64_t arrived)
{
	return sealed > lost + arrived ? sealed - lost - arrived : 0;
}

/* What both directions have: i is the initiator, f the followers. */
static void
report_frames(const link_options *o, const link_stats *i, const link_stats *f)
{
	printf("%-36s %12s %12s\n", "", "to followers", "to initiator");
	report_row("frames sealed", i->sealed, f->sealed);
	report_row("  seals refused", i->refused_seals, f->refused_seals);
	report_row("  lost by the channel", i->lost, f->lost);
	report_row("  sent twice by the channel", i->doubled, f->doubled);
	report_row("  held back by the channel", i->held, f->held);
	if (o->which == LINK_BOTH) {
		report_row("  not arrived (this machine)",
			report_missing(i->sealed, i->lost, f->arrived),
			report_missing(f->sealed, f->lost, i->arrived));
	} else {
		report_row("  not sent (this machine)", i->unsent, f->unsent);
	}
	report_row("frames delivered", f->delivered, i->delivered);
	report_row("  overtaken, and delivered", f->overtaken, i->overtaken);
	report_row("wrongly refused", f->wrong, i->wrong);
	report_row("delivered twice", f->twice, i->twice);
	report_row("delivered damaged", f->corrupt, i->corrupt);
	report_row("duplicates dropped", f->duplicates, i->duplicates);
	report_row("overtaken beyond the window", f->outrun, i->outrun);
	report_row("late (this machine)", f->late, i->late);
}

static void
report_rekeys(const link_options *o, const link_stats *i, const link_stats *f)
{
	printf("\n%-36s %12s %12s\n", "", "initiator", "followers");
	report_row("starts", i->starts, f->starts);
	report_row("rekeys 0-RTT", i->rekeys_0rtt, f->rekeys_0rtt);
	report_row("rekeys n-RTT", i->rekeys_nrtt, f->rekeys_nrtt);
	report_row("exchanges abandoned", i->abandoned, f->abandoned);
	report_row("exchange messages", i->messages, f->messages);
	report_row("  lost by the channel", i->messages_lost, f->messages_lost);
	report_row("alarms and errors", i->events, f->events);
	report_gap(o, "longest gap sealing, rekey under way", i->gap_sealed[1],
		f->gap_sealed[1]);
	report_gap(o, "longest gap sealing, otherwise", i->gap_sealed[0],
		f->gap_sealed[0]);
	report_gap(o, "longest gap delivered, rekey", i->gap_delivered[1],
		f->gap_delivered[1]);
	report_gap(o, "longest gap delivered, otherwise", i->gap_delivered[0],
		f->gap_delivered[0]);
}

/* What must not be. */
static void
report_faults(const link_options *o, const link_shared *shared)
{
	link_stats i = report_sum(o, shared, 0);
	link_stats f = report_sum(o, shared, 1);

	if (i.wrong + f.wrong != 0) {
		printf("\nWRONGLY REFUSED: %" PRIu64 " frames; the last: %s\n",
			i.wrong + f.wrong,
			link_end_text(f.wrong != 0 ? f.wrong_status
						   : i.wrong_status));
	}
	if (i.refused_seals + f.refused_seals != 0) {
		printf("\nSEALS REFUSED: %" PRIu64 "\n",
			i.refused_seals + f.refused_seals);
	}
	if (i.twice + f.twice != 0) {
		printf("\nDELIVERED TWICE: %" PRIu64 " frames\n",
			i.twice + f.twice);
	}
	if (i.corrupt + f.corrupt != 0) {
		printf("\nDAMAGED: %" PRIu64 " frames\n",
			i.corrupt + f.corrupt);
	}
}

void
link_report_table(const link_options *o, const link_shared *shared)
{
	link_stats i = report_sum(o, shared, 0);
	link_stats f = report_sum(o, shared, 1);
	size_t state, contexts, shared_by_all;

	/* of an end that runs elsewhere nothing is known */
	if (o->which == LINK_ONLY_INITIATOR) {
		memset(&f, 0xFF, sizeof f);
	} else if (o->which == LINK_ONLY_FOLLOWERS) {
		memset(&i, 0xFF, sizeof i);
	}
	report_frames(o, &i, &f);
	report_rekeys(o, &i, &f);
	printf("%-36s %9.3f ms\n", "steady cycle (median)",
		report_median(shared) * (double)o->cycle / 1e6);
	link_end_memory(o, &state, &contexts, &shared_by_all);
	printf("%-36s %12zu octets, and %zu of cipher contexts\n",
		"memory per relation", state, contexts);
	printf("%-36s %12zu octets (with signatures: each)\n",
		"  seamkey_link_auth, one for all", shared_by_all);
	report_faults(o, shared);
}
