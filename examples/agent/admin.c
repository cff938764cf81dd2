/*
 * admin.c - the verbs of administration
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Whoever can open the database and its key can do everything; what he does
 * still goes through seamkey_agent_change(), which checks it, and through
 * the log.
 */
#define _XOPEN_SOURCE 700

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"

#include "examples/files.h"
#include "examples/keyfile.h"

static struct {
	struct desk desk;
	struct row_words words;
	struct keyfile file;
	unsigned char info[SEAMKEY_RSA_MAX_KEY_INFO]; /* of a new key */
	unsigned char public_key[SEAMKEY_RSA_MAX_KEY_INFO];
	unsigned char primes[BR_RSA_KBUF_PRIV_SIZE(SEAMKEY_RSA_MAX_BITS)];
	unsigned char modulus[BR_RSA_KBUF_PUB_SIZE(SEAMKEY_RSA_MAX_BITS)];
	unsigned char d[SEAMKEY_RSA_MAX_BYTES];
	unsigned char id[20];
	struct hsm_key token; /* whose private half is in a token */
	unsigned char rejection[32];
	unsigned char approval[SEAMKEY_AGENT_MAX_FIELD];
	char from[32];
	char pem[8192];
} admin; /* wiped by admin_run() */

/* ---- keys -------------------------------------------------------------- */

/* A new key pair as PrivateKeyInfo. */
static int
admin_make_key(unsigned bits, seamkey_span *info)
{
	const uint32_t e = 65537;
	seamkey_der_rsa_private priv;
	br_rsa_private_key sk;
	br_rsa_public_key pk;
	size_t d_len, len = 0;
	int status;

	if (!br_rsa_keygen_get_default()(&admin.desk.drbg.vtable, &sk,
		    admin.primes, &pk, admin.modulus, bits, e)) {
		return SEAMKEY_ERR_UNSUPPORTED;
	}
	d_len = br_rsa_compute_privexp_get_default()(admin.d, &sk, e);
	if (d_len == 0 || d_len > sizeof admin.d) {
		return SEAMKEY_ERR_UNSUPPORTED;
	}
	priv.n = seamkey_span_of(pk.n, pk.nlen);
	priv.e = seamkey_span_of(pk.e, pk.elen);
	priv.d = seamkey_span_of(admin.d, d_len);
	priv.p = seamkey_span_of(sk.p, sk.plen);
	priv.q = seamkey_span_of(sk.q, sk.qlen);
	priv.dp = seamkey_span_of(sk.dp, sk.dplen);
	priv.dq = seamkey_span_of(sk.dq, sk.dqlen);
	priv.qinv = seamkey_span_of(sk.iq, sk.iqlen);
	status = seamkey_der_encode_rsa_private_info(
		admin.info, sizeof admin.info, &len, &priv);
	*info = seamkey_span_of(admin.info, len);
	return status;
}

/* The SubjectPublicKeyInfo of a private key in DER. */
static int
admin_public_of(seamkey_span info, seamkey_span *out)
{
	seamkey_der_rsa_private priv;
	seamkey_der_rsa_public pub;
	size_t len = 0;
	int status = seamkey_der_decode_rsa_private_info(&priv, info, 0);

	if (status == SEAMKEY_OK) {
		pub.n = priv.n;
		pub.e = priv.e;
		status = seamkey_der_encode_rsa_public_info(
			admin.public_key, sizeof admin.public_key, &len, &pub);
	}
	*out = seamkey_span_of(admin.public_key, len);
	return status;
}

/* SHA-1 of the bits of a public key, as certificates have it. */
static int
admin_id_of(seamkey_span public_key, seamkey_span *out)
{
	seamkey_der_public_key_info info;
	br_sha1_context hash;
	int status = seamkey_der_decode_public_key_info(&info, public_key);

	if (status != SEAMKEY_OK) {
		return status;
	}
	br_sha1_init(&hash);
	br_sha1_update(&hash, info.public_key.p, info.public_key.len);
	br_sha1_out(&hash, admin.id);
	*out = seamkey_span_of(admin.id, sizeof admin.id);
	return SEAMKEY_OK;
}

/* A private key of a file as PrivateKeyInfo, whatever form it has there. */
static int
admin_import_key(const struct options *o, seamkey_span *info)
{
	seamkey_der_rsa_private priv;
	size_t len = 0;
	int status = keyfile_load(&admin.file, o->import, o->import_pass, 1);

	if (status != DONE) {
		return status;
	}
	*info = admin.file.der;
	if (admin.file.kind == SEAMKEY_DER_PRIVATE_KEY_INFO) {
		return DONE;
	}
	status = seamkey_der_decode_rsa_private(&priv, admin.file.der);
	if (status == SEAMKEY_OK) {
		status = seamkey_der_encode_rsa_private_info(
			admin.info, sizeof admin.info, &len, &priv);
	}
	*info = seamkey_span_of(admin.info, len);
	return status == SEAMKEY_OK ? DONE : complain_status(status, o->import);
}

/* Does the private half, here or in the token, decrypt what is encrypted to
 * that public key? If not, blocks would be sealed to it that nobody can open.
 */
static int
admin_try_key(const seamkey_agent_row *row, seamkey_span public_key)
{
	seamkey_rsa_env e = admin.desk.rsa;
	unsigned char sent[32], got[32] = { 0 }, block[SEAMKEY_RSA_MAX_BYTES];
	size_t len = 0;
	int status = seamkey_random_get(&e.random, sent, sizeof sent);

	memset(&e.engine, 0, sizeof e.engine);
	if (status == SEAMKEY_OK) {
		status = seamkey_rsa_encrypt(&e, block, sizeof block, &len,
			seamkey_span_of(sent, sizeof sent), public_key);
	}
	if (row->handle.len != 0) {
		e.engine = admin.desk.rsa.engine;
		e.handle = row->handle;
		e.rejection = row->rejection;
	}
	if (status == SEAMKEY_OK) {
		status = seamkey_rsa_decrypt(&e, got, sizeof got,
			seamkey_span_of(block, len), row->value);
	}
	return status == SEAMKEY_OK && memcmp(sent, got, sizeof sent) != 0
		? SEAMKEY_ERR_RSA_FAULT
		: status;
}

/* A row of a key in a token: its handle and its public half. */
static int
admin_fill_token(const struct options *o, seamkey_agent_row *row)
{
	struct hsm_key *key = &admin.token;
	seamkey_span id = { NULL, 0 };
	int status = hsm_open(o, &admin.desk.rsa.engine);

	if (status == DONE && o->object_id != NULL) {
		status = rows_get_hex(
			key->id, sizeof key->id, &id, o->object_id);
		key->id_len = id.len;
	}
	if (status != DONE) {
		return status;
	}
	status = hsm_find(key, o->object_label != NULL ? o->object_label : "");
	if (status == SEAMKEY_OK) {
		status = seamkey_random_get(&admin.desk.rsa.random,
			admin.rejection, sizeof admin.rejection);
	}
	row->handle = seamkey_span_of(key->id, key->id_len);
	row->rejection = seamkey_span_of(admin.rejection, 32);
	row->value = seamkey_span_of(key->public_key, key->public_len);
	if (status == SEAMKEY_OK) {
		status = admin_try_key(row, row->value);
	}
	if (status == SEAMKEY_OK && row->name.len == 0) {
		status = admin_id_of(row->value, &row->name);
	}
	return status == SEAMKEY_OK ? DONE : agent_complain("key", status);
}

/* The rest of a row of a key: its private half, and what it is called. */
static int
admin_fill_key(const struct options *o, seamkey_agent_row *row)
{
	seamkey_span public_key;
	int status = DONE;

	if (o->object_id != NULL || o->object_label != NULL) {
		return admin_fill_token(o, row);
	}
	if (o->import != NULL) {
		status = admin_import_key(o, &row->value);
	} else if (admin_make_key(o->bits, &row->value) != SEAMKEY_OK) {
		return agent_complain("key", SEAMKEY_ERR_UNSUPPORTED);
	}
	if (status != DONE) {
		return status;
	}
	status = admin_public_of(row->value, &public_key);
	if (status == SEAMKEY_OK) {
		status = admin_try_key(row, public_key);
	}
	if (status == SEAMKEY_OK && row->name.len == 0) {
		status = admin_id_of(public_key, &row->name);
	}
	return status == SEAMKEY_OK
		? DONE
		: agent_complain(o->import != NULL ? o->import : "key", status);
}

/* A public key, or that of a certificate; or a certificate, whole. */
static int
admin_load_public(const struct options *o, seamkey_span *out)
{
	const char *name = o->certificate != NULL ? o->certificate : o->key;
	seamkey_der_certificate cert;
	int status = SEAMKEY_OK;

	if (name == NULL) {
		return DONE;
	}
	if (o->certificate != NULL && o->key != NULL) {
		agent_say("one of --key and --certificate");
		return UNREADABLE;
	}
	status = keyfile_load(&admin.file, name, NULL, 0);
	if (status != DONE) {
		return status;
	}
	if (o->certificate != NULL) {
		if (admin.file.kind != SEAMKEY_DER_CERTIFICATE) {
			return complain(UNREADABLE, name, "is no certificate");
		}
		*out = admin.file.der;
	} else if (admin.file.kind == SEAMKEY_DER_CERTIFICATE) {
		status = seamkey_der_decode_certificate(&cert, admin.file.der);
		*out = cert.public_key_info;
	} else if (admin.file.kind == SEAMKEY_DER_PUBLIC_KEY_INFO) {
		*out = admin.file.der;
	} else {
		return complain(UNREADABLE, name,
			"is neither a public key (SubjectPublicKeyInfo) nor a "
			"certificate");
	}
	return status == SEAMKEY_OK ? DONE : complain_status(status, name);
}

static int
admin_fill(const struct options *o, seamkey_agent_row *row)
{
	switch (row->kind) {
	case SEAMKEY_AGENT_KEY:
		return admin_fill_key(o, row);
	case SEAMKEY_AGENT_DECRYPTOR:
		row->number = o->clearance == OPTIONS_UNSAID ? 0 : o->clearance;
		row->flag =
			o->oaep == 1 ? SEAMKEY_BLOCK_OAEP : SEAMKEY_BLOCK_PKCS1;
		return admin_load_public(o, &row->value);
	default:
		return DONE;
	}
}

/* ---- changes ----------------------------------------------------------- */

/* How many other key pairs the access identifier of this one has. */
static size_t
admin_count_others(const seamkey_agent_row *row)
{
	const struct store *s = &admin.desk.store;
	seamkey_agent_row like, other;
	size_t n = 0, count = 0;

	memset(&like, 0, sizeof like);
	like.kind = SEAMKEY_AGENT_KEY;
	like.owner = row->owner;
	while (s->cls->rows.find(s->ctx, &like, n++, &other) == SEAMKEY_OK) {
		count += !seamkey_span_match(other.name, row->name);
	}
	return count;
}

/* What deleting a key pair, whose row this is, means. */
static void
admin_tell_loss(const seamkey_agent_row *row)
{
	size_t others = admin_count_others(row);

	if (row->handle.len != 0) {
		fprintf(stderr,
			"The private half of this key pair of \"%.*s\" stays "
			"in its token. Until it is\nadded again, no block that "
			"was sealed to it alone can be opened. ",
			(int)row->owner.len, (const char *)row->owner.p);
	} else {
		fprintf(stderr,
			"Deleting this key pair of \"%.*s\" is loss of data: "
			"no block that was\nsealed to it alone can ever be "
			"opened again. ",
			(int)row->owner.len, (const char *)row->owner.p);
	}
	if (others > 1) {
		fprintf(stderr, "%lu other key pairs stay.\n",
			(unsigned long)others);
	} else {
		fprintf(stderr, "%s\n",
			others == 1 ? "One other key pair stays."
				    : "It has no other one.");
	}
	fprintf(stderr,
		"A key pair that is retired goes on to open old "
		"blocks.\n");
}

/* Which kind of row is meant; 0: why not was told. */
static unsigned
admin_kind(const struct options *o)
{
	char kinds[256] = "";
	struct text t = { kinds, sizeof kinds, 0 };
	unsigned kind = o->words > 1 ? rows_kind(o->word[1]) : 0, u;

	if (kind != 0) {
		return kind;
	}
	for (u = 1; u <= SEAMKEY_AGENT_PENDING; u++) {
		text_put(&t, u > 1 ? ", " : "");
		text_put(&t, event_kind_name(u));
	}
	if (o->words > 1) {
		agent_say(
			"%s: is no kind; the kinds are %s", o->word[1], kinds);
	} else {
		agent_say("%s: of what? The kinds are %s", o->word[0], kinds);
	}
	return 0;
}

/* Why rows of this kind are not changed so, or NULL. */
static const char *
admin_why_not(unsigned kind, int change)
{
	if (change == SEAMKEY_AGENT_REPLACE && kind != SEAMKEY_AGENT_RULE
		&& kind != SEAMKEY_AGENT_DECRYPTOR) {
		return "only a rule or a decryptor can be replaced";
	}
	if (change == SEAMKEY_AGENT_RETIRE && kind != SEAMKEY_AGENT_KEY) {
		return "only a key can be retired";
	}
	if (change == SEAMKEY_AGENT_ADD && kind >= SEAMKEY_AGENT_APPROVAL) {
		return "is the agent's to add; an approval comes by approve";
	}
	return NULL;
}

/* Are there so many words? usage: all of them. */
static int
admin_check_words(
	const struct options *o, size_t min, size_t max, const char *usage)
{
	if (o->words < min) {
		agent_say("a word is missing: %s", usage);
		return UNREADABLE;
	}
	if (o->words > max) {
		agent_say("%s: one word too many: %s", o->word[max], usage);
		return UNREADABLE;
	}
	return DONE;
}

/* Say what will be lost, if it is there. Only the answer "yes" is one. */
static int
admin_ask(const struct options *o, const seamkey_agent_row *row)
{
	const struct store *s = &admin.desk.store;
	seamkey_agent_row like = seamkey_agent_identity(row), found;
	char answer[16];
	int status = s->cls->rows.find(s->ctx, &like, 0, &found);

	if (status == SEAMKEY_OK) {
		admin_tell_loss(&found);
	}
	s->cls->rows.done(s->ctx); /* others may change rows meanwhile */
	if (status == SEAMKEY_ERR_RULE_NONE) {
		return missing_complain(s, o, SEAMKEY_AGENT_DELETE, row);
	}
	if (status != SEAMKEY_OK) {
		return agent_complain(o->word[1], status);
	}
	if (o->yes) {
		return DONE;
	}
	fprintf(stderr, "Delete it? (yes) ");
	if (fgets(answer, sizeof answer, stdin) != NULL
		&& strcmp(answer, "yes\n") == 0) {
		return DONE;
	}
	agent_say("nothing was deleted (--yes does not ask)");
	return REFUSED;
}

/* Who changes: the administrator, or a manager of a group by --as. */
static int
admin_actor(const struct options *o, seamkey_agent_actor *actor,
	unsigned char *name)
{
	memset(actor, 0, sizeof *actor);
	actor->is_administrator = o->as == NULL;
	return o->as == NULL
		? DONE
		: rows_encode_name(name, SEAMKEY_NAME_MAX, &actor->name, o->as);
}

/* What is not said of a decryptor that is replaced stays as it was: where
 * that cannot be read, nothing is replaced. That it is not there at all is the
 * change's to say, and the log's. */
static int
admin_keep_rest(const struct options *o, seamkey_agent_row *row)
{
	const struct store *s = &admin.desk.store;
	seamkey_agent_row like = seamkey_agent_identity(row), old;
	int status;

	if (row->kind != SEAMKEY_AGENT_DECRYPTOR) {
		return SEAMKEY_OK;
	}
	status = s->cls->rows.find(s->ctx, &like, 0, &old);
	if (status != SEAMKEY_OK) {
		return status == SEAMKEY_ERR_RULE_NONE ? SEAMKEY_OK : status;
	}
	if (row->value.len == 0) {
		row->value = old.value;
	}
	if (row->name.len == 0) {
		row->name = old.name;
	}
	if (o->clearance == OPTIONS_UNSAID) {
		row->number = old.number;
	}
	if (o->oaep == OPTIONS_UNSAID) {
		row->flag = old.flag;
	}
	return SEAMKEY_OK;
}

static int
admin_change(const struct options *o, int change)
{
	unsigned kind = admin_kind(o);
	seamkey_agent_row *row = &admin.words.row;
	unsigned char name[SEAMKEY_NAME_MAX];
	seamkey_agent_actor actor;
	struct desk *d = &admin.desk;
	int status;

	if (kind == 0) {
		return UNREADABLE;
	}
	if (admin_why_not(kind, change) != NULL) {
		agent_say("%s %s: %s", o->word[0], o->word[1],
			admin_why_not(kind, change));
		return UNREADABLE;
	}
	status = rows_read(&admin.words, kind, change, o);
	if (status == DONE) {
		status = admin_actor(o, &actor, name);
	}
	if (status == DONE && change < SEAMKEY_AGENT_RETIRE) {
		status = admin_fill(o, row);
	}
	if (status == DONE && kind == SEAMKEY_AGENT_KEY
		&& change == SEAMKEY_AGENT_DELETE) {
		status = admin_ask(o, row);
	}
	if (status != DONE) {
		return status;
	}
	status = kind == SEAMKEY_AGENT_KEY ? wrap_load(&d->wrap) : SEAMKEY_OK;
	if (status == SEAMKEY_OK) {
		/* nobody changes what is checked until it is changed */
		status = d->store.cls->lock(d->store.ctx);
	}
	if (status == SEAMKEY_OK && change == SEAMKEY_AGENT_REPLACE) {
		status = admin_keep_rest(o, row);
	}
	if (status == SEAMKEY_OK) {
		status = seamkey_agent_change(&d->env, &actor, change, row);
	}
	if (status == SEAMKEY_OK && kind == SEAMKEY_AGENT_KEY
		&& change == SEAMKEY_AGENT_ADD) {
		row->flag = 0;
		rows_print(row);
	}
	if (status == SEAMKEY_ERR_AGENT_MISSING) {
		return missing_complain(&d->store, o, change, row);
	}
	if (status == SEAMKEY_OK && kind == SEAMKEY_AGENT_RULE
		&& change <= SEAMKEY_AGENT_REPLACE) {
		missing_warn(&d->store, o, row->value);
	}
	return status == SEAMKEY_OK ? DONE : agent_complain(o->word[1], status);
}

/* ---- looking ----------------------------------------------------------- */

/* A request that nobody waits for any more; its row goes with the next one of
 * that decryptor. */
static int
admin_is_stale(const seamkey_agent_row *row)
{
	return row->kind == SEAMKEY_AGENT_PENDING
		&& SEAMKEY_AGENT_IS_STALE(row, time(NULL));
}

static int
admin_list_kind(unsigned kind)
{
	const struct store *s = &admin.desk.store;
	seamkey_agent_row like, row;
	size_t n;
	int status = SEAMKEY_OK;

	memset(&like, 0, sizeof like);
	like.kind = (uint8_t)kind;
	for (n = 0; status == SEAMKEY_OK; n++) {
		/* not through the wrapping: no private key is needed */
		status = s->cls->rows.find(s->ctx, &like, n, &row);
		if (status == SEAMKEY_OK && !admin_is_stale(&row)) {
			rows_print(&row);
		}
		s->cls->forget(s->ctx); /* there may be any number of them */
	}
	s->cls->rows.done(s->ctx);
	return status == SEAMKEY_ERR_RULE_NONE
		? DONE
		: agent_complain(event_kind_name(kind), status);
}

static int
admin_list(const struct options *o)
{
	unsigned kind;
	int status = DONE;

	if (o->words > 1) {
		kind = admin_kind(o);
		return kind == 0 || admin_check_words(o, 1, 2, "list [KIND]")
			? UNREADABLE
			: admin_list_kind(kind);
	}
	for (kind = 1; kind <= SEAMKEY_AGENT_PENDING && status == DONE;
		kind++) {
		status = admin_list_kind(kind);
	}
	return status;
}

/* Which key pair the words mean: the one with their identifier, or where they
 * have none the current one, of which there has to be one. Nothing that is
 * secret in a row is opened for that. */
static int
admin_choose_key(const char *access, seamkey_agent_row *like)
{
	const struct store *s = &admin.desk.store;
	seamkey_agent_row row, any = *like;
	size_t n = 0, current = 0;
	int status = SEAMKEY_OK;

	if (like->name.len != 0) {
		return DONE;
	}
	any.name = seamkey_span_of(NULL, 0);
	while (status == SEAMKEY_OK) {
		status = s->cls->rows.find(s->ctx, &any, n++, &row);
		if (status == SEAMKEY_OK && row.flag == 0) {
			like->name = row.name;
			current++;
		}
	}
	if (status != SEAMKEY_ERR_RULE_NONE) {
		return agent_complain(access, status);
	}
	if (current != 1) {
		agent_say("%s: %s (list key)", access,
			current == 0 ? "there is no current key pair to seal "
				       "to"
				     : "there are several current key pairs: "
				       "say which by its identifier");
		return REFUSED;
	}
	return DONE;
}

/* The public half of a key pair, to seal with. */
static int
admin_export(const struct options *o)
{
	seamkey_agent_row like, row;
	seamkey_span out;
	struct options words = *o;
	size_t len = 0;
	int status;

	/* "export ACCESS ID" has the words of a row of that kind */
	status = admin_check_words(o, 2, 3, "export ACCESS [ID]");
	if (status != DONE) {
		return status;
	}
	words.words = o->words + 1;
	words.word[2] = o->word[1];
	words.word[3] = o->word[2];
	status = rows_read(
		&admin.words, SEAMKEY_AGENT_KEY, SEAMKEY_AGENT_ADD, &words);
	if (status != DONE) {
		return status;
	}
	like = admin.words.row;
	like.value = seamkey_span_of(NULL, 0);
	status = admin_choose_key(o->word[1], &like);
	if (status != DONE) {
		return status;
	}
	out = seamkey_span_of(NULL, 0);
	status = wrap_store.find(&admin.desk.wrap, &like, 0, &row);
	if (status == SEAMKEY_OK && row.handle.len == 0) {
		status = wrap_store.load(&admin.desk.wrap, &row);
	}
	if (status == SEAMKEY_OK && row.handle.len != 0) {
		out = row.value;
	} else if (status == SEAMKEY_OK) {
		status = admin_public_of(row.value, &out);
	}
	if (status == SEAMKEY_OK) {
		status = pem_encode(
			admin.pem, sizeof admin.pem, &len, "PUBLIC KEY", out);
	}
	if (status != SEAMKEY_OK) {
		return agent_complain(o->word[1], status);
	}
	return file_write(
		o->out, seamkey_span_of(admin.pem, len), 0, o->force != 0);
}

static int
admin_approve(const struct options *o)
{
	unsigned char receipt[128];
	seamkey_agent_scene scene;
	struct desk_peer here;
	seamkey_span file;
	size_t len = 0;
	int status;

	status = admin_check_words(o, 2, 2, "approve FILE");
	if (status != DONE) {
		return status;
	}
	status = file_read(
		o->word[1], admin.approval, sizeof admin.approval, &file);
	if (status != DONE) {
		return status;
	}
	memset(&here, 0, sizeof here);
	desk_set_scene(&scene, &here);
	status = seamkey_agent_approve(
		&admin.desk.env, &scene, file, receipt, sizeof receipt, &len);
	return status == SEAMKEY_OK ? DONE : agent_complain(o->word[1], status);
}

static int
admin_init(const struct options *o)
{
	int status = SEAMKEY_OK;

	if (o->pass_file == NULL && o->key_file == NULL) {
		status = WRAP_ERR_SECRET;
	}
	if (status == SEAMKEY_OK) {
		status = wrap_create(&admin.desk.wrap, o->iterations);
	}
	return status == SEAMKEY_OK ? DONE : agent_complain(o->db, status);
}

/* ---- verbs ------------------------------------------------------------- */

static int
admin_do(const struct options *o)
{
	static const char *const changes[] = { "", "add", "replace", "retire",
		"delete" };
	int change;

	for (change = SEAMKEY_AGENT_ADD; change <= SEAMKEY_AGENT_DELETE;
		change++) {
		if (strcmp(o->word[0], changes[change]) == 0) {
			return admin_change(o, change);
		}
	}
	if (strcmp(o->word[0], "list") == 0) {
		return admin_list(o);
	}
	if (strcmp(o->word[0], "export") == 0) {
		return admin_export(o);
	}
	if (strcmp(o->word[0], "approve") == 0) {
		return admin_approve(o);
	}
	if (strcmp(o->word[0], "init") == 0) {
		return admin_init(o);
	}
	agent_say("%s: no such verb (--help)", o->word[0]);
	return UNREADABLE;
}

int
admin_run(const struct options *o)
{
	int status;

	if (o->words == 0) {
		agent_say("what is to be done? (--help)");
		return UNREADABLE;
	}
	if (desk_open(&admin.desk, o, strcmp(o->word[0], "init") == 0) != 0) {
		return UNREADABLE;
	}
	(void)snprintf(admin.from, sizeof admin.from, "uid-%lu",
		(unsigned long)getuid());
	admin.desk.from = admin.from;
	status = admin_do(o);
	desk_close(&admin.desk);
	seamkey_wipe(&admin, sizeof admin);
	return status;
}
