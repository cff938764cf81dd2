#!/bin/sh
# run.sh - builds and runs the benchmarks: make bench
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: bench/run.sh [link|block|release|agent] [readme|form]
#
#   link     only the benchmarks of the link, bench/link.c
#   block    only those of encryption blocks, bench/block.c
#   release  only those of the release agent, bench/release.c
#   agent    only those of its server, bench/agent.sh: not for the README
#   readme   puts the tables (of the link the main ones) into README.md,
#            between the marks named bench, or bench- and the part
#   form     those tables without figures, which tests/readme.sh compares
#
# One process, one core, contenders interleaved: only the ratios are worth
# quoting. Ends in "bench: P passed, F failed, S skipped", where passed is
# a benchmark that ran and whose contenders agreed on every result.
# shellcheck disable=SC2086 # lists of flags
set -u
cd "$(dirname "$0")/.." || exit 1
O=${O:-build}
CC=${CC:-cc}
passed=0 failed=0 skipped=0
mkdir -p "$O"

pin=
if command -v taskset >/dev/null 2>&1; then
	pin='taskset -c 0'
elif [ "${1:-}" != form ]; then
	echo 'skip: bench: not pinned to a core, taskset is not here'
fi

have_openssl() {
	printf '#include <openssl/evp.h>\n' | $CC -E - >/dev/null 2>&1
}

build() {
	$CC -std=c99 -O2 -I. ${BEARSSL_CFLAGS:-} -o "$O/bench-rsa" \
		bench/rsa.c ${BEARSSL_LIBS:--lbearssl} -lcrypto
}

build_block() {
	$CC -std=c99 -O2 -I. ${BEARSSL_CFLAGS:-} -o "$O/bench-block" \
		bench/block.c ${BEARSSL_LIBS:--lbearssl} -lcrypto
}

build_release() {
	$CC -std=c99 -O2 -I. ${BEARSSL_CFLAGS:-} -o "$O/bench-release" \
		bench/release.c ${BEARSSL_LIBS:--lbearssl}
}

# The link, with mbedTLS where version 2 of it is here.
build_link() {
	for with in '-lmbedtls -lmbedx509 -lmbedcrypto' -DNO_MBEDTLS; do
		$CC -std=c99 -O2 -I. ${BEARSSL_CFLAGS:-} "$@" \
			bench/link.c bench/link_openssl.c \
			bench/link_mbedtls.c ${BEARSSL_LIBS:--lbearssl} \
			$with -lssl -lcrypto 2>"$O/bench-link.log" && return
	done
	cat "$O/bench-link.log" >&2
	return 1
}

# Instructions of each step of work, counted by callgrind.
count_steps() {
	if ! command -v valgrind >/dev/null 2>&1 ||
		! build_link -DHAVE_CALLGRIND -o "$O/bench-link-count"; then
		echo 'skip: bench: instructions: valgrind is not here'
		return
	fi
	rm -rf "$O/bench-count"
	mkdir -p "$O/bench-count"
	valgrind -q --tool=callgrind \
		--callgrind-out-file="$O/bench-count/out" \
		"$O/bench-link-count" steps >/dev/null 2>&1
	echo
	echo '| A step of work | instructions |'
	echo '| --- | ---: |'
	# one dump for each step that was run, named after it
	awk '/^desc: Trigger: Client Request: / {
		name = substr($0, 32)
	}
	/^(totals|summary): / && name != "" {
		if (!(name in most))
			order[++n] = name
		if ($2 > most[name])
			most[name] = $2
		name = ""
	}
	END {
		for (i = 1; i <= n; i++)
			print "| " order[i] " | " most[order[i]] " |"
	}' "$O/bench-count"/out.* | tee "$O/bench-count/table"
	# those of work against the last column of the table in seamkey_link.h
	if awk -F ' *[|] *' '
		FNR == NR {
			split($0, word, " ")
			if (word[6] + 0 > 0 && word[2] ~ /^(X25519|others)$/)
				promised[word[2]] = word[6]
			next
		}
		$2 ~ /^message/ { next }
		$3 + 0 > promised[$2 ~ /^X25519/ ? "X25519" : "others"] {
			print $2 ": more instructions than seamkey_link.h says"
			more = 1
		}
		END { exit more }' seamkey_link.h "$O/bench-count/table"
	then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
	fi
	rm -rf "$O/bench-count"
}

# bench_link [readme]
bench_link() {
	if ! build_link -o "$O/bench-link" ||
		! $pin "$O/bench-link" "$@" >"$O/bench-link.txt"; then
		failed=$((failed + 1))
		return
	fi
	case $with in
	-D*) echo 'skip: bench: mbedTLS 2 (libmbedtls-dev) is not here' ;;
	esac
	cat "$O/bench-link.txt"
	[ $# -ne 0 ] || count_steps
	{
		echo
		echo "The link: $(machine), $(compiler) at -O2," \
			"$(openssl version 2>/dev/null | cut -d' ' -f1,2)," \
			"$(date +%Y-%m-%d)."
	} | tee -a "$O/bench-link.txt"
	passed=$((passed + 1))
}

# bench_block [readme]
bench_block() {
	if ! build_block ||
		! $pin "$O/bench-block" "$@" >"$O/bench-block.txt"; then
		failed=$((failed + 1))
		return
	fi
	cat "$O/bench-block.txt"
	{
		echo
		echo "Blocks, RSA-2048: $(machine), $(compiler) at -O2," \
			"$(openssl version 2>/dev/null | cut -d' ' -f1,2)," \
			"$(date +%Y-%m-%d). The ratio is to the first line."
	} | tee -a "$O/bench-block.txt"
	passed=$((passed + 1))
}

# bench_release [readme]
bench_release() {
	if ! build_release ||
		! $pin "$O/bench-release" "$@" >"$O/bench-release.txt"; then
		failed=$((failed + 1))
		return
	fi
	sed 1,2d "$O/bench-release.txt" >"$O/bench-release.new"
	{
		cat "$O/bench-release.new"
		echo
		echo "Releases: $(machine), $(compiler) at -O2," \
			"$(date +%Y-%m-%d)."
	} >"$O/bench-release.txt"
	cat "$O/bench-release.txt"
	passed=$((passed + 1))
}

# Several processes, and so not pinned.
bench_agent() {
	if ! sh bench/agent.sh >"$O/bench-agent.txt"; then
		failed=$((failed + 1))
		return
	fi
	cat "$O/bench-agent.txt"
	if grep -q '^skip: ' "$O/bench-agent.txt"; then
		skipped=$((skipped + 1))
	else
		passed=$((passed + 1))
	fi
}

machine() {
	sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo 2>/dev/null |
		head -n 1 | tr -s ' ' | grep . || uname -m
}

compiler() {
	case $($CC --version) in
	*clang*) $CC --version | sed -n 's/.*\(clang\) version/\1/p' ;;
	*) echo "gcc $($CC -dumpfullversion)" ;;
	esac | head -n 1
}

# The tables, and what they were made with.
text() {
	sed 1d "$O/bench.txt"
	echo
	sed -n 1p "$O/bench.txt"
	echo "on one core of $(machine),"
	echo "$(compiler) at -O2," \
		"$(date +%Y-%m-%d). The ratio is to the first line."
	echo
}

# update_readme NAME, with the text as input: into a file beside the README,
# which takes its place when it is whole
update_readme() {
	cat >"$O/bench.new"
	awk -v new="$O/bench.new" -v name="$1" '
	$0 == "<!-- end " name " -->" { old = 0 }
	!old { print }
	index($0, "<!-- begin " name ":") == 1 {
		while ((getline line <new) > 0)
			print line
		old = ++found
	}
	END { exit found != 1 || old }' README.md >README.md.new &&
		mv README.md.new README.md && return
	echo "bench: README.md has not one pair of marks named $1" >&2
	rm -f README.md.new
	failed=$((failed + 1))
}

part='rsa'
case ${1:-} in
link | block | release | agent)
	part=$1
	shift
	;;
esac
case ${1:-} in
'' | readme) ;;
form)
	if ! have_openssl; then
		echo 'skip: the OpenSSL headers (libssl-dev) are not here' >&2
	elif [ $part = link ]; then
		build_link -o "$O/bench-link" && "$O/bench-link" form | sed 1d
	elif [ $part = block ]; then
		build_block && "$O/bench-block" form | sed 1d
	elif [ $part = release ]; then
		build_release && "$O/bench-release" form | sed 1,2d
	else
		build && "$O/bench-rsa" form
	fi
	exit
	;;
*)
	echo 'usage: bench/run.sh [link|block|release|agent] [readme|form]' >&2
	exit 2
	;;
esac

if ! have_openssl; then
	echo 'skip: bench: the OpenSSL headers (libssl-dev) are not here'
	skipped=1
elif [ $part != rsa ]; then
	"bench_$part" "$@"
	if [ $# -ne 0 ] && [ "$failed" -eq 0 ]; then
		{
			cat "$O/bench-$part.txt"
			echo
		} | update_readme "bench-$part"
	fi
elif ! build || ! $pin "$O/bench-rsa" >"$O/bench.txt"; then
	failed=1
else
	cat "$O/bench.txt"
	passed=1
	if [ $# -ne 0 ]; then
		text | update_readme bench
	else
		bench_link "$@"
		bench_block "$@"
		bench_release "$@"
		bench_agent
	fi
fi
echo "bench: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
