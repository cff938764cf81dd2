#!/bin/sh
# agent_token.sh - private keys in a PKCS #11 token: SoftHSM2
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/agent_token.sh
#
# Environment: O as for report.sh; TOKEN_MODULE, where SoftHSM2's module is
# not in a usual place. The tokens are files in a folder of their own.
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh

name="private keys in a PKCS #11 token"
program=$O/token

if [ ! -x "$program" ]; then
	skip "$name" "libp11-kit-dev is not here (make deps)"
	summary agent_token
elif ! have softhsm2-util || ! have timeout; then
	skip "$name" "softhsm2 is not here (make deps)"
	summary agent_token
fi
for file in "${TOKEN_MODULE:-}" /usr/lib/softhsm/libsofthsm2.so \
	/usr/lib/*/softhsm/libsofthsm2.so /usr/lib64/pkcs11/libsofthsm2.so \
	/usr/local/lib/softhsm/libsofthsm2.so; do
	if [ -f "$file" ]; then
		TOKEN_MODULE=$file
		break
	fi
done
if [ ! -f "${TOKEN_MODULE:-}" ]; then
	skip "$name" "libsofthsm2.so is not found: TOKEN_MODULE=path"
	summary agent_token
fi

scratch agent-token
here=$(cd "$work" && pwd)
TOKEN_FOLDER=$here/tokens
SOFTHSM2_CONF=$here/softhsm2.conf
export TOKEN_MODULE TOKEN_FOLDER SOFTHSM2_CONF
mkdir "$TOKEN_FOLDER"
cat >"$SOFTHSM2_CONF" <<END
directories.tokendir = $TOKEN_FOLDER
objectstore.backend = file
log.level = ERROR
END
for label in seamkey other; do
	if ! softhsm2-util --init-token --free --label $label --pin 1234 \
		--so-pin 12345678 >"$work/log" 2>&1; then
		fail "$name: a token is made" "$(cat "$work/log")"
		summary agent_token
	fi
done
timeout -k 5 120 "$program"
