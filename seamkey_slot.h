/*
 * seamkey_slot.h - slots for keys, and the two views of them
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * CONTENTS
 *   1. Errors    2. Slots and views
 * Search for "[slot.2]" to reach section 2: declarations first,
 * definitions second.
 *
 * WHAT IT IS
 *   The state machine under a link that changes its keys: which slot's key
 *   is pending, active, obsolete, for the provider and for the consumer.
 *   It needs no cipher; hardware with slots of its own can use it alone.
 */
#include "seamkey_base.h"

#ifndef SEAMKEY_SLOT_H
#define SEAMKEY_SLOT_H

#ifdef __cplusplus
extern "C" {
#endif

/* ---- [slot.1] Errors ------------------------------------------------- */

/* clang-format off */
#define SEAMKEY_SLOT_ERRORS(X) \
	X(SEAMKEY_ERR_SLOT_TRANSITION, -300, \
		"the slots do not admit this transition now")
/* clang-format on */

enum seamkey_slot_error {
	SEAMKEY_SLOT_ERRORS(SEAMKEY_I_ENUM) SEAMKEY_SLOT_NO_ERROR = 0
};

/* As seamkey_base_text(), for the codes of base and slot. */
SEAMKEY_API const char *seamkey_slot_text(int status);

/* ---- [slot.2] Slots and views ---------------------------------------- */

/*
 * Keys lie in slots, 2 to 8, and each end looks at its slots twice: as the
 * provider that seals, and as the consumer that opens. A view is three
 * marks, generations modulo 256: what has been pushed, what is active, the
 * oldest that is still of use. They give each slot's state, so that no
 * view can have two active keys:
 *
 *   generation == active            Active
 *   generation == active + 1        Pending, if pushed
 *   oldest <= generation < active   Obsolete
 *   all others                      Unused
 *
 * With two slots the pairs are seven: UU, AU, UA, AP, PA, AO, OA. Each mark
 * has one writer, named here by the call that it belongs to.
 */
typedef struct seamkey_view {
	uint8_t live;   /* work: 0 before Install and after Reset */
	uint8_t pushed; /* work */
	uint8_t active; /* seal in the provider's, open in the consumer's */
	uint8_t oldest; /* work */
} seamkey_view;

enum seamkey_slot_state {
	SEAMKEY_SLOT_UNUSED,
	SEAMKEY_SLOT_PENDING,
	SEAMKEY_SLOT_ACTIVE,
	SEAMKEY_SLOT_OBSOLETE
};

/*
 * The transitions, and there are no others. Each returns SEAMKEY_OK, or
 * SEAMKEY_ERR_SLOT_TRANSITION with the view unchanged.
 *
 *   install  UU -> AU: the first key, pending for nobody
 *   push     a key into the next slot, if all is settled and one is free
 *   switch   the pending key becomes active
 *   timeout  the oldest obsolete key goes
 *   abort    the pending key goes; only for one that nobody can have used
 *   reset    any state -> UU; never fails
 */
SEAMKEY_API int seamkey_view_install(seamkey_view *v, uint8_t generation);
SEAMKEY_API int seamkey_view_push(seamkey_view *v, unsigned slots);
SEAMKEY_API int seamkey_view_switch(seamkey_view *v);
SEAMKEY_API int seamkey_view_timeout(seamkey_view *v);
SEAMKEY_API int seamkey_view_abort(seamkey_view *v);
SEAMKEY_API void seamkey_view_reset(seamkey_view *v);

/* The state in this view of the slot that holds this generation. */
SEAMKEY_API int seamkey_view_state(const seamkey_view *v, uint8_t generation);

/*
 * Can these be the states of so many slots in one view? All are Unused; or
 * one is Active, one at most Pending, and the others are Obsolete or Unused.
 * 1 or 0. For tests and for hardware that tells states.
 */
SEAMKEY_API int seamkey_view_check(const unsigned char *states, unsigned slots);

#ifdef __cplusplus
}
#endif
#endif /* SEAMKEY_SLOT_H */

/* ===================== definitions ==================================== */
#if (!defined(SEAMKEY_EXTERN) || defined(SEAMKEY_IMPLEMENTATION)) \
	&& !defined(SEAMKEY_SLOT_IMPLEMENTED)
#define SEAMKEY_SLOT_IMPLEMENTED

#ifdef __cplusplus
extern "C" {
#endif

/* ---- [slot.1] Errors ------------------------------------------------- */

SEAMKEY_API const char *
seamkey_slot_text(int status)
{
	switch (status) {
		SEAMKEY_SLOT_ERRORS(SEAMKEY_I_TEXT)
	default:
		return seamkey_base_text(status);
	}
}

/* ---- [slot.2] Slots and views ---------------------------------------- */

/* A view as it is now, for work: active is another's to write. */
static inline seamkey_view
seamkey_i_view_look(const seamkey_view *v)
{
	seamkey_view now;

	now.live = v->live;
	now.pushed = v->pushed;
	now.active = SEAMKEY_OBSERVE(&v->active);
	now.oldest = v->oldest;
	return now;
}

SEAMKEY_API int
seamkey_view_install(seamkey_view *v, uint8_t generation)
{
	if (v->live) {
		return SEAMKEY_ERR_SLOT_TRANSITION;
	}
	SEAMKEY_PUBLISH(&v->oldest, generation);
	SEAMKEY_PUBLISH(&v->active, generation);
	SEAMKEY_PUBLISH(&v->pushed, generation);
	SEAMKEY_PUBLISH(&v->live, 1);
	return SEAMKEY_OK;
}

SEAMKEY_API int
seamkey_view_push(seamkey_view *v, unsigned slots)
{
	if (!v->live || v->pushed != SEAMKEY_OBSERVE(&v->active)
		|| (unsigned)(uint8_t)(v->pushed - v->oldest) + 1 >= slots) {
		return SEAMKEY_ERR_SLOT_TRANSITION;
	}
	SEAMKEY_PUBLISH(&v->pushed, v->pushed + 1);
	return SEAMKEY_OK;
}

/* Switch if go is 1 and a key is pending. Returns 1 where it has. Seal and
 * open ask in every call: whether it happens makes no difference to them. */
static inline unsigned
seamkey_i_view_switch(seamkey_view *v, unsigned go)
{
	uint8_t active = v->active;

	go &= (unsigned)(SEAMKEY_OBSERVE(&v->live) != 0)
		& (unsigned)(SEAMKEY_OBSERVE(&v->pushed)
			== (uint8_t)(active + 1));
	SEAMKEY_PUBLISH(&v->active, active + go);
	return go;
}

SEAMKEY_API int
seamkey_view_switch(seamkey_view *v)
{
	return seamkey_i_view_switch(v, 1) ? SEAMKEY_OK
					   : SEAMKEY_ERR_SLOT_TRANSITION;
}

SEAMKEY_API int
seamkey_view_timeout(seamkey_view *v)
{
	if (!v->live || v->oldest == SEAMKEY_OBSERVE(&v->active)) {
		return SEAMKEY_ERR_SLOT_TRANSITION;
	}
	SEAMKEY_PUBLISH(&v->oldest, v->oldest + 1);
	return SEAMKEY_OK;
}

SEAMKEY_API int
seamkey_view_abort(seamkey_view *v)
{
	if (!v->live || v->pushed == SEAMKEY_OBSERVE(&v->active)) {
		return SEAMKEY_ERR_SLOT_TRANSITION;
	}
	SEAMKEY_PUBLISH(&v->pushed, v->pushed - 1);
	return SEAMKEY_OK;
}

SEAMKEY_API void
seamkey_view_reset(seamkey_view *v)
{
	SEAMKEY_PUBLISH(&v->live, 0);
}

SEAMKEY_API int
seamkey_view_state(const seamkey_view *v, uint8_t generation)
{
	uint8_t active = SEAMKEY_OBSERVE(&v->active);
	uint8_t age = (uint8_t)(active - generation);

	if (!SEAMKEY_OBSERVE(&v->live)) {
		return SEAMKEY_SLOT_UNUSED;
	}
	if (age == 0) {
		return SEAMKEY_SLOT_ACTIVE;
	}
	if (age == 255 && SEAMKEY_OBSERVE(&v->pushed) == generation) {
		return SEAMKEY_SLOT_PENDING;
	}
	if (age <= (uint8_t)(active - SEAMKEY_OBSERVE(&v->oldest))) {
		return SEAMKEY_SLOT_OBSOLETE;
	}
	return SEAMKEY_SLOT_UNUSED;
}

SEAMKEY_API int
seamkey_view_check(const unsigned char *states, unsigned slots)
{
	unsigned count[4] = { 0, 0, 0, 0 }, u;

	for (u = 0; u < slots; u++) {
		if (states[u] > SEAMKEY_SLOT_OBSOLETE) {
			return 0;
		}
		count[states[u]]++;
	}
	if (count[SEAMKEY_SLOT_UNUSED] == slots) {
		return 1;
	}
	return count[SEAMKEY_SLOT_ACTIVE] == 1
		&& count[SEAMKEY_SLOT_PENDING] <= 1;
}

#ifdef __cplusplus
}
#endif
#endif
