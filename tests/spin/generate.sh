#!/bin/sh
# generate.sh - writes the C table, the Promela text and the diagrams
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/spin/generate.sh FOLDER
#
# Writes edges.h, link.pml and edges.md into FOLDER, from tests/spin/
# edges.txt and link.in. They are committed as tests/edges.h, tests/spin/
# link.pml and, between two marks, in docs/; tests/spin.sh compares them,
# and "tests/spin.sh update" puts them there. Exit status 1 where the table
# contradicts itself.
set -u
folder=${1:?usage: tests/spin/generate.sh FOLDER}
folder=$(cd "$folder" && pwd) || exit 1
cd "$(dirname "$0")" || exit 1

awk -v folder="$folder" '
function complain(text) {
	print "edges.txt: " text
	bad = 1
}

# ---- read ----------------------------------------------------------------

FILENAME == "link.in" { template[++templates] = $0; next }
/^#/ || /^$/ { next }
$1 == "edge" {
	if (!($2 in letter)) {
		order[++events] = $2
		letter[$2] = substr($2, 1, 1)
	}
	n_edge++
	edge_event[n_edge] = $2
	edge_from[n_edge] = $3
	edge_to[n_edge] = $4
	next
}
$1 == "ring" {
	n_ring++
	ring_event[n_ring] = $2
	ring_from[n_ring] = $3
	ring_to[n_ring] = $4
	next
}
$1 == "rule" {
	n_rule++
	role[n_rule] = $2
	call[n_rule] = $3
	name[n_rule] = $4
	next
}
/^\t/ {
	field = $1
	text = $0
	sub(/^\t[a-z]+ */, "", text)
	rule[n_rule, field] = text
	next
}
{ complain("line " FNR " is nothing: " $0) }

# ---- views ---------------------------------------------------------------

function repeated(s, n, out) {
	for (out = ""; n > 0; n--)
		out = out s
	return out
}

function put(s, at, c) {
	return substr(s, 1, at) c substr(s, at + 2)
}

# The edges of so many slots, in the order in which they are found.
function note(slots, from, event, to) {
	if ((from, event) in next_state)
		complain(from " has two edges for " event)
	next_state[from, event] = to
	n_found[slots]++
	found_from[slots, n_found[slots]] = from
	found_event[slots, n_found[slots]] = event
	found_to[slots, n_found[slots]] = to
	if (!(to in is_state)) {
		is_state[to] = 1
		state[slots, ++n_state[slots]] = to
	}
}

function walk(slots, u, e, k, at, after, s, t) {
	s = repeated("U", slots)
	is_state[s] = 1
	state[slots, ++n_state[slots]] = s
	note(slots, s, "install", put(s, 0, "A"))
	for (u = 1; u <= n_state[slots]; u++) {
		s = state[slots, u]
		for (e = 1; e <= events; e++)
		for (k = 1; k <= n_ring; k++) {
			if (ring_event[k] != order[e])
				continue
			for (at = 0; at < slots; at++) {
				after = (at + 1) % slots
				if (substr(s, at + 1, 1) \
					substr(s, after + 1, 1) != ring_from[k])
					continue
				t = put(s, at, substr(ring_to[k], 1, 1))
				t = put(t, after, substr(ring_to[k], 2, 1))
				note(slots, s, order[e], t)
			}
		}
		note(slots, s, "reset", repeated("U", slots))
	}
}

# Do the rules of the ring give the edges that are written out?
function compare_two(u, k, n) {
	for (u = 1; u <= n_edge; u++)
	for (k = 1; k <= n_state[2]; k++) {
		if (edge_from[u] != "*" && edge_from[u] != state[2, k])
			continue
		n++
		if (next_state[state[2, k], edge_event[u]] != edge_to[u])
			complain("the ring has no edge " edge_event[u] " " \
				state[2, k] " " edge_to[u])
	}
	if (n != n_found[2])
		complain("the ring has " n_found[2] " edges, not " n)
}

# ---- C -------------------------------------------------------------------

function write_c(out, u, k, slots, line, item) {
	out = folder "/edges.h"
	print "/*" >out
	print " * edges.h - the transitions of a view and the rules of a" \
		" rekey, as C" >out
	print " *\n * Copyright (c) 2026 The seamkey authors" >out
	print " * SPDX-License-Identifier: MIT\n *" >out
	print " * " made >out
	print " */\n#ifndef EDGES_H\n#define EDGES_H\n" >out
	print "/* clang-format off */" >out
	print "/* Events, by their first letters:" >out
	for (u = 1; u <= events; u++)
		printf "%s%s", u == 1 ? " * " : ", ", order[u] >out
	print ". */\nstatic const struct {" >out
	print "\tconst char *from; /* of each slot the first letter */" >out
	print "\tchar event;\n\tconst char *to;\n} edges_view[] = {" >out
	for (k = 1; k <= n_sizes; k++) {
		slots = sizes[k]
		printf "\t/* %d slots: %d states, %d edges */\n", slots,
			n_state[slots], n_found[slots] >out
		line = ""
		for (u = 1; u <= n_found[slots]; u++) {
			item = "{ \"" found_from[slots, u] "\", \47" \
				letter[found_event[slots, u]] "\47, \"" \
				found_to[slots, u] "\" },"
			if (length(line) + length(item) > 70) {
				print "\t" line >out
				line = ""
			}
			line = line (line == "" ? "" : " ") item
		}
		print "\t" line >out
	}
	print "};\n" >out
	print "/* Numbers of slots that are listed. */" >out
	printf "static const unsigned edges_slots[] = {" >out
	for (k = 1; k <= n_sizes; k++)
		printf "%s %d", k == 1 ? "" : ",", sizes[k] >out
	print " };\n" >out
	print "static const struct {\n\tchar role; /* i, f */" >out
	print "\tconst char *call, *name;" >out
	print "\tchar provider, consumer; /* event, or - */" >out
	print "} edges_rule[] = {" >out
	for (u = 1; u <= n_rule; u++)
		printf "\t{ \47%s\47, \"%s\", \"%s\", \47%s\47, \47%s\47 },\n",
			substr(role[u], 1, 1), call[u], name[u],
			taken(u, "P"), taken(u, "C") >out
	print "};\n/* clang-format on */\n\n#endif" >out
}

# The letter of the event that a rule brings to one of its views, or "-".
function taken(u, which, parts, n, k, words) {
	n = split(rule[u, "view"], parts, ", ")
	for (k = 1; k <= n; k++) {
		split(parts[k], words, " ")
		if (words[1] == which) {
			if (!(words[2] in letter))
				complain("no event " words[2])
			return letter[words[2]]
		}
	}
	return "-"
}

# ---- Promela -------------------------------------------------------------

function any(title, slots, list, n, k, line, item) {
	line = "#define " title "(v) ("
	for (k = 1; k <= n; k++) {
		item = "(v) == " list[k] (k < n ? " || " : ")")
		if (length(line) + length(item) > 70) {
			print line "\\" >pml
			line = "\t"
		}
		line = line item
	}
	print line >pml
}

function holding(slots, c, title, u, n, list) {
	for (u = 1; u <= n_state[slots]; u++)
		if (index(state[slots, u], c))
			list[++n] = state[slots, u]
	any(title, slots, list, n)
}

function write_views(slots, u, e, n, list, line) {
	print (slots == 2 ? "#if" : "#elif") " SLOTS == " slots >pml
	line = "mtype = {"
	for (u = 1; u <= n_state[slots]; u++) {
		line = line (u == 1 ? " " : ",")
		if (length(line) > 66) {
			print line >pml
			line = "\t"
		} else if (u > 1)
			line = line " "
		line = line state[slots, u]
	}
	print line " };" >pml
	print "#define STEADY " \
		next_state[repeated("U", slots), "install"] >pml
	for (e = 1; e <= events; e++) {
		if (order[e] !~ /^(push|switch|timeout|abort)$/)
			continue
		n = 0
		for (u = 1; u <= n_found[slots]; u++)
			if (found_event[slots, u] == order[e])
				list[++n] = found_from[slots, u]
		any("can_" order[e], slots, list, n)
		print "inline view_" order[e] "(v)\n{\n\tif" >pml
		for (u = 1; u <= n; u++)
			print "\t:: v == " list[u] " -> v = " \
				next_state[list[u], order[e]] >pml
		print "\t:: else -> assert(false)\n\tfi\n}" >pml
	}
	holding(slots, "P", "has_pending")
	holding(slots, "O", "has_obsolete")
}

# In place of the word r: a number.
function numbered(text, r, out) {
	out = ""
	text = " " text " "
	while (match(text, /[^A-Za-z_0-9]r[^A-Za-z_0-9]/)) {
		out = out substr(text, 1, RSTART) r
		text = substr(text, RSTART + 2)
	}
	out = out text
	gsub(/^ | $/, "", out)
	return out
}

# A text in lines, broken where spin does not take the end of a line for the
# end of a statement.
function broken(tabs, text, words, n, k, line, part) {
	n = split(text, words, " ")
	line = repeated("\t", tabs)
	part = ""
	for (k = 1; k <= n; k++) {
		part = part (part == "" ? "" : " ") words[k]
		if (k < n && words[k] !~ /(;|&&|\|\|)$/)
			continue
		if (line ~ /[^\t]/ && 7 * (tabs + 1) + length(line part) > 78) {
			print line >pml
			line = repeated("\t", tabs + (line !~ /;$/)) part
		} else
			line = line (line ~ /[^\t]/ ? " " : "") part
		part = ""
	}
	print line >pml
}

function write_rule(u, work, r, last) {
	print "\t" (work ? "" : "\t") "/* " call[u] " " name[u] " */" >pml
	last = numbered(rule[u, "if"], 1) != rule[u, "if"]
	for (r = 0; r <= last; r++) {
		if (work) {
			broken(1, ":: atomic { " numbered(rule[u, "if"], r) \
				" ->")
			broken(2, numbered(rule[u, "do"], r))
			print "\t}" >pml
		} else {
			print "\t\tif" >pml
			broken(2, ":: " rule[u, "if"] " ->")
			broken(3, rule[u, "do"])
			print "\t\t:: else\n\t\tfi;" >pml
		}
	}
}

function write_pml(k, u, words, n) {
	pml = folder "/link.pml"
	for (k = 1; k <= templates; k++) {
		gsub(/@NOTE@/, " * " made, template[k])
		gsub(/@STEADY@/, "STEADY", template[k])
		if (template[k] == "@VIEWS@") {
			write_views(2)
			write_views(3)
			write_views(4)
			print "#endif" >pml
		} else if (template[k] ~ /^@.*@$/) {
			gsub(/@/, "", template[k])
			split(template[k], words, " ")
			n = 0
			for (u = 1; u <= n_rule; u++) {
				if (role[u] != words[1])
					continue
				if (call[u] == words[2]) {
					write_rule(u, words[2] ~ /^[wm]/)
					n++
				}
			}
			if (!n)
				complain("no rule for " template[k])
		} else
			print template[k] >pml
	}
}

# ---- diagrams ------------------------------------------------------------

function arrow(event, left, width, n) {
	n = width - length(event) - 3 # a head and two blanks
	return (left ? "<" : "") repeated("-", int(n / 2)) " " event " " \
		repeated("-", n - int(n / 2)) (left ? "" : ">")
}

# The ring of two slots: six states, three above, three below.
function write_ring(k, s, cycle, by, e) {
	s = next_state["UU", "install"]
	for (k = 0; k < 6; k++) {
		cycle[k] = s
		for (e = 1; e <= events; e++)
			if (order[e] ~ /^(push|switch|timeout)$/ \
				&& (s, order[e]) in next_state) {
				by[k] = order[e]
				break
			}
		s = next_state[s, by[k]]
	}
	if (s != cycle[0])
		complain("two slots are not a ring of six")
	print "```text" >md
	print "UU " arrow("install", 0, 14) " " cycle[0] " " \
		arrow(by[0], 0, 14) " " cycle[1] " " arrow(by[1], 0, 14) \
		" " cycle[2] >md
	printf "%19s%36s\n", "^", "|" >md
	printf "%19s%36s %s\n", by[5] " |", "|", by[2] >md
	printf "%19s%36s\n", "|", "v" >md
	print repeated(" ", 18) cycle[5] " " arrow(by[4], 1, 14) " " \
		cycle[4] " " arrow(by[3], 1, 14) " " cycle[3] "\n" >md
	for (e = 1; e <= n_edge; e++)
		if (edge_event[e] ~ /^(abort|reset)$/)
			print edge_event[e] ": " (edge_from[e] == "*" ? \
				"any state" : edge_from[e]) " -> " \
				edge_to[e] >md
	print "```\n" >md
}

function write_md(k, u, n, slots) {
	md = folder "/edges.md"
	print "The states of two slots in one view, and its transitions:\n" >md
	write_ring()
	print "With more slots the keys lie in a ring, and each event" \
		" changes two\nneighbours, from left to right:\n" >md
	print "| event | from | to |\n| --- | --- | --- |" >md
	for (k = 1; k <= n_ring; k++)
		print "| " ring_event[k] " | " spread(ring_from[k]) " | " \
			spread(ring_to[k]) " |" >md
	print "\n| slots | states | transitions |\n| ---: | ---: | ---: |" >md
	for (slots = 2; slots <= 8; slots++)
		print "| " slots " | " n_state[slots] " | " \
			n_found[slots] " |" >md
	print "\nThe rules of a rekey: what an end may do, in which call." \
		" The step\nis that of a run without a fault; the last" \
		" column is what its views do,\nP the provider\47s, C the" \
		" consumer\47s.\n" >md
	print "| step | end | call | when | then | views |" >md
	print "| --- | --- | --- | --- | --- | --- |" >md
	for (k = 1; k <= 9; k++)
	for (u = 1; u <= n_rule; u++)
		if ((rule[u, "step"] == "" ? 9 : rule[u, "step"]) == k)
			print "| " (k < 9 ? k : "") " | " role[u] " | " \
				called(u) " | " rule[u, "when"] " | " \
				rule[u, "then"] " | " \
				(rule[u, "view"] == "-" ? "" : \
				rule[u, "view"]) " |" >md
}

function called(u) {
	return call[u] (call[u] == "message" ? " " name[u] : "")
}

function spread(pair) {
	return substr(pair, 1, 1) ", " substr(pair, 2, 1)
}

END {
	made = "Made by tests/spin/generate.sh from tests/spin/edges.txt:" \
		" change that."
	for (k = 2; k <= 8; k++)
		walk(k)
	compare_two()
	n_sizes = split("2 3 4 8", sizes, " ")
	write_c()
	write_pml()
	write_md()
	exit bad
}' edges.txt link.in
