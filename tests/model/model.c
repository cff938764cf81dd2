/*
 * model.c - the state space of the link, exhaustively
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * usage: [MODEL_V=1] model [-l] [NAME...]
 *
 * No model beside the code: every move calls the shipped seamkey_link.h on
 * both ends, with toys for ciphers and hashes (toy.h). Breadth first, from
 * the start of a link, over everything that two honest ends, a network and
 * an attacker may do (moves.h); states are kept whole and compared whole.
 * Each has to have the properties S1 to S12 of docs/DESIGN.md and those
 * named after a hole of docs/SPEC.md, as H14 is (world.h, moves.h); and from
 * each it must be possible to get everything done (L1 to L3: backward from
 * the states where all is done). Calls are moves as a whole, or one
 * interrupts another (inside.h). -l lists the setups, MODEL_V shows how far
 * it is.
 *
 * Exit status 0: all hold. 1: one does not, with the shortest way there.
 */
#include "canon.h"
#include "inside.h"

/* ---- setups -------------------------------------------------------------- */

/* clang-format off */
static const setup setups[] = {
	{ .name = "pair", .what = "two slots, D=2, 0-RTT without end",
	  .quick = 1, .slots = { 2, 2 }, .delay = 2, .every = { 1, 1 },
	  .rekeys = ENDLESS, .all = 1, .exact = 1 },
	{ .name = "fine", .what = "each step of work is a move",
	  .slots = { 2, 2 }, .delay = 1, .every = { 1, 1 },
	  .rekeys = ENDLESS, .fine = 1, .quick = 1, .twins = 1,
	  .bugs = 1 },
	{ .name = "delay", .what = "two slots, D=3, 0-RTT without end",
	  .slots = { 2, 2 }, .delay = 3, .every = { 1, 1 },
	  .rekeys = ENDLESS },
	{ .name = "slots23", .what = "two slots against three",
	  .slots = { 2, 3 }, .delay = 2, .every = { 1, 1 },
	  .rekeys = ENDLESS },
	{ .name = "slots32", .what = "three slots against two",
	  .quick = 1, .slots = { 3, 2 }, .delay = 1, .every = { 1, 1 },
	  .rekeys = ENDLESS, .bugs = 1 },
	{ .name = "slots33", .what = "three slots at both ends",
	  .slots = { 3, 3 }, .delay = 2, .every = { 1, 1 },
	  .rekeys = ENDLESS },
	{ .name = "ids4", .what = "indices of 4 bits, four slots against three",
	  .slots = { 4, 3 }, .delay = 1, .every = { 1, 1 },
	  .rekeys = ENDLESS, .id_bits = 4 },
	{ .name = "rates", .what = "the follower sends half as often",
	  .slots = { 2, 2 }, .delay = 2, .every = { 1, 2 },
	  .rekeys = ENDLESS },
	{ .name = "rates3", .what = "the initiator sends a third as often",
	  .slots = { 2, 2 }, .delay = 3, .every = { 3, 1 },
	  .rekeys = ENDLESS },
	{ .name = "replay", .what = "recorded frames, replayed at any time",
	  .slots = { 2, 2 }, .delay = 1, .every = { 1, 1 }, .window = 2,
	  .rekeys = ENDLESS, .replay = 1 },
	{ .name = "replay2", .what = "the same against the initiator",
	  .slots = { 2, 2 }, .delay = 1, .every = { 1, 1 }, .window = 2,
	  .rekeys = ENDLESS, .replay = 2 },
	{ .name = "nowindow", .what = "only strictly newer frames",
	  .quick = 1, .slots = { 2, 2 }, .delay = 2, .every = { 1, 1 },
	  .rekeys = ENDLESS, .window = SEAMKEY_LINK_NO_WINDOW },
	{ .name = "drain", .what = "old keys go by count",
	  .quick = 1, .slots = { 2, 2 }, .delay = 2, .every = { 1, 1 },
	  .rekeys = ENDLESS, .drain = 1 },
	{ .name = "threads", .what = "seal, open and work apart",
	  .slots = { 2, 2 }, .delay = 1, .every = { 1, 1 },
	  .rekeys = ENDLESS, .threads = 1 },
	{ .name = "inside_quick", .what = "inside, the first moves of it",
	  .quick = 1, .slots = { 2, 2 }, .delay = 1, .every = { 1, 1 },
	  .rekeys = ENDLESS, .threads = 1, .inside = 1, .moves = 8 },
	{ .name = "inside", .what = "calls that interrupt each other",
	  .slots = { 2, 2 }, .delay = 1, .every = { 1, 1 },
	  .rekeys = ENDLESS, .threads = 1, .inside = 1 },
	{ .name = "inside_start", .what = "the same, during a start anew",
	  .slots = { 2, 2 }, .delay = 1, .every = { 1, 1 },
	  .starts = 1, .threads = 1, .inside = 1, .fresh = 1 },
	{ .name = "inside_fresh", .what = "the same, two rekeys in D",
	  .slots = { 3, 3 }, .delay = 4, .every = { 1, 1 },
	  .rekeys = 1, .threads = 1, .inside = 1, .fresh = 1, .moves = 7 },
	{ .name = "inside_agreed", .what = "the same, during an exchange",
	  .slots = { 2, 2 }, .delay = 1, .every = { 1, 1 },
	  .exchanges = 1, .threads = 1, .inside = 1 },
	{ .name = "bound", .what = "no losses, prompt work: L5",
	  .quick = 1, .slots = { 2, 2 }, .delay = 2, .every = { 1, 1 },
	  .rekeys = ENDLESS, .lag = 1 },
	{ .name = "bound1", .what = "one loss in a row, prompt work: L5",
	  .slots = { 2, 2 }, .delay = 2, .every = { 1, 1 },
	  .rekeys = ENDLESS, .lag = 2 },
	{ .name = "alarm", .what = "wrong tags ask for a new key",
	  .slots = { 2, 2 }, .delay = 1, .every = { 1, 1 }, .alarms = 2 },
	{ .name = "limits", .what = "soft limit 1, hard limit 10",
	  .slots = { 2, 2 }, .delay = 1, .every = { 1, 1 },
	  .hard = 10, .soft = 1 },
	{ .name = "age", .what = "a rekey is due by age",
	  .slots = { 2, 2 }, .delay = 1, .every = { 1, 1 },
	  .soft_age = 9 },
	{ .name = "octets2", .what = "16 bits of counter, and long silences",
	  .slots = { 2, 2 }, .delay = 1, .every = { 1, 1 },
	  .counter_octets = 2, .gaps = 1 },
	{ .name = "agreed", .what = "n-RTT, twice, given up once",
	  .quick = 1, .slots = { 2, 2 }, .delay = 1, .every = { 1, 1 },
	  .exchanges = 2, .giveups = 1 },
	{ .name = "mixed", .what = "n-RTT and 0-RTT, abandoned for each other",
	  .slots = { 2, 2 }, .delay = 1, .every = { 1, 1 },
	  .rekeys = 1, .exchanges = 1, .urgent = 1, .giveups = 1 },
	{ .name = "mixed_rates", .what = "n-RTT or 0-RTT, a slow follower, D=2",
	  .slots = { 2, 2 }, .delay = 2, .every = { 1, 2 },
	  .rekeys = 1, .exchanges = 1, .giveups = 1 },
	{ .name = "agreed_rates", .what = "n-RTT, a slow initiator, D=2",
	  .slots = { 2, 2 }, .delay = 2, .every = { 3, 1 },
	  .exchanges = 2, .giveups = 1 },
	{ .name = "mixed32", .what = "n-RTT and 0-RTT, three slots against two",
	  .slots = { 3, 2 }, .delay = 1, .every = { 1, 1 },
	  .rekeys = 1, .exchanges = 2, .giveups = 1 },
	{ .name = "mixed23", .what = "the same, two slots against three",
	  .slots = { 2, 3 }, .delay = 1, .every = { 1, 1 },
	  .rekeys = 1, .exchanges = 1, .urgent = 1 },
	{ .name = "mixed_delay", .what = "n-RTT and 0-RTT, D=2",
	  .slots = { 2, 2 }, .delay = 2, .every = { 1, 1 },
	  .rekeys = 1, .exchanges = 1 },
	{ .name = "cold", .what = "the first start, replays of its messages",
	  .slots = { 2, 2 }, .delay = 1, .every = { 1, 1 }, .cold = 1,
	  .olds = 1 },
	{ .name = "cold2", .what = "the first start, given up once",
	  .quick = 1, .slots = { 2, 2 }, .delay = 1, .every = { 1, 1 },
	  .cold = 1, .twins = 1, .giveups = 1 },
	{ .name = "restart", .what = "restart of either end",
	  .slots = { 2, 2 }, .delay = 1, .every = { 1, 1 },
	  .restarts = 1, .olds = 1 },
	{ .name = "power", .what = "restart of either end during a start",
	  .quick = 1, .slots = { 2, 2 }, .delay = 1, .every = { 1, 1 },
	  .cold = 1, .restarts = 1 },
	{ .name = "anew", .what = "a start over a live link, and replays",
	  .slots = { 2, 2 }, .delay = 1, .every = { 1, 1 },
	  .starts = 1, .olds = 1, .giveups = 1 },
	{ .name = "strangers", .what = "signatures, forged first messages",
	  .slots = { 2, 2 }, .delay = 1, .every = { 1, 1 },
	  .quick = 1, .starts = 1, .forgeries = 1, .sign = 1 },
	{ .name = "device", .what = "slots and cipher in hardware",
	  .slots = { 2, 2 }, .delay = 1, .every = { 1, 1 },
	  .rekeys = ENDLESS, .hardware = 1, .aborts = 2 },
	{ .name = "renewed", .what = "a start while a device loads or erases",
	  .slots = { 2, 2 }, .delay = 1, .every = { 1, 1 },
	  .rekeys = 1, .starts = 1, .hardware = 1 },
	{ .name = "carrier", .what = "the carrier's counter stands still",
	  .quick = 1, .slots = { 2, 2 }, .delay = 1, .every = { 1, 1 },
	  .rekeys = ENDLESS,
	  .counter_octets = SEAMKEY_LINK_CARRIER_COUNTER },
	{ .name = "silent", .what = "a follower that falls silent",
	  .quick = 1, .slots = { 2, 2 }, .delay = 1, .every = { 1, 1 },
	  .silences = 2, .soft_age = 6 },
	{ .name = "back", .what = "clocks that step back",
	  .quick = 1, .slots = { 2, 2 }, .delay = 1, .every = { 1, 1 },
	  .rekeys = ENDLESS, .backs = 2 },
	{ .name = "root", .what = "one derived key, then an agreed one",
	  .quick = 1, .slots = { 2, 2 }, .delay = 1, .every = { 1, 1 },
	  .rekeys = 2, .chain_max = 1, .twins = 1,
	  .bugs = 1 },
	{ .name = "signed", .what = "n-RTT among strangers",
	  .quick = 1, .slots = { 2, 2 }, .delay = 1, .every = { 1, 1 },
	  .exchanges = 1, .sign = 1 },
	{ .name = "faster", .what = "the follower comes to its limit first",
	  .quick = 1, .slots = { 2, 2 }, .delay = 1, .every = { 3, 1 },
	  .drain = 1, .lag = 1, .hard = 24, .soft = 6 },
	{ .name = "leaders", .what = "both ends are initiators",
	  .quick = 1, .slots = { 2, 2 }, .delay = 1, .every = { 1, 1 },
	  .cold = 1, .giveups = 1, .leaders = 1 },
	{ .name = "greedy", .what = "an initiator that wants key after key",
	  .quick = 1, .slots = { 2, 2 }, .delay = 3, .every = { 1, 1 },
	  .greedy = 6 },
	{ .name = "greedy3", .what = "the same of a follower with three slots",
	  .quick = 1, .slots = { 2, 3 }, .delay = 4, .every = { 1, 1 },
	  .greedy = 6 },
};
/* clang-format on */
#define SETUPS (sizeof setups / sizeof setups[0])

/* ---- states -------------------------------------------------------------- */

static struct {
	unsigned char *bytes;
	size_t used, cap;
	size_t *at; /* of state i; its end is at[i + 1] */
	uint32_t *parent;
	uint32_t *by;         /* the move that led here */
	unsigned char *depth; /* moves that led here, 255: or more */
	unsigned char *done;
	uint32_t *hash, *tag;
	uint32_t count, room, mask;
	uint32_t *edge; /* pairs: from, to */
	size_t edges, edge_room;
	uint64_t transitions;
} G;

static world base; /* all states are kept as what differs from it */

/* From u on, where is the next octet that differs from the base? */
static size_t
state_differs(size_t u)
{
	const unsigned char *w = (const unsigned char *)&W;
	const unsigned char *b = (const unsigned char *)&base;

	while (u < sizeof W && w[u] == b[u]) {
		u++;
		while (u % 8 == 0 && u < sizeof W
			&& memcmp(w + u, b + u, 8) == 0) {
			u += 8;
		}
	}
	return u;
}

/* How many octets are equal, how many follow that are not, and those, in
 * turn; two octets for the first number. Returns the length. */
static size_t
state_pack(unsigned char *out)
{
	const unsigned char *w = (const unsigned char *)&W;
	const unsigned char *b = (const unsigned char *)&base;
	size_t u = 0, n = 0, at, next;

	while ((next = state_differs(u)) < sizeof W) {
		at = n;
		out[n++] = (unsigned char)((next - u) >> 8);
		out[n++] = (unsigned char)(next - u);
		u = next;
		for (n++; u < sizeof W && n - at < 250 && w[u] != b[u]; u++) {
			out[n++] = w[u] ^ b[u];
		}
		out[at + 2] = (unsigned char)(n - at - 3);
	}
	return n;
}

static void
state_load(world *into, uint32_t id)
{
	const unsigned char *p = G.bytes + G.at[id];
	const unsigned char *end_ = G.bytes + G.at[id + 1];
	unsigned char *w = (unsigned char *)into;
	size_t u = 0, k;

	memcpy(into, &base, sizeof base);
	while (p < end_) {
		u += (size_t)p[0] << 8 | p[1];
		k = p[2];
		for (p += 3; k > 0; k--) {
			w[u++] ^= *p++;
		}
	}
}

static void
states_rehash(void)
{
	uint32_t id, h;

	G.mask = G.mask * 2 + 1;
	if (G.mask == 1) {
		G.mask = 0xFFFF;
	}
	G.hash = (uint32_t *)toy_alloc(G.hash, ((size_t)G.mask + 1) * 4);
	memset(G.hash, 0xFF, ((size_t)G.mask + 1) * 4);
	for (id = 0; id < G.count; id++) {
		h = G.tag[id];
		while (G.hash[h & G.mask] != ~(uint32_t)0) {
			h++;
		}
		G.hash[h & G.mask] = id;
	}
}

static void
states_grow(void)
{
	size_t n = G.room = G.room * 2 + 4096;

	G.at = (size_t *)toy_alloc(G.at, (n + 1) * sizeof *G.at);
	G.parent = (uint32_t *)toy_alloc(G.parent, n * 4);
	G.by = (uint32_t *)toy_alloc(G.by, n * 4);
	G.depth = (unsigned char *)toy_alloc(G.depth, n);
	G.done = (unsigned char *)toy_alloc(G.done, n);
	G.tag = (uint32_t *)toy_alloc(G.tag, n * 4);
	G.at[0] = 0;
}

/* The number of the state in W, which is canonical. */
static uint32_t
state_add(uint32_t parent, uint32_t by)
{
	static unsigned char packed[3 * sizeof(world)];
	size_t len = state_pack(packed);
	uint32_t tag = (uint32_t)toy_mix(packed, len), h = tag, id;

	if (G.count >= G.mask / 2) {
		states_rehash();
	}
	while ((id = G.hash[h & G.mask]) != ~(uint32_t)0) {
		if (G.tag[id] == tag && G.at[id + 1] - G.at[id] == len
			&& memcmp(G.bytes + G.at[id], packed, len) == 0) {
			return id;
		}
		h++;
	}
	if (G.count + 1 >= G.room) {
		states_grow();
	}
	if (G.used + len > G.cap) {
		G.cap = (G.cap + len) * 2;
		G.bytes = (unsigned char *)toy_alloc(G.bytes, G.cap);
	}
	id = G.count++;
	memcpy(G.bytes + G.used, packed, len);
	G.used += len;
	G.at[id + 1] = G.used;
	G.parent[id] = parent;
	G.by[id] = by;
	G.depth[id] = 0;
	if (id != 0) {
		G.depth[id] = G.depth[parent];
		G.depth[id] += G.depth[id] < 255;
	}
	G.tag[id] = tag;
	G.done[id] = (unsigned char)world_done();
	G.hash[h & G.mask] = id;
	return id;
}

static void
edge_add(uint32_t from, uint32_t to)
{
	if (from == to) {
		return;
	}
	if (G.edges == G.edge_room) {
		G.edge_room = G.edge_room * 2 + 4096;
		G.edge = (uint32_t *)toy_alloc(G.edge, G.edge_room * 8);
	}
	G.edge[2 * G.edges] = from;
	G.edge[2 * G.edges + 1] = to;
	G.edges++;
}

/* ---- telling ------------------------------------------------------------- */

#define NO_MOVE 0xFFFF /* the state itself breaks something */

static const char *const ends[] = { "initiator", "follower" };

static void
tell_id(uint8_t id)
{
	unsigned bits = S->id_bits == 4 ? 4 : 2;

	printf("(%u,%u)", (unsigned)id >> bits, id & ((1u << bits) - 1));
}

static void
tell_frame(const char *what, unsigned from, const frame *f)
{
	printf("%s of the %s: current ", what, ends[from]);
	tell_id(f->current);
	printf(", next ");
	tell_id(f->next);
	printf(", counter %lu, %u old", (unsigned long)f->counter, f->age);
}

/* One move, in the world that it is made in. */
static void
tell_call(const world *w, uint32_t move)
{
	static const char *const names[] = { "tick: both seal", "work of the ",
		"frame",
		"the user asks for a rekey: ", "the soft limit is reached",
		"record a frame", "replay the frame", "put message of the ",
		"the exchange is given up", "restart of the ",
		"the user starts anew", "silence: ", "a forged frame for the ",
		"a stranger's first message: share ", "a seal fails at the ",
		"an empty frame for the ", "the device goes on, of the ",
		"stops to send, or sends again: the ",
		"the clock steps back, of the ", "seal of the ",
		"the initiator uses what the follower has, and wants more" };
	unsigned kind = move >> 8, arg = move & 255, from = arg >> 4;

	switch (kind) {
	case MOVE_DELIVER:
	case MOVE_RECORD:
		tell_frame(names[kind], from, &w->flying[from][arg & 15]);
		break;
	case MOVE_REPLAY:
		tell_frame(names[kind], arg, &w->attic[arg]);
		break;
	case MOVE_PUT: {
		unsigned char bytes[SEAMKEY_LINK_MESSAGE_MAX];

		(void)message_bytes(w->message[from][arg & 15], bytes);
		printf("message %u of the %s, attempt %u", bytes[3], ends[from],
			bytes[17]);
		break;
	}
	case MOVE_WORK:
	case MOVE_RESTART:
	case MOVE_ALARM:
	case MOVE_ABORT:
	case MOVE_IDLE:
	case MOVE_DEVICE:
	case MOVE_SILENT:
	case MOVE_BACK:
	case MOVE_SEAL:
		printf("%s%s", names[kind], ends[arg]);
		break;
	case MOVE_REKEY:
		printf("%s%s", names[kind], arg == 1 ? "0-RTT" : "n-RTT");
		break;
	case MOVE_TICK:
	case MOVE_URGENT:
	case MOVE_GIVEUP:
	case MOVE_START:
	case MOVE_GREEDY:
		printf("%s", names[kind]);
		break;
	default:
		printf("%s%u", names[kind], arg);
	}
}

/* A move, and what interrupts it where; it is made again to see that. */
static void
tell_move(const world *w, uint32_t move)
{
	unsigned point = move >> 16 & 255, by = move >> 24;
	unsigned e = inside_whose(w, move, by);

	tell_call(w, move & 0xFFFF);
	if (point == 0) {
		return;
	}
	W = *w;
	(void)inside_move(move);
	printf("\n       interrupted before access %u (%s) by ", point,
		points_name);
	if (by == INSIDE_SEAL) {
		printf("seal");
	} else if (by == INSIDE_WORK) {
		printf("work");
	} else if (by == INSIDE_IDLE) {
		printf("open of an empty frame");
	} else if (by == INSIDE_MORE) {
		printf("all of work, and open of an empty frame");
	} else if (by == INSIDE_LATE) {
		printf("all of work, and seal%s",
			w->end[0].due + w->end[1].due != 0 ? ""
							   : ", after a tick");
	} else if (by == INSIDE_ROUND) {
		printf("seal, the other end's answer, and open%s",
			w->end[0].due ? "" : ", after a tick");
	} else {
		tell_frame("open of a frame", 1 - e, &w->flying[1 - e][by]);
	}
}

/* What an end looks like: states of its slots, as provider and consumer. */
static void
tell_end(const world *w, unsigned e)
{
	const seamkey_link *l = &w->end[e].link;
	unsigned u, v;

	printf("  %c", "IF"[e]);
	for (v = 0; v < 2; v++) {
		printf(" %c:", "PC"[v]);
		for (u = 0; u < S->slots[e]; u++) {
			const seamkey_slot *s = &w->end[e].slot[u];

			putchar(!s->used ? '-'
					 : "upAo"[seamkey_view_state(v == 0
							 ? &l->provider
							 : &l->consumer,
						 s->generation)]);
		}
	}
	printf(" next ");
	tell_id(l->announce);
}

/* The shortest way to a state, and the move that broke something there. */
static void
tell_way(uint32_t id, uint32_t last, unsigned *moves)
{
	uint32_t way[4096];
	unsigned n = 0, u;
	static world w;

	for (; id != 0 && n < 4096; id = G.parent[id]) {
		way[n++] = id;
	}
	*moves = n + (last != NO_MOVE);
	for (u = 0; u <= n; u++) {
		uint32_t move = u < n ? G.by[way[n - 1 - u]] : last;

		if (u == n && last == NO_MOVE) {
			break;
		}
		state_load(&w, u == 0 ? 0 : way[n - u]);
		printf("  %3u. ", u + 1);
		tell_move(&w, move);
		printf("\n       ");
		if (u < n) {
			state_load(&w, way[n - 1 - u]);
			tell_end(&w, 0);
			tell_end(&w, 1);
		} else {
			printf("  %s: %s", broken, broken_text);
		}
		putchar('\n');
	}
}

/* ---- the search ---------------------------------------------------------- */

static unsigned
list_moves(const world *w, uint32_t *list)
{
	unsigned n = 0, d, i;

#define MOVE(kind, arg) list[n++] = MOVE_OF(kind, arg)
	if (w->liar) {
		MOVE(MOVE_WORK, 1);
		MOVE(MOVE_GREEDY, 0);
		MOVE(MOVE_TICK, 0);
		return n;
	}
	for (d = 0; d < 2; d++) {
		for (i = 0; i <= S->delay; i++) {
			if (w->flying[d][i].live) {
				MOVE(MOVE_DELIVER, d << 4 | i);
				if (S->replay == d + 1) {
					MOVE(MOVE_RECORD, d << 4 | i);
				}
			}
		}
		for (i = 0; i < WORLD_MESSAGES; i++) {
			if (w->message[d][i] != 0) {
				MOVE(MOVE_PUT, d << 4 | i);
			}
		}
		if (S->replay == d + 1) {
			MOVE(MOVE_REPLAY, d);
		}
		if (S->lag == 0) {
			MOVE(MOVE_WORK, d);
		}
		if (S->threads) {
			MOVE(MOVE_IDLE, d);
		}
		if (S->inside) {
			MOVE(MOVE_SEAL, d);
		}
		if (w->restarts) {
			MOVE(MOVE_RESTART, d);
		}
		MOVE(MOVE_ALARM, d);
		MOVE(MOVE_FAKE, d);
		MOVE(MOVE_GAP, d);
		MOVE(MOVE_ABORT, d);
		MOVE(MOVE_DEVICE, d);
		MOVE(MOVE_SILENT, d);
		MOVE(MOVE_BACK, d);
		MOVE(MOVE_REKEY, d + 1);
	}
	MOVE(MOVE_URGENT, 0);
	MOVE(MOVE_GIVEUP, 0);
	MOVE(MOVE_START, 0);
	MOVE(MOVE_TICK, 0);
#undef MOVE
	return n;
}

/* Checks that need no successor: forgeries. 0 if one breaks something. */
static void
forge_all(const world *w)
{
	unsigned d;

	for (d = 0; d < 2; d++) {
		forge_frames(d);
		forge_messages(d);
		bug_frames(d);
	}
	W = *w;
}

/* The state that a move has led to. Returns 0 if it breaks something. */
static int
successor(uint32_t from, uint32_t move, const marks *before, uint32_t *last)
{
	unsigned d, kind = move >> 8 & 255;
	uint32_t to;

	G.transitions++;
	for (d = 0; d < 2; d++) {
		if (kind != MOVE_RESTART || d != (move & 255)) {
			marks_check(d, before[d]);
		}
	}
	check_state();
	if (broken[0] != 0) {
		return 0;
	}
	canon_world();
	to = state_add(from, move);
	if (to != *last) {
		edge_add(from, to);
	}
	*last = to;
	return 1;
}

/* What comes of two calls one after the other; a move for each will check
 * that. Returns 0 where the one that interrupts is not possible. */
static int
expand_apart(const world *w, uint32_t outer, unsigned by)
{
	int done;

	W = *w;
	done = inside_apply(inside_whose(w, outer, by), by);
	(void)inside_move(outer);
	broken[0] = 0;
	return done;
}

/*
 * The same move, interrupted before each of its points by all that can.
 * Mostly it is the same before one point and before the next, and before
 * the first as if one call had come after the other. Returns the move that
 * breaks something, or 0.
 */
static uint32_t
expand_inside(uint32_t id, const world *w, uint32_t outer, unsigned points,
	const marks *before, uint32_t *last)
{
	static world was;
	uint32_t move;
	unsigned by, k;

	if (points > 255) {
		break_("size", "too many points in a call", 0, 0);
		return outer;
	}
	for (by = 0; by < INSIDES; by++) {
		if (inside_whose(w, outer, by) > 1
			|| !expand_apart(w, outer, by)) {
			continue;
		}
		was = W;
		for (k = 1; k <= points; k++) {
			move = outer | k << 16 | (uint32_t)by << 24;
			W = *w;
			if (!inside_move(move) && broken[0] == 0) {
				continue;
			}
			if (broken[0] == 0
				&& memcmp((const unsigned char *)&W,
					   (const unsigned char *)&was,
					   sizeof W)
					== 0) {
				continue;
			}
			was = W;
			if (!successor(id, move, before, last)) {
				return move;
			}
		}
	}
	return 0;
}

/* All successors of one state. Returns the move that breaks something. */
static uint32_t
expand(uint32_t id)
{
	static world w;
	uint32_t list[128], last = id, move;
	marks before[2];
	unsigned n, u, d, points;

	state_load(&w, id);
	W = w;
	forge_all(&w);
	if (broken[0] != 0) {
		return NO_MOVE;
	}
	n = list_moves(&w, list);
	for (d = 0; d < 2; d++) {
		before[d] = marks_of(d);
	}
	for (u = 0; u < n; u++) {
		W = w;
		if (!inside_move(list[u]) && broken[0] == 0) {
			continue;
		}
		points = S->inside ? points_seen : 0;
		if (!successor(id, list[u], before, &last)) {
			return list[u];
		}
		move = expand_inside(id, &w, list[u], points, before, &last);
		if (move != 0) {
			return move;
		}
	}
	return 0;
}

/* L1 to L3: from which states can all be done? Marks them. */
static uint32_t
backward(void)
{
	uint32_t *start = (uint32_t *)toy_alloc(NULL, (G.count + 1) * 4ul);
	uint32_t *from = (uint32_t *)toy_alloc(NULL, G.edges * 4 + 4);
	uint32_t *queue = (uint32_t *)toy_alloc(NULL, G.count * 4ul + 4);
	uint32_t head = 0, tail = 0, id;
	size_t u;

	memset(start, 0, (G.count + 1) * 4ul);
	for (u = 0; u < G.edges; u++) {
		start[G.edge[2 * u + 1]]++;
	}
	for (id = 1; id <= G.count; id++) {
		start[id] += start[id - 1];
	}
	for (u = 0; u < G.edges; u++) {
		from[--start[G.edge[2 * u + 1]]] = G.edge[2 * u];
	}
	for (id = 0; id < G.count; id++) {
		if (G.done[id]) {
			queue[tail++] = id;
		}
	}
	while (head < tail) {
		id = queue[head++];
		for (u = start[id]; u < start[id + 1]; u++) {
			if (!G.done[from[u]]) {
				G.done[from[u]] = 1;
				queue[tail++] = from[u];
			}
		}
	}
	free(start);
	free(from);
	free(queue);
	for (id = 0; id < G.count && G.done[id]; id++) {
	}
	return id;
}

/* As if so many frames had been sent and delivered already. */
static void
near_wrap(void)
{
	unsigned e, u;

	memset(W.flying, 0, sizeof W.flying);
	for (e = 0; e < 2; e++) {
		W.end[e].last_counter += 0xFFFD;
		for (u = 0; u < S->slots[e]; u++) {
			if (W.end[e].slot[u].used) {
				W.end[e].slot[u].next += 0xFFFD;
				W.end[e].slot[u].expected += 0xFFFD;
			}
		}
	}
}

/* A rekey as fast as it can be, beside a frame that is late. */
static void
begin_fresh(void)
{
	W.rekeys = 1;
	(void)move_apply(MOVE_TICK, 0);
	(void)move_apply(MOVE_SEAL, 0);
	(void)move_apply(MOVE_SEAL, 1);
	(void)move_apply(MOVE_REKEY, SEAMKEY_LINK_0RTT);
	(void)inside_works(0);
	(void)move_apply(MOVE_TICK, 0);
	(void)inside_round(0);
	(void)move_apply(MOVE_TICK, 0);
	(void)inside_round(0);
	(void)inside_works(0);
}

/* The first state: the link is up, and nothing has been asked for. */
static void
begin(void)
{
	unsigned round, e, i;

	memset(&W, 0, sizeof W);
	W.clock = WORLD_NOW;
	for (e = 0; e < 2; e++) {
		world_configure(e);
		world_power_on(e);
	}
	for (round = 0; !S->cold && round < 100 && !world_done(); round++) {
		(void)move_tick();
		(void)move_apply(MOVE_SEAL, 0);
		(void)move_apply(MOVE_SEAL, 1);
		for (e = 0; e < 2; e++) {
			for (i = 0; i < 20; i++) {
				(void)move_apply(MOVE_DEVICE, e);
				(void)move_apply(MOVE_DEVICE, e);
				(void)work_some(e, 0);
			}
			messages_take(e);
			for (i = 0; i < WORLD_MESSAGES; i++) {
				(void)move_apply(MOVE_PUT, e << 4 | i);
			}
			memset(W.message[e], 0, sizeof W.message[e]);
			(void)move_apply(MOVE_DELIVER, e << 4);
		}
	}
	if (!S->cold && !world_done()) {
		break_("start", "the link does not come up", 0, 0);
	}
	if (S->fresh) {
		begin_fresh();
	}
	W.rekeys = (uint8_t)S->rekeys;
	W.exchanges = (uint8_t)S->exchanges;
	W.urgent = (uint8_t)S->urgent;
	W.giveups = (uint8_t)S->giveups;
	W.restarts = (uint8_t)S->restarts;
	W.starts = (uint8_t)S->starts;
	W.gaps = (uint8_t)S->gaps;
	W.alarms = (uint8_t)S->alarms;
	W.forgeries = (uint8_t)S->forgeries;
	W.aborts = (uint8_t)S->aborts;
	W.olds = (uint8_t)S->olds;
	W.backs = (uint8_t)S->backs;
	W.greedy = (uint8_t)S->greedy;
	W.liar = W.end[0].silent = S->greedy != 0;
	worst = 0;
	if (S->counter_octets == 2) {
		near_wrap();
	}
	check_state();
	canon_world();
	base = W;
}

static void
forget(void)
{
	free(G.bytes);
	free(G.at);
	free(G.parent);
	free(G.by);
	free(G.depth);
	free(G.done);
	free(G.hash);
	free(G.tag);
	free(G.edge);
	memset(&G, 0, sizeof G);
}

/* Returns 1 if all properties hold. */
static int
explore(void)
{
	uint32_t id = 0, stuck;
	uint32_t move = 0;
	unsigned moves = 0;

	forget();
	broken[0] = 0;
	begin();
	if (broken[0] == 0) {
		(void)state_add(0, 0);
	}
	for (; id < G.count && broken[0] == 0; id++) {
		if (S->moves != 0 && G.depth[id] >= S->moves) {
			break; /* all that follow have come as far */
		}
		move = expand(id);
		if (G.count > 3000000 && broken[0] == 0) {
			break_("size", "too many states", 0, 0);
		}
		if (getenv("MODEL_V") != NULL && id % 20000 == 0) {
			fprintf(stderr, "%lu of %lu, %lu bytes, %lu strings\n",
				(unsigned long)id, (unsigned long)G.count,
				(unsigned long)(G.used / G.count),
				(unsigned long)toy_table.count);
		}
	}
	printf("%s (%s): %lu states, %lu transitions", S->name, S->what,
		(unsigned long)G.count, (unsigned long)G.transitions);
	if (broken[0] == 0 && S->moves == 0) {
		stuck = backward();
		if (stuck < G.count) {
			id = stuck + 1;
			move = NO_MOVE;
			break_("L1", "from here, not all can be done any more",
				0, 0);
		}
	}
	if (broken[0] == 0) {
		if (S->lag != 0) {
			printf(", a rekey takes %u ticks at most", worst);
		}
		if (S->moves != 0) {
			printf(", %u moves", (unsigned)S->moves);
		}
		printf(": holds\n");
		return 1;
	}
	printf(": violates %s: %s\n", broken, broken_text);
	if (G.count != 0) {
		tell_way(id - 1, move, &moves);
	}
	printf("counterexample: %s %s, %u moves, %lu states\n", S->name, broken,
		moves, (unsigned long)G.count);
	return 0;
}

int
main(int argc, char **argv)
{
	int failed = 0, i;
	size_t u;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (u = 0; u < SETUPS; u++) {
		int chosen = argc < 2;

		S = &setups[u];
		if (argc > 1 && strcmp(argv[1], "-l") == 0) {
			printf("%s %s\n", S->name, S->quick ? "quick" : "full");
			continue;
		}
		for (i = 1; i < argc; i++) {
			chosen |= strcmp(argv[i], S->name) == 0;
		}
		if (chosen) {
			failed |= !explore();
		}
	}
	return failed;
}
