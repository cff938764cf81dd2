/*
 * show_block.h - what seamkey show prints of blocks, messages and rules
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Part of seamkey.c: CMS content, as far as its first 64 KB go, the messages
 * of key release, and rules. Nothing is decrypted, and nothing verified.
 */
#ifndef SEAMKEY_EXAMPLE_SHOW_BLOCK_H
#define SEAMKEY_EXAMPLE_SHOW_BLOCK_H

#include "block_commands.h"

/* ---- CMS ----------------------------------------------------------------- */

/* clang-format off */
static const struct {
	unsigned char len, oid[11];
	const char *name;
	int is_block;
} content_types[] = {
	{ 9, { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 1 },
		"Data", 0 },
	{ 9, { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 2 },
		"SignedData", 0 },
	{ 9, { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 3 },
		"EnvelopedData", 1 },
	{ 9, { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 5 },
		"DigestedData", 0 },
	{ 9, { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 6 },
		"EncryptedData", 0 },
	{ 11, { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 16, 1, 2 },
		"AuthenticatedData", 0 },
	{ 11, { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 16, 1, 9 },
		"CompressedData", 0 },
	{ 11, { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 16, 1, 23 },
		"AuthEnvelopedData", 1 },
};

static const struct {
	unsigned char len, oid[9];
	const char *name;
	int is_gcm;
} ciphers[] = {
	{ 9, { 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 0x06 }, "AES-128-GCM", 1 },
	{ 9, { 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 0x1A }, "AES-192-GCM", 1 },
	{ 9, { 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 0x2E }, "AES-256-GCM", 1 },
	{ 9, { 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 0x02 }, "AES-128-CBC", 0 },
	{ 9, { 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 0x16 }, "AES-192-CBC", 0 },
	{ 9, { 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 0x2A }, "AES-256-CBC", 0 },
	{ 8, { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 3, 7, 0 },
		"DES-EDE3-CBC", 0 },
	{ 5, { 0x2B, 0x0E, 3, 2, 7, 0, 0, 0, 0 }, "DES-CBC", 0 },
};
/* clang-format on */

/* Elements of BER, of which the end may be missing: each is entered, or
 * passed over. The first failure sticks. */
struct ber {
	const unsigned char *p;
	size_t len;
	int bad;
};

/* The tag of the next element, less its length to *len; *open: it has no
 * length of its own. */
static unsigned
ber_get(struct ber *b, uint64_t *len, int *open)
{
	size_t octets = 0, u;
	unsigned tag;

	*len = 0;
	*open = 0;
	if (b->bad || b->len < 2) {
		b->bad = 1;
		return 0;
	}
	tag = b->p[0];
	if (b->p[1] == 0x80) {
		*open = 1;
	} else if (b->p[1] > 0x80) {
		octets = b->p[1] & 0x7Fu;
	} else {
		*len = b->p[1];
	}
	if (octets > 8 || octets > b->len - 2) {
		b->bad = 1;
		return 0;
	}
	for (u = 0; u < octets; u++) {
		*len = *len << 8 | b->p[2 + u];
	}
	b->p += 2 + octets;
	b->len -= 2 + octets;
	return tag;
}

/* Enter an element with this tag. */
static void
ber_enter(struct ber *b, unsigned tag, uint64_t *len, int *open)
{
	if (ber_get(b, len, open) != tag) {
		b->bad = 1;
	}
}

/* The next element, whole, if it has this tag (0: any) and a length. */
static seamkey_span
ber_whole(struct ber *b, unsigned tag)
{
	struct ber t = *b;
	seamkey_span v;
	uint64_t len;
	int open;
	unsigned got = ber_get(&t, &len, &open);

	if (t.bad || open || len > t.len || (tag != 0 && got != tag)) {
		b->bad = 1;
		return seamkey_span_of(NULL, 0);
	}
	v = seamkey_span_of(b->p, (size_t)(t.p - b->p) + (size_t)len);
	b->p += v.len;
	b->len -= v.len;
	return v;
}

/* The contents of a whole element. */
static seamkey_span
ber_inside(seamkey_span whole)
{
	struct ber b = { NULL, 0, 0 };
	uint64_t len;
	int open;

	b.p = whole.p;
	b.len = whole.len;
	(void)ber_get(&b, &len, &open);
	return seamkey_span_of(b.p, b.bad ? 0 : b.len);
}

/* Into the content of a ContentInfo: which of content_types[] it is; -1:
 * another one; -2: this is no ContentInfo. */
static int
find_content(struct ber *b, seamkey_span der, seamkey_span *oid)
{
	uint64_t len;
	size_t u;
	int open;

	b->p = der.p;
	b->len = der.len;
	b->bad = 0;
	ber_enter(b, SEAMKEY_DER_SEQUENCE, &len, &open);
	*oid = ber_inside(ber_whole(b, SEAMKEY_DER_OID));
	if (b->bad) {
		return -2;
	}
	for (u = 0; u < sizeof content_types / sizeof content_types[0]; u++) {
		if (seamkey_span_match(*oid,
			    seamkey_span_of(content_types[u].oid,
				    content_types[u].len))) {
			return (int)u;
		}
	}
	return -1;
}

/* One RecipientInfo, whole. */
static void
show_entry(seamkey_span whole)
{
	seamkey_block_entry e;
	int status = seamkey_block_decode_entry(&e, whole, SEAMKEY_ABSENT_NULL);

	if (status != SEAMKEY_OK) {
		put_line("", seamkey_text(status));
		return;
	}
	if (e.id.len != 0) {
		put_hex("key id", e.id);
	} else {
		put_distinguished("issuer", e.issuer);
		put_hex("serial", e.serial);
	}
	put_line("encryption",
		e.padding == SEAMKEY_BLOCK_OAEP ? "RSAES-OAEP, SHA-256"
						: "RSAES-PKCS1-v1_5");
	put_number_line("wrapped key", e.wrapped.len, " bytes");
}

/* The entries of a SET, of so many octets, or up to its end mark. */
static void
show_entries(struct ber *b, uint64_t len, int open)
{
	const unsigned char *from = b->p;
	uint64_t n;
	seamkey_span entry;

	for (n = 1; !b->bad; n++) {
		if (open ? b->len >= 2 && b->p[0] == 0 && b->p[1] == 0
			 : (uint64_t)(b->p - from) >= len) {
			break;
		}
		entry = ber_whole(b, 0);
		if (!b->bad) {
			put_number_line("recipient", n, "");
			show_entry(entry);
		}
	}
	if (open && !b->bad) {
		b->p += 2;
		b->len -= 2;
	}
}

/* AlgorithmIdentifier of the content: cipher, nonce or IV, tag. */
static void
show_cipher(seamkey_span algorithm)
{
	struct ber b = { NULL, 0, 0 };
	seamkey_span oid, parameters, tag;
	size_t u = 0;

	parameters = ber_inside(algorithm);
	b.p = parameters.p;
	b.len = parameters.len;
	oid = ber_inside(ber_whole(&b, SEAMKEY_DER_OID));
	while (u < sizeof ciphers / sizeof ciphers[0]
		&& !seamkey_span_match(
			oid, seamkey_span_of(ciphers[u].oid, ciphers[u].len))) {
		u++;
	}
	if (u == sizeof ciphers / sizeof ciphers[0]) {
		put_oid("cipher", oid);
		return;
	}
	put_line("cipher", ciphers[u].name);
	if (!ciphers[u].is_gcm) {
		put_hex("iv", ber_inside(ber_whole(&b, 0)));
		return;
	}
	parameters = ber_inside(ber_whole(&b, SEAMKEY_DER_SEQUENCE));
	b.p = parameters.p;
	b.len = parameters.len;
	put_hex("nonce", ber_inside(ber_whole(&b, SEAMKEY_DER_OCTET_STRING)));
	tag = seamkey_span_of("\x0C", 1); /* aes-ICVlen DEFAULT 12 */
	if (b.len != 0) {
		tag = ber_inside(ber_whole(&b, SEAMKEY_DER_INTEGER));
	}
	if (tag.len == 1) {
		put_number_line("tag", tag.p[0], " bytes");
	} else {
		put_hex("tag", tag);
	}
}

/* EncryptedContentInfo. */
static void
show_content(struct ber *b)
{
	seamkey_span type, algorithm;
	uint64_t len;
	int open;
	unsigned tag;

	ber_enter(b, SEAMKEY_DER_SEQUENCE, &len, &open);
	type = ber_inside(ber_whole(b, SEAMKEY_DER_OID));
	algorithm = ber_whole(b, SEAMKEY_DER_SEQUENCE);
	if (b->bad) {
		return;
	}
	if (!seamkey_span_match(type,
		    seamkey_span_of(
			    content_types[0].oid, content_types[0].len))) {
		put_oid("content type", type);
	}
	show_cipher(algorithm);
	tag = ber_get(b, &len, &open);
	if (tag == 0x80) {
		put_number_line("content", len, " bytes");
	} else if (tag == 0xA0) {
		put_line("content", "in pieces (BER)");
	} else {
		b->bad = 0;
		put_line("content", "not in here");
	}
}

/* The fields of a ContentInfo, of which the first part is here. Nothing but
 * its type is told of one that is no encryption block. */
static int
show_cms(const char *name, seamkey_span der)
{
	struct ber b;
	seamkey_span oid, version;
	uint64_t len;
	int open, kind = find_content(&b, der, &oid);

	if (kind < 0) {
		put_oid("type", oid);
		put_line("", "not an encryption block");
		return DONE;
	}
	put_line("type", content_types[kind].name);
	if (!content_types[kind].is_block) {
		put_line("", "not an encryption block");
		return DONE;
	}
	ber_enter(&b, 0xA0, &len, &open);
	ber_enter(&b, SEAMKEY_DER_SEQUENCE, &len, &open);
	version = ber_inside(ber_whole(&b, SEAMKEY_DER_INTEGER));
	if (!b.bad && version.len == 1) {
		put_number_line("version", version.p[0], "");
	}
	if (b.len != 0 && b.p[0] == 0xA0) {
		put_number_line(
			"originator", ber_whole(&b, 0xA0).len, " bytes");
	}
	ber_enter(&b, SEAMKEY_DER_SET, &len, &open);
	show_entries(&b, len, open);
	show_content(&b);
	return b.bad ? keyfile_complain_cut(name) : DONE;
}

/* ---- messages of key release, and rules ---------------------------------- */

static void
put_text_line(const char *name, seamkey_span text)
{
	put_name(name);
	put_bytes((const char *)text.p, text.len);
	put("\n");
}

/* TYPE = VALUE */
static void
put_pair(const char *name, seamkey_span type, seamkey_span value)
{
	put_name(name);
	put_bytes((const char *)type.p, type.len);
	put(" = ");
	put_bytes((const char *)value.p, value.len);
	put("\n");
}

static void
show_who(const seamkey_release_who *who)
{
	seamkey_der_certificate cert;

	switch (who->kind) {
	case SEAMKEY_RELEASE_NAME:
		put_distinguished("name", who->value);
		break;
	case SEAMKEY_RELEASE_PORTION:
		put_distinguished("portion", who->value);
		break;
	case SEAMKEY_RELEASE_CERTIFICATE:
		if (seamkey_der_decode_certificate(&cert, who->value)
			== SEAMKEY_OK) {
			put_distinguished("certificate", cert.subject);
		}
		break;
	case SEAMKEY_RELEASE_ALIAS:
		put_text_line("alias", who->value);
		break;
	case SEAMKEY_RELEASE_ATTRIBUTE:
		put_pair("attribute", who->type, who->value);
		break;
	default:
		put_line("who", "as the channel says");
		break;
	}
}

static void
show_claims(const seamkey_release_request *q)
{
	seamkey_release_attribute claim;
	seamkey_der_reader r;
	size_t u;

	seamkey_der_init(&r, q->context);
	for (u = 0; u < q->context_count; u++) {
		seamkey_release_get_attribute(&r, &claim);
		put_pair("claim", claim.type, claim.value);
	}
}

static int
show_request(const char *name, seamkey_span der)
{
	static const char *const forms[] = { "sealed", "bare", "clear" };
	seamkey_release_request q;
	seamkey_release_block block;
	seamkey_der_reader r;
	struct ber b = { NULL, 0, 0 };
	size_t u;
	int status = seamkey_release_decode_request(&q, der, NULL);

	if (status != SEAMKEY_OK) {
		return complain_status(status, name);
	}
	put_hex("request id", q.id);
	put_line("form", forms[q.form]);
	show_who(&q.who);
	show_claims(&q);
	seamkey_der_init(&r, q.blocks);
	for (u = 0; u < q.block_count; u++) {
		seamkey_release_get_block(&r, &block);
		block.recipients = ber_inside(block.recipients);
		b.p = block.recipients.p;
		b.len = block.recipients.len;
		put_number_line("block", u + 1, "");
		show_entries(&b, block.recipients.len, 0);
		show_cipher(block.algorithm);
	}
	return DONE;
}

static void
show_released(const struct cli *cli, seamkey_span der)
{
	seamkey_release_released v;

	if (seamkey_release_decode_released(&v, der) == SEAMKEY_OK) {
		put_hex("recipient", v.recipient);
		put_secret(cli, "key", v.key);
	}
}

static int
show_answer(const struct cli *cli, seamkey_span der)
{
	static const char *const kinds[] = { "not released", "sealed", "bare",
		"clear" };
	seamkey_release_answer a;
	seamkey_release_result result;
	seamkey_der_reader r;
	size_t u;
	int status = seamkey_release_decode_answer(&a, der);

	if (status != SEAMKEY_OK) {
		return complain_status(status, cli->file);
	}
	if (a.id.len == 0) {
		put_line("request id", "the request could not be read");
	} else {
		put_hex("request id", a.id);
	}
	status = DONE;
	seamkey_der_init(&r, a.results);
	for (u = 0; u < a.count && status == DONE; u++) {
		seamkey_release_get_result(&r, &result);
		put_number_line("result", u + 1, "");
		put_line("", kinds[result.kind]);
		if (result.kind == SEAMKEY_RELEASE_IS_CLEAR) {
			show_released(cli, result.content);
		} else if (result.kind != SEAMKEY_RELEASE_NOT_RELEASED) {
			status = show_cms(cli->file, result.content);
		}
	}
	return status;
}

static int
show_approval(const char *name, seamkey_span der)
{
	seamkey_release_approval a;
	int status = seamkey_release_decode_approval(&a, der);

	if (status != SEAMKEY_OK) {
		return complain_status(status, name);
	}
	put_hex("request id", a.id);
	put_hex("recipients", a.recipients);
	put_distinguished("decryptor", a.decryptor);
	put_distinguished("approver", a.approver);
	put_text_line("expires", a.expires);
	put_number_line("signature", a.signature.len, " bytes, not verified");
	return DONE;
}

static int
show_rule(const char *name, seamkey_span der)
{
	static seamkey_rule rule[SEAMKEY_RULE_MAX];
	size_t count = 0, len = 0;
	int status = seamkey_rule_decode(rule, SEAMKEY_RULE_MAX, &count, der);

	if (status == SEAMKEY_OK) {
		status = seamkey_rule_encode_text(
			box.plain, sizeof box.plain, &len, rule, count);
	}
	if (status != SEAMKEY_OK) {
		return complain_status(status, name);
	}
	put_text_line("rule", seamkey_span_of(box.plain, len));
	return DONE;
}

/* ---- which of them ------------------------------------------------------- */

static void
put_structure(const char *structure, const char *form)
{
	put_line("structure", structure);
	put_line("file", form);
}

/* The DER in the text of a PEM file or an S/MIME message, of which this is
 * the first part; empty where it is neither. */
static int
find_text(const char *name, seamkey_span start, int more, seamkey_span *der)
{
	ssize_t len = 0;

	if (source_open_text(&box.source, name, start, more)) {
		len = source_read(&box.source, box.plain, sizeof box.plain);
	}
	*der = seamkey_span_of(box.plain, len < 0 ? 0 : (size_t)len);
	return len < 0 ? UNREADABLE : DONE;
}

/* 1 if this is one element, and all of it. */
static int
is_whole(seamkey_span der)
{
	struct ber b = { NULL, 0, 0 };

	b.p = der.p;
	b.len = der.len;
	return ber_whole(&b, 0).len == der.len && der.len != 0;
}

static int
show_message(const struct cli *cli, unsigned tag, seamkey_span der)
{
	int status;

	switch (tag) {
	case SEAMKEY_RELEASE_TAG_REQUEST:
		return show_request(cli->file, der);
	case SEAMKEY_RELEASE_TAG_ANSWER:
		return show_answer(cli, der);
	case SEAMKEY_RELEASE_TAG_APPROVAL:
		return show_approval(cli->file, der);
	default:
		status = seamkey_release_decode_receipt(der);
		return status == SEAMKEY_OK
			? DONE
			: complain_status(status, cli->file);
	}
}

/* 1 if show_block() is for it: CMS, but for SignedData that is all here, of
 * which keyfile.h has more to say. */
static int
is_cms(seamkey_span der, int more)
{
	struct ber b;
	seamkey_span oid;
	int kind = find_content(&b, der, &oid);

	return kind >= -1 && (kind != 1 || more);
}

/*
 * What is no key: *known is 1 then, and all of it has been printed, or what
 * is wrong told. start: the first part of the file; more: it is not all.
 */
static int
show_block(const struct cli *cli, seamkey_span start, int more, int *known)
{
	static const char *const messages[] = { "Request", "Answer", "Approval",
		"Receipt" };
	unsigned tag = start.len == 0 ? 0 : start.p[0];
	seamkey_span der = start;

	*known = 1;
	if (tag >= SEAMKEY_RELEASE_TAG_REQUEST
		&& tag <= SEAMKEY_RELEASE_TAG_RECEIPT && !more
		&& is_whole(start)) {
		put_structure(
			messages[tag - SEAMKEY_RELEASE_TAG_REQUEST], "DER");
		return show_message(cli, tag, start);
	}
	if (tag >= 0x80 && tag < 0xC0 && !more && is_whole(start)) {
		put_structure("Rule", "DER");
		return show_rule(cli->file, start);
	}
	if (is_cms(start, more)) {
		put_structure("ContentInfo (CMS)",
			start.p[1] == 0x80 ? "BER" : "DER");
		return show_cms(cli->file, start);
	}
	if (find_text(cli->file, start, more, &der) != DONE) {
		return UNREADABLE;
	}
	if (der.len != 0 && is_cms(der, more)) {
		put_structure("ContentInfo (CMS)",
			box.source.form == SOURCE_PEM ? "PEM" : "S/MIME");
		return show_cms(cli->file, der);
	}
	*known = 0;
	return DONE;
}

#endif
