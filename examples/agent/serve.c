/*
 * serve.c - the server: connections, their limits, signals
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * One thread, one poll(). A release is one RSA operation, and it is the log
 * and the disk that put releases in an order anyway; whoever has more cores
 * starts more agents. SIGTERM and SIGINT end it when what is under way has
 * been answered, SIGHUP reads settings and keys again.
 */
#define _XOPEN_SOURCE 700

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "net.h"

#include "examples/files.h"

/* Descriptors besides those of connections: the streams, the pipe, the
 * listener, the database and what it needs for a change, logs, a token, and
 * the files that are being read. */
#define SERVE_FILES 32

static volatile sig_atomic_t serve_ending, serve_reading_again;

static struct {
	const struct options *o;
	struct options settings[2]; /* those in use, and the next ones */
	int argc;
	char **argv;
	struct desk desk;
	int listener; /* -1: ending */
	size_t count; /* of connections that there is room for */
	struct conn *conns;
	struct pollfd *polls; /* of each, of the listener, of the pipe */
	int pipe[2];          /* wakes poll() when a signal comes */
	uint64_t end_by;
	uint64_t deaf_until; /* there were no descriptors: none is accepted */
} server;

static uint64_t
serve_now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000 + 1;
}

static int
serve_prepare(int fd)
{
	return fcntl(fd, F_SETFL, O_NONBLOCK) != 0
		|| fcntl(fd, F_SETFD, FD_CLOEXEC) != 0;
}

/* ---- signals ----------------------------------------------------------- */

static void
serve_on_signal(int number)
{
	int saved = errno;

	if (number == SIGHUP) {
		serve_reading_again = 1;
	} else {
		serve_ending = 1;
	}
	(void)!write(server.pipe[1], "", 1); /* full: it wakes already */
	errno = saved;
}

static int
serve_catch_signals(void)
{
	static const int numbers[] = { SIGTERM, SIGINT, SIGHUP };
	struct sigaction sa;
	size_t u;

	if (pipe(server.pipe) != 0 || serve_prepare(server.pipe[0])
		|| serve_prepare(server.pipe[1])) {
		return -1;
	}
	memset(&sa, 0, sizeof sa);
	sa.sa_handler = serve_on_signal;
	(void)sigemptyset(&sa.sa_mask);
	for (u = 0; u < sizeof numbers / sizeof numbers[0]; u++) {
		if (sigaction(numbers[u], &sa, NULL) != 0) {
			return -1;
		}
	}
	sa.sa_handler = SIG_IGN;
	return sigaction(SIGPIPE, &sa, NULL);
}

/* The log of what is no event: standard error, which --log turns to a
 * file. *fd is that file, or -1. */
static int
serve_open_log(const struct options *o, int *fd)
{
	*fd = -1;
	if (o->log == NULL) {
		return 0;
	}
	*fd = open(o->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (*fd < 0) {
		agent_say("%s: %s", o->log, strerror(errno));
		return -1;
	}
	return 0;
}

/* Between two descriptors that are open this does not fail. */
static void
serve_switch_log(int fd)
{
	if (fd >= 0) {
		while (dup2(fd, STDERR_FILENO) < 0
			&& (errno == EINTR || errno == EBUSY)) {
		}
		(void)close(fd);
	}
}

/* ---- connections ------------------------------------------------------- */

static void
serve_find_place(
	struct conn *c, const struct options *o, const struct address *a)
{
	const struct place *best = NULL;
	size_t u;

	for (u = 0; u < o->place_count; u++) {
		const struct place *p = &o->places[u];

		if (address_is_in(a, &p->of)
			&& (best == NULL || best->of.bits < p->of.bits)) {
			best = p;
		}
	}
	(void)snprintf(c->place, sizeof c->place, "%s",
		best != NULL ? best->name : "");
}

/* Whose limits are those, where is that, and how is it called in a log? */
static void
serve_look_at_peer(struct conn *c, const struct address *a, uint64_t now)
{
	unsigned char key[16];

	c->from = *a;
	serve_find_place(c, server.o, a);
	address_write(a, c->address, sizeof c->address);
	address_put_key(a, key);
	c->client = limit_find(key, server.o->rate, now);
}

static struct conn *
serve_free_conn(void)
{
	size_t u;

	for (u = 0; u < server.count; u++) {
		if (server.conns[u].fd < 0) {
			return &server.conns[u];
		}
	}
	return NULL;
}

/* Why a client gets no further connection, or NULL. A handshake costs as much
 * as a message, and more: it is one for the rate. */
static const char *
serve_refusal(struct client *client, uint64_t now)
{
	if (client->open >= server.o->per_client) {
		return "too many connections";
	}
	if (server.o->tls_cert != NULL
		&& !limit_take(client, server.o->rate, now)) {
		return "too many TLS handshakes";
	}
	return NULL;
}

/* Who was not accepted makes poll() return at once as long as he waits. */
static void
serve_not_accepted(uint64_t now)
{
	static uint64_t told;

	if (errno != EMFILE && errno != ENFILE && errno != ENOBUFS
		&& errno != ENOMEM) {
		return; /* he has gone */
	}
	if (told == 0 || now - told >= 60000) {
		agent_say("no connection can be accepted: %s", strerror(errno));
		told = now;
	}
	server.deaf_until = now + 1000;
}

/* It is known whose the connection is. */
static void
serve_admit(struct conn *c, uint64_t now)
{
	const char *why = serve_refusal(c->client, now);

	c->client->open++;
	if (why != NULL) {
		limit_refuse(c->client, c->address, why, now);
		conn_end(c);
		return;
	}
	conn_begin(c, c->fd, server.o, now);
	if (server.o->tls_cert != NULL) {
		c->tls = tls_begin((size_t)(c - server.conns));
		c->shaking = 1;
		c->deadline = now + 1000u * (uint64_t)server.o->seconds;
	}
}

static int
serve_is_proxy(const struct options *o, const struct address *a)
{
	size_t u;

	for (u = 0; u < o->proxy_count; u++) {
		if (address_is_in(a, &o->proxies[u])) {
			return 1;
		}
	}
	return 0;
}

/* Of a balancer's connections there may be any number: limits are for those
 * whom it speaks for. */
static void
serve_greet(struct conn *c, uint64_t now)
{
	struct address address = c->from;
	int status = conn_get_proxy(c, &address);

	if (status == 2) {
		return;
	}
	if (status < 0) {
		limit_refuse(c->client, c->address, "no PROXY header", now);
		conn_end(c);
		return;
	}
	c->client->open--;
	serve_look_at_peer(c, &address, now);
	serve_admit(c, now);
}

static void
serve_accept(uint64_t now)
{
	struct sockaddr_storage from;
	socklen_t len = sizeof from;
	struct address address;
	struct conn *c = serve_free_conn();
	int fd =
		accept(server.listener, (struct sockaddr *)(void *)&from, &len);

	if (fd < 0) {
		serve_not_accepted(now);
		return;
	}
	if (c == NULL || serve_prepare(fd)) {
		(void)close(fd); /* not asked for: see serve_wait() */
		return;
	}
	address_set_socket(&address, &from);
	c->socket = address;
	c->balanced = serve_is_proxy(server.o, &address);
	serve_look_at_peer(c, &address, now);
	conn_begin(c, fd, server.o, now);
	if (!c->balanced) {
		serve_admit(c, now);
		return;
	}
	c->client->open++;
	c->phase = CONN_PROXY;
	c->deadline = now + 1000u * (uint64_t)server.o->seconds;
}

/* Has the connection had its last answer? */
static int
serve_is_last(const struct conn *c, uint64_t now)
{
	return server.listener < 0 || c->leaving || now >= c->end;
}

static void
serve_conn(struct conn *c, short events, uint64_t now)
{
	int over = now >= c->deadline;

	if (over && (c->in_len != 0 || c->phase == CONN_WRITING)) {
		limit_refuse(c->client, c->address, "too slow", now);
	}
	if (!over && c->phase == CONN_PROXY && events != 0) {
		serve_greet(c, now);
		return;
	}
	if (!over && (events != 0 || conn_has_more(c))) {
		over = conn_run(c, &server.desk, server.o, now) != 0;
	}
	if (over || (conn_is_idle(c) && serve_is_last(c, now))) {
		conn_end(c);
	}
}

/* ---- settings that are read again --------------------------------------- */

/* By the new settings: without the trust of the old TLS files, and not by the
 * word of a balancer that is none any more. */
static int
serve_is_trusted(const struct conn *c)
{
	return c->tls == NULL
		&& (!c->balanced || serve_is_proxy(server.o, &c->socket));
}

/* What is open is where the new settings say; whom they no more trust as he is
 * connects again. */
static void
serve_settle(void)
{
	size_t u;

	for (u = 0; u < server.count; u++) {
		struct conn *c = &server.conns[u];

		if (c->fd < 0) {
			continue;
		}
		serve_find_place(c, server.o, &c->from);
		if (!serve_is_trusted(c) && conn_leave(c) != 0) {
			conn_end(c);
		}
	}
}

/* Two texts, where there may be none. */
static int
serve_is_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static int
serve_can_change(const struct options *old, const struct options *o)
{
	if (o->db != NULL && o->audit != NULL && strcmp(o->db, old->db) == 0
		&& serve_is_same(o->module, old->module)
		&& serve_is_same(o->token, old->token) && o->port == old->port
		&& strcmp(o->listen, old->listen) == 0
		&& o->max_clients == old->max_clients
		&& (o->tls_cert == NULL) == (old->tls_cert == NULL)) {
		return 1;
	}
	agent_say("db, listen, port, max-clients, module, token, and TLS or "
		  "not, change with a restart");
	return 0;
}

/* What can be changed while it runs is, all of it or nothing: the desk
 * comes last of what can fail, and switches if it does not. */
static void
serve_read_again(void)
{
	const struct options *old = server.o;
	struct options *o = &server.settings[old == &server.settings[0]];
	int log = -1;

	serve_reading_again = 0;
	if (options_read(o, FOR_SERVE, server.argc, server.argv) != DONE
		|| !serve_can_change(old, o)
		|| (o->tls_cert != NULL && tls_load(o) != 0)
		|| serve_open_log(o, &log) != 0
		|| desk_reload(&server.desk, o) != 0) {
		if (log >= 0) {
			(void)close(log);
		}
		tls_forget();
		agent_say("the settings stay as they were");
		return;
	}
	server.o = o;
	serve_switch_log(log);
	serve_settle();
	if (o->tls_cert != NULL) {
		tls_switch();
	}
	agent_say("settings and keys have been read again");
}

/* ---- the loop ---------------------------------------------------------- */

/* How long there is nothing to do but to wait, in milliseconds. */
static int
serve_patience(uint64_t now, size_t open)
{
	uint64_t until = now + 60000;
	size_t u;

	if (server.listener < 0 && (open == 0 || server.end_by < until)) {
		until = open == 0 ? now : server.end_by;
	}
	if (server.listener >= 0 && server.deaf_until > now
		&& server.deaf_until < until) {
		until = server.deaf_until;
	}
	for (u = 0; u < server.count; u++) {
		const struct conn *c = &server.conns[u];

		if (c->fd >= 0 && c->deadline < until) {
			until = c->deadline;
		}
		if (c->fd >= 0 && c->end < until && conn_is_idle(c)) {
			until = c->end;
		}
		if (c->fd >= 0 && conn_has_more(c)) {
			return 0;
		}
	}
	return until > now ? (int)(until - now) : 0;
}

/* Where there is no room for one more, none is accepted: they wait. */
static int
serve_wait(uint64_t now, size_t *open)
{
	size_t u;

	*open = 0;
	for (u = 0; u < server.count; u++) {
		const struct conn *c = &server.conns[u];

		server.polls[u].fd = c->fd;
		server.polls[u].events =
			(short)(c->fd < 0 ? 0 : conn_events(c));
		server.polls[u].revents = 0;
		*open += c->fd >= 0;
	}
	server.polls[u].fd = *open < server.count && now >= server.deaf_until
		? server.listener
		: -1;
	server.polls[u].events = POLLIN;
	server.polls[u].revents = 0;
	server.polls[u + 1].fd = server.pipe[0];
	server.polls[u + 1].events = POLLIN;
	return poll(server.polls, (nfds_t)server.count + 2,
		serve_patience(now, *open));
}

static void
serve_begin_to_end(uint64_t now)
{
	(void)close(server.listener);
	server.listener = -1;
	server.end_by = now + 1000u * (uint64_t)server.o->grace;
}

/* What signals have asked for. */
static void
serve_obey(uint64_t now)
{
	char octets[16];

	(void)!read(server.pipe[0], octets, sizeof octets);
	if (serve_ending && server.listener >= 0) {
		serve_begin_to_end(now);
	}
	if (serve_reading_again) {
		serve_read_again();
	}
}

static int
serve_loop(void)
{
	size_t u, open = 0;
	uint64_t now;

	for (;;) {
		if (serve_wait(serve_now(), &open) < 0 && errno != EINTR) {
			agent_say("poll: %s", strerror(errno));
			return UNREADABLE;
		}
		now = serve_now();
		serve_obey(now);
		for (u = 0; u < server.count; u++) {
			if (server.conns[u].fd >= 0) {
				serve_conn(&server.conns[u],
					server.polls[u].revents, now);
			}
		}
		if (server.listener >= 0 && server.polls[u].revents != 0) {
			serve_accept(now);
		}
		if (server.listener < 0
			&& (open == 0 || now >= server.end_by)) {
			return DONE;
		}
	}
}

/* ---- the beginning and the end ----------------------------------------- */

static int
serve_listen(const struct options *o)
{
	struct sockaddr_storage at;
	struct sockaddr_in *in = (struct sockaddr_in *)(void *)&at;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)(void *)&at;
	socklen_t len = sizeof *in;
	int fd, one = 1;

	memset(&at, 0, sizeof at);
	if (inet_pton(AF_INET, o->listen, &in->sin_addr) == 1) {
		at.ss_family = AF_INET;
		in->sin_port = htons((uint16_t)o->port);
	} else if (inet_pton(AF_INET6, o->listen, &in6->sin6_addr) == 1) {
		at.ss_family = AF_INET6;
		in6->sin6_port = htons((uint16_t)o->port);
		len = sizeof *in6;
	} else {
		agent_say("%s: no address", o->listen);
		return -1;
	}
	fd = socket(at.ss_family, SOCK_STREAM, 0);
	if (fd < 0 || serve_prepare(fd)
		|| setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one)
			!= 0
		|| bind(fd, (struct sockaddr *)(void *)&at, len) != 0
		|| listen(fd, 64) != 0
		|| getsockname(fd, (struct sockaddr *)(void *)&at, &len) != 0) {
		agent_say("%s port %lu: %s", o->listen, (unsigned long)o->port,
			strerror(errno));
		return -1;
	}
	printf("listening on %s port %u%s\n", o->listen,
		(unsigned)ntohs(at.ss_family == AF_INET ? in->sin_port
							: in6->sin6_port),
		o->tls_cert != NULL ? " with TLS" : "");
	return fflush(stdout) == 0 ? fd : -1;
}

/* As many descriptors as connections may need; poll() takes no more than
 * there are. */
static int
serve_raise_limit(const struct options *o)
{
	struct rlimit limit;
	rlim_t need = (rlim_t)o->max_clients + SERVE_FILES;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
		agent_say("the limit of open files: %s", strerror(errno));
		return -1;
	}
	if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= need) {
		return 0;
	}
	limit.rlim_cur = need;
	if ((limit.rlim_max != RLIM_INFINITY && limit.rlim_max < need)
		|| setrlimit(RLIMIT_NOFILE, &limit) != 0) {
		agent_say("%lu connections need %lu open files, and %lu are "
			  "the limit here (ulimit -n): raise it, or lower "
			  "--max-clients",
			(unsigned long)o->max_clients, (unsigned long)need,
			(unsigned long)limit.rlim_max);
		return -1;
	}
	return 0;
}

/* All memory that connections will ever need. */
static int
serve_reserve(const struct options *o)
{
	size_t u;

	if (serve_raise_limit(o) != 0) {
		return -1;
	}
	server.count = o->max_clients;
	server.conns = (struct conn *)calloc(server.count, sizeof(struct conn));
	server.polls = (struct pollfd *)calloc(
		server.count + 2, sizeof(struct pollfd));
	if (server.conns == NULL || server.polls == NULL
		|| (o->tls_cert != NULL && tls_reserve(server.count) != 0)) {
		agent_say("no memory for %lu connections",
			(unsigned long)server.count);
		return -1;
	}
	for (u = 0; u < server.count; u++) {
		server.conns[u].fd = -1;
	}
	return 0;
}

static void
serve_close(void)
{
	size_t u;

	for (u = 0; u < server.count; u++) {
		if (server.conns[u].fd >= 0) {
			conn_end(&server.conns[u]);
		}
	}
	desk_close(&server.desk);
	free(server.conns);
	free(server.polls);
}

/* The key of the repository is there before anyone asks. */
static int
serve_open(const struct options *o)
{
	int status;

	if (desk_open(&server.desk, o, 0) != 0) {
		return -1;
	}
	if (hsm_open(o, &server.desk.rsa.engine) != DONE) {
		desk_close(&server.desk);
		return -1;
	}
	status = wrap_load(&server.desk.wrap);
	server.desk.env.store->done(server.desk.env.store_ctx);
	if (status != SEAMKEY_OK) {
		(void)agent_complain(o->db, status);
		desk_close(&server.desk);
	}
	return status;
}

int
serve_run(struct options *o, int argc, char **argv)
{
	int status, log;

	server.argc = argc;
	server.argv = argv;
	if (o->words != 0) {
		agent_say("%s: no such option (--help)", o->word[0]);
		return UNREADABLE;
	}
	/* read once more, so that the texts point to where they stay */
	if (options_read(&server.settings[0], FOR_SERVE, argc, argv) != DONE) {
		return UNREADABLE;
	}
	server.o = &server.settings[0];
	if (serve_open_log(server.o, &log) != 0) {
		return UNREADABLE;
	}
	serve_switch_log(log);
	if (serve_catch_signals() != 0) {
		return UNREADABLE;
	}
	if (server.o->tls_cert != NULL) {
		if (tls_load(server.o) != 0) {
			return UNREADABLE;
		}
		tls_switch();
	}
	if (serve_reserve(server.o) != 0 || serve_open(server.o) != 0) {
		return UNREADABLE;
	}
	server.listener = serve_listen(server.o);
	status = server.listener < 0 ? UNREADABLE : serve_loop();
	serve_close();
	return status;
}
