/*
 * seamkey_frame.h - the frames of a link: configuration, sealing, opening
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * CONTENTS
 *   1. Errors                      4. A link
 *   2. Slots                       5. Sealing and opening
 *   3. Configuration and limits
 * Search for "[frame.5]" to reach section 5: declarations first,
 * definitions second.
 *
 * WHAT IT IS
 *   The half of a link that runs in real time. Its other half, which makes
 *   the keys, is seamkey_link.h: include that; it includes this.
 */
#include <bearssl.h>

#include "seamkey_aead.h"
#include "seamkey_base.h"
#include "seamkey_slot.h"

#ifndef SEAMKEY_FRAME_H
#define SEAMKEY_FRAME_H

#ifdef __cplusplus
extern "C" {
#endif

/* ---- [frame.1] Errors ----------------------------------------------- */

/* clang-format off */
#define SEAMKEY_LINK_ERRORS(X) \
	X(SEAMKEY_ERR_LINK_DOWN, -301, \
		"the link has no key yet, or none any more") \
	X(SEAMKEY_ERR_LINK_LIMIT, -302, \
		"the key has reached its hard limit") \
	X(SEAMKEY_ERR_LINK_COUNTER, -303, \
		"the frame counter did not grow") \
	X(SEAMKEY_ERR_LINK_FRAME, -304, \
		"this is not a frame of this link") \
	X(SEAMKEY_ERR_LINK_KEY_ID, -305, \
		"the frame names a key that is not here") \
	X(SEAMKEY_ERR_LINK_TAG, -306, \
		"the frame is not authentic") \
	X(SEAMKEY_ERR_LINK_DUPLICATE, -307, \
		"the frame has been delivered before") \
	X(SEAMKEY_ERR_LINK_LATE, -308, \
		"the frame was overtaken by too many others") \
	X(SEAMKEY_ERR_LINK_MESSAGE, -309, \
		"this is not an exchange message of this link") \
	X(SEAMKEY_ERR_LINK_STALE, -310, \
		"the exchange message belongs to no attempt under way") \
	X(SEAMKEY_ERR_LINK_AUTH, -311, \
		"the exchange message is not authentic") \
	X(SEAMKEY_ERR_LINK_BUSY, -312, \
		"the link is not ready for a new exchange") \
	X(SEAMKEY_ERR_LINK_ROLE, -313, \
		"this is for the other end of the link")
/* clang-format on */

enum seamkey_link_error {
	SEAMKEY_LINK_ERRORS(SEAMKEY_I_ENUM) SEAMKEY_LINK_NO_ERROR = 0
};

/* As seamkey_base_text(), for the codes of base, slot and link. */
SEAMKEY_API const char *seamkey_link_text(int status);

/* ---- [frame.2] Slots ------------------------------------------------ */

/*
 * A slot: the caller's memory, zeroed by init, otherwise not to be touched.
 * The two cipher contexts lie in memory that is handed over beside it.
 */
#define SEAMKEY_LINK_WINDOW_MAX 256

typedef struct seamkey_slot {
	/* work's, while no view uses the slot; read only then */
	uint64_t serial;        /* generation, whole; what a device is told */
	uint64_t soft;          /* frames after which a rekey is due */
	unsigned char *context; /* provider's; consumer's behind it */
	uint8_t used;           /* holds a key */
	uint8_t generation;     /* modulo 256 */
	uint8_t wire;           /* the key identifier as sent */
	unsigned char iv[2][SEAMKEY_AEAD_NONCE];

	/* seal's */
	uint64_t sent;  /* frames, aborted ones included */
	uint64_t next;  /* counter */
	uint64_t bytes; /* of plaintext */

	/* open's */
	uint64_t expected; /* highest counter accepted + 1; 0: none */
	uint64_t failed;   /* wrong tags */
	uint32_t window[SEAMKEY_LINK_WINDOW_MAX / 32]; /* bit 0: highest */
} seamkey_slot;

/* ---- [frame.3] Configuration and limits ----------------------------- */

enum seamkey_link_role {
	SEAMKEY_LINK_INITIATOR = 1, /* decides when: a controller */
	SEAMKEY_LINK_FOLLOWER = 2   /* a device */
};

enum seamkey_link_mode {
	SEAMKEY_LINK_SEALED,   /* encrypted and authenticated */
	SEAMKEY_LINK_AUTHENTIC /* authenticated, in clear */
};

/* The header before the plaintext; docs/SPEC.md. */
enum seamkey_link_layout {
	SEAMKEY_LINK_GENERIC,   /* key identifiers, counter */
	SEAMKEY_LINK_RTC_PAPER, /* one octet, counter of 0 or 2 octets */
	SEAMKEY_LINK_RTC_DRAFT  /* information, one octet, 4, length of 2 */
};
#define SEAMKEY_LINK_HEADER_MAX      8
#define SEAMKEY_LINK_CARRIER_COUNTER (-1)
#define SEAMKEY_LINK_NO_WINDOW       (-1)
#define SEAMKEY_LINK_NEVER           (~(uint64_t)0)

/* Of a rekey. */
enum seamkey_link_kind {
	SEAMKEY_LINK_0RTT = 1, /* derived: no message */
	SEAMKEY_LINK_NRTT = 2  /* agreed: three messages */
};

enum seamkey_link_event {
	SEAMKEY_LINK_STARTED = 1,  /* a start exchange has been completed */
	SEAMKEY_LINK_REKEYED_0RTT, /* both directions use the new key */
	SEAMKEY_LINK_REKEYED_NRTT,
	SEAMKEY_LINK_ABANDONED,  /* an exchange failed; it is tried again */
	SEAMKEY_LINK_TAG_ALARM,  /* failed_warn has been reached */
	SEAMKEY_LINK_PEER_BUG,   /* the peer announced what cannot be */
	SEAMKEY_LINK_HARD_LIMIT, /* sealing has stopped */
	SEAMKEY_LINK_LOST,       /* the short counter cannot be extended */
	SEAMKEY_LINK_HARDWARE    /* a driver failed; it is tried again */
};

struct seamkey_link;

/*
 * What a kind of link is like; may serve any number of links, const, stays
 * the caller's and in place. Zero in a field means the default. Times are
 * in microseconds, or in any unit that the caller uses throughout.
 */
typedef struct seamkey_link_config {
	const seamkey_aead *aead;
	uint8_t role;       /* enum seamkey_link_role */
	uint8_t mode;       /* enum seamkey_link_mode */
	uint8_t layout;     /* enum seamkey_link_layout */
	uint8_t id_bits;    /* bits of an index: 2 or 4; 0: 2 */
	int counter_octets; /* 2, 4, 6; 0: 4; or _CARRIER_COUNTER: none is
	                     * sent, the caller brings a 48-bit counter */
	int window;         /* values of the counter, 1..256; 0: 64; or
	                     * _NO_WINDOW: none but the newest. A carrier's
	                     * counter may move by many from frame to frame */
	uint16_t ad_len;    /* octets of the carrier's AD, in every frame */
	uint16_t max_plain; /* octets of the longest plaintext; 0: 1500 */
	uint8_t advantage;  /* 2^-advantage for the attacker; 0: 57 */

	/*
	 * 1: seal, open and work are called from one thread and never
	 * interrupt each other. 0: each may have a context of its own; then
	 * open has to be called, with an empty frame if there is none, at
	 * least as often as a slot is to become free; and a start in the
	 * place of another waits for a call of seal, too.
	 */
	uint8_t one_context;
	uint8_t scheduled; /* 1: rekeys wait for seamkey_link_schedule() */

	/* 1: peer_min holds for each value of the peer's counter, for seals
	 * that failed as well: then an old key may go by count, before the
	 * grace time is over */
	uint8_t drain_by_count;

	/* what the two ends and the network promise; all but 0 to begin with
	 * where it does not say "may be 0" */
	uint32_t send_min, send_max; /* between two frames of this end */
	uint32_t peer_min, peer_max; /* between two frames of the peer */
	uint32_t delay_min;          /* from seal to open; may be 0 */
	uint32_t delay_max;
	uint32_t kdf_time; /* work, for one key; may be 0 */
	/* how far work's clock moves at a time: 1000 for one of milliseconds
	 * in units of us; may be 0 if that is less than peer_min */
	uint32_t clock_step;
	uint32_t grace; /* T_old, clock_step beside it; 0: delay_max
	                 * - delay_min */
	uint8_t losses; /* in a row, at most; may be 0 */

	/* when a rekey is due: by the initiator's numbers, each for what it
	 * has sent and for what it has received. It draws 3/4 to 1 of each,
	 * of soft_bytes always 3/4. From the whole of it on an exchange that
	 * has not come to its end gives way to a derived key */
	uint64_t soft_frames; /* 0: 2^24, or what the reserve leaves */
	uint64_t soft_bytes;  /* of plaintext; 0: none */
	uint64_t soft_age;    /* 0: 6 hours, in us; or SEAMKEY_LINK_NEVER */
	uint64_t chain_max;   /* 0-RTT rekeys before an n-RTT one; 0: 2^16 */
	uint64_t root_age;    /* until an n-RTT one; 0: none */
	uint64_t hard_frames; /* 0: 2^31; never more than the cipher allows */
	uint64_t failed_warn; /* 0: 2^35; never more than the cipher allows */
	uint64_t failed_stop; /* 0: 2^36; likewise */

	/* the exchange. tries times retry has to be longer than both ends
	 * take for a message and its answer, signatures included */
	uint32_t retry;          /* between repetitions; 0: 100000 */
	uint32_t pause;          /* after an abandoned attempt, doubled each
	                          * time up to 64 times; 0: 1000000 */
	uint32_t start_interval; /* between starts accepted; 0: 1000000 */
	uint8_t tries;           /* of message 1, and of a start's 3; 0: 10 */

	seamkey_random random; /* needed */
	void (*event)(void *ctx, struct seamkey_link *link, int event);
	void *event_ctx; /* event is called from work, never from seal, open */
} seamkey_link_config;

/*
 * Who the ends are. With psk, by a key that both have; else by signatures:
 * own and peer are the SHA-256 of each end's SubjectPublicKeyInfo. Hooks
 * return SEAMKEY_OK, an error that is handed through (from verify: that it
 * is not authentic), or from sign SEAMKEY_AGAIN to be asked again. Stays the
 * caller's and in place.
 */
#define SEAMKEY_LINK_SIGNATURE_MAX 512

typedef struct seamkey_link_auth {
	/* the pre-shared key, 16 to 64 bytes, of this relation */
	int (*psk)(void *ctx, unsigned relation, seamkey_span *key);
	/* hash: 32 bytes, a SHA-256; sig: at most _SIGNATURE_MAX bytes. Asked
	 * again after SEAMKEY_AGAIN it may be for another hash: of another
	 * attempt, or a start's beside a rekey's */
	int (*sign)(void *ctx, const unsigned char *hash, unsigned char *sig,
		size_t cap, size_t *len);
	int (*verify)(void *ctx, const unsigned char *hash, seamkey_span sig);
	void *ctx;
	unsigned char own[32], peer[32];
} seamkey_link_auth;

/* ---- [frame.4] A link ----------------------------------------------- */

/* Counters of the calls; each struct is written by that call alone. Those
 * of 32 bits begin anew after 2^32. */
typedef struct seamkey_link_seal_counters {
	uint64_t frames, bytes;
	uint32_t down, refused; /* no key; at the hard limit */
	uint32_t hardware;      /* the device did not seal */
	uint32_t switches;
} seamkey_link_seal_counters;

typedef struct seamkey_link_open_counters {
	uint64_t frames, bytes;
	uint32_t overtaken; /* delivered, though a newer one had come before */
	uint32_t duplicates, late, no_key, bad_tag, bad_frame;
	uint32_t down, stopped; /* no key; too many wrong tags */
	uint32_t hardware;      /* the device did not open */
	uint32_t peer_bugs;
	uint32_t switches;
} seamkey_link_open_counters;

typedef struct seamkey_link_work_counters {
	/* when the last start or rekey had settled: both directions used its
	 * key, and work saw it. In the link's own time, which is 0 at the
	 * first work and goes on as that of the caller does */
	uint64_t last_switch;
	uint32_t rekeys_0rtt, rekeys_nrtt, starts, abandoned;
	uint32_t refused_messages;
	uint32_t hardware; /* failures of the device */
} seamkey_link_work_counters;

/* One exchange; the link's own. */
typedef struct seamkey_exchange {
	uint8_t state, starting, tries;
	uint32_t attempt;
	uint64_t due; /* when to repeat */
	/* X25519 scalar, shared secret, new chain secret; and while a key is
	 * made, that key, between two steps of work */
	unsigned char secret[32];
	/* share; the initiator's from message 2 on: the follower's tag, then
	 * the key of message 3's MAC */
	unsigned char own[32];
	unsigned char
		peer[32]; /* share; from the shared secret on: transcript */
	unsigned char nonce[32]; /* own; from message 2 on: the follower's */
	unsigned char first[32]; /* hash of message 1 */
} seamkey_exchange;

/*
 * A link: the caller's memory. Nothing in it is to be touched but by the
 * functions below; the counters may be read, each from its call's context.
 */
typedef struct seamkey_link {
	/* init's */
	const seamkey_link_config *cfg;
	const seamkey_link_auth *auth;
	const struct seamkey_link_hardware *hardware;
	seamkey_slot *slot;
	uint64_t soft, hard, failed_stop;
	uint64_t drain; /* frames under a new key that outlive the old one */
	uint16_t relation;
	uint8_t slots, header_len;
	uint8_t used_shift; /* hard >> used_shift fits an octet */

	/* what crosses: work's */
	seamkey_view provider, consumer; /* but for active */
	uint8_t epoch;                   /* odd: up */
	uint8_t announce;                /* key identifier to show as next */
	uint8_t asked;                   /* open answers it in heard */
	/* seal's */
	uint8_t seal_epoch; /* acknowledged */
	uint8_t seal_soft;  /* generation whose drawn limit was reached */
	uint8_t seal_urgent, seal_hard; /* the soft, the hard limit */
	uint8_t used;                   /* frames, in units of 2^used_shift */
	/* open's */
	uint8_t open_epoch, open_oldest; /* acknowledged */
	uint8_t peer;    /* initiator: what the follower holds; follower:
	                  * what it has been asked for */
	uint8_t drained; /* generation after which the older may go */
	uint8_t open_soft, open_urgent, alarm; /* generations, likewise */
	uint8_t heard;     /* asked, as it was when a frame was accepted */
	uint8_t received;  /* used, of the other end */
	uint8_t peer_bugs; /* a count */
	uint8_t newest;    /* open's own: of the newest frame accepted */

	/* seal's */
	seamkey_link_seal_counters sealed;
	/* open's */
	seamkey_link_open_counters opened;
	uint64_t first; /* counter of the first frame under the active key */
	uint64_t bytes; /* of plaintext, received under it */

	/* work's */
	seamkey_link_work_counters worked;
	uint64_t now, last; /* time since init; the caller's clock */
	uint64_t m, c;      /* of chain */
	unsigned char session[16];
	unsigned char chain[32]; /* CK[m,c] */
	uint8_t begun;           /* last holds a time */
	uint8_t grace_due;       /* the next time is later than the switch */
	uint8_t step, target, direction, kind; /* of the key being made */
	uint8_t settled, wanted, wants, permit, starting, failures;
	uint8_t seen_active, seen_bugs;
	uint8_t dirty;   /* the device may have something of target's key */
	uint8_t told;    /* of the newest key: 1 the alarm, 2 the hard limit */
	uint64_t serial; /* generation of the newest key */
	uint64_t permit_at; /* when what is under way was begun */
	uint64_t grace_from, heard_at, key_at, root_at;
	uint64_t pause_until; /* initiator: the next attempt; follower: start */
	uint32_t attempt, starts;
	uint16_t key_draw, root_draw; /* for the limits of key and root */
	int end_status;               /* of the device, on the way to the end */
	seamkey_exchange exchange[2]; /* rekey, start */
} seamkey_link;
#define SEAMKEY_LINK_REKEY_EXCHANGE 0
#define SEAMKEY_LINK_START_EXCHANGE 1

/*
 * A cipher in hardware, with slots of its own: load, erase by work, with
 * poll and cancel if it takes time; activate by seal; seal and open, all
 * three at once. seamkey_req names slot, direction, relation, generation;
 * a slot is erased for both directions. The hook is fail-closed. scratch is
 * for load and erase, wiped after each; seal and open have none. What the
 * driver says in op beside SEAMKEY_OK:
 *
 *   load   generation: which one is in place; only the one asked for counts
 *   seal   out_len: octets of ciphertext and tag that it has written; fewer
 *          than all are a failure
 *   open   out_len: 1 if the tag is right, else the frame is not authentic
 */
typedef struct seamkey_link_hardware {
	seamkey_hook hook;
	seamkey_op *op; /* work's, one per link; zeroed, scratch set */
} seamkey_link_hardware;

/*
 * Make a link.
 *
 *   slot[0..slots)  2 or 3; up to 8 with id_bits 4
 *   contexts        2 * slots contexts of cfg->aead, each context_size
 *                   rounded up to a multiple of 8; contexts_len bytes,
 *                   aligned for a uint64_t; NULL, 0 with hardware
 *   relation        number of this relation, the same at both ends, and no
 *                   two of one pre-shared key alike
 *   hardware        or NULL
 *
 * All of it stays the caller's and in place until seamkey_link_end().
 * Returns SEAMKEY_OK; SEAMKEY_ERR_ARG for a configuration that cannot hold
 * its promise: grace below delay_max - delay_min, a reserve (the frames
 * that a rekey may take) not below the hard limit, delays and losses of
 * 2^15 frames with 2 octets of counter, an advantage that leaves less than
 * 2^10 wrong tags, an odd layout, a pointer that is missing, one of
 * send_min, send_max, peer_min, peer_max and delay_max that is 0;
 * SEAMKEY_ERR_SPACE for contexts_len or the scratch of hardware->op;
 * SEAMKEY_ERR_UNSUPPORTED where the cipher cannot authenticate max_plain
 * octets in clear. On an error *link is not usable.
 */
SEAMKEY_API int seamkey_link_init(seamkey_link *link,
	const seamkey_link_config *cfg, const seamkey_link_auth *auth,
	const seamkey_link_hardware *hardware, unsigned relation,
	seamkey_slot *slot, unsigned slots, void *contexts,
	size_t contexts_len);

/* Octets of the contexts that init wants. */
SEAMKEY_API size_t seamkey_link_contexts(
	const seamkey_aead *aead, unsigned slots);

/*
 * Wipe all: link, slots, contexts, a device's keys. No call may be running.
 * Returns SEAMKEY_OK, also for a link that was ended; SEAMKEY_AGAIN while a
 * device is erasing (no secret is in memory any more: call this, and nothing
 * else, again); or the status of a device that did not erase a key, when all
 * memory is wiped all the same.
 */
SEAMKEY_API int seamkey_link_end(seamkey_link *link);

/* Frames between the soft limit and the hard one that a rekey may need. */
SEAMKEY_API uint64_t seamkey_link_reserve(const seamkey_link_config *cfg);

/* ---- [frame.5] Sealing and opening ---------------------------------- */

/*
 * Seal a frame: header, ciphertext (or plaintext, in authentic mode), tag.
 *
 *   ad         exactly cfg->ad_len octets that the carrier sends in clear
 *   plain      len octets; frame + seamkey_link_header() or apart from it
 *   frame      *frame_len of frame_cap octets: header + len + 16
 *
 * Constant work, no waiting. Returns SEAMKEY_OK; SEAMKEY_AGAIN where an
 * initiator does not know yet that the follower has the first key;
 * SEAMKEY_ERR_LINK_DOWN; SEAMKEY_ERR_LINK_LIMIT; SEAMKEY_ERR_ARG;
 * SEAMKEY_ERR_SPACE. Nothing is written then, but a counter may be used
 * up. seal_counted is for SEAMKEY_LINK_CARRIER_COUNTER: counter is below
 * 2^48 and grows from frame to frame of a key (SEAMKEY_ERR_LINK_COUNTER).
 * A driver's failure is handed through, with header and plaintext zeroed in
 * the frame, so that nobody sends what was not sealed.
 */
SEAMKEY_API int seamkey_link_seal(seamkey_link *link, seamkey_span ad,
	const unsigned char *plain, size_t len, unsigned char *frame,
	size_t frame_cap, size_t *frame_len);
SEAMKEY_API int seamkey_link_seal_counted(seamkey_link *link, uint64_t counter,
	seamkey_span ad, const unsigned char *plain, size_t len,
	unsigned char *frame, size_t frame_cap, size_t *frame_len);

/*
 * Open a frame.
 *
 *   plain      *len of cap octets; frame + seamkey_link_header() or apart
 *
 * Returns SEAMKEY_OK; with an empty frame SEAMKEY_AGAIN, which only lets
 * work go on (cfg->one_context). Otherwise the frame is dropped and
 * counted: SEAMKEY_ERR_LINK_DOWN, _FRAME, _KEY_ID before any cryptography;
 * _TAG, _DUPLICATE, _LATE with plain[0..length of the plaintext) zeroed;
 * _LIMIT where the key has seen too many wrong tags. SEAMKEY_ERR_ARG,
 * _SPACE: the call was wrong.
 */
SEAMKEY_API int seamkey_link_open(seamkey_link *link, seamkey_span ad,
	const unsigned char *frame, size_t frame_len, unsigned char *plain,
	size_t cap, size_t *len);
SEAMKEY_API int seamkey_link_open_counted(seamkey_link *link, uint64_t counter,
	seamkey_span ad, const unsigned char *frame, size_t frame_len,
	unsigned char *plain, size_t cap, size_t *len);

/* Octets of the header, and of header and tag. */
SEAMKEY_API size_t seamkey_link_header(const seamkey_link *link);
SEAMKEY_API size_t seamkey_link_overhead(const seamkey_link *link);

#ifdef __cplusplus
}
#endif
#endif /* SEAMKEY_FRAME_H */

/* ===================== definitions ==================================== */
#if (!defined(SEAMKEY_EXTERN) || defined(SEAMKEY_IMPLEMENTATION)) \
	&& !defined(SEAMKEY_FRAME_IMPLEMENTED)
#define SEAMKEY_FRAME_IMPLEMENTED

#ifdef __cplusplus
extern "C" {
#endif

/* ---- [frame.1] Errors ----------------------------------------------- */

SEAMKEY_API const char *
seamkey_link_text(int status)
{
	switch (status) {
		SEAMKEY_LINK_ERRORS(SEAMKEY_I_TEXT)
	default:
		return seamkey_slot_text(status);
	}
}

/* ---- [frame.3] Configuration and limits ----------------------------- */

static inline uint64_t
seamkey_i_link_or(uint64_t value, uint64_t otherwise)
{
	return value != 0 ? value : otherwise;
}

static inline uint64_t
seamkey_i_link_min(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Octets of the counter on the wire, 0 with the carrier's own. */
static inline unsigned
seamkey_i_link_counter(const seamkey_link_config *cfg)
{
	if (cfg->counter_octets == SEAMKEY_LINK_CARRIER_COUNTER) {
		return 0;
	}
	return cfg->counter_octets == 0 ? 4 : (unsigned)cfg->counter_octets;
}

static inline unsigned
seamkey_i_link_bits(const seamkey_link_config *cfg)
{
	return cfg->id_bits == 0 ? 2 : cfg->id_bits;
}

/* A clock that moves in steps may show as much more time than has passed. */
static inline uint64_t
seamkey_i_link_grace(const seamkey_link_config *cfg)
{
	return seamkey_i_link_or(
		       cfg->grace, (uint64_t)cfg->delay_max - cfg->delay_min)
		+ cfg->clock_step;
}

/* How long a signal may take from one end to the other. */
static inline uint64_t
seamkey_i_link_signal_time(const seamkey_link_config *cfg)
{
	uint64_t longest =
		cfg->peer_max > cfg->send_max ? cfg->peer_max : cfg->send_max;

	return ((uint64_t)cfg->losses + 1) * longest + cfg->delay_max;
}

/* How long a rekey may take until the old key's slot is free again. */
static inline uint64_t
seamkey_i_link_rekey_time(const seamkey_link_config *cfg)
{
	return 4 * seamkey_i_link_signal_time(cfg) + cfg->kdf_time
		+ seamkey_i_link_grace(cfg);
}

SEAMKEY_API uint64_t
seamkey_link_reserve(const seamkey_link_config *cfg)
{
	uint64_t time = seamkey_i_link_rekey_time(cfg);
	uint64_t least = seamkey_i_link_min(cfg->send_min, cfg->peer_min);

	return seamkey_i_aead_divide(time + least - 1, least);
}

/*
 * With 16 bits of counter on the wire: how long nothing may be accepted,
 * until what comes could be extended to a wrong counter. A frame that is
 * accepted was sealed delay_max before at most, and work learns of it within
 * kdf_time, by its clock. 0: the delays leave no room for that.
 */
static inline uint64_t
seamkey_i_link_silence_max(const seamkey_link_config *cfg)
{
	uint64_t half = (uint64_t)cfg->peer_min << 15;
	uint64_t lag =
		(uint64_t)cfg->delay_max + cfg->kdf_time + cfg->clock_step;

	if (cfg->counter_octets != 2) {
		return ~(uint64_t)0;
	}
	return half > lag ? half - lag : 0;
}

static inline int
seamkey_i_link_layout_ok(const seamkey_link_config *cfg)
{
	unsigned counter = seamkey_i_link_counter(cfg);
	unsigned bits = seamkey_i_link_bits(cfg);

	if (counter > 6 || counter % 2 != 0 || (bits != 2 && bits != 4)) {
		return 0;
	}
	switch (cfg->layout) {
	case SEAMKEY_LINK_GENERIC:
		return 1;
	case SEAMKEY_LINK_RTC_PAPER:
		return bits == 2 && counter <= 2;
	case SEAMKEY_LINK_RTC_DRAFT:
		return bits == 2 && counter == 4;
	default:
		return 0;
	}
}

static inline int
seamkey_i_link_config_ok(const seamkey_link_config *cfg)
{
	return cfg->aead != NULL
		&& (cfg->role == SEAMKEY_LINK_INITIATOR
			|| cfg->role == SEAMKEY_LINK_FOLLOWER)
		&& cfg->mode <= SEAMKEY_LINK_AUTHENTIC
		&& seamkey_i_link_layout_ok(cfg)
		&& cfg->window >= SEAMKEY_LINK_NO_WINDOW
		&& cfg->window <= SEAMKEY_LINK_WINDOW_MAX && cfg->send_min != 0
		&& cfg->send_min <= cfg->send_max && cfg->peer_min != 0
		&& cfg->peer_min <= cfg->peer_max && cfg->delay_max != 0
		&& cfg->delay_min <= cfg->delay_max
		&& seamkey_i_link_grace(cfg)
		>= (uint64_t)cfg->delay_max - cfg->delay_min + cfg->clock_step
		&& seamkey_i_link_silence_max(cfg)
		> seamkey_i_link_signal_time(cfg)
		&& cfg->advantage <= 120 && cfg->random.fill != NULL;
}

/* Wrong tags that raise the alarm. A new key needs frames under the old
 * one: that is well before those that stop it. */
static inline uint64_t
seamkey_i_link_failed_warn(const seamkey_link *l)
{
	return seamkey_i_link_min(
		seamkey_i_link_or(l->cfg->failed_warn, (uint64_t)1 << 35),
		l->failed_stop - (l->failed_stop >> 2));
}

/* The hard and the soft limit, and what wrong tags may do. */
static inline int
seamkey_i_link_limits(seamkey_link *l)
{
	const seamkey_link_config *cfg = l->cfg;
	/* AD and plaintext each fill up a block of their own */
	size_t octets =
		(((size_t)l->header_len + cfg->ad_len + 15) & ~(size_t)15)
		+ (size_t)seamkey_i_link_or(cfg->max_plain, 1500);
	unsigned k = cfg->advantage == 0 ? 57 : cfg->advantage;
	uint64_t reserve = seamkey_link_reserve(cfg);
	uint64_t failures = seamkey_aead_failures(cfg->aead->suite, octets, k);

	l->hard = seamkey_i_link_min(
		seamkey_i_link_or(cfg->hard_frames, (uint64_t)1 << 31),
		seamkey_aead_frames(cfg->aead->suite, octets, k));
	if (seamkey_i_link_counter(cfg) == 4) {
		l->hard = seamkey_i_link_min(l->hard, 0xFFFFFFFFu);
	}
	l->hard = seamkey_i_link_min(l->hard, (uint64_t)1 << 47);
	if (reserve >= l->hard || failures < 1024) {
		return SEAMKEY_ERR_ARG;
	}
	l->soft = seamkey_i_link_min(
		seamkey_i_link_or(cfg->soft_frames, (uint64_t)1 << 24),
		l->hard - reserve);
	l->failed_stop = seamkey_i_link_min(
		seamkey_i_link_or(cfg->failed_stop, (uint64_t)1 << 36),
		failures);
	while (l->hard >> l->used_shift > 255) {
		l->used_shift++;
	}
	return SEAMKEY_OK;
}

/* ---- [frame.4] A link ----------------------------------------------- */

static inline size_t
seamkey_i_link_context_len(const seamkey_aead *aead)
{
	return (aead->context_size + 7) & ~(size_t)7;
}

SEAMKEY_API size_t
seamkey_link_contexts(const seamkey_aead *aead, unsigned slots)
{
	return 2 * (size_t)slots * seamkey_i_link_context_len(aead);
}

static inline size_t
seamkey_i_link_header_len(const seamkey_link_config *cfg)
{
	size_t len = seamkey_i_link_bits(cfg) >> 1;

	len += seamkey_i_link_counter(cfg);
	return cfg->layout == SEAMKEY_LINK_RTC_DRAFT ? len + 3 : len;
}

static inline int
seamkey_i_link_auth_ok(const seamkey_link_auth *auth)
{
	return auth != NULL
		&& (auth->psk != NULL
			|| (auth->sign != NULL && auth->verify != NULL));
}

static inline int
seamkey_i_link_hook_ok(const seamkey_link_hardware *h)
{
	const seamkey_driver *drv = h->hook.drv;

	return drv != NULL && drv->begin != NULL && h->op != NULL
		&& (drv->poll == NULL) == (drv->cancel == NULL);
}

/* Each slot gets its two contexts. */
static inline void
seamkey_i_link_give_contexts(seamkey_link *l, unsigned char *contexts)
{
	size_t len = 2 * seamkey_i_link_context_len(l->cfg->aead);
	unsigned u;

	for (u = 0; u < l->slots; u++) {
		l->slot[u].context = contexts + u * len;
	}
}

/* A slot's cipher context: 0 the provider's, 1 the consumer's. */
static inline unsigned char *
seamkey_i_link_context(
	const seamkey_link *l, const seamkey_slot *s, unsigned consumer)
{
	return s->context
		+ (consumer ? seamkey_i_link_context_len(l->cfg->aead) : 0);
}

SEAMKEY_API int
seamkey_link_init(seamkey_link *link, const seamkey_link_config *cfg,
	const seamkey_link_auth *auth, const seamkey_link_hardware *hardware,
	unsigned relation, seamkey_slot *slot, unsigned slots, void *contexts,
	size_t contexts_len)
{
	if (link == NULL || cfg == NULL || slot == NULL || slots < 2
		|| relation > 0xFFFF || !seamkey_i_link_config_ok(cfg)
		|| slots > (seamkey_i_link_bits(cfg) == 4 ? 8u : 3u)
		|| !seamkey_i_link_auth_ok(auth)
		|| (hardware == NULL && contexts == NULL)
		|| (hardware != NULL && !seamkey_i_link_hook_ok(hardware))) {
		return SEAMKEY_ERR_ARG;
	}
	if (hardware == NULL
			? contexts_len < seamkey_link_contexts(cfg->aead, slots)
			: hardware->op->scratch_len
				< hardware->hook.drv->scratch_size) {
		return SEAMKEY_ERR_SPACE;
	}
	memset(link, 0, sizeof *link);
	memset(slot, 0, slots * sizeof *slot);
	link->cfg = cfg;
	link->auth = auth;
	link->hardware = hardware;
	link->relation = (uint16_t)relation;
	link->slot = slot;
	link->slots = (uint8_t)slots;
	link->header_len = (uint8_t)seamkey_i_link_header_len(cfg);
	/* a carrier's counter may count faster than frames are sent */
	if (cfg->drain_by_count
		&& cfg->counter_octets != SEAMKEY_LINK_CARRIER_COUNTER) {
		link->drain = seamkey_i_aead_divide(
			(uint64_t)cfg->delay_max + cfg->peer_min - 1,
			cfg->peer_min);
	}
	if (cfg->aead->ad_max != 0
		&& (size_t)link->header_len + cfg->ad_len
				+ (cfg->mode == SEAMKEY_LINK_AUTHENTIC
						? seamkey_i_link_or(
							cfg->max_plain, 1500)
						: 0)
			> cfg->aead->ad_max) {
		return SEAMKEY_ERR_UNSUPPORTED;
	}
	if (hardware == NULL) {
		seamkey_i_link_give_contexts(link, (unsigned char *)contexts);
	}
	return seamkey_i_link_limits(link);
}

/* Forget a slot's keys. */
static inline void
seamkey_i_slot_wipe(const seamkey_link *l, seamkey_slot *s)
{
	SEAMKEY_PUBLISH(&s->used, 0);
	if (s->context != NULL) {
		seamkey_wipe(s->context,
			2 * seamkey_i_link_context_len(l->cfg->aead));
	}
	seamkey_wipe(s->iv, sizeof s->iv);
}

static inline void seamkey_i_link_asked(seamkey_link *l);
static inline int seamkey_i_slot_erase(seamkey_link *l, seamkey_slot *s);

/*
 * The key that is being made is not to be: a load that is under way comes to
 * nothing, and what the device may have of the key is to be erased.
 */
static inline void
seamkey_i_link_drop(seamkey_link *l)
{
	const seamkey_link_hardware *h = l->hardware;

	if (h != NULL && h->op->req.kind == SEAMKEY_REQ_SLOT_LOAD) {
		h->hook.drv->cancel(h->hook.dev, h->op);
		seamkey_i_link_asked(l);
	}
	l->step = 0;
	seamkey_wipe(l->exchange[0].secret, sizeof l->exchange[0].secret);
}

/* One slot after the other; what a device does not erase is not tried
 * again. SEAMKEY_AGAIN while it is at work. */
static inline int
seamkey_i_link_end_slots(seamkey_link *l)
{
	unsigned u;
	int status;

	for (u = 0; u < l->slots; u++) {
		if (!l->slot[u].used && !(l->dirty && u == l->target)) {
			continue;
		}
		status = seamkey_i_slot_erase(l, &l->slot[u]);
		if (status == SEAMKEY_AGAIN) {
			return status;
		}
		if (status != SEAMKEY_OK) {
			l->end_status = status;
			l->slot[u].used = 0;
			l->dirty = l->dirty && u != l->target;
		}
	}
	return SEAMKEY_OK;
}

SEAMKEY_API int
seamkey_link_end(seamkey_link *link)
{
	int status;
	unsigned u;

	if (link->cfg == NULL) {
		return SEAMKEY_OK;
	}
	/* a device may take its time, or never answer: secrets first */
	seamkey_i_link_drop(link);
	SEAMKEY_PUBLISH(&link->epoch, 0);
	seamkey_wipe(link->chain, sizeof link->chain);
	seamkey_wipe(link->exchange, sizeof link->exchange);
	for (u = 0; u < link->slots; u++) {
		seamkey_wipe(link->slot[u].iv, sizeof link->slot[u].iv);
	}
	status = seamkey_i_link_end_slots(link);
	if (status == SEAMKEY_AGAIN) {
		return status;
	}
	status = link->end_status;
	for (u = 0; u < link->slots; u++) {
		seamkey_i_slot_wipe(link, &link->slot[u]);
		seamkey_wipe(&link->slot[u], sizeof link->slot[u]);
	}
	seamkey_wipe(link, sizeof *link);
	return status;
}

/* ---- [frame.5] Sealing and opening ---------------------------------- */

/* A key identifier as sent: the low bits of m and c. */
static inline uint8_t
seamkey_i_link_wire(const seamkey_link_config *cfg, uint64_t m, uint64_t c)
{
	unsigned bits = seamkey_i_link_bits(cfg);
	unsigned mask = (1u << bits) - 1;

	return (uint8_t)(((unsigned)m & mask) << bits | ((unsigned)c & mask));
}

/* The identifier of the key after the one that is called id. */
static inline uint8_t
seamkey_i_link_successor(const seamkey_link_config *cfg, uint8_t id, int kind)
{
	unsigned bits = seamkey_i_link_bits(cfg);
	uint64_t m = (uint64_t)id >> bits;

	return kind == SEAMKEY_LINK_0RTT
		? seamkey_i_link_wire(cfg, m, (uint64_t)id + 1)
		: seamkey_i_link_wire(cfg, m + 1, 0);
}

/* Is generation g in the slots that a view looks at, as its marks stood? */
static inline unsigned
seamkey_i_link_within(uint8_t g, uint8_t oldest, uint8_t pushed)
{
	return (uint8_t)(g - oldest) <= (uint8_t)(pushed - oldest);
}

/*
 * What follows takes no branch that depends on where a rekey stands: a
 * frame under a new key is to cost what any other costs, and a branch that
 * is taken once in a million frames is guessed wrongly when it is. So
 * conditions are numbers, 0 or 1, joined by & and |; loops run over all
 * slots.
 */

/* The slot that holds this generation, which is live. */
static inline seamkey_slot *
seamkey_i_link_slot(const seamkey_link *l, uint8_t generation)
{
	unsigned u, found = 0;

	for (u = 0; u < l->slots; u++) {
		const seamkey_slot *s = &l->slot[u];
		unsigned hit = (unsigned)(SEAMKEY_OBSERVE(&s->used) != 0)
			& (unsigned)(SEAMKEY_OBSERVE(&s->generation)
				== generation);

		found = (found & (hit - 1)) | ((u + 1) & (0 - hit));
	}
	return found == 0 ? NULL : &l->slot[found - 1];
}

/* An octet that says of generation g whether something has come to pass: g
 * where it has; else what no key that lives at the same time is called. */
static inline void
/* NOLINTNEXTLINE(readability-non-const-parameter): it is written */
seamkey_i_link_mark(uint8_t *octet, uint8_t g, unsigned reached)
{
	SEAMKEY_PUBLISH(octet, g ^ ((~reached & 1) << 7));
}

SEAMKEY_API size_t
seamkey_link_header(const seamkey_link *link)
{
	return link->header_len;
}

SEAMKEY_API size_t
seamkey_link_overhead(const seamkey_link *link)
{
	return (size_t)link->header_len + SEAMKEY_AEAD_TAG;
}

/* The information octet of the draft layout: version 1, and the mode. */
static inline unsigned char
seamkey_i_link_info(const seamkey_link_config *cfg)
{
	return (unsigned char)(0x10 | cfg->mode);
}

static inline void
seamkey_i_link_write_header(const seamkey_link_config *cfg, unsigned char *h,
	uint8_t current, uint8_t next, uint64_t counter, size_t len)
{
	unsigned octets = seamkey_i_link_counter(cfg);

	if (cfg->layout == SEAMKEY_LINK_RTC_DRAFT) {
		*h++ = seamkey_i_link_info(cfg);
	}
	if (seamkey_i_link_bits(cfg) == 2) {
		*h++ = (unsigned char)(current << 4 | next);
	} else {
		*h++ = current;
		*h++ = next;
	}
	seamkey_i_aead_put(h, counter, octets);
	if (cfg->layout == SEAMKEY_LINK_RTC_DRAFT) {
		seamkey_i_aead_put(h + octets, len, 2);
	}
}

/* nonce = IV XOR (six zero octets | counter of 48 bits) */
static inline void
seamkey_i_link_nonce(
	unsigned char *nonce, const unsigned char *iv, uint64_t counter)
{
	unsigned u;

	memcpy(nonce, iv, SEAMKEY_AEAD_NONCE);
	for (u = SEAMKEY_AEAD_NONCE; u > 6; u--) {
		nonce[u - 1] ^= (unsigned char)counter;
		counter >>= 8;
	}
}

/* What seal and open share of one cipher operation. */
typedef struct seamkey_i_link_frame {
	seamkey_span ad[2]; /* header (and plaintext in clear); carrier's */
	unsigned char nonce[SEAMKEY_AEAD_NONCE];
	const unsigned char *in;
	unsigned char *out;
	size_t len;         /* octets that are encrypted */
	unsigned char *tag; /* sealing writes it, opening reads it */
} seamkey_i_link_frame;

/* Ask the hardware for what seal and open need: a frame, or that a slot be
 * activated. Only an answer at once counts. */
static inline int
seamkey_i_link_device(const seamkey_link *l, int kind, const seamkey_slot *s,
	seamkey_i_link_frame *f)
{
	const seamkey_driver *drv = l->hardware->hook.drv;
	seamkey_op op;
	int status;

	memset(&op, 0, sizeof op);
	op.hook = l->hardware->hook;
	op.req.kind = kind;
	op.req.relation = l->relation;
	op.req.slot = (unsigned)(s - l->slot);
	op.req.direction = kind == SEAMKEY_REQ_OPEN;
	op.req.generation = s->serial;
	if (f != NULL) {
		op.req.in = seamkey_span_of(f->in, f->len);
		op.req.out = f->out;
		op.req.out_cap = f->len;
		op.req.nonce = f->nonce;
		op.req.ad[0] = f->ad[0];
		op.req.ad[1] = f->ad[1];
		op.req.tag = f->tag;
	}
	status = drv->begin(op.hook.dev, &op, &op.req);
	if (status > SEAMKEY_OK && drv->cancel != NULL) {
		drv->cancel(op.hook.dev, &op);
	}
	if (status > SEAMKEY_OK || status == SEAMKEY_ERR_SPACE) {
		return SEAMKEY_ERR_HOOK;
	}
	if (status != SEAMKEY_OK) {
		return seamkey_i_op_error(&op, status);
	}
	if (kind == SEAMKEY_REQ_OPEN && op.out_len != 1) {
		return SEAMKEY_ERR_LINK_TAG;
	}
	if (f != NULL && kind == SEAMKEY_REQ_SEAL
		&& op.out_len != f->len + SEAMKEY_AEAD_TAG) {
		return SEAMKEY_ERR_HOOK;
	}
	return SEAMKEY_OK;
}

static inline void
seamkey_i_link_tell(seamkey_link *l, int event)
{
	if (l->cfg->event != NULL) {
		l->cfg->event(l->cfg->event_ctx, l, event);
	}
}

/* The device has nothing of work's to do any more, and no key is left in
 * what was lent to it. */
static inline void
seamkey_i_link_asked(seamkey_link *l)
{
	seamkey_op *op = l->hardware->op;

	seamkey_wipe(op->scratch, l->hardware->hook.drv->scratch_size);
	memset(&op->req, 0, sizeof op->req);
}

/* Hand a request to the hardware that may take it time. */
static inline int
seamkey_i_link_ask(
	seamkey_link *l, int kind, const seamkey_slot *s, seamkey_span key)
{
	seamkey_op *op = l->hardware->op;

	op->hook = l->hardware->hook;
	op->req.kind = kind;
	op->req.relation = l->relation;
	op->req.slot = (unsigned)(s - l->slot);
	op->req.direction = l->direction;
	/* a slot that is not in use is to have the next one, or part of it */
	op->req.generation = s->used ? s->serial : l->serial + 1;
	op->req.in = key;
	op->generation = ~(uint64_t)0;
	op->out_len = 0;
	l->dirty |= kind == SEAMKEY_REQ_SLOT_LOAD;
	return op->hook.drv->begin(op->hook.dev, op, &op->req);
}

/* What it answered. A key that is loaded counts when the driver names just
 * its generation; a slot is free when it has been erased. */
static inline int
seamkey_i_link_answer(seamkey_link *l, int status)
{
	seamkey_op *op = l->hardware->op;
	unsigned slot = op->req.slot;

	status = seamkey_i_op_answer(op, status);
	if (status == SEAMKEY_AGAIN) {
		return status;
	}
	if (status == SEAMKEY_OK && op->req.kind == SEAMKEY_REQ_SLOT_ERASE) {
		seamkey_i_slot_wipe(l, &l->slot[slot]);
		l->dirty = l->dirty && slot != l->target;
	} else if (status == SEAMKEY_OK
		&& op->generation != op->req.generation) {
		if (op->hook.drv->cancel != NULL) {
			op->hook.drv->cancel(op->hook.dev, op);
		}
		status = SEAMKEY_ERR_HOOK;
	}
	seamkey_i_link_asked(l);
	if (status != SEAMKEY_OK) {
		l->worked.hardware++;
		seamkey_i_link_tell(l, SEAMKEY_LINK_HARDWARE);
	}
	return seamkey_i_op_error(op, status);
}

/*
 * A request for the hardware until it has been answered; SEAMKEY_AGAIN until
 * then. One that is still under way for another slot comes first.
 */
static inline int
seamkey_i_link_request(
	seamkey_link *l, int kind, const seamkey_slot *s, seamkey_span key)
{
	seamkey_op *op = l->hardware->op;
	int other = op->req.kind != 0
		&& (op->req.kind != kind || &l->slot[op->req.slot] != s);
	int status = op->req.kind == 0 ? seamkey_i_link_ask(l, kind, s, key)
				       : op->hook.drv->poll(op->hook.dev, op);

	status = seamkey_i_link_answer(l, status);
	return other ? SEAMKEY_AGAIN : status;
}

/* Forget a slot's keys, a device's first: SEAMKEY_AGAIN while it is at
 * work, and the slot stays used until it has done so. */
static inline int
seamkey_i_slot_erase(seamkey_link *l, seamkey_slot *s)
{
	if (l->hardware != NULL) {
		return seamkey_i_link_request(
			l, SEAMKEY_REQ_SLOT_ERASE, s, seamkey_span_of(NULL, 0));
	}
	seamkey_i_slot_wipe(l, s);
	return SEAMKEY_OK;
}

/*
 * Switch the provider if both ends have the next key: the initiator when
 * the follower shows that it has it, the follower when the initiator uses
 * it. A device that cannot activate it leaves the old one in use.
 */
static inline void
seamkey_i_link_provider(seamkey_link *l)
{
	uint8_t next = (uint8_t)(l->provider.active + 1);
	uint8_t ready = l->cfg->role == SEAMKEY_LINK_INITIATOR
		? SEAMKEY_OBSERVE(&l->peer)
		: SEAMKEY_OBSERVE(&l->consumer.active);
	unsigned go = ready == next;

	if (l->hardware != NULL && go
		&& SEAMKEY_OBSERVE(&l->provider.pushed) == next) {
		const seamkey_slot *s = seamkey_i_link_slot(l, next);

		go = s != NULL
			&& seamkey_i_link_device(
				   l, SEAMKEY_REQ_SLOT_ACTIVATE, s, NULL)
				== SEAMKEY_OK;
		l->sealed.hardware += !go;
	}
	l->sealed.switches += seamkey_i_view_switch(&l->provider, go);
}

/* Octets in one direction at which a rekey cannot wait; at 3/4 it is due. */
static inline uint64_t
seamkey_i_link_most(const seamkey_link_config *cfg)
{
	return seamkey_i_link_or(cfg->soft_bytes, ~(uint64_t)0);
}

/* After a frame has been sealed: which limits have been reached? */
static inline void
seamkey_i_link_sent(seamkey_link *l, seamkey_slot *s, size_t len)
{
	uint64_t most = seamkey_i_link_most(l->cfg);
	uint8_t g = s->generation;

	s->bytes += len;
	l->sealed.frames++;
	l->sealed.bytes += len;
	seamkey_i_link_mark(&l->seal_soft, g,
		(unsigned)(s->sent >= s->soft)
			| (unsigned)(s->bytes >= most - (most >> 2)));
	seamkey_i_link_mark(&l->seal_urgent, g,
		(unsigned)(s->sent >= l->soft) | (unsigned)(s->bytes >= most));
	seamkey_i_link_mark(&l->seal_hard, g, 0);
	SEAMKEY_PUBLISH(&l->used, s->sent >> l->used_shift);
}

/* The counter of this frame, or an error. A counter that was given out is
 * used up, whatever becomes of the frame. */
static inline int
seamkey_i_link_count(seamkey_link *l, seamkey_slot *s, uint64_t *counter)
{
	if (s->sent >= l->hard) {
		l->sealed.refused++;
		seamkey_i_link_mark(&l->seal_hard, s->generation, 1);
		return SEAMKEY_ERR_LINK_LIMIT;
	}
	if (l->cfg->counter_octets != SEAMKEY_LINK_CARRIER_COUNTER) {
		*counter = s->next;
	} else if (*counter < s->next) {
		return SEAMKEY_ERR_LINK_COUNTER;
	}
	s->next = *counter + 1;
	s->sent++;
	return SEAMKEY_OK;
}

/* Seal plain into the frame whose header is written. */
static inline int
seamkey_i_link_protect(seamkey_link *l, const seamkey_slot *s, seamkey_span ad,
	const unsigned char *plain, size_t len, unsigned char *frame,
	uint64_t counter)
{
	const seamkey_aead *aead = l->cfg->aead;
	seamkey_i_link_frame f;
	int status;

	f.ad[0] = seamkey_span_of(frame, l->header_len);
	f.ad[1] = ad;
	f.in = plain;
	f.out = frame + l->header_len;
	f.len = len;
	f.tag = f.out + len;
	seamkey_i_link_nonce(f.nonce, s->iv[0], counter);
	if (l->cfg->mode == SEAMKEY_LINK_AUTHENTIC) {
		if (len != 0) {
			memmove(f.out, plain, len);
		}
		f.ad[0].len += len;
		f.len = 0;
	}
	if (l->hardware != NULL) {
		status = seamkey_i_link_device(l, SEAMKEY_REQ_SEAL, s, &f);
		if (status != SEAMKEY_OK) {
			memset(frame, 0, l->header_len + len);
			l->sealed.hardware++;
		}
		return status;
	}
	aead->seal(aead, seamkey_i_link_context(l, s, 0), f.nonce, f.ad, f.in,
		f.len, f.out, f.tag);
	return SEAMKEY_OK;
}

SEAMKEY_API int
seamkey_link_seal_counted(seamkey_link *link, uint64_t counter, seamkey_span ad,
	const unsigned char *plain, size_t len, unsigned char *frame,
	size_t frame_cap, size_t *frame_len)
{
	const seamkey_link_config *cfg = link->cfg;
	seamkey_slot *s;
	uint8_t epoch;
	int status;

	if (ad.len != cfg->ad_len || counter >> 48 != 0
		|| len > seamkey_i_link_or(cfg->max_plain, 1500)) {
		return SEAMKEY_ERR_ARG;
	}
	if (frame_cap < len + seamkey_link_overhead(link)) {
		return SEAMKEY_ERR_SPACE;
	}
	epoch = SEAMKEY_OBSERVE(&link->epoch);
	SEAMKEY_PUBLISH(&link->seal_epoch, epoch); /* acknowledged */
	if (!(epoch & 1)) {
		link->sealed.down++;
		return SEAMKEY_ERR_LINK_DOWN;
	}
	seamkey_i_link_provider(link);
	if (cfg->role == SEAMKEY_LINK_INITIATOR
		&& (uint8_t)(SEAMKEY_OBSERVE(&link->peer)
			   - link->provider.active)
			> 127) {
		return SEAMKEY_AGAIN; /* a start that is not confirmed */
	}
	s = seamkey_i_link_slot(link, link->provider.active);
	if (s == NULL) {
		link->sealed.down++;
		return SEAMKEY_ERR_LINK_DOWN;
	}
	status = seamkey_i_link_count(link, s, &counter);
	if (status != SEAMKEY_OK) {
		return status;
	}
	seamkey_i_link_write_header(cfg, frame, s->wire,
		SEAMKEY_OBSERVE(&link->announce), counter, len);
	status =
		seamkey_i_link_protect(link, s, ad, plain, len, frame, counter);
	if (status == SEAMKEY_OK) {
		*frame_len = len + seamkey_link_overhead(link);
		seamkey_i_link_sent(link, s, len);
	}
	return status;
}

SEAMKEY_API int
seamkey_link_seal(seamkey_link *link, seamkey_span ad,
	const unsigned char *plain, size_t len, unsigned char *frame,
	size_t frame_cap, size_t *frame_len)
{
	if (link->cfg->counter_octets == SEAMKEY_LINK_CARRIER_COUNTER) {
		return SEAMKEY_ERR_ARG;
	}
	return seamkey_link_seal_counted(
		link, 0, ad, plain, len, frame, frame_cap, frame_len);
}

/* The header as received. */
typedef struct seamkey_i_link_header_in {
	uint8_t current, next;
	uint64_t counter; /* as many octets of it as were sent */
	size_t len;       /* of the plaintext */
} seamkey_i_link_header_in;

static inline int
seamkey_i_link_read_header(const seamkey_link *l, const unsigned char *frame,
	size_t frame_len, seamkey_i_link_header_in *h)
{
	const seamkey_link_config *cfg = l->cfg;
	unsigned octets = seamkey_i_link_counter(cfg);

	if (frame_len < seamkey_link_overhead(l)) {
		return SEAMKEY_ERR_LINK_FRAME;
	}
	h->len = frame_len - seamkey_link_overhead(l);
	if (h->len > seamkey_i_link_or(cfg->max_plain, 1500)) {
		return SEAMKEY_ERR_LINK_FRAME;
	}
	if (cfg->layout == SEAMKEY_LINK_RTC_DRAFT
		&& *frame++ != seamkey_i_link_info(cfg)) {
		return SEAMKEY_ERR_LINK_FRAME;
	}
	h->current = *frame++;
	if (seamkey_i_link_bits(cfg) == 2) {
		h->next = h->current & 15;
		h->current >>= 4;
	} else {
		h->next = *frame++;
	}
	h->counter = seamkey_i_aead_get(frame, octets);
	if (cfg->layout == SEAMKEY_LINK_RTC_DRAFT
		&& seamkey_i_aead_get(frame + octets, 2) != h->len) {
		return SEAMKEY_ERR_LINK_FRAME;
	}
	return SEAMKEY_OK;
}

/* The consumer's slot with this key identifier, among the marks that were
 * read at the beginning; no two live slots have the same. */
static inline seamkey_slot *
seamkey_i_link_by_id(const seamkey_link *l, uint8_t id, uint8_t oldest)
{
	uint8_t pushed = SEAMKEY_OBSERVE(&l->consumer.pushed);
	unsigned u, found = 0;

	for (u = 0; u < l->slots; u++) {
		const seamkey_slot *s = &l->slot[u];
		unsigned hit = (unsigned)(SEAMKEY_OBSERVE(&s->used) != 0)
			& seamkey_i_link_within(
				SEAMKEY_OBSERVE(&s->generation), oldest, pushed)
			& (unsigned)(SEAMKEY_OBSERVE(&s->wire) == id);

		found = (found & (hit - 1)) | ((u + 1) & (0 - hit));
	}
	return found == 0 ? NULL : &l->slot[found - 1];
}

/* The counter nearest to the one expected that ends in these 16 bits. */
static inline uint64_t
seamkey_i_link_extend(uint64_t expected, uint64_t low)
{
	uint64_t full = (expected & ~(uint64_t)0xFFFF) | low;

	if (full + 0x8000 < expected) {
		return full + 0x10000;
	}
	if (full > expected + 0x8000 && full >= 0x10000) {
		return full - 0x10000;
	}
	return full;
}

/* Has this counter been delivered, or can nobody tell any more? */
static inline int
seamkey_i_link_seen(
	const seamkey_link *l, const seamkey_slot *s, uint64_t counter)
{
	uint64_t width = 64, age;

	if (counter >= s->expected) {
		return SEAMKEY_OK;
	}
	age = s->expected - 1 - counter;
	if (age < SEAMKEY_LINK_WINDOW_MAX
		&& (s->window[age >> 5] >> (age & 31) & 1) != 0) {
		return SEAMKEY_ERR_LINK_DUPLICATE;
	}
	if (l->cfg->window != 0) {
		width = l->cfg->window < 0 ? 0 : (uint64_t)l->cfg->window;
	}
	return age < width ? SEAMKEY_OK : SEAMKEY_ERR_LINK_LATE;
}

/* Note a counter as delivered. */
static inline void
seamkey_i_link_note(seamkey_slot *s, uint64_t counter)
{
	const unsigned words = SEAMKEY_LINK_WINDOW_MAX / 32;
	uint64_t by;
	unsigned u, skip, bits;

	if (counter < s->expected) {
		by = s->expected - 1 - counter;
		s->window[by >> 5] |= (uint32_t)1 << (by & 31);
		return;
	}
	by = seamkey_i_link_min(
		counter + 1 - s->expected, SEAMKEY_LINK_WINDOW_MAX);
	skip = (unsigned)by >> 5;
	bits = (unsigned)by & 31;
	for (u = words; u-- > 0;) {
		uint32_t high = u >= skip ? s->window[u - skip] : 0;
		uint32_t low = u > skip ? s->window[u - skip - 1] : 0;

		s->window[u] =
			bits == 0 ? high : high << bits | low >> (32 - bits);
	}
	s->window[0] |= 1;
	s->expected = counter + 1;
}

/* Is next the identifier of a key after that of s, and one that was pushed
 * here? Then the follower has the very same. */
static inline unsigned
seamkey_i_link_held(const seamkey_link *l, const seamkey_slot *s, uint8_t next)
{
	uint8_t g = (uint8_t)(s->generation + 1);
	unsigned u, held = 0;

	for (u = 0; u < l->slots; u++) {
		const seamkey_slot *t = &l->slot[u];

		held |= (unsigned)(SEAMKEY_OBSERVE(&t->used) != 0)
			& (unsigned)(SEAMKEY_OBSERVE(&t->generation) == g)
			& (unsigned)(SEAMKEY_OBSERVE(&t->wire) == next);
	}
	return held & (unsigned)(SEAMKEY_OBSERVE(&l->consumer.pushed) == g);
}

/*
 * Read the signals of an authentic frame that is the newest so far. next
 * is relative to the key that opened this very frame, never to what is
 * current here. Only steps forward count, so an old signal does nothing.
 * The frame itself shows that the peer has its key.
 */
static inline void
seamkey_i_link_signals(seamkey_link *l, const seamkey_slot *s, uint8_t next)
{
	uint8_t same = s->wire, peer = l->peer, shown;
	unsigned derived = next
		== seamkey_i_link_successor(l->cfg, same, SEAMKEY_LINK_0RTT);
	unsigned known = derived | (unsigned)(next == same)
		| (unsigned)(next
			== seamkey_i_link_successor(
				l->cfg, same, SEAMKEY_LINK_NRTT));

	if (l->cfg->role == SEAMKEY_LINK_INITIATOR) {
		derived = seamkey_i_link_held(l, s, next);
		known = derived | (unsigned)(next == same);
	}
	shown = (uint8_t)(s->generation + derived);
	SEAMKEY_PUBLISH(
		&l->peer, (uint8_t)(shown - peer) <= 127 ? shown : peer);
	if (!known) {
		SEAMKEY_PUBLISH(&l->peer_bugs, ++l->opened.peer_bugs);
	}
}

/* A frame under the active key, maybe its first: what has been reached by
 * it? A counter of the carrier's does not begin at 0. */
static inline void
seamkey_i_link_received(seamkey_link *l, const seamkey_slot *s,
	uint64_t counter, size_t len, unsigned is_first)
{
	uint64_t sent = s->expected, most = seamkey_i_link_most(l->cfg);
	uint8_t g = s->generation;

	l->first = is_first ? counter : l->first;
	l->bytes = (is_first ? 0 : l->bytes) + len;
	if (l->cfg->counter_octets == SEAMKEY_LINK_CARRIER_COUNTER) {
		sent -= l->first;
	}
	seamkey_i_link_mark(&l->drained, g,
		(unsigned)(l->drain != 0)
			& (unsigned)(counter >= l->first + l->drain));
	seamkey_i_link_mark(&l->open_soft, g,
		(unsigned)(sent >= s->soft)
			| (unsigned)(l->bytes >= most - (most >> 2)));
	seamkey_i_link_mark(&l->open_urgent, g,
		(unsigned)(sent >= l->soft) | (unsigned)(l->bytes >= most));
	seamkey_i_link_mark(
		&l->alarm, g, s->failed >= seamkey_i_link_failed_warn(l));
	SEAMKEY_PUBLISH(
		&l->received, seamkey_i_link_min(sent >> l->used_shift, 255));
}

/* An authentic frame that is delivered: counters, views, signals. */
static inline void
seamkey_i_link_accept(seamkey_link *l, seamkey_slot *s, uint64_t counter,
	const seamkey_i_link_header_in *h)
{
	uint8_t g = s->generation;
	unsigned newest = (unsigned)(counter >= s->expected)
		& (unsigned)((uint8_t)(g - l->newest) <= 127);
	unsigned is_first = s->expected == 0;

	seamkey_i_link_note(s, counter);
	l->opened.frames++;
	l->opened.bytes += h->len;
	l->opened.overtaken += !newest;
	l->opened.switches += seamkey_i_view_switch(
		&l->consumer, g == (uint8_t)(l->consumer.active + 1));
	if (g == l->consumer.active) {
		seamkey_i_link_received(l, s, counter, h->len, is_first);
	}
	SEAMKEY_PUBLISH(&l->heard, SEAMKEY_OBSERVE(&l->asked));
	if (newest) {
		l->newest = g;
		seamkey_i_link_signals(l, s, h->next);
	}
}

/* Take the seal off; the tag is right or plain is zeroed. */
static inline int
seamkey_i_link_unprotect(seamkey_link *l, const seamkey_slot *s,
	seamkey_span ad, const unsigned char *frame, size_t len,
	uint64_t counter, unsigned char *plain)
{
	const seamkey_aead *aead = l->cfg->aead;
	const unsigned char *body = frame + l->header_len;
	unsigned char tag[SEAMKEY_AEAD_TAG];
	seamkey_i_link_frame f;
	int clear = l->cfg->mode == SEAMKEY_LINK_AUTHENTIC;
	int status;

	memcpy(tag, body + len, sizeof tag);
	f.ad[0] = seamkey_span_of(frame, l->header_len + (clear ? len : 0));
	f.ad[1] = ad;
	f.in = body;
	f.out = plain;
	f.len = clear ? 0 : len;
	f.tag = tag;
	seamkey_i_link_nonce(f.nonce, s->iv[1], counter);
	if (l->hardware != NULL) {
		status = seamkey_i_link_device(l, SEAMKEY_REQ_OPEN, s, &f);
		l->opened.hardware +=
			status != SEAMKEY_OK && status != SEAMKEY_ERR_LINK_TAG;
	} else {
		status = aead->open(aead, seamkey_i_link_context(l, s, 1),
				 f.nonce, f.ad, f.in, f.len, f.out, tag)
			? SEAMKEY_OK
			: SEAMKEY_ERR_LINK_TAG;
	}
	if (len != 0 && status != SEAMKEY_OK) {
		memset(plain, 0, len);
	} else if (len != 0 && clear) {
		memmove(plain, body, len);
	}
	return status;
}

/* A wrong tag: counted, and nothing else. */
static inline void
seamkey_i_link_failed(seamkey_link *l, seamkey_slot *s)
{
	l->opened.bad_tag++;
	s->failed++;
	if (s->failed >= seamkey_i_link_failed_warn(l)) {
		seamkey_i_link_mark(&l->alarm, s->generation, 1);
	}
}

/* The frame's slot, its header and its whole counter, or why not. */
static inline int
seamkey_i_link_select(seamkey_link *l, const unsigned char *frame,
	size_t frame_len, seamkey_i_link_header_in *h, uint64_t *counter,
	seamkey_slot **slot)
{
	uint8_t epoch = SEAMKEY_OBSERVE(&l->epoch); /* before its marks */
	uint8_t oldest = SEAMKEY_OBSERVE(&l->consumer.oldest);
	int status = epoch & 1 ? SEAMKEY_OK : SEAMKEY_ERR_LINK_DOWN;

	SEAMKEY_PUBLISH(&l->open_epoch, epoch); /* acknowledged, both */
	SEAMKEY_PUBLISH(&l->open_oldest, oldest);
	if (frame_len == 0) {
		return SEAMKEY_AGAIN;
	}
	if (status == SEAMKEY_OK) {
		status = seamkey_i_link_read_header(l, frame, frame_len, h);
	}
	if (status != SEAMKEY_OK) {
		l->opened.bad_frame += status == SEAMKEY_ERR_LINK_FRAME;
		l->opened.down += status == SEAMKEY_ERR_LINK_DOWN;
		return status;
	}
	*slot = seamkey_i_link_by_id(l, h->current, oldest);
	if (*slot == NULL) {
		l->opened.no_key++;
		return SEAMKEY_ERR_LINK_KEY_ID;
	}
	if ((*slot)->failed >= l->failed_stop) {
		l->opened.stopped++;
		return SEAMKEY_ERR_LINK_LIMIT;
	}
	if (l->cfg->counter_octets == 2) {
		*counter = seamkey_i_link_extend((*slot)->expected, h->counter);
	} else if (l->cfg->counter_octets != SEAMKEY_LINK_CARRIER_COUNTER) {
		*counter = h->counter;
	}
	return SEAMKEY_OK;
}

SEAMKEY_API int
seamkey_link_open_counted(seamkey_link *link, uint64_t counter, seamkey_span ad,
	const unsigned char *frame, size_t frame_len, unsigned char *plain,
	size_t cap, size_t *len)
{
	seamkey_i_link_header_in h;
	seamkey_slot *s;
	int status;

	if (frame_len != 0
		&& (ad.len != link->cfg->ad_len || counter >> 48 != 0)) {
		return SEAMKEY_ERR_ARG;
	}
	status =
		seamkey_i_link_select(link, frame, frame_len, &h, &counter, &s);
	if (status != SEAMKEY_OK) {
		return status;
	}
	if (cap < h.len) {
		return SEAMKEY_ERR_SPACE;
	}
	status = seamkey_i_link_unprotect(
		link, s, ad, frame, h.len, counter, plain);
	if (status == SEAMKEY_ERR_LINK_TAG) {
		seamkey_i_link_failed(link, s);
	}
	if (status != SEAMKEY_OK) {
		return status;
	}
	status = seamkey_i_link_seen(link, s, counter);
	if (status != SEAMKEY_OK) {
		link->opened.duplicates += status == SEAMKEY_ERR_LINK_DUPLICATE;
		link->opened.late += status == SEAMKEY_ERR_LINK_LATE;
		if (h.len != 0) {
			memset(plain, 0, h.len);
		}
		return status;
	}
	seamkey_i_link_accept(link, s, counter, &h);
	*len = h.len;
	return SEAMKEY_OK;
}

SEAMKEY_API int
seamkey_link_open(seamkey_link *link, seamkey_span ad,
	const unsigned char *frame, size_t frame_len, unsigned char *plain,
	size_t cap, size_t *len)
{
	if (link->cfg->counter_octets == SEAMKEY_LINK_CARRIER_COUNTER
		&& frame_len != 0) {
		return SEAMKEY_ERR_ARG;
	}
	return seamkey_link_open_counted(
		link, 0, ad, frame, frame_len, plain, cap, len);
}

#ifdef __cplusplus
}
#endif
#endif
