# shellcheck shell=bash
# TAP for the tests in this directory: `. "${0%/*}/lib.sh"`, checks, and done_testing at the end.
#
#   ok NAME CMD...             CMD succeeds
#   fails NAME STATUS CMD...   CMD exits with exactly STATUS
#   is NAME GOT WANT           two texts are equal
#   like NAME TEXT REGEX       TEXT matches the extended regular expression; unlike: does not
#   skip NAME REASON           counts, and says why it was not run
#   wait_until SECONDS CMD...  tries CMD every 20 ms until it succeeds; for what has no event
#   no_leftovers               sdme left nothing running, mounted or on disk
#   done_testing               prints the plan; a file that ends without it has failed
#
# ok and fails leave what CMD printed in $stdout and $stderr; on failure it becomes diagnostics.
# In *.outer.test, which runs on the outer machine, on_host CMD... runs CMD in the test host.

stdout=
stderr=

tests_run=0
tests_failed=0
tests_temporary=$(mktemp -d)
trap 'rm -rf "$tests_temporary"' EXIT

# The repository's example Pods; the same relative place inside and outside of the test host.
# shellcheck disable=SC2034 # for the test files
manifests=$(cd -- "${BASH_SOURCE[0]%/*}/../.." && pwd)/manifests

on_host() {
	"${BASH_SOURCE[0]%/*}/../host/host" exec "$HOST" -- "$@"
}

diag() {
	printf '%s\n' "$*" | sed 's/^/# /'
}

# report RESULT NAME: RESULT is the status of the check.
report() {
	tests_run=$((tests_run + 1))
	if [[ $1 -eq 0 ]]; then
		echo "ok $tests_run - $2"
		return
	fi
	tests_failed=$((tests_failed + 1))
	echo "not ok $tests_run - $2"
}

# run CMD...: returns its status; see $stdout and $stderr.
run() {
	local status=0
	"$@" > "$tests_temporary/stdout" 2> "$tests_temporary/stderr" || status=$?
	stdout=$(< "$tests_temporary/stdout")
	stderr=$(< "$tests_temporary/stderr")
	return $status
}

explain_command() {
	local status=$1
	shift
	diag "status $status of: $*"
	[[ -z $stdout ]] || diag "stdout: $stdout"
	[[ -z $stderr ]] || diag "stderr: $stderr"
}

ok() {
	local name=$1 status=0
	shift
	run "$@" || status=$?
	report $status "$name"
	if [[ $status -ne 0 ]]; then
		explain_command $status "$@"
	fi
}

fails() {
	local name=$1 want=$2 status=0
	shift 2
	run "$@" || status=$?
	if [[ $status -eq $want ]]; then
		report 0 "$name"
		return
	fi
	report 1 "$name"
	diag "wanted status $want"
	explain_command $status "$@"
}

is() {
	if [[ $2 == "$3" ]]; then
		report 0 "$1"
		return
	fi
	report 1 "$1"
	diag "got:  $2"
	diag "want: $3"
}

like() {
	if [[ $2 =~ $3 ]]; then
		report 0 "$1"
		return
	fi
	report 1 "$1"
	diag "text: $2"
	diag "does not match: $3"
}

unlike() {
	if [[ ! $2 =~ $3 ]]; then
		report 0 "$1"
		return
	fi
	report 1 "$1"
	diag "text: $2"
	diag "matches: $3"
}

skip() {
	tests_run=$((tests_run + 1))
	echo "ok $tests_run - $1 # SKIP $2"
}

done_testing() {
	echo "1..$tests_run"
	[[ $tests_failed -eq 0 ]]
}

wait_until() {
	local deadline=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000))
	shift
	until "$@"; do
		((${EPOCHREALTIME/[.,]/} < deadline)) || return 1
		sleep 0.02
	done
}

# --- what sdme must not leave behind: each function prints what it finds, one per line ---

leftover_units() {
	systemctl list-units --no-legend --plain 'sdme*' | sed 's/^/unit /'
}

leftover_machines() {
	machinectl list --no-legend | sed 's/^/machine /'
}

leftover_processes() {
	{ pgrep -a -x systemd-nspawn; pgrep -a '^sdme'; } | sed 's/^/process /'
}

# In any mount namespace, not only ours: a process of a pod could keep one alive.
leftover_mounts() {
	grep -hs -e ' /var/lib/sdme' -e ' /run/sdme/' -e '=/var/lib/sdme' /proc/[0-9]*/mountinfo |
		awk '{ print "mount " $5 }' | sort -u
}

# The shared bridge stays, as every bridge of a container manager does.
leftover_links() {
	local bridges
	bridges=" $(ip -o link show type bridge | awk -F': ' '{ print $2 }' | tr '\n' ' ')"
	ip -o link show | awk -F': ' '{ sub(/@.*/, "", $2); print $2 }' | while read -r link; do
		if [[ $link =~ ^(sdme|ve-|vb-|vz-) && $bridges != *" $link "* ]]; then
			echo "link $link"
		fi
	done
	find /run/netns -mindepth 1 2> /dev/null | sed 's/^/network namespace /'
}

leftover_nft_elements() {
	nft --json list ruleset |
		jq -c '.nftables[] | .map? | select(. and (.table | startswith("sdme"))) | .name as $map
			| .elem[]? | ["nft element", $map, .]'
}

leftover_files() {
	find /var/lib/sdme/containers /var/lib/sdme/state /run/sdme/pods -mindepth 1 2> /dev/null | sed 's/^/file /'
}

leftovers() {
	leftover_units
	leftover_machines
	leftover_processes
	leftover_mounts
	leftover_links
	leftover_nft_elements
	leftover_files
}

no_leftovers() {
	local found
	found=$(leftovers 2>&1) || true
	is "nothing is left" "$found" ""
}
