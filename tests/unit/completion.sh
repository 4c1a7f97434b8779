#!/bin/bash
# tests/unit/completion.sh - the completion scripts, asked in real shells. No root, no host; prints TAP.
# The scripts are the golden ones of the sample tree; `sample __complete` answers with names of its own.
# shellcheck disable=SC2016,SC2317
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/environment.sh
. tests/environment.sh
number=0
failed=0

# check SHELL WANTED WORD...: the last word is the one at the cursor.
check() {
	local shell=$1 wanted=$2 got
	shift 2
	number=$((number + 1))
	if ! command -v "$shell" >/dev/null; then
		echo "ok $number - $shell: $* # SKIP no $shell"
		return
	fi
	got=$("ask_$shell" "$@" | sed 's/^--[a-z-]*=//' | sort | tr '\n' ' ')
	if [[ ${got% } == "$wanted" ]]; then
		echo "ok $number - $shell: $*"
	else
		failed=1
		echo "not ok $number - $shell: $*"
		echo "#   got:  $got"
		echo "#   want: $wanted"
	fi
}

ask_bash() {
	bash -c '
		source tests/golden/cli/sample.bash
		sample() { [[ $1 == __complete ]] && printf "%s\n" web worker "x\$(echo expanded)" reg:5/a:1 reg:5/a:2 "asked:${*:2}"; }
		# As bash does it: a = or : between words is a word, and what ends in one is followed by the cursor.
		COMP_WORDS=()
		for word; do
			if [[ $word == -*=* ]]; then
				COMP_WORDS+=("${word%%=*}" = "${word#*=}")
				continue
			fi
			while [[ $word == *:* ]]; do
				COMP_WORDS+=("${word%%:*}" :)
				word=${word#*:}
				[[ -n $word ]] || continue 2
			done
			COMP_WORDS+=("$word")
		done
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		_sample
		printf "%s\n" "${COMPREPLY[@]}"' bash "$@"
}

ask_zsh() {
	zsh -f -c '
		sample() { [[ $1 == __complete ]] && printf "%s\n" web worker "x\$(echo expanded)" reg:5/a:1 reg:5/a:2 "asked:${*:2}" }
		compdef() { : }
		compset() { : }
		compadd() { shift; print -rl -- ${(M)@:#${words[CURRENT]##*=}*} }
		_files() { print -r -- files $* }
		_describe() {
			local item
			for item in "${(@P)argv[-1]}"; do
				[[ $item == $words[CURRENT]* ]] && print -r -- "${item%%:*}"
			done
		}
		source tests/golden/cli/sample.zsh
		words=("$@") CURRENT=$#
		_sample' zsh "$@"
}

ask_fish() {
	fish --no-config -c '
		function sample; test "$argv[1]" = __complete; and printf "%s\n" web worker "x\$(echo expanded)" reg:5/a:1 reg:5/a:2 "asked:$argv[2..]"; end
		source tests/golden/cli/sample.fish
		complete -C "$argv" | string replace -r "\t.*" ""' "$@"
}

for shell in bash zsh fish; do
	check $shell 'kube' sample ku
	check $shell 'apply' sample kube a
	check $shell 'client' sample kube apply --dry-run=c
	check $shell 'web worker' sample exec w
	check $shell 'web worker' sample exec --user root w
	check $shell 'web worker' sample -v --datadir /x kube apply --except w
	check $shell 'x$(echo expanded)' sample exec x
	check $shell 'green red' sample paint ''
	check $shell '--json --json-pretty' sample kube apply --js
	check $shell '' sample exec web --no-such
	check $shell 'asked:running-machines -- a' sample exec a
	check $shell 'asked:pods -- one two a' sample -v kube apply -f x one two --except a
done
# bash replaces what stands behind the last colon; the others the whole word.
check bash 'reg:5/a:1 reg:5/a:2' sample exec re
check bash '5/a:1 5/a:2' sample exec reg:
check bash '5/a:1 5/a:2' sample exec reg:5
check bash '1 2' sample exec reg:5/a:
check bash '1' sample exec reg:5/a:1
check bash '1 2' sample kube apply --except reg:5/a:
check zsh 'reg:5/a:1 reg:5/a:2' sample exec reg:5/a:
check fish 'reg:5/a:1 reg:5/a:2' sample exec reg:5/a:
echo "1..$number"
exit $failed
