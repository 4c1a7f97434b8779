# shellcheck shell=bash
# Programs that end at a chosen point: `. "${0%/*}/crash.sh"` after lib.sh and pods.sh. See stoppoint.c.
# Every point is tried with SDME_EVERY_POINT=1, else about $points_wanted of them.

stoppoint=${BASH_SOURCE[0]%/*}/../../stoppoint.so
calls=$tests_temporary/calls

# Without the shim there is nothing to test.
need_stoppoint() {
	[[ -e $stoppoint ]] && return
	skip "programs that end at a chosen point" "there is no $stoppoint: no compiler where the tests were started?"
	done_testing
	exit
}

# stopped_at POINT CMD...: CMD, killed before the call of that number; with SDME_STOP_SIGNAL, another signal.
# $calls has the calls before it.
stopped_at() {
	local point=$1
	shift
	rm -f "$calls"
	LD_PRELOAD=$stoppoint SDME_STOP_AT=$point SDME_STOP_LOG=$calls "$@"
}

# points WANTED: numbers of calls of the last run that was not stopped, from the first one behind the making of
# directories that are there.
points() {
	local wanted=$1 last first step
	last=$(wc -l < "$calls")
	first=$(grep -n -m 1 -v '^mkdirat' "$calls" | cut -d : -f 1)
	step=$(((last - first + wanted) / wanted))
	[[ -z ${SDME_EVERY_POINT:-} ]] || step=1
	# The last call is where something is done for good.
	{ seq "$first" "$step" "$last" && echo "$last"; } | sort -nu
}

# calls_named REGEX: the numbers of such calls of the last run, and of those behind them.
calls_named() {
	awk -v regex="$1" 'was || $0 ~ regex { print NR } { was = $0 ~ regex }' "$calls"
}

# What of machines is on the disk or known to systemd, hidden files and locks included.
traces() {
	find /var/lib/sdme/containers /var/lib/sdme/state /var/lib/sdme/slots /var/lib/sdme/locks/containers \
		/run/sdme/machines -mindepth 1 2> /dev/null
	find /etc/systemd/system /etc/systemd/system.attached -name '*sdme@*' 2> /dev/null
	leftover_units
	leftover_machines
}

hello_pod() {
	local name=$1 words=$2
	shift 2
	print_pod "$name" "containers: [{name: app, image: 'scratch:1', args: [$words]}]" "$@"
}

idle_words='--on, "15", "0"'
