#!/bin/sh
# agent_server.sh - the server of build/seamkey-agent: connections, settings
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/agent_server.sh [TEST...]
#
# Environment: O, the build folder.
# shellcheck disable=SC2086,SC2119,SC2154,SC2317 # of agent_tools.sh
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh
# shellcheck source=tests/agent_tools.sh
. tests/agent_tools.sh
exec </dev/null
umask 022
LC_ALL=C
export LC_ALL

enter agent_server
open_office

# ---- helpers -------------------------------------------------------------

# hold NAME SECONDS [HEX]: a connection, as $held_NAME; what became of it
# will be in the file held.NAME
hold() {
	held=$1
	shift
	rm -f "held.$held"
	"$client" hold "$port" "$@" >"held.$held" &
	eval "held_$held=$!"
}

# reread: the settings, and time for that
reread() {
	kill -HUP "$server"
	sleep 0.5
}

# ---- settings ------------------------------------------------------------

# Whatever is wrong with them, nothing of the new ones holds.
test_settings() {
	cp conf conf.before
	begin || return
	kept "the bare form, not allowed" --alias alice --form bare block
	for wrong in "log no/such.log" "audit no/such.log" "issuers none.crt" \
		"key-file none.key" "rate many" "max-clients 3" \
		"seconds 0"; do
		sed "/^${wrong%% *} /d" conf.before >conf
		printf '%s\n' "$wrong" "allow-bare" "rate 1" "cbc" >>conf
		: >serve.err
		reread
		check "$wrong: is told" grep -q "stay as they were" serve.err
		kept "$wrong: the bare form is no more allowed" \
			--alias alice --form bare block
		released "$wrong: a request" --alias alice --own alice.key block
		verified "$wrong: the chain of the log"
	done
	(cat conf.before && printf '%s\n' "log new.log" allow-bare) >conf
	reread
	released "all of them are good" --alias alice --form bare \
		--own alice.key block
	check "and the log is the new one" grep -q "read again" new.log
	end
	is "the server ends well" $? 0
	mv conf.before conf
}

# ---- the end -------------------------------------------------------------

test_end() {
	begin --grace 20 || return
	hold idle 15
	hold half 15 0000
	sleep 0.5
	kill -TERM "$server"
	sleep 1
	is "SIGTERM closes a connection that says nothing" \
		"$(cat held.idle)" closed
	is "but not one in the middle of a message" "$(cat held.half)" ""
	check "for which the server waits" kill -0 "$server"
	kill "$held_half"
	sleep 1
	refuse "and no longer" kill -0 "$server"
	wait "$server"
	is "and then it ends" $? 0
	wait
}

[ $# -ne 0 ] || set -- end settings
for test in "$@"; do
	"test_$test"
done
summary agent_server
