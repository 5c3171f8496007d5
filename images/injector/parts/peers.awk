# Peers: reads rule lines, checks every word of them, and writes the filters that they mean as lines of a tc batch.
#
# A rule line is `VERDICT FAMILY PROTO PEERPORTS LOCALPORTS ADDR...`:
#   VERDICT hit | pass; FAMILY ip | ipv6 | any | host | gateway; PROTO any | tcp | udp | sctp | icmp | l4 (tcp, udp and
#   sctp); PEERPORTS and LOCALPORTS - | N | N-M, only with a PROTO that has ports; ADDR: literal addresses or prefixes of
#   the family; for host DNS names; for any (everybody) and gateway (the default gateways) the single word -
#
# Files: the rule lines, whose first line is not one of them. With -v task=check the answer is the number of rules and
# then the hosts, each as `VERDICT NAME`. With task=expand it is the batch: first what passes, then what is hit; which
# priorities of generation 0 are in it goes to the file of -v kinds. Of -v devices the one of -v ifb is ingress. -v hosts
# and -v nameservers name files (the latter empty: no exemption for them), -v routes4 and -v routes6 the kernel's tables.
# Exit status 1: a rule line is wrong, and the answer says which and why.
#
# A filter that comes twice is written once, since the kernel would refuse it: addresses are compared as the kernel does,
# without the bits behind a prefix.

BEGIN {
	zeros = "0:0:0:0:0:0:0:0"
	# busybox's awk is built without the operator for powers.
	power[0] = 1
	for (i = 1; i <= 32; i++) power[i] = power[i - 1] * 2
	for (i = 0; i < 256; i++) octets[i]
	protocols["tcp"] = "tcp"
	protocols["udp"] = "udp"
	protocols["sctp"] = "sctp"
	protocols["l4"] = "tcp udp sctp"
	wrong = ""
}

FNR == 1 || NF == 0 { next }

{
	check_rule()
	if (wrong != "") exit
	rules[++count] = $0
}

END {
	if (wrong != "") {
		print "rule " (count + 1) " " wrong
		exit 1
	}
	if (task == "check") list_hosts()
	else expand()
}

function check_rule(    i, name) {
	if (NF < 6) return refuse("has " NF " words, not a verdict, a family, a protocol, two ports and addresses")
	if ($1 != "hit" && $1 != "pass") return refuse("takes hit or pass, got " $1)
	if ($3 != "any" && $3 != "icmp" && !($3 in protocols)) return refuse("takes no protocol " $3)
	if (!is_ports($4)) return refuse("takes no peer port " $4)
	if (!is_ports($5)) return refuse("takes no local port " $5)
	if ($4 $5 != "--" && !($3 in protocols)) return refuse("takes no ports with protocol " $3)
	if ($2 == "any" || $2 == "gateway") {
		if (NF != 6 || $6 != "-") return refuse("takes only - with family " $2)
	} else if ($2 == "ip" || $2 == "ipv6") {
		for (i = 6; i <= NF; i++)
			if (canonical($i, $2) == "") return refuse("takes no " $2 " address " $i)
	} else if ($2 == "host") {
		for (i = 6; i <= NF; i++) {
			if ($i !~ /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/ || length($i) > 253) return refuse("takes no host " $i)
			if ($1 == "pass" || !($i in verdicts)) verdicts[$i] = $1
			if (!($i in named)) {
				named[$i]
				names[++hosts_named] = $i
			}
		}
	} else
		return refuse("takes no family " $2)
}

function refuse(why) {
	wrong = substr(why, 1, 200)
}

function is_ports(text,    p) {
	if (text == "-" || is_port(text)) return 1
	return split(text, p, "-") == 2 && is_port(p[1]) && is_port(p[2]) && p[1] + 0 < p[2] + 0
}

function is_port(text) {
	return text ~ /^[1-9][0-9]*$/ && length(text) <= 5 && text + 0 <= 65535
}

# The address as it is compared, empty when it is none.
function canonical(address, family) {
	return family == "ip" ? canonical4(address) : canonical6(address)
}

function canonical4(address,    p, o, bits, n) {
	if (is_dotted(address)) return address
	if (split(address, p, "/") != 2 || !is_dotted(p[1]) || p[2] !~ /^(3[0-2]|[12]?[0-9])$/) return ""
	bits = 32 - p[2]
	split(p[1], o, ".")
	n = ((o[1] * 256 + o[2]) * 256 + o[3]) * 256 + o[4]
	n = int(n / power[bits]) * power[bits]
	p[1] = int(n / 16777216) "." (int(n / 65536) % 256) "." (int(n / 256) % 256) "." (n % 256)
	return bits == 0 ? p[1] : p[1] "/" p[2]
}

# A regular expression would take ten times as long.
function is_dotted(address,    o, i) {
	if (split(address, o, ".") != 4) return 0
	for (i = 1; i <= 4; i++) if (!(o[i] in octets)) return 0
	return 1
}

function canonical6(address,    p, g, i, keep, n, all) {
	if (index(address, "/") == 0) return groups6(address)
	if (split(address, p, "/") != 2 || p[2] !~ /^(12[0-8]|1[01][0-9]|[1-9]?[0-9])$/) return ""
	all = groups6(p[1])
	if (all == "" || p[2] == 128) return all
	split(all, g, ":")
	all = ""
	for (i = 1; i <= 8; i++) {
		keep = p[2] - 16 * (i - 1)
		if (keep <= 0) g[i] = "0"
		else if (keep < 16) {
			n = power[16 - keep]
			g[i] = sprintf("%x", int(hex(g[i]) / n) * n)
		}
		all = all (i > 1 ? ":" : "") g[i]
	}
	return all "/" p[2]
}

# All eight groups of an address, without leading zeros.
function groups6(address,    at, head, tail, g, n, i, all) {
	address = tolower(address)
	at = index(address, "::")
	if (at > 0) {
		head = substr(address, 1, at - 1)
		tail = substr(address, at + 2)
		n = (head == "" ? 0 : split(head, g, ":")) + (tail == "" ? 0 : split(tail, g, ":"))
		if (n > 7) return ""
		address = (head == "" ? "" : head ":") substr(zeros, 1, 2 * (8 - n) - 1) (tail == "" ? "" : ":" tail)
	}
	if (split(address, g, ":") != 8) return ""
	for (i = 1; i <= 8; i++) {
		if (g[i] !~ /^[0-9a-f]+$/ || length(g[i]) > 4) return ""
		sub(/^0+/, "", g[i])
		all = all (i > 1 ? ":" : "") (g[i] == "" ? "0" : g[i])
	}
	return all
}

function hex(text,    i, n) {
	text = tolower(text)
	for (i = 1; i <= length(text); i++) n = n * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
	return n
}

function list_hosts(    i) {
	print count + 0
	for (i = 1; i <= hosts_named; i++) print verdicts[names[i]], names[i]
}

function expand(    i, present) {
	split(devices, on, " ")
	read_hosts()
	read_gateways()
	if (nameservers != "") exempt_nameservers()
	for (i = 1; i <= count; i++) if (rules[i] ~ /^pass/) expand_rule(rules[i])
	for (i = 1; i <= count; i++) if (rules[i] ~ /^hit/) expand_rule(rules[i])
	for (i in used) present = present " " i
	print "kinds" present >kinds
}

function expand_rule(rule,    w, n, i, list) {
	n = split(rule, w, " ")
	if (w[2] == "any") {
		filters(w[1], "ip", w[3], w[4], w[5], "")
		filters(w[1], "ipv6", w[3], w[4], w[5], "")
	} else if (w[2] == "gateway") each(w[1], w[3], w[4], w[5], gateways)
	else
		for (i = 6; i <= n; i++)
			if (w[2] == "host") each(w[1], w[3], w[4], w[5], addresses[w[i]])
			else filters(w[1], w[2], w[3], w[4], w[5], canonical(w[i], w[2]))
}

# each(..., LIST): filters for addresses of both families.
function each(verdict, protocol, peer, local, list,    a, n, i, family) {
	n = split(list, a, " ")
	for (i = 1; i <= n; i++) {
		family = index(a[i], ":") ? "ipv6" : "ip"
		filters(verdict, family, protocol, peer, local, canonical(a[i], family))
	}
}

function filters(verdict, family, protocol, peer, local, address,    p, n, i) {
	if (protocol == "any") return filter(verdict, family, "", peer, local, address)
	if (protocol == "icmp") return filter(verdict, family, family == "ip" ? "icmp" : "icmpv6", peer, local, address)
	n = split(protocols[protocol], p, " ")
	for (i = 1; i <= n; i++) filter(verdict, family, p[i], peer, local, address)
}

function filter(verdict, family, protocol, peer, local, address,    base) {
	base = (verdict == "pass" ? 10 : 20) + (family == "ipv6")
	used[base]
	write(base + 2 * parity, verdict == "pass" ? 1 : 2, family, protocol, peer, local, address)
}

# On egress the peer is the destination, on the ifb the source.
function write(prio, class, family, protocol, peer, local, address,    i, key, far, near) {
	key = prio " " protocol " " peer " " local " " address
	if (key in written) return
	written[key]
	# Most filters differ from the one before in the address alone.
	key = prio " " protocol " " peer " " local
	if (key != latest) {
		latest = key
		for (i = 1; i in on; i++) {
			far = on[i] == ifb ? "src" : "dst"
			near = on[i] == ifb ? "dst" : "src"
			head[i] = "filter add dev " on[i] " parent " root " protocol " family " prio " prio " flower"
			if (protocol != "") head[i] = head[i] " ip_proto " protocol
			heads[i] = head[i] " " far "_ip "
			tail[i] = (peer == "-" ? "" : " " far "_port " peer) (local == "-" ? "" : " " near "_port " local)
			tail[i] = tail[i] " classid " root class
		}
	}
	for (i = 1; i in on; i++) print (address == "" ? head[i] : heads[i] address) tail[i]
}

function read_hosts(    line, w) {
	while ((getline line <hosts) > 0) {
		split(line, w, " ")
		addresses[w[1]] = addresses[w[1]] " " w[2]
	}
}

# Queries for names must get through, or the fault would blind the agent that follows them.
function exempt_nameservers(    line, w, address, family) {
	while ((getline line <nameservers) > 0) {
		if (split(line, w, " ") < 2 || w[1] != "nameserver") continue
		sub(/%.*/, "", w[2])
		family = index(w[2], ":") ? "ipv6" : "ip"
		address = canonical(w[2], family)
		if (address == "") continue
		write(family == "ip" ? 4 : 5, 1, family, "udp", "53", "-", address)
		write(family == "ip" ? 4 : 5, 1, family, "tcp", "53", "-", address)
	}
}

# Gateways of default routes that are up. The kernel writes an IPv4 address as a number in the order of the processor,
# which is little-endian wherever the image runs. A route's flags: 1 up, 2 by a gateway, 0x200 reject.
function read_gateways(    line, w, flags, i, g) {
	while ((getline line <routes4) > 0) {
		split(line, w, " ")
		if (w[2] w[8] != "0000000000000000" || !by_gateway(w[4])) continue
		gateways = gateways " " hex(substr(w[3], 7, 2)) "." hex(substr(w[3], 5, 2)) "." hex(substr(w[3], 3, 2)) "." \
			hex(substr(w[3], 1, 2))
	}
	while ((getline line <routes6) > 0) {
		split(line, w, " ")
		if (w[1] w[2] != "0000000000000000000000000000000000" || !by_gateway(w[9])) continue
		g = substr(w[5], 1, 4)
		for (i = 5; i < 32; i += 4) g = g ":" substr(w[5], i, 4)
		gateways = gateways " " g
	}
}

function by_gateway(text,    flags) {
	flags = hex(text)
	return flags % 4 == 3 && int(flags / 512) % 2 == 0
}
