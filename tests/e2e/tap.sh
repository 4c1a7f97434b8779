# shellcheck shell=bash
# Reads the TAP of test files and prints it as one, renumbered; sums up. Sourced by the runners.
#
#   tap_begin LABEL            a file begins; LABEL comes before the names of its tests
#   tap_line TEXT              one line of what it printed
#   tap_end STATUS SECONDS     it ended; SECONDS is what it was allowed
#   result STATUS NAME         a test of the runner itself
#   summary                    the plan, and "N passed, N failed"

passed=0
failed=0
skipped=0
number=0

say() {
	printf '# %s\n' "$*"
}

# result STATUS NAME: one line of our own TAP.
result() {
	number=$((number + 1))
	if [[ $1 -eq 0 ]]; then
		passed=$((passed + 1))
		echo "ok $number - $2"
	else
		failed=$((failed + 1))
		echo "not ok $number - $2"
	fi
}

result_skipped() {
	number=$((number + 1))
	skipped=$((skipped + 1))
	echo "ok $number - $1"
}

tap_begin() {
	label=$1
	seen=0
	plan=
	bad=0
}

tap_line() {
	if [[ $1 =~ ^ok\ [0-9]+\ -\ (.*\#\ SKIP.*)$ ]]; then
		seen=$((seen + 1))
		result_skipped "$label: ${BASH_REMATCH[1]}"
	elif [[ $1 =~ ^ok\ [0-9]+\ -\ (.*)$ ]]; then
		seen=$((seen + 1))
		result 0 "$label: ${BASH_REMATCH[1]}"
	elif [[ $1 =~ ^not\ ok\ [0-9]+\ -\ (.*)$ ]]; then
		seen=$((seen + 1))
		bad=$((bad + 1))
		result 1 "$label: ${BASH_REMATCH[1]}"
	elif [[ $1 =~ ^1\.\.([0-9]+)$ ]]; then
		plan=${BASH_REMATCH[1]}
	elif [[ $1 == '#'* ]]; then
		echo "$1"
	else
		say "$1"
	fi
}

# How the file ended apart from its tests; prints nothing if well.
tap_verdict() {
	local status=$1 seconds=$2
	if [[ $status -eq 124 || $status -eq 137 ]]; then
		echo "timed out after $seconds s"
	elif [[ -z $plan ]]; then
		echo "ended without its plan (status $status)"
	elif [[ $plan -ne $seen ]]; then
		echo "planned $plan tests and ran $seen"
	elif [[ $status -ne 0 && $bad -eq 0 ]]; then
		echo "exited with status $status"
	fi
}

# Sets bad to how many tests of the file failed, its own end included.
tap_end() {
	local problem
	problem=$(tap_verdict "$1" "$2")
	if [[ -n $problem ]]; then
		result 1 "$label: $problem"
		bad=$((bad + 1))
	fi
}

summary() {
	echo "1..$number"
	if [[ $skipped -gt 0 ]]; then
		echo "$passed passed, $failed failed, $skipped skipped"
	else
		echo "$passed passed, $failed failed"
	fi
}
