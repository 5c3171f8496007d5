# The schedule: how the fault changes while it is held. Steps turn the gate to the next netem, pulses lead packets past
# all of them for a while. Times count from the moment applied_uptime, by the node's uptime, and never come early.
# Only filters of the gate are added and deleted: what a netem still holds comes out at its time.

# The step lines that are still to come.
steps_left=''
# Whether a pulse has led the packets past the fault.
away=false

# The step lines that are due as soon as the fault is there are part of its install: takes them off the schedule and
# answers in first_steps, lines of tc without {dev}.
take_first_steps() {
	steps_left='' first_steps=''
	while read -r line; do
		[ -n "$line" ] || continue
		on_device "$line" "$interface"
		case $line in
		'0 '*) first_steps=$first_steps${line#0 }$NL ;;
		*) steps_left=$steps_left$line$NL ;;
		esac
	done <<-END
		${SQUALL_STEPS-}
	END
}

# Carries out what is due; answers in next when something will be due again, if that is before next.
follow_schedule() {
	[ -n "$steps_left$pulse_on" ] || return 0
	held=$((uptime - applied_uptime - CLOCK_TICK_MS))
	changes=''
	take_due_steps
	[ -z "$pulse_on" ] || take_pulse
	[ -z "$changes" ] || tell "$changes"
}

# Adds to changes the steps that are due. Of two for one gate the later has the lower prio, which decides.
take_due_steps() {
	while [ -n "$steps_left" ]; do
		line=${steps_left%%"$NL"*}
		step_at=${line%% *}
		if [ "$held" -lt "$step_at" ]; then
			be_back_at "$step_at"
			return
		fi
		changes=$changes${line#* tc }$NL
		steps_left=${steps_left#*"$NL"}
	done
}

# Adds to changes what makes the pulse what it should be now; pulses that were slept through are not made up for.
take_pulse() {
	period=$((pulse_on + pulse_off))
	began=0
	[ "$held" -lt 0 ] || began=$((held / period * period))
	if [ $((held - began)) -lt "$pulse_on" ]; then
		be_back_at $((began + pulse_on))
		[ "$away" = true ] || return 0
		away=false
		pulse_line='filter del' passing=''
	else
		be_back_at $((began + period))
		[ "$away" = false ] || return 0
		away=true
		pulse_line='filter add' passing=" matchall classid ${gate}1"
	fi
	for device in $gates; do
		changes="$changes$pulse_line dev $device parent $gate protocol all prio 1$passing$NL"
	done
}

# be_back_at HELD: in next, when that is sooner.
be_back_at() {
	due=$((applied_uptime + $1 + CLOCK_TICK_MS))
	[ "$due" -ge "$next" ] || next=$due
}
