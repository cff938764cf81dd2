/*
 * options.c - the command line, and the file of settings
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * What an option is called on the command line it is called in the file,
 * without its hyphens. The command line comes last and prevails. Its value
 * is the next word, or stands behind "=" in the same one.
 */
#define _XOPEN_SOURCE 700

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent.h"

#include "examples/files.h"

enum option_type {
	TEXT,
	NUMBER,
	FLAG,
	PLACE,
	PROXY
};

struct option {
	const char *name, *value, *help;
	unsigned whose; /* enum options_for */
	int type;
	size_t at; /* in options */
	uint32_t min, max;
};

#define AT(field) offsetof(struct options, field)
#define BOTH      (FOR_SERVE | FOR_ADMIN)

/* clang-format off */
static const struct option options_table[] = {
	{ "config", "FILE", "settings: lines of a name and a value",
		BOTH, TEXT, AT(config), 0, 0 },
	{ "db", "URL", "the repository, such as sqlite:agent.db",
		BOTH, TEXT, AT(db), 0, 0 },
	{ "audit", "FILE", "the audit log",
		BOTH, TEXT, AT(audit), 0, 0 },
	{ "pass-file", "FILE", "its first line is the passphrase of the keys",
		BOTH, TEXT, AT(pass_file), 0, 0 },
	{ "key-file", "FILE", "or: its 32 bytes are what wraps the keys",
		BOTH, TEXT, AT(key_file), 0, 0 },
	{ "module", "FILE", "PKCS #11: the module; keys in its token",
		BOTH, TEXT, AT(module), 0, 0 },
	{ "token", "LABEL", "PKCS #11: of which token; else the only one",
		BOTH, TEXT, AT(token), 0, 0 },
	{ "pin-file", "FILE", "PKCS #11: its first line is the PIN",
		BOTH, TEXT, AT(pin_file), 0, 0 },
	{ "listen", "ADDRESS", "where to listen (127.0.0.1)",
		FOR_SERVE, TEXT, AT(listen), 0, 0 },
	{ "port", "N", "and the port; 0: any that is free (7601)",
		FOR_SERVE, NUMBER, AT(port), 0, 65535 },
	{ "tls-cert", "FILE", "TLS: the server's certificate and its issuers'",
		FOR_SERVE, TEXT, AT(tls_cert), 0, 0 },
	{ "tls-key", "FILE", "TLS: the private key of it",
		FOR_SERVE, TEXT, AT(tls_key), 0, 0 },
	{ "clients", "FILE", "TLS: who issues the certificates of clients",
		FOR_SERVE, TEXT, AT(clients), 0, 0 },
	{ "issuers", "FILE", "who issues certificates that requests have",
		FOR_SERVE, TEXT, AT(issuers), 0, 0 },
	{ "place", "PREFIX=NAME", "where peers of 10.1.0.0/16 are; many",
		FOR_SERVE, PLACE, 0, 0, 0 },
	{ "proxy", "PREFIX", "believe this balancer's PROXY header; many",
		FOR_SERVE, PROXY, 0, 0, 0 },
	{ "max-clients", "N", "connections at a time (64)",
		FOR_SERVE, NUMBER, AT(max_clients), 1, 1000 },
	{ "per-client", "N", "of one address (8)",
		FOR_SERVE, NUMBER, AT(per_client), 1, 1000 },
	{ "rate", "N", "messages a minute of one address (600)",
		FOR_SERVE, NUMBER, AT(rate), 1, 1000000 },
	{ "message", "BYTES", "of a message at most (65536)",
		FOR_SERVE, NUMBER, AT(message_bytes), 64, 65536 },
	{ "blocks", "N", "of a request at most (8)",
		FOR_SERVE, NUMBER, AT(blocks), 1, DESK_BLOCKS },
	{ "entries", "N", "recipients of a block at most (64)",
		FOR_SERVE, NUMBER, AT(entries), 1, 1000 },
	{ "seconds", "N", "for a message, and for its answer (10)",
		FOR_SERVE, NUMBER, AT(seconds), 1, 3600 },
	{ "idle", "N", "seconds between two messages (60)",
		FOR_SERVE, NUMBER, AT(idle), 1, 86400 },
	{ "age", "N", "seconds that a connection is used at most (3600)",
		FOR_SERVE, NUMBER, AT(age), 1, 86400 },
	{ "grace", "N", "seconds to finish when told to end (5)",
		FOR_SERVE, NUMBER, AT(grace), 0, 3600 },
	{ "log", "FILE", "what stderr gets otherwise",
		FOR_SERVE, TEXT, AT(log), 0, 0 },
	{ "allow-bare", NULL, "also the bare key, in CBC, for old readers",
		FOR_SERVE, FLAG, AT(allow_bare), 0, 1 },
	{ "cbc", NULL, "release keys of AES-CBC, too",
		FOR_SERVE, FLAG, AT(cbc), 0, 1 },
	{ "des", NULL, "and of DES and Triple DES",
		FOR_SERVE, FLAG, AT(des), 0, 1 },
	{ "absent-null", NULL, "take rsaEncryption without its NULL",
		FOR_SERVE, FLAG, AT(absent_null), 0, 1 },
	{ "as", "NAME", "who changes: a manager, not the administrator",
		FOR_ADMIN, TEXT, AT(as), 0, 0 },
	{ "yes", NULL, "do not ask before data is lost",
		FOR_ADMIN, FLAG, AT(yes), 0, 1 },
	{ "bits", "N", "key: length of a new one (2048)",
		FOR_ADMIN, NUMBER, AT(bits), 2048, 4096 },
	{ "import", "FILE", "key: take this private key, make none",
		FOR_ADMIN, TEXT, AT(import), 0, 0 },
	{ "import-pass", "FILE", "key: its first line opens that file",
		FOR_ADMIN, TEXT, AT(import_pass), 0, 0 },
	{ "object-id", "HEX", "key: the one in the token with this CKA_ID",
		FOR_ADMIN, TEXT, AT(object_id), 0, 0 },
	{ "object-label", "TEXT", "key: the one in the token called so",
		FOR_ADMIN, TEXT, AT(object_label), 0, 0 },
	{ "key", "FILE", "decryptor: public key or certificate",
		FOR_ADMIN, TEXT, AT(key), 0, 0 },
	{ "certificate", "FILE", "decryptor: it, with how long it is valid",
		FOR_ADMIN, TEXT, AT(certificate), 0, 0 },
	{ "clearance", "N", "decryptor: the level (0: none)",
		FOR_ADMIN, NUMBER, AT(clearance), 0, OPTIONS_UNSAID - 1 },
	{ "oaep", NULL, "decryptor: encrypt to it with OAEP",
		FOR_ADMIN, FLAG, AT(oaep), 0, 1 },
	{ "pkcs1", NULL, "decryptor: or not any more",
		FOR_ADMIN, FLAG, AT(oaep), 0, 0 },
	{ "out", "FILE", "export: where to",
		FOR_ADMIN, TEXT, AT(out), 0, 0 },
	{ "force", NULL, "export: replace a file that is there",
		FOR_ADMIN, FLAG, AT(force), 0, 1 },
	{ "iterations", "N", "init: of PBKDF2 (600000)",
		FOR_ADMIN, NUMBER, AT(iterations), 1000, 10000000 },
};
/* clang-format on */

#define OPTIONS_COUNT (sizeof options_table / sizeof options_table[0])

static int
options_bad(const char *name, const char *value, const char *why)
{
	agent_say("%s%s%s: %s (--help)", name, value[0] != '\0' ? " " : "",
		value, why);
	return UNREADABLE;
}

static const struct option *
options_find(const char *name, size_t len, unsigned whose)
{
	size_t u;

	for (u = 0; u < OPTIONS_COUNT; u++) {
		const struct option *p = &options_table[u];

		if ((p->whose & whose) != 0 && strlen(p->name) == len
			&& memcmp(p->name, name, len) == 0) {
			return p;
		}
	}
	return NULL;
}

static int
options_number(const struct option *p, const char *value, uint32_t *out)
{
	char *end;
	unsigned long long n;

	errno = 0;
	n = strtoull(value, &end, 10);
	if (value[0] < '0' || value[0] > '9' || *end != '\0' || errno != 0
		|| n < p->min || n > p->max) {
		return options_bad(p->name, value, "no such value");
	}
	*out = (uint32_t)n;
	return DONE;
}

/* "10.1.0.0/16=building 7" */
static int
options_place(struct options *o, const char *value)
{
	struct place *p = &o->places[o->place_count];
	const char *equals = strchr(value, '=');
	const char *slash = strchr(value, '/');

	if (o->place_count == OPTIONS_PLACES) {
		return options_bad("place", value, "there are too many");
	}
	if (equals == NULL || slash == NULL || slash > equals
		|| address_read_prefix(&p->of, value, (size_t)(equals - value))
			!= 0
		|| seamkey_name_check_text(
			   seamkey_span_of(equals + 1, strlen(equals + 1)), 1,
			   SEAMKEY_RULE_MAX_NAME)
			!= SEAMKEY_OK) {
		return options_bad("place", value, "no such value");
	}
	p->name = equals + 1;
	o->place_count++;
	return DONE;
}

/* "192.0.2.7", or a prefix */
static int
options_proxy(struct options *o, const char *value)
{
	if (o->proxy_count == OPTIONS_PROXIES) {
		return options_bad("proxy", value, "there are too many");
	}
	if (address_read_prefix(
		    &o->proxies[o->proxy_count], value, strlen(value))
		!= 0) {
		return options_bad("proxy", value, "no such value");
	}
	o->proxy_count++;
	return DONE;
}

static int
options_set(struct options *o, const struct option *p, const char *value)
{
	uint32_t number = p->max;

	if (p->type == PLACE) {
		return options_place(o, value);
	}
	if (p->type == PROXY) {
		return options_proxy(o, value);
	}
	if (p->type == TEXT) {
		memcpy((unsigned char *)o + p->at, &value, sizeof value);
		return DONE;
	}
	if (p->type == NUMBER && options_number(p, value, &number) != DONE) {
		return UNREADABLE;
	}
	memcpy((unsigned char *)o + p->at, &number, sizeof number);
	return DONE;
}

/* ---- the file ---------------------------------------------------------- */

/* One line, with a zero at its end. */
static int
options_line(struct options *o, char *line)
{
	size_t n;
	char *value;
	const struct option *p;

	line += strspn(line, " \t");
	n = strlen(line);
	while (n != 0 && strchr(" \t\r", line[n - 1]) != NULL) {
		line[--n] = '\0';
	}
	if (n == 0 || line[0] == '#') {
		return DONE;
	}
	n = strcspn(line, " \t");
	value = line + n + strspn(line + n, " \t");
	line[n] = '\0';
	p = options_find(line, n, BOTH);
	if (p == NULL || strcmp(p->name, "config") == 0) {
		return options_bad(line, "", "no such setting");
	}
	if ((p->type == FLAG) != (*value == '\0')) {
		return options_bad(line, "",
			p->type == FLAG ? "has no value" : "needs a value");
	}
	return options_set(o, p, value);
}

static int
options_read_file(struct options *o)
{
	seamkey_span file;
	char *line = o->file, *end;
	int status = file_read(
		o->config, (unsigned char *)o->file, OPTIONS_FILE - 1, &file);

	o->file[file.len] = '\0';
	if (status == DONE && strlen(o->file) != file.len) {
		return options_bad(o->config, "", "is no text");
	}
	while (status == DONE && *line != '\0') {
		end = line + strcspn(line, "\n");
		if (*end != '\0') {
			*end++ = '\0';
		}
		status = options_line(o, line);
		line = end;
	}
	return status;
}

/* ---- the command line -------------------------------------------------- */

static void
options_defaults(struct options *o)
{
	memset(o, 0, sizeof *o);
	o->listen = "127.0.0.1";
	o->port = 7601;
	o->max_clients = 64;
	o->per_client = 8;
	o->rate = 600;
	o->message_bytes = 65536;
	o->blocks = 8;
	o->entries = 64;
	o->seconds = 10;
	o->idle = 60;
	o->age = 3600;
	o->grace = 5;
	o->bits = 2048;
	o->clearance = o->oaep = OPTIONS_UNSAID;
	o->iterations = 600000;
}

static int
options_argument(
	struct options *o, unsigned whose, int *at, int argc, char **argv)
{
	const char *word = argv[*at], *equals;
	const struct option *p;

	if (strncmp(word, "--", 2) != 0 || word[2] == '\0') {
		if (o->words == sizeof o->word / sizeof o->word[0]) {
			return options_bad(word, "", "one word too many");
		}
		o->word[o->words++] = word;
		return DONE;
	}
	equals = strchr(word, '=');
	p = options_find(word + 2, strcspn(word + 2, "="), whose);
	if (p == NULL) {
		return options_bad(word, "", "no such option");
	}
	if (p->type == FLAG) {
		return equals != NULL ? options_bad(word, "", "has no value")
				      : options_set(o, p, "");
	}
	if (equals != NULL) {
		return options_set(o, p, equals + 1);
	}
	if (++*at == argc) {
		return options_bad(word, "", "needs a value");
	}
	return options_set(o, p, argv[*at]);
}

/* What options have to be together. */
static int
options_check(const struct options *o)
{
	int tls = (o->tls_cert != NULL) + (o->tls_key != NULL)
		+ (o->clients != NULL);
	int keys = (o->import != NULL) + (o->object_id != NULL)
		+ (o->object_label != NULL);

	if (o->pass_file != NULL && o->key_file != NULL) {
		return options_bad("pass-file", "", "or key-file, not both");
	}
	if (tls != 0 && tls != 3) {
		return options_bad("tls-cert", "",
			"tls-cert, tls-key and clients come together");
	}
	if (keys > 1) {
		return options_bad("import", "",
			"or object-id, or object-label: one of them");
	}
	if (o->module == NULL
		&& (o->token != NULL || o->pin_file != NULL
			|| o->object_id != NULL || o->object_label != NULL)) {
		return options_bad(
			"module", "", "is needed for what is in a token");
	}
	return DONE;
}

int
options_read(struct options *o, unsigned whose, int argc, char **argv)
{
	int u, status = DONE;

	options_defaults(o);
	for (u = 0; u < argc; u++) {
		if (strcmp(argv[u], "--config") == 0 && u + 1 < argc) {
			o->config = argv[u + 1];
		} else if (strncmp(argv[u], "--config=", 9) == 0) {
			o->config = argv[u] + 9;
		}
	}
	if (o->config != NULL) {
		status = options_read_file(o);
	}
	for (u = 0; u < argc && status == DONE; u++) {
		status = options_argument(o, whose, &u, argc, argv);
	}
	return status == DONE ? options_check(o) : status;
}

void
options_help(unsigned whose)
{
	char left[32];
	size_t u;

	if (whose == FOR_SERVE) {
		printf("usage: seamkey-agent serve [OPTION VALUE]...\n\n");
	} else {
		printf("usage: seamkey-agent admin [OPTION VALUE]... VERB "
		       "[WORD]...\n\n"
		       "  init                   make the repository\n"
		       "  add KIND WORD...       a row; see below\n"
		       "  replace KIND WORD...   the rest of a rule or "
		       "decryptor\n"
		       "  retire key ACCESS ID   it opens old blocks only\n"
		       "  delete KIND WORD...    a row that nothing refers to\n"
		       "  list [KIND]            rows\n"
		       "  export ACCESS [ID]     public half of a key, PEM\n"
		       "  approve FILE           take an approval\n\n");
		for (u = 1; u <= SEAMKEY_AGENT_PENDING; u++) {
			printf("  %-10s %s\n", event_kind_name((unsigned)u),
				rows_usage((unsigned)u));
		}
		printf("\n");
	}
	for (u = 0; u < OPTIONS_COUNT; u++) {
		const struct option *p = &options_table[u];

		if ((p->whose & whose) != 0) {
			(void)snprintf(left, sizeof left, "--%s %s", p->name,
				p->value != NULL ? p->value : "");
			printf("  %-21s %s\n", left, p->help);
		}
	}
}
