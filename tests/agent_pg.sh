#!/bin/sh
# agent_pg.sh - the repository in PostgreSQL, over a database of its own
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/agent_pg.sh
#
# First build/store_pg, the store by itself; then two agents behind one
# database: what is changed by way of the one holds for the other.
#
# Environment: O as for report.sh. The database is one that pg_virtualenv of
# postgresql-common makes and throws away; the tests stop and start it.
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh

name="the repository in PostgreSQL"
program=$O/store_pg

# Inside the environment of pg_virtualenv:
if [ "${1:-}" = inside ]; then
	: >"$2"
	PG_STOP="pg_ctlcluster $PGVERSION regress stop -m immediate"
	PG_START="pg_ctlcluster $PGVERSION regress start"
	export PG_STOP PG_START
	"$program"
	status=$?
	if [ -x "$O/seamkey-agent" ] && [ -x "$O/agent_client" ]; then
		sh tests/agent_two.sh || status=1
	fi
	exit $status
fi

if [ ! -x "$program" ]; then
	skip "$name" "libpq-dev is not here (make deps)"
	summary agent_pg
elif ! have pg_virtualenv || ! have timeout; then
	skip "$name" "pg_virtualenv of PostgreSQL is not here (make deps)"
	summary agent_pg
fi

# Not where the databases of this machine are, even as root; they belong to
# the user postgres then.
scratch agent-pg
temporary=
[ "$(id -u)" -ne 0 ] || temporary=-t
timeout -k 20 300 pg_virtualenv $temporary \
	sh tests/agent_pg.sh inside "$work/began" >"$work/log" 2>&1 </dev/null
status=$?
if [ ! -f "$work/began" ]; then
	skip "$name" "pg_virtualenv: $(grep . "$work/log" | tail -n 1)"
	summary agent_pg
fi
# the lines of both, added up
line=$(awk '/^(store_pg|agent_two): [0-9]+ passed, [0-9]+ failed/ {
	passed += $2; failed += $4; n++
}
END { if (n != 0) print "agent_pg: " passed " passed, " failed " failed" }' \
	"$work/log")
if [ $status -ne 0 ] || [ -z "$line" ]; then
	sed '/^\*\*\* /,$d' "$work/log"
	[ -n "$line" ] || fail "$name: ended with status $status"
fi
[ -z "$line" ] || echo "$line"
[ -n "$line" ] || summary agent_pg
exit $status
