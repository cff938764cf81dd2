/*
 * watch.c - what became of each frame, and whether that is right
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Judges from the outside, by what any observer sees: when the frame was
 * sealed, its tag, and the key identifier and counter of its header. It
 * does not ask the link what it knows.
 */
#include <string.h>

#include "link.h"
#include "seamkey.h"
#include "seamkey_link.h"

/* Has a frame with this tag arrived before? Newest first. */
static int
link_watch_knows(const link_watch *w, uint64_t tag)
{
	unsigned u;

	for (u = 0; u < LINK_SEEN; u++) {
		if (w->tag[(w->at - 1 - u) % LINK_SEEN] == tag) {
			return 1;
		}
	}
	return 0;
}

static void
link_watch_remember(link_watch *w, uint64_t tag)
{
	w->tag[w->at % LINK_SEEN] = tag;
	w->at++;
}

/* The highest counter delivered under each of the last two keys. */
static void
link_watch_count(link_watch *w, const link_outcome *f)
{
	unsigned u;

	for (u = 0; u < 2; u++) {
		if (w->key[u].used && w->key[u].id == f->id) {
			if ((uint16_t)(f->counter - w->key[u].counter)
				< 0x8000) {
				w->key[u].counter = f->counter;
			}
			return;
		}
	}
	w->key[1] = w->key[0];
	w->key[0].used = 1;
	w->key[0].id = f->id;
	w->key[0].counter = f->counter;
}

/* Is this frame behind so many of its key that the window ends there? */
static int
link_watch_outrun(const link_watch *w, const link_outcome *f)
{
	unsigned u, behind;

	for (u = 0; u < 2; u++) {
		if (w->key[u].used && w->key[u].id == f->id) {
			behind = (uint16_t)(w->key[u].counter - f->counter);
			return behind < 0x8000 && behind >= LINK_WINDOW;
		}
	}
	return 0;
}

static int
link_watch_delivered(link_watch *w, link_stats *s, const link_outcome *f)
{
	uint64_t *place = &w->number[f->number % LINK_SEEN];

	if (!f->intact) {
		s->corrupt++;
		return 0;
	}
	if (*place == f->number + 1) {
		s->twice++;
		return 0;
	}
	*place = f->number + 1;
	s->arrived++;
	s->delivered++;
	link_watch_remember(w, f->tag);
	link_watch_count(w, f);
	if (f->number + 1 > w->highest) {
		w->highest = f->number + 1;
		return 1;
	}
	s->overtaken++;
	return 0;
}

int
link_watch_note(
	link_watch *w, link_stats *s, const link_outcome *f, uint64_t dmax)
{
	if (f->status == SEAMKEY_OK) {
		return link_watch_delivered(w, s, f);
	}
	if (link_watch_knows(w, f->tag)) {
		s->duplicates++;
		return 0;
	}
	link_watch_remember(w, f->tag);
	s->arrived++;
	if (f->age >= dmax) {
		s->late++;
	} else if (f->status == SEAMKEY_ERR_LINK_LATE
		&& link_watch_outrun(w, f)) {
		s->outrun++;
	} else {
		s->wrong++;
		s->wrong_status = f->status;
	}
	return 0;
}
