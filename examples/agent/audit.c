/*
 * audit.c - the log that nobody can change unseen
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * One line for each event:
 *
 *   NUMBER TIME TEXT HASH
 *
 * HASH is the SHA-256, in hex, of the hash of the line before (32 octets,
 * zeros before the first) and of the line up to the blank in front of HASH.
 * A file begins with number 1 and the text "begins", or goes on from another
 * file, which was moved away, with "continues previous=HASH". What a crash
 * left of a line stays there: the next line says "cut octets=N sha256=HASH"
 * about all that stands between it and the last whole line. If it is the first
 * whole one of a file that goes on, it says both, with a blank between them.
 *
 * Any number of processes may append: they lock the file, and look at how
 * it ends. A line that is not on the disk is taken back.
 *
 * The file has a second name, with ".last" behind the first one. When it was
 * moved away, whoever begins the next file finds by that where to go on from,
 * and gives the second name to the new one; whoever still has the old one open
 * sees that it is neither any more.
 */
#define _XOPEN_SOURCE 700

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"

#include "examples/files.h"

/* What is looked at of the end of a file: two lines, and what was cut. */
#define AUDIT_TAIL (4 * AUDIT_LINE)

/* Others may hold the lock so long, in hundredths of a second. */
#define AUDIT_PATIENCE 500

/* Bytes of the names of a log. */
#define AUDIT_NAME 4096

static const char audit_digits[] = "0123456789abcdef";

static void
audit_hex(char *out, const unsigned char *hash)
{
	size_t u;

	for (u = 0; u < 32; u++) {
		out[2 * u] = audit_digits[hash[u] >> 4];
		out[2 * u + 1] = audit_digits[hash[u] & 15];
	}
	out[64] = '\0';
}

/* 1 if these are 64 digits. */
static int
audit_unhex(unsigned char *hash, const char *in)
{
	const char *high, *low;
	size_t u;

	for (u = 0; u < 32; u++) {
		if (in[2 * u] == '\0' || in[2 * u + 1] == '\0') {
			return 0;
		}
		high = strchr(audit_digits, in[2 * u]);
		low = strchr(audit_digits, in[2 * u + 1]);
		if (high == NULL || low == NULL) {
			return 0;
		}
		hash[u] = (unsigned char)((high - audit_digits) << 4
			| (low - audit_digits));
	}
	return 1;
}

static void
audit_sha256(
	unsigned char *out, const unsigned char *before, seamkey_span bytes)
{
	br_sha256_context hash;

	br_sha256_init(&hash);
	if (before != NULL) {
		br_sha256_update(&hash, before, 32);
	}
	br_sha256_update(&hash, bytes.p, bytes.len);
	br_sha256_out(&hash, out);
}

/* ---- lines ------------------------------------------------------------- */

/* A line taken apart. */
struct audit_entry {
	uint64_t number;
	seamkey_span text;   /* behind the time */
	seamkey_span hashed; /* what the hash is over, besides the last one */
	unsigned char hash[32];
};

/* 1 if a line, without its end, has the form of one. */
static int
audit_parse(struct audit_entry *e, seamkey_span line)
{
	const char *p = (const char *)line.p;
	size_t at = 0, time_at;

	e->number = 0;
	for (; at < line.len && p[at] >= '0' && p[at] <= '9' && at < 18; at++) {
		e->number = e->number * 10 + (uint64_t)(p[at] - '0');
	}
	time_at = at + 1;
	if (at == 0 || p[0] == '0' || line.len < time_at + 21 + 65
		|| p[at] != ' ' || p[time_at + 19] != 'Z'
		|| p[time_at + 20] != ' ' || p[line.len - 65] != ' ') {
		return 0;
	}
	e->hashed = seamkey_span_of(line.p, line.len - 65);
	e->text = seamkey_span_of(
		line.p + time_at + 21, line.len - 65 - (time_at + 21));
	return e->text.len != 0 && audit_unhex(e->hash, p + line.len - 64);
}

/* Does it stand behind a line with this number and hash? */
static int
audit_follows(
	const struct audit_entry *e, uint64_t number, const unsigned char *hash)
{
	unsigned char want[32];

	audit_sha256(want, hash, e->hashed);
	return e->number == number + 1 && memcmp(want, e->hash, 32) == 0;
}

/* The hash of "continues previous=HASH", 1 if it is that. */
static int
audit_continues(seamkey_span text, unsigned char *previous)
{
	static const char words[] = "continues previous=";
	size_t n = sizeof words - 1;

	return text.len == n + 64 && memcmp(text.p, words, n) == 0
		&& audit_unhex(previous, (const char *)text.p + n);
}

/* What the line says that comes after a cut one; with_end: its end is still
 * to be written. */
static void
audit_say_cut(char *out, size_t cap, seamkey_span cut, int with_end)
{
	br_sha256_context hash;
	unsigned char sum[32];
	char hex[65];

	br_sha256_init(&hash);
	br_sha256_update(&hash, cut.p, cut.len);
	br_sha256_update(&hash, "\n", with_end ? 1 : 0);
	br_sha256_out(&hash, sum);
	audit_hex(hex, sum);
	(void)snprintf(out, cap, "cut octets=%lu sha256=%s",
		(unsigned long)cut.len + (with_end ? 1 : 0), hex);
}

/* ---- the end of a file ------------------------------------------------- */

/* Where a file ends, and what stands behind its last whole line. */
struct audit_end {
	uint64_t number;
	unsigned char hash[32];
	off_t size;
	int open; /* the last line lacks nothing but its end */
	seamkey_span cut;
	unsigned char tail[AUDIT_TAIL];
};

/* The line that begins at *at; moves past it. 0: there is no whole one. */
static int
audit_next_line(seamkey_span tail, size_t *at, seamkey_span *line)
{
	const unsigned char *p = tail.p + *at;
	const unsigned char *end =
		(const unsigned char *)memchr(p, '\n', tail.len - *at);

	if (end == NULL) {
		return 0;
	}
	*line = seamkey_span_of(p, (size_t)(end - p));
	*at += line->len + 1;
	return 1;
}

/*
 * The last line that has the form of one, and is behind its predecessor
 * where that is in the tail, too. What comes after it was cut.
 */
static void
audit_scan(struct audit_end *end, seamkey_span tail, int whole)
{
	struct audit_entry e, last;
	seamkey_span line;
	size_t at = 0, good = 0;
	int have = 0;

	memset(&last, 0, sizeof last);
	if (!whole) { /* the first line may have been cut off here */
		(void)audit_next_line(tail, &at, &line);
		good = at;
	}
	while (audit_next_line(tail, &at, &line)) {
		if (!audit_parse(&e, line)
			|| (have && !audit_follows(&e, last.number, last.hash)
				&& e.number <= last.number)) {
			continue;
		}
		last = e;
		have = 1;
		good = at;
	}
	line = seamkey_span_of(tail.p + at, tail.len - at);
	if (audit_parse(&e, line) && have
		&& audit_follows(&e, last.number, last.hash)) {
		last = e;
		end->open = 1;
		good = tail.len;
	}
	if (have) {
		end->number = last.number;
		memcpy(end->hash, last.hash, sizeof end->hash);
	}
	end->cut = seamkey_span_of(tail.p + good, tail.len - good);
}

static int
audit_find_end(int fd, struct audit_end *end)
{
	struct stat st;
	off_t from;
	ssize_t got;
	size_t len = 0;

	memset(end, 0, sizeof *end);
	if (fstat(fd, &st) != 0) {
		return -1;
	}
	end->size = st.st_size;
	from = st.st_size > AUDIT_TAIL ? st.st_size - AUDIT_TAIL : 0;
	while (from + (off_t)len < st.st_size) {
		got = pread(fd, end->tail + len, AUDIT_TAIL - len,
			from + (off_t)len);
		if (got <= 0) {
			return -1;
		}
		len += (size_t)got;
	}
	audit_scan(end, seamkey_span_of(end->tail, len), from == 0);
	return 0;
}

/* ---- appending --------------------------------------------------------- */

static int
audit_lock(int fd, int type)
{
	const struct timespec wait = { 0, 10000000 };
	struct flock lock;
	int tries;

	memset(&lock, 0, sizeof lock);
	lock.l_type = (short)type;
	lock.l_whence = SEEK_SET;
	for (tries = 0; tries < AUDIT_PATIENCE; tries++) {
		if (fcntl(fd, F_SETLK, &lock) == 0) {
			return 0;
		}
		if (errno != EACCES && errno != EAGAIN && errno != EINTR) {
			return -1;
		}
		(void)nanosleep(&wait, NULL);
	}
	errno = EAGAIN;
	return -1;
}

/* The log's name with something behind it. */
static int
audit_put_name(char *out, const struct audit *a, const char *behind)
{
	int n = snprintf(out, AUDIT_NAME, "%s%s", a->name, behind);

	if (n < 0 || n >= AUDIT_NAME) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return 0;
}

/* Is this the name of the file that is open? 1; 0: of none, or, with its size
 * in *other, of another. */
static int
audit_is_at(const struct audit *a, const char *name, off_t *other)
{
	struct stat here, there;

	*other = 0;
	if (fstat(a->fd, &here) != 0 || stat(name, &there) != 0) {
		return 0;
	}
	if (here.st_dev == there.st_dev && here.st_ino == there.st_ino) {
		return 1;
	}
	*other = there.st_size;
	return 0;
}

/* Lock the file; where it was moved away and the next one has begun, that. */
static int
audit_lock_newest(struct audit *a)
{
	char last[AUDIT_NAME];
	off_t next, other;
	int fd, tries, status = audit_lock(a->fd, F_WRLCK);

	if (audit_put_name(last, a, ".last") != 0) {
		return -1;
	}
	for (tries = 0;
		status == 0 && tries < 4 && !audit_is_at(a, a->name, &next)
		&& (next != 0 || !audit_is_at(a, last, &other));
		tries++) {
		fd = open(
			a->name, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
		if (fd < 0) {
			return -1;
		}
		(void)close(a->fd);
		a->fd = fd;
		status = audit_lock(fd, F_WRLCK);
	}
	return status;
}

/* The file has no line yet: it goes on from the one that has the second name,
 * to which nothing is added until *held is closed. */
static int
audit_go_on(struct audit *a, int *held)
{
	static struct audit_end end;
	char last[AUDIT_NAME];
	off_t size;
	int status;

	if (audit_put_name(last, a, ".last") != 0) {
		return -1;
	}
	/* if that is this one, to close it would unlock it */
	if (audit_is_at(a, last, &size) || size == 0) {
		return 0;
	}
	*held = open(last, O_RDWR | O_CLOEXEC);
	if (*held < 0) {
		return -1;
	}
	status = audit_lock(*held, F_WRLCK);
	if (status == 0) {
		status = audit_find_end(*held, &end);
	}
	if (status == 0 && end.number != 0) {
		a->number = end.number;
		memcpy(a->hash, end.hash, sizeof a->hash);
	}
	return status;
}

/* A new file is on the disk only with its names. */
static int
audit_sync_names(const struct audit *a)
{
	char folder[AUDIT_NAME];
	char *slash;
	int fd, status;

	if (audit_put_name(folder, a, "") != 0) {
		return -1;
	}
	slash = strrchr(folder, '/');
	if (slash == NULL) {
		folder[0] = '.';
		folder[1] = '\0';
	} else {
		slash[slash == folder] = '\0';
	}
	fd = open(folder, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		return -1;
	}
	status = fsync(fd);
	(void)close(fd);
	return status;
}

/*
 * Whether the file can get the second name is seen before a line is written:
 * what has to be renamed is made. 1: it is; 0: nothing is to be renamed. Where
 * the folder or the file system admits no such name, and none is there, the log
 * does without; where one is there, of the file before, it would be forked.
 */
static int
audit_make_name(struct audit *a)
{
	char last[AUDIT_NAME], next[AUDIT_NAME];
	off_t size;
	int why;

	if (audit_put_name(last, a, ".last") != 0
		|| audit_put_name(next, a, ".next") != 0) {
		return -1;
	}
	if (audit_is_at(a, last, &size) || !audit_is_at(a, a->name, &size)) {
		return 0;
	}
	(void)unlink(next); /* of one that was killed */
	if (link(a->name, next) == 0) {
		return 1;
	}
	why = errno;
	if (access(last, F_OK) == 0) {
		errno = why;
		return -1;
	}
	if (!a->alone) {
		agent_say("%s has no second name, %s (%s): when it is moved "
			  "away, the next one will not go on from it",
			a->name, last, strerror(why));
		a->alone = 1;
	}
	return 0;
}

/* Give it the second name. */
static int
audit_keep_name(const struct audit *a)
{
	char last[AUDIT_NAME], next[AUDIT_NAME];

	return audit_put_name(last, a, ".last") == 0
			&& audit_put_name(next, a, ".next") == 0
			&& rename(next, last) == 0
		? audit_sync_names(a)
		: -1;
}

/* The next line into out, of which cap bytes are there. */
static size_t
audit_make_line(struct audit *a, char *out, size_t cap, const char *text)
{
	time_t now = time(NULL);
	struct tm tm;
	char when[32], hex[65];
	int len;

	memset(&tm, 0, sizeof tm);
	(void)gmtime_r(&now, &tm);
	(void)strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &tm);
	a->number++;
	len = snprintf(out, cap - 66, "%llu %s %s",
		(unsigned long long)a->number, when, text);
	if (len < 0 || (size_t)len >= cap - 66) {
		len = (int)(cap - 67); /* cut, which a text never is */
	}
	audit_sha256(a->hash, a->hash, seamkey_span_of(out, (size_t)len));
	audit_hex(hex, a->hash);
	(void)snprintf(out + len, 67, " %s\n", hex);
	return (size_t)len + 66;
}

/* Lines that go before: of a file that has none, or that ends in a cut one. */
static size_t
audit_make_head(
	struct audit *a, const struct audit_end *end, char *out, size_t cap)
{
	char text[256], hex[65], previous[96];
	size_t len = 0;

	audit_hex(hex, a->hash);
	(void)snprintf(
		previous, sizeof previous, " continues previous=%s", hex);
	if (end->size == 0) {
		return audit_make_line(
			a, out, cap, a->number == 0 ? "begins" : previous + 1);
	}
	if (end->open) {
		out[0] = '\n';
		return 1;
	}
	if (end->cut.len == 0) {
		return 0;
	}
	if (end->cut.p[end->cut.len - 1] != '\n') {
		out[0] = '\n';
		len = 1;
	}
	audit_say_cut(text, sizeof text, end->cut, len == 1);
	if (end->number == 0 && a->number != 0) {
		(void)snprintf(text + strlen(text), sizeof text - strlen(text),
			"%s", previous);
	}
	return len + audit_make_line(a, out + len, cap - len, text);
}

/* All of it, or nothing. */
static int
audit_write(int fd, off_t size, const char *bytes, size_t len, int durable)
{
	int saved, status = file_write_all(fd, bytes, len);

	if (status == 0 && durable) {
		status = fsync(fd);
	}
	if (status != 0) {
		saved = errno;
		/* where that fails, it is a cut line for the next one */
		(void)ftruncate(fd, size);
		errno = saved;
	}
	return status;
}

static int
audit_append(struct audit *a, const char *text, int durable)
{
	static struct audit_end end;
	static char out[2 * AUDIT_LINE];
	struct audit before;
	size_t len = 0;
	int held = -1, named = audit_make_name(a);
	int status = named < 0 ? -1 : audit_find_end(a->fd, &end);

	before = *a;
	if (status == 0 && end.number == 0) {
		status = audit_go_on(a, &held);
	} else if (status == 0) {
		a->number = end.number;
		memcpy(a->hash, end.hash, sizeof a->hash);
	}
	if (status == 0) {
		len = audit_make_head(a, &end, out, AUDIT_LINE);
	}
	if (status == 0 && text != NULL) {
		len += audit_make_line(a, out + len, AUDIT_LINE, text);
	}
	if (len != 0) {
		status = audit_write(a->fd, end.size, out, len, durable);
	}
	if (status != 0) {
		*a = before;
	} else if (named > 0) {
		status = audit_keep_name(a);
	}
	if (held >= 0) {
		(void)close(held);
	}
	return status;
}

int
audit_put(struct audit *a, const char *text, int durable)
{
	int status = audit_lock_newest(a);

	if (status == 0) {
		status = audit_append(a, text, durable);
	}
	if (status != 0) {
		agent_say("%s: %s", a->name, strerror(errno));
	}
	(void)audit_lock(a->fd, F_UNLCK);
	return status;
}

int
audit_open(struct audit *a, const char *name)
{
	struct audit fresh = *a;

	fresh.name = name;
	fresh.fd = open(name, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fresh.fd < 0) {
		agent_say("%s: %s", name, strerror(errno));
		return -1;
	}
	if (audit_put(&fresh, NULL, 1) != 0) {
		(void)close(fresh.fd);
		return -1;
	}
	audit_close(a);
	*a = fresh;
	return 0;
}

void
audit_close(struct audit *a)
{
	if (a->fd >= 0) {
		(void)close(a->fd);
		a->fd = -1;
	}
}

/* ---- checking ---------------------------------------------------------- */

/* A chain that is being followed, over several files. */
struct audit_chain {
	const char *name; /* of the file */
	unsigned long at; /* line of it */
	uint64_t lines, number;
	unsigned char hash[32];
	int have, begun, ends_cut; /* begun: this file has had a whole line */
	/* what may be a cut line */
	unsigned long cut_at, cut_octets;
	br_sha256_context cut;
};

static int
audit_broken(const struct audit_chain *c, unsigned long at, const char *what)
{
	printf("%s:%lu: %s\n", c->name, at, what);
	return REFUSED;
}

/* The first whole line of a file; text: behind what it tells of a cut one. */
static int
audit_check_first(
	struct audit_chain *c, const struct audit_entry *e, seamkey_span text)
{
	static const unsigned char zero[32];
	unsigned char previous[32];

	if (audit_continues(text, previous)) {
		if (c->have
			&& (e->number != c->number + 1
				|| memcmp(previous, c->hash, 32) != 0)) {
			return audit_broken(c, c->at,
				"goes on from another file than the one "
				"before");
		}
		return audit_follows(e, e->number - 1, previous)
			? DONE
			: audit_broken(c, c->at, "is not what was written");
	}
	if (!audit_follows(e, 0, zero)
		|| (text.len != 0
			&& !seamkey_span_match(
				text, seamkey_span_of("begins", 6)))) {
		return audit_broken(c, c->at, "is not the beginning of a log");
	}
	if (c->have) {
		return audit_broken(
			c, c->at, "does not go on from the file before");
	}
	return DONE;
}

/* Something that is no line: the next one has to tell of it. */
static int
audit_add_cut(struct audit_chain *c, seamkey_span bytes)
{
	if (c->cut_at == 0) {
		c->cut_at = c->at;
		c->cut_octets = 0;
		br_sha256_init(&c->cut);
	}
	c->cut_octets += bytes.len;
	br_sha256_update(&c->cut, bytes.p, bytes.len);
	return DONE;
}

/* 1 if the line tells of what was cut before it; *text: what is behind that. */
static int
audit_tells_cut(const struct audit_chain *c, seamkey_span *text)
{
	unsigned char hash[32];
	char words[256], hex[65];
	size_t n;

	br_sha256_out(&c->cut, hash);
	audit_hex(hex, hash);
	(void)snprintf(words, sizeof words, "cut octets=%lu sha256=%s",
		c->cut_octets, hex);
	n = strlen(words);
	if (text->len < n || memcmp(text->p, words, n) != 0
		|| (text->len != n && text->p[n] != ' ')) {
		return 0;
	}
	n += text->len != n;
	*text = seamkey_span_of(text->p + n, text->len - n);
	return 1;
}

/* One line with its end, or the rest of a file. */
static int
audit_check_line(struct audit_chain *c, seamkey_span bytes)
{
	struct audit_entry e;
	seamkey_span text;
	int status = DONE;

	if (bytes.p[bytes.len - 1] != '\n'
		|| !audit_parse(&e, seamkey_span_of(bytes.p, bytes.len - 1))) {
		return audit_add_cut(c, bytes);
	}
	text = e.text;
	if (c->cut_at != 0) {
		if (!audit_tells_cut(c, &text) || (c->begun && text.len != 0)) {
			return audit_broken(
				c, c->cut_at, "is not what was written");
		}
		c->cut_at = 0;
	}
	if (!c->begun) {
		status = audit_check_first(c, &e, text);
	} else if (!audit_follows(&e, c->number, c->hash)) {
		status = audit_broken(c, c->at,
			e.number == c->number + 1
				? "this line, or the one before, is not what "
				  "was written"
				: "lines are missing before this one, or are "
				  "in another order");
	}
	c->number = e.number;
	memcpy(c->hash, e.hash, sizeof c->hash);
	c->have = c->begun = 1;
	c->lines++;
	return status;
}

/* A line with its end, as far as there is room and there is one. */
static size_t
audit_get_line(char *line, size_t cap, FILE *file)
{
	size_t len = 0;
	int c = 0;

	while (len < cap && c != '\n') {
		c = getc(file);
		if (c == EOF) {
			break;
		}
		line[len++] = (char)c;
	}
	return len;
}

static int
audit_check_file(struct audit_chain *c, FILE *file)
{
	static char line[AUDIT_LINE];
	uint64_t before = c->lines;
	size_t len;
	int status = DONE;

	c->at = 0;
	c->begun = 0;
	c->cut_at = 0;
	while (status == DONE) {
		len = audit_get_line(line, sizeof line, file);
		if (len == 0) {
			break;
		}
		c->at++;
		status = audit_check_line(c, seamkey_span_of(line, len));
	}
	if (status == DONE && ferror(file)) {
		agent_say("%s: %s", c->name, strerror(errno));
		return UNREADABLE;
	}
	if (status == DONE && c->lines == before) {
		agent_say("%s: is no log: there is no whole line of one in it",
			c->name);
		return UNREADABLE;
	}
	if (status == DONE && c->cut_at != 0) {
		printf("%s:%lu: was cut; nothing has been written since\n",
			c->name, c->cut_at);
		c->ends_cut = 1;
	}
	return status;
}

int
audit_verify(const char *const *names, size_t count)
{
	static struct audit_chain c;
	char hex[65];
	size_t u;
	int status = DONE;

	memset(&c, 0, sizeof c);
	for (u = 0; u < count && status == DONE; u++) {
		FILE *file = fopen(names[u], "r");

		if (file == NULL) {
			agent_say("%s: %s", names[u], strerror(errno));
			return UNREADABLE;
		}
		c.name = names[u];
		status = audit_check_file(&c, file);
		(void)fclose(file);
	}
	if (status == DONE) {
		audit_hex(hex, c.hash);
		printf("%llu lines, the last is number %llu with hash %s\n",
			(unsigned long long)c.lines,
			(unsigned long long)c.number, hex);
	}
	return status == DONE && c.ends_cut ? AUDIT_ENDS_CUT : status;
}
