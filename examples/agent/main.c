/*
 * main.c - the key release agent: who gets the key of a block
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 */
#define _XOPEN_SOURCE 700

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "agent.h"

#include "examples/files.h"
#include "examples/keyfile.h"

static struct options main_options;

void
agent_say(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	fputs(PROGRAM ": ", stderr);
	(void)vfprintf(stderr, format, list);
	fputc('\n', stderr);
	va_end(list);
}

/* What the database or a file cannot do is another status than a no. */
int
agent_complain(const char *name, int status)
{
	if (status == WRAP_ERR_TOLD) {
		return UNREADABLE;
	}
	agent_say("%s%s%s", name != NULL ? name : "", name != NULL ? ": " : "",
		store_text(status));
	if ((status <= STORE_ERR_URL && status >= STORE_ERR_FAILED)
		|| status == SEAMKEY_ERR_AGENT_UNCERTAIN) {
		return UNREADABLE;
	}
	return keyfile_exit(status) == DONE ? DONE : REFUSED;
}

static int
usage(int status)
{
	FILE *to = status == DONE ? stdout : stderr;

	fprintf(to,
		"usage: seamkey-agent serve [OPTION VALUE]...\n"
		"       seamkey-agent admin [OPTION VALUE]... VERB [WORD]...\n"
		"       seamkey-agent audit verify FILE...\n"
		"\n"
		"seamkey-agent serve --help and admin --help tell the rest;\n"
		"seamkey-agent --version.\n");
	return fflush(to) != 0 ? UNREADABLE : status;
}

static int
is_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static int
run_audit(int argc, char **argv)
{
	int u, status;

	for (u = 0; u < argc; u++) {
		if (is_help(argv[u])) {
			return usage(DONE);
		}
	}
	if (argc == 0 || strcmp(argv[0], "verify") != 0) {
		agent_say("audit verify is all that can be done with a log");
		return usage(UNREADABLE);
	}
	if (argc == 1) {
		agent_say("audit verify needs the name of a log");
		return usage(UNREADABLE);
	}
	status = audit_verify(
		(const char *const *)(argv + 1), (size_t)(argc - 1));
	return fflush(stdout) != 0 ? UNREADABLE : status;
}

static int
run(unsigned whose, int argc, char **argv)
{
	struct options *o = &main_options;
	int u, status;

	for (u = 0; u < argc; u++) {
		if (is_help(argv[u])) {
			options_help(whose);
			return fflush(stdout) != 0 ? UNREADABLE : DONE;
		}
	}
	status = options_read(o, whose, argc, argv);
	if (status != DONE) {
		return status;
	}
	status = whose == FOR_SERVE ? serve_run(o, argc, argv) : admin_run(o);
	return fflush(stdout) != 0 ? UNREADABLE : status;
}

int
main(int argc, char **argv)
{
	const struct rlimit none = { 0, 0 };

	if (file_fill_streams() != DONE) {
		return UNREADABLE;
	}
	(void)setrlimit(RLIMIT_CORE, &none); /* there are keys in it */
	if (argc < 2) {
		agent_say("say what to do");
		return usage(UNREADABLE);
	}
	if (strcmp(argv[1], "serve") == 0) {
		return run(FOR_SERVE, argc - 2, argv + 2);
	}
	if (strcmp(argv[1], "admin") == 0) {
		return run(FOR_ADMIN, argc - 2, argv + 2);
	}
	if (strcmp(argv[1], "audit") == 0) {
		return run_audit(argc - 2, argv + 2);
	}
	if (is_help(argv[1])) {
		return usage(DONE);
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("seamkey-agent %s\n", seamkey_version());
		return fflush(stdout) != 0 ? UNREADABLE : DONE;
	}
	agent_say("%s: there is no such command", argv[1]);
	return usage(UNREADABLE);
}
