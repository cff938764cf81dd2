/*
 * link.pml - a rekey of two ends, for spin
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Made by tests/spin/generate.sh from tests/spin/edges.txt: change that.
 *
 * Two ends, initiator and follower, each with a provider's and a consumer's
 * view of its slots. Time goes in ticks. In each both ends seal a frame,
 * which may be opened until DELAY ticks have passed, at any time, in any
 * order, any number of times, or never: a lost frame is one that nobody
 * opens. The messages of the exchange may come at any time, again, or late:
 * those of the last two attempts are kept. There is no end to the rekeys.
 *
 * Weak fairness is that of the eight processes: the clock goes on, each end
 * seals and does the work that is due, and in each direction some frame is
 * opened again and again, some message delivered if there is one that is of
 * use. Nothing else: losses in a row have no bound.
 *
 * Generations are counted from the oldest that anybody still has: norm().
 *
 *   SLOTS  slots of each end, 2 or 3      IDS    values of a key identifier
 *   DELAY  ticks in which a frame comes   GRACE  ticks that an old key stays
 */
#ifndef SLOTS
#define SLOTS 2
#endif
#ifndef DELAY
#define DELAY 2
#endif
#ifndef GRACE
#define GRACE DELAY
#endif
#ifndef IDS
#define IDS 4
#endif

#define I   0
#define F   1
#define I_P view[0]
#define I_C view[1]
#define F_P view[2]
#define F_C view[3]

/* next of a frame: nothing, a derived key, an agreed key */
#define DERIVE 1
#define NRTT   2

/* kid: which key the newest one is */
#define DERIVED   0
#define AGREED(r) ((r) + 1)

/* x: the exchange */
#define NONE    0
#define ASKED   1 /* initiator: message 1 is being sent */
#define STAGED  2 /* follower: message 2 is being sent */
#define READY   3 /* the last message that was needed has come */
#define CONFIRM 4 /* initiator: message 3 is being sent */

#define AGES    (DELAY + 1)
#define MARKS   8
#define NOWHERE 15  /* base of an attempt that is of no use any more */
#define EMPTY   255 /* frame that has not been sealed yet */

#if SLOTS == 2
mtype = { UU, AU, AP, OA, UA, PA, AO };
#define STEADY AU
#define can_push(v) ((v) == AU || (v) == UA)
inline view_push(v)
{
	if
	:: v == AU -> v = AP
	:: v == UA -> v = PA
	:: else -> assert(false)
	fi
}
#define can_switch(v) ((v) == AP || (v) == PA)
inline view_switch(v)
{
	if
	:: v == AP -> v = OA
	:: v == PA -> v = AO
	:: else -> assert(false)
	fi
}
#define can_timeout(v) ((v) == OA || (v) == AO)
inline view_timeout(v)
{
	if
	:: v == OA -> v = UA
	:: v == AO -> v = AU
	:: else -> assert(false)
	fi
}
#define can_abort(v) ((v) == AP || (v) == PA)
inline view_abort(v)
{
	if
	:: v == AP -> v = AU
	:: v == PA -> v = UA
	:: else -> assert(false)
	fi
}
#define has_pending(v) ((v) == AP || (v) == PA)
#define has_obsolete(v) ((v) == OA || (v) == AO)
#elif SLOTS == 3
mtype = { UUU, AUU, APU, OAU, OAP, UAU, OOA, UAP, UOA, POA, UUA, AOO,
	PUA, AUO, APO, OAO };
#define STEADY AUU
#define can_push(v) ((v) == AUU || (v) == OAU || (v) == UAU || \
	(v) == UOA || (v) == UUA || (v) == AUO)
inline view_push(v)
{
	if
	:: v == AUU -> v = APU
	:: v == OAU -> v = OAP
	:: v == UAU -> v = UAP
	:: v == UOA -> v = POA
	:: v == UUA -> v = PUA
	:: v == AUO -> v = APO
	:: else -> assert(false)
	fi
}
#define can_switch(v) ((v) == APU || (v) == OAP || (v) == UAP || \
	(v) == POA || (v) == PUA || (v) == APO)
inline view_switch(v)
{
	if
	:: v == APU -> v = OAU
	:: v == OAP -> v = OOA
	:: v == UAP -> v = UOA
	:: v == POA -> v = AOO
	:: v == PUA -> v = AUO
	:: v == APO -> v = OAO
	:: else -> assert(false)
	fi
}
#define can_timeout(v) ((v) == OAU || (v) == OAP || (v) == OOA || \
	(v) == UOA || (v) == POA || (v) == AOO || (v) == AUO || \
	(v) == APO || (v) == OAO)
inline view_timeout(v)
{
	if
	:: v == OAU -> v = UAU
	:: v == OAP -> v = UAP
	:: v == OOA -> v = UOA
	:: v == UOA -> v = UUA
	:: v == POA -> v = PUA
	:: v == AOO -> v = AUO
	:: v == AUO -> v = AUU
	:: v == APO -> v = APU
	:: v == OAO -> v = OAU
	:: else -> assert(false)
	fi
}
#define can_abort(v) ((v) == APU || (v) == OAP || (v) == UAP || \
	(v) == POA || (v) == PUA || (v) == APO)
inline view_abort(v)
{
	if
	:: v == APU -> v = AUU
	:: v == OAP -> v = OAU
	:: v == UAP -> v = UAU
	:: v == POA -> v = UOA
	:: v == PUA -> v = UUA
	:: v == APO -> v = AUO
	:: else -> assert(false)
	fi
}
#define has_pending(v) ((v) == APU || (v) == OAP || (v) == UAP || \
	(v) == POA || (v) == PUA || (v) == APO)
#define has_obsolete(v) ((v) == OAU || (v) == OAP || (v) == OOA || \
	(v) == UOA || (v) == POA || (v) == AOO || (v) == AUO || \
	(v) == APO || (v) == OAO)
#elif SLOTS == 4
mtype = { UUUU, AUUU, APUU, OAUU, OAPU, UAUU, OOAU, UAPU, OOAP, UOAU,
	OOOA, UOAP, UUAU, UOOA, UUAP, POOA, UUOA, AOOO, PUOA, UUUA, AUOO, PUUA,
	APOO, AUUO, OAOO, APUO, OAUO, OAPO, OOAO };
#define STEADY AUUU
#define can_push(v) ((v) == AUUU || (v) == OAUU || (v) == UAUU || \
	(v) == OOAU || (v) == UOAU || (v) == UUAU || (v) == UOOA || \
	(v) == UUOA || (v) == UUUA || (v) == AUOO || (v) == AUUO || \
	(v) == OAUO)
inline view_push(v)
{
	if
	:: v == AUUU -> v = APUU
	:: v == OAUU -> v = OAPU
	:: v == UAUU -> v = UAPU
	:: v == OOAU -> v = OOAP
	:: v == UOAU -> v = UOAP
	:: v == UUAU -> v = UUAP
	:: v == UOOA -> v = POOA
	:: v == UUOA -> v = PUOA
	:: v == UUUA -> v = PUUA
	:: v == AUOO -> v = APOO
	:: v == AUUO -> v = APUO
	:: v == OAUO -> v = OAPO
	:: else -> assert(false)
	fi
}
#define can_switch(v) ((v) == APUU || (v) == OAPU || (v) == UAPU || \
	(v) == OOAP || (v) == UOAP || (v) == UUAP || (v) == POOA || \
	(v) == PUOA || (v) == PUUA || (v) == APOO || (v) == APUO || \
	(v) == OAPO)
inline view_switch(v)
{
	if
	:: v == APUU -> v = OAUU
	:: v == OAPU -> v = OOAU
	:: v == UAPU -> v = UOAU
	:: v == OOAP -> v = OOOA
	:: v == UOAP -> v = UOOA
	:: v == UUAP -> v = UUOA
	:: v == POOA -> v = AOOO
	:: v == PUOA -> v = AUOO
	:: v == PUUA -> v = AUUO
	:: v == APOO -> v = OAOO
	:: v == APUO -> v = OAUO
	:: v == OAPO -> v = OOAO
	:: else -> assert(false)
	fi
}
#define can_timeout(v) ((v) == OAUU || (v) == OAPU || (v) == OOAU || \
	(v) == OOAP || (v) == UOAU || (v) == OOOA || (v) == UOAP || \
	(v) == UOOA || (v) == POOA || (v) == UUOA || (v) == AOOO || \
	(v) == PUOA || (v) == AUOO || (v) == APOO || (v) == AUUO || \
	(v) == OAOO || (v) == APUO || (v) == OAUO || (v) == OAPO || \
	(v) == OOAO)
inline view_timeout(v)
{
	if
	:: v == OAUU -> v = UAUU
	:: v == OAPU -> v = UAPU
	:: v == OOAU -> v = UOAU
	:: v == OOAP -> v = UOAP
	:: v == UOAU -> v = UUAU
	:: v == OOOA -> v = UOOA
	:: v == UOAP -> v = UUAP
	:: v == UOOA -> v = UUOA
	:: v == POOA -> v = PUOA
	:: v == UUOA -> v = UUUA
	:: v == AOOO -> v = AUOO
	:: v == PUOA -> v = PUUA
	:: v == AUOO -> v = AUUO
	:: v == APOO -> v = APUO
	:: v == AUUO -> v = AUUU
	:: v == OAOO -> v = OAUO
	:: v == APUO -> v = APUU
	:: v == OAUO -> v = OAUU
	:: v == OAPO -> v = OAPU
	:: v == OOAO -> v = OOAU
	:: else -> assert(false)
	fi
}
#define can_abort(v) ((v) == APUU || (v) == OAPU || (v) == UAPU || \
	(v) == OOAP || (v) == UOAP || (v) == UUAP || (v) == POOA || \
	(v) == PUOA || (v) == PUUA || (v) == APOO || (v) == APUO || \
	(v) == OAPO)
inline view_abort(v)
{
	if
	:: v == APUU -> v = AUUU
	:: v == OAPU -> v = OAUU
	:: v == UAPU -> v = UAUU
	:: v == OOAP -> v = OOAU
	:: v == UOAP -> v = UOAU
	:: v == UUAP -> v = UUAU
	:: v == POOA -> v = UOOA
	:: v == PUOA -> v = UUOA
	:: v == PUUA -> v = UUUA
	:: v == APOO -> v = AUOO
	:: v == APUO -> v = AUUO
	:: v == OAPO -> v = OAUO
	:: else -> assert(false)
	fi
}
#define has_pending(v) ((v) == APUU || (v) == OAPU || (v) == UAPU || \
	(v) == OOAP || (v) == UOAP || (v) == UUAP || (v) == POOA || \
	(v) == PUOA || (v) == PUUA || (v) == APOO || (v) == APUO || \
	(v) == OAPO)
#define has_obsolete(v) ((v) == OAUU || (v) == OAPU || (v) == OOAU || \
	(v) == OOAP || (v) == UOAU || (v) == OOOA || (v) == UOAP || \
	(v) == UOOA || (v) == POOA || (v) == UUOA || (v) == AOOO || \
	(v) == PUOA || (v) == AUOO || (v) == APOO || (v) == AUUO || \
	(v) == OAOO || (v) == APUO || (v) == OAUO || (v) == OAPO || \
	(v) == OOAO)
#endif

mtype view[4] = STEADY;
byte pa[2], ca[2], pu[2], co[2]; /* marks */
byte peer[2], grace[2], x[2], kid[2];
bit making[2];
byte announce;     /* initiator: an agreed key is on its way */
bit gaveup;        /* initiator: an attempt was abandoned, nothing begun */
byte attempt = 2;  /* follower: of the newest message 1; 2: an older one */
byte base[2] = NOWHERE; /* of an attempt: the generation it was begun in */
bit message2[2], message3[2];
byte frame[2 * AGES]; /* g + 8 * n, by direction and age */
bit sealed[2] = 1;    /* in this tick */
hidden byte g, n, u;

/* A generation that is noted modulo MARKS: the one after it; is it not an
 * older one than what was noted before? */
#define NEXT(v)       (((v) + 1) % MARKS)
#define NOT_OLD(v, w) (((v) + MARKS - (w)) % MARKS < MARKS / 2)

#define CAN_PUSH(e) (can_push(view[2 * (e)]) && can_push(view[2 * (e) + 1]))
#define SETTLED(e)  (pa[e] == pu[e] && ca[e] == pu[e])
#define EVEN        (SETTLED(I) && peer[I] == pu[I])
#define IDLE(e)     (x[e] == NONE && !making[e])
#define KIND(e)     (kid[e] == DERIVED -> DERIVE : NRTT)

/* Push into both views of an end. Two keys of one generation are the same;
 * no two that are held have the same identifier. */
inline push(e)
{
	view_push(view[2 * e]);
	view_push(view[2 * e + 1]);
	pu[e]++;
	assert(pu[I] != pu[F] || kid[I] == kid[F]);
	assert(pu[e] - co[e] < IDS && pu[e] - co[e] < SLOTS)
}

/* The initiator begins an attempt: the latest is now the one before. */
inline new_attempt()
{
	if
	:: base[0] == pu[F] ->
		base[1] = base[0]; message2[1] = message2[0];
		message3[1] = message3[0]
	:: else ->
		base[1] = NOWHERE; message2[1] = 0; message3[1] = 0
	fi;
	base[0] = pu[I]; message2[0] = 0; message3[0] = 0;
	attempt = (attempt < 2 -> attempt + 1 : 2);
	kid[I] = DERIVED;
	if
	:: pu[F] > pu[I] -> kid[F] = (kid[F] == AGREED(0) -> AGREED(1) : 3)
	:: else -> kid[F] = DERIVED
	fi
}

/* An end seals a frame: only with a key that the other end holds, and the
 * same one. */
inline seal(e)
{
	g = pa[e];
	assert(g >= co[1 - e] && g <= pu[1 - e]);
	assert(g != pu[I] || g != pu[F] || kid[I] == kid[F]);
	n = (pu[e] > pa[e] -> KIND(e) : (e == I -> announce : 0));
	frame[e * AGES] = g + 8 * n;
	sealed[e] = 1
}

/* Views and marks are two statements of one thing; nobody is more than one
 * generation ahead. */
inline check(e)
{
	assert(has_pending(view[2 * e]) == (pu[e] > pa[e]));
	assert(has_pending(view[2 * e + 1]) == (pu[e] > ca[e]));
	assert(has_obsolete(view[2 * e + 1]) == (ca[e] > co[e]));
	assert(pa[e] <= ca[e] + 1 && ca[e] <= pa[e] + 1);
	assert(pu[e] <= pa[e] + 1 && pu[e] <= ca[e] + 1)
}

#define LESS(v) v = (v > 0 -> v - 1 : 0)

/* Count from the next generation on if nobody has anything of the first. */
inline norm()
{
	u = 0;
	do
	:: u < 2 * AGES && frame[u] % 8 > 0 -> u++
	:: else -> break
	od;
	if
	:: u == 2 * AGES && co[I] > 0 && co[F] > 0 ->
		do
		:: u > 0 -> u--; frame[u] = frame[u] - 1
		:: else -> break
		od;
		do
		:: u < 2 ->
			LESS(pa[u]); LESS(ca[u]); LESS(pu[u]); LESS(co[u]);
			if
			:: base[u] == NOWHERE
			:: base[u] == 0 -> base[u] = NOWHERE
			:: else -> base[u] = base[u] - 1
			fi;
			u++
		:: else -> break
		od;
		LESS(peer[I]);
		peer[F] = (peer[F] + MARKS - 1) % MARKS
	:: else
	fi;
	assert(pu[I] < 7 && pu[F] < 7)
}

/* Any of the frames that an end may open now; there always is one. */
inline choose(e)
{
	do
	:: age < DELAY -> age++
	:: frame[(1 - e) * AGES + age] != EMPTY -> break
	od
}

/* Whoever opens a frame that is not too old has its key. */
inline open(e)
{
	g = frame[(1 - e) * AGES + age] % 8;
	n = frame[(1 - e) * AGES + age] / 8;
	assert(g >= co[e] && g <= pu[e])
}

/* A tick: every frame is older, those that are too old are gone. */
active proctype clock()
{
	byte age;

	do
	:: d_step {
		sealed[I] && sealed[F] ->
		sealed[I] = 0;
		sealed[F] = 0;
		age = DELAY;
		do
		:: age > 0 ->
			frame[age] = frame[age - 1];
			frame[AGES + age] = frame[AGES + age - 1];
			age--
		:: else -> break
		od;
		LESS(grace[I]);
		LESS(grace[F]);
		check(I);
		check(F);
		assert(pa[I] <= pa[F] + 1 && pa[F] <= pa[I] + 1);
		norm();
		frame[0] = EMPTY;
		frame[AGES] = EMPTY
	}
	od
}

active proctype initiator_seal()
{
	do
	:: d_step {
		!sealed[I] ->
		/* seal switch */
		if
		:: pu[I] > pa[I] && peer[I] == pu[I] ->
			view_switch(I_P); pa[I]++
		:: else
		fi;
		seal(I)
	}
	od
}

active proctype follower_seal()
{
	do
	:: d_step {
		!sealed[F] ->
		/* seal switch */
		if
		:: pu[F] > pa[F] && ca[F] == pu[F] ->
			view_switch(F_P); pa[F]++
		:: else
		fi;
		seal(F)
	}
	od
}

active proctype initiator_open()
{
	byte age;

	do
	:: atomic {
		choose(I);
		open(I);
		/* open switch */
		if
		:: g == ca[I] + 1 ->
			view_switch(I_C); ca[I]++; grace[I] = GRACE
		:: else
		fi;
		/* open ready */
		if
		:: g + (n != 0) > peer[I] ->
			assert(n == 0 || n == KIND(I));
			peer[I] = g + (n != 0)
		:: else
		fi;
		age = 0
	}
	od
}

active proctype follower_open()
{
	byte age;

	do
	:: atomic {
		choose(F);
		open(F);
		/* open switch */
		if
		:: g == ca[F] + 1 ->
			view_switch(F_C); ca[F]++; grace[F] = GRACE;
			peer[F] = g
		:: else
		fi;
		/* open asked */
		if
		:: n == DERIVE && NOT_OLD(g + 1, peer[F]) ->
			peer[F] = NEXT(g)
		:: else
		fi;
		age = 0
	}
	od
}

active proctype initiator_work()
{
	do
	/* work derive */
	:: atomic { IDLE(I) && EVEN && CAN_PUSH(I) ->
		making[I] = 1; gaveup = 0
	}
	/* work push-derived */
	:: atomic { making[I] ->
		making[I] = 0; kid[I] = DERIVED; announce = 0; push(I)
	}
	/* work ask */
	:: atomic { IDLE(I) && EVEN && CAN_PUSH(I) ->
		x[I] = ASKED; announce = NRTT; gaveup = 0; new_attempt()
	}
	/* work abandon */
	:: atomic { x[I] == ASKED ->
		x[I] = NONE; announce = 0; gaveup = 1
	}
	/* work give-way */
	:: atomic { x[I] == ASKED && EVEN && CAN_PUSH(I) ->
		x[I] = NONE; making[I] = 1
	}
	/* work push-agreed */
	:: atomic { x[I] == READY && CAN_PUSH(I) ->
		x[I] = CONFIRM; kid[I] = AGREED(0); announce = 0;
		push(I); message3[0] = 1
	}
	/* work confirmed */
	:: atomic { x[I] == CONFIRM && peer[I] == pu[I] ->
		x[I] = NONE
	}
	/* work forget */
	:: atomic { can_timeout(I_P) ->
		view_timeout(I_P)
	}
	/* work timeout */
	:: atomic { can_timeout(I_C) && grace[I] == 0 ->
		view_timeout(I_C); co[I]++
	}
	od
}

active proctype follower_work()
{
	do
	/* work derive */
	:: atomic { peer[F] == NEXT(pu[F]) && !making[F] &&
		x[F] != READY && CAN_PUSH(F) ->
		x[F] = NONE; making[F] = 1
	}
	/* work push-derived */
	:: atomic { making[F] ->
		making[F] = 0; kid[F] = DERIVED; push(F)
	}
	/* work push-agreed */
	:: atomic { x[F] == READY && CAN_PUSH(F) ->
		x[F] = NONE; kid[F] = AGREED(attempt); push(F)
	}
	/* work forget */
	:: atomic { can_timeout(F_P) ->
		view_timeout(F_P)
	}
	/* work timeout */
	:: atomic { can_timeout(F_C) && grace[F] == 0 ->
		view_timeout(F_C); co[F]++
	}
	od
}

/* The messages that come to either end. */
active proctype messages()
{
	do
	/* message 2 */
	:: atomic { x[I] == ASKED && message2[0] ->
		x[I] = READY
	}
	/* message 1 */
	:: atomic { base[0] == pu[F] && 0 < attempt && SETTLED(F) &&
		!making[F] && x[F] != READY ->
		x[F] = STAGED; attempt = 0; message2[0] = 1
	}
	:: atomic { base[1] == pu[F] && 1 < attempt && SETTLED(F) &&
		!making[F] && x[F] != READY ->
		x[F] = STAGED; attempt = 1; message2[1] = 1
	}
	/* message 3 */
	:: atomic { message3[0] && x[F] == STAGED && attempt == 0 &&
		base[0] == pu[F] ->
		x[F] = READY
	}
	:: atomic { message3[1] && x[F] == STAGED && attempt == 1 &&
		base[1] == pu[F] ->
		x[F] = READY
	}
	od
}

/* Both ends use the initiator's newest key in both directions. */
#define COMPLETE (EVEN && SETTLED(F) && pu[F] == pu[I] && !making[I])
#define BEGUN \
	(making[I] || x[I] >= READY || pu[I] > pa[I] || pu[I] > ca[I])

/* Every rekey that was begun, and can not be abandoned, completes; after it
 * a further one can start, and the follower can follow; an attempt comes to
 * an end; abandoned, it leaves the initiator where it can rekey. */
ltl completes { [] (BEGUN -> <> COMPLETE) }
ltl again_initiator { [] <> (IDLE(I) && EVEN && CAN_PUSH(I)) }
ltl again_follower { [] <> (SETTLED(F) && !making[F] && CAN_PUSH(F)) }
ltl ends { [] (x[I] == ASKED -> <> (x[I] != ASKED)) }
ltl returns { [] (gaveup -> <> (IDLE(I) && EVEN && CAN_PUSH(I))) }
