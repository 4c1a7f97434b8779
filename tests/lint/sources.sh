# shellcheck shell=bash
# What the checks share: the lists of files. Sourced from the root of the repository.

floors=(cmd kube isolate store pkg)

# list_sources EXTENSION...: the program's own files.
list_sources() {
	local extension
	for extension; do
		find "${floors[@]}" -name "*.$extension"
	done | sort
}

list_scripts() {
	local file
	git ls-files --cached --others --exclude-standard | while read -r file; do
		if [[ $file == *.sh || $file == *.test ]] || head -c 20 -- "$file" 2> /dev/null | grep -qaE '^#!/bin/(ba)?sh'; then
			echo "$file"
		fi
	done
}

# fail_if_any: repeats its input and fails when there is some.
fail_if_any() {
	local found
	found=$(cat)
	[[ -z $found ]] || { printf '%s\n' "$found"; return 1; }
}
