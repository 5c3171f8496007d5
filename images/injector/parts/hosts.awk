# Hosts: brings the table of addresses up to date with what getent has answered.
#
# -v names: a file of `VERDICT NAME` lines; -v answers: the n-th name's answer is in the file of this name, a dot and n;
# -v table: the table so far, lines of `NAME ADDRESS SEEN`; -v now: the time of SEEN, in seconds; -v next_table: the file
# for the new table, which keeps the names that are not asked for, those of the file -v in_force for ever. Prints same, or
# changed when an address has come or gone, then a line `VERDICT NAME` for each name that has no address.
#
# An address that a name no longer gives stays for LEAVE_AFTER_S, so that answers that rotate do not make it come and go;
# a name that gives no answer keeps what it has.

BEGIN {
	LEAVE_AFTER_S = 60
	MOST_ADDRESSES = 256
	while ((getline line <table) > 0) {
		split(line, w, " ")
		was[w[1], w[2]] = w[3]
		had[w[1]] = had[w[1]] " " w[2]
	}
	while ((getline line <in_force) > 0) {
		split(line, w, " ")
		held[w[2]]
	}
	# It may be the file of the names, which is read from its beginning then.
	close(in_force)
	printf "" >next_table
	while ((getline line <names) > 0) {
		split(line, w, " ")
		renew(w[1], w[2], answers "." (++asked))
	}
	for (name in had) if (!(name in renewed)) carry_over(name)
	for (key in was) if (!(key in is)) changed = 1
	print changed ? "changed" : "same"
	printf "%s", missing
}

function carry_over(name,    a, n, i) {
	n = split(had[name], a, " ")
	for (i = 1; i <= n; i++)
		if (name in held || now - was[name, a[i]] < LEAVE_AFTER_S) keep(name, a[i], was[name, a[i]])
}

function renew(verdict, name, file,    line, w, a, n, i, count, answered) {
	renewed[name]
	while ((getline line <file) > 0) {
		split(line, w, " ")
		if (w[1] !~ /^[0-9]+[.][0-9.]+$/ && w[1] !~ /^[0-9a-f]*:[0-9a-f:]*$/) continue
		answered = 1
		if (count < MOST_ADDRESSES) count += keep(name, w[1], now)
	}
	n = split(had[name], a, " ")
	for (i = 1; i <= n && count < MOST_ADDRESSES; i++)
		if (!answered || now - was[name, a[i]] < LEAVE_AFTER_S) count += keep(name, a[i], was[name, a[i]])
	if (count == 0) missing = missing verdict " " name "\n"
}

function keep(name, address, seen) {
	if ((name, address) in is) return 0
	is[name, address]
	if (!((name, address) in was)) changed = 1
	print name, address, seen >next_table
	return 1
}
