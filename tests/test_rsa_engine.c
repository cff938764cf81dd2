/*
 * test_rsa_engine.c - the services over drivers: good, slow, lying, failing
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "fake_driver.h"

/* ---- one call of any service --------------------------------------------- */

enum service {
	SIGN,
	VERIFY,
	ENCRYPT,
	DECRYPT,
	IMPLICIT,
	REPORT,
	ENCRYPT_OAEP,
	DECRYPT_OAEP
};
#define SERVICES (DECRYPT_OAEP + 1)

static const char *const names[SERVICES] = { "sign", "verify", "encrypt",
	"decrypt", "decrypt_implicit", "decrypt_report", "encrypt_oaep",
	"decrypt_oaep" };

static int
is_private(int s)
{
	return s != VERIFY && s != ENCRYPT && s != ENCRYPT_OAEP;
}

#define K    128 /* octets of key_1024 */
#define WANT 16

/* What the services work on, made once by software. */
static unsigned char good_sig[K], good_ct[K], oaep_ct[K], bad_ct[K];
static unsigned char info_buf[SEAMKEY_DER_MAX_DIGEST_INFO];
static unsigned char public_buf[PUBLIC_BYTES];
static const unsigned char message[WANT] = { 's', 'i', 'x', 't', 'e', 'e', 'n',
	' ', 'o', 'c', 't', 'e', 't', 's', '!', '!' };
static seamkey_span digest_info, public_key;
static br_hmac_drbg_context drbg;

static void
make_inputs(void)
{
	seamkey_rsa_env env = loose_env(&drbg);
	size_t len;

	public_key = public_of(SPAN(key_1024), public_buf);
	digest_info = digest_info_of(
		SEAMKEY_SHA256, seamkey_span_of(key_4096, 32), info_buf);
	CHECK_INT(seamkey_rsa_sign(
			  &env, good_sig, K, &len, digest_info, SPAN(key_1024)),
		SEAMKEY_OK);
	CHECK_INT(seamkey_rsa_encrypt(
			  &env, good_ct, K, &len, SPAN(message), public_key),
		SEAMKEY_OK);
	CHECK_INT(seamkey_rsa_encrypt_oaep(
			  &env, oaep_ct, K, &len, SPAN(message), public_key),
		SEAMKEY_OK);
	memset(bad_ct, 0x5A, K);
	bad_ct[0] = 0;
}

/* A call under way, and what it may write to. */
struct job {
	enum service service;
	seamkey_span private_key; /* or the public one beside a handle */
	seamkey_span ct;
	unsigned char out[K + 8];
	size_t len;
	int status;
	/* for the forms that do not wait */
	seamkey_op op;
	unsigned char work[SEAMKEY_RSA_WORK];
	unsigned char scratch[FAKE_SCRATCH];
};

static struct job job;

static void
set_up(struct job *j, enum service s)
{
	memset(j, 0, sizeof *j);
	memset(j->out, CANARY, sizeof j->out);
	memset(j->work, CANARY, sizeof j->work);
	memset(j->scratch, CANARY, sizeof j->scratch);
	j->service = s;
	j->private_key = SPAN(key_1024);
	j->ct = s == DECRYPT_OAEP ? SPAN(oaep_ct) : SPAN(good_ct);
	j->len = 12345;
	j->op.work = j->work;
	j->op.work_len = sizeof j->work;
	j->op.scratch = j->scratch;
	j->op.scratch_len = sizeof j->scratch;
}

static int
run_one_call(const seamkey_rsa_env *env, struct job *j)
{
	switch (j->service) {
	case SIGN:
		return seamkey_rsa_sign(
			env, j->out, K, &j->len, digest_info, j->private_key);
	case VERIFY:
		return seamkey_rsa_verify(
			env, SPAN(good_sig), digest_info, public_key);
	case ENCRYPT:
		return seamkey_rsa_encrypt(
			env, j->out, K, &j->len, SPAN(message), public_key);
	case DECRYPT:
		return seamkey_rsa_decrypt(
			env, j->out, WANT, j->ct, j->private_key);
	case IMPLICIT:
		return seamkey_rsa_decrypt_implicit(
			env, j->out, K, &j->len, j->ct, j->private_key);
	case ENCRYPT_OAEP:
		return seamkey_rsa_encrypt_oaep(
			env, j->out, K, &j->len, SPAN(message), public_key);
	case DECRYPT_OAEP:
		return seamkey_rsa_decrypt_oaep(
			env, j->out, WANT, j->ct, j->private_key);
	default:
		return seamkey_rsa_decrypt_report(
			env, j->out, K, &j->len, j->ct, j->private_key);
	}
}

static int
run_begin(const seamkey_rsa_env *env, struct job *j)
{
	switch (j->service) {
	case SIGN:
		return seamkey_rsa_sign_begin(&j->op, env, j->out, K, &j->len,
			digest_info, j->private_key);
	case VERIFY:
		return seamkey_rsa_verify_begin(
			&j->op, env, SPAN(good_sig), digest_info, public_key);
	case ENCRYPT:
		return seamkey_rsa_encrypt_begin(&j->op, env, j->out, K,
			&j->len, SPAN(message), public_key);
	case DECRYPT:
		return seamkey_rsa_decrypt_begin(
			&j->op, env, j->out, WANT, j->ct, j->private_key);
	case IMPLICIT:
		return seamkey_rsa_decrypt_implicit_begin(
			&j->op, env, j->out, K, &j->len, j->ct, j->private_key);
	case ENCRYPT_OAEP:
		return seamkey_rsa_encrypt_oaep_begin(&j->op, env, j->out, K,
			&j->len, SPAN(message), public_key);
	case DECRYPT_OAEP:
		return seamkey_rsa_decrypt_oaep_begin(
			&j->op, env, j->out, WANT, j->ct, j->private_key);
	default:
		return seamkey_rsa_decrypt_report_begin(
			&j->op, env, j->out, K, &j->len, j->ct, j->private_key);
	}
}

/* The outputs are as the service says after SEAMKEY_OK. */
static void
check_result(const struct job *j)
{
	unsigned char again[K];
	seamkey_rsa_env env;
	size_t len;

	CHECK_INT(j->status, SEAMKEY_OK);
	CHECK_INT(all_are(j->out + K, CANARY, 8), 1);
	switch (j->service) {
	case SIGN:
		CHECK_INT(j->len, K);
		CHECK_MEM(j->out, good_sig, K);
		break;
	case VERIFY:
		CHECK_INT(all_are(j->out, CANARY, K), 1);
		break;
	case ENCRYPT:
		CHECK_INT(j->len, K);
		env = loose_env(&drbg);
		CHECK_INT(seamkey_rsa_decrypt_report(&env, again, K, &len,
				  seamkey_span_of(j->out, K), SPAN(key_1024)),
			SEAMKEY_OK);
		CHECK_INT(len, WANT);
		CHECK_MEM(again, message, WANT);
		break;
	case ENCRYPT_OAEP:
		CHECK_INT(j->len, K);
		env = loose_env(&drbg);
		CHECK_INT(seamkey_rsa_decrypt_oaep(&env, again, WANT,
				  seamkey_span_of(j->out, K), SPAN(key_1024)),
			SEAMKEY_OK);
		CHECK_MEM(again, message, WANT);
		break;
	case DECRYPT:
	case DECRYPT_OAEP:
		CHECK_MEM(j->out, message, WANT);
		CHECK_INT(all_are(j->out + WANT, CANARY, K - WANT), 1);
		CHECK_INT(j->len, 12345);
		break;
	default:
		CHECK_INT(j->len, WANT);
		CHECK_MEM(j->out, message, WANT);
		CHECK_INT(all_are(j->out + WANT, 0, K - WANT), 1);
		break;
	}
}

/* The outputs are as they were. */
static void
check_untouched(const struct job *j)
{
	CHECK_INT(j->len, 12345);
	CHECK_INT(all_are(j->out, CANARY, sizeof j->out), 1);
}

/* The operation has ended: it is zeroed, and nothing is left in its memory
 * but what never was used. */
static void
check_ended(struct job *j)
{
	seamkey_op zero;
	size_t u;

	memset(&zero, 0, sizeof zero);
	CHECK_MEM(&j->op, &zero, sizeof zero);
	for (u = 0; u < sizeof j->work; u++) {
		if (j->work[u] != 0 && j->work[u] != CANARY) {
			break;
		}
	}
	CHECK_INT(u, sizeof j->work);
	CHECK_INT(all_are(j->scratch, 0, sizeof j->scratch)
			|| all_are(j->scratch, CANARY, sizeof j->scratch),
		1);
	CHECK_INT(seamkey_op_poll(&j->op), SEAMKEY_ERR_STATE);
}

/* An environment over a fake. */
static struct fake fake;
static struct fake_idle idle;
static struct fake_random source;

static seamkey_rsa_env
fake_env(const seamkey_driver *drv)
{
	seamkey_rsa_env env = loose_env(&drbg);

	memset(&fake, 0, sizeof fake);
	memset(&idle, 0, sizeof idle);
	memset(&source, 0, sizeof source);
	fake.can = FAKE_RAW;
	source.good = env.random;
	env.random.fill = fake_fill;
	env.random.ctx = &source;
	env.engine.drv = drv;
	env.engine.dev = &fake;
	env.idle = fake_idle;
	env.idle_ctx = &idle;
	env.scratch = job.scratch;
	env.scratch_len = sizeof job.scratch;
	return env;
}

/* Poll to the end; how often it was not yet. */
static int
poll_to_the_end(struct job *j)
{
	int agains = 0;

	while (j->status == SEAMKEY_AGAIN && agains < 100) {
		agains++;
		j->status = seamkey_op_poll(&j->op);
	}
	return agains;
}

/* ---- drivers over function pointers -------------------------------------- */

/* clang-format off */
static const struct {
	const char *what;
	br_rsa_private private_op;
	br_rsa_public public_op;
} pointers[] = {
	{ "i15", br_rsa_i15_private, br_rsa_i15_public },
	{ "i31", br_rsa_i31_private, br_rsa_i31_public },
	{ "i32", br_rsa_i32_private, br_rsa_i32_public },
};
/* clang-format on */

static void
check_function_pointers(seamkey_rsa_bearssl *fn)
{
	seamkey_rsa_env env = loose_env(&drbg);
	unsigned char sig[KEY_BYTES], ct[KEY_BYTES], out[KEY_BYTES];
	unsigned char buf[PUBLIC_BYTES];
	size_t u, len;

	env.engine.drv = seamkey_rsa_driver_bearssl();
	env.engine.dev = fn;
	env.engine.fail_closed = 1; /* no software instead of it */
	for (u = 0; u < COUNT(rsa_keys); u++) {
		seamkey_span key =
			seamkey_span_of(rsa_keys[u].der, rsa_keys[u].len);
		seamkey_span pub = public_of(key, buf);
		size_t k = rsa_keys[u].k;

		CHECK_INT(seamkey_rsa_sign_message(&env, sig, sizeof sig, &len,
				  &br_sha256_vtable, BYTES("seamkey"), key),
			SEAMKEY_OK);
		check_sha256(seamkey_span_of(sig, k), rsa_keys[u].sig);
		CHECK_INT(seamkey_rsa_verify_message(&env,
				  seamkey_span_of(sig, k), &br_sha256_vtable,
				  BYTES("seamkey"), pub),
			SEAMKEY_OK);
		CHECK_INT(seamkey_rsa_encrypt(&env, ct, sizeof ct, &len,
				  SPAN(message), pub),
			SEAMKEY_OK);
		CHECK_INT(len, k);
		CHECK_INT(seamkey_rsa_decrypt_report(&env, out, sizeof out,
				  &len, seamkey_span_of(ct, k), key),
			SEAMKEY_OK);
		CHECK_INT(len, WANT);
		CHECK_MEM(out, message, WANT);
	}
}

static void
engine_function_pointers_of_bearssl(void)
{
	seamkey_rsa_bearssl fn;
	size_t u;

	for (u = 0; u < COUNT(pointers); u++) {
		what = pointers[u].what;
		fn.private_op = pointers[u].private_op;
		fn.public_op = pointers[u].public_op;
		check_function_pointers(&fn);
	}
	what = "i62";
	fn.private_op = br_rsa_i62_private_get();
	fn.public_op = br_rsa_i62_public_get();
	if (fn.private_op == 0 || fn.public_op == 0) {
		printf("skip: i62: BearSSL has none for this machine\n");
		return;
	}
	check_function_pointers(&fn);
}

/* An operation that the device does not have is done by software, or not. */
static void
engine_function_pointers_that_are_missing(void)
{
	seamkey_rsa_bearssl fn = { 0, 0 };
	seamkey_rsa_env env = loose_env(&drbg);
	int s;

	make_inputs();
	env.engine.drv = seamkey_rsa_driver_bearssl();
	env.engine.dev = &fn;
	for (s = 0; s < SERVICES; s++) {
		what = names[s];
		env.engine.fail_closed = 0;
		set_up(&job, (enum service)s);
		job.status = run_one_call(&env, &job);
		check_result(&job);
		env.engine.fail_closed = 1;
		set_up(&job, (enum service)s);
		CHECK_INT(run_one_call(&env, &job), SEAMKEY_ERR_UNSUPPORTED);
		check_untouched(&job);
	}
}

/* What the ready driver is not made for. */
static void
engine_ready_driver_refuses(void)
{
	seamkey_rsa_bearssl fn;
	unsigned char out[K + 8];
	seamkey_req good, req;
	seamkey_op op;
	int kind;

	make_inputs();
	fn.private_op = br_rsa_private_get_default();
	fn.public_op = br_rsa_public_get_default();
	memset(&good, 0, sizeof good);
	memset(&op, 0, sizeof op);
	good.kind = SEAMKEY_REQ_RAW_PRIVATE;
	good.key = SPAN(key_1024);
	good.in = SPAN(good_ct);
	good.out = out;
	good.out_cap = K;
#define ANSWER() seamkey_rsa_driver_bearssl()->begin(&fn, &op, &req)
	req = good;
	CHECK_INT(ANSWER(), SEAMKEY_OK);
	CHECK_INT(op.out_len, K);
	for (kind = 0; kind <= SEAMKEY_REQ_DSA_SIGN; kind++) {
		if (kind != SEAMKEY_REQ_RAW_PRIVATE) {
			req = good; /* the key fits no other kind */
			req.kind = kind;
			CHECK_INT(ANSWER(), SEAMKEY_ERR_UNSUPPORTED);
		}
	}
	what = "no key";
	req = good;
	req.key.len = 0;
	CHECK_INT(ANSWER(), SEAMKEY_ERR_UNSUPPORTED);
	what = "a handle in place of the key";
	req.handle = SPAN(message);
	CHECK_INT(ANSWER(), SEAMKEY_ERR_UNSUPPORTED);
	what = "input shorter than the modulus";
	req = good;
	req.in.len--;
	CHECK_INT(ANSWER(), SEAMKEY_ERR_UNSUPPORTED);
	what = "room for less than the result";
	req = good;
	req.out_cap--;
	memset(out, CANARY, sizeof out);
	CHECK_INT(ANSWER(), SEAMKEY_ERR_UNSUPPORTED);
	CHECK_INT(all_are(out, CANARY, sizeof out), 1);
#undef ANSWER
	CHECK_INT(seamkey_rsa_driver_bearssl()->poll == NULL, 1);
}

/* ---- at once, later, in other ways --------------------------------------- */

/* clang-format off */
static const struct {
	const char *what;
	const seamkey_driver *drv;
	int polls;
	unsigned can;
	int late;
} engines[] = {
	{ "at once", &fake_sync_driver, 0, FAKE_RAW, 0 },
	{ "at once, though it could be later", &fake_driver, 0, FAKE_RAW, 0 },
	{ "after one poll", &fake_driver, 1, FAKE_RAW, 0 },
	{ "after five polls", &fake_driver, 5, FAKE_RAW, 0 },
	{ "padded, at once", &fake_sync_driver, 0, FAKE_PADDED, 0 },
	{ "padded, after three polls", &fake_driver, 3, FAKE_PADDED, 0 },
	{ "padded, where raw is refused late", &fake_driver, 2,
		FAKE_PADDED, 1 },
	{ "nothing", &fake_sync_driver, 0, 0, 0 },
	{ "nothing, and says so late", &fake_driver, 2, 0, 1 },
};
/* clang-format on */

/* Which requests a service comes to, and at the end software or not. */
static int
expected_begins(int s, unsigned can)
{
	return (can & FAKE_RAW) != 0 || !is_private(s) ? 1 : 2;
}

static void
check_kinds(int s)
{
	CHECK_INT(fake.kinds[0],
		is_private(s) ? SEAMKEY_REQ_RAW_PRIVATE
			      : SEAMKEY_REQ_RAW_PUBLIC);
	if (fake.begins > 1) {
		CHECK_INT(fake.kinds[1],
			s == SIGN ? SEAMKEY_REQ_PKCS1_SIGN
				: s == DECRYPT_OAEP
				? SEAMKEY_REQ_OAEP_DECRYPT
				: SEAMKEY_REQ_PKCS1_DECRYPT);
	}
}

static void
engine_every_service_in_every_way(void)
{
	size_t u;
	int s, begins;

	make_inputs();
	for (u = 0; u < COUNT(engines); u++) {
		for (s = 0; s < SERVICES; s++) {
			seamkey_rsa_env env = fake_env(engines[u].drv);

			what = engines[u].what;
			fake.polls = engines[u].polls;
			fake.can = engines[u].can;
			fake.late = engines[u].late;
			begins = expected_begins(s, engines[u].can);
			set_up(&job, (enum service)s);
			job.status = run_one_call(&env, &job);
			check_result(&job);
			CHECK_INT(fake.begins, begins);
			CHECK_INT(fake.cancels, 0);
			CHECK_INT(idle.calls, fake.poll_calls);
			check_kinds(s);
			CHECK_INT(all_are(job.scratch, 0, FAKE_SCRATCH), 1);
		}
	}
}

static void
engine_operations_in_every_way(void)
{
	size_t u;
	int s, agains;

	make_inputs();
	for (u = 0; u < COUNT(engines); u++) {
		for (s = 0; s < SERVICES; s++) {
			seamkey_rsa_env env = fake_env(engines[u].drv);

			what = engines[u].what;
			env.idle = NULL; /* nobody waits */
			fake.polls = engines[u].polls;
			fake.can = engines[u].can;
			fake.late = engines[u].late;
			set_up(&job, (enum service)s);
			job.status = run_begin(&env, &job);
			/* it has been copied */
			memset(&env, CANARY, sizeof env);
			agains = poll_to_the_end(&job);
			check_result(&job);
			check_ended(&job);
			CHECK_INT(agains, fake.poll_calls);
			CHECK_INT(fake.cancels, 0);
			if (engines[u].can == FAKE_RAW) {
				CHECK_INT(agains, engines[u].polls);
			}
		}
	}
}

/* Without an engine begin does it all. */
static void
engine_none_at_all(void)
{
	seamkey_rsa_env env = loose_env(&drbg);
	int s;

	make_inputs();
	for (s = 0; s < SERVICES; s++) {
		what = names[s];
		set_up(&job, (enum service)s);
		job.status = run_begin(&env, &job);
		check_result(&job);
		check_ended(&job);
	}
}

/* ---- memory -------------------------------------------------------------- */

static void
engine_work_too_small(void)
{
	seamkey_rsa_env env = fake_env(&fake_driver);
	int s;

	make_inputs();
	for (s = 0; s < SERVICES; s++) {
		what = names[s];
		set_up(&job, (enum service)s);
		job.op.work_len = SEAMKEY_RSA_WORK - 1;
		CHECK_INT(run_begin(&env, &job), SEAMKEY_ERR_SPACE);
		check_untouched(&job);
		CHECK_INT(all_are(job.work, CANARY, sizeof job.work), 1);
		CHECK_INT(seamkey_op_poll(&job.op), SEAMKEY_ERR_STATE);
		set_up(&job, (enum service)s);
		job.op.work = NULL;
		CHECK_INT(run_begin(&env, &job), SEAMKEY_ERR_SPACE);
		check_untouched(&job);
		CHECK_INT(seamkey_op_poll(&job.op), SEAMKEY_ERR_STATE);
		/* the same operation again, now with enough */
		job.op.work = job.work;
		fake.polls = 1;
		job.status = run_begin(&env, &job);
		(void)poll_to_the_end(&job);
		check_result(&job);
	}
	CHECK_INT(fake.begins, SERVICES);
}

static void
engine_scratch_too_small(void)
{
	seamkey_rsa_env env = fake_env(&fake_driver);
	int s;

	make_inputs();
	for (s = 0; s < SERVICES; s++) {
		what = names[s];
		env.scratch_len = FAKE_SCRATCH - 1;
		set_up(&job, (enum service)s);
		CHECK_INT(run_one_call(&env, &job), SEAMKEY_ERR_SPACE);
		check_untouched(&job);
		CHECK_INT(all_are(job.scratch, CANARY, FAKE_SCRATCH), 1);
		set_up(&job, (enum service)s);
		job.op.scratch_len = 0;
		job.op.scratch = NULL;
		CHECK_INT(run_begin(&env, &job), SEAMKEY_ERR_SPACE);
		check_untouched(&job);
		check_ended(&job);
		CHECK_INT(fake.begins, 0);
	}
}

/* A buffer for the result that is too small is found before any work. */
static void
engine_is_not_asked_where_there_is_no_room(void)
{
	seamkey_rsa_env env = fake_env(&fake_driver);
	unsigned char out[K];
	size_t len = 12345;

	make_inputs();
	set_up(&job, SIGN);
	CHECK_INT(seamkey_rsa_sign(
			  &env, out, K - 1, &len, digest_info, SPAN(key_1024)),
		SEAMKEY_ERR_SPACE);
	CHECK_INT(seamkey_rsa_sign(
			  &env, NULL, 0, &len, digest_info, SPAN(key_1024)),
		SEAMKEY_OK);
	CHECK_INT(seamkey_rsa_decrypt_implicit(&env, out, K - 1, &len,
			  SPAN(good_ct), SPAN(key_1024)),
		SEAMKEY_ERR_SPACE);
	CHECK_INT(seamkey_rsa_decrypt_report(&env, out, K - 1, &len,
			  SPAN(good_ct), SPAN(key_1024)),
		SEAMKEY_ERR_SPACE);
	CHECK_INT(seamkey_rsa_encrypt(
			  &env, out, K - 1, &len, SPAN(message), public_key),
		SEAMKEY_ERR_SPACE);
	CHECK_INT(seamkey_rsa_encrypt_oaep(
			  &env, out, K - 1, &len, SPAN(message), public_key),
		SEAMKEY_ERR_SPACE);
	CHECK_INT(len, K);
	CHECK_INT(fake.begins, 0);
	what = "nor for a ciphertext that cannot be one";
	CHECK_INT(seamkey_rsa_decrypt(&env, out, WANT,
			  seamkey_span_of(good_ct, K - 1), SPAN(key_1024)),
		SEAMKEY_OK);
	CHECK_INT(seamkey_rsa_decrypt_oaep(&env, out, WANT,
			  seamkey_span_of(oaep_ct, K - 1), SPAN(key_1024)),
		SEAMKEY_OK);
	CHECK_INT(fake.begins, 0);
}

/* A driver with a poll needs somebody to wait with. */
static void
engine_poll_needs_idle(void)
{
	seamkey_rsa_env env = fake_env(&fake_driver);
	int s;

	make_inputs();
	env.idle = NULL;
	for (s = 0; s < SERVICES; s++) {
		what = names[s];
		set_up(&job, (enum service)s);
		CHECK_INT(run_one_call(&env, &job), SEAMKEY_ERR_IDLE);
		check_untouched(&job);
	}
	CHECK_INT(fake.begins, 0);
}

/* ---- never --------------------------------------------------------------- */

static void
engine_idle_cancels(void)
{
	int s, stop;

	make_inputs();
	for (s = 0; s < SERVICES; s++) {
		for (stop = 1; stop <= 4; stop++) {
			seamkey_rsa_env env = fake_env(&fake_driver);

			what = names[s];
			fake.polls = FAKE_FOREVER;
			idle.stop_at = stop;
			set_up(&job, (enum service)s);
			CHECK_INT(run_one_call(&env, &job),
				SEAMKEY_ERR_CANCELLED);
			check_untouched(&job);
			CHECK_INT(idle.calls, stop);
			CHECK_INT(fake.poll_calls, stop - 1);
			CHECK_INT(fake.cancels, 1);
			CHECK_INT(all_are(job.scratch, 0, FAKE_SCRATCH), 1);
		}
	}
}

static void
engine_operation_given_up(void)
{
	int s, polls;

	make_inputs();
	for (s = 0; s < SERVICES; s++) {
		for (polls = 0; polls < 3; polls++) {
			seamkey_rsa_env env = fake_env(&fake_driver);
			int i;

			what = names[s];
			fake.polls = FAKE_FOREVER;
			set_up(&job, (enum service)s);
			CHECK_INT(run_begin(&env, &job), SEAMKEY_AGAIN);
			for (i = 0; i < polls; i++) {
				CHECK_INT(seamkey_op_poll(&job.op),
					SEAMKEY_AGAIN);
			}
			check_untouched(&job);
			seamkey_op_cancel(&job.op);
			CHECK_INT(fake.cancels, 1);
			check_untouched(&job);
			check_ended(&job);
			/* blocks of K octets were in use: wiped, not left */
			CHECK_INT(all_are(job.work, 0, 2 * K), 1);
			seamkey_op_cancel(&job.op);
			CHECK_INT(fake.cancels, 1);
			/* the same object once more, set up again */
			set_up(&job, (enum service)s);
			fake.polls = 2;
			job.status = run_begin(&env, &job);
			(void)poll_to_the_end(&job);
			check_result(&job);
			CHECK_INT(fake.cancels, 1);
		}
	}
}

/* ---- lies ---------------------------------------------------------------- */

/* clang-format off */
#define FAULT SEAMKEY_ERR_RSA_FAULT
#define HOOK  SEAMKEY_ERR_HOOK
#define TELL  SEAMKEY_ERR_RSA_SIGNATURE
#define ANY   1 /* cannot be noticed: what came is what is given */
static const struct {
	const char *what;
	enum fake_lie lie;
	unsigned can;
	int status[SERVICES];
} lies[] = {
	{ "first octet wrong, raw", FAKE_WRONG_FIRST, FAKE_RAW,
		{ FAULT, TELL, ANY, FAULT, FAULT, FAULT, ANY, FAULT } },
	{ "last octet wrong, raw", FAKE_WRONG_LAST, FAKE_RAW,
		{ FAULT, TELL, ANY, FAULT, FAULT, FAULT, ANY, FAULT } },
	{ "one octet short, raw", FAKE_ONE_SHORT, FAKE_RAW,
		{ HOOK, HOOK, HOOK, HOOK, HOOK, HOOK, HOOK, HOOK } },
	{ "no result, raw", FAKE_NO_RESULT, FAKE_RAW,
		{ HOOK, HOOK, HOOK, HOOK, HOOK, HOOK, HOOK, HOOK } },
	{ "one octet long, raw", FAKE_ONE_LONG, FAKE_RAW,
		{ HOOK, HOOK, HOOK, HOOK, HOOK, HOOK, HOOK, HOOK } },
	{ "far too long, raw", FAKE_FAR_TOO_LONG, FAKE_RAW,
		{ HOOK, HOOK, HOOK, HOOK, HOOK, HOOK, HOOK, HOOK } },
	{ "odd status, raw", FAKE_ODD_STATUS, FAKE_RAW,
		{ HOOK, HOOK, HOOK, HOOK, HOOK, HOOK, HOOK, HOOK } },
	{ "first octet wrong, padded", FAKE_WRONG_FIRST, FAKE_PADDED,
		{ FAULT, 0, 0, ANY, ANY, ANY, 0, ANY } },
	{ "last octet wrong, padded", FAKE_WRONG_LAST, FAKE_PADDED,
		{ FAULT, 0, 0, ANY, ANY, ANY, 0, ANY } },
	{ "one octet short, padded", FAKE_ONE_SHORT, FAKE_PADDED,
		{ HOOK, 0, 0, ANY, ANY, ANY, 0, ANY } },
	{ "no result, padded", FAKE_NO_RESULT, FAKE_PADDED,
		{ HOOK, 0, 0, ANY, ANY, ANY, 0, ANY } },
	{ "one octet long, padded", FAKE_ONE_LONG, FAKE_PADDED,
		{ HOOK, 0, 0, HOOK, HOOK, HOOK, 0, HOOK } },
	{ "far too long, padded", FAKE_FAR_TOO_LONG, FAKE_PADDED,
		{ HOOK, 0, 0, HOOK, HOOK, HOOK, 0, HOOK } },
	{ "odd status, padded", FAKE_ODD_STATUS, FAKE_PADDED,
		{ HOOK, 0, 0, HOOK, HOOK, HOOK, 0, HOOK } },
};
#undef FAULT
#undef HOOK
#undef TELL
/* clang-format on */

/* One lie to one service; later or at once, waiting or not. */
static void
check_lie(size_t row, enum service s, int polls, int wait)
{
	seamkey_rsa_env env = fake_env(&fake_driver);
	int want = lies[row].status[s];

	fake.lie = lies[row].lie;
	fake.can = lies[row].can;
	fake.polls = polls;
	set_up(&job, s);
	if (wait) {
		job.status = run_one_call(&env, &job);
	} else {
		job.status = run_begin(&env, &job);
		(void)poll_to_the_end(&job);
	}
	if (want == ANY) {
		CHECK_INT(job.status, SEAMKEY_OK);
	} else if (want == SEAMKEY_OK) {
		check_result(&job);
	} else {
		CHECK_INT(job.status, want);
		check_untouched(&job);
	}
	CHECK_INT(all_are(job.scratch, 0, FAKE_SCRATCH), 1);
	if (!wait) {
		check_ended(&job);
	}
}

static void
engine_lies_are_noticed(void)
{
	size_t u;
	int s, polls;

	make_inputs();
	for (u = 0; u < COUNT(lies); u++) {
		what = lies[u].what;
		for (s = 0; s < SERVICES; s++) {
			for (polls = 0; polls <= 2; polls++) {
				check_lie(u, (enum service)s, polls, 1);
				check_lie(u, (enum service)s, polls, 0);
			}
		}
	}
}
#undef ANY

/* What a driver that lies about being done may still be writing to is the
 * caller's again: it is told to stop. */
static void
engine_is_cancelled_after_a_lie(void)
{
	int s;

	make_inputs();
	for (s = 0; s < SERVICES; s++) {
		seamkey_rsa_env env = fake_env(&fake_driver);

		what = names[s];
		fake.lie = FAKE_ODD_STATUS;
		fake.polls = 2;
		set_up(&job, (enum service)s);
		CHECK_INT(run_one_call(&env, &job), SEAMKEY_ERR_HOOK);
		CHECK_INT(fake.cancels, 1);
	}
}

/* SEAMKEY_AGAIN, and no poll. */
static void
engine_again_without_poll(void)
{
	seamkey_driver mute = fake_driver;
	int s;

	make_inputs();
	mute.poll = NULL;
	mute.cancel = NULL;
	for (s = 0; s < SERVICES; s++) {
		seamkey_rsa_env env = fake_env(&mute);

		what = names[s];
		fake.polls = 1;
		set_up(&job, (enum service)s);
		CHECK_INT(run_one_call(&env, &job), SEAMKEY_ERR_HOOK);
		check_untouched(&job);
		set_up(&job, (enum service)s);
		CHECK_INT(run_begin(&env, &job), SEAMKEY_ERR_HOOK);
		check_untouched(&job);
		check_ended(&job);
	}
}

/* The first answer says how long the result is, and that there is none; the
 * second that it is there, and nothing of its length. */
static int
forgetful_begin(void *dev, seamkey_op *op, const seamkey_req *req)
{
	(void)dev;
	if (req->kind == SEAMKEY_REQ_RAW_PRIVATE) {
		op->out_len = req->out_cap;
		return SEAMKEY_ERR_UNSUPPORTED;
	}
	memset(req->out, 0x61, req->out_cap);
	return SEAMKEY_OK;
}

static const seamkey_driver forgetful_driver = { 0, forgetful_begin, NULL,
	NULL };

static void
engine_lengths_are_not_remembered(void)
{
	seamkey_rsa_env env = loose_env(&drbg);
	unsigned char out[K];
	size_t len = 12345;

	make_inputs();
	env.engine.drv = &forgetful_driver;
	CHECK_INT(seamkey_rsa_sign(
			  &env, out, K, &len, digest_info, SPAN(key_1024)),
		SEAMKEY_ERR_HOOK);
	CHECK_INT(len, 12345);
	/* no octets are a message, the empty one */
	CHECK_INT(seamkey_rsa_decrypt_report(
			  &env, out, K, &len, SPAN(good_ct), SPAN(key_1024)),
		SEAMKEY_OK);
	CHECK_INT(len, 0);
	CHECK_INT(all_are(out, 0, K), 1);
}

/* Errors of a driver end the operation and come out as they are, but for
 * the two that mean something. */
static void
engine_errors_are_handed_through(void)
{
	static const int errors[] = { -1001, -1500, -32767, SEAMKEY_ERR_HOOK,
		SEAMKEY_ERR_RANDOM, SEAMKEY_ERR_SPACE, -99 };
	int wanted;
	size_t u;
	int s, polls;

	make_inputs();
	for (u = 0; u < COUNT(errors); u++) {
		for (s = 0; s < SERVICES; s++) {
			for (polls = 0; polls <= 1; polls++) {
				seamkey_rsa_env env = fake_env(&fake_driver);

				what = names[s];
				fake.status = errors[u];
				fake.polls = polls;
				set_up(&job, (enum service)s);
				/* its scratch is as large as it wants */
				wanted = errors[u] == SEAMKEY_ERR_SPACE
					? SEAMKEY_ERR_HOOK
					: errors[u];
				CHECK_INT(run_one_call(&env, &job), wanted);
				check_untouched(&job);
				CHECK_INT(fake.begins, 1);
				CHECK_INT(fake.poll_calls, polls);
			}
		}
	}
}

/* An engine that may not be replaced. */
static void
engine_fails_closed(void)
{
	size_t u;
	int s, begins;

	make_inputs();
	for (u = 0; u < COUNT(engines); u++) {
		for (s = 0; s < SERVICES; s++) {
			seamkey_rsa_env env = fake_env(engines[u].drv);

			what = engines[u].what;
			env.engine.fail_closed = 1;
			fake.polls = engines[u].polls;
			fake.can = engines[u].can;
			fake.late = engines[u].late;
			set_up(&job, (enum service)s);
			job.status = run_one_call(&env, &job);
			begins = expected_begins(s, engines[u].can);
			CHECK_INT(fake.begins, begins);
			if (engines[u].can == FAKE_RAW
				|| (engines[u].can == FAKE_PADDED
					&& is_private(s))) {
				check_result(&job);
			} else {
				CHECK_INT(job.status, SEAMKEY_ERR_UNSUPPORTED);
				check_untouched(&job);
			}
		}
	}
}

/* ---- units that strip padding themselves --------------------------------- */

/* Their padding error becomes what software says to the same ciphertext. */
static void
engine_padding_errors_become_synthetic(void)
{
	unsigned char want[K], got[K];
	seamkey_rsa_env soft = loose_env(&drbg);
	size_t want_len = 0, got_len = 0;
	int polls;

	make_inputs();
	for (polls = 0; polls <= 2; polls++) {
		seamkey_rsa_env env = fake_env(&fake_driver);
		seamkey_span ct = SPAN(bad_ct), key = SPAN(key_1024);

		fake.can = FAKE_PADDED;
		fake.polls = polls;
		set_up(&job, DECRYPT);
		CHECK_INT(seamkey_rsa_decrypt(&env, got, WANT, ct, key),
			SEAMKEY_OK);
		CHECK_INT(fake.begins, 2);
		CHECK_INT(seamkey_rsa_decrypt(&soft, want, WANT, ct, key),
			SEAMKEY_OK);
		CHECK_MEM(got, want, WANT);
		CHECK_INT(seamkey_rsa_decrypt_implicit(
				  &env, got, K, &got_len, ct, key),
			SEAMKEY_OK);
		CHECK_INT(seamkey_rsa_decrypt_implicit(
				  &soft, want, K, &want_len, ct, key),
			SEAMKEY_OK);
		CHECK_INT(got_len, want_len);
		CHECK_MEM(got, want, K);
		set_up(&job, REPORT);
		job.ct = ct;
		CHECK_INT(run_one_call(&env, &job), SEAMKEY_ERR_RSA_DECRYPT);
		check_untouched(&job);
		/* of another length than asked for, with good padding */
		ct = SPAN(good_ct);
		CHECK_INT(seamkey_rsa_decrypt(&env, got, WANT + 1, ct, key),
			SEAMKEY_OK);
		CHECK_INT(seamkey_rsa_decrypt(&soft, want, WANT + 1, ct, key),
			SEAMKEY_OK);
		CHECK_MEM(got, want, WANT + 1);
	}
}

static void
engine_padding_errors_of_oaep_become_synthetic(void)
{
	unsigned char want[WANT + 1], got[WANT + 1];
	seamkey_rsa_env soft = loose_env(&drbg);
	seamkey_span key = SPAN(key_1024), cts[2];
	size_t u, len;
	int polls;

	make_inputs();
	cts[0] = SPAN(bad_ct);
	cts[1] = SPAN(oaep_ct); /* with good padding, asked for too much */
	for (polls = 0; polls <= 2; polls++) {
		seamkey_rsa_env env = fake_env(&fake_driver);

		fake.can = FAKE_PADDED;
		fake.polls = polls;
		for (u = 0; u < COUNT(cts); u++) {
			len = WANT + u;
			CHECK_INT(seamkey_rsa_decrypt_oaep(
					  &env, got, len, cts[u], key),
				SEAMKEY_OK);
			CHECK_INT(fake.kinds[1], SEAMKEY_REQ_OAEP_DECRYPT);
			CHECK_INT(seamkey_rsa_decrypt_oaep(
					  &soft, want, len, cts[u], key),
				SEAMKEY_OK);
			CHECK_MEM(got, want, len);
			CHECK_INT(memcmp(got, message, WANT) != 0, 1);
		}
	}
}

/* A driver that says that the padding is bad, and hands out the message all
 * the same: what it says counts. */
static int
torn_begin(void *dev, seamkey_op *op, const seamkey_req *req)
{
	(void)dev;
	memcpy(req->out, message, WANT);
	op->out_len = WANT;
	return req->kind == SEAMKEY_REQ_RAW_PRIVATE ? SEAMKEY_ERR_UNSUPPORTED
						    : SEAMKEY_ERR_RSA_DECRYPT;
}

static const seamkey_driver torn_driver = { 0, torn_begin, NULL, NULL };

static void
engine_padding_errors_beside_a_message(void)
{
	seamkey_rsa_env env = loose_env(&drbg);

	make_inputs();
	env.engine.drv = &torn_driver;
	set_up(&job, REPORT);
	CHECK_INT(run_one_call(&env, &job), SEAMKEY_ERR_RSA_DECRYPT);
	check_untouched(&job);
	set_up(&job, IMPLICIT);
	CHECK_INT(run_one_call(&env, &job), SEAMKEY_OK);
	CHECK_INT(memcmp(job.out, message, WANT) != 0, 1);
	set_up(&job, DECRYPT);
	CHECK_INT(run_one_call(&env, &job), SEAMKEY_OK);
	CHECK_INT(memcmp(job.out, message, WANT) != 0, 1);
	set_up(&job, DECRYPT_OAEP);
	CHECK_INT(run_one_call(&env, &job), SEAMKEY_OK);
	CHECK_INT(memcmp(job.out, message, WANT) != 0, 1);
}

/* Only a driver that was asked to strip padding may say that it is bad. */
static void
engine_padding_error_of_a_raw_operation(void)
{
	int s;

	make_inputs();
	for (s = 0; s < SERVICES; s++) {
		seamkey_rsa_env env = fake_env(&fake_driver);

		what = names[s];
		fake.status = SEAMKEY_ERR_RSA_DECRYPT;
		set_up(&job, (enum service)s);
		job.status = run_one_call(&env, &job);
		CHECK_INT(job.status, SEAMKEY_ERR_HOOK);
		CHECK_INT(fake.begins, 1);
		check_untouched(&job);
	}
}

/* What is wrong with a key, a DigestInfo or a signature is not for an engine
 * to say: such a status would be taken for our own finding. */
static void
engine_errors_of_our_own_bands(void)
{
	static const int errors[] = { -100, SEAMKEY_ERR_DER_TAG,
		SEAMKEY_ERR_KEY_PRODUCT, SEAMKEY_ERR_RSA_SIGNATURE,
		SEAMKEY_ERR_RSA_FAULT, -999, -1000 };
	size_t u;
	int s, polls;

	make_inputs();
	for (u = 0; u < COUNT(errors); u++) {
		for (s = 0; s < SERVICES; s++) {
			for (polls = 0; polls <= 1; polls++) {
				seamkey_rsa_env env = fake_env(&fake_driver);

				what = names[s];
				fake.status = errors[u];
				fake.polls = polls;
				set_up(&job, (enum service)s);
				CHECK_INT(run_one_call(&env, &job),
					SEAMKEY_ERR_HOOK);
				check_untouched(&job);
			}
		}
	}
}

/* A device that says it is done, with the right length, and wrote nothing,
 * or wrote what it was given. */
static int echoes;

static int
lazy_begin(void *dev, seamkey_op *op, const seamkey_req *req)
{
	(void)dev;
	if (echoes == 1) {
		memcpy(req->out, req->in.p, req->in.len);
	} else if (echoes == 2) { /* not below the modulus */
		memset(req->out, 0xFF, req->out_cap);
	}
	op->out_len = req->out_cap;
	return SEAMKEY_OK;
}

static const seamkey_driver lazy_driver = { 0, lazy_begin, NULL, NULL };

static void
engine_that_does_nothing(void)
{
	static const int wanted[] = { SEAMKEY_ERR_RSA_FAULT,
		SEAMKEY_ERR_RSA_SIGNATURE, SEAMKEY_ERR_HOOK,
		SEAMKEY_ERR_RSA_FAULT, SEAMKEY_ERR_RSA_FAULT,
		SEAMKEY_ERR_RSA_FAULT, SEAMKEY_ERR_HOOK,
		SEAMKEY_ERR_RSA_FAULT };
	int s;

	make_inputs();
	for (echoes = 0; echoes <= 2; echoes++) {
		for (s = 0; s < SERVICES; s++) {
			seamkey_rsa_env env = fake_env(&lazy_driver);

			what = names[s];
			set_up(&job, (enum service)s);
			CHECK_INT(run_one_call(&env, &job), wanted[s]);
			check_untouched(&job);
			/* nor does what the memory held before come out */
			set_up(&job, (enum service)s);
			memset(job.op.work, 0x5A, job.op.work_len);
			CHECK_INT(run_begin(&env, &job), wanted[s]);
			check_untouched(&job);
		}
	}
}

/* A driver has begin, and poll and cancel or neither. */
static void
engine_with_half_a_table(void)
{
	static const seamkey_driver tables[] = {
		{ 0, NULL, NULL, NULL },
		{ 0, lazy_begin, fake_poll, NULL },
		{ 0, lazy_begin, NULL, fake_cancel },
	};
	size_t u;
	int s;

	make_inputs();
	echoes = 0;
	for (u = 0; u < COUNT(tables); u++) {
		for (s = 0; s < SERVICES; s++) {
			seamkey_rsa_env env = fake_env(&tables[u]);

			what = names[s];
			set_up(&job, (enum service)s);
			CHECK_INT(run_one_call(&env, &job), SEAMKEY_ERR_ARG);
			check_untouched(&job);
		}
	}
}

/* An operation under way is not begun again: the device works for it. */
static void
engine_operation_begun_twice(void)
{
	static unsigned char work[SEAMKEY_RSA_WORK];
	unsigned char scratch[FAKE_SCRATCH], out[K];
	seamkey_rsa_env env;
	seamkey_op op;
	size_t len = 0;

	make_inputs();
	env = fake_env(&fake_driver);
	fake.polls = 1;
	memset(&op, 0, sizeof op);
	op.work = work;
	op.work_len = sizeof work;
	op.scratch = scratch;
	op.scratch_len = sizeof scratch;
	CHECK_INT(seamkey_rsa_sign_begin(
			  &op, &env, out, K, &len, digest_info, SPAN(key_1024)),
		SEAMKEY_AGAIN);
	CHECK_INT(seamkey_rsa_sign_begin(
			  &op, &env, out, K, &len, digest_info, SPAN(key_1024)),
		SEAMKEY_ERR_STATE);
	CHECK_INT(seamkey_rsa_decrypt_begin(
			  &op, &env, out, 16, SPAN(good_ct), SPAN(key_1024)),
		SEAMKEY_ERR_STATE);
	CHECK_INT(fake.begins, 1);
	CHECK_INT(seamkey_op_poll(&op), SEAMKEY_OK);
	CHECK_INT(len, K);
	CHECK_INT(seamkey_op_poll(&op), SEAMKEY_ERR_STATE);
}

/* A driver whose padded answer to every decryption is len octets. */
static size_t answer_len;

static int
fill_begin(void *dev, seamkey_op *op, const seamkey_req *req)
{
	(void)dev;
	if (req->kind != SEAMKEY_REQ_PKCS1_DECRYPT
		&& req->kind != SEAMKEY_REQ_OAEP_DECRYPT) {
		return SEAMKEY_ERR_UNSUPPORTED;
	}
	memset(req->out, 0x61, answer_len);
	op->out_len = answer_len;
	return SEAMKEY_OK;
}

static const seamkey_driver fill_driver = { 0, fill_begin, NULL, NULL };

static void
engine_stripped_messages_of_every_length(void)
{
	seamkey_rsa_env env = loose_env(&drbg);
	unsigned char out[K];
	size_t len;

	make_inputs();
	env.engine.drv = &fill_driver;
	for (answer_len = 0; answer_len <= K; answer_len++) {
		int fits = answer_len <= K - 11;

		memset(out, CANARY, sizeof out);
		len = 12345;
		CHECK_INT(seamkey_rsa_decrypt_report(&env, out, K, &len,
				  SPAN(good_ct), SPAN(key_1024)),
			fits ? SEAMKEY_OK : SEAMKEY_ERR_RSA_DECRYPT);
		CHECK_INT(len, fits ? answer_len : 12345);
		if (fits) {
			CHECK_INT(all_are(out, 0x61, answer_len), 1);
			CHECK_INT(all_are(out + answer_len, 0, K - answer_len),
				1);
			CHECK_INT(seamkey_rsa_decrypt(&env, out, answer_len,
					  SPAN(good_ct), SPAN(key_1024)),
				SEAMKEY_OK);
			CHECK_INT(all_are(out, 0x61, answer_len), 1);
		} else { /* too few octets of padding: bad as any other */
			CHECK_INT(all_are(out, CANARY, K), 1);
			CHECK_INT(seamkey_rsa_decrypt(&env, out, 16,
					  SPAN(good_ct), SPAN(key_1024)),
				SEAMKEY_OK);
			CHECK_INT(all_are(out, 0x61, 16), 0);
			CHECK_INT(seamkey_rsa_decrypt_implicit(&env, out, K,
					  &len, SPAN(good_ct), SPAN(key_1024)),
				SEAMKEY_OK);
		}
	}
}

/* The same for OAEP: what is one octet more or less, or could not be put
 * into a block, is as good as bad padding. */
static void
engine_stripped_messages_of_oaep(void)
{
	seamkey_rsa_env env = loose_env(&drbg);
	unsigned char out[K], want_bad[K];
	size_t most = K - OAEP_OVERHEAD, len;

	make_inputs();
	for (answer_len = 0; answer_len <= K; answer_len++) {
		for (len = 8; len <= most; len++) {
			memset(out, CANARY, sizeof out);
			env.engine.drv = &fill_driver;
			CHECK_INT(seamkey_rsa_decrypt_oaep(&env, out, len,
					  SPAN(bad_ct), SPAN(key_1024)),
				SEAMKEY_OK);
			CHECK_INT(all_are(out, 0x61, len), len == answer_len);
			CHECK_INT(all_are(out + len, CANARY, K - len), 1);
			if (len == answer_len || answer_len % 16 != 0) {
				continue;
			}
			env.engine.drv = NULL;
			CHECK_INT(seamkey_rsa_decrypt_oaep(&env, want_bad, len,
					  SPAN(bad_ct), SPAN(key_1024)),
				SEAMKEY_OK);
			CHECK_MEM(out, want_bad, len);
		}
	}
}

/* ---- keys in hardware ---------------------------------------------------- */

static const unsigned char slot[] = { 's', 'l', 'o', 't', 7 };
static unsigned char rejection[32];

static seamkey_rsa_env
handle_env(const seamkey_driver *drv)
{
	seamkey_rsa_env env = fake_env(drv);
	size_t u;

	for (u = 0; u < sizeof rejection; u++) {
		rejection[u] = (unsigned char)u; /* as tests/make_keys.sh */
	}
	fake.key = SPAN(key_1024);
	fake.handle = SPAN(slot);
	env.handle = SPAN(slot);
	env.rejection = SPAN(rejection);
	return env;
}

static const enum service private_services[] = { SIGN, DECRYPT, IMPLICIT,
	REPORT, DECRYPT_OAEP };

/* With the public key beside the handle, or with a modulus length alone. */
static void
engine_handles_do_the_work(void)
{
	size_t u;
	int bare, padded, polls;

	make_inputs();
	for (u = 0; u < COUNT(private_services); u++) {
		for (bare = 0; bare <= 1; bare++) {
			for (padded = 0; padded <= 1; padded++) {
				for (polls = 0; polls <= 2; polls++) {
					seamkey_rsa_env env =
						handle_env(&fake_driver);

					what = names[private_services[u]];
					fake.can =
						padded ? FAKE_PADDED : FAKE_RAW;
					fake.polls = polls;
					set_up(&job, private_services[u]);
					job.private_key = public_key;
					if (bare) {
						job.private_key.len = 0;
						env.unverified_modulus_len = K;
					}
					job.status = run_one_call(&env, &job);
					check_result(&job);
					CHECK_INT(fake.begins, 1 + padded);
				}
			}
		}
	}
}

static void
engine_handles_need_what_they_need(void)
{
	static const size_t no_secret[] = { 0, 31, 33 };
	size_t u, v;

	make_inputs();
	for (u = 0; u < COUNT(private_services); u++) {
		enum service s = private_services[u];
		seamkey_rsa_env env = handle_env(&fake_driver);

		what = names[s];
		set_up(&job, s);
		job.private_key.len = 0;
		CHECK_INT(run_one_call(&env, &job),
			SEAMKEY_ERR_RSA_NO_PUBLIC_KEY);
		check_untouched(&job);
		env.unverified_modulus_len = K - 1;
		CHECK_INT(run_one_call(&env, &job),
			SEAMKEY_ERR_KEY_MODULUS_SHORT);
		env.unverified_modulus_len = SEAMKEY_RSA_MAX_BYTES + 1;
		CHECK_INT(
			run_one_call(&env, &job), SEAMKEY_ERR_KEY_MODULUS_LONG);
		env.unverified_modulus_len = (size_t)-1;
		CHECK_INT(
			run_one_call(&env, &job), SEAMKEY_ERR_KEY_MODULUS_LONG);
		/* a PrivateKeyInfo is no public key */
		job.private_key = SPAN(key_1024);
		CHECK_INT(run_one_call(&env, &job), SEAMKEY_ERR_DER_TAG);
		/* a handle, and nobody who knows it */
		env.engine.drv = NULL;
		job.private_key = public_key;
		CHECK_INT(run_one_call(&env, &job), SEAMKEY_ERR_UNSUPPORTED);
		check_untouched(&job);
		env.engine.drv = &fake_driver;
		CHECK_INT(fake.begins, 0);
		for (v = 0; v < COUNT(no_secret); v++) {
			int none = s == DECRYPT || s == IMPLICIT
				|| s == DECRYPT_OAEP;

			env.rejection.len = no_secret[v];
			set_up(&job, s);
			job.private_key = public_key;
			job.status = run_one_call(&env, &job);
			if (none) {
				CHECK_INT(job.status,
					SEAMKEY_ERR_RSA_NO_REJECTION);
				check_untouched(&job);
			} else {
				check_result(&job);
			}
		}
	}
}

/* The policy holds for a modulus of which only the length is known. */
static void
engine_handles_are_under_the_policy(void)
{
	seamkey_rsa_env env = handle_env(&fake_driver);
	size_t u;

	make_inputs();
	memset(&env.policy, 0, sizeof env.policy); /* 2048 bits */
	for (u = 0; u < COUNT(private_services); u++) {
		what = names[private_services[u]];
		set_up(&job, private_services[u]);
		job.private_key = public_key;
		CHECK_INT(run_one_call(&env, &job),
			SEAMKEY_ERR_KEY_MODULUS_SHORT);
		job.private_key.len = 0;
		env.unverified_modulus_len = K;
		CHECK_INT(run_one_call(&env, &job),
			SEAMKEY_ERR_KEY_MODULUS_SHORT);
		env.unverified_modulus_len = 255;
		CHECK_INT(run_one_call(&env, &job),
			SEAMKEY_ERR_KEY_MODULUS_SHORT);
		env.policy.min_bits = 255 * 8 + 1;
		CHECK_INT(run_one_call(&env, &job),
			SEAMKEY_ERR_KEY_MODULUS_SHORT);
		env.policy.min_bits = 0;
		check_untouched(&job);
	}
	CHECK_INT(fake.begins, 0);
}

/* No software can stand in for a key that is elsewhere. */
static void
engine_handles_have_no_way_back(void)
{
	size_t u;
	int late;

	make_inputs();
	for (u = 0; u < COUNT(private_services); u++) {
		for (late = 0; late <= 1; late++) {
			seamkey_rsa_env env = handle_env(&fake_driver);

			what = names[private_services[u]];
			fake.can = 0;
			fake.late = late;
			fake.polls = 1;
			set_up(&job, private_services[u]);
			job.private_key = public_key;
			CHECK_INT(run_one_call(&env, &job),
				SEAMKEY_ERR_UNSUPPORTED);
			CHECK_INT(fake.begins, 2);
			check_untouched(&job);
		}
	}
}

/* A public key that does not belong to the handle, a unit that miscounts. */
static void
engine_handles_are_verified(void)
{
	unsigned char buf[PUBLIC_BYTES], other[K];
	seamkey_der_rsa_public pub;
	size_t u, len = 0;

	make_inputs();
	/* the same modulus but for one bit */
	CHECK_INT(seamkey_der_decode_rsa_public_info(&pub, public_key, 0),
		SEAMKEY_OK);
	memcpy(other, pub.n.p, K);
	other[K / 2] ^= 1;
	pub.n = SPAN(other);
	CHECK_INT(
		seamkey_der_encode_rsa_public_info(buf, sizeof buf, &len, &pub),
		SEAMKEY_OK);
	for (u = 0; u < COUNT(private_services); u++) {
		enum service s = private_services[u];
		seamkey_rsa_env env = handle_env(&fake_driver);

		what = names[s];
		set_up(&job, s);
		job.private_key = seamkey_span_of(buf, len);
		CHECK_INT(run_one_call(&env, &job), SEAMKEY_ERR_RSA_FAULT);
		check_untouched(&job);
		fake.lie = FAKE_WRONG_LAST;
		set_up(&job, s);
		job.private_key = public_key;
		CHECK_INT(run_one_call(&env, &job), SEAMKEY_ERR_RSA_FAULT);
		check_untouched(&job);
		/* where nothing is known of the key but a length, nothing is
		 * verified: that is what the caller asked for */
		set_up(&job, s);
		job.private_key.len = 0;
		env.unverified_modulus_len = K;
		CHECK_INT(run_one_call(&env, &job), SEAMKEY_OK);
	}
}

/* The rejection secret takes the place of the hash of d. */
static void
engine_handles_reject_with_their_secret(void)
{
	seamkey_rsa_env env = handle_env(&fake_driver);
	unsigned char ct[256], out[256], buf[PUBLIC_BYTES];
	seamkey_span pub = public_of(SPAN(key_2048), buf);
	size_t len;
	int padded;

	memset(ct, 0x5A, sizeof ct);
	ct[0] = 0;
	fake.key = SPAN(key_2048);
	for (padded = 0; padded <= 1; padded++) {
		fake.can = padded ? FAKE_PADDED : FAKE_RAW;
		CHECK_INT(seamkey_rsa_decrypt(&env, out, 32, SPAN(ct), pub),
			SEAMKEY_OK);
		CHECK_MEM(out, fixed_32_2048_handle, 32);
		CHECK_INT(seamkey_rsa_decrypt(&env, out, 48, SPAN(ct), pub),
			SEAMKEY_OK);
		CHECK_MEM(out, fixed_48_2048_handle, 48);
		CHECK_INT(
			seamkey_rsa_decrypt_oaep(&env, out, 32, SPAN(ct), pub),
			SEAMKEY_OK);
		CHECK_MEM(out, oaep_32_2048_handle, 32);
		CHECK_INT(seamkey_rsa_decrypt_implicit(
				  &env, out, sizeof out, &len, SPAN(ct), pub),
			SEAMKEY_OK);
		CHECK_INT(len, IMPLICIT_LEN_2048_HANDLE);
		check_sha256(seamkey_span_of(out, len), implicit_2048_handle);
	}
	/* out of range, or of another length, is not the unit's business */
	fake.begins = 0;
	memset(ct, 0xFF, sizeof ct);
	CHECK_INT(
		seamkey_rsa_decrypt(&env, out, 32, SPAN(ct), pub), SEAMKEY_OK);
	CHECK_INT(seamkey_rsa_decrypt_report(
			  &env, out, sizeof out, &len, SPAN(ct), pub),
		SEAMKEY_ERR_RSA_DECRYPT);
	CHECK_INT(fake.begins, 0);
	/* public operations do not go to the handle */
	fake.handle.len = 0;
	CHECK_INT(seamkey_rsa_verify(&env, SPAN(ct), digest_info, pub),
		SEAMKEY_ERR_RSA_SIGNATURE);
}

/*
 * Nothing is known of these keys but the length of the modulus, and nothing
 * decrypts: what is left is the construction of the synthetic message, for
 * every length that there is.
 */
static int
refuse_begin(void *dev, seamkey_op *op, const seamkey_req *req)
{
	(void)dev;
	/* a good block, in case somebody takes it for one */
	memset(req->out, 0x61, req->out_cap);
	memcpy(req->out, "\x00\x02", 2);
	req->out[req->out_cap - 1 - WANT] = 0;
	op->out_len = req->out_cap;
	return req->kind == SEAMKEY_REQ_PKCS1_DECRYPT ? SEAMKEY_ERR_RSA_DECRYPT
						      : SEAMKEY_ERR_UNSUPPORTED;
}

static const seamkey_driver refuse_driver = { 0, refuse_begin, NULL, NULL };

static void
engine_synthetic_messages_for_every_modulus(void)
{
	seamkey_rsa_env env = handle_env(&refuse_driver);
	unsigned char ct[KEY_BYTES], out[KEY_BYTES], got[32];
	seamkey_span none = { NULL, 0 };
	br_sha256_context sha;
	size_t k, len;

	br_sha256_init(&sha);
	memset(ct, IMPLICIT_FILL, sizeof ct);
	ct[0] = 0;
	for (k = 128; k <= KEY_BYTES; k++) {
		env.unverified_modulus_len = k;
		len = 12345;
		CHECK_INT(seamkey_rsa_decrypt_implicit(&env, out, k, &len,
				  seamkey_span_of(ct, k), none),
			unless_long(8 * k, SEAMKEY_OK));
		if (k > SEAMKEY_RSA_MAX_BYTES) {
			CHECK_INT(len, 12345);
		} else if (CHECK_INT(len, implicit_lens[k - 128])) {
			CHECK_INT(all_are(out + len, 0, k - len), 1);
			br_sha256_update(&sha, out, len);
		}
	}
	br_sha256_out(&sha, got);
	if (SEAMKEY_RSA_MAX_BYTES < KEY_BYTES) {
		printf("left out: the hash of all synthetic messages: "
		       "SEAMKEY_RSA_MAX_BITS is %d\n",
			SEAMKEY_RSA_MAX_BITS);
		return;
	}
	CHECK_MEM(got, implicit_all, sizeof got);
}

/* What the work memory held before does not decide about a ciphertext that
 * is refused before any work. */
static void
engine_work_that_holds_a_good_block(void)
{
	seamkey_rsa_env env = loose_env(&drbg);
	unsigned char want[WANT];
	size_t at;

	make_inputs();
	CHECK_INT(seamkey_rsa_decrypt(&env, want, WANT,
			  seamkey_span_of(good_ct, K - 1), SPAN(key_1024)),
		SEAMKEY_OK);
	CHECK_INT(memcmp(want, message, WANT) != 0, 1);
	for (at = 0; at + K <= sizeof job.work; at += K) {
		set_up(&job, DECRYPT);
		job.ct.len--;
		memset(job.work + at, 0x61, K);
		memcpy(job.work + at, "\x00\x02", 2);
		memcpy(job.work + at + K - WANT, message, WANT);
		job.work[at + K - WANT - 1] = 0;
		CHECK_INT(run_begin(&env, &job), SEAMKEY_OK);
		CHECK_MEM(job.out, want, WANT);
		set_up(&job, REPORT);
		job.ct.len--;
		memset(job.work + at, 0x61, K);
		memcpy(job.work + at, "\x00\x02", 2);
		job.work[at + K - WANT - 1] = 0;
		CHECK_INT(run_begin(&env, &job), SEAMKEY_ERR_RSA_DECRYPT);
		check_untouched(&job);
	}
}

/* The same for OAEP, with masks on the block and without. */
static void
engine_work_that_holds_a_good_block_of_oaep(void)
{
	seamkey_rsa_env env = loose_env(&drbg);
	unsigned char want[WANT];
	size_t at;
	int masks;

	make_inputs();
	CHECK_INT(seamkey_rsa_decrypt_oaep(&env, want, WANT,
			  seamkey_span_of(oaep_ct, K - 1), SPAN(key_1024)),
		SEAMKEY_OK);
	CHECK_INT(memcmp(want, message, WANT) != 0, 1);
	for (masks = 0; masks <= 1; masks++) {
		for (at = 0; at + K <= sizeof job.work; at += K) {
			set_up(&job, DECRYPT_OAEP);
			job.ct.len--;
			oaep_make(job.work + at, K, message, WANT);
			if (masks) {
				oaep_close(job.work + at, K);
			}
			CHECK_INT(run_begin(&env, &job), SEAMKEY_OK);
			CHECK_MEM(job.out, want, WANT);
		}
	}
}

/* ---- every hook call fails once ------------------------------------------ */

static int
expected_failure(int who)
{
	switch (who) {
	case FAULT_BEGIN:
	case FAULT_POLL:
		return FAKE_ERROR;
	case FAULT_RANDOM:
		return SEAMKEY_ERR_RANDOM;
	default:
		return SEAMKEY_ERR_CANCELLED;
	}
}

/* Run the service with its k-th hook call failing; 1 if it got that far. */
static int
fail_call(enum service s, int k, int wait, unsigned can)
{
	seamkey_rsa_env env = fake_env(&fake_driver);
	struct faults faults = { 0, 0, 0 };

	faults.at = k;
	fake.faults = idle.faults = source.faults = &faults;
	fake.polls = 3;
	fake.can = can;
	fake.late = 1;
	set_up(&job, s);
	if (wait) {
		job.status = run_one_call(&env, &job);
	} else {
		job.status = run_begin(&env, &job);
		(void)poll_to_the_end(&job);
	}
	if (!faults.failed) {
		check_result(&job);
		return 0;
	}
	CHECK_INT(job.status, expected_failure(faults.failed));
	check_untouched(&job);
	CHECK_INT(faults.calls, k); /* nothing was called after it */
	CHECK_INT(fake.cancels, faults.failed == FAULT_IDLE);
	CHECK_INT(all_are(job.scratch, 0, FAKE_SCRATCH)
			|| faults.failed == FAULT_RANDOM,
		1);
	if (!wait) {
		check_ended(&job);
	}
	/* the object is as good as new */
	faults.at = 0;
	set_up(&job, s);
	job.status = run_begin(&env, &job);
	(void)poll_to_the_end(&job);
	check_result(&job);
	return 1;
}

static void
engine_every_hook_call_fails_once(void)
{
	static const unsigned can[] = { FAKE_RAW, FAKE_PADDED, 0 };
	int s, k, wait;
	size_t u;

	make_inputs();
	for (s = 0; s < SERVICES; s++) {
		for (u = 0; u < COUNT(can); u++) {
			for (wait = 0; wait <= 1; wait++) {
				what = names[s];
				k = 1;
				while (k < 100
					&& fail_call((enum service)s, k, wait,
						can[u])) {
					k++;
				}
				/* begin, three polls, and more while waiting */
				CHECK_INT(k > 4 && k < 100, 1);
			}
		}
	}
}

/* clang-format off */
const struct test test_rsa_engine_table[] = {
	{ "engine_function_pointers_of_bearssl",
		engine_function_pointers_of_bearssl },
	{ "engine_function_pointers_that_are_missing",
		engine_function_pointers_that_are_missing },
	{ "engine_ready_driver_refuses", engine_ready_driver_refuses },
	{ "engine_every_service_in_every_way",
		engine_every_service_in_every_way },
	{ "engine_operations_in_every_way", engine_operations_in_every_way },
	{ "engine_none_at_all", engine_none_at_all },
	{ "engine_work_too_small", engine_work_too_small },
	{ "engine_scratch_too_small", engine_scratch_too_small },
	{ "engine_is_not_asked_where_there_is_no_room",
		engine_is_not_asked_where_there_is_no_room },
	{ "engine_poll_needs_idle", engine_poll_needs_idle },
	{ "engine_idle_cancels", engine_idle_cancels },
	{ "engine_operation_given_up", engine_operation_given_up },
	{ "engine_lies_are_noticed", engine_lies_are_noticed },
	{ "engine_is_cancelled_after_a_lie",
		engine_is_cancelled_after_a_lie },
	{ "engine_again_without_poll", engine_again_without_poll },
	{ "engine_lengths_are_not_remembered",
		engine_lengths_are_not_remembered },
	{ "engine_errors_are_handed_through",
		engine_errors_are_handed_through },
	{ "engine_fails_closed", engine_fails_closed },
	{ "engine_padding_errors_become_synthetic",
		engine_padding_errors_become_synthetic },
	{ "engine_padding_errors_of_oaep_become_synthetic",
		engine_padding_errors_of_oaep_become_synthetic },
	{ "engine_padding_errors_beside_a_message",
		engine_padding_errors_beside_a_message },
	{ "engine_padding_error_of_a_raw_operation",
		engine_padding_error_of_a_raw_operation },
	{ "engine_errors_of_our_own_bands", engine_errors_of_our_own_bands },
	{ "engine_that_does_nothing", engine_that_does_nothing },
	{ "engine_with_half_a_table", engine_with_half_a_table },
	{ "engine_operation_begun_twice", engine_operation_begun_twice },
	{ "engine_stripped_messages_of_every_length",
		engine_stripped_messages_of_every_length },
	{ "engine_stripped_messages_of_oaep",
		engine_stripped_messages_of_oaep },
	{ "engine_handles_do_the_work", engine_handles_do_the_work },
	{ "engine_handles_need_what_they_need",
		engine_handles_need_what_they_need },
	{ "engine_handles_are_under_the_policy",
		engine_handles_are_under_the_policy },
	{ "engine_handles_have_no_way_back",
		engine_handles_have_no_way_back },
	{ "engine_handles_are_verified", engine_handles_are_verified },
	{ "engine_handles_reject_with_their_secret",
		engine_handles_reject_with_their_secret },
	{ "engine_synthetic_messages_for_every_modulus",
		engine_synthetic_messages_for_every_modulus },
	{ "engine_work_that_holds_a_good_block",
		engine_work_that_holds_a_good_block },
	{ "engine_work_that_holds_a_good_block_of_oaep",
		engine_work_that_holds_a_good_block_of_oaep },
	{ "engine_every_hook_call_fails_once",
		engine_every_hook_call_fails_once },
	{ NULL, NULL },
};
/* clang-format on */
