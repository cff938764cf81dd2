#!/bin/sh
# bearssl.sh - BearSSL from its source, compiled for another processor
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: sh tests/bearssl.sh NAME "CC and flags" AR
#
#   inc=$(sh tests/bearssl.sh m4 "arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb \
#       -Os -DBR_CT_MUL31=1 -DBR_CT_MUL15=1" arm-none-eabi-ar)
#   arm-none-eabi-gcc ... -isystem "$inc" main.c $O/targets/m4/libbearssl.a
#
# Leaves $O/targets/NAME/libbearssl.a, and prints the folder of BearSSL's
# headers: nothing else goes to stdout. What was compiled with the same
# command from the same source is not compiled again. NAME is a word that no
# other target has; the flags hold no quotes.
#
# The source is the tree that BEARSSL_SRC names, which is left as it is, or
# else Debian's package: it is fetched once, with apt-get, to
# $O/targets/source. Lists and archives go there, too, so that neither root
# nor a line "deb-src" in the system's lists is needed.
#
# Exit status: 0; 1 it does not compile; 2 there is no source. With 1 and 2
# the reason is on stderr, its last line a whole sentence.
set -u
cd "$(dirname "$0")/.." || exit 1
: "${O:=build}" "${BEARSSL_SRC:=}"

if [ $# -ne 3 ]; then
	echo 'usage: bearssl.sh NAME "CC and flags" AR' >&2
	exit 1
fi
name=$1
compiler=$2
archiver=$3
mkdir -p "$O/targets/$name" || exit 1
all=$(cd "$O/targets" && pwd) || exit 1
here=$all/$name

# ---- the source ----------------------------------------------------------

no_source() {
	[ ! -s "$all/fetch/log" ] || tail -n 5 "$all/fetch/log" >&2
	echo "bearssl.sh: $1" >&2
	exit 2
}

# The system's package sources, with the kind of package changed; and lists,
# cache and status of our own.
apt() {
	apt-get -q -o Dir::Etc::sourcelist=/dev/null \
		-o "Dir::Etc::sourceparts=$all/fetch/parts" \
		-o "Dir::State::lists=$all/fetch/lists" \
		-o "Dir::Cache=$all/fetch/cache" \
		-o APT::Sandbox::User=root "$@" >>log 2>&1 </dev/null
}

fetch() {
	for tool in apt-get dpkg-source; do
		command -v $tool >/dev/null 2>&1 || no_source \
			"BEARSSL_SRC names no tree, and $tool is not here"
	done
	rm -rf "$all/fetch"
	mkdir -p "$all/fetch/parts" "$all/fetch/lists/partial" \
		"$all/fetch/cache/archives/partial"
	for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list \
		/etc/apt/sources.list.d/*.sources; do
		[ ! -f "$list" ] || sed 's/^deb[ \t]/deb-src /
			s/^Types:.*/Types: deb-src/' "$list" \
			>"$all/fetch/parts/${list##*/}"
	done
	(
		cd "$all/fetch" || exit 1
		apt update || exit 1
		apt source bearssl
	) || no_source "apt-get source bearssl failed, and BEARSSL_SRC is empty"
	for tree in "$all"/fetch/bearssl-*/; do
		[ -f "$tree/inc/bearssl.h" ] || no_source \
			"what apt-get brought is no source tree of BearSSL"
		rm -rf "$all/source"
		mv "$tree" "$all/source" || exit 1
	done
	rm -rf "$all/fetch"
}

if [ -n "$BEARSSL_SRC" ]; then
	[ -f "$BEARSSL_SRC/inc/bearssl.h" ] ||
		no_source "BEARSSL_SRC=$BEARSSL_SRC has no inc/bearssl.h"
	source=$(cd "$BEARSSL_SRC" && pwd)
else
	# two that run side by side fetch it once
	waited=0
	until [ -f "$all/source/inc/bearssl.h" ] ||
		mkdir "$all/fetching" 2>/dev/null || [ $waited -ge 300 ]; do
		sleep 1
		waited=$((waited + 1))
	done
	if [ ! -f "$all/source/inc/bearssl.h" ]; then
		trap 'rmdir "$all/fetching" 2>/dev/null' EXIT
		fetch
		rmdir "$all/fetching" 2>/dev/null
		trap - EXIT
	fi
	source=$all/source
fi

# ---- the library ---------------------------------------------------------

# What there is was made by: this script, source, command, its version.
made_by() {
	cksum tests/bearssl.sh
	echo "$source"
	echo "$compiler"
	# shellcheck disable=SC2086 # a command with flags
	$compiler --version
}

# compile: all objects into $here/bearssl, the archive last
compile() {
	rm -rf "$here/bearssl" "$here/libbearssl.a" "$here/made_by"
	mkdir -p "$here/bearssl" && cd "$here/bearssl" || return 1
	for f in "$source"/src/*.c "$source"/src/*/*.c; do
		echo "$f"
	done >list
	# shellcheck disable=SC2086 # a command with flags
	tr '\n' '\0' <list |
		xargs -0 -n 16 -P "$(getconf _NPROCESSORS_ONLN || echo 1)" \
			$compiler -w -I"$source/inc" -I"$source/src" -c ||
		return 1
	# An archive that lacks a file is found out here, not at a link.
	[ "$(grep -c . list)" = "$(find . -name '*.o' | grep -c .)" ] ||
		return 1
	$archiver rcs ../libbearssl.a ./*.o
}

made_by >"$here/made_by.new" 2>&1
if [ ! -f "$here/libbearssl.a" ] ||
	! cmp -s "$here/made_by.new" "$here/made_by"; then
	if ! (compile) >"$here/log" 2>&1; then
		tail -n 10 "$here/log" >&2
		echo "bearssl.sh: it does not compile with $compiler" >&2
		exit 1
	fi
	rm -rf "$here/bearssl"
	mv "$here/made_by.new" "$here/made_by"
fi
echo "$source/inc"
