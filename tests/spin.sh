#!/bin/sh
# spin.sh - the table of edges: what is made of it, and its model in spin
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/spin.sh [compare|update|quick]
#
#   compare  only that the generated files are those of the table
#   update   write them anew: tests/edges.h, tests/spin/link.pml and, in
#            docs/, what stands between <!-- edges --> and <!-- /edges -->
#   quick    spin with two slots only
#
# Checks tests/spin/link.pml with spin: assertions over the whole state
# space, then each "ltl" under weak fairness, and that no rule is idle. Then
# variants of it, made by sed: some are to hold, and each mutant is to be
# refuted in the way that is named. tests/spin/link.in says what is modelled.
# shellcheck disable=SC2317 # functions called by name
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh
mode=${1:-${QUICK:-}}

scratch spin

# ---- generated files -----------------------------------------------------

begin='<!-- edges -->'
end='<!-- /edges -->'
pages=$(grep -lxF -e "$begin" docs/*.md)

# what stands between the marks, and the page with other text there
between() {
	sed -n "\\|^$begin\$|,\\|^$end\$|p" "$1" | sed '1d;$d'
}

joined() {
	awk -v begin="$begin" -v end="$end" -v text="$work/edges.md" '
	$0 == end { inside = 0 }
	!inside { print }
	$0 == begin {
		inside = 1
		while ((getline line <text) > 0)
			print line
	}' "$1"
}

if ! text=$(sh tests/spin/generate.sh "$work"); then
	fail "tests/spin/generate.sh" "$text"
	summary spin
fi
if [ "$mode" = update ]; then
	cp "$work/edges.h" tests/edges.h
	cp "$work/link.pml" tests/spin/link.pml
	for page in $pages; do
		joined "$page" >"$work/page" && cat "$work/page" >"$page"
	done
fi

# disagrees SED: the generator refuses a table that was changed so
disagrees() {
	rm -rf "$work/table"
	cp -R tests/spin "$work/table"
	sed "$1" tests/spin/edges.txt >"$work/table/edges.txt"
	sh "$work/table/generate.sh" "$work/table"
}

refuse "an edge of two slots that the ring has not" disagrees \
	's/^edge switch  AP OA$/edge switch  AP UA/'
refuse "an edge of the ring that two slots have not" disagrees \
	's/^ring timeout AO AU$/&\
ring timeout AO PU/'
refuse "an edge too few" disagrees '/^ring abort/d'

check "tests/edges.h is that of the table" \
	diff -u tests/edges.h "$work/edges.h"
check "tests/spin/link.pml is that of the table" \
	diff -u tests/spin/link.pml "$work/link.pml"
check "a page of docs/ has the marks" test -n "$pages"
for page in $pages; do
	between "$page" >"$work/page"
	check "the diagrams of $page are those of the table" \
		diff -u "$work/page" "$work/edges.md"
done

# ---- spin ----------------------------------------------------------------

# compile FOLDER FLAG...: what spin writes is not ours to have warnings of
compile() {
	folder=$1
	shift
	$CC -w $level -DMEMLIM=1000 "$@" "$folder/pan.c"
}

# build NAME safety|fair|both FLAG...: from NAME/link.pml
build() {
	(
		cd "$work/$1" || exit 1
		what=$2
		shift 2
		spin -a "$@" link.pml || exit 1
		[ "$what" = fair ] ||
			compile . -DSAFETY -DNOCLAIM -o safety || exit 1
		[ "$what" = safety ] || compile . -DNFAIR=3 -o fair
	) >"$work/$1/build.log" 2>&1
}

# explore NAME safety|LTL: the whole state space, or up to an error
explore() {
	set -- "$1" "$2" -m1000000 -w20
	if [ "$2" = safety ]; then
		(cd "$work/$1" && $limit ./safety "$3" "$4")
	else
		(cd "$work/$1" && $limit ./fair -a -f "$3" "$4" -N "$2")
	fi >"$work/$1/$2.out" 2>&1
}

# holds NAME safety|LTL: explored in whole, and without an error
holds() {
	explore "$1" "$2"
	sed -n '1,20p' "$work/$1/$2.out"
	grep -q 'errors: 0$' "$work/$1/$2.out" &&
		grep -q '^Full statespace search' "$work/$1/$2.out" &&
		! grep -qi 'error: max search\|interrupted\|out of memory' \
			"$work/$1/$2.out"
}

# What a mutant comes to: the assertion that is violated, or a cycle in which
# what is promised never comes.
violated() {
	explore "$1" safety
	cat "$work/$1/safety.out"
	grep -q "^pan:1: assertion violated $2" "$work/$1/safety.out"
}

drops() {
	violated "$1" '((g>=co\[[01]\])'
}

seals_with_a_key_the_other_lacks() {
	violated "$1" '((g>=co\[(1-[01])\])'
}

makes_two_keys_of_one_generation() {
	violated "$1" '((pu\[0\]!=pu\[1\])||(kid'
}

shows_what_cannot_be() {
	violated "$1" '((n==0)||(n=='
}

takes_an_edge_that_is_not_there() {
	violated "$1" '0 '
}

has_two_keys_of_one_identifier() {
	violated "$1" '(((pu\[0\]-co'
}

never() {
	explore "$1" "$2"
	cat "$work/$1/$2.out"
	grep -q '^pan:1: acceptance cycle' "$work/$1/$2.out"
}

# every rule of the table was taken at least once: what is left is what an
# edge that is not there would have come to, and the ends of the processes
reached() {
	sed -n '/^unreached/,/^pan:/p' "$work/$1/safety.out" |
		grep 'link\.pml:' | grep -v '"assert(0)"$\|"-end-"$'
	[ $? -eq 1 ]
}

# figures NAME safety|LTL TITLE: states, transitions, depth, time, in a line
figures() {
	awk -v title="$3, $2" '
	/depth reached/ { depth = $6; sub(/,/, "", depth) }
	/states, stored/ { states = $1 }
	/ transitions / { transitions = $1 }
	/total actual memory/ { memory = $1 }
	/^pan: elapsed time/ { seconds = $4 }
	END {
		printf "%s: %s states, %s transitions, depth %s, %.0f MB, " \
			"%.1f s\n", title, states, transitions, depth,
			memory, seconds
	}' "$work/$1/$2.out"
}

level=-O2
claims=$(sed -n 's/^ltl \([a-z_]*\) .*/\1/p' tests/spin/link.pml)

# model TITLE SPIN-FLAGS CLAIM...: the model as it is
model() {
	of=$1
	name=$(echo "$1" | tr -c 'a-z0-9\n' -)
	flags=$2
	shift 2
	mkdir "$work/$name"
	cp tests/spin/link.pml "$work/$name"
	kind=both
	[ "$*" != safety ] || kind=safety
	# shellcheck disable=SC2086 # a list of flags
	if ! build "$name" $kind $flags; then
		fail "$of: it does not compile" "$(cat "$work/$name/build.log")"
		return
	fi
	for claim; do
		start "$of: $claim" holds "$name" "$claim"
	done
	collect
	for claim; do
		figures "$name" "$claim" "$of"
	done
	check "$of: every rule is taken" reached "$name"
}

# variant TITLE WANT safety|LTL SED...: a changed model; what it comes to
variant() {
	of=$1
	name=$(echo "$1 $3" | tr -c 'a-z0-9\n' - | tr -d "'")
	want=$2
	claim=$3
	shift 3
	mkdir "$work/$name"
	cp tests/spin/link.pml "$work/$name"
	for change; do
		cp "$work/$name/link.pml" "$work/$name/before"
		sed "$change" "$work/$name/before" >"$work/$name/link.pml"
		if cmp -s "$work/$name/before" "$work/$name/link.pml"; then
			fail "$of: nothing to change" "$change"
			return
		fi
	done
	start "$of: $want $claim" built "$name" "$want" "$claim"
	variants="$variants $name/$claim"
}

built() {
	kind=fair
	[ "$3" != safety ] || kind=safety
	build "$1" "$kind" || {
		cat "$work/$1/build.log"
		return 1
	}
	"$2" "$1" "$3"
}

if [ "$mode" = compare ] || [ "$mode" = update ]; then
	summary spin
fi
if ! have spin || ! spin -V >"$work/version" 2>&1; then
	skip "the model in spin" "spin is not here (make deps)"
	summary spin
fi
if ! echo 'int main(void) { return 0; }' |
	$CC -x c - -o "$work/probe" 2>"$work/probe.log"; then
	skip "the model in spin" "$CC compiles nothing"
	summary spin
fi
limit=
if have timeout; then
	limit="timeout 300"
fi
cat "$work/version"

# shellcheck disable=SC2086 # a list of claims
model "2 slots, delay 2" "" safety $claims
if [ "$mode" != quick ]; then
	model "2 slots, delay 3" "-DDELAY=3" safety completes
	model "3 slots, delay 1" "-DSLOTS=3 -DDELAY=1" safety completes
fi
model "1 bit of identifier" "-DIDS=2" safety

# ---- variants ------------------------------------------------------------

# their state spaces are small, up to an error: compiling takes longer
level=-O0
variants=
early='s/pu\[F\] > pa\[F\] && ca\[F\] == pu\[F\]/pu[F] > pa[F]/'
before='s/making\[I\] = 1; gaveup = 0/&; announce = DERIVE;\
	kid[I] = DERIVED; kid[F] = DERIVED/'

variant "follower switches at once" holds safety "$early"
variant "initiator announces before it pushes" holds safety "$before"
variant "both of them" seals_with_a_key_the_other_lacks \
	safety "$early" "$before"
variant "grace one less" drops safety \
	's/^#define GRACE DELAY$/#define GRACE (DELAY - 1)/'
variant "grace from the own switch" drops safety \
	's/view_switch(I_P); pa\[I\]++/&;\
	view_switch(I_C); ca[I]++; grace[I] = GRACE/'
variant "initiator does not wait" seals_with_a_key_the_other_lacks \
	safety 's/pu\[I\] > pa\[I\] && peer\[I\] == pu\[I\]/pu[I] > pa[I]/'
variant "rekey in the grace time" takes_an_edge_that_is_not_there \
	safety 's/^#define CAN_PUSH(e) .*/#define CAN_PUSH(e) 1/'
variant "no identifier" has_two_keys_of_one_identifier \
	safety 's/^#define IDS 4$/#define IDS 1/'
variant "consumer switches at any frame" drops safety \
	's/g == ca\[F\] + 1/can_switch(F_C)/'
variant "follower takes an announcement back" drops safety \
	'/open asked/i\
	if\
	:: n == 0 \&\& g + 1 == pu[F] \&\& pu[F] > ca[F] ->\
		view_abort(F_P); view_abort(F_C); pu[F]--; peer[F] = g\
	:: else\
	fi;'
variant "follower's note of what was asked stays behind" \
	shows_what_cannot_be safety \
	's/^[^:]*peer\[F\] = g$/skip/'
variant "follower pushes at message 1" makes_two_keys_of_one_generation \
	safety \
	's/x\[F\] = STAGED; attempt = \([01]\); /attempt = \1;\
	kid[F] = AGREED(\1); push(F); /' \
	's/attempt && SETTLED(F)/attempt \&\& CAN_PUSH(F)/'
variant "follower shows its readiness once" never completes \
	's/^bit sealed.*/&\
bit told;/' \
	's/n = (pu\[e\] > pa\[e\] -> .*/n = (e == I || !told -> (&/' \
	's/-> (n = \(.*\);$/-> \1 : 0);\
	if\
	:: e == F -> told = (pu[F] > pa[F])\
	:: else\
	fi;/'
variant "initiator announces once" never completes \
	's/^bit sealed.*/&\
bit told;/' \
	's/n = (pu\[e\] > pa\[e\] -> .*/n = (e == F || !told -> (&/' \
	's/-> (n = \(.*\);$/-> \1 : 0);\
	if\
	:: e == I -> told = (pu[I] > pa[I])\
	:: else\
	fi;/'
variant "message 3 is sent once" never completes \
	's/push(I); message3\[0\] = 1/push(I);\
	if :: message3[0] = 1 :: true fi/'
variant "old keys stay" never again_initiator \
	's/can_timeout(F_C) && grace\[F\] == 0/false/'
variant "abandoned attempts leave something" never returns \
	's/x\[I\] = NONE; announce = 0; gaveup = 1/x[I] = STAGED; gaveup = 1/'
unanswered='s/x\[I\] == ASKED && message2\[0\]/false/'
variant "no message 2 comes" holds ends "$unanswered"
variant "no message 2 comes" holds completes "$unanswered"
variant "nor is an attempt abandoned" never ends "$unanswered" \
	's/:: atomic { x\[I\] == ASKED/:: atomic { false/'
collect
for v in $variants; do
	[ ! -s "$work/$v.out" ] || figures "${v%/*}" "${v#*/}" "${v%/*}"
done

summary spin
