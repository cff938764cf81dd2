/*
 * agent_client.c - asks seamkey-agent for keys, as tests want it to
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * usage: agent_client seal KEY HEX-ID BLOCK MESSAGE [RECIPIENTS]
 *        agent_client ask [OPTION VALUE]... BLOCK...
 *        agent_client approve KEY APPROVER DECRYPTOR HEX-ID BLOCK OUT
 *        agent_client send PORT FILE
 *        agent_client hold PORT SECONDS [HEX]
 *
 * seal   MESSAGE to the public key in KEY (PEM), as BLOCK; and to other
 *        recipients, which nobody knows
 * ask    --port N, --name NAME | --alias TEXT | --channel x |
 *        --certificate FILE,
 *        --form sealed|bare|clear, --id HEX, --times N,
 *        --pause SECONDS: in the middle of a request,
 *        --first HEX: octets in front of all else,
 *        --between SECONDS: in front of the next one, --from ADDRESS,
 *        --tls CA [--cert FILE --cert-key FILE],
 *        --own KEY: open the answer to the first block and the block with
 *        it, and print the message; --out FILE: the content of that answer
 * approve  sign an approval of that request for this block, as OUT
 * send   a file as one message; prints how many bytes come back
 * hold   connect, send these bytes, and read until the other end closes
 *
 * Exit status: 0 a key was released (to every request); 1 not released;
 * 2 anything else, such as a connection that was closed.
 */
#define _XOPEN_SOURCE 700
#define PROGRAM       "agent_client"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "seamkey.h"

#include "examples/files.h"
#include "examples/keyfile.h"

#define BLOCKS     16
#define RECIPIENTS 100

static struct {
	const char *port, *name, *alias, *channel, *certificate, *form, *id,
		*times, *pause, *between, *from, *first;
	const char *ca, *cert, *cert_key, *own, *out;
	const char *block[BLOCKS];
	size_t blocks;
} o = { "0", NULL, NULL, NULL, NULL, "sealed", NULL, "1", "0", "0", "127.0.0.1",
	"", NULL, NULL, NULL, NULL, NULL, { NULL }, 0 };

static struct {
	struct keyfile key, own;
	unsigned char file[BLOCKS][65536];
	seamkey_span block[BLOCKS];
	seamkey_release_block header[BLOCKS];
	unsigned char id[64], request[65536], answer[65536], plain[65536];
	size_t id_len, request_len, answer_len;
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env;
} m;

static int
die(const char *what, int status)
{
	fprintf(stderr, "agent_client: %s: %s\n", what,
		status == 0 ? strerror(errno) : seamkey_text(status));
	exit(2);
}

static int
number(const char *text)
{
	return (int)strtol(text, NULL, 10);
}

static size_t
from_hex(unsigned char *out, size_t cap, const char *hex)
{
	char octet[3] = { 0, 0, 0 };
	size_t n = 0;

	while (hex[0] != '\0' && hex[1] != '\0' && n < cap) {
		memcpy(octet, hex, 2);
		out[n++] = (unsigned char)strtol(octet, NULL, 16);
		hex += 2;
	}
	return n;
}

/* ---- the connection ------------------------------------------------------ */

static int sock = -1;
static int use_tls;
static br_ssl_client_context sc;
static br_x509_minimal_context xc;
static br_sslio_context ioc;
static unsigned char iobuf[BR_SSL_BUFSIZE_BIDI];
static br_x509_trust_anchor anchor;
static br_x509_certificate chain[1];
static br_skey_decoder_context skey;
static struct keyfile ca_file, cert_file, cert_key_file;
static unsigned char dn[1024];
static size_t dn_len;
static br_x509_decoder_context decoder;

static void
open_socket(void)
{
	const struct timeval limit = { 20, 0 };
	struct sockaddr_in to, from;

	memset(&from, 0, sizeof from);
	from.sin_family = AF_INET;
	from.sin_addr.s_addr = inet_addr(o.from);
	memset(&to, 0, sizeof to);
	to.sin_family = AF_INET;
	to.sin_port = htons((uint16_t)number(o.port));
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sock = socket(AF_INET, SOCK_STREAM, 0);
	if (sock < 0
		|| setsockopt(
			   sock, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit)
			!= 0
		|| bind(sock, (struct sockaddr *)(void *)&from, sizeof from)
			!= 0
		|| connect(sock, (struct sockaddr *)(void *)&to, sizeof to)
			!= 0) {
		die("connect", 0);
	}
}

static int
low_read(void *ctx, unsigned char *buf, size_t len)
{
	ssize_t n = recv(sock, buf, len, 0);

	(void)ctx;
	return n <= 0 ? -1 : (int)n;
}

static int
low_write(void *ctx, const unsigned char *buf, size_t len)
{
	ssize_t n = send(sock, buf, len, MSG_NOSIGNAL);

	(void)ctx;
	return n <= 0 ? -1 : (int)n;
}

static void
put_dn(void *ctx, const void *buf, size_t len)
{
	(void)ctx;
	if (len <= sizeof dn - dn_len) {
		memcpy(dn + dn_len, buf, len);
		dn_len += len;
	}
}

static void
load_file(struct keyfile *file, const char *name, int is_private)
{
	if (keyfile_load(file, name, NULL, is_private) != DONE) {
		exit(2);
	}
}

static void
open_tls(void)
{
	load_file(&ca_file, o.ca, 0);
	br_x509_decoder_init(&decoder, put_dn, NULL);
	br_x509_decoder_push(&decoder, ca_file.der.p, ca_file.der.len);
	anchor.dn.data = dn;
	anchor.dn.len = dn_len;
	anchor.flags = BR_X509_TA_CA;
	if (br_x509_decoder_get_pkey(&decoder) == NULL) {
		die(o.ca, SEAMKEY_ERR_DER_KIND);
	}
	anchor.pkey = *br_x509_decoder_get_pkey(&decoder);
	br_ssl_client_init_full(&sc, &xc, &anchor, 1);
	br_ssl_engine_set_buffer(&sc.eng, iobuf, sizeof iobuf, 1);
	if (o.cert != NULL) {
		load_file(&cert_file, o.cert, 0);
		load_file(&cert_key_file, o.cert_key, 1);
		chain[0].data = iobuf; /* not const there; set below */
		memcpy(&chain[0].data, &cert_file.der.p, sizeof(void *));
		chain[0].data_len = cert_file.der.len;
		br_skey_decoder_init(&skey);
		br_skey_decoder_push(
			&skey, cert_key_file.der.p, cert_key_file.der.len);
		if (br_skey_decoder_key_type(&skey) != BR_KEYTYPE_RSA) {
			die(o.cert_key, SEAMKEY_ERR_DER_KIND);
		}
		br_ssl_client_set_single_rsa(&sc, chain, 1,
			br_skey_decoder_get_rsa(&skey),
			br_rsa_pkcs1_sign_get_default());
	}
	br_ssl_client_reset(&sc, "localhost", 0);
	br_sslio_init(&ioc, &sc.eng, low_read, NULL, low_write, NULL);
	use_tls = 1;
}

static void
write_all(const unsigned char *p, size_t len)
{
	int bad = use_tls
		? br_sslio_write_all(&ioc, p, len) || br_sslio_flush(&ioc)
		: file_write_all(sock, p, len) != 0;

	if (bad && use_tls) {
		fprintf(stderr, "agent_client: TLS error %d\n",
			br_ssl_engine_last_error(&sc.eng));
		exit(2);
	}
	if (bad) {
		die("write", 0);
	}
}

static void
read_all(unsigned char *p, size_t len)
{
	if (use_tls) {
		if (br_sslio_read_all(&ioc, p, len) != 0) {
			fprintf(stderr, "agent_client: TLS error %d\n",
				br_ssl_engine_last_error(&sc.eng));
			exit(2);
		}
	} else if (file_read_some(sock, p, len) != (ssize_t)len) {
		fprintf(stderr, "agent_client: the connection was closed\n");
		exit(2);
	}
}

/* ---- messages ------------------------------------------------------------ */

static void
exchange(void)
{
	unsigned char head[4];

	head[0] = (unsigned char)(m.request_len >> 24);
	head[1] = (unsigned char)(m.request_len >> 16);
	head[2] = (unsigned char)(m.request_len >> 8);
	head[3] = (unsigned char)m.request_len;
	write_all(head, sizeof head);
	write_all(m.request, m.request_len / 2);
	(void)sleep((unsigned)number(o.pause));
	write_all(m.request + m.request_len / 2,
		m.request_len - m.request_len / 2);
	read_all(head, sizeof head);
	m.answer_len = (size_t)head[2] << 8 | head[3];
	read_all(m.answer, m.answer_len);
}

static void
make_request(void)
{
	static unsigned char name[SEAMKEY_NAME_MAX];
	seamkey_release_who who;
	size_t len = 0, u;
	int form = strcmp(o.form, "clear") == 0 ? SEAMKEY_RELEASE_CLEAR
		: strcmp(o.form, "bare") == 0   ? SEAMKEY_RELEASE_BARE
						: SEAMKEY_RELEASE_SEALED;
	int status = SEAMKEY_OK;

	memset(&who, 0, sizeof who);
	if (o.name != NULL) {
		who.kind = SEAMKEY_RELEASE_NAME;
		status = seamkey_name_encode(name, sizeof name, &len,
			seamkey_span_of(o.name, strlen(o.name)));
		who.value = seamkey_span_of(name, len);
	} else if (o.certificate != NULL) {
		load_file(&m.key, o.certificate, 0);
		who.kind = SEAMKEY_RELEASE_CERTIFICATE;
		who.value = m.key.der;
	} else if (o.alias != NULL) {
		who.kind = SEAMKEY_RELEASE_ALIAS;
		who.value = seamkey_span_of(o.alias, strlen(o.alias));
	}
	if (status != SEAMKEY_OK) {
		die(o.name, status);
	}
	for (u = 0; u < o.blocks; u++) {
		if (file_read(o.block[u], m.file[u], sizeof m.file[u],
			    &m.block[u])
			!= DONE) {
			exit(2);
		}
		status = seamkey_release_decode_block(&m.header[u], m.block[u]);
		if (status != SEAMKEY_OK) {
			die(o.block[u], status);
		}
	}
	status = seamkey_release_encode_request(m.request, sizeof m.request,
		&m.request_len, seamkey_span_of(m.id, m.id_len), form, &who,
		m.header, o.blocks, NULL, 0);
	if (status != SEAMKEY_OK) {
		die("request", status);
	}
}

/* The key in the answer to a block; *len bytes. */
static void
open_answer(seamkey_release_result *r, unsigned char *key, size_t *len)
{
	seamkey_release_released released;
	seamkey_span content = r->content;
	seamkey_block_key own;
	size_t n = 0;
	int status = SEAMKEY_OK;

	if (r->kind != SEAMKEY_RELEASE_IS_CLEAR) {
		load_file(&m.own, o.own, 1);
		memset(&own, 0, sizeof own);
		own.key = m.own.der;
		status = seamkey_block_open(&m.env, SEAMKEY_BLOCK_CBC, &own, 1,
			content, m.plain, sizeof m.plain, &n);
		content = seamkey_span_of(m.plain, n);
	}
	if (status == SEAMKEY_OK && r->kind == SEAMKEY_RELEASE_IS_BARE) {
		memcpy(key, content.p, content.len);
		*len = content.len;
		return;
	}
	if (status == SEAMKEY_OK) {
		status = seamkey_release_decode_released(&released, content);
	}
	if (status == SEAMKEY_OK) {
		*len = released.key.len;
		status = seamkey_release_check_released(&released,
			seamkey_span_of(m.id, m.id_len), &m.header[0], key,
			released.key.len);
	}
	if (status != SEAMKEY_OK) {
		die("answer", status);
	}
}

/* Print the message of the first block. */
static void
open_block(seamkey_release_result *r)
{
	unsigned char key[64];
	size_t key_len = 0, len = 0;
	int status;

	open_answer(r, key, &key_len);
	status = seamkey_block_open_content(SEAMKEY_BLOCK_CBC,
		seamkey_span_of(key, key_len), m.block[0], m.plain,
		sizeof m.plain, &len);
	if (status != SEAMKEY_OK) {
		die("block", status);
	}
	(void)file_write_stdout(m.plain, len);
}

/* Were all keys released? */
static int
look_at_answer(void)
{
	seamkey_release_answer a;
	seamkey_release_result r, first;
	seamkey_der_reader in;
	int all = 1,
	    status = seamkey_release_decode_answer(
		    &a, seamkey_span_of(m.answer, m.answer_len));

	if (status != SEAMKEY_OK) {
		die("answer", status);
	}
	memset(&first, 0, sizeof first);
	seamkey_der_init(&in, a.results);
	while (in.err == SEAMKEY_OK && in.len != 0) {
		seamkey_release_get_result(&in, &r);
		first = first.kind == 0 && all ? r : first;
		all = all && r.kind != SEAMKEY_RELEASE_NOT_RELEASED;
	}
	if (!all || a.count == 0) {
		printf("not released\n");
		return 1;
	}
	if (o.out != NULL && file_write(o.out, first.content, 1, 1) != DONE) {
		return 2;
	}
	if (o.own != NULL || first.kind == SEAMKEY_RELEASE_IS_CLEAR) {
		open_block(&first);
	}
	return 0;
}

static int
ask(void)
{
	unsigned char first[256];
	int n, status = 0, times = number(o.times);

	if (o.id != NULL) {
		m.id_len = from_hex(m.id, sizeof m.id, o.id);
	} else {
		m.id_len = 16;
		(void)seamkey_random_get(&m.env.random, m.id, 16);
	}
	make_request();
	open_socket();
	write_all(first, from_hex(first, sizeof first, o.first));
	if (o.ca != NULL) {
		open_tls();
	}
	for (n = 0; n < times; n++) {
		(void)sleep(n == 0 ? 0 : (unsigned)number(o.between));
		exchange();
		status |= look_at_answer();
		(void)fflush(stdout);
	}
	return status;
}

static int
seal(char **argv, size_t count)
{
	static seamkey_block_recipient to[RECIPIENTS];
	static unsigned char id[RECIPIENTS][64];
	seamkey_span message;
	size_t len = 0, n, u;
	int status;

	load_file(&m.key, argv[0], 0);
	if (count > RECIPIENTS
		|| file_read(argv[3], m.file[0], sizeof m.file[0], &message)
			!= DONE) {
		return 2;
	}
	for (u = 0; u < count; u++) {
		to[u].key = m.key.der;
		n = from_hex(id[u], sizeof id[u] - 1, argv[1]);
		id[u][n] = (unsigned char)u;
		to[u].id = seamkey_span_of(id[u], n + (u != 0));
	}
	status = seamkey_block_seal(&m.env, SEAMKEY_BLOCK_AES_256_GCM, to,
		count, message, m.plain, sizeof m.plain, &len);
	if (status != SEAMKEY_OK) {
		die("seal", status);
	}
	return file_write(argv[2], seamkey_span_of(m.plain, len), 0, 1);
}

static seamkey_span
name_of(const char *text, unsigned char *out)
{
	size_t len = 0;
	int status = seamkey_name_encode(out, SEAMKEY_NAME_MAX, &len,
		seamkey_span_of(text, strlen(text)));

	if (status != SEAMKEY_OK) {
		die(text, status);
	}
	return seamkey_span_of(out, len);
}

/* Until the year 2099. */
static int
approve(char **argv)
{
	static unsigned char approver[SEAMKEY_NAME_MAX];
	static unsigned char decryptor[SEAMKEY_NAME_MAX];
	seamkey_release_approval a;
	unsigned char hash[32];
	size_t len = 0;
	int status;

	load_file(&m.key, argv[0], 1);
	if (file_read(argv[4], m.file[0], sizeof m.file[0], &m.block[0])
		!= DONE) {
		return 2;
	}
	status = seamkey_release_decode_block(&m.header[0], m.block[0]);
	memset(&a, 0, sizeof a);
	seamkey_release_hash_recipients(&m.header[0], hash);
	a.id = seamkey_span_of(m.id, from_hex(m.id, sizeof m.id, argv[3]));
	a.recipients = seamkey_span_of(hash, sizeof hash);
	a.approver = name_of(argv[1], approver);
	a.decryptor = name_of(argv[2], decryptor);
	a.expires = seamkey_span_of("20991231235959Z", 15);
	if (status == SEAMKEY_OK) {
		status = seamkey_release_sign_approval(
			&m.env, m.plain, sizeof m.plain, &len, &a, m.key.der);
	}
	if (status != SEAMKEY_OK) {
		die("approval", status);
	}
	return file_write(argv[5], seamkey_span_of(m.plain, len), 0, 1);
}

static int
send_file(char **argv)
{
	seamkey_span file;

	o.port = argv[0];
	if (file_read(argv[1], m.request, sizeof m.request, &file) != DONE) {
		return 2;
	}
	m.request_len = file.len;
	open_socket();
	exchange();
	printf("%lu %02x\n", (unsigned long)m.answer_len, m.answer[0]);
	return 0;
}

/* Say nothing, or not all of it. */
static int
hold(int argc, char **argv)
{
	struct timeval limit = { 0, 0 };
	unsigned char octet;
	ssize_t got;

	o.port = argv[0];
	open_socket();
	limit.tv_sec = number(argv[1]);
	(void)setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	if (argc > 2) {
		m.request_len = from_hex(m.request, sizeof m.request, argv[2]);
		write_all(m.request, m.request_len);
	}
	got = recv(sock, &octet, 1, 0);
	printf(got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)
			? "open\n"
			: "closed\n");
	return 0;
}

static int
read_options(int argc, char **argv)
{
	static const struct {
		const char *name;
		const char **value;
	} known[] = { { "--port", &o.port }, { "--name", &o.name },
		{ "--alias", &o.alias }, { "--channel", &o.channel },
		{ "--certificate", &o.certificate }, { "--form", &o.form },
		{ "--id", &o.id }, { "--times", &o.times },
		{ "--pause", &o.pause }, { "--from", &o.from },
		{ "--between", &o.between }, { "--first", &o.first },
		{ "--tls", &o.ca }, { "--cert", &o.cert },
		{ "--cert-key", &o.cert_key }, { "--own", &o.own },
		{ "--out", &o.out } };
	size_t u;
	int i;

	for (i = 0; i < argc; i++) {
		for (u = 0; u < sizeof known / sizeof known[0]; u++) {
			if (strcmp(argv[i], known[u].name) == 0
				&& i + 1 < argc) {
				*known[u].value = argv[++i];
				break;
			}
		}
		if (u == sizeof known / sizeof known[0]) {
			if (o.blocks == BLOCKS) {
				return 2;
			}
			o.block[o.blocks++] = argv[i];
		}
	}
	return 0;
}

int
main(int argc, char **argv)
{
	if (seamkey_random_init(&m.env.random, &m.drbg) != SEAMKEY_OK) {
		return 2;
	}
	if ((argc == 6 || argc == 7) && strcmp(argv[1], "seal") == 0) {
		return seal(argv + 2, argc == 7 ? (size_t)number(argv[6]) : 1);
	}
	if (argc == 8 && strcmp(argv[1], "approve") == 0) {
		return approve(argv + 2);
	}
	if (argc == 4 && strcmp(argv[1], "send") == 0) {
		return send_file(argv + 2);
	}
	if (argc > 3 && strcmp(argv[1], "hold") == 0) {
		return hold(argc - 2, argv + 2);
	}
	if (argc > 2 && strcmp(argv[1], "ask") == 0) {
		return read_options(argc - 2, argv + 2) != 0 ? 2 : ask();
	}
	return 2;
}
