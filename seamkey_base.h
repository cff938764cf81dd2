/*
 * seamkey_base.h - what every other seamkey header stands on
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * CONTENTS
 *   1. Configuration                5. Hooks and operations
 *   2. Status                       6. Randomness
 *   3. Spans                        7. Authenticated encryption
 *   4. Secrets and constant time    8. What crosses between contexts
 * Search for "[base.4]" to reach section 4: declarations first,
 * definitions second.
 *
 * WHAT IT IS
 *   Status codes and their texts, views into other people's bytes, wiping,
 *   comparison without branches, the one shape that every hook has, and
 *   the one shape of a source of random bytes. It needs nothing but
 *   <stddef.h>, <stdint.h> and <string.h> of a freestanding C99 compiler
 *   (memcpy, memmove, memset, memcmp).
 *
 * TWO WAYS TO BUILD (all seamkey headers alike)
 *   Include and go: every function is static inline; nothing else to do.
 *   One shared copy: compile everything with -DSEAMKEY_EXTERN, and let
 *   exactly one file define SEAMKEY_IMPLEMENTATION before it includes the
 *   headers. Where that file is missing, the link fails.
 *
 * CAUTIONS
 *   Lengths are in bytes unless a name ends in "bits". A function that
 *   returns int returns a status; one that returns uint32_t returns 1 or 0
 *   computed without branches.
 */
#ifndef SEAMKEY_BASE_H
#define SEAMKEY_BASE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- [base.1] Configuration ------------------------------------------ */

#define SEAMKEY_VERSION_MAJOR 0
#define SEAMKEY_VERSION_MINOR 1
#define SEAMKEY_VERSION_PATCH 0

/* Linkage of public functions: see "two ways to build" above. */
#if defined(SEAMKEY_IMPLEMENTATION) && !defined(SEAMKEY_EXTERN)
#error "SEAMKEY_IMPLEMENTATION needs -DSEAMKEY_EXTERN, for all files alike"
#endif
#ifdef SEAMKEY_EXTERN
#define SEAMKEY_API extern
#else
#define SEAMKEY_API static inline
#endif

/*
 * Everything that is computed from a secret and then used openly (the
 * verdict of a check, a length that the format makes public) passes
 * through this macro. It does nothing, unless a test defines it before
 * the first seamkey header to tell its checker that len bytes at p are
 * public from here on (tests/ct.c does so for valgrind).
 */
#ifndef SEAMKEY_DECLASSIFY
#define SEAMKEY_DECLASSIFY(p, len) ((void)(p), (void)(len))
#endif

/* A Cortex-M4, M7 or M33, which multiplies 32 bits to 64 in a time that does
 * not depend on them (M0 and M3 do not), and adds two words to that. */
#if defined(__ARM_FEATURE_DSP) && defined(__thumb2__) \
	&& __ARM_ARCH_PROFILE == 'M' && defined(__GNUC__)
#define SEAMKEY_I_CORTEX_UMAAL 1
#else
#define SEAMKEY_I_CORTEX_UMAAL 0
#endif

/* ---- [base.2] Status ------------------------------------------------- */

/*
 * Every function that returns int returns SEAMKEY_OK (0), a negative
 * error, or, where its comment says so, SEAMKEY_AGAIN (positive): the
 * operation has been accepted and is not finished yet.
 *
 * Bands: base -1..-99, der -100..-199, rsa -200..-299, later parts below.
 * Numbers below -1000 belong to the caller: what a hook returns there is
 * handed through unchanged.
 */
#define SEAMKEY_OK    0
#define SEAMKEY_AGAIN 1

/* clang-format off */
#define SEAMKEY_BASE_ERRORS(X) \
	X(SEAMKEY_ERR_ARG, -1, \
		"an argument is missing or out of range") \
	X(SEAMKEY_ERR_SPACE, -2, \
		"the buffer for the result is too small") \
	X(SEAMKEY_ERR_LENGTH, -3, \
		"a length is too large to be represented") \
	X(SEAMKEY_ERR_RANDOM, -4, \
		"there is no source of random bytes, or it failed") \
	X(SEAMKEY_ERR_UNSUPPORTED, -5, \
		"nothing here can do this operation") \
	X(SEAMKEY_ERR_HOOK, -6, \
		"a hook answered what no hook may answer") \
	X(SEAMKEY_ERR_CANCELLED, -7, \
		"the operation was cancelled") \
	X(SEAMKEY_ERR_STATE, -8, \
		"no operation is under way, or one is already") \
	X(SEAMKEY_ERR_IDLE, -9, \
		"the engine has to be waited for, and there is no idle hook")
/* clang-format on */

#define SEAMKEY_I_ENUM(name, value, text) name = value,
enum seamkey_base_error {
	SEAMKEY_BASE_ERRORS(SEAMKEY_I_ENUM) SEAMKEY_BASE_NO_ERROR = 0
};

/*
 * The text of a status, in English, without a full stop; static, never
 * NULL. seamkey_base_text knows the codes of this header only; each part
 * has one that also knows the codes of the parts below it, and
 * seamkey_text in seamkey.h knows all.
 */
SEAMKEY_API const char *seamkey_base_text(int status);

/* ---- [base.3] Spans -------------------------------------------------- */

/*
 * Bytes owned by someone else. A span stays valid as long as its owner
 * leaves the bytes in place; seamkey never frees and never copies them
 * behind the caller's back. What a decoder returns are spans into the
 * bytes that were decoded.
 */
typedef struct seamkey_span {
	const unsigned char *p; /* first byte; may be NULL where len is 0 */
	size_t len;             /* in bytes */
} seamkey_span;

/*
 * A span over len bytes at p. No error, no copy. Inline in both ways to
 * build: it is two stores, and a compiler that does not see them takes p
 * for bytes that are read here.
 */
static inline seamkey_span
seamkey_span_of(const void *p, size_t len)
{
	seamkey_span s;

	s.p = (const unsigned char *)p;
	s.len = len;
	return s;
}

/*
 * 1 if both spans hold the same bytes, else 0. For public bytes only: the
 * time tells where they differ. Secrets go through seamkey_ct_equal().
 */
SEAMKEY_API int seamkey_span_match(seamkey_span a, seamkey_span b);

/* ---- [base.4] Secrets and constant time ------------------------------ */

/*
 * Overwrite len bytes at p with zero, in a way that the compiler does not
 * remove. p may be NULL where len is 0.
 */
SEAMKEY_API void seamkey_wipe(void *p, size_t len);

/*
 * 1 if the len bytes at a and at b are equal, else 0. Constant time in the
 * bytes; len is public.
 */
SEAMKEY_API uint32_t seamkey_ct_equal(const void *a, const void *b, size_t len);

/* ---- [base.5] Hooks and operations ----------------------------------- */

/*
 * A hook hands one kind of work to something else: an accelerator, a
 * secure element, a server in another process. It is a const table of
 * functions (the driver) and a pointer to what they work on (the device).
 * A zeroed hook means that software does the work. There is no global
 * registry: two engines coexist because each object names its own.
 */

/* What a driver is asked to do. Others come with the parts that ask. */
enum seamkey_req_kind {
	SEAMKEY_REQ_RAW_PRIVATE = 1, /* out = in^d mod n; both as long as n */
	SEAMKEY_REQ_RAW_PUBLIC,      /* out = in^e mod n; both as long as n */
	SEAMKEY_REQ_PKCS1_SIGN,      /* in: DigestInfo; out: the signature */
	SEAMKEY_REQ_PKCS1_DECRYPT,   /* in: ciphertext; out: the message */
	SEAMKEY_REQ_OAEP_DECRYPT,    /* the same for OAEP: SHA-256, MGF1 with
	                              * SHA-256, the empty label */
	SEAMKEY_REQ_ECDSA_SIGN,      /* in: digest; out: r and s, as long as
	                              * the order each */
	SEAMKEY_REQ_DSA_SIGN,        /* in: digest; out: r and s likewise */
	SEAMKEY_REQ_SLOT_LOAD,       /* in: key for one direction of a slot;
	                              * op->generation: what is in place */
	SEAMKEY_REQ_SLOT_ACTIVATE,   /* provider: seal with it from now on */
	SEAMKEY_REQ_SLOT_ERASE,      /* both directions of a slot */
	SEAMKEY_REQ_SEAL,            /* in: plaintext, may be out; writes tag */
	SEAMKEY_REQ_OPEN             /* in: ciphertext, may be out; reads tag;
	                              * op->out_len 1: authentic, 0: not */
};

/*
 * One request. Every span stays valid until the operation has ended. A
 * driver writes nothing but out[0..out_cap), tag where it seals, and its
 * own memory.
 */
typedef struct seamkey_req {
	int kind;            /* enum seamkey_req_kind */
	seamkey_span key;    /* PrivateKeyInfo; SubjectPublicKeyInfo for a
	                      * public operation or beside a handle; empty
	                      * beside a handle that comes without one */
	seamkey_span handle; /* what the driver knows the key by, or empty */
	seamkey_span in;     /* overlaps out only where its kind says so */
	unsigned char *out;
	size_t out_cap; /* bytes at out, not more than the result needs */

	/* of a link's frame or slot: see seamkey_link.h */
	uint64_t generation;
	unsigned relation, slot, direction; /* 0 provider, 1 consumer */
	const unsigned char *nonce;         /* 12 bytes */
	seamkey_span ad[2];
	unsigned char *tag; /* 16 bytes */
} seamkey_req;

struct seamkey_op;

/*
 * A driver; const, so that it can live in flash.
 *
 * begin  starts the work. SEAMKEY_OK: done, the result stands at req->out
 *        and its length in op->out_len. SEAMKEY_AGAIN: poll will tell.
 *        SEAMKEY_ERR_UNSUPPORTED: the device cannot do this; seamkey tries
 *        another way (another kind of request, then software), unless the
 *        hook is fail_closed. SEAMKEY_ERR_SPACE: op->scratch_len is less
 *        than scratch_size. Any other status of base, or one below -1000,
 *        ends the operation with that status; one that a kind of request
 *        defines has the effect that is said there. req stays in place
 *        until the end, and out[] is zero at the beginning.
 * poll   looks whether the work is done, and never blocks. Same answers.
 *        NULL where begin never answers SEAMKEY_AGAIN.
 * cancel gives up, idempotent: afterwards the device writes nothing of
 *        this operation any more, and the scratch holds no secret. NULL
 *        where poll is NULL.
 *
 * Anything else that begin or poll answers, and an out_len above out_cap,
 * ends the operation with SEAMKEY_ERR_HOOK, after a cancel; a status of
 * another part, and SEAMKEY_ERR_SPACE beside a scratch that is large
 * enough, become SEAMKEY_ERR_HOOK, too. A driver has
 * poll and cancel or neither (SEAMKEY_ERR_ARG). A device that finishes in an
 * interrupt sets a flag there and lets poll read it.
 */
typedef struct seamkey_driver {
	size_t scratch_size; /* bytes of op->scratch that begin needs */
	int (*begin)(void *dev, struct seamkey_op *op, const seamkey_req *req);
	int (*poll)(void *dev, struct seamkey_op *op);
	void (*cancel)(void *dev, struct seamkey_op *op);
} seamkey_driver;

typedef struct seamkey_hook {
	const seamkey_driver *drv; /* NULL: software */
	void *dev;                 /* the driver's */
	int fail_closed;           /* 1: never fall back to software */
} seamkey_hook;

/*
 * An operation under way. The caller zeroes it, sets the two pieces of
 * memory that it needs, and hands it to a function whose name ends in
 * _begin; they and everything that was handed over with it (key, input,
 * output) stay in place until the operation has ended. It is zeroed then,
 * and both pieces of memory hold no secret any more.
 */
typedef struct seamkey_op {
	/* the caller's */
	void *scratch; /* the driver's, aligned as the driver wants it */
	size_t scratch_len;
	unsigned char *work; /* the service's, as long as that says */
	size_t work_len;

	/* the driver's */
	size_t out_len;      /* bytes written at req->out */
	uint64_t generation; /* of the key that is in place now */

	/* the service's own */
	seamkey_req req;
	seamkey_hook hook;
	int (*next)(struct seamkey_op *op, int status); /* NULL: ended */
	int (*software)(struct seamkey_op *op); /* where no engine can */
	int (*complete)(struct seamkey_op *op); /* the caller's result */
	int service;
	size_t block;              /* octets of the modulus */
	seamkey_span n, e, secret; /* of the key; secret: for rejection */
	seamkey_span in;           /* what the caller handed over */
	unsigned char *out;        /* where the caller wants the result */
	size_t *len;               /* and its length */
	size_t want;               /* length asked for */
} seamkey_op;

/*
 * One look at an operation. Takes as long as the driver's poll; on the
 * last call as long as the check of the result (a public operation in
 * software); and where the driver answers SEAMKEY_ERR_UNSUPPORTED late, as
 * long as software takes in its place, which fail_closed rules out.
 *
 * Returns SEAMKEY_AGAIN while it is under way; then SEAMKEY_OK or the
 * error of the service that began it, with the outputs as that service
 * says; after that, or if nothing was begun, SEAMKEY_ERR_STATE.
 */
SEAMKEY_API int seamkey_op_poll(seamkey_op *op);

/*
 * Give an operation up: tells the driver, wipes what the service held,
 * leaves the outputs as they are. Idempotent.
 */
SEAMKEY_API void seamkey_op_cancel(seamkey_op *op);

/* ---- [base.6] Randomness --------------------------------------------- */

/*
 * A source of random bytes. fill writes len unpredictable bytes to out
 * and returns SEAMKEY_OK, or any other value if it cannot. A zeroed
 * source has none: what needs random bytes then refuses to work.
 */
typedef struct seamkey_random {
	int (*fill)(void *ctx, unsigned char *out, size_t len);
	void *ctx;
} seamkey_random;

/*
 * Fill out[0..len) with random bytes.
 *
 * Eight bytes or more that are all alike count as a source that is stuck:
 * a good source shows that once in 2^56 draws at most.
 *
 * Returns SEAMKEY_OK, or SEAMKEY_ERR_RANDOM with out[] zeroed, where there
 * is no source, or it failed, or is stuck. Constant time in the bytes.
 */
SEAMKEY_API int seamkey_random_get(
	const seamkey_random *source, unsigned char *out, size_t len);

/* ---- [base.7] Authenticated encryption ------------------------------- */

/*
 * A cipher for frames: nonce of 12 bytes, tag of 16. An object of this
 * type is filled in once (seamkey_aead_bearssl() in seamkey_aead.h), where
 * the implementation for this machine is chosen, and read only from then
 * on. A context is context_size bytes of the caller's, aligned for a
 * pointer and for a uint64_t; it is written by init, and seal and open
 * only read it. Without pointers to the outside, it may be moved.
 *
 * AD is the two spans, one after the other. out equals in, or does not
 * overlap it. open returns 1 if the tag is right; else 0, with out[0..len)
 * zeroed. Constant time in key, plaintext and tag; lengths are public.
 */
#define SEAMKEY_AEAD_NONCE 12
#define SEAMKEY_AEAD_TAG   16

/* The suites, numbered as in IANA's registry of AEAD algorithms. */
enum seamkey_aead_suite {
	SEAMKEY_AEAD_AES_128_GCM = 1,
	SEAMKEY_AEAD_AES_256_GCM = 2,
	SEAMKEY_AEAD_AES_128_CCM = 3,
	SEAMKEY_AEAD_CHACHA20_POLY1305 = 29
};

typedef struct seamkey_aead {
	unsigned suite;      /* enum seamkey_aead_suite */
	size_t key_len;      /* bytes, 32 at most */
	size_t context_size; /* bytes */
	size_t ad_max;       /* most bytes of AD; 0: no limit */
	void (*init)(const struct seamkey_aead *aead, void *context,
		const unsigned char *key);
	void (*seal)(const struct seamkey_aead *aead, const void *context,
		const unsigned char *nonce, const seamkey_span *ad,
		const unsigned char *in, size_t len, unsigned char *out,
		unsigned char *tag);
	uint32_t (*open)(const struct seamkey_aead *aead, const void *context,
		const unsigned char *nonce, const seamkey_span *ad,
		const unsigned char *in, size_t len, unsigned char *out,
		const unsigned char *tag);
	const void *block; /* the implementation's own */
	void (*mac)(void); /* likewise */
	void (*stream)(void);
} seamkey_aead;

/* ---- [base.8] What crosses between contexts -------------------------- */

/*
 * Where two contexts (threads, an interrupt and a main loop) share an
 * object, each field has one writer, and what crosses is a single octet:
 * SEAMKEY_PUBLISH stores it after everything that was written before,
 * SEAMKEY_OBSERVE loads it before everything that is read afterwards.
 * Without GCC's builtins, a volatile octet has to do: right on one
 * processor with an interrupt, as long as the compiler keeps its order. It
 * has to do, too, where clang would call a library for the builtins (a
 * Cortex-M0): there the order is asked for by itself.
 * A port to another compiler may define both before the first header.
 */
#ifndef SEAMKEY_PUBLISH
#if defined(__clang__) && __GCC_ATOMIC_CHAR_LOCK_FREE != 2
static inline uint8_t
seamkey_i_observe(const uint8_t *at)
{
	uint8_t octet = *(const volatile uint8_t *)at;

	__atomic_signal_fence(__ATOMIC_ACQUIRE);
	return octet;
}

#define SEAMKEY_PUBLISH(at, octet) \
	(__atomic_signal_fence(__ATOMIC_RELEASE), \
		(void)(*(volatile uint8_t *)(at) = (uint8_t)(octet)))
#define SEAMKEY_OBSERVE(at) seamkey_i_observe(at)
#elif defined(__GNUC__)
#define SEAMKEY_PUBLISH(at, octet) \
	__atomic_store_n((at), (uint8_t)(octet), __ATOMIC_RELEASE)
#define SEAMKEY_OBSERVE(at) __atomic_load_n((at), __ATOMIC_ACQUIRE)
#else
#define SEAMKEY_PUBLISH(at, octet) \
	((void)(*(volatile uint8_t *)(at) = (uint8_t)(octet)))
#define SEAMKEY_OBSERVE(at) (*(const volatile uint8_t *)(at))
#endif
#endif

#ifdef __cplusplus
}
#endif
#endif /* SEAMKEY_BASE_H */

/*
 * A source over a BearSSL generator, declared where bearssl.h was included
 * before. prng is a pointer to the first member of a seeded generator,
 * such as &drbg.vtable; it stays the caller's and must outlive the source.
 */
#if defined(BR_BEARSSL_RAND_H__) && !defined(SEAMKEY_BASE_BEARSSL_H)
#define SEAMKEY_BASE_BEARSSL_H
#ifdef __cplusplus
extern "C" {
#endif

SEAMKEY_API seamkey_random seamkey_random_bearssl(const br_prng_class **prng);

/*
 * Seed drbg from the operating system or the processor, through BearSSL's
 * br_prng_seeder_system(), and make it the source. drbg stays the
 * caller's, holds the state, and must outlive the source.
 *
 * Returns SEAMKEY_OK, or SEAMKEY_ERR_RANDOM, *source being unchanged,
 * where BearSSL was built without such a seeder or the seeder failed: on
 * bare metal, seed drbg with br_hmac_drbg_init() from what the board has,
 * and use seamkey_random_bearssl().
 */
SEAMKEY_API int seamkey_random_init(
	seamkey_random *source, br_hmac_drbg_context *drbg);

#ifdef __cplusplus
}
#endif
#endif

/* ===================== definitions ==================================== */
/* Outside the include guard on purpose: a file that already saw the
 * declarations may still ask for the definitions. */
#if (!defined(SEAMKEY_EXTERN) || defined(SEAMKEY_IMPLEMENTATION)) \
	&& !defined(SEAMKEY_BASE_IMPLEMENTED)
#define SEAMKEY_BASE_IMPLEMENTED

#ifdef __cplusplus
extern "C" {
#endif

/* ---- [base.2] Status ------------------------------------------------- */

#define SEAMKEY_I_TEXT(name, value, text) \
	case name: \
		return text;

SEAMKEY_API const char *
seamkey_base_text(int status)
{
	switch (status) {
	case SEAMKEY_OK:
		return "done";
	case SEAMKEY_AGAIN:
		return "not finished yet";
		SEAMKEY_BASE_ERRORS(SEAMKEY_I_TEXT)
	default:
		return "unknown status";
	}
}

/* ---- [base.3] Spans -------------------------------------------------- */

SEAMKEY_API int
seamkey_span_match(seamkey_span a, seamkey_span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

/* ---- [base.4] Secrets and constant time ------------------------------ */

SEAMKEY_API void
seamkey_wipe(void *p, size_t len)
{
	volatile unsigned char *v = (volatile unsigned char *)p;
	size_t u;

	for (u = 0; u < len; u++) {
		v[u] = 0;
	}
}

/*
 * Overwrite the stack below the caller, where functions that have returned
 * left what they worked on: BearSSL does not wipe its frames. As deep as
 * its private operation goes on such a machine, for any key; other headers
 * make functions for what goes deeper. Each goes through a volatile pointer,
 * so that it really is a call with a frame of its own.
 */
#if UINTPTR_MAX > 0xFFFFFFFFu
#define SEAMKEY_I_SCRUB_BYTES 7168
#else
#define SEAMKEY_I_SCRUB_BYTES 3072
#endif

#define SEAMKEY_I_SCRUBBER(name, bytes) \
	static inline void name##_area(void) \
	{ \
		volatile size_t area[(bytes) / sizeof(size_t)]; \
		size_t u; \
\
		for (u = 0; u < sizeof area / sizeof area[0]; u++) { \
			area[u] = 0; \
		} \
	} \
\
	static inline void name(void) \
	{ \
		void (*volatile scrub)(void) = name##_area; \
\
		scrub(); \
	}

SEAMKEY_I_SCRUBBER(seamkey_i_scrub, SEAMKEY_I_SCRUB_BYTES)

/*
 * Bits are uint32_t, 1 or 0; masks are all ones or 0. A mask goes through
 * a volatile because a compiler that sees where it comes from may turn
 * the selection back into a branch (clang 18 -Os did, elsewhere).
 */
static inline uint32_t
seamkey_i_ct_mask(uint32_t bit)
{
	volatile uint32_t mask = 0 - bit;

	return mask;
}

/* 1 if x == 0 */
static inline uint32_t
seamkey_i_ct_zero(uint32_t x)
{
	return 1 ^ ((x | (0 - x)) >> 31);
}

/* 1 if a == b */
static inline uint32_t
seamkey_i_ct_eq(uint32_t a, uint32_t b)
{
	return seamkey_i_ct_zero(a ^ b);
}

/* 1 if a > b, both below 2^31 */
static inline uint32_t
seamkey_i_ct_gt(uint32_t a, uint32_t b)
{
	return (b - a) >> 31;
}

/* a where mask is all ones, b where it is 0 */
static inline uint32_t
seamkey_i_ct_select(uint32_t mask, uint32_t a, uint32_t b)
{
	return b ^ (mask & (a ^ b));
}

/* The one gate through which a bit or a length becomes public. The compiler
 * cannot see through the volatile, so what leads up to the gate is compiled
 * alike with and without a checker's SEAMKEY_DECLASSIFY. */
static inline uint32_t
seamkey_i_declassify(uint32_t value)
{
	volatile uint32_t gate;

	SEAMKEY_DECLASSIFY(&value, sizeof value);
	gate = value;
	return gate;
}

SEAMKEY_API uint32_t
seamkey_ct_equal(const void *a, const void *b, size_t len)
{
	const unsigned char *x = (const unsigned char *)a;
	const unsigned char *y = (const unsigned char *)b;
	uint32_t diff = 0;
	size_t u;

	for (u = 0; u < len; u++) {
		diff |= (uint32_t)(x[u] ^ y[u]);
	}
	return seamkey_i_ct_zero(diff);
}

/* ---- [base.5] Hooks and operations ----------------------------------- */

/* May a driver answer this? */
static inline int
seamkey_i_op_answer_ok(const seamkey_op *op, int status)
{
	if (status == SEAMKEY_AGAIN) {
		return op->hook.drv->poll != NULL;
	}
	if (status == SEAMKEY_OK) {
		return op->out_len <= op->req.out_cap;
	}
	return status < 0;
}

/* What a driver answered. One that answers what it must not is told to
 * stop, since nobody knows what it is doing. */
static inline int
seamkey_i_op_answer(seamkey_op *op, int status)
{
	if (seamkey_i_op_answer_ok(op, status)) {
		return status;
	}
	if (op->hook.drv->cancel != NULL) {
		op->hook.drv->cancel(op->hook.dev, op);
	}
	return SEAMKEY_ERR_HOOK;
}

/*
 * What a driver's error means to the caller. A driver does not speak for the
 * library: what is wrong with a key, a signature or the caller's buffers is
 * not its to say. SEAMKEY_ERR_SPACE is true of a scratch that is too small.
 */
static inline int
seamkey_i_op_error(const seamkey_op *op, int status)
{
	if ((status <= -100 && status >= -1000)
		|| (status == SEAMKEY_ERR_SPACE
			&& op->scratch_len >= op->hook.drv->scratch_size)) {
		return SEAMKEY_ERR_HOOK;
	}
	return status;
}

/* Hand op->req to the driver. */
static inline int
seamkey_i_op_begin(seamkey_op *op)
{
	const seamkey_driver *drv = op->hook.drv;

	if (drv->begin == NULL
		|| (drv->poll == NULL) != (drv->cancel == NULL)) {
		return SEAMKEY_ERR_ARG;
	}
	if (op->scratch_len < drv->scratch_size) {
		return SEAMKEY_ERR_SPACE;
	}
	/* a device that claims to be done and wrote nothing gives zeros away,
	 * not what the memory held before */
	memset(op->req.out, 0, op->req.out_cap);
	op->out_len = 0;
	return seamkey_i_op_answer(op, drv->begin(op->hook.dev, op, &op->req));
}

/* The operation is over: nothing of it stays behind. */
static inline void
seamkey_i_op_end(seamkey_op *op)
{
	if (op->hook.drv != NULL
		&& op->scratch_len >= op->hook.drv->scratch_size) {
		seamkey_wipe(op->scratch, op->hook.drv->scratch_size);
	}
	seamkey_wipe(op->work, op->work_len);
	memset(op, 0, sizeof *op);
}

SEAMKEY_API int
seamkey_op_poll(seamkey_op *op)
{
	int status;

	if (op == NULL || op->next == NULL) {
		return SEAMKEY_ERR_STATE;
	}
	status = seamkey_i_op_answer(op, op->hook.drv->poll(op->hook.dev, op));
	if (status == SEAMKEY_AGAIN) {
		return status;
	}
	return op->next(op, status);
}

SEAMKEY_API void
seamkey_op_cancel(seamkey_op *op)
{
	if (op == NULL || op->next == NULL) {
		return;
	}
	if (op->hook.drv->cancel != NULL) {
		op->hook.drv->cancel(op->hook.dev, op);
	}
	seamkey_i_op_end(op);
}

/* ---- [base.6] Randomness --------------------------------------------- */

SEAMKEY_API int
seamkey_random_get(const seamkey_random *source, unsigned char *out, size_t len)
{
	uint32_t differ = 0;
	size_t u;

	seamkey_wipe(out, len); /* a source that writes nothing is stuck */
	if (source != NULL && source->fill != NULL
		&& source->fill(source->ctx, out, len) == SEAMKEY_OK) {
		for (u = 1; u < len; u++) {
			differ |= (uint32_t)(out[u] ^ out[0]);
		}
		differ = 1 ^ seamkey_i_ct_zero(differ);
		if (len < 8 || seamkey_i_declassify(differ)) {
			return SEAMKEY_OK;
		}
	}
	seamkey_wipe(out, len);
	return SEAMKEY_ERR_RANDOM;
}

#ifdef __cplusplus
}
#endif
#endif

#if (!defined(SEAMKEY_EXTERN) || defined(SEAMKEY_IMPLEMENTATION)) \
	&& defined(BR_BEARSSL_RAND_H__) \
	&& !defined(SEAMKEY_BASE_BEARSSL_IMPLEMENTED)
#define SEAMKEY_BASE_BEARSSL_IMPLEMENTED
#ifdef __cplusplus
extern "C" {
#endif

static inline int
seamkey_i_random_bearssl_fill(void *ctx, unsigned char *out, size_t len)
{
	const br_prng_class **prng = (const br_prng_class **)ctx;

	(*prng)->generate(prng, out, len);
	return SEAMKEY_OK;
}

SEAMKEY_API seamkey_random
seamkey_random_bearssl(const br_prng_class **prng)
{
	seamkey_random source;

	source.fill = seamkey_i_random_bearssl_fill;
	source.ctx = (void *)prng;
	return source;
}

SEAMKEY_API int
seamkey_random_init(seamkey_random *source, br_hmac_drbg_context *drbg)
{
	br_prng_seeder seeder = br_prng_seeder_system(NULL);

	if (seeder == 0) {
		return SEAMKEY_ERR_RANDOM;
	}
	br_hmac_drbg_init(drbg, &br_sha256_vtable, NULL, 0);
	if (!seeder(&drbg->vtable)) {
		return SEAMKEY_ERR_RANDOM;
	}
	*source = seamkey_random_bearssl(&drbg->vtable);
	return SEAMKEY_OK;
}

#ifdef __cplusplus
}
#endif
#endif
