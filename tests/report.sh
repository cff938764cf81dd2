# shellcheck shell=sh disable=SC2086 # lists of flags
# report.sh - counting for the test scripts: sourced, not run
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
#   check TITLE COMMAND...   a test: the command must exit with status 0
#   refuse TITLE COMMAND...  a test: the command must not
#   start TITLE COMMAND...   check, as many at once as there are processors;
#   collect                  the results of those started, in order
#   is TITLE GOT WANT        a test: the two texts are the same
#   pass TITLE               a test that passed
#   fail TITLE [TEXT]        a test that failed, with what there is to see
#   skip TITLE REASON        a test that this machine cannot run
#   summary NAME             prints the last line, and ends the script
#
#   within SECONDS COMMAND...  no test: the command, killed if it takes longer
#
# What a command printed is shown only where its test failed. V=1 names the
# tests that passed, too. $O is the build folder; the one scratch folder of
# a script is $work, which is emptied by "scratch NAME".

: "${O:=build}" "${CC:=cc}" "${BEARSSL_CFLAGS:=}" "${BEARSSL_LIBS:=-lbearssl}"
passed=0
failed=0
skipped=0
processors=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)

pass() {
	passed=$((passed + 1))
	if [ -n "${V:-}" ]; then
		echo "ok: $1"
	fi
}

fail() {
	failed=$((failed + 1))
	echo "FAILED: $1"
	if [ -n "${2:-}" ]; then
		printf '%s\n' "$2" | head -40 | sed 's/^/  /'
	fi
}

skip() {
	skipped=$((skipped + 1))
	echo "skip: $1: $2"
}

check() {
	title=$1
	shift
	if text=$("$@" 2>&1 </dev/null); then
		pass "$title"
	else
		fail "$title" "$text"
	fi
}

refuse() {
	title=$1
	shift
	if text=$("$@" 2>&1 </dev/null); then
		fail "$title" "$text"
	else
		pass "$title"
	fi
}

is() {
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		fail "$1" "got:    $2
wanted: $3"
	fi
}

started=0

start() {
	started=$((started + 1))
	echo "$1" >"$work/$started.title"
	shift
	(
		"$@" >"$work/$started.log" 2>&1 </dev/null
		echo $? >"$work/$started.status"
	) &
	[ $((started % processors)) -ne 0 ] || wait
}

collect() {
	wait
	n=0
	while [ $n -lt $started ]; do
		n=$((n + 1))
		read -r title <"$work/$n.title"
		if [ "$(cat "$work/$n.status")" = 0 ]; then
			pass "$title"
		else
			fail "$title" "$(cat "$work/$n.log")"
		fi
	done
	started=0
}

have() {
	command -v "$1" >/dev/null 2>&1
}

within() {
	limit=$1
	shift
	if have timeout; then
		timeout -s KILL "$limit" "$@"
	else
		"$@"
	fi
}

scratch() {
	work=$O/$1
	rm -rf "$work"
	mkdir -p "$work"
}

# bare_headers FOLDER: what a compiler needs that has no C library and must
# not see this machine's: BearSSL's headers, and a string.h.
bare_headers() {
	bearssl=$(echo '#include <bearssl.h>' |
		$CC $BEARSSL_CFLAGS -E - 2>/dev/null |
		sed -n 's|^# [0-9]* "\(.*\)/bearssl\.h".*|\1|p' | head -n 1)
	[ -n "$bearssl" ] || return 1
	mkdir -p "$1"
	cp -R "$bearssl"/bearssl* "$1"
	cat >"$1/string.h" <<-END
	#include <stddef.h>
	void *memcpy(void *, const void *, size_t);
	void *memmove(void *, const void *, size_t);
	void *memset(void *, int, size_t);
	int memcmp(const void *, const void *, size_t);
	size_t strlen(const char *);
	END
}

summary() {
	if [ "$skipped" -gt 0 ]; then
		echo "$1: $passed passed, $failed failed, $skipped skipped"
	else
		echo "$1: $passed passed, $failed failed"
	fi
	[ "$failed" -eq 0 ] && [ $((passed + skipped)) -gt 0 ]
	exit
}

# change_link DIR SED-SCRIPT: copies of the link's headers with a mistake in
# them; status 1 where there is nothing to change any more.
change_link() {
	mkdir -p "$1"
	unchanged=yes
	for header in seamkey_frame.h seamkey_link.h; do
		sed "$2" $header >"$1/$header"
		cmp -s $header "$1/$header" || unchanged=
	done
	[ -z "$unchanged" ]
}
